"""Numeric derivatives of plain functions of arrays: complex step, central differences, gradient and Hessian."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Function = Callable[[Any], Any]

COMPLEX_STEP = 1e-30
"""No subtraction takes place, so the step may be so small that its square vanishes beside 1: the derivative is as
accurate as the function, about 2^-52 relative."""
GRADIENT_STEP = float(np.finfo(float).eps ** (1 / 5))
"""Fourth-order difference: rounding ε/h against truncation h⁴ balance at h = ε^(1/5) = 7e-4; error about
ε^(4/5) = 3e-13, relative to the size of the function over a unit change of its argument."""
HESSIAN_STEP = float(np.finfo(float).eps ** (1 / 6))
"""Fourth-order difference of a gradient that is a difference itself: ε^(4/5)/h against h⁴; error
about 1e-10 of the scale."""
STENCIL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))


def complex_step(f: Function, x: Any) -> Array:
    """The gradient of f: R^n → R at x by Im f(x + ih)/h; f must be analytic and take complex arrays.

    Tolerance: that of f itself, see COMPLEX_STEP.

    >>> complex_step(lambda x: np.sum(x**3), np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    point = np.asarray(x, dtype=complex)
    result = np.empty(point.shape)
    for position in np.ndindex(point.shape):
        moved = point.copy()
        moved[position] += 1j * COMPLEX_STEP
        result[position] = np.imag(f(moved if point.shape else moved[()])) / COMPLEX_STEP
    return result[()] if not point.shape else result


def central_difference(f: Function, x: Any, *, step: float = GRADIENT_STEP) -> Array:
    """The derivative of f by a four-point difference, with the axes of f first and those of x after.

    The step is relative to max(1, |x|). Tolerance: see GRADIENT_STEP.

    >>> round(float(central_difference(np.exp, 0.0)), 10)
    1.0
    """
    point = np.asarray(x, dtype=float)
    columns = []
    for position in np.ndindex(point.shape):
        size = step * max(1.0, abs(float(point[position])))
        slope: Any = 0.0
        for steps, weight in STENCIL:
            moved = point.copy()
            moved[position] += steps * size
            slope = slope + weight * np.asarray(f(moved if point.shape else moved[()]), dtype=float)
        columns.append(slope / size)
    if not columns:
        return np.zeros((*np.shape(f(point)), 0))
    result = np.stack(columns, axis=-1)
    return result.reshape((*np.shape(columns[0]), *point.shape))


@overload
def gradient(f: Function, x: Mapping[str, Any]) -> dict[str, Array]: ...
@overload
def gradient(f: Function, x: Any) -> Array: ...


def gradient(f: Function, x: Any) -> Any:
    """The gradient of a real function of an array, or of a dictionary of arrays, in the shape of its argument.

    Tolerance: see GRADIENT_STEP.

    >>> slopes = gradient(lambda p: p["a"] ** 2 * p["b"].sum(), {"a": 3.0, "b": np.ones(2)})
    >>> round(float(slopes["a"]), 9), slopes["b"].round(9).tolist()
    (12.0, [9.0, 9.0])
    """
    if not isinstance(x, Mapping):
        return central_difference(f, x)
    slopes: dict[str, Array] = {}
    for name, value in x.items():
        slopes[name] = central_difference(_of_one(f, x, name), value)
    return slopes


def _of_one(f: Function, x: Mapping[str, Any], name: str) -> Function:
    """f as a function of one entry of its dictionary."""
    return lambda entry: f({**x, name: entry})


@overload
def hessian(f: Function, x: Mapping[str, Any]) -> dict[tuple[str, str], Array]: ...
@overload
def hessian(f: Function, x: Any) -> Array: ...


def hessian(f: Function, x: Any) -> Any:
    """The second derivatives of a real function, symmetrised; for a dictionary a block for each pair of names.

    Tolerance: see HESSIAN_STEP.

    >>> (hessian(lambda x: x[0] ** 2 * x[1], np.array([1.0, 3.0])).round(6) + 0.0).tolist()
    [[6.0, 2.0], [2.0, 0.0]]
    """
    if isinstance(x, Mapping):
        return _hessian_blocks(f, x)
    point = np.asarray(x, dtype=float)
    flat = central_difference(
        lambda moved: central_difference(lambda z: f(z.reshape(point.shape)), moved, step=HESSIAN_STEP),
        point.ravel(),
        step=HESSIAN_STEP,
    )
    return ((flat + flat.T) / 2).reshape((*point.shape, *point.shape))


def _hessian_blocks(f: Function, x: Mapping[str, Any]) -> dict[tuple[str, str], Array]:
    """One Hessian of all entries in a row, cut into blocks."""
    arrays = {name: np.asarray(value, dtype=float) for name, value in x.items()}
    ends = np.cumsum([array.size for array in arrays.values()])
    starts = dict(zip(arrays, ends - [array.size for array in arrays.values()], strict=True))

    def of_row(row: Array) -> Any:
        return f({name: _part(row, starts[name], array) for name, array in arrays.items()})

    whole = hessian(of_row, np.concatenate([array.ravel() for array in arrays.values()]))
    return {
        (a, b): whole[starts[a] : starts[a] + arrays[a].size, starts[b] : starts[b] + arrays[b].size].reshape(
            (*arrays[a].shape, *arrays[b].shape)
        )
        for a in arrays
        for b in arrays
    }


def _part(row: Array, start: int, like: Array) -> Array:
    part: Array = row[start : start + like.size].reshape(like.shape)
    return part
