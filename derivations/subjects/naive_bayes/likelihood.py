"""The negative log-likelihood of Gaussian naive Bayes, from the product of densities."""

from __future__ import annotations

from functools import cache

from sympy import Product, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.subjects.naive_bayes.checks import likelihood_against_scipy
from derivations.subjects.naive_bayes.model import SHARED, Model, N, d, i, k


@cache
def negative_log_likelihood(model: Model = SHARED) -> Derivation:
    """ℓ(θ) = −log Πᵢ P(y⁽ⁱ⁾) p(x⁽ⁱ⁾|y⁽ⁱ⁾) as a sum of three sums."""
    h = model.heads
    proof = Proof(model.declarations)
    proof.heading("The model")
    proof.step("given", left=h.prior(k), right=h.alpha[k], note="A sample belongs to class $k$ with probability")
    proof.step(
        "given", left=h.density(i, k), right=model.density(h.x[i, d], k),
        note="Within a class the features are independent and Gaussian:",
    )  # fmt: skip
    proof.step(
        "given", left=h.likelihood(h.mu, h.sigma2, h.alpha),
        right=Product(h.prior(h.y[i]) * h.density(i, h.y[i]), (i, 1, N)),
        note="The samples are independent, so the likelihood of the parameters is the product",
    )  # fmt: skip
    proof.heading("The logarithm of the product")
    start = proof.step(
        "define", left=model.objective, right=-log(h.likelihood(h.mu, h.sigma2, h.alpha)),
        note="The negative log-likelihood, to be minimised, is",
    )  # fmt: skip
    written_out = proof.chain(
        start, ("unfold_definition", {"name": "likelihood"}), "log_of_product",
        ("unfold_definition", {"name": ("prior", "density")}),
    )  # fmt: skip
    logs = proof.chain(
        written_out,
        ("log_of_product", {"note": "Every factor is positive, so the logarithm of the product falls apart:"}),
        "log_of_power",
        "log_of_product",
    )
    end = proof.chain(logs, ("linearity_of_sum", {"note": "The sum over the samples is taken term by term:"}))
    if not model.per_class:
        end = proof.step("sum_of_constant", end, note="The first term does not depend on the sample:")
    return proof.done(
        f"{model.prefix}/negative-log-likelihood",
        f"Negative log-likelihood of {model.title}",
        "The logarithm turns the product over samples and features into sums: one of log-variances, one of scaled "
        "squared deviations, one of log-priors.",
        Kind.IDENTITY,
        (end,),
        "The negative log-likelihood is a sum of three sums, each with its own parameters.",
        model.story,
        (likelihood_against_scipy,),
    )
