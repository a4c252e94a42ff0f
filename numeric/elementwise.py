"""Elementwise meanings: sums and products of a few terms, powers, the indicator, elementary functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np
from sympy import (
    Add,
    Basic,
    Derivative,
    Float,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Symbol,
    atan2,
    binomial,
    log,
    zeta,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1, Pi

from numeric.failures import UnknownNode
from numeric.functions import ELEMENTARY, ORDERED, SPECIAL
from numeric.gather import applied_value, entries, indexed_value, symbol_value
from numeric.labelled import Labelled, combine, multiply
from numeric.scope import Handler, Run, Scope, SignedLog
from numeric.special import on_arrays, zeta_slope


def add(run: Run, node: Add, scope: Scope) -> Labelled:
    """Terms one after the other; one with the factor -1 is subtracted, which spares a copy."""
    terms = [term.as_coeff_Mul() for term in node.args]
    first = next((position for position, (factor, _) in enumerate(terms) if factor != -1), None)
    if first is None:
        return _plain_sum([run.value(term, scope) for term in node.args])
    total = run.value(node.args[first], scope)
    for position, (factor, rest) in enumerate(terms):
        if position == first:
            continue
        if factor == -1:
            total = combine(np.subtract, total, run.value(rest, scope))
        else:
            total = combine(np.add, total, run.value(node.args[position], scope))
    return total


def _plain_sum(terms: list[Labelled]) -> Labelled:
    return reduce(partial(combine, np.add), terms)


def mul(run: Run, node: Mul, scope: Scope) -> Labelled:
    """Factors multiplied, the small ones first; exponentials that meet other exponentials do so in log space."""
    return multiply(factor_values(run, node.args, scope))


def factor_values(run: Run, factors: tuple[Basic, ...], scope: Scope) -> list[Labelled]:
    """The value of each factor; those of the exponential kind together as one."""
    exponential = [factor for factor in factors if run.is_exponential(factor)]
    if len(exponential) < 2:
        return [run.value(factor, scope) for factor in factors]
    plain = [run.value(factor, scope) for factor in factors if factor not in exponential]
    return [*plain, from_log(run.logarithm(Mul(*exponential, evaluate=False), scope))]


def from_log(number: SignedLog) -> Labelled:
    """The number itself."""
    magnitude = number.log.map(np.exp)
    return magnitude if number.sign is None else combine(np.multiply, number.sign, magnitude)


POWERS: dict[Basic, Callable[[Any], Any]] = {
    Integer(2): np.square,
    Integer(-1): np.reciprocal,
    Rational(1, 2): np.sqrt,
    Rational(-1, 2): lambda array: 1 / np.sqrt(array),
    Integer(-2): lambda array: 1 / np.square(array),
}


def power(run: Run, node: Pow, scope: Scope) -> Labelled:
    """A power; of a base of the exponential kind in log space, so that neither it nor its reciprocal overflows."""
    if run.is_exponential(node.base):
        return from_log(run.logarithm(node, scope))
    base = run.value(node.base, scope)
    if node.exp in POWERS:
        return base.map(POWERS[node.exp])
    return combine(np.power, base, run.value(node.exp, scope))


def delta(run: Run, node: KroneckerDelta, scope: Scope) -> Labelled:
    """1 where both sides are equal, else 0."""
    sides = [run.integers(side, scope) if side.is_integer else run.value(side, scope) for side in node.args[:2]]
    return combine(np.equal, *sides).map(lambda array: np.asarray(array, dtype=float)[()])


def logarithm(run: Run, node: log, scope: Scope) -> Labelled:
    """log of a product, sum or power of exponentials without forming it; a negative argument gives NaN."""
    argument = node.args[0]
    if not run.is_exponential(argument):
        return run.value(argument, scope).map(np.log)
    number = run.logarithm(argument, scope)
    if number.sign is None:
        return number.log
    return combine(lambda sign, log: np.where(sign < 0, np.nan, log)[()], number.sign, number.log)


def _of_one(function: Callable[[Any], Any]) -> Handler:
    return lambda run, node, scope: run.value(node.args[0], scope).map(function)


def _of_many(function: Callable[[Any, Any], Any]) -> Handler:
    return lambda run, node, scope: reduce(partial(combine, function), [run.value(part, scope) for part in node.args])


def _special(name: str) -> Handler:
    def handler(run: Run, node: Basic, scope: Scope) -> Labelled:
        return reduce(partial(combine, on_arrays(name)), [run.value(part, scope) for part in node.args])

    return handler


def _special_of_one(name: str) -> Handler:
    return lambda run, node, scope: run.value(node.args[0], scope).map(on_arrays(name))


def _of_order(name: str) -> Handler:
    """The order is one integer: SciPy's polygamma wants it as such."""

    def handler(run: Run, node: Basic, scope: Scope) -> Labelled:
        order = run.integer(node.args[0], scope)
        return run.value(node.args[1], scope).map(lambda array: on_arrays(name)(order, array))

    return handler


def _derivative(run: Run, node: Derivative, scope: Scope) -> Labelled:
    """ζ′, the one derivative that SymPy leaves as it is."""
    if not isinstance(node.expr, zeta) or node.derivative_count != 1:
        raise UnknownNode(node, "Derivative")
    return run.value(node.expr.args[0], scope).map(zeta_slope)


def _factorial(array: Any) -> Any:
    table = np.cumprod(np.concatenate(([1.0], np.arange(1.0, 171.0))))
    small = np.clip(np.nan_to_num(array), 0, 170).astype(np.int64)
    valid = (array == np.floor(array)) & (array >= 0)
    return np.where(valid, np.where(array > 170, np.inf, table[small]), np.nan)[()]


def constant(run: Run, node: Basic, scope: Scope) -> Labelled:
    """A number."""
    return Labelled(np.float64(float(node)))


_ON_ARRAYS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "Abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceiling": np.ceil,
    "factorial": _factorial,
}

ELEMENTWISE: dict[type, Handler] = {
    int: constant,
    Symbol: symbol_value,
    Indexed: indexed_value,
    AppliedUndef: applied_value,
    Integer: constant,
    Rational: constant,
    Float: constant,
    Pi: constant,
    Exp1: constant,
    Add: add,
    Mul: mul,
    Pow: power,
    KroneckerDelta: delta,
    log: logarithm,
    **{node: _of_one(_ON_ARRAYS[name]) for node, name in ELEMENTARY.items() if node is not log},
    **{node: _special_of_one(name) for node, name in SPECIAL.items()},
    atan2: _special("atan2"),
    binomial: _special("binomial"),
    **{node: _of_order(name) for node, name in ORDERED.items()},
    Derivative: _derivative,
    Max: _of_many(np.maximum),
    Min: _of_many(np.minimum),
}

ENTRIES: dict[type, Handler] = {Indexed: entries}
"""Meanings in the type of their array: an integer array that serves as an index is not turned to floats and back."""
