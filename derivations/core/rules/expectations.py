"""Rules for expectations over independent samples: by the scores, of products of sums, and of powers of gamma sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sympy import (
    Add,
    Derivative,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    Integer,
    Mul,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    exp,
    gamma,
    log,
)
from sympy.core.function import AppliedUndef

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols, occurs
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.definitions import unfold_once
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.normal_form import Normaliser
from derivations.core.rules.extrema import _score
from derivations.core.statements import Condition, Equation, InRange, Positive, Statement
from numeric.failures import NumericFailure
from numeric.mass import TOLERANCE, mass

EXPECTATION = Function("expectation", real=True)
"""𝔼[·] over the sample. Its further arguments, which are not written, are the negative log-likelihood, which holds the density
and its parameters, and N: so an expectation changes wherever others are put in for them."""
_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def mean_by_scores(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """What is a combination of the scores and a rest free of the data has that rest as its expectation.

    Inference: ∂ℓ/∂θ_j = s_j, ℓ = −log Πᵢ p(xᵢ | θ); g = Σ_j w_j(θ)·s_j + e(θ) ⟶ 𝔼[g] = e(θ).
    The density integrates to one for every θ; its scores are linear in sums Σᵢ t(xᵢ) with t free of θ (an exponential
    family), so that ∫ p dx = 1 may be differentiated under the integral: 𝔼[s_j] = 0. A last premise ∂²ℓ/∂θ_j∂θ_k = g gives
    g its name.
    Fails when: ℓ is not such a likelihood, its density has another mass than one for drawn parameters, the support depends on a
    parameter, a parameter is a whole number, a score is not linear in such sums, w or e contain data, data are assumed to meet a
    condition, or g is not that combination.
    Example: 𝔼[Σᵢ xᵢ] = N/λ for the exponential distribution.
    """
    rule = "mean_by_scores"
    last = premises[-1] if premises else None
    second = isinstance(last, Equation) and isinstance(last.left, Derivative) and last.left.derivative_count == 2
    scores = [_score(rule, premises, position) for position in range(len(premises) - second)]
    if not scores or len({objective for objective, _, _ in scores}) != 1:
        raise RuleError(rule, "first derivatives of one likelihood are needed")
    objective = scores[0][0]
    base, size = sample_of(rule, situation, objective)
    for _, unknown, body in scores:
        declared = situation.declarations.find(unknown)
        if declared is None or declared.axes or declared.domain.is_integral:
            raise RuleError(rule, f"{unknown} is not a declared real number", "the density is normalised at whole numbers alone")
        _linear_in_sums(rule, situation, body, base, size, objective.args)
    given, shown = argument(rule, arguments, "of"), argument(rule, arguments, "of")
    if second:
        assert isinstance(last, Equation)
        if last.left.expr != objective:
            raise RuleError(rule, f"{last.left} is not a derivative of {objective}")
        given, shown = last.right, last.left
    weights, value = arguments.get("weights"), argument(rule, arguments, "value")
    if not isinstance(weights, tuple) or len(weights) != len(scores):
        raise RuleError(rule, f"{len(scores)} weights are needed, one for each score")
    for part in (*weights, value):
        if _has_data(situation, part, base):
            raise RuleError(rule, f"{part} contains data")
    combined = Add(*(weight * body for weight, (_, _, body) in zip(weights, scores, strict=True)), value)
    _, ranges = situation.certified(rule, given, combined)
    return Outcome(Equation(EXPECTATION(shown, objective, size), value), ranges, _BY_RULE)


def mean_of_products_of_sums(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """The expectation of a polynomial of degree two in sums over independent observations, from those of single sums.

    Inference: 𝔼[Σᵢ t(xᵢ)], 𝔼[Σᵢ u(xᵢ)], 𝔼[Σᵢ t(xᵢ)·u(xᵢ)] known ⟶
    𝔼[Σᵢ t·Σᵢ u] = 𝔼[Σᵢ t·u] + (1 − 1/N)·𝔼[Σᵢ t]·𝔼[Σᵢ u], and so on by linearity.
    Fails when: ℓ, the first argument, is no likelihood of independent observations, an expectation is missing, or the
    polynomial is of higher degree.
    Example: 𝔼[Σᵢ (xᵢ − x̄)²] = (N − 1)·σ².
    """
    rule = "mean_of_products_of_sums"
    objective = argument(rule, arguments, "objective")
    base, size = sample_of(rule, situation, objective)
    known: dict[Expr, Expr] = {}
    for position in range(len(premises)):
        premise = equation(rule, premises, position)
        mean = isinstance(premise.left, AppliedUndef) and premise.left.func == EXPECTATION and not premise.unknown
        if not mean or premise.left.args[1:] != (objective, size):
            raise RuleError(rule, f"{premise.left} is not an expectation under the density of {objective}")
        known[situation.normaliser.expression(premise.left.args[0])] = premise.right
    of, total = argument(rule, arguments, "of"), S.Zero
    for monomial, coefficient in situation.normaliser.form(situation.plain(of)).items():
        sums: list[Expr] = []
        rest: list[tuple[Expr, p.Exponent]] = []
        for atom, power in monomial:
            if not _has_data(situation, atom, base) and not _has_data(situation, p.exponent_expression(power), base):
                rest.append((atom, power))
            elif isinstance(atom, Sum) and isinstance(power, Fraction) and power in (1, 2):
                sums += [atom] * int(power)
            else:
                raise RuleError(rule, f"{atom} is not a sum over the sample")
        total += p.monomial_expression(p.sort_factors(rest), coefficient) * _of_sums(rule, situation, sums, known, base, size)
    value = argument(rule, arguments, "value")
    _, ranges = situation.certified(rule, total, value)
    return Outcome(Equation(EXPECTATION(of, objective, size), value), ranges, _BY_RULE)


def _of_sums(
    rule: str, situation: Situation, sums: Sequence[Expr], known: Mapping[Expr, Expr], base: IndexedBase, size: Expr
) -> Expr:
    if len(sums) > 2:
        raise RuleError(rule, f"{Mul(*sums)} is of a degree above two")
    for one in sums:
        nested = any(_has_data(situation, inner, base) for inner in one.function.atoms(Sum))
        if nested or [tuple(limit[1:]) for limit in one.limits] != [(1, size)]:
            raise RuleError(rule, f"{one} is not one sum over the sample")
    wanted = list(sums)
    if len(sums) == 2:
        (index, *bounds) = sums[0].limits[0]
        wanted.append(Sum(sums[0].function * sums[1].function.xreplace({sums[1].limits[0][0]: index}), (index, *bounds)))
    found = []
    for one in wanted:
        form = situation.normaliser.expression(one)
        if form not in known:
            raise RuleError(rule, f"the expectation of {one} is not among the premises")
        found.append(known[form])
    if len(sums) < 2:
        return found[0] if found else S.One
    return found[2] + (1 - 1 / size) * found[0] * found[1]


def mean_of_gamma_power(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A positive statistic whose density tilts by exp(−η·t)·ηᵏ has a sum with the moments of a gamma distribution.

    Inference: p(xᵢ | θ) = h(xᵢ)·η(θ)ᵏ·exp(−η(θ)·t(xᵢ)), t > 0, η one to one onto (0, ∞); g = c·(Σᵢ t(xᵢ))^r, c free of the data
    ⟶ 𝔼[g] = c·Γ(N·k + r)/Γ(N·k)·η^(−r), when N·k + r > 0.
    For ∫ h·exp(−η·t) dx = η^(−k) at every η gives Σᵢ t(xᵢ) the Laplace transform (η/(η + s))^(N·k).
    Fails when: the density is not of that form, t is not known to be positive, or η is not a power or exponential of θ.
    Example: 𝔼[N/Σᵢ xᵢ] = λ·N/(N − 1) for the exponential distribution.
    """
    rule = "mean_of_gamma_power"
    objective, unknown, _ = _score(rule, premises)
    base, size = sample_of(rule, situation, objective)
    density, entry = density_of(rule, situation, objective, base)
    statistic, rate, shape, power, factor, of = (
        argument(rule, arguments, name) for name in ("statistic", "rate", "shape", "power", "factor", "of")
    )
    if not isinstance(unknown, Symbol) or occurs(unknown, statistic) or not situation.positive(statistic):
        raise RuleError(rule, f"{statistic} is not known to be positive and free of {unknown}")
    if [one for one in statistic.atoms(Indexed) if one.base == base] != [entry]:
        raise RuleError(rule, f"{statistic} is not a function of the one observation {entry}")
    _onto_positive(rule, situation, rate, unknown)
    for part in (shape, power, factor, rate):
        if _has_data(situation, part, base) or (part is not rate and occurs(unknown, part)):
            raise RuleError(rule, f"{part} contains data or the parameter")
    if not situation.positive(shape):
        raise RuleError(rule, f"{shape} is not known to be positive")
    try:
        slope = differentiate(log(density) + rate * statistic - shape * log(rate), unknown)
    except NotDifferentiable as failure:
        raise RuleError(rule, str(failure)) from failure
    situation.certified(rule, slope, S.Zero)
    total = Sum(statistic, (entry.indices[0], 1, size))
    _, ranges = situation.certified(rule, of, factor * total**power)
    conditions: tuple[Condition, ...] = ranges
    if not situation.positive(size * shape + power):
        conditions = (Positive(size * shape + power), *ranges)
    value = factor * _ratio(size * shape, power) * rate ** (-power)
    return Outcome(Equation(EXPECTATION(of, objective, size), value), conditions, _BY_RULE)


