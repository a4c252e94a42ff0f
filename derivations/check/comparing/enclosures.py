"""Enclosures: values between two bounds, so that a difference is seen only where there is one.

With long floats, cosh² x − sinh² x at a large x is 0 to any fixed number of digits. Two sides whose enclosures do not meet are
different whatever was lost in rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from mpmath import mp
from mpmath.ctx_iv import MPIntervalContext
from sympy import Basic, Expr, Symbol

from numeric.duals import Arithmetic, Dual
from numeric.evaluation import Evaluation, Scope
from numeric.failures import NumericFailure, UndefinedValue
from numeric.nodes import HANDLERS

PRECISIONS = (60, 240, 1000)
"""Decimal digits, tried one after the other until the enclosures part."""
NARROW = 20
"""Enclosures that meet and are narrower than 10^-20 of their size speak for equality."""
MAX_TERMS = 20_000


class Unclear(ArithmeticError):
    """An enclosure that decides nothing here: it holds a pole, a corner or both signs, or the function has no enclosure."""


class Enclosing(Arithmetic):
    """The arithmetic of the slow evaluator on rationals and, where those are left, on intervals."""

    def __init__(self, digits: int) -> None:
        super().__init__(digits)
        self.context = MPIntervalContext()
        self.context.dps = digits

    def lift(self, number: Any) -> Any:
        """A number as an interval."""
        if isinstance(number, Fraction):
            return self.context.mpf(number.numerator) / self.context.mpf(number.denominator)
        if hasattr(number, "_mpf_"):
            return self.context.make_mpf((number._mpf_, number._mpf_))
        return number if hasattr(number, "_mpi_") else self.context.mpf(number)

    def leave(self, number: Any) -> Any:
        """Intervals stay what they are."""
        return number

    def admit(self, number: Any) -> Any:
        """An instance's number; floats as the points they are."""
        return number if hasattr(number, "_mpi_") else super().admit(number)

    def whole(self, number: Any) -> int:
        """No interval is an index."""
        raise Unclear("an index that is no whole number")

    def power(self, root: Any, exponent: Any) -> Any:
        """root ** exponent."""
        if isinstance(root, Dual) or isinstance(exponent, Dual) or not (_is_interval(root) or _is_interval(exponent)):
            if not isinstance(exponent, Fraction) or isinstance(root, Dual):
                return super().power(root, exponent)
            if root < 0:
                raise UndefinedValue("fractional power", root, f"{root}**{exponent}")
            return 0 if root == 0 and exponent > 0 else self._by_logarithm(root, exponent)
        if isinstance(exponent, int):
            if exponent < 0 and self.sign(root) == 0:
                raise Unclear("a division by zero perhaps")
            return self.lift(root) ** exponent
        if self.sign(root) < 0:
            raise UndefinedValue("fractional power", mp.mpf(-1), f"{root}**{exponent}")
        return self._by_logarithm(root, exponent)

    def _by_logarithm(self, root: Any, exponent: Any) -> Any:
        if self.sign(root) <= 0:
            raise Unclear("a root of zero perhaps")
        return self.context.exp(self.lift(exponent) * self.context.log(self.lift(root)))

    def apply(self, name: str, argument: Any) -> Any:
        """A function on an interval."""
        if isinstance(argument, Dual) or name == "factorial":
            return super().apply(name, argument)
        if not _is_interval(argument) and name in ("Abs", "sign", "floor", "ceiling"):
            return super().apply(name, argument)
        if not _is_interval(argument) and argument == 0 and name in _ZERO:
            return _ZERO[name]
        if name not in _FUNCTIONS:
            raise Unclear(f"no enclosure of {name}")
        return _FUNCTIONS[name](self, self.lift(argument))

    def sign(self, number: Any) -> int:
        """1 or −1 for an interval on one side of zero, else 0."""
        if not _is_interval(number):
            return int(number > 0) - int(number < 0)
        return 1 if number.a > 0 else -1 if number.b < 0 else 0


_ZERO: dict[str, int] = {"exp": 1, "sin": 0, "cos": 1, "tanh": 0, "sinh": 0, "tan": 0, "atan": 0, "asin": 0, "erf": 0}


def _is_interval(number: Any) -> bool:
    return hasattr(number, "_mpi_")


