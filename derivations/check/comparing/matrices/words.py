"""The normal form of matrix formulas: sums of words, products of letters that do not commute, with ordinary coefficients.

Transposes and inverses are pushed in to the letters, neighbours that cancel are dropped, a row times a column is a number, traces
are taken up to rotation and reversal. Numbers are SymPy expressions over such traces, so the engine's normal form compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sympy import Abs, Expr, IndexedBase, Integer, Mul, Pow, Sum, Symbol, sqrt

from derivations.check.comparing.matrices.letters import (
    UNIT,
    Form,
    Letter,
    Limits,
    NoNormalForm,
    Value,
    Word,
    cancel,
    cancelled,
    collected,
    instantiated,
    named,
    reindexed,
    reverse,
    upright,
)
from derivations.core.binding import free_symbols
from derivations.core.equality import is_zero
from derivations.core.normal_form import Normaliser

MAX_CLEARINGS = 6


@dataclass
class Algebra:
    """Operations on forms, and what the composed letters among them stand for."""

    normaliser: Normaliser
    size: Callable[[Any], Expr]
    inverses: dict[str, tuple[Form, tuple[Expr, ...]]] = field(default_factory=dict)
    sums: dict[str, tuple[Word, Expr, Limits, tuple[Symbol, ...]]] = field(default_factory=dict)
    diagonals: dict[str, Word] = field(default_factory=dict)

    # ------------------------------------------------------------------ linear operations

    def add(self, values: list[Value]) -> Value:
        """The sum of matrices of one shape, or of numbers."""
        forms = [value for value in values if isinstance(value, Form)]
        numbers = [value for value in values if not isinstance(value, Form)]
        if not forms:
            return sum(numbers, Integer(0))
        if any(number != 0 for number in numbers):
            raise NoNormalForm("a matrix plus a number")
        terms = [item for form in forms for item in form.terms.items()]
        return Form(forms[0].rows, forms[0].columns, collected(terms))

    def scale(self, number: Expr, form: Form) -> Form:
        """A number times a matrix."""
        return Form(form.rows, form.columns, collected((word, number * c) for word, c in form.terms.items()))

    def times(self, first: Value, second: Value) -> Value:
        """The product."""
        if not isinstance(first, Form):
            return self.scale(first, second) if isinstance(second, Form) else first * second
        if not isinstance(second, Form):
            return self.scale(second, first)
        pairs = [(a + b, c * d) for a, c in first.terms.items() for b, d in second.terms.items()]
        rows, columns = first.rows, second.columns
        if rows == columns == 1:
            return sum((c * self.number(word) for word, c in pairs), Integer(0))
        return Form(rows, columns, collected(self._split(cancelled(word), c) for word, c in pairs))

    def _split(self, word: Word, coefficient: Expr) -> tuple[Word, Expr]:
        """Numbers inside a word, from a row to the column behind it, taken out of it."""
        cuts = [place + 1 for place in range(len(word) - 1) if word[place].columns == 1]
        for start, end in pairwise(cuts):
            coefficient = coefficient * self.number(word[start:end])
        if len(cuts) > 1:
            word = word[: cuts[0]] + word[cuts[-1] :]
        return self._swapped(word), coefficient

    def _swapped(self, word: Word) -> Word:
        """diag(u) v is diag(v) u: the one that comes first in the alphabet."""
        if word and word[-1].columns == 1:
            place = next((k for k, letter in enumerate(word[:-1]) if letter.name in self.diagonals), None)
            if place is not None:
                inner, tail = self.diagonals[word[place].name], word[place + 1 :]
                if named(tail)[0] < named(inner)[0] and not any(letter.indices for letter in (*inner, *tail)):
                    return (*word[:place], self._diagonal_letter(tail), *inner)
        return word

    # ------------------------------------------------------------------ numbers

    def number(self, word: Word) -> Expr:
        """The value of a word from a row to a column."""
        return self.trace_of(word)

    def trace_of(self, word: Word) -> Expr:
        """The trace of a square word, the same for rotations and for the reversed word."""
        word = cancelled(word)
        while len(word) > 1 and cancel(word[-1], word[0]):
            word = word[1:-1]
        if not word:
            raise NoNormalForm("the trace of nothing")
        for place, letter in enumerate(word):
            if letter.name in self.sums:
                return self._sum_outside(word, place)
        cuts = [place for place in range(len(word)) if word[place - 1].columns == 1]
        if cuts:
            turned = word[cuts[0] :] + word[: cuts[0]]
            places = [cut - cuts[0] for cut in cuts] + [len(word)]
            pieces = [turned[a:b] for a, b in pairwise(places)]
            return Mul(*map(self._row_times_column, pieces))
        turns = [w[k:] + w[:k] for w in (word, reverse(word)) for k in range(len(w))]
        return self._atom("tr", min(map(named, turns)))

    def _row_times_column(self, piece: Word) -> Expr:
        if len(piece) == 2 and all(letter.name.startswith(UNIT) for letter in piece):
            return Integer(int(piece[0].name == piece[1].name))
        return self._atom("tr", min(named(piece), named(reverse(piece))))

    def _atom(self, kind: str, shown: tuple[str, tuple[Expr, ...]]) -> Expr:
        text, indices = shown
        name = f"{kind}[{text}]"
        return IndexedBase(name, real=True)[indices] if indices else Symbol(name, real=True)

    def _sum_outside(self, word: Word, place: int) -> Expr:
        letter = word[place]
        core, weight, limits, slots = self.sums[letter.name]
        core, weight, limits = instantiated(core, weight, limits, dict(zip(slots, letter.indices, strict=True)))
        core = reverse(core) if letter.transposed else core
        return Sum(weight * self.trace_of(word[:place] + core + word[place + 1 :]), limits)

    def trace(self, value: Value) -> Expr:
        """The trace."""
        if not isinstance(value, Form):
            return value
        total: Expr = Integer(0)
        for word, coefficient in value.terms.items():
            total += coefficient * (self.trace_of(word) if word else self.size(value.rows))
        return total

    def determinant(self, value: Value) -> Expr:
        """The determinant: of a product of square letters, factor by factor."""
        if not isinstance(value, Form):
            return value
        if len(value.terms) == 1:
            ((word, coefficient),) = value.terms.items()
            if all(letter.rows == letter.columns for letter in word):
                scale = Pow(coefficient, self.size(value.rows)) if coefficient != 1 else Integer(1)
                factors = [self._atom("det", named((upright(letter),))) ** (-1 if letter.inverted else 1) for letter in word]
                return Mul(scale, *factors)
        content, primitive = self._primitive(value)
        shown = min(self.text(primitive), self.text(primitive.T))
        scale = Pow(content, self.size(value.rows)) if content != 1 else Integer(1)
        return Mul(scale, self._atom("det", shown))

    def norm(self, value: Value, kind: object) -> Expr:
        """The Euclidean or Frobenius norm as a root of a trace; other norms as atoms, the same for both signs."""
        if not isinstance(value, Form):
            return Abs(value)
        if kind in (2, "F") and (kind == "F" or 1 in (value.rows, value.columns)):
            return sqrt(self.trace(self.times(value.T, value)))
        content, primitive = self._primitive(value)
        return Abs(content) * self._atom(f"norm {kind}", self.text(primitive))

    # ------------------------------------------------------------------ inverses

    def inverse(self, value: Value) -> Value:
        """The inverse: of a product of square letters, factor by factor; of anything else, a letter of its own."""
        if not isinstance(value, Form):
            return 1 / value
        if len(value.terms) == 1:
            ((word, coefficient),) = value.terms.items()
            if all(letter.rows == letter.columns for letter in word):
                turned = tuple(letter._replace(inverted=not letter.inverted) for letter in reversed(word))
                return Form(value.rows, value.columns, {turned: 1 / coefficient})
        content, primitive = self._primitive(value)
        straight, turned_text = self.text(primitive), self.text(primitive.T)
        name = f"({min(straight, turned_text)[0]})"
        indices, symmetric = min(straight, turned_text)[1], straight == turned_text
        self.inverses.setdefault(name, (primitive if straight <= turned_text else primitive.T, indices))
        letter = Letter(name, value.rows, value.columns, straight > turned_text, True, indices, symmetric)
        return Form(value.rows, value.columns, {(letter,): 1 / content})

    def _primitive(self, form: Form) -> tuple[Expr, Form]:
        """A number and a form whose product is the form; forms that differ by a number have the same one."""
        if not form.terms:
            raise NoNormalForm("an inverse or norm of zero")
        first = min(form.terms, key=lambda word: min(named(word)[0], named(reverse(word))[0]))
        coefficient = form.terms[first]
        content = coefficient if coefficient.is_Rational else coefficient.as_coeff_Mul()[0]
        return content, self.scale(1 / content, form)

    def text(self, form: Form) -> tuple[str, tuple[Expr, ...]]:
        """A text that equal forms share, and the indices that it leaves open."""
        parts = []
        for word, coefficient in form.terms.items():
            plain = self.normaliser.expression(coefficient)
            if plain != 0:
                parts.append((named(word)[0], str(plain), named(word)[1]))
        parts.sort(key=lambda part: part[:2])
        return " + ".join(f"{c}*{text}" for text, c, _ in parts), tuple(index for part in parts for index in part[2])

    def cleared(self, value: Value) -> Value:
        """The value times the inverted matrices at its ends: zero if and only if the value is."""
        for _ in range(MAX_CLEARINGS):
            if not isinstance(value, Form):
                return value
            value = self.reduced(value)
            ends = [(w[place], place == 0) for w in value.terms if w for place in (0, -1) if w[place].inverted]
            if not ends:
                return value
            letter, before = min(ends, key=lambda end: (end[0].name not in self.inverses, not end[1]))
            value = self._multiplied(value, letter, before)
        return value

    def _multiplied(self, form: Form, letter: Letter, before: bool) -> Value:
        if letter.name in self.inverses:
            whole = reindexed(*self.inverses[letter.name], letter.indices)
            whole = whole.T if letter.transposed else whole
        else:
            whole = Form(letter.rows, letter.columns, {(letter._replace(inverted=False),): Integer(1)})
        with_it = {w: c for w, c in form.terms.items() if w and w[0 if before else -1] == letter}
        rest = Form(form.rows, form.columns, {w: c for w, c in form.terms.items() if w not in with_it})
        shortened = Form(form.rows, form.columns, collected((w[1:] if before else w[:-1], c) for w, c in with_it.items()))
        product = self.times(whole, rest) if before else self.times(rest, whole)
        return self.add([shortened, product])

    def reduced(self, form: Form) -> Form:
        """The form without words whose coefficient is zero."""
        kept = {word: c for word, c in form.terms.items() if not is_zero(self.normaliser, c)}
        return Form(form.rows, form.columns, kept)

    def vanishes(self, value: Value) -> bool:
        """Whether the value is zero. True is a proof."""
        value = self.cleared(value)
        if not isinstance(value, Form):
            return is_zero(self.normaliser, value)
        return not self.reduced(value).terms

    # ------------------------------------------------------------------ entry by entry

    def _diagonal_letter(self, word: Word) -> Letter:
        text, indices = named(word)
        self.diagonals[f"diag({text})"] = word
        return Letter(f"diag({text})", word[0].rows, word[0].rows, False, False, indices, True)

    def diagonal(self, value: Value) -> Value:
        """The diagonal matrix of a column."""
        if not isinstance(value, Form):
            return value
        terms = collected(((self._diagonal_letter(word),), c) for word, c in value.terms.items())
        return Form(value.rows, value.rows, terms)

    def hadamard(self, first: Value, second: Value) -> Value:
        """The product entry by entry."""
        if not (isinstance(first, Form) and isinstance(second, Form)):
            return self.times(first, second)
        if first.columns == 1:
            return self.times(self.diagonal(first), second)
        found: list[tuple[Word, Expr]] = []
        for word, c in first.terms.items():
            for other, d in second.terms.items():
                found.append(((self._hadamard_letter(word, other, first.rows, first.columns),), c * d))
        return Form(first.rows, first.columns, collected(found))

    def _hadamard_letter(self, word: Word, other: Word, rows: Any, columns: Any) -> Letter:
        straight = sorted((named(word), named(other)), key=lambda named: named[0])
        turned = sorted((named(reverse(word)), named(reverse(other))), key=lambda named: named[0])
        text, turned_text = (" o ".join(named[0] or "I" for named in names) for names in (straight, turned))
        chosen = straight if text <= turned_text else turned
        indices = tuple(index for named in chosen for index in named[1])
        name = f"({min(text, turned_text)})"
        return Letter(name, rows, columns, text > turned_text, False, indices, text == turned_text)

    def applied(self, name: str, value: Form) -> Form:
        """A function of every entry of a column or row, as a letter of its own."""
        column = value if value.columns == 1 else value.T
        text, indices = self.text(column)
        letter = Letter(f"{name}({text})", column.rows, 1, False, False, indices)
        form = Form(column.rows, 1, {(letter,): Integer(1)})
        return form if value.columns == 1 else form.T

    # ------------------------------------------------------------------ sums over an index

    def summed(self, value: Value, limits: Limits) -> Value:
        """Σ of a number or a matrix; factors without the index stay outside."""
        index = limits[0]
        if not isinstance(value, Form):
            return Sum(value, limits)
        found: list[tuple[Word, Expr]] = []
        for word, coefficient in value.terms.items():
            places = [k for k, letter in enumerate(word) if any(index in free_symbols(i) for i in letter.indices)]
            if not places:
                found.append((word, Sum(coefficient, limits)))
                continue
            first, last = places[0], places[-1] + 1
            inner, outer = coefficient.as_independent(index, as_Add=False)[::-1]
            letter = self._sum_letter(word[first:last], inner, limits)
            found.append(((*word[:first], letter, *word[last:]), outer))
        return Form(value.rows, value.columns, collected(found))

    def _sum_letter(self, core: Word, weight: Expr, limits: Limits) -> Letter:
        marker = Symbol("at", integer=True, positive=True)
        shown = [named(w, {limits[0]: marker}) for w in (core, reverse(core))]
        turned = shown[1] < shown[0]
        text, _ = min(shown)
        plain = self.normaliser.expression(weight.xreplace({limits[0]: marker}))
        name = f"sum({text} | {plain} | {limits[1]}..{limits[2]})"
        stored = reverse(core) if turned else core
        open_indices = tuple(
            sorted({s for letter in core for i in letter.indices for s in free_symbols(i) if s != limits[0]}, key=str)
        )
        self.sums[name] = (stored, weight, limits, open_indices)
        rows, columns = (stored[0].rows, stored[-1].columns)
        letter = Letter(name, rows, columns, False, False, open_indices, shown[0] == shown[1])
        return letter.flipped() if turned else letter
