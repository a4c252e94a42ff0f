"""SymPy matrix expressions as ours. SymPy's own derivatives of them are not used: they return silent zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import (
    Add,
    Basic,
    BlockMatrix,
    Determinant,
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    IndexedBase,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    Mul,
    Number,
    OneMatrix,
    Pow,
    Sum,
    Symbol,
    Trace,
    Transpose,
    exp,
    log,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixSymbol

from derivations.subjects.matrices.expressions import Matrix, dimension, identity, node, number, ones, variable
from numeric.domains import size


class UnreadableObject(ValueError):
    """A SymPy object that is no matrix expression here."""

    def __init__(self, found: object) -> None:
        self.found = found
        super().__init__(
            f"{found} of type {type(found).__name__} is not understood; known: {', '.join(sorted(k.__name__ for k in _RULES))}"
        )


def from_sympy(expression: Basic) -> Matrix:
    """A SymPy matrix expression, or a scalar made of some. A symbol with one column is a vector.

    Raises: UnreadableObject, ShapeMismatch.

    >>> from sympy import symbols
    >>> n = Symbol("n", integer=True, positive=True)
    >>> A, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    >>> print(from_sympy(x.T * A * x))
    xᵀ A x
    """
    for kind, rule in _RULES.items():
        if isinstance(expression, kind):
            return rule(expression)
    raise UnreadableObject(expression)


def _symbol(matrix: MatrixSymbol) -> Matrix:
    return variable(matrix.name, *shape_of(matrix))


def shape_of(matrix: MatrixSymbol) -> tuple[Expr, ...]:
    """The sizes of a matrix symbol; one column makes a vector. Raises: UnusableSize for numbers."""
    return tuple(_size(extent) for extent in matrix.shape if extent != 1)


def _size(extent: Expr) -> Expr:
    return size(extent.name) if isinstance(extent, Symbol) else dimension(extent)


def _scaled_product(expression: Basic) -> Matrix:
    whole: Matrix | None = None
    for part in map(from_sympy, expression.args):
        whole = part if whole is None else whole * part if () in (whole.shape, part.shape) else whole @ part
    assert whole is not None
    return whole


def _sum(expression: Basic) -> Matrix:
    return node("add", *map(from_sympy, expression.args))


def _power(expression: Basic) -> Matrix:
    base, exponent = expression.args
    inside = from_sympy(base)
    if not inside.shape:
        return node("power", inside, data=exponent)
    if exponent == -1:
        return node("inverse", inside)
    if isinstance(exponent, Number) and exponent.is_Integer and 1 < exponent <= 6:
        return node("product", *[inside] * int(exponent))
    raise UnreadableObject(expression)


def _logarithm(expression: Basic) -> Matrix:
    if isinstance(expression.args[0], Determinant):
        return node("logdet", from_sympy(expression.args[0].args[0]))
    return node("apply", from_sympy(expression.args[0]), data="log")


def _element(expression: MatrixElement) -> Matrix:
    if expression.parent.shape == (1, 1) or {0} == set(expression.args[1:]):
        inside = from_sympy(expression.parent)
        if not inside.shape:
            return inside
    raise UnreadableObject(expression)


def _repeated(expression: Sum) -> Matrix:
    """A sum over an index that its terms do not mention."""
    (index, lower, upper), *more = expression.limits
    if more or expression.function.has(index):
        raise UnreadableObject(expression)
    times = (upper - lower + 1).xreplace({s: size(s.name) for s in (upper - lower).free_symbols})
    return node("scale", number(times), from_sympy(expression.function))


def _applied(expression: ElementwiseApplyFunction) -> Matrix:
    function = expression.function
    body = function.expr
    if body.args != function.variables:
        raise UnreadableObject(expression)
    return node("apply", from_sympy(expression.expr), data=type(body).__name__)


def _blocks(expression: BlockMatrix) -> Matrix:
    rows, columns = expression.blockshape
    return node("block", *(from_sympy(expression.blocks[r, c]) for r in range(rows) for c in range(columns)), data=columns)


def entries_as_indexed(expression: Expr) -> tuple[Expr, dict[str, tuple[Expr, ...]]]:
    """An expression in entries of matrix symbols, counted from 0, as one in arrays counted from 1, and their shapes.

    SymPy writes (wᵀx)[0, 0] as such a sum.

    >>> n = Symbol("n", integer=True, positive=True)
    >>> w, x = MatrixSymbol("w", n, 1), MatrixSymbol("x", n, 1)
    >>> print(entries_as_indexed((w.T * x)[0, 0])[0])
    Sum(w[r1_]*x[r1_], (r1_, 1, n))
    """
    shapes = {matrix.name: shape_of(matrix) for matrix in expression.atoms(MatrixSymbol)}

    def entry(element: MatrixElement, moved: dict[Basic, Basic]) -> Expr:
        matrix, places = element.parent, zip(element.indices, element.parent.shape, strict=True)
        indices = tuple(visit(place, moved) + 1 for place, extent in places if extent != 1)
        return IndexedBase(matrix.name, real=True)[indices] if indices else Symbol(matrix.name, real=True)

    def visit(part: Basic, moved: dict[Basic, Basic]) -> Any:
        if isinstance(part, MatrixElement) and isinstance(part.parent, MatrixSymbol):
            return entry(part, moved)
        if isinstance(part, Sum) and len(part.limits) == 1 and len(part.limits[0]) == 3:
            index, lower, upper = part.limits[0]
            inner = Symbol(f"r{len(moved) + 1}_", integer=True, positive=True)
            limit = (inner, visit(lower, moved) + 1, visit(upper, moved) + 1)
            return Sum(visit(part.function, {**moved, index: inner - 1}), limit)
        if isinstance(part, Symbol):
            return moved.get(part) or (size(part.name) if part.is_integer else Symbol(part.name, real=True))
        return part.func(*(visit(inside, moved) for inside in part.args)) if part.args else part

    return visit(expression, {}), shapes


def _wrapped(operation: str) -> Callable[[Basic], Matrix]:
    return lambda expression: node(operation, *map(from_sympy, expression.args))


_RULES: dict[type, Callable[..., Matrix]] = {
    MatrixSymbol: _symbol,
    Number: number,
    Symbol: lambda s: number(size(s.name)) if s.is_integer else variable(s.name),
    Identity: lambda m: identity(_size(m.shape[0])),
    OneMatrix: lambda m: ones(*(_size(e) for e in m.shape if e != 1)),
    MatMul: _scaled_product,
    Mul: _scaled_product,
    MatAdd: _sum,
    Add: _sum,
    Transpose: lambda m: from_sympy(m.args[0]).T,
    Inverse: lambda m: node("inverse", from_sympy(m.args[0])),
    HadamardProduct: _wrapped("hadamard"),
    KroneckerProduct: _wrapped("kron"),
    HadamardPower: lambda m: node("power", from_sympy(m.args[0]), data=m.args[1]),
    MatPow: _power,
    Pow: _power,
    Trace: _wrapped("trace"),
    Determinant: _wrapped("det"),
    log: _logarithm,
    exp: lambda e: node("apply", from_sympy(e.args[0]), data="exp"),
    AppliedUndef: lambda e: node("apply", from_sympy(e.args[0]), data=e.func.__name__),
    MatrixElement: _element,
    Sum: _repeated,
    DiagMatrix: lambda m: node("diag", from_sympy(m.args[0])),
    BlockMatrix: _blocks,
    ElementwiseApplyFunction: _applied,
}
