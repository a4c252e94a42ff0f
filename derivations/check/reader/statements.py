"""What a line says: an expression, a relation, a chain of them, a distribution, or words; each with its span."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from derivations.check.reader.terms import Term


class Kind(StrEnum):
    """Kinds of statements."""

    EXPRESSION = "expression"
    EQUATION = "equation"
    INEQUALITY = "inequality"
    CHAIN = "chain"
    RELATION = "relation"
    DISTRIBUTION = "distribution"
    MEMBERSHIP = "membership"
    FRAGMENT = "fragment"
    WORDS = "words"


SIGNS: dict[str, str] = {
    "=": "=", ":=": ":=", "=:": ":=", "≜": ":=", "≔": ":=", r"\coloneqq": ":=", r"\triangleq": ":=", r"\defeq": ":=",
    r"\equiv": "=", "≡": "=",
    r"\doteq": ":=", ".=": ":=", r"\eqqcolon": ":=", r"\coloneq": ":=",
    "<": "<", r"\lt": "<", ">": ">", r"\gt": ">", "≤": "<=", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\leqq": "<=",
    "<=": "<=",
    "≥": ">=", r"\ge": ">=", r"\geq": ">=", r"\geqslant": ">=", r"\geqq": ">=", ">=": ">=",
    "≠": "!=", r"\ne": "!=", r"\neq": "!=", "!=": "!=", r"\not=": "!=",
    "∝": "proportional", r"\propto": "proportional", "≈": "approximate", r"\approx": "approximate", r"\simeq": "approximate",
    r"\cong": "approximate",
    r"\approxeq": "approximate", "∼": "distributed", r"\sim": "distributed",
    "∈": "in", r"\in": "in", r"\notin": "not in", "∉": "not in", r"\ni": "contains",
    "→": "to", r"\to": "to", r"\rightarrow": "to", r"\longrightarrow": "to", r"\mapsto": "maps", r"\longmapsto": "maps",
    "↦": "maps",
    r"\leftarrow": "becomes", "←": "becomes", r"\gets": "becomes", r"\ll": "much less", r"\gg": "much more",
    "≪": "much less", "≫": "much more",
}  # fmt: skip
"""Spelling of a relation → its plain sign."""

EQUALITIES = frozenset(("=", ":="))
ORDERS = frozenset(("<", ">", "<=", ">="))


@dataclass(frozen=True)
class Claim:
    """One clause: its sides and the relations between them.

    `sides` has one entry more than `relations`; an entry is None where a line starts or ends with a relation. `link` is what
    stands in front of the clause: an arrow, a comma, a word.
    """

    kind: Kind
    sides: tuple[Term | None, ...]
    relations: tuple[str, ...]
    start: int
    end: int
    link: str = ""


def kind_of(sides: tuple[Term | None, ...], relations: tuple[str, ...]) -> Kind:
    """The kind of a clause with these sides and relations."""
    if any(side is None or (side.head == "structure" and side.data == "unfinished") for side in sides):
        return Kind.FRAGMENT
    if not relations:
        return Kind.EXPRESSION
    signs = frozenset(relations)
    if len(relations) > 1:
        return Kind.CHAIN
    if signs <= EQUALITIES:
        return Kind.EQUATION
    if signs <= ORDERS:
        return Kind.INEQUALITY
    return {"distributed": Kind.DISTRIBUTION, "in": Kind.MEMBERSHIP}.get(relations[0], Kind.RELATION)
