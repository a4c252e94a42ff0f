"""Expectations as derivations: the Fisher information, and what the estimates are on average, proved rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, takewhile

from sympy import Add, Dummy, Expr, Integer, Mul, Sum, Symbol, factor_terms, integrate, linsolve, oo, simplify, together

from derivations.core.binding import occurs
from derivations.core.calculus import NotDifferentiable
from derivations.core.derivation import Derivation, Kind, Step
from derivations.core.inversion import as_powers
from derivations.core.kernel import RuleError
from derivations.core.naming import readable
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.core.proof import Proof
from derivations.core.rules.boundary import LARGEST, SMALLEST
from derivations.core.rules.expectations import density_of
from derivations.core.rules.extremes import interval
from derivations.core.statements import Equation, InRange
from derivations.core.symbols import Declarations, function
from derivations.subjects.likelihood.linear import Linear, NotClosed
from derivations.subjects.likelihood.lines import TIDYING
from derivations.subjects.likelihood.result import MaximumLikelihood

_OPENING = frozenset(("differentiate", "minimum_at_median", "minimum_on_circle", "minimum_of_larger_distance"))
"""Rules with which the search for the maximum begins; the steps before them write the likelihood."""


class Expectations:
    """A derivation of expectations in the making, on top of the likelihood of a derived model. Raises: NotClosed."""

    def __init__(self, derived: MaximumLikelihood) -> None:
        if derived.kind is Kind.REFUSED:
            raise NotClosed("an expectation", f"the model was refused: {derived.reason}")
        self.derived = derived
        self.unknown: tuple[Symbol, ...] = tuple(e.head for e in derived.declarations if e.meaning == "to be estimated")
        self.proof = Proof(Declarations((
            *derived.declarations, function("expectation", r"\mathbb{{E}}\left[{0}\right]", "expectation over the sample"),
        )))  # fmt: skip
        for step in _written(derived):
            self.proof.heading(step.heading)
            self.proof.step(step.rule, *step.premises, note=step.note, **dict(step.arguments))
        self.line = max(
            n for n, step in enumerate(self.proof.steps)
            if isinstance(step.statement, Equation) and str(getattr(step.statement.left, "func", "")) == "ell"
        )  # fmt: skip
        self.support = next((n for n, step in enumerate(self.proof.steps) if step.rule == "support"), None)
        self.linear = Linear(derived, self.proof)
        self.scores: tuple[int, ...] = ()
        self.parts: list[tuple[dict[Expr, Expr], Expr]] = []
        self._known: dict[Expr, int] = {}
        if self.support is None:
            self._differentiate()

    def _differentiate(self) -> None:
        """The scores, as combinations of sums."""
        self.proof.heading("The scores")
        try:
            self.scores = tuple(self._tidied(self.proof.step("differentiate", self.line, variable=u)) for u in self.unknown)
        except (RuleError, NotDifferentiable) as failure:
            raise NotClosed("the score", str(failure)) from failure
        self.parts = [self.linear.parts(self.proof.right(score)) for score in self.scores]

    def second(self, a: int, b: int) -> int:
        """The step 𝔼[∂²ℓ/∂θ_a∂θ_b] = …. Raises: NotClosed."""
        if self.support is not None:
            raise NotClosed("the information", "the support depends on a parameter")
        try:
            line = self._tidied(self.proof.step("differentiate", self.scores[a], variable=self.unknown[b]))
        except (RuleError, NotDifferentiable) as failure:
            raise NotClosed("the information", str(failure)) from failure
        return self._by_scores(self.proof.right(line), line)

    def _by_scores(self, of: Expr, named: int | None = None) -> int:
        reason = ""
        for short in (True, False):  # what SymPy simplifies by more than the normal form knows is kept as it was
            weights, value = self.combination(of, short)
            try:
                return self.proof.step(
                    "mean_by_scores", *self.scores, *(() if named is None else (named,)), of=of, weights=weights, value=value,
                    note="The density integrates to one for every parameter, so the scores have expectation zero; this is a "
                    "combination of them and a rest free of the data:",
                )  # fmt: skip
            except (RuleError, TooLarge, UndefinedForm) as failure:
                reason = str(failure)
        raise NotClosed(f"E[{of}]", reason)

    def combination(self, of: Expr, short: bool = True) -> tuple[tuple[Expr, ...], Expr]:
        """Weights w and e with of = Σ w_j·score_j + e, simplified where that is asked for. Raises: NotClosed."""
        neat = simplify if short else factor_terms
        terms, rest = self.linear.parts(of)
        weights = [Dummy(f"w{n}") for n in range(len(self.scores))]
        bodies = dict.fromkeys([*terms, *(body for found, _ in self.parts for body in found)])
        own = [(weight, found) for weight, (found, _) in zip(weights, self.parts, strict=True)]
        equations = [Add(*(w * found.get(body, Integer(0)) for w, found in own)) - terms.get(body, 0) for body in bodies]
        for solution in linsolve(equations, *weights):
            chosen = tuple(neat(part.xreplace(dict.fromkeys(weights, Integer(0)))) for part in solution)
            left = rest - Add(*(w * free for w, (_, free) in zip(chosen, self.parts, strict=True)))
            return chosen, as_powers(factor_terms(neat(left)))
        raise NotClosed(f"E[{of}]", "it is no combination of the scores")

    # ------------------------------------------------------------------ estimates

    def of_estimate(self, parameter: Symbol, value: Expr) -> int:
        """The step 𝔼[value] = …, by whichever rule applies. Raises: NotClosed."""
        if self.support is not None:
            return self._by_extremes(value)
        reasons = []
        for attempt in (self._by_scores, self._by_products, lambda of: self._by_gamma(parameter, of)):
            try:
                return attempt(value)
            except NotClosed as failure:
                reasons.append(failure.why)
        raise NotClosed(f"E[{value}]", "; ".join(dict.fromkeys(reasons)))

    def _mean(self, body: Expr) -> int:
        """The step 𝔼[Σᵢ t(xᵢ)] = …."""
        if body not in self._known:
            self._known[body] = self._by_scores(Sum(body, (self.linear.index, 1, self.linear.size)))
        return self._known[body]

    def _by_products(self, of: Expr) -> int:
        bodies = self.linear.factors(of)
        needed: dict[Expr, None] = {}
        for group in bodies:
            needed |= dict.fromkeys(group)
            if len(group) == 2:
                needed[self.linear.shown(group[0] * group[1])] = None
        means = [self._mean(body) for body in needed]
        value = Add(*(self._of_group(coefficient, group) for group, coefficient in bodies.items()))
        try:
            return self.proof.step(
                "mean_of_products_of_sums", *means, of=of, objective=self.proof.statement(self.line).left,  # type: ignore[union-attr]
                value=factor_terms(simplify(value)),
                note="The observations are independent, so the expectation of a product of two sums follows from single ones:",
            )  # fmt: skip
        except (RuleError, TooLarge, UndefinedForm) as failure:
            raise NotClosed(f"E[{of}]", str(failure)) from failure

    def _of_group(self, coefficient: Expr, group: tuple[Expr, ...]) -> Expr:
        values = [self.proof.right(self._mean(body)) for body in group]
        if len(group) < 2:
            return Mul(coefficient, *values)
        both = self.proof.right(self._mean(self.linear.shown(group[0] * group[1])))
        return coefficient * (both + (1 - 1 / self.linear.size) * values[0] * values[1])

    def _by_gamma(self, parameter: Symbol, of: Expr) -> int:
        """A power of a sum whose density tilts like a gamma's: see the rule `mean_of_gamma_power`."""
        position = self.unknown.index(parameter)
        terms, rest = self.parts[position]
        if not terms or any(occurs(other, parameter) for other in self.unknown if other != parameter):
            raise NotClosed(f"E[{of}]", "the score holds no statistic")
        slope, size = next(iter(terms.values())), self.linear.size
        ratios = {body: simplify(coefficient / slope) for body, coefficient in terms.items()}
        rate = together(integrate(slope, parameter))
        per_one = simplify(rest / size)
        offset = simplify((per_one / slope * rate).diff(parameter) / slope)
        if any(occurs(parameter, part) for part in (*ratios.values(), offset)) or rate.has(Sum):
            raise NotClosed(f"E[{of}]", "the density does not tilt like a gamma's")
        shape = simplify(offset * rate - per_one / slope * rate)
        sign = 1 if self.proof._situation.positive(rate) else -1
        statistic = Add(*(sign * ratio * body for body, ratio in ratios.items()), sign * offset)
        total = Sum(statistic, (self.linear.index, 1, size))
        powers = [factor.as_base_exp() for factor in Mul.make_args(rate) if occurs(parameter, factor)]
        if len(powers) != 1 or powers[0][0] != parameter or occurs(parameter, shape):
            raise NotClosed(f"E[{of}]", "the rate is no power of the parameter")
        power = simplify(-1 / powers[0][1])
        factor = (size * shape / (sign * rate / parameter ** powers[0][1])) ** -power
        try:
            return self.proof.step(
                "mean_of_gamma_power", self.scores[position], statistic=statistic, rate=sign * rate, shape=shape, power=power,
                factor=factor, of=of,
                note="The density tilts with its statistic as a gamma's does, so the sum of the statistic has a gamma's moments:",
            )  # fmt: skip
        except (RuleError, TooLarge, UndefinedForm) as failure:
            raise NotClosed(f"E[{total}**{power}]", str(failure)) from failure

    def _by_extremes(self, of: Expr) -> int:
        """The largest or smallest observation, where a power of the distribution function has an antiderivative."""
        largest = of == LARGEST(self.linear.sample)
        support = self.proof.statement(self.support or 0)
        if (not largest and of != SMALLEST(self.linear.sample)) or not isinstance(support, InRange):
            raise NotClosed(f"E[{of}]", "it is no largest or smallest observation")
        objective = self.proof.statement(self.line).left  # type: ignore[union-attr]
        try:
            density, entry = density_of("mean_of_extreme", self.proof._situation, objective, self.linear.sample)
            lower, upper = interval("mean_of_extreme", self.proof._situation, support, self.linear.sample)
        except RuleError as failure:
            raise NotClosed(f"E[{of}]", str(failure)) from failure
        place, size = Dummy("u", positive=True), self.linear.size
        raw = integrate(density.xreplace({entry: place}), place)
        cumulative = simplify(raw - raw.subs(place, lower))
        bodies = [cumulative] if largest else [simplify(1 - cumulative), 1 - cumulative]
        reason = "no antiderivative of a power of the distribution function is at hand"
        for primitive in (found for body in bodies for found in _primitives(body, place, size)):
            at_lower = primitive.subs(place, lower)
            at_upper = Integer(0) if upper == oo else primitive.subs(place, upper)
            total = upper - at_upper + at_lower if largest else lower + at_upper - at_lower
            try:
                return self.proof.step(
                    "mean_of_extreme", self.support or 0, of=of, objective=objective, value=factor_terms(simplify(total)),
                    cumulative=cumulative.xreplace({place: entry}), antiderivative=primitive.xreplace({place: entry}),
                    note="All observations lie below a point with the power of its distribution function, which integrates to",
                )  # fmt: skip
            except (RuleError, TooLarge, UndefinedForm) as failure:
                reason = str(failure)
        raise NotClosed(f"E[{of}]", reason)

    # ------------------------------------------------------------------ small moves

    def _tidied(self, line: int) -> int:
        for _ in range(4):
            before = line
            for rule in TIDYING:
                try:
                    line = self.proof.step(rule, line)
                except RuleError:
                    continue
            if line == before:
                break
        return line

    def done(self, name: str, title: str, summary: str, steps: Sequence[int], sentence: str) -> Derivation:
        """The finished derivation."""
        return self.proof.done(f"{self.derived.name}/{name}", title, summary, Kind.IDENTITY, steps, sentence)


