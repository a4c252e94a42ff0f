"""From matrices to indices: the entry of a matrix expression as an indexed sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from sympy import Add, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Pow, S, Sum, Symbol, exp, log

from derivations.core.binding import substitute
from derivations.core.functions import COLUMN, DETERMINANT, INVERSE, LOGDET, ROW, matrix_of
from derivations.subjects.matrices.elementwise import ELEMENTWISE, HALF, U, head
from derivations.subjects.matrices.expressions import Dimension, Matrix, Paired, Stacked


@dataclass(frozen=True)
class Part:
    """The position `inside` within part number `number` of a stacked dimension."""

    number: int
    inside: Index


@dataclass(frozen=True)
class Pair:
    """A position in a paired dimension."""

    first: Index
    second: Index


Index: TypeAlias = "Expr | Part | Pair"


class Unreadable(ValueError):
    """A matrix expression that has no entries at plain indices."""

    def __init__(self, operation: str, why: str) -> None:
        self.operation, self.why = operation, why
        super().__init__(f"{operation} cannot be read by index: {why}")


@dataclass
class Reader:
    """Reads matrix expressions; every bound index it makes is new."""

    used: int = 0
    _known: dict[str, IndexedBase | Symbol] = field(default_factory=dict)

    def entry(self, matrix: Matrix, *index: Index) -> Expr:
        """The entry of a matrix at (i, j), of a vector at (i), or a scalar.

        >>> from derivations.subjects.matrices.expressions import variable
        >>> A, x = variable("A", "m", "n"), variable("x", "n")
        >>> Reader().entry(A @ x, Symbol("i", integer=True))
        Sum(A[i, r1_]*x[r1_], (r1_, 1, n))
        """
        return READ[matrix.operation](self, matrix, *index)

    def total(self, extent: Dimension, body: Callable[[Index], Expr]) -> Expr:
        """Σ of body over a dimension."""
        if isinstance(extent, Stacked):
            parts = enumerate(extent.parts)
            return Add(*(self.total(p, lambda inside, n=n: body(Part(n, inside))) for n, p in parts))  # type: ignore[misc]
        if isinstance(extent, Paired):
            return self.total(extent.first, lambda a: self.total(extent.second, lambda b: body(Pair(a, b))))
        if extent == 1:
            return body(Integer(1))
        self.used += 1
        letter = Symbol(f"r{self.used}_", integer=True, positive=True)
        summand = body(letter)
        return Sum(summand, (letter, 1, extent)) if summand != 0 else S.Zero

    def over_all(self, matrix: Matrix, body: Callable[..., Expr]) -> Expr:
        """Σ of body over all entries."""
        if not matrix.shape:
            return body()
        first, *rest = matrix.shape
        if not rest:
            return self.total(first, lambda i: body(i))
        return self.total(first, lambda i: self.total(rest[0], lambda j: body(i, j)))


def array_of(matrix: Matrix) -> IndexedBase | Symbol:
    """The SymPy object of a variable."""
    return IndexedBase(matrix.data, real=True) if matrix.shape else Symbol(matrix.data, real=True)


def equal(a: Index, b: Index) -> Expr:
    """1[a=b]."""
    if isinstance(a, Part) and isinstance(b, Part):
        return equal(a.inside, b.inside) if a.number == b.number else S.Zero
    if isinstance(a, Pair) and isinstance(b, Pair):
        return equal(a.first, b.first) * equal(a.second, b.second)
    return KroneckerDelta(a, b)


def _variable(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    if not index:
        return array_of(matrix)
    if not all(isinstance(i, Expr) for i in index):
        raise Unreadable(matrix.data, "a block or a Kronecker product meets a variable of a plain size")
    return Indexed(array_of(matrix), *index)


def _product(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    """(A B C)ᵢⱼ = Σ_r Aᵢᵣ (B C)ᵣⱼ: a row or a column at either end keeps the products small."""
    operands = matrix.operands
    rows = operands[0].shape[0]
    i = index[0] if rows != 1 else Integer(1)
    j = index[-1] if len(matrix.shape) == 2 or (rows == 1 and matrix.shape) else Integer(1)

    def chain(position: int, left: Index) -> Expr:
        operand = operands[position]
        if position == len(operands) - 1:
            return reader.entry(operand, left, j) if len(operand.shape) == 2 else reader.entry(operand, left)
        if len(operand.shape) == 1:
            return reader.entry(operand, left) * chain(position + 1, Integer(1))
        return reader.total(operand.shape[1], lambda r: reader.entry(operand, left, r) * chain(position + 1, r))

    return chain(0, i)


def _transpose(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    (operand,) = matrix.operands
    if len(operand.shape) == 2 and len(matrix.shape) == 2:
        return reader.entry(operand, index[1], index[0])
    if len(operand.shape) == 2:  # the transpose of a row
        return reader.entry(operand, Integer(1), index[0])
    return reader.entry(operand, *index[-1:])


def _inverse(reader: Reader, matrix: Matrix, i: Index, j: Index) -> Expr:
    return INVERSE(*_entries(reader, matrix), i, j)


def _entries(reader: Reader, matrix: Matrix) -> tuple[Expr, Expr]:
    (operand,) = matrix.operands
    extent = operand.shape[0]
    if not isinstance(extent, Expr):
        raise Unreadable(matrix.operation, "its matrix is made of blocks or a Kronecker product; name it first")
    return matrix_of(reader.entry(operand, ROW, COLUMN)), extent


def _determinant_of(reader: Reader, matrix: Matrix) -> Expr:
    return (LOGDET if matrix.operation == "logdet" else DETERMINANT)(*_entries(reader, matrix))


def _apply(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    return applied(matrix.data, reader.entry(matrix.operands[0], *index))


def applied(name: str, argument: Expr) -> Expr:
    """An elementwise function of a number: SymPy's own node where it has one, else a head."""
    known = ELEMENTWISE.get(name)
    if known is not None and known.stock is not None:
        return substitute(known.stock, {U: argument})
    return head(name)(argument)


