"""Rules that conclude extrema: by the sign of the score, under a linear constraint, jointly, or that there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Derivative, Expr, Indexed, IndexedBase, KroneckerDelta, Mul, S, Subs, Sum, Symbol

from derivations.core.binding import free_symbols, occurs, substitute
from derivations.core.calculus import differentiate
from derivations.core.definitions import unfold, unfold_once
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation, every_entry
from derivations.core.rules.intervals import continuous, one_interval
from derivations.core.signs import Signs
from derivations.core.statements import Condition, Equation, Minimum, NoStationaryPoint, Positive, Statement

_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def _score(rule: str, premises: Sequence[Statement], position: int = 0) -> tuple[Expr, Expr, Expr]:
    """Objective, parameter entry and value of a first derivative."""
    score = equation(rule, premises, position)
    if not isinstance(score.left, Derivative) or score.left.derivative_count != 1 or score.unknown:
        raise RuleError(rule, f"{score.left} is not a first derivative given as an identity")
    return score.left.expr, score.left.variables[0], score.right


def _solved(rule: str, situation: Situation, premises: Sequence[Statement], position: int, unknown: Expr) -> Expr:
    solved = equation(rule, premises, position)
    if solved.left != unknown or unknown not in solved.unknown or situation.depends(solved.right, unknown):
        raise RuleError(rule, f"{solved.left} = {solved.right} is not a solved form of {unknown}")
    return solved.right


def _in_domain(rule: str, situation: Situation, unknown: Expr, value: Expr) -> tuple[Condition, ...]:
    """What has to be positive for the value to lie in the declared domain of the unknown, as far as it is not known."""
    head, _ = every_entry(rule, situation, unknown)
    entry = situation.declarations.find(head)
    kind = "real" if entry is None else entry.domain.kind
    if entry is not None and entry.domain.is_integral:
        raise RuleError(rule, f"{unknown} is an integer: where a derivative changes its sign says little about it")
    if kind not in _MARGINS:
        raise RuleError(rule, f"that {value} lies in the domain of {unknown}, {kind}, cannot be said", f"known: {_KNOWN_KINDS}")
    if kind == "simplex":
        _sums_to_one(rule, situation, unknown, value)
    return (*_margins(situation, kind, value), *as_assumed(situation, unknown, value))


def _margins(situation: Situation, kind: str, value: Expr) -> tuple[Condition, ...]:
    """What has to be positive for a value to lie in a domain, as far as it is not known."""
    if kind == "nonnegative" and situation.normaliser.signs.nonnegative(value):
        return ()
    return tuple(Positive(margin) for margin in _MARGINS.get(kind, lambda value: ())(value) if not situation.positive(margin))


_MARGINS: dict[str, Callable[[Expr], tuple[Expr, ...]]] = {
    "real": lambda value: (),
    "positive": lambda value: (value,),
    "nonnegative": lambda value: (value,),
    "unit-interval": lambda value: (value, 1 - value),
    "simplex": lambda value: (value,),
}
_KNOWN_KINDS = ", ".join(_MARGINS)


def _sums_to_one(rule: str, situation: Situation, unknown: Expr, value: Expr) -> None:
    """A probability vector adds up to one over its last index."""
    assert isinstance(unknown, Indexed)
    bounds = situation.declarations.range_of(unknown.indices[-1])
    assert bounds is not None
    situation.certified(rule, Sum(value, (unknown.indices[-1], *bounds)), S.One)


def as_assumed(situation: Situation, unknown: Expr, value: Expr) -> tuple[Condition, ...]:
    """What is assumed of the unknown has to hold at the value too: a minimum at 1 is none where θ > 3 is assumed.

    S > 0 for something that is never negative, such as a sum of squares, is assumed for all values of the unknown, so here too.
    """
    found: list[Condition] = []
    for assumed in situation.assumptions:
        plain = situation.opened(assumed, unknown)
        if occurs(unknown, plain) and not Signs().nonnegative(plain):
            there = unfold_once(plain, {_base(unknown): (_indices(unknown), value)})
            if not situation.positive(there):
                found.append(Positive(there))
    return tuple(found)


def minimum_by_sign(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A score that is a positive factor times (θ − v) changes sign once, at v: the one and only minimum.

    Inference: ∂f/∂θ = c·(θ − v), c > 0 on the domain, θ = v in the domain ⟶ f has its unique minimum over θ at v.
    Fails when: the score is not that product, c is not known to be positive or may have a pole, v contains θ, or the
    assumptions may leave θ more than one interval; when v may lie outside the domain, that it does not becomes a condition.
    Example: ∂ℓ/∂μ_k = (N_k/σ²)·(μ_k − μ̂_k).
    """
    objective, unknown, score = _score("minimum_by_sign", premises)
    value = _solved("minimum_by_sign", situation, premises, 1, unknown)
    factor = argument("minimum_by_sign", arguments, "factor")
    if not situation.positive(factor):
        raise RuleError("minimum_by_sign", f"{factor} is not known to be positive", "assume what makes it so")
    continuous("minimum_by_sign", situation, situation.opened(factor, unknown), unknown)
    one_interval("minimum_by_sign", situation, unknown)
    _, ranges = situation.certified("minimum_by_sign", score, factor * (unknown - value))
    conditions = (*_in_domain("minimum_by_sign", situation, unknown, value), *ranges)
    return Outcome(Minimum(objective, (unknown,), (value,)), conditions, _BY_RULE)


