"""The table of symbols: what each letter of a derivation means, and where it may lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.derivation import Derivation
from derivations.core.statements import expressions_of
from derivations.core.symbols import Declaration
from derivations.render.layout import Layout, Letters, Listed
from derivations.render.mathematics import Composer
from derivations.render.notation import name_of
from derivations.render.sentences import domain_words


@dataclass(frozen=True)
class Entry:
    """A row of the table of symbols."""

    symbol: Layout
    meaning: str
    domain: str


def legend(derivation: Derivation, compose: Composer) -> Iterator[Entry]:
    """Sizes, arrays, scalars and functions in declaration order, then the indices in one row."""
    indices: list[Layout] = []
    used = _used_names(derivation)
    for entry in derivation.declarations:
        if entry.name not in used:
            continue
        if entry.domain.kind == "index":
            ends = (compose(Integer(entry.domain.lower)), Letters(r"\ldots"), compose(entry.domain.upper))
            indices.append(Listed((compose(entry.head), Listed(ends)), " = "))
        else:
            yield Entry(_shown(entry, derivation, compose), entry.meaning, domain_words(entry, compose))
    if indices:
        yield Entry(Listed(tuple(indices), r", \quad "), "", "indices")


def _used_names(derivation: Derivation) -> set[str]:
    """The names that occur in a step, bound letters included."""
    expressions = [e for step in derivation.steps for e in expressions_of(step.statement)]
    heads = set[Basic]().union(*(e.atoms(Symbol, IndexedBase) for e in expressions))
    calls = {call.func for e in expressions for call in e.atoms(AppliedUndef)}
    return {name_of(head) for head in (*heads, *calls)}


def _shown(entry: Declaration, derivation: Derivation, compose: Composer) -> Layout:
    """A declared symbol with the indices it is used with."""
    if entry.axes:
        return compose(_entry(entry, derivation))
    if entry.domain.kind != "function":
        return compose(entry.head)
    for step in derivation.steps:
        for expression in expressions_of(step.statement):
            for call in sorted(expression.atoms(AppliedUndef), key=str):
                if call.func.__name__ == entry.name and not any(a.atoms(Indexed) for a in call.args):
                    return compose(call)
    return compose.notation.head(entry.head)


def _entry(entry: Declaration, derivation: Derivation) -> Expr:
    """An array's entry at the indices that run over its axes."""
    return Indexed(entry.head, *(_index_over(axis, derivation) for axis in entry.axes))


def _index_over(axis: object, derivation: Derivation) -> Symbol:
    """The first declared index that runs up to the axis."""
    for entry in derivation.declarations:
        if entry.domain.kind == "index" and entry.domain.upper == axis:
            return entry.head
    return Symbol("i")
