"""Exact numbers with a slope: how a count changes with one size, through floors that are taken to be smooth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Slope:
    """value + slope·ε. The value is exact, floors included; the slope is that of the relaxation without floors.

    >>> F = Slope(11, 1)
    >>> (227 - F) // 4 + 1
    Slope(value=55, slope=Fraction(-1, 4))
    """

    value: Number
    slope: Number = 0

    def __add__(self, other: Any) -> Slope:
        a = _lifted(other)
        return Slope(self.value + a.value, self.slope + a.slope)

    def __sub__(self, other: Any) -> Slope:
        a = _lifted(other)
        return Slope(self.value - a.value, self.slope - a.slope)

    def __mul__(self, other: Any) -> Slope:
        a = _lifted(other)
        return Slope(self.value * a.value, self.slope * a.value + self.value * a.slope)

    def __truediv__(self, other: Any) -> Slope:
        a = _lifted(other)
        return Slope(_ratio(self.value, a.value), _slope_of_ratio(self, a))

    def __floordiv__(self, other: Any) -> Slope:
        a = _lifted(other)
        return Slope(self.value // a.value, _slope_of_ratio(self, a))

    def __neg__(self) -> Slope:
        return Slope(-self.value, -self.slope)

    def __pow__(self, exponent: int) -> Slope:
        return Slope(self.value**exponent, exponent * self.value ** (exponent - 1) * self.slope)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Slope:
        return _lifted(other) - self

    def __rtruediv__(self, other: Any) -> Slope:
        return _lifted(other) / self

    def __rfloordiv__(self, other: Any) -> Slope:
        return _lifted(other) // self

    def __lt__(self, other: Any) -> bool:
        return self.value < _lifted(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > _lifted(other).value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Slope, int, Fraction)):
            return NotImplemented
        a = _lifted(other)
        return (self.value, self.slope) == (a.value, a.slope)

    def __hash__(self) -> int:
        return hash((self.value, self.slope)) if self.slope else hash(self.value)


def _lifted(number: Any) -> Slope:
    return number if isinstance(number, Slope) else Slope(number)


def _ratio(a: Number, b: Number) -> Number:
    exact = Fraction(a) / b
    return exact.numerator if exact.denominator == 1 else exact


def _slope_of_ratio(a: Slope, b: Slope) -> Number:
    return _ratio(a.slope * b.value - a.value * b.slope, b.value * b.value) if a.slope or b.slope else 0
