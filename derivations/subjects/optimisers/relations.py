"""What relates two linear iterations at every step: the left annihilator of what their joint state can reach.

Two iterations are put side by side and oracle calls at equal points are fed one input; their states satisfy an affine
relation at every step if and only if it vanishes on the subspace that start and inputs can reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import QQ, Expr

from derivations.subjects.optimisers.elimination import Space, TooMuchWork
from derivations.subjects.optimisers.iteration import COUNTER
from derivations.subjects.optimisers.joint import Joint, Merging, Rows, Timing, reached, refined
from derivations.subjects.optimisers.linear import CONSTANT, System

MAX_LETTERS = 12
"""Letters in the coefficients of a pair; with more, relations are looked for on samples."""


@dataclass(frozen=True)
class Relation:
    """pivot = Σ coefficient · variable, between state variables of the two sides, written "a.theta" and "b.v"."""

    pivot: str
    terms: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Relations:
    """What relates the states of two iterations at every step, and whether they query the same points."""

    relations: tuple[Relation, ...]
    same_queries: bool
    same_iterates: bool
    from_first_step: bool


@dataclass(frozen=True)
class Pair:
    """Two linear iterations side by side.

    Relations solved for `first_side` express its states by those of the other where they can.
    """

    a: System
    b: System
    first_side: str = "b"
    _found: dict[Any, tuple[Relations, Relations]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def comparable(self) -> bool:
        """Whether both call the same oracles in the same order."""
        return self.a.oracles == self.b.oracles

    @cached_property
    def names(self) -> tuple[str, ...]:
        """State variables of both sides: those of the first side first, which become pivots, each output last; then 1."""
        ordered = []
        sides = (("b", self.b), ("a", self.a))
        for side, one in sides if self.first_side == "b" else sides[::-1]:
            output = one.iteration.output
            ordered += [f"{side}.{name}" for name in (*(n for n in one.iteration.state if n != output), output)]
        return (*ordered, CONSTANT) if self.joint.affine else tuple(ordered)

    @cached_property
    def joint(self) -> Joint:
        """Both sides as one system."""
        return Joint(self.a, self.b)

    @property
    def late(self) -> bool:
        """Whether one of the two has a first step of its own, so that relations hold from step 1 on."""
        return self.a.first is not None or self.b.first is not None

    @property
    def clocked(self) -> bool:
        """Whether a coefficient depends on the number of the step."""
        return any(COUNTER in e.free_symbols for e in self.joint.coefficients)

    def relate(self, scheduled: Sequence[str] = (), delayed: bool = False, started: bool = True) -> tuple[Relations, Relations]:
        """What relates the states at every step, solved for the states of b and for those of a.

        Parameters are constant except the `scheduled` ones.

        With schedules, or coefficients that depend on the number of the step, the relation is looked for in terms of the
        coefficients of the step before (`delayed`): a candidate for the induction that proves it, complete only for
        constant coefficients. Where the coefficients grow too large for letters, only relations free of them are found.
        Without `started` the start is left open: the relations are those that the inputs keep.
        """
        asked = (tuple(scheduled), delayed, started)
        if asked not in self._found:
            try:
                self._found[asked] = self._related(*asked)
            except TooMuchWork:
                one, other = (self._related(*asked, sample=n) for n in (1, 2))
                self._found[asked] = _common(one[0], other[0]), _common(one[1], other[1])
        return self._found[asked]

    def _related(
        self, scheduled: tuple[str, ...], delayed: bool, started: bool, sample: int = 0
    ) -> tuple[Relations, Relations]:
        late = self.late or delayed
        depth = len(self.names) + 1
        timing = Timing(scheduled, depth, sample)
        symbols = sorted({s for e in self.joint.coefficients for s in timing.symbols(e)}, key=str)
        if len(symbols) > MAX_LETTERS:
            raise TooMuchWork(len(symbols))
        rows = Rows(self.joint, self.names, timing, QQ.frac_field(*symbols) if symbols else QQ)
        merging = Merging.coarsest(self.joint)
        while True:
            space = reached(rows, merging, late, started).annihilator(len(self.names), rows.field)
            finer = refined(rows, merging, space, late, started)
            if finer == merging:
                break
            merging = finer
        same = merging.matched
        return self._solved(space.rows, same, rows.field, late), self.turned._solved(space.rows, same, rows.field, late)

    @property
    def turned(self) -> Pair:
        """The same pair with the states of the other side as pivots."""
        return replace(self, first_side="a" if self.first_side == "b" else "b")

    def _solved(self, rows: Sequence[Sequence[Any]], same: bool, field: Any, late: bool) -> Relations:
        """The relations in reduced form, for rows whose columns are the names with b first."""
        canonical = self.names if self.first_side == "b" else self.turned.names
        order = [canonical.index(name) for name in self.names]
        space = Space([[row[n] for n in order] for row in rows])
        plain = [[field.to_sympy(value) for value in row] for row in space.rows]
        found = tuple(_relation(self.names, plain[n], pivot) for n, pivot in enumerate(space.pivots))
        iterates = _unit(self.names, f"a.{self.a.iteration.output}", f"b.{self.b.iteration.output}", field)
        return Relations(found, same, not any(space.remainder(iterates)), late)


def _common(one: Relations, other: Relations) -> Relations:
    """What holds for two samples of the parameters alike; that the queries agree is not taken from samples."""
    shared = tuple(relation for relation in one.relations if relation in other.relations)
    return Relations(shared, False, one.same_iterates and other.same_iterates, one.from_first_step)


def _unit(names: tuple[str, ...], plus: str, minus: str, field: Any) -> list[Any]:
    return [field.one if name == plus else -field.one if name == minus else field.zero for name in names]


def _relation(names: tuple[str, ...], row: Sequence[Expr], pivot: int) -> Relation:
    terms = tuple((name, -entry) for n, (name, entry) in enumerate(zip(names, row, strict=True)) if n != pivot and entry != 0)
    return Relation(names[pivot], terms)
