"""A derivation in the making: the likelihood of a sample written out, and the small moves every part of it uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Add, Expr, Function, Mul, Product, Symbol, log

from derivations.core.calculus import NotDifferentiable
from derivations.core.equality import is_zero
from derivations.core.inversion import positivity_core
from derivations.core.kernel import RuleError, Situation
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser
from derivations.core.proof import Proof
from derivations.subjects.likelihood.model import Model

TIDYING = ("linearity_of_sum", "pull_out_constant", "sum_of_constant")


class Refused(Exception):
    """The density is outside of what the rules cover; `why` says what was met."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass
class Lines:
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
        shape = step("given", left=model.shape, right=density, note="The density of one observation is")
        self._note_positive_density(shape)
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
            self.assume(readable(self.normaliser.expression(core), self.situation.declarations), "that is,")
            if not self.situation.positive(factor):
                self.assume(factor, "that is,")
            if not self.situation.positive(factor):
                raise Refused(f"the factor {factor} of the density is not known to be positive")

    def _note_positive_density(self, shape: int) -> None:
        """Record that a density that is a sum of terms is positive, where the signs of its terms do not say so."""
        normal = readable(self.normaliser.expression(self.proof.right(shape)), self.situation.declarations)
        if isinstance(normal, Add) and not self.normaliser.signs.positive(normal) and self.situation.positive(normal):
            self.proof.step("positive_by_sign", self.rewritten(shape, normal), note="which is positive:")

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

    def score(self, line: int, unknown: Symbol) -> int:
        """The derivative of the objective at a line, tidied. Raises: Refused."""
        self.proof.heading(f"The derivative with respect to {self.model.shown(unknown)}")
        try:
            return self.tidied(self.proof.step("differentiate", line, variable=unknown))
        except (RuleError, NotDifferentiable) as failure:
            raise Refused(f"the derivative with respect to {unknown}: {failure}") from failure
