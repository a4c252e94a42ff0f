"""Matrices and vectors: compared entry by entry on small instances of concrete sizes, exact where the formula is rational.

Shapes are inferred from the products, sums,
transposes and traces of both formulas together; what stays open is a scalar when it
can be. Vectors are columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.random import Generator

from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term
from derivations.core.evidence import Evidence, Word
from numeric.duals import arithmetic
from numeric.failures import NumberTooLarge, UndefinedValue

Shape = tuple[Any, Any]
INSTANCES = 8
DIGITS = 40
_SCALAR: Shape = (1, 1)


class ShapesDoNotFit(ValueError):
    """Shapes that contradict each other: a product of matrices that cannot be multiplied."""

    def __init__(self, what: str, first: object, second: object) -> None:
        self.what, self.first, self.second = what, first, second
        super().__init__(f"shapes do not fit in {what}: {first} against {second}")


class NoMatrixMeaning(ValueError):
    """A part of a matrix formula that has no value on concrete matrices."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"no value for {kind} in a matrix formula")


@dataclass
class Shapes:
    """Dimensions as letters that are united while the formulas are read; 1 is the one fixed dimension."""

    parents: dict[Any, Any] = field(default_factory=dict)
    letters: dict[str, Shape] = field(default_factory=dict)
    cells: dict[int, Shape] = field(default_factory=dict)
    products: list[tuple[Term, list[Shape], Shape]] = field(default_factory=list)
    fresh: int = 0
    bold: frozenset[str] = frozenset()

    def new(self) -> str:
        """A dimension of its own."""
        self.fresh += 1
        return f"d{self.fresh}"

    def find(self, dimension: Any) -> Any:
        """The representative of a dimension."""
        while dimension in self.parents:
            dimension = self.parents[dimension]
        return dimension

    def unite(self, first: Any, second: Any, what: str) -> None:
        """Two dimensions are equal."""
        a, b = self.find(first), self.find(second)
        if a == b:
            return
        if isinstance(a, int) and isinstance(b, int):
            raise ShapesDoNotFit(what, a, b)
        if isinstance(a, int):
            a, b = b, a
        self.parents[a] = b

    def same(self, first: Shape, second: Shape, what: str) -> None:
        """Two shapes are equal."""
        self.unite(first[0], second[0], what)
        self.unite(first[1], second[1], what)

    def resolved(self, shape: Shape) -> Shape:
        """A shape in representatives."""
        return self.find(shape[0]), self.find(shape[1])

    def is_scalar(self, shape: Shape) -> bool:
        """Whether the shape is known to be 1 × 1."""
        return self.resolved(shape) == _SCALAR


def decide_matrices(left: Term, right: Term, symbols: Symbols, bold: frozenset[str] = frozenset(), seed: int = 0) -> Evidence:
    """Whether two matrix formulas are equal: `refuted` with small matrices, `agrees`, or `undecided`."""
    shapes = Shapes(bold=bold)
    try:
        _settle(left, right, shapes)
    except ShapesDoNotFit as failure:
        return Evidence(Word.UNDECIDED, str(failure))
    except NoMatrixMeaning as failure:
        return Evidence(Word.UNDECIDED, str(failure))
    judged = 0
    reason = "no instance"
    for place, instance in enumerate(_instances(shapes, symbols, seed)):
        try:
            values = [_Evaluation(instance, shapes).value(side) for side in (left, right)]
        except (UndefinedValue, NumberTooLarge, ZeroDivisionError) as failure:
            reason = str(failure)
            continue
        except NoMatrixMeaning as failure:
            return Evidence(Word.UNDECIDED, str(failure))
        except ShapesDoNotFit as failure:
            return Evidence(Word.UNDECIDED, str(failure))
        if _differ(*values):
            return Evidence(Word.REFUTED, "the sides differ on an instance", counterexample=_shown(instance, *values))
        judged += place >= 0
    if judged < INSTANCES // 2:
        return Evidence(Word.UNDECIDED, f"only {judged} instances could be evaluated: {reason}")
    return Evidence(Word.AGREES, f"equal on {judged} instances of concrete sizes", instances=judged, seed=seed)


