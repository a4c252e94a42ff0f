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

from numeric.differentiate import central_difference, hessian
from numeric.evaluate import compile_expression
from numeric.evaluate_slowly import Definitions
from numeric.failures import NoMinimum, UnknownTransform
from numeric.instances import Variable, draw_instance, sizes_of

Array = NDArray[Any]

STARTS = 3
POLISHING_STEPS = 8
POLISHED_ENTRIES = 80
"""Newton's method forms a Hessian, 16 evaluations for each of its entries: beyond this many unknowns BFGS has the last word."""
GRADIENT_TOLERANCE = 1e-7
"""Of the gradient in free coordinates, relative to 1 + |objective|: a Newton step from there moves an estimate by about 1e-7, ten
times less than the 1e-6 asked of it; the differences that the gradient is made of are good to 1e-12."""


@dataclass(frozen=True)
class Optimum:
    """The best point found: a value for each unknown by its symbol, the objective there, the length of its gradient in free
    coordinates, and whether that length is within GRADIENT_TOLERANCE."""

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
    return np.exp(log_softmax(np.concatenate([free, np.zeros((*free.shape[:-1], 1))], axis=-1), axis=-1))


TRANSFORMS: dict[str, Transform] = {
    "real": Transform(lambda free: free, lambda value: value),
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

    def onto(self, row: Array) -> dict[Basic, Any]:
        values: dict[Basic, Any] = {}
        start = 0
        for unknown, shape in zip(self.unknowns, self.shapes, strict=True):
            transform = TRANSFORMS[unknown.domain.kind]
            inner = transform.shape(shape)
            size = int(np.prod(inner))
            value = transform.onto(row[start : start + size].reshape(inner))
            values[unknown.symbol] = value if shape else float(value)
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
    """The minimum of an expression over the unknowns, from several random starts, everything else held by the instance.

    unknowns: with domain real, positive (searched over its log), unit-interval (logit) or simplex (softmax) and with shape.
    instance: data and sizes. variables: declarations of the data, from which sizes are inferred.
    BFGS on a four-point gradient, then Newton steps; estimates are accurate to about 1e-6 relative, see GRADIENT_TOLERANCE.

    Raises: UnknownTransform, NoMinimum when the objective is finite at no start, and what `compile_expression` raises.

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
    compiled = compile_expression(objective, variables=(*variables, *unknowns), definitions=definitions)
    sizes = {size: int(instance[size]) for size in sizes_of(unknowns) if size in instance}
    sizes.update(_sizes_from(variables, instance))
    coordinates = _Coordinates(tuple(unknowns), tuple(unknown.shape_under(sizes) for unknown in unknowns))

    def at(row: Array) -> float:
        with np.errstate(all="ignore"):
            value = float(compiled.on({**instance, **sizes, **coordinates.onto(row)}))
        return value if np.isfinite(value) else np.inf

    found = []
    for _ in range(starts):
        drawn = draw_instance(unknowns, rng, sizes=sizes)
        start = coordinates.back(drawn)
        if np.isfinite(at(start)):
            found.append(_descend(at, start))
    if not found:
        raise NoMinimum(str(objective), starts)
    best = min(found, key=at)
    norm = float(np.linalg.norm(_slope(at, best)))
    value = at(best)
    return Optimum(coordinates.onto(best), value, norm, norm <= GRADIENT_TOLERANCE * (1 + abs(value)))


def _sizes_from(variables: Sequence[Variable], instance: Mapping[Basic, Any]) -> dict[Any, int]:
    """The sizes that are plain extents of an array in the instance."""
    return {
        extent: found
        for variable in variables
        if variable.symbol in instance
        for extent, found in zip(variable.shape, np.shape(instance[variable.symbol]), strict=True)
        if extent.is_Symbol
    }


def _slope(at: Callable[[Array], float], row: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(central_difference(at, row), nan=0.0, posinf=1e300, neginf=-1e300)


def _descend(at: Callable[[Array], float], start: Array) -> Array:
    """BFGS, then Newton steps as long as they shorten the gradient."""
    scale = 1 + abs(at(start))
    with np.errstate(all="ignore"):
        found = minimize(
            lambda row: at(row) / scale, start, jac=lambda row: _slope(at, row) / scale, method="BFGS", options={"gtol": 1e-9}
        )
    row: Array = found.x
    if row.size == 0 or row.size > POLISHED_ENTRIES:
        return row
    slope = _slope(at, row)
    for _ in range(POLISHING_STEPS):
        if np.linalg.norm(slope) <= 1e-3 * GRADIENT_TOLERANCE * (1 + abs(at(row))):
            break
        step = np.linalg.lstsq(hessian(at, row), slope, rcond=None)[0]
        moved = row - step
        after = _slope(at, moved)
        if not np.isfinite(at(moved)) or np.linalg.norm(after) >= np.linalg.norm(slope):
            break
        row, slope = moved, after
    return row
