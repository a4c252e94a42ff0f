"""Laurent polynomials over opaque atoms: the arithmetic under the normal form.

A monomial is a tuple of (atom, exponent) pairs, sorted by the atom's name; exponents are Fractions, or SymPy expressions
where symbolic. A polynomial maps monomials to non-zero Fractions. The atom E carries the product of all exponentials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S

Exponent: TypeAlias = Fraction | Expr
Monomial: TypeAlias = tuple[tuple[Expr, Exponent], ...]
Poly: TypeAlias = dict[Monomial, Fraction]
ONE: Monomial = ()


@lru_cache(maxsize=65536)
def name_of(atom: Expr) -> str:
    """A text that orders atoms; deterministic across runs, unlike hashes."""
    return str(atom)


def constant(number: int | Fraction) -> Poly:
    """The constant polynomial."""
    return {ONE: Fraction(number)} if number else {}


def atom_power(atom: Expr, exponent: Exponent = Fraction(1)) -> Poly:
    """The polynomial atom**exponent."""
    return {((atom, exponent),): Fraction(1)}


def add(*polys: Poly) -> Poly:
    """The sum of polynomials."""
    total: Poly = {}
    for poly in polys:
        for monomial, coefficient in poly.items():
            value = total.get(monomial, Fraction(0)) + coefficient
            if value:
                total[monomial] = value
            else:
                total.pop(monomial, None)
    return total


def scale(poly: Poly, factor: Fraction | int) -> Poly:
    """The polynomial times a number."""
    return {monomial: coefficient * factor for monomial, coefficient in poly.items()} if factor else {}


def sort_factors(factors: Iterable[tuple[Expr, Exponent]]) -> Monomial:
    """The factors as a monomial; zero exponents are dropped. No atom may occur twice."""
    kept = [(atom, exponent) for atom, exponent in factors if exponent != 0]
    return tuple(sorted(kept, key=lambda factor: name_of(factor[0])))


def as_rational(number: Fraction) -> Expr:
    """A Fraction as a SymPy number."""
    return Integer(number.numerator) if number.denominator == 1 else Rational(number.numerator, number.denominator)


def as_exponent(poly: Poly) -> Exponent:
    """A polynomial as an exponent: a Fraction where it is a number."""
    if not poly:
        return Fraction(0)
    return poly[ONE] if set(poly) == {ONE} else to_expression(poly)


def exponent_expression(exponent: Exponent) -> Expr:
    """An exponent as a SymPy expression."""
    return as_rational(exponent) if isinstance(exponent, Fraction) else exponent


def monomial_expression(monomial: Monomial, coefficient: Fraction = Fraction(1)) -> Expr:
    """coefficient · Π atom**exponent as a SymPy expression."""
    powers = [Pow(atom, exponent_expression(exponent)) for atom, exponent in monomial]
    return Mul(as_rational(coefficient), *powers)


def to_expression(poly: Poly) -> Expr:
    """The polynomial as a SymPy expression, terms in the order of their names."""
    ordered = sorted(poly.items(), key=lambda term: monomial_name(term[0]))
    return Add(*(monomial_expression(monomial, coefficient) for monomial, coefficient in ordered)) if poly else S.Zero


@lru_cache(maxsize=65536)
def monomial_name(monomial: Monomial) -> str:
    """A text that orders monomials."""
    return "*".join(f"{name_of(atom)}^{exponent}" for atom, exponent in monomial)


def leading(poly: Poly) -> tuple[Monomial, Fraction]:
    """The first term in the order of names: what fixes the sign of a primitive part."""
    first = min(poly, key=monomial_name)
    return first, poly[first]


def product_of_monomials(
    first: Monomial, second: Monomial, add_exponents: Callable[[Exponent, Exponent], Exponent]
) -> Monomial:
    """Exponents added atom by atom; symbolic ones by `add_exponents`."""
    if not first or not second:
        return first or second
    powers = dict(first)
    for atom, exponent in second:
        old = powers.get(atom)
        if old is None:
            powers[atom] = exponent
        elif isinstance(old, Fraction) and isinstance(exponent, Fraction):
            powers[atom] = old + exponent
        else:
            powers[atom] = add_exponents(old, exponent)
    return sort_factors(powers.items())


def common_monomial(poly: Poly) -> Monomial:
    """The largest monomial that divides every term; a symbolic exponent is common only where it is the same."""
    terms = [dict(monomial) for monomial in poly]
    shared: list[tuple[Expr, Exponent]] = []
    for atom in {atom: None for term in terms for atom in term}:
        exponents = [term.get(atom, Fraction(0)) for term in terms]
        if all(isinstance(exponent, Fraction) for exponent in exponents):
            shared.append((atom, min(exponents)))
        elif all(exponent == exponents[0] for exponent in exponents):
            shared.append((atom, exponents[0]))
    return sort_factors(shared)
