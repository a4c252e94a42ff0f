"""Deciding equality: each of the four words, and what stands behind it."""

import pytest
from core_samples import NAMES, K, N, alpha, b, c, f, i, j, k, mu, n, q, r, seeded, t, u, w, x, y
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Integer, KroneckerDelta, Product, S, Sum, cbrt, exp, floor, log, sin, sqrt

from derivations.core.equality import decide, evidence_of, free_ranges, is_zero, positive_expressions, prove
from derivations.core.evidence import Evidence, Word, weakest
from derivations.core.normal_form import Normaliser
from derivations.core.statements import InRange, NonZero, Positive
from numeric.failures import NumericFailure
from numeric.refute import Agreement, Inconclusive, Separation


def test_proved_names_the_normal_form_and_its_conditions():
    found = decide(Sum(x[i] * KroneckerDelta(i, 2), (i, 1, N)), x[2], NAMES)
    assert (found.word, found.reason) == (Word.PROVED, "normal form")
    assert found.conditions == (InRange(Integer(2), Integer(1), N),)


def test_a_proof_that_rests_on_a_range_is_asked_for_and_says_so():
    inside, outside = Sum(x[i] * KroneckerDelta(i, 2), (i, 1, N)), x[2]
    assert prove(inside, outside, NAMES) is None
    found = prove(inside, outside, NAMES, ranges=True)
    assert not found.is_outright
    assert str(found) == "proved where 1 ≤ 2 ≤ N"
    assert str(prove(x[i] + 0 * t, x[i], NAMES)) == "proved"


def test_a_claim_that_holds_in_a_range_alone_is_refuted_outside_it():
    claim = Sum(KroneckerDelta(c, i) * q, (c, 1, K))
    assert prove(claim, q, NAMES, ranges=True).conditions == (InRange(i, Integer(1), K),)
    assert decide(claim, q, NAMES).word is Word.REFUTED
    assert decide(claim, q, NAMES).counterexample.bindings[i] > decide(claim, q, NAMES).counterexample.instance[K]


def test_refuted_shows_a_small_instance():
    found = decide(Sum(x[i], (i, 1, N)) ** 2, Sum(x[i] ** 2, (i, 1, N)), NAMES)
    assert found.word is Word.REFUTED
    assert found.counterexample.instance[N] == 2
    assert found.counterexample.left != found.counterexample.right


def test_agrees_counts_its_instances_and_keeps_the_seed():
    found = decide(log(Product(x[i] ** 2, (i, 1, N))), Sum(log(x[i] ** 2), (i, 1, N)), NAMES, instances=5, seed=7)
    assert found.word is Word.AGREES
    assert (found.instances, found.seed) == (5, 7)


def test_undecided_says_why():
    found = decide(log(-q), log(-r), NAMES)
    assert found.word is Word.UNDECIDED
    assert "log" in found.reason


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (log(t**2), 2 * log(t)), (Sum(log(x[i] ** 2), (i, 1, N)), 2 * Sum(log(x[i]), (i, 1, N))),
        (log(t * u), log(t) + log(u)), (sqrt(t * u), sqrt(t) * sqrt(u)), ((t * log(t) + u * log(t)) / log(t), t + u),
        ((sqrt(t) + sqrt(u)) * (sqrt(t) - sqrt(u)), t - u),
    ],
)  # fmt: skip
def test_sides_that_are_real_on_different_sets_are_refuted(left, right):
    found = decide(left, right, NAMES)
    assert (found.word, found.reason) == (Word.REFUTED, "one side has no value where the other has one")
    assert found.counterexample.is_of_domains


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (log(q**2), 2 * log(q)), (log(q * r), log(q) + log(r)), ((q * log(q) + u * log(q)) / log(q), q + u),
        ((t**2 + t) / (t**2 - 1), t / (t - 1)), (log(1 + t**2) * t / log(1 + t**2) + u, t + u),
        (Sum(sqrt(w[i]) * (sqrt(w[i]) + 1), (i, 1, N)), Sum(w[i], (i, 1, N)) + Sum(sqrt(w[i]), (i, 1, N))),
    ],
)  # fmt: skip
def test_sides_that_are_real_on_the_same_set_are_proved_across_gaps(left, right):
    assert decide(left, right, NAMES).word is Word.PROVED


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Sum(log(t), (i, 1, b)), log(t) * Sum(1, (i, 1, b))), (Product(sqrt(t), (k, 1, K)), t ** (K / 2)),
        (Product(Sum(cbrt(-2), (j, 1, b)), (i, 1, N)), cbrt(-2) ** N * Sum(1, (j, 1, b)) ** N),
    ],
)  # fmt: skip
def test_what_is_real_because_a_sum_is_empty_or_a_power_whole_is_not_proved(left, right):
    assert prove(left, right, NAMES) is None
    assert is_zero(Normaliser(NAMES), left - right)


def test_a_condition_that_makes_both_sides_real_proves_again():
    assert decide(log(t**2), 2 * log(t), NAMES, conditions=(t,)).word is Word.PROVED
    assert decide((t * log(t) + u * log(t)) / log(t), t + u, NAMES, conditions=(t,)).word is Word.PROVED


