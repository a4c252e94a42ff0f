"""One problem: givens, notation, what is asked, accepted final forms, networks whose numbers are asked, points."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations.check.reader.notation import Notation, SymbolNotation, as_notation, notation_from

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation

_KEYS = frozenset(
    ("title", "asked", "derivation", "notation", "symbols", "indices", "given", "premise", "answer", "recurrence", "networks", "convention",  # noqa: E501
     "quantities", "numbers", "points", "functions", "source")
)  # fmt: skip
_GIVEN_KEYS = frozenset(("formula", "spellings", "either_sign"))
_ANSWER_KEYS = frozenset(("formula", "also", "marks"))
MARKS = ("hat", "star", "MLE", "ML", "mle", "opt")
"""What is put on a letter to name its estimate: \\hat\\mu, \\mu^*, \\mu_{MLE}."""


class ProblemError(ValueError):
    """A problem file that is not understood: which file, which key, what is wrong, what is allowed."""

    def __init__(self, name: str, key: str, problem: str, allowed: str) -> None:
        self.name, self.key, self.problem, self.allowed = name, key, problem, allowed
        super().__init__(f"problem {name!r}, {key}: {problem}; {allowed}")


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
    points: Mapping[str, float] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known but what the document says itself."""
        return not (self.name or self.givens or self.answers or self.derivations or self.networks)

    @property
    def texts(self) -> tuple[str, ...]:
        """The formulas read with every chapter, in order: givens, premises, answers with their other forms, recurrences."""
        answers = tuple(text for answer in self.answers for text in (answer.formula, *answer.also))
        return (*(given.formula for given in self.givens), *self.premises, *answers, *self.recurrences)

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
        )


def _joined_notation(first: Notation, second: Notation) -> Notation:
    lists = ("functions", "probabilities", "expectations", "indicators", "deltas", "parameters", "positive", "index_letters")
    return replace(
        first,
        name=f"{first.name}+{second.name}",
        symbols={**second.symbols, **first.symbols},
        indices={**second.indices, **first.indices},
        meanings={k: v for k, v in first.meanings.items() if k in second.meanings},
        **{key: getattr(first, key) & getattr(second, key) if key in ("functions", "deltas") else getattr(first, key) | getattr(second, key)  # noqa: E501
           for key in lists},
    )  # fmt: skip


def problem_from(table: Mapping[str, Any], name: str) -> Problem:
    """A problem from the mapping that its TOML file holds. Raises: ProblemError, NotationError, UnknownDerivation."""
    for key in table:
        if key not in _KEYS:
            raise ProblemError(name, key, "unknown key", f"known are {', '.join(sorted(_KEYS))}")
    names = _names(table.get("derivation", ()))
    derivations = () if "given" in table or "answer" in table or "notation" in table else _derivations(names)
    givens = tuple(_given(name, entry) for entry in table.get("given", ()))
    answers = tuple(_answer(name, entry) for entry in table.get("answer", ()))
    for key in ("premise", "recurrence", "networks", "quantities"):
        if not isinstance(table.get(key, []), list):
            raise ProblemError(name, key, "not a list", f'write {key} = ["…"]')
    notation = _notation(name, table, derivations, givens)
    found = Problem(
        name, str(table.get("title", name)), str(table.get("asked", "")), notation, givens, tuple(map(str, table.get("premise", ()))),  # noqa: E501
        answers, tuple(map(str, table.get("recurrence", ()))), derivations, tuple(map(str, table.get("networks", ()))),
        str(table.get("convention", "standard")), tuple(map(str, table.get("quantities", ()))),
        {str(k): str(v) for k, v in table.get("numbers", {}).items()}, {str(k): float(v) for k, v in table.get("points", {}).items()},  # noqa: E501
        tuple(symbol.name for symbol in notation.symbols.values()), names,
    )  # fmt: skip
    return replace(found, notation=_with_marks(found))


