"""Sizes: integers or SymPy expressions, and how a division of sizes is rounded in each of the three views."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from typing import Any

from sympy import Expr, Integer, Max, Min, Rational, ceiling, floor

Size = Any
"""An int (the fast path), a SymPy expression, or another number with + − · / such as a slope."""
Shape = tuple[Size, ...]
Rounding = Callable[[Size, Size], Size]
"""(a, b) → a/b rounded down, as the view has it."""


class BadSize(ValueError):
    """Something that is not a size was given as one."""

    def __init__(self, what: str, found: object) -> None:
        self.what, self.found = what, found
        super().__init__(f"{what}: {found!r} is no size; give an integer or a SymPy expression")


def as_size(value: object, what: str = "size") -> Size:
    """An int for whole numbers, a SymPy expression as it is. Raises: BadSize.

    >>> as_size(Integer(3)), as_size(7)
    (3, 7)
    """
    if isinstance(value, bool) or not isinstance(value, (int, Expr)):
        raise BadSize(what, value)
    return int(value) if isinstance(value, Integer) else value


def floor_down(a: Size, b: Size) -> Size:
    """⌊a/b⌋: the exact view.

    >>> from sympy import Symbol
    >>> floor_down(213, 4), floor_down(Symbol("F", integer=True, positive=True) + 1, 2)
    (53, floor(F/2 + 1/2))
    """
    if type(a) is int and type(b) is int:
        return a // b
    if isinstance(a, Expr) or isinstance(b, Expr):
        return floor(_rational(a) / _rational(b))
    return a // b


def no_rounding(a: Size, b: Size) -> Size:
    """a/b: the continuous relaxation.

    >>> no_rounding(213, 4)
    Fraction(213, 4)
    """
    if isinstance(a, int) and isinstance(b, int):
        return Fraction(a, b) if a % b else a // b
    return _rational(a) / _rational(b) if isinstance(a, Expr) or isinstance(b, Expr) else a / b


def residue_class(remainder: int) -> Rounding:
    """(a − remainder)/b: the floor without a floor, true for all a that leave this remainder.

    >>> residue_class(1)(213, 4)
    53
    """
    return lambda a, b: no_rounding(a - remainder, b)


VIEWS: dict[str, Rounding] = {"exact": floor_down, "continuous": no_rounding}


def _rational(value: Size) -> Expr:
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    return Integer(value) if isinstance(value, int) else value


def round_up(a: Size, b: Size, rounding: Rounding) -> Size:
    """⌈a/b⌉, by the same rounding."""
    if (isinstance(a, Expr) or isinstance(b, Expr)) and rounding is floor_down:
        return ceiling(_rational(a) / _rational(b))
    return -rounding(-a, b)


def smaller(a: Size, b: Size) -> Size:
    """The smaller of two sizes; Min when a symbol leaves it open."""
    return Min(_rational(a), _rational(b)) if isinstance(a, Expr) or isinstance(b, Expr) else min(a, b)


def larger(a: Size, b: Size) -> Size:
    """The larger of two sizes; Max when a symbol leaves it open."""
    return Max(_rational(a), _rational(b)) if isinstance(a, Expr) or isinstance(b, Expr) else max(a, b)


def product_of(sizes: Iterable[Size]) -> Size:
    """The product, 1 for none."""
    return reduce(lambda a, b: a * b, sizes, 1)


def share(total: Size, parts: Size) -> Size:
    """total/parts for sizes that divide; None when whole numbers leave a remainder."""
    if isinstance(total, int) and isinstance(parts, int):
        return None if total % parts else total // parts
    return _rational(total) / _rational(parts) if isinstance(total, Expr) or isinstance(parts, Expr) else total / parts
