"""Matrix expressions as NumPy functions: each distinct part computed once, products from the side that is a vector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol, lambdify

from derivations.subjects.matrices.elementwise import ELEMENTWISE
from derivations.subjects.matrices.expressions import Matrix, Paired, Stacked, shape_text

Array = NDArray[Any]
Functions = Mapping[str, Callable[[Any], Any]]


class ArrayMismatch(ValueError):
    """An array handed to a compiled expression does not have the declared shape, or is missing."""

    def __init__(self, name: str, declared: str, found: str) -> None:
        self.name, self.declared, self.found = name, declared, found
        super().__init__(f"{name} is declared {declared}; found {found}")


class UnknownFunction(LookupError):
    """An elementwise function without a NumPy meaning."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is an arbitrary function here; pass what it computes: {name}=np.tanh, say")


@dataclass(frozen=True)
class Program:
    """A matrix expression compiled to NumPy.

    Call it with arrays by name; a vector has one axis, also where it stands as a row. Elementwise functions that the table
    does not have are passed by name too. Raises: ArrayMismatch, UnknownFunction.

    >>> from derivations.subjects.matrices.expressions import variable
    >>> A, x = variable("A", "m", "n"), variable("x", "n")
    >>> Program.of(A @ x)(A=np.eye(2), x=np.array([1.0, 2.0]))
    array([1., 2.])
    """

    expression: Matrix
    order: tuple[Matrix, ...]

    @classmethod
    def of(cls, expression: Matrix) -> Program:
        """Order the parts so that each comes after its operands."""
        order: dict[Matrix, None] = {}

        def visit(part: Matrix) -> None:
            if part in order:
                return
            for operand in part.operands:
                visit(operand)
            order[part] = None

        visit(expression)
        return cls(expression, tuple(order))

    @cached_property
    def _done(self) -> tuple[tuple[Matrix, ...], ...]:
        """For each part the operands that no later one uses."""
        last = {operand: number for number, part in enumerate(self.order) for operand in part.operands}
        return tuple(tuple(o for o, at in last.items() if at == number) for number in range(len(self.order)))

    @cached_property
    def _spare(self) -> tuple[tuple[Matrix, ...], ...]:
        """Of these the matrices of their own, of which nobody holds a view, so that the part may be written over them."""
        users: dict[Matrix, set[str]] = {}
        for part in self.order:
            for operand in part.operands:
                users.setdefault(operand, set()).add(part.operation)
        return tuple(
            tuple(o for o in done if o.operation in _OF_THEIR_OWN and not _vector(o) and o.shape and users[o] <= _WITHOUT_VIEWS)
            if part.operation in _ENTRYWISE else ()
            for part, done in zip(self.order, self._done, strict=True)
        )  # fmt: skip

    def __call__(self, **given: Any) -> Any:
        """The value on arrays by name."""
        functions = {name: value for name, value in given.items() if callable(value)}
        arrays = {name: np.asarray(value) for name, value in given.items() if not callable(value)}
        sizes = _sizes(self.order, arrays)
        values: dict[Matrix, Any] = {}
        for part, done, spare in zip(self.order, self._done, self._spare, strict=True):
            operands = [values[o] for o in part.operands]
            if part.operation in _ENTRYWISE:
                values[part] = _entrywise(part, operands, [values[o] for o in spare])
            else:
                values[part] = COMPUTE[part.operation](part, operands, arrays, sizes, functions)
            for operand in done:  # its memory serves the next
                del values[operand]
        return _dense(self.expression, values[self.expression])


def _sizes(order: tuple[Matrix, ...], arrays: Mapping[str, Array]) -> dict[Symbol, int]:
    sizes: dict[Any, int] = {
        Symbol(name, integer=True, positive=True): int(a) for name, a in arrays.items() if a.ndim == 0 and a.dtype.kind == "i"
    }
    for part in order:
        if part.operation != "variable":
            continue
        if part.data not in arrays:
            raise ArrayMismatch(part.data, shape_text(part.shape), "nothing under that name")
        found = arrays[part.data].shape
        if len(found) != len(part.shape):
            raise ArrayMismatch(part.data, shape_text(part.shape), f"shape {found}")
        for extent, length in zip(part.shape, found, strict=True):
            if sizes.setdefault(extent, length) != length:
                raise ArrayMismatch(part.data, shape_text(part.shape), f"shape {found} with {extent} = {sizes[extent]}")
    return sizes


