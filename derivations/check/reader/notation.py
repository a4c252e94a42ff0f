"""Notation tables: what letters mean, as data in small TOML files beside the subjects they serve."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from derivations.core.symbols import Declarations
from numeric.failures import Failure

if TYPE_CHECKING:
    from derivations.check.reader.rendered import Patterns
    from derivations.core.derivation import Derivation

DOMAINS = frozenset(
    ("real", "positive", "nonnegative", "unit-interval", "integer", "natural", "binary", "size",
     "label", "simplex", "function", "index")
)
_LISTS = (
    "functions", "probabilities", "expectations", "indicators", "deltas", "parameters", "positive", "index_letters", "counts",
    "independent",
)  # fmt: skip
_KEYS = frozenset((*_LISTS, "name", "title", "extends", "meanings", "symbols", "indices"))
_SYMBOL_KEYS = frozenset(("letter", "axes", "domain", "power", "superscript", "range", "meaning", "arguments"))


@dataclass(eq=False)
class NotationError(Failure, ValueError):
    """A notation table that is not understood: which table, which key, what is wrong and what is allowed."""

    table: str
    key: str
    problem: str
    allowed: str

    def __str__(self) -> str:
        return f"notation {self.table!r}, {self.key}: {self.problem}; {self.allowed}"


@dataclass(frozen=True)
class SymbolNotation:
    """How one symbol is written and where its values lie.

    `axes` name the index letters in the order of the array; `superscript` says that a raised letter is an index and no power;
    `power` 2 says that the symbol is the square of the letter (σ_d² is one unknown); `range` is the last label.
    """

    name: str
    letter: str
    axes: tuple[str, ...] = ()
    domain: str = "real"
    power: int = 1
    superscript: bool = False
    range: str = ""
    meaning: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notation:
    """What letters mean: symbols by letter, ranges of index letters, and how letters apply to brackets."""

    name: str
    title: str = ""
    symbols: Mapping[tuple[str, int], SymbolNotation] = field(default_factory=dict)
    indices: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    probabilities: frozenset[str] = frozenset()
    expectations: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    deltas: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    positive: frozenset[str] = frozenset()
    index_letters: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()
    independent: frozenset[str] = frozenset()
    declarations: Declarations | None = None
    patterns: Patterns | None = None

    def symbol(self, letter: str, power: int = 1) -> SymbolNotation | None:
        """The declared symbol that a letter (and its square, for power 2) stands for."""
        return self.symbols.get((letter, power))

    def declares(self, letter: str) -> bool:
        """Whether the letter is declared in any power."""
        if self.patterns is not None and letter in self.patterns.letters | self.patterns.arrays:
            return True
        return (letter, 1) in self.symbols or (letter, 2) in self.symbols

    def declares_value(self, letter: str) -> bool:
        """Whether the letter is declared as something else than an index."""
        if self.declarations is not None and letter in self.declarations and self.declarations[letter].domain.kind == "index":
            return False
        return self.declares(letter)

    def indexes(self, letter: str, raised: bool = False) -> bool:
        """Whether the letter is declared with indices; of a derivation's letters, with lowered or with raised ones."""
        if self.patterns is not None:
            known = self.patterns.raised if raised else self.patterns.lowered
            if letter in known or (raised and any(name.startswith(f"{letter}_") for name in known)):
                return True
        return any(symbol.axes for (name, _), symbol in self.symbols.items() if name == letter)


def notation_names() -> tuple[str, ...]:
    """The tables that come with the project."""
    folder = files("derivations.check.reader").joinpath("notation")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@lru_cache(maxsize=64)
def named_notation(name: str) -> Notation:
    """One of the project's tables.

    >>> named_notation("naive_bayes").symbol("x").axes
    ('i', 'd')

    Raises: NotationError.
    """
    if name not in notation_names():
        raise NotationError(name, "name", "no such table", f"there are {', '.join(notation_names())}")
    text = files("derivations.check.reader").joinpath("notation", f"{name}.toml").read_text(encoding="utf-8")
    return notation_from(tomllib.loads(text), name)


def notation_file(path: Path) -> Notation:
    """A table from a file. Raises: NotationError, OSError."""
    try:
        return notation_from(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise NotationError(path.stem, "file", str(failure), "it must be TOML") from None


AnyNotation = Any
"""A Notation, a name, a path, a mapping, a Derivation, its Declarations, or None."""


def as_notation(notation: AnyNotation) -> Notation:
    """A notation from whatever names one: a table, its name, a path, a mapping, a derivation or its declarations, or nothing."""
    if notation is None:
        return named_notation("coursework")
    if isinstance(notation, Notation):
        return notation
    if isinstance(notation, Declarations):
        from derivations.check.reader.rendered import rendered_notation

        return rendered_notation(notation)
    if hasattr(notation, "steps"):
        from derivations.check.reader.rendered import derivation_notation

        return derivation_notation(cast("Derivation", notation))
    if isinstance(notation, Path) or (isinstance(notation, str) and notation.endswith(".toml")):
        return notation_file(Path(notation))
    if isinstance(notation, str):
        return named_notation(notation)
    return notation_from(notation, str(notation.get("name", "given")))


def notation_from(table: Mapping[str, Any], name: str) -> Notation:
    """A notation from the mapping that a TOML file holds; lists are added to those of the table it extends."""
    for key in table:
        if key not in _KEYS:
            raise NotationError(name, key, "unknown key", f"known are {', '.join(sorted(_KEYS))}")
    extends = str(table.get("extends", "" if name == "coursework" else "coursework"))
    base = named_notation(extends) if extends else Notation("")
    lists = {key: getattr(base, key) | frozenset(table.get(key, ())) for key in _LISTS}
    symbols = dict(base.symbols)
    for symbol_name, entry in table.get("symbols", {}).items():
        symbol = _symbol(name, symbol_name, entry)
        symbols[symbol.letter, symbol.power] = symbol
    declared = {letter for letter, _ in symbols}
    for key in ("functions", "probabilities", "deltas"):
        lists[key] = lists[key] - {s.letter for s in symbols.values() if s.domain != "function"}
    return Notation(
        name,
        str(table.get("title", base.title)),
        symbols,
        {**base.indices, **{str(k): str(v) for k, v in table.get("indices", {}).items()}},
        {key: value for key, value in {**base.meanings, **table.get("meanings", {})}.items() if key not in declared},
        **lists,
    )


def _symbol(table: str, name: str, entry: Mapping[str, Any]) -> SymbolNotation:
    for key in entry:
        if key not in _SYMBOL_KEYS:
            raise NotationError(table, f"symbols.{name}.{key}", "unknown key", f"known are {', '.join(sorted(_SYMBOL_KEYS))}")
    domain = str(entry.get("domain", "real"))
    if domain not in DOMAINS:
        raise NotationError(
            table, f"symbols.{name}.domain", f"unknown domain {domain!r}", f"known are {', '.join(sorted(DOMAINS))}"
        )
    if domain == "label" and not entry.get("range"):
        raise NotationError(table, f"symbols.{name}", "a label needs its range", 'write range = "K"')
    return SymbolNotation(
        name, str(entry.get("letter", name)), tuple(entry.get("axes", ())), domain, int(entry.get("power", 1)),
        bool(entry.get("superscript", False)), str(entry.get("range", "")), str(entry.get("meaning", "")),
        tuple(entry.get("arguments", ())),
    )  # fmt: skip
