"""The two forms of momentum: equal by induction for a constant step, apart for a schedule; unrolled."""

from __future__ import annotations

from functools import cache

from sympy import Expr, Integer, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, function, index, scalar, sequence, size
from derivations.subjects.optimisers.checks import forms_run, unrolled_runs
from numeric.domains import UNIT_INTERVAL

_STEPS = size("T", "number of steps")
T = _STEPS.head
_TIMES = (_STEPS, index("k", T, "step", lower=0), index("j", T, "earlier step", lower=0))
_RATE = scalar("alpha", r"\alpha", "step size", POSITIVE)
_SCHEDULE = sequence("alpha", (T,), r"\alpha^{{({0})}}", "step size at step k", domain=POSITIVE)
_COMMON = (
    scalar("beta", r"\beta", "momentum"),
    scalar("start", r"\theta_0", "starting point"),
    sequence("theta", (T,), r"\theta^{{({0})}}", "iterate of Form I", start=-1),
    sequence("w", (T,), r"\tilde{{\theta}}^{{({0})}}", "iterate of Form II"),
    sequence("v", (T,), r"v^{{({0})}}", "velocity of Form II"),
    function("g", r"g_{{{0}}}({1})", "gradient at step k, an arbitrary function of the point"),
)


def _forms(rate: Expr, names: Declarations, proof: Proof, step: Expr) -> None:
    """Both forms with their initial conditions as premises; `rate` is the coefficient at step k."""
    k, beta, start, theta, w, v, g = (names[n].head for n in ("k", "beta", "start", "theta", "w", "v", "g"))
    proof.heading("Form I")
    proof.step("initial", left=theta[0], right=start, note="Form I starts at")
    proof.step("initial", left=theta[-1], right=theta[0], note="and without a velocity, which is said by")
    proof.step(
        "recurrence", left=theta[k + 1], right=theta[k] - rate * g(k, theta[k]) + beta * (theta[k] - theta[k - 1]), index=k,
        note="Every further step is",
    )  # fmt: skip
    proof.heading("Form II")
    proof.step("initial", left=w[0], right=start, note="Form II starts at the same point,")
    proof.step("initial", left=v[0], right=Integer(0), note="with the velocity")
    proof.step("recurrence", left=v[k + 1], right=g(k, w[k]) + beta * v[k], index=k, note="Every further step is")
    proof.step("recurrence", left=w[k + 1], right=w[k] - rate * v[k + 1], index=k)


@cache
def forms_equivalent() -> Derivation:
    """θ of Form I equals θ̃ of Form II at every step, with v = (θ⁻ − θ)/α."""
    names = Declarations((*_TIMES, _RATE, *_COMMON))
    k, alpha, theta, w, v = (names[n].head for n in ("k", "alpha", "theta", "w", "v"))
    proof = Proof(names)
    _forms(alpha, names, proof, k)
    proof.heading("Induction over the steps")
    positions = proof.by_induction(
        k, ((w[k], theta[k]), (v[k], (theta[k - 1] - theta[k]) / alpha)), numbers=(1, 2),
        note="Both claims hold at step 0 and pass from each step to the next, so that for all k",
    )  # fmt: skip
    return proof.done(
        "momentum/forms-equivalent",
        "The two forms of momentum",
        "Heavy ball written with the last two iterates and written with a velocity are one method, as long as the step size "
        "is constant and both start without velocity.",
        Kind.EQUIVALENT,
        positions,
        "Both forms make the same iterates for every objective; the velocity is the last step divided by minus the step "
        "size. The gradients are equal because they are taken at equal points.",
        checks=(forms_run,),
    )


@cache
def varying_step() -> Derivation:
    """With a step size that changes the two forms part at the second step by β·g⁰·(α¹ − α⁰)."""
    names = Declarations((*_TIMES, _SCHEDULE, *_COMMON, scalar("gap", r"\Delta", "difference after two steps")))
    k, alpha, beta, start, theta, w, g, gap = (names[n].head for n in ("k", "alpha", "beta", "start", "theta", "w", "g", "gap"))
    proof = Proof(names)
    _forms(alpha[k], names, proof, k)
    proof.heading("The first two steps")
    proof.step("base_case", index=k, left=w[k + 1], right=theta[k + 1], note="After one step they still agree:")
    second = proof.step("define", left=gap, right=theta[2] - w[2], note="After two steps they differ by")
    end = proof.step(
        "rearrange",
        second,
        to=beta * g(0, start) * (alpha[1] - alpha[0]),
        note="which is, with both recurrences put in,",
    )
    return proof.done(
        "momentum/varying-step",
        "The two forms of momentum under a schedule",
        "As soon as the step size changes from one step to the next the two forms of momentum are different methods.",
        Kind.NOT_EQUIVALENT,
        (end,),
        "The forms part at the second step, by the momentum times the first gradient times the change of the step size. "
        "With β = 1/2, g = 1 and step sizes 1, 1/2 the iterates are −5/4 (velocity) and −1 (two iterates) when the second "
        "gradient is 0 and both start at 0.",
    )


@cache
def unrolled() -> Derivation:
    """vᵏ and θᵏ as weighted sums of all gradients so far."""
    names = Declarations(
        (
            *_TIMES, _RATE, scalar("beta", r"\beta", "momentum", UNIT_INTERVAL), scalar("start", r"\theta_0", "starting point"),
            sequence("theta", (T,), r"\theta^{{({0})}}", "iterate"), sequence("v", (T,), r"v^{{({0})}}", "velocity"),
            sequence("g", (T,), r"g^{{({0})}}", "gradient at step k"),
        )
    )  # fmt: skip
    k, j, alpha, beta, start, theta, v, g = (names[n].head for n in ("k", "j", "alpha", "beta", "start", "theta", "v", "g"))
    proof = Proof(names)
    proof.heading("The method")
    proof.step("initial", left=v[0], right=Integer(0))
    proof.step("initial", left=theta[0], right=start)
    proof.step("recurrence", left=v[k + 1], right=g[k] + beta * v[k], index=k)
    proof.step("recurrence", left=theta[k + 1], right=theta[k] - alpha * v[k + 1], index=k)
    proof.heading("Unrolled")
    velocity = Sum(beta ** (k - 1 - j) * g[j], (j, 0, k - 1))
    weights = (1 - beta ** (k - j)) / (1 - beta)
    positions = proof.by_induction(
        k, ((v[k], velocity), (theta[k], start - alpha * Sum(weights * g[j], (j, 0, k - 1)))), numbers=(1, 2),
        note="Both hold at step 0, where the sums are empty, and pass on from each step to the next:",
    )  # fmt: skip
    return proof.done(
        "momentum/unrolled",
        "Momentum unrolled",
        "The velocity is a sum of all gradients so far with weights that decay geometrically; the iterate weighs each gradient "
        "by what its effect has added up to.",
        Kind.IDENTITY,
        positions,
        "Each gradient acts with weight α(1 − βᵏ⁻ʲ)/(1 − β): at first α, in the end α/(1 − β).",
        checks=(unrolled_runs,),
    )
