"""What is remembered of rows seen in chunks: counts, sums and scatter by class, and the triangle of a least-squares problem."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from numeric.failures import UndefinedValue

Array = NDArray[Any]


@dataclass
class Class:
    """Rows of one class: how many, Σ (x − pivot) as a sum and what rounding left over, Σ (x − mean)(x − mean)ᵀ."""

    count: int
    high: Array
    low: Array
    scatter: Array | None

    def join(self, other: Class, shift: Array) -> None:
        """Take in rows whose pivot lies `shift` above this one's: Chan's rule for the scatter."""
        if self.scatter is not None and other.scatter is not None:
            gap = (other.high + other.low) / other.count + shift - (self.high + self.low) / self.count
            weight = self.count * other.count / (self.count + other.count)
            self.scatter = self.scatter + other.scatter + weight * np.multiply.outer(gap, gap)
        more = other.high + other.count * shift
        total = self.high + more
        moved = total - self.high
        self.low = self.low + other.low + ((self.high - (total - moved)) + (more - moved))
        self.high, self.count = total, self.count + other.count


@dataclass
class Groups:
    """Rows by class, classes being whatever labels occurred; one class without a name where there are no labels."""

    scattered: bool
    """Whether the scatter is wanted; without it nothing of size D² is kept."""
    pivot: Array | None = None
    classes: dict[Any, Class] = field(default_factory=dict)

    def add(self, rows: Array, codes: Array | None, names: list[Any]) -> None:
        """Gather rows (N, D); codes (N,) count classes from 1."""
        if self.pivot is None:
            self.pivot = rows.mean(axis=0) if self.scattered else np.zeros(rows.shape[1])
        away = rows - self.pivot if self.scattered else rows
        nothing = np.zeros(rows.shape[1])
        for code, name in enumerate(names, 1):
            own = away if codes is None else away[codes == code]
            if not len(own):
                continue
            total = own.sum(axis=0)
            around = own - total / len(own) if self.scattered else own
            self._join(name, Class(len(own), total, nothing, around.T @ around if self.scattered else None), nothing)

    def merge(self, other: Groups) -> None:
        """Take in what others have gathered."""
        if other.pivot is None:
            return
        if self.pivot is None:
            self.pivot = other.pivot
        for name, more in other.classes.items():
            self._join(name, more, other.pivot - self.pivot)

    def _join(self, name: Any, more: Class, shift: Array) -> None:
        if name in self.classes:
            self.classes[name].join(more, shift)
        else:
            self.classes[name] = Class(more.count, more.high + more.count * shift, more.low, more.scatter)

    def table(self, names: list[Any]) -> tuple[Array, Array, Array | None]:
        """Counts (K,), sums (K, D) and scatter (K, D, D) of the classes named."""
        assert self.pivot is not None
        found = [self.classes[name] for name in names]
        counts = np.array([one.count for one in found], dtype=float)
        sums = np.array([one.count * self.pivot + (one.high + one.low) for one in found])
        return counts, sums, np.array([one.scatter for one in found]) if self.scattered else None


@dataclass
class Triangle:
    """R of [√w·X  √w·y] = Q·R: all that least squares needs, gathered without squaring the condition of X."""

    factor: Array | None = None
    count: int = 0

    def add(self, design: Array, response: Array, weight: Array) -> None:
        """Gather rows: design (N, D), response (N,), positive weight (N,)."""
        root = np.sqrt(weight)
        self._stack(np.column_stack([design * root[:, None], response * root]))
        self.count += len(design)

    def merge(self, other: Triangle) -> None:
        """Take in what others have gathered."""
        if other.factor is not None:
            self._stack(other.factor)
            self.count += other.count

    def _stack(self, rows: Array) -> None:
        stacked = rows if self.factor is None else np.vstack([self.factor, rows])
        self.factor = _triangle(stacked)

    def solution(self, ridge: float = 0.0) -> tuple[Array, float]:
        """β of (XᵀWX + ridge·1)·β = XᵀWy, (D,), and Σ w·(y − X·β)². Raises: UndefinedValue: dependent columns."""
        assert self.factor is not None
        factor, size = self.factor, self.factor.shape[1] - 1
        stacked = np.vstack([factor, np.sqrt(ridge) * np.eye(size, size + 1)]) if ridge else factor
        triangle = _triangle(stacked) if ridge else stacked
        upper = triangle[:size, :size]
        diagonal = np.abs(np.diag(upper))
        if len(triangle) < size or not diagonal.min() > np.finfo(float).eps * size * diagonal.max():
            raise UndefinedValue("inverse", 0, "a matrix of dependent columns")
        coefficients = solve_triangular(upper, triangle[:size, size])
        residual = factor[:, size] - factor[:, :size] @ coefficients
        return coefficients, float(residual @ residual)


def _triangle(rows: Array) -> Array:
    found: Array = np.asarray(np.linalg.qr(rows, mode="r"))
    return found
