"""Letters, words and forms: what matrix formulas are made of in their normal form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from sympy import Expr, Integer, Symbol

from derivations.core.binding import free_symbols

MAX_WORDS = 600
UNIT = "unit "
"""In front of the place of a one, the name of a unit column."""


class NoNormalForm(ValueError):
    """A matrix formula without a normal form here: a part has none, or it grew too large."""


class Letter(NamedTuple):
    """One factor of a word: a matrix, perhaps transposed or inverted, with the indices it carries."""

    name: str
    rows: Any
    columns: Any
    transposed: bool = False
    inverted: bool = False
    indices: tuple[Expr, ...] = ()
    symmetric: bool = False

    def flipped(self) -> Letter:
        """The transpose."""
        if self.symmetric:
            return self
        return self._replace(rows=self.columns, columns=self.rows, transposed=not self.transposed)

    def text(self) -> str:
        """The letter without its indices."""
        return self.name + "'" * self.transposed + "^-1" * self.inverted


Word = tuple[Letter, ...]
Limits = tuple[Symbol, Expr, Expr]
Terms = Mapping[Word, Expr]


@dataclass(frozen=True)
class Form:
    """A matrix of rows × columns that are not both 1: words with their coefficients; the empty word is the identity."""

    rows: Any
    columns: Any
    terms: Terms

    @property
    def T(self) -> Form:
        """The transpose."""
        return Form(self.columns, self.rows, collected((reverse(word), c) for word, c in self.terms.items()))


Value: TypeAlias = "Form | Expr"
"""A matrix, or a number."""


def reverse(word: Word) -> Word:
    """The transpose of a product."""
    return tuple(letter.flipped() for letter in reversed(word))


def collected(terms: Iterable[tuple[Word, Expr]]) -> Terms:
    """Words with their coefficients added up. Raises: NoNormalForm when there are too many."""
    found: dict[Word, Expr] = {}
    for word, coefficient in terms:
        found[word] = found.get(word, Integer(0)) + coefficient
    if len(found) > MAX_WORDS:
        raise NoNormalForm(f"{len(found)} words")
    return {word: c for word, c in found.items() if c != 0}


def reindexed(form: Form, slots: tuple[Expr, ...], values: tuple[Expr, ...]) -> Form:
    """The form with other indices in the places of its own."""
    renamed = dict(zip(slots, values, strict=True))

    def moved(letter: Letter) -> Letter:
        return letter._replace(indices=tuple(index.xreplace(renamed) for index in letter.indices))

    terms = [(tuple(map(moved, word)), c.xreplace(renamed)) for word, c in form.terms.items()]
    return Form(form.rows, form.columns, collected(terms))


def instantiated(
    core: Word, weight: Expr, limits: Limits, values: Mapping[Any, Expr]
) -> tuple[Word, Expr, Limits]:
    """A summand with a bound letter of its own, and its open indices at their values."""
    fresh = Symbol(limits[0].name + "_", integer=True, positive=True)
    taken = set().union(*(free_symbols(value) for value in values.values())) if values else set()
    while fresh in taken:
        fresh = Symbol(fresh.name + "_", integer=True, positive=True)
    renamed = {limits[0]: fresh, **values}
    word = tuple(letter._replace(indices=tuple(i.xreplace(renamed) for i in letter.indices)) for letter in core)
    low, high = (end.xreplace(dict(values)) for end in limits[1:])
    return word, weight.xreplace(renamed), (fresh, low, high)


def cancel(first: Letter, second: Letter) -> bool:
    """Whether a letter is followed by its inverse."""
    return first.inverted != second.inverted and first._replace(inverted=second.inverted) == second


def cancelled(word: Word) -> Word:
    """The word without neighbours that are inverse to each other."""
    found: list[Letter] = []
    for letter in word:
        if found and cancel(found[-1], letter):
            found.pop()
        else:
            found.append(letter)
    return tuple(found)


def upright(letter: Letter) -> Letter:
    """The letter, neither transposed nor inverted."""
    return letter._replace(transposed=False, inverted=False)


def named(word: Word, known: Mapping[Any, Expr] | None = None) -> tuple[str, tuple[Expr, ...]]:
    """A word as text with numbered places for the indices, and the indices."""
    indices: list[Expr] = []
    texts: list[str] = []
    for letter in word:
        places = []
        for index in letter.indices:
            shown = index.xreplace(dict(known)) if known else index
            if known and shown != index:
                places.append(str(shown))
                continue
            if shown not in indices:
                indices.append(shown)
            places.append(f"#{indices.index(shown)}")
        texts.append(letter.text() + (f"[{','.join(places)}]" if places else ""))
    return " ".join(texts), tuple(indices)
