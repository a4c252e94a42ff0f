"""Gaussian naive Bayes: likelihood, posterior and maximum-likelihood estimates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from derivations.core.derivation import Derivation
from derivations.subjects.naive_bayes.estimates import mle_mean, mle_variance
from derivations.subjects.naive_bayes.joint import mle
from derivations.subjects.naive_bayes.likelihood import negative_log_likelihood
from derivations.subjects.naive_bayes.model import PER_CLASS
from derivations.subjects.naive_bayes.posterior import PointModel, posterior, posterior_softmax
from derivations.subjects.naive_bayes.prior import mle_prior, prior_unconstrained

ENTRIES: dict[str, Callable[[], Derivation]] = {
    "gaussian-naive-bayes/posterior": posterior,
    "gaussian-naive-bayes/posterior-softmax": posterior_softmax,
    "gaussian-naive-bayes/negative-log-likelihood": negative_log_likelihood,
    "gaussian-naive-bayes/mle-mean": mle_mean,
    "gaussian-naive-bayes/mle-variance": mle_variance,
    "gaussian-naive-bayes/prior": mle_prior,
    "gaussian-naive-bayes/prior-unconstrained": prior_unconstrained,
    "gaussian-naive-bayes/mle": mle,
    "gaussian-naive-bayes-per-class/posterior": partial(posterior, PointModel(per_class=True)),
    "gaussian-naive-bayes-per-class/negative-log-likelihood": partial(negative_log_likelihood, PER_CLASS),
    "gaussian-naive-bayes-per-class/mle-mean": partial(mle_mean, PER_CLASS),
    "gaussian-naive-bayes-per-class/mle-variance": partial(mle_variance, PER_CLASS),
    "gaussian-naive-bayes-per-class/prior": partial(mle_prior, PER_CLASS),
    "gaussian-naive-bayes-per-class/mle": partial(mle, PER_CLASS),
}
