"""Matrix expressions: a node has an operation, operands and a shape; what an operation means is a table keyed by it.

A scalar has shape (), a column vector (n,), a matrix (m, n), a row vector (1, n). A dimension is a size such as n, two
sizes stacked (the rows of a block matrix) or paired (the rows of a Kronecker product).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sympy import Expr, Integer, Symbol

from numeric.domains import size as size_symbol


@dataclass(frozen=True)
class Stacked:
    """A dimension made of others one after the other."""

    parts: tuple[Dimension, ...]

    def __str__(self) -> str:
        return "+".join(map(str, self.parts))


@dataclass(frozen=True)
class Paired:
    """A dimension that runs over pairs; the second index runs faster."""

    first: Dimension
    second: Dimension

    def __str__(self) -> str:
        return f"{self.first}·{self.second}"


Dimension: TypeAlias = "Expr | Stacked | Paired"
Shape: TypeAlias = "tuple[Dimension, ...]"
ONE = Integer(1)


class ShapeMismatch(ValueError):
    """The operands of a matrix operation do not fit together."""

    def __init__(self, operation: str, shapes: tuple[Shape, ...], wanted: str) -> None:
        self.operation, self.shapes, self.wanted = operation, shapes, wanted
        found = " and ".join(map(shape_text, shapes))
        super().__init__(f"{operation}: the shapes are {found}; {wanted}")


def shape_text(shape: Shape) -> str:
    """A shape for people: scalar, n, m×n."""
    return "×".join(map(str, shape)) if shape else "scalar"


@dataclass(frozen=True)
class Matrix:
    """A scalar, vector or matrix expression. `data` is a name, a number or an exponent, as the operation needs.

    >>> A, x = variable("A", "m", "n"), variable("x", "n")
    >>> (A @ x).shape
    (m,)
    >>> A @ A
    Traceback (most recent call last):
    ...
    derivations.subjects.matrices.expressions.ShapeMismatch: product: the shapes are m×n and m×n; columns of the first \
