"""Statements tried on small exact instances by the slow evaluator: a second opinion that shares nothing with the rules.

Derivatives are taken with dual numbers, minima compared with the objective at other points, equations in unknowns
looked up at their solution. A trial refutes or agrees; it never proves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Abs, Basic, Derivative, Expr, Indexed, Product, Sum, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.definitions import Definitions, unfold_once
from derivations.core.derivation import Step
from derivations.core.equality import drawn, evidence_of, free_ranges
from derivations.core.evidence import Evidence, Word
from derivations.core.running import running
from derivations.core.statements import (
    BoundaryMinimum,
    Bounded,
    Equation,
    Implication,
    InRange,
    Minimum,
    NonZero,
    NoStationaryPoint,
    Positive,
    Statement,
    Unsolved,
    expressions_of,
)  # fmt: skip
from derivations.core.symbols import Declarations
from numeric.comparison import close, spread
from numeric.duals import arithmetic
from numeric.evaluate_slowly import DIGITS, evaluate_slowly
from numeric.failures import IndexOutOfRange, NumericFailure
from numeric.instances import draw_instance
from numeric.refute import refute

_ROUNDING = 1e-12
"""What two values computed with 40 digits may differ by and still count as equal where ≥ is asked."""

MAX_BINDINGS = 16
"""Values of the free indices tried on an instance: a Hessian block of three by three by three by three has 81."""


MAX_NESTING = 6
"""Sums inside one another that are tried on instances of any size."""

_STEP = Fraction(1, 16)
"""How far from a claimed minimum towards a random point a nearby point lies: a domain and a linear constraint that hold
at both ends hold there as well."""


@dataclass(frozen=True)
class Counterexample:
    """An instance on which a statement other than an equation fails."""

    instance: Mapping[Basic, Any]
    what: str


@dataclass(frozen=True)
class Trials:
    """How statements of one derivation are tried: its symbols, definitions, conditions and solutions of unknowns.

    `at` says where an index stands on which ranges depend.
    """

    declarations: Declarations
    definitions: Definitions
    conditions: tuple[Expr, ...] = ()
    solutions: Mapping[Basic, tuple[tuple[Symbol, ...], Expr]] = field(default_factory=dict)
    instances: int = 3
    max_size: int = 3
    seed: int = 0
    at: Mapping[Basic, Basic] = field(default_factory=dict)

    @classmethod
    def of(cls, declarations: Declarations, steps: Sequence[Step], position: int, **settings: int) -> Trials:
        """Trials for the step at a position: definitions and assumptions up to it, solutions from everywhere."""
        before = steps[: position + 1]
        conditions = tuple(
            s.statement.expression for s in before if s.rule == "assume" and isinstance(s.statement, Positive)
        )
        drawn_from, meanings = running(declarations, before)
        at = _induction_at(declarations, steps[position])
        return cls(drawn_from, meanings, conditions, solutions_of(steps, position), **settings, at=at)

    def _free_ranges(self, *expressions: Basic) -> tuple[tuple[Symbol, Any, Any], ...]:
        return free_ranges(self.declarations, *expressions, *self.conditions, at=self.at)

    def _largest(self, *expressions: Basic) -> int:
        """The largest size of an instance: 3⁸ terms of a sum are too many."""
        deep = max(_nesting(expression, self.definitions, frozenset()) for expression in expressions)
        return self.max_size if deep <= MAX_NESTING else min(self.max_size, 2)

    def of_statement(self, statement: Statement) -> Evidence:
        """Try a statement of any kind."""
        try:
            return _TRIALS[type(statement)](self, statement)
        except NumericFailure as failure:
            return Evidence(Word.UNDECIDED, f"no instance could be evaluated: {failure}")

    def equation(self, statement: Equation) -> Evidence:
        """Both sides are equal on instances, an unknown being given its solution."""
        left, right = statement.left, statement.right
        if statement.unknown:
            left, right = (self._at_solution(side) for side in (left, right))
        return self._equal(left, right)

    def _at_solution(self, expression: Basic) -> Basic:
        for _ in range(len(self.solutions) + 1):
            expression = unfold_once(expression, self.solutions)
        return expression

    def _equal(self, left: Basic, right: Basic) -> Evidence:
        outcome = refute(
            left, right, drawn(self.declarations, self.definitions), definitions=self.definitions,
            free=self._free_ranges(left, right),
            instances=self.instances, seed=self.seed, conditions=self.conditions, max_size=self._largest(left, right),
            every_label_occurs=bool(self.conditions), max_bindings=MAX_BINDINGS,
        )  # fmt: skip
        return evidence_of(outcome)

    def positive(self, expression: Expr) -> Evidence:
        """An expression is positive on instances: it equals its own absolute value and is not zero."""
        return self._each(
            (expression,), lambda value, bindings, instance: value(expression) > 0, f"{expression} is not positive"
        )

    def nonzero(self, expression: Expr) -> Evidence:
        """An expression is not zero on instances."""
        return self._each(
            (expression,), lambda value, bindings, instance: value(expression) != 0, f"{expression} is zero"
        )

    def no_stationary_point(self, statement: NoStationaryPoint) -> Evidence:
        """The derivative has the sign claimed on instances."""
        slope = Derivative(statement.objective, statement.unknown)
        return self._each(
            (slope,), lambda value, bindings, instance: value(statement.sign * slope) > 0, "the derivative has another sign"
        )

    def implication(self, statement: Implication) -> Evidence:
        """Wherever the hypotheses hold on an instance, so does the conclusion."""

        def holds(value: Callable[..., Any], bindings: Mapping[Symbol, int], instance: dict[Basic, Any]) -> bool:
            if not all(close(value(h.left), value(h.right)) for h in statement.hypotheses):
                return True
            return close(value(statement.conclusion.left), value(statement.conclusion.right))

        return self._each(expressions_of(statement), holds, "the conclusion fails where the hypotheses hold")

    def bounded(self, statement: Bounded) -> Evidence:
        """The absolute value does not exceed the bound on instances, but for rounding where it is not rational."""

        def holds(value: Callable[..., Any], bindings: Mapping[Symbol, int], instance: dict[Basic, Any]) -> bool:
            size = Abs(statement.expression)
            return bool(value(statement.bound - size) >= 0) or close(value(size), value(statement.bound))

        return self._each(expressions_of(statement), holds, "the bound is exceeded")

    def minimum(self, statement: Minimum) -> Evidence:
        """The objective is larger anywhere else than at the claimed minimum, and the constraint holds there."""
        what = "the objective is not larger elsewhere"

        def holds(value: Callable[..., Any], bindings: Mapping[Symbol, int], instance: dict[Basic, Any]) -> bool | None:
            there = dict(instance)
            for unknown, formula in zip(statement.unknown, statement.value, strict=True):
                there[_head(unknown)] = _tabulated(unknown, formula, instance, value)
            if statement.constraint is not None and value(statement.constraint, there) != 0:
                return False
            if statement.constraint is not None and value(statement.constraint) != 0:
                return None  # the minimum is not claimed to be lower than points off the constraint
            heads = [_head(unknown) for unknown in statement.unknown]
            if all(np.array_equal(there[head], instance[head]) for head in heads):
                return True
            near = dict(instance) | {head: _towards(there[head], instance[head]) for head in heads}
            lowest = value(statement.objective, there)
            return all(_difference(value(statement.objective, point), lowest) > 0 for point in (instance, near))

        return self._each((statement.objective, *statement.value), holds, what)

    def boundary_minimum(self, statement: BoundaryMinimum) -> Evidence:
        """No point of the region has a lower objective than the claimed minimum, which lies in the region."""

        def holds(value: Callable[..., Any], bindings: Mapping[Symbol, int], instance: dict[Basic, Any]) -> bool | None:
            there = dict(instance)
            for unknown, formula in zip(statement.unknown, statement.value, strict=True):
                there[_head(unknown)] = _tabulated(unknown, formula, instance, value)
            if any(value(part) < 0 for part in statement.region):
                return None
            if any(value(part, there) < -_ROUNDING for part in statement.region):
                return False
            return bool(_difference(value(statement.objective, instance), value(statement.objective, there)) >= -_ROUNDING)

        parts = (statement.objective, *statement.value, *statement.region)
        return self._each(parts, holds, "the objective is lower elsewhere in the region")

    def unsolved(self, statement: Unsolved) -> Evidence:
        """Each eliminated parameter's value is where the objective is lowest, the unknowns being what they are."""
        if not statement.eliminated:
            return Evidence(Word.UNDECIDED, "an equation left unsolved claims no value")
        return self.boundary_minimum(BoundaryMinimum(statement.objective, statement.eliminated, statement.values))

    def _each(self, expressions: Iterable[Basic], holds: Callable[..., bool | None], what: str) -> Evidence:
        """`holds` on a number of random instances that meet the conditions, for all values of the free indices."""
        rng = np.random.default_rng(self.seed)
        expressions = tuple(expressions)
        ranges, largest = self._free_ranges(*expressions), self._largest(*expressions)
        judged, reason = 0, "no instance met the conditions"
        for _ in range(12 * self.instances):
            if judged == self.instances:
                break
            instance = draw_instance(
                drawn(self.declarations, self.definitions), rng, exact=True, max_size=largest,
                every_label_occurs=bool(self.conditions),
            )  # fmt: skip
            try:
                verdict = self._holds_on(instance, ranges, holds)
            except NumericFailure as failure:
                reason = str(failure)
                continue
            if verdict is False:
                return Evidence(Word.REFUTED, what, counterexample=Counterexample(instance, what))
            judged += verdict is True
        if not judged:
            return Evidence(Word.UNDECIDED, f"no instance decided: {reason}")
        return Evidence(Word.AGREES, f"holds on {judged} instances", instances=judged, seed=self.seed)

    def _holds_on(self, instance: dict[Basic, Any], ranges: Sequence[Any], holds: Callable[..., bool | None]) -> bool | None:
        """Whether it holds for all index values that the instance has; None when a condition is not met.

        Raises: IndexOutOfRange when it has none of them.
        """
        judged, missing = False, None
        for bindings in spread(list(self._bindings(ranges, instance, {})), MAX_BINDINGS):

            def value(expression: Basic, other: Mapping[Basic, Any] | None = None, extra: Mapping[Any, int] | None = None,
                      bindings: dict[Any, int] = bindings) -> Any:  # fmt: skip
                return evaluate_slowly(
                    expression, instance if other is None else other, bindings={**bindings, **(extra or {})},
                    definitions=self.definitions,
                )  # fmt: skip

            try:
                if not all(value(condition) > 0 for condition in self.conditions):
                    return None
                held = holds(value, bindings, instance)
            except IndexOutOfRange as failure:
                missing = failure
                continue
            if not held:
                return None if held is None else False
            judged = True
        if missing is not None and not judged:
            raise missing
        return True

    def _bindings(
        self, ranges: Sequence[Any], instance: Mapping[Basic, Any], bound: dict[Symbol, int]
    ) -> Iterator[dict[Symbol, int]]:
        if not ranges:
            yield bound
            return
        (index, *ends), *rest = ranges
        try:
            first, last = (
                int(evaluate_slowly(end, instance, bindings=bound, definitions=self.definitions)) for end in ends
            )
        except IndexOutOfRange:
            return  # the range is that of an entry which the instance does not have, such as a layer behind the last
        for number in range(first, last + 1):
            yield from self._bindings(rest, instance, {**bound, index: number})


