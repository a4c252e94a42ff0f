"""Fisher information, asymptotic variance and bias: textbook values, numeric averages and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Matrix, Symbol, exp, simplify

import derivations
from derivations.core.replay import replay
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


COUNT = 6
LAWS = {
    "exponential": (lambda r, s: r.exponential(0.5, s), {"lambda_": 2.0}, {}),
    "erlang": (lambda r, s: r.gamma(3, 0.5, s), {"lambda_": 2.0}, {"n": 3}),
    "inverse-gamma": (lambda r, s: 1 / r.gamma(3.0, 0.5, s), {"beta_": 2.0}, {"alpha": 3.0}),
    "poisson": (lambda r, s: r.poisson(2.0, s), {"lambda_": 2.0}, {}),
    "bernoulli": (lambda r, s: r.binomial(1, 0.4, s), {"p": 0.4}, {}),
    "binomial": (lambda r, s: r.binomial(5, 0.4, s), {"p": 0.4}, {"n": 5}),
    "rayleigh": (lambda r, s: r.rayleigh(2.0, s), {"sigma": 2.0}, {}),
    "maxwell": (lambda r, s: 2.0 * np.sqrt(r.chisquare(3, s)), {"a": 2.0}, {}),
    "half-normal": (lambda r, s: abs(r.normal(0, 2.0, s)), {"sigma": 2.0}, {}),
    "power-function": (lambda r, s: r.random(s) ** 0.5, {"alpha": 2.0}, {}),
    "beta-second": (lambda r, s: r.beta(1, 2.0, s), {"b": 2.0}, {}),
    "nakagami": (lambda r, s: np.sqrt(r.gamma(2.0, 1.5 / 2.0, s)), {"omega": 1.5}, {"m": 2.0}),
    "normal": (lambda r, s: r.normal(1, 2, s), {"mu": 1.0, "sigma2": 4.0}, {}),
    "lognormal": (lambda r, s: r.lognormal(1, 2, s), {"mu": 1.0, "sigma2": 4.0}, {}),
    "uniform": (lambda r, s: r.uniform(1, 3, s), {"a": 1.0, "b": 3.0}, {}),
    "uniform-from-zero": (lambda r, s: r.uniform(0, 3, s), {"theta": 3.0}, {}),
    "pareto": (lambda r, s: 2 * (1 + r.pareto(3, s)), {"m": 2.0, "alpha": 3.0}, {}),
    "shifted-exponential": (lambda r, s: 1 + r.exponential(0.5, s), {"mu": 1.0, "lambda_": 2.0}, {}),
}  # fmt: skip
"""Sampler, true parameters and known ones."""


@pytest.mark.parametrize("name", LAWS)
def test_bias_is_what_simulation_finds(name):
    draw, truth, known = LAWS[name]
    derived, rng = family(name), np.random.default_rng(1)
    found, made = derived.bias(), derived.estimator()
    assert found
    samples = [draw(rng, COUNT) for _ in range(500)]
    estimates = [made.fit(x=sample, **known) for sample in samples if name != "bernoulli" or 0 < sample.sum() < COUNT]
    numbers = {Symbol(n): v for n, v in {**truth, **known, "N": COUNT}.items()}
    for parameter, bias in found.items():
        values = np.array([estimate[str(parameter)] for estimate in estimates])
        expected = truth[str(parameter)] + float(bias.xreplace({s: numbers[Symbol(s.name)] for s in bias.free_symbols}))
        error = values.std() / np.sqrt(len(values))
        assert values.mean() == pytest.approx(expected, abs=4.5 * error + (0.02 if name == "bernoulli" else 0))


@pytest.mark.parametrize(("name", "parameter", "expected"), [
    ("exponential", "lambda_", lambda t, n: t / (n - 1)), ("uniform-from-zero", "theta", lambda t, n: -t / (n + 1)),
    ("levy", "c", lambda t, n: 2 * t / (n - 2)), ("poisson", "lambda_", lambda t, n: 0 * t),
    ("kumaraswamy", "b", lambda t, n: t / (n - 1)),
])  # fmt: skip
def test_bias_in_closed_form(name, parameter, expected):
    (symbol,) = (s for s in family(name).estimates if s.name == parameter)
    assert simplify(family(name).bias()[symbol] - expected(symbol, N)) == 0


@pytest.mark.parametrize("name", ["gamma", "weibull", "negative-binomial", "geometric", "discrete-uniform", "beta"])
def test_an_estimate_whose_expectation_no_rule_gives_has_no_bias(name):
    with pytest.raises(NotClosed):
        family(name).derive_expectations()


@pytest.mark.parametrize("name", ["normal", "exponential", "gamma"])
def test_the_information_is_proved_and_replays(name):
    found = family(name).derive_information()
    assert found.evidence.value == "proved"
    assert replay(derivations.load(found.to_json())).ok


@pytest.mark.parametrize("name", ["normal", "rayleigh", "uniform", "pareto"])
def test_expected_estimates_are_proved_and_replay(name):
    found = family(name).derive_expectations()
    assert found.evidence.value == "proved"
    assert replay(derivations.load(found.to_json())).ok


def test_a_rate_below_one_has_no_gamma_moments():
    t, x = Symbol("t", positive=True), Symbol("x", positive=True)
    assert derivations.mle(t * exp(-t * x), x, {t: "positive"}).bias()
    assert not derivations.mle(t * exp(-t * x), x, {t: "unit-interval"}).bias()


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