have to match rows of the second: write a transpose, or give other shapes
    """

    operation: str
    operands: tuple[Matrix, ...] = ()
    data: Any = None
    shape: Shape = ()

    def __hash__(self) -> int:
        found: int | None = self.__dict__.get("_hash")
        if found is None:
            found = hash((self.operation, self.operands, self.data, self.shape))
            object.__setattr__(self, "_hash", found)
        return found

    def __matmul__(self, other: Matrix) -> Matrix:
        return node("product", self, other)

    def __add__(self, other: Matrix) -> Matrix:
        return node("add", self, as_matrix(other))

    def __sub__(self, other: Matrix) -> Matrix:
        return node("add", self, node("scale", number(-1), as_matrix(other)))

    def __neg__(self) -> Matrix:
        return node("scale", number(-1), self)

    def __mul__(self, other: Any) -> Matrix:
        """Scalar times anything; ⊙ for equal shapes."""
        other = as_matrix(other)
        if self.shape == () or other.shape == ():
            first = self.shape == () and (self.operation == "number" or other.operation != "number" or other.shape != ())
            return node("scale", self, other) if first else node("scale", other, self)
        return node("hadamard", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Matrix:
        return node("scale", node("power", as_matrix(other), data=ONE * -1), self)

    def __pow__(self, exponent: Any) -> Matrix:
        return node("power", self, data=Integer(exponent) if isinstance(exponent, int) else exponent)

    @property
    def T(self) -> Matrix:
        """The transpose."""
        return node("transpose", self)

    def __str__(self) -> str:
        from derivations.subjects.matrices.notation import text

        return text(self)

    def _repr_latex_(self) -> str:
        from derivations.subjects.matrices.notation import latex

        return f"${latex(self)}$"

    def variables(self) -> tuple[Matrix, ...]:
        """The variables in it, each once, in the order they are met."""
        if self.operation == "variable":
            return (self,)
        return tuple(dict.fromkeys(v for operand in self.operands for v in operand.variables()))


class UnusableSize(ValueError):
    """A size that is neither a name nor made of named sizes."""

    def __init__(self, found: object) -> None:
        self.found = found
        super().__init__(f"{found!r} is no size: sizes are names such as 'n', () is the shape of a scalar, ('n',) of a vector")


def dimension(extent: Any) -> Dimension:
    """A size from its name; a size in symbols is left as it is. Raises: UnusableSize."""
    if isinstance(extent, str) and extent.isidentifier():
        return size_symbol(extent)
    symbolic = isinstance(extent, Expr) and extent.is_integer and extent.free_symbols
    if symbolic or isinstance(extent, (Stacked, Paired)) or (isinstance(extent, Expr) and extent == ONE):
        return extent
    raise UnusableSize(extent)


def declared_shape(shape: Any) -> Shape:
    """The shape that a declaration gives: a name alone is a vector, one column or one row is none. Raises: UnusableSize.

    >>> declared_shape("n"), declared_shape(("m", 1)), declared_shape(())
    ((n,), (m,), ())
    """
    if isinstance(shape, str):
        return (dimension(shape),)
    if not isinstance(shape, Sequence):
        raise UnusableSize(shape)
    sizes = list(shape)
    while sizes and sizes[-1] == 1:
        sizes.pop()
    return tuple(map(dimension, sizes))


def variable(name: str, *shape: Any) -> Matrix:
    """A named scalar, vector or matrix; sizes by name or as SymPy symbols."""
    return Matrix("variable", (), name, tuple(map(dimension, shape)))


def number(value: Any) -> Matrix:
    """A constant scalar: an integer, a rational or an expression in sizes."""
    return Matrix("number", (), Integer(value) if isinstance(value, int) else value)


def as_matrix(value: Any) -> Matrix:
    """The value itself, or a constant scalar."""
    return value if isinstance(value, Matrix) else number(value)


def identity(extent: Any) -> Matrix:
    """The identity matrix."""
    return Matrix("identity", (), None, (dimension(extent),) * 2)


def ones(*shape: Any) -> Matrix:
    """A vector or matrix of ones."""
    return Matrix("ones", (), None, tuple(map(dimension, shape)))


# ---------------------------------------------------------------------- the shape of each operation

ShapeRule = Callable[[tuple[Shape, ...], Any], Shape]


def _same(operation: str) -> ShapeRule:
    def rule(shapes: tuple[Shape, ...], data: Any) -> Shape:
        if len(set(shapes)) != 1:
            wanted = "they have to be equal: spread a scalar with ones(n), a vector with an outer product"
            raise ShapeMismatch(operation, shapes, wanted)
        return shapes[0]

    return rule


def _product(shapes: tuple[Shape, ...], data: Any) -> Shape:
    result = shapes[0]
    for shape in shapes[1:]:
        if () in (result, shape):
            raise ShapeMismatch("product", (result, shape), "a scalar factor is a scale, not a product")
        columns = result[1] if len(result) == 2 else ONE
        if columns != shape[0] and not (columns == ONE and len(shape) == 2 and shape[0] == ONE):
            wanted = "columns of the first have to match rows of the second: write a transpose, or give other shapes"
            raise ShapeMismatch("product", (result, shape), wanted)
        rows, end = result[0], shape[1] if len(shape) == 2 else ONE
        result = () if rows == end == ONE else (rows,) if end == ONE else (rows, end)
    return result


def _transpose(shapes: tuple[Shape, ...], data: Any) -> Shape:
    (shape,) = shapes
    if not shape:
        return shape
    rows, columns = (shape[0], ONE) if len(shape) == 1 else shape
    return (columns,) if rows == ONE else (columns, rows)


def _scale(shapes: tuple[Shape, ...], data: Any) -> Shape:
    if shapes[0] != ():
        raise ShapeMismatch("scale", shapes, "the first has to be a scalar")
    return shapes[1]


def _square(operation: str, to_scalar: bool) -> ShapeRule:
    def rule(shapes: tuple[Shape, ...], data: Any) -> Shape:
        (shape,) = shapes
        if shape == () and to_scalar:
            return shape
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ShapeMismatch(operation, shapes, "a square matrix is wanted")
        return () if to_scalar else shape

    return rule


def _ranked(operation: str, ranks: tuple[int, ...], result: Callable[[Shape], Shape]) -> ShapeRule:
    def rule(shapes: tuple[Shape, ...], data: Any) -> Shape:
        (shape,) = shapes
        if len(shape) not in ranks:
            wanted = " or ".join(("a scalar", "a vector", "a matrix")[rank] for rank in ranks)
            raise ShapeMismatch(operation, shapes, f"{wanted} is wanted")
        return result(shape)

    return rule


def _elementwise_power(shapes: tuple[Shape, ...], data: Any) -> Shape:
    return shapes[0]


def _paired(shapes: tuple[Shape, ...], data: Any) -> Shape:
    first, second = shapes
    if len(first) != len(second) or not first:
        raise ShapeMismatch("kron", shapes, "two vectors or two matrices are wanted")
    return tuple(Paired(a, b) for a, b in zip(first, second, strict=True))


def _block(shapes: tuple[Shape, ...], data: Any) -> Shape:
    """`data` is the number of block columns, 0 for stacked vectors."""
    if not data:
        if any(len(shape) != 1 for shape in shapes):
            raise ShapeMismatch("block", shapes, "vectors are wanted")
        return (Stacked(tuple(shape[0] for shape in shapes)),)
    rows = [shapes[start : start + data] for start in range(0, len(shapes), data)]
    heights, widths = [row[0][:1] for row in rows], [shape[1:] for shape in rows[0]]
    for row, height in zip(rows, heights, strict=True):
        for shape, width in zip(row, widths, strict=True):
            if len(shape) != 2 or shape[:1] != height or shape[1:] != width:
                raise ShapeMismatch("block", shapes, "equal heights in a row of blocks and equal widths in a column")
    stacked = (tuple(h[0] for h in heights), tuple(w[0] for w in widths))
    return tuple(parts[0] if len(parts) == 1 else Stacked(parts) for parts in stacked)


SHAPES: dict[str, ShapeRule] = {
    "add": _same("add"),
    "hadamard": _same("hadamard"),
    "scale": _scale,
    "product": _product,
    "transpose": _transpose,
    "power": _elementwise_power,
    "apply": _elementwise_power,
    "trace": _square("trace", True),
    "inverse": _square("inverse", False),
    "logdet": _square("logdet", True),
    "det": _square("det", True),
    "diag": _ranked("diag", (1,), lambda shape: (shape[0], shape[0])),
    "diagonal": _square("diagonal", False),
    "sum": _ranked("sum", (0, 1, 2), lambda shape: ()),
    "norm": _ranked("norm", (0, 1, 2), lambda shape: ()),
    "norm1": _ranked("norm1", (0, 1, 2), lambda shape: ()),
    "softmax": _ranked("softmax", (1, 2), lambda shape: shape),
    "logsumexp": _ranked("logsumexp", (1, 2), lambda shape: shape[:-1]),
    "vec": _ranked("vec", (2,), lambda shape: (Paired(shape[1], shape[0]),)),
    "kron": _paired,
    "block": _block,
}
"""Operation → the shape of its result. Softmax and log-sum-exp act on a vector or on each row of a matrix."""


class UnknownOperation(ValueError):
    """A matrix operation that the tables do not have."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no matrix operation is called {name!r}; known: {', '.join(sorted(SHAPES))}")