def _settle(left: Term, right: Term, shapes: Shapes) -> None:
    first, second = _shape(left, shapes), _shape(right, shapes)
    if not (_is_number(left) or _is_number(right)):
        shapes.same(first, second, "the two sides")
    for _ in range(6):
        before = {**shapes.parents}
        for _, parts, whole in shapes.products:
            _chain(parts, whole, shapes)
        if before == shapes.parents:
            break
    for name, shape in shapes.letters.items():
        if shape[0] == shapes.find(shape[0]) and shape[1] == shapes.find(shape[1]) and not _is_tied(name, shape, shapes):
            shapes.same(shape, _SCALAR, name)
    for _, parts, whole in shapes.products:
        _chain(parts, whole, shapes)


def _is_number(term: Term) -> bool:
    return all(part.head in ("number", "multiply", "power", "constant") for part in term.walk())


def _is_tied(name: str, shape: Shape, shapes: Shapes) -> bool:
    """Whether a dimension of the letter is shared with another letter or fixed."""
    values = [shapes.find(d) for other, s in shapes.letters.items() if other != name for d in s]
    return any(shapes.find(d) in values or isinstance(shapes.find(d), int) for d in shape) or shapes.find(
        shape[0]
    ) == shapes.find(shape[1])


def _shape(term: Term, shapes: Shapes) -> Shape:
    found = _SHAPES.get(term.head, _elementwise_shape)(term, shapes)
    shapes.cells[id(term)] = found
    return found


def _letter_shape(term: Term, shapes: Shapes) -> Shape:
    for index in term.args:
        _shape(index, shapes)
    if _is_identity(term):
        size = shapes.new()
        return size, size
    name = _letter_key(term)
    if name not in shapes.letters:
        base = str(term.data)
        if base in _SCALARS or term.args:
            shapes.letters[name] = _SCALAR if base in _SCALARS else (shapes.new(), shapes.new())
        elif shapes.bold and base not in shapes.bold:
            shapes.letters[name] = _SCALAR
        elif base[0].islower() and base.split("_")[0] not in _GREEK_MATRICES:
            shapes.letters[name] = (shapes.new(), 1)
        else:
            shapes.letters[name] = (shapes.new(), shapes.new())
    return shapes.letters[name]


_SCALARS = frozenset(
    ["lambda", "alpha", "eta", "epsilon", "gamma", "n", "N", "m", "d", "k", "K", "i", "j", "t", "c", "rho", "tau", "nu",
    "kappa"]
)
_GREEK_MATRICES = frozenset(("lambda", "alpha"))


def _is_identity(term: Term) -> bool:
    return term.data in ("I", "bf_I", "bb_I") and not term.args


def _letter_key(term: Term) -> str:
    return f"{term.data}" + "".join(f"[{_letter_key(a) if a.head == 'letter' else a.data}]" for a in term.args)


def _add_shape(term: Term, shapes: Shapes) -> Shape:
    parts = [_shape(part, shapes) for part in term.args]
    rest = [shape for part, shape in zip(term.args, parts, strict=True) if not _is_number(part)]
    if not rest:
        return _SCALAR
    for shape in rest[1:]:
        shapes.same(rest[0], shape, "a sum")
    if len(rest) < len(parts):
        shapes.same(rest[0], _SCALAR, "a sum with a number")
    return rest[0]


def _multiply_shape(term: Term, shapes: Shapes) -> Shape:
    parts = [_shape(part, shapes) for part in term.args]
    whole = (shapes.new(), shapes.new())
    shapes.products.append((term, parts, whole))
    _chain(parts, whole, shapes)
    return whole


