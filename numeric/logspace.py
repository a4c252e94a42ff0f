"""Meanings in log space: products of exponentials and their sums, so that ratios neither overflow nor vanish."""

from __future__ import annotations

from functools import partial, reduce
from typing import Any

import numpy as np
from scipy.special import gammaln
from sympy import Add, Integer, Mul, Pow, Symbol, exp, factorial
from sympy.core.function import AppliedUndef

from numeric.labelled import Labelled, align, combine
from numeric.scope import LogHandler, Run, Scope, SignedLog


def log_of_exp(run: Run, node: exp, scope: Scope) -> SignedLog:
    """log exp(a) = a."""
    return SignedLog(None, run.value(node.args[0], scope))


def log_of_product(run: Run, node: Mul, scope: Scope) -> SignedLog:
    """Logs added, signs multiplied."""
    return times([run.logarithm(factor, scope) for factor in node.args])


def times(numbers: list[SignedLog]) -> SignedLog:
    """The product of numbers in log space."""
    signs = [number.sign for number in numbers if number.sign is not None]
    sign = reduce(partial(combine, np.multiply), signs) if signs else None
    return SignedLog(sign, reduce(partial(combine, np.add), [number.log for number in numbers]))


def log_of_power(run: Run, node: Pow, scope: Scope) -> SignedLog:
    """log b^e = e log b; the sign of b survives an odd e, and a negative b with a fractional e is NaN."""
    base = run.logarithm(node.base, scope)
    exponent = run.value(node.exp, scope)
    # 0 · log 0 counts as 0, because b^0 = 1.
    log = combine(lambda e, b: np.where(e == 0, 0.0, e * np.where(e == 0, 0.0, b))[()], exponent, base.log)
    if base.sign is None or (isinstance(node.exp, Integer) and int(node.exp) % 2 == 0):
        return SignedLog(None, log)
    if isinstance(node.exp, Integer):
        return SignedLog(base.sign, log)
    return SignedLog(combine(_sign_of_power, base.sign, exponent), log)


def _sign_of_power(sign: Any, exponent: Any) -> Any:
    whole = exponent == np.floor(exponent)
    odd = np.where(np.mod(exponent, 2) == 1, sign, np.abs(sign))
    return np.where(sign >= 0, np.where(exponent == 0, 1.0, sign), np.where(whole, odd, np.nan))[()]


def log_of_sum(run: Run, node: Add, scope: Scope) -> SignedLog:
    """The terms of an Add, each relative to the largest."""
    terms = [run.logarithm(term, scope) for term in node.args]
    axes, logs = align([term.log for term in terms])
    signs = None
    if any(term.sign is not None for term in terms):
        signs = np.stack([_on(axes, term, logs) for term in terms])
    stacked = np.stack(np.broadcast_arrays(*logs))
    sign, log = log_sum(stacked, signs, (0,))
    return SignedLog(None if sign is None else Labelled(sign, axes), Labelled(log, axes))


def _on(axes: tuple[Symbol, ...], term: SignedLog, logs: list[Any]) -> Any:
    shape = np.broadcast_shapes(*(np.shape(log) for log in logs))
    if term.sign is None:
        return np.ones(shape)
    _, (sign, _) = align([term.sign, Labelled(np.empty(shape), axes)]) if axes else ((), [term.sign.array, None])
    return np.broadcast_to(sign, shape)


def log_sum(logs: Any, signs: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """log|Σ sign·exp(log)| and its sign over some axes; an empty sum is (no sign, −∞)."""
    largest = np.max(logs, axis=axes, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    terms = np.exp(logs - shift)
    summed = np.sum(terms if signs is None else signs * terms, axis=axes)
    sign = None if signs is None else np.sign(summed)
    return sign, (np.log(np.abs(summed)) + np.squeeze(shift, axis=axes))[()]


def log_of_factorial(run: Run, node: factorial, scope: Scope) -> SignedLog:
    """log n! = log Γ(n + 1)."""
    return SignedLog(None, run.value(node.args[0], scope).map(lambda array: gammaln(array + 1)))


def log_of_definition(run: Run, node: Any, scope: Scope) -> SignedLog:
    """The body of a definition without parameters."""
    return run.logarithm(run.definitions[node][1], scope)


LOGARITHMS: dict[type, LogHandler] = {
    exp: log_of_exp,
    Mul: log_of_product,
    Pow: log_of_power,
    Add: log_of_sum,
    factorial: log_of_factorial,
    Symbol: log_of_definition,
    AppliedUndef: log_of_definition,
}
