"""The normal form of expressions with indexed sums: what decides equality.

An expression becomes a Laurent polynomial (`core.polynomial`) over opaque atoms. Sums are pushed through +, free
factors pulled out, indicators contracted, bound indices renamed to canonical names; exponentials are gathered into one,
logarithms of positive products are split. Two expressions with the same polynomial are equal wherever both are defined;
what the contraction of an indicator took for granted about ranges is recorded in `obligations`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Indexed,
    Integer,
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
    factorint,
    log,
    sin,
)  # fmt: skip
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols
from derivations.core.polynomial import Exponent, Monomial, Poly
from derivations.core.signs import Signs
from derivations.core.statements import InRange
from derivations.core.symbols import Declarations

MAX_TERMS = 4000
MAX_POWER = 12
MAX_DIGITS = 4000
MAX_ANGLES = 4


class TooLarge(ArithmeticError):
    """A normal form grew past its cap; the question stays undecided."""

    def __init__(self, what: str, found: int, cap: int) -> None:
        self.what, self.found, self.cap = what, found, cap
        super().__init__(f"normal form: {what} is {found}, more than {cap}; split the expression into smaller steps")


class UndefinedForm(ArithmeticError):
    """The expression is defined nowhere: a division by zero or the logarithm of zero."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"normal form: {what}; check the expression's denominators and logarithms")


