"""Samples at the door of an estimator: one dimension of finite numbers inside the domain of the variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivations.core.symbols import Declaration
from derivations.subjects.likelihood.failures import OutsideSupport
from numeric.failures import EmptyData, NotFinite, NotNumeric, WrongShape
from numeric.tracks import largest, smallest

Array = NDArray[Any]
FLOAT = np.dtype(float)


def as_sample(entry: Declaration, value: Any) -> Array:
    """The sample as floats, (N,). Raises: NotNumeric, WrongShape, EmptyData."""
    array = np.asarray(value)
    if array.dtype.kind == "O":
        try:
            array = array.astype(float)
        except (TypeError, ValueError) as failure:
            raise NotNumeric(entry.name, "object") from failure
    if array.dtype.kind not in "fiub":
        raise NotNumeric(entry.name, str(array.dtype))
    if array.ndim != 1:
        raise WrongShape(entry.name, "of shape (N,)", array.shape, "give one dimension, for example array.ravel()")
    if array.size == 0:
        raise EmptyData(entry.name, array.shape)
    return array.astype(float, copy=False)


@dataclass(frozen=True)
class Place:
    """Where observations lie: the domain of the variable, and between two numbers where the support has such ends."""

    entry: Declaration
    lower: float | None = None
    upper: float | None = None

    def test(self) -> Callable[[Array], bool] | None:
        """Whether all of an array lies there, as a function that is false for what is not a number; None for the reals."""
        tests = [_BETWEEN[self.entry.domain.kind]] if self.entry.domain.kind in _BETWEEN else []
        lower, upper = self.lower, self.upper
        if lower is not None:
            tests.append(lambda array: smallest(array) >= lower)
        if upper is not None:
            tests.append(lambda array: largest(array) <= upper)
        if self.entry.domain.is_integral:
            tests.append(_whole)
        if len(tests) < 2:
            return tests[0] if tests else None
        return lambda array: all(test(array) for test in tests)

    def require(self, array: Array) -> None:
        """Raises: NotFinite or OutsideSupport, with the position of the first observation that is to blame."""
        bad = np.flatnonzero(~np.isfinite(array))
        if bad.size:
            raise NotFinite(self.entry.name, (int(bad[0]),), str(array[bad[0]]))
        test = self.test()
        if test is not None and not test(array):
            outside = next(n for n in range(len(array)) if not test(array[n : n + 1]))
            raise OutsideSupport(self.entry.name, str(self), f"{array[outside]:g}", outside, len(array))

    def __str__(self) -> str:
        kind, whole = self.entry.domain.kind, self.entry.domain.is_integral
        lower, upper = self.lower, self.upper
        if lower is None and whole:
            lower = {"natural": 0.0, "binary": 0.0, "size": 1.0}.get(kind)
        if lower is None and upper is None and not whole:
            return _WORDS.get(kind, "a real number")
        between = f" from {lower:g}" if lower is not None else ""
        between += f" up to {upper:g}" if upper is not None else ""
        return f"a {'whole' if whole else _SIGNS.get(kind, 'real')} number{between}"


_WORDS = {
    "positive": "a positive number", "nonnegative": "a number from 0", "unit-interval": "a number between 0 and 1",
    "angle": "an angle from -pi to pi",
}  # fmt: skip
_SIGNS = {"positive": "positive", "nonnegative": "nonnegative"}


def _whole(array: Array) -> bool:
    return bool((array == np.rint(array)).all())


_BETWEEN: dict[str, Callable[[Array], bool]] = {
    "positive": lambda array: smallest(array) > 0,
    "nonnegative": lambda array: smallest(array) >= 0,
    "unit-interval": lambda array: smallest(array) > 0 and largest(array) < 1,
    "angle": lambda array: smallest(array) > -np.pi and largest(array) <= np.pi,
    "natural": lambda array: smallest(array) >= 0,
    "binary": lambda array: smallest(array) >= 0 and largest(array) <= 1,
    "size": lambda array: smallest(array) >= 1,
}