def test_random_instances_never_prove():
    found = decide(floor(t) + 0 * u, floor(t + S.Half - S.Half), NAMES)
    assert found.word in (Word.PROVED, Word.AGREES)
    assert decide(sqrt((t - 1) ** 2) + sqrt((t + 1) ** 2), Abs(t - 1) + Abs(t + 1), NAMES).word is not Word.REFUTED


def test_a_claim_that_fails_for_an_empty_class_is_refuted():
    count = Sum(KroneckerDelta(y[i], k), (i, 1, N))
    heads = {n: ((k,), count)}
    assert decide(KroneckerDelta(n[k], 0), S.Zero, NAMES, definitions=heads).word is Word.REFUTED
    assert decide(KroneckerDelta(n[k], 0), S.Zero, NAMES, definitions=heads, conditions=(n[k],)).word is not Word.REFUTED


def test_a_claim_that_fails_when_there_are_more_classes_than_samples_is_refuted():
    assert decide(Sum(KroneckerDelta(i, k), (i, 1, N), (k, 1, K)), K, NAMES).word is Word.REFUTED
    assert decide(Sum(KroneckerDelta(i, k), (i, 1, N), (k, 1, K)), K, NAMES, conditions=(q,)).word is Word.REFUTED


def test_a_claim_that_fails_for_one_size_only_is_refuted():
    assert decide(KroneckerDelta(N, 1), S.Zero, NAMES).word is Word.REFUTED
    assert decide(Sum(x[i], (i, 2, N)) * KroneckerDelta(N, 2), S.Zero, NAMES, instances=60).word is Word.REFUTED


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1 / (1 + t**2) + t**2 / (1 + t**2), Integer(1)), (1 / (1 + 1 / q), q / (1 + q)),
        (1 / (q + r) + 1 / (q - r), 2 * q / (q**2 - r**2)),
        (Sum(exp(x[i]) / (1 + exp(x[i])), (i, 1, N)), N - Sum(1 / (1 + exp(x[i])), (i, 1, N))),
    ],
)  # fmt: skip
def test_denominators_are_cleared(left, right):
    assert prove(left, right, NAMES) is not None
    assert prove(left, right + 1, NAMES) is None


def test_zero_is_judged_only_where_it_is_proved():
    normaliser = Normaliser(NAMES)
    assert is_zero(normaliser, (t + u) ** 2 - t**2 - 2 * t * u - u**2)
    assert not is_zero(normaliser, sin(t) ** 2 - 1 + S.Half)
    assert not is_zero(normaliser, t)


def test_the_free_indices_are_compared_over_their_ranges():
    assert free_ranges(NAMES, mu[k, 1] + Sum(x[i], (i, 1, N))) == ((k, 1, K),)
    assert free_ranges(NAMES, x[j] * alpha[c]) == ((c, 1, K), (j, 1, N))
    found = decide(alpha[k], alpha[1], NAMES)
    assert found.word is Word.REFUTED
    assert found.counterexample.bindings[k] > 1


def test_conditions_of_other_kinds_are_no_signs():
    assert positive_expressions((Positive(t), NonZero(u), InRange(i, Integer(1), N))) == (t,)


def test_the_outcomes_of_comparisons_have_their_words():
    assert evidence_of(Separation({}, {}, 1, 2)).word is Word.REFUTED
    assert evidence_of(Agreement(3, (), 1, 9)) == Evidence(Word.AGREES, "equal on 3 instances", instances=3, seed=1)
    assert evidence_of(Inconclusive("nothing", 5, 0)).word is Word.UNDECIDED


def test_a_chain_is_as_strong_as_its_weakest_word():
    assert weakest([]) is Word.PROVED
    assert weakest([Word.PROVED, Word.AGREES, Word.UNDECIDED]) is Word.UNDECIDED
    assert weakest([Word.REFUTED, Word.PROVED]) is Word.REFUTED


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_words_do_not_contradict_each_other(one, other):
    left, right = seeded(one, 2), seeded(other, 2)
    try:
        forth, back = decide(left, right, NAMES, instances=3), decide(right, left, NAMES, instances=3)
        same = decide(left, left + 0 * right, NAMES, instances=3)
    except NumericFailure:
        return
    assert {forth.word, back.word} != {Word.PROVED, Word.REFUTED}
    assert (forth.word is Word.PROVED) == (back.word is Word.PROVED)
    assert same.word is not Word.REFUTED


def test_an_unknown_function_of_numbers_proves_only_what_needs_no_meaning():
    assert prove(f(t + u), f(u + t), NAMES) is not None
    assert prove(f(t), f(u), NAMES) is None
    assert prove(f(t) * w[1] ** b, f(t) * w[1] ** b + KroneckerDelta(f(t), 0), NAMES) is None


def test_roots_of_one_quotient_are_cleared():
    total = Sum(x[i], (i, 1, N))
    left, right = sqrt(-1 / total) * total, -1 / sqrt(-1 / total)
    assert prove(left, right, NAMES) is not None
    assert prove(sqrt(-1 / total) * total - 1 / sqrt(-1 / total), Integer(0), NAMES) is None
