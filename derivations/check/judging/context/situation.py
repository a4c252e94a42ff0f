"""Where a relation stands: its line, the words before it, its place in a chain, and the role that gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sympy import Expr

from derivations.check.documents.pieces import Line
from derivations.check.judging.context.formulas import Side
from derivations.check.judging.verdicts import Role

_MULTIPLIERS = frozenset(("lambda", "lam", "nu"))
MAX_COMPARED = 6
"""Earlier equations a new one is compared with."""


@dataclass(frozen=True)
class Situation:
    """Where a relation stands: the words before it, its line, its place in the chain."""

    cues: frozenset[str]
    words: str
    line: Line
    number: int
    adjacent: bool
    role: str = ""
    supposed: Mapping[Any, Any] = field(default_factory=dict)
    place: int = 0
    opens: bool = True
    retracted: bool = False
    after: tuple[Side | None, ...] = ()
    everywhere: bool = False
    head: object = None
    first: Side | None = None
    values_only: bool = False
    recent: str = ""
    follows: bool = False
    says_symmetric: bool = False
    says_independent: bool = False
    coming: tuple[tuple[Side, Side], ...] = ()

    def at(
        self, place: int, opens: bool, retracted: bool, sides: Sequence[Side | None], everywhere: bool, head: object
    ) -> Situation:
        """The situation of one relation of a chain."""
        return replace(
            self, place=place, opens=opens and place == 0, retracted=retracted, after=tuple(sides[place + 2 :]),
            everywhere=everywhere, head=head, first=sides[0],
        )  # fmt: skip

    def consequent(self) -> Situation:
        """The same, when asked whether it follows from an error."""
        return replace(self, follows=True)


class Equality(NamedTuple):
    """left = side, as they are written and in primitive letters."""

    left: Side
    side: Side
    a: Expr
    b: Expr
    relation: str = "="

    @property
    def parts(self) -> tuple[Side, Side, Expr, Expr]:
        """Both sides as they are written, and both in primitive letters."""
        return self.left, self.side, self.a, self.b


_SAID = {"base": Role.BASE, "step": Role.STEP, "hypothesis": Role.HYPOTHESIS}


def role_of(situation: Situation, otherwise: Role) -> Role:
    """The role said in a comment or by the words of an induction, or the one told by the form."""
    if situation.role in Role._value2member_map_:
        return Role(situation.role)
    for cue, role in _SAID.items():
        if cue in situation.cues:
            return role
    return otherwise