def _ratio(shape: Expr, power: Expr) -> Expr:
    """Γ(shape + power)/Γ(shape)."""
    if not power.is_Integer or abs(power) > 4:
        return gamma(shape + power) / gamma(shape)
    if power >= 0:
        return Mul(*(shape + n for n in range(int(power))))
    return 1 / Mul(*(shape - n for n in range(1, 1 - int(power))))


def _onto_positive(rule: str, situation: Situation, rate: Expr, unknown: Symbol) -> None:
    """η = c·θ^r for θ > 0, or c·exp(r·θ) for a real θ: one to one from the domain of θ onto the positive numbers."""
    kind = situation.declarations[unknown.name].domain.kind
    inside = [factor for factor in Mul.make_args(rate) if occurs(unknown, factor)]
    outside = Mul(*(factor for factor in Mul.make_args(rate) if not occurs(unknown, factor)))
    if len(inside) == 1 and situation.positive(outside):
        (factor,) = inside
        base, power = factor.as_base_exp()
        if kind == "positive" and base == unknown and not occurs(unknown, power) and situation.normaliser.signs.nonzero(power):
            return
        if kind == "real" and isinstance(factor, exp):
            slope = factor.args[0].diff(unknown)
            if not occurs(unknown, slope) and situation.normaliser.signs.nonzero(slope):
                return
    raise RuleError(rule, f"{rate} does not run over all positive numbers as a power or exponential of {unknown}")


