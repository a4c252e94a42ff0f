"""Minima inside the domain: where the score is zero and changes its sign, or the equations that are left of it."""

from __future__ import annotations

import numpy as np
from sympy import Add, Expr, Integer, Symbol

from derivations.core.binding import occurs, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.equality import is_zero
from derivations.core.inversion import as_powers, find_root, positivity_core
from derivations.core.kernel import RuleError
from derivations.core.naming import readable
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.core.roots import NeedsPositive, NeedsSign, NoZero, QuadraticRoot, Root
from derivations.core.rules.scores import defined
from derivations.core.statements import Positive
from derivations.subjects.likelihood.lines import Lines, Refused
from derivations.subjects.likelihood.quadrature import draw_parameters, tabulate
from numeric.evaluate import compile_expression
from numeric.failures import NumericFailure

DRAWS, SAMPLE = 4, 40


def stationary(lines: Lines, line: int, score: int, unknown: Symbol, root: Root | QuadraticRoot) -> int:
    """The unique minimum over one parameter, from its score and where that is zero."""
    require(lines, unknown, root)
    lines.proof.heading("Where it is zero, and that it is the minimum")
    equation = lines.proof.step("set_to_zero", score)
    shown = root.increasing if isinstance(root, Root) else _quadratic(root, unknown)
    if root.factor != 1:
        equation = lines.proof.step("multiply_both_sides", equation, factor=1 / root.factor)
    equation = lines.rewritten(equation, shown, "left")
    if isinstance(root, QuadraticRoot):
        shape = {"square": root.square, "linear": root.linear, "constant": root.constant}
        lines.proof.step("solve_quadratic", equation, unknown=unknown, **shape)
        return lines.proof.step(
            "minimum_of_quadratic_score", score, factor=root.factor, **shape,
            note="The derivative is a positive multiple of this quadratic, which has one positive root and increases "
            "through it:",
        )  # fmt: skip
    solved = lines.proof.step("solve_monotone", equation, unknown=unknown, value=root.value)
    minimum = lines.proof.step(
        "minimum_of_increasing_score", score, solved, factor=root.factor, increasing=root.increasing,
        note="The derivative is a positive multiple of an increasing function that is zero there, so it changes its sign "
        "once:",
    )  # fmt: skip
    curvature(lines, score, unknown, root)
    return minimum


def require(lines: Lines, unknown: Symbol, root: Root | QuadraticRoot) -> None:
    """State what makes the value lie inside the domain of the parameter."""
    kind = lines.situation.declarations[unknown.name].domain.kind
    if kind not in ("real", "positive", "unit-interval"):
        raise Refused(_OTHER_DOMAINS.get(kind, f"the domain of {unknown} is {kind}").format(unknown=unknown))
    if isinstance(root, QuadraticRoot):
        lines.assume(positivity_core(root.constant, lines.normaliser), "Let")
        return
    for condition in defined(lines.situation, root.value):
        if isinstance(condition, Positive):
            lines.assume(positivity_core(condition.expression, lines.normaliser), "Let")
    if kind != "real" and not lines.situation.positive(root.value):
        lines.assume(positivity_core(root.value, lines.normaliser), "Let")
    if kind == "unit-interval":
        lines.assume(1 - root.value, "and")


def curvature(lines: Lines, score: int, unknown: Symbol, root: Root) -> None:
    """The second derivative at the estimate, where its sign can be read off."""
    try:
        slope = differentiate(root.increasing, unknown) * root.factor
        there = substitute(slope, {unknown: root.value})
        shown = as_powers(readable(lines.normaliser.expression(there), lines.situation.declarations))
        shown = there if len(str(shown)) > len(str(there)) else shown
        if not lines.situation.positive(shown):
            shown = there
        if not lines.situation.positive(shown):
            return
        second = lines.tidied(lines.proof.step("differentiate", score, variable=unknown))
        if occurs(unknown, lines.proof.right(second)):
            second = lines.proof.step(
                "evaluate_at", second, unknown=unknown, value=root.value, result=shown,
                note="The second derivative there is positive:",
            )  # fmt: skip
        lines.proof.step("positive_by_sign", second)
    except (RuleError, TooLarge, UndefinedForm, NotDifferentiable):
        return