def _written(derived: MaximumLikelihood) -> Sequence[Step]:
    """The steps that write the likelihood, up to the last before the search begins."""
    steps = list(takewhile(lambda step: step.rule not in _OPENING, derived.steps))
    while steps and steps[-1].rule in ("assume", "rearrange"):
        steps.pop()
    return steps


def _primitives(body: Expr, place: Symbol, size: Expr) -> Iterator[Expr]:
    """Antiderivatives of bodyᴺ: of a power of something affine, of something homogeneous, of an exponential."""
    slope = simplify(body.diff(place))
    if not slope.has(place):
        yield body ** (size + 1) / ((size + 1) * slope)
    degree = simplify(place * slope / body)
    if not degree.has(place):
        yield place * body**size / (1 + degree * size)
    rate = simplify(slope / body)
    if not rate.has(place):
        yield body**size / (size * rate)


def information(derived: MaximumLikelihood) -> tuple[Derivation, Mapping[tuple[int, int], Expr]]:
    """The derivation of the Fisher information, and its entries on and below the diagonal. Raises: NotClosed."""
    made = Expectations(derived)
    made.proof.heading("The expected second derivatives")
    steps = {(b, a): made.second(a, b) for a, b in combinations_with_replacement(range(len(made.unknown)), 2)}
    found = made.done(
        "fisher-information", f"Fisher information: {derived.name.removeprefix('mle/')}",
        "The expected second derivatives of the negative log-likelihood.", list(steps.values()),
        "These are the entries of the Fisher information of the whole sample.",
    )  # fmt: skip
    return found, {place: made.proof.right(step) for place, step in steps.items()}


def expected_estimates(derived: MaximumLikelihood) -> tuple[Derivation | None, dict[Expr, Expr]]:
    """The derivation of 𝔼[θ̂] for the estimates where it closes, and these expectations. Raises: NotClosed."""
    made = Expectations(derived)
    steps: dict[Expr, int] = {}
    made.proof.heading("The expected estimates")
    for parameter, value in derived.estimates.items():
        try:
            steps[parameter] = made.of_estimate(parameter, readable(value, derived.declarations))
        except NotClosed:
            continue
    if not steps:
        return None, {}
    found = made.done(
        "expected-estimates", f"What the estimates are on average: {derived.name.removeprefix('mle/')}",
        "The expectations of the maximum-likelihood estimates.", list(steps.values()),
        "An estimate whose expectation is the parameter is unbiased.",
    )  # fmt: skip
    return found, {parameter: made.proof.right(step) for parameter, step in steps.items()}
