"""Numeric minima: any objective in indexed sums, minimised over unknowns inside their domains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logit
from sympy import Basic

from numeric.differentiate import GRADIENT_STEP, HESSIAN_STEP, STENCIL
from numeric.evaluate import compile_expression
from numeric.evaluate_slowly import Definitions
from numeric.failures import NoMinimum, UnknownTransform
from numeric.instances import Variable, draw_instance, sizes_of

Array = NDArray[Any]

STARTS = 3
POLISHING_STEPS = 8
POLISHED_ENTRIES = 80
"""Newton's method forms a Hessian, 8 evaluations for each of its entries: beyond this many unknowns BFGS
has the last word."""
GRADIENT_TOLERANCE = 1e-7
"""Of the gradient in free coordinates, relative to 1 + |objective|: a Newton step from there moves an estimate
by about 1e-7, ten times less than the 1e-6 asked of it; the differences that the gradient is made of are good
to 1e-12."""


@dataclass(frozen=True)
class Optimum:
    """The best point found.

    values: by symbol. gradient_norm: the length of the gradient in free coordinates. converged: whether that is
    within GRADIENT_TOLERANCE; it vanishes at a minimum inside the domain, and also on the way to an infimum at
    the boundary.
    """

    values: Mapping[Basic, Any]
    objective: float
    gradient_norm: float
    converged: bool


@dataclass(frozen=True)
class Transform:
    """A map from free coordinates onto a domain, its inverse, and how many free coordinates an array of a shape has."""

    onto: Callable[[Array], Array]
    back: Callable[[Array], Array]
    shape: Callable[[tuple[int, ...]], tuple[int, ...]] = lambda shape: shape


def _softmax(free: Array) -> Array:
    # The last weight is fixed, so that the free coordinates are determined by the probabilities.
    weights: Array = np.exp(log_softmax(np.concatenate([free, np.zeros((*free.shape[:-1], 1))], axis=-1), axis=-1))
    return weights


TRANSFORMS: dict[str, Transform] = {
    "real": Transform(lambda free: free, lambda value: value),
    "angle": Transform(lambda free: np.pi - np.mod(np.pi - free, 2 * np.pi), lambda value: value),
    "positive": Transform(np.exp, np.log),
    "nonnegative": Transform(np.exp, np.log),
    "unit-interval": Transform(expit, logit),
    "simplex": Transform(
        _softmax,
        lambda value: np.log(value[..., :-1]) - np.log(value[..., -1:]),
        lambda shape: (*shape[:-1], shape[-1] - 1),
    ),
}


@dataclass(frozen=True)
class _Coordinates:
    """All unknowns as one row of free coordinates."""

    unknowns: tuple[Variable, ...]
    shapes: tuple[tuple[int, ...], ...]

    def onto(self, rows: Array) -> dict[Basic, Any]:
        """The values at points (M, P), each with the axis of the points in front."""
        values: dict[Basic, Any] = {}
        start = 0
        for unknown, shape in zip(self.unknowns, self.shapes, strict=True):
            transform = TRANSFORMS[unknown.domain.kind]
            inner = transform.shape(shape)
            size = int(np.prod(inner))
            values[unknown.symbol] = transform.onto(rows[:, start : start + size].reshape(len(rows), *inner))
            start += size
        return values

    def back(self, values: Mapping[Basic, Any]) -> Array:
        rows = [
            TRANSFORMS[unknown.domain.kind].back(np.asarray(values[unknown.symbol], dtype=float)).ravel()
            for unknown in self.unknowns
        ]
        return np.concatenate(rows) if rows else np.zeros(0)


def minimise(
    objective: Basic,
    unknowns: Sequence[Variable],
    instance: Mapping[Basic, Any],
    *,
    rng: Generator,
    variables: Sequence[Variable] = (),
    definitions: Definitions | None = None,
    starts: int = STARTS,
) -> Optimum:
    """The minimum of an expression over the unknowns, from several random starts, everything else held by the
    instance.

    unknowns: with domain real, positive (searched over its log), unit-interval (logit) or simplex (softmax) and with
    shape.
    instance: data and sizes. variables: declarations of the data, from which sizes are inferred. BFGS on a
    four-point gradient, then Newton steps; estimates are accurate to about 1e-6 relative, see
    GRADIENT_TOLERANCE.

    Raises: UnknownTransform, NoMinimum when the objective is finite at no start, and what `compile_expression`
        raises.

    >>> from sympy import IndexedBase, Sum, Symbol
    >>> from numeric.domains import REAL
    >>> i, N = Symbol("i", integer=True), Symbol("N", integer=True, positive=True)
    >>> m, x = Symbol("m", real=True), IndexedBase("x", real=True)
    >>> data = {x: np.array([1.0, 2.0, 6.0]), N: 3}
    >>> best = minimise(Sum((x[i] - m) ** 2, (i, 1, N)), [Variable(m, REAL)], data, rng=np.random.default_rng(0))
    >>> round(best.values[m], 6)
    3.0
    """
    for unknown in unknowns:
        if unknown.domain.kind not in TRANSFORMS:
            raise UnknownTransform(unknown.name, unknown.domain.kind, tuple(TRANSFORMS))
    compiled = compile_expression(
        objective,
        variables=(*variables, *unknowns),
        definitions=definitions,
        batch=[unknown.name for unknown in unknowns],
    )
    sizes = {size: int(instance[size]) for size in sizes_of(unknowns) if size in instance}
    sizes.update(_sizes_from(variables, instance))
    coordinates = _Coordinates(tuple(unknowns), tuple(unknown.shape_under(sizes) for unknown in unknowns))

    def at(rows: Array) -> Array:
        with np.errstate(all="ignore"):
            values: Array = compiled.on({**instance, **sizes, **coordinates.onto(rows)})
        finite: Array = np.where(np.isfinite(values), values, np.inf)
        return finite

    found = []
    for _ in range(starts):
        start = coordinates.back(draw_instance(unknowns, rng, sizes=sizes))
        if np.isfinite(at(start[None, :])[0]):
            found.append(_descend(at, start))
    if not found:
        raise NoMinimum(str(objective), starts)
    best = min(found, key=lambda row: float(at(row[None, :])[0]))
    value = float(at(best[None, :])[0])
    slope = _slope(at, best)
    norm = float(np.linalg.norm(slope)) if np.isfinite(slope).all() else np.inf
    values = {
        unknown.symbol: array[0] if unknown.shape else float(array[0])
        for unknown, array in zip(unknowns, coordinates.onto(best[None, :]).values(), strict=True)
    }
    return Optimum(values, value, norm, norm <= GRADIENT_TOLERANCE * (1 + abs(value)))


def _sizes_from(variables: Sequence[Variable], instance: Mapping[Basic, Any]) -> dict[Any, int]:
    """The sizes that are plain extents of an array in the instance."""
    return {
        extent: found
        for variable in variables
        if variable.symbol in instance
        for extent, found in zip(variable.shape, np.shape(instance[variable.symbol]), strict=True)
        if extent.is_Symbol
    }


def _slope(at: Callable[[Array], Array], row: Array) -> Array:
    """The gradient by four points for each coordinate, all evaluated together."""
    steps = GRADIENT_STEP * np.maximum(1.0, np.abs(row))
    offsets, weights = (np.array(column) for column in zip(*STENCIL, strict=True))
    points = row + offsets[None, :, None] * np.diag(steps)[:, None, :]
    values = at(points.reshape(-1, row.size)).reshape(row.size, offsets.size)
    with np.errstate(all="ignore"):
        slope: Array = values @ weights / steps
    return slope


def _curvature(at: Callable[[Array], Array], row: Array) -> Array:
    """The Hessian by central differences of the gradient."""
    steps = HESSIAN_STEP * np.maximum(1.0, np.abs(row))
    columns = [(_slope(at, row + step) - _slope(at, row - step)) / (2 * step.sum()) for step in np.diag(steps)]
    matrix: Array = np.stack(columns, axis=-1)
    return 0.5 * (matrix + matrix.T)


def _descend(at: Callable[[Array], Array], start: Array) -> Array:
    """BFGS, then Newton steps while the gradient is not small enough and they shorten it."""

    def value(row: Array) -> float:
        return float(at(row[None, :])[0])

    search: Any = minimize  # SciPy's overloads know no plain array of any type
    scale = 1 + abs(value(start))
    with np.errstate(all="ignore"):
        found = search(
            lambda row: value(row) / scale,
            start,
            jac=lambda row: np.nan_to_num(_slope(at, row) / scale, nan=0.0, posinf=1e300, neginf=-1e300),
            method="BFGS",
            options={"gtol": 1e-10},
        )
    row: Array = found.x
    slope = _slope(at, row)
    for _ in range(POLISHING_STEPS if 0 < row.size <= POLISHED_ENTRIES else 0):
        if not np.isfinite(slope).all() or np.linalg.norm(slope) <= 1e-2 * GRADIENT_TOLERANCE * (1 + abs(value(row))):
            break
        curvature = _curvature(at, row)
        if not np.isfinite(curvature).all():
            break
        moved = row - np.linalg.lstsq(curvature, slope, rcond=None)[0]
        after = _slope(at, moved)
        if not (np.isfinite(value(moved)) and np.linalg.norm(after) < np.linalg.norm(slope)):
            break
        row, slope = moved, after
    return row
