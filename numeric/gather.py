"""Gathering: x[i, d], mu[y[i], d] and defined heads read from arrays, slices where an index runs, indices elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Basic, Indexed, IndexedBase, Lambda, Symbol
from sympy.core.function import AppliedUndef

from numeric.failures import IndexOutOfRange, UnboundSymbol, UndefinedValue, UnknownNode, WrongIndexCount
from numeric.labelled import Labelled, align, expand
from numeric.matrices import MATRIX_FUNCTIONS, ON_ARRAYS
from numeric.scope import Run, Scope, Span
from numeric.special import ORDER_STATISTICS


def as_float(array: Any) -> Any:
    """Floats, so that integer data neither overflow nor refuse a negative power."""
    return array if getattr(array, "dtype", None) == np.float64 else np.asarray(array).astype(np.float64)[()]


def symbol_value(run: Run, node: Symbol, scope: Scope) -> Labelled:
    """An index as its range or alias, a definition, a scalar or a size."""
    if node in scope.bindings:
        binding = scope.bindings[node]
        return binding if isinstance(binding, Labelled) else run.integers(node, scope).map(as_float)
    if node in run.definitions:
        return unfold(run, node, (), scope)
    array = run.array(node)
    batch = run.batched.get(node)
    if batch is None:
        return Labelled(np.float64(array))
    span = scope.span(batch)
    assert span is not None
    return Labelled(as_float(array[span.low - 1 : span.high]), (batch,))


def indexed_value(run: Run, node: Indexed, scope: Scope) -> Labelled:
    """An entry, or all that the indices run over, as floats; integer bases of an index stay integers in `entries`."""
    gathered = entries(run, node, scope)
    return gathered.map(as_float)


def applied_value(run: Run, node: AppliedUndef, scope: Scope) -> Labelled:
    """A defined function: of arrays by its applied form, of numbers and indices by its class."""
    if node in run.definitions:
        return unfold(run, node, (), scope)
    if node.func not in run.definitions:
        if node.func.__name__ in ORDER_STATISTICS and len(node.args) == 1 and isinstance(node.args[0], IndexedBase):
            return order_statistic(run, node)
        if node.func.__name__ in MATRIX_FUNCTIONS and node.args and isinstance(node.args[0], Lambda):
            return matrix_function(run, node, scope)
        raise UnboundSymbol(node, tuple(sorted(map(str, run.definitions))))
    arguments = tuple(argument for argument in node.args if not isinstance(argument, IndexedBase))
    return unfold(run, node.func, arguments if run.definitions[node.func][0] else (), scope)


def order_statistic(run: Run, node: AppliedUndef) -> Labelled:
    """The largest, smallest or middle entry of a whole array; of a batched one, along all axes but the first."""
    (base,) = node.args
    array, batch = np.asarray(run.array(base)), run.batched.get(base)
    statistic = ORDER_STATISTICS[node.func.__name__][0]
    if batch is None:
        return Labelled(np.float64(statistic(array)))
    return Labelled(np.asarray([statistic(rows) for rows in array], dtype=float), (batch,))


def matrix_function(run: Run, node: AppliedUndef, scope: Scope) -> Labelled:
    """Entries of an inverse, a determinant, or its logarithm, of a matrix whose entries depend on no outer index.

    Raises: UnknownNode when they do; UndefinedValue when the matrix has no inverse.
    """
    matrix, size, *indices = node.args
    key = (matrix, node.func.__name__)
    if key not in run.tables:
        row, column = matrix.variables
        if run.touched(matrix.expr, Scope({**scope.bindings, row: Span(1, 1), column: Span(1, 1)})) - {row, column}:
            raise UnknownNode(node, "an inverse that depends on an index")
        extent = run.integer(size, scope)
        values = run.value(matrix.expr, Scope({row: Span(1, extent), column: Span(1, extent)}))
        try:
            run.tables[key] = ON_ARRAYS[node.func.__name__](expand(values, (row, column), (extent, extent)))
        except np.linalg.LinAlgError as failure:
            raise UndefinedValue("inverse", 0, node) from failure
    found = run.tables[key]
    if not indices:
        return Labelled(np.float64(found))
    return _read(run, IndexedBase("inverse")[tuple(indices)], found, None, scope)


def unfold(run: Run, head: Any, arguments: tuple[Basic, ...], scope: Scope) -> Labelled:
    """The body of a definition, its parameters bound to the values of the arguments.

    Raises: WrongIndexCount.
    """
    parameters, body = run.definitions[head]
    if len(parameters) != len(arguments):
        raise WrongIndexCount(str(head), len(parameters), len(arguments))
    names: dict[Basic, Basic] = {}
    values: dict[Symbol, Labelled] = {}
    for parameter, argument in zip(parameters, arguments, strict=True):
        if scope.span(argument) is not None:
            names[parameter] = argument  # keeps its own axis, so that sums in the body can group by it
        else:
            values[parameter] = run.integers(argument, scope) if argument.is_integer else run.value(argument, scope)
    return run.value(body.xreplace(names) if names else body, scope.bind(values))


def entries(run: Run, node: Indexed, scope: Scope) -> Labelled:
    """The entries addressed, in the type of their array.

    Raises: UnboundSymbol, WrongIndexCount, IndexOutOfRange, NotAnInteger.
    """
    base, batch = node.base, run.batched.get(node.base)
    if base in run.definitions:
        array = table(run, base, scope)
        if array is None:
            return unfold(run, base, tuple(node.indices), scope)
    else:
        array = np.asarray(run.array(base))
    if batch is not None:
        span = scope.span(batch)
        assert span is not None
        array = array[span.low - 1 : span.high]
    if array.ndim != len(node.indices) + (batch is not None):
        raise WrongIndexCount(str(base), array.ndim - (batch is not None), len(node.indices))
    return _read(run, node, array, batch, scope)


def table(run: Run, base: IndexedBase, scope: Scope) -> Any:
    """The array of a definition over its declared shape, made once; None without a shape or when it varies."""
    if base not in run.tables:
        parameters, body = run.definitions[base]
        shape = run.shapes.get(base)
        if shape is None or len(shape) != len(parameters) or run.varies(body):
            run.tables[base] = None
        else:
            spans = {parameter: Span(1, extent) for parameter, extent in zip(parameters, shape, strict=True)}
            run.tables[base] = expand(run.value(body, Scope(spans)), parameters, shape)
    return run.tables[base]


def _read(run: Run, node: Indexed, array: Any, batch: Symbol | None, scope: Scope) -> Labelled:
    """Slices and single entries as a view first, then the indices that are arrays themselves."""
    axes: list[Symbol | None] = []
    selection: list[Any] = []
    fancy: dict[int, Labelled] = {}
    running = [index for index in node.indices if scope.span(index) is not None]
    crossing = {axis for index in node.indices if index not in running for axis in run.touched(index, scope)}
    crossing |= {index for index in running if running.count(index) > 1}
    if batch is not None:
        selection.append(slice(None))
        axes.append(None if batch in crossing else batch)
        if batch in crossing:
            fancy[0] = Labelled(np.arange(1, array.shape[0] + 1), (batch,))
    for position, index in enumerate(node.indices, start=len(axes)):
        span = scope.span(index)
        if span is not None and index not in crossing:
            _check(node, array.shape, position, span.low, span.high)
            selection.append(slice(span.low - 1, span.high))
            axes.append(index)
            continue
        values = run.integers(index, scope)
        if np.size(values.array):
            _check(node, array.shape, position, int(np.min(values.array)), int(np.max(values.array)))
        if values.axes:
            fancy[len(axes)] = values
            selection.append(slice(None))
            axes.append(None)
        else:
            selection.append(int(values.array) - 1)
    view = array[tuple(selection)]
    return _take(view, axes, fancy) if fancy else Labelled(view, _named(axes))


def _check(node: Indexed, shape: tuple[int, ...], position: int, low: int, high: int) -> None:
    if low <= high and (low < 1 or high > shape[position]):
        raise IndexOutOfRange(str(node), (low if low < 1 else high,), shape)


def _take(view: Any, axes: list[Symbol | None], fancy: dict[int, Labelled]) -> Labelled:
    if len(fancy) == 1:
        ((position, values),) = fancy.items()
        taken = np.take(view, values.array - 1, axis=position, mode="clip")  # in range already; "raise" copies twice
        return Labelled(taken, (*_named(axes[:position]), *values.axes, *_named(axes[position + 1 :])))
    together, arrays = align(list(fancy.values()))
    moved = np.moveaxis(view, list(fancy), range(len(fancy)))
    return Labelled(moved[tuple(values - 1 for values in arrays)], (*together, *_named(axes)))


def _named(axes: list[Symbol | None]) -> tuple[Symbol, ...]:
    return tuple(axis for axis in axes if axis is not None)
