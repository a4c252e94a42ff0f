"""The running chain of relations, and what the statements of a line look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Chapter, Side, Statement
from derivations.check.judging.context.shapes import heads_of


@dataclass
class Cursor:
    """The running chain: its last right side, sides that rest on an error, and whether it must hold everywhere."""

    right: Side | None = None
    errors: list[tuple[int, Side]] = field(default_factory=list)
    everywhere: bool = False
    certain: bool = True
    head: object = None


def equations_of(statements: Sequence[Statement]) -> tuple[tuple[Side, Side], ...]:
    """Both sides of those statements that are one equation each."""
    pairs = (statement.sides[:2] for statement in statements if statement.relations[:1] == ("=",))
    return tuple((left, right) for left, right in pairs if left is not None and right is not None)


def is_value_given(statement: Statement) -> bool:
    """K = 5."""
    if len(statement.sides) < 2 or None in statement.sides[-2:]:
        return False
    left, side = statement.sides[-2:]
    assert left is not None
    assert side is not None
    return left.term.head == "letter" and side.expression.is_number is True


def letters_and_names(chapter: Chapter) -> set[str]:
    """What a chapter uses as a letter, or names at the left end of a relation."""
    statements = [statement for formula in chapter.formulas for statement in formula.statements]
    sides = [side for statement in statements for side in statement.sides if side is not None]
    named = [s.sides[0].expression for s in statements if s.relations and s.sides[0] is not None]
    letters = {str(getattr(head, "label", head)) for side in sides for head in heads_of(side.expression)}
    return letters | {part.func.__name__ for part in named if isinstance(part, AppliedUndef)}


def names_its_left(link: str) -> bool:
    """Whether words in front of a relation name its left side."""
    words = [word for word in link.split() if word.isalpha() and len(word) > 1]
    return len(words) > 1 and words[0].lower() not in ("so", "hence", "thus", "then", "by", "since", "as")