def _length(extent: Any, sizes: Mapping[Symbol, int]) -> int:
    if isinstance(extent, Stacked):
        return sum(_length(p, sizes) for p in extent.parts)
    if isinstance(extent, Paired):
        return _length(extent.first, sizes) * _length(extent.second, sizes)
    return sizes[extent] if extent in sizes else int(extent.subs(sizes))


def _vector(matrix: Matrix) -> bool:
    return len(matrix.shape) == 1 or (len(matrix.shape) == 2 and matrix.shape[0] == 1)


def _times(first: tuple[str, Any], second: tuple[str, Any]) -> tuple[str, Any]:
    """The product of two operands, each of kind scalar, column, row, matrix or diagonal."""
    (a, left), (c, right) = first, second
    if "scalar" in (a, c):
        return (c if a == "scalar" else a), left * right
    if a == "diagonal":
        if c == "diagonal":
            return "diagonal", left * right
        return c, left[:, None] * right if c == "matrix" else left * right
    if c == "diagonal":
        return a, left * right
    if a == "column":
        repeated = np.broadcast_to(right, (len(left), len(right))) if _is_ones(left) else np.outer(left, right)
        return "matrix", repeated
    if c == "column" and a == "matrix" and _is_ones(right):
        return "column", left.sum(axis=1)
    kinds = {("row", "column"): "scalar", ("row", "matrix"): "row", ("matrix", "column"): "column"}
    return kinds.get((a, c), "matrix"), left @ right


def _is_ones(vector: Any) -> bool:
    """Whether a vector is the view that stands for ones, over which a product is a plain sum."""
    return vector.strides == (0,) and len(vector) > 0 and vector[0] == 1


def _product(part: Matrix, values: list[Any], *_: Any) -> Any:
    items = []
    for operand, value in zip(part.operands, values, strict=True):
        if operand.operation == "diag":
            items.append(("diagonal", value))
        else:
            kind = "column" if len(operand.shape) == 1 else "row" if _vector(operand) else "matrix"
            items.append((kind, value))
    splits = [n for n in range(1, len(items)) if items[n - 1][0] == "column" and items[n][0] == "row"]
    ends = [0, *splits, len(items)]
    pieces = [_chain(items[a:z]) for a, z in pairwise(ends)]
    whole = _chain(pieces)
    return np.diag(whole[1]) if whole[0] == "diagonal" else whole[1]


def _chain(items: list[tuple[str, Any]]) -> tuple[str, Any]:
    if items[-1][0] == "column":
        result = items[-1]
        for item in reversed(items[:-1]):
            result = _times(item, result)
        return result
    result = items[0]
    for item in items[1:]:
        result = _times(result, item)
    return result


def _dense(part: Matrix, value: Any) -> Any:
    return np.diag(value) if part.operation == "diag" else value


def _transposed(part: Matrix, values: list[Any], *_: Any) -> Any:
    (operand,) = part.operands
    return values[0] if _vector(operand) else _dense(operand, values[0]).T


_ENTRYWISE: dict[str, Any] = {"add": np.add, "hadamard": np.multiply, "scale": np.multiply}
_OF_THEIR_OWN = frozenset((*_ENTRYWISE, "product", "power"))
"""Operations whose result is a new array, where it is a matrix."""
_WITHOUT_VIEWS = frozenset((*_OF_THEIR_OWN, "norm", "sum", "trace", "softmax", "logsumexp"))
"""Operations whose result is no view of a matrix that they take."""


def _entrywise(part: Matrix, values: list[Any], spare: list[Array]) -> Any:
    """Sums and products entry by entry, written over an array that is not needed any more where one fits."""
    combine = _ENTRYWISE[part.operation]
    whole, *others = (_dense(operand, value) for operand, value in zip(part.operands, values, strict=True))
    for value in others:
        shape, kind = np.broadcast_shapes(np.shape(whole), np.shape(value)), np.result_type(whole, value)
        room = next((a for a in spare if a.shape == shape and a.dtype == kind and a.flags.owndata and a.flags.writeable), None)
        whole = combine(whole, value, out=room) if room is not None else combine(whole, value)
    return whole


