"""Refutation: two expressions are compared on small instances until one separates them, and that one is shrunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Basic, Symbol

from numeric.comparison import Comparison, Range, Separation, Undefined
from numeric.evaluate_slowly import Definitions
from numeric.instances import Variable, draw_instance, sizes_of
from numeric.shrink import shrink

TRIES_PER_INSTANCE = 12

SIZE_DEMANDS = ((False, 1), (True, 2), (False, 2), (True, 2), (True, 1), (False, 2))
"""(all sizes distinct, smallest size) in turn: sizes of 1 hide sums and equal sizes hide swapped ranges, yet
the claim is about them too."""


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
    Rational sides are compared exactly, others with the tolerance `numeric.comparison.TOLERANCE`, which says why.

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
    comparison = Comparison(
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
            return _smallest(comparison, instance, outcome)
        if isinstance(outcome, int):
            comparisons += outcome
            sizes.append({size: instance[size] for size in sizes_of(variables)})
        else:
            reason = outcome
    if not sizes:
        return Inconclusive(reason, tried, seed)
    return Agreement(len(sizes), tuple(sizes), seed, comparisons)


def _smallest(comparison: Comparison, instance: Mapping[Basic, Any], found: Separation) -> Separation:
    """The separation on the smallest instance that shows the same: other values, or a value on one side alone."""

    def shows(outcome: object) -> bool:
        return isinstance(outcome, Separation) and outcome.is_of_domains == found.is_of_domains

    smallest = comparison.on(shrink(instance, comparison.variables, lambda smaller: shows(comparison.on(smaller))))
    return smallest if isinstance(smallest, Separation) else found


__all__ = ["Agreement", "Inconclusive", "Separation", "Undefined", "refute"]
