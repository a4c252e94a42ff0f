"""Every step of every Gaussian naive Bayes derivation is changed in many ways, and each change is rejected at its step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest
from core_samples import mutants, real_and_finite
from sympy import Basic, Derivative, Expr, Function, Indexed, KroneckerDelta, S, Subs, Symbol

from derivations.core import replay as replaying
from derivations.core.definitions import DEFINING_RULES
from derivations.core.derivation import Derivation, Step
from derivations.core.equality import prove
from derivations.core.evidence import Word
from derivations.core.kernel import Situation
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.core.replay import replay, restored
from derivations.core.rules import PREMISES
from derivations.core.statements import Equation, Minimum, NoStationaryPoint, Positive, Statement
from derivations.core.trials import Trials
from derivations.subjects.naive_bayes import ENTRIES

ENOUGH = 10
MOST = 12
"""Changes of one expression; the long test makes them all."""


@cache
def derivation(name: str) -> Derivation:
    return ENTRIES[name]()


@cache
def situations(name: str) -> tuple[Situation, ...]:
    """What is known before each step, made again from the premises alone."""
    found = derivation(name)
    situation = Situation(found.declarations, lemmas=tuple(map(restored, found.lemmas)))
    before = []
    for step in found.steps:
        before.append(situation)
        problem, situation = replaying._made_again(situation, step)
        assert not problem
    return tuple(before)


STEPS = [(name, position) for name in ENTRIES for position in range(len(derivation(name).steps))]


def named(case: tuple[str, int]) -> str:
    name, position = case
    return f"{name.removeprefix('gaussian-naive-bayes')}-{position + 1}-{derivation(name).steps[position].rule}"


# ---------------------------------------------------------------------- ways to change a step


@dataclass(frozen=True)
class Mutation:
    """A changed step and what was changed."""

    what: str
    step: Step


def changed_expressions(expression: Basic, symbols: tuple[Symbol, ...], most: int = MOST) -> list[Basic]:
    """Different expressions of the same kind, spread over all places of the expression."""
    if isinstance(expression, (Derivative, Subs, Function)) and not isinstance(expression, KroneckerDelta):
        found = [2 * expression, -expression, expression + 1]
        found += [expression.xreplace({a: b}) for a in symbols for b in symbols if a != b and expression.has(a)]
    else:
        found = [-expression, 2 * expression, expression + 1, expression**2, *mutants(expression, symbols)]
    kept = [e for e in dict.fromkeys(found) if e != expression and isinstance(e, Expr) and real_and_finite(e)]
    return kept[:: max(1, len(kept) // most)]


def changed_statements(
    statement: Statement, symbols: tuple[Symbol, ...], most: int = MOST
) -> Iterator[tuple[str, Statement]]:
    """Statements of the same kind that say something else."""
    if isinstance(statement, Equation):
        for right in changed_expressions(statement.right, symbols, most):
            yield f"right side {right}", replace(statement, right=right)
        for left in changed_expressions(statement.left, symbols, most):
            yield f"left side {left}", replace(statement, left=left)
        yield "sides exchanged", replace(statement, left=statement.right, right=statement.left)
        yield "no unknown" if statement.unknown else "an unknown", replace(
            statement, unknown=() if statement.unknown else (symbols[0],)
        )
    elif isinstance(statement, Minimum):
        for n, value in enumerate(statement.value):
            for other in changed_expressions(value, symbols):
                yield f"value {other}", replace(statement, value=(*statement.value[:n], other, *statement.value[n + 1 :]))
        for other in changed_expressions(statement.objective, symbols):
            yield f"objective {other}", replace(statement, objective=other)
        yield "another constraint", replace(statement, constraint=S.One if statement.constraint is None else None)
        if len(statement.unknown) > 1:
            yield "unknowns reversed", replace(statement, unknown=statement.unknown[::-1])
    elif isinstance(statement, NoStationaryPoint):
        yield "another sign", replace(statement, sign=-statement.sign)
        for other in changed_expressions(statement.objective, symbols):
            yield f"objective {other}", replace(statement, objective=other)
        for other in changed_expressions(statement.unknown, symbols):
            yield f"unknown {other}", replace(statement, unknown=other)
    elif isinstance(statement, Positive):
        for other in changed_expressions(statement.expression, symbols):
            yield f"expression {other}", Positive(other)


def changed_steps(found: Derivation, position: int, most: int = MOST) -> Iterator[Mutation]:
    """Statement, rule, premises and arguments of one step changed."""
    step = found.steps[position]
    symbols = tuple(e.head for e in found.declarations if isinstance(e.head, Symbol) and e.domain.kind in ("size", "index"))
    for what, statement in changed_statements(step.statement, symbols, most):
        yield Mutation(what, replace(step, statement=statement))
    for rule in ("joint_minimum", "assume", "rearrange", "no_such_rule", "minimum_by_sign"):
        if rule != step.rule and not (rule == "rearrange" and "to" in dict(step.arguments)):
            yield Mutation(f"rule {rule}", replace(step, rule=rule))
    if step.premises:
        yield Mutation("no premises", replace(step, premises=()))
        yield Mutation("a premise that comes later", replace(step, premises=(*step.premises[:-1], len(found.steps))))
        for other in range(0, position, max(1, position // 6)):
            if differ(found.steps[other].statement, found.steps[step.premises[0]].statement):
                yield Mutation(f"premise {other + 1}", replace(step, premises=(other, *step.premises[1:])))
    if len(set(step.premises)) > 1:
        yield Mutation("premises reversed", replace(step, premises=step.premises[::-1]))
    for name, value in step.arguments:
        rest = tuple(pair for pair in step.arguments if pair[0] != name)
        if name != "side":
            yield Mutation(f"without {name}", replace(step, arguments=rest))
        others = changed_expressions(value, symbols) if isinstance(value, Expr) else ["nothing"]
        for other in others[:8]:
            if not isinstance(value, Expr) or not same_value(found, position, value, other):
                yield Mutation(f"{name} {other}", replace(step, arguments=tuple(sorted((*rest, (name, other))))))


def differ(one: Statement, other: Statement) -> bool:
    """Whether the statements are about different things, so that the one cannot stand in for the other.

    Two forms of one function, or two equations in the same unknown, may both lead to the step.
    """
    if type(one) is not type(other):
        return True
    return isinstance(one, Equation) and one.left != other.left and (one.unknown != other.unknown or not one.unknown)


def same_value(found: Derivation, position: int, one: Expr, other: Expr) -> bool:
    """Whether a changed expression is the same by the normal form, as x·y is y·x."""
    definitions = situations(found.name)[position].definitions
    return prove(one, other, found.declarations, definitions=definitions) is not None


def problem_with(name: str, position: int, mutated: Step) -> str:
    """What replay says of the changed step, everything before it being as it was."""
    found = derivation(name)
    problem, after = replaying._made_again(situations(name)[position], mutated)
    return problem or replaying._decided_again(after, position, (*found.steps[:position], mutated, *found.steps[position + 1 :]))


# ---------------------------------------------------------------------- every step


LATER = [pytest.param(case, marks=pytest.mark.long) if "per-class" in case[0] else case for case in STEPS]


def label(case):
    return named(case) if isinstance(case, tuple) else None


@pytest.mark.parametrize("case", LATER, ids=label)
def test_every_change_of_a_step_is_rejected(case):
    name, position = case
    assert_rejected(name, position, MOST)


@pytest.mark.long
@pytest.mark.parametrize("case", STEPS[::11], ids=named)
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


@pytest.mark.parametrize("case", DERIVED[::6], ids=named)
def test_a_changed_equation_is_not_proved_by_itself(case):
    assert_not_proved_by_itself(*case, stride=3)


@pytest.mark.long
@pytest.mark.parametrize("case", DERIVED[1::4], ids=named)
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
@pytest.mark.parametrize("case", DERIVED[::13], ids=named)
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
@pytest.mark.parametrize("case", STEPS[::19], ids=named)
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
