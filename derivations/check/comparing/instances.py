"""Instances on which two readings are told apart: whole numbers and odd fractions, both signs, large and small.

Values that are only ever small whole numbers hide floors, sines of π and polynomials with whole roots; values of one size hide
clipping. So the instances go through the patterns below in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.random import Generator
from sympy import Basic

from numeric.failures import NoInstance
from numeric.instances import Variable, draw_instance

PATTERNS: tuple[tuple[str, int, Fraction], ...] = (
    ("whole", 2, Fraction(1)), ("mixed", 2, Fraction(1)), ("negative", 1, Fraction(1)), ("positive", 3, Fraction(1)),
    ("mixed", 3, Fraction(1)), ("mixed", 2, Fraction(1, 1000)), ("mixed", 2, Fraction(500)), ("whole", 1, Fraction(1)),
    ("mixed", 6, Fraction(1)), ("negative", 2, Fraction(1)), ("mixed", 2, Fraction(1)), ("whole", 7, Fraction(1)),
    ("whole", 3, Fraction(1)), ("mixed", 3, Fraction(1)),
)  # fmt: skip
"""(signs, smallest size, scale) of one instance after the other; beyond LARGE, sizes go up to three more."""

MODERATE: tuple[tuple[str, int, Fraction], ...] = tuple(
    (signs, 2, scale)
    for scale in (Fraction(1, 6), Fraction(1, 2), Fraction(1, 7), Fraction(1))
    for signs in ("positive", "mixed", "positive", "negative")
)
"""Instances for integrals and series, which converge for moderate values if at all."""

LARGE = 5
MOST_NATURAL = 40
"""Natural numbers are drawn up to here, where the formula grows too fast an instance goes unjudged."""

_DENOMINATORS = (7, 11, 13, 17, 19, 23, 29, 31, 37)
_WIDE = {"real", "positive", "nonnegative", "unit-interval"}


MAX_CONSTANTS = 6
MOST_ROOM = 4


def breakpoints(constants: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Where functions with corners may turn: at zero, at the constants that occur, and on either side of them."""
    found = [Fraction(0)]
    for constant in sorted(set(constants), key=abs)[:MAX_CONSTANTS]:
        step = Fraction(1, 1009) * max(abs(constant), Fraction(1, 1000))
        found += [sign * constant + shift for sign in (1, -1) for shift in (Fraction(0), step, -step)]
        found += [2 * constant, -2 * constant]
    return tuple(dict.fromkeys(found))


def constant_instances(variables: Sequence[Variable], values: Sequence[Fraction], seed: int = 0) -> Iterator[dict[Basic, Any]]:
    """One instance a value: every real letter has this value, in each of its entries."""
    rng = np.random.default_rng(seed)
    for value in values:
        instance = draw_instance(variables, rng, exact=True, min_size=1, max_size=2, every_label_occurs=False)
        for variable in variables:
            if variable.domain.kind == "real" or (variable.domain.kind in ("positive", "nonnegative") and value > 0):
                old = instance[variable.symbol]
                instance[variable.symbol] = np.full(old.shape, value, dtype=object) if isinstance(old, np.ndarray) else value
        yield instance


def instances(
    variables: Sequence[Variable],
    seed: int = 0,
    count: int = len(PATTERNS),
    patterns: Sequence[tuple[str, int, Fraction]] = PATTERNS,
) -> Iterator[dict[Basic, Any]]:
    """`count` instances; the same for the same seed."""
    rng = np.random.default_rng(seed)
    for place in range(count):
        signs, least, scale = patterns[place % len(patterns)]
        low, high = (least, least + 3) if least > LARGE else (min(least, 2), 3 if place < 6 else 4)
        instance = _with_room(variables, rng, place % 2 == 0, low, high)
        if signs != "whole":
            for variable in variables:
                if variable.domain.kind in _WIDE:
                    instance[variable.symbol] = _odd(instance[variable.symbol], variable.domain.kind, signs, scale, rng)
        else:
            for variable in variables:
                if variable.domain.kind == "real":
                    instance[variable.symbol] = _whole(instance[variable.symbol])
        if place % 3 == 2:
            for variable in variables:
                if variable.domain.kind == "natural" and not variable.shape:
                    instance[variable.symbol] = int(rng.integers(0, MOST_NATURAL + 1))
        yield instance


def _with_room(variables: Sequence[Variable], rng: Generator, distinct: bool, low: int, high: int) -> dict[Basic, Any]:
    """An instance whose sizes leave room for its labels: one more where a label had none."""
    for more in range(MOST_ROOM):
        try:
            return draw_instance(
                variables, rng, exact=True, distinct=distinct, min_size=low + more, max_size=high + more, every_label_occurs=False
            )
        except ValueError:
            continue
    raise NoInstance("a value for every label", MOST_ROOM)


def _odd(value: Any, kind: str, signs: str, scale: Fraction, rng: Generator) -> Any:
    """A number or array of odd fractions in the domain."""
    if isinstance(value, np.ndarray):
        array = np.empty(value.shape, dtype=object)
        for place in np.ndindex(*value.shape):
            array[place] = _odd(value[place], kind, signs, scale, rng)
        return array
    denominator = _DENOMINATORS[int(rng.integers(len(_DENOMINATORS)))]
    if kind == "unit-interval":
        return Fraction(int(rng.integers(1, denominator)), denominator)
    size = (Fraction(int(rng.integers(1, 5 * denominator)), denominator) + Fraction(1, 101)) * scale
    if kind == "real" and (signs == "negative" or (signs == "mixed" and rng.integers(2))):
        return -size
    return size


def _whole(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        array = np.empty(value.shape, dtype=object)
        for place in np.ndindex(*value.shape):
            array[place] = _whole(value[place])
        return array
    return round(value)


def shown(instance: Mapping[Basic, Any]) -> dict[str, Any]:
    """An instance as plain text and numbers: name → value or nested lists, fractions as text."""
    return {str(symbol): _plain(value) for symbol, value in instance.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_plain(entry) for entry in value]
    if isinstance(value, Fraction):
        return str(value) if value.denominator != 1 else int(value)
    return value.item() if isinstance(value, np.generic) else value
