"""Isolation of one unknown with an occurs check: affine, power and logarithmic equations, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from sympy import Add, Expr, Mul, Pow, S, exp, log

from derivations.core import polynomial as p
from derivations.core.binding import occurs
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser
from derivations.core.signs import Sign


class NotIsolable(ValueError):
    """The unknown cannot be brought to one side by affine, power or logarithmic inversion."""

    def __init__(self, unknown: Expr, equation: Expr, why: str) -> None:
        self.unknown, self.equation, self.why = unknown, equation, why
        super().__init__(f"cannot isolate {unknown} in {equation} = 0: {why}")


@dataclass(frozen=True)
class Solution:
    """unknown = value, the only root in the unknown's domain when `divisor` ≠ 0.

    `divisor` is what the equation was divided by (for an affine one, equation = divisor·(unknown − value)); `positive`
    is what has to be positive for the root to lie in the domain, or None. `inversion` names how
    the unknown was freed. `rest` is the part without the (higher power of the) unknown: where it is not zero, no
    solution has a zero divisor, and `divisor` ≠ 0 needs no further condition.
    """

    value: Expr
    divisor: Expr
    inversion: str
    rest: Expr
    positive: Expr | None = None


def isolate(equation: Expr, unknown: Expr, normaliser: Normaliser) -> Solution:
    """Solve equation = 0 for `unknown`.

    The terms are first taken as they are written, so that the answer keeps their shape, and from the normal form when
    the unknown is buried. An unknown left inside a sum or a function is a refusal, never an answer.

    Raises: NotIsolable.
    """
    try:
        return _isolate_terms(_written_terms(equation, unknown), equation, unknown, normaliser)
    except NotIsolable:
        expanded = readable(normaliser.expression(equation), normaliser.declarations)
        return _isolate_terms(_written_terms(expanded, unknown), equation, unknown, normaliser)


_Terms: TypeAlias = dict[Fraction | str, list[Expr]]


def _written_terms(equation: Expr, unknown: Expr) -> _Terms:
    """Coefficients by the power of the unknown; the key "log" collects those of its logarithm."""
    found: _Terms = {}
    for term in Add.make_args(equation):
        key: Fraction | str = Fraction(0)
        rest = []
        for factor in Mul.make_args(term):
            base, exponent = factor.as_base_exp()
            if base == unknown and exponent.is_Rational and key == 0:
                key = Fraction(int(exponent.p), int(exponent.q))
            elif factor == log(unknown) and key == 0:
                key = "log"
            else:
                rest.append(factor)
        coefficient = Mul(*rest)
        if occurs(unknown, coefficient):
            raise NotIsolable(unknown, equation, f"it also occurs inside {coefficient}")
        found.setdefault(key, []).append(coefficient)
    return found


def _isolate_terms(terms: _Terms, equation: Expr, unknown: Expr, normaliser: Normaliser) -> Solution:
    coefficients = {key: Add(*parts) for key, parts in terms.items()}
    coefficients = {key: value for key, value in coefficients.items() if normaliser.form(value)}
    if "log" in coefficients:
        slope = coefficients.pop("log")
        rest = coefficients.pop(Fraction(0), S.Zero)
        if coefficients:
            raise NotIsolable(unknown, equation, "it occurs both inside and outside a logarithm")
        return Solution(exp(-rest / slope), slope, "logarithm", rest)
    powers = sorted(key for key in coefficients if not isinstance(key, str))
    if len(powers) != 2:
        shown = ", ".join(map(str, powers)) or "none"
        raise NotIsolable(unknown, equation, f"two different powers of it are needed, found {shown}")
    low, high = powers
    degree = high - low
    divisor = coefficients[high]
    value = -coefficients[low] / divisor
    if degree == 1 and (low <= 0 or normaliser.signs.nonzero(unknown)):
        return Solution(value, divisor * unknown ** p.as_rational(low), "affine", coefficients[low])
    if normaliser.signs.of(unknown) != Sign.POSITIVE:
        raise NotIsolable(unknown, equation, f"power {degree} of an unknown not known to be positive has several roots")
    return Solution(Pow(value, p.as_rational(1 / degree)), divisor, "power", coefficients[low], value)

