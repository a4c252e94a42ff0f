"""Problems from files: what a TOML file holds, checked key by key, every mistake named with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations.check.problems.problem import MARKS, Answer, Given, Problem, ProblemError, Slip
from derivations.check.reader.errors import ReadingError
from derivations.check.reader.notation import Notation, NotationError, SymbolNotation, as_notation, notation_from

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation

_TEXTS = ("title", "asked", "source", "notation", "convention")
_LISTS = ("premise", "recurrence", "networks", "quantities")
_TABLES = ("symbols", "indices", "numbers", "points")
_ENTRIES: dict[str, tuple[str, ...]] = {
    "given": ("formula", "spellings", "either_sign"), "answer": ("formula", "also", "marks"), "slip": ("formula", "says"),
}  # fmt: skip
"""Key that may be repeated as [[key]] → what it holds."""
_KEYS = (*_TEXTS, "derivation", "functions", *_LISTS, *_TABLES, *_ENTRIES)


@dataclass(frozen=True)
class Source:
    """A file of a problem: its name, and its text where the lines of keys are looked up."""

    name: str
    text: str = ""

    def error(self, key: str, problem: str, allowed: str, place: int = 0) -> ProblemError:
        """The error about a key: of the table or, with a dot, of the entry [[…]] number `place` from 0."""
        return ProblemError(self.name, key, problem, allowed, self._line(key, place))

    def _line(self, key: str, place: int) -> int:
        first, _, inner = key.partition(".")
        start = 0
        headed = rf"^\s*\[\[\s*{re.escape(first)}\s*\]\]|^\s*\[\s*{re.escape(first)}\b[^\]]*\]"
        entries = list(re.finditer(headed, self.text, re.MULTILINE))
        if place < len(entries):
            start = entries[place].start()
        for name in (inner.rpartition(".")[2], first) if inner else (first,):
            found = re.compile(rf"^\s*\"?{re.escape(name)}\"?\s*=", re.MULTILINE).search(self.text, start)
            if name and found is not None:
                return self.text.count("\n", 0, found.end()) + 1
        return self.text.count("\n", 0, entries[place].end()) + 1 if place < len(entries) else 0


def problem_from(table: Mapping[str, Any], name: str, text: str = "") -> Problem:
    """A problem from the mapping that its TOML file holds. text: the file, for the lines of mistakes. Raises: ProblemError."""
    source = Source(name, text)
    _check_keys(table, source)
    names = _names(table.get("derivation", ()))
    alone = not any(key in table for key in ("given", "answer", "notation", "symbols"))
    derivations = tuple(_derived(entry, source) for entry in names)
    givens = tuple(
        Given(e["formula"], _strings(e, "spellings"), bool(e.get("either_sign", False))) for e in _entries(table, "given")
    )
    answers = tuple(Answer(e["formula"], _strings(e, "also"), _strings(e, "marks") or MARKS) for e in _entries(table, "answer"))
    notation = _notation(source, table, derivations if alone else (), givens)
    _check_networks(table, source)
    found = Problem(
        name, str(table.get("title", name)), str(table.get("asked", "")), notation, givens, _strings(table, "premise"), answers,
        _strings(table, "recurrence"), derivations if alone else (), _strings(table, "networks"),
        str(table.get("convention", "standard")), _strings(table, "quantities"),
        {str(k): str(v) for k, v in table.get("numbers", {}).items()}, dict(table.get("points", {})),
        tuple(symbol.name for symbol in notation.symbols.values()), names,
        tuple(Slip(e["formula"], str(e.get("says", ""))) for e in _entries(table, "slip")),
    )  # fmt: skip
    _check_formulas(found, source)
    return replace(found, notation=_with_marks(found))


def problem_file(path: Path) -> Problem:
    """A problem from a file. Raises: ProblemError, OSError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise ProblemError(path.name, "file", str(failure), "it must be TOML in UTF-8") from None
    return problem_from(table, path.name, text)


def problem_of(derivation: Derivation) -> Problem:
    """The problem whose solution a derivation is: its definitions are given, its estimates asked for."""
    notation = as_notation(derivation.declarations)
    return Problem(
        derivation.name, derivation.title, derivation.summary, notation, derivations=(derivation,),
        symbols=tuple(symbol.name for symbol in notation.symbols.values()), reference=(derivation.name,),
    )  # fmt: skip


# ---------------------------------------------------------------------- what a file may hold


def _check_keys(table: Mapping[str, Any], source: Source) -> None:
    for key, entry in table.items():
        if key not in _KEYS:
            raise source.error(key, "unknown key", f"known are {', '.join(sorted(_KEYS))}")
        for known, kind, told in _SHAPES:
            if key in known and not isinstance(entry, kind):
                raise source.error(key, told[0], told[1].format(key))
    for key, known in _ENTRIES.items():
        for place, entry in enumerate(table.get(key, ())):
            _check_entry(key, place, entry, known, source)
    if "points" in table:
        from derivations.check.report.rubric import Rubric, RubricError

        try:
            Rubric.of(table["points"])
        except RubricError as failure:
            where = failure.where.partition(".")[0]
            raise source.error(f"points.{where}", failure.problem, failure.remedy) from None


