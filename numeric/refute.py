"""Refutation: two expressions are compared on small instances until one separates them, and that one is shrunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from numeric.duals import arithmetic
from numeric.evaluate_slowly import DIGITS, Definitions, evaluate_slowly
from numeric.failures import (
    IndexOutOfRange,
    NumberTooLarge,
    TooManyTerms,
    UndefinedValue,
)
from numeric.instances import Variable, draw_instance, sizes_of
from numeric.shrink import shrink

Range = tuple[Symbol, Any, Any]

TOLERANCE = 1e-20
"""Relative. Values carry 40 digits, so that 20 of them may be lost to cancellation before equal sides look
different. Where they do, both are evaluated again with 120 digits: a difference made of rounding falls with the
precision, a true one stays."""
MORE_DIGITS = 3 * DIGITS
TRIES_PER_INSTANCE = 12

SIZE_DEMANDS = ((False, 1), (True, 2), (False, 2), (True, 2), (True, 1), (False, 2))
"""(all sizes distinct, smallest size) in turn: sizes of 1 hide sums and equal sizes hide swapped ranges, yet
the claim is about them too."""

UNJUDGED = (UndefinedValue, NumberTooLarge, TooManyTerms, IndexOutOfRange)
"""What a side may meet on one instance and not on another: such an instance is drawn again."""


@dataclass(frozen=True)
class Separation:
    """The smallest instance found on which the sides differ, the free indices where they do, and both values."""

    instance: Mapping[Basic, Any]
    bindings: Mapping[Symbol, int]
    left: Any
    right: Any


@dataclass(frozen=True)
class Agreement:
    """No difference on this many instances; `comparisons` counts values compared. Evidence, not proof."""

    instances: int
    sizes: tuple[Mapping[Symbol, int], ...]
    seed: int
    comparisons: int


@dataclass(frozen=True)
class Inconclusive:
    """No instance could be judged: none met the conditions, or a side was undefined or too large on each."""

    reason: str
    tried: int
    seed: int


def refute(
    left: Basic,
    right: Basic,
    variables: Sequence[Variable],
    *,
    definitions: Definitions | None = None,
    free: Sequence[Range] = (),
    instances: int = 8,
    seed: int = 0,
    conditions: Sequence[Basic] = (),
    max_size: int = 4,
    every_label_occurs: bool = True,
    max_bindings: int | None = None,
) -> Separation | Agreement | Inconclusive:
    """Compare two expressions on random instances of sizes 1..max_size for every value of the free indices.

    free: ((k, 1, K), ...), bounds as in a Sum. conditions: must be > 0, for every value of the free indices, on an
    instance that counts; one that violates them, or leaves every value undefined, is drawn again.
    max_bindings: with more values of the free indices than this, so many of them are compared, spread evenly. Default: all.
    Rational sides are compared exactly, others with the tolerance TOLERANCE, which says why.

    Raises: NoInstance, UnboundSymbol, UnknownNode, WrongIndexCount, NotAnInteger, CircularDefinition.

    >>> from sympy import IndexedBase, Sum
    >>> from numeric.domains import REAL
    >>> i, N = Symbol("i", integer=True, positive=True), Symbol("N", integer=True, positive=True)
    >>> x = IndexedBase("x", real=True)
    >>> found = refute(Sum(x[i] ** 2, (i, 1, N)), Sum(x[i], (i, 1, N)) ** 2, [Variable(x, REAL, (N,))])
    >>> found.instance[N], found.left, found.right
    (2, 2, 4)
    """
    rng = np.random.default_rng(seed)
    comparison = _Comparison(
        left, right, tuple(variables), definitions or {}, tuple(free), tuple(conditions), every_label_occurs, max_bindings
    )
    sizes: list[Mapping[Symbol, int]] = []
    comparisons = 0
    reason = "no instance was asked for"
    tries = TRIES_PER_INSTANCE * instances
    tried = 0
    while len(sizes) < instances and tried < tries:
        tried += 1
        distinct, low = SIZE_DEMANDS[tried % len(SIZE_DEMANDS)]
        instance = draw_instance(
            variables, rng, exact=True, distinct=distinct, min_size=min(low, max_size), max_size=max_size,
            every_label_occurs=every_label_occurs,
        )  # fmt: skip
        outcome = comparison.on(instance)
        if isinstance(outcome, Separation):
            smallest = shrink(instance, variables, lambda smaller: isinstance(comparison.on(smaller), Separation))
            final = comparison.on(smallest)
            return final if isinstance(final, Separation) else outcome
        if isinstance(outcome, int):
            comparisons += outcome
            sizes.append({size: instance[size] for size in sizes_of(variables)})
        else:
            reason = outcome
    if not sizes:
        return Inconclusive(reason, tried, seed)
    return Agreement(len(sizes), tuple(sizes), seed, comparisons)


@dataclass(frozen=True)
class _Comparison:
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
        if self.max_bindings is None or len(every) <= self.max_bindings:
            return every
        return [every[int(place)] for place in np.linspace(0, len(every) - 1, self.max_bindings).round()]

    def _separated(self, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> Separation | None:
        values = [self._value(side, instance, bindings) for side in (self.left, self.right)]
        if _both_exact(*values):
            return None if values[0] == values[1] else Separation(dict(instance), dict(bindings), *values)
        apart, scale = _distance(*values)
        if apart <= scale * TOLERANCE:
            return None
        values = [self._value(side, instance, bindings, MORE_DIGITS) for side in (self.left, self.right)]
        if _distance(*values)[0] <= apart * TOLERANCE:
            return None
        return Separation(dict(instance), dict(bindings), *values)

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
        first, last = (int(evaluate_slowly(end, instance, bindings=bound)) for end in (low, high))
        for value in range(first, last + 1):
            yield from self._bindings(rest, {**bound, index: value}, instance)

    def _labels_occur(self, instance: Mapping[Basic, Any]) -> bool:
        for variable in self.variables:
            if variable.domain.kind == "label" and variable.shape:
                sizes = {size: instance[size] for size in sizes_of(self.variables)}
                if len(set(instance[variable.symbol].ravel().tolist())) < variable.domain.last(sizes):
                    return False
        return True


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
