"""Infinite series at an instance: partial sums with a bound on the rest, or a closed form of rational terms.

The ratio of neighbouring terms has to be a rational function of the index. Where it stays below a number below 1 the rest is
bounded by a geometric series; rational terms are summed by the zeta function of Hurwitz and the digamma function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
from sympy import Basic, Expr, Integer, Poly, PolynomialError, Rational, Sum, Symbol, apart, fraction, hypersimp, oo, together

from derivations.check.comparing.slices import concrete
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure, UndefinedValue

DIGITS = 60
MAX_TERMS = 20_000
CLOSE = 45
"""The rest is below 10^-45 of the sum."""


def is_series(expression: Basic) -> bool:
    """Whether an expression is a sum to infinity."""
    return isinstance(expression, Sum) and any(oo in limit[1:] for limit in expression.limits)


def summed(series: Sum, values: Mapping[Any, Any]) -> Any:
    """The value of a series over one index.

    Raises: UndefinedValue when it diverges, or nothing is known about its rest.

    >>> from sympy import symbols
    >>> n = symbols("n", integer=True, positive=True)
    >>> mpmath.nstr(summed(Sum(1 / 2**n, (n, 1, oo)), {}), 5), mpmath.nstr(summed(Sum(1 / n**2, (n, 1, oo)), {}), 8)
    ('1.0', '1.6449341')
    """
    if len(series.limits) != 1 or series.limits[0][2] is not oo:
        raise UndefinedValue("series", series, "a series over several indices or from −∞")
    index, low, _ = series.limits[0]
    letter = Symbol("n_", integer=True, positive=True)
    try:
        body = concrete(series.function, values, index, letter, [400])
        start = int(evaluate_slowly(low, values))
    except KeyError as failure:
        raise UndefinedValue("series", str(failure), "a bound index inside a series") from None
    if body == 0:
        return mpmath.mpf(0)
    ratio = hypersimp(body, letter)
    if ratio is None:
        raise UndefinedValue("series", series, "terms without a rational ratio")
    try:
        top, bottom = (Poly(part, letter, domain="QQ") for part in fraction(together(ratio)))
    except PolynomialError:
        raise UndefinedValue("series", series, "terms without a rational ratio") from None
    limit = _limit(top, bottom)
    with mpmath.workdps(DIGITS):
        if limit is None or limit > 1:
            raise UndefinedValue("series", series, "a divergent series")
        if limit == 1:
            return _rational_terms(body, letter, start, series)
        return _geometric(body, letter, start, top, bottom, (1 + limit) / 2, series)


def _limit(top: Poly, bottom: Poly) -> Rational | None:
    """The limit of |top / bottom|; None for infinity."""
    if top.degree() > bottom.degree():
        return None
    return Integer(0) if top.degree() < bottom.degree() else abs(top.LC() / bottom.LC())


def _bound(top: Poly, bottom: Poly, below: Rational) -> int:
    """From here on |top| ≤ below · |bottom| and bottom is not zero: no real root of the difference of squares lies beyond."""
    difference = below**2 * bottom**2 - top**2
    largest = 0
    for poly in (difference, bottom):
        coefficients = poly.all_coeffs()
        largest = max([largest, *(int(abs(c / coefficients[0])) + 2 for c in coefficients[1:])])
    return largest


def _geometric(
    body: Expr, letter: Symbol, start: int, top: Poly, bottom: Poly, below: Rational, series: Sum
) -> Any:
    certain = max(start, _bound(top, bottom, below))
    factor = mpmath.mpf(int(below.p)) / int(below.q)
    total = largest = mpmath.mpf(0)
    if certain - start > MAX_TERMS:
        raise UndefinedValue("series", series, "a series that settles late")
    for place in range(start, start + MAX_TERMS):
        term = _term(body, letter, place, series)
        total += term
        largest = max(largest, abs(term))
        if place >= certain and abs(term) * factor / (1 - factor) <= max(abs(total), largest) * mpmath.mpf(10) ** -CLOSE:
            return total
    raise UndefinedValue("series", series, "a series that converges slowly")


def _term(body: Expr, letter: Symbol, place: int, series: Sum) -> Any:
    try:
        value = evaluate_slowly(body, {letter: place}, digits=DIGITS)
    except NumericFailure:
        raise UndefinedValue("series", series, f"its term at {place}") from None
    return mpmath.mpf(value.numerator) / value.denominator if hasattr(value, "denominator") else mpmath.mpf(value)


def _rational_terms(body: Expr, letter: Symbol, start: int, series: Sum) -> Any:
    """Σ of a rational function: partial fractions A / (n + b)^k, each a Hurwitz zeta value or a digamma value."""
    total = residues = mpmath.mpf(0)
    try:
        parts = apart(together(body), letter).as_ordered_terms()
    except PolynomialError:
        raise UndefinedValue("series", series, "terms that are not rational") from None
    for part in parts:
        top, bottom = fraction(together(part))
        try:
            above, below = Poly(top, letter, domain="QQ"), Poly(bottom, letter, domain="QQ")
        except PolynomialError:
            raise UndefinedValue("series", series, "terms that are not rational") from None
        factors = below.factor_list()[1]
        if above.degree() > 0 or len(factors) != 1 or factors[0][0].degree() != 1:
            raise UndefinedValue("series", series, "terms without linear partial fractions")
        (linear, power), scale = factors[0], below.LC()
        shift = linear.eval(0) / linear.LC()
        at = _number(start + shift)
        if at <= 0 and at == int(at):
            raise UndefinedValue("series", series, "a term at a pole")
        weight = _number(above.eval(0) / scale)
        if power == 1:
            residues += weight
            total -= weight * mpmath.psi(0, at)
        else:
            total += weight * mpmath.zeta(power, at)
    if abs(residues) > mpmath.mpf(10) ** -CLOSE:
        raise UndefinedValue("series", series, "a divergent series")
    return total


def _number(value: Any) -> Any:
    return mpmath.mpf(int(value.p)) / int(value.q)
