"""Instances on which what is assumed holds: a refutation that breaks a premise refutes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from derivations.check.judging.context.shapes import heads_of
from derivations.check.judging.deciding.equivalence import UNSOLVED, Insertion, as_definition, solution_of
from derivations.check.judging.instances.laboratory import Laboratory, atoms_of, is_value, is_zero
from derivations.check.judging.worlds.conditions import Point
from derivations.check.judging.worlds.world import World
from derivations.core.binding import free_symbols
from derivations.core.evidence import Evidence, Word
from numeric.refute import Separation

_FACTORS = (Fraction(1), Fraction(2), Fraction(3))
Definitions = Mapping[Any, Any] | None
ENOUGH = 2
"""Instances that meet the premises, on which two sides must agree."""


def assumed(world: World, *expressions: Expr) -> tuple[Expr, ...]:
    """The residuals of the premises that bear on these expressions: by a shared letter, or by way of another premise."""
    reached = {head for expression in expressions for head in heads_of(expression)}
    open_ones = [world.expand(hypothesis.residual) for hypothesis in world.hypotheses if hypothesis.premise]
    found: list[Expr] = []
    growing = True
    while growing:
        growing = False
        for residual in list(open_ones):
            heads = {head for head in heads_of(residual) if not getattr(head, "is_integer", False)}
            if heads & reached:
                open_ones.remove(residual)
                found.append(residual)
                reached |= heads
                growing = True
    return tuple(found)


def met(residuals: Sequence[Expr], point: Point, laboratory: Laboratory, definitions: Definitions = None) -> bool:
    """Whether all premises hold at a point, for every value of the indices they leave open."""
    instance, bindings = point
    for residual in residuals:
        for place in laboratory.places(residual, instance):
            value = laboratory.evaluate(residual, (instance, {**bindings, **place}), definitions=definitions)
            if not (is_value(value) and is_zero(value)):
                return False
    return True


def compare_where(
    residuals: Sequence[Expr], left: Expr, right: Expr, laboratory: Laboratory, definitions: Definitions = None
) -> Evidence:
    """Whether two sides are equal wherever the premises hold: on instances that are moved until they do."""
    agreeing = 0
    for point in laboratory.points:
        moved = meeting(residuals, point, laboratory, definitions)
        if moved is None:
            continue
        values = [laboratory.evaluate(side, moved, definitions=definitions) for side in (left, right)]
        if not all(map(is_value, values)):
            continue
        if laboratory.separates((left, right), moved, definitions):
            instance, bindings = moved
            return Evidence(
                Word.REFUTED,
                "the sides differ on an instance where what is assumed holds",
                counterexample=Separation(dict(instance), dict(bindings), *values),
            )
        agreeing += 1
    if agreeing >= ENOUGH:
        return Evidence(Word.AGREES, f"equal on {agreeing} instances where what is assumed holds", instances=agreeing)
    return Evidence(Word.UNDECIDED, "they differ, but on no instance found does what is assumed hold")


def meeting(
    residuals: Sequence[Expr], point: Point, laboratory: Laboratory, definitions: Definitions = None
) -> Point | None:
    """The point moved so that all premises hold: an array is scaled or a letter shifted; None when that does not do."""
    for residual in residuals:
        if met((residual,), point, laboratory, definitions):
            continue
        moved = _moved(residual, point, laboratory, definitions)
        if moved is None:
            return None
        point = moved
    return point if met(residuals, point, laboratory, definitions) else None


def _moved(residual: Expr, point: Point, laboratory: Laboratory, definitions: Definitions) -> Point | None:
    """The point with one letter of the premise scaled, in which (or in the inverse of which) the premise is affine; where the
    premise leaves an index open, one row after the other.
    """
    instance, bindings = point
    domains = {variable.symbol: variable.domain.kind for variable in laboratory.variables}
    letters = heads_of(residual).union(*(heads_of(value) for _, value in (definitions or {}).values()))
    heads = [head for head in sorted(letters, key=str) if domains.get(head) in _FREE and head not in (definitions or {})]
    heads.sort(key=lambda head: not isinstance(head, IndexedBase))
    for head in heads:
        moved: dict[Basic, Any] | None = dict(instance)
        for place in laboratory.places(residual, instance):
            there = {**bindings, **place}
            row = _row(residual, head, place)
            tried = [({**(moved or {}), head: _times((moved or {})[head], factor, row)}, there) for factor in _FACTORS]
            factor = _root([laboratory.evaluate(residual, one, definitions=definitions) for one in tried])
            if factor is None or not (factor > 0 or (factor and domains[head] == "real")):
                moved = None
                break
            moved = {**(moved or {}), head: _times((moved or {})[head], factor, row)}
        if moved is not None:
            return moved, bindings
    return None


def _row(residual: Expr, head: Basic, place: Mapping[Symbol, int]) -> tuple[Any, ...]:
    """The part of an array that the premise is about for these values of its open indices."""
    for atom in residual.atoms(Indexed):
        if atom.base == head:
            return tuple(place[index] - 1 if index in place else slice(None) for index in atom.indices)
    return ()


def _root(values: Sequence[Any]) -> Fraction | None:
    """The factor at which what has these values at factors 1, 2 and 3 vanishes, when it is affine in it or in its inverse."""
    if not all(isinstance(value, (int, Fraction)) for value in values):
        return None
    one, two, three = map(Fraction, values)
    if one == two:
        return None
    if three - two == two - one:
        return 1 - one / (two - one)
    slope = 2 * (one - two)
    if three == one - slope + slope / 3 and one != slope:
        return slope / (slope - one)
    return None


_FREE = frozenset(("real", "positive", "nonnegative"))


def _times(value: Any, factor: Fraction, row: tuple[Any, ...] = ()) -> Any:
    """A number or the row of an array times a factor."""
    if not isinstance(value, np.ndarray):
        return value * factor
    scaled = value.astype(object)
    part = np.array(scaled[row or ...], dtype=object)
    scaled[row or ...] = np.array([entry * factor for entry in part.ravel()], dtype=object).reshape(part.shape)
    return scaled


def respecting(evidence: Evidence, residuals: Sequence[Expr], laboratory: Laboratory) -> bool:
    """Whether the counterexample meets the premises, the solution that it puts in included."""
    found = evidence.counterexample
    definitions = as_definition(found.unknown, found.value) if isinstance(found, Insertion) else None
    return not residuals or (
        isinstance(found, Separation) and met(residuals, (found.instance, found.bindings), laboratory, definitions)
    )


def inserted_where(residuals: Sequence[Expr], known: Expr, asked: Expr, laboratory: Laboratory) -> Evidence:
    """Whether what solves one equation for all its indices, where the premises hold, solves the other."""
    indices = laboratory.indices(known)
    for unknown in atoms_of(known):
        if not indices <= free_symbols(unknown):
            continue
        solution = solution_of(known, unknown, laboratory)
        definition = None if solution is None else as_definition(unknown, solution.value)
        if solution is None or definition is None:
            continue
        there = compare_where(residuals, asked, asked * 0, laboratory, definition)
        if there.word is Word.UNDECIDED:
            continue
        if there.word is not Word.REFUTED or not isinstance(there.counterexample, Separation):
            return there
        at = there.counterexample
        counter = Insertion(at.instance, at.bindings, 0, at.left, unknown, solution.value, asked, True)
        return Evidence(Word.REFUTED, UNSOLVED[True], counterexample=counter)
    return Evidence(Word.UNDECIDED, "no instance found meets what is assumed")
