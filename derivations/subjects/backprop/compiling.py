"""From the derived recursion to NumPy: its formulas, folded to matrix products, run layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr, Indexed, IndexedBase, Rational, S, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, substitute
from derivations.core.sequences import recurrences_of
from derivations.subjects.backprop.network import Layers, N, W, l, q, width
from derivations.subjects.backprop.recursion import BackpropDerivation, recursion
from derivations.subjects.matrices.elementwise import ELEMENTWISE, U, head
from derivations.subjects.matrices.expressions import Matrix, node, number, variable
from derivations.subjects.matrices.folding import fold
from derivations.subjects.matrices.gradients import gradient
from derivations.subjects.matrices.programs import Program
from numeric.domains import size as size_symbol

Array = NDArray[Any]
_Z, _T = variable("z", "N", "n"), variable("t", "N", "n")
LOSSES: dict[str, Matrix] = {
    "half-squared": number(Rational(1, 2)) * node("norm", _Z - _T) ** 2,
    "softmax-cross-entropy": node("sum", node("logsumexp", _Z)) - node("trace", _T.T @ _Z),
    "logistic": node("sum", node("apply", _Z, data="softplus")) - node("trace", _T.T @ _Z),
}
"""Name → the loss of a batch, summed over its rows: outputs z, targets t. Its gradient is derived when it is asked for."""


class UnknownChoice(LookupError):
    """An activation or a loss that is not in its table."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        super().__init__(f"no {what} is called {name!r}; known: {', '.join(known)}")


class WrongNetwork(ValueError):
    """Weights, biases, inputs and targets that are not those of one network."""

    def __init__(self, what: str, expected: tuple[Any, ...], found: tuple[Any, ...]) -> None:
        self.what, self.expected, self.found = what, expected, found
        super().__init__(f"{what}: expected shape {expected}, found {found}")


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
    loss: Matrix
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
    if loss not in LOSSES:
        raise UnknownChoice("loss", loss, tuple(LOSSES))
    if activation not in ELEMENTWISE:
        raise UnknownChoice("activation", activation, tuple(ELEMENTWISE))
    if not derivation.layers.batch:
        derivation = recursion(Layers(batch=True, residual=derivation.layers.residual))
    return Network(derivation, activation, LOSSES[loss], _Formulas(derivation, activation).programs(loss))


@dataclass(frozen=True)
class _Formulas:
    """Writes the formulas of one layer with plain matrices: A_1 for A of layer l+1, y_0 for y of layer l."""

    derivation: BackpropDerivation
    activation: str

    def programs(self, loss: str) -> dict[str, Program]:
        """All programs by name."""
        residual = self.derivation.layers.residual
        steps = recurrences_of(self.derivation.steps, self.derivation.declarations)
        heads = self.derivation.layers.heads
        found = {
            "z": self._program(steps[heads.z].step.value, 1),  # type: ignore[union-attr]
            "y": self._program(steps[heads.y].step.value, 1),  # type: ignore[union-attr]
            "grad_A": self._of("grad_A"),
            "grad_b": self._of("grad_b"),
            "loss": Program.of(LOSSES[loss]),
            "loss slope": gradient(LOSSES[loss], _Z).compile(),
        }
        if not residual:
            return {**found, "delta": self._of("delta")}
        whole = self.derivation.formula("G").right
        plain = substitute(whole, {part: S.Zero for part in whole.atoms(Indexed) if part.base == heads.G})
        slope = self.derivation.definitions[heads.delta]
        return {
            **found,
            "G": self._program(whole, 0),
            "G from a plain layer": self._program(plain, 0),
            "delta of G": self._program(substitute(slope[1], {slope[0][0]: l}), 0, slope[0][-1]),
        }

    def _of(self, name: str) -> Program:
        statement = self.derivation.formula(name)
        entries = statement.left.indices[2:]  # after the layer and the number of layers passed
        return self._program(statement.right, None, *entries)

    def _program(self, formula: Expr, layer: int | None, *entries: Symbol) -> Program:
        plain = self._plain(formula)
        if layer is not None:
            rows = [s for s in sorted(free_symbols(plain), key=str) if s not in (q,) and s.name in "ijpc"]
            entries = (q, *(entries or rows))
        sizes = {q: size_symbol("N")}
        free = tuple((e, sizes.get(e) or self._size_of(e)) for e in entries)
        return Program.of(fold(plain, free, {_array(v): v for v in self._variables(plain)}))

    def _size_of(self, entry: Symbol) -> Expr:
        """The size n_0 or n_1 of the layer that an index belongs to."""
        upper = self.derivation.declarations.range_of(entry)[1]  # type: ignore[index]
        return self._plain(upper)

    def _plain(self, expression: Basic) -> Any:
        """Entries of layer l + m as entries of plain matrices, σ' in terms of what the forward pass keeps."""
        if expression == N:
            return size_symbol("N")
        if expression == W:
            return size_symbol("n")
        if isinstance(expression, Indexed):
            return self._plain_entry(expression)
        if isinstance(expression, AppliedUndef):
            argument = expression.args[-1]
            name = expression.func.__name__
            if name == "sigma":
                return _applied(self.activation, self._plain(argument))
            known = ELEMENTWISE[self.activation]
            slope = known.slope if known.slope is not None else known.stock.diff(U)  # type: ignore[union-attr]
            before, entry = self._plain(argument), self._plain(self.derivation.layers.heads.y[argument.indices])
            kept = {} if self.derivation.layers.residual else {head(self.activation)(U): entry}
            return substitute(substitute(slope, kept), {U: before})
        if not expression.args or isinstance(expression, (Symbol, IndexedBase)):
            return expression
        return expression.func(*(self._plain(part) for part in expression.args))

    def _plain_entry(self, entry: Indexed) -> Expr:
        offset = entry.indices[0] - l
        if entry.base == width:
            return size_symbol(f"n_{offset}")
        name = str(entry.base.label)
        rest = entry.indices[2:] if name in ("G", "delta") else entry.indices[1:]
        return IndexedBase(f"{name}_{offset}", real=True)[tuple(rest)]

    def _variables(self, plain: Expr) -> list[Matrix]:
        found: dict[str, Matrix] = {}
        for entry in plain.atoms(Indexed):
            name = str(entry.base.label)
            letter, _, offset = name.rpartition("_")
            here = size_symbol("n") if self.derivation.layers.residual else size_symbol(f"n_{offset}")
            before = size_symbol("n") if self.derivation.layers.residual else size_symbol(f"n_{int(offset) - 1}")
            shape = {"A": (here, before), "b": (here,)}.get(letter, (size_symbol("N"), here))
            found[name] = variable(name, *shape)
        return list(found.values())


def _array(matrix: Matrix) -> IndexedBase:
    return IndexedBase(matrix.data, real=True)


def _applied(name: str, argument: Expr) -> Expr:
    stock = ELEMENTWISE[name].stock
    return head(name)(argument) if stock is None else substitute(stock, {U: argument})
