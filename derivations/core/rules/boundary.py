"""Rules for minima where the derivative does not vanish: at the edge of what the data allow, and at a kink."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Abs, Add, Expr, Function, Indexed, IndexedBase, Max, Min, Mul, Sum, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, fresh, occurs, substitute
from derivations.core.calculus import differentiate
from derivations.core.definitions import unfold
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.rules.extrema import _score
from derivations.core.rules.intervals import continuous, one_interval
from derivations.core.rules.scores import _increases, _vanishes, in_domain
from derivations.core.signs import Signs
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

    Inference: ∂f/∂θ > 0 (or < 0) wherever a(θ) ≤ xᵢ ≤ b(θ) for all i; these hold ⟺ v ≤ θ ≤ w ⟶ f is lowest at v (or w).
    The argument `limits` holds, for each end that θ moves, the θ at which the end meets the data; `summand` may hold
    s(xᵢ, θ) with ∂f/∂θ = Σᵢ s(xᵢ, θ), whose sign is then read off inside the support: at xᵢ = a(θ) + u or b(θ) − u, u > 0.
    Fails when: the sign of the score is not known, the score may have a pole for a θ that the data allow, an end is not
    monotone in θ, or the data do not bound θ on the side to which the function falls. When they bound it on the other side too,
    that v ≤ w becomes a condition.
    Example: ∂/∂θ N·log θ > 0 and xᵢ ≤ θ ⟶ the minimum is at θ = max x.
    """
    rule = "boundary_minimum"
    objective, unknown, score = _score(rule, premises)
    if len(premises) < 2 or not isinstance(premises[1], InRange) or not isinstance(unknown, Symbol):
        raise RuleError(rule, "the second premise has to be the support, and the parameter a number")
    given = premises[1]
    region = tuple(part for part in ends(given) if occurs(unknown, part))
    sign = _sign_inside(rule, situation, unknown, score, given, arguments)
    proposed = arguments.get("limits", ())
    limits: dict[int, list[Expr]] = {1: [], -1: []}
    for position, part in enumerate(region):
        side, limit = _limit(rule, situation, part, unknown, proposed, position)
        limits[side].append(limit)
    if not limits[sign]:
        raise RuleError(rule, f"the data do not bound {unknown} on the side where the likelihood rises", "it has no maximum")
    _smooth_inside(rule, situation, score, unknown, given)
    lowest, highest = (_outermost(choose, limits[side]) for choose, side in ((Max, 1), (Min, -1)))
    value = lowest if sign > 0 else highest
    conditions = _in_domain(rule, situation, unknown, value)
    if limits[1] and limits[-1]:
        conditions = (*conditions, InRange(unknown, lowest, highest))
    return Outcome(BoundaryMinimum(objective, (unknown,), (value,), region), conditions, _BY_RULE)


def _outermost(choose: type[Max | Min], limits: Sequence[Expr]) -> Expr:
    found: Expr = choose(*limits) if len(limits) != 1 else limits[0]
    return found


def _sign_inside(
    rule: str, situation: Situation, unknown: Symbol, score: Expr, given: InRange, arguments: Mapping[str, Argument]
) -> int:
    """The sign of a score where all observations lie strictly between the ends that the unknown moves."""
    for sign in (1, -1):
        if situation.positive(sign * score):
            return sign
    if "summand" not in arguments:
        raise RuleError(rule, f"the sign of {score} is not known", "assume what fixes it")
    summand, entry = unfold(argument(rule, arguments, "summand"), situation.definitions), given.index
    declared = situation.declarations.find(entry.base)
    assert declared is not None
    situation.certified(rule, score, Sum(summand, (entry.indices[0], 1, declared.axes[0])))
    others = any(other != entry and other.base == entry.base for other in summand.atoms(Indexed))
    if others or summand.has(Sum) or any(entry.base in part.args for part in summand.atoms(AppliedUndef)):
        raise RuleError(rule, f"{summand} depends on other observations than {entry}")
    taken = free_symbols(summand) | free_symbols(given.lower) | free_symbols(given.upper)
    away = fresh("u", taken, Symbol("u", positive=True))
    for place, end in ((given.lower + away, given.lower), (given.upper - away, given.upper)):
        inside = situation.normaliser.expression(substitute(summand, {entry: place})) if occurs(unknown, end) else score
        for sign in (1, -1):
            if situation.positive(sign * inside):
                return sign
    raise RuleError(rule, f"the sign of {summand} is not known inside the support", "it may change there")


