"""KL divergence of categorical distributions: the mean log-ratio, its minimum; cross-entropy and its gradient."""

from __future__ import annotations

from functools import cache

from sympy import Integer, Sum, exp, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, array, function, index, scalar, size
from derivations.subjects.information.sampling import cross_entropy_by_sampling, divergence_by_sampling
from numeric.domains import SIMPLEX

_K = size("K", "number of outcomes")
K = _K.head
_NAMES = Declarations(
    (
        _K, index("k", K, "outcome"), index("j", K, "outcome"),
        array("a", (K,), "a_{{{0}}}", "weight of outcome k", POSITIVE),
        array("p", (K,), "p_{{{0}}}", "probability of outcome k", POSITIVE),
        array("q", (K,), "q_{{{0}}}", "another probability of outcome k", SIMPLEX),
        array("eps", (K,), r"\varepsilon_{{{0}}}", "log-ratio of outcome k"),
        array("z", (K,), "z_{{{0}}}", "logit of outcome k"),
        function("kl", r"\mathrm{{KL}}(p \,\|\, q)", "Kullback–Leibler divergence of q from p"),
        function("cross", r"H(p, q)", "cross-entropy"),
        function("loss", r"H(z)", "cross-entropy of the softmax of the logits"),
        function("lagrangian", r"\Lambda", "Lagrangian"),
        scalar("entropy", "H(p)", "entropy of p"),
        scalar("lam", r"\lambda", "Lagrange multiplier"),
    )
)  # fmt: skip
k, j = _NAMES["k"].head, _NAMES["j"].head
a, p, q, eps, z = (_NAMES[n].head for n in ("a", "p", "q", "eps", "z"))
kl, cross, loss, lagrangian = (_NAMES[n].head for n in ("kl", "cross", "loss", "lagrangian"))


def _probabilities(proof: Proof) -> int:
    """p as weights divided by their sum: any distribution with positive probabilities."""
    return proof.step(
        "define", left=p[k], right=a[k] / Sum(a[j], (j, 1, K)),
        note="A distribution with positive probabilities is a set of weights divided by their sum,",
    )  # fmt: skip


def _divergence(proof: Proof) -> int:
    proof.step("define", left=eps[k], right=log(p[k]) - log(q[k]), note="the log-ratio of an outcome is")
    start = proof.step(
        "define", left=kl(q), right=Sum(p[k] * eps[k], (k, 1, K)),
        note="and the divergence is its mean when outcomes are drawn from p:",
    )  # fmt: skip
    return proof.chain(start, ("unfold_definition", {"name": "eps"}))


@cache
def kl_mean() -> Derivation:
    """KL(p‖q) = Σ p log p − Σ p log q = H(p, q) − H(p)."""
    proof = Proof(_NAMES)
    proof.heading("The divergence as a mean")
    _probabilities(proof)
    mean = _divergence(proof)
    proof.heading("Cross-entropy and entropy")
    proof.step("define", left=cross(q), right=-Sum(p[k] * log(q[k]), (k, 1, K)), note="With the cross-entropy")
    entropy = _NAMES["entropy"].head
    proof.step("define", left=entropy, right=-Sum(p[k] * log(p[k]), (k, 1, K)), note="and the entropy")
    split = proof.step("linearity_of_sum", mean)
    end = proof.step(
        "rearrange", split, to=cross(q) - entropy, note="the divergence is what coding for q costs beyond the entropy:"
    )
    return proof.done(
        "information/kl-mean",
        "KL divergence as the mean log-ratio",
        "The divergence is the mean of the log-ratio over draws from p, and the cross-entropy less the entropy.",
        Kind.IDENTITY,
        (end,),
        "KL(p‖q) = E_p[log p − log q] = H(p, q) − H(p).",
        checks=(divergence_by_sampling,),
    )


@cache
def kl_nonnegative() -> Derivation:
    """Among all q that sum to one KL(p‖q) has its only minimum, 0, at q = p."""
    proof = Proof(_NAMES)
    lam = _NAMES["lam"].head
    proof.heading("The divergence")
    _probabilities(proof)
    start = proof.step("linearity_of_sum", _divergence(proof))
    proof.heading("The derivative")
    score = proof.chain(proof.step("differentiate", start, variable=q[k]), "sift_delta")
    curvature = proof.step("differentiate", score, variable=q[j])
    proof.heading("The Lagrangian")
    total = Sum(q[k], (k, 1, K)) - 1
    lagrange = proof.chain(
        proof.step("define", left=lagrangian(q), right=kl(q) + lam * total),
        ("unfold_definition", {"name": "kl"}), ("unfold_definition", {"name": "eps"}),
    )  # fmt: skip
    slope = proof.chain(proof.step("differentiate", lagrange, variable=q[k]), "sift_delta")
    solved = proof.chain(proof.step("set_to_zero", slope, multiplier=lam), ("isolate", {"unknown": q[k]}))
    balance = proof.step(
        "impose", left=Sum(q[k], (k, 1, K)), right=Integer(1), unknown=q[k], note="The constraint fixes the multiplier:"
    )
    filled = proof.step("substitute_solution", balance, solved)
    fixed = proof.step("isolate", proof.step("rearrange", filled, side="left", to=1 / lam), unknown=lam)
    found = proof.step("substitute_solution", solved, fixed, note="Hence")
    proof.heading("It is the only minimum")
    constraint = proof.step("impose", left=Sum(q[k], (k, 1, K)), right=Integer(1), unknown=q[k])
    minimum = proof.step(
        "minimum_under_linear_constraint", score, curvature, found, constraint, curvature=p[k] / q[k] ** 2, multiplier=Integer(1),
        note="The second derivatives form a positive diagonal, so that the divergence is strictly convex in q:",
    )  # fmt: skip
    zero = proof.step("evaluate_at", start, unknown=q[k], value=p[k], result=Integer(0), note="where the divergence is")
    return proof.done(
        "information/kl-nonnegative",
        "The divergence is never negative",
        "Strict convexity and one Lagrange multiplier: the divergence has a single minimum over q, zero, at p itself.",
        Kind.UNIQUE_MINIMUM,
        (minimum, zero),
        "KL(p‖q) ≥ 0, with equality only for q = p: at q = p every log-ratio is zero.",
        checks=(divergence_by_sampling,),
    )


@cache
def cross_entropy() -> Derivation:
    """H(z) = log Σ exp z − Σ p z, and its gradient softmax(z) − p."""
    proof = Proof(_NAMES)
    total = Sum(exp(z[j]), (j, 1, K))
    proof.heading("Cross-entropy of a softmax")
    _probabilities(proof)
    start = proof.step(
        "define", left=loss(z), right=-Sum(p[k] * log(exp(z[k]) / total), (k, 1, K)),
        note="the cross-entropy of the softmax of logits z is",
    )  # fmt: skip
    short = proof.step(
        "rearrange", start, to=log(total) - Sum(p[k] * z[k], (k, 1, K)), note="Because the probabilities sum to one,"
    )
    proof.heading("Its gradient")
    slope = proof.chain(
        proof.step("differentiate", short, variable=z[k]), ("sift_delta", {"note": "The softmax less the probabilities remains:"})
    )
    return proof.done(
        "information/cross-entropy",
        "Cross-entropy and its gradient",
        "The gradient of the cross-entropy in the logits is the softmax less the probabilities.",
        Kind.IDENTITY,
        (short, slope),
        "∂H/∂z is softmax(z) − p.",
        checks=(cross_entropy_by_sampling,),
    )
