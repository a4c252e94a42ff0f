"""Trials: every kind of statement is refuted when it is wrong and agrees when it is right."""

import pytest
from core_samples import NAMES, K, N, alpha, b, f, i, j, k, mu, n, q, r, t, w, x, y
from sympy import Integer, KroneckerDelta, Rational, S, Sum, exp, log, sqrt

from derivations.core.derivation import Step
from derivations.core.evidence import Word
from derivations.core.statements import (
    BoundaryMinimum,
    Equation,
    Implication,
    InRange,
    Minimum,
    NonZero,
    NoStationaryPoint,
    Positive,
)  # fmt: skip
from derivations.core.trials import Trials, solutions_of

SQUARES = Step(Equation(f(t), Sum((x[i] - t) ** 2, (i, 1, N))), "given")
COUNTS = Step(Equation(n[k], Sum(KroneckerDelta(y[i], k), (i, 1, N))), "define")
OCCUR = Step(Positive(n[k]), "assume")
mean = Sum(x[i], (i, 1, N)) / N
RIGHT = {
    "an identity": ((), Equation((t + q) ** 2, t**2 + 2 * t * q + q**2)),
    "a positive expression": ((), Positive(1 + t**2)),
    "a positive count, assumed": ((COUNTS, OCCUR), Positive(n[k] / q)),
    "a non-zero expression": ((), NonZero(exp(t))),
    "a minimum": ((SQUARES,), Minimum(f(t), (t,), (mean,))),
    "a constrained minimum": (
        (Step(Equation(f(alpha), Sum(alpha[k] ** 2, (k, 1, K))), "given"),),
        Minimum(f(alpha), (alpha[k],), (1 / K,), Sum(alpha[k], (k, 1, K)) - 1),
    ),
    "a sign of a derivative": ((Step(Equation(f(q), -log(q)), "given"),), NoStationaryPoint(f(q), q, -1)),
    "an implication": ((), Implication((Equation(t, q),), Equation(t**2, q**2))),
    "a boundary minimum": ((Step(Equation(f(q), q), "given"),), BoundaryMinimum(f(q), (q,), (Integer(1),), (q - 1,))),
}
WRONG = {
    "an identity": ((), Equation((t + q) ** 2, t**2 + q**2)),
    "a positive expression": ((), Positive(t**2 - q)),
    "a positive count, empty classes": ((COUNTS,), Positive(n[k])),
    "a non-zero expression": ((), NonZero(KroneckerDelta(i, j))),
    "a minimum": ((SQUARES,), Minimum(f(t), (t,), (x[1],))),
    "a minimum nearby": ((SQUARES,), Minimum(f(t), (t,), (mean + Rational(1, 5),))),
    "a maximum": ((Step(Equation(f(t), -(t**2)), "given"),), Minimum(f(t), (t,), (Integer(0),))),
    "a saddle": (
        (Step(Equation(f(alpha), alpha[1] ** 2 - Sum(alpha[k] ** 2, (k, 1, K))), "given"),),
        Minimum(f(alpha), (alpha[k],), (Integer(1),)),
    ),
    "off the constraint": (
        (Step(Equation(f(alpha), Sum(alpha[k] ** 2, (k, 1, K))), "given"),),
        Minimum(f(alpha), (alpha[k],), (Integer(1),), Sum(alpha[k], (k, 1, K)) - 1 - K),
    ),
    "a sign of a derivative": ((Step(Equation(f(q), log(q)), "given"),), NoStationaryPoint(f(q), q, -1)),
    "a derivative that vanishes": ((Step(Equation(f(t), t**2), "given"),), NoStationaryPoint(f(t), t, 1)),
    "a boundary minimum": ((Step(Equation(f(q), -q), "given"),), BoundaryMinimum(f(q), (q,), (Integer(1),), (q - 1,))),
}


def tried(steps, statement, instances=12):
    steps = (*steps, Step(statement, "claimed"))
    return Trials.of(NAMES, steps, len(steps) - 1, instances=instances, max_size=3).of_statement(statement)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_statement_agrees(name):
    found = tried(*RIGHT[name], instances=4)
    assert found.word in (Word.AGREES, Word.UNDECIDED)
    assert found.word is Word.AGREES or name == "a constrained minimum"  # hardly a random point meets the constraint


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_statement_is_refuted(name):
    found = tried(*WRONG[name])
    assert found.word is Word.REFUTED
    assert found.counterexample is not None


def test_a_trial_never_proves():
    assert tried((), Equation(t, t)).word is Word.AGREES


def test_a_range_is_not_tried():
    assert tried((), InRange(i, Integer(1), N)).word is Word.UNDECIDED


def test_what_cannot_be_evaluated_is_undecided():
    assert tried((), Equation(log(-q), log(-2 * q))).word is Word.UNDECIDED
    assert tried((), Equation(f(t), S.One)).word is Word.UNDECIDED


def test_an_equation_in_an_unknown_is_tried_at_its_solution():
    equation, solution = Equation(2 * t, q, (t,)), Equation(t, q / 2, (t,))
    steps = (Step(equation, "impose"), Step(solution, "isolate"))
    trials = Trials.of(NAMES, steps, 0, instances=3)
    assert trials.of_statement(equation).word is Word.AGREES
    assert trials.of_statement(Equation(2 * t, 3 * q, (t,))).word is Word.REFUTED


def test_the_solution_that_comes_next_counts():
    steps = (
        Step(Equation(t, q, (t,)), "isolate"), Step(Equation(2 * t, r, (t,)), "impose"),
        Step(Equation(t, r / 2, (t,)), "isolate"),
    )  # fmt: skip
    assert solutions_of(steps, 0)[t] == ((), q)
    assert solutions_of(steps, 1)[t] == ((), r / 2)


def test_solutions_in_terms_of_other_unknowns_do_not_count():
    steps = (Step(Equation(alpha[k], w[1] / t, (alpha[k], t)), "isolate"), Step(Equation(t, N, (t,)), "isolate"))
    assert set(solutions_of(steps, 0)) == {t}


def test_an_irrational_minimum_is_compared_with_points_nearby():
    steps = (Step(Equation(f(q), q + r / q), "given"),)
    assert tried(steps, Minimum(f(q), (q,), (sqrt(r),))).word is Word.AGREES
    assert tried(steps, Minimum(f(q), (q,), (sqrt(r) + Rational(1, 10),))).word is Word.REFUTED


def test_the_same_seed_tries_the_same_instances():
    steps = (Step(Equation(mu[k, 1], b), "x"),)
    first, second = (Trials.of(NAMES, steps, 0, seed=5).of_statement(steps[0].statement) for _ in range(2))
    assert str(first.counterexample) == str(second.counterexample)
