"""What follows in a world once a relation is taken for granted."""

from __future__ import annotations

from typing import Any

from sympy import Derivative, Expr, Indexed, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.shapes import (
    head_of,
    is_condition,
    is_derivative,
    is_matrix,
    is_unknown,
    occurs,
    scalars_of,
    unknown_of,
)
from derivations.check.judging.context.situation import Situation
from derivations.check.judging.outcome import Outcome
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import key_of, parameters_of
from derivations.check.judging.worlds.world import Hypothesis


def suppose_derivative(grounds: Grounds, start: Side, situation: Situation) -> None:
    """A derivative that was written wrong is in force as it should be: what is set to zero next is compared with it."""
    if is_derivative(start):
        grounds.world.suppose(Hypothesis(grounds.world.expand(start.expression), situation.number, unknown_of(start)))


def suppose_value(grounds: Grounds, start: Side, side: Side, situation: Situation) -> None:
    """A derivative that could not be judged is taken at its word: what is set to zero next is compared with it."""
    if is_derivative(start) and side.evaluable and not is_matrix(side.term):
        residual = grounds.world.expand(side.expression)
        if residual != 0 and not grounds.world.opaque.holds(residual):
            grounds.world.suppose(Hypothesis(residual, situation.number, unknown_of(start)))


def believe(grounds: Grounds, start: Side, side: Side, outcome: Outcome, situation: Situation) -> None:
    """Take start = side for granted in this world."""
    if not (start.evaluable and side.evaluable) or is_matrix(start.term) or is_matrix(side.term):
        return
    try:
        _believe(grounds, start, side, outcome, situation)
    except (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError):
        return


def _believe(grounds: Grounds, start: Side, side: Side, outcome: Outcome, situation: Situation) -> None:
    world = grounds.world
    if situation.retracted:
        return
    if outcome.defines is not None:
        if grounds.holds_other_objective(side, outcome.defines):
            _forget(grounds, scalars_of(side.expression))
        _define(grounds, start, side, outcome.defines, situation)
        return
    a, b = world.expand(start.expression), world.expand(side.expression)
    if outcome.residual is not None:
        if is_condition(start, side):
            unknown = unknown_of(start)
            world.hypotheses[:] = [h for h in world.hypotheses if h.unknown is None or h.unknown != unknown]
        if "start" in situation.cues and outcome.evidence == "given":
            _forget(grounds, scalars_of(outcome.residual))
        about = outcome.unknown if outcome.unknown is not None else unknown_of(start)
        if about is None and situation.first is not None and is_derivative(situation.first):
            about = unknown_of(situation.first)
        premise, is_goal = outcome.role is Role.PREMISE, outcome.role is Role.GOAL
        world.suppose(Hypothesis(outcome.residual, situation.number, about, premise, is_goal))
        if is_unknown(start.expression) and not b.has(head_of(start.expression)):
            for unknown in {start.expression, grounds.unaliased(start.expression)}:
                parameters = parameters_of(unknown, b)
                if parameters is not None:
                    world.solve(head_of(unknown), parameters, b)
        return
    if outcome.verdict.value == "wrong":
        name = key_of(start.expression)
        if isinstance(a, Derivative) or is_derivative(start):
            world.override(a, b)
        elif name is not None and (name in world.definitions or isinstance(start.expression, AppliedUndef)):
            parameters = parameters_of(start.expression, b)
            if parameters is not None:
                world.define(name, parameters, b)
    if (
        is_derivative(start)
        or isinstance(a, Derivative)
        or (situation.everywhere and "zero" not in situation.cues and a.has(Derivative))
    ):
        world.suppose(Hypothesis(b, situation.number, unknown_of(start)))


def _forget(grounds: Grounds, multipliers: set[Any]) -> None:
    """A new Lagrangian or a new equation to solve: what was found for these letters belongs to another one."""
    world = grounds.world
    world.hypotheses[:] = [h for h in world.hypotheses if h.premise or not any(h.residual.has(m) for m in multipliers)]
    for head, (_, value) in list(world.solved.items()):
        if head in multipliers or any(value.has(m) for m in multipliers):
            del world.solved[head]


def _define(grounds: Grounds, start: Side, side: Side, name: Any, situation: Situation) -> None:
    if isinstance(name, tuple) and name[0] == "meaning":
        grounds.world.define(*name[1:])
        return
    if isinstance(name, tuple) and name[0] == "reverse":
        start, side, name = side, situation.first if start.expression == 0 and situation.first is not None else start, name[1]
    left: Expr = start.expression
    if isinstance(left, AppliedUndef) and not isinstance(name, str):
        left = grounds.world.expand(left)
    body = side.expression
    if body.has(*([left] if isinstance(left, (Symbol, Indexed)) else [])) or occurs(name, body, body):
        body = grounds.world.expand(body)
    parameters = parameters_of(left, body)
    if parameters == () and isinstance(left, AppliedUndef):
        parameters = parameters_of(left, grounds.world.expand(body))
    if parameters is not None:
        grounds.world.define(name, parameters, body)