def _smooth_inside(rule: str, situation: Situation, score: Expr, unknown: Symbol, given: InRange) -> None:
    """Refuse a score with a pole for a parameter that the data allow: there the likelihood grows without bound, or jumps.

    All observations lie at a(θ) + u, or at b(θ) − u, for some u ≥ 0; zero as well, whatever is assumed of θ and them.
    """
    away = fresh("u", free_symbols(score) | free_symbols(given.lower) | free_symbols(given.upper), Symbol("u", nonnegative=True))
    places = [end + step for end, step in ((given.lower, away), (given.upper, -away)) if occurs(unknown, end)]
    by_domain = Signs(declarations=situation.declarations)

    def positive(part: Expr) -> bool:
        entries = [one for one in part.atoms(Indexed) if one.base == given.index.base]
        if not entries:
            return situation.positive(part)
        moved = (substitute(part, dict.fromkeys(entries, place)) for place in places)
        return by_domain.positive(part) or any(map(situation.positive, moved))

    continuous(rule, situation, situation.opened(score, unknown), unknown, positive)
    one_interval(rule, situation, unknown)


def _in_domain(rule: str, situation: Situation, unknown: Symbol, value: Expr) -> tuple[Condition, ...]:
    """As for other minima; a whole number is made of extremes of whole numbers."""
    if not situation.declarations[unknown.name].domain.is_integral:
        return in_domain(rule, situation, unknown, value)
    if not _whole(situation, value):
        raise RuleError(rule, f"{value} is not known to be a whole number, as {unknown} has to be")
    kind = situation.declarations[unknown.name].domain.kind
    positive = kind == "size" and not situation.positive(value)
    if kind == "natural" and not situation.normaliser.signs.nonnegative(value):
        positive = True
    return (Positive(value + int(kind == "natural")),) if positive else ()


def _whole(situation: Situation, value: Expr) -> bool:
    """Whether the value is an integer whenever the sample is."""
    if isinstance(value, (Add, Mul, Max, Min)):
        return all(_whole(situation, part) for part in value.args)
    if isinstance(value, AppliedUndef) and value.func in (LARGEST, SMALLEST):
        declared = situation.declarations.find(value.args[0])
        return declared is not None and declared.domain.is_integral
    return bool(value.is_integer)


def _limit(
    rule: str, situation: Situation, part: Expr, unknown: Symbol, proposed: Argument, position: int
) -> tuple[int, Expr]:
    """+1 and v when the end says θ ≥ v, −1 and v when it says θ ≤ v."""
    side = _increases(rule, situation, part, unknown)
    slope = situation.normaliser.expression(differentiate(part, unknown))
    if not occurs(unknown, slope):
        found: Expr = situation.normaliser.expression((slope * unknown - part) / slope)
        if situation.depends(found, unknown):
            raise RuleError(rule, f"{unknown} occurs in its own limit {found}", "unfold the ends of the support")
        return side, found
    limit = proposed[position] if isinstance(proposed, tuple) and position < len(proposed) else None
    if not isinstance(limit, Expr):
        raise RuleError(rule, f"{part} is not affine in {unknown}", "give the value at which it is zero in `limits`")
    _vanishes(rule, situation, part, unknown, limit)
    return side, limit


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


def minimum_of_larger_distance(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """What increases with the larger of the distances to two points is lowest half-way between them.

    Inference: f(θ) = g(max(b − θ, θ − a)), g increasing on r > 0, a, b and g free of θ ⟶ f is lowest at θ = (a + b)/2.
    The arguments `outer` and `radius` hold g(r) and r.
    Fails when: f is not of that form, g is not known to increase, θ is not declared real, or a, b or g depends on θ.
    Example: the centre of a uniform distribution of unknown width.
    """
    rule = "minimum_of_larger_distance"
    identity = equation(rule, premises)
    unknown, lower, upper = (argument(rule, arguments, name) for name in ("unknown", "lower", "upper"))
    outer, radius = (argument(rule, arguments, name) for name in ("outer", "radius"))
    if identity.unknown or not isinstance(unknown, Symbol) or not isinstance(radius, Symbol):
        raise RuleError(rule, "an identity in a single number is needed")
    if situation.declarations[unknown.name].domain.kind != "real":
        raise RuleError(rule, f"{unknown} is not declared real")
    if not radius.is_positive or situation.declarations.find(radius) is not None:
        raise RuleError(rule, f"{radius} is not a positive symbol of its own")
    if any(situation.depends(part, unknown) for part in (lower, upper, outer)):
        raise RuleError(rule, f"{unknown} occurs beside the two distances")
    if _increases(rule, situation, outer, radius) < 0:
        raise RuleError(rule, f"{outer} decreases in {radius}")
    there = substitute(outer, {radius: Max(upper - unknown, unknown - lower)})
    _, ranges = situation.certified(rule, identity.right, there)
    conditions = tuple(c for c in (Positive(upper - lower),) if not situation.positive(upper - lower))
    value = situation.normaliser.expression((lower + upper) / 2)
    return Outcome(BoundaryMinimum(identity.left, (unknown,), (value,)), (*conditions, *ranges), _BY_RULE)
