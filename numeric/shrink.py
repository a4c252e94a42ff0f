"""Shrinking: from an instance on which something fails to the smallest and plainest one on which it still does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from numeric.instances import Variable, measure, sizes_of

MAX_TRIALS = 400

PLAIN: dict[str, tuple[Fraction | int, ...]] = {
    "real": (0, 1, -1, 2, -2),
    "positive": (1, 2, 3),
    "nonnegative": (0, 1, 2),
    "unit-interval": (Fraction(1, 2), Fraction(1, 3)),
    "integer": (0, 1, -1, 2, -2),
    "natural": (0, 1, 2),
    "binary": (0, 1),
    "index": (1, 2),
    "label": (1, 2),
}
"""The plainest members of a domain, plainest first."""

Candidate = dict[Basic, Any]


def shrink(
    instance: Mapping[Basic, Any],
    variables: Sequence[Variable],
    still_fails: Callable[[Mapping[Basic, Any]], bool],
    *,
    max_trials: int = MAX_TRIALS,
) -> dict[Basic, Any]:
    """The instance made smaller, sizes first and numbers after, while `still_fails` holds; domains are kept.

    max_trials: how often `still_fails` may be asked.

    >>> from sympy import IndexedBase
    >>> from numeric.domains import REAL
    >>> N, x = Symbol("N", integer=True, positive=True), IndexedBase("x", real=True)
    >>> large = {N: 3, x: np.array([4, -3, 5], dtype=object)}
    >>> small = shrink(large, [Variable(x, REAL, (N,))], lambda instance: instance[x].sum() != 0)
    >>> small[N], small[x].tolist()
    (1, [1])
    """
    current: Candidate = dict(instance)
    trials = 0
    for simpler in (_smaller, _plainer_arrays, _plainer_entries):
        progress = True
        while progress and trials < max_trials:
            progress = False
            for candidate in islice(simpler(current, variables), max_trials - trials):
                trials += 1
                if still_fails(candidate):
                    current, progress = candidate, True
                    break
    return current


def _smaller(instance: Candidate, variables: Sequence[Variable]) -> Iterator[Candidate]:
    """Each size reduced by one, with each position of its axes left out in turn."""
    for size in sorted(sizes_of(variables), key=lambda symbol: (-instance.get(symbol, 0), str(symbol))):
        value = instance.get(size, 1)
        for position in range(value, 0, -1) if value > 1 else ():
            candidate = _without(instance, variables, size, position)
            if _is_valid(candidate, variables):
                yield candidate


def _without(instance: Candidate, variables: Sequence[Variable], size: Symbol, position: int) -> Candidate:
    candidate: Candidate = {**instance, size: instance[size] - 1}
    sizes = _sizes(candidate, variables)
    for variable in variables:
        value = instance.get(variable.symbol)
        if value is None or variable.symbol == size:
            continue
        for axis, extent in enumerate(variable.shape):
            if extent == size:
                value = np.delete(value, position - 1, axis)
            else:
                value = np.take(value, range(min(measure(extent, sizes), np.shape(value)[axis])), axis)
        if variable.domain.upper == size:
            value = value - (np.asarray(value) >= max(position, 2)) if variable.shape else min(value, sizes[size])
        if variable.domain.kind == "simplex" and variable.shape:
            value = _normalised(np.asarray(value))
        candidate[variable.symbol] = value
    return candidate


def _normalised(value: Any) -> Any:
    total = value.sum(axis=-1, keepdims=True)
    return value / (total * Fraction(1)) if value.dtype == object else value / total


def _sizes(instance: Mapping[Basic, Any], variables: Sequence[Variable]) -> dict[Any, int]:
    return {size: instance[size] for size in sizes_of(variables) if size in instance}


def _is_valid(instance: Mapping[Basic, Any], variables: Sequence[Variable]) -> bool:
    sizes = _sizes(instance, variables)
    return all(
        np.shape(instance[variable.symbol]) == variable.shape_under(sizes)
        and variable.domain.contains(instance[variable.symbol], sizes)
        for variable in variables
        if variable.symbol in instance
    )


def _plainer_arrays(instance: Candidate, variables: Sequence[Variable]) -> Iterator[Candidate]:
    """Each whole array made of one plain number, a probability vector uniform."""
    for variable in variables:
        value = instance.get(variable.symbol)
        if value is None or not variable.shape:
            continue
        if variable.domain.kind == "simplex":
            uniform = np.full_like(value, _share(value))
            if not np.array_equal(uniform, value):
                yield {**instance, variable.symbol: uniform}
            continue
        for plain in PLAIN.get(variable.domain.kind, ())[:2]:
            candidate = {**instance, variable.symbol: np.full_like(value, _like(plain, value))}
            if _weight(candidate[variable.symbol]) < _weight(value) and _is_valid(candidate, variables):
                yield candidate


def _share(value: Any) -> Any:
    classes = np.shape(value)[-1]
    return Fraction(1, classes) if value.dtype == object else 1 / classes


def _like(plain: Any, value: Any) -> Any:
    return plain if np.asarray(value).dtype == object or isinstance(plain, int) else float(plain)


def _plainer_entries(instance: Candidate, variables: Sequence[Variable]) -> Iterator[Candidate]:
    """Each entry replaced by a plainer number of its domain, the plainest first."""
    for variable in variables:
        value = instance.get(variable.symbol)
        if value is None:
            continue
        for position in np.ndindex(np.shape(value)):
            entry = value[position] if variable.shape else value
            for plain in (*PLAIN.get(variable.domain.kind, ()), *_rounded(entry, variable)):
                if _weight(plain) >= _weight(entry):
                    continue
                candidate = dict(instance)
                if variable.shape:
                    candidate[variable.symbol] = value.copy()
                    candidate[variable.symbol][position] = _like(plain, value)
                else:
                    candidate[variable.symbol] = plain
                if _is_valid(candidate, variables):
                    yield candidate


def _rounded(entry: Any, variable: Variable) -> tuple[int, ...]:
    return () if variable.domain.kind in ("simplex", "size") else (round(entry),)


def _weight(value: Any) -> tuple[float, ...]:
    """How far a number or an array is from plain: denominators first, then magnitude, then sign."""
    entries = np.asarray(value).ravel().tolist()
    ratios = [entry if isinstance(entry, (int, Fraction)) else Fraction(entry) for entry in entries]
    return (
        float(sum(ratio.denominator - 1 for ratio in ratios)),
        float(sum(abs(ratio.numerator) for ratio in ratios)),
        float(sum(ratio < 0 for ratio in ratios)),
    )
