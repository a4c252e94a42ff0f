"""Two expressions on one instance: where their values part, and where one has a value and the other has none.

A side without a value at a pole says nothing, as x²/x and x are one function with a gap that can be filled. A side
without a value on an open set, because a logarithm or a root has a negative argument there, while the other side has
one, is another function: log x² is not 2 log x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from sympy import Basic, Symbol

from numeric.duals import arithmetic
from numeric.evaluate_slowly import DIGITS, Definitions, evaluate_slowly
from numeric.failures import IndexOutOfRange, LostDigits, NumberTooLarge, TooManyTerms, UndefinedValue
from numeric.instances import Variable, sizes_of

Range = tuple[Symbol, Any, Any]
T = TypeVar("T")

TOLERANCE = 1e-20
"""Relative. Values carry 40 digits, so that 20 of them may be lost to cancellation before equal sides look
different. Where they do, both are evaluated again with 120 digits: a difference made of rounding falls with the
precision, a true one stays. A side that the precision moves as far as the sides are apart has no digit left to compare."""
MORE_DIGITS = 3 * DIGITS

UNJUDGED = (UndefinedValue, NumberTooLarge, TooManyTerms, IndexOutOfRange, LostDigits)
"""What a side may meet on one instance and not on another: such an instance is drawn again."""


@dataclass(frozen=True)
class Undefined:
    """A side that has no value on an instance: what was asked of which argument.

    `on_open_set`: a logarithm or a root of a negative number, which has no value on a whole neighbourhood; else a pole.
    """

    operation: str
    argument: Any
    on_open_set: bool

    @classmethod
    def of(cls, failure: UndefinedValue) -> Undefined:
        """What a failed evaluation says of its side."""
        return cls(failure.operation, failure.argument, failure.is_on_open_set)

    def __str__(self) -> str:
        exact = isinstance(self.argument, (int, Fraction)) or not hasattr(self.argument, "_mpf_")
        return f"undefined ({self.operation} of {self.argument if exact else format(float(self.argument), '.6g')})"


@dataclass(frozen=True)
class Separation:
    """The smallest instance found on which the sides differ, the free indices where they do, and both values.

    One of the values is `Undefined` where the other side has a value on an open set.
    """

    instance: Mapping[Basic, Any]
    bindings: Mapping[Symbol, int]
    left: Any
    right: Any

    @property
    def is_of_domains(self) -> bool:
        """Whether one side has a value where the other has none."""
        return isinstance(self.left, Undefined) or isinstance(self.right, Undefined)


@dataclass(frozen=True)
class Comparison:
    """Both sides, with what it takes to evaluate them on an instance."""

    left: Basic
    right: Basic
    variables: tuple[Variable, ...]
    definitions: Definitions
    free: tuple[Range, ...]
    conditions: tuple[Basic, ...]
    every_label_occurs: bool
    max_bindings: int | None

    def on(self, instance: Mapping[Basic, Any]) -> Separation | int | str:
        """The first separation, the number of values compared, or why there were none."""
        if self.every_label_occurs and not self._labels_occur(instance):
            return "a label without a sample"
        compared, reason = 0, "the ranges of the free indices are empty"
        separation: Separation | None = None
        for bindings in self._chosen(instance):
            try:
                for condition in self.conditions:
                    if not self._value(condition, instance, bindings) > 0:
                        return f"the condition {condition} > 0 does not hold"
                if separation is None:
                    separation = self._separated(instance, bindings)
            except UNJUDGED as failure:
                reason = str(failure)
            else:
                compared += 1
        return separation or compared or reason

    def _chosen(self, instance: Mapping[Basic, Any]) -> Sequence[Mapping[Symbol, int]]:
        """The values of the free indices to compare: all, or `max_bindings` of them spread evenly from first to last."""
        every = list(self._bindings(self.free, {}, instance))
        return every if self.max_bindings is None else spread(every, self.max_bindings)

    def _separated(self, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> Separation | None:
        values = self._values(instance, bindings)
        if any(isinstance(value, Undefined) for value in values):
            return Separation(dict(instance), dict(bindings), *values)
        if _both_exact(*values):
            return None if values[0] == values[1] else Separation(dict(instance), dict(bindings), *values)
        apart, scale = _distance(*values)
        if apart <= scale * TOLERANCE:
            return None
        precise = [self._value(side, instance, bindings, MORE_DIGITS) for side in (self.left, self.right)]
        gap, _ = _distance(*precise)
        if gap <= apart * TOLERANCE:
            return None
        for side, value, better in zip((self.left, self.right), values, precise, strict=True):
            if _distance(value, better)[0] > gap / 1000:
                raise LostDigits(side, MORE_DIGITS)
        return Separation(dict(instance), dict(bindings), *precise)

    def _values(self, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> list[Any]:
        """Both values; one of them `Undefined` where that side has none on an open set around.

        Raises: UndefinedValue where neither side has a value, or one has a pole.
        """
        values: list[Any] = []
        failures: list[UndefinedValue] = []
        for side in (self.left, self.right):
            try:
                values.append(self._value(side, instance, bindings))
            except UndefinedValue as failure:
                values.append(Undefined.of(failure))
                failures.append(failure)
                if not self._negative_in_earnest(side, instance, bindings, failure):
                    raise
        if len(failures) == len(values):
            raise failures[0]
        return values

    def _negative_in_earnest(
        self, side: Basic, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], failure: UndefinedValue
    ) -> bool:
        """Whether the argument of a logarithm or a root is negative, and not a zero that rounding made so."""
        if not failure.is_on_open_set or isinstance(failure.argument, (int, Fraction)):
            return failure.is_on_open_set
        try:
            self._value(side, instance, bindings, MORE_DIGITS)
        except UndefinedValue as again:
            return again.is_on_open_set and _distance(again.argument, 0)[0] > abs(failure.argument) / 2
        return False

    def _value(
        self, side: Basic, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], digits: int = DIGITS
    ) -> Any:
        return evaluate_slowly(side, instance, bindings=bindings, definitions=self.definitions, digits=digits)

    def _bindings(
        self, ranges: Sequence[Range], bound: dict[Symbol, int], instance: Mapping[Basic, Any]
    ) -> Iterator[dict[Symbol, int]]:
        if not ranges:
            yield bound
            return
        (index, low, high), *rest = ranges
        try:
            first, last = (int(self._value(end, instance, bound)) for end in (low, high))
        except IndexOutOfRange:
            return  # the range is that of an entry which the instance does not have, such as a layer behind the last
        for value in range(first, last + 1):
            yield from self._bindings(rest, {**bound, index: value}, instance)

    def _labels_occur(self, instance: Mapping[Basic, Any]) -> bool:
        for variable in self.variables:
            if variable.domain.kind == "label" and variable.shape:
                sizes = {size: instance[size] for size in sizes_of(self.variables)}
                if len(set(instance[variable.symbol].ravel().tolist())) < variable.domain.last(sizes):
                    return False
        return True


def spread(every: Sequence[T], most: int) -> Sequence[T]:
    """All of them, or `most` spread evenly from the first to the last.

    >>> spread("abcdefghi", 3)
    ['a', 'e', 'i']
    """
    return every if len(every) <= most else [every[int(place)] for place in np.linspace(0, len(every) - 1, most).round()]


def close(left: Any, right: Any) -> bool:
    """Whether two values agree: exactly where both are rational, within TOLERANCE of the larger one otherwise.

    >>> close(1, Fraction(3, 3)), close(1, 2)
    (True, False)
    """
    if _both_exact(left, right):
        return bool(left == right)
    apart, scale = _distance(left, right)
    return bool(apart <= scale * TOLERANCE)


def _both_exact(left: Any, right: Any) -> bool:
    return isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction))


def _distance(left: Any, right: Any) -> tuple[Any, Any]:
    """|left − right| and the larger magnitude, at the higher precision whatever mpmath's global one is."""
    number = arithmetic(MORE_DIGITS)
    a, b = number.lift(left), number.lift(right)
    return abs(a - b), max(abs(a), abs(b))
