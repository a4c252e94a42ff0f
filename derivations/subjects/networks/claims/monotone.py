"""Connections of a convolution as a function of stride, padding, kernels and channels: each is monotone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from sympy import Expr

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, function, scalar, size

_SIZES = (size("W", "length of the input"), size("F", "rows and columns of a kernel"))
DECLARED = Declarations(
    (
        *_SIZES,
        scalar("P", "P", "zeros at each end, as a real number", POSITIVE),
        scalar("S", "S", "stride, as a real number", POSITIVE),
        scalar("M", "M", "number of kernels, as a real number", POSITIVE),
        scalar("C", "C", "channels that a kernel sees, as a real number", POSITIVE),
        function("connections", "n", "connections in the continuous relaxation"),
    )
)
W, F, P, S, M, C, connections = (entry.head for entry in DECLARED)
ROOM = W - F + 2 * P
PLACES = ROOM / S + 1


@dataclass(frozen=True)
class Dependence:
    """One size: its symbol, the derivative in a form whose sign can be read off, what has to be positive for that."""

    title: str
    symbol: Expr
    slope: Expr
    needs: tuple[Expr, ...]
    sentence: str


DEPENDENCES: dict[str, Dependence] = {
    "stride": Dependence(
        "stride", S, -2 * C * M * F**2 * ROOM * PLACES / S**2, (ROOM, PLACES),
        "A larger stride always means fewer connections, as long as there is room to move.",
    ),
    "padding": Dependence(
        "padding", P, 4 * C * M * F**2 * PLACES / S, (PLACES,), "More padding always means more connections."
    ),
    "kernels": Dependence(
        "number of kernels", M, C * F**2 * PLACES**2, (PLACES,), "Connections are proportional to the number of kernels."
    ),
    "channels": Dependence(
        "number of channels", C, M * F**2 * PLACES**2, (PLACES,), "Connections are proportional to the channels seen."
    ),
}  # fmt: skip


@cache
def by_size(name: str) -> Derivation:
    """∂C/∂size has one sign."""
    case = DEPENDENCES[name]
    proof = Proof(DECLARED)
    for expression in case.needs:
        proof.step("assume", positive=expression, note="The window fits:")
    start = proof.step(
        "define", left=connections(case.symbol), right=C * M * F**2 * PLACES**2,
        note="In the continuous relaxation there are as many connections as",
    )  # fmt: skip
    slope = proof.step("differentiate", start, variable=case.symbol)
    if proof.right(slope) != case.slope:
        slope = proof.step("rearrange", slope, to=case.slope)
    end = proof.step("no_stationary_point", slope, note="All factors have a known sign:")
    return proof.done(
        f"network/connections-by-{name}",
        f"Connections of a convolution by {case.title}",
        "The derivative of the connections has one sign, so there is no largest or smallest value inside the domain.",
        Kind.NO_STATIONARY_POINT,
        (end,),
        case.sentence,
    )


ENTRIES: dict[str, Callable[[], Derivation]] = {f"network/connections-by-{name}": partial(by_size, name) for name in DEPENDENCES}
