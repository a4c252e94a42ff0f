"""Functions known by their derivatives: σ', inverse, determinant; and matrices as arguments."""

import numpy as np
import pytest
from sympy import Function, IndexedBase, Lambda, Sum, Symbol, symbols

from derivations.core.binding import free_symbols, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.derivation import Kind
from derivations.core.encoding import Decoder, Malformed, encode
from derivations.core.equality import is_zero
from derivations.core.functions import COLUMN, DETERMINANT, INVERSE, LOGDET, ROW, matrix_of, prime
from derivations.core.kernel import RuleError
from derivations.core.normal_form import Normaliser
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.statements import NonZero
from derivations.core.symbols import Declarations, array, function, index, scalar, size

_N = size("N", "size")
N = _N.head
NAMES = Declarations(
    (
        _N, *(index(letter, N) for letter in "ijkl"), scalar("u", "u", "number"),
        array("x", (N,), "x_{0}", ""), array("w", (N,), "w_{0}", ""), array("S", (N, N), "S_{{{0}{1}}}", ""),
        *(function(name, name, "") for name in ("f", "g", "sigma", "sigma_prime", "inverse", "logdet", "determinant")),
    )
)  # fmt: skip
i, j, k, p, x, w, S, f, sigma, u = (NAMES[n].head for n in ("i", "j", "k", "l", "x", "w", "S", "f", "sigma", "u"))
MATRIX = matrix_of(S[ROW, COLUMN])


def zero(expression) -> bool:
    return is_zero(Normaliser(NAMES), expression)


def test_the_chain_rule_brings_in_the_derivative_of_an_unknown_function():
    slope = differentiate(Sum(sigma(w[i] * x[i]), (i, 1, N)), w[k])
    assert zero(slope - prime(sigma)(w[k] * x[k]) * x[k])


def test_a_function_of_two_numbers_is_not_differentiated():
    with pytest.raises(NotDifferentiable, match="not defined"):
        differentiate(Function("h", real=True)(w[i], x[i]), w[k])


def test_differentiate_knows_a_derivative_that_is_defined():
    proof = Proof(NAMES)
    proof.step("given", left=prime(sigma)(u), right=sigma(u) * (1 - sigma(u)))
    start = proof.step("define", left=f(w), right=Sum(sigma(w[i]) * x[i], (i, 1, N)))
    slope = proof.chain(proof.step("differentiate", start, variable=w[k]), "sift_delta")
    end = proof.step("unfold_definition", slope, name="sigma_prime")
    assert proof.right(end) == sigma(w[k]) * (1 - sigma(w[k])) * x[k]
    again = proof.step("differentiate", end, variable=w[p])
    derivation = proof.done("t/t", "", "", Kind.IDENTITY, (again,), "")
    assert replay(derivation).ok


def test_replay_objects_to_a_wrong_derivative_of_an_arbitrary_function():
    proof = Proof(NAMES)
    start = proof.step("define", left=f(w), right=Sum(sigma(w[i]) * x[i], (i, 1, N)))
    slope = proof.step("differentiate", start, variable=w[k])
    with pytest.raises(RuleError, match="different normal forms"):
        proof.step("rearrange", slope, to=prime(sigma)(x[k]) * x[k])
    derivation = proof.done("t/t", "", "", Kind.IDENTITY, (slope,), "")
    assert replay(derivation).ok
    assert replay(derivation).checks[1].instances


def test_log_determinant_is_not_silently_constant():
    slope = differentiate(LOGDET(MATRIX, N), S[k, p])
    assert zero(slope - INVERSE(MATRIX, N, p, k))
    assert not zero(slope - INVERSE(MATRIX, N, k, p))


def test_determinant_slope_is_determinant_times_inverse():
    slope = differentiate(DETERMINANT(MATRIX, N), S[k, p])
    assert zero(slope - DETERMINANT(MATRIX, N) * INVERSE(MATRIX, N, p, k))


def test_inverse_slope():
    slope = differentiate(INVERSE(MATRIX, N, i, j), S[k, p])
    assert zero(slope + INVERSE(MATRIX, N, i, k) * INVERSE(MATRIX, N, p, j))


def test_differentiate_states_that_the_matrix_is_invertible():
    proof = Proof(NAMES)
    start = proof.step("define", left=f(S), right=LOGDET(MATRIX, N))
    position = proof.step("differentiate", start, variable=S[k, p])
    assert proof.steps[position].conditions == (NonZero(DETERMINANT(MATRIX, N)),)


def test_equal_matrices_have_equal_inverses():
    """The entry is an argument in normal form: S w and its sum exchanged are one matrix."""
    first = matrix_of(Sum(S[i, ROW] * S[i, COLUMN], (i, 1, N)))
    second = matrix_of(Sum(S[j, COLUMN] * S[j, ROW], (j, 1, N)))
    assert zero(INVERSE(first, N, k, p) - INVERSE(second, N, k, p))
    assert not zero(INVERSE(first, N, k, p) - INVERSE(MATRIX, N, k, p))


def test_substitution_does_not_capture_the_place_of_an_entry():
    a = Symbol("a", integer=True)
    matrix = matrix_of(S[ROW, COLUMN] * x[a])
    moved = substitute(matrix, {a: ROW})
    assert ROW in free_symbols(moved)
    assert moved.variables[0] != ROW
    assert free_symbols(matrix) == {a}
    assert substitute(matrix, {ROW: a}) == matrix


def test_matrix_arguments_are_stored_and_read_back():
    expression = INVERSE(MATRIX, N, i, j)
    assert Decoder(NAMES).decode(encode(expression)) == expression
    with pytest.raises(Malformed):
        Decoder(NAMES).decode(["entry", "1"])
    with pytest.raises(Malformed):
        Decoder(NAMES).decode(["entry", ["array", "x"], ["at", "x", "i"]])


def test_the_laws_hold_in_numbers():
    """Central differences of numpy's own inverse and determinant."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3, 3)) + 3 * np.eye(3)
    step = np.zeros((3, 3))
    step[1, 2] = 1e-6
    slope = (np.linalg.slogdet(matrix + step)[1] - np.linalg.slogdet(matrix - step)[1]) / 2e-6
    assert abs(slope - np.linalg.inv(matrix)[2, 1]) < 1e-8
    moved = (np.linalg.inv(matrix + step) - np.linalg.inv(matrix - step)) / 2e-6
    inverse = np.linalg.inv(matrix)
    assert np.allclose(moved, -np.outer(inverse[:, 1], inverse[2]), atol=1e-8)


def test_lambda_keeps_its_declared_shape():
    assert matrix_of(x[ROW]) == Lambda((ROW, COLUMN), x[ROW])
    assert symbols("row", integer=True, positive=True) == ROW
    assert isinstance(x, IndexedBase)
