"""Labels: class names of any sortable kind turned into 1..K and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.failures import EmptyClass, LabelsNotSortable, NotFinite, RepeatedClass, UnknownLabel, WrongShape

Array = NDArray[Any]

TABLE_LIMIT = 1 << 22
"""Integer labels within a range of this many values are counted in a table, ten times faster than sorted."""


def encode(name: str, labels: Any, classes: Sequence[Any] | None = None) -> tuple[Array, Array]:
    """The labels as integers in 1..K, and the K classes, sorted, or in the order given.

    labels: (N,) of numbers, strings, booleans or any objects of one sortable kind.
    Raises: WrongShape, LabelsNotSortable, NotFinite, and with `classes`: RepeatedClass, UnknownLabel, EmptyClass.

    >>> encode("y", ["b", "a", "b"])
    (array([2, 1, 2]), array(['a', 'b'], dtype='<U1'))
    """
    array = _as_array(labels)
    if array.ndim != 1:
        raise WrongShape(name, "one label for each sample: (N,)", array.shape, "ravel() it, or take one column")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        at = int(np.flatnonzero(~np.isfinite(array))[0])
        raise NotFinite(name, (at,), str(array[at]))
    codes, found = (_by_table if _is_compact(array) else _by_sorting)(name, array)
    return (codes, found) if classes is None else _reordered(name, codes, found, list(classes))


def _as_array(labels: Any) -> Array:
    """An array that does not turn a number beside a string into a string."""
    if isinstance(labels, np.ndarray):
        return labels
    if hasattr(labels, "to_numpy"):
        return np.asarray(labels.to_numpy())
    array = np.asarray(labels)
    if array.dtype.kind not in "US" or all(isinstance(entry, str | bytes) for entry in labels):
        return array
    return np.asarray(labels, dtype=object)


def _is_compact(array: Array) -> bool:
    if array.dtype.kind not in "iu" or array.size == 0:
        return False
    return int(array.max()) - int(array.min()) < min(TABLE_LIMIT, 4 * array.size + 1024)


def _by_table(name: str, array: Array) -> tuple[Array, Array]:
    low = array.min()
    offsets = (array - low).astype(np.intp, copy=False)
    present = np.bincount(offsets) > 0
    return np.cumsum(present)[offsets], np.flatnonzero(present).astype(array.dtype) + low


def _by_sorting(name: str, array: Array) -> tuple[Array, Array]:
    if array.dtype.kind != "O":
        found, codes = np.unique(array, return_inverse=True)
        return codes + 1, found
    entries = array.tolist()
    try:
        found_list = sorted(set(entries))
    except TypeError as failure:
        kinds = tuple(sorted({type(entry).__name__ for entry in entries}))
        raise LabelsNotSortable(name, kinds) from failure
    codes_of = {entry: code for code, entry in enumerate(found_list, start=1)}
    return np.array([codes_of[entry] for entry in entries], dtype=np.intp), _as_array(found_list)


def _reordered(name: str, codes: Array, found: Array, classes: list[Any]) -> tuple[Array, Array]:
    """The codes under an order of the classes given by the caller."""
    places = {entry: place for place, entry in enumerate(classes, start=1)}
    if len(places) < len(classes):
        raise RepeatedClass(next(entry for entry in classes if classes.count(entry) > 1))
    known = found.tolist()
    for entry in known:
        if entry not in places:
            raise UnknownLabel(name, str(entry), tuple(map(str, classes)))
    for entry in classes:
        if entry not in known:
            raise EmptyClass(str(entry), tuple(map(str, known)))
    return np.array([places[entry] for entry in known], dtype=np.intp)[codes - 1], _as_array(classes)
