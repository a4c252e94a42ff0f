"""A monomial under summation signs, taken apart: connected components, and the canonical names of their indices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, permutations, product
from typing import TYPE_CHECKING

from sympy import Expr, S, Symbol

from derivations.core import polynomial as p
from derivations.core.binders import Binder, range_of_binder
from derivations.core.binding import free_symbols, height, substitute
from derivations.core.limits import TooLarge
from derivations.core.polynomial import Monomial
from derivations.core.ranges import bound_symbol

if TYPE_CHECKING:
    from derivations.core.normal_form import Normaliser

MAX_ORDERINGS = 120


def components_of(
    normaliser: Normaliser, binders: tuple[Binder, ...], monomial: Monomial
) -> tuple[Monomial, list[tuple[tuple[Binder, ...], Monomial]]]:
    """Factors free of all binders, and the connected groups of (binders, factors)."""
    every = set(binders)
    links: list[tuple[set[Binder], list[tuple[Expr, p.Exponent]]]] = [
        ({b} | (every & free_symbols(range_of_binder(b)[0])) | (every & free_symbols(range_of_binder(b)[1])), []) for b in binders
    ]
    free: list[tuple[Expr, p.Exponent]] = []
    for factor in _split_exponential(normaliser, monomial):
        touched = set(free_symbols(factor[0]))
        if not isinstance(factor[1], Fraction):
            touched |= free_symbols(factor[1])
        touched &= every
        if touched:
            links.append((touched, [factor]))
        else:
            free.append(factor)
    merged: list[tuple[set[Binder], list[tuple[Expr, p.Exponent]]]] = []
    for touched, factors in links:
        apart = []
        for known, its in merged:
            if known & touched:
                touched, factors = touched | known, factors + its
            else:
                apart.append((known, its))
        merged = [*apart, (touched, factors)]
    return _gathered(normaliser, free), [
        (tuple(b for b in binders if b in touched), _gathered(normaliser, factors)) for touched, factors in merged
    ]


def _split_exponential(normaliser: Normaliser, monomial: Monomial) -> list[tuple[Expr, p.Exponent]]:
    """The factors with exp(a+b) taken apart into exp(a)·exp(b), so that each part finds its own component."""
    parts: list[tuple[Expr, p.Exponent]] = []
    for atom, exponent in monomial:
        if atom is S.Exp1 and not isinstance(exponent, Fraction):
            for term, coefficient in normaliser.form(exponent).items():
                part = p.monomial_expression(term, coefficient)
                parts.append((atom, coefficient if term == p.ONE else part))
        else:
            parts.append((atom, exponent))
    return parts


def _gathered(normaliser: Normaliser, factors: list[tuple[Expr, p.Exponent]]) -> Monomial:
    monomial: Monomial = ()
    for factor in factors:
        monomial = p.product_of_monomials(monomial, (factor,), normaliser.add_exponents)
    return monomial


def canonical_names(
    ordering: Sequence[Binder], body: Expr
) -> tuple[list[tuple[Symbol, Expr, Expr]], dict[Expr, Expr]]:
    """The limits of the indices under their canonical names, and what each was renamed to."""
    level = 1 + height(body)
    renamed: dict[Expr, Expr] = {}
    limits = []
    for position, binder in enumerate(ordering, start=1):
        lower, upper = (substitute(bound, renamed) for bound in range_of_binder(binder))
        renamed[binder] = bound_symbol(f"_{level}.{position}", lower, upper)
        limits.append((renamed[binder], lower, upper))
    return limits, renamed


def orderings(binders: Sequence[Binder], monomial: Monomial) -> list[tuple[Binder, ...]]:
    """The orders of the binders worth trying: permutations among those that look alike from outside."""
    if len(binders) == 1:
        return [tuple(binders)]
    blank, other = Symbol("~blank", integer=True), Symbol("~other", integer=True)

    def depth(binder: Binder) -> int:
        """How many binders at most stand between this one and the outside, because ranges mention them."""
        lower, upper = range_of_binder(binder)
        inside = free_symbols(lower) | free_symbols(upper)
        return max((1 + depth(b) for b in binders if b in inside), default=0)

    def signature(binder: Binder) -> tuple[int, str]:
        view: dict[Expr, Expr] = dict.fromkeys(binders, other)
        view[binder] = blank
        lower, upper = range_of_binder(binder)
        seen = sorted(
            f"{substitute(a, view)}^{e if isinstance(e, Fraction) else substitute(e, view)}" for a, e in monomial
        )
        return depth(binder), f"{substitute(lower, view)}..{substitute(upper, view)}|{seen}"

    ranked = sorted(binders, key=signature)
    groups = [list(group) for _, group in groupby(ranked, key=signature)]
    orders = [tuple(b for part in choice for b in part) for choice in product(*map(permutations, groups))]
    if len(orders) > MAX_ORDERINGS:
        raise TooLarge("the number of index orders to try", len(orders), MAX_ORDERINGS)
    return orders
