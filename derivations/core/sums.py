"""Sums and products over symbolic ranges in normal form.

A monomial under summation signs is a set of bound indices and a set of factors. Indicators that fix a bound index are
contracted; the rest falls apart into connected components, so that ΣᵢΣⱼ aᵢbⱼ and Σⱼbⱼ·Σᵢaᵢ are the same product of
atoms; each component is written with canonical index names, so that renaming and exchange of sums leave no trace.
A range that ends at n + 1 is one that ends at n and a last term; an empty one is 0, or 1 for a product.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, permutations, product
from typing import TypeAlias

from sympy import Add, Expr, KroneckerDelta, Mul, Pow, Product, S, Sum, Symbol, bernoulli, binomial, log

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols, height, substitute, unnest
from derivations.core.deltas import classes_of
from derivations.core.normal_form import Normaliser, TooLarge
from derivations.core.polynomial import Monomial, Poly
from derivations.core.ranges import bound_symbol, is_reserved, known_nonnegative, range_of, range_of_bound
from derivations.core.statements import InRange

MAX_FLATTENED_POWER = 3
MAX_ORDERINGS = 120
MAX_INDICES = 8
MAX_LAST_TERMS = 4

Binder: TypeAlias = Symbol  # made by `bound_symbol`, which knows its range


def normal_sum(normaliser: Normaliser, expression: Sum) -> Poly:
    """The normal form of a Sum over one or more indices."""
    body, (variable, lower, upper) = unnest(expression)
    lower, upper = normaliser.canonical(lower), normaliser.canonical(upper)
    if _empty(normaliser, lower, upper):
        return {}
    shorter, last = _last_terms(normaliser, lower, upper)
    if last and not _sifted(normaliser, body, variable, lower, upper):
        terms = (normaliser.form(substitute(body, {variable: point})) for point in last)
        return p.add(normal_sum(normaliser, Sum(body, (variable, lower, shorter))), *terms)
    binder = bound_symbol(f"~{height(body)}", lower, upper)
    poly = normaliser.form(substitute(body, {variable: binder}))
    return p.add(*(p.scale(sum_monomial(normaliser, (binder,), m), c) for m, c in poly.items()))


def _range(binder: Binder) -> tuple[Expr, Expr]:
    found = range_of_bound(binder)
    assert found is not None, f"{binder} is no binder"
    return found


def _count(normaliser: Normaliser, lower: Expr, upper: Expr) -> Expr | None:
    """upper − lower + 1 where that is the number of terms: where the range is not empty by more than one term."""
    count = normaliser.expression(upper - lower + 1)
    known = normaliser.signs.nonnegative(count) or known_nonnegative(count, normaliser.declarations)
    return count if known else None


def _empty(normaliser: Normaliser, lower: Expr, upper: Expr) -> bool:
    """Whether the range lower..upper is empty because upper = lower − 1."""
    return not normaliser.form(upper - lower + 1)


def _sifted(normaliser: Normaliser, body: Expr, variable: Symbol, lower: Expr, upper: Expr) -> bool:
    """Whether an indicator fixes the index at something that runs over the whole range."""
    for delta in body.atoms(KroneckerDelta):
        if variable in delta.args[:2]:
            target = next((a for a in delta.args[:2] if a != variable), variable)
            if range_of(target, normaliser.declarations) == (lower, upper):
                return True
    return False


def _last_terms(normaliser: Normaliser, lower: Expr, upper: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """The range up to n for one that ends at n + 1, n + 2, …, and the indices left over; needs n ≥ lower − 1.

    A range that starts at 0 ends at n − 1, so that it has as many terms as one from 1 to n.
    """
    number, shorter = upper.as_coeff_Add()
    if lower.is_Integer and lower < 1:
        number, shorter = number + 1 - lower, shorter - 1 + lower
    if not number.is_Integer or not 0 < number <= MAX_LAST_TERMS or shorter.is_Integer:
        return upper, ()
    if _count(normaliser, lower, shorter) is None:
        return upper, ()
    return shorter, tuple(shorter + n for n in range(1, int(number) + 1))


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
    free, components = _components(normaliser, binders, monomial)
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
    lower, upper = _range(binder)
    new_lower, new_upper = substitute(lower, mapping), substitute(upper, mapping)
    if (new_lower, new_upper) == (lower, upper):
        return binder
    return bound_symbol(binder.name.split("[")[0], new_lower, new_upper)


def _within(normaliser: Normaliser, binder: Binder, target: Expr, binders: tuple[Binder, ...]) -> bool:
    """Whether target is in the range of binder: known, or taken for granted as a recorded obligation."""
    lower, upper = _range(binder)
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


def _components(
    normaliser: Normaliser, binders: tuple[Binder, ...], monomial: Monomial
) -> tuple[Monomial, list[tuple[tuple[Binder, ...], Monomial]]]:
    """Factors free of all binders, and the connected groups of (binders, factors)."""
    every = set(binders)
    links: list[tuple[set[Binder], list[tuple[Expr, p.Exponent]]]] = [
        ({b} | (every & free_symbols(_range(b)[0])) | (every & free_symbols(_range(b)[1])), []) for b in binders
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


def _component(normaliser: Normaliser, binders: tuple[Binder, ...], monomial: Monomial) -> Poly:
    """Σ of a connected monomial as a polynomial in canonical atoms."""
    if len(binders) == 1:
        closed = _power_sum(normaliser, binders[0], monomial)
        if closed is not None:
            return closed
    body = p.monomial_expression(monomial)
    best: tuple[str, Expr, Poly] | None = None
    for ordering in _orderings(binders, monomial):
        limits, renamed = _canonical_names(ordering, body)
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


def _canonical_names(
    ordering: Sequence[Binder], body: Expr
) -> tuple[list[tuple[Symbol, Expr, Expr]], dict[Expr, Expr]]:
    level = 1 + height(body)
    renamed: dict[Expr, Expr] = {}
    limits = []
    for position, binder in enumerate(ordering, start=1):
        lower, upper = (substitute(bound, renamed) for bound in _range(binder))
        renamed[binder] = bound_symbol(f"_{level}.{position}", lower, upper)
        limits.append((renamed[binder], lower, upper))
    return limits, renamed


def _orderings(binders: Sequence[Binder], monomial: Monomial) -> list[tuple[Binder, ...]]:
    """The orders of the binders worth trying: permutations among those that look alike from outside."""
    if len(binders) == 1:
        return [tuple(binders)]
    blank, other = Symbol("~blank", integer=True), Symbol("~other", integer=True)

    def depth(binder: Binder) -> int:
        """How many binders at most stand between this one and the outside, because ranges mention them."""
        lower, upper = _range(binder)
        inside = free_symbols(lower) | free_symbols(upper)
        return max((1 + depth(b) for b in binders if b in inside), default=0)

    def signature(binder: Binder) -> tuple[int, str]:
        view: dict[Expr, Expr] = dict.fromkeys(binders, other)
        view[binder] = blank
        lower, upper = _range(binder)
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


def _power_sum(normaliser: Normaliser, binder: Binder, monomial: Monomial) -> Poly | None:
    """Σ 1 = upper − lower + 1, and Σ i^n by Faulhaber's formula; None for any other body or a range too short."""
    lower, upper = _range(binder)
    count = _count(normaliser, lower, upper)
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


