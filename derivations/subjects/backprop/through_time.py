"""Backpropagation through time: weights shared by all steps collect a term from each."""

from __future__ import annotations

from functools import cache

from sympy import KroneckerDelta, Sum, Symbol

from derivations.core.derivation import Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declaration, index
from derivations.subjects.backprop.checking import collected_against_complex_step
from derivations.subjects.backprop.network import L, Layers, W, a, c, k, l, p, s
from derivations.subjects.backprop.recursion import BackpropDerivation, gradients_of_outputs, jacobians
from numeric.domains import REAL

SHARED = Layers(shared=True)
d = Symbol("d", integer=True, positive=True)
_MORE = (
    index("d", W, "entry of a column"),
    Declaration("C", REAL, (L, L, W, W), r"C^{{({0},{1})}}_{{{2}{3}}}", "∂ℓ/∂A by the steps after l, when k of them follow",
                starts=(0, 0, 1, 1)),
)  # fmt: skip


@cache
def through_time() -> BackpropDerivation:
    """C[l, k] = C[l+1, k−1] + δ[l+1, k−1] y[l]ᵀ: going back, each step adds one term to the gradient of the shared weights."""
    h, names = SHARED.heads, SHARED.declarations.extended(*_MORE)
    C = names["C"].head
    proof = Proof(names)
    SHARED.forward(proof)
    jacobians(proof, SHARED)
    weight = h.A[p, d]
    proof.heading("How the outputs move with the shared weights")
    proof.step(
        "start_of_sensitivity", left=h.T[l, 0, a, p, d], of=h.y[l, a], parameter=weight,
        note="Write $T$ for the derivative of the outputs $k$ steps on by the weights, the outputs of step $l$ "
        "held fixed. It begins with",
    )  # fmt: skip
    at = l + s + 1
    through = Sum(SHARED.slope(at, a, c) * h.T[l, s, c, p, d], (c, 1, W))
    own = SHARED.activation_slope(at, a) * KroneckerDelta(a, p) * h.y[l + s, d]
    proof.step(
        "chain_rule_in_parameter", left=h.T[l, s + 1, a, p, d], of=h.y[at, a], parameter=weight, index=s, start=l, upper=W,
        to=through + own, note="and every step passes on what came before and adds its own use of the weights:",
    )  # fmt: skip
    proof.step(
        "define", left=C[l, s, p, d], right=Sum(h.out[l + s, a] * h.T[l, s, a, p, d], (a, 1, W)),
        note="The part of the gradient that the steps after $l$ are responsible for is",
    )  # fmt: skip
    outputs = gradients_of_outputs(proof, SHARED)
    proof.heading("The gradient of the shared weights")
    first_use = SHARED.activation_slope(l + 1, p) * h.y[l, d]
    moved = h.T[l + 1, k - 1, a, p, d] + h.F[l + 1, k - 1, a, p] * first_use
    claims = [(h.T[l, k, a, p, d], moved), (C[l, k, p, d], C[l + 1, k - 1, p, d] + h.delta[l + 1, k - 1, p] * h.y[l, d])]
    (collected,) = proof.by_induction(k, claims, numbers=(2,), note="Taking the first of the steps away,")
    made = proof.done(
        "backprop/through-time", "Backpropagation through time",
        "The recursion is that of a feed-forward network; the gradient of weights that all steps share is "
        "collected on the way back.",
        Kind.IDENTITY, (*outputs[1:], collected),
        "$\\partial \\ell / \\partial A = \\sum_t \\delta_t \\, y_{t-1}^{\\top}$: each step on the way back "
        "adds one product to the gradient of the "
        "shared weights.",
    )  # fmt: skip
    fields = {field: getattr(made, field) for field in made.__dataclass_fields__}
    return BackpropDerivation(**fields | {"checks": (collected_against_complex_step,)}, layers=SHARED)
