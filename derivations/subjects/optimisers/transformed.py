"""Iterations in other clothes: their steps counted from another call, several steps taken as one, conjugates removed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sympy import Basic, Expr
from sympy.core.function import AppliedUndef

from derivations.subjects.optimisers.iteration import (
    COUNTER,
    START,
    Assignment,
    Iteration,
    before_of,
    letter,
    oracle,
)  # fmt: skip
from derivations.subjects.optimisers.oracles import ORACLES


def rotated(iteration: Iteration, calls: int) -> Iteration | None:
    """The same oracle calls in the same order, each step begun `calls` calls later; its start is left open.

    The state is what is alive at the new beginning; every state variable starts at `START`, to be overridden.
    None where nothing is alive: the step forgets what was before.
    """
    passed = 0
    cut = 0
    while passed < calls and cut < len(iteration.step):
        passed += len(iteration.step[cut].value.atoms(AppliedUndef))
        cut += 1
    program = (*iteration.step[cut:], *iteration.step[:cut])
    alive: dict[str, None] = {}
    assigned: set[str] = set()
    known = {p.name for p in iteration.parameters} | {str(COUNTER)}
    for assignment in program:
        read = {s.name for s in assignment.value.free_symbols} - assigned - known
        alive |= dict.fromkeys(sorted(read))
        assigned.add(assignment.name)
    if not alive:
        return None
    return replace(
        iteration,
        title=f"{iteration.title}, shifted by {calls} call{'s' if calls > 1 else ''}" if calls else iteration.title,
        start=tuple(Assignment(name, START) for name in alive),
        step=program,
        first=(),
        output=next(iter(alive)),
    )


def repeated(iteration: Iteration, times: int) -> Iteration:
    """So many steps taken as one; the coefficients are meant to be constant. The number of the step goes on counting."""
    if times == 1:
        return iteration
    steady = {letter(before_of(p.name)): p.symbol for p in iteration.parameters}

    def turn(program: tuple[Assignment, ...], number: Expr) -> tuple[Assignment, ...]:
        return tuple(Assignment(a.name, a.value.xreplace({COUNTER: number, **steady})) for a in program)

    later = [turn(iteration.step, times * (COUNTER - 1) + n) for n in range(1, times + 1)]
    first = [turn(iteration.first, COUNTER), *later[1:]] if iteration.first else []
    return replace(
        iteration,
        title=f"{iteration.title}, {times} steps at a time",
        step=tuple(a for program in later for a in program),
        first=tuple(a for program in first for a in program),
    )


def conjugates(iteration: Iteration) -> frozenset[str]:
    """The oracles called that belong to a convex conjugate."""
    return frozenset(name for name in iteration.oracles if ORACLES[name].conjugate)


def without_conjugates(iteration: Iteration, names: Collection[str]) -> Iteration:
    """The same iteration with calls of these oracles replaced by calls of the function itself, by Moreau's identity."""

    def put(program: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
        return tuple(Assignment(a.name, _rewritten(a.value, names)) for a in program)

    return replace(iteration, start=put(iteration.start), step=put(iteration.step), first=put(iteration.first))


def moreau(name: str, step: Expr, point: Expr) -> Expr:
    """prox of f* with step s at x: x − s·prox of f with step 1/s at x/s."""
    return point - step * oracle(ORACLES[name].conjugate)(1 / step, point / step)


def _rewritten(expression: Basic, names: Collection[str]) -> Basic:
    if not expression.args:
        return expression
    arguments = [_rewritten(argument, names) for argument in expression.args]
    if isinstance(expression, AppliedUndef) and expression.func.__name__ in names:
        return moreau(expression.func.__name__, *arguments)
    return expression.func(*arguments)