# ---------------------------------------------------------------------- products


def normal_product(normaliser: Normaliser, expression: Product) -> Poly:
    """The normal form of a Product: positive factors through exp Σ log, the others as opaque products."""
    body, (variable, lower, upper) = unnest(expression)
    lower, upper = normaliser.canonical(lower), normaliser.canonical(upper)
    if _empty(normaliser, lower, upper):
        return p.constant(1)
    shorter, last = _last_terms(normaliser, lower, upper)
    if last:
        factors = (normaliser.form(substitute(body, {variable: point})) for point in last)
        return normaliser.times(normal_product(normaliser, Product(body, (variable, lower, shorter))), *factors)
    binder = bound_symbol(f"~{height(body)}", lower, upper)
    renamed = substitute(body, {variable: binder})
    if isinstance(body, (Mul, Pow)) and normaliser.signs.positive(renamed):
        return normaliser.exponential(_summed(normaliser, binder, normaliser.form(log(renamed))))
    poly = normaliser.form(renamed)
    if not poly:
        return p.constant(0) if (upper - lower).is_nonnegative else _opaque_product(normaliser, S.Zero, binder)
    if len(poly) > 1:
        whole = p.to_expression(poly)
        if not normaliser.signs.positive(whole):
            return _opaque_product(normaliser, whole, binder)
        return normaliser.exponential(_summed(normaliser, binder, normaliser.logarithm(poly)))
    ((monomial, coefficient),) = poly.items()
    result = [] if coefficient == 1 else [_constant_product(normaliser, coefficient, binder)]
    for atom, exponent in monomial:
        single: Poly = {((atom, exponent),): Fraction(1)}
        if atom is S.Exp1 or normaliser.signs.positive(atom):
            result.append(normaliser.exponential(_summed(normaliser, binder, normaliser.logarithm(single))))
        else:
            whole = exponent if isinstance(exponent, Fraction) and exponent.denominator == 1 else Fraction(1)
            base = atom if whole == exponent else p.to_expression(single)
            result.append(normaliser.power(_opaque_product(normaliser, base, binder), whole))
    return normaliser.times(*result)


def _summed(normaliser: Normaliser, binder: Binder, poly: Poly) -> Poly:
    return p.add(*(p.scale(sum_monomial(normaliser, (binder,), m), c) for m, c in poly.items()))


def _constant_product(normaliser: Normaliser, number: Fraction, binder: Binder) -> Poly:
    lower, upper = _range(binder)
    count = _count(normaliser, lower, upper)
    if count is None:
        return _opaque_product(normaliser, p.as_rational(number), binder)
    return normaliser.form(p.as_rational(number) ** count)


def _opaque_product(normaliser: Normaliser, body: Expr, binder: Binder) -> Poly:
    lower, upper = _range(binder)
    if binder not in free_symbols(body) and (count := _count(normaliser, lower, upper)) is not None:
        return normaliser.form(body**count)
    canonical = bound_symbol(f"_{1 + height(body)}.1", lower, upper)
    renamed = normaliser.expression(substitute(body, {binder: canonical}))
    return normaliser.remember(Product(renamed, (canonical, lower, upper)))