def _nesting(node: Basic, definitions: Definitions, inside: frozenset[Basic]) -> int:
    """How many indices run inside one another, definitions followed but for those that lead back to themselves."""
    own = len(node.limits) if isinstance(node, (Sum, Product)) else 0
    parts = [node.function] if isinstance(node, (Sum, Product)) else list(node.args)
    head = node.base if isinstance(node, Indexed) else node.func if isinstance(node, AppliedUndef) else node
    if head in definitions and head not in inside:
        parts.append(definitions[head][1])
        inside |= {head}
    return own + max((_nesting(part, definitions, inside) for part in parts), default=0)


def _induction_at(declarations: Declarations, step: Step) -> dict[Basic, Basic]:
    """Where the index of an induction stands in the ranges of other indices, in a base case and behind a step."""
    index = dict(step.arguments).get("index")
    bounds = declarations.range_of(index) if isinstance(index, Symbol) else None
    if bounds is None or step.rule not in ("base_case", "inductive_step"):
        return {}
    assert isinstance(index, Symbol)
    return {index: bounds[0] if step.rule == "base_case" else index + 1}


def _head(unknown: Expr) -> Basic:
    return unknown.base if isinstance(unknown, Indexed) else unknown


def _difference(one: Any, other: Any) -> Any:
    """one − other, exact or with many digits; Python does not compare fractions with long floats."""
    number = arithmetic(DIGITS)
    return number.add(number.admit(one), number.multiply(-1, number.admit(other)))


