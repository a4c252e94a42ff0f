"""The log-ratio ε = log p − log q and the relative difference (p − q)/p: equal to first order, with bounds."""

from __future__ import annotations

from functools import cache

from sympy import exp, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, function, scalar
from derivations.subjects.information.sampling import ratios_near_one
from numeric.domains import UNIT_INTERVAL

_NAMES = Declarations(
    (
        scalar("p", "p", "probability", UNIT_INTERVAL),
        scalar("q", "q", "another probability", UNIT_INTERVAL),
        scalar("r", "r", "relative difference"),
        scalar("eps", r"\varepsilon", "log-ratio"),
        scalar("x", "x", "ratio q/p", POSITIVE),
        function("f", "f({0})", "how far the logarithm lies below its tangent at 1"),
        scalar("lower", "a", "how much the log-ratio exceeds the relative difference"),
        scalar("upper", "b", "how much the log-ratio falls short of the difference relative to q"),
    )
)


@cache
def log_ratio() -> Derivation:
    """(p−q)/p = 1 − e^{−ε}, its first and second order with bounds on the remainder, and both sides of ε."""
    p, q, r, eps, x, f, lower, upper = (_NAMES[n].head for n in ("p", "q", "r", "eps", "x", "f", "lower", "upper"))
    proof = Proof(_NAMES)
    proof.heading("The relative difference in terms of the log-ratio")
    proof.step("define", left=eps, right=log(p) - log(q), note="Let the log-ratio of two probabilities be")
    start = proof.step("define", left=r, right=(p - q) / p, note="and their relative difference")
    exact = proof.step("rearrange", start, to=1 - exp(-eps), note="Because q/p = e^{−ε}, this is exactly")
    proof.heading("To first and to second order")
    first = proof.step(
        "taylor_remainder", exact, variable=eps, order=2,
        note="The exponential series, cut after the linear term, says that the two agree to first order:",
    )  # fmt: skip
    second = proof.step("taylor_remainder", exact, variable=eps, order=3, note="One term more:")
    proof.heading("Between which values the log-ratio lies")
    tangent = proof.step("define", left=f(x), right=x - 1 - log(x), note="The logarithm lies below its tangent at 1:")
    slope = proof.step("differentiate", tangent, variable=x)
    solved = proof.chain(proof.step("set_to_zero", slope), ("multiply_both_sides", {"factor": x}), ("isolate", {"unknown": x}))
    proof.step(
        "minimum_by_sign", slope, solved, factor=1 / x,
        note="The derivative is a positive multiple of x − 1, so that f has its only minimum at 1, where it is 0; "
        "hence f > 0 for every other x:",
    )  # fmt: skip
    low = proof.step("define", left=lower, right=eps - (p - q) / p, note="The log-ratio exceeds the difference relative to p by")
    proof.step("rearrange", low, to=f(q / p), note="which is not negative,")
    high = proof.step("define", left=upper, right=(p - q) / q - eps, note="and falls short of the difference relative to q by")
    proof.step("rearrange", high, to=f(p / q), note="which is not negative either: (p − q)/p ≤ ε ≤ (p − q)/q.")
    return proof.done(
        "information/log-ratio",
        "The log-ratio and the relative difference",
        "The difference of two log-probabilities is their relative difference to first order; the error is of second order, and "
        "a bound is known.",
        Kind.BOUND,
        (exact, first, second),
        "log p − log q = (p − q)/p + O(ε²), and (p − q)/p = ε − ε²/2 + O(ε³); the log-ratio lies between (p − q)/p and "
        "(p − q)/q.",
        checks=(ratios_near_one,),
    )
