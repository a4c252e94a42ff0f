"""Ways to change a step of a derivation, and what replay says of a changed step; shared by the tests of mutations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from core_samples import mutants, real_and_finite
from sympy import Basic, Derivative, Expr, Function, KroneckerDelta, S, Subs, Symbol

import derivations
from derivations.core import replay as replaying
from derivations.core.derivation import Derivation, Step
from derivations.core.equality import prove
from derivations.core.kernel import RuleError, Situation, apply
from derivations.core.replay import restored
from derivations.core.statements import (
    BoundaryMinimum,
    Bounded,
    Equation,
    Implication,
    InRange,
    Minimum,
    NoStationaryPoint,
    Positive,
    Statement,
    Unsolved,
)  # fmt: skip

MOST = 12
"""Changes of one expression; the long test makes them all."""


@cache
def derivation(name: str) -> Derivation:
    return derivations.derive(name)


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


def named(case: tuple[str, int]) -> str:
    name, position = case
    return f"{name.removeprefix('gaussian-naive-bayes')}-{position + 1}-{derivation(name).steps[position].rule}"


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
            statement, unknown=() if statement.unknown else (*symbols[:1], S.Zero)[:1]
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
    elif isinstance(statement, Implication):
        for _, conclusion in changed_statements(statement.conclusion, symbols, most):
            yield f"conclusion {conclusion}", replace(statement, conclusion=conclusion)
        for n, hypothesis in enumerate(statement.hypotheses):
            for _, other in changed_statements(hypothesis, symbols, most):
                yield f"hypothesis {other}", replace(statement, hypotheses=_put(statement.hypotheses, n, other))
    else:
        yield from _changed_fields(statement, symbols, most)


_FIELDS: dict[type, tuple[str, ...]] = {
    Bounded: ("expression", "bound"),
    BoundaryMinimum: ("objective", "value", "region"),
    Unsolved: ("objective", "left", "values"),
    InRange: ("lower", "upper"),
}


def _put(parts, n, other):
    return (*parts[:n], other, *parts[n + 1 :])


def _changed_fields(statement: Statement, symbols: tuple[Symbol, ...], most: int) -> Iterator[tuple[str, Statement]]:
    for field in _FIELDS[type(statement)]:
        value = getattr(statement, field)
        for n, part in enumerate(value if isinstance(value, tuple) else (value,)):
            for other in changed_expressions(part, symbols, most):
                changed = _put(value, n, other) if isinstance(value, tuple) else other
                yield f"{field} {other}", replace(statement, **{field: changed})


def changed_steps(found: Derivation, position: int, most: int = MOST) -> Iterator[Mutation]:
    """Statement, rule, premises and arguments of one step changed."""
    step = found.steps[position]
    every = [e for e in found.declarations if isinstance(e.head, Symbol)]
    symbols = tuple(e.head for e in every if e.domain.kind in ("size", "index")) or tuple(e.head for e in every)
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


@cache
def made(name: str, position: int) -> Statement:
    """What the rule of a step gives: it does not look at the stored statement."""
    situation, step = situations(name)[position], derivation(name).steps[position]
    return apply(situation, step.rule, step.premises, dict(step.arguments)).statement


def gives_the_same(name: str, position: int, mutated: Step) -> bool:
    """Whether a step by another rule, from other premises or arguments is as good: the same statement, the same conditions."""
    situation, step = situations(name)[position], derivation(name).steps[position]
    try:
        found = apply(situation, mutated.rule, mutated.premises, dict(mutated.arguments))
    except (RuleError, *replaying._FAILURES):
        return False
    return (found.statement, found.conditions) == (step.statement, step.conditions)


def problem_with(name: str, position: int, mutated: Step) -> str:
    """What replay says of the changed step, everything before it being as it was."""
    found = derivation(name)
    step = found.steps[position]
    if replace(mutated, statement=step.statement) == step and mutated.statement != made(name, position):
        return f"the rule gives {made(name, position)}"
    problem, after = replaying._made_again(situations(name)[position], mutated)
    return problem or replaying._decided_again(after, position, (*found.steps[:position], mutated, *found.steps[position + 1 :]))
