"""The slow, readable evaluator: plain recursion and loops, exact on rationals, derivatives by dual numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Basic

from numeric.duals import arithmetic
from numeric.evaluation import Definitions, Evaluation, Scope
from numeric.nodes import HANDLERS

__all__ = ["DIGITS", "MAX_TERMS", "Definitions", "evaluate_slowly"]

DIGITS = 40
"""Decimal digits at log, exp and π: twice the 20 digits on which two sides are asked to agree."""
MAX_TERMS = 1_000_000


def evaluate_slowly(
    expression: Basic,
    instance: Mapping[Any, Any],
    *,
    bindings: Mapping[Basic, int] | None = None,
    definitions: Definitions | None = None,
    digits: int = DIGITS,
    max_terms: int = MAX_TERMS,
) -> Any:
    """The value of an expression on one instance, by loops; mathematics counts from 1, arrays from 0.

    instance: numbers by Symbol, arrays by IndexedBase; x[i, d] at i = d = 1 reads `instance[x][0, 0]`.
    bindings: an integer for each free index.
    definitions: head -> (parameters, body). The head of `mu[k, d]` is `mu`, of a symbol itself, of an applied
        function the applied form or its class; the body is evaluated with the parameters bound to the values of
        the indices, and sees no loop around its use. A definition comes before a value in the instance. A
        function of arrays has no parameters.
    digits: decimal digits wherever log, exp, π or a fractional power leaves the rationals.

    Returns int or Fraction where the value is rational by construction, else an mpmath float of `digits` digits
    (floats in the instance count as the binary fractions that they are). Empty sums are 0, empty products 1.
    `Derivative(f, mu[k, d])` is exact: one entry carries an ε, and definitions are followed.

    Raises: UnboundSymbol, UnknownNode, IndexOutOfRange, WrongIndexCount, NotAnInteger, UndefinedValue, TooManyTerms,
    NumberTooLarge, CircularDefinition.

    >>> import numpy as np
    >>> from sympy import Derivative, IndexedBase, Sum, symbols
    >>> i, N = symbols("i N", integer=True, positive=True)
    >>> x = IndexedBase("x", real=True)
    >>> evaluate_slowly(Sum(x[i] ** 2, (i, 1, N)) / N, {x: np.array([1, 2]), N: 2})
    Fraction(5, 2)
    >>> evaluate_slowly(Derivative(Sum(x[i] ** 2, (i, 1, N)), x[2]), {x: np.array([1, 2]), N: 2})
    4
    """
    number = arithmetic(digits)
    outermost = {symbol: number.admit(value) for symbol, value in (bindings or {}).items()}
    run = Evaluation(HANDLERS, number, instance, definitions or {}, outermost, max_terms)
    return number.leave(run.value(expression, Scope(outermost)))
