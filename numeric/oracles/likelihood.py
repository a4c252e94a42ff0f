"""Maximum likelihood answered independently: SciPy's own fits of named families, under our parameter names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import stats

Fit = Callable[[Any, Mapping[str, float]], dict[str, float]]


def _named(law: Any, names: tuple[str, ...], **fixed: float) -> Fit:
    """A fit whose free numbers, in SciPy's order (shapes, location, scale), have these names; "" leaves one out."""

    def fit(data: Any, known: Mapping[str, float]) -> dict[str, float]:
        held = {key: known.get(str(value), value) if isinstance(value, str) else value for key, value in fixed.items()}
        found = law.fit(np.asarray(data, dtype=float), **held)
        return {name: float(value) for name, value in zip(names, found, strict=True) if name}

    return fit


def _normal(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    mean, deviation = stats.norm.fit(np.asarray(data, dtype=float))
    return {"mu": float(mean), "sigma2": float(deviation) ** 2}


def _lognormal(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    shape, _, scale = stats.lognorm.fit(np.asarray(data, dtype=float), floc=0)
    return {"mu": float(np.log(scale)), "sigma2": float(shape) ** 2}


def _inverse_gaussian(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    ratio, _, scale = stats.invgauss.fit(np.asarray(data, dtype=float), floc=0)
    return {"mu": float(ratio * scale), "lambda_": float(scale)}


def _rate(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    _, scale = stats.expon.fit(np.asarray(data, dtype=float), floc=0)
    return {"lambda_": 1 / float(scale)}


def _pareto(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    smallest = float(np.min(data))
    shape, _, scale = stats.pareto.fit(np.asarray(data, dtype=float), floc=0, fscale=smallest)
    return {"m": float(scale), "alpha": float(shape)}


def _uniform(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    start, width = stats.uniform.fit(np.asarray(data, dtype=float))
    return {"a": float(start), "b": float(start + width)}


def _shifted_exponential(data: Any, known: Mapping[str, float]) -> dict[str, float]:
    start, scale = stats.expon.fit(np.asarray(data, dtype=float))
    return {"mu": float(start), "lambda_": 1 / float(scale)}


FITS: dict[str, Fit] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "exponential": _rate,
    "rayleigh": _named(stats.rayleigh, ("", "sigma"), floc=0),
    "maxwell": _named(stats.maxwell, ("", "a"), floc=0),
    "half-normal": _named(stats.halfnorm, ("", "sigma"), floc=0),
    "laplace": _named(stats.laplace, ("mu", "b")),
    "inverse-gaussian": _inverse_gaussian,
    "pareto": _pareto,
    "uniform": _uniform,
    "shifted-exponential": _shifted_exponential,
    "gamma": _named(stats.gamma, ("k", "", "theta"), floc=0),
    "weibull": _named(stats.weibull_min, ("k", "", "lambda_"), floc=0),
    "beta": _named(stats.beta, ("a", "b", "", ""), floc=0, fscale=1),
    "cauchy": _named(stats.cauchy, ("mu", "sigma")),
    "logistic": _named(stats.logistic, ("mu", "s")),
    "von-mises": _named(stats.vonmises, ("kappa", "mu", ""), fscale=1),
}
"""Fits by the name of the family in `derivations.subjects.likelihood.families`."""


def fit(name: str, data: Any, known: Mapping[str, float] | None = None) -> dict[str, float] | None:
    """SciPy's estimates by our parameter names; None where SciPy has no fit of that family.

    >>> {key: round(value, 6) for key, value in (fit("normal", [1.0, 3.0]) or {}).items()}
    {'mu': 2.0, 'sigma2': 1.0}
    """
    return FITS[name](data, known or {}) if name in FITS else None
