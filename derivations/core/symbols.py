"""Declared symbols: every letter of a derivation has a domain, index axes, a LaTeX form and a meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from sympy import Expr, Function, Indexed, IndexedBase, Integer, Symbol

from numeric.domains import FUNCTION, POSITIVE, REAL, SIZE, Domain
from numeric.domains import index as index_in
from numeric.domains import label as label_in
from numeric.instances import Variable

Head: TypeAlias = Any
"""The SymPy object of a declaration: a Symbol, an IndexedBase or an undefined function class."""


class DeclarationError(ValueError):
    """A symbol was declared twice, not at all, or with a name the engine keeps for itself."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name, self.problem, self.remedy = name, problem, remedy
        super().__init__(f"symbol {name!r}: {problem}; {remedy}")


@lru_cache(maxsize=4096)
def _head(name: str, domain: Domain, indexed: bool) -> Head:
    # One object a declaration: comparing two IndexedBase objects that are equal but not the same is slow in SymPy.
    if domain.kind == "function":
        return Function(name, real=True)
    assumptions = domain.assumptions()
    return IndexedBase(name, **assumptions) if indexed else Symbol(name, **assumptions)


@dataclass(frozen=True)
class Declaration:
    """One declared symbol.

    `latex` is a template whose fields {0}, {1} take the indices (or arguments) in order; `power` says that the
    symbol stands for the square (2) of the letter shown, so that ``sigma2[d]**2`` is written σ_d⁴. `outcome` and `given`
    name the events of a probability: p(x | y=k) has outcome ("x",) and given ("y",). `starts` holds the first index of
    each axis of a sequence such as θ⁰, θ¹, …; without it every axis starts at 1.
    """

    name: str
    domain: Domain
    axes: tuple[Expr, ...] = ()
    latex: str = ""
    meaning: str = ""
    power: int = 1
    outcome: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name.startswith("_"):
            raise DeclarationError(self.name, "not a usable name", "use letters, digits and inner underscores")
        if self.starts and len(self.starts) != len(self.axes):
            raise DeclarationError(self.name, f"{len(self.starts)} starts for {len(self.axes)} axes", "give one an axis")

    @property
    def head(self) -> Head:
        """The SymPy object: a Symbol, an IndexedBase when there are axes, an undefined function."""
        return _head(self.name, self.domain, bool(self.axes))

    @property
    def variable(self) -> Variable:
        """What the numeric side has to draw for this symbol."""
        return Variable(self.head, self.domain, self.axes)


@dataclass(frozen=True)
class Declarations:
    """An ordered, immutable collection of declarations, looked up by name or by SymPy object."""

    entries: tuple[Declaration, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.name in seen:
                raise DeclarationError(entry.name, "declared twice", "rename one of the two")
            seen.add(entry.name)

    def __iter__(self) -> Iterator[Declaration]:
        return iter(self.entries)

    def __getitem__(self, name: str) -> Declaration:
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise DeclarationError(name, "not declared", f"declared are {', '.join(e.name for e in self.entries)}")

    def __contains__(self, name: object) -> bool:
        return any(entry.name == name for entry in self.entries)

    def find(self, head: object) -> Declaration | None:
        """The declaration of a Symbol, IndexedBase or function class, or None."""
        name = getattr(head, "name", None) or getattr(head, "__name__", None)
        if isinstance(head, IndexedBase):
            name = str(head.label)
        return next((entry for entry in self.entries if entry.name == name and entry.head == head), None)

    def extended(self, *more: Declaration) -> Declarations:
        """The same declarations and `more`; a repeated equal declaration is kept once."""
        return Declarations(self.entries + tuple(m for m in more if m not in self.entries))

    def reaching(self, ends: Mapping[Symbol, Expr]) -> Declarations:
        """The same declarations with other upper ends of the ranges of the indices named."""
        changed = (
            replace(entry, domain=replace(entry.domain, upper=ends[entry.head])) if entry.head in ends else entry
            for entry in self.entries
        )
        return Declarations(tuple(changed))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What can be drawn: everything but functions."""
        return tuple(entry.variable for entry in self.entries if entry.domain.kind != "function")

    def range_of(self, index: Expr) -> tuple[Expr, Expr] | None:
        """The declared range (lower, upper) of an index symbol or of a label such as y[i]; None if it has none."""
        head = index.base if isinstance(index, Indexed) else index  # a power has a base too
        entry = self.find(head)
        if entry is None or entry.domain.kind not in ("index", "label"):
            return None
        return Integer(entry.domain.lower), entry.domain.upper


def size(name: str, meaning: str) -> Declaration:
    """A size such as the number of samples N: an integer ≥ 1; one named by a word is written upright."""
    return Declaration(name, SIZE, latex=rf"\mathrm{{{{{name}}}}}" if name.isalpha() and len(name) > 1 else name, meaning=meaning)


def index(name: str, upper: Expr, meaning: str = "", lower: int = 1) -> Declaration:
    """An index running over lower..upper."""
    return Declaration(name, index_in(upper, lower), latex=name, meaning=meaning or f"index from {lower} to {upper}")


def sequence(
    name: str,
    axes: tuple[Expr, ...],
    latex: str,
    meaning: str,
    *,
    start: int = 0,
    domain: Domain = REAL,
) -> Declaration:
    """A sequence over the steps start..axes[0] of an iteration; any further axes start at 1."""
    return Declaration(name, domain, axes, latex, meaning, starts=(start, *(1 for _ in axes[1:])))


def labels(name: str, length: Expr, count: Expr, latex: str, meaning: str) -> Declaration:
    """A vector of `length` class labels, each in 1..count."""
    return Declaration(name, label_in(count), (length,), latex, meaning)


def array(
    name: str, axes: tuple[Expr, ...], latex: str, meaning: str, domain: Domain = REAL, power: int = 1
) -> Declaration:
    """An indexed array with one-based axes 1..axes[0], 1..axes[1], ..."""
    return Declaration(name, domain, axes, latex, meaning, power)


def scalar(name: str, latex: str, meaning: str, domain: Domain = REAL) -> Declaration:
    """A single number."""
    return Declaration(name, domain, (), latex, meaning)


def function(name: str, latex: str, meaning: str) -> Declaration:
    """A function of its indices or parameters, given by a definition in the derivation."""
    return Declaration(name, FUNCTION, (), latex, meaning)


def probability(
    name: str, latex: str, meaning: str, outcome: tuple[str, ...], given: tuple[str, ...] = (), arguments: bool = True
) -> Declaration:
    """A probability or density of the events `outcome` given the events `given`; a number when it has no arguments."""
    domain, axes = (FUNCTION, ()) if arguments else (POSITIVE, ())
    return Declaration(name, domain, axes, latex, meaning, outcome=outcome, given=given)


__all__ = [
    "POSITIVE", "REAL", "Declaration", "DeclarationError", "Declarations", "Domain", "Head",
    "array", "function", "index", "labels", "probability", "scalar", "sequence", "size",
]  # fmt: skip
