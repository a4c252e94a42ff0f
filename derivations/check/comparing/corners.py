"""Instances at corners: where an absolute value, an extreme, a sign or an indicator changes, and on either side of it.

Random instances may all lie on one side of a corner: max(x + 1000, y) is x + 1000 unless y is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from sympy import (
    Abs,
    Basic,
    Expr,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    ceiling,
    floor,
)
from sympy import sign as sign_of

from derivations.check.comparing.instances import breakpoints, constant_instances, instances
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure
from numeric.instances import Variable

CORNERS = (Abs, Max, Min, ceiling, floor, sign_of, Piecewise)
MAX_CORNERS = 12
STARTS = 3
"""Instances from which a corner is looked for along every letter."""
STEP = Fraction(1, 1009)
EXPONENTS = (2, Fraction(1, 2), 3, Fraction(1, 3), 4, -1, Fraction(3, 2), 1)


def at_corners(sides: Sequence[Expr], variables: Sequence[Variable], seed: int = 0) -> Iterator[dict[Basic, Any]]:
    """Instances on the corners of the sides, just beside them and far from them."""
    edges = edges_of(sides)
    if not edges and not any(side.has(*CORNERS) for side in sides):
        return
    constants = [Fraction(int(n.p), int(n.q)) for side in sides for n in side.atoms(Rational)]
    yield from constant_instances(variables, breakpoints(constants), seed)
    for place, start in enumerate(instances(variables, seed, STARTS)):
        for edge in edges[:MAX_CORNERS]:
            for variable in variables:
                if variable.domain.kind in _MOVED and (place == 0 or len(edges) < MAX_CORNERS):
                    yield from _crossings(edge, variable, start)


_MOVED = frozenset(("real", "positive", "nonnegative", "natural", "integer", "unit-interval", "size"))


def edges_of(sides: Sequence[Expr]) -> list[Expr]:
    """Expressions whose zeros are corners; bound and free indices take their first value."""
    found: dict[Expr, None] = {}
    for side in sides:
        for part in side.atoms(*CORNERS, KroneckerDelta):
            for edge in _edges(part):
                counted = {s: Integer(1) for s in edge.free_symbols if s.is_integer and s.is_positive and _counts(s, edge, sides)}
                found[edge.xreplace(counted)] = None
    return [edge for edge in found if edge.free_symbols]


def _edges(part: Basic) -> list[Expr]:
    if isinstance(part, (Max, Min)):
        return [a - b for a, b in combinations(part.args, 2)]
    if isinstance(part, KroneckerDelta):
        return [part.args[0] - part.args[1]]
    if isinstance(part, Piecewise):
        return [c.args[0] - c.args[1] for _, condition in part.args for c in condition.atoms(*_RELATIONS) if len(c.args) == 2]
    return [part.args[0]]


_RELATIONS = tuple({type(relation) for relation in (Symbol("u") > 0, Symbol("u") >= 0, Symbol("u") < 0, Symbol("u") <= 0)})


def _counts(symbol: Any, edge: Expr, sides: Sequence[Expr]) -> bool:
    """Whether a symbol is bound by a sum or stands in the place of an index."""
    return all(symbol not in side.free_symbols for side in sides) or any(
        symbol in index.free_symbols for part in edge.atoms() if hasattr(part, "indices") for index in part.indices
    )


def _crossings(edge: Expr, variable: Variable, start: Mapping[Basic, Any]) -> Iterator[dict[Basic, Any]]:
    """The instance with one letter moved onto the corner and beside it, where the corner is straight in the letter."""
    symbol = variable.symbol
    if symbol not in edge.free_symbols and not (isinstance(symbol, IndexedBase) and edge.has(symbol)):
        return
    try:
        here = _value(start, symbol)
        values = [_at(edge, start, symbol, here + shift) for shift in (0, 1)]
        slope = values[1] - values[0]
        if slope == 0:
            return
        root = here - values[0] / slope
        if variable.domain.is_integral:
            root = Fraction(round(root))
        elif _at(edge, start, symbol, root) != 0:
            return
    except (NumericFailure, ArithmeticError, TypeError, ValueError, IndexError, KeyError):
        return
    step = Fraction(1) if variable.domain.is_integral else STEP * max(abs(root), Fraction(1, 1000))
    for value in (root, root - step, root + step, root - 1, root + 1):
        if _inside(value, variable.domain.kind):
            yield _moved(start, symbol, int(value) if variable.domain.is_integral else value)


def _value(instance: Mapping[Basic, Any], symbol: Basic) -> Fraction:
    value = instance[symbol]
    return Fraction(value.ravel()[0]) if isinstance(value, np.ndarray) else Fraction(value)


def _at(edge: Expr, instance: Mapping[Basic, Any], symbol: Basic, value: Fraction) -> Fraction:
    found = evaluate_slowly(edge, _moved(instance, symbol, value), max_terms=1000)
    if not isinstance(found, (int, Fraction)):
        raise ValueError("a corner that is not rational")
    return Fraction(found)


def _moved(instance: Mapping[Basic, Any], symbol: Basic, value: Any) -> dict[Basic, Any]:
    """The instance with one letter, the first entry of an array, at another value."""
    old = instance[symbol]
    if isinstance(old, np.ndarray):
        old = old.copy()
        old.ravel()[0] = value
        value = old
    return {**instance, symbol: value}


def _inside(value: Fraction, kind: str) -> bool:
    if kind in ("positive", "size"):
        return value > 0
    if kind in ("nonnegative", "natural"):
        return value >= 0
    return kind != "unit-interval" or 0 < value < 1


def at_exponents(sides: Sequence[Expr], variables: Sequence[Variable], seed: int = 0) -> Iterator[dict[Basic, Any]]:
    """Instances with whole and halved exponents over negative bases: there (x²)^(1/2) is not x."""
    raised = {s for side in sides for power in side.atoms(Pow) for s in power.exp.free_symbols if not power.exp.is_number}
    if not raised or not any(variable.symbol in raised for variable in variables):
        return
    rng = np.random.default_rng(seed)
    for place, start in enumerate(instances(variables, seed, 2 * len(EXPONENTS))):
        instance = dict(start)
        for count, variable in enumerate(v for v in variables if v.domain.kind == "real" and not v.shape):
            if variable.symbol in raised:
                instance[variable.symbol] = EXPONENTS[(place + count * (1 + place // len(EXPONENTS))) % len(EXPONENTS)]
            else:
                instance[variable.symbol] = -int(rng.integers(1, 5))
        yield instance
