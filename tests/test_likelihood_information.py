"""Fisher information, asymptotic variance and bias: textbook values, numeric averages and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Matrix, Symbol, simplify, symbols

from derivations.subjects.likelihood.checks import quick
from derivations.subjects.likelihood.families import family
from derivations.subjects.likelihood.information import NotClosed
from numeric.oracles.likelihood import FITS, fit

N = Symbol("N", integer=True, positive=True)


@pytest.mark.parametrize(("name", "expected"), [
    ("poisson", N / Symbol("lambda_", positive=True)), ("exponential", N / Symbol("lambda_", positive=True) ** 2),
    ("bernoulli", N / (Symbol("p", positive=True) * (1 - Symbol("p", positive=True)))),
    ("rayleigh", 4 * N / Symbol("sigma", positive=True) ** 2),
])  # fmt: skip
def test_information_of_one_parameter(name, expected):
    assert simplify(family(name).fisher_information()[0, 0] - expected) == 0


def test_information_of_the_normal_distribution_is_diagonal():
    s2 = Symbol("sigma2", positive=True)
    assert family("normal").fisher_information() == Matrix([[N / s2, 0], [0, N / (2 * s2**2)]])
    assert family("normal").asymptotic_variance() == Matrix([[s2 / N, 0], [0, 2 * s2**2 / N]])


def test_the_variance_is_biased_by_one_nth():
    mu, s2 = Symbol("mu", real=True), Symbol("sigma2", positive=True)
    assert family("normal").bias() == {mu: 0, s2: -s2 / N}


def test_bias_agrees_with_a_simulation():
    rng = np.random.default_rng(0)
    made = family("normal").estimator()
    found = [made.fit(x=rng.normal(0, 2, 4))["sigma2"] for _ in range(400)]
    assert np.mean(found) == pytest.approx(4 * 3 / 4, abs=4 * np.std(found) / 20)


@pytest.mark.parametrize("name", ["uniform", "pareto", "laplace", "cauchy", "weibull"])
def test_no_information_is_claimed_where_the_scores_do_not_give_it(name):
    with pytest.raises(NotClosed):
        family(name).fisher_information()


def test_an_estimate_that_is_no_polynomial_has_no_closed_bias():
    assert symbols("lambda_", positive=True) not in family("exponential").bias()


@pytest.mark.parametrize("name", ["gamma", "beta", "von-mises", "inverse-gaussian"])
def test_information_agrees_with_averages_over_the_density(name):
    assert quick(family(name), seed=5)


@pytest.mark.parametrize("name", FITS)
def test_scipy_has_the_names_of_our_parameters(name):
    data = np.random.default_rng(1).uniform(0.1, 0.9, 50)
    assert set(fit(name, data)) <= {entry.partition(":")[0] for entry in _parameters(name)}


def _parameters(name):
    from derivations.subjects.likelihood.families import FAMILIES

    return FAMILIES[name].parameters


def test_a_family_without_a_scipy_fit_has_none():
    assert fit("lomax", [1.0, 2.0]) is None
