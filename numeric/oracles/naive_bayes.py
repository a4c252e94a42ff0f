"""Gaussian naive Bayes answered independently: by loops, by SciPy, and by scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def fit_shared_variance(X: Any, y: Any, classes: int) -> dict[str, Array]:
    """Maximum likelihood estimates by loops: mu (K, D), sigma2 (D,), alpha (K,).

    X: (N, D). y: (N,) labels in 1..classes, each of which occurs.

    >>> found = fit_shared_variance([[1.0], [3.0], [7.0]], [1, 1, 2], 2)
    >>> found["mu"].ravel().tolist(), found["sigma2"].round(6).tolist(), found["alpha"].round(6).tolist()
    ([2.0, 7.0], [0.666667], [0.666667, 0.333333])
    """
    rows, labels = np.asarray(X, dtype=float).tolist(), list(y)
    features = len(rows[0])
    counts = [0] * classes
    sums = [[0.0] * features for _ in range(classes)]
    for row, label in zip(rows, labels, strict=True):
        counts[label - 1] += 1
        for feature, entry in enumerate(row):
            sums[label - 1][feature] += entry
    means = [[entry / count for entry in line] for line, count in zip(sums, counts, strict=True)]
    squares = [0.0] * features
    for row, label in zip(rows, labels, strict=True):
        for feature, entry in enumerate(row):
            squares[feature] += (entry - means[label - 1][feature]) ** 2
    return {
        "mu": np.array(means),
        "sigma2": np.array(squares) / len(rows),
        "alpha": np.array(counts) / len(rows),
    }


def fit_variance_per_class(X: Any, y: Any, classes: int) -> dict[str, Array]:
    """Maximum likelihood estimates with a variance for each class: mu (K, D), sigma2 (K, D), alpha (K,).

    >>> fit_variance_per_class([[1.0], [3.0], [7.0]], [1, 1, 2], 2)["sigma2"].ravel().tolist()
    [1.0, 0.0]
    """
    data, labels = np.asarray(X, dtype=float), np.asarray(y)
    members = [data[labels == label] for label in range(1, classes + 1)]
    return {
        "mu": np.array([rows.mean(axis=0) for rows in members]),
        "sigma2": np.array([rows.var(axis=0) for rows in members]),
        "alpha": np.array([len(rows) / len(data) for rows in members]),
    }


def log_likelihood(X: Any, y: Any, mu: Any, sigma2: Any, alpha: Any) -> float:
    """log p(X, y) in nats, from SciPy's normal density.

    sigma2: (D,) shared, or (K, D), a variance for each class.

    >>> round(log_likelihood([[0.0]], [1], [[0.0]], [1.0], [1.0]), 6)
    -0.918939
    """
    from scipy.stats import norm

    deviations = np.sqrt(np.broadcast_to(np.asarray(sigma2, dtype=float), np.shape(mu)))
    value = 0.0
    for row, label in zip(np.asarray(X, dtype=float), y, strict=True):
        value += float(np.log(alpha[label - 1]))
        value += float(norm.logpdf(row, np.asarray(mu)[label - 1], deviations[label - 1]).sum())
    return value


def posterior(X: Any, mu: Any, sigma2: Any, alpha: Any) -> Array:
    """P(y = k | x) for each row: (N, K), from SciPy's normal density and logsumexp.

    >>> posterior([[0.0]], [[0.0], [0.0]], [1.0], [0.25, 0.75]).round(6).tolist()
    [[0.25, 0.75]]
    """
    from scipy.special import logsumexp
    from scipy.stats import norm

    data, means = np.asarray(X, dtype=float), np.asarray(mu, dtype=float)
    deviations = np.sqrt(np.broadcast_to(np.asarray(sigma2, dtype=float), means.shape))
    joint = np.array(
        [
            np.log(alpha[label]) + norm.logpdf(data, means[label], deviations[label]).sum(axis=1)
            for label in range(len(means))
        ]
    ).T
    found: Array = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    return found


def scikit_learn(X: Any, y: Any) -> Any:
    """scikit-learn's GaussianNB without variance smoothing, fitted; imported only here.

    Raises: ImportError with the name of the extra when scikit-learn is not installed.
    """
    try:
        from sklearn.naive_bayes import GaussianNB
    except ImportError as failure:
        raise ImportError("this oracle needs scikit-learn: install the extra 'test'") from failure
    return GaussianNB(var_smoothing=0.0).fit(X, y)


def fit_scikit_learn(X: Any, y: Any) -> dict[str, Array]:
    """scikit-learn's estimates under our names: mu (K, D), sigma2 (K, D), alpha (K,), classes (K,)."""
    model = scikit_learn(X, y)
    return {"mu": model.theta_, "sigma2": model.var_, "alpha": model.class_prior_, "classes": model.classes_}
