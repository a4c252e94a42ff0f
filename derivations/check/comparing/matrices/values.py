"""Values of matrix formulas on small matrices of concrete sizes, exact where the formula is rational."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.random import Generator
from sympy import Basic, Symbol

from derivations.check.comparing.instances import instances
from derivations.check.comparing.matrices.shapes import (
    ELEMENTWISE,
    NoMatrixMeaning,
    Shapes,
    ShapesDoNotFit,
    exponent_of,
    is_constant,
    is_identity,
    is_inverse_transpose,
    key_of,
)
from derivations.check.comparing.matrices.slopes import call, slope
from derivations.check.reader.building import Builder
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term
from numeric.duals import arithmetic
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import UndefinedValue
from numeric.instances import Variable

MAX_SUM = 40
SIZES = ((2, 1, 3, 2), (2, 2, 2, 2), (1, 2, 3, 1), (3, 2, 1, 2), (2, 3, 2, 1), (3, 1, 2, 3), (1, 3, 2, 2), (3, 3, 2, 1))
"""The first four free dimensions of one instance after the other; any pair of them is equal, smaller and larger in turn."""
NUMBERS = arithmetic(40)


@dataclass
class Instance:
    """Sizes of dimensions, matrices by letter, and values for the ordinary letters. Vectors with an index, as x_i, are drawn
    when first asked for."""

    sizes: Mapping[Any, int]
    shapes: Shapes
    plain: Mapping[Basic, Any]
    rng: Generator
    positive: frozenset[str]
    large: int
    arrays: dict[tuple[str, tuple[int, ...]], Any] = field(default_factory=dict)
    functions: dict[str, list[Fraction]] = field(default_factory=dict)

    def extent(self, dimension: Any) -> int:
        """The value of a dimension."""
        found = self.shapes.find(dimension)
        return found if isinstance(found, int) else self.sizes.get(found, 2)

    def array(self, key: tuple[str, int], indices: tuple[int, ...] = ()) -> Any:
        """The matrix of a letter, for the values of its indices."""
        name = (key[0], indices)
        if name not in self.arrays:
            shape = tuple(self.extent(extent) for extent in self.shapes.letters[key])
            self.arrays[name] = _draw(shape, self.rng, key[0] in self.positive, self.large)
        return self.arrays[name]


def drawn(shapes: Shapes, sides: tuple[Term, Term], symbols: Symbols, seed: int, count: int) -> Iterator[Instance]:
    """`count` instances, small sizes and small numbers first."""
    known = [*shapes.letters.values(), *shapes.cells.values()]
    roots = {shapes.find(extent) for shape in known for extent in shape}
    free = sorted((root for root in roots if isinstance(root, str)), key=lambda name: int(name[1:]))
    rng = np.random.default_rng(seed)
    positive = frozenset(
        entry.name
        for entry in symbols.declarations
        if entry.domain.kind in ("positive", "size", "natural", "unit-interval", "nonnegative")
    )
    for place, plain in enumerate(instances(plain_variables(shapes, sides, symbols), seed, count)):
        pattern = SIZES[place % len(SIZES)]
        sizes: dict[Any, int] = {name: pattern[k % len(pattern)] for k, name in enumerate(free)}
        values = {str(symbol): value for symbol, value in plain.items()}
        for root in roots:
            if isinstance(root, tuple):
                sizes[root] = int(values.get(root[1], pattern[0]))
        yield Instance(sizes, shapes, plain, np.random.default_rng(rng.integers(2**31)), positive, 2 + place)


def plain_variables(shapes: Shapes, sides: tuple[Term, Term], symbols: Symbols) -> tuple[Variable, ...]:
    """The ordinary letters of both sides, and all sizes."""
    used = {
        symbols.heads[key_of(part)].name
        for side in sides
        for part in side.walk()
        if part.head == "letter" and not is_constant(part) and not shapes.ranks.get(key_of(part), 0)
        and shapes.entry_of(part) is None and key_of(part) in symbols.heads
    }  # fmt: skip
    return tuple(
        entry.variable
        for entry in symbols.declarations
        if entry.domain.kind != "function" and (entry.name in used or entry.domain.kind == "size")
    )


def _draw(shape: tuple[int, ...], rng: Generator, positive: bool, large: int) -> Any:
    array = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        array[place] = Fraction(int(rng.integers(1 if positive else -large, large + 1)), int(rng.choice((1, 1, 2, 3))))
    return array


@dataclass(frozen=True)
class Evaluation:
    """Values of matrix terms as object arrays of rationals (or long floats), scalars as 1 × 1."""

    instance: Instance
    symbols: Symbols
    bindings: Mapping[str, int] = field(default_factory=dict)

    def value(self, term: Term) -> Any:
        """The matrix that a part stands for. Raises: NoMatrixMeaning, ShapesDoNotFit, UndefinedValue."""
        if term.head not in ("letter", "number", "constant") and self.instance.shapes.is_plain(term):
            return _boxed(self.plain(term))
        handler = _VALUES.get(term.head)
        if handler is None:
            raise NoMatrixMeaning(term.head)
        return handler(self, term)

    def scalar(self, term: Term) -> Any:
        """The one entry of a 1 × 1 value."""
        value = self.value(term)
        if value.shape != (1, 1):
            raise ShapesDoNotFit(term.head, value.shape, (1, 1))
        return value[0, 0]

    def plain(self, term: Term) -> Any:
        """The value of an ordinary expression."""
        letters = {name: Symbol(name, integer=True, positive=True) for name in self.bindings}
        expression = Builder(self.symbols).build(term, letters)
        bound = {letters[name]: value for name, value in self.bindings.items()}
        return evaluate_slowly(expression, self.instance.plain, bindings=bound, max_terms=2000)

    def last_of(self, series: Term) -> int:
        """Where a sum without an upper end stops: at the length of the vector whose entries it adds, else at its own size."""
        shapes = self.instance.shapes
        extent = shapes.find(shapes.cells[id(series.args[2])][0])
        if any(extent == shapes.find(other) for shape in shapes.letters.values() for other in shape):
            return self.instance.extent(extent)
        return int(evaluate_slowly(self.symbols.upper(("bound", id(series))), self.instance.plain))

    def whole(self, term: Term) -> int:
        """The value of an index."""
        value = self.plain(term)
        if value != int(value):
            raise UndefinedValue("index", value, "an index")
        return int(value)


def _boxed(value: Any) -> Any:
    array = np.empty((1, 1), dtype=object)
    array[0, 0] = Fraction(value) if isinstance(value, int) else value if isinstance(value, Fraction) else NUMBERS.lift(value)
    return array


def _letter(run: Evaluation, term: Term) -> Any:
    instance = run.instance
    if is_constant(term):
        rows, columns = (instance.extent(extent) for extent in instance.shapes.cells[id(term)])
        array = np.empty((rows, columns), dtype=object)
        for place in np.ndindex(rows, columns):
            same = place[0] == place[1] if is_identity(term) else term.data == "bf_1"
            array[place] = Fraction(int(same))
        return array
    if (whole := instance.shapes.entry_of(term)) is not None:
        array = instance.array(whole)
        place = tuple(run.whole(index) - 1 for index in term.args)
        place = (*place, 0) if len(place) == 1 and array.shape[1] == 1 else place
        if len(place) != 2 or not all(0 <= p < size for p, size in zip(place, array.shape, strict=True)):
            raise UndefinedValue("entry", place, str(term.data))
        return _boxed(array[place])
    key = key_of(term)
    if instance.shapes.ranks.get(key, 0) == 0:
        return _boxed(run.plain(term))
    return instance.array(key, tuple(run.whole(index) for index in term.args))


def _product(run: Evaluation, term: Term) -> Any:
    total: Any = None
    for argument in term.args:
        value = run.value(argument)
        if total is None:
            total = value
        elif total.shape == (1, 1) or value.shape == (1, 1):
            total = total[0, 0] * value if total.shape == (1, 1) else total * value[0, 0]
        elif total.shape[1] != value.shape[0]:
            raise ShapesDoNotFit("a product", total.shape, value.shape)
        else:
            total = total.dot(value)
    return total


def _added(first: Any, second: Any) -> Any:
    if first.shape != second.shape:
        for one, other in ((first, second), (second, first)):
            if one.shape == (1, 1) and one[0, 0] == 0:
                return other
        raise ShapesDoNotFit("a sum", first.shape, second.shape)
    return first + second


def _sum(run: Evaluation, term: Term) -> Any:
    total: Any = None
    for argument in term.args:
        value = run.value(argument)
        total = value if total is None else _added(total, value)
    return total


def _series(run: Evaluation, term: Term) -> Any:
    """Σ over a bound letter."""
    body, lower, upper = term.args
    low = 1 if lower.head == "bare" else run.whole(lower)
    high = run.last_of(term) if upper.head == "bare" else run.whole(upper)
    if high - low > MAX_SUM:
        raise UndefinedValue("sum", high, "a sum with many terms")
    rows, columns = (run.instance.extent(extent) for extent in run.instance.shapes.cells[id(body)])
    total = np.full((rows, columns), Fraction(0), dtype=object)
    for value in range(low, high + 1):
        total = _added(total, replace(run, bindings={**run.bindings, str(term.data): value}).value(body))
    return total


def _power(run: Evaluation, term: Term) -> Any:
    root = run.value(term.args[0])
    if is_inverse_transpose(term):
        return inverse(root).T
    if root.shape == (1, 1):
        exponent = run.scalar(term.args[1])
        whole = isinstance(exponent, Fraction) and exponent.denominator == 1
        return _boxed(NUMBERS.power(root[0, 0], int(exponent) if whole else exponent))
    exponent = exponent_of(term)
    if root.shape[0] != root.shape[1] or exponent is None or abs(exponent) > MAX_SUM:
        raise ShapesDoNotFit("a power", root.shape, "square")
    result = inverse(root) if exponent < 0 else root
    total = np.array([[Fraction(int(r == c)) for c in range(len(root))] for r in range(len(root))], dtype=object)
    for _ in range(abs(exponent)):
        total = total.dot(result)
    return total


def inverse(matrix: Any) -> Any:
    """The inverse by elimination. Raises: UndefinedValue when there is none."""
    size = matrix.shape[0]
    rows = [[*matrix[i], *(Fraction(int(i == j)) for j in range(size))] for i in range(size)]
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column] != 0), None)
        if pivot is None:
            raise UndefinedValue("inverse", "a singular matrix", "the matrix")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [entry / scale for entry in rows[column]]
        for other in range(size):
            if other != column and rows[other][column] != 0:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column], strict=True)]
    return np.array([row[size:] for row in rows], dtype=object).reshape(size, size)


def determinant(matrix: Any) -> Any:
    """The determinant by expansion along the first row."""
    if matrix.shape[0] != matrix.shape[1]:
        raise ShapesDoNotFit("a determinant", *matrix.shape)
    if matrix.shape == (1, 1):
        return matrix[0, 0]
    total: Any = Fraction(0)
    for column in range(matrix.shape[1]):
        minor = np.delete(np.delete(matrix, 0, axis=0), column, axis=1)
        total = total + (-1) ** column * matrix[0, column] * determinant(minor)
    return total


def _norm(run: Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    entries = list(value.ravel())
    if term.data == 1 and 1 in value.shape:
        return _boxed(sum(abs(entry) for entry in entries))
    if term.data == "infinity" and 1 in value.shape:
        return _boxed(max(abs(entry) for entry in entries))
    if term.data in (2, "F"):
        if 1 not in value.shape and term.data == 2:
            raise NoMatrixMeaning("the operator norm")
        return _boxed(NUMBERS.power(sum((entry * entry for entry in entries), Fraction(0)), Fraction(1, 2)))
    raise NoMatrixMeaning(f"the norm {term.data}")


def _bars(run: Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    return _boxed(abs(value[0, 0])) if value.shape == (1, 1) else _boxed(determinant(value))


def _matrix(run: Evaluation, term: Term) -> Any:
    rows, columns = term.data
    array = np.empty((rows, columns), dtype=object)
    for place, argument in enumerate(term.args):
        array[place // columns, place % columns] = run.scalar(argument)
    return array


def _diagonal(run: Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    size = value.shape[0]
    array = np.full((size, size), Fraction(0), dtype=object)
    for place in range(size):
        array[place, place] = value[place, 0]
    return array


def _applied(run: Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    if term.data not in ELEMENTWISE or len(term.args) > 1:
        raise NoMatrixMeaning(str(term.data))
    found = np.empty(value.shape, dtype=object)
    for place in np.ndindex(*value.shape):
        entry = value[place]
        if term.data in ("sigmoid", "sigmoid_prime"):
            raised = NUMBERS.power(NUMBERS.add(1, NUMBERS.apply("exp", -entry)), -1)
            found[place] = raised if term.data == "sigmoid" else raised * (1 - raised)
        else:
            found[place] = NUMBERS.apply(str(term.data), entry)
    return found


def _trace(run: Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    if value.shape[0] != value.shape[1]:
        raise ShapesDoNotFit("a trace", *value.shape)
    return _boxed(sum((value[i, i] for i in range(value.shape[0])), Fraction(0)))


def _hadamard(run: Evaluation, term: Term) -> Any:
    total = run.value(term.args[0])
    for argument in term.args[1:]:
        value = run.value(argument)
        if value.shape != total.shape:
            raise ShapesDoNotFit("an entrywise product", total.shape, value.shape)
        total = total * value
    return total


_VALUES: dict[str, Callable[[Evaluation, Term], Any]] = {
    "number": lambda run, term: _boxed(term.data),
    "constant": lambda run, term: _boxed(run.plain(term)),
    "letter": _letter,
    "add": _sum,
    "multiply": _product,
    "power": _power,
    "transpose": lambda run, term: run.value(term.args[0]).T,
    "trace": _trace,
    "determinant": lambda run, term: _boxed(determinant(run.value(term.args[0]))),
    "norm": _norm,
    "bars": _bars,
    "inner": lambda run, term: _boxed(sum((run.value(term.args[0]) * run.value(term.args[1])).ravel(), Fraction(0))),
    "matrix": _matrix,
    "diagonal": _diagonal,
    "apply": _applied,
    "hadamard": _hadamard,
    "sum": _series,
    "derivative": slope,
    "structure": slope,
    "call": call,
}


def differ(left: Any, right: Any, floor: float = 1e-20) -> bool:
    """Whether two values are different beyond 20 digits, numbers below `floor` counted as that large; a zero is equal to a zero
    of any shape.
    """
    if left.shape != right.shape:
        if (right.shape == (1, 1) and right[0, 0] == 0) or (left.shape == (1, 1) and left[0, 0] == 0):
            return any(entry != 0 for entry in (*left.ravel(), *right.ravel()))
        return True
    for a, b in zip(left.ravel(), right.ravel(), strict=True):
        if isinstance(a, (int, Fraction)) and isinstance(b, (int, Fraction)):
            if a != b:
                return True
        else:
            first, second, close = NUMBERS.lift(a), NUMBERS.lift(b), NUMBERS.context.mpf(10) ** -20
            if abs(first - second) > max(abs(first), abs(second), floor) * close:
                return True
    return False
