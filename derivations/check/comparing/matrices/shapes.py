"""Shapes of matrix formulas: dimensions united over both sides, and which letters are numbers, vectors or matrices.

Evidence decides: what is transposed, traced or written in bold is no number, a declared letter has its declared axes. Small
letters are column vectors and capitals matrices as long as that fits, and numbers where nothing else does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from derivations.check.reader.terms import Term

Shape = tuple[Any, Any]
Key = tuple[str, int]
SCALAR: Shape = (1, 1)
NOTHING: Mapping[str, int] = MappingProxyType({})
MATRIX_HEADS = frozenset(("transpose", "trace", "determinant", "diagonal", "inner", "matrix", "hadamard", "norm"))
ELEMENTWISE = frozenset(("log", "exp", "sin", "cos", "tanh", "sigmoid", "sigmoid_prime"))


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
    """Dimensions as names that are united while the formulas are read; 1 is the one fixed dimension.

    A dimension is 1, another number, a size letter as ("size", n), or a name of its own.
    """

    ranks: dict[Key, int]
    parents: dict[Any, Any] = field(default_factory=dict)
    letters: dict[Key, Shape] = field(default_factory=dict)
    cells: dict[int, Shape] = field(default_factory=dict)
    products: list[tuple[list[Shape], Shape]] = field(default_factory=list)
    sums: dict[str, Any] = field(default_factory=dict)
    ones: list[Shape] = field(default_factory=list)
    fresh: int = 0
    layout: str = "column"

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
        if isinstance(a, int) or (isinstance(a, tuple) and not isinstance(b, int)):
            a, b = b, a
        self.parents[a] = b

    def same(self, first: Shape, second: Shape, what: str) -> None:
        """Two shapes are equal."""
        self.unite(first[0], second[0], what)
        self.unite(first[1], second[1], what)

    def resolved(self, shape: Shape) -> Shape:
        """A shape in representatives."""
        return self.find(shape[0]), self.find(shape[1])

    def of(self, term: Term) -> Shape:
        """The shape of a part of the formulas."""
        return self.resolved(self.cells[id(term)])

    def is_scalar(self, shape: Shape) -> bool:
        """Whether the shape is known to be 1 × 1."""
        return self.resolved(shape) == SCALAR

    def is_plain(self, term: Term) -> bool:
        """Whether a part holds no vectors and no matrices: an ordinary expression."""
        return not any(part.head in MATRIX_HEADS or (part.head == "letter" and self._is_shaped(part)) for part in term.walk())

    def _is_shaped(self, letter: Term) -> bool:
        """Whether a letter is a vector or matrix, a constant one, or an entry of one."""
        return self.ranks.get(key_of(letter), 0) > 0 or is_constant(letter) or self.entry_of(letter) is not None

    def entry_of(self, term: Term) -> Key | None:
        """The vector or matrix that an indexed letter is an entry of: x_i beside x."""
        key = (str(term.data), 0)
        return key if term.args and self.ranks.get(key, 0) == len(term.args) else None

    def settle(self) -> None:
        """Unite dimensions over products until nothing changes. Raises: ShapesDoNotFit, also when a letter collapses."""
        for _ in range(8):
            before = len(self.parents)
            for parts, whole in self.products:
                _chain(parts, whole, self)
            if before == len(self.parents):
                break
        if any(self.is_scalar(shape) for shape in self.ones):
            raise ShapesDoNotFit("ones", "a number", "a vector")
        for key, rank in self.ranks.items():
            if rank and key in self.letters and self.is_scalar(self.letters[key]):
                raise ShapesDoNotFit(key[0], "a number", "a vector or matrix")


def key_of(term: Term) -> Key:
    """The name of a letter with the number of its indices."""
    return str(term.data), len(term.args)


def is_constant(term: Term) -> bool:
    """Whether a letter is the identity, a vector of ones or a zero."""
    return term.data in ("I", "bf_I", "bb_I", "bf_1", "bf_0") and len(term.args) <= 1


def is_identity(term: Term) -> bool:
    """Whether a letter is the identity matrix, perhaps with its size as an index."""
    return term.data in ("I", "bf_I", "bb_I") and len(term.args) <= 1


def is_slope(term: Term) -> bool:
    r"""Whether a part is \nabla_w f or \partial f/\partial w, by one variable, taken at the third part where there is one."""
    return (term.head == "derivative" or (term.head == "structure" and term.data == "gradient")) and len(term.args) in (2, 3)


def has_slope(*terms: Term) -> bool:
    """Whether there is a derivative anywhere: its values carry an error."""
    return any(is_slope(part) for term in terms for part in term.walk())


def is_zero(term: Term) -> bool:
    """Whether a side is zero of any shape."""
    return (term.head == "number" and term.data == 0) or (term.head == "letter" and term.data == "bf_0")


# ---------------------------------------------------------------------- the shape of each part


def shape_of(term: Term, shapes: Shapes) -> Shape:
    """The shape of a part; unites what its operations need. Raises: ShapesDoNotFit, NoMatrixMeaning."""
    plain = term.head not in ("letter", "number", "constant") and shapes.is_plain(term)
    found = SCALAR if plain else _SHAPES.get(term.head, _refused)(term, shapes)
    shapes.cells[id(term)] = found
    return found


def _letter(term: Term, shapes: Shapes) -> Shape:
    if term.data == "bf_0":
        return shapes.new(), shapes.new()
    if term.data == "bf_1":
        ones: Shape = (shapes.new(), 1)
        shapes.ones.append(ones)
        return ones
    if is_identity(term):
        size = _size(term.args[0]) if term.args else None
        extent = size if size is not None else shapes.new()
        return extent, extent
    if (whole := shapes.entry_of(term)) is not None:
        extents = _letter_shape(whole, shapes)
        for index, extent in zip(term.args, extents, strict=False):
            if index.head == "letter" and str(index.data) in shapes.sums:
                shapes.unite(shapes.sums[str(index.data)], extent, f"an entry of {term.data}")
        return SCALAR
    return _letter_shape(key_of(term), shapes)


def _letter_shape(key: Key, shapes: Shapes) -> Shape:
    if key not in shapes.letters:
        rank = shapes.ranks.get(key, 0)
        shapes.letters[key] = SCALAR if rank == 0 else (shapes.new(), 1 if rank == 1 else shapes.new())
    return shapes.letters[key]


def _size(term: Term) -> Any:
    """A size as a dimension: a number or a letter."""
    if term.head == "number" and term.data.denominator == 1 and term.data > 0:
        return int(term.data)
    return ("size", str(term.data)) if term.head == "letter" and not term.args else None


def _add(term: Term, shapes: Shapes) -> Shape:
    parts = [shape_of(part, shapes) for part in term.args]
    rest = [shape for part, shape in zip(term.args, parts, strict=True) if not is_zero(part)]
    for shape in rest[1:]:
        shapes.same(rest[0], shape, "a sum")
    return rest[0] if rest else SCALAR


def _multiply(term: Term, shapes: Shapes) -> Shape:
    parts = [shape_of(part, shapes) for part in term.args]
    whole = (shapes.new(), shapes.new())
    shapes.products.append((parts, whole))
    _chain(parts, whole, shapes)
    return whole


def _chain(parts: list[Shape], whole: Shape, shapes: Shapes) -> None:
    """Unite the inner dimensions of neighbours that are no scalars; a row times a column is a scalar factor."""
    real = [shape for shape in parts if not shapes.is_scalar(shape)]
    if not real:
        shapes.same(whole, SCALAR, "a product of scalars")
        return
    segments: list[list[Shape]] = [[]]
    for shape in real:
        segments[-1].append(shape)
        first = shapes.resolved(segments[-1][0])[0]
        if first == 1 and shapes.resolved(shape)[1] == 1:
            for a, b in itertools.pairwise(segments[-1]):
                shapes.unite(a[1], b[0], "a product")
            segments.append([])
    if not segments[-1]:
        segments.pop()
        if all(shapes.resolved(s[0])[0] == 1 and shapes.resolved(s[-1])[1] == 1 for s in segments):
            shapes.same(whole, SCALAR, "an inner product")
            return
    rest = segments[-1]
    for a, b in itertools.pairwise(rest):
        shapes.unite(a[1], b[0], "a product")
    shapes.unite(whole[0], rest[0][0], "a product")
    shapes.unite(whole[1], rest[-1][1], "a product")


def exponent_of(term: Term) -> int | None:
    """The whole number a matrix is raised to; None for any other exponent."""
    exponent = term.args[1]
    value = Fraction(1)
    for part in exponent.args if exponent.head == "multiply" else (exponent,):
        if part.head != "number":
            return None
        value *= part.data
    return int(value) if value.denominator == 1 else None


def is_inverse_transpose(term: Term) -> bool:
    """Whether a power is A^{-⊤}."""
    exponent = term.args[1]
    return exponent.head == "multiply" and any(part.head == "structure" and part.data == "top" for part in exponent.args)


def _power(term: Term, shapes: Shapes) -> Shape:
    shape = shape_of(term.args[0], shapes)
    if is_inverse_transpose(term):
        shapes.unite(shape[0], shape[1], "an inverse")
        return shape
    shapes.same(shape_of(term.args[1], shapes), SCALAR, "an exponent")
    if shapes.is_scalar(shape):
        return SCALAR
    if exponent_of(term) is not None:
        shapes.unite(shape[0], shape[1], "a power")
        return shape
    shapes.same(shape, SCALAR, "a power")
    return SCALAR


def _square_to_scalar(term: Term, shapes: Shapes) -> Shape:
    shape = shape_of(term.args[0], shapes)
    shapes.unite(shape[0], shape[1], term.head)
    return SCALAR


def _scalar_of_anything(term: Term, shapes: Shapes) -> Shape:
    for argument in term.args:
        shape_of(argument, shapes)
    return SCALAR


def _inner(term: Term, shapes: Shapes) -> Shape:
    first, second = (shape_of(argument, shapes) for argument in term.args)
    shapes.same(first, second, "an inner product")
    return SCALAR


def _hadamard(term: Term, shapes: Shapes) -> Shape:
    parts = [shape_of(argument, shapes) for argument in term.args]
    for shape in parts[1:]:
        shapes.same(parts[0], shape, "an entrywise product")
    return parts[0]


def _transposed(term: Term, shapes: Shapes) -> Shape:
    rows, columns = shape_of(term.args[0], shapes)
    return columns, rows


def _matrix(term: Term, shapes: Shapes) -> Shape:
    for argument in term.args:
        shapes.same(shape_of(argument, shapes), SCALAR, "an entry")
    return term.data  # type: ignore[no-any-return]


def _diagonal(term: Term, shapes: Shapes) -> Shape:
    rows, columns = shape_of(term.args[0], shapes)
    shapes.unite(columns, 1, "a diagonal")
    return rows, rows


def _applied(term: Term, shapes: Shapes) -> Shape:
    """Functions act on numbers, the usual ones also on vectors, entry by entry."""
    parts = [shape_of(argument, shapes) for argument in term.args]
    if term.data in ELEMENTWISE and len(parts) == 1 and 1 in shapes.resolved(parts[0]):
        return parts[0]
    for shape in parts:
        shapes.same(shape, SCALAR, str(term.data))
    return SCALAR


def _sum(term: Term, shapes: Shapes) -> Shape:
    body, lower, upper, *conditions = term.args
    if conditions or any(not shapes.is_plain(end) for end in (lower, upper)):
        raise NoMatrixMeaning("a sum with a condition")
    outer = dict(shapes.sums)
    extent = _size(upper) if lower.head == "bare" or (lower.head == "number" and lower.data == 1) else None
    shapes.sums[str(term.data)] = extent if extent is not None else shapes.new()
    shape = shape_of(body, shapes)
    shapes.cells[id(lower)] = shapes.cells[id(upper)] = (shapes.sums[str(term.data)], 1)
    shapes.sums = outer
    return shape


def _refused(term: Term, shapes: Shapes) -> Shape:
    raise NoMatrixMeaning(str(term.data) if term.head == "structure" else term.head)


def _slope(term: Term, shapes: Shapes) -> Shape:
    """The shape of a derivative of a number: that of the variable, turned where the layout is `row`."""
    if not is_slope(term):
        raise NoMatrixMeaning(str(term.data) if term.head == "structure" else term.head)
    body, variable, *value = term.args
    if variable.head != "letter":
        raise NoMatrixMeaning("a derivative by something that is no letter")
    if not any(part.head == "letter" and part.data == variable.data for part in body.walk()):
        raise NoMatrixMeaning("a derivative of what does not show how it depends on the variable")
    shapes.same(shape_of(body, shapes), SCALAR, "what is differentiated")
    rows, columns = shape_of(variable, shapes)
    for place in value:
        shapes.same((rows, columns), shape_of(place, shapes), "the place of a derivative")
    return (columns, rows) if shapes.layout == "row" else (rows, columns)


def _call(term: Term, shapes: Shapes) -> Shape:
    """f(z) and f'(z) of a function that is not given: entry by entry."""
    if len(term.args) != 1:
        raise NoMatrixMeaning("call")
    return shape_of(term.args[0], shapes)


_SHAPES: dict[str, Callable[[Term, Shapes], Shape]] = {
    "letter": _letter, "add": _add, "multiply": _multiply, "power": _power, "transpose": _transposed,
    "trace": _square_to_scalar, "determinant": _square_to_scalar, "norm": _scalar_of_anything, "bars": _square_to_scalar,
    "inner": _inner, "matrix": _matrix, "diagonal": _diagonal, "number": lambda t, s: SCALAR,
    "constant": lambda t, s: SCALAR, "apply": _applied, "hadamard": _hadamard, "sum": _sum,
    "derivative": _slope, "structure": _slope, "call": _call,
}  # fmt: skip
