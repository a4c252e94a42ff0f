"""Slips that a problem knows: wrong formulas that students often write, and what to say about each."""

from __future__ import annotations

from sympy import Expr

from derivations.check.judging.context.formulas import Chapter, Formula
from derivations.check.judging.instances.laboratory import Laboratory
from derivations.check.judging.outcome import HOLDS, Target
from derivations.check.judging.verdicts import Diagnosis
from derivations.check.judging.worlds.world import World
from derivations.check.problems.problem import Problem


def known_slip(problem: Problem, chapter: Chapter, target: Target, truth: World, laboratory: Laboratory) -> Diagnosis | None:
    """The slip whose formula a wrong line is: the same equation, sides exchanged or signs changed or not."""
    if not problem.slips or len(chapter.givens) < len(problem.slips):
        return None
    claimed = target.left - target.right
    for slip, formula in zip(problem.slips, chapter.givens[-len(problem.slips) :], strict=True):
        sides = _sides(formula)
        if sides is None:
            continue
        residual = truth.expand(sides[0]) - truth.expand(sides[1])
        if any(laboratory.compare(claimed, sign * residual).word in HOLDS for sign in (1, -1)):
            return Diagnosis("known slip", slip.says)
    return None


def _sides(formula: Formula) -> tuple[Expr, Expr] | None:
    sides = [side for statement in formula.statements[:1] for side in statement.sides if side is not None]
    return (sides[0].expression, sides[1].expression) if len(sides) == 2 else None
