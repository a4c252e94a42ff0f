"""Slices: an equation at one instance with one letter left free, as a function of that letter, and its real roots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from itertools import product as each
from typing import Any

import mpmath
from sympy import (
    Abs,
    Basic,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Integral,
    KroneckerDelta,
    Poly,
    PolynomialError,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    fraction,
    gcd,
    lambdify,
    sign,
    together,
)  # fmt: skip
from sympy.polys.polyerrors import CoercionFailed, DomainError, GeneratorsError
from sympy.utilities.iterables import iterable

from numeric.evaluate_slowly import evaluate_slowly

MAX_DEGREE = 12
MAX_UNROLLED = 400
GRID = tuple(mpmath.mpf(k) / 8 + mpmath.mpf(1) / 97 for k in range(-80, 81)) + tuple(
    s * mpmath.mpf(2) ** k for k in range(4, 14) for s in (-1, 1)
)
TOUCHING = mpmath.mpf(10) ** -8
"""How near to each other two roots without a change of sign are the same one."""
TRISECTIONS = 200
CLOSE = mpmath.mpf(10) ** -18
"""Roots are refined to 30 digits; a side vanishes at a root when it is this much smaller than around it."""


class TooLargeToSlice(ValueError):
    """A sum with more terms than a slice may hold."""

    def __init__(self, expression: Basic) -> None:
        self.expression = expression
        super().__init__(f"more than {MAX_UNROLLED} terms in {expression}; use smaller sizes")


def concrete(expression: Basic, values: Mapping[Any, Any], unknown: Basic, letter: Symbol, budget: list[int]) -> Expr:
    """The expression with every letter but one replaced by its value, sums written out.

    unknown: a Symbol, or an entry (base, index,
    …) as an Indexed with whole-number indices. letter: stands for it in the result.
    """
    if expression == unknown:
        return letter
    if isinstance(expression, Symbol):
        value = values[expression]
        return value if isinstance(value, Symbol) else _rational(value)
    if isinstance(expression, Integral):
        return _inner_integral(expression, values, unknown, letter, budget)
    if isinstance(expression, Indexed):
        indices = tuple(int(evaluate_slowly(index, values)) for index in expression.indices)
        if isinstance(unknown, Indexed) and unknown.base == expression.base and tuple(map(int, unknown.indices)) == indices:
            return letter
        array = values[expression.base]
        if any(not 1 <= index <= size for index, size in zip(indices, array.shape, strict=True)):
            raise IndexError(str(expression))
        return _rational(array[tuple(index - 1 for index in indices)])
    if isinstance(expression, (Sum, Product)):
        return _unrolled(expression, values, unknown, letter, budget)
    if isinstance(expression, KroneckerDelta):
        first, second = (evaluate_slowly(side, values) for side in expression.args[:2])
        return Integer(int(first == second))
    if not expression.args:
        return expression
    arguments = [concrete(argument, values, unknown, letter, budget) for argument in expression.args]
    return expression.func(*arguments)


def denominators(
    expression: Basic, values: Mapping[Any, Any], unknown: Basic, letter: Symbol, budget: list[int]
) -> Iterator[Expr]:
    """What the expression divides by, as functions of the letter: also where a zero stands over it."""
    if isinstance(expression, (Sum, Product)):
        *inner, (index, low, high) = expression.limits
        body = expression.func(expression.function, *inner) if inner else expression.function
        for value in range(int(evaluate_slowly(low, values)), int(evaluate_slowly(high, values)) + 1):
            budget[0] -= 1
            if budget[0] < 0:
                raise TooLargeToSlice(expression)
            yield from denominators(body, {**values, index: value}, unknown, letter, budget)
        return
    if isinstance(expression, Pow) and expression.exp.could_extract_minus_sign():
        yield concrete(expression.base, values, unknown, letter, budget)
    if not isinstance(expression, (Indexed, Integral)):
        for argument in expression.args:
            yield from denominators(argument, values, unknown, letter, budget)


def _inner_integral(expression: Integral, values: Mapping[Any, Any], unknown: Basic, letter: Symbol, budget: list[int]) -> Expr:
    """An integral inside: its own letter stays."""
    variable, *ends = expression.limits[0]
    inner = Symbol(f"{variable.name}_{budget[0]}", real=True)
    body = concrete(expression.function, {**values, variable: inner}, unknown, letter, budget)
    return Integral(body, (inner, *(concrete(end, values, unknown, letter, budget) for end in ends)))


def _unrolled(expression: Sum | Product, values: Mapping[Any, Any], unknown: Basic, letter: Symbol, budget: list[int]) -> Expr:
    *inner, (index, low, high) = expression.limits
    body = expression.func(expression.function, *inner) if inner else expression.function
    parts = []
    for value in range(int(evaluate_slowly(low, values)), int(evaluate_slowly(high, values)) + 1):
        budget[0] -= 1
        if budget[0] < 0:
            raise TooLargeToSlice(expression)
        parts.append(concrete(body, {**values, index: value}, unknown, letter, budget))
    total: Expr = Integer(0) if isinstance(expression, Sum) else Integer(1)
    for part in parts:
        total = total + part if isinstance(expression, Sum) else total * part
    return total


def _rational(value: Any) -> Expr:
    if isinstance(value, (int, Fraction)):
        return Rational(value.numerator, value.denominator)
    return Rational(str(value)) if not hasattr(value, "item") else _rational(value.item())


@dataclass(frozen=True)
class Slice:
    """A function of one letter, within the domain of that letter."""

    expression: Expr
    letter: Symbol
    kind: str

    def inside(self, value: Any) -> bool:
        """Whether a value lies in the domain of the letter."""
        if self.kind == "positive":
            return bool(value > 0)
        if self.kind == "nonnegative":
            return bool(value >= 0)
        if self.kind in ("unit-interval", "simplex"):
            return bool(0 < value < 1)
        if self.kind in ("integer", "natural", "size"):
            whole = abs(value - round(value)) < 1e-9
            return bool(whole and value >= {"integer": -(10**9), "natural": 0, "size": 1}[self.kind])
        return True

    @cached_property
    def function(self) -> Any:
        """The slice as a function of mpmath numbers."""
        return lambdify([self.letter], self.expression, modules="mpmath")

    def at(self, value: Any) -> Any:
        """The real value at a point; None where there is none."""
        try:
            with mpmath.workdps(40):
                found = self.function(
                    mpmath.mpf(value) if not isinstance(value, Fraction) else mpmath.mpf(value.numerator) / value.denominator
                )
        except (ZeroDivisionError, ValueError, OverflowError, TypeError, NameError):
            return None
        if isinstance(found, mpmath.mpc):
            return found.real if abs(found.imag) < CLOSE * max(1, abs(found.real)) else None
        if iterable(found) or not mpmath.isfinite(found):
            return None
        return mpmath.mpf(found)

    @cached_property
    def polynomial(self) -> Poly | None:
        """The numerator without the roots of the denominator, square-free, when the slice is rational; None otherwise."""
        if self.expression.has(Abs, sign):
            return None
        try:
            top, bottom = fraction(together(self.expression))
            poly, below = Poly(top, self.letter, domain="QQ"), Poly(bottom, self.letter, domain="QQ")
        except (PolynomialError, CoercionFailed, DomainError, GeneratorsError):
            return None
        if poly.degree() > MAX_DEGREE:
            return None
        if poly.is_zero:
            return poly
        poly = poly.sqf_part()
        shared = gcd(poly, below)
        return poly.quo(shared) if shared.degree() > 0 else poly

    @cached_property
    def roots(self) -> tuple[Any, ...]:
        """The real roots in the domain: all of them for a rational slice, those found by scanning for any other."""
        poly = self.polynomial
        if poly is not None:
            if poly.degree() < 1:
                return ()
            found = [mpmath.mpf(str(root.evalf(35))) if not root.is_Rational else mpmath.mpf(int(root.p)) / int(root.q)
                     for root in _real_roots(poly)]  # fmt: skip
        else:
            found = [*self._scanned(), *self.touched]
        return tuple(root for root in found if self.inside(root))

    def _scanned(self) -> list[Any]:
        points = sorted(point for point in GRID if self.inside_open(point))
        found: list[Any] = []
        with mpmath.workdps(40):
            values = [(point, self.at(point)) for point in points]
            for (a, fa), (b, fb) in pairwise(values):
                if fa is None or fb is None or fa * fb > 0:
                    continue
                root = self._bisected(a, b, fa)
                if root is not None and not any(abs(root - other) < CLOSE for other in found):
                    found.append(root)
        return found

    @cached_property
    def touched(self) -> tuple[Any, ...]:
        """Roots without a change of sign, known to half the digits, of a slice that is not rational."""
        if self.polynomial is not None:
            return ()
        found: list[Any] = []
        with mpmath.workdps(40):
            values = [(point, self.at(point)) for point in sorted(point for point in GRID if self.inside_open(point))]
            for (a, fa), (_, fb), (c, fc) in zip(values, values[1:], values[2:], strict=False):
                touches = None not in (fa, fb, fc) and fa * fb > 0 and fb * fc > 0 and abs(fb) <= min(abs(fa), abs(fc))
                root = self._touched(a, c, max(abs(fa), abs(fc))) if touches else None
                if root is not None and not any(abs(root - other) < TOUCHING for other in found):
                    found.append(root)
        return tuple(root for root in found if self.inside(root))

    def _touched(self, low: Any, high: Any, scale: Any) -> Any:
        """A root that the slice touches without a change of sign, as cos u − 1 does; None where it stays away from zero."""
        for _ in range(TRISECTIONS):
            left, right = low + (high - low) / 3, high - (high - low) / 3
            at_left, at_right = self.at(left), self.at(right)
            if at_left is None or at_right is None:
                return None
            low, high = (low, right) if abs(at_left) <= abs(at_right) else (left, high)
        place = mpmath.mpf(round((low + high) / 2 * 10**6)) / 10**6
        middle = place if abs(place - low) < TOUCHING else (low + high) / 2
        value = self.at(middle)
        return middle if value is not None and abs(value) < CLOSE * scale else None

    def inside_open(self, value: Any) -> bool:
        """Whether a value lies in the domain, whole numbers aside."""
        return Slice(self.expression, self.letter, "real" if self.kind in ("integer", "natural", "size") else self.kind).inside(
            value
        )

    def _bisected(self, low: Any, high: Any, at_low: Any) -> Any:
        start = max(abs(at_low), mpmath.mpf(1))
        for _ in range(130):
            middle = (low + high) / 2
            value = self.at(middle)
            if value is None:
                return None
            if value == 0:
                return middle
            if (value > 0) == (at_low > 0):
                low = middle
            else:
                high = middle
        value = self.at(low)
        return low if value is not None and abs(value) < CLOSE * start else None

    def vanishes(self, value: Any) -> bool | None:
        """Whether the slice is zero at a point, to 18 digits of its size nearby; None where it has no value."""
        found = self.at(value)
        if found is None:
            return None
        step = mpmath.mpf(1) / 1000
        nearby = [abs(other) for other in (self.at(value + step), self.at(value - step)) if other is not None]
        scale = max([*nearby, mpmath.mpf(10) ** -12])
        return bool(abs(found) <= CLOSE * scale)


def nearly_vanishes(part: Slice, value: Any) -> bool:
    """Whether a slice is zero at a point that is known to half the digits: far smaller there than on either side."""
    step = mpmath.mpf(1) / 1000
    found, *nearby = (part.at(value + shift) for shift in (0, step, -step))
    return found is not None and all(other is not None and abs(found) <= TOUCHING * abs(other) for other in nearby)


def _real_roots(poly: Poly) -> list[Any]:
    if poly.degree() <= 2:
        return list(_few_roots(poly))
    return [root for root in poly.nroots(n=35, maxsteps=200) if root.is_real]


def _few_roots(poly: Poly) -> list[Any]:
    from sympy import sqrt

    coefficients = poly.all_coeffs()
    if len(coefficients) == 2:
        return [-coefficients[1] / coefficients[0]]
    a, b, c = coefficients
    discriminant = b * b - 4 * a * c
    return [] if discriminant < 0 else [(-b - sqrt(discriminant)) / (2 * a), (-b + sqrt(discriminant)) / (2 * a)]


def entries(base: IndexedBase, shape: tuple[int, ...]) -> list[Indexed]:
    """The entries of an array, as Indexed with whole-number indices."""
    return [base[place] for place in each(*(range(1, size + 1) for size in shape))]
