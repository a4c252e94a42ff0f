"""Estimators beside hand-written NumPy with the same checks at the door, chunks beside one pass, all named models."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from derivations.subjects.likelihood.estimating import SampleEstimator
from derivations.subjects.likelihood.families import FAMILIES, family

pytestmark = pytest.mark.benchmark(group="likelihood")
LENGTH = 10**6


def best(call: Callable[[], object], rounds: int = 9) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _finite(x):
    if not np.isfinite(x).all():
        raise ValueError("not finite")


def _positive(x):
    _finite(x)
    if not (x > 0).all():
        raise ValueError("not positive")


def _normal(x):
    _finite(x)
    return x.mean(), x.var()


def _exponential(x):
    _positive(x)
    return 1 / x.mean()


def _lognormal(x):
    _positive(x)
    logs = np.log(x)
    return logs.mean(), logs.var()


def _rayleigh(x):
    _positive(x)
    return np.sqrt(np.square(x).mean() / 2)


HAND_WRITTEN = {"normal": _normal, "exponential": _exponential, "lognormal": _lognormal, "rayleigh": _rayleigh}


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_fit_beside_hand_written_numpy(benchmark, name):
    data = np.random.default_rng(0).gamma(2.0, 1.0, LENGTH)
    made = family(name).estimator()
    made.fit(x=data)
    ours, theirs = best(lambda: made.fit(x=data)), best(lambda: HAND_WRITTEN[name](data))
    benchmark.extra_info["ratio"] = ours / theirs
    benchmark.pedantic(lambda: made.fit(x=data), rounds=3)
    assert ours <= 1.2 * theirs


def _sample(made: SampleEstimator, name: str, rng: np.random.Generator):
    """A million values in the domain of the sample, and values for the known parameters."""
    values = DRAWN[made._declared.domain.kind](rng)
    known = dict.fromkeys(made.known_names, 3)
    return np.minimum(values, {"bernoulli": 1, "binomial": 3}.get(name, np.inf)), known


DRAWN = {
    "real": lambda rng: rng.normal(1, 2, LENGTH), "positive": lambda rng: 1 + rng.gamma(2.0, 1.0, LENGTH),
    "unit-interval": lambda rng: rng.beta(2, 3, LENGTH), "natural": lambda rng: 1.0 * rng.poisson(2.0, LENGTH),
    "size": lambda rng: 1.0 + rng.poisson(2.0, LENGTH),
}  # fmt: skip
WHOLE_SAMPLE = {"laplace"}
"""Families whose estimate is no function of sums and extremes: the median."""


@pytest.mark.parametrize("name", [n for n in FAMILIES if n not in WHOLE_SAMPLE])
def test_hundred_chunks_beside_one_pass(benchmark, name):
    made = family(name).estimator()
    if made.numerical:
        pytest.skip("no closed form: the whole sample is needed")
    data, known = _sample(made, name, np.random.default_rng(0))
    parts = np.array_split(data, 100)
    made.fit(x=data, **known)

    def in_chunks():
        made._state = None
        for part in parts:
            made.partial_fit(x=part, **known)
        return made.estimates

    in_chunks()
    ratio = min(best(in_chunks) / best(lambda: made.fit(x=data, **known)) for _ in range(3))
    benchmark.extra_info["ratio"] = ratio
    benchmark.pedantic(in_chunks, rounds=3)
    assert ratio <= 1.5


def test_all_named_models_together(benchmark):
    family("normal")
    start = time.process_time()
    benchmark.pedantic(lambda: [family(name) for name in FAMILIES], rounds=1)
    assert time.process_time() - start < 5
    assert isinstance(family("normal").estimator(), SampleEstimator)
