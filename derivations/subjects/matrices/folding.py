"""From indices back to matrices: a sum over indices is a network of vectors and matrices, contracted index by index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from sympy import (
    Add,
    Basic,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Number,
    Pow,
    Sum,
    Symbol,
    exp,
    log,
)  # fmt: skip
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, fresh, substitute, unnest
from derivations.core.functions import COLUMN, DETERMINANT, INVERSE, LOGDET, ROW
from derivations.subjects.matrices import building as b
from derivations.subjects.matrices.expressions import Matrix, identity, node, number, ones

Free = tuple[tuple[Symbol, Expr], ...]


class Unfoldable(ValueError):
    """An indexed expression that is no expression in vectors and matrices."""

    def __init__(self, expression: Basic, why: str) -> None:
        self.expression, self.why = expression, why
        super().__init__(f"{expression} cannot be written with vectors and matrices: {why}; it stays in index form")


def fold(expression: Expr, free: Free, variables: Mapping[IndexedBase | Symbol, Matrix]) -> Matrix:
    """The matrix expression whose entry at the free indices is the given expression.

    `free` holds up to two indices with their sizes, in the order of the axes. Raises: Unfoldable.

    >>> from derivations.subjects.matrices.expressions import variable
    >>> i, j, m, n = (Symbol(s, integer=True, positive=True) for s in "ijmn")
    >>> A, x = IndexedBase("A", real=True), IndexedBase("x", real=True)
    >>> known = {A: variable("A", m, n), x: variable("x", m)}
    >>> print(fold(Sum(A[i, j] * x[i], (i, 1, m)), ((j, n),), known))
    Aᵀ x
    """
    return _Folder(dict(variables), {}).fold(expression, free)


@dataclass
class _Folder:
    variables: dict[IndexedBase | Symbol, Matrix]
    known: dict[tuple[Expr, Free], Matrix]

    def fold(self, expression: Expr, free: Free) -> Matrix:
        """Fold a sum of terms; a term that lacks an index is spread over it with ones."""
        if len(free) > 2:
            raise Unfoldable(expression, f"it has {len(free)} free indices")
        key = expression, free
        if key not in self.known:
            self.known[key] = b.plus([self._term(term, free) for term in spread(expression)])
        return self.known[key]

    def _term(self, term: Expr, free: Free) -> Matrix:
        """The matrix of one term; a term that is none is multiplied out."""
        try:
            return _Network(self, dict(free)).fold(term, tuple(s for s, _ in free))
        except Unfoldable:
            parts = multiplied_out(term)
            if len(parts) == 1:
                raise
            return b.plus([self._term(part, free) for part in parts])


def spread(expression: Expr) -> tuple[Expr, ...]:
    """The terms of an expression, sums in a product multiplied out only where an indicator ties their terms to indices.

    >>> i, j, n = (Symbol(s, integer=True, positive=True) for s in "ijn")
    >>> x, y = IndexedBase("x"), IndexedBase("y")
    >>> len(spread((x[i] + y[i]) * x[j])), len(spread((KroneckerDelta(i, j) + y[i]) * x[j]))
    (1, 2)
    """
    if isinstance(expression, Add):
        return tuple(term for part in expression.args for term in spread(part))
    if isinstance(expression, Sum) and _tied(expression):
        body, limit = unnest(expression)
        return tuple(Sum(term, limit) for term in spread(body))
    if isinstance(expression, Mul) and _tied(expression):
        options = [spread(f) if isinstance(f, (Add, Sum)) and _tied(f) else (f,) for f in expression.args]
        return tuple(Mul(*choice) for choice in product(*options))
    return (expression,)


def multiplied_out(expression: Expr) -> tuple[Expr, ...]:
    """The terms of an expression with all sums in products multiplied out, and sums over indices split.

    >>> i, n = (Symbol(s, integer=True, positive=True) for s in "in")
    >>> x, y = IndexedBase("x"), IndexedBase("y")
    >>> multiplied_out(2 * Sum((x[i] + y[i]) * x[i], (i, 1, n)))
    (2*Sum(x[i]**2, (i, 1, n)), 2*Sum(x[i]*y[i], (i, 1, n)))
    """
    if isinstance(expression, Add):
        return tuple(term for part in expression.args for term in multiplied_out(part))
    if isinstance(expression, Sum):
        body, limit = unnest(expression)
        return tuple(Sum(term, limit) for term in multiplied_out(body))
    if isinstance(expression, Mul):
        return tuple(Mul(*choice) for choice in product(*map(multiplied_out, expression.args)))
    return (expression,)


def _tied(expression: Basic) -> bool:
    """Whether an indicator is reached through sums and products alone."""
    if isinstance(expression, KroneckerDelta):
        return True
    if isinstance(expression, Sum):
        return _tied(expression.function)
    return isinstance(expression, (Add, Mul)) and any(map(_tied, expression.args))


@dataclass
class _Network:
    """The factors of one term, by the indices they hang on."""

    folder: _Folder
    sizes: dict[Symbol, Expr]
    bound: list[Symbol] = field(default_factory=list)
    factors: list[Expr] = field(default_factory=list)
    scalars: list[Matrix] = field(default_factory=list)
    vectors: dict[Symbol, list[Matrix]] = field(default_factory=dict)
    matrices: dict[tuple[Symbol, Symbol], list[Matrix]] = field(default_factory=dict)

    def fold(self, term: Expr, free: tuple[Symbol, ...]) -> Matrix:
        """The matrix of one term."""
        self._gather(term)
        self._softmaxes()
        for factor in self.factors:
            self._place(factor)
        while self.bound:
            self._eliminate(min(self.bound, key=lambda r: (len(self._neighbours(r)), -self.bound.index(r))))
        return self._outside(free)

    # ------------------------------------------------------------------ factors

    def _gather(self, term: Expr) -> None:
        for factor in Mul.make_args(term):
            if isinstance(factor, Sum):
                self._open(factor)
            elif (
                isinstance(factor, Pow)
                and factor.exp.is_Integer
                and 1 < factor.exp <= 3
                and self._indices(factor.base)
                and isinstance(factor.base, Mul)
            ):
                for _ in range(int(factor.exp)):
                    self._gather(factor.base)
            else:
                self.factors.append(factor)

    def _open(self, expression: Sum) -> None:
        body, (bound, lower, upper) = unnest(expression)
        if lower != 1:
            raise Unfoldable(expression, f"its index starts at {lower}")
        if free_symbols(upper) & set(self.sizes):
            raise Unfoldable(expression, "its range depends on an index")
        taken = frozenset(self.sizes) | free_symbols(body)
        new = fresh(bound.name, taken - {bound}, bound) if bound not in self.sizes else fresh(bound.name + "_", taken, bound)
        self.sizes[new] = upper
        self.bound.append(new)
        self._gather(substitute(body, {bound: new}))

    def _indices(self, factor: Basic) -> tuple[Symbol, ...]:
        found = free_symbols(factor)
        return tuple(s for s in self.sizes if s in found)

    def _softmaxes(self) -> None:
        """exp(uᵢ) beside 1/Σⱼ exp(uⱼ) is the softmax of u."""
        for below in [
            f for f in self.factors if isinstance(f, Pow) and f.exp.is_Integer and f.exp < 0 and isinstance(f.base, Sum)
        ]:
            body, (bound, _, upper) = unnest(below.base)
            remaining = -int(below.exp)
            for above in [f for f in self.factors if isinstance(f, exp)]:
                for index in self._indices(above) if remaining else ():
                    if self.sizes[index] != upper or substitute(body, {bound: index}) != above:
                        continue
                    placed = self._softmax(body, (bound, upper), index, free_symbols(below.base))
                    if placed is not None:
                        self._attach(*placed)
                        self.factors.remove(above)
                        remaining -= 1
                        break
            if remaining != -int(below.exp):
                self.factors.remove(below)
                if remaining:
                    self.factors.append(below.base**-remaining)

    def _softmax(
        self, body: exp, limit: tuple[Symbol, Expr], index: Symbol, outside: frozenset[Symbol]
    ) -> tuple[Matrix, tuple[Symbol, ...]] | None:
        """The softmax along an index; the diagonal of one when the index also names the row."""
        bound, size = limit
        others = tuple(s for s in self.sizes if s in outside)
        if len(others) > 1:
            return None
        argument = self.folder.fold(body.args[0], (*((s, self.sizes[s]) for s in others), (bound, size)))
        if index in others:
            return node("diagonal", node("softmax", argument)), (index,)
        return node("softmax", argument), (*others, index)

    def _place(self, factor: Expr) -> None:
        indices = self._indices(factor)
        if len(indices) > 2:
            raise Unfoldable(factor, f"it hangs on {len(indices)} indices at once")
        self._attach(self._leaf(factor, indices), indices)

    def _attach(self, matrix: Matrix, indices: tuple[Symbol, ...]) -> None:
        if not indices:
            self.scalars.append(matrix)
        elif len(indices) == 1:
            self.vectors.setdefault(indices[0], []).append(matrix)
        elif indices[::-1] in self.matrices:
            self.matrices[indices[::-1]].append(b.transposed(matrix))
        else:
            self.matrices.setdefault((indices[0], indices[1]), []).append(matrix)

    def _leaf(self, factor: Expr, indices: tuple[Symbol, ...]) -> Matrix:
        free = tuple((s, self.sizes[s]) for s in indices)
        if isinstance(factor, (Indexed, KroneckerDelta)):
            return self._entry(factor, indices)
        if isinstance(factor, AppliedUndef) and factor.func in (INVERSE, LOGDET, DETERMINANT):
            return self._of_matrix(factor, indices)
        if factor in self.folder.variables:
            return self.folder.variables[factor]
        if isinstance(factor, (exp, log, AppliedUndef)) and len(factor.args) == 1:
            inside = self.folder.fold(factor.args[0], free)
            if isinstance(factor, log) and not indices and isinstance(factor.args[0], Sum):
                body, (bound, lower, upper) = unnest(factor.args[0])
                if isinstance(body, exp) and lower == 1:
                    return node("logsumexp", self.folder.fold(body.args[0], ((bound, upper),)))
            return node("apply", inside, data=type(factor).__name__)
        if isinstance(factor, Pow) and not free_symbols(factor.exp):
            return self._power(factor, free)
        if isinstance(factor, Add) and indices:
            return self.folder.fold(factor, free)
        if isinstance(factor, Sum):
            return self.folder.fold(factor, free)
        if not indices:
            if isinstance(factor, Number) or not factor.has(Indexed, AppliedUndef, *self.folder.variables):
                return number(factor)
            if isinstance(factor, Add):
                return self.folder.fold(factor, ())
        raise Unfoldable(factor, f"there is no matrix operation for {type(factor).__name__}")

    def _power(self, factor: Pow, free: Free) -> Matrix:
        if factor.exp == Integer(1) / 2 or factor.exp == -Integer(1) / 2:
            base = self.folder.fold(factor.base, free)
            if not free and base.operation == "power" and base.data == 2 and base.operands[0].operation == "norm":
                return b.raised(base.operands[0], 2 * factor.exp)
            return b.raised(base, factor.exp)
        base = self.folder.fold(factor.base, free)
        if not free and base.operation == "power" and base.data == 2 and base.operands[0].operation == "norm":
            return b.raised(base.operands[0], 2 * factor.exp)
        return b.raised(base, factor.exp)

    def _entry(self, factor: Indexed | KroneckerDelta, indices: tuple[Symbol, ...]) -> Matrix:
        places = factor.indices if isinstance(factor, Indexed) else factor.args[:2]
        if not all(place in self.sizes for place in places):
            raise Unfoldable(factor, "an index is no plain letter in a range from 1")
        if isinstance(factor, KroneckerDelta):
            if self.sizes[places[0]] != self.sizes[places[1]]:
                raise Unfoldable(factor, "its indices have different ranges")
            return identity(self.sizes[places[0]])
        if factor.base not in self.folder.variables:
            raise Unfoldable(factor, f"{factor.base} has no declared shape")
        matrix = self.folder.variables[factor.base]
        if len(places) != len(matrix.shape):
            raise Unfoldable(factor, f"{factor.base} has {len(matrix.shape)} indices")
        if len(set(places)) < len(places):
            return node("diagonal", matrix)
        return matrix if tuple(places) == indices else b.transposed(matrix)

    def _of_matrix(self, call: AppliedUndef, indices: tuple[Symbol, ...]) -> Matrix:
        matrix, size, *places = call.args
        if any(s in self.sizes for s in free_symbols(matrix)):
            raise Unfoldable(call, "the matrix itself hangs on an index")
        inside = self.folder.fold(matrix.expr, ((ROW, size), (COLUMN, size)))
        if call.func != INVERSE:
            return node("logdet" if call.func == LOGDET else "det", inside)
        if not all(place in self.sizes for place in places):
            raise Unfoldable(call, "an index is no plain letter")
        inverse = node("inverse", inside)
        if places[0] == places[1]:
            return node("diagonal", inverse)
        return inverse if tuple(places) == indices else b.transposed(inverse)

    # ------------------------------------------------------------------ contraction

    def _neighbours(self, index: Symbol) -> list[Symbol]:
        return [(set(pair) - {index}).pop() for pair in self.matrices if index in pair]

    def _taken(self, index: Symbol, other: Symbol) -> Matrix:
        """The matrices between two indices as one, with rows on the first."""
        for pair in ((index, other), (other, index)):
            if pair in self.matrices:
                whole = b.hadamard(*self.matrices.pop(pair))
                return whole if pair == (index, other) else b.transposed(whole)
        raise KeyError((index, other))

    def _eliminate(self, index: Symbol) -> None:
        self.bound.remove(index)
        vectors, neighbours = self.vectors.pop(index, []), self._neighbours(index)
        size = self.sizes[index]
        if not neighbours:
            self.scalars.append(_summed(vectors, size))
        elif len(neighbours) == 1 and not vectors and self._loose(neighbours[0]):
            self.bound.remove(neighbours[0])
            self.scalars.append(b.total(self._taken(index, neighbours[0])))
        elif len(neighbours) == 1:
            matrix = b.transposed(self._taken(index, neighbours[0]))
            vector = b.hadamard(*vectors) if vectors else ones(size)
            self._attach(b.product(matrix, vector), (neighbours[0],))
        elif len(neighbours) == 2:
            left, right = neighbours
            first, second = b.transposed(self._taken(index, left)), self._taken(index, right)
            middle = [node("diag", b.hadamard(*vectors))] if vectors else []
            self._attach(b.product(first, *middle, second), (left, right))
        else:
            raise Unfoldable(Mul(*self.factors), f"the index {index} joins {len(neighbours)} others")

    def _loose(self, index: Symbol) -> bool:
        """Whether a bound index hangs on one other alone."""
        return index in self.bound and index not in self.vectors and len(self._neighbours(index)) == 1

    def _outside(self, free: tuple[Symbol, ...]) -> Matrix:
        """What is left hangs on the free indices."""
        sides = [b.hadamard(*self.vectors[s]) if s in self.vectors else None for s in free]
        if not free:
            return b.scalar_times(self.scalars, number(1))
        if len(free) == 1:
            return b.scalar_times(self.scalars, sides[0] if sides[0] is not None else ones(self.sizes[free[0]]))
        rows, columns = (self.sizes[s] for s in free)
        if not self.matrices and sides == [None, None]:
            return b.scalar_times(self.scalars, ones(rows, columns))
        if not self.matrices:
            left, right = (side if side is not None else ones(n) for side, n in zip(sides, (rows, columns), strict=True))
            return b.scalar_times(self.scalars, b.product(left, b.transposed(right)))
        whole = self._taken(*free)
        before = [node("diag", sides[0])] if sides[0] is not None else []
        after = [node("diag", sides[1])] if sides[1] is not None else []
        return b.scalar_times(self.scalars, b.product(*before, whole, *after))


def _summed(vectors: Sequence[Matrix], size: Expr) -> Matrix:
    if not vectors:
        return number(size)
    if len(vectors) == 1:
        return b.total(vectors[0])
    return b.inner(b.hadamard(*vectors[:-1]), vectors[-1])
