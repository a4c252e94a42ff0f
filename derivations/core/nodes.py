"""The normal form of each kind of node: one handler a node, looked up by its type."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Lambda,
    Mul,
    Pow,
    Product,
    Rational,
    S,
    Subs,
    Sum,
    cos,
    exp,
    log,
    sin,
)  # fmt: skip
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols
from derivations.core.limits import MAX_ANGLES, TooLarge
from derivations.core.polynomial import Poly
from derivations.core.primes import log_number
from derivations.core.products import normal_product
from derivations.core.sums import normal_sum

if TYPE_CHECKING:
    from derivations.core.normal_form import Normaliser


def opaque(normaliser: Normaliser, expression: Expr) -> Poly:
    """An atom, its arguments in normal form."""
    if not expression.args or _says_more_of_its_variables(normaliser, expression):
        return p.atom_power(expression)
    arguments = [normaliser.canonical(a) if isinstance(a, Expr) else a for a in expression.args]
    rebuilt = expression if (*arguments,) == expression.args else expression.func(*arguments)
    if rebuilt == expression or rebuilt.func is expression.func:
        return p.atom_power(rebuilt)
    return normaliser.form(rebuilt)


def _says_more_of_its_variables(normaliser: Normaliser, expression: Expr) -> bool:
    """Whether it binds a variable of which something is known outside: ∫|x| dx from −1 to 1 is not ∫x dx, though x > 0 here."""
    if isinstance(expression, Subs):
        return True
    if not isinstance(expression, (ExprWithLimits, Lambda)):
        return False
    bound = expression.variables
    known = frozenset().union(*map(free_symbols, normaliser.signs.conditions))
    return any(variable in known or normaliser.declarations.find(variable) is not None for variable in bound)


def _number(normaliser: Normaliser, expression: Rational) -> Poly:
    return p.constant(Fraction(int(expression.p), int(expression.q)))


def _indexed(normaliser: Normaliser, expression: Indexed) -> Poly:
    return p.atom_power(expression.base[tuple(map(normaliser.canonical, expression.indices))])


def _pow(normaliser: Normaliser, expression: Pow) -> Poly:
    base, exponent = normaliser.form(expression.base), normaliser.form(expression.exp)
    number = p.as_exponent(exponent)
    if isinstance(number, Fraction):
        return normaliser.power(base, number)
    plain = p.to_expression(base)
    if normaliser.signs.positive(plain) or normaliser.signs.positive(expression.base):
        return normaliser.exponential(normaliser.times(exponent, normaliser.logarithm(base)))
    if len(base) == 1 and not number.is_integer:
        return _positive_part_out(normaliser, base, number)
    if len(base) == 1:
        (monomial, coefficient), = base.items()
        powers: list[Poly] = []
        for atom, inner in monomial:
            single: Poly = {((atom, inner),): Fraction(1)}
            if normaliser.signs.positive(atom):
                powers.append(normaliser.exponential(normaliser.times(exponent, normaliser.logarithm(single))))
            elif isinstance(atom, KroneckerDelta) and number.is_positive:
                powers.append({((atom, inner),): Fraction(1)})
            else:
                scaled = normaliser.times(normaliser.exponent_form(inner), exponent)
                powers.append({((atom, p.as_exponent(scaled)),): Fraction(1)})
        if coefficient < 0:
            powers.append({((S.NegativeOne, number),): Fraction(1)})
        if abs(coefficient) != 1:
            powers.append(normaliser.exponential(normaliser.times(exponent, log_number(abs(coefficient)))))
        return normaliser.times(*powers)
    return p.atom_power(plain, number)


def _positive_part_out(normaliser: Normaliser, base: Poly, exponent: Expr) -> Poly:
    """(a·b)^r = a^r·b^r for a > 0, whatever b and r are."""
    ((monomial, coefficient),) = base.items()
    outside = tuple(f for f in monomial if f[0] is S.Exp1 or normaliser.signs.positive(f[0]))
    positive: Poly = {outside: abs(coefficient)}
    rest = p.monomial_expression(tuple(f for f in monomial if f not in outside), Fraction(1 if coefficient > 0 else -1))
    power = normaliser.exponential(normaliser.times(normaliser.form(exponent), normaliser.logarithm(positive)))
    return normaliser.times(power, p.atom_power(rest, exponent))


def _abs(normaliser: Normaliser, expression: Expr) -> Poly:
    argument = expression.args[0]
    if argument.is_real is False or argument.has(S.ImaginaryUnit):
        return opaque(normaliser, expression)
    if normaliser.signs.nonnegative(argument):
        return normaliser.form(argument)
    return normaliser.power(normaliser.power(normaliser.form(argument), Fraction(2)), Fraction(1, 2))


def _of_angles(normaliser: Normaliser, expression: Expr) -> tuple[Poly, Poly]:
    """(cos, sin) of a sum of angles through those of its terms: cos(a+b) = cos a·cos b − sin a·sin b."""
    angles = normaliser.form(expression.args[0])
    if len(angles) > MAX_ANGLES:
        raise TooLarge("the number of angles in a cosine", len(angles), MAX_ANGLES)
    even, odd = p.constant(1), p.constant(0)
    for monomial, coefficient in angles.items():
        angle = p.monomial_expression(monomial, abs(coefficient))
        wave, other = cos(angle), sin(angle)
        c = p.atom_power(wave) if isinstance(wave, cos) else normaliser.form(wave)
        s = p.atom_power(other) if isinstance(other, sin) else normaliser.form(other)
        s = p.scale(s, 1 if coefficient > 0 else -1)
        even, odd = (
            p.add(normaliser.times(even, c), p.scale(normaliser.times(odd, s), -1)),
            p.add(normaliser.times(odd, c), normaliser.times(even, s)),
        )
    return even, odd


def _log(normaliser: Normaliser, expression: Expr) -> Poly:
    """log of positive factors and powers as written, before multiplying out makes one sum of terms of them."""
    if len(expression.args) != 1:
        return opaque(normaliser, expression)
    argument = expression.args[0]
    if isinstance(argument, Mul) and all(map(normaliser.signs.positive, argument.args)):
        return p.add(*(normaliser.form(log(factor)) for factor in argument.args))
    if isinstance(argument, Pow) and argument.exp.is_real and normaliser.signs.positive(argument.base):
        return normaliser.times(normaliser.form(argument.exp), normaliser.form(log(argument.base)))
    return normaliser.logarithm(normaliser.form(argument))


def _delta(normaliser: Normaliser, expression: KroneckerDelta) -> Poly:
    rebuilt = KroneckerDelta(*map(normaliser.canonical, expression.args[:2]))
    if not isinstance(rebuilt, KroneckerDelta):
        return normaliser.form(rebuilt)
    return p.atom_power(rebuilt)


HANDLERS: dict[type, Callable[[Normaliser, Expr], Poly]] = {
    Rational: _number,
    Add: lambda n, e: p.add(*map(n.form, e.args)),
    Mul: lambda n, e: n.times(*map(n.form, e.args)),
    exp: lambda n, e: n.exponential(n.form(e.args[0])),
    type(S.Exp1): lambda n, e: n.exponential(p.constant(1)),
    Pow: _pow,
    log: _log,
    Abs: _abs,
    sin: lambda n, e: _of_angles(n, e)[1],
    cos: lambda n, e: _of_angles(n, e)[0],
    Indexed: _indexed,
    KroneckerDelta: _delta,
    Sum: normal_sum,
    Product: normal_product,
}
"""The normal form of a node by its type; a node of any other type is an atom, its arguments in normal form."""