def _chain(parts: list[Shape], whole: Shape, shapes: Shapes) -> None:
    """Unite the inner dimensions of neighbours that are no scalars."""
    real = [shape for shape in parts if not shapes.is_scalar(shape)]
    if not real:
        shapes.same(whole, _SCALAR, "a product of scalars")
        return
    segments: list[list[Shape]] = [[]]
    for shape in real:
        segments[-1].append(shape)
        first = shapes.resolved(segments[-1][0])[0]
        if first == 1 and shapes.resolved(shape)[1] == 1:
            for a, b in zip(segments[-1], segments[-1][1:], strict=False):
                shapes.unite(a[1], b[0], "a product")
            segments.append([])
    if not segments[-1]:
        segments.pop()
        if all(shapes.resolved(s[0])[0] == 1 and shapes.resolved(s[-1])[1] == 1 for s in segments):
            shapes.same(whole, _SCALAR, "an inner product")
            return
    rest = segments[-1]
    for a, b in itertools.pairwise(rest):
        shapes.unite(a[1], b[0], "a product")
    shapes.unite(whole[0], rest[0][0], "a product")
    shapes.unite(whole[1], rest[-1][1], "a product")


def _power_shape(term: Term, shapes: Shapes) -> Shape:
    shape = _shape(term.args[0], shapes)
    _shape(term.args[1], shapes)
    exponent = term.args[1]
    if shapes.is_scalar(shape):
        return _SCALAR
    integral = exponent.head == "number" or (exponent.head == "multiply" and all(a.head == "number" for a in exponent.args))
    if integral and term.args[0].head in ("letter", "add", "multiply", "transpose", "power"):
        if shapes.resolved(shape)[1] == 1 and term.args[0].head == "letter":
            shapes.same(shape, _SCALAR, "a power")
        else:
            shapes.unite(shape[0], shape[1], "a power")
        return shape
    shapes.same(shape, _SCALAR, "a power")
    return _SCALAR


def _square_to_scalar(term: Term, shapes: Shapes) -> Shape:
    shape = _shape(term.args[0], shapes)
    shapes.unite(shape[0], shape[1], term.head)
    return _SCALAR


def _scalar_of_anything(term: Term, shapes: Shapes) -> Shape:
    for argument in term.args:
        _shape(argument, shapes)
    return _SCALAR


def _inner_shape(term: Term, shapes: Shapes) -> Shape:
    first, second = (_shape(argument, shapes) for argument in term.args)
    shapes.same(first, second, "an inner product")
    return _SCALAR


def _transposed(term: Term, shapes: Shapes) -> Shape:
    rows, columns = _shape(term.args[0], shapes)
    return columns, rows


def _matrix_shape(term: Term, shapes: Shapes) -> Shape:
    for argument in term.args:
        shapes.same(_shape(argument, shapes), _SCALAR, "an entry")
    return term.data  # type: ignore[no-any-return]


def _diagonal_shape(term: Term, shapes: Shapes) -> Shape:
    rows, columns = _shape(term.args[0], shapes)
    shapes.unite(columns, 1, "a diagonal")
    return rows, rows


def _elementwise_shape(term: Term, shapes: Shapes) -> Shape:
    for argument in term.args:
        shapes.same(_shape(argument, shapes), _SCALAR, str(term.data or term.head))
    return _SCALAR


def _refused(term: Term, shapes: Shapes) -> Shape:
    raise NoMatrixMeaning(str(term.data) if term.head == "structure" else term.head)


_SHAPES: dict[str, Callable[[Term, Shapes], Shape]] = {
    "letter": _letter_shape, "add": _add_shape, "multiply": _multiply_shape, "power": _power_shape, "transpose": _transposed,
    "trace": _square_to_scalar, "determinant": _square_to_scalar, "norm": _scalar_of_anything, "bars": _square_to_scalar,
    "inner": _inner_shape, "matrix": _matrix_shape, "diagonal": _diagonal_shape, "number": lambda t, s: _SCALAR,
    "constant": lambda t, s: _SCALAR, "apply": _elementwise_shape, "hadamard": _refused, "sum": _refused, "product": _refused,
    "structure": _refused, "call": _refused, "derivative": _refused, "integral": _refused, "delta": _refused,
    "indicator": _refused,
    "relation": _refused, "member": _refused, "bare": _refused,
}  # fmt: skip


