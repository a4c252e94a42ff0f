"""KL divergence between two Gaussians, from the mean and the second moment."""

from __future__ import annotations

from functools import cache

from sympy import Rational, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, function, scalar
from derivations.subjects.information.sampling import gaussians_by_sampling

_NAMES = Declarations(
    (
        scalar("x", "x", "a draw from the first Gaussian"),
        scalar("mu1", r"\mu_1", "mean of the first Gaussian"), scalar("mu2", r"\mu_2", "mean of the second Gaussian"),
        scalar("s1", r"\sigma_1", "standard deviation of the first Gaussian", POSITIVE),
        scalar("s2", r"\sigma_2", "standard deviation of the second Gaussian", POSITIVE),
        function("eps", r"\varepsilon({0})", "log-ratio of the densities"),
        scalar("c0", "c_0", "coefficient of 1"), scalar("c1", "c_1", "coefficient of x"),
        scalar("c2", "c_2", "coefficient of x²"),
        scalar("m1", "m_1", "mean of x under the first Gaussian"),
        scalar("m2", "m_2", "second moment of x under the first Gaussian"),
        scalar("kl", r"\mathrm{{KL}}", "divergence of the second Gaussian from the first"),
    )
)  # fmt: skip


@cache
def kl_gaussians() -> Derivation:
    """KL = log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²)/(2σ₂²) − 1/2."""
    x, mu1, mu2, s1, s2, eps, c0, c1, c2, m1, m2, kl = (
        _NAMES[n].head for n in ("x", "mu1", "mu2", "s1", "s2", "eps", "c0", "c1", "c2", "m1", "m2", "kl")
    )
    proof = Proof(_NAMES)
    proof.heading("The log-ratio is a quadratic")
    proof.step(
        "define", left=c0, right=log(s2) - log(s1) - mu1**2 / (2 * s1**2) + mu2**2 / (2 * s2**2), note="With the coefficients"
    )
    proof.step("define", left=c1, right=mu1 / s1**2 - mu2 / s2**2)
    proof.step("define", left=c2, right=Rational(1, 2) / s2**2 - Rational(1, 2) / s1**2)
    ratio = proof.step(
        "define", left=eps(x), right=-log(s1) - (x - mu1) ** 2 / (2 * s1**2) + log(s2) + (x - mu2) ** 2 / (2 * s2**2),
        note="the log-ratio of the two densities at x, in which log 2π cancels,",
    )  # fmt: skip
    proof.step("rearrange", ratio, to=c0 + c1 * x + c2 * x**2, note="is the quadratic")
    proof.heading("Its mean")
    proof.step("given", left=m1, right=mu1, note="Under the first Gaussian the moments are")
    proof.step("given", left=m2, right=mu1**2 + s1**2)
    mean = proof.step(
        "define", left=kl, right=c0 + c1 * m1 + c2 * m2, note="so that the mean of the log-ratio, taken term by term, is"
    )
    end = proof.step("rearrange", mean, to=log(s2 / s1) + (s1**2 + (mu1 - mu2) ** 2) / (2 * s2**2) - Rational(1, 2))
    return proof.done(
        "information/kl-gaussians",
        "KL divergence between two Gaussians",
        "The log-ratio of two Gaussian densities is a quadratic, so that the divergence needs two moments alone.",
        Kind.IDENTITY,
        (end,),
        "The divergence is log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²)/(2σ₂²) − 1/2.",
        checks=(gaussians_by_sampling,),
    )
