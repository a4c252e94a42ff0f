"""Numeric runs that accompany the derivations about momentum: independent loops on objectives of several kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from derivations.core.derivation import Derivation
from derivations.core.reports import Row, compare
from numeric.oracles import optimisers as loops

Vector = NDArray[Any]
ROUNDING = 1e-9
WHY = "rounding over some hundred steps of a stable iteration"


def objectives(rng: Generator, dimension: int = 4) -> dict[str, Callable[[Vector], Vector]]:
    """Gradients of a random quadratic, a logistic loss and a function that is not convex."""
    root = rng.normal(size=(dimension, dimension))
    curvature = root @ root.T / dimension + np.eye(dimension)
    data, sign = rng.normal(size=(30, dimension)), rng.choice([-1.0, 1.0], size=30)

    def logistic(theta: Vector) -> Vector:
        margins = sign * (data @ theta)
        return np.asarray(-(data.T @ (sign / (1 + np.exp(margins)))) / len(sign))

    return {
        "quadratic": lambda theta: np.asarray(curvature @ theta),
        "logistic loss": logistic,
        "function that is not convex": lambda theta: np.asarray(np.sin(3 * theta) + 0.2 * theta),
    }


def forms_run(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Both forms run side by side with a constant step, and apart with one that decays."""
    steps, alpha, beta = min(samples, 200), 0.05, 0.8
    for name, gradient in objectives(rng).items():
        start = rng.normal(size=4)
        two = loops.heavy_ball(gradient, start, steps, lambda k: alpha, lambda k: beta)
        velocity = loops.optax_sgd(gradient, start, steps, lambda k: alpha, lambda k: beta)
        yield compare(f"{name}: iterates of both forms over {steps} steps", two, velocity, ROUNDING, WHY)
        decayed = loops.heavy_ball(gradient, start, steps, lambda k: alpha / (1 + k), lambda k: beta)
        other = loops.optax_sgd(gradient, start, steps, lambda k: alpha / (1 + k), lambda k: beta)
        gap = float(np.max(np.abs(np.asarray(decayed[2]) - np.asarray(other[2]))))
        yield Row(
            f"{name}: gap of the second iterates with a step size that decays", "> 0", f"{gap:.3g}", "0",
            "the forms part at the second step", gap > 0,
        )  # fmt: skip


def unrolled_runs(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """The weighted sum of gradients against the loop."""
    steps, alpha, beta = min(samples, 60), 0.1, 0.7
    for name, gradient in objectives(rng).items():
        seen: list[Vector] = []

        def watched(theta: Vector, gradient: Callable[[Vector], Vector] = gradient, seen: list[Vector] = seen) -> Vector:
            seen.append(gradient(theta))
            return seen[-1]

        start = rng.normal(size=4)
        path = loops.optax_sgd(watched, start, steps, lambda k: alpha, lambda k: beta)
        weights = alpha * (1 - beta ** (steps - np.arange(steps))) / (1 - beta)
        summed = start - np.tensordot(weights, np.asarray(seen), 1)
        yield compare(f"{name}: iterate {steps} as a weighted sum of gradients", path[-1], summed, ROUNDING, WHY)


def quadratic_rates(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Random spectra: the spectral radius at the best coefficients, by eigenvalues and power iteration; no others are better."""
    for spectrum in _spectra(rng):
        high, low = np.sqrt(spectrum[-1]), np.sqrt(spectrum[0])
        best_step, rate = 4 / (high + low) ** 2, (high - low) / (high + low)
        name = f"curvatures from {spectrum[0]:.3g} to {spectrum[-1]:.3g}"
        yield compare(
            f"{name}: largest modulus of an eigenvalue", rate, _radius(spectrum, best_step, rate**2), 1e-6,
            "a double eigenvalue is computed to half the digits",
        )  # fmt: skip
        slope, start = _hessian(spectrum, rng), rng.normal(size=len(spectrum))
        path = loops.heavy_ball(slope, start, 600, _constant(best_step), _constant(rate**2))
        why = "a polynomial factor times the rate"
        yield compare(f"{name}: factor of a step, by power iteration", rate, _slope(path), 0.02, why)
        around = [
            _radius(spectrum[[0, -1]], best_step * a, b) for a in np.linspace(0.5, 1.5, 21) for b in np.linspace(0.01, 0.99, 50)
        ]
        yield Row(
            f"{name}: smallest radius of 1050 other coefficients", f">= {rate:.6f}", f"{min(around):.6f}", "1e-6",
            "no other step size and momentum do better", bool(min(around) >= rate - 1e-6),
        )  # fmt: skip


def descent_rates(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Random spectra: the factor of gradient descent at the best step size, by power iteration; no other is better."""
    for spectrum in _spectra(rng):
        low, high = spectrum[0], spectrum[-1]
        rate, name = (high - low) / (high + low), f"curvatures from {low:.3g} to {high:.3g}"
        slope, start = _hessian(spectrum, rng), rng.normal(size=len(spectrum))
        path = loops.gradient_descent(slope, start, 600, _constant(2 / (low + high)))
        yield compare(f"{name}: factor of a step, by power iteration", rate, _slope(path), 1e-3, "the next factor fades")
        others = [max(abs(1 - a * low), abs(1 - a * high)) for a in np.linspace(0.01, 3, 400) / high]
        yield Row(
            f"{name}: smallest factor of 400 other step sizes", f">= {rate:.6f}", f"{min(others):.6f}", "1e-12",
            "no other step size does better", bool(min(others) >= rate - 1e-12),
        )  # fmt: skip


def _spectra(rng: Generator) -> list[Vector]:
    return [np.sort(np.exp(rng.uniform(-1.0, spread, 12))) for spread in (0.5, 1.5, 3.0)]


def _hessian(spectrum: Vector, rng: Generator) -> Callable[[Vector], Vector]:
    """The gradient of a quadratic whose Hessian has these eigenvalues in a random basis."""
    basis, _ = np.linalg.qr(rng.normal(size=(len(spectrum), len(spectrum))))
    matrix = basis @ np.diag(spectrum) @ basis.T
    return lambda theta: np.asarray(matrix @ theta)


def _constant(value: float) -> Callable[[int], float]:
    return lambda step: value


def _radius(curvatures: Vector, alpha: float, beta: float) -> float:
    """The largest modulus of an eigenvalue of the iteration for any of the curvatures."""
    matrices = np.array([[[1 + beta - alpha * c, -beta], [1.0, 0.0]] for c in curvatures])
    return float(np.max(np.abs(np.linalg.eigvals(matrices))))


def _slope(path: list[Vector]) -> float:
    """The factor by which a run shrinks in each step, once it has settled and before rounding shows."""
    sizes = np.array([np.linalg.norm(x) for x in path])
    end = int(np.argmax(sizes < 1e-250)) or len(sizes)
    kept = np.log(sizes[end // 3 : end])
    return float(np.exp(np.polyfit(np.arange(len(kept)), kept, 1)[0]))
