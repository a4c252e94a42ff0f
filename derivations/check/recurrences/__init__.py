"""Recurrences in LaTeX: what people write of an iterative method, read by the shared grammar, as an iteration."""

from __future__ import annotations

from derivations.check.recurrences.assembling import iteration_of, looks_like_latex
from derivations.check.recurrences.errors import RecurrenceError

__all__ = ["RecurrenceError", "iteration_of", "looks_like_latex"]
