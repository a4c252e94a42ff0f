"""From the derived recursion to NumPy: its formulas, folded to matrix products, run layer by layer or step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivations.subjects.backprop.formulas import Formulas
from derivations.subjects.backprop.losses import WrongNetwork, known_activation, loss_programs
from derivations.subjects.backprop.network import Layers
from derivations.subjects.backprop.recursion import BackpropDerivation, recursion
from derivations.subjects.matrices.programs import Program

Array = NDArray[Any]


@dataclass(frozen=True)
class Gradients:
    """The loss (summed over the batch) and its gradients: one array a layer, shaped like the parameters; outputs: (N, n_L)."""

    loss: float
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    outputs: Array


@dataclass(frozen=True)
class Network:
    """Loss and gradients of a network of any depth, from the conclusions of a derivation.

    Call it with `weights` [A_1, …, A_L], A_l: (n_l, n_{l−1}); `biases` [b_1, …, b_L], b_l: (n_l,); inputs X: (N, n_0), one sample
    a row; targets T: (N, n_L). The last layer is linear and feeds the loss. Raises: WrongNetwork.

    >>> run = recursion(Layers(batch=True)).compile("tanh", "half-squared")
    >>> A, b = [np.ones((1, 1)), np.ones((1, 1))], [np.zeros(1), np.zeros(1)]
    >>> run(A, b, np.zeros((1, 1)), np.ones((1, 1))).biases[1]
    array([-1.])
    """

    derivation: BackpropDerivation
    activation: str
    programs: Mapping[str, Program]

    def forward(self, weights: Sequence[Array], biases: Sequence[Array], inputs: Array) -> tuple[Array, list[dict[str, Array]]]:
        """The outputs z_L, and what the way back needs of the layers below: y_0, …, y_{L−1}, and z_1, …, z_{L−1} if it does."""
        kept = [{"y_0": np.asarray(inputs)}]
        for A, b in zip(weights[:-1], biases[:-1], strict=True):
            z = self.programs["z"](y_0=kept[-1]["y_0"], A_1=A, b_1=b)
            y = self.programs["y"](z_1=z, y_0=kept[-1]["y_0"])
            kept.append({"y_0": y, "z_0": z} if self._keeps_z else {"y_0": y})
        return self.programs["z"](y_0=kept[-1]["y_0"], A_1=weights[-1], b_1=biases[-1]), kept

    @cached_property
    def _keeps_z(self) -> bool:
        """Whether a slope is written in terms of the weighted inputs, not of the outputs alone."""
        return any(variable.data == "z_0" for program in self.programs.values() for variable in program.expression.variables())

    def __call__(self, weights: Sequence[Array], biases: Sequence[Array], inputs: Array, targets: Array) -> Gradients:
        """Forward, then back."""
        self._check(weights, biases, np.shape(inputs), np.shape(targets))
        outputs, kept = self.forward(weights, biases, inputs)
        delta = self.programs["loss slope"](z=outputs, t=targets)
        by_weights, by_biases = [], []
        passed: dict[str, Array] = {}
        for layer in range(len(weights), 0, -1):
            below = kept.pop()
            by_weights.append(self.programs["grad_A"](delta_1=delta, y_0=below["y_0"]))
            by_biases.append(self.programs["grad_b"](delta_1=delta))
            if layer > 1:
                here = {"delta_1": delta, "A_1": weights[layer - 1], **below, **passed}
                delta, passed = self._back(here, last=layer == len(weights))
        value = float(self.programs["loss"](z=outputs, t=targets))
        return Gradients(value, tuple(reversed(by_weights)), tuple(reversed(by_biases)), outputs)

    def _back(self, here: dict[str, Array], last: bool) -> tuple[Array, dict[str, Array]]:
        """δ of the layer below, and what else passes on."""
        if "delta" in self.programs:
            return self.programs["delta"](**here), {}
        name = "G from a plain layer" if last else "G"
        outputs = self.programs[name](**here)
        return self.programs["delta of G"](**{**here, "G_0": outputs}), {"G_1": outputs}

    def _check(self, weights: Sequence[Array], biases: Sequence[Array], inputs: Any, targets: Any) -> None:
        if len(weights) != len(biases) or not weights:
            raise WrongNetwork("layers", (len(weights),), (len(biases),))
        before = inputs[1] if len(inputs) == 2 else -1
        for layer, (A, b) in enumerate(zip(weights, biases, strict=True), start=1):
            if np.ndim(A) != 2 or np.shape(A)[1] != before:
                raise WrongNetwork(f"weights of layer {layer}", (len(b), before), np.shape(A))
            before = np.shape(A)[0]
            if np.shape(b) != (before,):
                raise WrongNetwork(f"biases of layer {layer}", (before,), np.shape(b))
        if targets != (inputs[0], before):
            raise WrongNetwork("targets", (inputs[0], before), targets)


def network_of(derivation: BackpropDerivation, activation: str, loss: str) -> Network:
    """The formulas of a derivation for batches as programs. Raises: UnknownChoice."""
    layers = derivation.layers
    if not layers.batch:
        derivation = recursion(Layers(batch=True, residual=layers.residual))
    formulas = Formulas(derivation, known_activation(activation))
    programs = loss_programs(loss) | formulas.forward() | {n: formulas.concluded(n) for n in ("grad_A", "grad_b")}
    if not layers.residual:
        return Network(derivation, activation, programs | {"delta": formulas.concluded("delta")})
    back = {"G": formulas.concluded("G"), "G from a plain layer": formulas.from_a_plain_layer()}
    return Network(derivation, activation, programs | back | {"delta of G": formulas.delta_of_outputs()})


@dataclass(frozen=True)
class SharedNetwork:
    """Loss and the gradient of the weights that all steps of a recurrent network share.

    Call it with A: (n, n), U: (n, n), b: (n,), inputs x: (T, n), the state before the first step y_0: (n,), and the target (n,)
    of the state after the last: y_t = σ(A y_{t−1} + U x_t + b). Raises: WrongNetwork.

    >>> from derivations.subjects.backprop.through_time import through_time
    >>> run = through_time().compile("tanh", "half-squared")
    >>> loss, slope = run(np.eye(1), np.eye(1), np.zeros(1), np.zeros((3, 1)), np.ones(1), np.zeros(1))
    >>> slope.shape
    (1, 1)
    """

    derivation: BackpropDerivation
    activation: str
    programs: Mapping[str, Program]

    def __call__(self, A: Array, U: Array, b: Array, inputs: Array, start: Array, target: Array) -> tuple[float, Array]:
        """The loss and ∂ℓ/∂A, collected on the way back through time."""
        n = np.shape(b)
        wanted = {
            "weights": (A, n * 2), "input weights": (U, n * 2), "inputs": (inputs, (max(len(inputs), 1), *n)),
            "start": (start, n), "target": (target, n),
        }  # fmt: skip
        for what, (found, shape) in wanted.items():
            if np.shape(found) != shape:
                raise WrongNetwork(what, shape, np.shape(found))
        y, z = [np.asarray(start)], []
        for x in inputs:
            z.append(self.programs["z"](y_0=y[-1], A=A, U=U, b=b, x_1=x))
            y.append(self.programs["y"](z_1=z[-1]))
        outputs, targets = y[-1][None], np.asarray(target)[None]
        slope = self.programs["loss slope"](z=outputs, t=targets)[0]
        delta = self.programs["delta of G"](G_0=slope, y_0=y[-1], z_0=z[-1])
        collected = np.zeros(n * 2)
        for step in range(len(inputs), 0, -1):
            collected = self.programs["C"](C_1=collected, delta_1=delta, y_0=y[step - 1])
            if step > 1:
                delta = self.programs["delta"](delta_1=delta, A=A, y_0=y[step - 1], z_0=z[step - 2])
        return float(self.programs["loss"](z=outputs, t=targets)), collected


def shared_network_of(derivation: BackpropDerivation, activation: str, loss: str) -> SharedNetwork:
    """The formulas of backpropagation through time as programs. Raises: UnknownChoice."""
    formulas = Formulas(derivation, known_activation(activation))
    programs = loss_programs(loss) | formulas.forward() | {n: formulas.concluded(n) for n in ("delta", "C")}
    return SharedNetwork(derivation, activation, programs | {"delta of G": formulas.delta_of_outputs()})
