"""Replay: an independent check of a stored derivation, step by step.

Every step is (1) made again by the kernel from its stored premises and arguments and compared with what is stored,
(2) decided again by the normal form with all definitions unfolded, whatever the rule was, and (3) tried on exact
instances by the slow evaluator. A file holds steps, not verdicts, so nothing in it is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import Expr, Indexed, S, Symbol

from derivations.core.definitions import DEFINING_RULES, unfold_once
from derivations.core.derivation import Derivation, Kind, Step
from derivations.core.equality import is_zero
from derivations.core.evidence import Word, in_words
from derivations.core.kernel import RuleError, Situation, apply
from derivations.core.normal_form import Normaliser
from derivations.core.rules import BEYOND_NORMAL_FORM, PREMISES
from derivations.core.rules.reach import reach
from derivations.core.statements import BoundaryMinimum, Bounded, Equation, Minimum, NoStationaryPoint, Unsolved
from derivations.core.symbols import Declarations
from derivations.core.trials import Trials, solutions_of

_FAILURES = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)
"""What a hostile file may provoke anywhere, by arguments of the wrong kind or definitions that go in circles: the step
that provokes it does not hold."""


@dataclass(frozen=True)
class StepCheck:
    """What replaying one step found. `number` counts from 1; `problem` is empty when the step holds."""

    number: int
    rule: str
    problem: str = ""
    instances: int = 0

    @property
    def ok(self) -> bool:
        """Whether the step holds."""
        return not self.problem


@dataclass(frozen=True)
class Replay:
    """What replaying a derivation found, lemma by lemma and step by step."""

    name: str
    checks: tuple[StepCheck, ...]
    lemmas: tuple[Replay, ...] = ()
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether every step, every lemma and the conclusion hold."""
        return not self.problem and all(c.ok for c in self.checks) and all(lemma.ok for lemma in self.lemmas)

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each thing that does not hold, the step named."""
        inner = tuple(f"lemma {lemma.name}: {line}" for lemma in self.lemmas for line in lemma.problems)
        steps = tuple(f"step {c.number} ({c.rule}): {c.problem}" for c in self.checks if not c.ok)
        return (*inner, *steps, *((self.problem,) if self.problem else ()))


@lru_cache(maxsize=2)
def replayer(instances: int, seed: int) -> Callable[[Derivation], Replay]:
    """A replay that remembers derivations it has checked, for many that cite the same lemmas."""
    return _Replayer(instances, seed).replay


def replay(derivation: Derivation, *, instances: int = 3, seed: int = 0) -> Replay:
    """Check a derivation, loaded or made, from its premises.

    `instances` random instances are tried a step (0: none); `seed` fixes them.
    """
    return _Replayer(instances, seed).replay(derivation)


class _Replayer:
    def __init__(self, instances: int, seed: int) -> None:
        self._instances, self._seed = instances, seed
        self._done: dict[Derivation, Replay] = {}

    def replay(self, derivation: Derivation) -> Replay:
        bare = replace(derivation, steps=tuple(replace(s, evidence=None, conditions=()) for s in derivation.steps))
        if bare not in self._done:
            self._done[bare] = self._replay(derivation)
        return self._done[bare]

    def _replay(self, derivation: Derivation) -> Replay:
        lemmas = tuple(self.replay(lemma) for lemma in derivation.lemmas)
        situation = Situation(derivation.declarations, lemmas=tuple(map(restored, derivation.lemmas)))
        checks = []
        for position, step in enumerate(derivation.steps):
            problem, situation = _made_again(situation, step)
            tried = 0
            if not problem:
                problem = _decided_again(situation, position, derivation.steps)
            if not problem and self._instances and step.rule not in PREMISES | {"lemma"}:
                problem, tried = self._tried(situation, position, derivation.steps)
            checks.append(StepCheck(position + 1, step.rule, problem, tried))
        return Replay(derivation.name, tuple(checks), lemmas, _conclusion_problem(derivation))

    def _tried(self, situation: Situation, position: int, steps: Sequence[Step]) -> tuple[str, int]:
        try:
            trials = Trials.of(situation.declarations, steps, position, instances=self._instances, seed=self._seed)
            evidence = trials.of_statement(steps[position].statement)
        except _FAILURES as error:
            return f"could not be tried: {error}", 0
        return ("fails on an instance: " + evidence.reason if evidence.word is Word.REFUTED else ""), evidence.instances


def restored(derivation: Derivation) -> Derivation:
    """A loaded derivation with conditions and evidence found by making its steps again; unmade steps stay bare."""
    situation = Situation(derivation.declarations, lemmas=tuple(map(restored, derivation.lemmas)))
    for step in derivation.steps:
        _, situation = _made_again(situation, step)
    return replace(derivation, steps=situation.steps, lemmas=situation.lemmas)


def _made_again(situation: Situation, step: Step) -> tuple[str, Situation]:
    """Apply the step's rule; what differs from the stored statement is the problem. The stored statement goes on."""
    try:
        outcome = apply(situation, step.rule, step.premises, dict(step.arguments))
    except RuleError as error:
        return str(error), situation.after(step)
    except _FAILURES as error:
        return f"{step.rule}: {error}", situation.after(step)
    made = replace(step, statement=step.statement, conditions=outcome.conditions, evidence=outcome.evidence)
    if outcome.statement != step.statement:
        return f"the rule gives {_shown(outcome.statement)}, the file says {_shown(step.statement)}", situation.after(step)
    return "", situation.after(made)


