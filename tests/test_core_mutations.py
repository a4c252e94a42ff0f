"""Every step of every Gaussian naive Bayes derivation is changed in many ways, and each change is rejected at its step.

What is sampled here is sampled more densely where DERIVATIONS_ALL_MUTATIONS=1 asks for it.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from core_mutants import MOST, changed_expressions, changed_statements, changed_steps, derivation, named, problem_with, situations
from sympy import Indexed, Symbol

from derivations.core.definitions import DEFINING_RULES
from derivations.core.derivation import Derivation, Step
from derivations.core.equality import prove
from derivations.core.evidence import Word
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.core.replay import replay
from derivations.core.rules import PREMISES
from derivations.core.statements import Equation, Minimum, NoStationaryPoint, Positive
from derivations.core.trials import Trials
from derivations.subjects.naive_bayes import ENTRIES

ENOUGH = 10
EVERY = bool(os.environ.get("DERIVATIONS_ALL_MUTATIONS"))

STEPS = [(name, position) for name in ENTRIES for position in range(len(derivation(name).steps))]


# ---------------------------------------------------------------------- every step


LATER = [pytest.param(case, marks=pytest.mark.long) if "per-class" in case[0] else case for case in STEPS]


def label(case):
    return named(case) if isinstance(case, tuple) else None


@pytest.mark.parametrize("case", LATER, ids=label)
def test_every_change_of_a_step_is_rejected(case):
    name, position = case
    assert_rejected(name, position, MOST)


@pytest.mark.long
@pytest.mark.parametrize("case", STEPS[:: 11 if EVERY else 41], ids=named)
def test_every_one_of_many_changes_of_a_step_is_rejected(case):
    assert_rejected(*case, 60)


def assert_rejected(name: str, position: int, most: int) -> None:
    found = list(changed_steps(derivation(name), position, most))
    accepted = [m.what for m in found if not problem_with(name, position, m.step)]
    assert not accepted
    assert len(found) >= ENOUGH


DERIVED = [
    (name, position) for name, position in STEPS
    if isinstance(derivation(name).steps[position].statement, Equation)
    and derivation(name).steps[position].rule not in PREMISES | DEFINING_RULES
    and not derivation(name).steps[position].statement.unknown
]  # fmt: skip


def assert_not_proved_by_itself(name: str, position: int, stride: int) -> None:
    """Changed equations are refuted or not proved by the normal form; what is proved is equal on instances too."""
    found, situation = derivation(name), situations(name)[position]
    trials = Trials.of(found.declarations, found.steps, position, instances=3)
    genuine = equal = 0
    for mutation in list(changed_steps(found, position))[::stride]:
        statement = mutation.step.statement
        if mutation.step.rule != found.steps[position].rule or statement == found.steps[position].statement:
            continue
        if statement.unknown or statement.left == found.steps[position].statement.right:
            continue
        evidence = prove(
            statement.left, statement.right, found.declarations, definitions=situation.definitions,
            conditions=situation.assumptions,
        )  # fmt: skip
        if evidence is None or evidence.conditions:  # what rests on a range that is not given is not claimed
            genuine += 1
            continue
        equal += 1
        assert trials.of_statement(statement).word is not Word.REFUTED, mutation.what
    assert genuine >= (ENOUGH // 2 if stride == 1 else 2)
    assert genuine > 3 * equal or found.steps[position].statement.right == 0  # minus zero is zero


@pytest.mark.parametrize("case", DERIVED[:: 6 if EVERY else 12], ids=named)
def test_a_changed_equation_is_not_proved_by_itself(case):
    assert_not_proved_by_itself(*case, stride=3)


@pytest.mark.long
@pytest.mark.parametrize("case", DERIVED[1 :: 4 if EVERY else 16], ids=named)
def test_many_a_changed_equation_is_not_proved_by_itself(case):
    assert_not_proved_by_itself(*case, stride=1)


def assert_refuted_on_instances(name: str, position: int, stride: int) -> None:
    """Changed equations that the normal form does not prove are separated by instances, nearly all of them."""
    found, situation = derivation(name), situations(name)[position]
    trials = Trials.of(found.declarations, found.steps, position, instances=4)
    refuted = others = 0
    for _, statement in list(changed_statements(found.steps[position].statement, tuple(symbols_of(found))))[::stride]:
        if statement.unknown or statement.left == found.steps[position].statement.right:
            continue
        try:
            evidence = prove(
                statement.left, statement.right, found.declarations, definitions=situation.definitions,
                conditions=situation.assumptions,
            )  # fmt: skip
        except (TooLarge, UndefinedForm):
            evidence = None
        if evidence is None:
            word = trials.of_statement(statement).word
            refuted += word is Word.REFUTED
            others += word is not Word.REFUTED
    assert refuted > others


def symbols_of(found: Derivation) -> Iterator[Symbol]:
    return (e.head for e in found.declarations if isinstance(e.head, Symbol) and e.domain.kind in ("size", "index"))


@pytest.mark.long
@pytest.mark.parametrize("case", DERIVED[:: 13 if EVERY else 26], ids=named)
def test_changed_equations_are_refuted_on_instances(case):
    assert_refuted_on_instances(*case, stride=5)


# ---------------------------------------------------------------------- whole derivations


def with_step(found: Derivation, position: int, step: Step) -> Derivation:
    return replace(found, steps=(*found.steps[:position], step, *found.steps[position + 1 :]))


QUICK = [case for case in STEPS if not case[0].endswith("/mle") and "per-class" not in case[0]]
SAMPLE = QUICK[::11]


@pytest.mark.parametrize("case", SAMPLE, ids=named)
def test_replay_names_the_changed_step(case):
    name, position = case
    found = derivation(name)
    for mutation in list(changed_steps(found, position))[3::25][:1]:
        result = replay(with_step(found, position, mutation.step), instances=0)
        assert not result.ok
        assert any(line.startswith(f"step {position + 1} (") for line in result.problems), mutation.what


@pytest.mark.long
@pytest.mark.parametrize("case", STEPS[:: 19 if EVERY else 57], ids=named)
def test_replay_with_instances_names_the_changed_step(case):
    name, position = case
    found = derivation(name)
    for mutation in list(changed_steps(found, position))[1::30][:2]:
        result = replay(with_step(found, position, mutation.step), instances=1)
        assert not result.checks[position].ok


PUT_IN = [(name, position) for name, position in STEPS if derivation(name).steps[position].rule in ("given", "define")]


def changed_premise(found: Derivation, position: int) -> Iterator[Derivation]:
    """A premise changed consistently, in its statement and in its argument."""
    step = found.steps[position]
    symbols = tuple(symbols_of(found))
    for right in changed_expressions(step.statement.right, symbols):
        arguments = tuple(sorted((dict(step.arguments) | {"right": right}).items()))
        yield with_step(found, position, replace(step, statement=replace(step.statement, right=right), arguments=arguments))


@pytest.mark.parametrize("case", [case for case in PUT_IN if case in QUICK][::3], ids=named)
def test_a_premise_changed_consistently_is_rejected_where_it_is_used(case):
    name, position = case
    found = derivation(name)
    for changed in list(changed_premise(found, position))[1::20][:2]:
        result = replay(changed, instances=0)
        assert not result.ok
        wrong = [check.number for check in result.checks if not check.ok]
        assert min(wrong) >= position + 1


@pytest.mark.parametrize("name", ["gaussian-naive-bayes/posterior", "gaussian-naive-bayes/prior-unconstrained"])
def test_steps_in_another_order_are_rejected(name):
    found = derivation(name)
    for first in range(len(found.steps) - 1):
        steps = list(found.steps)
        steps[first], steps[first + 1] = steps[first + 1], steps[first]
        result = replay(replace(found, steps=tuple(steps)), instances=0)
        if first in found.steps[first + 1].premises:
            assert not result.ok


@pytest.mark.parametrize("name", sorted({name for name, _ in QUICK}))
def test_a_dropped_step_is_rejected(name):
    found = derivation(name)
    needed = {premise for step in found.steps for premise in step.premises}
    position = sorted(needed)[len(needed) // 2]
    shifted = [
        replace(step, premises=tuple(n - (n > position) for n in step.premises))
        for n, step in enumerate(found.steps) if n != position
    ]  # fmt: skip
    conclusion = replace(found.conclusion, steps=tuple(n - (n > position) for n in found.conclusion.steps))
    assert not replay(replace(found, steps=tuple(shifted), conclusion=conclusion), instances=0).ok


def test_the_statements_changed_here_are_of_every_kind():
    kinds = {type(derivation(name).steps[position].statement) for name, position in STEPS}
    assert kinds == {Equation, Minimum, NoStationaryPoint, Positive}
    assert len(STEPS) > 250
    assert any(derivation(n).steps[p].statement.left.has(Indexed) for n, p in DERIVED)
