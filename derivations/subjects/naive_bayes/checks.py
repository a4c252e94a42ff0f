"""Further verification of Gaussian naive Bayes: independent oracles on sampled data, and scikit-learn on real data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.random import Generator

from derivations.core.derivation import Derivation
from derivations.core.reports import Row, compare
from numeric.oracles import naive_bayes as oracle

ROUNDING = 1e-9
_WHY = "rounding of sums over the sample, relative"
CLASSES, FEATURES = 3, 4


def _data(samples: int, rng: Generator) -> tuple[Any, Any]:
    """Features (N, D) and labels 1..K, every class present, with different means and spreads."""
    labels = np.concatenate([np.arange(1, CLASSES + 1), rng.integers(1, CLASSES + 1, max(samples - CLASSES, CLASSES))])
    means, spread = rng.normal(scale=2, size=(CLASSES, FEATURES)), rng.uniform(0.5, 2, size=(CLASSES, FEATURES))
    return rng.normal(means[labels - 1], spread[labels - 1]), labels


def _parameters(rng: Generator, per_class: bool) -> dict[str, Any]:
    shape = (CLASSES, FEATURES) if per_class else (FEATURES,)
    weights = rng.uniform(0.2, 1, CLASSES)
    return {
        "mu": rng.normal(scale=2, size=(CLASSES, FEATURES)),
        "sigma2": rng.uniform(0.3, 3, size=shape),
        "alpha": weights / weights.sum(),
    }


def _per_class(derivation: Derivation) -> bool:
    return len(derivation.declarations["sigma2"].axes) == 2


def likelihood_against_scipy(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """ℓ on random data and parameters against SciPy's normal density."""
    X, y = _data(samples, rng)
    parameters = _parameters(rng, _per_class(derivation))
    found = derivation.compile()(x=X, y=y, **parameters)
    yield compare("negative log-likelihood against SciPy's normal density (nats)",
                  -oracle.log_likelihood(X, y, **parameters), found, ROUNDING, _WHY)  # fmt: skip


def estimates_against_oracle(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """All estimates against plain loops, and with a variance per class against scikit-learn."""
    X, y = _data(samples, rng)
    found = derivation.estimator()(x=X, y=y)
    fit = oracle.fit_variance_per_class if _per_class(derivation) else oracle.fit_shared_variance
    for name, expected in fit(X, y, CLASSES).items():
        yield compare(f"{name}: estimator against plain loops", expected, found[name], ROUNDING, _WHY)
    if not _per_class(derivation) or find_spec("sklearn") is None:
        return
    for name, data in {"sampled data": (X, y), **_real_data()}.items():
        found, fitted = derivation.estimator()(x=data[0], y=data[1]), oracle.fit_scikit_learn(*data)
        for parameter in ("mu", "sigma2", "alpha"):
            yield compare(f"{parameter}: estimator against scikit-learn's GaussianNB on {name}", fitted[parameter],
                          found[parameter], ROUNDING, _WHY)  # fmt: skip


def posterior_against_oracle(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """The compiled posterior against SciPy, far from the data too, and on real data against scikit-learn."""
    X, _ = _data(samples, rng)
    parameters = _parameters(rng, _per_class(derivation))
    posterior = derivation.compile()
    for what, points in {"sampled points": X, "points a hundred times farther out": 100 * X}.items():
        yield compare(f"posterior against SciPy at {what}", oracle.posterior(points, **parameters),
                      posterior(x=points, **parameters), ROUNDING, _WHY)  # fmt: skip
    if find_spec("sklearn") is None:
        return
    for name, (X, y) in _real_data().items():
        model = oracle.scikit_learn(X, y)
        if not _per_class(derivation):
            shared = oracle.fit_shared_variance(X, y + 1, len(model.classes_))["sigma2"]
            model.var_ = np.tile(shared, (len(model.classes_), 1))
        variance = model.var_ if _per_class(derivation) else model.var_[0]
        found = posterior(x=X, mu=model.theta_, sigma2=variance, alpha=model.class_prior_)
        yield compare(f"posterior against scikit-learn's predict_proba on {name}", model.predict_proba(X), found,
                      ROUNDING, _WHY)  # fmt: skip


def _real_data() -> dict[str, tuple[Any, Any]]:
    from sklearn.datasets import load_iris, load_wine

    loaders: dict[str, Callable[..., Any]] = {"iris": load_iris, "wine": load_wine}
    return {name: loader(return_X_y=True) for name, loader in loaders.items()}
