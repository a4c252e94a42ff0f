"""A density on numbers: its mass, and samples from it by inversion, whatever the density is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import Basic

from derivations.subjects.likelihood.model import Model
from numeric.evaluate import compile_expression
from numeric.failures import NumericFailure
from numeric.instances import Variable, draw_instance
from numeric.mass import COUNTS, POINTS, spread

Array = NDArray[Any]
EDGE = 40
"""Points at each end of the grid whose weights say how much may lie beyond it."""
DRAWS = 6


@dataclass(frozen=True)
class Table:
    """A density over points x with weights that add up to its mass."""

    points: Array
    weights: Array
    whole: bool
    lowest: float = 0.0
    """The smallest value of the density."""
    finite: bool = True
    """Whether its value is a number at every point."""

    @property
    def mass(self) -> float:
        """∫ f dx, or Σ f."""
        return float(self.weights.sum())

    @property
    def beyond(self) -> float:
        """About how much mass may lie beyond the grid, from the weights at its ends: generous for tails like 1/x²."""
        seen = self.weights[self.weights > 0]
        if not self.whole:
            return 5 * float(seen[:EDGE].sum() + seen[-EDGE:].sum())
        if len(self.points) < COUNTS and self.finite:
            return 0.0
        edge = 1 + len(seen) // 20
        return 40 * float(seen[-edge:].sum() + (seen[:edge].sum() if self.points[0] < -1 else 0.0))

    def sample(self, rng: Generator, count: int) -> Array:
        """Observations by inverting the distribution function, straight between the points."""
        steps = np.cumsum(self.weights) / self.mass
        chances = rng.random(count)
        if self.whole:
            return self.points[np.minimum(np.searchsorted(steps, chances), len(steps) - 1)]
        kept = np.concatenate(([True], np.diff(steps) > 0))
        return np.interp(chances, steps[kept], self.points[kept])


def tabulate(model: Model, parameters: Mapping[Basic, Any], points: int = POINTS) -> Table:
    """The density with numbers for its parameters, over its whole support."""
    lower, upper = (
        None if end is None else float(end.xreplace({s: _number(v) for s, v in parameters.items()}))
        for end in (model.support.lower, model.support.upper)
    )
    steps: Any
    if model.domain.is_integral:
        low = lower if lower is not None else {"natural": 0, "binary": 0, "size": 1}.get(model.domain.kind, -COUNTS // 2)
        high = min(upper, low + COUNTS) if upper is not None else low + COUNTS
        grid, steps = np.arange(low, high + 1, dtype=float), np.float64(1.0)
    else:
        grid, steps = spread(model.domain.kind, lower, upper, points)
    values = _density(model, parameters, grid)
    weights = np.where(np.isfinite(values), values, 0.0) * steps
    lowest = float(np.nanmin(np.where(np.isfinite(values), values, np.nan), initial=0.0))
    return Table(grid, np.maximum(weights, 0.0), model.domain.is_integral, lowest, bool(np.isfinite(values).all()))


def _number(value: Any) -> Any:
    from sympy import Float, Integer

    return Integer(value) if isinstance(value, (int, np.integer)) else Float(float(value))



def _density(model: Model, parameters: Mapping[Basic, Any], grid: Array) -> Array:
    compiled = compile_expression(
        model.at_sample(model.density), free=((model.index, 1, model.size),),
        variables=(Variable(model.sample.head, model.domain, (model.size,)),),
    )  # fmt: skip
    with np.errstate(all="ignore"):
        found: Array = np.asarray(compiled.on({model.sample.head: grid, **parameters}), dtype=float)
    return np.broadcast_to(found, grid.shape)


def draw_parameters(model: Model, rng: Generator) -> dict[Basic, Any]:
    """Numbers for the parameters, in their domains; an interval's ends in their order."""
    declared = tuple(entry.variable for entry in (*model.parameters, *model.known))
    for _ in range(50):
        found = draw_instance(declared, rng)
        lower, upper = model.support.lower, model.support.upper
        if lower is None or upper is None:
            return found
        numbers = {s: _number(v) for s, v in found.items()}
        if (upper - lower).xreplace(numbers) > 0:
            return found
    return found


def improper(model: Model) -> str:
    """Why the density is none, when its mass is clearly not one for any parameters drawn; nothing when it is or may be."""
    rng, masses, judged = np.random.default_rng(0), [], 0
    for _ in range(DRAWS):
        try:
            parameters = draw_parameters(model, rng)
            with np.errstate(all="ignore"):
                coarse, fine = (tabulate(model, parameters, points) for points in (POINTS // 2, POINTS))
        except (NumericFailure, ValueError, ArithmeticError, TypeError):
            continue
        unsure = abs(coarse.mass - fine.mass) + fine.beyond
        if not np.isfinite(fine.mass) or not unsure < 1e-2:
            continue
        judged += 1
        if fine.lowest < -1e-9:
            masses.append(f"{fine.lowest:.4g} somewhere")
        elif abs(fine.mass - 1) > 1e-6 + 10 * unsure:
            masses.append(f"{fine.mass:.6g}")
    if judged < 2 or len(masses) < judged:
        return ""
    over = f"{model.variable.name} ({model.domain.kind})"
    shown = ", ".join(masses[:3])
    if any("somewhere" in mass for mass in masses):
        return f"the density is negative over {over} for parameters in their domains: {shown}; narrow the domains"
    return f"the density does not integrate to 1 over {over}: {shown} for random parameters"
