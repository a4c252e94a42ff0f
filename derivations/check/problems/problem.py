"""One problem: givens, notation, what is asked, accepted final forms, common slips, networks whose numbers are asked, points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from derivations.check.reader.notation import Notation, as_notation
from numeric.failures import Failure

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation

MARKS = ("hat", "star", "MLE", "ML", "mle", "opt")
"""What is put on a letter to name its estimate: \\hat\\mu, \\mu^*, \\mu_{MLE}."""


@dataclass(eq=False)
class ProblemError(Failure, ValueError):
    """A problem file that is not understood: which file, which line and key, what is wrong, what is allowed."""

    name: str
    key: str
    problem: str
    allowed: str
    line: int = 0

    def __str__(self) -> str:
        where = f"line {self.line}, {self.key}" if self.line else self.key
        return f"problem {self.name!r}, {where}: {self.problem}; {self.allowed}"


@dataclass(frozen=True)
class Given:
    """A formula taken for granted. `spellings`: further letters for its left side. `either_sign`: a student may use its
    negative.
    """

    formula: str
    spellings: tuple[str, ...] = ()
    either_sign: bool = False


@dataclass(frozen=True)
class Answer:
    """unknown = value, as a formula. `also`: other accepted formulas. `marks`: what names the estimate when put on the letter."""

    formula: str
    also: tuple[str, ...] = ()
    marks: tuple[str, ...] = MARKS


@dataclass(frozen=True)
class Slip:
    """A common slip: the wrong formula it leads to, and what to say about it."""

    formula: str
    says: str


@dataclass(frozen=True)
class Problem:
    """What lines are judged against; empty for inner consistency alone."""

    name: str = ""
    title: str = ""
    asked: str = ""
    notation: Notation = field(default_factory=lambda: as_notation(None), repr=False)
    givens: tuple[Given, ...] = ()
    premises: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    recurrences: tuple[str, ...] = ()
    derivations: tuple[Derivation, ...] = field(default=(), repr=False)
    networks: tuple[str, ...] = ()
    convention: str = "standard"
    quantities: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, Any] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known but what the document says itself."""
        return not (self.name or self.givens or self.answers or self.derivations or self.networks)

    @property
    def texts(self) -> tuple[str, ...]:
        """The formulas read with every chapter, in order: givens, premises, answers with their other forms, recurrences,
        slips.
        """
        answers = tuple(text for answer in self.answers for text in (answer.formula, *answer.also))
        return (*(given.formula for given in self.givens), *self.premises, *answers, *self.recurrences,
                *(slip.formula for slip in self.slips))  # fmt: skip

    def joined(self, other: Problem) -> Problem:
        """Both problems at once, for a document that solves several; where letters clash the first one's meaning counts."""
        return replace(
            self,
            name=f"{self.name},{other.name}",
            title=f"{self.title}; {other.title}",
            asked=f"{self.asked}; {other.asked}",
            notation=_joined_notation(self.notation, other.notation),
            givens=(*self.givens, *other.givens),
            premises=(*self.premises, *other.premises),
            answers=(*self.answers, *other.answers),
            recurrences=(*self.recurrences, *other.recurrences),
            derivations=(*self.derivations, *other.derivations),
            networks=(*self.networks, *other.networks),
            convention=self.convention if self.networks else other.convention,
            quantities=(*self.quantities, *other.quantities),
            numbers={**other.numbers, **self.numbers},
            points={**other.points, **self.points},
            symbols=(*self.symbols, *other.symbols),
            reference=(*self.reference, *other.reference),
            slips=(*self.slips, *other.slips),
        )


def _joined_notation(first: Notation, second: Notation) -> Notation:
    either = ("probabilities", "expectations", "indicators", "parameters", "positive", "index_letters")
    lists = {key: getattr(first, key) | getattr(second, key) for key in either}
    lists |= {key: getattr(first, key) & getattr(second, key) for key in ("functions", "deltas")}
    return replace(
        first,
        name=f"{first.name}+{second.name}",
        symbols={**second.symbols, **first.symbols},
        indices={**second.indices, **first.indices},
        meanings={k: v for k, v in first.meanings.items() if k in second.meanings},
        **lists,
    )
