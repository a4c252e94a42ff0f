"""Class priors of Gaussian naive Bayes: the Lagrangian with the constraint Σ_k α_k = 1, and what happens without it."""

from __future__ import annotations

from functools import cache

from sympy import Expr, Integer, Sum
from sympy.core.function import UndefinedFunction

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.subjects.naive_bayes.estimates import cite_likelihood, count_samples
from derivations.subjects.naive_bayes.likelihood import negative_log_likelihood
from derivations.subjects.naive_bayes.model import SHARED, K, Model, N, j, k


def _score(proof: Proof, nll: int, model: Model) -> int:
    return proof.chain(
        proof.step("differentiate", nll, variable=model.heads.alpha[k]),
        ("substitute_delta", {"note": "Where the indicator is 1, the class of the sample is $k$:"}),
        "pull_out_constant",
        ("fold_definition", {"name": "n"}),
    )


def _stationary(proof: Proof, model: Model, multiplier: Expr, lagrangian: UndefinedFunction, sign: int) -> int:
    """Solve the Lagrange conditions; the position of α_k = N_k/N."""
    h = model.heads
    a = h.alpha[k]
    constraint = Sum(h.alpha[k], (k, 1, K)) - 1
    start = proof.step(
        "define", left=lagrangian(h.mu, h.sigma2, h.alpha), right=model.objective + sign * multiplier * constraint,
        note=f"With the sign {'+' if sign > 0 else '−'} the Lagrangian is",
    )  # fmt: skip
    start = proof.step("unfold_definition", start, name="ell")
    slope = proof.chain(
        proof.step("differentiate", start, variable=a), "sift_delta", "substitute_delta", "pull_out_constant",
        ("fold_definition", {"name": "n"}),
    )  # fmt: skip
    solved = proof.chain(proof.step("set_to_zero", slope, multiplier=multiplier), ("isolate", {"unknown": a}))
    balance = proof.step(
        "impose", left=Sum(h.alpha[k], (k, 1, K)), right=Integer(1), unknown=a, note="The constraint fixes the multiplier:"
    )
    balance = proof.chain(
        proof.step("substitute_solution", balance, solved),
        ("pull_out_constant", {"side": "left"}),
        ("unfold_definition", {"side": "left", "name": "n"}),
        ("swap_sums", {"side": "left"}),
        ("sift_delta", {"side": "left", "note": "Every sample has exactly one class:"}),
        ("sum_of_constant", {"side": "left"}),
    )
    found = proof.step("isolate", balance, unknown=multiplier)
    return proof.step("substitute_solution", solved, found, note="Hence")


@cache
def mle_prior(model: Model = SHARED) -> Derivation:
    """α̂_k = N_k/N, by a Lagrange multiplier of either sign."""
    h = model.heads
    proof = Proof(model.declarations, (negative_log_likelihood(model),))
    nll = cite_likelihood(proof, model)
    count_samples(proof, model)
    proof.heading("The derivative")
    score = _score(proof, nll, model)
    proof.heading("The Lagrangian")
    solved = _stationary(proof, model, h.lam, h.lagrangian, 1)
    proof.heading("It is the minimum")
    curvature = proof.chain(proof.step("differentiate", score, variable=h.alpha[j]))
    constraint = proof.step("impose", left=Sum(h.alpha[k], (k, 1, K)), right=Integer(1), unknown=h.alpha[k])
    minimum = proof.step(
        "minimum_under_linear_constraint", score, curvature, solved, constraint,
        curvature=h.n[k] / h.alpha[k] ** 2, multiplier=N,
        note="The second derivatives form a positive diagonal, so the negative log-likelihood is strictly convex in "
        "$\\alpha$, and the constraint is linear:",
    )  # fmt: skip
    proof.heading("The other sign convention")
    _stationary(proof, model, h.lam_minus, h.lagrangian_minus, -1)
    return proof.done(
        f"{model.prefix}/prior",
        f"Class priors of {model.title}",
        "The estimate of each prior is the relative frequency of its class. The constraint that the priors sum to one "
        "enters through a Lagrange multiplier, whose value is the number of samples.",
        Kind.UNIQUE_MAXIMUM,
        (minimum,),
        "Among all priors that sum to one the likelihood has its unique maximum at the relative frequencies; the "
        "multiplier is N, or −N with the other sign.",
        model.story,
    )


@cache
def prior_unconstrained(model: Model = SHARED) -> Derivation:
    """Without the constraint there is no stationary point."""
    proof = Proof(model.declarations, (negative_log_likelihood(model),))
    nll = cite_likelihood(proof, model)
    count_samples(proof, model)
    proof.heading("The derivative without the constraint")
    score = _score(proof, nll, model)
    none = proof.step(
        "no_stationary_point", score,
        note="The derivative is negative for every positive $\\alpha_k$: the larger $\\alpha_k$, the smaller the negative "
        "log-likelihood. Nothing stops it but the constraint.",
    )  # fmt: skip
    return proof.done(
        f"{model.prefix}/prior-unconstrained",
        f"Class priors of {model.title} without their constraint",
        "Set to zero without the constraint, the derivative with respect to a prior has no solution: the likelihood "
        "grows without bound as the prior does. This is why the constraint is needed.",
        Kind.NO_STATIONARY_POINT,
        (none,),
        "There is no stationary point: the likelihood increases strictly in every prior.",
        model.story,
    )
