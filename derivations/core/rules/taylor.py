"""Taylor's polynomial of a function made of powers and exponentials, with a bound on the remainder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sympy import Abs, Add, Expr, Integer, Mul, Rational, S, Symbol, exp, factorial

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.polynomial import Monomial
from derivations.core.statements import Bounded, Statement

MAX_ORDER = 12


def taylor_remainder(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A function made of powers and exponentials of x differs from its Taylor polynomial at 0 by a bounded remainder.

    Inference: a = f(x), f a sum of terms c·xᵐ·e^{rx} with c free of x ⟶ |a − Σ_{k<n} f⁽ᵏ⁾(0)·xᵏ/k!| ≤ |x|ⁿ/n!·M, where
    M = Σ |c|·|x|ᵐ·e^{|r||x|} over the terms of f⁽ⁿ⁾ bounds f⁽ⁿ⁾ between 0 and x (Lagrange).
    Fails when: f has x in another place — in a denominator, a logarithm, a sum —, or the order is not 1 to 12.
    Example: 1 − e^{−ε} = ε − ε²/2 + R with |R| ≤ |ε|³/6·e^{|ε|}.
    """
    rule = "taylor_remainder"
    identity = equation(rule, premises)
    variable, order = argument(rule, arguments, "variable"), arguments.get("order")
    if not isinstance(variable, Symbol) or not variable.is_real:
        raise RuleError(rule, f"{variable} is no real variable")
    if not isinstance(order, int) or not 1 <= order <= MAX_ORDER:
        raise RuleError(rule, f"the order is {order!r}", f"give a number from 1 to {MAX_ORDER}")
    if identity.unknown or situation.depends(identity.right.xreplace({variable: Integer(0)}), variable):
        raise RuleError(rule, f"{identity.left} = {identity.right} is not an identity in {variable} alone")
    derivative, polynomial = identity.right, S.Zero
    for n in range(order):
        _terms(rule, situation, derivative, variable)
        at_zero = situation.normaliser.expression(substitute(derivative, {variable: Integer(0)}))
        polynomial += at_zero * variable**n / factorial(n)
        derivative = _slope(rule, derivative, variable)
    bound = Add(*(_largest(term, c, variable) for term, c in _terms(rule, situation, derivative, variable)))
    remainder = Bounded(identity.left - polynomial, bound * Abs(variable) ** order / factorial(order))
    return Outcome(remainder, evidence=Evidence(Word.PROVED, "kernel rule"))


def _slope(rule: str, expression: Expr, variable: Symbol) -> Expr:
    try:
        return differentiate(expression, variable)
    except NotDifferentiable as error:
        raise RuleError(rule, str(error)) from error


def _terms(rule: str, situation: Situation, expression: Expr, variable: Symbol) -> list[tuple[Monomial, Fraction]]:
    """The terms of the normal form, each checked to be c·xᵐ·e^{rx}."""
    terms = list(situation.normaliser.form(expression).items())
    for monomial, _ in terms:
        for atom, exponent in monomial:
            if atom == variable:
                allowed = isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent > 0
            elif atom is S.Exp1:
                allowed = _rate(exponent, variable) is not None
            else:
                depends = free_symbols(atom) | (set() if isinstance(exponent, Fraction) else free_symbols(exponent))
                allowed = variable not in depends and not situation.depends(atom, variable)
            if not allowed:
                raise RuleError(rule, f"{atom}**{exponent} is no power and no exponential of {variable}")
    return terms


def _rate(exponent: p.Exponent, variable: Symbol) -> Rational | None:
    """The rational r of an exponent r·x + s with s free of x, or None."""
    plain = p.exponent_expression(exponent).expand()
    rate = plain.coeff(variable, 1)
    return rate if rate.is_Rational and variable not in free_symbols(plain - rate * variable) else None


def _largest(monomial: Monomial, coefficient: Fraction, variable: Symbol) -> Expr:
    """A bound of |c·sᵐ·e^{rs}| for s between 0 and x."""
    factors: list[Expr] = [p.as_rational(abs(coefficient))]
    for atom, exponent in monomial:
        power = p.exponent_expression(exponent)
        if atom == variable:
            factors.append(Abs(variable) ** power)
        elif atom is S.Exp1:
            rate = _rate(exponent, variable) or S.Zero
            factors.append(exp(abs(rate) * Abs(variable) + (power - rate * variable).expand()))
        else:
            factors.append(Abs(atom**power))
    return Mul(*factors)
