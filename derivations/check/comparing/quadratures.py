"""Integrals and infinite series inside an expression, replaced by their values at an instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
from sympy import Basic, Dummy, Expr, Integral, Sum, Symbol

from derivations.check.comparing.integrals import differentiated, integrated
from derivations.check.comparing.series import is_series, summed


def is_approximate(expression: Expr) -> bool:
    """Whether the value of an expression comes from quadrature or from partial sums."""
    return bool(expression.has(Integral)) or any(is_series(part) for part in expression.atoms(Sum))


def replaced(
    expression: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]
) -> tuple[Expr, dict[Basic, Any], Any]:
    """The expression with a new letter for every integral and series, the values of these letters, and their size.

    Raises: UndefinedValue when one has no value or its error cannot be bounded.
    """
    expression = differentiated(expression)
    values: dict[Basic, Any] = {}
    letters: dict[Basic, Basic] = {}
    scale = mpmath.mpf(0)
    at = {**instance, **bindings}
    for part in _outermost(expression):
        letter = Dummy("value", real=True)
        letters[part] = letter
        if isinstance(part, Integral):
            values[letter], size = integrated(part, at)
        else:
            values[letter] = summed(part, at)
            size = abs(values[letter])
        scale = max(scale, size)
    return expression.xreplace(letters), values, scale


def _outermost(expression: Basic) -> list[Basic]:
    if isinstance(expression, Integral) or is_series(expression):
        return [expression]
    return list(dict.fromkeys(found for part in expression.args for found in _outermost(part)))
