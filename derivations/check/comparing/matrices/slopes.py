"""Derivatives of a number by a vector or matrix, and functions that are not given: values on instances."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations.check.comparing.matrices.shapes import NoMatrixMeaning, key_of
from derivations.check.reader.terms import Term
from numeric.duals import arithmetic

if TYPE_CHECKING:
    from derivations.check.comparing.matrices.values import Evaluation

NUMBERS = arithmetic(40)
STEP = Fraction(1, 10**8)
"""The error of the difference below is about STEP⁶ = 1e-48; cancellation leaves 1e-40 / STEP = 1e-32 of the value."""
WEIGHTS = ((1, Fraction(45, 60)), (2, Fraction(-9, 60)), (3, Fraction(1, 60)))
"""Distances and weights of the symmetric difference of sixth order."""
DEGREE = 4


def slope(run: Evaluation, term: Term) -> Any:
    """The derivative, by symmetric differences."""
    body, variable, *value = term.args
    key = key_of(variable)
    if run.instance.shapes.ranks.get(key, 0) == 0 or variable.args:
        raise NoMatrixMeaning("a derivative by an entry")
    run.scalar(body)  # draws every array that the body needs, so that moved instances share them
    if value:
        there = run.value(value[0])
        run = replace(run, instance=replace(run.instance, arrays={**run.instance.arrays, (key[0], ()): there}))
    array = run.instance.array(key)
    found = np.empty(array.shape, dtype=object)
    for place in np.ndindex(*array.shape):
        found[place] = NUMBERS.lift(Fraction(0))
        for distance, weight in WEIGHTS:
            ahead, behind = (_moved(run, key, place, sign * distance * STEP).scalar(body) for sign in (1, -1))
            found[place] = found[place] + NUMBERS.lift(ahead - behind) * NUMBERS.lift(weight / STEP)
    return found.T if run.instance.shapes.layout == "row" else found


def _moved(run: Evaluation, key: tuple[str, int], place: tuple[int, ...], step: Fraction) -> Evaluation:
    """The same instance with one entry moved."""
    array = run.instance.array(key).copy()
    array[place] = array[place] + step
    arrays = {**run.instance.arrays, (key[0], ()): array}
    return replace(run, instance=replace(run.instance, arrays=arrays))


# ---------------------------------------------------------------------- functions that are not given


def call(run: Evaluation, term: Term) -> Any:
    """An arbitrary polynomial in place of a function that is not given, its derivatives where it has primes."""
    root, order = _unprimed(str(term.data))
    coefficients = run.instance.functions.setdefault(root, _polynomial(run.instance.rng))
    for _ in range(order):
        coefficients = [power * c for power, c in enumerate(coefficients)][1:]
    value = run.value(term.args[0])
    found = np.empty(value.shape, dtype=object)
    for place in np.ndindex(*value.shape):
        total: Any = Fraction(0)
        for coefficient in reversed(coefficients):
            total = total * value[place] + coefficient
        found[place] = total
    return found


def _unprimed(name: str) -> tuple[str, int]:
    root, _, mark = name.rpartition("_")
    return (root, mark.count("prime")) if root and mark and not mark.replace("prime", "") else (name, 0)


def _polynomial(rng: np.random.Generator) -> list[Fraction]:
    return [Fraction(int(rng.integers(-3, 4)), int(rng.integers(1, 4))) for _ in range(DEGREE)] + [Fraction(1)]
