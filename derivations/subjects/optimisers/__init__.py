"""Optimisers: iterations as data, their equivalences decided and proved, refuted with the smallest counterexample."""
