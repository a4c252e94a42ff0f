"""The fast evaluator: equal to the slow one on random expressions, stable, blocked, checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Derivative,
    Expr,
    Function,
    IndexedBase,
    KroneckerDelta,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    factorial,
    log,
    pi,
    sqrt,
    symbols,
    tanh,
)  # fmt: skip

from numeric import evaluate, failures, ranges
from numeric.domains import POSITIVE, REAL, SIMPLEX, label
from numeric.evaluate import compile_expression
from numeric.evaluate_slowly import evaluate_slowly
from numeric.instances import Variable, draw_instance

i, j, k, l, d = symbols("i j k l d", integer=True, positive=True)  # noqa: E741
N, K, D = symbols("N K D", integer=True, positive=True)
t = Symbol("t", real=True)
x = IndexedBase("x", real=True)
mu = IndexedBase("mu", real=True)
s = IndexedBase("sigma2", positive=True)
alpha = IndexedBase("alpha", positive=True)
y = IndexedBase("y", integer=True, positive=True)
VARIABLES = [
    Variable(x, REAL, (N, D)),
    Variable(y, label(K), (N,)),
    Variable(mu, REAL, (K, D)),
    Variable(s, POSITIVE, (D,)),
    Variable(alpha, SIMPLEX, (K,)),
    Variable(t, REAL),
]
ENDS = {"i": N, "k": K, "d": D}
Indices = dict[str, tuple[Symbol, ...]]


def equal_twins(expression: Expr, instance: dict[Any, Any], free: tuple[Any, ...] = (), **options: Any) -> None:
    """The fast value equals the slow one for every value of the free indices."""
    fast = np.asarray(compile_expression(expression, free=free, variables=VARIABLES, **options).on(instance))
    assert fast.shape == tuple(instance[end] for _, _, end in free)
    for position in np.ndindex(fast.shape):
        bindings = {index: at + 1 for (index, _, _), at in zip(free, position, strict=True)}
        slow = evaluate_slowly(expression, instance, bindings=bindings, definitions=options.get("definitions"))
        assert float(fast[position]) == pytest.approx(float(slow), rel=1e-9, abs=1e-8), (expression, bindings)


def leaves(indices: Indices) -> list[Expr]:
    """What may be read where these indices are bound."""
    found: list[Expr] = [t, N, K, Rational(1, 2), 3 * t]
    for at in indices["i"]:
        found += [alpha[y[at]], Rational(1, 3) * at]
        found += [expression for c in indices["d"] for expression in (x[at, c], mu[y[at], c], x[at, c] - mu[y[at], c])]
        found += [KroneckerDelta(y[at], c) for c in indices["k"]]
        found += [KroneckerDelta(at, other) for other in indices["i"] if other != at]
    for at in indices["k"]:
        found += [alpha[at], *(mu[at, c] for c in indices["d"])]
        found += [1 - KroneckerDelta(at, other) for other in indices["k"] if other != at]
    found += [s[at] for at in indices["d"]]
    found += [mu[k_, d_] for k_ in indices["k"] for d_ in indices["d"]]
    return found


@st.composite
def expressions(draw: Callable[..., Any], indices: Indices, depth: int) -> Expr:
    """A random expression in sums, products, indicators, exponentials and their ratios."""
    if depth == 0:
        return draw(st.sampled_from(leaves(indices)))

    def smaller(inside: Indices = indices) -> Expr:
        return draw(expressions(inside, depth - 1))

    def bound(kind: str) -> tuple[Symbol, Indices]:
        # A name may be bound again inside: both evaluators must keep the two apart.
        index = draw(st.sampled_from([Symbol(f"{kind}{number}", integer=True, positive=True) for number in (1, 2, 3)]))
        return index, {**indices, kind: (*(old for old in indices[kind] if old != index), index)}

    kind = draw(st.sampled_from(["i", "k", "d"]))
    shape = draw(st.sampled_from(SHAPES))
    if shape == "sum":
        index, inside = bound(kind)
        return Sum(smaller(inside), (index, 1, ENDS[kind]))
    if shape == "product":
        index, inside = bound(kind)
        return Product(1 + smaller(inside) ** 2 / 40, (index, 1, ENDS[kind]))
    if shape == "ragged" and indices["i"]:
        index, inside = bound("i")
        outer = draw(st.sampled_from(indices["i"]))
        limits = [(index, 1, outer), (index, outer + 1, N), (index, 1, outer - 1)]
        return Sum(smaller(inside), draw(st.sampled_from(limits))) if index != outer else smaller()
    if shape == "double":
        first, once = bound(kind)
        other = draw(st.sampled_from(["i", "k", "d"]))
        second = Symbol(f"{other}4", integer=True, positive=True)
        twice = {**once, other: (*(old for old in once[other] if old != second), second)}
        return Sum(smaller(twice), (first, 1, ENDS[kind]), (second, 1, ENDS[other]))
    if shape == "softmax":
        index, inside = bound("k")
        weight = exp(tanh(smaller(inside)))
        at = draw(st.sampled_from(indices["k"])) if indices["k"] else 1
        return (alpha[index] * weight).xreplace({index: at}) / Sum(alpha[index] * weight, (index, 1, K))
    return {
        "add": lambda: smaller() + smaller(),
        "subtract": lambda: smaller() - smaller(),
        "multiply": lambda: smaller() * smaller(),
        "square": lambda: smaller() ** 2,
        "ratio": lambda: smaller() / (1 + smaller() ** 2),
        "root": lambda: sqrt(1 + smaller() ** 2),
        "exp": lambda: exp(-(smaller() ** 2) / 8),
        "log": lambda: log(1 + smaller() ** 2),
        "logistic": lambda: 1 / (1 + exp(tanh(smaller()))),
    }.get(shape, smaller)()


SHAPES = [
    "sum",
    "sum",
    "sum",
    "double",
    "product",
    "ragged",
    "softmax",
    "add",
    "subtract",
    "multiply",
    "multiply",
    "square",
    "ratio",
    "root",
    "exp",
    "log",
    "logistic",
]
FREE = {"i": (), "k": (k,), "d": (d,)}


@settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))
@given(expressions(FREE, 4), st.integers(0, 2**32))
def test_random_expressions_have_equal_values_in_both_evaluators(expression: Expr, seed: int) -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(seed), distinct=True, every_label_occurs=False)
    for name in (mu, x):
        instance[name] = instance[name] / 4
    try:
        value = evaluate_slowly(expression, instance, bindings={k: 1, d: 1}, max_terms=20_000)
    except (failures.TooManyTerms, failures.NumberTooLarge):
        assume(False)
    assume(abs(value) < 1e6)
    equal_twins(expression, instance, ((k, 1, K), (d, 1, D)))


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(expressions(FREE, 3), st.integers(0, 2**32), st.sampled_from([1, 2, 3, 7]))
def test_blocks_of_any_size_give_the_same_value(expression: Expr, seed: int, block: int) -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(seed), every_label_occurs=False)
    compiled = compile_expression(expression, free=((k, 1, K), (d, 1, D)), variables=VARIABLES)
    whole = compiled.on(instance)
    assume(np.isfinite(whole).all())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "BLOCK", block)
        patch.setattr(evaluate, "BLOCK", block)
        np.testing.assert_allclose(compiled.on(instance), whole, rtol=1e-10, atol=1e-9 * (1 + np.abs(whole).max()))


# -- the expressions of the subject

NLL = (
    N / 2 * Sum(log(2 * pi * s[d]), (d, 1, D))
    + Sum(Sum((x[i, d] - mu[y[i], d]) ** 2 / (2 * s[d]), (d, 1, D)), (i, 1, N))
    - Sum(log(alpha[y[i]]), (i, 1, N))
)
COUNT = Sum(KroneckerDelta(y[i], k), (i, 1, N))
MEAN = Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N)) / COUNT
SCORE = -Sum(KroneckerDelta(y[i], k) * (x[i, d] - mu[k, d]), (i, 1, N)) / s[d]
z = IndexedBase("z", real=True)
EXPONENT = Sum((z[d] - mu[k, d]) ** 2 / (2 * s[d]), (d, 1, D))
DENSITY = exp(-EXPONENT) / sqrt(Product(2 * pi * s[d], (d, 1, D)))
POSTERIOR = alpha[k] * exp(-EXPONENT) / Sum(alpha[j] * exp(-EXPONENT.xreplace({k: j})), (j, 1, K))
WITH_DENSITY = alpha[k] * DENSITY / Sum(alpha[j] * DENSITY.xreplace({k: j}), (j, 1, K))
RATIOS = 1 / (
    1 + Sum((1 - KroneckerDelta(j, k)) * alpha[j] / alpha[k] * exp(-EXPONENT.xreplace({k: j}) + EXPONENT), (j, 1, K))
)
POINT = [Variable(z, REAL, (D,)), *VARIABLES]


def data(n: int, classes: int, features: int, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "x": rng.normal(size=(n, features)),
        "y": rng.integers(1, classes + 1, n),
        "mu": rng.normal(size=(classes, features)),
        "sigma2": rng.gamma(3.0, 1.0, features),
        "alpha": rng.dirichlet(np.full(classes, 3.0)),
    }


def test_negative_log_likelihood_equals_plain_numpy() -> None:
    a = data(20_000, 5, 10)
    at = a["y"] - 1
    plain = (
        20_000 / 2 * np.log(2 * np.pi * a["sigma2"]).sum()
        + np.sum((a["x"] - a["mu"][at]) ** 2 / (2 * a["sigma2"]))
        - np.log(a["alpha"][at]).sum()
    )
    assert compile_expression(NLL, variables=VARIABLES)(**a) == pytest.approx(plain, rel=1e-12)


def test_class_means_equal_the_mean_of_each_class() -> None:
    a = data(30_000, 4, 3)
    found = compile_expression(MEAN, free=((k, 1, K), (d, 1, D)), variables=VARIABLES)(x=a["x"], y=a["y"], K=4)
    plain = np.stack([a["x"][a["y"] == label].mean(axis=0) for label in range(1, 5)])
    np.testing.assert_allclose(found, plain, rtol=1e-12, atol=1e-14)


def test_free_axes_come_in_the_order_asked_for() -> None:
    a = data(50, 3, 2)
    one = compile_expression(MEAN, free=((k, 1, K), (d, 1, D)), variables=VARIABLES)(x=a["x"], y=a["y"], K=3)
    other = compile_expression(MEAN, free=((d, 1, D), (k, 1, K)), variables=VARIABLES)(x=a["x"], y=a["y"], K=3)
    np.testing.assert_array_equal(one, other.T)


def test_free_range_may_start_after_one() -> None:
    a = data(50, 3, 2)
    found = compile_expression(mu[k, d], free=((k, 2, K), (d, 1, D)), variables=VARIABLES)(mu=a["mu"])
    np.testing.assert_array_equal(found, a["mu"][1:])


def test_grouping_makes_no_array_of_samples_times_classes() -> None:
    import tracemalloc

    a = data(200_000, 40, 2)
    compiled = compile_expression(SCORE, free=((k, 1, K), (d, 1, D)), variables=VARIABLES)
    tracemalloc.start()
    compiled(x=a["x"], y=a["y"], mu=a["mu"], sigma2=a["sigma2"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < a["x"].nbytes


@pytest.mark.parametrize("expression", [POSTERIOR, WITH_DENSITY, RATIOS])
@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_posterior_is_stable_and_batched(expression: Expr, scale: float) -> None:
    from scipy.special import logsumexp

    a = data(3_000, 4, 6)
    points = a["x"] * scale
    compiled = compile_expression(expression, free=((k, 1, K),), variables=POINT, batch=("z",))
    found = compiled(z=points, mu=a["mu"], sigma2=a["sigma2"], alpha=a["alpha"])
    joint = np.log(a["alpha"]) - ((points[:, None] - a["mu"]) ** 2 / (2 * a["sigma2"])).sum(axis=-1)
    plain = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    assert found.shape == (3_000, 4)
    np.testing.assert_allclose(found, plain, rtol=1e-8 * scale, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-7)


def test_one_point_without_batch_equals_its_row_in_the_batch() -> None:
    a = data(5, 3, 2)
    rest = {name: a[name] for name in ("mu", "sigma2", "alpha")}
    single = compile_expression(POSTERIOR, free=((k, 1, K),), variables=POINT)
    batch = compile_expression(POSTERIOR, free=((k, 1, K),), variables=POINT, batch=("z",))
    np.testing.assert_allclose(batch(z=a["x"], **rest)[3], single(z=a["x"][3], **rest), rtol=1e-12)


def test_batch_of_parameters_gives_one_value_each() -> None:
    a = data(60, 3, 2)
    means = np.random.default_rng(1).normal(size=(7, 3, 2))
    batched = compile_expression(NLL, variables=VARIABLES, batch=("mu",))(**{**a, "mu": means})
    single = compile_expression(NLL, variables=VARIABLES)
    np.testing.assert_allclose(batched, [single(**{**a, "mu": mean}) for mean in means], rtol=1e-12)


def test_log_of_an_underflowing_product_is_finite() -> None:
    a = data(5_000, 2, 2)
    likelihood = Product(exp(-((x[i, 1] - 3) ** 2)), (i, 1, N))
    value = compile_expression(log(likelihood), variables=VARIABLES)(x=a["x"])
    assert value == pytest.approx(-((a["x"][:, 0] - 3) ** 2).sum(), rel=1e-12)
    assert compile_expression(likelihood, variables=VARIABLES)(x=a["x"]) == 0.0


def test_signs_survive_in_log_space() -> None:
    u = IndexedBase("u", real=True)
    expression = Sum(u[i] * exp(u[i]), (i, 1, N)) / Sum(exp(u[i]), (i, 1, N)) + 1 / (u[1] * exp(u[2]) * exp(u[3]))
    values = np.array([-3.0, 2.0, 0.5, -1.0])
    weights = np.exp(values)
    expected = (values * weights).sum() / weights.sum() + 1 / (-3 * np.exp(2.5))
    assert compile_expression(expression)(u=values, N=4) == pytest.approx(expected, rel=1e-12)


def test_poisson_terms_do_not_overflow() -> None:
    c = IndexedBase("c", integer=True, nonnegative=True)
    mass = Sum(log(t ** c[i] * exp(-t) / factorial(c[i])), (i, 1, N))
    from scipy.stats import poisson

    counts = np.array([0, 3, 250, 900])
    found = compile_expression(mass)(c=counts, t=40.0, N=4)
    assert found == pytest.approx(poisson.logpmf(counts, 40.0).sum(), rel=1e-12)


def test_integer_data_do_not_overflow() -> None:
    big = np.full((3, 1), 2**40)
    found = compile_expression(Sum(x[i, 1] ** 2, (i, 1, N)), variables=VARIABLES)(x=big)
    assert found == pytest.approx(3 * 2.0**80)


# -- definitions

hat = IndexedBase("m", real=True)
n = Function("n")
DEFINED = {hat: ((k, d), MEAN), n: ((k,), COUNT)}


def test_defined_array_is_computed_once_and_gathered() -> None:
    spread = Sum((x[i, d] - hat[y[i], d]) ** 2, (i, 1, N)) / N
    a = data(4_000, 3, 2)
    declared = [*VARIABLES, Variable(hat, REAL, (K, D))]
    found = compile_expression(spread, free=((d, 1, D),), variables=declared, definitions=DEFINED)(
        x=a["x"], y=a["y"], K=3
    )
    means = np.stack([a["x"][a["y"] == label].mean(axis=0) for label in range(1, 4)])
    np.testing.assert_allclose(found, ((a["x"] - means[a["y"] - 1]) ** 2).mean(axis=0), rtol=1e-12)


@pytest.mark.parametrize(
    "expression",
    [n(k) * hat[k, d], Sum(n(j) ** 2, (j, 1, K)), Sum(hat[y[i], d] * n(y[i]), (i, 1, N)), Sum(n(k) * n(j), (j, 1, k))],
)
def test_definitions_have_equal_values_in_both_evaluators(expression: Expr) -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(2), sizes={N: 5, K: 3, D: 2})
    equal_twins(expression, instance, ((k, 1, K), (d, 1, D)), definitions=DEFINED)


def test_definition_of_a_function_of_numbers_is_applied_to_arrays() -> None:
    sigmoid = Function("sigmoid")
    definitions = {sigmoid: ((t,), 1 / (1 + exp(-t)))}
    a = data(10, 2, 2)
    found = compile_expression(
        sigmoid(x[i, d]), free=((i, 1, N), (d, 1, D)), variables=VARIABLES, definitions=definitions
    )(x=a["x"])
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-a["x"])), rtol=1e-14)


# -- edges


def test_sum_over_empty_range_is_zero_and_product_one() -> None:
    assert compile_expression(Sum(x[i, 1], (i, 3, 2)), variables=VARIABLES)(x=np.ones((4, 1))) == 0
    assert compile_expression(Product(x[i, 1], (i, 3, 2)), variables=VARIABLES)(x=np.ones((4, 1))) == 1
    assert compile_expression(log(Sum(exp(x[i, 1]), (i, K, N))), variables=VARIABLES)(x=np.ones((4, 1)), K=5) == -np.inf


def test_empty_class_gives_nan_not_a_wrong_number() -> None:
    found = compile_expression(MEAN, free=((k, 1, K), (d, 1, D)), variables=VARIABLES)(x=np.ones((2, 1)), y=[1, 3], K=3)
    assert np.isnan(found[1]).all()
    assert (found[[0, 2]] == 1).all()


def test_labels_outside_the_group_range_are_left_out() -> None:
    found = compile_expression(COUNT, free=((k, 1, 2),), variables=VARIABLES)(y=np.array([1, 2, 3, 3]), K=3)
    np.testing.assert_array_equal(found, [1, 1])


def test_labels_outside_a_sifted_range_contribute_nothing() -> None:
    sifted = Sum(KroneckerDelta(y[i], k) * alpha[k], (k, 1, 2), (i, 1, N))
    found = compile_expression(sifted, variables=VARIABLES)(y=np.array([1, 2, 3]), alpha=np.array([0.2, 0.3, 0.5]))
    assert found == pytest.approx(0.5)


def test_bound_index_does_not_capture_a_free_one_of_the_same_name() -> None:
    a = data(6, 3, 2)
    expression = Sum(mu[k, d], (k, 1, K)) + mu[k, d]
    found = compile_expression(expression, free=((k, 1, K), (d, 1, D)), variables=VARIABLES)(mu=a["mu"])
    np.testing.assert_allclose(found, a["mu"].sum(axis=0) + a["mu"])


def test_exact_instances_are_accepted() -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(0), exact=True)
    equal_twins(SCORE, instance, ((k, 1, K), (d, 1, D)))


FAILURES = [
    (x[i, 1] * 0 + mu[1, 1], {"x": np.ones((3, 2)), "mu": np.ones((3, 3))}, failures.SizeMismatch, "mu is declared"),
    (Sum(x[i, 1], (i, 1, N)), {"x": np.ones(3)}, failures.SizeMismatch, r"\(N, D\)"),
    (Sum(x[i, 1], (i, 1, N)), {"N": 3}, failures.UnboundSymbol, "x has no value"),
    (Sum(x[i, 1], (i, 1, N)), {"x": np.ones((3, 1)), "w": 1}, failures.UnboundSymbol, "w has no value"),
    (Sum(x[i, 2], (i, 1, N)), {"x": np.ones((3, 1))}, failures.IndexOutOfRange, "shape"),
    (Sum(x[i + 1, 1], (i, 1, N)), {"x": np.ones((3, 1))}, failures.IndexOutOfRange, "4"),
    (Sum(x[i - 1, 1], (i, 1, N)), {"x": np.ones((3, 1))}, failures.IndexOutOfRange, "0"),
    (x[1], {"x": np.ones((3, 1))}, failures.WrongIndexCount, "takes 2"),
    (Sum(alpha[y[i]], (i, 1, N)), {"y": [0, 1], "alpha": [0.5, 0.5]}, failures.OutsideDomain, "label in 1..K"),
    (Sum(alpha[y[i]], (i, 1, N)), {"y": [1, 3], "alpha": [0.5, 0.5]}, failures.OutsideDomain, "values from 1 to 3"),
    (Derivative(t**2, t, evaluate=False), {"t": 1.0}, failures.UnknownNode, "Derivative"),
    (x[t, 1], {"x": np.ones((3, 1)), "t": 1.5}, failures.NotAnInteger, "1.5"),
    (Function("f")(t), {"t": 1.0}, failures.UnboundSymbol, "f"),
]


@pytest.mark.parametrize(("expression", "arrays", "failure", "text"), FAILURES)
def test_failures_are_named(expression: Expr, arrays: dict[str, Any], failure: type[Exception], text: str) -> None:
    with pytest.raises(failure, match=text):
        compile_expression(expression, variables=VARIABLES)(**arrays)


def test_size_that_nothing_fixes_is_named() -> None:
    with pytest.raises(failures.UnknownSize, match="K"):
        compile_expression(COUNT, free=((k, 1, K),), variables=VARIABLES)(y=[1, 2, 2])


def test_long_sums_keep_twelve_digits() -> None:
    import math

    u = IndexedBase("u", real=True)
    values = np.random.default_rng(0).gamma(2.0, 1.0, 300_000)
    found = compile_expression(Sum(u[i] ** 2, (i, 1, N)))(u=values, N=values.size)
    assert found == pytest.approx(math.fsum(values**2), rel=1e-12)


def test_mixture_log_likelihood_is_stable_and_bounded_in_memory() -> None:
    import tracemalloc

    from scipy.special import logsumexp

    a = data(50_000, 8, 5)
    points = a["x"] * 100
    exponent = Sum((x[i, d] - mu[k, d]) ** 2 / (2 * s[d]), (d, 1, D))
    mixture = Sum(log(Sum(alpha[k] * exp(-exponent), (k, 1, K))), (i, 1, N))
    compiled = compile_expression(mixture, variables=VARIABLES)
    tracemalloc.start()
    found = compiled(x=points, mu=a["mu"], sigma2=a["sigma2"], alpha=a["alpha"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    joint = np.log(a["alpha"]) - ((points[:, None] - a["mu"]) ** 2 / (2 * a["sigma2"])).sum(axis=-1)
    assert found == pytest.approx(logsumexp(joint, axis=1).sum(), rel=1e-12)
    assert peak < 16 * 2**20
