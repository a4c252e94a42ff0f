"""Minimising one parameter after another: put the best value of one in, minimise what is left over the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Expr, Indexed, S, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import substitute
from derivations.core.calculus import differentiate
from derivations.core.definitions import unfold, unfold_once
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.rules.extrema import _score
from derivations.core.statements import BoundaryMinimum, Equation, Minimum, Statement, Unsolved

_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def minimise_in_turn(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The minimum over one parameter for every value of the rest, then over the rest, is the joint minimum.

    Inference: v(φ) minimises f(θ, φ) over θ for every φ; g(φ) = f(v(φ), φ) has its minimum at w
    ⟶ f has its minimum at (v(w), w); what g leaves to solve, f leaves to solve.
    Fails when: g is not f with the value put in, or the value of one parameter depends on itself.
    Example: μ̂ = x̄ for every σ², then σ̂² = (1/N)·Σᵢ (xᵢ − x̄)².
    """
    rule = "minimise_in_turn"
    if len(premises) != 2 or not isinstance(premises[0], (Minimum, BoundaryMinimum)):
        raise RuleError(rule, "a minimum and what is concluded of the function with its value put in are needed")
    first, second = premises
    assert isinstance(first, (Minimum, BoundaryMinimum))
    if not isinstance(second, (Minimum, BoundaryMinimum, Unsolved)) or len(first.unknown) != 1:
        raise RuleError(rule, f"the second premise is a {type(second).__name__}")
    (unknown,), (value,) = first.unknown, first.value
    if not isinstance(unknown, Symbol) or not isinstance(first.objective, AppliedUndef):
        raise RuleError(rule, f"{unknown} is not a single number")
    if getattr(first, "constraint", None) is not None or getattr(second, "constraint", None) is not None:
        raise RuleError(rule, "a constraint cannot be carried along")
    if situation.depends(second.objective, unknown) or situation.depends(value, unknown):
        raise RuleError(rule, f"{unknown} occurs in what is left")
    if set(second.unknown) | set(getattr(second, "eliminated", ())) | {unknown} != _scalars(first.objective):
        raise RuleError(rule, f"{first.objective} has other parameters than the two minima")
    there = substitute(first.objective, {unknown: value})
    situation.certified(rule, second.objective, there)
    given = arguments.get("value")
    if not isinstance(given, Expr):
        raise RuleError(rule, "argument 'value' has to hold the value put together")
    known = second.eliminated if isinstance(second, Unsolved) else second.unknown
    values = second.values if isinstance(second, Unsolved) else second.value
    _, ranges = situation.certified(
        rule, given, substitute(unfold(value, situation.definitions), dict(zip(known, values, strict=True)))
    )
    if isinstance(second, Unsolved):
        statement: Statement = replace(
            second, objective=first.objective, eliminated=(unknown, *known), values=(given, *values)
        )
        return Outcome(statement, ranges, _BY_RULE)
    region = (*getattr(first, "region", ()), *getattr(second, "region", ()))
    unknowns, found = (unknown, *known), (given, *values)
    if isinstance(first, Minimum) and isinstance(second, Minimum):
        return Outcome(Minimum(first.objective, unknowns, found), ranges, _BY_RULE)
    return Outcome(BoundaryMinimum(first.objective, unknowns, found, region), ranges, _BY_RULE)


def multiplier_solution(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """The Lagrange condition of one linear constraint, solved with the multiplier that makes the constraint hold.

    Inference: ∂f/∂θ_k = s_k;  g(θ) = 0;  s_k(v) + λ·∂g/∂θ_k = 0, g(v) = 0 ⟶ θ_k = v_k, with the multiplier λ.
    Fails when: v and λ do not satisfy the condition, or v does not satisfy the constraint.
    Example: −N_k/α_k + λ = 0 and Σ_k α_k = 1 ⟶ α_k = N_k/N, with λ = N.
    """
    rule = "multiplier_solution"
    _, unknown, score = _score(rule, premises)
    constraint = equation(rule, premises, 1)
    value, multiplier = argument(rule, arguments, "right"), argument(rule, arguments, "multiplier")
    if not isinstance(unknown, Indexed) or situation.depends(value, unknown) or situation.depends(multiplier, unknown):
        raise RuleError(rule, f"{unknown} is not an entry of an array, or occurs in its own value")
    gap = constraint.left - constraint.right
    heads = {unknown.base: (unknown.indices, value)}
    condition = score + multiplier * differentiate(gap, unknown)
    situation.certified(rule, unfold_once(condition, heads), S.Zero)
    _, ranges = situation.certified(rule, unfold_once(gap, heads), S.Zero)
    return Outcome(Equation(unknown, value, (unknown,)), ranges, _BY_RULE)


def _scalars(objective: AppliedUndef) -> set[Expr]:
    return {argument for argument in objective.args if isinstance(argument, Symbol)}
