"""Maximum-likelihood estimates of Gaussian naive Bayes: class means, variances, standard deviations."""

from __future__ import annotations

from functools import cache

from sympy import Expr, KroneckerDelta, Rational, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.subjects.naive_bayes.likelihood import negative_log_likelihood
from derivations.subjects.naive_bayes.model import SHARED, Model, N, d, i, k


def cite_likelihood(proof: Proof, model: Model) -> int:
    """Start from ℓ as the lemma gives it."""
    proof.heading("The negative log-likelihood")
    return proof.step(
        "lemma", name=f"{model.prefix}/negative-log-likelihood",
        note="From the derivation of the negative log-likelihood:",
    )  # fmt: skip


def count_samples(proof: Proof, model: Model) -> None:
    """Name N_k and assume that every class occurs."""
    h = model.heads
    proof.step("define", left=h.n[k], right=model.count(k), note="Let $N_k$ be the number of samples of class $k$,")
    proof.step("assume", positive=h.n[k], note="and let every class occur:")


@cache
def mle_mean(model: Model = SHARED) -> Derivation:
    """μ̂_kd is the mean of feature d over the samples of class k."""
    h = model.heads
    u = h.mu[k, d]
    variance = model.variance(k, d)
    proof = Proof(model.declarations, (negative_log_likelihood(model),))
    nll = cite_likelihood(proof, model)
    count_samples(proof, model)
    proof.heading("The derivative")
    score = proof.step("differentiate", nll, variable=u)
    score = proof.chain(
        score,
        ("sift_delta", {"note": "Of the features only $d$ remains:"}),
        ("substitute_delta", {"note": "and where the indicator is 1, the class of the sample is $k$:"}),
        "pull_out_constant",
    )
    proof.heading("Where it is zero")
    equation = proof.step("set_to_zero", score)
    equation = proof.step("multiply_both_sides", equation, factor=-variance)
    equation = proof.chain(
        equation, ("linearity_of_sum", {"side": "left"}), ("fold_definition", {"side": "left", "name": "n"})
    )
    solved = proof.step("isolate", equation, unknown=u)
    proof.heading("It is the minimum")
    curvature = proof.chain(
        proof.step("differentiate", score, variable=u), "pull_out_constant", ("fold_definition", {"name": "n"})
    )
    proof.step("positive_by_sign", curvature, note="The second derivative is positive:")
    minimum = proof.step(
        "minimum_by_sign", score, solved, factor=h.n[k] / variance,
        note="The derivative is a positive multiple of the distance from this value, so it changes its sign once, there:",
    )  # fmt: skip
    return proof.done(
        f"{model.prefix}/mle-mean",
        f"Class means of {model.title}",
        "The estimate of each class mean is the average of that feature over the samples of that class.",
        Kind.UNIQUE_MAXIMUM,
        (minimum,),
        "The likelihood has its unique maximum over the class means at the class averages, whatever the other "
        "parameters are.",
        model.story,
    )


def sum_of_squares(model: Model, mean: Expr) -> Expr:
    """Σᵢ (x − mean)², over the samples of class k alone when the variances differ by class."""
    h = model.heads
    square = (h.x[i, d] - mean) ** 2
    return Sum(KroneckerDelta(h.y[i], k) * square if model.per_class else square, (i, 1, N))


def name_squares(proof: Proof, model: Model, note: str = "and let the feature vary:") -> None:
    """Name the sum of squared deviations and assume that it is positive."""
    h = model.heads
    s = model.at(h.s, k, d)
    mean = h.mu[k, d] if model.per_class else h.mu[h.y[i], d]
    proof.step("define", left=s, right=sum_of_squares(model, mean), note="Let the sum of squared deviations be")
    proof.step("assume", positive=s, note=note)


@cache
def mle_variance(model: Model = SHARED) -> Derivation:
    """σ̂² is the mean squared deviation from the class means; likewise for σ."""
    h = model.heads
    u, s = model.variance(k, d), model.at(h.s, k, d)
    count = h.n[k] if model.per_class else N
    proof = Proof(model.declarations, (negative_log_likelihood(model),))
    nll = cite_likelihood(proof, model)
    if model.per_class:
        count_samples(proof, model)
    name_squares(proof, model)
    proof.heading("The derivative with respect to the variance")
    score = _score(proof, nll, u, model)
    proof.heading("Where it is zero")
    solved = proof.chain(proof.step("set_to_zero", score), ("multiply_both_sides", {"factor": 2 * u**2}),
                         ("isolate", {"unknown": u}))  # fmt: skip
    proof.heading("It is the minimum")
    curvature = proof.step("differentiate", score, variable=u)
    there = proof.step(
        "evaluate_at", curvature, unknown=u, value=s / count, result=count**3 / (2 * s**2),
        note="At this value the second derivative is",
    )  # fmt: skip
    proof.step("positive_by_sign", there)
    minimum = proof.step(
        "minimum_by_sign", score, solved, factor=count / (2 * u**2),
        note="The derivative is a positive multiple of the distance from this value, so it changes its sign once, there:",
    )  # fmt: skip
    proof.heading("The same with the standard deviation as the parameter")
    v = model.deviation(k, d)
    again = proof.step(
        "reparametrise", nll, left=h.ell_sigma(h.mu, h.sigma, h.alpha), old=u, new=v**2,
        note="Written in the standard deviations,",
    )  # fmt: skip
    slope = _score(proof, again, v, model)
    root = proof.chain(proof.step("set_to_zero", slope), ("multiply_both_sides", {"factor": v**3}),
                       ("isolate", {"unknown": v}))  # fmt: skip
    deviation = proof.step(
        "minimum_by_sign", slope, root, factor=count * (v + (s / count) ** Rational(1, 2)) / v**3,
        note="Again the derivative changes its sign once, so that the estimate of the standard deviation is the root "
        "of the estimate of the variance:",
    )  # fmt: skip
    return proof.done(
        f"{model.prefix}/mle-variance",
        f"Variances of {model.title}",
        "The estimate of each variance is the mean squared deviation from the class means; the estimate of the "
        "standard deviation is its square root.",
        Kind.UNIQUE_MAXIMUM,
        (minimum, deviation),
        "For given class means the likelihood has its unique maximum over the variances at the mean squared deviations.",
        model.story,
    )


def _score(proof: Proof, objective: int, unknown: Expr, model: Model) -> int:
    score = proof.chain(proof.step("differentiate", objective, variable=unknown), "sift_delta")
    if model.per_class:
        score = proof.chain(score, "substitute_delta", "pull_out_constant", ("fold_definition", {"name": "n"}))
    else:
        score = proof.chain(score, "pull_out_constant")
    return proof.chain(score, ("fold_definition", {"name": "s"}))
