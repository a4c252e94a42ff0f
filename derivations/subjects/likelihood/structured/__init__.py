"""Models with classes, features and regressors: their estimates by the same rules, with symbolic N, K and D."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from derivations.core.derivation import Derivation
from derivations.subjects.likelihood.structured.classes import naive_bayes
from derivations.subjects.likelihood.structured.gaussian import discriminant_analysis, multivariate_normal
from derivations.subjects.likelihood.structured.linear import regression
from derivations.subjects.likelihood.structured.simplex import categorical, multinomial

ENTRIES: dict[str, Callable[[], Derivation]] = {
    "categorical/mle": partial(categorical, False),
    "categorical/map-dirichlet": partial(categorical, True),
    "multinomial/mle": partial(multinomial, False),
    "multinomial/map-dirichlet": partial(multinomial, True),
    "bernoulli-naive-bayes/mle": partial(naive_bayes, "bernoulli"),
    "poisson-naive-bayes/mle": partial(naive_bayes, "poisson"),
    "multinomial-naive-bayes/mle": partial(naive_bayes, "multinomial"),
    "multivariate-normal/mle": multivariate_normal,
    "gaussian-discriminant-analysis/mle": discriminant_analysis,
    "linear-regression/mle": partial(regression, "least-squares"),
    "linear-regression/mle-weighted": partial(regression, "weighted"),
    "linear-regression/map-ridge": partial(regression, "ridge"),
}