_SHAPES: tuple[tuple[Sequence[str], type, tuple[str, str]], ...] = (
    (_TEXTS, str, ("not a text", 'write {} = "…"')),
    (_LISTS, list, ("not a list", 'write {} = ["…"]')),
    (_TABLES, dict, ("not a table", "write [{}] and its entries below")),
    (tuple(_ENTRIES), list, ("not a list of entries", "write [[{}]] with formula = '…' below")),
)
"""Keys, what they hold, what is said of something else."""


def _check_entry(key: str, place: int, entry: Any, known: Sequence[str], source: Source) -> None:
    if isinstance(entry, str):
        return
    if not isinstance(entry, Mapping) or not isinstance(entry.get("formula"), str):
        raise source.error(key, "no formula", f"write [[{key}]] with formula = '…' below", place)
    for inner, value in entry.items():
        if inner not in known:
            raise source.error(f"{key}.{inner}", "unknown key", f"known are {', '.join(sorted(known))}", place)
        if inner in ("spellings", "also", "marks") and not isinstance(value, list):
            raise source.error(f"{key}.{inner}", "not a list", f'write {inner} = ["…"]', place)


def _entries(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [{"formula": entry} if isinstance(entry, str) else entry for entry in table.get(key, ())]


def _strings(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(map(str, table.get(key, ())))


def _names(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(map(str, names))


def _derived(name: str, source: Source) -> Derivation:
    from derivations.subjects.catalogue import UnknownDerivation, derive

    try:
        return derive(name)
    except UnknownDerivation as failure:
        raise source.error("derivation", str(failure), "name an entry of the catalogue") from None


def _check_networks(table: Mapping[str, Any], source: Source) -> None:
    from derivations.subjects.networks.conventions import UnknownConvention, convention
    from derivations.subjects.networks.reading import UnknownArchitecture, architecture
    from derivations.subjects.networks.terms import QUANTITIES

    try:
        for name in _strings(table, "networks"):
            architecture(name)
    except UnknownArchitecture as failure:
        raise source.error("networks", str(failure), "`derivations network --list` shows the names") from None
    try:
        convention(str(table.get("convention", "standard")))
    except UnknownConvention as failure:
        raise source.error("convention", str(failure), "name one of them") from None
    for quantity in _strings(table, "quantities"):
        if quantity not in QUANTITIES:
            raise source.error("quantities", f"{quantity!r} is not counted", f"counted are {', '.join(QUANTITIES)}")


def _check_formulas(problem: Problem, source: Source) -> None:
    """Every formula is read, and says what its key is for."""
    from derivations.check.reader.reading import read

    keyed: list[tuple[str, int, str]] = [("given.formula", n, given.formula) for n, given in enumerate(problem.givens)]
    keyed += [("premise", 0, text) for text in problem.premises]
    keyed += [("answer.formula", n, text) for n, a in enumerate(problem.answers) for text in (a.formula, *a.also)]
    keyed += [("recurrence", 0, text) for text in problem.recurrences]
    keyed += [("slip.formula", n, slip.formula) for n, slip in enumerate(problem.slips)]
    for key, place, text in keyed:
        try:
            claims = read(text, notation=problem.notation).claims
        except ReadingError as failure:
            why = f"{failure.problem} (column {failure.column} of the formula)"
            raise source.error(key, f"the formula {text!r} is not read: {why}", failure.remedy, place) from None
        if not claims or len(claims[0].sides) < 2:
            raise source.error(key, f"{text!r} is no equation", "write left = right", place)


# ---------------------------------------------------------------------- notation


def _notation(
    source: Source, table: Mapping[str, Any], derivations: tuple[Derivation, ...], givens: tuple[Given, ...]
) -> Notation:
    if "notation" not in table and derivations and "symbols" not in table:
        base: Notation = as_notation(derivations[0].declarations)
    else:
        extended = {key: table[key] for key in ("symbols", "indices", "functions") if key in table}
        try:
            base = notation_from({"extends": str(table.get("notation", "coursework")), **extended}, source.name)
        except NotationError as failure:
            key = "notation" if failure.key == "name" else failure.key
            raise source.error(key, failure.problem, failure.allowed) from None
    symbols = dict(base.symbols)
    for given in givens:
        for spelling in given.spellings:
            if (spelling, 1) not in symbols:
                pattern = next((s for s in symbols.values() if s.letter == _left_letter(given.formula)), None)
                symbols[spelling, 1] = (
                    replace(pattern, name=f"{spelling}_", letter=spelling)
                    if pattern is not None and pattern.domain != "function"
                    else SymbolNotation(spelling, spelling, domain="function", arguments=pattern.arguments if pattern else ())
                )  # fmt: skip
    sizes = frozenset(base.indices.values())
    return replace(base, symbols=symbols, functions=base.functions - sizes, probabilities=base.probabilities - sizes)


def _left_letter(formula: str) -> str:
    from derivations.check.reader.reading import read

    try:
        side = read(formula).claims[0].sides[0]
    except ReadingError:
        return ""
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
