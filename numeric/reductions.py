"""Products over indices, and sums and products over indices in log space."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Product, Sum

from numeric.labelled import Array, Labelled, combine, contract, expand
from numeric.logspace import log_sum
from numeric.ranges import Opened, blocks, opened
from numeric.scope import Run, Scope, SignedLog, Span

ONE = Labelled(np.float64(1))


def product_value(run: Run, node: Product, scope: Scope) -> Labelled:
    """The value of a product, factor by factor: an overflow is one."""
    limits = opened(run, node, scope)
    total = ONE
    for inside, keep in _scopes(run, limits, scope):
        value = _masked(run.value(limits.body, inside), keep, 1.0)
        total = combine(np.multiply, total, _reduced(value, limits, inside, np.prod, np.power))
    return total


def log_of_index_product(run: Run, node: Product, scope: Scope) -> SignedLog:
    """log|Π_i f_i| = Σ_i log|f_i|, signs multiplied."""
    limits = opened(run, node, scope)
    sign, log = ONE, Labelled(np.float64(0))
    for inside, keep in _scopes(run, limits, scope):
        number = run.logarithm(limits.body, inside)
        axes = _indices(limits)
        extents = {index: _extent(inside, index) for index in axes}
        log = combine(np.add, log, contract([_masked(number.log, keep, 0.0)], axes, extents))
        if number.sign is not None:
            part = _reduced(_masked(number.sign, keep, 1.0), limits, inside, np.prod, np.power)
            sign = combine(np.multiply, sign, part)
    return SignedLog(None if sign is ONE else sign, log)


def log_of_index_sum(run: Run, node: Sum, scope: Scope) -> SignedLog:
    """log|Σ_i f_i| relative to the largest term, block by block and then over the blocks."""
    limits = opened(run, node, scope)
    parts: list[SignedLog] = []
    for inside, keep in _scopes(run, limits, scope):
        number = run.logarithm(limits.body, inside)
        axes = [index for index in _indices(limits) if index in number.log.axes or (keep and index in keep.axes)]
        count = np.prod([float(_extent(inside, index)) for index in _indices(limits) if index not in axes])
        log = _masked(number.log, keep, -np.inf).map(lambda array, count=count: array + np.log(count))
        parts.append(_log_summed(log, number.sign, axes))
    if not parts:
        return SignedLog(None, Labelled(np.float64(-np.inf)))
    if len(parts) == 1:
        return parts[0]
    return _over_blocks(parts)


def _log_summed(log: Labelled, sign: Labelled | None, summed: list[Any]) -> SignedLog:
    rest = tuple(axis for axis in log.axes if axis not in summed)
    positions = tuple(log.axes.index(axis) for axis in summed)
    signs = None if sign is None else combine(lambda whole, part: part + 0 * np.zeros_like(whole), log, sign)
    aligned = None if signs is None else expand(signs, log.axes, np.shape(log.array))
    total_sign, total_log = log_sum(np.asarray(log.array), aligned, positions)
    return SignedLog(None if total_sign is None else Labelled(total_sign, rest), Labelled(total_log, rest))


def _over_blocks(parts: list[SignedLog]) -> SignedLog:
    axes = parts[0].log.axes
    logs: Array = np.stack([part.log.array for part in parts])
    signs = None
    if any(part.sign is not None for part in parts):
        signs = np.stack([np.ones_like(logs[0]) if part.sign is None else part.sign.array for part in parts])
    sign, log = log_sum(logs, signs, (0,))
    return SignedLog(None if sign is None else Labelled(sign, axes), Labelled(log, axes))


def _scopes(run: Run, limits: Opened, scope: Scope) -> Any:
    """Blocks that cover the range, each with the mask of a ragged one; none for an empty range."""
    if limits.is_empty:
        return
    ragged = limits.ragged
    spans = limits.spans if ragged is None else {ragged.index: ragged.span}
    for inside, _ in blocks(run, [limits.body], spans, scope):
        yield inside, None if ragged is None else ragged.mask(run, inside)


def _indices(limits: Opened) -> list[Any]:
    return list(limits.spans) if limits.ragged is None else [limits.ragged.index]


def _extent(scope: Scope, index: Any) -> int:
    span = scope.span(index)
    return span.extent if isinstance(span, Span) else 1


def _masked(value: Labelled, keep: Labelled | None, neutral: float) -> Labelled:
    if keep is None:
        return value
    return combine(lambda mask, array: np.where(mask, array, neutral), keep, value)


def _reduced(value: Labelled, limits: Opened, scope: Scope, reduce: Any, repeat: Any) -> Labelled:
    """Reduced over the axes of the indices; a factor without an index is repeated."""
    present = [index for index in _indices(limits) if index in value.axes]
    times = np.prod([float(_extent(scope, index)) for index in _indices(limits) if index not in present])
    rest = tuple(axis for axis in value.axes if axis not in present)
    array = reduce(value.array, axis=tuple(value.axes.index(axis) for axis in present)) if present else value.array
    return Labelled(array if times == 1 else repeat(array, times), rest)
