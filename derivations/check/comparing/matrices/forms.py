"""From matrix terms to their normal forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Abs, Add, Expr, Integer, Pow, Symbol, exp

from derivations.check.comparing.matrices.letters import UNIT, Form, Letter, NoNormalForm, Value
from derivations.check.comparing.matrices.shapes import (
    Shapes,
    exponent_of,
    is_constant,
    is_identity,
    is_inverse_transpose,
    key_of,
)
from derivations.check.comparing.matrices.words import Algebra
from derivations.check.reader.building import FUNCTIONS, Builder
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term
from numeric.domains import size

MAX_POWER = 6
MAX_EXPANDED = 4


@dataclass
class Forms:
    """Reads terms as forms; `bound` are the letters of the sums around the term."""

    algebra: Algebra
    shapes: Shapes
    symbols: Symbols
    bound: Mapping[str, Symbol] = field(default_factory=dict)

    def of(self, term: Term) -> Value:
        """The normal form of a term. Raises: NoNormalForm."""
        if term.head not in ("letter", "number", "constant") and self.shapes.is_plain(term):
            return self.plain(term)
        handler = _FORMS.get(term.head)
        if handler is None:
            raise NoNormalForm(f"no normal form for {term.head}")
        return handler(self, term)

    def plain(self, term: Term) -> Expr:
        """An ordinary expression."""
        return Builder(self.symbols).build(term, self.bound)

    def letter(self, term: Term, name: str, indices: tuple[Expr, ...] = ()) -> Form:
        """A form of one letter."""
        rows, columns = self.shapes.of(term)
        return Form(rows, columns, {(Letter(name, rows, columns, indices=indices),): Integer(1)})


def extent_of(dimension: Any) -> Expr:
    """A dimension as a size."""
    if isinstance(dimension, int):
        return Integer(dimension)
    return size(dimension[1] if isinstance(dimension, tuple) else f"dimension_{dimension}")


def _letter(forms: Forms, term: Term) -> Value:
    rows, columns = forms.shapes.of(term)
    if term.data == "bf_0":
        return Integer(0)
    if is_constant(term) and not is_identity(term):
        return forms.letter(term, "ones")
    if is_identity(term):
        return Form(rows, columns, {(): Integer(1)}) if (rows, columns) != (1, 1) else Integer(1)
    if forms.shapes.entry_of(term) is not None:
        raise NoNormalForm("an entry of a vector or matrix")
    if (rows, columns) == (1, 1):
        return forms.plain(term)
    if forms.shapes.ranks.get(key_of(term), 0) == 0:
        return forms.plain(term)
    indices = tuple(forms.plain(index) for index in term.args)
    return forms.letter(term, f"{term.data}", indices)


def _add(forms: Forms, term: Term) -> Value:
    return forms.algebra.add([forms.of(argument) for argument in term.args])


def _multiply(forms: Forms, term: Term) -> Value:
    """Numbers first, then runs of matrices from the left; a run that is a number starts a new one."""
    total: Value = Integer(1)
    number: Expr = Integer(1)
    for argument in term.args:
        value = forms.of(argument)
        if not isinstance(value, Form):
            number = number * value
        elif isinstance(total, Form):
            total = forms.algebra.times(total, value)
            if not isinstance(total, Form):
                number, total = number * total, Integer(1)
        else:
            total = value
    return forms.algebra.times(number, total)


def _power(forms: Forms, term: Term) -> Value:
    root = forms.of(term.args[0])
    if is_inverse_transpose(term):
        found = forms.algebra.inverse(root)
        return found.T if isinstance(found, Form) else found
    if not isinstance(root, Form):
        return Pow(root, forms.plain(term.args[1]))
    exponent = exponent_of(term)
    if exponent is None or abs(exponent) > MAX_POWER:
        raise NoNormalForm("a power")
    base = forms.algebra.inverse(root) if exponent < 0 else root
    total: Value = Form(root.rows, root.columns, {(): Integer(1)})
    for _ in range(abs(exponent)):
        total = forms.algebra.times(total, base)
    return total


def _transpose(forms: Forms, term: Term) -> Value:
    value = forms.of(term.args[0])
    return value.T if isinstance(value, Form) else value


def _inner(forms: Forms, term: Term) -> Value:
    first, second = (forms.of(argument) for argument in term.args)
    if isinstance(first, Form) and isinstance(second, Form):
        return forms.algebra.trace(forms.algebra.times(first.T, second))
    return forms.algebra.times(first, second)


def _applied(forms: Forms, term: Term) -> Value:
    if len(term.args) != 1:
        raise NoNormalForm(str(term.data))
    value = forms.of(term.args[0])
    if isinstance(value, Form):
        return forms.algebra.applied(str(term.data), value)
    return exp(value) if term.data == "exp" else FUNCTIONS[str(term.data)](value)


def _hadamard(forms: Forms, term: Term) -> Value:
    total, *rest = (forms.of(argument) for argument in term.args)
    for value in rest:
        total = forms.algebra.hadamard(total, value)
    return total


def _sum(forms: Forms, term: Term) -> Value:
    body, lower, upper, *_ = term.args
    letter = Symbol(str(term.data), integer=True, positive=True)
    low = Integer(1) if lower.head == "bare" else forms.plain(lower)
    high = forms.symbols.upper(("bound", id(term))) if upper.head == "bare" else forms.plain(upper)
    while letter in forms.bound.values() or letter in low.free_symbols | high.free_symbols:
        letter = Symbol(letter.name + "_", integer=True, positive=True)
    inner = Forms(forms.algebra, forms.shapes, forms.symbols, {**forms.bound, str(term.data): letter})
    return forms.algebra.summed(inner.of(body), (letter, low, high))


def _matrix(forms: Forms, term: Term) -> Value:
    """A matrix of entries: the sum of entry times unit column times unit row."""
    rows, columns = term.data
    entries = [forms.of(argument) for argument in term.args]
    if (rows, columns) == (1, 1):
        return entries[0]
    found: list[Value] = []
    for place, entry in enumerate(entries):
        column = (Letter(f"{UNIT}{place // columns}", rows, 1),) if rows > 1 else ()
        row = (Letter(f"{UNIT}{place % columns}", columns, 1).flipped(),) if columns > 1 else ()
        found.append(forms.algebra.times(entry, Form(rows, columns, {column + row: Integer(1)})))
    return forms.algebra.add(found)


def _determinant(forms: Forms, term: Term) -> Value:
    matrix = term.args[0]
    if matrix.head == "matrix" and matrix.data[0] == matrix.data[1] <= MAX_EXPANDED:
        entries = [forms.of(argument) for argument in matrix.args]
        return _expanded([entries[k : k + matrix.data[0]] for k in range(0, len(entries), matrix.data[0])])
    value = forms.of(matrix)
    return forms.algebra.determinant(value) if isinstance(value, Form) else Abs(value) if term.head == "bars" else value


def _expanded(rows: list[list[Any]]) -> Expr:
    """The determinant along the first row."""
    if len(rows) == 1:
        return rows[0][0]
    minors = [[row[:k] + row[k + 1 :] for row in rows[1:]] for k in range(len(rows))]
    return Add(*((-1) ** k * rows[0][k] * _expanded(minor) for k, minor in enumerate(minors)))


_FORMS: dict[str, Callable[[Forms, Term], Value]] = {
    "number": Forms.plain,
    "constant": Forms.plain,
    "letter": _letter,
    "add": _add,
    "multiply": _multiply,
    "power": _power,
    "transpose": _transpose,
    "trace": lambda forms, term: forms.algebra.trace(forms.of(term.args[0])),
    "determinant": _determinant,
    "norm": lambda forms, term: forms.algebra.norm(forms.of(term.args[0]), term.data),
    "bars": _determinant,
    "inner": _inner,
    "matrix": _matrix,
    "diagonal": lambda forms, term: forms.algebra.diagonal(forms.of(term.args[0])),
    "apply": _applied,
    "hadamard": _hadamard,
    "sum": _sum,
}
