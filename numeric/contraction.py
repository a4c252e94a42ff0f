"""Sums over indices: factors pulled out, indicators sifted or grouped, labels counted, the longest index in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial, reduce

import numpy as np
from sympy import Add, Basic, Dummy, Function, Indexed, Integer, KroneckerDelta, Mul, Sum, Symbol

from numeric.elementwise import factor_values
from numeric.grouping import group_sum
from numeric.labelled import Array, Labelled, combine, contract, multiply
from numeric.ranges import Ragged, blocks, opened
from numeric.scope import BLOCK, Alias, Run, Scope, Span

Spans = Mapping[Symbol, Span]
ZERO = Labelled(np.float64(0))
_sum = partial(combine, np.add)


class Within(Function):  # type: ignore[misc]
    """1 where an integer lies between two constants: what remains of an indicator once its index is replaced."""

    nargs = 3


def within_value(run: Run, node: Within, scope: Scope) -> Labelled:
    """1 or 0; a plain 1 where it holds throughout."""
    low, high = int(node.args[1]), int(node.args[2])
    mask = run.integers(node.args[0], scope).map(lambda array: (array >= low) & (array <= high))
    return Labelled(np.float64(1)) if np.all(mask.array) else mask.map(lambda array: array.astype(float))


def sum_value(run: Run, node: Sum, scope: Scope) -> Labelled:
    """The value of a sum."""
    limits = opened(run, node, scope)
    if limits.ragged is not None:
        return _ragged_sum(run, limits.body, limits.ragged, scope)
    return ZERO if limits.is_empty else _sum_over(run, limits.body, limits.spans, scope)


def _ragged_sum(run: Run, body: Basic, ragged: Ragged, scope: Scope) -> Labelled:
    total = ZERO
    for inside, extents in blocks(run, [body], {ragged.index: ragged.span}, scope):
        keep, value = ragged.mask(run, inside), run.value(body, inside)
        masked = combine(lambda mask, array: np.where(mask, array, 0.0), keep, value)
        total = _sum(total, contract([masked], [ragged.index], extents))
    return total


def _sum_over(run: Run, body: Basic, spans: Spans, scope: Scope) -> Labelled:
    """The sum of a body over spans: the first plan that fits."""
    if not spans:
        return multiply(factor_values(run, Mul.make_args(body), scope))
    if isinstance(body, Add) and any(_indicators(term) for term in body.args):
        return reduce(_sum, [_sum_over(run, term, spans, scope) for term in body.args])
    inner = scope.bind(spans)
    factors = Mul.make_args(body)
    inside = tuple(factor for factor in factors if run.touched(factor, inner) & set(spans))
    outside = tuple(factor for factor in factors if factor not in inside)
    for plan in (_sifted, _grouped, _counted):
        found = plan(run, inside, spans, scope)
        if found is not None:
            break
    else:
        found = _blocked(run, inside, spans, scope)
    return multiply([*factor_values(run, outside, scope), found]) if outside else found


def _indicators(node: Basic) -> list[KroneckerDelta]:
    return [factor for factor in Mul.make_args(node) if isinstance(factor, KroneckerDelta)]


def _product(factors: tuple[Basic, ...]) -> Basic:
    return factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False)


def _without(factors: tuple[Basic, ...], factor: Basic) -> tuple[Basic, ...]:
    position = factors.index(factor)
    return factors[:position] + factors[position + 1 :]


def _sifted(run: Run, factors: tuple[Basic, ...], spans: Spans, scope: Scope) -> Labelled | None:
    """Σ_k 1[k = e] f(k) is f(e) where e is in the range of k."""
    inner = scope.bind(spans)
    for indicator in _indicators(_product(factors)) if factors else ():
        left, right = indicator.args[:2]
        for index, other in ((left, right), (right, left)):
            if index in spans and other.is_integer and index not in run.touched(other, inner):
                low, high = spans[index].low, spans[index].high
                mask = Within(other, Integer(low), Integer(high))
                rest = {symbol: span for symbol, span in spans.items() if symbol != index}
                inside = scope.bind({index: Alias(other, low, high)})
                return _sum_over(run, _product((*_without(factors, indicator), mask)), rest, inside)
    return None


def _grouped(run: Run, factors: tuple[Basic, ...], spans: Spans, scope: Scope) -> Labelled | None:
    """Σ_i 1[e_i = k] f(i, k) for every outer k: f(i, e_i) added to the group e_i."""
    inner = scope.bind(spans)
    for indicator in _indicators(_product(factors)) if factors else ():
        left, right = indicator.args[:2]
        for group, label in ((left, right), (right, left)):
            groups, along = scope.span(group), run.touched(label, inner)
            if group in spans or groups is None or not label.is_integer or len(along) != 1 or not along <= set(spans):
                continue
            (summed,) = along
            rest = _product(_without(factors, indicator) or (Integer(1),))
            others = {symbol: span for symbol, span in spans.items() if symbol != summed}
            aliased = scope.bind({group: Alias(label, groups.low, groups.high)})
            total = ZERO
            if groups.extent == 0:
                return total
            for block, _ in blocks(run, [rest], {summed: spans[summed]}, aliased.bind(others)):
                values = _sum_over(run, rest, others, block)
                total = _sum(total, group_sum(values, run.integers(label, block), summed, group, groups))
            return total
    return None


def _counted(run: Run, factors: tuple[Basic, ...], spans: Spans, scope: Scope) -> Labelled | None:
    """Σ_i f(y_i), where i appears only as the index of labels, is Σ_c n_c f(c) with n_c the number of labels c."""
    summed = max(spans, key=lambda index: spans[index].extent)
    inner = scope.bind(spans)
    for label, value, axis, replaced in run.remember(("labels", factors), lambda: _labels_replaced(factors)):
        if label.base in run.definitions or run.touched(label, inner) != {summed}:
            continue
        if any(summed in run.touched(factor, inner) for factor in replaced):
            continue
        counted = _counts(run, label, summed, spans[summed], scope)
        if counted is None:
            continue
        present, counts = counted
        inside = scope.bind({axis: Span(1, present.size), value: Labelled(present, (axis,))})
        others = {symbol: span for symbol, span in spans.items() if symbol != summed}
        rest = _sum_over(run, _product(replaced), others, inside)
        return contract([Labelled(counts, (axis,)), rest], [axis], {axis: present.size})
    return None


def _labels_replaced(factors: tuple[Basic, ...]) -> list[tuple[Indexed, Symbol, Symbol, tuple[Basic, ...]]]:
    """Each label in the factors, a symbol for its value and one for an axis of values, the factors with the former."""
    labels = {entry for factor in factors for entry in factor.atoms(Indexed) if entry.is_integer}
    found = []
    for label in sorted(labels, key=str):
        value, axis = Dummy("c", integer=True), Dummy("c", integer=True)
        found.append((label, value, axis, tuple(factor.xreplace({label: value}) for factor in factors)))
    return found


def _counts(run: Run, label: Indexed, summed: Symbol, span: Span, scope: Scope) -> tuple[Array, Array] | None:
    """The labels that occur and how often; None when they spread so far that counting costs more than it spares."""
    labels = run.integers(label, scope.bind({summed: span})).array
    low, high = int(labels.min()), int(labels.max())
    if high - low > span.extent:
        return None
    counts = np.zeros(high - low + 1)
    for start in range(0, labels.size, BLOCK):
        counts += np.bincount(labels[start : start + BLOCK] - low, minlength=counts.size)
    present = np.flatnonzero(counts)
    return present + low, counts[present]


def _blocked(run: Run, factors: tuple[Basic, ...], spans: Spans, scope: Scope) -> Labelled:
    """The product of the factors summed in blocks of the longest index; factors without it wait outside."""
    inner = scope.bind(spans)
    longest = max(spans, key=lambda index: spans[index].extent)
    now = tuple(factor for factor in factors if longest in run.touched(factor, inner))
    later = tuple(factor for factor in factors if factor not in now)
    waiting = {index for factor in later for index in run.touched(factor, inner)} & (set(spans) - {longest})
    summed = [index for index in spans if index not in waiting]
    total = ZERO
    if now:
        for block, extents in blocks(run, now, spans, scope):
            total = _sum(total, contract(factor_values(run, now, block), summed, extents))
    else:
        count = np.prod([float(spans[index].extent) for index in summed])
        total = Labelled(np.float64(count))
    if not later:
        return total
    extents = {index: span.extent for index, span in spans.items()}
    return contract([*factor_values(run, later, inner), total], sorted(waiting, key=str), extents)
