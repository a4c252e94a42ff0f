"""Formulas of probability in joint probabilities and means of products: the forms in which identities are zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any as Anything

from sympy import Add, Expr, Function, Indexed, IndexedBase, Integer, Mul, Pow, Sum, Symbol, expand, sqrt
from sympy.core.function import AppliedUndef

from derivations.check.comparing.probability.events import (
    All,
    Any,
    Distribution,
    Event,
    Holds,
    Is,
    Moment,
    NoModel,
    Not,
    Probability,
    moment_of,
    probability_of,
    random_letters,
)
from derivations.check.reader.building import FUNCTIONS, Builder
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term

MAX_EVENTS = 5


@dataclass(frozen=True)
class Forms:
    """Reads terms as SymPy expressions over joint probabilities P_XY[x, y] and means E[X² Y].

    `bound` holds the letters of sums, `random` those inside an expectation; `letters` says whose values letters are.
    """

    symbols: Symbols
    letters: Mapping[str, str]
    bound: Mapping[str, Symbol] = field(default_factory=dict)
    random: frozenset[str] = frozenset()
    independent: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    constants: frozenset[str] = frozenset()
    means: dict[str, tuple[str, Expr, tuple[Expr, ...]]] = field(default_factory=dict)

    def of(self, term: Term) -> Expr:
        """The form of a term. Raises: NoModel."""
        if (found := probability_of(term)) is not None:
            return self.probability(found)
        if (moment := moment_of(term, self.symbols.notation)) is not None:
            return self.moment(moment)
        handler = _FORMS.get(term.head)
        if handler is None or (term.head == "structure" and not str(term.data).startswith("integral over ")):
            raise NoModel(str(term.data or term.head))
        return handler(self, term)

    def letter(self, term: Term) -> Expr:
        """A letter: bound, random, a value, or ordinary."""
        name = str(term.data)
        if not term.args and name in self.bound:
            return self.bound[name]
        if name in self.random or name in self.letters:
            if term.args:
                indices = tuple(self.of(index) for index in term.args)
                return IndexedBase(f"value of {name}", real=True)[indices]
            return Symbol(name, real=True)
        return Builder(self.symbols).build(term, self.bound)

    # ------------------------------------------------------------------ probabilities

    def probability(self, found: Probability) -> Expr:
        """P(events | given) as a quotient of joint probabilities."""
        both = self._positive(found.distribution, (*found.events, *found.given))
        return both / self._positive(found.distribution, found.given) if found.given else both

    def _positive(self, distribution: Distribution, events: tuple[Event, ...]) -> Expr:
        """The probability of all events, complements and alternatives taken apart."""
        for place, event in enumerate(events):
            rest = events[:place] + events[place + 1 :]
            if isinstance(event, All):
                return self._positive(distribution, (*event.events, *rest))
            if isinstance(event, Not):
                return self._positive(distribution, rest) - self._positive(distribution, (event.event, *rest))
            if isinstance(event, Any):
                return self._alternatives(distribution, event.events, rest)
            if isinstance(event, Holds):
                raise NoModel("a relation inside a probability")
        return self._joint(distribution, tuple(event for event in events if isinstance(event, Is)))

    def _alternatives(self, distribution: Distribution, events: tuple[Event, ...], rest: tuple[Event, ...]) -> Expr:
        """Inclusion and exclusion."""
        if len(events) > MAX_EVENTS:
            raise NoModel("many alternatives")
        total: Expr = Integer(0)
        for count in range(1, len(events) + 1):
            for chosen in combinations(events, count):
                total += (-1) ** (count + 1) * self._positive(distribution, (*chosen, *rest))
        return total

    def _joint(self, distribution: Distribution, events: tuple[Is, ...]) -> Expr:
        if not events:
            return Integer(1)
        found: dict[str, tuple[tuple[Expr, ...], Expr]] = {}
        for event in events:
            indices = tuple(self.of(index) for index in event.variable.index)
            key = f"{event.variable.name}{list(indices) or ''}"
            value = self.of(event.value)
            if key in found and found[key][1] != value:
                raise NoModel("two values of one random variable")
            found[key] = (indices, value)
        parts = self._factors(sorted(found))
        head = f"P{distribution.name}{list(distribution.parameters) or ''}"
        total: Expr = Integer(1)
        for names, power in parts:
            atom = IndexedBase(f"{head}({', '.join(names)})", positive=True)[tuple(found[name][1] for name in names)]
            total *= atom**power
        return total

    def _factors(self, names: list[str]) -> list[tuple[list[str], int]]:
        """The joint probabilities whose product is that of all names: one, or one for each variable that is independent of the
        others given what is there."""
        if self.independent is None:
            return [(names, 1)]
        members, given = (set(part) for part in self.independent)
        apart = [name for name in names if name in members]
        if len(apart) < 2 or not given <= set(names) or set(names) - members - given:
            return [(names, 1)]
        condition = sorted(given)
        found = [(sorted([name, *condition]), 1) for name in apart]
        return [*found, (condition, 1 - len(apart))] if condition else found

    def summed(self, value: Expr, letter: Symbol, name: str) -> Expr:
        """Σ over all values of a random variable: a joint probability that alone holds the value becomes a marginal one."""
        total: Expr = Integer(0)
        for part in Add.make_args(expand(value)):
            outside, inside = part.as_independent(letter, as_Add=False)
            total += outside * self._marginal(inside, letter, name)
        return total

    def _marginal(self, inside: Expr, letter: Symbol, name: str) -> Expr:
        size = Symbol(f"number_of_{name}", integer=True, positive=True)
        if hasattr(inside, "indices"):
            label = str(inside.base.label)
            head, _, names = label.rpartition("(")
            listed = names.rstrip(")").split(", ")
            if label.startswith("P") and name in listed and inside.indices[listed.index(name)] == letter:
                place = listed.index(name)
                kept = [n for n in listed if n != name]
                values = tuple(v for k, v in enumerate(inside.indices) if k != place)
                if not any(letter in v.free_symbols for v in values):
                    return IndexedBase(f"{head}({', '.join(kept)})", positive=True)[values] if kept else Integer(1)
        return Sum(inside, (letter, 1, size))

    # ------------------------------------------------------------------ moments

    def moment(self, found: Moment) -> Expr:
        """Means of products of random letters; variances and covariances through them."""
        if found.kind == "mean":
            return self.mean(found, found.operands[:1])
        first, last = found.operands[0], found.operands[-1]
        spread = self.mean(found, (first, last)) - self.mean(found, (first,)) * self.mean(found, (last,))
        return sqrt(spread) if found.kind == "deviation" else spread

    def mean(self, found: Moment, factors: tuple[Term, ...]) -> Expr:
        """The mean of a product, linear in what is random."""
        letters = random_letters(found, self.letters, self.constants)
        inner = replace(self, random=self.random | letters)
        value = expand(Mul(*(inner.of(factor) for factor in factors)))
        heads = {Symbol(letter, real=True) for letter in letters}
        heads |= {part for part in value.atoms(IndexedBase) if str(part.label).removeprefix("value of ") in letters}
        given = [inner.of(event.value) for event in found.given if isinstance(event, Is)]
        if len(given) != len(found.given):
            raise NoModel("an expectation given more than values")
        distribution = f"E{found.distribution.name}{list(found.distribution.parameters) or ''}"
        total: Expr = Integer(0)
        for part in Add.make_args(value):
            outside, inside = _apart(part, heads)
            inside = self._tower(distribution, inside, given, heads)
            total += outside * (self._mean_of(distribution, inside, given) if inside != 1 else 1)
        return total

    def _mean_of(self, distribution: str, inside: Expr, given: list[Expr]) -> Expr:
        """The mean of a product as an atom: a letter, or a function of what it is given and of the bound letters in it."""
        bound = sorted(inside.free_symbols & set(self.bound.values()), key=str)
        name = f"{distribution}[{inside}]{' given ' * bool(given)}{', '.join(map(str, given))}"
        if not given and not bound and not inside.has(Indexed):
            return Symbol(name, real=True)
        function = Function(name, real=True)
        self.means[name] = (distribution, inside, tuple(given))
        return function(*given, *(letter for letter in bound if letter not in given), *inside.atoms(Indexed))

    def _tower(self, distribution: str, inside: Expr, given: list[Expr], heads: set[Anything]) -> Expr:
        """E[g(Y) E[h | Y]] is E[g(Y) h]: a mean given random letters, times functions of them, without its condition.

        What the outer mean is given has to be among what the inner one is.
        """
        factors = Mul.make_args(inside)
        means = [factor for factor in factors if isinstance(factor, AppliedUndef) and str(factor.func) in self.means]
        if len(means) != 1:
            return inside
        own, body, condition = self.means[str(means[0].func)]
        rest = Mul(*(factor for factor in factors if factor != means[0]))
        is_tower = own == distribution and condition and set(condition) <= heads and set(given) <= set(condition)
        return expand(rest * body) if is_tower and rest.free_symbols <= set(condition) else inside


def _apart(part: Expr, heads: set[Anything]) -> tuple[Expr, Expr]:
    """A product as its factors without and with what is random."""
    outside: Expr = Integer(1)
    inside: Expr = Integer(1)
    for factor in Mul.make_args(part):
        depends = bool(factor.free_symbols & heads) or any(factor.has(head) for head in heads)
        outside, inside = (outside, inside * factor) if depends else (outside * factor, inside)
    return outside, inside


def _series(forms: Forms, term: Term) -> Expr:
    letter = str(term.data).removeprefix("integral over ")
    body, *ends = term.args
    if len(ends) > 2 or (term.head == "structure" and ends):
        raise NoModel("a sum or an integral over a part of the values")
    name = forms.letters.get(letter)
    whole = term.head in ("structure", "integral") or (ends[0].head == "bare" and ends[1].head == "bare") or is_range(ends)
    if term.head == "integral" and not all(any(part.data == "infinity" for part in end.walk()) for end in ends):
        raise NoModel("an integral over a part of the values")
    if term.head == "product" or name is None or not whole:
        raise NoModel("a sum over a part of the values")
    symbol = Symbol(letter, real=True)
    while symbol in forms.bound.values():
        symbol = Symbol(symbol.name + "_", real=True)
    inner = replace(forms, bound={**forms.bound, letter: symbol})
    return forms.summed(inner.of(body), symbol, name)


def is_range(ends: list[Term] | tuple[Term, ...]) -> bool:
    """Whether the ends of a sum are those of all values: from 1 or 0 to a number, to a letter, or to a letter less one."""
    low, high = ends[:2]
    if low.head != "number" or low.data not in (0, 1):
        return False
    if high.head == "add" and low.data == 0 and len(high.args) == 2:
        last = high.args[1]
        return high.args[0].head == "letter" and [a.data for a in last.args] == [-1, 1]
    return high.head in ("number", "letter") and not high.args


def _called(forms: Forms, term: Term) -> Expr:
    return Function(f"call {term.data}", real=True)(*(forms.of(argument) for argument in term.args))


_FORMS: dict[str, Callable[[Forms, Term], Expr]] = {
    "number": lambda forms, term: Builder(forms.symbols).build(term, {}),
    "constant": lambda forms, term: Builder(forms.symbols).build(term, {}),
    "letter": Forms.letter,
    "add": lambda forms, term: Add(*(forms.of(argument) for argument in term.args)),
    "multiply": lambda forms, term: Mul(*(forms.of(argument) for argument in term.args)),
    "power": lambda forms, term: Pow(*(forms.of(argument) for argument in term.args)),
    "apply": lambda forms, term: FUNCTIONS[str(term.data)](*(forms.of(argument) for argument in term.args)),
    "call": _called,
    "sum": _series,
    "integral": _series,
    "structure": _series,
}

__all__ = ["Forms", "is_range"]
