"""Rules that conclude minima from the score in one parameter: it increases through zero once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import (
    Expr,
    Pow,
    Symbol,
    log,
    preorder_traversal,
    sqrt,
)  # fmt: skip

from derivations.core.binding import free_symbols, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.definitions import unfold
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.inversion import find_root
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.roots import NoZero
from derivations.core.rules.extrema import _score, _solved, as_assumed
from derivations.core.rules.intervals import continuous, one_interval
from derivations.core.solve import NotIsolable
from derivations.core.statements import Condition, Equation, Minimum, NonZero, Positive, Statement, Unsolved

_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def in_domain(rule: str, situation: Situation, unknown: Expr, value: Expr) -> tuple[Condition, ...]:
    """What has to hold, beyond what is known, for the value to lie inside the declared domain of a scalar unknown."""
    declared = situation.declarations.find(unknown)
    if declared is None or not isinstance(unknown, Symbol):
        raise RuleError(rule, f"{unknown} is not a declared number", "declare it with its domain")
    if declared.domain.kind not in _INSIDE:
        raise RuleError(rule, f"the domain of {unknown} is {declared.domain}", f"known here: {', '.join(_INSIDE)}")
    wanted = [bound(value) for bound in _INSIDE[declared.domain.kind]]
    inside = (Positive(part) for part in wanted if not situation.positive(part))
    return tuple(dict.fromkeys((*defined(situation, value), *inside, *as_assumed(situation, unknown, value))))


def defined(situation: Situation, value: Expr) -> tuple[Condition, ...]:
    """What has to hold for a value to be a real number: logarithms and roots of what is positive, no division by zero.

    What stands under a sum, one observation at a time, is as the density needs it, and was settled with it.
    """
    found: dict[Condition, None] = {}
    for part in preorder_traversal(value):
        if not isinstance(part, Expr) or free_symbols(part) - free_symbols(value):
            continue
        if isinstance(part, log) and not situation.positive(part.args[0]):
            found[Positive(part.args[0])] = None
        if isinstance(part, Pow) and not part.exp.is_integer and not situation.positive(part.base):
            found[Positive(part.base)] = None
        elif isinstance(part, Pow) and part.exp.could_extract_minus_sign() and situation.nonzero(part.base):
            nonnegative = situation.normaliser.signs.nonnegative(part.base)
            found[(Positive if nonnegative else NonZero)(part.base)] = None
    return tuple(found)


_INSIDE: dict[str, tuple[Callable[[Expr], Expr], ...]] = {
    "real": (),
    "positive": (lambda value: value,),
    "unit-interval": (lambda value: value, lambda value: 1 - value),
}


def _increases(rule: str, situation: Situation, expression: Expr, unknown: Symbol) -> int:
    """+1 when the expression increases strictly in the unknown on its domain, −1 when it decreases."""
    plain = situation.opened(expression, unknown)
    continuous(rule, situation, plain, unknown)
    one_interval(rule, situation, unknown)
    try:
        slope = differentiate(plain, unknown)
    except NotDifferentiable as failure:
        raise RuleError(rule, str(failure)) from failure
    for sign in (1, -1):
        if situation.positive(sign * slope):
            return sign
    raise RuleError(rule, f"the sign of the slope {slope} of {expression} is not known", "assume what fixes it")


def _vanishes(rule: str, situation: Situation, expression: Expr, unknown: Symbol, value: Expr) -> tuple[Condition, ...]:
    if situation.depends(value, unknown):
        raise RuleError(rule, f"{unknown} occurs in its own value {value}")
    there = substitute(situation.opened(expression, unknown), {unknown: value})
    _, ranges = situation.certified(rule, there, 0 * unknown)
    return ranges


def solve_monotone(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A strictly monotone function is zero at one point at most, so a zero that is found is the solution.

    Inference: g(θ) = 0, g strictly monotone on the domain, g(v) = 0 ⟺ θ = v.
    Fails when: the sign of g′ is not known, g(v) is not zero, or v contains θ; when v may lie outside the domain, that
    it does not becomes a condition.
    Example: N·λᵏ − Σᵢ xᵢᵏ = 0 ⟺ λ = (Σᵢ xᵢᵏ / N)^(1/k), for λ > 0.
    """
    rule = "solve_monotone"
    before = equation(rule, premises)
    unknown, value = (argument(rule, arguments, name) for name in ("unknown", "value"))
    if not isinstance(unknown, Symbol) or unknown not in before.unknown:
        raise RuleError(rule, f"{unknown} is not an unknown of the equation")
    difference = before.left - before.right
    _increases(rule, situation, difference, unknown)
    ranges = _vanishes(rule, situation, difference, unknown, value)
    conditions = (*in_domain(rule, situation, unknown, value), *ranges)
    return Outcome(Equation(unknown, value, before.unknown), conditions, _BY_RULE)