# ---------------------------------------------------------------------- what a likelihood is


def sample_of(rule: str, situation: Situation, objective: Expr, moving: IndexedBase | None = None) -> tuple[IndexedBase, Expr]:
    """The sample x and its size, of an objective defined as −log Πᵢ p(xᵢ | θ), the support free of θ unless `moving` is x."""
    definitions = situation.definitions
    if not isinstance(objective, AppliedUndef):
        raise RuleError(rule, f"{objective} is not a function of the parameters")
    if moving is None and any(isinstance(step.statement, InRange) for step in situation.steps):
        raise RuleError(rule, "the support depends on a parameter", "the integral of the density has moving ends")
    body: Expr = objective
    for _ in range(2):
        body = unfold_once(body, definitions)
        if body.could_extract_minus_sign() and isinstance(-body, log) and isinstance((-body).args[0], Product):
            product = (-body).args[0]
            samples = [e for e in situation.declarations if e.axes and _is_density(situation, product, e.head, e.head == moving)]
            if len(samples) == 1 and product.limits[0][1:] == (1, samples[0].axes[0]):
                each = unfold_once(product.function, definitions)
                _nothing_assumed(rule, situation, samples[0].head, each)
                if moving is None:
                    _has_mass_one(rule, situation, each, samples[0].head[product.limits[0][0]])
                return samples[0].head, samples[0].axes[0]
    raise RuleError(rule, f"{objective} is not the negative logarithm of a product of densities")


