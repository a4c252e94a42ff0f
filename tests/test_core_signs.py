"""Signs: what is known from declarations and conditions, and nothing guessed."""

import numpy as np
import pytest
from core_samples import (
    NAMES,
    VARIABLES,
    D,
    K,
    N,
    alpha,
    b,
    c,
    compared,
    d,
    f,
    i,
    j,
    k,
    mu,
    n,
    q,
    r,
    real_and_finite,
    seeded,
    sigma2,
    t,
    u,
    w,
    x,
    y,
)  # fmt: skip
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Integer, KroneckerDelta, Pow, Product, Rational, S, Sum, Symbol, erf, exp, log

from derivations.core.equality import free_ranges
from derivations.core.ranges import known_nonnegative
from derivations.core.signs import Sign, Signs, matches
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure
from numeric.instances import draw_instance
from numeric.refute import Separation

v = Symbol("v", integer=True)
SIGNS = Signs(declarations=NAMES)
POSITIVE = [
    q, q + r, q * r / 2, q**t, exp(t), 1 + t**2, (1 + t**2) ** -3, Sum(w[i], (i, 1, N)), Product(w[i], (i, 1, N)),
    log(Integer(2)), Sum(alpha[k] * exp(x[1]), (k, 1, K)), 1 / q, q ** Rational(-1, 2), (-2) ** 2 * q,
    -log(Rational(1, 2)), N, N + K, i, erf(q),
]  # fmt: skip
NONNEGATIVE = [t**2, Abs(t), KroneckerDelta(i, j), Sum(t**2, (i, 1, N)), Sum(w[i], (i, 1, b)), q * t**2,
               Sum(KroneckerDelta(y[i], k), (i, 1, N)), t**2 * u**4, S.Zero, erf(t**2)]  # fmt: skip
UNKNOWN = [t, t + q, q - r, t * u, -t, x[i], t**3, log(q), mu[y[i], d], Sum(x[i], (i, 1, N)), Product(x[i], (i, 1, N)),
           exp(t) - 1, b,
           t**2 - q, Sum(w[i] - 1, (i, 1, N)), f(t), 1 - q, v, t**b, (-q) ** b, erf(t), erf(q - r)]  # fmt: skip


@pytest.mark.parametrize("expression", POSITIVE)
def test_is_positive(expression):
    assert SIGNS.positive(expression)
    assert SIGNS.nonzero(expression)
    assert SIGNS.of(-expression) == Sign.NEGATIVE


@pytest.mark.parametrize("expression", NONNEGATIVE)
def test_is_not_negative_and_may_be_zero(expression):
    assert SIGNS.nonnegative(expression)
    assert not SIGNS.positive(expression)
    assert not SIGNS.nonzero(expression)


@pytest.mark.parametrize("expression", UNKNOWN)
def test_is_not_known(expression):
    assert not SIGNS.positive(expression)
    assert not SIGNS.positive(-expression)
    assert not SIGNS.nonnegative(expression)


def test_a_sum_over_a_range_that_may_be_empty_may_be_zero():
    assert not SIGNS.positive(Sum(w[i], (i, 2, N)))
    assert SIGNS.nonnegative(Sum(w[i], (i, 2, N)))


def test_a_negative_factor_turns_the_sign():
    assert SIGNS.of(-q * r) == Sign.NEGATIVE
    assert SIGNS.of((-q) ** 3) == Sign.NEGATIVE
    assert SIGNS.of((-q) ** -2) == Sign.POSITIVE
    assert SIGNS.of(t**-2) == Sign.POSITIVE  # where it is defined


def test_a_condition_is_positive_and_its_multiples():
    signs = Signs((n[k],), declarations=NAMES)
    assert signs.positive(n[k] / q)
    assert signs.positive(n[c])
    assert signs.positive(n[y[i]])
    assert signs.positive(Sum(n[k], (k, 1, K)))
    assert signs.positive(n[1])


def test_a_condition_does_not_reach_beyond_its_range():
    signs = Signs((n[k],), declarations=NAMES)
    for other in (n[k + 1], n[i], n[2], n[N], n[d]):
        assert not signs.positive(other)
    assert not signs.positive(Sum(n[k], (k, 1, N)))
    assert not signs.positive(Sum(n[k], (k, 0, K)))


def test_a_condition_at_one_place_is_about_that_place():
    for place in (n[1], n[K], n[y[1]]):
        signs = Signs((place,), declarations=NAMES)
        assert signs.positive(place)
        assert not signs.positive(n[k])
        assert not signs.positive(n[2])


def test_a_condition_on_a_pair_of_equal_indices_is_about_the_diagonal():
    matrix = NAMES["a"].head
    assert not matches(matrix[i, i], matrix[i, j], NAMES)
    assert matches(matrix[i, i], matrix[j, j], NAMES)
    assert matches(matrix[i, j], matrix[j, i], NAMES)


@pytest.mark.parametrize("expression", [N - 1, N - i, i - 1, N - K + K, 2 * N - i - j, N * K - 1, K - y[i] * 0 - 1])
def test_is_known_not_to_be_negative(expression):
    assert known_nonnegative(expression, NAMES)


@pytest.mark.parametrize("expression", [N - 2, i - 2, N - K, N - i - 1, i - j, b, N - i - j, -N, N - k])
def test_is_not_known_not_to_be_negative(expression):
    assert not known_nonnegative(expression, NAMES)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_a_known_sign_agrees_on_instances(seed):
    expression = seeded(seed)
    if not real_and_finite(expression):
        return
    try:
        for known, other in ((SIGNS.nonnegative(expression), expression), (SIGNS.of(expression) == Sign.NEGATIVE, -expression)):
            if known:
                assert not isinstance(compared(other, Abs(other), seed=seed % 100), Separation)
        if SIGNS.nonzero(expression):
            assert not isinstance(compared(expression / expression, Integer(1), seed=seed % 100), Separation)
    except NumericFailure:
        return


def test_the_sizes_are_positive_for_signs():
    assert all(map(SIGNS.positive, (N, K, D, sigma2[d])))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from((S.One, 2 * b, 2 * b + 1, N, Rational(1, 2))))
def test_a_value_never_has_a_sign_that_was_ruled_out(seed, power):
    expression = Pow(seeded(seed, 2), power)
    if not real_and_finite(expression):
        return
    possible = Signs(declarations=NAMES).of(expression)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        instance = draw_instance(VARIABLES, rng, exact=True, max_size=3, every_label_occurs=False)
        bindings = {index: 1 for index, *_ in free_ranges(NAMES, expression)}
        try:
            value = evaluate_slowly(expression, instance, bindings=bindings)
        except NumericFailure:
            continue
        assert possible & (Sign.POSITIVE if value > 0 else Sign.NEGATIVE if value < 0 else Sign.ZERO), (expression, value)