def _log(number: Enclosing, x: Any) -> Any:
    if number.sign(x) < 0:
        raise UndefinedValue("log", mp.mpf(-1), "log of an enclosure below zero")
    if number.sign(x) == 0:
        raise Unclear("a logarithm of zero perhaps")
    return number.context.log(x)


def _tangent(number: Enclosing, x: Any) -> Any:
    below = number.context.cos(x)
    if number.sign(below) == 0:
        raise Unclear("a pole perhaps")
    return number.context.sin(x) / below


def _signed(number: Enclosing, x: Any) -> int:
    found = number.sign(x)
    if found == 0:
        raise Unclear("a sign")
    return found


def _rounded(number: Enclosing, x: Any) -> int:
    low, high = (int(mp.floor(mp.make_mpf(end))) for end in x._mpi_)
    if low != high:
        raise Unclear("a whole part")
    return low


def _monotone(function: Callable[[Any], Any]) -> Callable[[Enclosing, Any], Any]:
    """An increasing function by its values at both ends, each a little wider than mpmath's own error."""

    def enclosed(number: Enclosing, x: Any) -> Any:
        with mp.workdps(number.digits + 15):
            low, high = (function(mp.make_mpf(end)) for end in x._mpi_)
            slack = mp.mpf(10) ** -(number.digits + 5)
            low, high = low - abs(low) * slack, high + abs(high) * slack
        return number.context.make_mpf((low._mpf_, high._mpf_))

    return enclosed


_FUNCTIONS: dict[str, Callable[[Enclosing, Any], Any]] = {
    "exp": lambda number, x: number.context.exp(x),
    "log": _log,
    "sin": lambda number, x: number.context.sin(x),
    "cos": lambda number, x: number.context.cos(x),
    "tan": _tangent,
    "sinh": lambda number, x: (number.context.exp(x) - number.context.exp(-x)) / 2,
    "cosh": lambda number, x: (number.context.exp(x) + number.context.exp(-x)) / 2,
    "tanh": lambda number, x: 1 - 2 / (number.context.exp(2 * x) + 1),
    "atan": _monotone(lambda x: mp.atan(x)),
    "erf": _monotone(lambda x: mp.erf(x)),
    "gamma": lambda number, x: number.context.gamma(x),
    "Abs": lambda number, x: abs(x),
    "sign": _signed,
    "floor": _rounded,
    "ceiling": lambda number, x: -_rounded(number, -x),
}


@lru_cache(maxsize=len(PRECISIONS))
def _enclosing(digits: int) -> Enclosing:
    return Enclosing(digits)


def enclosed(side: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], digits: int) -> Any:
    """The enclosure of an expression on an instance. Raises: Unclear, NumericFailure."""
    number = _enclosing(digits)
    outermost = {symbol: number.admit(value) for symbol, value in bindings.items()}
    return Evaluation(HANDLERS, number, instance, {}, outermost, MAX_TERMS).value(side, Scope(outermost))


def are_apart(left: Expr, right: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> bool | None:
    """Whether two expressions differ on an instance: True when their enclosures part, False when they meet and are narrow, None
    when they stay too wide to tell.

    Raises: Unclear where there are no enclosures.

    >>> from sympy import Integer, Symbol, cosh, sinh
    >>> x = Symbol("x", real=True)
    >>> are_apart(cosh(x) ** 2 - sinh(x) ** 2, Integer(1), {x: 50}, {}), are_apart(cosh(x), sinh(x), {x: 50}, {})
    (False, True)
    """
    found: bool | None = None
    for digits in PRECISIONS:
        try:
            number = _enclosing(digits)
            first, second = (number.lift(enclosed(side, instance, bindings, digits)) for side in (left, right))
            if number.sign(first - second) != 0:
                return True
            size = max(abs(first).b, abs(second).b, 1)
            found = False if (first - second).delta < size * number.context.mpf(10) ** -NARROW else None
        except Unclear:
            continue
        except (NumericFailure, ArithmeticError, ValueError, TypeError, AttributeError) as failure:
            raise Unclear(str(failure)) from None
    return found


def is_without_value(side: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> bool:
    """Whether an expression certainly takes a logarithm or root of a negative number on an instance."""
    for digits in PRECISIONS:
        try:
            enclosed(side, instance, bindings, digits)
        except UndefinedValue as failure:
            return failure.is_on_open_set
        except Unclear:
            continue
        except (NumericFailure, ArithmeticError, ValueError, TypeError, AttributeError):
            return False
        else:
            return False
    return False