def root(lines: Lines, body: Expr, parameter: Symbol) -> Root | QuadraticRoot:
    """The zero of a score, after assuming what it needs. Raises: NotIsolable."""
    try:
        return find_root(body, parameter, lines.normaliser, (body,))
    except NeedsPositive as needed:
        lines.assume(needed.expression, "Let")
    except NeedsSign as needed:
        if not usually_positive(lines, needed.expression):
            raise
        lines.assume(needed.expression, "Let")
    return find_root(body, parameter, lines.normaliser, (body,))


def usually_positive(lines: Lines, expression: Expr) -> bool:
    """Whether an expression in the data is positive on samples from the model, for all parameters drawn.

    It only decides whether the condition is worth stating; nothing rests on it.
    """
    rng, seen = np.random.default_rng(0), []
    compiled = compile_expression(expression, variables=lines.situation.declarations.variables)
    for _ in range(DRAWS):
        try:
            parameters = draw_parameters(lines.model, rng)
            data = tabulate(lines.model, parameters).sample(rng, SAMPLE)
            value = float(compiled.on({**parameters, lines.model.sample.head: data, lines.model.size: SAMPLE}))
        except (NumericFailure, ValueError, ArithmeticError, TypeError):
            continue
        seen.append(value > 0)
    return bool(seen) and all(seen)


def unsolved(lines: Lines, scores: dict[Symbol, int], why: str) -> int:
    """The equations that no inversion opens, divided by the size of the sample."""
    left = tuple(divided(lines, lines.proof.right(score)) for score in scores.values())
    note = "No inversion frees a parameter from the stationarity conditions:"
    try:
        return lines.proof.step("no_inversion", *scores.values(), left=left, factor=lines.model.size, note=note)
    except RuleError:
        try:
            return lines.proof.step("no_inversion", *scores.values(), note=note)
        except RuleError as failure:
            raise Refused(f"{why}; {failure}") from failure


def divided(lines: Lines, body: Expr) -> Expr:
    """Each term divided by N, as written or in normal form, whichever is shorter."""
    written = Add(*(term / lines.model.size for term in Add.make_args(body)))
    try:
        normal = as_powers(readable(lines.normaliser.expression(written), lines.situation.declarations))
    except (TooLarge, UndefinedForm):
        return written
    return min((written, normal), key=lambda form: len(str(form)))


def no_zero(lines: Lines, score: int, parameter: Symbol, failure: NoZero) -> str:
    """Say which way the likelihood rises without end."""
    body = lines.proof.right(score)
    if body == Integer(0):
        return f"the likelihood does not depend on {parameter}: no value is better than another"
    for sign, word in ((1, "falls"), (-1, "rises")):
        if lines.situation.positive(sign * body):
            lines.proof.step("no_stationary_point", score, note="The derivative is nowhere zero:")
            return (
                f"the likelihood {word} with {parameter} on its whole domain, so it has no maximum there; if the support "
                f"depends on {parameter}, give it as an interval"
            )
    return f"the derivative with respect to {parameter} has no zero: {failure.why}"


def _quadratic(root: QuadraticRoot, unknown: Symbol) -> Expr:
    return Add(root.square * unknown**2, root.linear * unknown, -root.constant)


_OTHER_DOMAINS = {
    **dict.fromkeys(
        ("size", "natural", "integer"), "{unknown} is a whole number: the sign of a derivative settles nothing there"
    ),
    "nonnegative": "{unknown} may be zero, and the maximum may lie there: declare it positive for one inside",
}


def refuse_whole(lines: Lines, unknown: Symbol) -> None:
    """Raises: Refused, when the parameter is a whole number."""
    kind = lines.situation.declarations[unknown.name].domain.kind
    if lines.situation.declarations[unknown.name].domain.is_integral:
        raise Refused(_OTHER_DOMAINS[kind].format(unknown=unknown))


def refuse_even(lines: Lines, line: int, unknown: Symbol) -> None:
    """Raises: Refused, when a real parameter and its opposite are always equally good, so that no value is the only best."""
    if lines.situation.declarations[unknown.name].domain.kind != "real":
        return
    body = lines.proof.right(line)
    if is_zero(lines.normaliser, body - substitute(body, {unknown: -unknown})):
        raise Refused(f"{unknown} and -{unknown} are equally good: the likelihood is even in {unknown}; declare it positive")