def _shown(statement: object) -> str:
    if isinstance(statement, Equation):
        return f"{statement.left} = {statement.right}"
    return str(statement)


def _decided_again(situation: Situation, position: int, steps: Sequence[Step]) -> str:
    """The normal form of left − right, definitions unfolded and unknowns at their solution, has to be zero."""
    step = steps[position]
    if step.rule in DEFINING_RULES | PREMISES | BEYOND_NORMAL_FORM or not isinstance(step.statement, Equation):
        return ""
    left, right = step.statement.left, step.statement.right
    normaliser = Normaliser(_ranges_of(situation, step), situation.assumptions)
    try:
        if step.statement.unknown:
            solutions = solutions_of(steps, position)
            left, right = (_at(side, solutions) for side in (left, right))
        zero = is_zero(normaliser, situation.plain(left) - situation.plain(right))
    except _FAILURES as error:
        return f"could not be decided again: {error}"
    if not zero:
        return "the two sides have different normal forms"
    stated = {condition for known in situation.steps for condition in known.conditions}
    silent = sorted(normaliser.obligations - stated, key=str)
    return f"it rests on {', '.join(map(in_words, silent))}, which no step states" if silent else ""


def _ranges_of(situation: Situation, step: Step) -> Declarations:
    """The declared ranges; at the first step of an induction, those of indices that reach further at later steps."""
    index = dict(step.arguments).get("index")
    bounds = situation.declarations.range_of(index) if step.rule == "base_case" and isinstance(index, Symbol) else None
    if bounds is None or not isinstance(index, Symbol):
        return situation.endless
    return situation.endless.reaching(reach(situation, index, bounds[0]))


def _at(expression: Expr, solutions: dict) -> Expr:  # type: ignore[type-arg]
    for _ in range(len(solutions) + 1):
        expression = unfold_once(expression, solutions)
    return expression


def _conclusion_problem(derivation: Derivation) -> str:
    """The concluding statements have to be of the kind that the conclusion claims."""
    if derivation.conclusion.kind is Kind.REFUSED:
        return "conclusion: a refusal concludes nothing" if derivation.conclusion.steps else ""
    wanted = _CONCLUDED_BY[derivation.conclusion.kind]
    if not derivation.conclusion.steps:
        return "conclusion: no concluding step"
    for position in derivation.conclusion.steps:
        if not isinstance(derivation.steps[position].statement, wanted):
            return f"conclusion: step {position + 1} does not establish a {derivation.conclusion.kind}"
    problem = _equivalence_problem(derivation)
    if not problem and all(derivation.steps[position].rule in _POSTULATES for position in derivation.conclusion.steps):
        return "conclusion: only premises are concluded"
    return problem


_POSTULATES = frozenset(("given", "impose", "assume"))


def _equivalence_problem(derivation: Derivation) -> str:
    """That two iterations are equivalent is concluded by induction; that they are not, by a difference that is not zero."""
    steps = [derivation.steps[position] for position in derivation.conclusion.steps]
    if derivation.conclusion.kind is Kind.EQUIVALENT and all(step.rule != "induction" for step in steps):
        return "conclusion: an equivalence is concluded by induction"
    if derivation.conclusion.kind is Kind.NOT_EQUIVALENT:
        normaliser = Normaliser(derivation.declarations)
        for step in steps:
            if isinstance(step.statement, Equation) and not normaliser.form(step.statement.right):
                return "conclusion: the difference is zero"
            _, meaning = derivation.definitions.get(getattr(step.statement, "left", None), ((), S.Zero))
            if len({entry.base for entry in meaning.atoms(Indexed)}) < 2:
                return f"conclusion: {step.rule} does not state a difference of two sequences"
    return ""


_CONCLUDED_BY: dict[Kind, type | tuple[type, ...]] = {
    Kind.IDENTITY: Equation,
    Kind.UNIQUE_MAXIMUM: Minimum,
    Kind.BOUNDARY_MAXIMUM: BoundaryMinimum,
    Kind.NO_CLOSED_FORM: Unsolved,
    Kind.NO_STATIONARY_POINT: NoStationaryPoint,
    Kind.UNIQUE_MINIMUM: (Minimum, Equation),
    Kind.BOUND: (Bounded, Equation),
    Kind.EQUIVALENT: Equation,
    Kind.NOT_EQUIVALENT: Equation,
}