def minimum_under_linear_constraint(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A strictly convex function has one minimum on a line or plane: where the Lagrangian is stationary.

    Inference: ∂f/∂θ_k = s_k;  ∂²f/∂θ_j∂θ_k = c_k·1[j=k] with c_k > 0;  θ_k = v_k > 0;  g(θ) = 0 linear;
    s_k(v) + λ·∂g/∂θ_k = 0 and g(v) = 0 ⟶ f has its unique minimum over θ > 0 with g(θ) = 0 at v.
    Fails when: the second derivatives are not such a diagonal or may have a pole, the constraint is not linear or ties
    entries that another one ties as well, the multiplier differs from entry to entry of one constraint, or v does not satisfy
    the two equations with the multiplier named.
    Example: Σ_k −N_k·log α_k under Σ_k α_k = 1 has its minimum at α_k = N_k/N, with λ = N.
    """
    rule = "minimum_under_linear_constraint"
    objective, unknown, score = _score(rule, premises)
    if not isinstance(unknown, Indexed):
        raise RuleError(rule, f"{unknown} is not an entry of an array")
    curvature = equation(rule, premises, 1)
    second = curvature.left
    if not isinstance(second, Derivative) or second.expr != objective or len(second.variables) != 2 or curvature.unknown:
        raise RuleError(rule, f"{second} is not a second derivative of {objective} given as an identity")
    first, other = second.variables if second.variables[0] == unknown else second.variables[::-1]
    if first != unknown or not isinstance(other, Indexed) or other.base != unknown.base or other == unknown:
        raise RuleError(rule, f"{second} does not pair {unknown} with another entry")
    every_entry(rule, situation, other)
    diagonal = Mul(*(KroneckerDelta(a, b) for a, b in zip(unknown.indices, other.indices, strict=True)))
    if any(a == b for a, b in zip(unknown.indices, other.indices, strict=True)):
        raise RuleError(rule, f"{second} does not pair {unknown} with an entry at other indices")
    weight = argument(rule, arguments, "curvature")
    situation.certified(rule, curvature.right, diagonal * weight)
    if not situation.positive(weight):
        raise RuleError(rule, f"{weight} is not known to be positive")
    continuous(rule, situation, situation.opened(weight, unknown), unknown)
    one_interval(rule, situation, unknown)
    value = _solved(rule, situation, premises, 2, unknown)
    constraint = equation(rule, premises, 3)
    gap = constraint.left - constraint.right
    slope = _slope_of_constraint(rule, situation, gap, unknown, other)
    multiplier = argument(rule, arguments, "multiplier")
    stray = (free_symbols(unfold(multiplier, situation.definitions)) & set(unknown.indices)) - free_symbols(gap)
    if stray or situation.depends(multiplier, unknown):
        reason = f"depends on {', '.join(sorted(map(str, stray))) or unknown}"
        raise RuleError(rule, f"the multiplier {multiplier} {reason}", "one multiplier serves a whole constraint")
    heads = {unknown.base: (unknown.indices, value)}
    situation.certified(rule, unfold_once(score, heads) + multiplier * slope, S.Zero)
    situation.certified(rule, unfold_once(gap, heads), S.Zero)
    return Outcome(Minimum(objective, (unknown,), (value,), gap), _in_domain(rule, situation, unknown, value), _BY_RULE)


def _slope_of_constraint(rule: str, situation: Situation, gap: Expr, unknown: Indexed, other: Indexed) -> Expr:
    """∂g/∂θ_k for a linear g; where there is a constraint for every value of some indices of θ, one does not touch another."""
    plain = situation.opened(gap, unknown)
    slope = differentiate(plain, unknown)
    if situation.depends(situation.normaliser.expression(slope), unknown):
        raise RuleError(rule, f"{gap} = 0 is not linear in {unknown}")
    shared = {a: b for a, b in zip(unknown.indices, other.indices, strict=True) if a in free_symbols(plain)}
    if shared:
        elsewhere = differentiate(substitute(plain, shared), unknown)
        apart = Mul(*(KroneckerDelta(a, b) for a, b in shared.items()))
        situation.certified(rule, elsewhere, apart * substitute(slope, shared))
    return slope


def joint_minimum(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """Minima over one group of parameters after another make the joint minimum.

    Inference: v₁ minimises f over θ₁ whatever the rest; v₂(θ₁) minimises f over θ₂; … ⟶ (v₁, v₂(v₁), …) is the one and
    only joint minimum, when each v depends on earlier groups alone.
    Fails when: a value depends on its own group or a later one, the minima are not of one function, or a constraint
    mentions parameters of another group.
    Example: μ̂ first, then σ̂²(μ̂), then α̂.
    """
    minima = [p for p in premises if isinstance(p, Minimum)]
    if len(minima) != len(premises) or len(minima) < 2:
        raise RuleError("joint_minimum", "at least two minima are needed as premises")
    objective = minima[0].objective
    if any(m.objective != objective for m in minima):
        raise RuleError("joint_minimum", "the minima are of different functions")
    _constraint_within_its_group(situation, minima)
    unknowns = [u for m in minima for u in m.unknown]
    values = [v for m in minima for v in m.value]
    resolved: list[Expr] = []
    for position, value in enumerate(values):
        plain = unfold(value, situation.definitions)
        for later in unknowns[position:]:
            if occurs(later, plain):
                raise RuleError("joint_minimum", f"the value {value} depends on {later}", "change the order")
        heads = {_base(u): (_indices(u), r) for u, r in zip(unknowns, resolved, strict=False)}
        resolved.append(unfold_once(plain, heads))
    shown = arguments.get("values")
    if not isinstance(shown, tuple) or len(shown) != len(values):
        raise RuleError("joint_minimum", "argument 'values' has to hold one value a parameter")
    for given, computed in zip(shown, resolved, strict=True):
        situation.certified("joint_minimum", given, computed)
    constraints = [m.constraint for m in minima if m.constraint is not None]
    if len(constraints) > 1:
        raise RuleError("joint_minimum", "more than one constraint")
    return Outcome(
        Minimum(objective, tuple(unknowns), shown, constraints[0] if constraints else None),
        evidence=_BY_RULE,
    )


def _constraint_within_its_group(situation: Situation, minima: Sequence[Minimum]) -> None:
    """A constraint that ties two groups together is not respected when one of them is minimised alone."""
    heads = [_base(u) for m in minima for u in m.unknown]
    if len(set(heads)) < len(heads):
        raise RuleError("joint_minimum", "two of the minima are over the same parameter")
    for minimum in minima:
        if minimum.constraint is None:
            continue
        for other in (u for m in minima if m is not minimum for u in m.unknown):
            if situation.depends(minimum.constraint, other):
                raise RuleError("joint_minimum", f"the constraint {minimum.constraint} = 0 ties {other} as well")


def _base(unknown: Expr) -> Symbol | IndexedBase:
    return unknown.base if isinstance(unknown, Indexed) else unknown


def _indices(unknown: Expr) -> tuple[Symbol, ...]:
    return tuple(unknown.indices) if isinstance(unknown, Indexed) else ()


def evaluate_at(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """An identity evaluated where parameters take stated values.

    Inference: f(θ) = a(θ) ⟶ f(θ) at θ_k = v_k is b, when the normal forms of a(v) and b agree.
    Fails when: the parameter does not occur or is a single entry, or b is not equal to a(v). When v may lie outside the domain
    of θ, that it does not becomes a condition.
    Example: ∂²ℓ/∂(σ²)² at σ² = S/N is N/(2σ̂⁴).
    """
    identity = equation("evaluate_at", premises)
    value = argument("evaluate_at", arguments, "value")
    unknown = argument("evaluate_at", arguments, "unknown")
    result = argument("evaluate_at", arguments, "result")
    every_entry("evaluate_at", situation, unknown)
    if not occurs(unknown, identity.right) or identity.unknown:
        raise RuleError("evaluate_at", f"{unknown} does not occur in the identity {identity.right}")
    if situation.depends(value, unknown):
        raise RuleError("evaluate_at", f"{unknown} occurs in its own value {value}")
    declared = situation.declarations.find(_base(unknown))
    if declared is not None and declared.domain.is_integral and not value.is_integer:
        raise RuleError("evaluate_at", f"{value} is not known to be an integer, as {unknown} is")
    kind = "real" if declared is None else declared.domain.kind
    inside = (*_margins(situation, kind, value), *as_assumed(situation, unknown, value))
    there = unfold_once(identity.right, {_base(unknown): (_indices(unknown), value)})
    evidence, ranges = situation.certified("evaluate_at", there, result)
    return Outcome(Equation(Subs(identity.left, unknown, value), result), (*inside, *ranges), evidence)


def positive_by_sign(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The right side of an identity is positive because its parts are.

    Inference: a = b, b > 0 from the declared domains and the assumptions ⟶ b > 0.
    Fails when: a part may be zero or negative.
    Example: N_k/σ² > 0.
    """
    identity = equation("positive_by_sign", premises)
    if identity.unknown or not situation.positive(identity.right):
        raise RuleError("positive_by_sign", f"{identity.right} is not known to be positive", "assume what makes it so")
    return Outcome(Positive(identity.right), evidence=_BY_RULE)


def no_stationary_point(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A score of one sign on the whole domain has no zero: the function is strictly monotone, and has no extremum.

    Inference: ∂f/∂θ_k = a, a < 0 (or a > 0) on the domain ⟶ f has no stationary point in θ_k.
    Fails when: the score may be zero or change its sign.
    Example: ∂ℓ/∂α_k = −N_k/α_k < 0.
    """
    objective, unknown, score = _score("no_stationary_point", premises)
    for sign in (1, -1):
        if situation.positive(sign * score):
            return Outcome(NoStationaryPoint(objective, unknown, sign), evidence=_BY_RULE)
    raise RuleError("no_stationary_point", f"the sign of {score} is not known", "assume what fixes it")