def _norm(reader: Reader, matrix: Matrix) -> Expr:
    (operand,) = matrix.operands
    return Pow(reader.over_all(operand, lambda *i: reader.entry(operand, *i) ** 2), HALF)


def _softmax(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    (operand,) = matrix.operands
    below = reader.total(operand.shape[-1], lambda r: exp(reader.entry(operand, *index[:-1], r)))
    return exp(reader.entry(operand, *index)) / below


def _logsumexp(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    (operand,) = matrix.operands
    return log(reader.total(operand.shape[-1], lambda r: exp(reader.entry(operand, *index, r))))


def _vec(reader: Reader, matrix: Matrix, index: Index) -> Expr:
    if not isinstance(index, Pair):
        raise Unreadable("vec", "its index is a pair")
    return reader.entry(matrix.operands[0], index.second, index.first)


def _kron(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    first, second = matrix.operands
    if not all(isinstance(i, Pair) for i in index):
        raise Unreadable("kron", "its indices are pairs")
    return reader.entry(first, *(i.first for i in index)) * reader.entry(second, *(i.second for i in index))  # type: ignore[union-attr]


def _block(reader: Reader, matrix: Matrix, *index: Index) -> Expr:
    columns = matrix.data or 1
    parts = [i if isinstance(extent, Stacked) else Part(0, i) for i, extent in zip(index, matrix.shape, strict=True)]
    if not all(isinstance(part, Part) for part in parts):
        raise Unreadable("block", "its index is the position in a block")
    row, column = parts[0].number, parts[1].number if len(parts) == 2 else 0  # type: ignore[union-attr]
    return reader.entry(matrix.operands[row * columns + column], *(part.inside for part in parts))  # type: ignore[union-attr]


READ: dict[str, Callable[..., Expr]] = {
    "variable": _variable,
    "number": lambda reader, m: m.data,
    "identity": lambda reader, m, i, j: equal(i, j),
    "ones": lambda reader, m, *i: S.One,
    "add": lambda reader, m, *i: Add(*(reader.entry(o, *i) for o in m.operands)),
    "hadamard": lambda reader, m, *i: Mul(*(reader.entry(o, *i) for o in m.operands)),
    "scale": lambda reader, m, *i: reader.entry(m.operands[0]) * reader.entry(m.operands[1], *i),
    "product": _product,
    "transpose": _transpose,
    "power": lambda reader, m, *i: Pow(reader.entry(m.operands[0], *i), m.data),
    "apply": _apply,
    "trace": lambda reader, m: reader.total(m.operands[0].shape[0], lambda r: reader.entry(m.operands[0], r, r)),
    "inverse": _inverse,
    "logdet": _determinant_of,
    "det": _determinant_of,
    "diag": lambda reader, m, i, j: equal(i, j) * reader.entry(m.operands[0], i),
    "diagonal": lambda reader, m, i: reader.entry(m.operands[0], i, i),
    "sum": lambda reader, m: reader.over_all(m.operands[0], lambda *i: reader.entry(m.operands[0], *i)),
    "norm": _norm,
    "norm1": lambda reader, m: reader.over_all(m.operands[0], lambda *i: head("abs")(reader.entry(m.operands[0], *i))),
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "vec": _vec,
    "kron": _kron,
    "block": _block,
    "indexed": lambda reader, m: m.data,
}
"""Operation → the entry at given indices."""
