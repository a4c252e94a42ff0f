"""Numbers of the slow evaluator: exact rationals, long floats where they must be, nested dual numbers above both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from numeric.failures import NumberTooLarge, UndefinedValue

MAX_BITS = 100_000
MAX_EXPONENT = 10**15


@dataclass(frozen=True, slots=True)
class Dual:
    """value + tangent·ε with ε² = 0; `level` tells the ε of one derivative from the ε of another around it."""

    level: int
    value: Any
    tangent: Any


def primal(number: Any) -> Any:
    """The number without any perturbation."""
    while isinstance(number, Dual):
        number = number.value
    return number


def tangent(number: Any, level: int) -> Any:
    """The coefficient of the ε of one level."""
    return number.tangent if isinstance(number, Dual) and number.level == level else 0


def perturb(number: Any, level: int) -> Dual:
    """The number plus the ε of a new, innermost level."""
    return Dual(level, number, 1)


class Arithmetic:
    """Exact arithmetic on int and Fraction; `digits` decimal digits at log, exp, π and fractional powers.

    >>> number = Arithmetic(30)
    >>> number.multiply(Fraction(1, 3), 6), number.power(2, -1)
    (2, Fraction(1, 2))
    """

    def __init__(self, digits: int) -> None:
        # A context of its own: the precision of mpmath's global one is not ours to set.
        self.context = mpmath.MPContext()
        self.context.dps = digits
        self.digits = digits

    def lift(self, number: Any) -> Any:
        """The number as a long float of this precision."""
        if isinstance(number, Fraction):
            return self.context.mpf(number.numerator) / number.denominator
        return self.context.mpf(number)

    def leave(self, number: Any) -> int | Fraction | Any:
        """The number as the outside world may keep it: long floats move to mpmath's global context unrounded."""
        return mpmath.mp.make_mpf(number._mpf_) if isinstance(number, self.context.mpf) else number

    def admit(self, number: Any) -> Any:
        """A Python, NumPy or mpmath number as int, Fraction or long float."""
        if isinstance(number, (int, Fraction)):
            return _reduced(number) if isinstance(number, Fraction) else int(number)
        if hasattr(number, "item"):
            return self.admit(number.item())
        lifted = self.lift(number)
        if not self.context.isfinite(lifted):
            raise UndefinedValue("arithmetic", number, "the instance")
        return lifted

    def whole(self, number: Any) -> int:
        """A long float cut to an integer. Raises: NumberTooLarge."""
        if number and self.context.mag(number) > MAX_BITS:
            raise NumberTooLarge("an integer", int(self.context.mag(number)), MAX_BITS)
        return int(number)

    def add(self, left: Any, right: Any) -> Any:
        """left + right."""
        if isinstance(left, Dual) or isinstance(right, Dual):
            level, (a, da), (b, db) = _apart(left, right)
            return _joined(level, self.add(a, b), self.add(da, db))
        if type(left) is int and type(right) is int:
            return left + right
        if _exact(left) and _exact(right):
            return _reduced(Fraction(left) + right)
        return self.lift(left) + self.lift(right)

    def multiply(self, left: Any, right: Any) -> Any:
        """left · right."""
        if isinstance(left, Dual) or isinstance(right, Dual):
            level, (a, da), (b, db) = _apart(left, right)
            return _joined(level, self.multiply(a, b), self.add(self.multiply(a, db), self.multiply(da, b)))
        if type(left) is int and type(right) is int:
            return left * right
        if _exact(left) and _exact(right):
            return _reduced(Fraction(left) * right)
        if (_exact(left) and left == 0) or (_exact(right) and right == 0):
            return 0
        return self.lift(left) * self.lift(right)

    def power(self, root: Any, exponent: Any) -> Any:
        """root ** exponent in the real numbers.

        Raises: UndefinedValue outside the real domain, NumberTooLarge when an exact result has too many bits.
        """
        if isinstance(exponent, Dual):
            return self.apply("exp", self.multiply(exponent, self.apply("log", root)))
        if isinstance(root, Dual):
            if exponent == 0:
                return 1
            slope = self.multiply(exponent, self.power(root.value, self.add(exponent, -1)))
            return _joined(root.level, self.power(root.value, exponent), self.multiply(slope, root.tangent))
        if root == 0:
            if exponent < 0:
                raise UndefinedValue("division", root, f"{root}**{exponent}")
            return 1 if exponent == 0 else 0
        if isinstance(exponent, int):
            return self._integer_power(root, exponent)
        if root < 0:
            raise UndefinedValue("fractional power", root, f"{root}**{exponent}")
        return self._checked_power(root, exponent)

    def _integer_power(self, root: Any, exponent: int) -> Any:
        if not _exact(root):
            return self._checked_power(root, exponent)
        size = max(abs(root.numerator).bit_length(), root.denominator.bit_length())
        if size > 1 and size * abs(exponent) > MAX_BITS:
            raise NumberTooLarge("a power", size * abs(exponent), MAX_BITS)
        return _reduced(Fraction(root) ** exponent)

    def _checked_power(self, root: Any, exponent: Any) -> Any:
        magnitude = abs(self.context.mag(self.lift(root)))
        if magnitude * abs(exponent) > MAX_EXPONENT:
            raise NumberTooLarge("a power", int(magnitude * abs(exponent)), MAX_EXPONENT)
        return self.lift(root) ** (exponent if isinstance(exponent, int) else self.lift(exponent))

    def apply(self, name: str, argument: Any) -> Any:
        """An elementary function by its name in ELEMENTARY, with its derivative on dual numbers."""
        function, derivative = ELEMENTARY.get(name) or _special(name)
        if isinstance(argument, Dual):
            value = self.apply(name, argument.value)
            slope = derivative(self, argument.value, value)
            return _joined(argument.level, value, self.multiply(slope, argument.tangent))
        return function(self, argument)


