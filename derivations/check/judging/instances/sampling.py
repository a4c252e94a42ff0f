"""Drawing instances of a chapter: sizes, values in their domains, sequences by their recurrences, conditions kept to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Basic, Expr, IndexedBase, Symbol

from derivations.check.judging.worlds.conditions import Condition, Point, holds
from derivations.core.symbols import Declarations
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure
from numeric.instances import Variable, draw_instance, sizes_of

SEED = 20


@dataclass(frozen=True)
class Recurrence:
    """entry[index + 1] = value, from a start: sequences are filled in this order on every instance."""

    head: IndexedBase
    target: Expr
    value: Expr
    index: Symbol | None


@dataclass(frozen=True)
class Sampler:
    """Draws instances of what is declared."""

    declarations: Declarations
    recurrences: tuple[Recurrence, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Everything an instance gives values to."""
        return tuple(v for v in self.declarations.variables if v.domain.kind != "index")

    def points(self, count: int) -> list[Point]:
        """So many instances, each with values for all free indices, that keep to all conditions."""
        rng = np.random.default_rng(SEED)
        found: list[Point] = []
        for number in range((16 if self.conditions else 4) * count):
            if len(found) == count or (number >= count and not found):
                break
            instance = self._drawn(number, rng)
            if instance is None:
                continue
            self._run(instance)
            bindings = self._bindings(instance, rng)
            if all(holds(condition, instance, bindings) for condition in self.conditions):
                found.append((instance, bindings))
        return found

    def stretched(self, points: Sequence[Point]) -> list[Point]:
        """The instances with all real numbers made much larger or smaller, where conditions allow it."""
        found: list[Point] = []
        wide = [v.symbol for v in self.variables if v.domain.kind in ("real", "positive", "nonnegative")]
        for number, (instance, bindings) in enumerate([*points, *points] if not self.recurrences else ()):
            factor = _FACTORS[(number + number // len(points)) % len(_FACTORS)]
            other = {key: value * factor if key in wide else value for key, value in instance.items()}
            for square, root in self._squares:
                other[square] = other[root] ** 2
            if all(holds(condition, other, bindings) for condition in self.conditions):
                found.append((other, bindings))
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


def _fill(recurrence: Recurrence, bindings: Mapping[Any, int], instance: dict[Basic, Any]) -> None:
    """One entry of a sequence, where it lies within the array and its value is known."""
    array = instance[recurrence.head]
    try:
        place = int(evaluate_slowly(recurrence.target.indices[0], instance, bindings=bindings))
        if 1 <= place <= array.shape[0]:
            array[place - 1] = evaluate_slowly(recurrence.value, instance, bindings=bindings)
    except NumericFailure:
        return


_FACTORS = (Fraction(1000), Fraction(1, 1000), Fraction(30), Fraction(1, 30))
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
