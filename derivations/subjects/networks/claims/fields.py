"""Receptive fields for a symbolic number of layers: the closed forms, from the one-layer recursion by induction."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sympy import Expr, Integer, Product, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, array, function, index, scalar, sequence, size
from numeric.domains import INTEGER, NATURAL, SIZE

_DEPTH = size("L", "number of layers")
L = _DEPTH.head
DECLARED = Declarations(
    (
        _DEPTH,
        index("l", L, "layer", lower=0),
        index("i", L, "layer"),
        index("j", L, "layer"),
        array("s", (L,), "s_{{{0}}}", "stride of a layer", SIZE),
        array("k", (L,), "k_{{{0}}}", "taps of a layer, dilation included", SIZE),
        array("p", (L,), "p_{{{0}}}", "zeros before the input of a layer", NATURAL),
        sequence("J", (L,), "J_{{{0}}}", "distance of neighbours after a layer, in inputs", domain=SIZE),
        sequence("R", (L,), "R_{{{0}}}", "size of the receptive field after a layer"),
        sequence("Q", (L,), "Q_{{{0}}}", "how far the field of position 0 reaches out on the left"),
        sequence("V", (L,), "V_{{{0}}}", "how far the field of position 0 reaches to the right"),
        scalar("u", "u", "position in the output of the last layer", INTEGER),
        scalar("v", "v", "position in the output of the last layer", INTEGER),
        function("first", "u_0^{{({0})}}({1})", "first input that a position sees through so many layers"),
        function("last", "v_0^{{({0})}}({1})", "last input that a position sees through so many layers"),
        function("first_below", r"\hat{{u}}_0^{{({0})}}({1})", "first input, one layer taken on its own"),
        function("last_below", r"\hat{{v}}_0^{{({0})}}({1})", "last input, one layer taken on its own"),
    )
)
depth, i, j, s, k, p, J, R, Q, V, u, v, first, last, first_below, last_below = (
    entry.head for entry in DECLARED if entry is not _DEPTH
)


def spacing(upper: Expr) -> Expr:
    """The product of the strides of the layers 1..upper."""
    return Product(s[i], (i, 1, upper))


def _sum(body: Expr) -> Expr:
    return Sum(body * spacing(j - 1), (j, 1, depth))


CLOSED = {
    "J": (J[depth], spacing(depth)),
    "R": (R[depth], 1 + _sum(k[j] - 1)),
    "Q": (Q[depth], _sum(p[j])),
    "V": (V[depth], _sum(k[j] - 1 - p[j])),
}
_RECURSIONS = {
    "J": (Integer(1), J[depth] * s[depth + 1], "Neighbours move apart by the stride of each layer:"),
    "R": (Integer(1), R[depth] + (k[depth + 1] - 1) * J[depth], "A layer of $k$ taps reads $k - 1$ further neighbours below it:"),
    "Q": (Integer(0), Q[depth] + p[depth + 1] * J[depth], "Padding moves the first tap of position 0 to the left:"),
    "V": (Integer(0), V[depth] + (k[depth + 1] - 1 - p[depth + 1]) * J[depth], "and its last tap less far to the right:"),
}


def _sequences(proof: Proof, names: str) -> None:
    for name in names:
        entry = DECLARED[name].head
        start, following, note = _RECURSIONS[name]
        proof.step("initial", left=entry[0], right=start)
        proof.step("recurrence", left=entry[depth + 1], right=following, index=depth, note=note)


def _closed(proof: Proof, names: str) -> tuple[int, ...]:
    claims = [CLOSED[name] for name in names]
    return proof.by_induction(depth, claims, numbers=range(1, len(claims) + 1), note="For every depth, then,")


@cache
def receptive_field_size() -> Derivation:
    """R_L = 1 + Σ_l (k_l − 1)·∏_{i<l} s_i."""
    proof = Proof(DECLARED)
    proof.heading("The one-layer recursion")
    _sequences(proof, "JR")
    proof.heading("The closed forms, by induction")
    ends = _closed(proof, "JR")
    return proof.done(
        "network/receptive-field-size",
        "Size of the receptive field for any depth",
        "Each layer adds its taps but one, at the distance that the strides below it have made.",
        Kind.IDENTITY,
        ends,
        "Size and effective stride are sums and products over the layers.",
    )


@cache
def receptive_field_interval() -> Derivation:
    """u₀ = u·∏s − Σ p_l ∏_{i<l} s_i and v₀ = v·∏s − Σ (1 + p_l − k_l) ∏_{i<l} s_i."""
    proof = Proof(DECLARED)
    proof.heading("The one-layer recursion")
    _sequences(proof, "JQV")
    proof.heading("Why it is the right one")
    low = proof.step(
        "define", left=first(depth, u), right=J[depth] * u - Q[depth], note="After $l$ layers position $u$ sees from"
    )
    high = proof.step("define", left=last(depth, v), right=J[depth] * v + V[depth], note="and position $v$ up to")
    bottom, top = s[depth + 1] * u - p[depth + 1], s[depth + 1] * v - p[depth + 1] + k[depth + 1] - 1
    below = proof.step(
        "define", left=first_below(depth, u), right=first(depth, bottom),
        note="A layer on top reads, for position $u$, from $s u - p$ of the layer below:",
    )  # fmt: skip
    above = proof.step(
        "define", left=last_below(depth, v), right=last(depth, top), note="and for position $v$ up to $s v - p + k - 1$:"
    )
    composed = (
        proof.step("rearrange", below, to=first(depth + 1, u), note="which is the field after one layer more:"),
        proof.step("rearrange", above, to=last(depth + 1, v)),
    )
    proof.heading("The closed forms, by induction")
    spacings, lefts, rights = _closed(proof, "JQV")
    ends = (
        proof.step("use_identity", proof.step("use_identity", low, spacings), lefts, note="Hence"),
        proof.step("use_identity", proof.step("use_identity", high, spacings), rights),
    )
    return proof.done(
        "network/receptive-field-interval",
        "First and last input of the receptive field for any depth",
        "The interval of inputs that a position sees is an affine map of the position.",
        Kind.IDENTITY,
        (*composed, *ends),
        "Left and right end are affine in the position, with the product of the strides as slope.",
    )


ENTRIES: dict[str, Callable[[], Derivation]] = {
    "network/receptive-field-size": receptive_field_size,
    "network/receptive-field-interval": receptive_field_interval,
}
