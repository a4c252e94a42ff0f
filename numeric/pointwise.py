"""Functions of one observation on arrays: straight in NumPy where they are elementary, compiled otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Add, Basic, Expr, Indexed, Integer, Mul, Pow, Rational, Symbol, cos, exp, log, sin

from numeric.domains import REAL
from numeric.evaluate import compile_expression
from numeric.instances import Variable

Array = NDArray[Any]
Pointwise = Callable[[Array], Array]


def pointwise(body: Expr, entry: Indexed, size: Symbol, known: Mapping[Basic, Any]) -> Pointwise:
    """t(x) on an array of observations; `entry` is x[i], `size` the length of x, `known` the values of what is fixed.

    >>> from sympy import IndexedBase
    >>> x, i, n = IndexedBase("x", positive=True), Symbol("i", integer=True), Symbol("n", integer=True)
    >>> pointwise(log(x[i]) ** 2, x[i], n, {})(np.array([1.0, np.e])).tolist()
    [0.0, 1.0]
    """
    if body == entry:
        return lambda block: np.asarray(block, dtype=float)
    direct = _direct(body, entry, known)
    if direct is not None:
        return direct
    compiled = compile_expression(
        body, free=((entry.indices[0], 1, size),), variables=(Variable(entry.base, REAL, (size,)),)
    )

    def function(block: Array) -> Array:
        return np.asarray(compiled.on({entry.base: block, **known}), dtype=float)

    return function


def is_quiet(body: Expr, entry: Indexed) -> bool:
    """Whether NumPy warns about it only where its value is not finite: no overflow inside that ends in a finite number."""
    if body == entry:
        return True
    if isinstance(body, Pow):
        return body.base == entry and body.exp in (*_POWERS, Integer(3), Integer(4))
    return isinstance(body, (log, Abs)) and body.args[0] == entry


def _direct(node: Basic, entry: Basic, known: Mapping[Basic, Any]) -> Callable[[Array], Any] | None:
    """An elementary function of one observation straight in NumPy; None for what is not elementary."""
    if node == entry:
        return lambda x: x
    if node in known or (isinstance(node, Expr) and node.is_number):
        constant = float(known[node]) if node in known else float(node)
        return lambda x: constant
    parts = [_direct(part, entry, known) for part in node.args]
    if not parts or any(part is None for part in parts):
        return None
    first = parts[0]
    assert first is not None
    if isinstance(node, Pow):
        if node.exp in _POWERS:
            return _after(_POWERS[node.exp], first, node.base == entry)
        second = parts[1]
        assert second is not None
        return lambda x: np.power(first(x), second(x))
    if type(node) in _UNARY:
        return _after(_UNARY[type(node)], first, node.args[0] == entry)
    if isinstance(node, (Add, Mul)):
        combine = np.add if isinstance(node, Add) else np.multiply
        return lambda x: reduce(combine, [part(x) for part in parts])  # type: ignore[misc]
    return None


def _after(function: Callable[[Any], Any], inner: Callable[[Array], Any], plain: bool) -> Callable[[Array], Any]:
    return function if plain else lambda x: function(inner(x))


_UNARY: dict[type, Callable[[Any], Any]] = {log: np.log, exp: np.exp, sin: np.sin, cos: np.cos, Abs: np.abs}
_POWERS: dict[Basic, Callable[[Any], Any]] = {
    Integer(2): np.square, Integer(-1): np.reciprocal, Rational(1, 2): np.sqrt,
}  # fmt: skip
