"""Instances: sizes, arrays, labels and parameters drawn inside declared domains."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Symbol

from numeric.domains import Domain
from numeric.failures import NoInstance, UnknownSize

Instance = Mapping[Basic, Any]
"""Numbers (int, float, Fraction) by Symbol, arrays by IndexedBase; labels count from 1."""

TRIES = 200


@dataclass(frozen=True)
class Variable:
    """A symbol or an array with the domain of its entries and its shape in sizes: `Variable(mu, REAL, (K, D))`."""

    symbol: Symbol | IndexedBase
    domain: Domain
    shape: tuple[Expr, ...] = ()

    @property
    def name(self) -> str:
        """The name under which arrays are passed."""
        return str(self.symbol.name)

    def shape_under(self, sizes: Mapping[Any, int]) -> tuple[int, ...]:
        """The shape as integers."""
        return tuple(measure(extent, sizes) for extent in self.shape)


@dataclass(frozen=True)
class Draw:
    """One line of a generative story: `Draw(x[i, d], "normal", (mu[y[i], d], sigma2[d]))`.

    distribution: a name in `numeric.sampling.DISTRIBUTIONS`.
    parameters: expressions in the indices of the target; for the categorical the whole probability vector, an
    IndexedBase.
    """

    target: Indexed
    distribution: str
    parameters: tuple[Expr | IndexedBase, ...]


def measure(extent: Basic | int, sizes: Mapping[Any, int]) -> int:
    """The value of an extent such as K or K - 1. Raises: UnknownSize.

    >>> K = Symbol("K", integer=True, positive=True)
    >>> measure(K - 1, {K: 3})
    2
    """
    if isinstance(extent, int):
        return extent
    if extent in sizes:
        return sizes[extent]
    value = extent.xreplace({size: Integer(value) for size, value in sizes.items()})
    if value.free_symbols:
        raise UnknownSize(str(min(value.free_symbols, key=str)), tuple(sorted(map(str, sizes))))
    return int(value)


def sizes_of(variables: Sequence[Variable]) -> tuple[Symbol, ...]:
    """The sizes that the declarations mention, by name: in shapes, in ranges of labels, and of the domain `size`."""
    found = {variable.symbol for variable in variables if variable.domain.kind == "size" and not variable.shape}
    for variable in variables:
        for extent in (*variable.shape, variable.domain.upper):
            found |= extent.free_symbols if isinstance(extent, Basic) else set()
    return tuple(sorted(found, key=str))


def draw_sizes(
    sizes: Sequence[Symbol], rng: Generator, low: int = 1, high: int = 4, *, distinct: bool = False
) -> dict[Symbol, int]:
    """A value in low..high for each size, all different where asked for and where there is room.

    >>> N, K = Symbol("N"), Symbol("K")
    >>> drawn = draw_sizes((N, K), np.random.default_rng(0), distinct=True)
    >>> drawn[N] != drawn[K]
    True
    """
    room = high - low + 1
    values = rng.choice(room, size=len(sizes), replace=not (distinct and len(sizes) <= room))
    return {size: low + int(value) for size, value in zip(sizes, values, strict=True)}


def draw_instance(
    variables: Sequence[Variable],
    rng: Generator,
    *,
    sizes: Mapping[Symbol, int] | None = None,
    exact: bool = False,
    every_label_occurs: bool = True,
    distinct: bool = False,
    min_size: int = 1,
    max_size: int = 4,
) -> dict[Basic, Any]:
    """Values for every variable and every size, each in its domain.

    sizes: those already fixed; the others are drawn in min_size..max_size (`distinct`: all different where
        possible), large enough for every label to occur where that is asked for.
    exact: small Fractions and ints in object arrays instead of floats.

    Raises: NoInstance when the labels cannot all occur.
    """
    fixed = dict(sizes or {})
    missing = [size for size in sizes_of(variables) if size not in fixed]
    for _ in range(TRIES):
        chosen = {**fixed, **draw_sizes(missing, rng, min_size, max_size, distinct=distinct)}
        if not every_label_occurs or all(_room_for_labels(variable, chosen) for variable in variables):
            break
    else:
        raise NoInstance("every label occurring", TRIES)
    instance: dict[Basic, Any] = dict(chosen)
    for variable in variables:
        if variable.symbol not in instance and variable.domain.kind != "function":
            instance[variable.symbol] = _draw(variable, chosen, rng, exact, every_label_occurs)
    return instance


def _room_for_labels(variable: Variable, sizes: Mapping[Symbol, int]) -> bool:
    if variable.domain.kind != "label" or not variable.shape:
        return True
    return int(np.prod(variable.shape_under(sizes))) >= variable.domain.last(sizes)


def _draw(
    variable: Variable, sizes: Mapping[Symbol, int], rng: Generator, exact: bool, every_label_occurs: bool
) -> Any:
    shape, kind = variable.shape_under(sizes), variable.domain.kind
    if kind in ("label", "index"):
        last = variable.domain.last(sizes)
        values = rng.integers(variable.domain.lower, last + 1, size=shape)
        if kind == "label" and every_label_occurs and shape:
            values = with_every_label(values, last, rng)
    else:
        values = (EXACT if exact else FLOATS)[kind](rng, shape)
    if not shape:
        return values.item() if isinstance(values, (np.ndarray, np.generic)) else values
    return values


def with_every_label(labels: NDArray[Any], last: int, rng: Generator) -> NDArray[Any]:
    """The labels with as few entries replaced as needed for each of 1..last to occur.

    Raises: NoInstance when there are fewer entries than labels.
    """
    flat = labels.ravel().copy()
    if flat.size < last:
        raise NoInstance(f"each of {last} labels among {flat.size} entries", 1)
    while missing := sorted(set(range(1, last + 1)) - set(flat.tolist())):
        values, counts = np.unique(flat, return_counts=True)
        spare = np.flatnonzero(flat == values[np.argmax(counts)])
        flat[rng.choice(spare)] = missing[0]
    return flat.reshape(labels.shape)


def _fractions(shape: tuple[int, ...], entries: Iterator[Fraction | int]) -> Any:
    if not shape:
        return next(entries)
    array = np.empty(shape, dtype=object)
    for position in np.ndindex(*shape):
        array[position] = next(entries)
    return array


def _ratio(rng: Generator, low: int, high: int, denominators: int) -> Iterator[Fraction | int]:
    while True:
        drawn = Fraction(int(rng.integers(low, high + 1)), int(rng.integers(1, denominators + 1)))
        yield drawn.numerator if drawn.denominator == 1 else drawn


def _proper_ratio(rng: Generator) -> Iterator[Fraction | int]:
    while True:
        denominator = int(rng.integers(2, 8))
        yield Fraction(int(rng.integers(1, denominator)), denominator)


def _exact_simplex(rng: Generator, shape: tuple[int, ...]) -> Any:
    weights = _fractions(shape, _ratio(rng, 1, 6, 1))
    return weights / (weights.sum(axis=-1, keepdims=True) * Fraction(1)) if shape else 1


def _float_simplex(rng: Generator, shape: tuple[int, ...]) -> Any:
    return rng.dirichlet(np.full(shape[-1], 3.0), size=shape[:-1]) if shape else 1.0


def _square_plus_one(root: Any) -> Any:
    """R·Rᵀ + 1, a symmetric matrix whose eigenvalues are at least 1."""
    size = root.shape[-1]
    return root @ np.swapaxes(root, -1, -2) + np.eye(size, dtype=int).astype(root.dtype)


Draws = Callable[[Generator, tuple[int, ...]], Any]
EXACT: dict[str, Draws] = {
    "real": lambda rng, shape: _fractions(shape, _ratio(rng, -6, 6, 3)),
    "positive": lambda rng, shape: _fractions(shape, _ratio(rng, 1, 6, 3)),
    "nonnegative": lambda rng, shape: _fractions(shape, _ratio(rng, 0, 6, 3)),
    "unit-interval": lambda rng, shape: _fractions(shape, _proper_ratio(rng)),
    "covariance": lambda rng, shape: _square_plus_one(_fractions(shape, _ratio(rng, -3, 3, 1))),
    "angle": lambda rng, shape: _fractions(shape, _ratio(rng, -3, 3, 3)),
    "integer": lambda rng, shape: _fractions(shape, _ratio(rng, -6, 6, 1)),
    "natural": lambda rng, shape: _fractions(shape, _ratio(rng, 0, 6, 1)),
    "binary": lambda rng, shape: _fractions(shape, _ratio(rng, 0, 1, 1)),
    "size": lambda rng, shape: _fractions(shape, _ratio(rng, 1, 4, 1)),
    "simplex": _exact_simplex,
}
FLOATS: dict[str, Draws] = {
    "real": lambda rng, shape: rng.normal(0.0, 2.0, shape),
    "positive": lambda rng, shape: rng.gamma(3.0, 0.5, shape),
    "nonnegative": lambda rng, shape: rng.gamma(3.0, 0.5, shape),
    "unit-interval": lambda rng, shape: rng.beta(2.0, 2.0, shape),
    "covariance": lambda rng, shape: _square_plus_one(rng.normal(size=shape)),
    "angle": lambda rng, shape: rng.uniform(-3.0, 3.0, shape),
    "integer": lambda rng, shape: rng.integers(-6, 7, shape),
    "natural": lambda rng, shape: rng.integers(0, 7, shape),
    "binary": lambda rng, shape: rng.integers(0, 2, shape),
    "size": lambda rng, shape: rng.integers(1, 5, shape),
    "simplex": _float_simplex,
}
