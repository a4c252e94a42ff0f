"""A table of numbers and formulas, as data; `derivations.render.tables` writes it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Cell = Any
"""An int, a Fraction or float (shown as a decimal), a SymPy expression, a text, or None for an empty cell."""


@dataclass(frozen=True)
class Table:
    """A title, column heads, rows of cells, and notes below; `last_is_total` sets the last row apart."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    last_is_total: bool = False
