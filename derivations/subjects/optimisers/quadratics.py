"""Heavy ball and gradient descent on quadratics: the eigenvalues, the best coefficients, and that none are better."""

from __future__ import annotations

from functools import cache

from sympy import Integer, sqrt

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declaration, Declarations, function, index, scalar, sequence, size
from derivations.subjects.optimisers.checks import descent_rates, quadratic_rates
from numeric.domains import NONNEGATIVE, UNIT_INTERVAL

_STEPS = size("T", "number of steps")
_COMMON: tuple[Declaration, ...] = (
    _STEPS,
    index("k", _STEPS.head, "step", lower=0),
    sequence("theta", (_STEPS.head,), r"\theta^{{({0})}}", "coordinate of the iterate along an eigenvector", start=-1),
    scalar("alpha", r"\alpha", "step size", POSITIVE),
    scalar("s", "s", "what the curvature exceeds the smallest one by", NONNEGATIVE),
    scalar("u", "u", "what the largest curvature exceeds this one by", NONNEGATIVE),
    scalar("low", "m", "smallest curvature", POSITIVE),
    scalar("high", "L", "largest curvature", POSITIVE),
    scalar("rho", r"\rho", "a rate below one", UNIT_INTERVAL),
    scalar("slack", r"\delta", "margin at the smallest curvature", NONNEGATIVE),
    scalar("slack2", r"\varepsilon", "margin at the largest curvature", NONNEGATIVE),
    scalar("least", r"m_\rho", "smallest curvature for which the rate holds"),
    scalar("most", r"L_\rho", "largest curvature for which the rate holds"),
    scalar("kappa", r"\kappa", "condition number for which the rate holds"),
)  # fmt: skip


@cache
def heavy_ball_on_quadratics() -> Derivation:
    """√β = (√κ − 1)/(√κ + 1) and α = 4/(√L + √m)² give heavy ball the least spectral radius on curvatures in [m, L]."""
    names = Declarations((*_COMMON, *_HEAVY))
    proof = Proof(names)
    roots = _roots(proof, names)
    bound = _at_the_best(proof, names)
    none_better, reached = _no_better(proof, names)
    return proof.done(
        "momentum/quadratic-convergence",
        "Heavy ball on quadratics",
        "With the best step size and momentum all eigenvalues of the iteration have one modulus, √β, and with no other "
        "coefficients is the largest modulus smaller.",
        Kind.BOUND,
        (roots, bound, none_better, reached),
        "With α = 4/(√L + √m)² and √β = r = (√κ − 1)/(√κ + 1), where κ = L/m, the trace is at most 2r in absolute value for "
        "every curvature between m and L, so that all eigenvalues have the modulus r; a rate ρ is possible only for "
        "κ ≤ ((1 + ρ)/(1 − ρ))², which is ρ ≥ r.",
        checks=(quadratic_rates,),
    )


_HEAVY: tuple[Declaration, ...] = (
    scalar("lam", r"\lambda", "curvature", POSITIVE),
    scalar("beta", r"\beta", "momentum"),
    scalar("z", "z", "any number"),
    function("tau", r"\tau({0})", "trace of the iteration"),
    function("p", "p({0}; {1})", "characteristic polynomial of the iteration"),
    scalar("real", "a", "real part of a complex eigenvalue"),
    scalar("imaginary", "c", "imaginary part of a complex eigenvalue, if there is one"),
    scalar("square", "C", "square of the imaginary part"),
    scalar("at_real", r"\operatorname{{Re}} p", "real part of the polynomial at a + ic"),
    scalar("at_imaginary", r"\operatorname{{Im}} p", "imaginary part of the polynomial at a + ic"),
    scalar("modulus", "M", "squared modulus of a complex eigenvalue"),
    scalar("disc", "D", "discriminant"),
    scalar("h", "h", "root of the largest curvature", POSITIVE),
    scalar("ell", r"\ell", "root of the smallest curvature", POSITIVE),
    scalar("r", "r", "the best rate"),
    scalar("best", r"\hat{{\alpha}}", "the best step size"),
    scalar("trace", r"\hat{{\tau}}", "trace at the best coefficients"),
    scalar("first", "z_1", "a real eigenvalue"),
    scalar("second", "z_2", "the other real eigenvalue"),
    scalar("right", "P_1", "the polynomial at the rate, by its real roots"),
    scalar("left", "P_2", "the polynomial at minus the rate, by its real roots"),
    scalar("right2", "P_3", "the polynomial at the rate, by its complex roots"),
    scalar("left2", "P_4", "the polynomial at minus the rate, by its complex roots"),
    scalar("part", "x", "real part of a complex eigenvalue"),
    scalar("height", "y", "imaginary part of a complex eigenvalue"),
    scalar("e", "e", "margin of the product of the eigenvalues", NONNEGATIVE),
    scalar("product", r"\beta_\rho", "product of the eigenvalues when none exceeds the rate"),
    scalar("at_least", "P_5", "the polynomial at the rate for the smallest curvature"),
    scalar("at_most", "P_6", "the polynomial at minus the rate for the largest curvature"),
    scalar("ratio", r"\hat{{\kappa}}", "condition number at the best coefficients"),
)  # fmt: skip


