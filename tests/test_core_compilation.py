"""Compiled conclusions and estimators against plain NumPy."""

import numpy as np
import pytest

from derivations.core.compilation import NothingToCompile, estimates_on
from derivations.subjects.catalogue import derive

RNG = np.random.default_rng(4)
K, D = 3, 4
PARAMETERS = {
    "alpha": RNG.dirichlet(np.ones(K)), "mu": RNG.normal(size=(K, D)), "sigma2": RNG.gamma(2.0, size=D), "K": K, "D": D,
}  # fmt: skip


def by_hand(x, alpha, mu, sigma2):
    """P(y=k|x) the long way: exp, multiply, divide."""
    joint = alpha * np.exp(-((x[:, None, :] - mu) ** 2 / (2 * sigma2)).sum(axis=-1))
    return joint / joint.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("name", ["gaussian-naive-bayes/posterior", "gaussian-naive-bayes/posterior-softmax"])
def test_the_posterior_is_that_by_hand_for_a_batch_and_for_a_point(name):
    points = RNG.normal(size=(6, D))
    parameters = {key: value for key, value in PARAMETERS.items() if key not in ("K", "D")}
    posterior = derive(name).compile()
    expected = by_hand(points, **parameters)
    np.testing.assert_allclose(np.asarray(posterior(x=points, **parameters)), expected, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(posterior(x=points[0], **parameters)), expected[0], rtol=1e-12)


def test_the_posterior_does_not_overflow_far_from_every_mean():
    parameters = {key: value for key, value in PARAMETERS.items() if key not in ("K", "D")}
    found = np.asarray(derive("gaussian-naive-bayes/posterior").compile()(x=np.full(D, 1e3), **parameters))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


def sampled(size=50):
    labels = np.concatenate([np.arange(K), RNG.integers(0, K, size - K)])
    return RNG.normal(size=(size, D)) + labels[:, None], labels


def test_the_estimates_are_those_of_plain_numpy():
    x, y = sampled()
    found = derive("gaussian-naive-bayes/mle").estimator().fit(x=x, y=y)
    means = np.array([x[y == k].mean(axis=0) for k in range(K)])
    np.testing.assert_allclose(found["mu"], means)
    np.testing.assert_allclose(found["alpha"], np.bincount(y) / len(y))
    np.testing.assert_allclose(found["sigma2"], ((x - means[y]) ** 2).mean(axis=0))
    np.testing.assert_array_equal(found["classes"], np.arange(K))


def test_the_estimates_do_not_depend_on_the_order_of_the_samples():
    x, y = sampled()
    order = RNG.permutation(len(y))
    fit = derive("gaussian-naive-bayes/mle").estimator().fit
    first, second = fit(x=x, y=y), fit(x=x[order], y=y[order])
    for name in ("mu", "sigma2", "alpha"):
        np.testing.assert_allclose(first[name], second[name])


def test_a_derivation_without_estimates_has_no_estimator():
    with pytest.raises(NothingToCompile, match="no estimate"):
        derive("gaussian-naive-bayes/posterior").estimator()


def test_a_derivation_without_an_identity_has_nothing_to_compile():
    with pytest.raises(NothingToCompile, match="no identity"):
        derive("gaussian-naive-bayes/mle").compile()


def test_estimates_on_an_instance_keep_what_is_not_estimated():
    found = derive("gaussian-naive-bayes/mle-variance")
    heads = {entry.name: entry.head for entry in found.declarations}
    x, y = sampled(20)
    instance = {
        heads["x"]: x, heads["y"]: y + 1, heads["mu"]: np.zeros((K, D)), heads["N"]: 20, heads["K"]: K, heads["D"]: D,
        heads["alpha"]: np.ones(K) / K, heads["sigma2"]: np.ones(D), heads["sigma"]: np.ones(D),
    }  # fmt: skip
    estimates = estimates_on(found, instance)
    np.testing.assert_allclose(estimates[heads["sigma2"]], (x**2).mean(axis=0))
    np.testing.assert_allclose(estimates[heads["sigma"]], np.sqrt((x**2).mean(axis=0)))
