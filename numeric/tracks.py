"""What is remembered of one function of the observations: a sum, sums of powers from a pivot, a spread, an extreme.

A track looks at a block (`part`), takes in what it saw (`join`), and takes in another track of its kind (`merge`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from numeric.pointwise import Pointwise

Array = NDArray[Any]
_add_up = np.add.reduce


def smallest(block: Array) -> float:
    """The smallest entry, or NaN where there is one; through its position, which takes less to ask for than a minimum."""
    found: float = block.item(block.argmin())
    return found


def largest(block: Array) -> float:
    """The largest entry, or NaN where there is one."""
    found: float = block.item(block.argmax())
    return found


class Pair:
    """A sum of floats as its rounded value and what rounding left over: exact to twice the digits of a float."""

    __slots__ = ("high", "low")

    def __init__(self) -> None:
        self.high = self.low = 0.0

    def add(self, more: float) -> None:
        """Knuth's two-sum."""
        high = self.high
        total = high + more
        moved = total - high
        self.low += (high - (total - moved)) + (more - moved)
        self.high = total

    def add_exactly(self, more: Fraction) -> None:
        """Add a rational number, to twice the digits of a float."""
        rounded = float(more)
        self.add(rounded)
        self.low += float(more - Fraction(rounded))

    @property
    def exact(self) -> Fraction:
        """Its value."""
        return Fraction(self.high) + Fraction(self.low)


@dataclass
class Total:
    """Σ t(xᵢ)."""

    function: Pointwise
    sum: Pair = field(default_factory=Pair)

    def part(self, block: Array) -> float:
        """Σ t over a block."""
        return float(_add_up(self.function(block)))

    def join(self, part: float, count: int, before: int) -> None:
        """Take in Σ t of `count` observations."""
        self.sum.add(part)

    def merge(self, other: Total, count: int, before: int) -> None:
        """Take in another track."""
        self.sum.add_exactly(other.sum.exact)

    def exact(self, power: int, count: int) -> Fraction:
        """Σ t as a rational number."""
        return self.sum.exact


@dataclass
class Powers:
    """Σ (t − c)ᵐ for m = 1 … degree, c a pivot near the data: Σ tᵐ follows exactly, and nothing cancels far from zero."""

    function: Pointwise
    degree: int
    pivot: float | None = None
    sums: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        self.sums = tuple(Pair() for _ in range(self.degree))

    def part(self, block: Array) -> float | tuple[float, ...]:
        """The sums of powers over a block."""
        values = self.function(block)
        if self.pivot is None:
            self.pivot = _middle(values)
        away = values - self.pivot
        if self.degree == 1:
            return float(_add_up(away))
        found, power = [float(_add_up(away))], away
        for _ in range(1, self.degree):
            power = power * away
            found.append(float(_add_up(power)))
        return tuple(found)

    def join(self, part: float | tuple[float, ...], count: int, before: int) -> None:
        """Take in the sums of a block."""
        for own, more in zip(self.sums, part if isinstance(part, tuple) else (part,), strict=True):
            own.add(more)

    def merge(self, other: Powers, count: int, before: int) -> None:
        """Take in another track, its sums carried to this pivot."""
        if self.pivot is None:
            self.pivot = other.pivot
        shift = Fraction(other.pivot or 0.0) - Fraction(self.pivot or 0.0)
        for power, own in enumerate(self.sums, 1):
            own.add_exactly(_about(other.sums, shift, power, count))

    def exact(self, power: int, count: int) -> Fraction:
        """Σ t**power as a rational number."""
        return _about(self.sums, Fraction(self.pivot or 0.0), power, count)


def _about(sums: tuple[Pair, ...], shift: Fraction, power: int, count: int) -> Fraction:
    """Σ (d + shift)**power from the sums Σ dᵐ."""
    terms = (comb(power, m) * shift ** (power - m) * (sums[m - 1].exact if m else count) for m in range(power + 1))
    return sum(terms, Fraction(0))


@dataclass
class Spread:
    """Σ (t − mean)² and Σ (t − c) from a pivot c, by Chan's rule for two parts."""

    function: Pointwise
    pivot: float | None = None
    sum: Pair = field(default_factory=Pair)
    spread: float = 0.0

    def part(self, block: Array) -> tuple[float, float]:
        """Σ (t − c) and the spread of a block."""
        values = self.function(block)
        if self.pivot is None:
            self.pivot = _middle(values)
        away = values - self.pivot
        total = float(_add_up(away))
        return total, _spread(away, total)

    def join(self, part: tuple[float, float], count: int, before: int) -> None:
        """What two parts vary within, and by how much their means differ."""
        more, spread = part
        if before:
            gap = more / count - self.sum.high / before
            spread += self.spread + gap * gap * before * count / (before + count)
        self.spread = spread
        self.sum.add(more)

    def merge(self, other: Spread, count: int, before: int) -> None:
        """Take in another track, its sum carried to this pivot."""
        if self.pivot is None:
            self.pivot = other.pivot
        shift = Fraction(other.pivot or 0.0) - Fraction(self.pivot or 0.0)
        more = other.sum.exact + count * shift
        self.join((float(more), other.spread), count, before)
        self.sum.low += float(more - Fraction(float(more)))

    def exact(self, power: int, count: int) -> Fraction:
        """Σ t as a rational number."""
        return Fraction(self.pivot or 0.0) * count + self.sum.exact


@dataclass
class Extreme:
    """The largest or the smallest observation."""

    part: Callable[[Array], float]
    choose: Callable[[float, float], float]
    value: float | None = None

    def join(self, part: float, count: int, before: int) -> None:
        """Take in the extreme of a block."""
        self.value = part if self.value is None else self.choose(self.value, part)

    def merge(self, other: Extreme, count: int, before: int) -> None:
        """Take in another track."""
        if other.value is not None:
            self.join(other.value, count, before)


Track: TypeAlias = Total | Powers | Spread | Extreme


def _middle(values: Array) -> float:
    """The value nearest the mean: differences from it are exact for whole numbers, and zero where all values are equal."""
    found: float = values.item(np.abs(values - _add_up(values) / len(values)).argmin())
    return found


def _spread(away: Array, total: float) -> float:
    """Σ (a − ā)² of a block, given Σ a; `away` is used up. In one pass where the mean is small beside the spread."""
    n = len(away)
    mean = total / n
    if mean:
        squared = np.square(away)
        about = float(_add_up(squared))
        if not total * mean > 0.01 * about:
            return about - total * mean
        away -= mean
    np.square(away, out=away)
    return float(_add_up(away))
