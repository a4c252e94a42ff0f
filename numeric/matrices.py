"""Inverses and determinants of matrices given by their entries: exactly by elimination, on arrays by LAPACK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.duals import primal
from numeric.failures import UndefinedValue

Array = NDArray[Any]
MATRIX_FUNCTIONS = frozenset(("inverse", "determinant", "logdet"))
"""Functions whose first argument is a matrix, `Lambda((row, column), entry)`, and whose second is its size."""
NORM = "norm"
"""norm(Λ, m, n) of a matrix of m rows and n columns: the spectral norm, one of those that are meant."""


def eliminate(rows: list[list[Any]], number: Any) -> tuple[Any, list[list[Any]]]:
    """Determinant and inverse of a square matrix by Gauss's elimination in the arithmetic `number`, dual numbers included.

    Raises: UndefinedValue when the matrix has no inverse; its determinant is then zero.
    """
    size = len(rows)
    work = [list(row) + [int(r == c) for c in range(size)] for r, row in enumerate(rows)]
    determinant: Any = 1
    for column in range(size):
        pivot = next((r for r in range(column, size) if primal(work[r][column]) != 0), None)
        if pivot is None:
            raise UndefinedValue("inverse", 0, "a singular matrix")
        if pivot != column:
            work[column], work[pivot] = work[pivot], work[column]
            determinant = number.multiply(-1, determinant)
        head = work[column][column]
        determinant = number.multiply(determinant, head)
        reciprocal = number.power(head, -1)
        work[column] = [number.multiply(reciprocal, entry) for entry in work[column]]
        for r in range(size):
            if r != column and work[r][column] != 0:
                factor = number.multiply(-1, work[r][column])
                work[r] = [number.add(a, number.multiply(factor, b)) for a, b in zip(work[r], work[column], strict=True)]
    return determinant, [row[size:] for row in work]


def spectral_norm(rows: list[list[Any]], number: Any) -> Any:
    """The largest singular value of a matrix with at least one row and one column, in long floats."""
    context = number.context
    values = context.svd_r(context.matrix([[number.lift(entry) for entry in row] for row in rows]), compute_uv=False)
    return max(values)


ON_ARRAYS: dict[str, Callable[[Array], Any]] = {
    "inverse": np.linalg.inv,
    "determinant": np.linalg.det,
    "logdet": lambda matrix: np.linalg.slogdet(matrix)[1],
}
"""The functions on an array (n, n); a singular matrix raises numpy.linalg.LinAlgError."""
