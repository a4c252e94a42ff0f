"""The slow evaluator: exact values, exact derivatives, named failures."""

import pickle
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Abs,
    Derivative,
    Function,
    IndexedBase,
    Integral,
    KroneckerDelta,
    Lambda,
    Max,
    Product,
    Rational,
    Sum,
    Symbol,
    binomial,
    cos,
    erf,
    exp,
    factorial,
    floor,
    log,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)  # fmt: skip
from sympy import I as ImaginaryUnit

from numeric import failures
from numeric.evaluate_slowly import evaluate_slowly

i, j, k, d = symbols("i j k d", integer=True, positive=True)
N, K, D = symbols("N K D", integer=True, positive=True)
t = Symbol("t", real=True)
x = IndexedBase("x", real=True)
mu = IndexedBase("mu", real=True)
s = IndexedBase("s", positive=True)
y = IndexedBase("y", integer=True, positive=True)

INSTANCE = {
    N: 3,
    K: 2,
    D: 2,
    x: np.array([[1, 2], [3, 5], [8, 13]]),
    mu: np.array([[Fraction(1, 2), 1], [0, 2]], dtype=object),
    y: np.array([1, 2, 1]),
    s: np.array([1, 2]),
    t: Fraction(2, 3),
}

EXACT = [
    (Sum(x[i, 1], (i, 1, N)), 12),
    (Sum(x[i, d], (i, 1, N), (d, 1, D)), 32),
    (Sum(Sum(x[i, d], (d, 1, i)), (i, 1, 2)), 9),
    (Product(x[i, 2], (i, 1, N)), 130),
    (Sum(KroneckerDelta(y[i], 1) * x[i, 1], (i, 1, N)), 9),
    (Sum((1 - KroneckerDelta(j, 2)) * x[j, 1], (j, 1, N)), 9),
    (Sum(mu[y[i], 2], (i, 1, N)), 4),
    (x[1, 1] / 3, Fraction(1, 3)),
    (t**-2, Fraction(9, 4)),
    (N * K, 6),
    (factorial(N), 6),
    (Abs(x[1, 1] - 5), 4),
    (Max(x[1, 1], x[2, 1]), 3),
    (floor(Rational(7, 2) * N), 10),
    (exp(x[1, 1] - 1), 1),
]


@pytest.mark.parametrize(("expression", "value"), EXACT)
def test_rational_values_are_exact(expression: object, value: object) -> None:
    found = evaluate_slowly(expression, INSTANCE)
    assert found == value
    assert isinstance(found, (int, Fraction))


def test_sum_over_empty_range_is_zero() -> None:
    assert evaluate_slowly(Sum(x[i, 1], (i, 2, 1)), INSTANCE) == 0
    assert evaluate_slowly(Sum(x[i, 1], (i, 4, 1)), INSTANCE) == 0


def test_product_over_empty_range_is_one() -> None:
    assert evaluate_slowly(Product(x[i, 1], (i, 2, 1)), INSTANCE) == 1


@pytest.mark.parametrize("expression", [log(t), exp(t), sqrt(t), pi, sin(t), cos(t), tanh(t)])
def test_transcendental_values_have_forty_digits(expression: object) -> None:
    with mpmath.workdps(60):
        right = mpmath.mpf(str(expression.subs(t, Rational(2, 3)).evalf(50)))
        assert abs(evaluate_slowly(expression, INSTANCE) - right) < mpmath.mpf(10) ** -38


def test_global_mpmath_precision_is_left_alone() -> None:
    before = mpmath.mp.prec
    evaluate_slowly(log(t), INSTANCE, digits=100)
    assert mpmath.mp.prec == before


