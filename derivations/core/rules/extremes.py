"""A rule for expectations of extremes: of the largest or smallest of independent observations, by their distribution function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Add, Expr, IndexedBase, Mul, S, Symbol, exp
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, fresh, occurs, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.inversion import as_powers
from derivations.core.kernel import Outcome, RuleError, Situation, argument
from derivations.core.rules.boundary import LARGEST, SMALLEST
from derivations.core.rules.expectations import EXPECTATION, density_of, sample_of
from derivations.core.rules.intervals import continuous
from derivations.core.statements import Condition, Equation, InRange, Positive, Statement

_ENDS: dict[str, tuple[Expr, Expr]] = {
    "positive": (S.Zero, S.Infinity), "nonnegative": (S.Zero, S.Infinity), "unit-interval": (S.Zero, S.One),
    "real": (S.NegativeInfinity, S.Infinity),
}  # fmt: skip


def mean_of_extreme(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The expectation of the largest or smallest of N observations, by integrating a power of the distribution function.

    Inference: a ≤ xᵢ ≤ b, F′ = p(· | θ), F(a) = 0, G′ = Fᴺ ⟶ 𝔼[max x] = b − G(b) + G(a);
    with G′ = (1 − F)ᴺ: 𝔼[min x] = a + G(b) − G(a), where G(b) is zero at b = ∞ when G falls like a power or an exponential.
    The arguments `cumulative` and `antiderivative` hold F and G at the observation.
    Fails when: the observations are whole numbers, a is not finite, b is not finite and max x is asked for, or F and G are not
    what they are said to be.
    Example: 𝔼[max x] = θ·N/(N + 1) on (0, θ).
    """
    rule = "mean_of_extreme"
    of = argument(rule, arguments, "of")
    extreme = isinstance(of, AppliedUndef) and of.func in (LARGEST, SMALLEST)
    if not premises or not isinstance(premises[0], InRange) or not extreme:
        raise RuleError(rule, "the support, and the largest or smallest observation, are needed")
    given = premises[0]
    objective = argument(rule, arguments, "objective")
    base, size = sample_of(rule, situation, objective, given.index.base)
    density, entry = density_of(rule, situation, objective, base)
    if of.args != (base,) or given.index.base != base:
        raise RuleError(rule, f"{of} is no extreme of the sample {base}")
    lower, upper = interval(rule, situation, given, base)
    place = fresh("u", free_symbols(density) | free_symbols(lower) | free_symbols(upper), _like(situation, base))
    cumulative, primitive, each = (
        substitute(part, {entry: place})
        for part in (argument(rule, arguments, "cumulative"), argument(rule, arguments, "antiderivative"), density)
    )
    power = (cumulative if of.func == LARGEST else 1 - cumulative) ** size
    for part in (cumulative, primitive):
        if part.has(base) or part.has(IndexedBase):
            raise RuleError(rule, f"{part} holds other data than {entry}")
        continuous(rule, situation, part, place)
    try:
        slopes = [differentiate(part, place) for part in (cumulative, primitive)]
    except NotDifferentiable as failure:
        raise RuleError(rule, str(failure)) from failure
    situation.certified(rule, slopes[0], each)
    situation.certified(rule, substitute(cumulative, {place: lower}), S.Zero)
    situation.certified(rule, slopes[1], power)
    conditions: tuple[Condition, ...] = ()
    at_lower = substitute(primitive, {place: lower})
    if upper == S.Infinity:
        if of.func == LARGEST:
            raise RuleError(rule, "the support has no upper end", "only the smallest observation closes")
        at_upper, conditions = S.Zero, _falls(rule, situation, primitive, place)
    else:
        at_upper = substitute(primitive, {place: upper})
    total = upper - at_upper + at_lower if of.func == LARGEST else lower + at_upper - at_lower
    value = argument(rule, arguments, "value")
    _, ranges = situation.certified(rule, value, total)
    statement = Equation(EXPECTATION(of, objective, size), value)
    return Outcome(statement, (*conditions, *ranges), Evidence(Word.PROVED, "kernel rule"))


def interval(rule: str, situation: Situation, given: InRange, base: IndexedBase) -> tuple[Expr, Expr]:
    """The ends of the support; those that are not given are the ends of the declared domain."""
    declared = situation.declarations.find(base)
    if declared is None or declared.domain.kind not in _ENDS:
        raise RuleError(rule, f"{base} is not a sample of real numbers")
    low, high = _ENDS[declared.domain.kind]
    lower = low if given.lower == SMALLEST(base) else given.lower
    upper = high if given.upper == LARGEST(base) else given.upper
    if lower == S.NegativeInfinity:
        raise RuleError(rule, "the support has no lower end", "the distribution function starts at no point")
    return lower, upper


def _like(situation: Situation, base: IndexedBase) -> Symbol:
    declared = situation.declarations.find(base)
    positive = declared is not None and declared.domain.kind in ("positive", "unit-interval")
    return Symbol("u", positive=True) if positive else Symbol("u", real=True)


def _falls(rule: str, situation: Situation, primitive: Expr, place: Symbol) -> tuple[Condition, ...]:
    """What makes c·u^(−q) or c·exp(−q·u) fall to zero: q > 0."""
    written = as_powers(situation.normaliser.expression(primitive))
    moving = [factor for factor in Mul.make_args(written) if occurs(place, factor)]
    rate: Expr | None = None
    if moving and all(factor.as_base_exp()[0] == place for factor in moving):
        rate = -Add(*(factor.as_base_exp()[1] for factor in moving))
    elif len(moving) == 1 and isinstance(moving[0], exp):
        rate = -moving[0].args[0].diff(place)
    if rate is not None and not occurs(place, rate):
        return () if situation.positive(rate) else (Positive(situation.normaliser.expression(rate)),)
    raise RuleError(rule, f"{primitive} is not known to fall to zero without end")
