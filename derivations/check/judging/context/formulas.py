"""Lines read together: letters mean the same in all lines of a chapter, and in what the problem gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from sympy import Expr

from derivations.check.documents.pieces import Line
from derivations.check.reader.errors import ReadingError
from derivations.check.reader.notation import Notation
from derivations.check.reader.reading import Reading, deep_recursion, read_together
from derivations.check.reader.statements import Claim, Kind
from derivations.check.reader.terms import Term

UNREAD = (TypeError, ValueError, AttributeError, ArithmeticError, LookupError)
"""What SymPy raises for formulas that cannot be built."""
MAX_TOGETHER = 120
"""Lines read together at most: keeps the work linear in the length of a document."""


@dataclass(frozen=True)
class Side:
    """One side of a relation: what was read, what it stands for, and the formula it stands in."""

    term: Term
    expression: Expr
    reading: Reading

    @cached_property
    def evaluable(self) -> bool:
        """Whether it has a value at all, unknown functions being numbers."""
        return _has_value(self.term)

    @cached_property
    def is_name(self) -> bool:
        """Whether it only names a quantity in words, such as \\# \\text{ weights}."""
        parts = list(self.term.walk())
        return not self.evaluable and all(
            part.head in ("letter", "multiply") or (part.head == "structure" and _is_wordy(str(part.data))) for part in parts
        )

    @property
    def text(self) -> str:
        """As it is written."""
        return self.reading.latex[self.term.start : self.term.end].strip() if self.term.start >= 0 else str(self.expression)


@dataclass(frozen=True)
class Statement:
    """A claim with its sides."""

    claim: Claim
    sides: tuple[Side | None, ...]

    @property
    def relations(self) -> tuple[str, ...]:
        """The signs between the sides."""
        return self.claim.relations

    @property
    def kind(self) -> Kind:
        """What kind of claim it is."""
        return self.claim.kind

    @property
    def link(self) -> str:
        """What stands in front of it."""
        return self.claim.link


@dataclass(frozen=True)
class Formula:
    """A line and what it says, or why it is not read."""

    line: Line
    statements: tuple[Statement, ...] = ()
    reading: Reading | None = None
    error: str = ""


@dataclass(frozen=True)
class Chapter:
    """Formulas read together, after the givens of the problem."""

    givens: tuple[Formula, ...]
    formulas: tuple[Formula, ...]

    @property
    def reading(self) -> Reading | None:
        """Any reading of the chapter: all share their symbols."""
        return next((f.reading for f in (*self.givens, *self.formulas) if f.reading is not None), None)


_OPAQUE = frozenset(("gradient", "derivative"))


def _has_value(term: Term) -> bool:
    """Whether no part is mere structure; what stands between the brackets of an unknown function may be."""
    if term.head == "call":
        return not any(part.head == "structure" and part.data in ("dots", "unfinished") for part in term.walk())
    if term.head == "structure":
        return term.data in _OPAQUE and all(_has_value(part) for part in term.args)
    if term.head == "relation":
        return False
    if term.head in ("sum", "product", "indicator"):
        return all(_has_value(part) or part.head in ("relation", "bare") for part in term.args)
    return all(_has_value(part) for part in term.args)


def _is_wordy(data: str) -> bool:
    return data.startswith("words") or data in ("mark", "#", "hash", "tuple", "list") or "#" in data or " " in data


def chapters_of(lines: Sequence[Line], notation: Notation, givens: Sequence[str] = ()) -> Iterator[Chapter]:
    """The lines, chapter by chapter; chapters that are very long are cut."""
    for _, group in groupby(lines, key=lambda line: line.chapter):
        members = list(group)
        for start in range(0, len(members), MAX_TOGETHER):
            yield _chapter(members[start : start + MAX_TOGETHER], notation, givens)


def _chapter(lines: Sequence[Line], notation: Notation, givens: Sequence[str]) -> Chapter:
    errors: dict[int, str] = {}
    texts = [line.latex for line in lines]
    readings = _together([*givens, *texts], notation)
    if readings is None:
        for place, text in enumerate(texts):
            failure = unread(text, notation)
            if failure:
                errors[place] = failure
        texts = [text for place, text in enumerate(texts) if place not in errors]
        readings = _together([*givens, *texts], notation) or [_alone(text, notation) for text in [*givens, *texts]]
    good = [place for place in range(len(lines)) if place not in errors]
    given = tuple(_formula(Line(text, range(len(text))), reading) for text, reading in zip(givens, readings, strict=False))
    found = dict(zip(good, readings[len(givens) :], strict=True))
    formulas = []
    for place, line in enumerate(lines):
        if place in errors:
            formulas.append(Formula(line, error=errors[place]))
        else:
            formulas.append(_formula(line, found[place]))
    return Chapter(given, tuple(formulas))


def _together(texts: Sequence[str], notation: Notation) -> Sequence[Reading | None] | None:
    """The readings of all texts; None when one of them is not read."""
    try:
        return read_together(texts, notation=notation) if texts else ()
    except (ReadingError, *UNREAD):
        return None


def unread(latex: str, notation: Notation) -> str:
    """Why a text is not read; nothing when it is."""
    try:
        read_together((latex,), notation=notation)
    except ReadingError as failure:
        return f"{failure.name}: {failure.problem} (column {failure.column}); {failure.remedy}"
    except UNREAD as failure:
        return f"not understood: {failure}"
    return ""


def _alone(text: str, notation: Notation) -> Reading | None:
    try:
        return read_together((text,), notation=notation)[0]
    except (ReadingError, *UNREAD):
        return None


def _formula(line: Line, reading: Reading | None) -> Formula:
    if reading is None:
        return Formula(line, error="not read together with the other lines")
    try:
        with deep_recursion(reading.latex):
            built = reading.sides
    except UNREAD as failure:
        return Formula(line, error=f"not understood: {failure}")
    statements = []
    for claim, sides in zip(reading.claims, built, strict=True):
        pairs = zip(claim.sides, sides, strict=True)
        statements.append(Statement(claim, tuple(None if t is None or s is None else Side(t, s, reading) for t, s in pairs)))
    return Formula(line, tuple(statements), reading)