@lru_cache(maxsize=8)
def arithmetic(digits: int) -> Arithmetic:
    """The arithmetic of a precision, one for each."""
    return Arithmetic(digits)


def _exact(number: Any) -> bool:
    return isinstance(number, (int, Fraction))


def _reduced(number: Fraction) -> int | Fraction:
    return number.numerator if number.denominator == 1 else number


def _apart(left: Any, right: Any) -> tuple[int, tuple[Any, Any], tuple[Any, Any]]:
    level = max(number.level for number in (left, right) if isinstance(number, Dual))
    parts = [
        (number.value, number.tangent) if isinstance(number, Dual) and number.level == level else (number, 0)
        for number in (left, right)
    ]
    return level, parts[0], parts[1]


def _joined(level: int, value: Any, slope: Any) -> Any:
    return value if _exact(slope) and slope == 0 else Dual(level, value, slope)


def _exp(number: Arithmetic, argument: Any) -> Any:
    if _exact(argument) and argument == 0:
        return 1
    if abs(argument) > MAX_EXPONENT:
        raise NumberTooLarge("exp", int(abs(argument)), MAX_EXPONENT)
    return number.context.exp(number.lift(argument))


def _log(number: Arithmetic, argument: Any) -> Any:
    if argument <= 0:
        raise UndefinedValue("log", argument, f"log({argument})")
    return 0 if _exact(argument) and argument == 1 else number.context.log(number.lift(argument))


def _analytic(name: str) -> Callable[[Arithmetic, Any], Any]:
    def function(number: Arithmetic, argument: Any) -> Any:
        if _exact(argument) and argument == 0 and name != "cos":
            return 0
        return getattr(number.context, name)(number.lift(argument))

    return function


def _absolute_slope(number: Arithmetic, argument: Any, value: Any) -> Any:
    if primal(argument) == 0:
        raise UndefinedValue("derivative of |·|", 0, "Abs")
    return 1 if primal(argument) > 0 else -1


