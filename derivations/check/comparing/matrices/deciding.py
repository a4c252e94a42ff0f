"""Whether two matrix formulas are equal, and whether two matrix equations have the same solutions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import Integer, Rational

from derivations.check.comparing.matrices.forms import Forms, extent_of
from derivations.check.comparing.matrices.letters import Form, NoNormalForm, Value
from derivations.check.comparing.matrices.ranks import shaped
from derivations.check.comparing.matrices.shapes import (
    NOTHING,
    NoMatrixMeaning,
    Shapes,
    ShapesDoNotFit,
    has_slope,
    is_constant,
    is_zero,
    key_of,
)
from derivations.check.comparing.matrices.values import Evaluation, Instance, differ, drawn
from derivations.check.comparing.matrices.words import Algebra
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term, number
from derivations.core.evidence import Evidence, Word
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from numeric.failures import NumericFailure

INSTANCES, SLOPE_INSTANCES, ENOUGH = 16, 6, 4
_ORDER = (Word.PROVED, Word.AGREES, Word.UNDECIDED, Word.REFUTED)


def decide_matrices(
    left: Term,
    right: Term,
    symbols: Symbols,
    bold: frozenset[str] = frozenset(),
    seed: int = 0,
    layout: str = "column",
    known: Mapping[str, int] = NOTHING,
) -> Evidence:
    """Whether two matrix formulas are equal: `refuted` with small matrices, `proved`, `agrees`, or `undecided`.

    What letters stand for follows from their use in both sides together. Where several readings are equally likely the verdict is
    one that all of them share.
    """
    try:
        fitting, apart = shaped(left, right, symbols, bold, layout, known)
    except (ShapesDoNotFit, NoMatrixMeaning) as failure:
        return Evidence(Word.UNDECIDED, str(failure))
    if not fitting:
        return _shapes_differ(left, right, symbols, apart[0], seed)
    found = [_decide(left, right, symbols, shapes, seed) for shapes in fitting]
    words = {verdict.word for verdict in found}
    if Word.REFUTED in words and len(words) > 1:
        open_letters = sorted({k[0] for a in fitting for b in fitting for k in a.ranks if a.ranks[k] != b.ranks[k]})
        return Evidence(Word.UNDECIDED, f"it depends on which of {', '.join(open_letters)} are numbers; declare them")
    return max(found, key=lambda verdict: _ORDER.index(verdict.word))


def ranks_of(
    left: Term, right: Term, symbols: Symbols, bold: frozenset[str], known: Mapping[str, int] = NOTHING
) -> dict[str, int]:
    """The letters that are vectors or matrices (1 or 2) in every likeliest way to read an equality."""
    try:
        fitting, _ = shaped(left, right, symbols, bold, known=known)
    except (ShapesDoNotFit, NoMatrixMeaning):
        return {}
    found: dict[str, int] = {}
    for key, rank in fitting[0].ranks.items() if fitting else ():
        if rank and key[1] == 0 and all(shapes.ranks.get(key) == rank for shapes in fitting):
            found[key[0]] = rank
    return found


def _decide(left: Term, right: Term, symbols: Symbols, shapes: Shapes, seed: int) -> Evidence:
    found = compared(left, right, symbols, shapes, seed)
    if found.word is not Word.REFUTED:
        rectangular = gram_inverses(left) | gram_inverses(right)
        if square := sorted(name for name in rectangular if (name, 0) in shapes.letters and _is_square(name, shapes)):
            return Evidence(Word.UNDECIDED, f"equal for a square {', '.join(square)} at most, on one side it may have any shape")
        return proved(left, right, symbols, shapes) or found
    as_squares = _squared(shapes)
    if as_squares is None or gram_inverses(left) or gram_inverses(right):
        return found
    if compared(left, right, symbols, as_squares, seed).word is Word.REFUTED:
        return found
    return Evidence(Word.UNDECIDED, "equal for square matrices only; declare the shapes")


def _squared(shapes: Shapes) -> Shapes | None:
    """The same letters with square matrices throughout; None when they are square already."""
    found = Shapes(shapes.ranks, dict(shapes.parents), dict(shapes.letters), shapes.cells, shapes.products, shapes.sums)
    found.ones = shapes.ones
    found.fresh, found.layout = shapes.fresh, shapes.layout
    try:
        for key, shape in shapes.letters.items():
            if shapes.ranks.get(key, 0) == 2:
                found.unite(*shape, "a square matrix")
        found.settle()
    except ShapesDoNotFit:
        return None
    return found if len(found.parents) > len(shapes.parents) else None


def _is_square(name: str, shapes: Shapes) -> bool:
    rows, columns = shapes.resolved(shapes.letters[name, 0])
    return bool(rows == columns)


def gram_inverses(term: Term) -> frozenset[str]:
    """The letters X of which X^⊤X or XX^⊤ is inverted somewhere: they are not meant to be square."""
    found: set[str] = set()
    for part in term.walk():
        if part.head == "power" and part.args[0].head in ("multiply", "add"):
            for inner in part.args[0].walk():
                if inner.head == "multiply":
                    names = {str(a.args[0].data) for a in inner.args if a.head == "transpose" and a.args[0].head == "letter"}
                    found |= {str(a.data) for a in inner.args if a.head == "letter" and str(a.data) in names}
    return frozenset(found)


def compared(left: Term, right: Term, symbols: Symbols, shapes: Shapes, seed: int) -> Evidence:
    """Both sides on instances: `refuted`, `agrees` or `undecided`."""
    judged = 0
    reason = "no instance"
    slopes = has_slope(left, right)
    for instance in drawn(shapes, (left, right), symbols, seed, INSTANCES):
        if slopes and judged == SLOPE_INSTANCES:
            break
        values = []
        try:
            values = [Evaluation(instance, symbols).value(side) for side in (left, right)]
        except (NumericFailure, ZeroDivisionError) as failure:
            reason = str(failure)
            continue
        except (NoMatrixMeaning, ShapesDoNotFit) as failure:
            return Evidence(Word.UNDECIDED, str(failure))
        except (AttributeError, TypeError, KeyError) as failure:
            return Evidence(Word.UNDECIDED, f"no value: {failure}")
        if differ(values[0], values[1], 1e-6 if slopes else 1e-20):
            return Evidence(Word.REFUTED, "the sides differ on an instance", counterexample=shown(instance, *values))
        judged += 1
    if judged < ENOUGH:
        return Evidence(Word.UNDECIDED, f"only {judged} instances could be evaluated: {reason}")
    return Evidence(Word.AGREES, f"equal on {judged} instances of concrete sizes", instances=judged, seed=seed)


def proved(left: Term, right: Term, symbols: Symbols, shapes: Shapes) -> Evidence | None:
    """`proved` when the normal form of the difference is zero."""
    difference = _difference(left, right, symbols, shapes)
    if difference is not None and _vanishes(*difference):
        return Evidence(Word.PROVED, "normal form of products that do not commute")
    return None


_FAILURES = (NoNormalForm, TooLarge, UndefinedForm, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)


def _difference(left: Term, right: Term, symbols: Symbols, shapes: Shapes) -> tuple[Algebra, Value] | None:
    algebra = Algebra(Normaliser(symbols.declarations), lambda dimension: extent_of(shapes.find(dimension)))
    forms = Forms(algebra, shapes, symbols)
    try:
        return algebra, algebra.add([forms.of(left), algebra.times(Integer(-1), forms.of(right))])
    except _FAILURES:
        return None


def _vanishes(algebra: Algebra, value: Value) -> bool:
    try:
        return algebra.vanishes(value)
    except _FAILURES:
        return False


def _shapes_differ(left: Term, right: Term, symbols: Symbols, shapes: Shapes, seed: int) -> Evidence:
    """Sides of different shapes: refuted by an instance that shows them."""
    for instance in drawn(shapes, (left, right), symbols, seed, INSTANCES):
        try:
            values = [Evaluation(instance, symbols).value(side) for side in (left, right)]
        except (NumericFailure, ZeroDivisionError, NoMatrixMeaning, ShapesDoNotFit, AttributeError, TypeError, KeyError):
            continue
        if values[0].shape != values[1].shape:
            texts = [_shape_text(value) for value in values]
            reason = f"the left side is {texts[0]}, the right side {texts[1]}"
            return Evidence(Word.REFUTED, reason, counterexample=shown(instance, *values))
    return Evidence(Word.UNDECIDED, "the shapes of the sides do not fit")


def _shape_text(value: Any) -> str:
    return "a number" if value.shape == (1, 1) else f"{value.shape[0]} × {value.shape[1]}"


def shown(instance: Instance, left: Any, right: Any) -> dict[str, Any]:
    """A counterexample as plain data."""
    from derivations.check.comparing.instances import shown as shown_plain

    values = {
        name + "".join(f"_{index}" for index in indices): _plain(array) for (name, indices), array in instance.arrays.items()
    }
    ordinary = shown_plain(instance.plain)
    sizes = {str(s): ordinary.pop(str(s)) for s in instance.plain if getattr(s, "is_integer", False) and str(s) in ordinary}
    return {"sizes": sizes, "values": {**values, **ordinary}, "at": {}, "left": _plain(left), "right": _plain(right)}


def _plain(array: Any) -> Any:
    rows = [[_entry(entry) for entry in row] for row in array]
    return rows[0][0] if array.shape == (1, 1) else rows


def _entry(entry: Any) -> Any:
    if isinstance(entry, Fraction):
        return str(entry) if entry.denominator != 1 else int(entry)
    return entry if isinstance(entry, int) else float(entry)


# ---------------------------------------------------------------------- equations


def same_matrix_solutions(
    first: tuple[Term, Term],
    second: tuple[Term, Term],
    symbols: Symbols,
    bold: frozenset[str] = frozenset(),
    seed: int = 0,
    known: Mapping[str, int] = NOTHING,
) -> Evidence:
    """Whether two matrix equations hold for the same matrices.

    `proved` when one residual is a number times the other or its transpose, after inverses at the ends are multiplied away.
    `refuted` when the solution that one equation names does not solve the other.
    """
    residuals = [_minus(*sides) for sides in (first, second)]
    try:
        fitting, apart = shaped(residuals[0], residuals[1], symbols, bold, known=known)
    except (ShapesDoNotFit, NoMatrixMeaning) as failure:
        return Evidence(Word.UNDECIDED, str(failure))
    if all(_multiples(residuals, symbols, shapes) for shapes in fitting or apart):
        return Evidence(Word.PROVED, "one equation is a multiple of the other")
    for place, sides in enumerate((first, second)):
        for letter, value in (sides, sides[::-1]):
            found = _put_in(letter, value, (first, second)[1 - place], symbols, bold, seed, place == 0)
            if found is not None:
                return found
    found = _one_side_differs(first, second, symbols, (fitting or apart)[0], seed)
    return found or Evidence(Word.UNDECIDED, "the residuals of the matrix equations are no multiples of each other")


def _one_side_differs(
    first: tuple[Term, Term], second: tuple[Term, Term], symbols: Symbols, shapes: Shapes, seed: int
) -> Evidence | None:
    """`refuted` when the equations share one side, which is not zero, and differ in the other."""
    for pairs in (tuple(zip(first, second, strict=True)), tuple(zip(first, second[::-1], strict=True))):
        found = [compared(one, other, symbols, shapes, seed) for one, other in pairs]
        if any(is_zero(side) for pair in pairs for side in pair):
            continue
        if {verdict.word for verdict in found} == {Word.AGREES, Word.REFUTED}:
            return next(verdict for verdict in found if verdict.word is Word.REFUTED)
    return None


def _minus(left: Term, right: Term) -> Term:
    if is_zero(right):
        return left
    return Term("add", (left, Term("multiply", (number(-1), right))))


def _multiples(residuals: list[Term], symbols: Symbols, shapes: Shapes) -> bool:
    algebra = Algebra(Normaliser(symbols.declarations), lambda dimension: extent_of(shapes.find(dimension)))
    forms = Forms(algebra, shapes, symbols)
    try:
        one, other = (algebra.cleared(forms.of(residual)) for residual in residuals)
        if not (isinstance(one, Form) and isinstance(other, Form)):
            return False
        for turned in (other, other.T):
            if (turned.rows, turned.columns) != (one.rows, one.columns):
                continue
            for word, coefficient in one.terms.items():
                factor = turned.terms.get(word, Integer(0)) / coefficient
                if isinstance(factor, Rational) and factor != 0:
                    return algebra.vanishes(algebra.add([turned, algebra.scale(-factor, one)]))
    except _FAILURES:
        return False
    return False


def _put_in(
    letter: Term, value: Term, equation: tuple[Term, Term], symbols: Symbols, bold: frozenset[str], seed: int, is_first: bool
) -> Evidence | None:
    """`refuted` when the solution letter = value of one equation leaves the other false."""
    if letter.head != "letter" or is_constant(letter):
        return None
    if any(part.head == "letter" and part.data == letter.data for part in value.walk()):
        return None
    key = key_of(letter)
    if not any(part.head == "letter" and key_of(part) == key for side in equation for part in side.walk()):
        return None
    sides = [_replaced(side, letter, value) for side in equation]
    found = decide_matrices(sides[0], sides[1], symbols, bold, seed)
    if found.word is not Word.REFUTED:
        return None
    which, other = ("left", "right") if is_first else ("right", "left")
    counterexample = dict(found.counterexample) if isinstance(found.counterexample, Mapping) else None
    reason = f"the {letter.data} of the {which} equation does not solve the {other} one"
    return Evidence(Word.REFUTED, reason, counterexample=counterexample)


def _replaced(term: Term, letter: Term, value: Term) -> Term:
    if term.head == "letter" and term.data == letter.data and len(term.args) == len(letter.args):
        return value
    return term._replace(args=tuple(_replaced(argument, letter, value) for argument in term.args))
