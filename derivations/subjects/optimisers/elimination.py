"""Row spaces over rational functions in reduced echelon form, given up when the entries grow too large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MAX_EFFORT = 100_000
"""Products of sizes of entries multiplied; the largest pair of the library takes two thousand."""


MAX_PRODUCT = 600
"""The product of the sizes of two entries that are multiplied: common factors of larger ones are dear to find."""


class TooMuchWork(ArithmeticError):
    """A reduction whose entries have grown too large."""

    def __init__(self, effort: int) -> None:
        self.effort = effort
        super().__init__(f"more than {effort} products of terms; give some of the parameters numbers with a map")


class Space:
    """A row space that grows row by row; its rows stay in reduced echelon form.

    >>> from sympy import QQ
    >>> space = Space()
    >>> space.add([QQ(2), QQ(4)]), space.add([QQ(1), QQ(2)]), [int(value) for value in space.rows[0]]
    (True, False, [1, 2])
    """

    def __init__(self, rows: Sequence[Sequence[Any]] = ()) -> None:
        self._rows: list[list[Any]] = []
        self._pivots: list[int] = []
        self._effort = 0
        for row in rows:
            self.add(row)

    @property
    def rows(self) -> list[list[Any]]:
        """The rows, by pivot."""
        return [self._rows[n] for n in self._order]

    @property
    def pivots(self) -> list[int]:
        """The pivot columns."""
        return [self._pivots[n] for n in self._order]

    @property
    def _order(self) -> list[int]:
        return sorted(range(len(self._pivots)), key=self._pivots.__getitem__)

    def remainder(self, row: Sequence[Any]) -> list[Any]:
        """What is left of a row: zeros where it lies in the space. Raises: TooMuchWork."""
        rest = list(row)
        for basis, pivot in zip(self._rows, self._pivots, strict=True):
            self._subtract(rest, basis, rest[pivot])
        return rest

    def add(self, row: Sequence[Any]) -> bool:
        """Take a row in; whether the space has grown. Raises: TooMuchWork."""
        rest = self.remainder(row)
        pivot = next((n for n, value in enumerate(rest) if value), -1)
        if pivot < 0:
            return False
        lead = rest[pivot]
        rest = [value / lead if value else value for value in rest]
        for basis in self._rows:
            self._subtract(basis, rest, basis[pivot])
        self._rows.append(rest)
        self._pivots.append(pivot)
        return True

    def annihilator(self, width: int, field: Any) -> Space:
        """The space of all w with w·r = 0 for every row r. Raises: TooMuchWork."""
        found = Space()
        for column in (n for n in range(width) if n not in self._pivots):
            vector = [field.zero] * width
            vector[column] = field.one
            for row, pivot in zip(self._rows, self._pivots, strict=True):
                vector[pivot] = -row[column]
            found.add(vector)
        return found

    def _subtract(self, row: list[Any], basis: Sequence[Any], factor: Any) -> None:
        """The row minus a multiple of another, in place."""
        if not factor:
            return
        for n, value in enumerate(basis):
            if value:
                product = _size(factor) * _size(value)
                self._effort += product + _size(row[n])
                if self._effort > MAX_EFFORT or product > MAX_PRODUCT:
                    raise TooMuchWork(min(self._effort, MAX_EFFORT))
                row[n] -= factor * value


def _size(value: Any) -> int:
    """How many terms a rational function has."""
    numerator: Any = getattr(value, "numer", None)
    return len(numerator) + len(value.denom) if hasattr(numerator, "terms") else 1
