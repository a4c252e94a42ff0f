"""The kernel: the only way to make a step is to apply a named rule to earlier statements.

A rule is a plain function (situation, premises, arguments) → Outcome, listed in `core.rules.RULES`. `Situation` is what
a rule may look at: declarations, definitions and assumptions made so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Derivative, Expr, Indexed, IndexedBase, Integer, Symbol

from derivations.core.binding import free_symbols, occurs, substitute
from derivations.core.calculus import NotDifferentiable
from derivations.core.definitions import Definitions, definitions_of, unfold
from derivations.core.derivation import Argument, Derivation, Step
from derivations.core.equality import is_zero
from derivations.core.evidence import Evidence, Word
from derivations.core.normal_form import Normaliser
from derivations.core.sequences import Recurrences, latest_use, recurrences_of, unroll
from derivations.core.statements import Condition, Equation, InRange, NonZero, Positive, Statement
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
    _normalisers: dict[Any, Normaliser] = field(default_factory=dict, repr=False, compare=False)
    _ranges: dict[InRange, None] = field(default_factory=dict, repr=False, compare=False)

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

    @cached_property
    def endless(self) -> Declarations:
        """The declarations, with the ranges of step indices left open above.

        A sequence runs on from step to step: what is shown of a step must not rest on its being one of the last.
        """
        steps = (known.step.index for known in self.recurrences.values() if known.step is not None)
        return self.declarations.reaching({
            index: Symbol(f"end of {index.name}", integer=True, positive=True) for index in steps if index is not None
        })  # fmt: skip

    def plain(self, expression: Expr) -> Expr:
        """The expression with all definitions unfolded and all sequences unrolled as far as their premises reach.

        Raises: NotDifferentiable when a derivative is taken of a sequence that moves with the variable.
        """
        for slope in expression.atoms(Derivative) if self.recurrences else ():
            for variable in slope.variables:
                self.opened(slope.expr, variable)
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
        key = self.assumptions, self.endless
        found = self._normalisers.get(key)
        if found is None:
            found = self._normalisers[key] = Normaliser(self.endless, self.assumptions)
        return found

    def after(self, step: Step) -> Situation:
        """The situation with one more step."""
        return Situation(self.declarations, (*self.steps, step), self.lemmas, self._normalisers)

    def certified(
        self, rule: str, left: Expr, right: Expr, *, reaching: Mapping[Symbol, Expr] | None = None
    ) -> tuple[Evidence, tuple[Condition, ...]]:
        """The normal-form certificate that left = right, with the range conditions it leaves open.

        `reaching` gives other upper ends to the ranges of indices. The conditions are those of the step, whether the rule
        passes them on or not.
        """
        ranges = self.vanishing(self.plain(left) - self.plain(right), reaching)
        if ranges is None:
            raise RuleError(rule, f"{left} and {right} have different normal forms", "one of the two is wrong")
        return Evidence(Word.PROVED, "normal form", ranges), ranges

    def vanishing(self, expression: Expr, reaching: Mapping[Symbol, Expr] | None = None) -> tuple[InRange, ...] | None:
        """The range conditions under which the normal form of a plain expression is zero; None when it is not."""
        normaliser = Normaliser(self.endless.reaching(reaching), self.assumptions) if reaching else self.normaliser
        with normaliser.recording() as ranges:
            if not is_zero(normaliser, expression):
                return None
        found = tuple(sorted(ranges, key=str))
        self._ranges.update(dict.fromkeys(found))
        return found

    def resting_on(self) -> tuple[InRange, ...]:
        """The range conditions of everything shown here so far for the step in the making; they are forgotten."""
        found = tuple(self._ranges)
        self._ranges.clear()
        return found

    def nonzero(self, expression: Expr) -> tuple[Condition, ...]:
        """Nothing when the expression is known to be non-zero, else that condition, to be stated."""
        known = self.normaliser.signs.nonzero(expression) or any(self._between(e) for e in (expression, -expression))
        return () if known else (NonZero(expression),)

    def depends(self, expression: Expr, part: Expr) -> bool:
        """Whether `part`, or another entry of its array, occurs in the expression, in a definition or a sequence it uses."""
        waiting, seen = [unfold(expression, self.definitions)], set()
        while waiting:
            one = waiting.pop()
            if occurs(part, one):
                return True
            for head, known in self.recurrences.items():
                if head not in seen and one.has(head):
                    seen.add(head)
                    waiting += [unfold(clause.value, self.definitions) for clause in known.clauses]
        return False

    def opened(self, expression: Expr, part: Expr) -> Expr:
        """The expression with definitions unfolded and sequences unrolled, so that `part` stands wherever it has a say.

        Raises: NotDifferentiable when a sequence that `part` moves is left.
        """
        found = unfold(expression, self.definitions)
        if not self.recurrences:
            return found
        found = unfold(self.unroll(found), self.definitions)
        for head in self.recurrences:
            if found.has(head) and head != getattr(part, "base", None) and self._moved(head, found, part):
                raise NotDifferentiable(expression, part, f"the sequence {head} moves with it; unroll it first")
        return found

    def _moved(self, head: IndexedBase, expression: Expr, part: Expr) -> bool:
        """Whether the part may have a say in the entries of a sequence that occur in the expression."""
        if not self.depends(head[(Integer(0),)], part):
            return False
        latest = latest_use(self.recurrences, head, part, self.definitions)
        if latest is None or not isinstance(part, Indexed):
            return True
        axis = self.recurrences[head].axis
        ahead = [part.indices[0] - entry.indices[axis] - latest for entry in expression.atoms(Indexed) if entry.base == head]
        return not all(isinstance(gap, Integer) and gap > 0 for gap in ahead)

    def positive(self, expression: Expr) -> bool:
        """Whether the expression is known to be positive: as written, in normal form, or with definitions unfolded."""
        signs = self.normaliser.signs
        if signs.positive(expression):
            return True
        form, ranges = self.normaliser.with_ranges(expression)
        if signs.positive(form):
            self._ranges.update(dict.fromkeys(ranges))
            return True
        plain = unfold(expression, self.definitions)
        return signs.positive(plain) or self._between(expression) or (plain != expression and self._between(plain))

    def _between(self, expression: Expr) -> bool:
        """Whether the expression is linear in a number between 0 and 1, and not negative, nor twice zero, at both ends."""
        signs = self.normaliser.signs
        for entry in self.declarations:
            symbol = entry.head
            if entry.domain.kind != "unit-interval" or entry.axes or not isinstance(symbol, Symbol):
                continue
            if symbol not in free_symbols(expression) or symbol in free_symbols(expression.diff(symbol)):
                continue  # what a name or a sequence stands for is a number here, whatever moves it
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
    situation.resting_on()  # what earlier attempts left
    try:
        outcome = RULES[rule](situation, [situation.steps[n].statement for n in premises], arguments)
    except NotDifferentiable as error:
        raise RuleError(rule, str(error)) from error
    return replace(outcome, conditions=tuple(dict.fromkeys((*outcome.conditions, *situation.resting_on()))))