def problem_file(path: Path) -> Problem:
    """A problem from a file. Raises: ProblemError, OSError."""
    try:
        return problem_from(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise ProblemError(path.stem, "file", str(failure), "it must be TOML in UTF-8") from None


def problem_of(derivation: Derivation) -> Problem:
    """The problem whose solution a derivation is: its definitions are given, its estimates asked for."""
    notation = as_notation(derivation.declarations)
    return Problem(
        derivation.name, derivation.title, derivation.summary, notation, derivations=(derivation,),
        symbols=tuple(symbol.name for symbol in notation.symbols.values()), reference=(derivation.name,),
    )  # fmt: skip


def _names(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(map(str, names))


def _derivations(names: tuple[str, ...]) -> tuple[Derivation, ...]:
    """The derivations themselves: only where nothing else says what is given and asked."""
    if not names:
        return ()
    from derivations.subjects.catalogue import derive

    return tuple(map(derive, names))


def _given(name: str, entry: Any) -> Given:
    if isinstance(entry, str):
        return Given(entry)
    _check(name, "given", entry, _GIVEN_KEYS)
    return Given(str(entry["formula"]), tuple(map(str, entry.get("spellings", ()))), bool(entry.get("either_sign", False)))


def _answer(name: str, entry: Any) -> Answer:
    if isinstance(entry, str):
        return Answer(entry)
    _check(name, "answer", entry, _ANSWER_KEYS)
    return Answer(str(entry["formula"]), tuple(map(str, entry.get("also", ()))), tuple(entry.get("marks", MARKS)))


def _check(name: str, key: str, entry: Any, known: frozenset[str]) -> None:
    if not isinstance(entry, Mapping) or "formula" not in entry:
        raise ProblemError(name, key, "no formula", f'write {key} = [{{ formula = "…" }}]')
    for inner in entry:
        if inner not in known:
            raise ProblemError(name, f"{key}.{inner}", "unknown key", f"known are {', '.join(sorted(known))}")


def _notation(name: str, table: Mapping[str, Any], derivations: tuple[Derivation, ...], givens: tuple[Given, ...]) -> Notation:
    if "notation" not in table and derivations and "symbols" not in table:
        base: Notation = as_notation(derivations[0].declarations)
    else:
        extended = {key: table[key] for key in ("symbols", "indices", "functions") if key in table}
        base = notation_from({"extends": str(table.get("notation", "coursework")), **extended}, name)
    symbols = dict(base.symbols)
    for given in givens:
        for spelling in given.spellings:
            if (spelling, 1) not in symbols:
                pattern = next((s for s in symbols.values() if s.letter == _left_letter(given.formula)), None)
                symbols[spelling, 1] = (
                    replace(pattern, name=f"{spelling}_", letter=spelling) if pattern is not None and pattern.domain != "function"
                    else SymbolNotation(spelling, spelling, domain="function", arguments=pattern.arguments if pattern else ())
                )  # fmt: skip
    sizes = frozenset(base.indices.values())
    return replace(base, symbols=symbols, functions=base.functions - sizes, probabilities=base.probabilities - sizes)


def _left_letter(formula: str) -> str:
    from derivations.check.reader.reading import read

    side = read(formula).claims[0].sides[0]
    return str(side.data) if side is not None and side.head in ("letter", "call") else ""


def _with_marks(problem: Problem) -> Notation:
    r"""The notation with the names of estimates: \hat\mu, \mu^* beside every unknown of an answer."""
    symbols = dict(problem.notation.symbols)
    letters = [(_left_root(answer.formula), answer.marks) for answer in problem.answers]
    for derivation in problem.derivations:
        letters += [(_letter_of(problem.notation, str(getattr(u, "base", u))), MARKS) for u in derivation.estimates]
    for letter, marks in letters:
        for (known, power), symbol in list(symbols.items()):
            if known == letter:
                for mark in marks:
                    symbols.setdefault(
                        (f"{letter}_{mark}", power), replace(symbol, name=f"{symbol.name}_{mark}", letter=f"{letter}_{mark}")
                    )
    return replace(problem.notation, symbols=symbols)


def _letter_of(notation: Notation, name: str) -> str:
    return next((symbol.letter for symbol in notation.symbols.values() if symbol.name == name), name)


def _left_root(formula: str) -> str:
    from derivations.check.reader.reading import read

    side = read(formula, notation="naive_bayes").claims[0].sides[0]
    while side is not None and side.head == "power":
        side = side.args[0]
    return str(side.data) if side is not None else ""