@dataclass(frozen=True)
class _Instance:
    sizes: Mapping[Any, int]
    arrays: Mapping[str, Any]


def _instances(shapes: Shapes, symbols: Symbols, seed: int) -> Iterator[_Instance]:
    rng = np.random.default_rng(seed)
    known = [*shapes.letters.values(), *shapes.cells.values()]
    free = sorted({d for shape in known for d in shapes.resolved(shape) if not isinstance(d, int)})
    for place in range(INSTANCES):
        order = rng.permutation(max(len(free), 1)) if place % 2 else range(max(len(free), 1))
        sizes = {d: 1 + int(order[k]) % 3 + (place > 0) * (len(free) == 1) for k, d in enumerate(free)}
        arrays = {
            name: _draw(
                tuple(d if isinstance(d, int) else sizes[d] for d in shapes.resolved(shape)), rng, _is_positive(name, symbols)
            )
            for name, shape in shapes.letters.items()
        }
        yield _Instance(sizes, arrays)


def _is_positive(name: str, symbols: Symbols) -> bool:
    entry = symbols.heads.get((name.split("[")[0], 0))
    return entry is not None and entry.domain.kind in ("positive", "size", "natural", "unit-interval")


def _draw(shape: tuple[int, ...], rng: Generator, positive: bool) -> Any:
    array = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        array[place] = Fraction(int(rng.integers(1 if positive else -6, 7)), int(rng.choice((1, 1, 2, 3))))
    return array


@dataclass(frozen=True)
class _Evaluation:
    """Values of matrix terms as object arrays of rationals (or long floats), scalars as 1 × 1."""

    instance: _Instance
    shapes: Shapes

    def value(self, term: Term) -> Any:
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


_NUMBERS = arithmetic(DIGITS)


def _boxed(value: Any) -> Any:
    array = np.empty((1, 1), dtype=object)
    array[0, 0] = value
    return array


def _letter_value(run: _Evaluation, term: Term) -> Any:
    if not _is_identity(term):
        return run.instance.arrays[_letter_key(term)]
    size = run.shapes.resolved(run.shapes.cells[id(term)])[0]
    extent = size if isinstance(size, int) else run.instance.sizes.get(size, 2)
    array = np.empty((extent, extent), dtype=object)
    for place in np.ndindex(extent, extent):
        array[place] = Fraction(int(place[0] == place[1]))
    return array


def _product_value(run: _Evaluation, term: Term) -> Any:
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


def _sum_value(run: _Evaluation, term: Term) -> Any:
    parts = [run.value(argument) for argument in term.args]
    if len({part.shape for part in parts}) > 1:
        raise ShapesDoNotFit("a sum", parts[0].shape, next(p.shape for p in parts if p.shape != parts[0].shape))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _power_value(run: _Evaluation, term: Term) -> Any:
    root, exponent = run.value(term.args[0]), run.scalar(term.args[1])
    if root.shape == (1, 1):
        return _boxed(
            _NUMBERS.power(
                root[0, 0], exponent if not isinstance(exponent, Fraction) or exponent.denominator != 1 else int(exponent)
            )
        )
    if root.shape[0] != root.shape[1] or exponent != int(exponent):
        raise ShapesDoNotFit("a power", root.shape, "square")
    result = inverse(root) if exponent < 0 else root
    total = result
    for _ in range(abs(int(exponent)) - 1):
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
    result = np.empty((size, size), dtype=object)
    for i in range(size):
        for j in range(size):
            result[i, j] = rows[i][size + j]
    return result


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


