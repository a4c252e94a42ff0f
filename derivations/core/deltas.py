"""Indicators 1[a=b] inside a product: resolve classes of equal indices and substitute them in the other factors."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer, KroneckerDelta, Symbol

from derivations.core import polynomial as p
from derivations.core.binding import substitute
from derivations.core.polynomial import Monomial, Poly

if TYPE_CHECKING:
    from derivations.core.normal_form import Normaliser


def classes_of(monomial: Monomial) -> tuple[list[set[Expr]], Monomial]:
    """The classes of index expressions that the indicators of a monomial equate, and the other factors.

    An indicator to a positive power is itself; one in a denominator is left among the other factors.
    """
    classes: list[set[Expr]] = []
    others: list[tuple[Expr, p.Exponent]] = []
    for atom, exponent in monomial:
        if isinstance(atom, KroneckerDelta) and isinstance(exponent, Fraction) and exponent > 0:
            merged = set(atom.args[:2])
            apart = []
            for known in classes:
                if known & merged:
                    merged |= known
                else:
                    apart.append(known)
            classes = [*apart, merged]
        else:
            others.append((atom, exponent))
    return classes, tuple(others)


def contradictory(members: Iterable[Expr]) -> bool:
    """Whether two members differ by a non-zero number, such as k and k+1.

    >>> contradictory([Integer(1), Integer(2)])
    True
    """
    known = list(members)
    return any((a - b).is_Integer and a != b for n, a in enumerate(known) for b in known[:n])


def _rank(index: Expr) -> tuple[int, str]:
    if isinstance(index, Integer):
        return 0, p.name_of(index)
    if isinstance(index, Symbol):
        return (2 if index.name[0] in "_~" else 1), p.name_of(index)
    return (4 if isinstance(index, Indexed) else 3), p.name_of(index)


def simplest_first(members: Iterable[Expr]) -> list[Expr]:
    """Members of a class from the simplest: numbers, plain indices, k + 1 and the like, then labels such as y[i].

    >>> from sympy import IndexedBase, symbols
    >>> i, k = symbols("i k", integer=True)
    >>> simplest_first([IndexedBase("y")[i], k])
    [k, y[i]]
    """
    return sorted(members, key=_rank)


def resolve(normaliser: Normaliser, monomial: Monomial) -> Poly:
    """The monomial with each class represented by its simplest member everywhere: δ(y,k)·f(y) = δ(y,k)·f(k)."""
    classes, others = classes_of(monomial)
    if any(contradictory(members) for members in classes):
        return {}
    deltas: list[tuple[Expr, p.Exponent]] = []
    replaced: dict[Expr, Expr] = {}
    for members in classes:
        simplest, *rest = simplest_first(members)
        for member in rest:
            deltas.append((KroneckerDelta(simplest, member), Fraction(1)))
            replaced[member] = simplest
    before = p.monomial_expression(others)
    after = substitute(before, replaced)
    if after == before:
        return {p.sort_factors([*deltas, *others]): Fraction(1)}
    return normaliser.times({p.sort_factors(deltas): Fraction(1)}, normaliser.form(after))
