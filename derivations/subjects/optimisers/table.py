"""All pairs of the library: equivalent, under which conditions, or not; the groups of methods that are the same; as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from multiprocessing import get_context

from derivations.subjects.optimisers.answers import Change, Equivalence, Verdict
from derivations.subjects.optimisers.library import library
from derivations.subjects.optimisers.questions import Question


@dataclass(frozen=True)
class Cell:
    """The answer for one pair: for any schedule, for constant coefficients, and what they rest on."""

    a: str
    b: str
    any: Verdict
    constant: Verdict
    conditions: tuple[str, ...] = ()
    change: Change = field(default_factory=Change)
    counterexample: str = ""
    shift: int = 0

    @property
    def sign(self) -> str:
        """One of the signs of LEGEND."""
        if self.shift:
            return "≃"
        if self.any is Verdict.EQUIVALENT:
            return "="
        if self.constant is Verdict.EQUIVALENT:
            return "~"
        return "?" if Verdict.UNDECIDED in (self.any, self.constant) else "·"

    @property
    def same(self) -> bool:
        """Whether the two are one method, at least for constant coefficients."""
        return self.sign in SAME


@dataclass(frozen=True)
class Table:
    """The names in order, and a cell for each pair of different methods."""

    names: tuple[str, ...]
    cells: tuple[Cell, ...]


@cache
def table(names: tuple[str, ...] = (), jobs: int = 1) -> Table:
    """Every pair of the library, or of some of its methods, decided now, in so many worker processes."""
    chosen = names or tuple(library())
    pairs = list(combinations(chosen, 2))
    if jobs <= 1:
        return Table(chosen, tuple(cell(a, b) for a, b in pairs))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        firsts, seconds = zip(*pairs, strict=True)
        return Table(chosen, tuple(pool.map(cell, firsts, seconds, chunksize=20)))


def cell(a: str, b: str) -> Cell:
    """The answer for one pair, for constant coefficients and for any schedule."""
    constant = Question.of(a, b, "constant", None).answer()
    free: Equivalence | None = None
    if constant.verdict is Verdict.EQUIVALENT:
        varying = Question.of(a, b, "any", None)
        free = varying.answer() if varying.scheduled else constant
    best = free if free is not None and free.verdict is Verdict.EQUIVALENT else constant
    apart = (free or constant).counterexample
    return Cell(
        a, b, (free or constant).verdict, constant.verdict, best.conditions,
        best.map if best.verdict is Verdict.EQUIVALENT else Change(), apart.sentence() if apart else "", best.shift,
    )  # fmt: skip


SAME = ("=", "~", "≃")
LEGEND = {
    "=": "the same for any schedule", "~": "the same for constant coefficients",
    "≃": "the same but for a shift of the oracle calls, from a start that fits", "·": "different", "?": "undecided",
}  # fmt: skip
"""What the signs of a cell mean."""


def counted(found: Table) -> dict[str, int]:
    """How many pairs have each sign."""
    return {sign: sum(c.sign == sign for c in found.cells) for sign in LEGEND}


def groups(found: Table, sign: Sequence[str] = SAME) -> list[tuple[str, ...]]:
    """The methods that are the same as each other, in groups of two or more, in the order of the names."""
    joined: list[set[str]] = []
    for c in found.cells:
        if c.sign in sign:
            touching = [g for g in joined if c.a in g or c.b in g]
            joined = [g for g in joined if g not in touching] + [set().union({c.a, c.b}, *touching)]
    ordered = [tuple(name for name in found.names if name in group) for group in joined]
    return sorted(ordered, key=lambda group: found.names.index(group[0]))


def to_json(found: Table) -> str:
    """Schema derivations/equivalences/1: one object a pair."""
    pairs = [
        {
            "a": c.a, "b": c.b, "any": str(c.any), "constant": str(c.constant), "conditions": list(c.conditions),
            "change": str(c.change), "counterexample": c.counterexample, "shift": c.shift,
        }
        for c in found.cells
    ]  # fmt: skip
    kind = {"schema": "derivations/equivalences/1", "names": list(found.names), "pairs": pairs}
    return json.dumps(kind, indent=1, ensure_ascii=False) + "\n"
