"""Divisions that may be by zero, and solutions they lose: noted where an instance shows that it can happen."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, Sum, Symbol

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.deciding.equivalence import as_definition, solution_of
from derivations.check.judging.instances.laboratory import Laboratory, atoms_of, is_value, is_zero
from derivations.check.judging.instances.sampling import SEED
from derivations.check.judging.worlds.grounds import Grounds
from derivations.core.binding import free_symbols
from numeric.failures import NumericFailure
from numeric.instances import draw_instance

_NAMED = (Symbol, Indexed, Sum)
TRIES = 24
"""Small instances, empty classes among them, on which a divisor is looked at."""
_SMALL = (0, 1, -1, 2)


def divided(grounds: Grounds, known: Expr, said: Expr, unknown: Expr | None, sides: tuple[Side, Side]) -> tuple[str, ...]:
    """A remark when an equation is the one before divided by something that vanishes on some instance."""
    both = [atom for atom in atoms_of(known) if atom in atoms_of(said)]
    for atom in [unknown] if unknown in both and unknown is not None else both[:1]:
        solutions = [solution_of(residual, atom, grounds.laboratory) for residual in (known, said)]
        if solutions[0] is None or solutions[1] is None:
            return ()
        divisor = solutions[0].divisor / solutions[1].divisor
        if divisor.is_number or divisor.is_positive or not _vanishes(grounds.laboratory, divisor, solutions[1].divisor):
            return ()
        return (f"divided by {_named(grounds, divisor, sides)}, which may be zero: then the equation before says something else",)
    return ()


def loses_solutions(grounds: Grounds, known: Expr, said: Expr, unknown: Expr | None) -> bool:
    """Whether everything that solves an equation solves the one before, which has other solutions too: a factor is cancelled."""
    both = [atom for atom in atoms_of(known) if atom in atoms_of(said)]
    for atom in [unknown] if unknown in both and unknown is not None else both[:2]:
        solution = solution_of(said, atom, grounds.laboratory)
        definition = None if solution is None else as_definition(atom, solution.value)
        if solution is None or definition is None or solution_of(known, atom, grounds.laboratory) is not None:
            continue
        values = [grounds.laboratory.evaluate(known, point, definitions=definition) for point in grounds.laboratory.points]
        judged = [value for value in values if is_value(value)]
        if len(judged) >= 2 and all(map(is_zero, judged)):
            return True
    return False


def _vanishes(laboratory: Laboratory, divisor: Expr, kept: Expr) -> bool:
    """Whether a small instance within all domains makes the divisor zero, and what is kept of the equation not."""
    rng = np.random.default_rng(SEED)
    for _ in range(TRIES):
        try:
            instance = draw_instance(laboratory.variables, rng, exact=True, every_label_occurs=False, max_size=3)
        except NumericFailure:
            return False
        for variable in laboratory.variables:
            if variable.domain.kind == "real":
                instance[variable.symbol] = _small(instance[variable.symbol], rng)
        point = instance, _indices(laboratory, instance, divisor, rng)
        values = [laboratory.evaluate(part, point) for part in (divisor, kept)]
        if laboratory.keeps(point) and all(map(is_value, values)) and is_zero(values[0]) and not is_zero(values[1]):
            return True
    return False


def _small(value: Any, rng: np.random.Generator) -> Any:
    if not isinstance(value, np.ndarray):
        return Fraction(_SMALL[int(rng.integers(len(_SMALL)))])
    found = np.empty(value.shape, dtype=object)
    for place in np.ndindex(*value.shape):
        found[place] = Fraction(_SMALL[int(rng.integers(len(_SMALL)))])
    return found


def _indices(laboratory: Laboratory, instance: Mapping[Basic, Any], divisor: Expr, rng: np.random.Generator) -> dict[Symbol, int]:
    """A value for every index that the divisor leaves open."""
    places = laboratory.places(divisor, instance)
    return places[int(rng.integers(len(places)))] if places else {}


def _named(grounds: Grounds, divisor: Expr, sides: tuple[Side, Side]) -> str:
    """The divisor as the line writes it, or in words."""
    for side in sides:
        for expression, start, end in side.reading.spans:
            if isinstance(expression, Expr) and expression.func in _NAMED and grounds.world.expand(expression) == divisor:
                return side.reading.latex[start:end].strip()
    for key, (parameters, body) in grounds.world.definitions.items():
        if body == divisor and not isinstance(key, str):
            return f"{getattr(key, 'label', key)}" + (f"_{''.join(map(str, parameters))}" if parameters else "")
    return str(divisor) if isinstance(divisor, Symbol) or not free_symbols(divisor) else "an expression"


__all__ = ["divided", "loses_solutions"]
