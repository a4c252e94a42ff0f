"""Rules for minima where the derivative does not vanish: at the edge of what the data allow, and at a kink."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Abs, Expr, Function, Indexed, IndexedBase, Max, Min, Pow, Sum, Symbol, log, preorder_traversal
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, occurs, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.definitions import unfold
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.rules.extrema import _score
from derivations.core.rules.scores import in_domain
from derivations.core.statements import BoundaryMinimum, Condition, InRange, Positive, Statement

_BY_RULE = Evidence(Word.PROVED, "kernel rule")
LARGEST, SMALLEST, MEDIAN = (Function(name, real=True) for name in ("largest", "smallest", "median"))


def support(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """Every observation lies in the support, whose ends may depend on the parameters.

    Inference: ⊢ a(θ) ≤ xᵢ ≤ b(θ), as the model says; elsewhere the likelihood is zero.
    Fails when: the observation is not an entry xᵢ of a declared array, or an end depends on i.
    Example: 0 ≤ xᵢ ≤ θ.
    """
    entry, lower, upper = (argument("support", arguments, name) for name in ("entry", "lower", "upper"))
    if not isinstance(entry, Indexed) or situation.declarations.find(entry.base) is None or len(entry.indices) != 1:
        raise RuleError("support", f"{entry} is not an entry of a declared sample")
    if any(set(entry.indices) & free_symbols(end) for end in (lower, upper)):
        raise RuleError("support", f"an end depends on {entry.indices[0]}")
    return Outcome(InRange(entry, lower, upper))


def ends(statement: InRange) -> tuple[Expr, ...]:
    """What a ≤ xᵢ ≤ b for all i says of the parameters: min x − a ≥ 0 and b − max x ≥ 0; what holds anyway is left out."""
    base = statement.index.base
    found = (SMALLEST(base) - statement.lower, statement.upper - LARGEST(base))
    return tuple(part for part in found if part != 0)


def boundary_minimum(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A function that increases in θ is lowest at the smallest θ that the data allow; one that decreases, at the largest.

    Inference: ∂f/∂θ > 0 (or < 0) on the domain; a(θ) ≤ xᵢ ≤ b(θ) for all i ⟺ θ ≥ v (or θ ≤ v) ⟶ f is lowest at v.
    Fails when: the sign of the score is not known, the score has a pole where θ meets an observation, an end is not
    affine in θ, or the data bound θ from the other side as well.
    Example: ∂/∂θ N·log θ > 0 and xᵢ ≤ θ ⟶ the minimum is at θ = max x.
    """
    rule = "boundary_minimum"
    objective, unknown, score = _score(rule, premises)
    if len(premises) < 2 or not isinstance(premises[1], InRange) or not isinstance(unknown, Symbol):
        raise RuleError(rule, "the second premise has to be the support, and the parameter a number")
    sign = next((s for s in (1, -1) if situation.positive(s * score)), 0)
    if not sign:
        raise RuleError(rule, f"the sign of {score} is not known", "assume what fixes it")
    region = tuple(part for part in ends(premises[1]) if occurs(unknown, part))
    limits = [_limit(rule, situation, part, unknown, sign) for part in region]
    if not limits:
        raise RuleError(rule, f"the data do not bound {unknown}", "the support does not depend on it")
    _finite_at_edge(rule, situation, score, unknown, premises[1].index)
    value = limits[0] if len(limits) == 1 else (Max if sign > 0 else Min)(*limits)
    conditions = _in_domain(rule, situation, unknown, value)
    return Outcome(BoundaryMinimum(objective, (unknown,), (value,), region), conditions, _BY_RULE)


def _finite_at_edge(rule: str, situation: Situation, score: Expr, unknown: Symbol, entry: Indexed) -> None:
    """Refuse a score with a pole where the parameter meets an observation: there the likelihood grows without bound."""
    for part in preorder_traversal(unfold(score, situation.definitions)):
        pole = isinstance(part, log) or (isinstance(part, Pow) and not (part.exp.is_integer and part.exp.is_nonnegative))
        if pole and occurs(unknown, part) and any(one.base == entry.base for one in part.atoms(Indexed)):
            raise RuleError(rule, f"{part} may have a pole where {unknown} meets an observation")


