"""Rules that carry an equation in unknowns to its solved form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Add, Derivative, Expr, Indexed, S, Symbol

from derivations.core.binding import occurs, substitute
from derivations.core.definitions import unfold_once
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation, every_entry
from derivations.core.solve import NotIsolable
from derivations.core.solve import isolate as isolated
from derivations.core.statements import Condition, Equation, Positive, Statement


def set_to_zero(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The condition for a stationary point: the derivative is zero there.

    Inference: ∂f/∂θ_k = a ⟶ a = 0, an equation in θ_k.
    A Lagrange multiplier named by the argument `multiplier` becomes a further unknown.
    Fails when: the premise is not a first derivative, or the multiplier is no symbol in it.
    Example: ∂ℓ/∂μ_k = 0.
    """
    score = equation("set_to_zero", premises)
    if not isinstance(score.left, Derivative) or score.left.derivative_count != 1 or score.unknown:
        raise RuleError("set_to_zero", f"{score.left} is not a first derivative given as an identity")
    unknown = [score.left.variables[0]]
    if "multiplier" in arguments:
        multiplier = argument("set_to_zero", arguments, "multiplier")
        if not isinstance(multiplier, Symbol) or not occurs(multiplier, score.right):
            raise RuleError("set_to_zero", f"{multiplier} is no symbol of {score.right}")
        unknown.append(multiplier)
    return Outcome(Equation(score.right, S.Zero, tuple(unknown)), evidence=Evidence(Word.PROVED, "kernel rule"))


def impose(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The constraint that the unknowns have to satisfy.

    Inference: ⊢ g = c, an equation in the unknowns.
    Fails when: an unknown does not occur in it.
    Example: Σ_k α_k = 1, an equation in α.
    """
    left, right, unknown = (argument("impose", arguments, name) for name in ("left", "right", "unknown"))
    if not occurs(unknown, left - right):
        raise RuleError("impose", f"{unknown} does not occur in {left} = {right}")
    return Outcome(Equation(left, right, (unknown,)))


def multiply_both_sides(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """Both sides of an equation are multiplied by something that is not zero.

    Inference: a = b ⟺ c·a = c·b, with c ≠ 0.
    Fails when: the factor is known to be zero; when it may be zero, that it is not becomes a condition.
    Example: −(1/σ²)·Σᵢ (xᵢ−μ) = 0 ⟺ Σᵢ (xᵢ−μ) = 0.
    """
    before = equation("multiply_both_sides", premises)
    factor = argument("multiply_both_sides", arguments, "factor")
    if not situation.normaliser.form(factor):
        raise RuleError("multiply_both_sides", f"the factor {factor} is zero")
    left, right = (Add(*(factor * term for term in Add.make_args(side))) for side in (before.left, before.right))
    evidence, ranges = situation.certified("multiply_both_sides", factor * (before.left - before.right), left - right)
    after = Equation(left, right, before.unknown)
    return Outcome(after, (*situation.nonzero(factor), *ranges), evidence)


def isolate(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The unknown is brought to one side: affine, power or logarithmic inversion, with an occurs check.

    Inference: a·θ = b ⟺ θ = b/a, with a ≠ 0 or b ≠ 0;  θⁿ = c ⟺ θ = c^(1/n), for θ > 0;  log θ = c ⟺ θ = e^c.
    Fails when: the unknown also occurs inside a sum or a function, or has several roots in its domain.
    Example: s − N_k·μ_k = 0 ⟺ μ_k = s/N_k, with N_k ≠ 0.
    """
    before = equation("isolate", premises)
    unknown = argument("isolate", arguments, "unknown")
    if unknown not in before.unknown:
        raise RuleError("isolate", f"{unknown} is not an unknown of the equation")
    try:
        solution = isolated(before.left - before.right, unknown, situation.normaliser)
    except NotIsolable as error:
        raise RuleError("isolate", str(error), "rearrange the equation first") from error
    if situation.depends(solution.value, unknown):
        raise RuleError("isolate", f"{unknown} occurs in the definition of a name in {solution.value}", "unfold it first")
    conditions: list[Condition] = list(situation.nonzero(solution.rest) and situation.nonzero(solution.divisor))
    if solution.positive is not None and not situation.positive(solution.positive):
        conditions.append(Positive(solution.positive))
    difference = before.left - before.right
    if solution.inversion == "affine":
        certificate = difference, solution.divisor * (unknown - solution.value)
    else:
        certificate = substitute(difference, {unknown: solution.value}), S.Zero
    evidence, ranges = situation.certified("isolate", *certificate)
    return Outcome(Equation(unknown, solution.value, before.unknown), (*conditions, *ranges), evidence)


def substitute_solution(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """An unknown is replaced by its solved form, for every index.

    Inference: a(θ) = b(θ), θ_k = v_k ⟶ a(v) = b(v).
    Fails when: the second premise is not a solved form for every entry, its unknown does not occur in the first, or no
    unknown is left and the two sides differ.
    Example: Σ_k α_k = 1, α_k = N_k/λ ⟶ Σ_k N_k/λ = 1.
    """
    target, solved = equation("substitute_solution", premises), equation("substitute_solution", premises, 1)
    unknown = solved.left
    if unknown not in solved.unknown or situation.depends(solved.right, unknown):
        raise RuleError("substitute_solution", f"{unknown} = {solved.right} is not a solved form")
    every_entry("substitute_solution", situation, unknown)
    if target.left == unknown and unknown in target.unknown:
        right = replace_entries(target.right, unknown, solved.right)
        new = Equation(target.left, right, target.unknown)
    else:
        left, right = (replace_entries(side, unknown, solved.right) for side in (target.left, target.right))
        others = tuple(u for u in dict.fromkeys((*target.unknown, *solved.unknown)) if u != unknown)
        new = Equation(left, right, others)
        if not others:  # nothing is left that the equation could restrict: it has to be an identity
            situation.certified("substitute_solution", left, right)
    if (new.left, new.right) == (target.left, target.right):
        raise RuleError("substitute_solution", f"{unknown} does not occur in {target.left} = {target.right}")
    return Outcome(new, evidence=Evidence(Word.PROVED, "kernel rule"))

def replace_entries(expression: Expr, unknown: Expr, value: Expr) -> Expr:
    """Every entry of the unknown's array replaced by `value` at its indices; a plain symbol replaced as it is."""
    head, parameters = (unknown.base, unknown.indices) if isinstance(unknown, Indexed) else (unknown, ())
    return unfold_once(expression, {head: (tuple(parameters), value)})
