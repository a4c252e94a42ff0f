"""The recursion of backpropagation for any depth: the Jacobians multiply, so gradients pass from layer to layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sympy import Derivative, Expr, KroneckerDelta, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.statements import Equation
from derivations.subjects.backprop.checking import compiled_against_complex_step
from derivations.subjects.backprop.network import PLAIN, Layers, N, a, c, i, j, k, l, p, q, s

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class BackpropDerivation(Derivation):
    """A derivation of gradients of a network, whose conclusions compile to NumPy layer by layer."""

    layers: Layers = PLAIN

    def compile(self, activation: str = "tanh", loss: str = "half-squared") -> Any:
        """A NumPy function of weights, biases, inputs and targets that gives the loss and all gradients."""
        from derivations.subjects.backprop.compiling import network_of, shared_network_of

        return (shared_network_of if self.layers.shared else network_of)(self, activation, loss)

    def formula(self, name: str) -> Equation:
        """The concluding equation for G, delta, grad_A or grad_b."""
        for statement in self.conclusions:
            assert isinstance(statement, Equation)
            if str(statement.left.base.label) == name:
                return statement
        raise LookupError(f"{self.name} does not conclude anything about {name}")


def jacobians(proof: Proof, layers: Layers) -> None:
    """The Jacobian of layer l+k by layer l, by the chain rule from the forward equations."""
    proof.heading("The Jacobian over several layers")
    proof.step(
        "start_of_jacobian", left=layers.over("F", l, 0, a, c), of=layers.at("y", l, a), by=layers.at("y", l, c),
        note="Write $F$ for the derivative of the outputs $k$ layers on by those of layer $l$. "
        "Over no layer it is the identity,",
    )  # fmt: skip
    proof.step(
        "chain_rule", left=layers.over("F", l, s + 1, a, c), of=layers.at("y", l + s + 1, a), by=layers.at("y", l, c), index=s,
        upper=layers.size(l + s), to=_one_layer_more(layers),
        note="and one more layer on top multiplies it from the left by the Jacobian of that layer:",
    )  # fmt: skip


def _one_layer_more(layers: Layers) -> Expr:
    inner = layers.slope(l + s + 1, a, p) * layers.over("F", l, s, p, c)
    return Sum(inner, (p, 1, layers.size(l + s)))


def gradients_of_outputs(proof: Proof, layers: Layers) -> tuple[int, ...]:
    """G and δ for every layer: the recursion, by induction on the number of layers that follow."""
    proof.heading("The gradient by the outputs of a layer")
    top, size = layers.size(l + s), layers.size(l + 1)
    proof.step(
        "define", left=layers.over("G", l, s, j),
        right=Sum(layers.at("out", l + s, a) * layers.over("F", l, s, a, j), (a, 1, top)),
        note="Let $g$ be the gradient of the loss by the outputs of the last layer. When $k$ layers "
        "follow layer $l$, the gradient by its outputs is",
    )  # fmt: skip
    proof.step(
        "define", left=layers.over("delta", l, s, j), right=layers.over("G", l, s, j) * layers.activation_slope(l, j),
        note="and that by its weighted inputs, for $l \\ge 1$,",
    )  # fmt: skip
    proof.step(
        "base_case", index=s, left=layers.over("G", l, s, j), right=layers.at("out", l + s, j),
        note="At the last layer no layer follows, and these are the gradients of the loss itself:",
    )  # fmt: skip
    proof.step(
        "base_case", index=s, left=layers.over("delta", l, s, j),
        right=layers.at("out", l + s, j) * layers.activation_slope(l + s, j),
    )  # fmt: skip
    proof.heading("The recursion, by induction on the number of layers")
    factor = Sum(layers.over("F", l + 1, k - 1, a, i) * layers.slope(l + 1, i, j), (i, 1, size))
    back = Sum(layers.over("delta", l + 1, k - 1, i) * layers.weight(l + 1, i, j), (i, 1, size))
    if layers.residual:
        back += layers.over("G", l + 1, k - 1, j)
    claims = [(layers.over("F", l, k, a, j), factor), (layers.over("G", l, k, j), back)]
    if not layers.residual:
        claims.append((layers.over("delta", l, k, j), layers.activation_slope(l, j) * back))
    note = "The product of Jacobians can also be built from the other end; the gradient passes back one layer at a time:"
    return proof.by_induction(k, claims, numbers=range(1, len(claims) + 1), note=note)


def gradients_of_parameters(proof: Proof, layers: Layers) -> tuple[int, int]:
    """∂ℓ/∂A and ∂ℓ/∂b of layer l+1, s layers before the end."""
    h = layers.heads
    proof.heading("The gradients by weights and biases")
    output = h.Y(h.A, h.b, l, *layers.sample, i)
    own = h.sigma(l + 1, layers.weighted_input(l, i)) + (layers.at("y", l, i) if layers.residual else 0)
    layer = proof.step(
        "define", left=output, right=own, note="The outputs of layer $l+1$ as a function of its own weights and biases:"
    )
    slope = layers.activation_slope(l + 1, i)
    bias, weight = layers.bias(l + 1, p), layers.weight(l + 1, p, c)
    by_bias = proof.step("differentiate", layer, variable=bias)
    proof.step("rearrange", by_bias, to=slope * KroneckerDelta(i, p), note="An entry of the biases moves its own output only:")
    by_weight = proof.step("differentiate", layer, variable=weight)
    proof.step(
        "rearrange", by_weight, to=slope * KroneckerDelta(i, p) * layers.at("y", l, c), note="So does an entry of the weights:"
    )
    found = []
    for name, parameter, entries, factor in (("grad_A", weight, (p, c), layers.at("y", l, c)), ("grad_b", bias, (p,), 1)):
        total: Expr = Sum(layers.over("G", l + 1, s, i) * Derivative(output, parameter), (i, 1, layers.size(l + 1)))
        result: Expr = layers.over("delta", l + 1, s, p) * factor
        if layers.batch:
            total, result = Sum(total, (q, 1, N)), Sum(result, (q, 1, N))
        start = proof.step("define", left=getattr(h, name)[(l, s, *entries)], right=total, note="By the chain rule")
        found.append(proof.step("rearrange", start, to=result, note="which is"))
    return found[0], found[1]


@cache
def recursion(layers: Layers = PLAIN) -> BackpropDerivation:
    """Backpropagation through a network of any depth, any widths and any activation."""
    proof = Proof(layers.declarations)
    layers.forward(proof)
    jacobians(proof, layers)
    outputs = gradients_of_outputs(proof, layers)
    parameters = gradients_of_parameters(proof, layers)
    kinds = [word for word, used in (("residual", layers.residual), ("batch", layers.batch)) if used]
    name = "-".join(("backprop/recursion", *kinds))
    made = proof.done(
        name, "Backpropagation through any number of layers" + (f" ({', '.join(kinds)})" if kinds else ""),
        "The forward equations give the Jacobian over k layers by the chain rule. By induction on k it "
        "factors at its other end, so "
        "that the gradient of the loss passes back layer by layer; weights and biases take theirs on the way.",
        Kind.IDENTITY, (*outputs, *parameters), _sentence(layers),
    )  # fmt: skip
    fields = {field: getattr(made, field) for field in made.__dataclass_fields__}
    fields["checks"] = (compiled_against_complex_step,)
    return BackpropDerivation(**fields, layers=layers)


def _sentence(layers: Layers) -> str:
    back = (
        r"(\partial \ell / \partial y_l) \, (I + \operatorname{diag}(\sigma'(z_l)) A_l)"
        if layers.residual
        else r"(\partial \ell / \partial y_l) \operatorname{diag}(\sigma'(z_l)) A_l"
    )
    row = rf"With rows for gradients (numerator layout), $\partial \ell / \partial y_{{l-1}} = {back}$"
    both = r"$\delta_l = \operatorname{diag}(\sigma'(z_l)) (\partial \ell / \partial y_l)^{\top}$"
    weights = r"$\partial \ell / \partial A_l = \delta_l \, y_{l-1}^{\top}$ and "
    weights += r"$\partial \ell / \partial b_l = \delta_l$ "
    weights += "in the shape of the parameters (denominator layout)"
    if layers.batch:
        weights = r"$\partial \ell / \partial A_l = \Delta_l^{\top} Y_{l-1}$ and "
        weights += r"$\partial \ell / \partial b_l = \Delta_l^{\top} \mathbf{1}$, "
        weights += "samples in rows"
    return f"{row}; with {both}, {weights}."
