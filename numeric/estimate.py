"""Estimators: closed forms applied to arrays, with the data checked at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from numeric.evaluate import Compiled, compile_expression
from numeric.evaluate_slowly import Definitions
from numeric.failures import (
    EmptyData,
    LengthsDiffer,
    MissingArray,
    NotFinite,
    NotNumeric,
    OutsideDomain,
    UndeclaredUnknown,
    UnexpectedArray,
    WrongShape,
)  # fmt: skip
from numeric.instances import Variable
from numeric.labels import encode

Array = NDArray[Any]
ROWS = 1 << 16

ADVICE = {
    1: "one feature as X[:, None], one sample as X[None, :]",
}


@dataclass(frozen=True)
class Estimator:
    """Closed forms in order, each of which may use the ones before: (name, unknown, expression).

    estimates: e.g. ("mu", mu[k, d], Σ_i 1[y_i = k] x_id / Σ_i 1[y_i = k]). variables: data and unknowns with
        their shapes.
    labels: the name of the labels, which may be of any sortable kind; None for a model without.

    >>> from sympy import Sum, symbols
    >>> from numeric.domains import REAL
    >>> i, N = symbols("i N", integer=True, positive=True)
    >>> m, x = Symbol("m", real=True), IndexedBase("x", real=True)
    >>> declared = (Variable(x, REAL, (N,)), Variable(m, REAL))
    >>> mean = Estimator((("m", m, Sum(x[i], (i, 1, N)) / N),), declared, labels=None)
    >>> mean.fit(x=[1.0, 2.0, 6.0])
    {'m': 3.0}
    """

    estimates: tuple[tuple[str, Indexed | Symbol, Expr], ...]
    variables: tuple[Variable, ...]
    labels: str | None = "y"
    definitions: Definitions = field(default_factory=dict)

    @cached_property
    def data(self) -> tuple[Variable, ...]:
        """The declared arrays and numbers that the closed forms read and no estimate provides."""
        unknown = {_head(target) for _, target, _ in self.estimates}
        read = {symbol for form in self.forms for symbol in form.symbols_read}
        return tuple(
            variable
            for variable in self.variables
            if variable.symbol in read
            and variable.symbol not in unknown
            and (isinstance(variable.symbol, IndexedBase) or variable.domain.kind not in ("size", "index", "function"))
        )

    @cached_property
    def forms(self) -> tuple[Compiled, ...]:
        """The closed forms, compiled, with an axis for each index of the unknown.

        Raises: UndeclaredUnknown.
        """
        return tuple(self._form(target, expression) for _, target, expression in self.estimates)

    def _form(self, target: Indexed | Symbol, expression: Expr) -> Compiled:
        declared = {variable.symbol: variable for variable in self.variables}
        variable = declared.get(_head(target))
        if variable is None:
            raise UndeclaredUnknown(str(target), tuple(map(str, declared)))
        indices = target.indices if isinstance(target, Indexed) else ()
        free = tuple((index, 1, extent) for index, extent in zip(indices, variable.shape, strict=True))
        return compile_expression(expression, free=free, variables=self.variables, definitions=self.definitions)

    def __call__(self, *, classes: Sequence[Any] | None = None, **arrays: Any) -> dict[str, Any]:
        """The same as `fit`."""
        return self.fit(classes=classes, **arrays)

    def fit(self, *, classes: Sequence[Any] | None = None, **arrays: Any) -> dict[str, Any]:
        """The estimates by name, and `classes` (K,) for a model with labels: the k-th entry of an estimate is for
        the k-th class.

        arrays: by name, e.g. x=X with X: (N, D) finite, y=labels with labels: (N,). Those that no closed form reads
        may be left out. classes: the classes in the order wanted; default: those that occur, sorted.

        Raises: MissingArray, UnexpectedArray, WrongShape, LengthsDiffer, EmptyData, NotNumeric, NotFinite,
        OutsideDomain, LabelsNotSortable, EmptyClass, UnknownLabel, RepeatedClass.
        """
        instance, names = self.read(arrays, classes)
        estimates: dict[str, Any] = {}
        for (name, target, _), form in zip(self.estimates, self.forms, strict=True):
            estimates[name] = instance[_head(target)] = form.on(instance)
        return estimates if names is None else {**estimates, "classes": names}

    def read(self, arrays: Mapping[str, Any], classes: Sequence[Any] | None = None) -> tuple[dict[Basic, Any], Array | None]:
        """The data by their symbols, checked, and the classes of a model with labels. Raises: as `fit`."""
        declared = {variable.name: variable for variable in self.data}
        known = {variable.name for variable in self.variables} | ({self.labels} if self.labels else set())
        for name in arrays:
            if name not in known:
                raise UnexpectedArray(name, tuple(declared))
        for name in declared:
            if name not in arrays:
                raise MissingArray(name, tuple(arrays))
        instance: dict[Basic, Any] = {}
        names: Array | None = None
        for name, variable in declared.items():
            if name == self.labels:
                codes, names = encode(name, arrays[name], classes)
                _check_shape(variable, codes)
                instance[variable.symbol] = codes
                instance[variable.domain.upper] = len(names)
            else:
                instance[variable.symbol] = _checked(variable, arrays[name])
        _check_lengths(self.data, instance)
        return instance, names


def _head(target: Indexed | Symbol) -> Basic:
    return target.base if isinstance(target, Indexed) else target


def _checked(variable: Variable, value: Any) -> Array:
    """The data as an array of finite numbers in the declared domain."""
    array = np.asarray(value)
    if array.dtype.kind == "O":
        try:
            array = array.astype(float)
        except (TypeError, ValueError) as failure:
            raise NotNumeric(variable.name, "object") from failure
    if array.dtype.kind not in "fiub":
        raise NotNumeric(variable.name, str(array.dtype))
    _check_shape(variable, array)
    if not variable.shape:
        if not np.isfinite(array):
            raise NotFinite(variable.name, (), str(array))
        if not variable.domain.contains(array, {}):
            raise OutsideDomain(variable.name, str(variable.domain), str(array))
        return array
    rows = max(1, ROWS // max(1, int(np.prod(array.shape[1:]))))
    for start in range(0, array.shape[0] if array.dtype.kind == "f" else 0, rows):
        finite = np.isfinite(array[start : start + rows])
        if not finite.all():
            position = np.argwhere(~finite)[0]
            position[0] += start
            where = tuple(int(entry) for entry in position)
            raise NotFinite(variable.name, where, str(array[where]))
    if variable.domain.kind != "real" and not variable.domain.contains(array, {}):
        raise OutsideDomain(variable.name, str(variable.domain), f"values from {array.min()} to {array.max()}")
    return array


def _check_shape(variable: Variable, array: Array) -> None:
    if array.ndim != len(variable.shape):
        expected = f"of shape ({', '.join(map(str, variable.shape))}{',' * (len(variable.shape) == 1)})"
        raise WrongShape(variable.name, expected, array.shape, ADVICE.get(array.ndim, "drop or add axes to match"))
    if array.size == 0:
        raise EmptyData(variable.name, array.shape)


def _check_lengths(data: Sequence[Variable], instance: Mapping[Basic, Any]) -> None:
    """Each size that several arrays fix must be the same in all."""
    lengths: dict[Expr, dict[str, int]] = {}
    for variable in data:
        for extent, length in zip(variable.shape, np.shape(instance[variable.symbol]), strict=True):
            lengths.setdefault(extent, {})[variable.name] = length
    for size, found in lengths.items():
        if len(set(found.values())) > 1:
            raise LengthsDiffer(str(size), found)
