"""Inequalities that a document assumes, such as x > 0: instances keep to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import Basic, Expr, Symbol

from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure

Point = tuple[Mapping[Basic, Any], Mapping[Symbol, int]]
"""Values of letters and arrays, and of free indices."""
MAX_PLACES = 60
"""Combinations of free indices at which a condition is looked at."""
SIGNS: Mapping[str, frozenset[int]] = {
    "<": frozenset((-1,)),
    ">": frozenset((1,)),
    "<=": frozenset((-1, 0)),
    ">=": frozenset((0, 1)),
    "!=": frozenset((-1, 1)),
}
"""Relation → signs of the difference with which it holds."""


@dataclass(frozen=True)
class Condition:
    """difference relation 0, in primitive letters; `ranges` are the last values of its free indices."""

    difference: Expr
    relation: str
    ranges: tuple[tuple[Symbol, Expr], ...] = ()


def holds(condition: Condition, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> bool:
    """Whether a condition holds, for all values of its free indices."""
    try:
        lasts = [int(evaluate_slowly(last, instance)) for _, last in condition.ranges]
        for place in list(product(*(range(1, last + 1) for last in lasts)))[:MAX_PLACES]:
            here = {**bindings, **{index: value for (index, _), value in zip(condition.ranges, place, strict=True)}}
            value = evaluate_slowly(condition.difference, instance, bindings=here)
            if int(value > 0) - int(value < 0) not in SIGNS[condition.relation]:
                return False
    except (NumericFailure, ValueError, TypeError, ArithmeticError, LookupError):
        return False
    return True


__all__ = ["SIGNS", "Condition", "Point", "holds"]
