"""Products over symbolic ranges in normal form; an empty one is 1."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr, Mul, Pow, Product, S, log

from derivations.core import polynomial as p
from derivations.core.binders import Binder, count_of, is_empty, last_terms, range_of_binder
from derivations.core.binding import free_symbols, height, substitute, unnest
from derivations.core.polynomial import Poly
from derivations.core.ranges import bound_symbol
from derivations.core.sums import sum_monomial

if TYPE_CHECKING:
    from derivations.core.normal_form import Normaliser


def normal_product(normaliser: Normaliser, expression: Product) -> Poly:
    """The normal form of a Product: positive factors through exp Σ log, the others as opaque products."""
    body, (variable, lower, upper) = unnest(expression)
    lower, upper = normaliser.canonical(lower), normaliser.canonical(upper)
    if is_empty(normaliser, lower, upper):
        return p.constant(1)
    shorter, last = last_terms(normaliser, lower, upper)
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
    lower, upper = range_of_binder(binder)
    count = count_of(normaliser, lower, upper)
    if count is None:
        return _opaque_product(normaliser, p.as_rational(number), binder)
    return normaliser.form(p.as_rational(number) ** count)


def _opaque_product(normaliser: Normaliser, body: Expr, binder: Binder) -> Poly:
    lower, upper = range_of_binder(binder)
    if binder not in free_symbols(body) and (count := count_of(normaliser, lower, upper)) is not None:
        return normaliser.form(body**count)
    canonical = bound_symbol(f"_{1 + height(body)}.1", lower, upper)
    renamed = normaliser.expression(substitute(body, {binder: canonical}))
    return normaliser.remember(Product(renamed, (canonical, lower, upper)))
