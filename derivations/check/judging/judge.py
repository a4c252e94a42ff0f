"""The judge: goes through the lines in order and keeps what is true, and what a student with an error believes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from sympy import Expr, Symbol

from derivations.check.judging.chain import Cursor, equations_of, is_value_given, letters_and_names, names_its_left
from derivations.check.judging.context.alternatives import alternatives, offered_in_words
from derivations.check.judging.context.conventions import define_means
from derivations.check.judging.context.cues import (
    cues_of,
    lists_on,
    reason_behind,
    said_behind,
    says_independent,
    says_symmetric,
    separates,
    words_within,
)
from derivations.check.judging.context.formulas import Chapter, Formula, Side, Statement
from derivations.check.judging.context.reference import Reference, declarations_of, load
from derivations.check.judging.context.shapes import heads_of
from derivations.check.judging.context.situation import Situation
from derivations.check.judging.deciding.equality import equality
from derivations.check.judging.deciding.inequalities import loosely, order
from derivations.check.judging.instances.laboratory import Laboratory
from derivations.check.judging.outcome import ORDER, Outcome, given, undecided
from derivations.check.judging.verdicts import Judged, Role, Verdict
from derivations.check.judging.worlds.believing import believe, suppose_derivative, suppose_value
from derivations.check.judging.worlds.factors import declare_factors
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import Body, key_of, parameters_of
from derivations.check.judging.worlds.opaque import Opaque
from derivations.check.judging.worlds.world import World
from derivations.check.problems.problem import Problem
from derivations.check.reader.statements import EQUALITIES, ORDERS, Kind

MAX_WORLDS = 3
MAX_AHEAD = 4
"""Lines looked at ahead, to tell an equation to solve from a claim for all letters."""
_NO_CLAIM = frozenset((Kind.DISTRIBUTION, Kind.MEMBERSHIP, Kind.WORDS))
_CONDITIONS = frozenset(("if", "when", "for", "where", "with", "given", "since", "because"))


@dataclass
class Judge:
    """Judges the chapters of one document in order. `number_of` gives the number of a line in the file."""

    problem: Problem
    number_of: object
    opaque: Opaque = field(init=False)
    truth: World = field(init=False)
    errors: list[World] = field(default_factory=list)
    cursor: Cursor | None = None
    reference: Reference = field(default_factory=Reference)
    laboratory: Laboratory | None = None
    last_block: int = -1
    recent: str = ""
    said: str = ""
    symmetric: bool = False
    independent: bool = False
    seen: set[object] = field(default_factory=set)
    fresh: set[object] = field(default_factory=set)
    coming: set[object] = field(default_factory=set)
    assumed: dict[Expr, int] = field(default_factory=dict)
    exercise: int = 0
    preamble: dict[object, Body] | None = None
    after: dict[int, str] = field(default_factory=dict)
    offered: dict[int, list[Statement]] = field(default_factory=dict)
    following: dict[int, tuple[Statement, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.opaque = Opaque(self.problem.notation.probabilities | self.problem.notation.functions & frozenset("p"))
        self.truth = World(self.opaque)

    def open(self, chapter: Chapter) -> None:
        """Take in what a chapter's letters are, before its lines are judged."""
        begins = self._begins(chapter)
        self.reference = load(self.problem, chapter, self.truth)
        define_means(chapter, self.truth)
        self.truth.matrices.open(chapter, begins)
        declare_factors(chapter, self.opaque)
        scout = World(self.opaque, dict(self.truth.definitions))
        for formula in chapter.formulas:
            for statement in formula.statements:
                for side in statement.sides:
                    if side is not None and side.evaluable:
                        _attempt(partial(scout.expand, side.expression))
        self.offered = offered_in_words(chapter.formulas)
        lines = [formula.line for formula in chapter.formulas]
        self.after = {line.start: following.before for line, following in pairwise(lines)}
        self.following = {
            formula.line.start: tuple(s for other in chapter.formulas[n + 1 : n + 1 + MAX_AHEAD] for s in other.statements)
            for n, formula in enumerate(chapter.formulas)
        }
        declarations = declarations_of(chapter, self.problem, list(self.opaque.declared.values()))
        before = self.laboratory.assumed if self.laboratory is not None and not begins else ()
        self.laboratory = Laboratory(declarations, recurrences=self.reference.recurrences)
        for condition in before:
            self.laboratory.require(condition)

    def _begins(self, chapter: Chapter) -> bool:
        """Whether a new exercise begins: what was assumed, found and named in the last one is left behind, but for functions that
        are not defined anew. What stands before the first exercise is kept.
        """
        number = chapter.formulas[0].line.chapter if chapter.formulas else self.exercise
        begins, self.exercise = number != self.exercise, number
        if not begins or not self.problem.is_empty:
            return begins
        if self.preamble is None:
            self.preamble = dict(self.truth.definitions)
        taken = letters_and_names(chapter)
        kept: dict[object, Body] = {
            k: v for k, v in self.truth.definitions.items() if isinstance(k, str) and v[0] and k.rstrip("|") not in taken
        }
        self.truth.leave({**self.preamble, **kept})
        self.errors.clear()
        self.seen.clear()
        self.assumed.clear()
        self.cursor = None
        return True

    def formula(self, formula: Formula) -> Judged:
        """The verdict on one line."""
        line = formula.line
        if formula.error:
            if self.cursor is not None:
                self.cursor.certain = False
            return Judged(line, Role.EXPRESSION, Verdict.UNREADABLE, reason=formula.error)
        if line.cell is not None and len([s for s in formula.statements if s.relations]) == 0:
            return Judged(line, Role.NUMBER, Verdict.NOT_MATHEMATICS, reason="a number without a claim")
        number = self._number(line.start)
        outcomes = self._statements(formula, number)
        self.last_block = line.block
        if not outcomes:
            return Judged(line, Role.EXPRESSION, Verdict.NOT_MATHEMATICS, reason="no claim that could be right or wrong")
        worst = max(outcomes, key=lambda outcome: ORDER.index(outcome.verdict))
        shown = next(outcome for outcome in outcomes if outcome.verdict is worst.verdict)
        remarks = tuple(dict.fromkeys(remark for outcome in outcomes for remark in outcome.remarks))
        judged = Judged(
            line, shown.role, shown.verdict, shown.evidence, shown.reason, error=shown.error, remarks=remarks, part=shown.part
        )
        self.explained = shown
        return judged

    explained: Outcome | None = None
    """The outcome behind the last verdict: what feedback looks at."""

    def _number(self, offset: int) -> int:
        return self.number_of(offset)  # type: ignore[operator, no-any-return]

    def _statements(self, formula: Formula, number: int) -> list[Outcome]:
        line = formula.line
        words = self.said = line.before if not lists_on(line.before) or line.display else self.said
        outcomes: list[Outcome] = []
        conditions = [
            s for s in formula.statements if s.link in _CONDITIONS and s.kind is Kind.EQUATION and s.sides[0] is not None
        ]
        main = [s for s in formula.statements if s not in conditions or len(conditions) == len(formula.statements)]
        main = alternatives(self.offered.get(line.start, main))
        supposed = self._supposed(conditions) if main else {}
        values_only = len(main) > 1 and all(map(is_value_given, main))
        self.recent = f"{self.recent} {words}"[-400:]
        if separates(line.before):
            self.fresh.clear()
        self.symmetric = says_symmetric(line.before, self.symmetric)
        self.independent = says_independent(line.before, self.independent)
        behind = " ".join(s.claim.link for s in formula.statements if s.kind is Kind.WORDS)
        behind = " ".join((behind, *words_within(line.latex), reason_behind(self.after.get(line.start, ""))))
        for place, statement in enumerate(main):
            if statement.kind in _NO_CLAIM:
                continue
            if not statement.relations:
                if place == 0 and (line.display or line.boxed) and statement.sides[0] is not None and statement.link != "forall":
                    side = statement.sides[0]
                    self.cursor = Cursor(side, everywhere=True)
                continue
            situation = Situation(
                cues=cues_of(words if place == 0 else statement.link, statement.link) | said_behind(behind),
                words=words, line=line, number=number,
                adjacent=line.block == self.last_block or not separates(words), role=line.role, supposed=supposed,
                values_only=values_only, recent=self.recent, says_symmetric=self.symmetric, says_independent=self.independent,
                coming=equations_of([*main[place + 1 :], *self.following.get(line.start, ())]),
            )  # fmt: skip
            outcomes += self._relations(statement, situation)
        return outcomes

    def _supposed(self, conditions: Sequence[Statement]) -> dict[object, tuple[tuple[object, ...], Expr]]:
        """a = b from "if a = b" in the same line, for this line alone."""
        found: dict[object, tuple[tuple[object, ...], Expr]] = {}
        for statement in conditions:
            left, right = statement.sides[0], statement.sides[-1]
            if left is not None and right is not None and (key := key_of(left.expression)) is not None:
                parameters = parameters_of(left.expression, right.expression)
                if parameters is not None and not right.expression.has(left.expression):
                    found[key] = (parameters, right.expression)
        return found

    def _relations(self, statement: Statement, situation: Situation) -> list[Outcome]:
        """Each relation of a chain in turn."""
        outcomes: list[Outcome] = []
        first = statement.sides[0]
        self.seen |= self.coming
        self.coming = {
            head for side in statement.sides if side is not None and side.evaluable for head in heads_of(side.expression)
        }
        grounds = self._grounds(self.truth)
        before = self.cursor
        if first is None and statement.relations[0] in ("to", "maps") and statement.sides[1] is not None:
            claim = replace(statement.claim, sides=statement.claim.sides[1:], relations=statement.claim.relations[1:])
            statement = Statement(claim, statement.sides[1:])
            first = statement.sides[0]
        previous = before.head if before is not None else None
        if first is not None:
            self.cursor = Cursor(first, everywhere=grounds.must_hold_everywhere(first), head=key_of(first.expression))
        elif (
            self.cursor is None
            or names_its_left(statement.link)
            or (separates(situation.words) and situation.line.block != self.last_block)
        ):
            self.cursor = Cursor()
        cursor = self.cursor
        assert cursor is not None
        retracted = "to" in statement.relations
        for place, relation in enumerate(statement.relations):
            side = statement.sides[place + 1]
            if side is None:
                break
            here = situation.at(place, first is not None, retracted, statement.sides, cursor.everywhere, previous)
            if cursor.right is None and not cursor.errors:
                cursor.right, cursor.everywhere = side, True
                continue
            if relation in EQUALITIES:
                if here.opens and cursor.right is not None and cursor.right.is_name and not side.is_name:
                    cursor.right, cursor.head = side, cursor.right.text
                    outcomes.append(given(Role.DEFINITION, "a quantity named in words"))
                    continue
                outcomes.append(self._equality(cursor, side, here, relation))
            elif relation in ORDERS or relation == "!=":
                outcomes.append(self._order(cursor, relation, side, here))
                cursor.right, cursor.errors = side, []
            elif relation in ("approximate", "proportional"):
                outcomes.append(
                    loosely(grounds, cursor.right, relation, side) if cursor.right else undecided(Role.LINK, "nothing before")
                )
                cursor.right, cursor.errors, cursor.everywhere = side, [], True
            else:
                cursor.right, cursor.errors, cursor.certain = side, [], False
        outcomes = self._with_circles(statement, situation, outcomes)
        aside = not situation.line.display and outcomes and all(o.role in (Role.PREMISE, Role.INEQUALITY) for o in outcomes)
        if (situation.values_only or aside) and before is not None:
            self.cursor = before
        return outcomes

    def _with_circles(self, statement: Statement, situation: Situation, outcomes: list[Outcome]) -> list[Outcome]:
        """The outcomes with a remark where a conclusion is what an earlier line assumes."""
        left, side = statement.sides[0], statement.sides[-1]
        plain = left is not None and side is not None and left.evaluable and side.evaluable
        if not outcomes or not plain or any(relation not in EQUALITIES for relation in statement.relations):
            return outcomes
        assert left is not None
        assert side is not None
        claim = left.expression - side.expression
        if situation.cues & {"assume", "hypothesis"}:
            self.assumed.setdefault(claim, situation.number)
        elif claim in self.assumed and situation.cues & {"therefore", "step", "final"} and outcomes[-1].verdict is Verdict.RIGHT:
            remark = f"circular: line {self.assumed[claim]} assumes the same"
            return [*outcomes[:-1], replace(outcomes[-1], remarks=(*outcomes[-1].remarks, remark))]
        return outcomes

    def _grounds(self, world: World, reference: Reference | None = None) -> Grounds:
        return Grounds(self.problem, reference or self.reference, self._lab(), world, frozenset(self.seen), frozenset(self.fresh))

    def _lab(self) -> Laboratory:
        assert self.laboratory is not None
        return self.laboratory

    def _equality(self, cursor: Cursor, side: Side, situation: Situation, relation: str) -> Outcome:
        """One equality: in truth first, then as it looks to someone with an error made before."""
        grounds = self._grounds(self.truth)
        outcome: Outcome | None = None
        if cursor.right is not None:
            outcome = equality(grounds, cursor.right, side, situation, relation)
            if outcome.verdict is Verdict.WRONG and not cursor.certain:
                outcome = undecided(
                    outcome.role, "the line before could not be judged, and this one does not follow from what came before it"
                )
        if outcome is None or outcome.verdict in (Verdict.WRONG, Verdict.UNDECIDED):
            consequent = self._consequent(cursor, side, situation, relation, outcome)
            if consequent is not None:
                return consequent
        assert outcome is not None
        self._remember(cursor, side, outcome, situation)
        return outcome

    def _consequent(
        self, cursor: Cursor, side: Side, situation: Situation, relation: str, outcome: Outcome | None
    ) -> Outcome | None:
        """The outcome when the relation follows from an earlier error; None when it does not."""
        sources: list[tuple[int, World, Side]] = [
            (blame, next((w for w in self.errors if w.blame == blame), self.truth), start) for blame, start in cursor.errors
        ]
        if cursor.right is not None:
            sources += [(world.blame or 0, world, cursor.right) for world in self.errors]
        for blame, world, start in sources:
            grounds = self._grounds(world, Reference(aliases=self.reference.aliases, primitive=self.reference.primitive))
            found = equality(grounds, start, side, situation.consequent(), relation)
            if found.verdict is Verdict.RIGHT and found.evidence != "given":
                result = Outcome(
                    Verdict.FOLLOWS, found.role, found.evidence, f"consistent with the error in line {blame}", error=blame,
                    residual=found.residual, defines=found.defines,
                )  # fmt: skip
                self._believe(world, start, side, found, situation)
                cursor.errors = [(blame, side)]
                return result
        return None

    def _remember(self, cursor: Cursor, side: Side, outcome: Outcome, situation: Situation) -> None:
        """What an outcome changes for the lines that follow."""
        start = cursor.right
        if outcome.role is Role.PREMISE and isinstance(outcome.defines, Symbol):
            self.fresh.add(outcome.defines)
        if outcome.verdict is Verdict.RIGHT:
            if start is not None and outcome.defines is not None:
                self.truth.matrices.define(start.term, side.term)
            if start is not None:
                for world in (self.truth, *self.errors):
                    self._believe(world, start, side, outcome, situation)
            cursor.right, cursor.errors, cursor.certain = side, [], True
        elif outcome.verdict is Verdict.WRONG and start is not None:
            world = (self.errors[0] if self.errors else self.truth).copy(situation.number)
            suppose_derivative(self._grounds(self.truth), start, situation)
            if self.errors and self.errors[0].blame == situation.number:
                self.errors.pop(0)
            self._believe(world, start, side, outcome, situation)
            self.errors.insert(0, world)
            del self.errors[MAX_WORLDS:]
            cursor.errors = [(situation.number, side), *cursor.errors[:1]]
        elif side.evaluable:
            cursor.right, cursor.errors = side, []
        else:
            cursor.certain = False
        if outcome.verdict is Verdict.UNDECIDED and start is not None:
            _attempt(lambda: suppose_value(self._grounds(self.truth), start, side, situation))
        if outcome.verdict is Verdict.UNDECIDED and outcome.defines is not None and start is not None:
            for world in (self.truth, *self.errors):
                self._believe(world, start, side, outcome, situation)

    def _believe(self, world: World, start: Side, side: Side, outcome: Outcome, situation: Situation) -> None:
        """Take a relation for granted in a world: as a definition, a derivative, a value found or an equation."""
        believe(self._grounds(world), start, side, outcome, situation)

    def _order(self, cursor: Cursor, relation: str, side: Side, situation: Situation) -> Outcome:
        if cursor.right is None:
            return undecided(Role.INEQUALITY, "nothing stands on its left")
        grounds = self._grounds(self.truth)
        return order(grounds, cursor.right, relation, side, situation)


def _attempt(step: Callable[[], object]) -> None:
    """Do something that formulas without a value may prevent."""
    try:
        step()
    except (ValueError, TypeError, RecursionError, AttributeError, ArithmeticError, LookupError):
        return


__all__ = ["Judge"]
