"""Whether two equations say the same: a multiple, the same solution put in, or the same roots on slices of instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Indexed, Rational, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.judging.instances.laboratory import Laboratory, atoms_of, is_value, is_zero
from derivations.core.calculus import NotDifferentiable
from derivations.core.definitions import unfold
from derivations.core.evidence import Evidence, Word
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.solve import NotIsolable, Solution, isolate
from numeric.refute import Separation

MAX_UNKNOWNS = 4
TRIED = 4
"""Points on which ratios and solutions are looked at before a proof, or all points, decide."""
UNSOLVED = ("what solves this line does not solve the one before", "what solves the line before does not solve this one")
SAME_SOLUTION = "both have the same solution"
MAX_SLICED = 60
"""Equations with more operations than this are not compared root by root."""


@dataclass(frozen=True)
class Insertion(Separation):
    """The solution of one equation put into the other: unknown = value solves the first, or else the second."""

    unknown: Expr
    value: Expr
    residual: Expr
    is_first: bool


def equivalent(first: Expr, second: Expr, laboratory: Laboratory, unknown: Expr | None = None) -> Evidence:
    """Whether first = 0 and second = 0 restrict their letters in the same way.

    proved, agrees: a nowhere vanishing multiple, or the one solution of each solves the other. refuted: a solution of one is none
    of the other. undecided otherwise.
    """
    multiple = _multiple(first, second, laboratory)
    if multiple is not None:
        return multiple
    refuted: Evidence | None = None
    candidates = _unknowns(first, second, unknown)
    if not candidates:
        return _elsewhere(first, second, unknown, laboratory) or Evidence(
            Word.UNDECIDED, "the equations have no unknown in common"
        )
    for candidate in candidates:
        found = _by_solution(first, second, candidate, laboratory)
        if found is not None and found.word is not Word.REFUTED:
            return found
        refuted = refuted or found
    if refuted is not None:
        return refuted
    return _by_slices(first, second, laboratory, unknown if unknown in candidates else None)


def _elsewhere(first: Expr, second: Expr, unknown: Expr | None, laboratory: Laboratory) -> Evidence | None:
    """`refuted` when the second equation holds other entries of the same unknown array and the solution does not solve it."""
    if not isinstance(unknown, Indexed) or not second.has(unknown.base) or unknown not in atoms_of(first):
        return None
    if not any(isinstance(atom, Indexed) and atom.base == unknown.base for atom in atoms_of(second)):
        return None
    solution = solution_of(first, unknown, laboratory)
    return None if solution is None else _put_in(solution.value, unknown, second, laboratory, True)


def _multiple(first: Expr, second: Expr, laboratory: Laboratory) -> Evidence | None:
    """One residual as a nonzero number times the other."""
    pairs = (
        (laboratory.value(first, number), laboratory.value(second, number)) for number in range(len(laboratory.points))[:TRIED]
    )
    values = [(a, b) for a, b in pairs if is_value(a) and is_value(b)]
    nonzero = [(a, b) for a, b in values if not is_zero(a) and not is_zero(b)]
    if len(nonzero) < 2 or len(nonzero) < len([1 for a, b in values if not (is_zero(a) and is_zero(b))]):
        return None
    ratio = _ratio(*nonzero[0])
    if ratio is None or any(_ratio(a, b) != ratio for a, b in nonzero[1:]):
        return None
    number = Rational(ratio.numerator, ratio.denominator)
    found = laboratory.compare(second, number * first)
    if found.word in (Word.PROVED, Word.AGREES):
        return Evidence(found.word, f"{_times(number)} the equation before", found.conditions, found.instances, found.seed)
    return None


def _times(number: Rational) -> str:
    return {1: "the same as", -1: "minus"}.get(int(number) if number.is_Integer else 0, f"{number} times")


def _ratio(a: Any, b: Any) -> Fraction | None:
    """b/a as a small fraction; None when it is none."""
    if isinstance(a, (int, Fraction)) and isinstance(b, (int, Fraction)):
        return Fraction(b) / Fraction(a)
    try:
        quotient = b / a if not isinstance(a, Fraction) else b / (a.numerator / type(b)(a.denominator))
        nearest = Fraction(float(quotient)).limit_denominator(64)
    except (TypeError, ZeroDivisionError, OverflowError, ValueError):
        return None
    return nearest if nearest and abs(float(quotient) - float(nearest)) < 1e-13 * abs(float(nearest)) else None


def _unknowns(first: Expr, second: Expr, unknown: Expr | None) -> list[Expr]:
    """What both equations could be solved for: the announced unknown alone, or any letter."""
    both = [atom for atom in atoms_of(first) if atom in atoms_of(second)]
    return [unknown] if unknown is not None and unknown in both else both[:MAX_UNKNOWNS]


def solution_of(residual: Expr, unknown: Expr, laboratory: Laboratory) -> Solution | None:
    """The one solution of residual = 0 for the unknown, when it can be isolated."""
    try:
        normaliser = Normaliser(laboratory.declarations, laboratory.conditions)
        return isolate(unfold(residual, {}), unknown, normaliser)
    except (
        NotIsolable,
        TooLarge,
        UndefinedForm,
        NotDifferentiable,
        ValueError,
        TypeError,
        RecursionError,
        AttributeError,
        ArithmeticError,
    ):
        return None


def _by_solution(first: Expr, second: Expr, unknown: Expr, laboratory: Laboratory) -> Evidence | None:
    """Solve the first, put the solution into the second, and the other way round."""
    solutions = [solution_of(part, unknown, laboratory) for part in (first, second)]
    for solution, other, is_first in ((solutions[0], second, True), (solutions[1], first, False)):
        if solution is None:
            continue
        refuted = _put_in(solution.value, unknown, other, laboratory, is_first)
        if refuted is not None:
            return refuted
    if all(solution is not None for solution in solutions):
        values = [solution.value for solution in solutions if solution is not None]
        found = laboratory.compare(values[0], values[1])
        if found.word in (Word.PROVED, Word.AGREES):
            return Evidence(found.word, SAME_SOLUTION, found.conditions, found.instances, found.seed)
        return found if found.word is Word.REFUTED else None
    return None


def _put_in(value: Expr, unknown: Expr, residual: Expr, laboratory: Laboratory, is_first: bool) -> Evidence | None:
    """`refuted` when the value is no solution of residual = 0 at some point where it lies in its domain."""
    definition = as_definition(unknown, value)
    if definition is None:
        return None
    positive = bool(unknown.is_positive)
    for number, point in enumerate(laboratory.points[:TRIED]):
        there = laboratory.value(value, number)
        if not is_value(there) or (positive and not there > 0):
            continue
        found = laboratory.evaluate(residual, point, definitions=definition)
        if is_value(found) and not is_zero(found):
            instance, bindings = point
            left, right = (0, found) if is_first else (found, 0)
            return Evidence(
                Word.REFUTED,
                UNSOLVED[is_first],
                counterexample=Insertion(dict(instance), dict(bindings), left, right, unknown, value, residual, is_first),
            )
    return None


def as_definition(unknown: Expr, value: Expr) -> Mapping[Any, Any] | None:
    """unknown = value as a definition the evaluator can unfold; None when the value holds the unknown itself."""
    if isinstance(unknown, Indexed):
        symbols = tuple(unknown.indices)
        if not all(isinstance(s, Symbol) for s in symbols) or len(set(symbols)) < len(symbols) or value.has(unknown.base):
            return None
        return {unknown.base: (symbols, value)}
    return None if value.has(unknown) else {unknown: ((), value)}


def put_in(expression: Expr, unknown: Expr, value: Expr) -> Expr | None:
    """The expression with the unknown replaced by its value, for every index."""
    definition = as_definition(unknown, value)
    if definition is None:
        return None
    return unfold(expression, definition)


def _by_slices(first: Expr, second: Expr, laboratory: Laboratory, unknown: Expr | None) -> Evidence:
    """Root by root on slices of instances; for equations that cannot be solved in letters."""
    from derivations.check.comparing.equations import same_solutions

    if first.atoms(AppliedUndef) or second.atoms(AppliedUndef) or first.count_ops() + second.count_ops() > MAX_SLICED:
        return Evidence(Word.UNDECIDED, "the equations could not be solved for a common unknown")
    try:
        return same_solutions((first, Rational(0)), (second, Rational(0)), laboratory.declarations, unknown=unknown)
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):
        return Evidence(Word.UNDECIDED, "the roots could not be compared")


__all__ = ["as_definition", "equivalent", "put_in", "solution_of"]