def _roots(proof: Proof, names: Declarations) -> int:
    """The characteristic polynomial; its complex roots, their modulus, and when there are any."""
    k, theta, alpha, beta, lam, z, tau, p = (names[n].head for n in ("k", "theta", "alpha", "beta", "lam", "z", "tau", "p"))
    a, c, square = (names[n].head for n in ("real", "imaginary", "square"))
    re, im, modulus, disc = (names[n].head for n in ("at_real", "at_imaginary", "modulus", "disc"))
    proof.heading("The iteration on a quadratic")
    proof.step("define", left=tau(lam), right=1 + beta - alpha * lam, note="For the curvature λ let")
    begun = proof.step(
        "recurrence", left=theta[k + 1], right=theta[k] - alpha * (lam * theta[k]) + beta * (theta[k] - theta[k - 1]), index=k,
        note="Along an eigenvector of the Hessian with this curvature the gradient is λθ, and a step of heavy ball is",
    )  # fmt: skip
    proof.step("rearrange", begun, to=tau(lam) * theta[k] - beta * theta[k - 1], note="which is")
    start = proof.step(
        "define", left=p(z, lam), right=(tau(lam) - z) * (0 - z) + beta,
        note="The matrix with the rows (τ, −β) and (1, 0) takes (θᵏ, θᵏ⁻¹) to (θᵏ⁺¹, θᵏ); its characteristic polynomial is",
    )  # fmt: skip
    proof.step("rearrange", start, to=z**2 - tau(lam) * z + beta, note="that is")
    proof.heading("Complex eigenvalues")
    proof.step("define", left=a, right=tau(lam) / 2, note="Where τ² ≤ 4β, let")
    note = "and let c be a number with the square C, which is not negative there,"
    proof.step("define", left=square, right=beta - tau(lam) ** 2 / 4, note=note)
    for name, value, note in (
        (re, a**2 - square - tau(lam) * a + beta, "The polynomial vanishes at a + ic, and at a − ic: its real part is"),
        (im, 2 * a * c - tau(lam) * c, "its imaginary part"),
    ):
        there = proof.step("define", left=name, right=value, note=note)
        proof.step("rearrange", there, to=Integer(0))
    squared = proof.step("define", left=modulus, right=a**2 + square, note="The squared modulus of both is")
    size_of = proof.step("rearrange", squared, to=beta, note="which is their product, whatever the curvature:")
    found = proof.step("define", left=disc, right=tau(lam) ** 2 - 4 * beta, note="The discriminant")
    proof.step(
        "rearrange", found, to=(beta - (1 - sqrt(alpha * lam)) ** 2) * (beta - (1 + sqrt(alpha * lam)) ** 2),
        note="is not positive exactly where β lies between (1 − √(αλ))² and (1 + √(αλ))²:",
    )  # fmt: skip
    return size_of


