"""All parameters of Gaussian naive Bayes together: the joint maximum of the likelihood and its second-order condition."""

from __future__ import annotations

from functools import cache

from sympy import Integer, KroneckerDelta

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.subjects.naive_bayes.checks import estimates_against_oracle
from derivations.subjects.naive_bayes.estimates import (
    cite_likelihood,
    count_samples,
    mle_mean,
    mle_variance,
    name_squares,
    sum_of_squares,
)  # fmt: skip
from derivations.subjects.naive_bayes.likelihood import negative_log_likelihood
from derivations.subjects.naive_bayes.model import SHARED, Model, N, d, e, i, j, k
from derivations.subjects.naive_bayes.prior import mle_prior


@cache
def mle(model: Model = SHARED) -> Derivation:
    """μ̂, σ̂² and α̂ are the one and only joint maximum of the likelihood."""
    h = model.heads
    lemmas = (negative_log_likelihood(model), mle_mean(model), mle_variance(model), mle_prior(model))
    proof = Proof(model.declarations, lemmas)
    nll = cite_likelihood(proof, model)
    count_samples(proof, model)
    name_squares(proof, model, "and let every feature vary around every choice of class means:")
    proof.heading("One group of parameters after another")
    means = proof.step(
        "lemma", name=f"{model.prefix}/mle-mean",
        note="Whatever the variances and priors are, the best class means are the class averages:",
    )  # fmt: skip
    proof.step("define", left=h.mu_hat[k, d], right=proof.value(means), note="Call them")
    variances = proof.step(
        "lemma", name=f"{model.prefix}/mle-variance",
        note="For given means and whatever the priors are, the best variances are the mean squared deviations:",
    )  # fmt: skip
    mean = h.mu_hat[k, d] if model.per_class else h.mu_hat[h.y[i], d]
    hat = model.at(h.s_hat, k, d)
    proof.step(
        "define", left=hat, right=sum_of_squares(model, mean), note="With the deviations from the estimated means,"
    )
    priors = proof.step(
        "lemma", name=f"{model.prefix}/prior",
        note="Whatever means and variances are, the best priors are the relative frequencies:",
    )  # fmt: skip
    count = h.n[k] if model.per_class else N
    proof.heading("The joint maximum of the likelihood")
    joint = proof.step(
        "joint_minimum", means, variances, priors, values=(h.mu_hat[k, d], hat / count, h.n[k] / N),
        note="Each value depends on earlier groups alone, so together they are the one and only minimum of the negative "
        "log-likelihood:",
    )  # fmt: skip
    proof.heading("The second derivatives")
    _second_derivatives(proof, nll, model)
    return proof.done(
        f"{model.prefix}/mle",
        f"Maximum-likelihood estimates of {model.title}",
        "Class averages, mean squared deviations and relative frequencies are the unique joint maximum of the likelihood. "
        "An empty class has no average, and a feature that does not vary makes the likelihood unbounded; both are "
        "excluded by the conditions.",
        Kind.UNIQUE_MAXIMUM,
        (joint,),
        "The likelihood has its unique joint maximum at the class averages, the mean squared deviations and the relative "
        "frequencies.",
        model.story,
        (estimates_against_oracle,),
    )


def _second_derivatives(proof: Proof, nll: int, model: Model) -> None:
    h = model.heads
    variance, other = model.variance(k, d), model.variance(j, e)
    delta = KroneckerDelta(k, j) * KroneckerDelta(d, e)
    same = delta if model.per_class else KroneckerDelta(d, e)
    score = proof.step("differentiate", nll, variable=h.mu[k, d])
    block = proof.step("differentiate", score, variable=h.mu[j, e])
    block = proof.step(
        "rearrange", block, to=delta * h.n[k] / variance,
        note="The second derivatives with respect to the means are a diagonal of positive numbers:",
    )  # fmt: skip
    cross = proof.step("differentiate", score, variable=other)
    proof.step(
        "evaluate_at", cross, unknown=h.mu[k, d], value=h.mu_hat[k, d], result=Integer(0),
        note="Mixed with the variances they vanish at the estimated means, where the deviations of each class sum to zero:",
    )  # fmt: skip
    slope = proof.step("differentiate", nll, variable=variance)
    curvature = proof.step("differentiate", slope, variable=other)
    count = h.n[k] if model.per_class else N
    s = model.at(h.s, k, d)
    curvature = proof.step(
        "rearrange", curvature, to=same * (s / variance**3 - count / (2 * variance**2)),
        note="Those with respect to the variances are a diagonal too,",
    )  # fmt: skip
    proof.step(
        "evaluate_at", curvature, unknown=variance, value=s / count, result=same * count**3 / (2 * s**2),
        note="positive at the estimates:",
    )  # fmt: skip
    prior = proof.chain(proof.step("differentiate", nll, variable=h.alpha[k]), "substitute_delta")
    bend = proof.step("differentiate", prior, variable=h.alpha[j])
    proof.step(
        "rearrange", bend, to=KroneckerDelta(k, j) * h.n[k] / h.alpha[k] ** 2,
        note="and so are those with respect to the priors, which enter no other term:",
    )  # fmt: skip
