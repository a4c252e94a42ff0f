"""Definite integrals at an instance: quadrature with error control, iterated and to infinity.

A narrow peak far from everything is what quadrature misses, so an interval is parted at zero, at the values of letters and where
polynomials of the integrand turn; its integral must be the same when it is parted otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
from sympy import Add, Basic, Derivative, Expr, Indexed, Integral, Poly, Pow, Sum, Symbol, degree, lambdify, oo

from derivations.check.comparing.slices import concrete
from numeric.failures import UndefinedValue

QUADRATURE_DIGITS = 30
TRUSTED_DIGITS = 16
"""Quadrature is trusted to this many digits, and refused when its own error estimate is larger."""
DIFFERENT_DIGITS = 9
"""A difference below this many digits is not held against two sides: an error estimate is no bound."""
MAX_PARTS = 8
MAX_DEGREE = 4
FAR = (10**3, 10**6, 10**9, 10**12)


def differentiated(expression: Expr) -> Expr:
    """The expression with derivatives of integrals carried out by Leibniz's rule.

    Raises: UndefinedValue for a derivative by an entry, or of an integral inside a sum.
    """
    found: dict[Basic, Basic] = {}
    for derivative in expression.atoms(Derivative):
        if derivative.expr.has(Integral):
            if derivative.expr.has(Sum, Indexed) or not all(isinstance(v, Symbol) for v in derivative.variables):
                raise UndefinedValue("derivative", derivative, "a derivative of an integral")
            found[derivative] = derivative.expr.diff(*derivative.variables)
    return expression.xreplace(found) if found else expression


def integrated(integral: Integral, values: Mapping[Any, Any]) -> tuple[Any, Any]:
    """The value of a definite integral over one letter, and the sum of the sizes of its parts.

    Raises: UndefinedValue when quadrature does not converge or misses something.
    """
    *inner, last = integral.limits
    if any(len(limit) != 3 for limit in integral.limits):
        raise UndefinedValue("integral", integral, "an integral without limits")
    variable, low, high = last
    letter = Symbol("u_", real=True)
    try:
        function_of = integral.func(integral.function, *inner) if inner else integral.function
        body = concrete(function_of, values, variable, letter, [400])
        ends = [concrete(end, values, letter, letter, [400]) for end in (low, high)]
    except KeyError as failure:
        raise UndefinedValue("integral", str(failure), "a bound index inside an integral") from None
    with mpmath.workdps(QUADRATURE_DIGITS):
        function = lambdify([letter], body, modules="mpmath")
        start, stop = (_end(end) for end in ends)
        if stop < start:
            value, scale = _twice(function, stop, start, _places(body, letter, values), integral)
            return -value, scale
        return _twice(function, start, stop, _places(body, letter, values), integral)


def _end(end: Expr) -> Any:
    if end in (oo, -oo):
        return mpmath.inf if end is oo else -mpmath.inf
    return mpmath.mpf(str(end.evalf(QUADRATURE_DIGITS)))


def _twice(function: Callable[[Any], Any], start: Any, stop: Any, places: Sequence[Any], integral: Integral) -> tuple[Any, Any]:
    """The integral over two partitions, which must agree."""
    if start == stop:
        return mpmath.mpf(0), mpmath.mpf(0)
    inner = sorted([place for place in places if start < place < stop][:MAX_PARTS])
    for a, b in pairwise([start, *inner, stop]):
        if not (_fades(function, a, 1, b) and _fades(function, b, -1, a)):
            raise UndefinedValue("integral", integral, "an integrand that grows too fast")
    finer = sorted({*inner, *(a + (b - a) / 3 for a, b in pairwise([start, *inner, stop]) if mpmath.isfinite(b - a))})
    finer = finer or [mpmath.mpf(1) / 7]
    found = [_over(function, [start, *points, stop], integral) for points in (inner, finer)]
    (first, scale), (second, other) = found
    scale = max(scale, other)
    if abs(first - second) > mpmath.mpf(10) ** -TRUSTED_DIGITS * max(1, scale):
        raise UndefinedValue("integral", integral, "quadrature that depends on the partition")
    return first, scale


def _fades(function: Callable[[Any], Any], end: Any, sign: int, other: Any) -> bool:
    """Whether distance · f falls towards an end of an interval, and distance · f towards infinity, as where ∫ f converges."""
    room = mpmath.mpf(1) if mpmath.isinf(other) else min(mpmath.mpf(1), abs(other - end))
    try:
        if mpmath.isinf(end):
            sizes = [abs(x * function(-sign * x)) for x in map(mpmath.mpf, FAR)]
        else:
            sizes = [abs(room / x * function(end + sign * room / x)) for x in map(mpmath.mpf, FAR)]
    except (ZeroDivisionError, ValueError, TypeError, OverflowError):
        return False
    return all(mpmath.isfinite(size) for size in sizes) and all(b < a or b == 0 for a, b in pairwise(sizes[1:]))


def _places(body: Expr, letter: Symbol, values: Mapping[Any, Any]) -> list[Any]:
    """Where an integrand may turn: at zero, at the values of the letters, at roots and turns of the polynomials in it."""
    found = {mpmath.mpf(0)} | {mpmath.mpf(v.numerator) / v.denominator for v in values.values() if isinstance(v, (int, Fraction))}
    for part in body.atoms(Add, Pow):
        if not part.has(letter) or not part.is_polynomial(letter) or degree(part, letter) > MAX_DEGREE:
            continue
        for poly in (Poly(part, letter), Poly(part, letter).diff()):
            coefficients = [mpmath.mpf(str(c.evalf(QUADRATURE_DIGITS))) for c in poly.all_coeffs()]
            if len(coefficients) > 1:
                roots = mpmath.polyroots(coefficients, maxsteps=200, extraprec=200, error=False)
                found |= {mpmath.re(root) for root in roots if abs(mpmath.im(root)) < mpmath.mpf(10) ** -8}
    return sorted(found, key=abs)


def _over(function: Callable[[Any], Any], points: Sequence[Any], integral: Integral) -> tuple[Any, Any]:
    total = scale = mpmath.mpf(0)
    for a, b in pairwise(points):
        try:
            value, error = mpmath.quad(function, [a, b], error=True, maxdegree=8)
        except (ZeroDivisionError, ValueError, TypeError, OverflowError, NameError, mpmath.NoConvergence):
            raise UndefinedValue("integral", integral, "its integrand") from None
        if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value):
            raise UndefinedValue("integral", integral, "its integrand")
        if error > mpmath.mpf(10) ** -TRUSTED_DIGITS * max(1, abs(value)):
            raise UndefinedValue("integral", integral, "quadrature does not converge")
        total, scale = total + value, scale + abs(value)
    return total, scale
