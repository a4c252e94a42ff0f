"""The layers of a network of any depth: symbols, forward equations, the Jacobian of one layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

from sympy import Expr, KroneckerDelta, Sum, Symbol

from derivations.core.proof import Proof
from derivations.core.symbols import Declaration, Declarations, array, function, index, scalar, size
from numeric.domains import REAL
from numeric.domains import label as label_in

_L = size("L", "number of layers")
_W = size("W", "largest width")
_N = size("N", "number of samples")
L, W, N = _L.head, _W.head, _N.head
n = Declaration("n", label_in(W), (L,), "n_{{{0}}}", "width of layer l; layer 0 is the input", starts=(0,))
width = n.head
_STEPS = (
    index("l", L, "layer", lower=0),
    index("k", L, "number of layers passed"),
    index("s", L, "number of layers passed", lower=0),
)
l, k, s = (entry.head for entry in _STEPS)  # noqa: E741
q_entry = index("q", N, "sample")
q = q_entry.head
_LETTERS = {"i": l + 1, "p": l + 1, "j": l, "c": l, "a": l + k}
i, p, j, c, a = (Symbol(name, integer=True, positive=True) for name in _LETTERS)


@dataclass(frozen=True)
class Layers:
    """z_{l+1} = A_{l+1} y_l + b_{l+1}, y_{l+1} = σ(z_{l+1}), for one sample or, with `batch`, a sample in every row.

    `residual` adds the input of the layer to its output (all widths equal); `shared` gives all layers the same weights, as in a
    recurrent network over time, with an input x at every step.
    """

    batch: bool = False
    residual: bool = False
    shared: bool = False

    @property
    def sample(self) -> tuple[Expr, ...]:
        """The index of the sample, where there is one."""
        return (q,) if self.batch else ()

    def size(self, layer: Expr) -> Expr:
        """The width of a layer: its own, or the same for all where outputs of several layers are added or weights shared."""
        return W if self.residual or self.shared else width[layer]

    @cached_property
    def declarations(self) -> Declarations:
        """Every symbol of the derivations about these layers."""
        rows = (N,) if self.batch else ()
        slot = "{{{1}}}" if not self.batch else "{{{1}{2}}}"
        layered = {
            "y": ("y", "output of layer l; y_0 is the input"), "z": ("z", "weighted input of layer l"),
            "out": (r"g", "∂ℓ/∂y of the last layer"),
        }  # fmt: skip
        arrays = [
            Declaration(
                name, REAL, (L, *rows, W), rf"{letter}^{{{{({{0}})}}}}_{slot}", meaning, starts=(0, *(1 for _ in rows), 1)
            )
            for name, (letter, meaning) in layered.items()
        ]
        more = [
            ("F", r"F", "∂y of layer l+k by y of layer l", (W, W)),
            ("G", r"G", "∂ℓ/∂y of layer l when k layers follow", (W,)),
            ("delta", r"\delta", "∂ℓ/∂z of layer l when k layers follow", (W,)),
            ("T", r"T", "∂y of layer l+k by the shared weights, y of layer l held fixed", (W, W, W)),
        ]
        for name, letter, meaning, axes in more:
            places = "".join(f"{{{2 + m}}}" for m in range(len(rows) + len(axes)))
            latex = rf"{letter}^{{{{({{0}},{{1}})}}}}_{{{{{places}}}}}"
            arrays.append(
                Declaration(name, REAL, (L, L, *rows, *axes), latex, meaning, starts=(0, 0, *(1 for _ in (*rows, *axes))))
            )
        weights = (
            (array("A", (W, W), "A_{{{0}{1}}}", "weights"), array("b", (W,), "b_{{{0}}}", "biases"))
            if self.shared
            else (
                array("A", (L, W, W), "A^{{({0})}}_{{{1}{2}}}", "weights of layer l"),
                array("b", (L, W), "b^{{({0})}}_{{{1}}}", "biases of layer l"),
            )
        )
        inputs: tuple[Declaration, ...] = ()
        if self.shared:
            inputs = (
                array("U", (W, W), "U_{{{0}{1}}}", "weights of the input"),
                Declaration("x", REAL, (L, *rows, W), rf"x^{{{{({{0}})}}}}_{slot}", "input of step l"),
            )
        sizes = (_L, _W) if not self.batch else (_L, _W, _N)
        indices = [index(name, self.size(layer), f"entry of layer {layer}") for name, layer in _LETTERS.items()]
        indices += [q_entry] if self.batch else []
        gradients = (
            Declaration(
                "grad_A",
                REAL,
                (L, L, W, W),
                r"(\partial \ell / \partial A^{{({0}+1)}})^{{({1})}}_{{{2}{3}}}",
                "∂ℓ/∂A of layer l+1",
                starts=(0, 0, 1, 1),
            ),
            Declaration(
                "grad_b",
                REAL,
                (L, L, W),
                r"(\partial \ell / \partial b^{{({0}+1)}})^{{({1})}}_{{{2}}}",
                "∂ℓ/∂b of layer l+1",
                starts=(0, 0, 1),
            ),
        )
        functions = (
            function("sigma", r"\sigma_{{{0}}}\left({1}\right)", "activation of layer l"),
            function("sigma_prime", r"\sigma_{{{0}}}'\left({1}\right)", "its derivative"),
            function("Y", "Y", "output of a layer as a function of its parameters"),
        )  # fmt: skip
        return Declarations(
            (*sizes, n, *_STEPS, *indices, *arrays, *gradients, *weights, *inputs, *functions, scalar("u", "u", "number"))
        )

    @cached_property
    def heads(self) -> SimpleNamespace:
        """The SymPy objects by name."""
        return SimpleNamespace(**{entry.name: entry.head for entry in self.declarations})

    def weight(self, layer: Expr, row: Expr, column: Expr) -> Expr:
        """An entry of the weights of a layer."""
        return self.heads.A[row, column] if self.shared else self.heads.A[layer, row, column]

    def bias(self, layer: Expr, row: Expr) -> Expr:
        """An entry of the biases of a layer."""
        return self.heads.b[row] if self.shared else self.heads.b[layer, row]

    def at(self, name: str, layer: Expr, *entry: Expr) -> Expr:
        """An entry of y, z or out in a layer."""
        return getattr(self.heads, name)[(layer, *self.sample, *entry)]

    def over(self, name: str, layer: Expr, passed: Expr, *entry: Expr) -> Expr:
        """An entry of F, G or delta."""
        return getattr(self.heads, name)[(layer, passed, *self.sample, *entry)]

    def weighted_input(self, layer: Expr, row: Expr) -> Expr:
        """Σ_j A y + b, the input of entry `row` of layer l+1 from layer l."""
        total = Sum(self.weight(layer + 1, row, j) * self.at("y", layer, j), (j, 1, self.size(layer))) + self.bias(layer + 1, row)
        if self.shared:
            total += Sum(self.heads.U[row, c] * self.at("x", layer + 1, c), (c, 1, self.size(layer)))
        return total

    def activation_slope(self, layer: Expr, row: Expr) -> Expr:
        """σ_layer'(z) at an entry."""
        return self.heads.sigma_prime(layer, self.at("z", layer, row))

    def slope(self, layer: Expr, row: Expr, column: Expr) -> Expr:
        """The Jacobian ∂y_{layer, row}/∂y_{layer−1, column} of one layer."""
        slope = self.activation_slope(layer, row) * self.weight(layer, row, column)
        return slope + KroneckerDelta(row, column) if self.residual else slope

    def forward(self, proof: Proof) -> None:
        """State the forward equations."""
        layer = self.heads.l
        proof.heading("The network")
        proof.step(
            "recurrence", left=self.at("z", layer + 1, i), right=self.weighted_input(layer, i), index=layer,
            note="Every layer forms weighted sums of the outputs of the layer before,",
        )  # fmt: skip
        output = self.heads.sigma(layer + 1, self.at("z", layer + 1, i))
        if self.residual:
            output += self.at("y", layer, i)
        proof.step(
            "recurrence", left=self.at("y", layer + 1, i), right=output, index=layer,
            note="and applies the activation to each:" if not self.residual else "applies the activation and adds its own input:",
        )  # fmt: skip


PLAIN = Layers()
