"""Samples at the door of an estimator: one dimension of finite numbers inside the domain of the variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivations.core.symbols import Declaration
from numeric.domains import Domain
from numeric.failures import EmptyData, NotFinite, NotNumeric, OutsideDomain, WrongShape
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


def require_inside(entry: Declaration, array: Array) -> None:
    """Raises: NotFinite or OutsideDomain, with the position of the first observation that is to blame."""
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise NotFinite(entry.name, (int(bad[0]),), str(array[bad[0]]))
    test = inside_test(entry.domain)
    if test is not None and not test(array):
        outside = next(n for n in range(len(array)) if not test(array[n : n + 1]))
        raise OutsideDomain(entry.name, str(entry.domain), f"{array[outside]:g} at position {outside}")


def inside_test(domain: Domain) -> Callable[[Array], bool] | None:
    """Whether all of an array lies in a domain, as a function that is false for what is not a number; None for the reals."""
    between = _BETWEEN.get(domain.kind)
    if not domain.is_integral:
        return between
    if between is None:
        return _whole
    return lambda array: between(array) and _whole(array)


def _whole(array: Array) -> bool:
    return bool((array == np.rint(array)).all())


_BETWEEN: dict[str, Callable[[Array], bool]] = {
    "positive": lambda array: smallest(array) > 0,
    "nonnegative": lambda array: smallest(array) >= 0,
    "unit-interval": lambda array: smallest(array) > 0 and largest(array) < 1,
    "angle": lambda array: smallest(array) > -np.pi and largest(array) <= np.pi,
    "natural": lambda array: smallest(array) >= 0,
    "size": lambda array: smallest(array) >= 1,
}
