"""Formulas of probability on finite joint tables of random positive probabilities, exact where they are rational."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any as Anything

import numpy as np
from numpy.random import Generator
from sympy import Basic, Symbol

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
    Variable,
    is_random_letter,
    moment_of,
    probability_of,
    random_letters,
    variable_name,
)
from derivations.check.reader.building import FUNCTIONS, Builder
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term
from numeric.duals import arithmetic
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure, UndefinedValue

MAX_VARIABLES = 7
MAX_TERMS = 60
NUMBERS = arithmetic(40)
Name = tuple[str, tuple[int, ...]]
"""A random variable with the values of its indices."""


class NewVariable(Exception):
    """A random variable that the tables do not have yet."""

    def __init__(self, name: Name) -> None:
        self.name = name
        super().__init__(str(name))


@dataclass(frozen=True)
class Instance:
    """Supports of random variables, values of ordinary letters, a seed for the tables.

    A support holds distinct numbers; constants that a text compares a variable with are among them. `independent`: variables that
    are independent of each other, given others.
    """

    supports: Mapping[str, tuple[Fraction, ...]]
    plain: Mapping[Basic, Anything]
    seed: int
    independent: tuple[tuple[str, ...], tuple[str, ...]] | None = None


@dataclass
class Tables:
    """The joint table of each distribution over all random variables met so far."""

    instance: Instance
    names: tuple[Name, ...]
    known: dict[Distribution, dict[tuple[Fraction, ...], Fraction]] = field(default_factory=dict)

    def table(self, distribution: Distribution) -> dict[tuple[Fraction, ...], Fraction]:
        """Outcome → probability."""
        if distribution not in self.known:
            rng = np.random.default_rng([self.instance.seed, sum(map(ord, str(distribution)))])
            supports = [self.instance.supports[name] for name, _ in self.names]
            factors: dict[Anything, Fraction] = {}
            table = {outcome: self._weight(outcome, factors, rng) for outcome in itertools.product(*supports)}
            total = sum(table.values())
            self.known[distribution] = {outcome: weight / total for outcome, weight in table.items()}
        return self.known[distribution]

    def _weight(self, outcome: tuple[Fraction, ...], weights: dict[Anything, Fraction], rng: Generator) -> Fraction:
        """The weight of an outcome: one for all, or a factor for each independent variable with what it is given and one for the
        rest given everything."""
        if self.instance.independent is None:
            return Fraction(int(rng.integers(1, 20)))
        members, given = self.instance.independent
        condition = tuple((n, v) for n, v in zip(self.names, outcome, strict=True) if n[0] in given)
        total = Fraction(1)
        for name, value in zip(self.names, outcome, strict=True):
            if name[0] in members:
                total *= weights.setdefault((name, value, condition), Fraction(int(rng.integers(1, 8))))
        # what is not mentioned: probabilities given all others, so that summing it out keeps the independence
        others = [name for name in self.names if name[0] not in (*members, *given)]
        if others:
            rest = tuple(v for n, v in zip(self.names, outcome, strict=True) if n not in others)
            own = tuple(v for n, v in zip(self.names, outcome, strict=True) if n in others)
            every = list(itertools.product(*(self.instance.supports[name] for name, _ in others)))
            for other in every:
                weights.setdefault((rest, other), Fraction(int(rng.integers(1, 8))))
            total *= weights[rest, own] / sum(weights[rest, other] for other in every)
        return total


@dataclass(frozen=True)
class Evaluation:
    """The value of terms on an instance.

    `at` holds the values of bound and random letters, `letters` says of which random variable a letter is a value.
    """

    tables: Tables
    symbols: Symbols
    at: Mapping[Anything, Anything]
    letters: Mapping[str, str]
    constants: frozenset[str] = frozenset()

    def value(self, term: Term) -> Anything:
        """The number a term stands for. Raises: NoModel, NumericFailure, NewVariable."""
        if self._is_plain(term):
            return self.plain(term)
        if (found := probability_of(term)) is not None:
            return self.probability(found)
        if (moment := moment_of(term, self.symbols.notation)) is not None:
            return self.moment(moment)
        handler = _VALUES.get(term.head)
        if handler is None or (term.head == "structure" and not str(term.data).startswith("integral over ")):
            raise NoModel(str(term.data or term.head))
        return handler(self, term)

    def _is_plain(self, term: Term) -> bool:
        """Whether a term holds neither chance nor letters with a value here."""
        return not any(
            part.head in ("call", "structure", "integral", "relation") or (part.head == "letter" and self._has_value(part))
            for part in term.walk()
        )

    def _has_value(self, letter: Term) -> bool:
        return str(letter.data) in self.at or str(letter.data) in self.letters

    def plain(self, term: Term) -> Anything:
        """An ordinary expression; whole numbers of bound letters may be indices in it."""
        whole = {n: v for n, v in self.at.items() if isinstance(n, str) and isinstance(v, Fraction) and v.denominator == 1}
        letters = {name: Symbol(name, integer=True, positive=True) for name in whole}
        expression = Builder(self.symbols).build(term, letters)
        bindings = {letters[name]: int(value) for name, value in whole.items()}
        return _exact(evaluate_slowly(expression, self.tables.instance.plain, bindings=bindings, max_terms=500))

    def letter(self, term: Term) -> Anything:
        """The value of a letter: bound, random, or drawn for the value of a random variable."""
        name = str(term.data)
        if name in self.at and not term.args:
            return self.at[name]
        if name in self.letters:
            indices = tuple(int(self.value(index)) for index in term.args)
            if (name, indices) in self.at:
                return self.at[name, indices]
            support = self.tables.instance.supports[self.letters[name]]
            return support[(self.tables.instance.seed + sum(map(ord, name)) + sum(indices)) % len(support)]
        return self.plain(term)

    def named(self, variable: Variable) -> Name:
        """A random variable with the values of its indices."""
        name = variable.name, tuple(int(self.value(index)) for index in variable.index)
        if name not in self.tables.names:
            raise NewVariable(name)
        return name

    # ------------------------------------------------------------------ probabilities

    def probability(self, found: Probability) -> Anything:
        """P(events | given) as a quotient of sums over the table."""
        happens = [self.test(event) for event in found.events]
        condition = [self.test(event) for event in found.given]
        table = self.tables.table(found.distribution)
        both = below = Fraction(0)
        for outcome, weight in table.items():
            if all(test(outcome) for test in condition):
                below += weight
                if all(test(outcome) for test in happens):
                    both += weight
        if below == 0:
            raise UndefinedValue("division", 0, "a condition of probability zero")
        return both / below

    def test(self, event: Event) -> Callable[[tuple[Fraction, ...]], bool]:
        """Whether an event happens, as a function of the outcome."""
        if isinstance(event, Is):
            place, value = self.tables.names.index(self.named(event.variable)), self.value(event.value)
            if value not in self.tables.instance.supports[event.variable.name]:
                return lambda outcome: False
            return lambda outcome: bool(outcome[place] == value)
        if isinstance(event, Not):
            inner = self.test(event.event)
            return lambda outcome: not inner(outcome)
        if isinstance(event, (All, Any)):
            tests = [self.test(part) for part in event.events]
            combine = all if isinstance(event, All) else any
            return lambda outcome: combine(test(outcome) for test in tests)
        return self._relation(event)

    def _relation(self, event: Holds) -> Callable[[tuple[Fraction, ...]], bool]:
        sides, relations = event.relation.args, event.relation.data
        letters = {str(p.data) for side in sides for p in side.walk() if is_random_letter(p)}
        letters = letters or {str(p.data) for p in sides[0].walk() if p.head == "letter"}
        if not letters or any(sign not in _COMPARED for sign in relations):
            raise NoModel("a relation inside a probability")
        places = {letter: self.tables.names.index(self.named(Variable(variable_name(letter)))) for letter in letters}

        def holds(outcome: tuple[Fraction, ...]) -> bool:
            inner = replace(self, at={**self.at, **{letter: outcome[place] for letter, place in places.items()}})
            values = [inner.value(side) for side in sides]
            return all(_COMPARED[sign](a, b) for sign, a, b in zip(relations, values, values[1:], strict=False))

        return holds

    # ------------------------------------------------------------------ moments

    def moment(self, found: Moment) -> Anything:
        """E, Var, Cov or std over the random letters of the operands."""
        if found.kind == "mean":
            return self.mean(found, lambda run: run.value(found.operands[0]))
        first, last = found.operands[0], found.operands[-1]
        both = self.mean(found, lambda run: run.value(first) * run.value(last))
        spread = both - self.mean(found, lambda run: run.value(first)) * self.mean(found, lambda run: run.value(last))
        return NUMBERS.power(spread, Fraction(1, 2)) if found.kind == "deviation" else spread

    def mean(self, found: Moment, of: Callable[[Evaluation], Anything]) -> Anything:
        """The mean of a function of the outcome."""
        letters = sorted(random_letters(found, self.letters, self.constants))
        inside = [part for operand in found.operands for part in operand.walk() if part.head == "letter" and part.args]
        indexed = {(str(part.data), part) for part in inside if part.data in letters}
        plain = [letter for letter in letters if not any(name == letter for name, _ in indexed)]
        places: dict[Anything, int] = {
            letter: self.tables.names.index(self.named(Variable(variable_name(letter)))) for letter in plain
        }
        for name, part in indexed:
            variable = self.named(Variable(variable_name(name), part.args))
            places[name, variable[1]] = self.tables.names.index(variable)
        conditions = [self.test(event) for event in found.given]
        total: Anything = Fraction(0)
        weight_of_condition = Fraction(0)
        for outcome, weight in self.tables.table(found.distribution).items():
            if all(test(outcome) for test in conditions):
                weight_of_condition += weight
                values = {letter: outcome[place] for letter, place in places.items()}
                known = {letter: variable_name(letter) for letter in letters}
                inner = replace(self, at={**self.at, **values}, letters={**self.letters, **known})
                total = NUMBERS.add(total, NUMBERS.multiply(weight, of(inner)))
        return NUMBERS.multiply(total, 1 / weight_of_condition)

    # ------------------------------------------------------------------ sums

    def over(self, term: Term) -> list[Anything]:
        """The values that a bound letter takes: whole numbers, or all that its random variable may have."""
        letter = str(term.data).removeprefix("integral over ")
        ends = term.args[1:]
        if term.head in ("sum", "product") and "bare" not in (ends[0].head, ends[1].head):
            low, high = (int(self.value(end)) for end in ends[:2])
            if high - low > MAX_TERMS:
                raise NoModel("a long sum")
            return [Fraction(value) for value in range(low, high + 1)]
        if letter not in self.letters:
            raise NoModel(f"the range of {letter}")
        if term.head == "structure" and ends:
            raise NoModel("an integral over a part of the values")
        if term.head == "integral" and not all(any(part.data == "infinity" for part in end.walk()) for end in ends):
            raise NoModel("an integral over a part of the values")
        return list(self.tables.instance.supports[self.letters[letter]])


def _series(run: Evaluation, term: Term) -> Anything:
    if len(term.args) > 3:
        raise NoModel("a sum with a condition")
    letter = str(term.data).removeprefix("integral over ")
    total: Anything = Fraction(1 if term.head == "product" else 0)
    for value in run.over(term):
        inner = replace(run, at={**run.at, letter: value})
        found = inner.value(term.args[0])
        total = NUMBERS.multiply(total, found) if term.head == "product" else NUMBERS.add(total, found)
    return total


def _fold(combine: Callable[[Anything, Anything], Anything], start: int) -> Callable[[Evaluation, Term], Anything]:
    def handler(run: Evaluation, term: Term) -> Anything:
        total: Anything = Fraction(start)
        for argument in term.args:
            total = combine(total, run.value(argument))
        return total

    return handler


def _power(run: Evaluation, term: Term) -> Anything:
    root, exponent = (run.value(argument) for argument in term.args)
    whole = isinstance(exponent, Fraction) and exponent.denominator == 1
    return NUMBERS.power(root, int(exponent) if whole else exponent)


def _applied(run: Evaluation, term: Term) -> Anything:
    values = [run.value(argument) for argument in term.args]
    letters = [Symbol(f"u{place}", real=True) for place in range(len(values))]
    expression = FUNCTIONS[str(term.data)](*letters)
    return _exact(evaluate_slowly(expression, dict(zip(letters, values, strict=True))))


def _called(run: Evaluation, term: Term) -> Anything:
    """An arbitrary function of numbers: a cubic with fixed coefficients."""
    seed = sum(map(ord, str(term.data)))
    total = Fraction(seed % 7 + 1, 3)
    for place, argument in enumerate(term.args):
        value = run.value(argument)
        total = total + value * Fraction(seed % 5 + 1 + place, 2) + value * value * value * Fraction(seed % 3 + 1, 5)
    return total


def _indicator(run: Evaluation, term: Term) -> Anything:
    """1 where all relations hold."""
    for relation in term.args:
        if relation.head != "relation" or any(sign not in _COMPARED for sign in relation.data):
            raise NoModel("an indicator of something else than a relation")
        values = [run.value(side) for side in relation.args]
        if not all(_COMPARED[sign](a, b) for sign, a, b in zip(relation.data, values, values[1:], strict=False)):
            return Fraction(0)
    return Fraction(1)


def _exact(value: Anything) -> Anything:
    return Fraction(value) if isinstance(value, int) else value if isinstance(value, Fraction) else NUMBERS.lift(value)


_COMPARED: dict[str, Callable[[Anything, Anything], bool]] = {
    "=": lambda a, b: bool(a == b), "<": lambda a, b: bool(a < b), ">": lambda a, b: bool(a > b),
    **dict.fromkeys((r"\le", r"\leq", "≤", "<=", r"\leqslant"), lambda a, b: bool(a <= b)),
    **dict.fromkeys((r"\ge", r"\geq", "≥", ">=", r"\geqslant"), lambda a, b: bool(a >= b)),
    **dict.fromkeys((r"\ne", r"\neq", "≠", "!="), lambda a, b: bool(a != b)),
    r"\lt": lambda a, b: bool(a < b), r"\gt": lambda a, b: bool(a > b),
}  # fmt: skip

_VALUES: dict[str, Callable[[Evaluation, Term], Anything]] = {
    "number": lambda run, term: Fraction(term.data),
    "letter": lambda run, term: run.letter(term),
    "add": _fold(NUMBERS.add, 0),
    "multiply": _fold(NUMBERS.multiply, 1),
    "power": _power,
    "apply": _applied,
    "call": _called,
    "sum": _series,
    "product": _series,
    "integral": _series,
    "structure": _series,
    "indicator": _indicator,
    "bars": lambda run, term: abs(run.value(term.args[0])),
}

__all__ = ["Evaluation", "Instance", "Name", "NewVariable", "NoModel", "NumericFailure", "Tables"]
