"""Further checks on random networks: compiled gradients against the complex step, measured norms against their bounds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from derivations.core.derivation import Derivation
from derivations.core.reports import Row, compare
from numeric.oracles.backprop import loss_by_numpy
from numeric.oracles.gradients import complex_step

if TYPE_CHECKING:
    from derivations.subjects.backprop.recursion import BackpropDerivation

NETWORKS = 3


def compiled_against_complex_step(derivation: BackpropDerivation, samples: int, rng: Generator) -> Iterator[Row]:
    """One row a network of random depth, widths and batch size: all its weights and biases together."""
    residual = derivation.layers.residual
    run = derivation.compile("tanh", "half-squared")
    for _ in range(NETWORKS):
        widths = [int(w) for w in rng.integers(2, 5, size=int(rng.integers(2, 6)))]
        if residual:
            widths = [widths[0]] * len(widths)
        weights = [rng.normal(size=(after, before)) for before, after in pairwise(widths)]
        biases = [rng.normal(size=width) for width in widths[1:]]
        inputs, targets = rng.normal(size=(3, widths[0])), rng.normal(size=(3, widths[-1]))
        found = run(weights, biases, inputs, targets)
        wanted, mine = [], []
        for layer in range(len(weights)):

            def by_weights(A: object, layer: int = layer) -> object:
                changed = [*weights[:layer], A, *weights[layer + 1 :]]  # noqa: B023
                return loss_by_numpy(changed, biases, inputs, targets, np.tanh, "half-squared", residual=residual)  # noqa: B023

            def by_biases(b: object, layer: int = layer) -> object:
                changed = [*biases[:layer], b, *biases[layer + 1 :]]  # noqa: B023
                return loss_by_numpy(weights, changed, inputs, targets, np.tanh, "half-squared", residual=residual)  # noqa: B023

            wanted += [complex_step(by_weights, {"A": weights[layer]}, "A"), complex_step(by_biases, {"b": biases[layer]}, "b")]
            mine += [found.weights[layer], found.biases[layer]]
        expected, got = (np.concatenate([np.ravel(part) for part in parts]) for parts in (wanted, mine))
        shape = "–".join(map(str, widths))
        what = f"compiled gradients against the complex step, widths {shape}"
        yield compare(what, expected, got, 1e-11, "both are exact to rounding")


def collected_against_complex_step(derivation: BackpropDerivation, samples: int, rng: Generator) -> Iterator[Row]:
    """One row a recurrent network of random size and length: the gradient of its shared weights."""
    run = derivation.compile("tanh", "half-squared")
    for _ in range(NETWORKS):
        n, steps = (int(k) for k in rng.integers(1, 6, size=2))
        A, U, b = rng.normal(size=(n, n)), rng.normal(size=(n, n)), rng.normal(size=n)
        inputs, start, target = rng.normal(size=(steps, n)), rng.normal(size=n), rng.normal(size=n)

        def loss(A: Any, U: Any = U, b: Any = b, inputs: Any = inputs, y: Any = start, target: Any = target) -> Any:
            for x in inputs:
                y = np.tanh(A @ y + U @ x + b)
            return ((y - target) ** 2).sum() / 2

        _, found = run(A, U, b, inputs, start, target)
        what = f"compiled gradient against the complex step, {n} units, {steps} steps"
        yield compare(what, complex_step(loss, {"A": A}, "A"), found, 1e-11, "both are exact to rounding")


def norms_within_bounds(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """One row an activation: spectral norms of Jacobians over up to ten layers, ragged widths, each at most its bound."""
    from derivations.subjects.backprop.measuring import jacobian_norms
    from derivations.subjects.backprop.slopes import ENTRIES

    for activation in (name.removeprefix("backprop/slope-") for name in ENTRIES):
        widths = [int(w) for w in rng.integers(2, 8, size=11)]
        weights = [rng.normal(size=(after, before)) for before, after in pairwise(widths)]
        biases = [rng.normal(size=width) for width in widths[1:]]
        measured = jacobian_norms(weights, biases, rng.normal(size=widths[0]), activation)
        largest = float(np.max(measured.norms[1:] / measured.bounds[1:]))
        yield Row(
            f"{activation}: norms of Jacobians over 1–10 layers divided by their bounds", "at most 1", f"largest {largest:.6g}",
            "1e-12", "rounding of a product of ten matrices, relative", largest <= 1 + 1e-12,
        )  # fmt: skip
