"""Equations: one that follows from those in force, one to start from, a value found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Expr, Indexed, Integer, Symbol

from derivations.check.judging.context.cues import cues_of
from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.reference import without_aliases
from derivations.check.judging.context.shapes import head_of, heads_of, is_unknown
from derivations.check.judging.context.situation import Equality, Situation, role_of
from derivations.check.judging.deciding.divisions import divided, loses_solutions
from derivations.check.judging.deciding.equivalence import SAME_SOLUTION, Insertion, equivalent
from derivations.check.judging.deciding.identities import refuted
from derivations.check.judging.deciding.premises import assumed, compare_where, inserted_where, respecting
from derivations.check.judging.deciding.systems import joins, solved_together
from derivations.check.judging.deciding.values import with_values
from derivations.check.judging.instances.laboratory import atoms_of
from derivations.check.judging.outcome import HOLDS, Outcome, Target, given, right, undecided, wrong
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import Body
from derivations.check.judging.worlds.world import Hypothesis
from derivations.core.binding import free_symbols
from derivations.core.evidence import Evidence, Word

_LOST = "a factor that may be zero is cancelled: the solutions for which it is zero are lost"


def may_be_equation(grounds: Grounds, said: Equality, situation: Situation) -> bool:
    """Whether a relation restricts its letters rather than holds for all of them."""
    if situation.role in ("identity", "link"):
        return False
    if said.side.expression == 0 or said.left.expression == 0:
        return True
    if situation.everywhere:
        return False
    return bool(
        grounds.world.hypotheses
        or grounds.reference.solutions
        or situation.role == "equation"
        or situation.cues & {"assume", "goal", "start"}
    )


def equation(grounds: Grounds, said: Equality, same: Evidence, situation: Situation) -> Outcome:
    """An equation: it follows from those in force, or it is new, or wrong."""
    left, side, *_ = said.parts
    residual = without_aliases(grounds.unaliased(left.expression) - grounds.unaliased(side.expression), grounds.reference.aliases)
    residual = grounds.supposing(situation).expand(residual)
    solved_form = is_unknown(left.expression) and not side.expression.has(head_of(left.expression))
    role = role_of(situation, Role.SOLVED if solved_form else Role.EQUATION)
    plain = [grounds.supposing(situation).expand(grounds.unaliased(part.expression)) for part in (left, side)]
    target = Target((left, side), plain[0], plain[1], tuple(h.residual for h in _wanted(grounds, residual)), is_equation=True)
    if situation.everywhere and situation.place >= 1 and side.expression == 0:
        return given(Role.EQUATION, "set to zero", residual=residual)
    verdict, otherwise = _compared(grounds, residual, situation)
    if verdict is not None:
        hypothesis, evidence, recent = verdict
        if hypothesis.is_goal:
            return undecided(role, f"circular: it follows from what is to be shown in line {hypothesis.line} and nothing else")
        final = solved_form and (situation.line.boxed or hypothesis.line == 0)
        remarks = () if recent or hypothesis.line else _not_following(grounds, residual)
        if evidence.reason == SAME_SOLUTION and hypothesis.line and not situation.follows:
            remarks += divided(grounds, grounds.world.expand(hypothesis.residual), residual, hypothesis.unknown, (left, side))
        return right(Role.ANSWER if final else role, evidence, residual=residual, remarks=remarks, unknown=hypothesis.unknown)
    if situation.cues & {"goal"}:
        return given(Role.GOAL, "what is to be shown", residual=residual)
    if "hypothesis" in situation.cues:
        return given(Role.HYPOTHESIS, "the hypothesis of an induction", residual=residual)
    if (
        "start" in situation.cues
        and not situation.follows
        and "therefore" not in situation.cues
        and not grounds.reference.solutions
    ):
        return given(Role.EQUATION, "the equation to start from", residual=residual)
    if situation.cues & {"assume", "define"} and not situation.follows and not (grounds.reference.solutions and solved_form):
        return given(Role.PREMISE, "a premise", residual=residual)
    if otherwise is not None and grounds.problem.is_empty and not situation.follows:
        if solved_together(grounds, residual):
            return right(role, Evidence(Word.PROVED, "the solution of the equations before solves it"), residual=residual)
        if not situation.place and "therefore" not in situation.cues and joins(otherwise[0].residual, residual):
            return given(Role.EQUATION, "a further equation", residual=residual)
    if otherwise is not None:
        known, evidence = otherwise
        announced = known.line == 0 or known.unknown is not None
        derived = announced or situation.adjacent or bool(situation.cues & {"therefore", "zero"})
        premises = (*assumed(grounds.world, residual, known.residual), *_for_all(grounds, known, evidence)) if derived else ()
        if derived and not respecting(evidence, premises, grounds.laboratory):
            there = inserted_where(premises, grounds.world.expand(known.residual), residual, grounds.laboratory)
            if there.word in HOLDS:
                return right(role, there, residual=residual, unknown=known.unknown)
            if there.word is not Word.REFUTED:
                return undecided(role, there.reason, residual=residual)
            evidence = there
        before = grounds.world.expand(known.residual)
        if derived and not solved_form and loses_solutions(grounds, before, residual, known.unknown):
            lost = Evidence(Word.AGREES, "every solution solves the equation before")
            return right(role, lost, residual=residual, unknown=known.unknown, remarks=(_LOST,))
        if derived:
            return wrong(role, evidence, replace(target, premises=premises), residual=residual, unknown=known.unknown)
        return undecided(role, "no consequence of the equations before", residual=residual)
    if not grounds.in_force() and not situation.follows:
        if situation.place >= 1 or not situation.opens:
            return refuted(grounds, said, same, situation, target)
        return given(Role.EQUATION, "the equation to start from", residual=residual)
    premises = assumed(grounds.world, residual)
    if premises and (there := compare_where(premises, residual, Integer(0), grounds.laboratory)).word in HOLDS:
        return right(role_of(situation, Role.IDENTITY), there)
    around = cues_of(situation.words if "therefore" in situation.cues else situation.recent[-100:])
    claimed = situation.place >= 1 or "therefore" in situation.cues or _is_explained(grounds, left)
    concluded = claimed and not around & {"assume", "hypothesis"}
    if concluded and "cites" not in situation.cues and not situation.follows:
        all_refute = _refuted_by_all(grounds, residual)
        if all_refute is not None:
            evidence, in_force = all_refute
            put_in = isinstance(evidence.counterexample, Insertion)
            return wrong(role, evidence, replace(target, premises=in_force, is_equation=put_in), residual=residual)
    return undecided(role, "neither an identity nor a consequence that could be verified", residual=residual)


def _is_explained(grounds: Grounds, left: Side) -> bool:
    """Whether everything on the left side has a value: then the equation is a claim and restricts nothing."""
    sequences = {recurrence.head for recurrence in grounds.laboratory.recurrences}
    heads = {head for head in heads_of(left.expression) if not getattr(head, "is_integer", False)}
    known = sequences | grounds.world.definitions.keys() | grounds.world.solved.keys()
    return len(heads) > 1 and bool(heads & sequences) and heads <= known


def _refuted_by_all(grounds: Grounds, residual: Expr) -> tuple[Evidence, tuple[Expr, ...]] | None:
    """A refutation on instances where every equation in force and every premise holds, and these."""
    residuals = (residual, *(hypothesis.residual for hypothesis in grounds.world.hypotheses))
    if not grounds.world.hypotheses or any(map(grounds.world.opaque.holds, residuals)):
        return None
    *others, last = [grounds.world.expand(hypothesis.residual) for hypothesis in grounds.world.hypotheses]
    found, in_force = inserted_where(tuple(others), last, residual, grounds.laboratory), tuple(others)
    if found.word is Word.UNDECIDED:
        in_force = (*others, last)
        found = compare_where(in_force, residual, Integer(0), grounds.laboratory)
    return (found, in_force) if found.word is Word.REFUTED else None


def _for_all(grounds: Grounds, known: Hypothesis, evidence: Evidence) -> tuple[Expr, ...]:
    """An equation in force holds for all indices that it leaves open: where its solution for one of them was put in."""
    found = evidence.counterexample
    residual = grounds.world.expand(known.residual)
    if not isinstance(found, Insertion) or not found.is_first:
        return ()
    return () if grounds.laboratory.indices(residual) <= free_symbols(found.unknown) else (residual,)


def _wanted(grounds: Grounds, residual: Expr) -> list[Hypothesis]:
    """The equations in force about the same unknown: what a wrong one should have said."""
    return [h for h in grounds.in_force() if h.unknown is None or residual.has(head_of(h.unknown))]


def _compared(
    grounds: Grounds, residual: Expr, situation: Situation
) -> tuple[tuple[Hypothesis, Evidence, bool] | None, tuple[Hypothesis, Evidence] | None]:
    """The equation in force that says the same; else the first one that refutes."""
    refuted: tuple[Hypothesis, Evidence] | None = None
    own = False
    in_force = grounds.in_force()
    if grounds.laboratory.compare(residual, Integer(0), proving=False).word in HOLDS:
        return (Hypothesis(residual, situation.number), Evidence(Word.AGREES, "always true"), True), None
    for place, hypothesis in enumerate(in_force):
        wanted = grounds.world.expand(hypothesis.residual)
        if hypothesis.unknown is not None and not residual.has(head_of(hypothesis.unknown)):
            continue
        by_document = refuted is not None and refuted[0].line != 0
        if by_document and hypothesis.line == 0 and _has_alternatives(grounds, hypothesis):
            continue
        evidence = equivalent(wanted, residual, grounds.laboratory, hypothesis.unknown)
        if evidence.word in HOLDS:
            return (hypothesis, evidence, place == 0), None
        restricts = (hypothesis.line == 0 and grounds.all_known(residual)) or set(atoms_of(residual)) <= set(atoms_of(wanted))
        if evidence.word is Word.REFUTED and hypothesis.line == 0 and atoms_of(residual) == [hypothesis.unknown]:
            own = True
        if evidence.word is Word.REFUTED and refuted is None and not hypothesis.premise and restricts:
            refuted = (hypothesis, evidence)
    contradicted = refuted is not None and refuted[0].line > 0
    found = None if own else with_values(grounds, residual, in_force, _values_found(grounds, contradicted))
    if found is not None:
        return found, None
    return None, refuted


def _has_alternatives(grounds: Grounds, hypothesis: Hypothesis) -> bool:
    """Whether several values are accepted for the unknown, as for a multiplier of either sign."""
    alike = [other for other in grounds.reference.solutions if other.unknown == hypothesis.unknown]
    return isinstance(hypothesis.unknown, Symbol) and len(alike) > 1


def _values_found(grounds: Grounds, contradicted: bool) -> dict[Any, Body]:
    """The values found for unknowns, and those of the problem; a multiplier's only where nothing contradicts."""
    values = dict(grounds.world.solved)
    for hypothesis in grounds.reference.solutions:
        unknown = hypothesis.unknown
        if unknown is None or head_of(unknown) in values or (contradicted and _has_alternatives(grounds, hypothesis)):
            continue
        parameters = tuple(unknown.indices) if isinstance(unknown, Indexed) else ()
        values[head_of(unknown)] = (parameters, unknown - hypothesis.residual)
    return values


def _not_following(grounds: Grounds, residual: Expr) -> tuple[str, ...]:
    """A remark on an answer that is the problem's, and no consequence of what the document found."""
    own = [hypothesis for hypothesis in grounds.in_force() if hypothesis.line]
    if not own or with_values(grounds, residual, own, dict(grounds.world.solved)) is not None:
        return ()
    return ("right, but it does not follow from the line before",)
