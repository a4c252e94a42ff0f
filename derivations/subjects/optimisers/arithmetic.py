"""Values of expressions on small numbers: exact Fractions while everything is rational, 50 digits beyond."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import Any

from mpmath import mp, mpf
from sympy import Abs, Add, Expr, Max, Mul, Pow, Rational, Symbol, sign
from sympy.core.function import AppliedUndef

Number = Any
"""A Fraction where every operation so far was rational, else an mpmath number of DIGITS digits."""

Ask = Callable[[str, tuple[Number, ...]], Number]
"""The value of an oracle, by name, at a point."""

Compiled = Callable[[Mapping[str, Number], Ask], Number]

MAX_BITS = 40_000
DIGITS = 50
APART = mpf(10) ** -30
"""Irrational values count as different when they differ by more than this, relatively; 50 digits are carried."""


@lru_cache(maxsize=4096)
def compiled(expression: Expr) -> Compiled:
    """The expression as a function of the values of its letters and of an oracle; exact as long as it is rational."""
    if isinstance(expression, Symbol):
        name = expression.name
        return lambda env, ask: env[name]
    if isinstance(expression, Rational):
        number = Fraction(int(expression.p), int(expression.q))
        return lambda env, ask: number
    parts = tuple(map(compiled, expression.args))
    if isinstance(expression, (Add, Mul)):
        first, *rest = parts
        combine = plus if isinstance(expression, Add) else times

        def folded(env: Mapping[str, Number], ask: Ask) -> Number:
            total = first(env, ask)
            for part in rest:
                total = combine(total, part(env, ask))
            return total

        return folded
    if isinstance(expression, AppliedUndef):
        oracle = expression.func.__name__
        return lambda env, ask: ask(oracle, tuple([part(env, ask) for part in parts]))
    operation = _OPERATIONS[type(expression) if type(expression) in _OPERATIONS else Pow]
    return lambda env, ask: operation(*(part(env, ask) for part in parts))


class NumberTooLarge(ValueError):
    """An exact number with more than MAX_BITS binary digits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        super().__init__(f"a number of {bits} binary digits; at most {MAX_BITS} are carried")


def times(left: Number, right: Number) -> Number:
    """The product; exactly zero where a factor is. Raises: NumberTooLarge."""
    if left == 0 or right == 0:
        return _ZERO
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return _bounded(left * right)
    return floating(left) * floating(right)


def plus(left: Number, right: Number) -> Number:
    """The sum. Raises: NumberTooLarge."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return _bounded(left + right)
    return floating(left) + floating(right)


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _bounded(number: Fraction) -> Fraction:
    if _bits(number) > MAX_BITS:
        raise NumberTooLarge(_bits(number))
    return number


def power(base: Number, exponent: Number) -> Number:
    """base**exponent; a root of a rational square stays rational.

    Raises: ValueError for a root of a negative number, ZeroDivisionError, NumberTooLarge.
    """
    if isinstance(base, Fraction) and exponent.denominator == 1:
        if _bits(base) > 1 and _bits(base) * abs(exponent) > MAX_BITS:
            raise NumberTooLarge(int(_bits(base) * abs(exponent)))
        return base ** int(exponent)
    if isinstance(base, Fraction) and exponent.denominator == 2:
        if base < 0:
            raise ValueError(f"the root of {base}")
        roots = isqrt(base.numerator), isqrt(base.denominator)
        if roots[0] ** 2 == base.numerator and roots[1] ** 2 == base.denominator:
            return Fraction(*roots) ** int(exponent.numerator)
    base = floating(base)
    if base < 0 and exponent.denominator != 1:
        raise ValueError(f"a root of {base}")
    return mp.power(base, mpf(exponent.numerator) / exponent.denominator)


_ZERO = Fraction(0)
_OPERATIONS: dict[type, Callable[..., Number]] = {
    Pow: power,
    Abs: abs,
    Max: max,
    sign: lambda x: Fraction((x > 0) - (x < 0)),
}


def floating(value: Number) -> Any:
    """The value as an mpmath number."""
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def differ(left: Number, right: Number) -> bool:
    """Whether two values differ: exactly where both are rational, beyond rounding otherwise."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left != right
    with mp.workdps(DIGITS):
        one, other = floating(left), floating(right)
        return bool(abs(one - other) > APART * max(1, abs(one), abs(other)))


def shown(value: Number) -> str:
    """A number as people write it; irrational ones to 12 digits."""
    return str(value) if isinstance(value, (Fraction, int)) else str(mp.nstr(value, 12))