def _in_domain(rule: str, situation: Situation, unknown: Symbol, value: Expr) -> tuple[Condition, ...]:
    """As for other minima; a whole number is an extreme of whole numbers."""
    if not situation.declarations[unknown.name].domain.is_integral:
        return in_domain(rule, situation, unknown, value)
    extreme = value.args[0] if isinstance(value, AppliedUndef) and value.func in (LARGEST, SMALLEST) else None
    declared = situation.declarations.find(extreme) if extreme is not None else None
    if declared is None or not declared.domain.is_integral:
        raise RuleError(rule, f"{value} is not known to be a whole number, as {unknown} has to be")
    positive = situation.declarations[unknown.name].domain.kind == "size" and not situation.positive(value)
    return (Positive(value),) if positive else ()


def _limit(rule: str, situation: Situation, part: Expr, unknown: Symbol, sign: int) -> Expr:
    """The θ at which an end is reached, when it bounds θ from the side that the score pushes to."""
    try:
        slope = differentiate(part, unknown)
    except NotDifferentiable as failure:
        raise RuleError(rule, str(failure)) from failure
    slope = situation.normaliser.expression(slope)
    if occurs(unknown, slope):
        raise RuleError(rule, f"{part} is not affine in {unknown}")
    if not situation.positive(sign * slope):
        raise RuleError(rule, f"the data bound {unknown} on the side where the likelihood falls, or on an unknown one")
    found: Expr = situation.normaliser.expression((slope * unknown - part) / slope)
    return found


def minimum_at_median(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A sum of distances to a point is lowest where as many observations lie below as above: at the median.

    Inference: f(θ) = a + c·Σᵢ |xᵢ − θ|, c > 0, a and c free of θ ⟶ f is lowest at the median, where 0 is a subgradient.
    Fails when: f is not of that form or c is not known to be positive. With an even number of observations every point
    between the two in the middle is as good.
    Example: the location of a Laplace distribution.
    """
    rule = "minimum_at_median"
    identity = equation(rule, premises)
    unknown, weight, rest = (argument(rule, arguments, name) for name in ("unknown", "weight", "rest"))
    distances = argument(rule, arguments, "distances")
    if identity.unknown or not isinstance(unknown, Symbol):
        raise RuleError(rule, "an identity in a single number is needed")
    if situation.declarations[unknown.name].domain.kind != "real":
        raise RuleError(rule, f"{unknown} is not declared real")
    if any(situation.depends(part, unknown) for part in (weight, rest)):
        raise RuleError(rule, f"{unknown} occurs beside the distances")
    entry = _distance(rule, situation, distances, unknown)
    if not situation.positive(weight):
        raise RuleError(rule, f"{weight} is not known to be positive")
    _, ranges = situation.certified(rule, identity.right, rest + weight * distances)
    value = MEDIAN(entry.base)
    return Outcome(BoundaryMinimum(identity.left, (unknown,), (value,)), ranges, _BY_RULE)


def _distance(rule: str, situation: Situation, distances: Expr, unknown: Symbol) -> Indexed:
    """The observation in Σᵢ |xᵢ − θ| over the whole sample."""
    if isinstance(distances, Sum) and isinstance(distances.function, Abs) and len(distances.limits) == 1:
        (index, lower, upper), inside = distances.limits[0], distances.function.args[0]
        for sign in (1, -1):
            entry = sign * inside + unknown
            if isinstance(entry, Indexed) and entry.indices == (index,) and isinstance(entry.base, IndexedBase):
                declared = situation.declarations.find(entry.base)
                if declared is not None and declared.axes == (upper,) and lower == 1:
                    return entry
    raise RuleError(rule, f"{distances} is not the sum of the distances of a whole sample to {unknown}")


def replaced(expression: Expr, unknown: Expr, value: Expr) -> Expr:
    """The expression with a scalar replaced."""
    found: Expr = substitute(expression, {unknown: value})
    return found
