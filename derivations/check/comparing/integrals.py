"""Definite integrals at an instance: quadrature with error control, to as many digits as asked for, up to thirty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
from sympy import Basic, Dummy, Expr, Integral, Symbol, lambdify

from derivations.check.comparing.slices import concrete
from numeric.failures import UndefinedValue

QUADRATURE_DIGITS = 30
TRUSTED_DIGITS = 16
"""Quadrature is trusted to this many digits, and refused when its own error estimate is larger."""


def without_integrals(
    expression: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]
) -> tuple[Expr, dict[Basic, Any]]:
    """The expression with every integral replaced by a new letter, and the values of these letters.

    Raises: UndefinedValue when an integral has no value or quadrature does not converge.
    """
    values: dict[Basic, Any] = {}
    replaced: dict[Basic, Basic] = {}
    for integral in sorted(expression.atoms(Integral), key=lambda found: len(str(found))):
        letter = Dummy("integral", real=True)
        replaced[integral] = letter
        values[letter] = integrated(integral, {**instance, **bindings})
    return expression.xreplace(replaced), values


def integrated(integral: Integral, values: Mapping[Basic, Any]) -> Any:
    """The value of a definite integral over one letter."""
    if len(integral.limits) != 1 or len(integral.limits[0]) != 3:
        raise UndefinedValue("integral", integral, "an integral without limits")
    variable, low, high = integral.limits[0]
    letter = Symbol("u_", real=True)
    try:
        body = concrete(integral.function, values, variable, letter, [400])
        ends = [concrete(end, values, letter, letter, [400]) for end in (low, high)]
    except KeyError as failure:
        raise UndefinedValue("integral", str(failure), "a bound index inside an integral") from None
    with mpmath.workdps(QUADRATURE_DIGITS):
        function = lambdify([letter], body, modules="mpmath")
        try:
            value, error = mpmath.quad(
                function, [mpmath.mpf(str(end.evalf(QUADRATURE_DIGITS))) for end in ends], error=True, maxdegree=8
            )
        except (ZeroDivisionError, ValueError, TypeError, OverflowError, NameError):
            raise UndefinedValue("integral", integral, "its integrand") from None
        if (
            isinstance(value, mpmath.mpc)
            or not mpmath.isfinite(value)
            or error > mpmath.mpf(10) ** -TRUSTED_DIGITS * max(1, abs(value))
        ):
            raise UndefinedValue("integral", integral, "quadrature does not converge")
    return value