def _has_mass_one(rule: str, situation: Situation, density: Expr, entry: Indexed) -> None:
    """Refuse a density that no drawn parameters give a mass of one: that it has it is a premise, and this one is false."""
    variables = tuple(v for v in situation.declarations.variables if v.domain.kind != "index")
    try:
        found = mass(density, entry, variables)
    except NumericFailure as failure:
        raise RuleError(rule, f"the mass of {density} cannot be computed: {failure}") from failure
    if all(abs(one - 1) > TOLERANCE for one in found):
        shown = ", ".join(f"{one:.4g}" for one in found)
        raise RuleError(rule, f"{density} is no density: for drawn parameters its mass is {shown}", "give one of mass one")


def _nothing_assumed(rule: str, situation: Situation, base: IndexedBase, density: Expr) -> None:
    """Refuse assumptions about the data: an expectation runs over all samples, not over those that meet a condition.

    That a factor of the density is positive is no such condition where all its other factors are.
    """
    factors = Mul.make_args(density)
    signs = Normaliser(situation.declarations).signs
    for step in situation.steps:
        assumed = step.statement
        if step.rule != "assume" or not isinstance(assumed, Positive) or not _has_data(situation, assumed.expression, base):
            continue
        others = [factor for factor in factors if factor != assumed.expression]
        if len(others) == len(factors) or not all(map(signs.positive, others)):
            raise RuleError(rule, f"{assumed.expression} > 0 is assumed of the data", "take expectations before it")


def _is_density(situation: Situation, product: Expr, base: IndexedBase, may_be_constant: bool) -> bool:
    each = product.function
    if not isinstance(each, AppliedUndef) or len(product.limits) != 1 or each.func not in situation.definitions:
        return False
    density = unfold_once(each, situation.definitions)
    entries = {entry for entry in density.atoms(Indexed) if entry.base == base}
    return entries <= {base[product.limits[0][0]]} and bool(entries or may_be_constant) and not density.has(Sum)


def density_of(rule: str, situation: Situation, objective: Expr, base: IndexedBase) -> tuple[Expr, Indexed]:
    """p(x[i] | θ) and x[i]."""
    body: Expr = objective
    for _ in range(2):
        body = unfold_once(body, situation.definitions)
    found = next(iter(body.atoms(Product)), None)
    if found is None:
        raise RuleError(rule, f"{objective} is not the negative logarithm of a product of densities")
    return unfold_once(found.function, situation.definitions), base[found.limits[0][0]]


def _has_data(situation: Situation, part: Expr, base: IndexedBase) -> bool:
    plain = situation.plain(part)
    return plain.has(base) or any(base in call.args for call in plain.atoms(AppliedUndef))


def _linear_in_sums(
    rule: str, situation: Situation, score: Expr, base: IndexedBase, size: Expr, parameters: Sequence[Expr]
) -> None:
    """Refuse a score that is not Σ c(θ)·Σᵢ t(xᵢ) + r(θ), t free of θ."""
    for monomial in situation.normaliser.form(situation.plain(score)):
        for atom, power in monomial:
            exponent = p.exponent_expression(power)
            if _has_data(situation, exponent, base):
                raise RuleError(rule, f"{exponent} holds data in an exponent")
            if not _has_data(situation, atom, base):
                continue
            single = isinstance(atom, Sum) and [tuple(limit[1:]) for limit in atom.limits] == [(1, size)]
            if not single or exponent != Integer(1) or free_symbols(atom) & set(parameters):
                raise RuleError(rule, f"{Pow(atom, exponent)} is not a sum of statistics free of the parameters")
            if any(_has_data(situation, inner, base) for inner in atom.function.atoms(Sum)):
                raise RuleError(rule, f"{atom} is not one sum over the sample")
        if sum(_has_data(situation, atom, base) for atom, _ in monomial) > 1:
            raise RuleError(rule, f"{score} is not linear in sums over the sample")
