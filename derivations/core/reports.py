"""Reports: rows that compare what was expected with what was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from derivations.core.derivation import Derivation


@dataclass(frozen=True)
class Row:
    """One comparison: what, the value expected, the value found, how far apart they may be, and why that far."""

    what: str
    expected: str
    found: str
    tolerance: str
    reason: str
    ok: bool


@dataclass(frozen=True)
class Report:
    """What verifying a derivation found. `ok` when every row is."""

    name: str
    rows: tuple[Row, ...]
    samples: int
    seed: int

    @property
    def ok(self) -> bool:
        """Whether every comparison came out within its tolerance, and there was at least one."""
        return bool(self.rows) and all(row.ok for row in self.rows)

    def to_json(self) -> str:
        """The report as JSON, schema derivations/verification/1."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "schema": "derivations/verification/1", "name": self.name, "ok": self.ok, "samples": self.samples,
            "seed": self.seed, "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip


Check = Callable[[Derivation, int, Generator], Iterator[Row]]
"""A further check that a subject attaches to its derivations: (derivation, samples, generator) → rows."""


def compare(what: str, expected: Any, found: Any, tolerance: float, reason: str) -> Row:
    """A row for two arrays: the largest difference, relative to the size of what was expected but at least 1."""
    expected, found = np.asarray(expected, dtype=float), np.asarray(found, dtype=float)
    gap = float(np.max(np.abs(expected - found) / np.maximum(1.0, np.abs(expected)), initial=0.0))
    return Row(what, _shown(expected), _shown(found), f"{tolerance:g}", reason, bool(gap <= tolerance))


def _shown(array: Any) -> str:
    flat = np.ravel(array)
    head = ", ".join(f"{value:.6g}" for value in flat[:4])
    return head if flat.size == 1 else f"[{head}{', …' if flat.size > 4 else ''}]"