DERIVATIVES = [
    (Derivative(x[1, 1] ** 3, x[1, 1]), 3),
    (Derivative(Sum(x[i, 1] ** 2, (i, 1, N)), x[2, 1]), 6),
    (Derivative(Sum(x[i, 1] ** 2, (i, 1, N)), x[2, 1], x[2, 1]), 2),
    (Derivative(Sum(x[i, 1] ** 2, (i, 1, N)), x[2, 1], x[1, 1]), 0),
    (Derivative(Sum((x[i, 1] - mu[y[i], 1]) ** 2, (i, 1, N)), mu[1, 1]), -16),
    (Derivative(Sum(x[i, 1], (i, 1, N)) ** 3, (x[1, 1], 2)), 72),
    (Derivative(1 / t, t), Fraction(-9, 4)),
    (Derivative(t * Derivative(t**3, t), t), 4),
    (Derivative(t, x[1, 1]), 0),
    (Derivative(Product(x[i, 1], (i, 1, N)), x[2, 1]), 8),
    (Derivative(Abs(-t), t), 1),
    (Derivative(Max(0, t), t), 1),
]


@pytest.mark.parametrize(("expression", "value"), DERIVATIVES)
def test_derivatives_are_exact(expression: object, value: object) -> None:
    assert evaluate_slowly(expression, INSTANCE) == value


@pytest.mark.parametrize(
    "expression", [log(t), exp(t**2), sqrt(t), sin(t), cos(t), tanh(t), erf(t), t**t, (1 + t) ** Rational(3, 2)]
)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_elementary_derivatives_equal_sympy(expression: object, order: int) -> None:
    found = evaluate_slowly(Derivative(expression, (t, order)), INSTANCE)
    expected = evaluate_slowly(expression.diff((t, order)), INSTANCE)
    assert abs(found - expected) < 1e-30


def test_derivative_inside_a_sum_follows_the_bound_index() -> None:
    energy = Sum(x[j, 1] ** 2, (j, 1, N))
    assert evaluate_slowly(Sum(Derivative(energy, x[i, 1]), (i, 1, N)), INSTANCE) == 24


def test_derivative_ignores_a_bound_index_of_the_same_name() -> None:
    energy = Sum(x[i, 1] ** 2, (i, 1, N))
    assert evaluate_slowly(Derivative(energy, x[i, 1]), INSTANCE, bindings={i: 3}) == 16


def test_definition_is_unfolded_and_differentiated() -> None:
    ell = Function("ell")(mu, s)
    body = Sum(Sum((x[i, d] - mu[y[i], d]) ** 2 / s[d], (d, 1, D)), (i, 1, N))
    value = evaluate_slowly(Derivative(ell, mu[k, d]), INSTANCE, bindings={k: 1, d: 2}, definitions={ell: ((), body)})
    assert value == -(2 - 1) - (13 - 1)


def test_definition_by_function_class_takes_index_arguments() -> None:
    count = Function("n")
    definitions = {count: ((k,), Sum(KroneckerDelta(y[i], k), (i, 1, N)))}
    assert evaluate_slowly(Sum(count(j) ** 2, (j, 1, K)), INSTANCE, definitions=definitions) == 5


def test_definition_of_an_array_is_called_by_value() -> None:
    mean = IndexedBase("m", real=True)
    body = Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N)) / Sum(KroneckerDelta(y[i], k), (i, 1, N))
    spread = Sum((x[i, 1] - mean[y[i], 1]) ** 2, (i, 1, N))
    assert evaluate_slowly(spread, INSTANCE, definitions={mean: ((k, d), body)}) == Fraction(49, 2)


def test_definition_does_not_see_the_loop_around_its_use() -> None:
    total = Symbol("total", real=True)
    definitions = {total: ((), Sum(x[j, 1], (j, 1, N)) + i)}
    with pytest.raises(failures.UnboundSymbol):
        evaluate_slowly(Sum(total, (i, 1, N)), INSTANCE, definitions=definitions)
    assert evaluate_slowly(Sum(total, (i, 1, N)), INSTANCE, definitions=definitions, bindings={i: 1}) == 39


def test_derivative_with_respect_to_a_defined_symbol_moves_the_symbol() -> None:
    spread = Symbol("v", positive=True)
    assert evaluate_slowly(Derivative(spread**2, spread), INSTANCE, definitions={spread: ((), t + 1)}) == Fraction(
        10, 3
    )


