"""Sequences: which clause covers an entry, unrolling, running on instances, sums that end at the step before."""

import pytest
from sympy import Integer, Product, Sum
from sympy import fibonacci as fibonacci_number

from derivations.core.equality import decide
from derivations.core.evidence import Word
from derivations.core.proof import Proof
from derivations.core.sequences import Unroller, UnrollingError, recurrences_of, unroll
from derivations.core.statements import Equation
from derivations.core.symbols import Declarations, array, index, scalar, sequence, size
from derivations.core.trials import Trials
from numeric.evaluate_slowly import evaluate_slowly

_T = size("T", "steps")
T = _T.head
NAMES = Declarations(
    (
        _T, index("k", T, "step", lower=0), index("j", T, "earlier step", lower=0), index("i", T),
        scalar("c", "c", "number"), sequence("s", (T,), "s_{0}", "sequence"), sequence("f", (T,), "f_{0}", "sequence"),
        sequence("free", (T,), "x_{0}", "drawn"), array("w", (T,), "w_{0}", "drawn"),
    )
)  # fmt: skip
k, j, i, c, s, f, free, w = (NAMES[n].head for n in ("k", "j", "i", "c", "s", "f", "free", "w"))


def doubling() -> Proof:
    proof = Proof(NAMES)
    proof.step("initial", left=s[0], right=c)
    proof.step("recurrence", left=s[k + 1], right=2 * s[k], index=k)
    return proof


def fibonacci() -> Proof:
    proof = Proof(NAMES)
    proof.step("initial", left=f[0], right=Integer(0))
    proof.step("initial", left=f[1], right=Integer(1))
    proof.step("recurrence", left=f[k + 2], right=f[k + 1] + f[k], index=k)
    return proof


def test_entries_at_numbers_unroll_to_the_start():
    known = recurrences_of(doubling().steps, NAMES)
    assert unroll(s[3] - s[1], known, NAMES) == 8 * c - 2 * c


def test_entries_at_a_step_unroll_as_far_as_the_range_reaches():
    known = recurrences_of(doubling().steps, NAMES)
    assert unroll(s[k + 2], known, NAMES) == 4 * s[k]
    assert unroll(s[k], known, NAMES) == s[k]
    assert unroll(s[i], known, NAMES) == 2 * s[i - 1]


def test_a_bound_step_is_not_unrolled():
    known = recurrences_of(doubling().steps, NAMES)
    total = Sum(s[k + 1], (k, 0, T))
    assert unroll(total, known, NAMES) == total


def test_a_recurrence_over_two_steps_has_two_initial_entries():
    known = recurrences_of(fibonacci().steps, NAMES)
    assert unroll(f[10], known, NAMES) == 55


def test_unrolling_has_a_cap():
    known = recurrences_of(fibonacci().steps, NAMES)
    assert Unroller(known, NAMES)(f[100]) == fibonacci_number(100)
    with pytest.raises(UnrollingError, match="goes back more than"):
        Unroller(known, NAMES)(f[1000])


def test_the_slow_evaluator_runs_the_recurrence():
    trials = Trials.of(NAMES, fibonacci().steps, 2)
    assert evaluate_slowly(f[40], {}, definitions=trials.definitions) == 102334155


def test_arrays_that_start_at_zero_are_drawn():
    trials = Trials.of(NAMES, fibonacci().steps, 2)
    evidence = trials.of_statement(Equation(free[0] * w[1], w[1] * free[0]))
    assert (evidence.word, evidence.instances) == (Word.AGREES, 3)
    assert trials.of_statement(Equation(free[0], free[0] + 1)).word is Word.REFUTED


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Sum(free[j], (j, 0, k)), Sum(free[j], (j, 0, k - 1)) + free[k]),
        (Sum(free[j], (j, 0, k + 1)), Sum(free[j], (j, 0, k - 1)) + free[k] + free[k + 1]),
        (Product(free[j], (j, 0, k)), Product(free[j], (j, 0, k - 1)) * free[k]),
        (Sum(c, (j, 0, k)), (k + 1) * c),
    ],
)
def test_ranges_from_zero_give_up_their_last_terms(left, right):
    assert decide(left, right, NAMES).word is Word.PROVED


def test_ranges_from_zero_keep_a_missing_term_apart():
    assert decide(Sum(free[j], (j, 0, k)), Sum(free[j], (j, 0, k - 1)), NAMES).word is not Word.PROVED
