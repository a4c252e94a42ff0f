"""Isolation: the occurs check, the choice of a root, and what has to be non-zero."""

import pytest
from core_samples import NAMES, D, K, N, alpha, b, c, compared, d, f, i, k, mu, n, q, r, sigma2, t, u, w, x, y
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, KroneckerDelta, Rational, S, Sum, exp, log, sqrt

from derivations.core.binding import substitute
from derivations.core.equality import prove
from derivations.core.kernel import RuleError
from derivations.core.normal_form import Normaliser
from derivations.core.proof import Proof
from derivations.core.solve import NotIsolable, isolate
from numeric.refute import Separation

NORMALISER = Normaliser(NAMES)
count = Sum(KroneckerDelta(y[i], k), (i, 1, N))
SOLVED = {
    "affine": (t * q - r, t, r / q, "affine"),
    "affine, symbolic slope": (2 * t + u * t - 1, t, 1 / (2 + u), "affine"),
    "a mean": (Sum(x[i], (i, 1, N)) - N * t, t, Sum(x[i], (i, 1, N)) / N, "affine"),
    "an entry": (n[k] * mu[k, d] - Sum(x[i], (i, 1, N)), mu[k, d], Sum(x[i], (i, 1, N)) / n[k], "affine"),
    "a reciprocal": (N / (2 * sigma2[d]) - t**2 / (2 * sigma2[d] ** 2), sigma2[d], t**2 / N, "affine"),
    "a multiplier": (u - n[k] / alpha[k], alpha[k], n[k] / u, "affine"),
    "a square": (q**2 - r, q, sqrt(r), "power"),
    "a cube": (2 * q**3 - r, q, (r / 2) ** Rational(1, 3), "power"),
    "a root": (sqrt(q) - r, q, r**2, "power"),
    "a reciprocal square": (1 / q**2 - r, q, r ** Rational(-1, 2), "power"),
    "a logarithm": (2 * log(q) - t, q, exp(t / 2), "logarithm"),
    "buried in a product": ((t + 1) * (q + 2) - t * q, t, -1 - q / 2, "affine"),
    "its constant cancels": (t * (q + 1) - t * q - r, t, r, "affine"),
}
REFUSED = {
    "inside a sum": (Sum(x[i] ** 2 / (t + w[i]), (i, 1, N)) - t, t),
    "a bound beside it": (alpha[k] + Sum(alpha[c], (c, 1, K)), alpha[k]),
    "another entry": (alpha[k] - alpha[c], alpha[k]),
    "an entry as an index": (mu[y[1], d] - mu[k, d], mu[k, d]),
    "inside a function": (f(t) - t, t),
    "inside an exponential": (exp(t) - t, t),
    "in and out of a logarithm": (log(q) + q, q),
    "two powers": (t**3 + t + 1, t),
    "three powers": (q**2 + q + r, q),
    "an even power of any sign": (t**2 - r, t),
    "an odd power of any sign": (t**3 - r, t),
    "it cancels": (t - t + q + Sum(x[i] * t, (i, 1, N)) - t * Sum(x[i], (i, 1, N)), t),
    "it does not occur": (q - r, t),
    "an exponent": (q**t - r, t),
}


@pytest.mark.parametrize("name", SOLVED)
def test_is_solved(name):
    equation, unknown, value, inversion = SOLVED[name]
    found = isolate(equation, unknown, NORMALISER)
    assert found.inversion == inversion
    assert prove(found.value, value, NAMES) is not None
    assert not found.value.has(unknown)


@pytest.mark.parametrize("name", SOLVED)
def test_the_solution_satisfies_the_equation(name):
    equation, unknown, _, _ = SOLVED[name]
    found = isolate(equation, unknown, NORMALISER)
    there = substitute(equation, {unknown: found.value})
    assert not isinstance(compared(there, S.Zero, conditions=() if found.positive is None else (found.positive,)), Separation)
    assert prove(there, S.Zero, NAMES) is not None


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name):
    with pytest.raises(NotIsolable) as caught:
        isolate(*REFUSED[name], NORMALISER)
    assert caught.value.unknown == REFUSED[name][1]


def test_the_root_in_the_domain_is_the_positive_one_and_its_square_has_to_be_positive():
    found = isolate(q**2 - t, q, NORMALISER)
    assert found.value == sqrt(t)
    assert found.positive == t


def test_what_was_divided_by_is_reported():
    assert isolate(u * t - r, t, NORMALISER).divisor == u
    assert isolate(u * log(q) - t, q, NORMALISER).divisor == u


HIDDEN = {
    "in the constant": (t - f(q), lambda proof: proof.step("define", left=f(q), right=t + q)),
    "in the slope": (t * f(q) - r, lambda proof: proof.step("define", left=f(q), right=t**2 + 1)),
    "two definitions deep": (
        t - n[1], lambda proof: (proof.step("define", left=f(q), right=t), proof.step("define", left=n[k], right=f(k)))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_an_unknown_hidden_in_a_definition_is_refused(name):
    equation, prepare = HIDDEN[name]
    proof = Proof(NAMES)
    prepare(proof)
    at = proof.step("impose", left=equation, right=S.Zero, unknown=t)
    with pytest.raises(RuleError, match="definition"):
        proof.step("isolate", at, unknown=t)


def test_a_definition_that_does_not_mention_the_unknown_is_no_obstacle():
    proof = Proof(NAMES)
    proof.step("define", left=n[k], right=count)
    at = proof.step("impose", left=t * n[1], right=q, unknown=t)
    assert proof.right(proof.step("isolate", at, unknown=t)) == q / n[1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([q, r, x[1], w[1], u, N, K, D, Integer(3), b]), min_size=1, max_size=4),
    st.integers(-3, 3).filter(bool),
)
def test_an_affine_equation_with_known_coefficients_is_solved(parts, power):
    slope, rest = parts[0] ** 2 + q, sum(parts[1:], Integer(1))
    found = isolate((slope * t - rest) * q**power, t, NORMALISER)
    assert prove(found.value, rest / slope, NAMES) is not None
