"""Numeric minima against closed forms, in every domain."""

import numpy as np
import pytest
from sympy import IndexedBase, Sum, Symbol, exp, log, pi, symbols

from numeric import failures
from numeric.domains import INTEGER, POSITIVE, REAL, SIMPLEX, UNIT_INTERVAL, label
from numeric.instances import Variable
from numeric.optimise import minimise

i, k, d = symbols("i k d", integer=True, positive=True)
N, K, D = symbols("N K D", integer=True, positive=True)
x = IndexedBase("x", real=True)
mu = IndexedBase("mu", real=True)
s = IndexedBase("sigma2", positive=True)
alpha = IndexedBase("alpha", positive=True)
y = IndexedBase("y", integer=True, positive=True)
p, lam = Symbol("p", positive=True), Symbol("lam", positive=True)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def test_gaussian_classes_are_estimated_to_a_millionth() -> None:
    rng = generator()
    labels = np.repeat([1, 2, 3], [10, 20, 30])
    points = rng.normal(size=(60, 2)) * [1.0, 30.0] + labels[:, None]
    objective = (
        N / 2 * Sum(log(2 * pi * s[d]), (d, 1, D))
        + Sum(Sum((x[i, d] - mu[y[i], d]) ** 2 / (2 * s[d]), (d, 1, D)), (i, 1, N))
        - Sum(log(alpha[y[i]]), (i, 1, N))
    )
    unknowns = [Variable(mu, REAL, (K, D)), Variable(s, POSITIVE, (D,)), Variable(alpha, SIMPLEX, (K,))]
    declared = [Variable(x, REAL, (N, D)), Variable(y, label(K), (N,))]
    best = minimise(objective, unknowns, {x: points, y: labels, K: 3}, rng=rng, variables=declared, starts=1)
    means = np.stack([points[labels == c].mean(axis=0) for c in (1, 2, 3)])
    np.testing.assert_allclose(best.values[mu], means, rtol=1e-6)
    np.testing.assert_allclose(best.values[s], ((points - means[labels - 1]) ** 2).mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(best.values[alpha], [1 / 6, 1 / 3, 1 / 2], rtol=1e-6)
    assert best.converged


def test_unit_interval_and_positive_scalars_are_found() -> None:
    data = {x: np.array([0.5, 1.5, 4.0]), N: 3}
    rate = minimise(lam * Sum(x[i], (i, 1, N)) - N * log(lam), [Variable(lam, POSITIVE)], data, rng=generator())
    assert rate.values[lam] == pytest.approx(0.5, rel=1e-6)
    share = minimise(-3 * log(p) - 7 * log(1 - p), [Variable(p, UNIT_INTERVAL)], {}, rng=generator())
    assert share.values[p] == pytest.approx(0.3, rel=1e-6)


def test_objective_without_a_minimum_is_not_called_converged() -> None:
    assert not minimise(exp(-lam) - lam**2, [Variable(lam, POSITIVE)], {}, rng=generator()).converged


def test_integer_unknown_is_refused() -> None:
    n = Symbol("n", integer=True)
    with pytest.raises(failures.UnknownTransform, match="integer"):
        minimise(n**2, [Variable(n, INTEGER)], {}, rng=generator())


def test_objective_finite_nowhere_is_named() -> None:
    with pytest.raises(failures.NoMinimum, match="no finite value"):
        minimise(log(-lam), [Variable(lam, POSITIVE)], {}, rng=generator())


def test_unknown_size_is_named() -> None:
    with pytest.raises(failures.UnknownSize, match="K"):
        minimise(Sum(alpha[k] ** 2, (k, 1, K)), [Variable(alpha, SIMPLEX, (K,))], {}, rng=generator())
