"""Shared instances: every expression of a chapter is evaluated once at each, and then compared with any other for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from derivations.check.comparing.deciding import hides_small_terms
from derivations.check.judging.instances.sampling import SEED, Recurrence, Sampler
from derivations.check.judging.worlds.conditions import SIGNS, Condition, Point, holds
from derivations.core.binding import free_symbols
from derivations.core.equality import prove
from derivations.core.evidence import Evidence, Word
from derivations.core.symbols import Declarations
from numeric.comparison import Undefined
from numeric.duals import arithmetic
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure, UndefinedValue
from numeric.instances import Variable
from numeric.refute import Separation

POINTS = 8
"""Instances on which two sides must agree."""
ENOUGH = 4
"""Instances that must keep to a condition before it is kept to."""
FIRST = 3
"""Instances tried before the normal form is asked for a proof."""
DIGITS, MORE_DIGITS = 40, 120
MAX_TERMS = 3_000
MAX_PLACES = 40


@dataclass(frozen=True)
class Unknown:
    """A side without a value here: too large, out of range, not given."""

    why: str


@dataclass
class Laboratory:
    """The instances of a chapter."""

    declarations: Declarations
    conditions: tuple[Expr, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    assumed: tuple[Condition, ...] = ()
    _values: dict[tuple[Expr, int], Any] = field(default_factory=dict, repr=False)
    _verdicts: dict[tuple[Expr, Expr], Evidence] = field(default_factory=dict, repr=False)

    def obey(self, recurrence: Recurrence) -> None:
        """Fill a sequence by a recurrence on every instance from here on: starts first."""
        self.recurrences = tuple(sorted((*self.recurrences, recurrence), key=lambda r: r.index is not None))
        self._forget()

    def require(self, condition: Condition) -> bool:
        """Keep to a condition on every instance from here on; False when too few instances do."""
        tried = Sampler(self.declarations, self.recurrences, (*self.assumed, condition)).points(POINTS)
        if len(tried) < ENOUGH:
            return False
        self.assumed = (*self.assumed, condition)
        self._forget()
        self.points = tried
        return True

    def _forget(self) -> None:
        self.__dict__.pop("points", None)
        self.__dict__.pop("_far", None)
        self._values.clear()
        self._verdicts.clear()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Everything an instance gives values to."""
        return tuple(v for v in self.declarations.variables if v.domain.kind != "index")

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

    @cached_property
    def points(self) -> list[Point]:
        """The instances, each with values for all free indices."""
        sampler = Sampler(self.declarations, self.recurrences, self.assumed)
        return sampler.points(POINTS)

    @cached_property
    def _far(self) -> list[Point]:
        return Sampler(self.declarations, self.recurrences, self.assumed).stretched(self.points)

    @property
    def all_points(self) -> list[Point]:
        """The instances, and behind them some with very large and very small numbers."""
        return [*self.points, *self._far]

    def value(self, expression: Expr, number: int) -> Any:
        """The value at a point; Undefined, or Unknown when it cannot be evaluated."""
        key = (expression, number)
        if key not in self._values:
            near = len(self.points)
            self._values[key] = self.evaluate(expression, self.points[number] if number < near else self._far[number - near])
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
        return Evidence(Word.AGREES, one_sided or f"equal on {judged} instances", instances=judged, seed=SEED)

    def _constant(self, left: Expr, right: Expr) -> Evidence:
        values = self.value(left, 0), self.value(right, 0)
        if all(isinstance(v, (int, Fraction)) for v in values):
            return Evidence(Word.PROVED, "both sides are this number")
        proof = self.prove(left, right)
        return proof or Evidence(Word.AGREES, f"equal to {DIGITS // 2} digits", instances=1, seed=SEED)

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

    def violates(self, relation: str, left: Any, right: Any) -> bool:
        """Whether left relation right is false for two values; equality to half of the digits."""
        if relation == "=":
            return self.differ(left, right)
        if not (isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction))):
            number = arithmetic(DIGITS)
            left, right = number.lift(left), number.lift(right)
        return int(left > right) - int(left < right) not in SIGNS[relation]

    def keeps(self, point: Point) -> bool:
        """Whether an instance keeps to all conditions."""
        return all(holds(condition, *point) for condition in self.assumed)

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


def _vanishing(values: Sequence[Any], more: Sequence[Any]) -> bool:
    """Whether a difference shrinks with the precision: one side is zero but for what cancellation leaves of it."""
    before, after = (abs(arithmetic(MORE_DIGITS).lift(a) - arithmetic(MORE_DIGITS).lift(b)) for a, b in (values, more))
    return bool(after < before * arithmetic(MORE_DIGITS).context.mpf(10) ** (-DIGITS))


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