def _at_the_best(proof: Proof, names: Declarations) -> int:
    """At the best coefficients the trace is at most 2√β in absolute value for every curvature between the extremes."""
    s, u, low, h, ell, r, best, trace = (names[n].head for n in ("s", "u", "low", "h", "ell", "r", "best", "trace"))
    proof.heading("The best coefficients")
    proof.step("define", left=ell, right=sqrt(low), note="A curvature between m and L is m + s, where L = m + s + u. Let")
    proof.step("define", left=h, right=sqrt(low + s + u))
    proof.step("define", left=r, right=(h - ell) / (h + ell), note="and let the square root of the momentum be")
    proof.step("define", left=best, right=4 / (h + ell) ** 2, note="and the step size")
    there = proof.step("define", left=trace, right=1 + r**2 - best * (low + s), note="The trace at curvature m + s is")
    return proof.step(
        "bound_by_sign", there, bound=2 * r, above=best * s, below=best * u,
        note="and 2r − τ is 4s/(h + ℓ)², 2r + τ is 4u/(h + ℓ)², so that all eigenvalues are complex, or double:",
    )  # fmt: skip


def _no_better(proof: Proof, names: Declarations) -> tuple[int, int]:
    """Eigenvalues of modulus ρ at most for m and L limit the condition number."""
    alpha, rho, e = (names[n].head for n in ("alpha", "rho", "e"))
    z, w, x, y = (names[n].head for n in ("first", "second", "part", "height"))
    proof.heading("No coefficients do better")
    one = "Two real eigenvalues z₁, z₂ of modulus at most ρ make the polynomial at ρ and at −ρ not negative:"
    two = "so do two complex ones x ± iy, whose sum is 2x and whose product is x² + y²:"
    cases = (("right", 1, z + w, z * w, (rho - z) * (rho - w), one), ("left", -1, z + w, z * w, (rho + z) * (rho + w), ""),
             ("right2", 1, 2 * x, x**2 + y**2, (rho - x) ** 2 + y**2, two),
             ("left2", -1, 2 * x, x**2 + y**2, (rho + x) ** 2 + y**2, ""))  # fmt: skip
    for name, sign, total, product, factored, note in cases:
        there = proof.step("define", left=names[name].head, right=rho**2 - sign * total * rho + product, note=note)
        proof.step("rearrange", there, to=factored)
    product, least, most, kappa = (names[n].head for n in ("product", "least", "most", "kappa"))
    p, q = names["slack"].head, names["slack2"].head
    proof.step(
        "define", left=product, right=rho * (rho - (1 - rho) * e),
        note="Their product is at most ρ². Hence, with margins e, δ, ε that are not negative, it is",
    )  # fmt: skip
    lowest = (1 - rho) ** 2 * (1 + e) * (1 + p) / alpha
    proof.step("define", left=least, right=lowest, note="the smallest curvature is")
    there = proof.step(
        "define", left=names["at_least"].head, right=rho**2 - (1 + product - alpha * least) * rho + product,
        note="for which the polynomial at ρ",
    )  # fmt: skip
    proof.step("rearrange", there, to=rho * (1 - rho) ** 2 * (1 + e) * p, note="is not negative:")
    upper = (1 + rho) * (1 + rho - (1 - rho) * e) - q
    proof.step("assume", positive=upper, note="The largest curvature, which is positive,")
    proof.step("define", left=most, right=upper / alpha, note="is")
    there = proof.step(
        "define", left=names["at_most"].head, right=rho**2 + (1 + product - alpha * most) * rho + product,
        note="for which the polynomial at −ρ",
    )  # fmt: skip
    proof.step("rearrange", there, to=rho * q, note="is not negative:")
    ratio = proof.step("define", left=kappa, right=most / least, note="The quotient of the two")
    limit = ((1 + rho) / (1 - rho)) ** 2
    limited = proof.step(
        "bound_by_sign", ratio, bound=limit,
        above=((1 + rho) ** 2 * (e + p + e * p) + (1 + rho) * (1 - rho) * e + q) / (alpha * least),
        below=limit + upper / (alpha * least), note="is limited by",
    )  # fmt: skip
    h, ell, r, star = (names[n].head for n in ("h", "ell", "r", "ratio"))
    reached = proof.step("define", left=star, right=h**2 / ell**2, note="At the best coefficients the limit is reached: there")
    return limited, proof.step("rearrange", reached, to=((1 + r) / (1 - r)) ** 2)


