"""`mle`: from a density to the derivation of its maximum-likelihood estimates, or a typed refusal."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from derivations.core.derivation import Derivation, Kind
from derivations.core.kernel import RuleError
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.core.statements import BoundaryMinimum, Unsolved
from derivations.subjects.likelihood.checks import checks_for
from derivations.subjects.likelihood.lines import Lines, Refused
from derivations.subjects.likelihood.model import Model
from derivations.subjects.likelihood.quadrature import improper
from derivations.subjects.likelihood.reading import read
from derivations.subjects.likelihood.result import MaximumLikelihood
from derivations.subjects.likelihood.stats import density_of, is_random
from derivations.subjects.likelihood.writing import solve


def mle(density: Any, variable: Any = None, parameters: Any = (), *, known: Any = (), name: str = "") -> MaximumLikelihood:
    """The maximum-likelihood estimates of an independent, identically distributed sample of symbolic size N.

    density: a SymPy expression f(x; θ), or a `sympy.stats` random variable. variable: its symbol, or
        (symbol, domain) with a domain such as "positive", or (symbol, Interval) whose ends may depend on parameters.
    parameters: the symbols to estimate, or a mapping from them to domains. known: further symbols, held fixed.

    Returns a derivation whose conclusion is typed: unique-maximum, boundary-maximum, no-closed-form or refused.
    Raises: BadModel when the density cannot be read.

    >>> from sympy import exp, symbols
    >>> x, rate = symbols("x rate", positive=True)
    >>> mle(rate * exp(-rate * x), x, rate).estimates
    {rate: N/Sum(x[i], (i, 1, N))}
    """
    if is_random(density):
        if parameters == () and variable is not None:
            variable, parameters = None, variable
        name = name or type(density.pspace.distribution).__name__.removesuffix("Distribution").lower()
        density, own = density_of(density)
        variable = own if variable is None else variable
    return derive_model(read(density, variable, parameters, known, name))


def derive_model(model: Model) -> MaximumLikelihood:
    """The derivation for a model that has been read."""
    lines = Lines(model)
    flaw = improper(model)
    if flaw:
        return _done(lines, Kind.REFUSED, (), flaw)
    try:
        concluding = solve(lines, lines.likelihood(), model.unknown)
    except Refused as refusal:
        return _done(lines, Kind.REFUSED, (), refusal.why)
    except (RuleError, TooLarge, UndefinedForm, NotImplementedError) as failure:
        return _done(lines, Kind.REFUSED, (), str(failure))
    statement = lines.proof.statement(concluding)
    if isinstance(statement, Unsolved):
        names = ", ".join(map(str, statement.unknown))
        return _done(lines, Kind.NO_CLOSED_FORM, (concluding,), f"no inversion at hand frees {names}", statement.unknown)
    kind = Kind.BOUNDARY_MAXIMUM if isinstance(statement, BoundaryMinimum) else Kind.UNIQUE_MAXIMUM
    return _done(lines, kind, (concluding,), "")


_SENTENCES = {
    Kind.UNIQUE_MAXIMUM: "The likelihood has its one and only maximum there.",
    Kind.BOUNDARY_MAXIMUM: "The likelihood is nowhere larger; the maximum lies where the derivative does not vanish.",
    Kind.NO_CLOSED_FORM: "There is no closed form among the inversions at hand: {reason}. "
    "The equation is to be solved numerically.",
    Kind.REFUSED: "No estimate is claimed: {reason}.",
}


def _done(
    lines: Lines, kind: Kind, concluding: tuple[int, ...], reason: str, left: tuple[Any, ...] = ()
) -> MaximumLikelihood:
    model = lines.model
    letters = f"no inversion at hand frees {', '.join(map(model.shown, left))}" if left else reason
    shown = ", ".join(map(model.shown, model.unknown))
    plain = lines.proof.done(
        f"mle/{model.name}", f"Maximum likelihood of {shown}: {model.name}",
        f"The maximum-likelihood estimate of {shown} from independent observations with the density given.",
        kind, concluding, _SENTENCES[kind].format(reason=letters.rstrip(".")),
    )  # fmt: skip
    values = {f.name: getattr(plain, f.name) for f in fields(Derivation)}
    support = (model.support.lower, model.support.upper)
    return MaximumLikelihood(**{**values, "checks": checks_for(model)}, reason=reason, support=support)
