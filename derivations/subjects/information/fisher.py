"""KL divergence of nearby members of an exponential family: half the Fisher information times the squared distance."""

from __future__ import annotations

from functools import cache

from sympy import Integer, Sum, exp, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, array, function, index, scalar, size
from derivations.subjects.information.sampling import fisher_by_sampling

_K = size("K", "number of outcomes")
K = _K.head
_NAMES = Declarations(
    (
        _K, index("k", K, "outcome"), index("j", K, "outcome"),
        array("t", (K,), "t_{{{0}}}", "statistic of outcome k"),
        scalar("theta", r"\theta", "parameter"), scalar("u", "u", "another value of the parameter"),
        function("logz", r"A({0})", "logarithm of the normaliser"),
        function("prob", r"p_{{{0}}}({1})", "probability of outcome k"),
        function("kl", r"\mathrm{{KL}}(\theta \,\|\, {0})", "divergence of the member at u from the member at θ"),
    )
)  # fmt: skip


@cache
def fisher_expansion() -> Derivation:
    """KL(θ‖u) and its first derivative vanish at u = θ; the second derivative there is the Fisher information."""
    k, j, t, theta, u, logz, prob, kl = (_NAMES[n].head for n in ("k", "j", "t", "theta", "u", "logz", "prob", "kl"))
    proof = Proof(_NAMES)
    weight = exp(theta * t[k]) / Sum(exp(theta * t[j]), (j, 1, K))
    proof.heading("The family")
    proof.step(
        "define",
        left=logz(u),
        right=log(Sum(exp(u * t[k]), (k, 1, K))),
        note="Let the log-probability of outcome k be u·t_k less",
    )
    proof.step("define", left=prob(k, u), right=exp(u * t[k] - logz(u)), note="so that")
    start = proof.step(
        "define", left=kl(u), right=Sum(weight * ((theta * t[k] - logz(theta)) - (u * t[k] - logz(u))), (k, 1, K)),
        note="The divergence of the member at u from the one at θ is the mean log-ratio",
    )  # fmt: skip
    start = proof.step("unfold_definition", start, name="logz")
    proof.heading("Its value and its slope at u = θ")
    value = proof.step("evaluate_at", start, unknown=u, value=theta, result=Integer(0), note="It is zero at u = θ,")
    slope = proof.step("differentiate", start, variable=u)
    first = proof.step("evaluate_at", slope, unknown=u, value=theta, result=Integer(0), note="and so is its derivative")
    proof.heading("Its curvature there")
    second = proof.step("differentiate", slope, variable=u)
    mean = Sum(weight * t[k], (k, 1, K))
    fisher = Sum(weight * t[k] ** 2, (k, 1, K)) - mean**2
    information = proof.step(
        "evaluate_at", second, unknown=u, value=theta, result=fisher,
        note="The second derivative is the variance of t under p(θ), the mean squared score t − E t: the Fisher information,",
    )  # fmt: skip
    return proof.done(
        "information/fisher",
        "KL divergence and Fisher information",
        "To second order the divergence of a nearby member is half the Fisher information times the squared distance.",
        Kind.IDENTITY,
        (value, first, information),
        "KL(θ‖θ+h) = I(θ)·h²/2 + O(h³), where I(θ) is the variance of the statistic.",
        checks=(fisher_by_sampling,),
    )
