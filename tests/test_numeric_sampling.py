"""Sampling: the story is told line by line, and the moments come out right."""

import numpy as np
import pytest
from sympy import IndexedBase, Symbol, symbols

from numeric import failures
from numeric.domains import NATURAL, POSITIVE, REAL, SIMPLEX, label
from numeric.instances import Draw, Variable
from numeric.sampling import DISTRIBUTIONS, sample

i, d = symbols("i d", integer=True, positive=True)
N, K, D = symbols("N K D", integer=True, positive=True)
x = IndexedBase("x", real=True)
mu = IndexedBase("mu", real=True)
s = IndexedBase("sigma2", positive=True)
alpha = IndexedBase("alpha", positive=True)
y = IndexedBase("y", integer=True, positive=True)
VARIABLES = [
    Variable(x, REAL, (N, D)), Variable(y, label(K), (N,)), Variable(mu, REAL, (K, D)), Variable(s, POSITIVE, (D,)),
    Variable(alpha, SIMPLEX, (K,)),
]  # fmt: skip
STORY = [Draw(y[i], "categorical", (alpha,)), Draw(x[i, d], "normal", (mu[y[i], d], s[d]))]


def test_naive_bayes_story_has_the_moments_of_its_parameters() -> None:
    drawn = sample(VARIABLES, STORY, np.random.default_rng(0), sizes={N: 60_000, K: 3, D: 2})
    for c in range(3):
        members = drawn[x][drawn[y] == c + 1]
        assert len(members) / 60_000 == pytest.approx(drawn[alpha][c], abs=0.01)
        np.testing.assert_allclose(members.mean(axis=0), drawn[mu][c], atol=0.08)
        np.testing.assert_allclose(members.var(axis=0), drawn[s], rtol=0.06)


def test_each_label_occurs_even_where_it_is_improbable() -> None:
    given = {alpha: np.array([0.9999, 0.00005, 0.00005])}
    drawn = sample(VARIABLES, STORY, np.random.default_rng(0), sizes={N: 5, K: 3, D: 1}, given=given)
    assert set(drawn[y]) == {1, 2, 3}
    without = sample(
        VARIABLES, STORY, np.random.default_rng(0), sizes={N: 5, K: 3, D: 1}, given=given, every_label_occurs=False
    )
    assert set(without[y]) == {1}


def test_same_generator_gives_the_same_sample() -> None:
    first, second = (sample(VARIABLES, STORY, np.random.default_rng(4), sizes={N: 7, K: 2, D: 2}) for _ in range(2))
    np.testing.assert_array_equal(first[x], second[x])


MEANS = [
    ("normal", (2.0, 0.25), 2.0),
    ("lognormal", (0.0, 0.5), np.exp(0.25)),
    ("laplace", (1.0, 0.5), 1.0),
    ("uniform", (1.0, 4.0), 2.5),
    ("exponential", (4.0,), 0.25),
    ("gamma", (3.0, 2.0), 1.5),
    ("beta", (2.0, 6.0), 0.25),
    ("bernoulli", (0.3,), 0.3),
    ("binomial", (10, 0.3), 3.0),
    ("geometric", (0.25,), 4.0),
    ("poisson", (3.5,), 3.5),
    ("pareto", (3.0, 2.0), 3.0),
    ("weibull", (1.0, 2.0), 2.0),
]


@pytest.mark.parametrize(("name", "parameters", "mean"), MEANS)
def test_samplers_have_the_mean_of_their_parameters(name: str, parameters: tuple[float, ...], mean: float) -> None:
    draws = DISTRIBUTIONS[name](np.random.default_rng(0), (100_000,), *parameters)
    assert draws.mean() == pytest.approx(mean, rel=0.03)


def test_every_sampler_but_the_categorical_is_checked_for_its_mean() -> None:
    assert {name for name, _, _ in MEANS} | {"categorical"} == set(DISTRIBUTIONS)


def test_unknown_distribution_is_named() -> None:
    with pytest.raises(failures.UnknownDistribution, match="cauchy"):
        sample(VARIABLES, [Draw(y[i], "cauchy", ())], np.random.default_rng(0), sizes={N: 2, K: 2, D: 1})


def test_undeclared_target_is_named() -> None:
    w = IndexedBase("w")
    with pytest.raises(failures.UnboundSymbol, match="w"):
        sample(VARIABLES, [Draw(w[i], "poisson", (2,))], np.random.default_rng(0), sizes={N: 2, K: 2, D: 1})


def test_counts_with_a_scalar_rate_are_natural_numbers() -> None:
    c, lam = IndexedBase("c", integer=True), Symbol("lam", positive=True)
    variables = [Variable(c, NATURAL, (N,)), Variable(lam, POSITIVE)]
    drawn = sample(variables, [Draw(c[i], "poisson", (lam,))], np.random.default_rng(0), sizes={N: 50})
    assert NATURAL.contains(drawn[c], {})
