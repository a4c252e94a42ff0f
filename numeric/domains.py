"""Domains of symbols: where a number, a label or a probability vector may lie, and how SymPy is told so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Integer, Symbol

Kind = Literal[
    "real",
    "positive",
    "nonnegative",
    "unit-interval",
    "angle",
    "covariance",
    "integer",
    "natural",
    "binary",
    "size",
    "index",
    "label",
    "simplex",
    "function",
]

ASSUMPTIONS: dict[str, dict[str, bool]] = {
    "real": {"real": True},
    "positive": {"positive": True},
    "nonnegative": {"nonnegative": True},
    "unit-interval": {"positive": True},
    "angle": {"real": True},
    "covariance": {"real": True},
    "integer": {"integer": True},
    "natural": {"integer": True, "nonnegative": True},
    "binary": {"integer": True, "nonnegative": True},
    "size": {"integer": True, "positive": True},
    "index": {"integer": True, "positive": True},
    "label": {"integer": True, "positive": True},
    "simplex": {"positive": True},
    "function": {"real": True},
}

INTEGRAL_KINDS = frozenset({"integer", "natural", "binary", "size", "index", "label"})
RANGED_KINDS = frozenset({"index", "label"})
SIMPLEX_TOLERANCE = 1e-9
"""A float probability vector sums to one within this: 1e7 rounding errors of 2^-53 add up to it."""


@dataclass(frozen=True)
class Domain:
    """Where the entries of a symbol lie; `lower` and `upper` are the first and last value of an index or a label.

    >>> from sympy import Symbol
    >>> K = Symbol("K", integer=True, positive=True)
    >>> label(K).contains(np.array([1, 3]), {K: 3}), label(K).contains(np.array([0]), {K: 3})
    (True, False)
    """

    kind: Kind
    upper: Expr | None = None
    lower: int = 1

    def __post_init__(self) -> None:
        if self.kind not in ASSUMPTIONS:
            raise ValueError(f"unknown domain {self.kind!r}; known: {', '.join(ASSUMPTIONS)}")
        if (self.kind in RANGED_KINDS) != (self.upper is not None):
            raise ValueError(f"the domain {self.kind!r} {'needs' if self.upper is None else 'takes no'} upper end")
        if self.lower != 1 and self.kind != "index":
            raise ValueError(f"the domain {self.kind!r} cannot start at {self.lower}; only an index can")

    def __str__(self) -> str:
        return self.kind if self.upper is None else f"{self.kind} in {self.lower}..{self.upper}"

    @property
    def is_integral(self) -> bool:
        """Whether every member is an integer."""
        return self.kind in INTEGRAL_KINDS

    def assumptions(self) -> dict[str, bool]:
        """The SymPy assumptions for a Symbol or an IndexedBase with entries in this domain."""
        if self.lower < 1:
            return {"integer": True, "nonnegative": True} if self.lower == 0 else {"integer": True}
        return dict(ASSUMPTIONS[self.kind])

    def last(self, sizes: Mapping[Any, int]) -> int:
        """The last value of an index or a label under the given sizes."""
        if self.upper is None:
            raise ValueError(f"the domain {self.kind!r} has no upper end")
        return int(self.upper.xreplace({size: Integer(value) for size, value in sizes.items()}))

    def contains(self, value: Any, sizes: Mapping[Any, int]) -> bool:
        """Whether every entry of a number or an array lies in the domain; a simplex sums to one over its last axis."""
        array = np.asarray(value)
        if self.kind == "function":
            return True
        if array.dtype.kind == "f" and not bool(np.isfinite(array).all()):
            return False
        if self.is_integral and not _all_integers(array):
            return False
        if self.kind in RANGED_KINDS:
            return bool(np.all((array >= self.lower) & (array <= self.last(sizes))))
        return MEMBERSHIP[self.kind](array)


def _all_integers(array: NDArray[Any]) -> bool:
    return array.dtype.kind in "iu" or all(entry == int(entry) for entry in array.ravel().tolist())


def _on_simplex(array: NDArray[Any]) -> bool:
    if array.ndim == 0 or not bool(np.all(array > 0)):
        return False
    exact = all(isinstance(entry, (int, Fraction)) for entry in array.ravel().tolist())
    tolerance = 0 if exact else SIMPLEX_TOLERANCE
    return bool(np.all(abs(array.sum(axis=-1) - 1) <= tolerance))


def _positive_definite(array: NDArray[Any]) -> bool:
    """Square, symmetric to rounding, and with positive eigenvalues."""
    matrix = np.asarray(array, dtype=float)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or not np.allclose(matrix, np.swapaxes(matrix, -1, -2)):
        return False
    return bool(np.all(np.linalg.eigvalsh(matrix) > 0))


MEMBERSHIP: dict[str, Callable[[NDArray[Any]], bool]] = {
    "real": lambda array: True,
    "positive": lambda array: bool(np.all(array > 0)),
    "nonnegative": lambda array: bool(np.all(array >= 0)),
    "unit-interval": lambda array: bool(np.all((array > 0) & (array < 1))),
    "covariance": lambda array: _positive_definite(array),
    "angle": lambda array: bool(np.all((array > -np.pi) & (array <= np.pi))),
    "integer": lambda array: True,
    "natural": lambda array: bool(np.all(array >= 0)),
    "binary": lambda array: bool(np.all((array == 0) | (array == 1))),
    "size": lambda array: bool(np.all(array >= 1)),
    "simplex": _on_simplex,
}

REAL = Domain("real")
POSITIVE = Domain("positive")
NONNEGATIVE = Domain("nonnegative")
UNIT_INTERVAL = Domain("unit-interval")
ANGLE = Domain("angle")
COVARIANCE = Domain("covariance")
INTEGER = Domain("integer")
NATURAL = Domain("natural")
BINARY = Domain("binary")
SIZE = Domain("size")
SIMPLEX = Domain("simplex")
FUNCTION = Domain("function")


def label(upper: Expr | int) -> Domain:
    """The labels 1..upper, a class in mathematics."""
    return Domain("label", _upper(upper))


def index(upper: Expr | int, lower: int = 1) -> Domain:
    """The indices lower..upper, a position in mathematics; a step of an iteration starts at 0 or −1."""
    return Domain("index", _upper(upper), lower)


def _upper(upper: Expr | int) -> Expr:
    return Integer(upper) if isinstance(upper, int) else upper


def size(name: str) -> Symbol:
    """A size: an integer of at least one, such as N or K.

    >>> size("N").is_positive
    True
    """
    return Symbol(name, **SIZE.assumptions())
