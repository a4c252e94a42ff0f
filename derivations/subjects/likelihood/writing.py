"""Writing the derivation: the likelihood of a sample, its logarithm, and one parameter after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Abs, Add, Expr, Function, Integer, Mul, Product, Sum, Symbol, cos, gcd_terms, log, sin

from derivations.core.binding import occurs, substitute
from derivations.core.calculus import NotDifferentiable
from derivations.core.equality import is_zero
from derivations.core.inversion import NeedsPositive, NoZero, QuadraticRoot, Root, as_powers, find_root, parts_of, positivity_core
from derivations.core.kernel import RuleError, Situation
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.proof import Proof
from derivations.core.rules.boundary import ends
from derivations.core.rules.scores import defined
from derivations.core.solve import NotIsolable
from derivations.core.statements import BoundaryMinimum, InRange, Minimum, Positive, Unsolved
from derivations.subjects.likelihood.model import Model

TIDYING = ("linearity_of_sum", "pull_out_constant", "sum_of_constant")


class Refused(Exception):
    """The density is outside of what the rules cover; `why` says what was met."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass
class Writer:
    """The derivation of one model in the making."""

    model: Model
    proof: Proof = field(init=False)
    support: int | None = None

    def __post_init__(self) -> None:
        self.proof = Proof(self.model.declarations(len(self.model.parameters)))

    @property
    def situation(self) -> Situation:
        """Where the derivation stands."""
        return self.proof._situation

    @property
    def normaliser(self) -> Normaliser:
        """The normal form under the assumptions made so far."""
        return self.situation.normaliser

    # ------------------------------------------------------------------ the likelihood

    def likelihood(self) -> int:
        """ℓ written out as sums over the sample; the position of that equation."""
        model, step = self.model, self.proof.step
        density = model.at_sample(model.density)
        if not self.situation.positive(density):
            self._assume_positive_density(density)
        self.proof.heading("The model")
        step("given", left=model.shape, right=density, note="The density of one observation is")
        if model.depends_on_parameters:
            lower, upper = model.bounds
            self.support = step(
                "support", entry=model.entry, lower=lower, upper=upper,
                note="inside its support, which depends on the parameters, and zero elsewhere:",
            )  # fmt: skip
            self._assume_length()
        limits = (model.index, 1, model.size)
        total = Function("likelihood", real=True)(*model.unknown)
        step(
            "given", left=total, right=Product(model.shape, limits),
            note="The observations are independent, so the likelihood is the product",
        )  # fmt: skip
        self.proof.heading("The negative log-likelihood")
        start = step("define", left=self.objective(0, model.unknown), right=-log(total), note="To be minimised is")
        try:
            line = self.proof.chain(start, ("unfold_definition", {"name": "likelihood"}), "log_of_product")
        except RuleError as failure:
            raise Refused(f"the logarithm of the density: {failure}") from failure
        line = step("unfold_definition", line, name=model.names["density"])
        for _ in range(6):
            before = line
            for rule in ("log_of_product", "log_of_power"):
                line = self.tried(rule, line)
            if line == before:
                break
        return self.tidied(line)

    def objective(self, stage: int, unknown: Sequence[Symbol]) -> Expr:
        """ℓ, or what is left of it after `stage` parameters, as a function of the remaining ones."""
        return Function("ell" if stage == 0 else f"ell_{stage}", real=True)(*unknown)

    def _assume_positive_density(self, density: Expr) -> None:
        """State what makes the density positive on its support, factor by factor."""
        for factor in Mul.make_args(density):
            core = positivity_core(factor, self.normaliser)
            if self.situation.positive(factor):
                continue
            if not core.has(Symbol) or is_zero(self.normaliser, core):
                raise Refused(f"the factor {factor} of the density is not known to be positive")
            self.assume(core, "The density is positive where")
            if not self.situation.positive(factor):
                raise Refused(f"the factor {factor} of the density is not known to be positive")

    def _assume_length(self) -> None:
        """The support is not empty: what lies between its ends is positive where that is not known."""
        lower, upper = self.model.support.lower, self.model.support.upper
        if lower is not None and upper is not None and not self.situation.positive(upper - lower):
            self.assume(upper - lower, "The support is not empty:")

    # ------------------------------------------------------------------ small moves

    def assume(self, expression: Expr, note: str) -> None:
        """State a condition, unless it is known."""
        if not self.situation.positive(expression):
            try:
                self.proof.step("assume", positive=expression, note=note)
            except RuleError as failure:
                raise Refused(f"the condition {expression} > 0 cannot hold: {failure}") from failure

    def tried(self, rule: str, line: int, **arguments: object) -> int:
        """The line that a rewriting rule makes, or the same line where it does not apply."""
        try:
            return self.proof.step(rule, line, **arguments)  # type: ignore[arg-type]
        except RuleError:
            return line

    def tidied(self, line: int) -> int:
        """Sums taken term by term, constants in front of them, sums of constants counted."""
        for _ in range(4):
            before = line
            for rule in TIDYING:
                line = self.tried(rule, line)
            if line == before:
                break
        return line

    def rewritten(self, line: int, to: Expr, side: str = "right", note: str = "") -> int:
        """The line with one side in another form of the same normal form."""
        statement = self.proof.statement(line)
        if getattr(statement, side) == to:
            return line
        return self.proof.step("rearrange", line, to=to, side=side, note=note)

    # ------------------------------------------------------------------ one parameter

    def score(self, line: int, unknown: Symbol) -> int:
        """The derivative of the objective at a line, tidied. Raises: Refused."""
        self.proof.heading(f"The derivative with respect to {self.model.shown(unknown)}")
        try:
            return self.tidied(self.proof.step("differentiate", line, variable=unknown))
        except (RuleError, NotDifferentiable) as failure:
            raise Refused(f"the derivative with respect to {unknown}: {failure}") from failure

    def stationary(self, line: int, score: int, unknown: Symbol, root: Root | QuadraticRoot) -> int:
        """The unique minimum over one parameter, from its score and where that is zero."""
        self.require(unknown, root)
        self.proof.heading("Where it is zero, and that it is the minimum")
        equation = self.proof.step("set_to_zero", score)
        shown = root.increasing if isinstance(root, Root) else _quadratic(root, unknown)
        if root.factor != 1:
            equation = self.proof.step("multiply_both_sides", equation, factor=1 / root.factor)
        equation = self.rewritten(equation, shown, "left")
        if isinstance(root, QuadraticRoot):
            shape = {"square": root.square, "linear": root.linear, "constant": root.constant}
            self.proof.step("solve_quadratic", equation, unknown=unknown, **shape)
            return self.proof.step(
                "minimum_of_quadratic_score", score, factor=root.factor, **shape,
                note="The derivative is a positive multiple of this quadratic, which has one positive root and increases "
                "through it:",
            )  # fmt: skip
        solved = self.proof.step("solve_monotone", equation, unknown=unknown, value=root.value)
        minimum = self.proof.step(
            "minimum_of_increasing_score", score, solved, factor=root.factor, increasing=root.increasing,
            note="The derivative is a positive multiple of an increasing function that is zero there, so it changes its sign "
            "once:",
        )  # fmt: skip
        self.curvature(score, unknown, root)
        return minimum

    def require(self, unknown: Symbol, root: Root | QuadraticRoot) -> None:
        """State what makes the value lie inside the domain of the parameter."""
        kind = self.situation.declarations[unknown.name].domain.kind
        if kind not in ("real", "positive", "unit-interval"):
            raise Refused(f"the domain of {unknown} is {kind}: the sign of a derivative settles nothing on the integers")
        if isinstance(root, QuadraticRoot):
            self.assume(positivity_core(root.constant, self.normaliser), "Let")
            return
        for condition in defined(self.situation, root.value):
            if isinstance(condition, Positive):
                self.assume(positivity_core(condition.expression, self.normaliser), "Let")
        if kind != "real" and not self.situation.positive(root.value):
            self.assume(positivity_core(root.value, self.normaliser), "Let")
        if kind == "unit-interval":
            self.assume(1 - root.value, "and")

    def curvature(self, score: int, unknown: Symbol, root: Root) -> None:
        """The second derivative at the estimate, where its sign can be read off."""
        try:
            from derivations.core.calculus import differentiate

            slope = differentiate(root.increasing, unknown) * root.factor
            there = substitute(slope, {unknown: root.value})
            shown = as_powers(readable(self.normaliser.expression(there), self.situation.declarations))
            shown = there if len(str(shown)) > len(str(there)) else shown
            if not self.situation.positive(shown):
                shown = there
            if not self.situation.positive(shown):
                return
            second = self.tidied(self.proof.step("differentiate", score, variable=unknown))
            if occurs(unknown, self.proof.right(second)):
                second = self.proof.step(
                    "evaluate_at", second, unknown=unknown, value=root.value, result=shown,
                    note="The second derivative there is positive:",
                )  # fmt: skip
            self.proof.step("positive_by_sign", second)
        except (RuleError, TooLarge, UndefinedForm, NotDifferentiable):
            return

    def bounded(self, score: int, unknown: Symbol) -> int | None:
        """The boundary minimum over a parameter that the support depends on, or None when it does not."""
        if self.support is None:
            return None
        statement = self.proof.statement(self.support)
        assert isinstance(statement, InRange)
        if not any(occurs(unknown, part) for part in ends(statement)):
            return None
        self.proof.heading("The likelihood is monotone: its maximum is at the edge")
        try:
            return self.proof.step(
                "boundary_minimum", score, self.support,
                note="The derivative has one sign, so the best value is the last one for which every observation lies in the "
                "support:",
            )  # fmt: skip
        except RuleError as failure:
            raise Refused(f"the support depends on {unknown}: {failure}") from failure

    def wave(self, line: int, unknown: Symbol) -> int | None:
        """The direction of the resultant, where the objective is a wave in an angle and a rest free of it."""
        if self.situation.declarations[unknown.name].domain.kind != "angle":
            return None
        groups = {g.part: g.coefficient for g in parts_of(self.proof.right(line), unknown, self.normaliser)}
        across, up = (groups.pop(part, Integer(0)) for part in (cos(unknown), sin(unknown)))
        rest = groups.pop(Integer(1), Integer(0))
        if groups or (across, up) == (0, 0):
            raise Refused(f"the angle {unknown} occurs in other ways than through its cosine and sine")
        weight = gcd_terms(Add(across, up), clear=False).as_independent(Sum, as_Add=False)[0]
        weight = abs(weight) if weight.is_number else weight * (-1 if self.situation.positive(-weight) else 1)
        if not self.situation.positive(weight):
            weight = Integer(1)
        across, up = -across / weight, -up / weight
        self.proof.heading("A wave in the angle")
        wave = rest - weight * (across * cos(unknown) + up * sin(unknown))
        line = self.rewritten(line, wave, note="With the addition theorem,")
        self.assume(across**2 + up**2, "Let the observations have a direction:")
        return self.proof.step(
            "minimum_on_circle", line, unknown=unknown, rest=rest, weight=weight, across=across, up=up,
            note="The wave is highest in the direction of its two amplitudes, once a turn:",
        )  # fmt: skip

    def kink(self, line: int, unknown: Symbol) -> int | None:
        """The median, where the objective is a sum of distances to the parameter and a rest free of it."""
        body = self.proof.right(line)
        sums = [s for s in body.atoms(Sum) if isinstance(s.function, Abs) and occurs(unknown, s)]
        if len(sums) != 1:
            return None
        (distances,) = sums
        with_it = [term for term in Add.make_args(body) if occurs(unknown, term)]
        weight = Add(*with_it) / distances
        if occurs(unknown, weight):
            return None
        self.proof.heading("A sum of distances")
        try:
            return self.proof.step(
                "minimum_at_median", line, unknown=unknown, weight=weight, distances=distances,
                rest=Add(*(t for t in Add.make_args(body) if not occurs(unknown, t))),
                note="Left of the median more distances fall than rise, right of it more rise than fall:",
            )  # fmt: skip
        except RuleError as failure:
            raise Refused(f"the absolute value has a kink: {failure}") from failure

    # ------------------------------------------------------------------ all parameters

    def solve(self, line: int, unknown: Sequence[Symbol], stage: int = 0) -> int:
        """The position of the conclusion over all of `unknown`, the objective being written at `line`."""
        position = self.first(line, unknown)
        statement = self.proof.statement(position)
        if isinstance(statement, Unsolved):
            return position
        assert isinstance(statement, (Minimum, BoundaryMinimum))
        ((solved,), (value,)) = statement.unknown, statement.value
        rest = [u for u in unknown if u != solved]
        if not rest:
            return position
        self.proof.heading(f"With the best {self.model.shown(solved)} put in")
        objective = statement.objective
        body = substitute(self.proof.right(line), {solved: value})
        left = self.objective(stage + 1, rest)
        self.carry(solved, value)
        start = self.proof.step(
            "define", left=left, right=substitute(objective, {solved: value}), note="What remains is a function of the rest:"
        )
        start = self.tidied(self.rewritten(start, body))
        inner = self.solve(start, rest, stage + 1)
        found = self.proof.statement(inner)
        known = found.eliminated if isinstance(found, Unsolved) else found.unknown  # type: ignore[union-attr]
        values = found.values if isinstance(found, Unsolved) else found.value  # type: ignore[union-attr]
        together = substitute(value, dict(zip(known, values, strict=True)))
        if stage == 0:
            self.proof.heading("All together")
        for parameter, at in zip(known, values, strict=True):
            self.carry(parameter, at)
        return self.proof.step("minimise_in_turn", position, inner, value=together)

    def carry(self, parameter: Symbol, value: Expr) -> None:
        """State at the estimate what was assumed for every value of a parameter, where it is not known there."""
        for expression in self.situation.assumptions:
            if occurs(parameter, expression):
                self.assume(substitute(expression, {parameter: value}), "At the estimate,")

    def first(self, line: int, unknown: Sequence[Symbol]) -> int:
        """The minimum over one of the parameters, whatever the others are, or the equations that are left."""
        scores: dict[Symbol, int] = {}
        reasons: list[str] = []
        found: list[tuple[bool, int, Symbol, Root | QuadraticRoot]] = []
        for order, parameter in enumerate(unknown):
            kink = self.wave(line, parameter) or self.kink(line, parameter)
            if kink is not None:
                return kink
            scores[parameter] = self.score(line, parameter)
            edge = self.bounded(scores[parameter], parameter)
            if edge is not None:
                return edge
            body = self.proof.right(scores[parameter])
            try:
                root = self.root(body, parameter)
            except NoZero as failure:
                raise Refused(self.no_zero(scores[parameter], parameter, failure)) from failure
            except NotIsolable as failure:
                reasons.append(failure.why)
                continue
            depends = any(occurs(other, root.value) for other in unknown if other != parameter)
            found.append((depends, order, parameter, root))
            if not depends:
                break
        if found:
            _, _, parameter, root = min(found, key=lambda item: item[:2])
            try:
                return self.stationary(line, scores[parameter], parameter, root)
            except RuleError as failure:
                raise Refused(f"the zero of the score in {parameter}: {failure}") from failure
        self.proof.heading("What is left to solve")
        return self.unsolved(scores, "; ".join(dict.fromkeys(reasons)))

    def root(self, body: Expr, parameter: Symbol) -> Root | QuadraticRoot:
        """The zero of a score, after assuming what it needs. Raises: NotIsolable."""
        try:
            return find_root(body, parameter, self.normaliser, (body,))
        except NeedsPositive as needed:
            self.assume(needed.expression, "Let")
            return find_root(body, parameter, self.normaliser, (body,))

    def unsolved(self, scores: dict[Symbol, int], why: str) -> int:
        """The equations that no inversion opens, divided by the size of the sample."""
        left = tuple(self.divided(self.proof.right(score)) for score in scores.values())
        note = "No inversion frees a parameter from the stationarity conditions:"
        try:
            return self.proof.step("no_inversion", *scores.values(), left=left, factor=self.model.size, note=note)
        except RuleError:
            try:
                return self.proof.step("no_inversion", *scores.values(), note=note)
            except RuleError as failure:
                raise Refused(f"{why}; {failure}") from failure

    def divided(self, body: Expr) -> Expr:
        """Each term divided by N, as written or in normal form, whichever is shorter."""
        written = Add(*(term / self.model.size for term in Add.make_args(body)))
        try:
            normal = as_powers(readable(self.normaliser.expression(written), self.situation.declarations))
        except (TooLarge, UndefinedForm):
            return written
        return min((written, normal), key=lambda form: len(str(form)))

    def no_zero(self, score: int, parameter: Symbol, failure: NoZero) -> str:
        """Say which way the likelihood rises without end."""
        body = self.proof.right(score)
        if body == Integer(0):
            return f"the likelihood does not depend on {parameter}: no value is better than another"
        for sign, word in ((1, "falls"), (-1, "rises")):
            if self.situation.positive(sign * body):
                self.proof.step("no_stationary_point", score, note="The derivative is nowhere zero:")
                return (
                    f"the likelihood {word} with {parameter} on its whole domain, so it has no maximum there; if the support "
                    f"depends on {parameter}, give it as an interval"
                )
        return f"the derivative with respect to {parameter} has no zero: {failure.why}"


def _quadratic(root: QuadraticRoot, unknown: Symbol) -> Expr:
    return Add(root.square * unknown**2, root.linear * unknown, -root.constant)
