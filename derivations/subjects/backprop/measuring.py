"""Norms of Jacobians measured on a network against the bound, over depth; and the picture of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import lambdify

from derivations.subjects.backprop.slopes import largest_slope
from derivations.subjects.matrices.elementwise import ELEMENTWISE, U

Array = NDArray[Any]


@dataclass(frozen=True)
class Measured:
    """Spectral norms ‖∂y_k/∂y_0‖ for k = 0, …, L and their bounds Π S·‖A_m‖, both (L+1,)."""

    norms: Array
    bounds: Array


def jacobian_norms(
    weights: Sequence[Array], biases: Sequence[Array], inputs: Array, activation: str, steepest: float | None = None
) -> Measured:
    """The norms along a network at one input x: (n_0,), the slope of the activation being at most `steepest`.

    Without it the bound is the derived one (`slopes.largest_slope`). Raises: UnboundedSlope when there is none.

    Rounding may carry a measured norm past its bound by a relative 1e-13 a layer.

    >>> measured = jacobian_norms([np.eye(2)], [np.zeros(2)], np.zeros(2), "tanh")
    >>> print(measured.norms, measured.bounds)
    [1. 1.] [1. 1.]
    """
    y, jacobian, bound = np.asarray(inputs, dtype=float), np.eye(len(inputs)), 1.0
    norms, bounds = [1.0], [1.0]
    slope = slope_of(activation)
    if steepest is None:
        steepest = float(largest_slope(activation))
    for A, b in zip(weights, biases, strict=True):
        z = A @ y + b
        y = ELEMENTWISE[activation].compute(z)
        jacobian = (slope(z)[:, None] * A) @ jacobian
        bound *= steepest * float(np.linalg.norm(A, 2))
        norms.append(float(np.linalg.norm(jacobian, 2)))
        bounds.append(bound)
    return Measured(np.array(norms), np.array(bounds))


def of_random_network(activation: str, depth: int, width: int, scale: float, rng: Generator) -> Measured:
    """`jacobian_norms` of a network with normal weights of standard deviation `scale`/√width and no biases, at a normal input."""
    weights = [rng.normal(size=(width, width)) * scale / np.sqrt(width) for _ in range(depth)]
    return jacobian_norms(weights, [np.zeros(width)] * depth, rng.normal(size=width), activation)


def slope_of(activation: str) -> Any:
    """The derivative of an activation as a NumPy function."""
    known = ELEMENTWISE[activation]
    slope = known.slope if known.slope is not None else known.stock.diff(U)  # type: ignore[union-attr]
    modules = [{name: entry.compute for name, entry in ELEMENTWISE.items()}, "numpy"]
    compute = lambdify([U], slope, modules)
    return lambda z: compute(z) * np.ones_like(z)


def plot_norms(measured: Sequence[tuple[str, Measured]], path: str | Path) -> Path:
    """Norms against bounds over depth, one colour a network, written to a file; needs the extra `plots`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for label, found in measured:
        depth = np.arange(len(found.norms))
        (line,) = axes.semilogy(depth, np.maximum(found.norms, 1e-300), marker=".", label=f"{label}: measured")
        axes.semilogy(depth, found.bounds, linestyle="--", color=line.get_color(), label=f"{label}: bound")
    axes.set_xlabel("layers passed")
    axes.set_ylabel("spectral norm of the Jacobian")
    axes.legend()
    figure.savefig(path)
    return Path(path)
