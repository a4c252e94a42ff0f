"""Differentiation of indexed sums, against dual numbers on random expressions and against what SymPy gets wrong."""

import pytest
from core_samples import (
    NAMES,
    D,
    K,
    N,
    Source,
    a,
    alpha,
    compared,
    d,
    f,
    g,
    i,
    j,
    k,
    l,
    mu,
    n,
    q,
    r,
    random,
    real_and_finite,
    separated,
    sigma2,
    t,
    u,
    w,
    x,
    y,
)  # fmt: skip
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Derivative, KroneckerDelta, Product, S, Sum, Symbol, exp, log, sqrt

from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.definitions import unfold
from derivations.core.equality import drawn, free_ranges, prove
from numeric.failures import NumericFailure
from numeric.refute import Separation, refute

delta = KroneckerDelta
SLOPES = {
    "a sum of squares": (Sum(x[i] ** 2, (i, 1, N)), x[k], Sum(2 * x[i] * delta(i, k), (i, 1, N))),
    "the index of the entry is bound as well": (Sum(x[i] ** 2, (i, 1, N)), x[i], Sum(2 * x[j] * delta(i, j), (j, 1, N))),
    "a gather": (Sum(mu[y[i], d], (i, 1, N)), mu[k, d], Sum(delta(y[i], k), (i, 1, N))),
    "another feature": (Sum(mu[y[i], 1], (i, 1, N)), mu[k, d], delta(d, 1) * Sum(delta(y[i], k), (i, 1, N))),
    "a quadratic form": (
        Sum(x[i] * a[i, j] * x[j], (i, 1, N), (j, 1, N)), x[l], Sum(a[l, j] * x[j] + a[j, l] * x[j], (j, 1, N))
    ),
    "a logarithm": (Sum(log(alpha[y[i]]), (i, 1, N)), alpha[k], Sum(delta(y[i], k), (i, 1, N)) / alpha[k]),
    "a quotient": (t / (1 + t**2), t, (1 - t**2) / (1 + t**2) ** 2),
    "a power": (q**t, t, q**t * log(q)),
    "a power of itself": (q**q, q, q**q * (log(q) + 1)),
    "a root": (sqrt(q), q, 1 / (2 * sqrt(q))),
    "an exponential": (exp(-Sum(t * w[i], (i, 1, N))), t, -Sum(w[i], (i, 1, N)) * exp(-t * Sum(w[i], (i, 1, N)))),
    "a product": (Product(1 + t * w[i], (i, 1, N)), t, Product(1 + t * w[i], (i, 1, N)) * Sum(w[i] / (1 + t * w[i]), (i, 1, N))),
    "a log-sum-exp": (
        log(Sum(exp(mu[k, d]), (k, 1, K))), mu[1, d], exp(mu[1, d]) / Sum(exp(mu[k, d]), (k, 1, K))
    ),
    "a number": (Sum(u * w[i], (i, 1, N)), t, S.Zero),
}  # fmt: skip


@pytest.mark.parametrize("name", SLOPES)
def test_the_derivative_of(name):
    expression, variable, slope = SLOPES[name]
    found = differentiate(expression, variable)
    assert prove(found, slope, NAMES) is not None
    assert not isinstance(compared(Derivative(expression, variable), slope), Separation)


@pytest.mark.parametrize("name", SLOPES)
def test_another_derivative_is_not_proved(name):
    expression, variable, slope = SLOPES[name]
    assert prove(differentiate(expression, variable), slope + 1, NAMES) is None


def test_no_index_is_captured():
    found = differentiate(Sum(x[i] ** 2, (i, 1, N)), x[i])
    assert separated(found, 2 * Sum(x[i], (i, 1, N))) is not None
    assert prove(found, 2 * x[i], NAMES) is not None


REFUSED = {
    "the absolute value": (Abs(t), t),
    "an index": (x[y[1]], y[1]),
    "an index of a sum": (Sum(mu[y[i], 1], (i, 1, N)), y[k]),
    "a bound": (Sum(x[i], (i, 1, n[1])), n[1]),
    "a function that is not defined": (f(t, u), t),
    "a bound symbol": (Sum(x[i], (i, 1, N)), N),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name):
    with pytest.raises(NotDifferentiable):
        differentiate(*REFUSED[name])


def test_a_function_of_an_array_keeps_its_derivative():
    assert differentiate(2 * f(mu), mu[k, d]) == 2 * Derivative(f(mu), mu[k, d])
    assert differentiate(f(mu), alpha[k]) == 0


def test_the_second_derivative_is_symmetric():
    expression = Sum((x[i] - mu[y[i], d]) ** 2 / sigma2[d], (d, 1, D), (i, 1, N))
    one = differentiate(differentiate(expression, mu[k, d]), sigma2[1])
    other = differentiate(differentiate(expression, sigma2[1]), mu[k, d])
    assert prove(one, other, NAMES) is not None


def test_unfolding_takes_the_derivatives_of_what_is_defined():
    heads = {f: ((), Sum(x[i] ** 3, (i, 1, N)))}
    left = unfold(Derivative(f(x), x[k], x[j]), heads)
    assert prove(left, 6 * delta(j, k) * x[k], NAMES) is not None


def smooth(seed: int, depth: int):
    """A random expression without kinks, with entries of x, mu and the number t in it."""
    source = Source(random.Random(seed).choice)
    found = source.expression(depth) + t * source.expression(depth - 1, ((i, N),)).xreplace({}) ** 2
    return found if not found.has(Abs) else S.One


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([t, x[i], x[1], mu[k, d], w[j], q, alpha[k], a[i, j]]))
def test_the_derivative_agrees_with_dual_numbers(seed, variable):
    assert_agrees_with_duals(smooth(seed, 3), variable, seed)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([t, x[i], x[1], mu[k, d], w[j], q, alpha[k], a[i, j]]))
def test_the_derivative_of_many_agrees_with_dual_numbers(seed, variable):
    assert_agrees_with_duals(smooth(seed, 4), variable, seed)


def assert_agrees_with_duals(expression, variable, seed):
    if not real_and_finite(expression):
        return
    try:
        slope = differentiate(expression, variable)
    except NotDifferentiable:
        return
    if not real_and_finite(slope):
        return
    # a definition hides the expression from SymPy, which would take the derivative by itself, and wrongly
    name = {g: ((), expression)}
    exact = Derivative(g(*(part for part in (getattr(variable, "base", variable),))), variable)
    try:
        outcome = refute(
            exact, slope, drawn(NAMES, name), definitions=name, free=free_ranges(NAMES, expression, variable), instances=3,
            seed=seed % 1000, max_size=3, every_label_occurs=False,
        )  # fmt: skip
    except NumericFailure:
        return
    apart = isinstance(outcome, Separation) and not outcome.is_of_domains  # a slope of zero is real where f is not
    assert not apart, f"{expression} by {variable}: {outcome}"


def test_an_unbound_symbol_has_derivative_one_or_zero():
    s = Symbol("s", real=True)
    assert differentiate(s, s) == 1
    assert differentiate(t, s) == 0
    assert differentiate(r * s, s) == r