def minimum_of_increasing_score(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A score that is a positive factor times a strictly increasing function changes its sign once, where that is zero.

    Inference: ∂f/∂θ = c·g(θ), c > 0, g strictly increasing on the domain, g(v) = 0, θ = v in the domain
    ⟶ f has its unique minimum over θ at v.
    Fails when: the score is not that product, c is not known to be positive, or g not to increase.
    Example: ∂ℓ/∂λ = (1/λ)·(N·λ − Σᵢ xᵢ).
    """
    rule = "minimum_of_increasing_score"
    objective, unknown, score = _score(rule, premises)
    factor, increasing = (argument(rule, arguments, name) for name in ("factor", "increasing"))
    if not isinstance(unknown, Symbol):
        raise RuleError(rule, f"{unknown} is not a single number")
    value = _solved(rule, situation, premises, 1, unknown)
    if not situation.positive(factor):
        raise RuleError(rule, f"{factor} is not known to be positive", "assume what makes it so")
    continuous(rule, situation, situation.opened(factor, unknown), unknown)
    one_interval(rule, situation, unknown)
    if _increases(rule, situation, increasing, unknown) < 0:
        raise RuleError(rule, f"{increasing} decreases in {unknown}")
    _, ranges = situation.certified(rule, score, factor * increasing)
    more = _vanishes(rule, situation, increasing, unknown, value)
    conditions = (*in_domain(rule, situation, unknown, value), *ranges, *more)
    return Outcome(Minimum(objective, (unknown,), (value,)), tuple(dict.fromkeys(conditions)), _BY_RULE)


def solve_quadratic(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A quadratic that is negative at zero and opens upwards has one positive root.

    Inference: a·θ² + b·θ − d = 0, a, d > 0, θ > 0 ⟺ θ = (−b + √(b² + 4·a·d)) / (2·a); for θ < 1 when that is below 1.
    Fails when: the equation is not that quadratic, a sign is not known, or θ may be negative.
    Example: N·θ² + N·θ − Σᵢ xᵢ² = 0.
    """
    rule = "solve_quadratic"
    before = equation(rule, premises)
    unknown = argument(rule, arguments, "unknown")
    if unknown not in before.unknown:
        raise RuleError(rule, f"{unknown} is not an unknown of the equation")
    polynomial, value = _quadratic(rule, situation, arguments, unknown)
    _, ranges = situation.certified(rule, before.left - before.right, polynomial)
    return Outcome(Equation(unknown, value, before.unknown), (*_below_one(rule, situation, unknown, value), *ranges), _BY_RULE)


def _below_one(rule: str, situation: Situation, unknown: Expr, value: Expr) -> tuple[Condition, ...]:
    """For a number between 0 and 1, that the positive root is below 1."""
    declared = situation.declarations.find(unknown)
    below = declared is not None and declared.domain.kind == "unit-interval"
    return in_domain(rule, situation, unknown, value) if below else ()


def _quadratic(rule: str, situation: Situation, arguments: Mapping[str, Argument], unknown: Expr) -> tuple[Expr, Expr]:
    """The quadratic that the arguments name and its positive root."""
    a, b, d = (argument(rule, arguments, name) for name in ("square", "linear", "constant"))
    declared = situation.declarations.find(unknown)
    if declared is None or declared.domain.kind not in ("positive", "unit-interval"):
        raise RuleError(rule, f"{unknown} is not declared positive")
    if any(situation.depends(part, unknown) for part in (a, b, d)):
        raise RuleError(rule, f"a coefficient depends on {unknown}")
    for part in (a, d):
        if not situation.positive(part):
            raise RuleError(rule, f"{part} is not known to be positive", "assume what makes it so")
    return a * unknown**2 + b * unknown - d, (-b + sqrt(b**2 + 4 * a * d)) / (2 * a)


def minimum_of_quadratic_score(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A score that is a positive factor times a·θ² + b·θ − d, a and d positive, changes its sign once for θ > 0.

    Inference: ∂f/∂θ = c·(a·θ² + b·θ − d), c, a, d > 0 on θ > 0 ⟶ f has its unique minimum over θ > 0 at
    (−b + √(b² + 4·a·d)) / (2·a); over 0 < θ < 1 when that is below 1.
    Fails when: the score is not that product, a sign is not known, or θ may be negative.
    Example: a normal sample whose mean and variance are the same θ.
    """
    rule = "minimum_of_quadratic_score"
    objective, unknown, score = _score(rule, premises)
    factor = argument(rule, arguments, "factor")
    if not isinstance(unknown, Symbol):
        raise RuleError(rule, f"{unknown} is not a single number")
    polynomial, value = _quadratic(rule, situation, arguments, unknown)
    if not situation.positive(factor):
        raise RuleError(rule, f"{factor} is not known to be positive", "assume what makes it so")
    continuous(rule, situation, situation.opened(factor, unknown), unknown)
    one_interval(rule, situation, unknown)
    _, ranges = situation.certified(rule, score, factor * polynomial)
    conditions = (*as_assumed(situation, unknown, value), *_below_one(rule, situation, unknown, value), *ranges)
    return Outcome(Minimum(objective, (unknown,), (value,)), conditions, _BY_RULE)


def no_inversion(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The equations for a stationary point that are left when no inversion frees an unknown from any of them.

    Inference: s_j(θ) = 0, equations in θ; no s_j is a positive factor times a function of one θ_j with a known inverse
    ⟶ what is left to solve is s(θ) = 0.
    Fails when: one of the equations can be solved, or is not a score of the objective set to zero.
    Example: log α − ψ(α) = log x̄ − (1/N)·Σᵢ log xᵢ, for the shape of a gamma distribution.
    """
    rule = "no_inversion"
    objective, left, unknowns = None, [], []
    for position in range(len(premises)):
        function, unknown, score = _score(rule, premises, position)
        if objective not in (None, function):
            raise RuleError(rule, "the scores are of different functions")
        objective = function
        try:
            find_root(unfold(score, situation.definitions), unknown, situation.normaliser)
        except NoZero as failure:
            raise RuleError(rule, str(failure), "use no_stationary_point") from failure
        except NotIsolable:
            left.append(score)
            unknowns.append(unknown)
            continue
        raise RuleError(rule, f"the score in {unknown} can be solved", "isolate it")
    if objective is None:
        raise RuleError(rule, "no score given", "give the first derivatives")
    shown = arguments.get("left")
    if isinstance(shown, tuple) and len(shown) == len(left):
        for given, score in zip(shown, left, strict=True):
            factor = argument(rule, arguments, "factor") if "factor" in arguments else 1
            situation.certified(rule, given * factor, score)
        left = list(shown)
    return Outcome(Unsolved(objective, tuple(unknowns), tuple(left)), evidence=_BY_RULE)