def node(operation: str, *operands: Matrix, data: Any = None) -> Matrix:
    """An operation applied to operands. Raises: UnknownOperation, ShapeMismatch."""
    if operation not in SHAPES:
        raise UnknownOperation(operation)
    if operation in _OF_A_NUMBER and operands[0].shape == ():
        return _OF_A_NUMBER[operation](operands[0])
    shape = SHAPES[operation](tuple(operand.shape for operand in operands), data)
    if operation == "product":
        operands = _one_chain(operands)
    if operation == "diagonal":
        shape = shape[:1]
    return Matrix(operation, operands, data, shape)


def _one_chain(operands: tuple[Matrix, ...]) -> tuple[Matrix, ...]:
    """(A B) C and A (B C) as A B C; not xᵀ (y zᵀ), which from the left would begin with a number."""
    flat = tuple(part for o in operands for part in (o.operands if o.operation == "product" else (o,)))
    try:
        _product(tuple(part.shape for part in flat), None)
    except ShapeMismatch:
        return operands
    return flat


_OF_A_NUMBER: dict[str, Callable[[Matrix], Matrix]] = {
    "trace": lambda a: a,
    "det": lambda a: a,
    "logdet": lambda a: node("apply", node("apply", a, data="abs"), data="log"),
    "sum": lambda a: a,
}
"""What operations on matrices mean for a number, such as the trace of vᵀv."""


def sizes_of(shape: Shape) -> tuple[Symbol, ...]:
    """The size symbols of a shape."""
    found: list[Symbol] = []
    for extent in shape:
        if isinstance(extent, Stacked):
            found += sizes_of(extent.parts)
        elif isinstance(extent, Paired):
            found += sizes_of((extent.first, extent.second))
        else:
            found += sorted(extent.free_symbols, key=str)
    return tuple(dict.fromkeys(found))
