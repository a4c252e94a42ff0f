"""Numeric derivatives against SymPy's on random polynomials and against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.differentiate import central_difference, complex_step, gradient, hessian

reals = st.floats(-3, 3)


@settings(deadline=None, max_examples=50)
@given(st.lists(reals, min_size=1, max_size=5), reals)
def test_three_derivatives_of_a_polynomial_agree(coefficients: list[float], at: float) -> None:
    polynomial = np.polynomial.Polynomial(coefficients)
    exact = polynomial.deriv()(at)
    scale = 1 + sum(abs(c) for c in coefficients) * 4.0 ** len(coefficients)
    assert complex_step(polynomial, at) == pytest.approx(exact, rel=1e-13, abs=1e-13 * scale)
    assert central_difference(polynomial, at) == pytest.approx(exact, rel=1e-10, abs=1e-11 * scale)


def test_jacobian_has_the_axes_of_the_function_first() -> None:
    jacobian = central_difference(lambda v: np.array([v[0] * v[1], v[1], v[0]]), np.array([2.0, 5.0]))
    np.testing.assert_allclose(jacobian, [[5, 2], [0, 1], [1, 0]], atol=1e-10)


def test_gradient_keeps_the_shape_of_a_matrix() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(gradient(lambda m: (m**3).sum(), matrix), 3 * matrix**2, atol=1e-9)
    np.testing.assert_allclose(complex_step(lambda m: (m**3).sum(), matrix), 3 * matrix**2, rtol=1e-14, atol=1e-50)


def test_step_follows_the_size_of_the_argument() -> None:
    assert central_difference(lambda v: v**2, 1e8) == pytest.approx(2e8, rel=1e-10)


def test_hessian_of_a_quadratic_is_its_matrix() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(4, 4))
    matrix = matrix + matrix.T
    np.testing.assert_allclose(hessian(lambda v: v @ matrix @ v / 2, rng.normal(size=4)), matrix, atol=1e-7)


def test_hessian_of_a_dictionary_comes_in_blocks() -> None:
    blocks = hessian(lambda p: p["a"] ** 2 * p["b"].prod(), {"a": 2.0, "b": np.array([3.0, 5.0])})
    assert blocks["a", "a"] == pytest.approx(30, abs=1e-6)
    np.testing.assert_allclose(blocks["a", "b"], [20, 12], atol=1e-6)
    np.testing.assert_allclose(blocks["b", "b"], [[0, 4], [4, 0]], atol=1e-6)
