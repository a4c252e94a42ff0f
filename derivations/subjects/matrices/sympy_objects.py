"""SymPy matrix expressions as ours. SymPy's own derivatives of them are not used: they return silent zeros."""

from __future__ import annotations

from collections.abc import Callable

from sympy import (
    Add,
    Basic,
    Determinant,
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    Mul,
    Number,
    OneMatrix,
    Pow,
    Symbol,
    Trace,
    Transpose,
    exp,
    log,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixSymbol

from derivations.subjects.matrices.expressions import Matrix, identity, node, number, ones, variable
from numeric.domains import size


class UnreadableObject(ValueError):
    """A SymPy object that is no matrix expression here."""

    def __init__(self, found: Basic) -> None:
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
    shape = [size(str(extent)) for extent in matrix.shape if extent != 1]
    return variable(matrix.name, *shape)


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


def _wrapped(operation: str) -> Callable[[Basic], Matrix]:
    return lambda expression: node(operation, *map(from_sympy, expression.args))


_RULES: dict[type, Callable[..., Matrix]] = {
    MatrixSymbol: _symbol,
    Number: number,
    Symbol: lambda s: number(size(s.name)) if s.is_integer else variable(s.name),
    Identity: lambda m: identity(size(str(m.shape[0]))),
    OneMatrix: lambda m: ones(*(size(str(e)) for e in m.shape if e != 1)),
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
}