def _towards(start: Any, end: Any) -> Any:
    """The numbers, or arrays of numbers, a small step from the start towards the end."""
    number = arithmetic(DIGITS)

    def step(one: Any, other: Any) -> Any:
        one, other = number.admit(one), number.admit(other)
        way = number.add(other, number.multiply(-1, one))
        return number.leave(number.add(one, number.multiply(_STEP, way)))

    return np.frompyfunc(step, 2, 1)(start, end)


def _tabulated(unknown: Expr, formula: Expr, instance: Mapping[Basic, Any], value: Callable[..., Any]) -> Any:
    """The values of a formula over all entries of the unknown, in an array like the one it replaces."""
    if not isinstance(unknown, Indexed):
        return value(formula)
    old = instance[unknown.base]
    table = np.empty(old.shape, dtype=object)
    for place in np.ndindex(*old.shape):
        table[place] = value(formula, None, {s: n + 1 for s, n in zip(unknown.indices, place, strict=True)})
    return table


def solutions_of(steps: Sequence[Step], position: int) -> dict[Basic, tuple[tuple[Symbol, ...], Expr]]:
    """Solved forms u = v with v free of unknowns: those reached first at or after the position, else the last before.

    A derivation may solve for the same unknown twice, with two Lagrange multipliers for example; the later solution
    then belongs to the later equations.
    """
    found: dict[Basic, tuple[tuple[Symbol, ...], Expr]] = {}
    unknowns = {_head(u) for s in steps if isinstance(s.statement, Equation) for u in s.statement.unknown}
    order = [*range(position, len(steps)), *range(position - 1, -1, -1)]
    for n in order:
        statement = steps[n].statement
        if not isinstance(statement, Equation) or statement.left not in statement.unknown:
            continue
        head = _head(statement.left)
        if head not in found and not any(statement.right.has(u) for u in unknowns):
            parameters = tuple(statement.left.indices) if isinstance(statement.left, Indexed) else ()
            found[head] = (parameters, statement.right)
    return found


_TRIALS: dict[type, Callable[[Trials, Any], Evidence]] = {
    Equation: Trials.equation,
    Implication: Trials.implication,
    Bounded: Trials.bounded,
    Positive: lambda trials, s: trials.positive(s.expression),
    NonZero: lambda trials, s: trials.nonzero(s.expression),
    InRange: lambda trials, s: Evidence(Word.UNDECIDED, "ranges are not tried"),
    Minimum: Trials.minimum,
    BoundaryMinimum: Trials.boundary_minimum,
    Unsolved: Trials.unsolved,
    NoStationaryPoint: Trials.no_stationary_point,
}
