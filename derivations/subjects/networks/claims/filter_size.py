"""Connections of a convolution as a function of its filter size: derivative, critical points, the one maximum."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sympy import Derivative, Expr

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, function, scalar, size
from numeric.domains import NATURAL

_SIZES = (size("W", "length of the input"), size("S", "stride"), size("C", "channels in"), size("M", "kernels"))
DECLARED = Declarations(
    (
        *_SIZES,
        scalar("P", "P", "zeros at each end", NATURAL),
        scalar("F", "F", "filter size, taken as a real number", POSITIVE),
        scalar("A", "A", "W + 2P + S", POSITIVE),
        function("connections", "n", "connections in the continuous relaxation"),
        function("cost", "m", "the connections with the other sign, to be minimised"),
        scalar("elasticity", r"\varepsilon_F", "per cent of change in connections for a per cent of change in F"),
    )
)
W, S, C, M, P, F, A, connections, cost, elasticity = (entry.head for entry in DECLARED)


def relaxed_connections() -> Expr:
    """C(F) = C·M·F²·((W − F + 2P)/S + 1)²."""
    return C * M * F**2 * ((W - F + 2 * P) / S + 1) ** 2


def _slope(proof: Proof) -> int:
    """The derivative in factored form; A and C(F) are defined on the way."""
    proof.step("define", left=A, right=W + 2 * P + S, note="Let")
    start = proof.step(
        "define", left=connections(F), right=relaxed_connections(),
        note="Without the floor, the output has $(W-F+2P)/S+1$ rows and columns, and there are as many connections as",
    )  # fmt: skip
    short = proof.step("rearrange", start, to=C * M * F**2 * (A - F) ** 2 / S**2)
    slope = proof.step("differentiate", short, variable=F)
    return proof.step("rearrange", slope, to=2 * C * M * F * (A - F) * (A - 2 * F) / S**2, note="In factors:")


@cache
def by_filter_size() -> Derivation:
    """C'(F) ∝ F(A − F)(A − 2F): zero at 0, A/2 and A; on 0 < F < A the one and only maximum is at A/2."""
    proof = Proof(DECLARED)
    _slope(proof)
    proof.heading("The maximum between 0 and A")
    proof.step("assume", positive=A - F, note="Between the outer critical points:")
    opposite = proof.step("define", left=cost(F), right=-connections(F))
    opposite = proof.step("unfold_definition", opposite, name="connections")
    opposite = proof.step("rearrange", opposite, to=-C * M * F**2 * (A - F) ** 2 / S**2)
    score = proof.step("differentiate", opposite, variable=F)
    factor = 4 * C * M * F * (A - F) / S**2
    score = proof.step("rearrange", score, to=factor * (F - A / 2))
    zero = proof.step("set_to_zero", score)
    linear = proof.step("multiply_both_sides", zero, factor=1 / factor)
    solved = proof.step("isolate", linear, unknown=F)
    maximum = proof.step(
        "minimum_by_sign", score, solved, factor=factor,
        note="The derivative changes its sign once, so the connections have their one maximum there:",
    )  # fmt: skip
    return proof.done(
        "network/connections-by-filter-size",
        "Connections of a convolution by filter size",
        "In the continuous relaxation the derivative of the connections is a product of three linear factors: the number "
        "rises up to half of A = W + 2P + S and falls after it.",
        Kind.UNIQUE_MAXIMUM,
        (maximum,),
        "Of the critical points 0, A/2 and A the middle one is the maximum. At the two others the connections, a square, are "
        "zero and least.",
    )


@cache
def filter_elasticity() -> Derivation:
    """ε_F = F·C'(F)/C(F) = 2(A − 2F)/(A − F)."""
    proof = Proof(DECLARED)
    slope = _slope(proof)
    proof.step("assume", positive=A - F, note="For filters that leave room for an output:")
    start = proof.step(
        "define", left=elasticity, right=F * Derivative(connections(F), F) / connections(F),
        note="A change of one per cent in F changes the connections by so many per cent:",
    )  # fmt: skip
    end = proof.step("rearrange", start, to=2 * (A - 2 * F) / (A - F))
    return proof.done(
        "network/elasticity-filter-size",
        "Elasticity of the connections with respect to the filter size",
        "The elasticity falls from 2 for small filters through 0 at the maximum A/2.",
        Kind.IDENTITY,
        (slope, end),
        "Small filters: quadratic growth. At A/2 a larger filter no longer adds connections.",
    )


ENTRIES: dict[str, Callable[[], Derivation]] = {
    "network/connections-by-filter-size": by_filter_size,
    "network/elasticity-filter-size": filter_elasticity,
}