def _norm_value(run: _Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    entries = list(value.ravel())
    if term.data == 1:
        return _boxed(sum(abs(entry) for entry in entries))
    if term.data == "infinity":
        return _boxed(max(abs(entry) for entry in entries))
    if term.data in (2, "F"):
        if 1 not in value.shape and term.data == 2:
            raise NoMatrixMeaning("the operator norm")
        return _boxed(_NUMBERS.power(sum((entry * entry for entry in entries), Fraction(0)), Fraction(1, 2)))
    raise NoMatrixMeaning(f"the norm {term.data}")


def _bars_value(run: _Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    return _boxed(abs(value[0, 0])) if value.shape == (1, 1) else _boxed(determinant(value))


def _matrix_value(run: _Evaluation, term: Term) -> Any:
    rows, columns = term.data
    array = np.empty((rows, columns), dtype=object)
    for place, argument in enumerate(term.args):
        array[place // columns, place % columns] = run.scalar(argument)
    return array


def _diagonal_value(run: _Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    size = value.shape[0]
    array = np.empty((size, size), dtype=object)
    array[:] = Fraction(0)
    for place in range(size):
        array[place, place] = value[place, 0]
    return array


def _applied_value(run: _Evaluation, term: Term) -> Any:
    value = run.scalar(term.args[0])
    if term.data not in ("log", "exp", "sin", "cos", "tanh"):
        raise NoMatrixMeaning(str(term.data))
    return _boxed(_NUMBERS.apply(str(term.data), value))


def _trace_value(run: _Evaluation, term: Term) -> Any:
    value = run.value(term.args[0])
    if value.shape[0] != value.shape[1]:
        raise ShapesDoNotFit("a trace", *value.shape)
    return _boxed(sum((value[i, i] for i in range(value.shape[0])), Fraction(0)))


_VALUES: dict[str, Callable[[_Evaluation, Term], Any]] = {
    "number": lambda run, term: _boxed(term.data),
    "constant": lambda run, term: _boxed(+_NUMBERS.context.pi if term.data == "pi" else +_NUMBERS.context.e),
    "letter": _letter_value,
    "add": _sum_value,
    "multiply": _product_value,
    "power": _power_value,
    "transpose": lambda run, term: run.value(term.args[0]).T,
    "trace": _trace_value,
    "determinant": lambda run, term: _boxed(determinant(run.value(term.args[0]))),
    "norm": _norm_value,
    "bars": _bars_value,
    "inner": lambda run, term: run.value(term.args[0]).T.dot(run.value(term.args[1])),
    "matrix": _matrix_value,
    "diagonal": _diagonal_value,
    "apply": _applied_value,
}


def _differ(left: Any, right: Any) -> bool:
    if left.shape != right.shape:
        if (right.shape == (1, 1) and right[0, 0] == 0) or (left.shape == (1, 1) and left[0, 0] == 0):
            return any(entry != 0 for entry in (*left.ravel(), *right.ravel()))
        return True
    for a, b in zip(left.ravel(), right.ravel(), strict=True):
        if isinstance(a, (int, Fraction)) and isinstance(b, (int, Fraction)):
            if a != b:
                return True
        elif (
            abs(_NUMBERS.lift(a) - _NUMBERS.lift(b))
            > max(abs(_NUMBERS.lift(a)), abs(_NUMBERS.lift(b)), 1) * _NUMBERS.context.mpf(10) ** -25
        ):
            return True
    return False


def _shown(instance: _Instance, left: Any, right: Any) -> dict[str, Any]:
    def plain(array: Any) -> Any:
        rows = [[str(e) if isinstance(e, Fraction) and e.denominator != 1 else float(e) if not isinstance(e, (int,
            Fraction)) else int(e)
                 for e in row] for row in array]  # fmt: skip
        return rows[0][0] if array.shape == (1, 1) else rows

    return {"sizes": {}, "values": {name: plain(array) for name, array in instance.arrays.items()}, "at": {},
    "left": plain(left),
            "right": plain(right)}  # fmt: skip
