"""Probabilities and moments: refuted by finite joint tables, proved by expanding everything to joint probabilities."""

from derivations.check.comparing.probability.deciding import both_hold, decide_probabilities, speaks_of_chance

__all__ = ["both_hold", "decide_probabilities", "speaks_of_chance"]
