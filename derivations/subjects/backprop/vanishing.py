"""Vanishing gradients: the norm of the Jacobian over many layers, and of the gradients by early parameters, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from sympy import Expr, Integer, KroneckerDelta, Sum, Symbol

from derivations.core.binding import substitute
from derivations.core.derivation import Derivation, Kind
from derivations.core.functions import COLUMN, ROW, matrix_of
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, array, function, scalar
from derivations.subjects.backprop.checking import norms_within_bounds
from derivations.subjects.backprop.network import PLAIN, Layers, W, a, c, l, p, s
from derivations.subjects.backprop.recursion import jacobians

q_ = Symbol("j", integer=True, positive=True)
_EXTRA = (
    scalar("S", "S", "largest |σ'|", POSITIVE),
    function("norm", r"\left\lVert {0} \right\rVert", "norm of a matrix"),
    array("V", (W, W), "V_{{{0}{1}}}", "direction in which the weights move"),
    function("by_bias", r"\left(\partial y_{{l+k}} / \partial b_l\right)_{{{2}{3}}}", "Jacobian by the biases of layer l"),
    function("by_weights", r"\left(\mathrm{{D}} y_{{l+k}}\right)_{{{2}}}", "derivative along V in the weights of layer l"),
)


def bounded_declarations(layers: Layers = PLAIN) -> Declarations:
    """The symbols of the layers and of their bounds."""
    return layers.declarations.extended(*_EXTRA)


@dataclass(frozen=True)
class VanishingDerivation(Derivation):
    """The bounds, with a picture of what they are worth."""

    def plot(
        self, path: str | Path, activations: Sequence[str] = ("sigmoid", "tanh", "relu", "gelu"), *,
        depth: int = 24, width: int = 32, scale: float = 1.0, seed: int = 0,
    ) -> Path:  # fmt: skip
        """Norms measured on random networks against their bounds over depth, written to a file; needs the extra `plots`.

        The weights are normal with standard deviation `scale`/√width, the biases zero. Raises: UnboundedSlope.
        """
        from derivations.subjects.backprop.measuring import of_random_network, plot_norms

        rng = np.random.default_rng(seed)
        return plot_norms([(name, of_random_network(name, depth, width, scale, rng)) for name in activations], path)


@cache
def vanishing() -> VanishingDerivation:
    """‖∂y_{l+k}/∂y_l‖ ≤ ‖I‖·Π S·‖A_m‖, and what follows for biases and weights of layer l."""
    layers, names = PLAIN, bounded_declarations()
    h = layers.heads
    S, V = names["S"].head, names["V"].head
    proof = Proof(names)
    layers.forward(proof)
    jacobians(proof, layers)
    chain = proof.last
    layer, u = Symbol("l", integer=True, nonnegative=True), names["u"].head
    proof.heading("The bound on one layer")
    limit = proof.step(
        "assume_bound", expression=h.sigma_prime(layer, u), bound=S, note="Let the slope of every activation be bounded,"
    )
    here, below = layers.size(l + s + 1), layers.size(l + s)
    diagonal = proof.step(
        "norm_of_diagonal", limit, entry=layers.activation_slope(l + s + 1, a), row=a, size=here,
        note="so that the diagonal matrix of slopes has a norm of at most $S$ (for a norm in which that of a "
        "diagonal matrix is its "
        "largest entry):",
    )  # fmt: skip
    slopes = _diagonal(layers.activation_slope(l + s + 1, a), a)
    factors = (slopes, matrix_of(h.A[l + s + 1, ROW, COLUMN]), matrix_of(h.F[l, s, ROW, COLUMN]))
    sizes = (here, here, below, layers.size(l))
    product = proof.step(
        "norm_of_product", chain, row=a, column=c, factors=factors, sizes=sizes,
        note="The Jacobian over one layer more is a product of matrices, and norms of products are at most products of norms:",
    )  # fmt: skip
    one = proof.step("bound_factor", product, diagonal)
    proof.heading("The bound on any number of layers")
    many = proof.step("bound_along_sequence", one, index=s, note="By induction on the number of layers passed,")
    proof.heading("Biases and weights of an early layer")
    near = layers.size(l)
    slope = layers.activation_slope(l, p)
    own = proof.step("norm_of_diagonal", limit, entry=slope, row=p, size=near)
    whole = matrix_of(h.F[l, s, ROW, COLUMN])
    bias = names["by_bias"].head(l, s, a, c)
    definition = proof.step(
        "define", left=bias, right=Sum(h.F[l, s, a, p] * slope * KroneckerDelta(p, c), (p, 1, near)),
        note="The biases of layer $l$ reach the outputs $k$ layers on through",
    )  # fmt: skip
    top = layers.size(l + s)
    diagonal_here = _diagonal(slope, p)
    by_bias = proof.step("norm_of_product", definition, row=a, column=c, factors=(whole, diagonal_here), sizes=(top, near, near))
    by_bias = proof.step("bound_factor", proof.step("bound_factor", by_bias, own), many, note="so that")
    moved = names["by_weights"].head(l, s, a, c)
    direction = Sum(Sum(h.F[l, s, a, p] * slope * V[p, q_] * h.y[l - 1, q_], (q_, 1, layers.size(l - 1))), (p, 1, near))
    weights = proof.step(
        "define", left=moved, right=direction * KroneckerDelta(c, 1),
        note="and the weights of layer $l$, moved in a direction $V$, through the inputs of that layer (a matrix of one column):",
    )  # fmt: skip
    column = matrix_of(h.y[l - 1, ROW] * KroneckerDelta(COLUMN, 1))
    by_weights = proof.step(
        "norm_of_product", weights, row=a, column=c, factors=(whole, diagonal_here, matrix_of(V[ROW, COLUMN]), column),
        sizes=(top, near, near, layers.size(l - 1), Integer(1)),
    )  # fmt: skip
    by_weights = proof.step("bound_factor", proof.step("bound_factor", by_weights, own), many, note="so that")
    made = proof.done(
        "backprop/vanishing", "Vanishing and exploding gradients",
        "The norm of the Jacobian over many layers is at most a product of one factor a layer: the largest "
        "slope of the activation times "
        "the norm of the weights.",
        Kind.BOUND, (many, by_bias, by_weights),
        "A small $\\lVert A_j \\rVert$ anywhere between, or saturated units ($\\sigma'(z_j)$ near 0), make the "
        "gradient by every earlier "
        "layer small. Factors above 1 are necessary for gradients that explode with depth, and not sufficient: "
        "the bound is one from above.", checks=(norms_within_bounds,),
    )  # fmt: skip
    return VanishingDerivation(**{field: getattr(made, field) for field in made.__dataclass_fields__})


def _diagonal(entry: Expr, row: Symbol) -> Expr:
    return matrix_of(substitute(entry, {row: ROW}) * KroneckerDelta(ROW, COLUMN))