def _factorial(number: Arithmetic, argument: Any) -> Any:
    if not isinstance(argument, int) or argument < 0:
        raise UndefinedValue("factorial", argument, f"factorial({argument})")
    if argument > 1000:
        raise NumberTooLarge("factorial", argument * 10, 10_000)
    return math.factorial(argument)


def _flat(number: Arithmetic, argument: Any, value: Any) -> Any:
    return 0


def _floor(number: Arithmetic, argument: Any) -> int:
    return argument // 1 if _exact(argument) else number.whole(number.context.floor(argument))


def _special(name: str) -> tuple[Callable[[Arithmetic, Any], Any], Callable[[Arithmetic, Any, Any], Any]]:
    """A special function by its name, such as "loggamma" or, with its order behind, "polygamma:0"."""
    from numeric.special import ONE_ARGUMENT, WITH_ORDER

    head, _, order = name.partition(":")
    if order:
        of_order, _ = WITH_ORDER[head]
        return (
            lambda number, x: _guarded(name, lambda: of_order(number.context, int(order), number.lift(x)), x),
            lambda number, x, value: _at_level(number, x, name),
        )
    function, _ = ONE_ARGUMENT[head]
    return (
        lambda number, x: _guarded(name, lambda: function(number.context, number.lift(x)), x),
        lambda number, x, value: _at_level(number, x, name),
    )


def _guarded(name: str, compute: Callable[[], Any], argument: Any) -> Any:
    try:
        value = compute()
    except (ValueError, ZeroDivisionError, OverflowError) as failure:
        raise UndefinedValue(name, argument, f"{name}({argument})") from failure
    if getattr(value, "imag", 0) != 0:
        raise UndefinedValue(name, argument, f"{name}({argument})")
    return getattr(value, "real", value)


def _at_level(number: Arithmetic, argument: Any, name: str) -> Any:
    """The derivative of a special function, itself differentiable as often as a second one is asked for."""
    from numeric.special import ONE_ARGUMENT, WITH_ORDER

    head, _, order = name.partition(":")
    if head == "polygamma":
        return number.apply(f"polygamma:{int(order) + 1}", argument)
    if head == "besseli":
        below, above = (number.apply(f"besseli:{int(order) + by}", argument) for by in (-1, 1))
        return number.multiply(Fraction(1, 2), number.add(below, above))
    if head == "loggamma":
        return number.apply("polygamma:0", argument)
    if head == "gamma":
        return number.multiply(number.apply("gamma", argument), number.apply("polygamma:0", argument))
    if head == "erf":
        bell = number.apply("exp", number.multiply(-1, number.power(argument, 2)))
        return number.multiply(2 / number.context.sqrt(number.context.pi), bell)
    if isinstance(argument, Dual):
        raise UndefinedValue(f"second derivative of {name}", argument, name)
    if order:
        return WITH_ORDER[head][1](number.context, int(order), number.lift(argument))
    x = number.lift(argument)
    return ONE_ARGUMENT[head][1](number.context, x, ONE_ARGUMENT[head][0](number.context, x))


ELEMENTARY: dict[str, tuple[Callable[[Arithmetic, Any], Any], Callable[[Arithmetic, Any, Any], Any]]] = {
    "exp": (_exp, lambda number, argument, value: value),
    "log": (_log, lambda number, argument, value: number.power(argument, -1)),
    "sin": (_analytic("sin"), lambda number, argument, value: number.apply("cos", argument)),
    "cos": (
        _analytic("cos"),
        lambda number, argument, value: number.multiply(-1, number.apply("sin", argument)),
    ),
    "tanh": (
        _analytic("tanh"),
        lambda number, argument, value: number.add(1, number.multiply(-1, number.power(value, 2))),
    ),
    "Abs": (lambda number, argument: abs(argument), _absolute_slope),
    "sign": (lambda number, argument: (argument > 0) - (argument < 0), _flat),
    "floor": (_floor, _flat),
    "ceiling": (lambda number, argument: -_floor(number, -argument), _flat),
    "factorial": (_factorial, _flat),
}
