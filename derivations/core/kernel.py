"""The kernel: the only way to make a step is to apply a named rule to earlier statements.

A rule is a plain function (situation, premises, arguments) → Outcome, listed in `core.rules.RULES`. `Situation` is what
a rule may look at: declarations, definitions and assumptions made so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr, Indexed, Integer, Symbol

from derivations.core.binding import free_symbols, occurs, substitute
from derivations.core.definitions import Definitions, definitions_of, unfold
from derivations.core.derivation import Argument, Derivation, Step
from derivations.core.equality import is_zero
from derivations.core.evidence import Evidence, Word
from derivations.core.normal_form import Normaliser
from derivations.core.sequences import Recurrences, recurrences_of, unroll
from derivations.core.statements import Condition, Equation, NonZero, Positive, Statement
from derivations.core.symbols import Declarations, Head


class RuleError(ValueError):
    """A rule does not apply: its shape or a side condition is not met."""

    def __init__(self, rule: str, problem: str, remedy: str = "") -> None:
        self.rule, self.problem, self.remedy = rule, problem, remedy
        super().__init__(f"{rule}: {problem}" + (f"; {remedy}" if remedy else ""))


@dataclass(frozen=True)
class Outcome:
    """What a rule concludes: the statement, side conditions left open, and what its word rests on (None: a premise)."""

    statement: Statement
    conditions: tuple[Condition, ...] = ()
    evidence: Evidence | None = None


Rule = Callable[["Situation", Sequence[Statement], Mapping[str, Argument]], Outcome]


@dataclass(frozen=True)
class Situation:
    """Where a derivation stands: its declarations, the steps made so far, the lemmas it may cite."""

    declarations: Declarations
    steps: tuple[Step, ...] = ()
    lemmas: tuple[Derivation, ...] = ()
    _normalisers: dict[tuple[Expr, ...], Normaliser] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def definitions(self) -> Definitions:
        """What the defining steps so far give a meaning to."""
        return definitions_of(self.steps)

    @cached_property
    def recurrences(self) -> Recurrences:
        """The sequences given so far by initial entries and recurrences."""
        return recurrences_of(self.steps, self.declarations)

    def unroll(self, expression: Expr) -> Expr:
        """The expression with every entry of a sequence that its premises cover replaced by its value."""
        return unroll(expression, self.recurrences, self.declarations)

    def plain(self, expression: Expr) -> Expr:
        """The expression with all definitions unfolded and all sequences unrolled as far as their premises reach."""
        found = unfold(expression, self.definitions)
        while self.recurrences and (after := unfold(self.unroll(found), self.definitions)) != found:
            found = after
        return found

    @cached_property
    def assumptions(self) -> tuple[Expr, ...]:
        """Expressions assumed or shown to be positive."""
        return tuple(s.statement.expression for s in self.steps if isinstance(s.statement, Positive))

    @cached_property
    def normaliser(self) -> Normaliser:
        """The normal form under the assumptions made so far."""
        found = self._normalisers.get(self.assumptions)
        if found is None:
            found = self._normalisers[self.assumptions] = Normaliser(self.declarations, self.assumptions)
        return found

    def after(self, step: Step) -> Situation:
        """The situation with one more step."""
        return Situation(self.declarations, (*self.steps, step), self.lemmas, self._normalisers)

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether the normal form of the difference, definitions unfolded, is zero."""
        difference = self.plain(left) - self.plain(right)
        return is_zero(self.normaliser, difference)

    def certified(self, rule: str, left: Expr, right: Expr) -> tuple[Evidence, tuple[Condition, ...]]:
        """The normal-form certificate that left = right, with the range conditions it leaves open."""
        fresh = Normaliser(self.declarations, self.assumptions)
        difference = self.plain(left) - self.plain(right)
        if not is_zero(fresh, difference):
            raise RuleError(rule, f"{left} and {right} have different normal forms", "one of the two is wrong")
        conditions = tuple(sorted(fresh.obligations, key=str))
        return Evidence(Word.PROVED, "normal form", conditions), conditions

    def nonzero(self, expression: Expr) -> tuple[Condition, ...]:
        """Nothing when the expression is known to be non-zero, else that condition, to be stated."""
        known = self.normaliser.signs.nonzero(expression) or any(self._between(e) for e in (expression, -expression))
        return () if known else (NonZero(expression),)

    def depends(self, expression: Expr, part: Expr) -> bool:
        """Whether `part`, or another entry of its array, occurs in the expression or in a definition it uses."""
        return occurs(part, unfold(expression, self.definitions))

    def positive(self, expression: Expr) -> bool:
        """Whether the expression is known to be positive: as written, in normal form, or with definitions unfolded."""
        signs = self.normaliser.signs
        if signs.positive(expression) or signs.positive(self.normaliser.expression(expression)):
            return True
        return signs.positive(unfold(expression, self.definitions)) or self._between(expression)

    def _between(self, expression: Expr) -> bool:
        """Whether the expression is linear in a number between 0 and 1, and not negative, nor twice zero, at both ends."""
        signs = self.normaliser.signs
        for entry in self.declarations:
            symbol = entry.head
            if entry.domain.kind != "unit-interval" or entry.axes or not isinstance(symbol, Symbol):
                continue
            if symbol not in free_symbols(expression) or self.depends(expression.diff(symbol), symbol):
                continue
            ends = [substitute(expression, {symbol: Integer(n)}) for n in (0, 1)]
            if all(map(signs.nonnegative, ends)) and any(map(signs.positive, ends)):
                return True
        return False


