"""Powers and logarithms of rational numbers, over small primes."""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Integer, factorint, log

from derivations.core import polynomial as p
from derivations.core.polynomial import Exponent, Poly


def digits(number: Fraction) -> int:
    """About how many decimal digits the numerator or the denominator has."""
    return max(number.numerator.bit_length(), number.denominator.bit_length()) // 3


def _prime_powers(number: Fraction) -> dict[int, int]:
    """Exponents of a positive rational over small primes; a large cofactor stays whole."""
    powers: dict[int, int] = {}
    for part, sign in ((number.numerator, 1), (number.denominator, -1)):
        for prime, count in factorint(part, limit=1000).items():
            powers[int(prime)] = powers.get(int(prime), 0) + sign * int(count)
    return powers


def number_power(number: Fraction, exponent: Fraction) -> Poly:
    """number**exponent for a positive number: a rational times roots of primes."""
    result = Fraction(1)
    factors: list[tuple[Expr, Exponent]] = []
    for prime, count in _prime_powers(number).items():
        whole, rest = divmod(count * exponent, 1)
        result *= Fraction(prime) ** int(whole)
        factors.append((Integer(prime), rest))
    return {p.sort_factors(factors): result}


def log_number(number: Fraction) -> Poly:
    """log(number) for a positive number, as a sum of logarithms of primes."""
    powers = _prime_powers(number).items()
    return p.add(*(p.scale(p.atom_power(log(Integer(prime))), count) for prime, count in powers))
