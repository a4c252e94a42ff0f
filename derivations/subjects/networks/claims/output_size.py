"""Output sizes in three views: exact by residue class, continuous, and the gap between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, scalar, size
from numeric.domains import NATURAL, REAL

_SIZES = (size("F", "rows and columns of a kernel"), size("S", "stride"))
DECLARED = Declarations(
    (
        *_SIZES,
        scalar("P", "P", "zeros at each end", NATURAL),
        scalar("q", "q", "whole strides that fit", NATURAL),
        scalar("r", "r", "remainder, less than the stride", NATURAL),
        scalar("W", "W", "length of the input", REAL),
        scalar("exact", r"W'", "positions of the window", REAL),
        scalar("relaxed", r"\tilde{{W}}'", "positions in the continuous relaxation", REAL),
        scalar("gap", r"\Delta", "relaxation minus exact number", REAL),
    )
)


@cache
def output_size() -> Derivation:
    """W' = (W − F + 2P − r)/S + 1 on the residue class r; the relaxation is too large by r/S."""
    F, S, P, q, r, W, exact, relaxed, gap = (DECLARED[n].head for n in ("F", "S", "P", "q", "r", "W", "exact", "relaxed", "gap"))
    proof = Proof(DECLARED)
    proof.step(
        "given", left=W, right=S * q + r + F - 2 * P,
        note="Write the room of the window as whole strides and a remainder $0 \\le r < S$, so that",
    )  # fmt: skip
    start = proof.step("define", left=exact, right=q + 1, note="The window stands at $0, S, …, qS$, so the positions are")
    by_class = proof.step(
        "rearrange", start, to=(W - F + 2 * P - r) / S + 1, note="On the class of sizes with this remainder, without a floor:"
    )
    relaxation = proof.step("define", left=relaxed, right=(W - F + 2 * P) / S + 1, note="The continuous relaxation is")
    difference = proof.step("define", left=gap, right=relaxed - exact, note="It differs from the exact number by")
    end = proof.step("rearrange", difference, to=r / S)
    return proof.done(
        "network/output-size",
        "Output size: exact, by residue class, relaxed",
        "The floor in the output size is a remainder taken off: exact on every residue class of the room modulo the stride.",
        Kind.IDENTITY,
        (by_class, relaxation, end),
        "The exact size is a polynomial on each residue class, and below the relaxation by the remainder over the stride.",
    )


ENTRIES: dict[str, Callable[[], Derivation]] = {"network/output-size": output_size}