FAILURES = [
    (x[4, 1], failures.IndexOutOfRange, r"x\[4, 1\]"),
    (x[0, 1], failures.IndexOutOfRange, "shape"),
    (x[1], failures.WrongIndexCount, "takes 2"),
    (Symbol("u"), failures.UnboundSymbol, "u has no value"),
    (Symbol("t"), failures.UnboundSymbol, "other assumptions"),
    (Function("f")(t), failures.UnboundSymbol, "f"),
    (Integral(t, t), failures.UnknownNode, "Integral"),
    (ImaginaryUnit * t, failures.UnknownNode, "ImaginaryUnit"),
    (log(x[1, 1] - 1), failures.UndefinedValue, "log"),
    (1 / (x[1, 1] - 1), failures.UndefinedValue, "division"),
    (sqrt(-x[1, 1]), failures.UndefinedValue, "fractional"),
    (x[t, 1], failures.NotAnInteger, "2/3"),
    (Sum(i, (i, 1, 10**9)), failures.TooManyTerms, "terms"),
    ((x[1, 2] + N) ** (x[1, 2] * 10**9), failures.NumberTooLarge, "bits"),
    (exp(exp(x[3, 2] * 10)), failures.NumberTooLarge, "exp"),
    (oo, failures.UndefinedValue, "undefined"),
]


@pytest.mark.parametrize(("expression", "failure", "text"), FAILURES)
def test_failures_are_named(expression: object, failure: type[Exception], text: str) -> None:
    with pytest.raises(failure, match=text):
        evaluate_slowly(expression, INSTANCE, max_terms=10_000)


def test_circular_definition_is_named() -> None:
    a, b = symbols("a b")
    with pytest.raises(failures.CircularDefinition):
        evaluate_slowly(a, {}, definitions={a: ((), b), b: ((), a)})


def test_failures_survive_pickling() -> None:
    failure = pickle.loads(pickle.dumps(failures.IndexOutOfRange("x", (4,), (3,))))
    assert str(failure) == str(failures.IndexOutOfRange("x", (4,), (3,)))


@given(st.lists(st.fractions(max_denominator=9, min_value=-9, max_value=9), min_size=1, max_size=5))
def test_deviations_from_the_mean_sum_to_zero(values: list[Fraction]) -> None:
    z = IndexedBase("z", real=True)
    deviations = Sum(z[i] - Sum(z[j], (j, 1, N)) / N, (i, 1, N))
    assert evaluate_slowly(deviations, {z: np.array(values, dtype=object), N: len(values)}) == 0


def test_a_binomial_of_negative_numbers_is_undefined() -> None:
    n = Symbol("n", integer=True)
    with pytest.raises(failures.UndefinedValue):
        evaluate_slowly(binomial(3, n, evaluate=False), {n: -1})


@pytest.mark.parametrize(("name", "places"), [("determinant", ()), ("logdet", ()), ("inverse", (1, 2))])
def test_derivatives_of_inverses_and_determinants_are_exact(name: str, places: tuple[int, ...]) -> None:
    """∂ det A = det A · (A⁻¹)ᵀ, ∂ log det A = (A⁻¹)ᵀ, ∂ (A⁻¹) = −A⁻¹ ∂A A⁻¹; the first pivot is zero."""
    row, column = symbols("row col", integer=True, positive=True)
    A = IndexedBase("A", real=True)
    whole = Lambda((row, column), A[row, column])
    instance = {A: np.array([[0, 2, 1], [3, 1, 0], [1, 1, Fraction(1, 2)]], dtype=object)}

    def of(function: str, *more: int) -> Any:
        return evaluate_slowly(Function(function, real=True)(whole, 3, *more), instance)

    for r in (1, 2, 3):
        for c in (1, 2, 3):
            found = evaluate_slowly(Derivative(Function(name, real=True)(whole, 3, *places), A[r, c], evaluate=False), instance)
            slopes = {
                "determinant": of("determinant") * of("inverse", c, r), "logdet": of("inverse", c, r),
                "inverse": -of("inverse", 1, r) * of("inverse", c, 2),
            }  # fmt: skip
            assert abs(found - slopes[name]) < 1e-30