def equation(rule: str, premises: Sequence[Statement], position: int = 0) -> Equation:
    """The premise at a position, which must be an equation."""
    if position >= len(premises):
        raise RuleError(rule, f"{len(premises)} premises given", f"give at least {position + 1}")
    premise = premises[position]
    if not isinstance(premise, Equation):
        raise RuleError(rule, f"premise {position + 1} is a {type(premise).__name__}", "give an equation")
    return premise


def every_entry(rule: str, situation: Situation, unknown: Expr) -> tuple[Head, tuple[Symbol, ...]]:
    """Head and index parameters of an unknown that stands for all entries of its array: a number, θ_k, θ_kd.

    θ_1 or θ_K would stand for one entry alone, and what is found for it would not hold for the others.
    """
    if isinstance(unknown, Symbol):
        return unknown, ()
    if not isinstance(unknown, Indexed):
        raise RuleError(rule, f"{unknown} is not a parameter or an entry of one")
    entry = situation.declarations.find(unknown.base)
    starts = (entry.starts if entry is not None else ()) or (1,) * len(unknown.indices)
    axes = entry.axes if entry is not None else ()
    ranges = [situation.declarations.range_of(index) for index in unknown.indices]
    whole = [(Integer(start), axis) for start, axis in zip(starts, axes, strict=False)]
    plain = all(isinstance(index, Symbol) for index in unknown.indices)
    if not plain or len(set(unknown.indices)) < len(unknown.indices) or ranges != whole:
        raise RuleError(rule, f"{unknown} does not stand for every entry of {unknown.base}", "use distinct declared indices")
    return unknown.base, tuple(unknown.indices)


def argument(rule: str, arguments: Mapping[str, Argument], name: str) -> Expr:
    """A named argument that must be an expression."""
    found = arguments.get(name)
    if not isinstance(found, Expr):
        raise RuleError(rule, f"argument {name!r} is {found!r}", "give a SymPy expression")
    return found


def apply(
    situation: Situation, rule: str, premises: Sequence[int], arguments: Mapping[str, Argument]
) -> Outcome:
    """Apply the named rule to the statements at the given positions.

    Raises: RuleError when there is no such rule, no such position, or the rule does not apply.
    """
    from derivations.core.rules import RULES

    if rule not in RULES:
        raise RuleError(rule, "no such rule", f"known rules: {', '.join(sorted(RULES))}")
    for position in premises:
        if not 0 <= position < len(situation.steps):
            raise RuleError(rule, f"premise {position + 1} does not exist", "premises are earlier steps")
    return RULES[rule](situation, [situation.steps[n].statement for n in premises], arguments)
