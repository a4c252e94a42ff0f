"""Labelled arrays: every axis carries the index symbol it runs over, and operations align axes by symbol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An array, or a NumPy scalar, with one index symbol for each axis."""

    array: Any
    axes: tuple[Symbol, ...] = ()

    def map(self, function: Callable[..., Any]) -> Labelled:
        """The function applied to each entry."""
        return Labelled(function(self.array), self.axes)


def align(operands: Sequence[Labelled]) -> tuple[tuple[Symbol, ...], list[Any]]:
    """The union of the axes, those of the largest operand first, and views that broadcast over it."""
    first = max(operands, key=lambda operand: len(operand.axes))
    others = {axis: None for operand in operands for axis in operand.axes if axis not in first.axes}
    axes = (*first.axes, *others)
    return axes, [spread(operand, axes) for operand in operands]


def spread(operand: Labelled, axes: tuple[Symbol, ...]) -> Any:
    """A view of the operand that broadcasts over the given axes, in their order."""
    if operand.axes == axes or not operand.axes:
        return operand.array
    present = [axis for axis in axes if axis in operand.axes]
    array = operand.array
    if tuple(present) != operand.axes:
        array = array.transpose([operand.axes.index(axis) for axis in present])
    lead = axes.index(present[0])  # leading axes broadcast by themselves
    return array[tuple(slice(None) if axis in operand.axes else None for axis in axes[lead:])]


def combine(function: Callable[..., Any], *operands: Labelled) -> Labelled:
    """A function of several aligned arrays, entry by entry."""
    axes, arrays = align(operands)
    return Labelled(function(*arrays), axes)


def multiply(factors: Sequence[Labelled]) -> Labelled:
    """The product of all factors, the small ones first, so that few operations touch large arrays."""
    ordered = sorted(factors, key=lambda factor: np.size(factor.array))
    return reduce(lambda left, right: combine(np.multiply, left, right), ordered)


def expand(operand: Labelled, axes: tuple[Symbol, ...], extents: Sequence[int]) -> Array:
    """The operand as an array with exactly these axes."""
    view = np.asarray(spread(operand, axes))
    return np.array(np.broadcast_to(view, tuple(extents)))


def total(operand: Labelled, summed: Collection[Symbol]) -> Labelled:
    """The sum over some of the axes that the operand has."""
    positions = tuple(position for position, axis in enumerate(operand.axes) if axis in summed)
    if not positions:
        return operand
    rest = tuple(axis for axis in operand.axes if axis not in summed)
    if positions == (0,) and operand.array.ndim == 2:
        # A row of ones times the matrix: NumPy adds the rows of a tall matrix at half that speed.
        return Labelled(np.ones(operand.array.shape[0]) @ operand.array, rest)
    return Labelled(operand.array.sum(axis=positions), rest)


def contract(factors: Sequence[Labelled], summed: Collection[Symbol], extents: Mapping[Symbol, int]) -> Labelled:
    """The product of the factors summed over some axes, without the array of all axes where that is avoidable."""
    present = {axis for factor in factors for axis in factor.axes}
    absent = [extents[axis] for axis in summed if axis not in present]
    scale = Labelled(np.float64(np.prod(absent, dtype=float)))
    pending = [total(factor, _private(position, factors, summed)) for position, factor in enumerate(factors)]
    pending = _absorbed(sorted(pending, key=lambda factor: len(factor.axes)), summed)
    remaining = [axis for axis in summed if any(axis in factor.axes for factor in pending)]
    if not remaining:
        return multiply([scale, *pending])
    touched = [factor for factor in pending if any(axis in factor.axes for axis in remaining)]
    others = [factor for factor in pending if not any(axis in factor.axes for axis in remaining)]
    if len(touched) == 1:
        return multiply([scale, *others, total(touched[0], remaining)])
    return multiply([scale, *others, _joined(touched, remaining)])


def _private(position: int, factors: Sequence[Labelled], summed: Collection[Symbol]) -> list[Symbol]:
    """The summed axes that only this one of several factors has."""
    shared = {axis for other, factor in enumerate(factors) if other != position for axis in factor.axes}
    return [axis for axis in factors[position].axes if axis in summed and axis not in shared]


def _absorbed(factors: Sequence[Labelled], summed: Collection[Symbol]) -> list[Labelled]:
    """While there are more than two factors: one whose axes another has too is multiplied into it."""
    pending = list(factors)
    position = 0
    while len(pending) > 2 and position < len(pending) - 1:
        small = pending[position]
        host = next((at for at in range(position + 1, len(pending)) if set(small.axes) <= set(pending[at].axes)), None)
        if host is None:
            position += 1
        else:
            pending[host] = combine(np.multiply, pending[host], small)
            del pending[position]
    return pending


def _joined(factors: Sequence[Labelled], summed: Sequence[Symbol]) -> Labelled:
    """Two or more factors multiplied and summed: a matrix product where no axis is shared and kept, else an einsum."""
    if len(factors) == 2:
        left, right = factors
        shared = [axis for axis in left.axes if axis in right.axes]
        if all(axis in summed for axis in shared):
            product = np.tensordot(
                left.array,
                right.array,
                ([left.axes.index(axis) for axis in shared], [right.axes.index(axis) for axis in shared]),
            )
            return Labelled(
                product, (*(a for a in left.axes if a not in shared), *(a for a in right.axes if a not in shared))
            )
    axes = {axis: number for number, axis in enumerate({axis: None for factor in factors for axis in factor.axes})}
    kept = [axis for axis in axes if axis not in summed]
    operands = [part for factor in factors for part in (factor.array, [axes[axis] for axis in factor.axes])]
    return Labelled(np.einsum(*operands, [axes[axis] for axis in kept], optimize=len(factors) > 2), tuple(kept))