class Normaliser:
    """Computes normal forms under one set of declarations and conditions; results are cached inside."""

    def __init__(self, declarations: Declarations, conditions: Iterable[Expr] = ()) -> None:
        self.declarations = declarations
        unit = (entry.head for entry in declarations if entry.domain.kind == "unit-interval")
        self.signs = Signs(conditions, unit, declarations)
        self._cache: dict[Basic, tuple[Poly, frozenset[InRange]]] = {}
        self._obligations: list[set[InRange]] = [set()]

    @property
    def obligations(self) -> frozenset[InRange]:
        """Range conditions that the normal forms computed so far rest on and the declarations do not give."""
        return frozenset(self._obligations[0])

    def oblige(self, condition: InRange) -> None:
        """Record a range condition that is taken for granted."""
        self._obligations[-1].add(condition)

    def remember(self, atom: Expr) -> Poly:
        """Register an expression already in canonical form as an atom of its own."""
        poly = p.atom_power(atom)
        self._cache[atom] = (poly, frozenset())
        return poly

    def form(self, expression: Expr) -> Poly:
        """The normal form as a polynomial over atoms."""
        found = self._cache.get(expression)
        if found is None:
            self._obligations.append(set())
            try:
                poly = self._compute(expression)
            finally:
                used = self._obligations.pop()
            if len(poly) > MAX_TERMS:
                raise TooLarge("the number of terms", len(poly), MAX_TERMS)
            found = self._cache[expression] = (poly, frozenset(used))
        self._obligations[-1] |= found[1]
        return found[0]

    def expression(self, expression: Expr) -> Expr:
        """The normal form as a SymPy expression."""
        return p.to_expression(self.form(expression))

    def with_ranges(self, expression: Expr) -> tuple[Expr, frozenset[InRange]]:
        """The normal form as a SymPy expression, and the range conditions that it rests on."""
        found = self.expression(expression)
        return found, self._cache[expression][1]

    def _compute(self, expression: Expr) -> Poly:
        for kind, handler in _HANDLERS.items():
            if isinstance(expression, kind):
                return handler(self, expression)
        return _opaque(self, expression)

    # ------------------------------------------------------------------ arithmetic that needs normal forms

    def add_exponents(self, first: Exponent, second: Exponent) -> Exponent:
        """The sum of two exponents, canonical; a numeric one as a Fraction."""
        total = p.add(self._exponent_form(first), self._exponent_form(second))
        return _as_exponent(total)

    def _exponent_form(self, exponent: Exponent) -> Poly:
        return p.constant(exponent) if isinstance(exponent, Fraction) else self.form(exponent)

    def times(self, *polys: Poly) -> Poly:
        """The product of polynomials, expanded."""
        result = p.constant(1)
        for poly in polys:
            if len(result) * len(poly) > 16 * MAX_TERMS:
                raise TooLarge("a product's number of terms", len(result) * len(poly), 16 * MAX_TERMS)
            terms: Poly = {}
            for first, a in result.items():
                for second, b in poly.items():
                    for monomial, c in self._tidy(p.product_of_monomials(first, second, self.add_exponents)).items():
                        value = terms.get(monomial, Fraction(0)) + a * b * c
                        if value:
                            terms[monomial] = value
                        else:
                            terms.pop(monomial, None)
            result = terms
        return result

    def _tidy(self, monomial: Monomial) -> Poly:
        """Restore what multiplication may break: δ² = δ, (a+b)^n expanded, integer roots, indicators resolved."""
        for atom, exponent in monomial:
            if not isinstance(exponent, Fraction):
                continue
            composite = isinstance(atom, (Mul, Pow)) and not -1 < exponent < 1
            if composite or (isinstance(atom, Add) and exponent >= 1):
                return self._take_out_whole(monomial, atom, exponent)
            if isinstance(atom, Integer) and not 0 < exponent < 1:
                whole = exponent.numerator // exponent.denominator
                if not atom and whole < 0:
                    raise UndefinedForm("division by an expression that is identically zero")
                rest = [(a, exponent - whole if a is atom else e) for a, e in monomial]
                return p.scale(self._tidy(p.sort_factors(rest)), Fraction(int(atom)) ** whole)
        if any(isinstance(atom, KroneckerDelta) for atom, _ in monomial):
            from derivations.core.deltas import resolve

            return resolve(self, monomial)
        return {monomial: Fraction(1)}

    def _take_out_whole(self, monomial: Monomial, atom: Expr, exponent: Fraction) -> Poly:
        """A composite atom's power split into an expanded whole power and a fractional one that stays opaque."""
        whole = Fraction(math.trunc(exponent))
        rest = [(a, exponent - whole if a is atom else e) for a, e in monomial]
        return self.times(self._tidy(p.sort_factors(rest)), self.power(self.form(atom), whole))

    def power(self, poly: Poly, exponent: Fraction) -> Poly:
        """poly**exponent for a numeric exponent."""
        if exponent == 0:
            return p.constant(1)
        if not poly:
            if exponent < 0:
                raise UndefinedForm("division by an expression that is identically zero")
            return {}
        if len(poly) == 1:
            ((monomial, coefficient),) = poly.items()
            return self._monomial_power(monomial, coefficient, exponent)
        if exponent.denominator == 1 and exponent > 0:
            if exponent > MAX_POWER:
                raise TooLarge("the power of a sum of terms", int(exponent), MAX_POWER)
            return self.times(*[poly] * int(exponent))
        content, primitive = self._split_content(poly, exponent)
        atom = p.to_expression(primitive)
        self._cache.setdefault(atom, (primitive, frozenset()))
        base = self._tidy(((atom, exponent),)) if len(primitive) > 1 else self.power(primitive, exponent)
        return self.times(self.power(content, exponent), base)

    def _split_content(self, poly: Poly, exponent: Fraction) -> tuple[Poly, Poly]:
        """poly = content · primitive, where content**exponent may be taken apart from the rest."""
        monomial = p.common_monomial(poly)
        if exponent.denominator != 1:
            monomial = tuple(f for f in monomial if f[0] is S.Exp1 or self.signs.positive(f[0]))
        reduced = self._divided(poly, monomial)
        _, coefficient = p.leading(reduced)
        number = abs(coefficient) if exponent.denominator != 1 else coefficient
        return {monomial: number}, p.scale(reduced, 1 / number)

    def _divided(self, poly: Poly, monomial: Monomial) -> Poly:
        inverse = p.sort_factors((a, _times_exponent(self, e, Fraction(-1))) for a, e in monomial)
        return self.times(poly, {inverse: Fraction(1)})

    def _monomial_power(self, monomial: Monomial, coefficient: Fraction, exponent: Fraction) -> Poly:
        if exponent.denominator == 1:
            if abs(exponent) * _digits(coefficient) > MAX_DIGITS:
                raise TooLarge("the number of digits", int(abs(exponent) * _digits(coefficient)), MAX_DIGITS)
            scaled = [(a, _times_exponent(self, e, exponent)) for a, e in monomial]
            tidied = self._tidy(p.sort_factors(scaled))
            return p.scale(tidied, coefficient**exponent.numerator)
        outside: list[Poly] = []
        inside: list[tuple[Expr, Exponent]] = []
        for atom, inner in monomial:
            plain = self.signs.nonnegative(atom) if isinstance(inner, Fraction) else bool(atom.is_nonnegative and inner.is_real)
            if atom is S.Exp1 or plain or self.signs.positive(atom):
                outside.append(self._tidy(p.sort_factors([(atom, _times_exponent(self, inner, exponent))])))
            elif isinstance(inner, Fraction) and inner.denominator == 1 and inner % 2 == 0 and atom.is_real is not False:
                outside.append(self._tidy(((Pow(atom, 2), inner * exponent / 2),)))  # a square is not negative
            else:
                inside.append((atom, inner))
        outside.append(_number_power(abs(coefficient), exponent))
        if coefficient < 0 or inside:
            rest = p.monomial_expression(p.sort_factors(inside), Fraction(-1 if coefficient < 0 else 1))
            outside.append(self._tidy(((rest, exponent),)) if rest is not S.NegativeOne else
                           p.atom_power(rest, exponent % 2))  # fmt: skip
        return self.times(*outside)

    def exponential(self, poly: Poly) -> Poly:
        """exp(poly): logarithms with a numeric coefficient come out as powers, the rest stays one exponent of E."""
        powers: list[Poly] = []
        rest: Poly = {}
        for monomial, coefficient in poly.items():
            if len(monomial) == 1 and isinstance(monomial[0][0], log) and monomial[0][1] == 1:
                powers.append(self.power(self.form(monomial[0][0].args[0]), coefficient))
            else:
                rest[monomial] = coefficient
        if rest:
            powers.append({((S.Exp1, _as_exponent(rest)),): Fraction(1)})
        return self.times(*powers)

    def logarithm(self, poly: Poly) -> Poly:
        """log(poly): positive factors split off, the remainder one opaque logarithm."""
        if not poly:
            raise UndefinedForm("logarithm of an expression that is identically zero")
        content, primitive = (poly, p.constant(1)) if len(poly) == 1 else self._positive_content(poly)
        terms: list[Poly] = []
        remaining: list[tuple[Expr, Exponent]] = []
        (monomial, coefficient), = content.items()
        for atom, exponent in monomial:
            if atom is S.Exp1:
                terms.append(self._exponent_form(exponent))
            elif self.signs.positive(atom):
                terms.append(self.times(self._exponent_form(exponent), p.atom_power(log(atom, evaluate=False))))
            else:
                remaining.append((atom, exponent))
        terms.append(_log_number(abs(coefficient)))
        opaque = p.to_expression(self.times(
            {p.sort_factors(remaining): Fraction(-1 if coefficient < 0 else 1)}, primitive))  # fmt: skip
        if opaque != 1:
            atom = log(opaque, evaluate=False)
            terms.append(p.atom_power(atom))
        return p.add(*terms)

    def _positive_content(self, poly: Poly) -> tuple[Poly, Poly]:
        monomial = tuple(f for f in p.common_monomial(poly) if f[0] is S.Exp1 or self.signs.positive(f[0]))
        reduced = self._divided(poly, monomial)
        number = abs(p.leading(reduced)[1])
        return {monomial: number}, p.scale(reduced, 1 / number)

    def canonical(self, expression: Expr) -> Expr:
        """An index or argument in canonical form; plain symbols and numbers come back as they are."""
        return self.expression(expression) if expression.args else expression


