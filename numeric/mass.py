"""The mass of a density for drawn values of its parameters: what a model that is no density does not pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sympy import Basic, Indexed

from numeric.evaluate import compile_expression
from numeric.instances import Variable, draw_instance

Array = NDArray[Any]
POINTS = 4001
REACH = 6.4
"""Of the variable v whose hyperbolic sine the grids are built on: 2·sinh v reaches the logarithms of the largest floats."""
COUNTS = 4000
WHOLE = {"natural": (0, COUNTS), "size": (1, COUNTS), "binary": (0, 2)}
"""The first whole number of a domain and how many are summed over."""
DRAWS = 3
TOLERANCE = 1e-3
"""A mass that is off by more on every draw is no rounding, and no tail beyond the grid."""


def mass(density: Basic, entry: Indexed, variables: tuple[Variable, ...], seed: int = 0) -> tuple[float, ...]:
    """∫ p(x) dx or Σ p(x), over the declared domain of the observation, for a few drawn values of everything else.

    density: in the one observation `entry` = x[i]; variables: declared, x among them, with one axis.

    >>> from sympy import IndexedBase, Symbol, exp
    >>> from numeric.domains import POSITIVE
    >>> N, i = (Symbol(name, integer=True, positive=True) for name in "Ni")
    >>> x, r = IndexedBase("x", positive=True), Symbol("r", positive=True)
    >>> known = (Variable(x, POSITIVE, (N,)), Variable(r, POSITIVE))
    >>> [round(float(m), 6) for m in mass(r * exp(-r * x[i]), x[i], known)]
    [1.0, 1.0, 1.0]
    """
    sample = next(variable for variable in variables if variable.symbol == entry.base)
    kind = sample.domain.kind
    if sample.domain.is_integral:
        low, count = WHOLE.get(kind, (-COUNTS // 2, COUNTS))
        points, steps = np.arange(low, low + count, dtype=float), np.ones(count)
    else:
        points, steps = spread(kind, None, None, POINTS)
    compiled = compile_expression(density, variables=variables, free=((entry.indices[0], 1, sample.shape[0]),))
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(DRAWS):
        drawn: Mapping[Basic, Any] = draw_instance(variables, rng, sizes={sample.shape[0]: len(points)}, every_label_occurs=False)
        with np.errstate(all="ignore"):
            values = np.broadcast_to(np.asarray(compiled.on({**drawn, entry.base: points}), dtype=float), points.shape)
        found.append(float((np.where(np.isfinite(values), values, 0.0) * steps).sum()))
    return tuple(found)


def spread(kind: str, lower: float | None, upper: float | None, points: int) -> tuple[Array, Array]:
    """Points that crowd at the ends of the support, and the step at each."""
    v = np.linspace(-REACH, REACH, points)
    u, h = 2 * np.sinh(v), 2 * np.cosh(v) * (v[1] - v[0])
    if kind == "unit-interval" and lower is None and upper is None:
        lower, upper = 0.0, 1.0
    if kind == "angle":
        lower, upper = -np.pi, np.pi
    if kind in ("positive", "nonnegative") and lower is None:
        lower = 0.0
    if lower is not None and upper is not None:
        share = expit(u)
        return lower + (upper - lower) * share, (upper - lower) * share * (1 - share) * h
    if lower is not None:
        return lower + np.exp(u), np.exp(u) * h
    if upper is not None:
        return upper - np.exp(-u), np.exp(-u) * h
    return np.sinh(u / 2), np.cosh(u / 2) / 2 * h