@cache
def gradient_descent_on_quadratics() -> Derivation:
    """α = 2/(L + m) gives gradient descent the least factor (L − m)/(L + m) on curvatures in [m, L]."""
    names = Declarations(
        (
            *_COMMON, scalar("best", r"\hat{{\alpha}}", "the best step size"), scalar("w", "w", "factor of a step"),
            scalar("factor", r"\hat{{w}}", "factor of a step at the best step size"), scalar("lam", r"\lambda", "curvature"),
            scalar("ratio", r"\hat{{\kappa}}", "condition number"), scalar("r", "r", "the best rate"),
        )
    )  # fmt: skip
    k, theta, alpha, lam, s, u, low = (names[n].head for n in ("k", "theta", "alpha", "lam", "s", "u", "low"))
    rho, p, q, least, most, kappa = (names[n].head for n in ("rho", "slack", "slack2", "least", "most", "kappa"))
    best, factor, w, ratio, r = (names[n].head for n in ("best", "factor", "w", "ratio", "r"))
    proof = Proof(names)
    proof.heading("The iteration on a quadratic")
    proof.step("define", left=lam, right=(1 - w) / alpha, note="Let w be 1 − αλ, which is to say that the curvature is")
    note = "Along an eigenvector of the Hessian with curvature λ a step is"
    proof.step("recurrence", left=theta[k + 1], right=theta[k] - alpha * (lam * theta[k]), index=k, note=note)
    (closed,) = proof.by_induction(k, ((theta[k], w**k * theta[0]),), note="so that every step multiplies it by w:")
    proof.heading("The best step size")
    high = low + s + u
    note = "A curvature between m and L is m + s, where L = m + s + u. With the step size 2/(L + m)"
    proof.step("define", left=best, right=2 / (high + low), note=note)
    there = proof.step("define", left=factor, right=1 - best * (low + s), note="the factor is")
    bounded = proof.step(
        "bound_by_sign", there, bound=(high - low) / (high + low), above=best * s, below=best * u,
        note="It lies between −(L − m)/(L + m) and (L − m)/(L + m):",
    )  # fmt: skip
    proof.heading("No step size does better")
    note = "If |1 − αm| ≤ ρ and |1 − αL| ≤ ρ, then with margins that are not negative the smallest curvature is"
    proof.step("define", left=least, right=(1 - rho) * (1 + p) / alpha, note=note)
    proof.step("assume", positive=1 + rho - q, note="and the largest, which is positive,")
    proof.step("define", left=most, right=(1 + rho - q) / alpha, note="is")
    quotient = proof.step("define", left=kappa, right=most / least)
    limit = (1 + rho) / (1 - rho)
    limited = proof.step(
        "bound_by_sign", quotient, bound=limit, above=((1 + rho) * p + q) / (alpha * least),
        below=limit + (1 + rho - q) / (alpha * least), note="Their quotient is limited by",
    )  # fmt: skip
    proof.step("define", left=r, right=(high - low) / (high + low), note="The limit is reached: with")
    start = proof.step("define", left=ratio, right=high / low)
    end = proof.step("rearrange", start, to=(1 + r) / (1 - r))
    return proof.done(
        "gradient-descent/quadratic-convergence",
        "Gradient descent on quadratics",
        "The step size 2/(L + m) makes the error smaller by (L − m)/(L + m) in each step, and no other does better.",
        Kind.BOUND,
        (closed, bounded, limited, end),
        "With α = 2/(L + m) every step multiplies the error by at most r = (κ − 1)/(κ + 1), where κ = L/m; a rate ρ is "
        "possible only for κ ≤ (1 + ρ)/(1 − ρ), which is ρ ≥ r.",
        checks=(descent_rates,),
    )
