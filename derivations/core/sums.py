"""Sums over symbolic ranges in normal form.

A monomial under summation signs is a set of bound indices and a set of factors. Indicators that fix a bound index are
contracted; the rest falls apart into connected components, so that ΣᵢΣⱼ aᵢbⱼ and Σⱼbⱼ·Σᵢaᵢ are the same product of
atoms; each component is written with canonical index names, so that renaming and exchange of sums leave no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Add, Expr, KroneckerDelta, S, Sum, Symbol, bernoulli, binomial

from derivations.core import polynomial as p
from derivations.core.binders import Binder, count_of, is_empty, last_terms, range_of_binder
from derivations.core.binding import free_symbols, height, substitute, unnest
from derivations.core.components import canonical_names, components_of, orderings
from derivations.core.deltas import classes_of
from derivations.core.limits import TooLarge
from derivations.core.polynomial import Monomial, Poly
from derivations.core.ranges import bound_symbol, is_reserved, known_nonnegative, range_of
from derivations.core.statements import InRange

if TYPE_CHECKING:
    from derivations.core.normal_form import Normaliser

MAX_FLATTENED_POWER = 3
MAX_INDICES = 8


def normal_sum(normaliser: Normaliser, expression: Sum) -> Poly:
    """The normal form of a Sum over one or more indices."""
    body, (variable, lower, upper) = unnest(expression)
    lower, upper = normaliser.canonical(lower), normaliser.canonical(upper)
    if is_empty(normaliser, lower, upper):
        return {}
    shorter, last = last_terms(normaliser, lower, upper)
    if last and not _sifted(normaliser, body, variable, lower, upper):
        terms = (normaliser.form(substitute(body, {variable: point})) for point in last)
        return p.add(normal_sum(normaliser, Sum(body, (variable, lower, shorter))), *terms)
    binder = bound_symbol(f"~{height(body)}", lower, upper)
    poly = normaliser.form(substitute(body, {variable: binder}))
    return p.add(*(p.scale(sum_monomial(normaliser, (binder,), m), c) for m, c in poly.items()))


def _sifted(normaliser: Normaliser, body: Expr, variable: Symbol, lower: Expr, upper: Expr) -> bool:
    """Whether an indicator fixes the index at something that runs over the whole range."""
    for delta in body.atoms(KroneckerDelta):
        if variable in delta.args[:2]:
            target = next((a for a in delta.args[:2] if a != variable), variable)
            if range_of(target, normaliser.declarations) == (lower, upper):
                return True
    return False


def sum_monomial(normaliser: Normaliser, binders: Sequence[Binder], monomial: Monomial) -> Poly:
    """Σ over all binders of one monomial."""
    binders, monomial = _flatten(tuple(binders), monomial)
    if len(binders) > MAX_INDICES:
        raise TooLarge("the number of summation indices in one term", len(binders), MAX_INDICES)
    contracted = _contract(normaliser, binders, monomial)
    if contracted is not None:
        rest, poly = contracted
        if not rest:
            return poly
        return p.add(*(p.scale(sum_monomial(normaliser, rest, m), c) for m, c in poly.items()))
    free, components = components_of(normaliser, binders, monomial)
    return normaliser.times({free: Fraction(1)}, *(_component(normaliser, b, f) for b, f in components))


# ---------------------------------------------------------------------- flattening


def _flatten(binders: tuple[Binder, ...], monomial: Monomial) -> tuple[tuple[Binder, ...], Monomial]:
    """Merge inner sums that depend on a binder into one sum over more indices: Σᵢ aᵢ Σⱼ bᵢⱼ → Σᵢⱼ aᵢ bᵢⱼ."""
    counter = 0
    while True:
        for atom, exponent in monomial:
            if (
                isinstance(atom, Sum)
                and isinstance(exponent, Fraction)
                and exponent.denominator == 1
                and 1 <= exponent <= MAX_FLATTENED_POWER
                and free_symbols(atom) & set(binders)
            ):
                break
        else:
            return binders, monomial
        factors = [factor for factor in monomial if factor[0] is not atom]
        for _ in range(int(exponent)):
            body, new, counter = _opened(atom, counter)
            factors = list(p.product_of_monomials(p.sort_factors(factors), body, lambda a, b: a + b))
            binders += new
        monomial = p.sort_factors(factors)


def _opened(atom: Sum, counter: int) -> tuple[Monomial, tuple[Binder, ...], int]:
    """The body of a canonical sum atom with its indices renamed apart."""
    renamed: dict[Expr, Expr] = {}
    new: list[Binder] = []
    for variable, lower, upper in reversed(atom.limits):
        counter += 1
        binder = bound_symbol(f"~f{counter}.{height(atom)}", substitute(lower, renamed), substitute(upper, renamed))
        renamed[variable] = binder
        new.append(binder)
    body = substitute(atom.function, renamed)
    return _as_monomial(body), tuple(new), counter


def _as_monomial(body: Expr) -> Monomial:
    """The factors of an expression that `monomial_expression` made with coefficient 1."""
    if body is S.One:
        return p.ONE
    factors: list[tuple[Expr, p.Exponent]] = []
    for factor in body.as_ordered_factors() if body.is_Mul else (body,):
        base, exponent = factor.as_base_exp()
        if base is S.Exp1 or not exponent.is_Rational:
            factors.append((base, exponent))
        else:
            factors.append((base, Fraction(int(exponent.p), int(exponent.q))))
    return p.sort_factors(factors)


# ---------------------------------------------------------------------- indicators


def _contract(
    normaliser: Normaliser, binders: tuple[Binder, ...], monomial: Monomial
) -> tuple[tuple[Binder, ...], Poly] | None:
    """Σᵢ 1[i=e] f(i) = f(e) when e is in the range of i; None when no binder can be fixed."""
    classes, _ = classes_of(monomial)
    for members in classes:
        for binder in binders:
            if binder not in members:
                continue
            for target in sorted(members - {binder}, key=p.name_of):
                if binder in free_symbols(target) or not _within(normaliser, binder, target, binders):
                    continue
                replaced = {binder: target}
                renamed = {b: _reranged(b, replaced) for b in binders if b != binder}
                body = substitute(p.monomial_expression(monomial), replaced | renamed)
                return tuple(renamed.values()), normaliser.form(body)
    return None


def _reranged(binder: Binder, mapping: dict[Expr, Expr]) -> Binder:
    lower, upper = range_of_binder(binder)
    new_lower, new_upper = substitute(lower, mapping), substitute(upper, mapping)
    if (new_lower, new_upper) == (lower, upper):
        return binder
    return bound_symbol(binder.name.split("[")[0], new_lower, new_upper)


def _within(normaliser: Normaliser, binder: Binder, target: Expr, binders: tuple[Binder, ...]) -> bool:
    """Whether target is in the range of binder: known, or taken for granted as a recorded obligation."""
    lower, upper = range_of_binder(binder)
    declared = range_of(target, normaliser.declarations)
    if declared == (lower, upper):
        return True
    if any(map(is_reserved, free_symbols(target))):
        return False
    if target.is_Integer and lower.is_Integer:
        if target < lower or (upper.is_Integer and target > upper):
            return False
        if known_nonnegative(upper - target, normaliser.declarations):
            return True
    if any(map(is_reserved, free_symbols(lower) | free_symbols(upper))):
        return False  # the range depends on an index that is summed over: no condition on the result can say it
    normaliser.oblige(InRange(target, lower, upper))
    return True


# ---------------------------------------------------------------------- components


def _component(normaliser: Normaliser, binders: tuple[Binder, ...], monomial: Monomial) -> Poly:
    """Σ of a connected monomial as a polynomial in canonical atoms."""
    if len(binders) == 1:
        closed = _power_sum(normaliser, binders[0], monomial)
        if closed is not None:
            return closed
    body = p.monomial_expression(monomial)
    best: tuple[str, Expr, Poly] | None = None
    for ordering in orderings(binders, monomial):
        limits, renamed = canonical_names(ordering, body)
        poly = normaliser.form(substitute(body, renamed))
        if len(poly) != 1:
            return _summed_again(normaliser, tuple(renamed.values()), binders, poly, limits)
        ((single, coefficient),) = poly.items()
        candidate = Sum(p.monomial_expression(single), *reversed(limits))
        name = p.name_of(candidate)
        if best is None or name < best[0]:
            best = name, candidate, p.scale(p.atom_power(candidate), coefficient)
    assert best is not None
    normaliser.remember(best[1])
    return best[2]


def _summed_again(
    normaliser: Normaliser,
    renamed: tuple[Expr, ...],
    binders: tuple[Binder, ...],
    poly: Poly,
    limits: list[tuple[Symbol, Expr, Expr]],
) -> Poly:
    """The sum of what fell apart under its canonical names: term by term, unless it did so before."""
    if binders != renamed:
        ordered = tuple(variable for variable, _, _ in limits)
        return p.add(*(p.scale(sum_monomial(normaliser, ordered, m), c) for m, c in poly.items()))
    return normaliser.remember(Sum(p.to_expression(poly), *reversed(limits)))


def _power_sum(normaliser: Normaliser, binder: Binder, monomial: Monomial) -> Poly | None:
    """Σ 1 = upper − lower + 1, and Σ i^n by Faulhaber's formula; None for any other body or a range too short."""
    lower, upper = range_of_binder(binder)
    count = count_of(normaliser, lower, upper)
    if count is None:
        return None
    if not monomial:
        return normaliser.form(count)
    ((atom, exponent), *more) = monomial
    if more or atom != binder or not isinstance(exponent, Fraction) or exponent.denominator != 1 or not 0 < exponent < 9:
        return None
    n = int(exponent)

    def up_to(bound: Expr) -> Expr:
        terms = (binomial(n + 1, r) * (-1) ** r * bernoulli(r) * bound ** (n + 1 - r) for r in range(n + 1))
        if bernoulli(1) > 0:  # the convention B₁ = +1/2 needs no alternating sign
            terms = (binomial(n + 1, r) * bernoulli(r) * bound ** (n + 1 - r) for r in range(n + 1))
        return Add(*terms) / (n + 1)

    return normaliser.form(up_to(upper) - up_to(lower - 1))
