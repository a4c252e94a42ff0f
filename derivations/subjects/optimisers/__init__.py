"""Optimisers: iterations as data, their equivalences decided and proved, refuted with the smallest counterexample."""

from __future__ import annotations

from derivations.subjects.optimisers.entries import ENTRIES

__all__ = ["ENTRIES"]
