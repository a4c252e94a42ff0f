"""Definitions: what a left side names, and unfolding without capture."""

import pytest
from core_samples import NAMES, K, N, alpha, c, f, g, i, j, k, m, mu, n, q, t, u, x, y
from sympy import Derivative, KroneckerDelta, Sum

from derivations.core.definitions import definitions_of, head_and_parameters, unfold, unfold_once
from derivations.core.equality import decide, prove
from derivations.core.evidence import Word
from derivations.core.proof import Proof

count = Sum(KroneckerDelta(y[i], k), (i, 1, N))


@pytest.mark.parametrize(
    ("left", "named"),
    [(t, (t, ())), (n[k], (n, (k,))), (mu[k, c], (mu, (k, c))), (f(k, mu), (f, (k,))), (f(mu, alpha), (f, ()))],
)
def test_a_left_side_names(left, named):
    assert head_and_parameters(left) == named


@pytest.mark.parametrize(
    "left", [t + 1, 2 * n[k], n[1], mu[k, k], n[k + 1], f(t + 1), f(k, k), Sum(x[i], (i, 1, N)), n[y[1]], -t]
)
def test_a_left_side_names_nothing(left):
    assert head_and_parameters(left) is None


def test_unfolding_puts_arguments_in():
    heads = {n: ((k,), count)}
    assert unfold(n[c] + 1, heads) == Sum(KroneckerDelta(y[i], c), (i, 1, N)) + 1
    assert unfold(n[y[j]], heads) == Sum(KroneckerDelta(y[i], y[j]), (i, 1, N))


def test_unfolding_does_not_capture_an_argument():
    heads = {f: ((j,), Sum(x[i] * x[j], (i, 1, N)))}
    found = unfold(f(i), heads)
    assert prove(found, x[i] * Sum(x[j], (j, 1, N)), NAMES) is not None
    assert prove(found, Sum(x[j] ** 2, (j, 1, N)), NAMES) is None


def test_unfolding_under_a_sum_does_not_capture_what_the_body_leaves_free():
    heads = {f: ((), x[i] + t), m: ((k,), x[j] * k)}
    found = unfold(Sum(f(alpha) * x[i], (i, 1, N)), heads)
    assert prove(found, (x[i] + t) * Sum(x[j], (j, 1, N)), NAMES) is not None
    swapped = {m: ((k, c), x[k] - x[c])}
    assert unfold(m[c, k], swapped) == x[c] - x[k]


def test_unfolding_goes_to_the_end_and_once_goes_once():
    heads = {f: ((k,), n[k] + 1), n: ((k,), count)}
    assert unfold_once(f(c), heads) == n[c] + 1
    assert unfold(f(c), heads) == Sum(KroneckerDelta(y[i], c), (i, 1, N)) + 1


def test_the_bounds_of_a_sum_are_unfolded():
    assert unfold(Sum(x[i], (i, 1, t)), {t: ((), N)}) == Sum(x[i], (i, 1, N))


def test_a_derivative_is_taken_of_the_body_and_not_of_the_name():
    heads = {f: ((), Sum(mu[k, c] ** 2, (k, 1, K)))}
    slope = unfold(Derivative(f(mu), mu[k, c]), heads)
    assert prove(slope, 2 * mu[k, c], NAMES) is not None
    assert unfold_once(Derivative(f(mu), mu[k, c]), heads) == Derivative(f(mu), mu[k, c])


def test_definitions_of_a_proof_are_those_of_its_defining_steps():
    proof = Proof(NAMES)
    proof.step("define", left=n[k], right=count)
    at = proof.step("given", left=f(x), right=Sum(2 * x[i], (i, 1, N)))
    proof.step("pull_out_constant", at)
    assert set(definitions_of(proof.steps)) == {n, f}
    assert definitions_of(proof.steps)[f] == ((), Sum(2 * x[i], (i, 1, N)))


def test_equality_is_decided_by_what_names_mean():
    heads = {n: ((k,), count), g: ((u,), u**2)}
    assert decide(Sum(n[k], (k, 1, K)), N, NAMES, definitions=heads).word is Word.PROVED
    assert decide(Sum(n[k], (k, 1, K)), K, NAMES, definitions=heads).word is Word.REFUTED
    assert decide(g(q + 1), q**2 + 2 * q + 1, NAMES, definitions=heads).word is Word.PROVED
    assert decide(n[k] * n[k], n[k], NAMES, definitions=heads).word is Word.REFUTED