def _apply(part: Matrix, values: list[Any], arrays: Any, sizes: Any, functions: Functions) -> Any:
    compute = functions.get(part.data)
    if compute is None and part.data in ELEMENTWISE:
        compute = ELEMENTWISE[part.data].compute
    if compute is None:
        raise UnknownFunction(part.data)
    return compute(_dense(part.operands[0], values[0]))


def _number(part: Matrix, values: list[Any], arrays: Any, sizes: Mapping[Symbol, int], *_: Any) -> float:
    value: Expr = part.data
    if value.free_symbols:
        symbols = sorted(value.free_symbols, key=str)
        known = [sizes[s] if s in sizes else arrays[s.name] for s in symbols]
        return float(lambdify(symbols, value, "math")(*known))
    return float(value)


def _power(part: Matrix, values: list[Any], *_: Any) -> Any:
    exponent = float(part.data)
    return values[0] * values[0] if exponent == 2 else np.sqrt(values[0]) if exponent == 0.5 else values[0] ** exponent


def _of_dense(compute: Callable[[Array], Any]) -> Callable[..., Any]:
    return lambda part, values, *_: compute(_dense(part.operands[0], values[0]))


def softmax(z: Array) -> Array:
    """Softmax over the last axis; the largest entry of each row is taken off first."""
    powers = np.exp(z - np.max(np.real(z), axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def logsumexp(z: Array) -> Any:
    """log Σ exp over the last axis."""
    top = np.max(np.real(z), axis=-1, keepdims=True)
    return np.log(np.exp(z - top).sum(axis=-1)) + top[..., 0]


def _block(part: Matrix, values: list[Any], *_: Any) -> Any:
    columns = part.data or 1
    dense = [_dense(o, v) for o, v in zip(part.operands, values, strict=True)]
    if not part.data:
        return np.concatenate(dense)
    return np.block([dense[n : n + columns] for n in range(0, len(dense), columns)])


def _shaped(fill: Callable[..., Any]) -> Callable[..., Any]:
    def compute(part: Matrix, values: Any, arrays: Any, sizes: Mapping[Symbol, int], *_: Any) -> Any:
        shape = tuple(_length(extent, sizes) for extent in part.shape)
        return fill(shape[1:] if len(shape) == 2 and part.shape[0] == 1 else shape)

    return compute


COMPUTE: dict[str, Callable[..., Any]] = {
    "variable": lambda part, values, arrays, sizes, functions: arrays[part.data],
    "number": _number,
    "identity": _shaped(lambda shape: np.eye(shape[0])),
    "ones": _shaped(lambda shape: np.broadcast_to(1.0, shape)),
    **dict.fromkeys(_ENTRYWISE, lambda part, values, *_: _entrywise(part, values, [])),
    "product": _product,
    "transpose": _transposed,
    "power": _power,
    "apply": _apply,
    "trace": _of_dense(np.trace),
    "inverse": _of_dense(np.linalg.inv),
    "logdet": _of_dense(lambda a: np.linalg.slogdet(a)[1]),
    "det": _of_dense(np.linalg.det),
    "diag": lambda part, values, *_: values[0],
    "diagonal": _of_dense(np.diagonal),
    "sum": _of_dense(np.sum),
    "norm": _of_dense(lambda a: np.sqrt(np.sum(a * a))),
    "norm1": _of_dense(lambda a: np.sum(np.abs(a))),
    "softmax": _of_dense(softmax),
    "logsumexp": _of_dense(logsumexp),
    "vec": _of_dense(lambda a: a.T.ravel()),
    "kron": lambda part, values, *_: np.kron(*(_dense(o, v) for o, v in zip(part.operands, values, strict=True))),
    "block": _block,
}
"""Operation → its value from the values of its operands; a diagonal matrix is kept as its diagonal inside products."""


def evaluate(expression: Matrix, **given: Any) -> Any:
    """The value of a matrix expression on arrays by name; a diagonal matrix comes out in full."""
    return _dense(expression, Program.of(expression)(**given))
