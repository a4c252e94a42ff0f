"""The normal form of expressions with indexed sums: what decides equality.

An expression becomes a Laurent polynomial (`core.polynomial`) over opaque atoms. Sums are pushed through +, free
factors pulled out, indicators contracted, bound indices renamed to canonical names; exponentials are gathered into one,
logarithms of positive products are split. Two expressions with the same polynomial are equal wherever both are defined;
what the contraction of an indicator took for granted about ranges is recorded in `obligations`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction

from sympy import Add, Basic, Expr, Integer, KroneckerDelta, Mul, Pow, S, log

from derivations.core import polynomial as p
from derivations.core.deltas import resolve
from derivations.core.limits import MAX_DIGITS, MAX_POWER, MAX_TERMS, TooLarge, UndefinedForm
from derivations.core.nodes import HANDLERS, opaque
from derivations.core.polynomial import Exponent, Monomial, Poly
from derivations.core.primes import digits, log_number, number_power
from derivations.core.signs import Signs
from derivations.core.statements import InRange
from derivations.core.symbols import Declarations

__all__ = ["Normaliser", "TooLarge", "UndefinedForm"]


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

    @contextmanager
    def recording(self) -> Iterator[set[InRange]]:
        """The range conditions that the normal forms computed inside rest on, found again where they are known already."""
        self._obligations.append(set())
        try:
            yield self._obligations[-1]
        finally:
            self._obligations.pop()

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
        for kind, handler in HANDLERS.items():
            if isinstance(expression, kind):
                return handler(self, expression)
        return opaque(self, expression)

    # ------------------------------------------------------------------ arithmetic that needs normal forms

    def add_exponents(self, first: Exponent, second: Exponent) -> Exponent:
        """The sum of two exponents, canonical; a numeric one as a Fraction."""
        total = p.add(self.exponent_form(first), self.exponent_form(second))
        return p.as_exponent(total)

    def _scaled(self, exponent: Exponent, factor: Fraction) -> Exponent:
        if isinstance(exponent, Fraction):
            return exponent * factor
        return p.as_exponent(p.scale(self.form(exponent), factor))

    def exponent_form(self, exponent: Exponent) -> Poly:
        """An exponent as a polynomial."""
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
        inverse = p.sort_factors((a, self._scaled(e, Fraction(-1))) for a, e in monomial)
        return self.times(poly, {inverse: Fraction(1)})

    def _monomial_power(self, monomial: Monomial, coefficient: Fraction, exponent: Fraction) -> Poly:
        if exponent.denominator == 1:
            if abs(exponent) * digits(coefficient) > MAX_DIGITS:
                raise TooLarge("the number of digits", int(abs(exponent) * digits(coefficient)), MAX_DIGITS)
            scaled = [(a, self._scaled(e, exponent)) for a, e in monomial]
            tidied = self._tidy(p.sort_factors(scaled))
            return p.scale(tidied, coefficient**exponent.numerator)
        outside: list[Poly] = []
        inside: list[tuple[Expr, Exponent]] = []
        for atom, inner in monomial:
            plain = self.signs.nonnegative(atom) if isinstance(inner, Fraction) else bool(atom.is_nonnegative and inner.is_real)
            if atom is S.Exp1 or plain or self.signs.positive(atom):
                outside.append(self._tidy(p.sort_factors([(atom, self._scaled(inner, exponent))])))
            elif isinstance(inner, Fraction) and inner.denominator == 1 and inner % 2 == 0 and atom.is_real is not False:
                outside.append(self._tidy(((Pow(atom, 2), inner * exponent / 2),)))  # a square is not negative
            else:
                inside.append((atom, inner))
        outside.append(number_power(abs(coefficient), exponent))
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
            powers.append({((S.Exp1, p.as_exponent(rest)),): Fraction(1)})
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
                terms.append(self.exponent_form(exponent))
            elif self.signs.positive(atom):
                terms.append(self.times(self.exponent_form(exponent), p.atom_power(log(atom, evaluate=False))))
            else:
                remaining.append((atom, exponent))
        terms.append(log_number(abs(coefficient)))
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
