"""Oracles against each other: loops, NumPy, SciPy and scikit-learn answer alike."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from numeric.oracles import naive_bayes

RNG = np.random.default_rng(1)
Y = np.concatenate([[1, 2, 3], RNG.integers(1, 4, 47)])
X = RNG.normal(size=(50, 2)) + Y[:, None]


def test_variance_per_class_equals_scikit_learn() -> None:
    ours, theirs = naive_bayes.fit_variance_per_class(X, Y, 3), naive_bayes.fit_scikit_learn(X, Y)
    for name in ("mu", "sigma2", "alpha"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-10)


def test_posterior_equals_scikit_learn() -> None:
    fitted = naive_bayes.fit_variance_per_class(X, Y, 3)
    ours = naive_bayes.posterior(X, fitted["mu"], fitted["sigma2"], fitted["alpha"])
    np.testing.assert_allclose(ours, naive_bayes.scikit_learn(X, Y).predict_proba(X), rtol=1e-9, atol=1e-12)


def test_shared_variance_is_the_weighted_mean_of_the_variances_of_the_classes() -> None:
    shared, apart = naive_bayes.fit_shared_variance(X, Y, 3), naive_bayes.fit_variance_per_class(X, Y, 3)
    np.testing.assert_allclose(shared["mu"], apart["mu"], rtol=1e-12)
    np.testing.assert_allclose(shared["sigma2"], apart["alpha"] @ apart["sigma2"], rtol=1e-12)


def test_log_likelihood_equals_the_multivariate_normal() -> None:
    fitted = naive_bayes.fit_shared_variance(X, Y, 3)
    expected = sum(
        np.log(fitted["alpha"][label - 1])
        + multivariate_normal.logpdf(row, fitted["mu"][label - 1], np.diag(fitted["sigma2"]))
        for row, label in zip(X, Y, strict=True)
    )
    assert naive_bayes.log_likelihood(X, Y, **fitted) == pytest.approx(expected, rel=1e-12)


def test_fitted_parameters_beat_their_neighbours() -> None:
    fitted = naive_bayes.fit_shared_variance(X, Y, 3)
    best = naive_bayes.log_likelihood(X, Y, **fitted)
    for name in ("mu", "sigma2"):
        for factor in (0.97, 1.03):
            assert naive_bayes.log_likelihood(X, Y, **{**fitted, name: fitted[name] * factor}) < best