def _times_exponent(normaliser: Normaliser, exponent: Exponent, factor: Fraction) -> Exponent:
    if isinstance(exponent, Fraction):
        return exponent * factor
    return _as_exponent(p.scale(normaliser.form(exponent), factor))


def _as_exponent(poly: Poly) -> Exponent:
    if not poly:
        return Fraction(0)
    return poly[p.ONE] if set(poly) == {p.ONE} else p.to_expression(poly)


def _digits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length()) // 3


def _prime_powers(number: Fraction) -> dict[int, int]:
    """Exponents of a positive rational over small primes; a large cofactor stays whole."""
    powers: dict[int, int] = {}
    for part, sign in ((number.numerator, 1), (number.denominator, -1)):
        for prime, count in factorint(part, limit=1000).items():
            powers[int(prime)] = powers.get(int(prime), 0) + sign * int(count)
    return powers


def _number_power(number: Fraction, exponent: Fraction) -> Poly:
    result = Fraction(1)
    factors: list[tuple[Expr, Exponent]] = []
    for prime, count in _prime_powers(number).items():
        whole, rest = divmod(count * exponent, 1)
        result *= Fraction(prime) ** int(whole)
        factors.append((Integer(prime), rest))
    return {p.sort_factors(factors): result}


def _log_number(number: Fraction) -> Poly:
    powers = _prime_powers(number).items()
    return p.add(*(p.scale(p.atom_power(log(Integer(prime))), count) for prime, count in powers))


# ---------------------------------------------------------------------- one handler a node


def _opaque(normaliser: Normaliser, expression: Expr) -> Poly:
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
    number = _as_exponent(exponent)
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
                scaled = normaliser.times(normaliser._exponent_form(inner), exponent)
                powers.append({((atom, _as_exponent(scaled)),): Fraction(1)})
        if coefficient < 0:
            powers.append({((S.NegativeOne, number),): Fraction(1)})
        if abs(coefficient) != 1:
            powers.append(normaliser.exponential(normaliser.times(exponent, _log_number(abs(coefficient)))))
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
        return _opaque(normaliser, expression)
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
        return _opaque(normaliser, expression)
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


def _sum(normaliser: Normaliser, expression: Sum) -> Poly:
    from derivations.core.sums import normal_sum

    return normal_sum(normaliser, expression)


def _product(normaliser: Normaliser, expression: Product) -> Poly:
    from derivations.core.sums import normal_product

    return normal_product(normaliser, expression)


_HANDLERS: dict[type, Callable[[Normaliser, Expr], Poly]] = {
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
    Sum: _sum,
    Product: _product,
}
