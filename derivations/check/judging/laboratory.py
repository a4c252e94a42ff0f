"""Shared instances: every expression of a chapter is evaluated once at each, and then compared with any other for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from derivations.check.comparing.deciding import hides_small_terms
from derivations.core.binding import free_symbols
from derivations.core.equality import prove
from derivations.core.evidence import Evidence, Word
from derivations.core.symbols import Declarations
from numeric.comparison import Undefined
from numeric.duals import arithmetic
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure, UndefinedValue
from numeric.instances import Variable, draw_instance, sizes_of
from numeric.refute import Separation

POINTS = 8
"""Instances on which two sides must agree."""
FIRST = 3
"""Instances tried before the normal form is asked for a proof."""
DIGITS, MORE_DIGITS = 40, 120
MAX_TERMS = 3_000
MAX_PLACES = 40
_SEED = 20
Point = tuple[Mapping[Basic, Any], Mapping[Symbol, int]]


@dataclass(frozen=True)
class Unknown:
    """A side without a value here: too large, out of range, not given."""

    why: str


@dataclass(frozen=True)
class Recurrence:
    """entry[index + 1] = value, from a start: sequences are filled in this order on every instance."""

    head: IndexedBase
    target: Expr
    value: Expr
    index: Symbol | None


@dataclass
class Laboratory:
    """The instances of a chapter."""

    declarations: Declarations
    conditions: tuple[Expr, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    _values: dict[tuple[Expr, int], Any] = field(default_factory=dict, repr=False)
    _verdicts: dict[tuple[Expr, Expr], Evidence] = field(default_factory=dict, repr=False)

    def obey(self, recurrence: Recurrence) -> None:
        """Fill a sequence by a recurrence on every instance from here on: starts first."""
        self.recurrences = tuple(sorted((*self.recurrences, recurrence), key=lambda r: r.index is not None))
        self.__dict__.pop("points", None)
        self._values.clear()
        self._verdicts.clear()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Everything an instance gives values to."""
        return tuple(v for v in self.declarations.variables if v.domain.kind != "index")

    @cached_property
    def points(self) -> list[Point]:
        """The instances, each with values for all free indices."""
        rng = np.random.default_rng(_SEED)
        found: list[Point] = []
        for number in range(4 * POINTS):
            if len(found) == POINTS:
                break
            instance = self._drawn(number, rng)
            if instance is None:
                continue
            self._run(instance)
            found.append((instance, self._bindings(instance, rng)))
        return found

    def _drawn(self, number: int, rng: np.random.Generator) -> dict[Basic, Any] | None:
        """An instance with every label several times where there is room; odd fractions, small whole numbers now and then."""
        variables = self.variables
        sizes = self._sizes(number, rng)
        try:
            instance = draw_instance(variables, rng, sizes=sizes, exact=True, every_label_occurs=True, max_size=3)
        except NumericFailure:
            return None
        for variable in variables:
            if variable.domain.kind in _WIDE and number % 4:
                instance[variable.symbol] = _odd(instance[variable.symbol], variable.domain.kind, number, rng)
        for square, root in self._squares:
            instance[square] = instance[root] ** 2
        return instance

    @cached_property
    def _squares(self) -> tuple[tuple[Any, Any], ...]:
        """Letters declared both by themselves and squared: σ and σ² are one thing."""
        roots = {(entry.latex, len(entry.axes)): entry for entry in self.declarations if entry.power == 1 and entry.latex}
        pairs = [(entry, roots.get((entry.latex, len(entry.axes)))) for entry in self.declarations if entry.power == 2]
        return tuple((square.head, root.head) for square, root in pairs if root is not None and root.axes == square.axes)

    def _sizes(self, number: int, rng: np.random.Generator) -> dict[Symbol, int]:
        """Sizes: the numbers of samples with labels well above the numbers of labels, the others small and different."""
        everything = sizes_of(self.variables)
        labelled: dict[Symbol, list[Symbol]] = {}
        for variable in self.variables:
            if variable.domain.kind == "label" and variable.shape and isinstance(variable.shape[0], Symbol):
                ends = [s for s in everything if variable.domain.upper is not None and s in variable.domain.upper.free_symbols]
                labelled.setdefault(variable.shape[0], []).extend(ends)
        low = 1 if number % 4 == 3 else 2
        small = [s for s in everything if s not in labelled]
        values = rng.permutation([low, 3, 2, low, 3, 2] * (1 + len(small) // 6))[: len(small)]
        found = {size: int(value) for size, value in zip(small, values, strict=True)}
        for size in self._steps:
            found[size] = 5 + number % 2
        for size, ends in labelled.items():
            found[size] = max([found.get(end, 2) for end in ends], default=2) + 2 + number % 2
        return found

    @property
    def _steps(self) -> frozenset[Symbol]:
        """Sizes that say how long sequences given by recurrences are."""
        heads = {recurrence.head for recurrence in self.recurrences}
        shapes = [v.shape[0] for v in self.variables if v.symbol in heads and v.shape]
        return frozenset().union(*(shape.free_symbols for shape in shapes)) if shapes else frozenset()

    def _bindings(self, instance: Mapping[Basic, Any], rng: np.random.Generator) -> dict[Symbol, int]:
        """A value for every free index, different ones where there is room."""
        found: dict[Symbol, int] = {}
        taken: dict[Any, list[int]] = {}
        for entry in self.declarations:
            if entry.domain.kind != "index":
                continue
            try:
                last = int(evaluate_slowly(entry.domain.upper, instance)) if entry.domain.upper is not None else 3
            except NumericFailure:
                continue
            first = entry.domain.lower
            if entry.domain.upper is not None and entry.domain.upper.free_symbols & self._steps:
                last = max(first, last - 3)
            options = list(range(first, last + 1)) or [first]
            used = taken.setdefault(str(entry.domain.upper), [])
            free = [option for option in options if option not in used] or options
            value = int(rng.choice(free))
            used.append(value)
            found[entry.head] = value
        return found

    def indices(self, expression: Expr) -> frozenset[Symbol]:
        """The indices that an expression leaves open."""
        return frozenset(s for s in free_symbols(expression) if self.declarations.range_of(s) is not None)

    def places(self, expression: Expr, instance: Mapping[Basic, Any]) -> list[dict[Symbol, int]]:
        """Every way to give the open indices of an expression values on an instance, MAX_PLACES at most."""
        found: list[dict[Symbol, int]] = [{}]
        for index in sorted(self.indices(expression), key=str):
            bounds = self.declarations.range_of(index) or ()
            try:
                first, last = (int(evaluate_slowly(bound, instance)) for bound in bounds)
            except (NumericFailure, TypeError, ValueError):
                continue
            found = [{**place, index: value} for place in found for value in range(first, last + 1)]
        return found[:MAX_PLACES]

    def _run(self, instance: dict[Basic, Any]) -> None:
        """Fill the sequences: starts first, then step by step, so that one may depend on another of the same step."""
        ruled = [r for r in self.recurrences if r.head in instance]
        general = [r for r in ruled if r.index is not None]
        for recurrence in (r for r in ruled if r.index is None):
            _fill(recurrence, {}, instance)
        steps = max((instance[r.head].shape[0] for r in general), default=-2) + 2
        for step in range(steps):
            for recurrence in general * (1 if len(general) == 1 else 2):
                _fill(recurrence, {recurrence.index: step}, instance)

    def value(self, expression: Expr, number: int) -> Any:
        """The value at a point; Undefined, or Unknown when it cannot be evaluated."""
        key = (expression, number)
        if key not in self._values:
            self._values[key] = self.evaluate(expression, self.points[number])
        return self._values[key]

    def evaluate(self, expression: Expr, point: Point, digits: int = DIGITS, definitions: Mapping[Any, Any] | None = None) -> Any:
        """The value at any point, with some letters given by formulas."""
        instance, bindings = point
        try:
            return evaluate_slowly(
                expression, instance, bindings=bindings, digits=digits, max_terms=MAX_TERMS, definitions=definitions or {}
            )
        except UndefinedValue as failure:
            return Undefined.of(failure)
        except (NumericFailure, ValueError, TypeError, OverflowError, KeyError, IndexError) as failure:
            return Unknown(str(failure))

    def compare(self, left: Expr, right: Expr, *, proving: bool = True) -> Evidence:
        """Whether two sides are equal: refuted at a point, proved by the normal form, or in agreement at all points."""
        key = (left, right)
        if key not in self._verdicts:
            self._verdicts[key] = self._compare(left, right, proving)
        return self._verdicts[key]

    def _compare(self, left: Expr, right: Expr, proving: bool) -> Evidence:
        if left == right:
            return Evidence(Word.PROVED, "the same expression")
        constant = not (free_symbols(left) | free_symbols(right)) and not (left.atoms(IndexedBase) | right.atoms(IndexedBase))
        judged, why = 0, "no instance"
        one_sided = ""
        for number in range(1 if constant else len(self.points)):
            if number == FIRST and proving and (proof := self.prove(left, right)) is not None:
                return proof
            values = self.value(left, number), self.value(right, number)
            unknown = next((v for v in values if isinstance(v, Unknown)), None)
            if unknown is not None:
                why = unknown.why
                continue
            undefined = [isinstance(v, Undefined) for v in values]
            if any(undefined):
                if undefined[0] != undefined[1] and next(v for v in values if isinstance(v, Undefined)).on_open_set:
                    one_sided = "one side has no value where the other has one"
                continue
            judged += 1
            if self.differ(*values) and self.separates((left, right), self.points[number]):
                instance, bindings = self.points[number]
                return Evidence(
                    Word.REFUTED,
                    "the sides differ on an instance",
                    counterexample=Separation(dict(instance), dict(bindings), *values),
                )
        if constant and judged:
            return self._constant(left, right)
        if judged < 2:
            return self.prove(left, right) or Evidence(Word.UNDECIDED, f"no instance decides: {one_sided or why}")
        if hides_small_terms(left) or hides_small_terms(right):
            return self.prove(left, right) or Evidence(Word.UNDECIDED, "constants of extreme size")
        return Evidence(Word.AGREES, one_sided or f"equal on {judged} instances", instances=judged, seed=_SEED)

    def _constant(self, left: Expr, right: Expr) -> Evidence:
        values = self.value(left, 0), self.value(right, 0)
        if all(isinstance(v, (int, Fraction)) for v in values):
            return Evidence(Word.PROVED, "both sides are this number")
        proof = self.prove(left, right)
        return proof or Evidence(Word.AGREES, f"equal to {DIGITS // 2} digits", instances=1, seed=_SEED)

    def prove(self, left: Expr, right: Expr) -> Evidence | None:
        """A proof by the normal form, or nothing."""
        try:
            return prove(left, right, self.declarations, conditions=self.conditions)
        except (
            ValueError,
            TypeError,
            NotImplementedError,
            RecursionError,
            ArithmeticError,
            AttributeError,
            KeyError,
            LookupError,
        ):
            return None

    @staticmethod
    def differ(left: Any, right: Any, digits: int = DIGITS) -> bool:
        """Whether two values differ: exactly for rationals, beyond half of the digits for others."""
        if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
            return left != right
        number = arithmetic(digits)
        a, b = number.lift(left), number.lift(right)
        return bool(abs(a - b) > max(abs(a), abs(b)) * number.context.mpf(10) ** (-digits // 2))

    def separates(self, sides: tuple[Expr, Expr], point: Point, definitions: Mapping[Any, Any] | None = None) -> bool:
        """Whether two sides differ at a point by more than rounding: exactly, or still so with more digits."""
        values = [self.evaluate(side, point, definitions=definitions) for side in sides]
        if not all(map(is_value, values)) or not self.differ(*values):
            return False
        if all(isinstance(value, (int, Fraction)) for value in values):
            return True
        more = [self.evaluate(side, point, MORE_DIGITS, definitions) for side in sides]
        return all(map(is_value, more)) and self.differ(more[0], more[1], MORE_DIGITS) and not _vanishing(values, more)

    def vector(self, expression: Expr, definitions: Mapping[Any, Any] | None = None) -> Sequence[Any]:
        """The values at all points, with some letters given by formulas."""
        if not definitions:
            return [self.value(expression, number) for number in range(len(self.points))]
        return [self.evaluate(expression, point, definitions=definitions) for point in self.points]


def _fill(recurrence: Recurrence, bindings: Mapping[Any, int], instance: dict[Basic, Any]) -> None:
    """One entry of a sequence, where it lies within the array and its value is known."""
    array = instance[recurrence.head]
    try:
        place = int(evaluate_slowly(recurrence.target.indices[0], instance, bindings=bindings))
        if 1 <= place <= array.shape[0]:
            array[place - 1] = evaluate_slowly(recurrence.value, instance, bindings=bindings)
    except NumericFailure:
        return


def _vanishing(values: Sequence[Any], more: Sequence[Any]) -> bool:
    """Whether a difference shrinks with the precision: one side is zero but for what cancellation leaves of it."""
    before, after = (abs(arithmetic(MORE_DIGITS).lift(a) - arithmetic(MORE_DIGITS).lift(b)) for a, b in (values, more))
    return bool(after < before * arithmetic(MORE_DIGITS).context.mpf(10) ** (-DIGITS))


_WIDE = frozenset(("real", "positive", "nonnegative", "unit-interval"))
_DENOMINATORS = (7, 11, 13, 17, 19)


def _odd(value: Any, kind: str, number: int, rng: np.random.Generator) -> Any:
    """A number or array of odd fractions in the domain: of both signs, all negative or all positive."""
    if isinstance(value, np.ndarray):
        array = np.empty(value.shape, dtype=object)
        for place in np.ndindex(*value.shape):
            array[place] = _odd(value[place], kind, number, rng)
        return array
    denominator = _DENOMINATORS[int(rng.integers(len(_DENOMINATORS)))]
    if kind == "unit-interval":
        return Fraction(int(rng.integers(1, denominator)), denominator)
    size = Fraction(int(rng.integers(1, 4 * denominator)), denominator) + Fraction(1, 101)
    negative = number % 4 == 2 or (number % 4 == 1 and bool(rng.integers(2)))
    return -size if kind == "real" and negative else size


def is_zero(value: Any) -> bool:
    """Whether a value is zero, to half of the digits of one."""
    if isinstance(value, (int, Fraction)):
        return value == 0
    return bool(abs(value) < arithmetic(DIGITS).context.mpf(10) ** (-DIGITS // 2))


def is_value(value: Any) -> bool:
    """Whether there is a number at all."""
    return not isinstance(value, (Undefined, Unknown))


def atoms_of(expression: Expr) -> list[Expr]:
    """Letters and entries of arrays that could be solved for, outermost indices only."""
    found: dict[Expr, None] = {}
    free = free_symbols(expression)
    for atom in sorted(expression.atoms(Indexed), key=str):
        if all(free_symbols(index) <= free for index in atom.indices) and not atom.is_integer:
            found[atom] = None
    labels = {base.label for base in expression.atoms(IndexedBase)}
    for symbol in sorted(free, key=lambda s: s.name):
        if symbol not in labels and not symbol.is_integer:
            found[symbol] = None
    return list(found)
