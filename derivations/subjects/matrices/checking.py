"""Further checks of a gradient: the compiled result against differences of the expression itself, on random arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from derivations.core.reports import Row, compare
from derivations.subjects.matrices.elementwise import ELEMENTWISE
from derivations.subjects.matrices.expressions import Matrix, sizes_of
from derivations.subjects.matrices.programs import Program
from numeric.oracles.gradients import central

if TYPE_CHECKING:
    from derivations.subjects.matrices.results import MatrixDerivation

REPETITIONS = 3


def compiled_against_differences(derivation: MatrixDerivation, samples: int, rng: Generator) -> Iterator[Row]:
    """For the gradient of a scalar that folds to matrices: rows of comparisons, none for other derivatives."""
    expression, of = derivation.expression, derivation.of
    if expression is None or derivation.result is None or expression.shape or _has(expression, "indexed"):
        return
    program = Program.of(expression)
    for _ in range(REPETITIONS):
        arrays = drawn(expression, rng)
        functions = _functions(expression)
        found = derivation.compile()(**arrays, **functions)
        wanted = central(lambda functions=functions, **values: program(**values, **functions), arrays, of)
        if derivation.layout == "numerator":
            wanted = wanted.T
        sizes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items() if np.ndim(array))
        yield compare(
            f"compiled gradient against central differences, {sizes}", wanted, found, 1e-5, "differences lose half the digits"
        )


def drawn(expression: Matrix, rng: Generator) -> dict[str, Any]:
    """Random arrays and sizes for the variables; scalars positive, square matrices near positive definite ones."""
    sizes = {s: int(rng.integers(2, 5)) for v in expression.variables() for s in sizes_of(v.shape)}
    arrays: dict[str, Any] = {s.name: length for s, length in sizes.items()}
    for variable in expression.variables():
        shape = tuple(sizes[extent] for extent in variable.shape)
        array = rng.normal(size=shape)
        if not shape:
            array = np.abs(array) + 0.5
        elif len(set(variable.shape)) == 1 and len(shape) == 2:
            array = array @ array.T + 2 * np.eye(shape[0]) + 0.1 * rng.normal(size=shape)
        arrays[variable.data] = array
    return arrays


def _has(expression: Matrix, operation: str) -> bool:
    return expression.operation == operation or any(_has(operand, operation) for operand in expression.operands)


def _functions(expression: Matrix) -> dict[str, Any]:
    """tanh for every arbitrary function."""
    found: dict[str, Any] = {}
    if expression.operation == "apply" and expression.data not in ELEMENTWISE:
        found = {expression.data: np.tanh, f"{expression.data}_prime": lambda u: 1 - np.tanh(u) ** 2}
    for operand in expression.operands:
        found |= _functions(operand)
    return found
