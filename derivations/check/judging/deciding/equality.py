"""Deciding one equality in one world: a definition, plain numbers, an identity, an equation that follows."""

from __future__ import annotations

from sympy import Expr, Subs

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.shapes import has_differential, is_condition, is_derivative, is_matrix, is_name
from derivations.check.judging.context.situation import Equality, Situation, role_of
from derivations.check.judging.deciding.chances import by_chance
from derivations.check.judging.deciding.defining import adopted, definition, recurrence, redefined
from derivations.check.judging.deciding.equations import equation, may_be_equation
from derivations.check.judging.deciding.identities import refuted
from derivations.check.judging.deciding.matrices import matrices
from derivations.check.judging.deciding.numbers import numbers, numbers_put_in
from derivations.check.judging.deciding.openings import constant_left_out, equation_to_solve
from derivations.check.judging.outcome import HOLDS, Outcome, Target, given, right, undecided
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.core.binding import free_symbols
from derivations.core.evidence import Evidence, Word


def equality(grounds: Grounds, left: Side, side: Side, situation: Situation, relation: str) -> Outcome:
    """left = side."""
    return by_chance(grounds, left, side, situation, _by_value(grounds, left, side, situation, relation))


def _by_value(grounds: Grounds, left: Side, side: Side, situation: Situation, relation: str) -> Outcome:
    if has_differential(left.term) and has_differential(side.term):
        return undecided(Role.LINK, "differentials are not judged")
    if is_matrix(left.term) or is_matrix(side.term) or _concerns_matrices(grounds, left, side):
        return matrices(grounds, left, side, situation)
    if not (left.evaluable and side.evaluable):
        return undecided(Role.LINK, "parts of it have no value")
    try:
        return _equality(grounds, left, side, situation, relation)
    except (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as failure:
        return undecided(Role.LINK, f"not evaluated: {failure}")


def _concerns_matrices(grounds: Grounds, left: Side, side: Side) -> bool:
    """Whether letters of a document without a problem are vectors or matrices by what other lines say of them."""
    try:
        return grounds.problem.is_empty and grounds.world.matrices.concerns(left.term, side.term)
    except RecursionError:
        return False


def _equality(grounds: Grounds, left: Side, side: Side, situation: Situation, relation: str) -> Outcome:
    world = grounds.supposing(situation)
    said = Equality(left, side, world.expand(left.expression), world.expand(side.expression), relation)
    found = definition(grounds, said, situation) or numbers(grounds, said, situation)
    if found is not None:
        return found
    same = grounds.laboratory.compare(said.a, said.b)
    if same.word in HOLDS:
        role = role_of(situation, Role.LINK if situation.place or not situation.opens else Role.IDENTITY)
        return right(role, same, remarks=_domain_remark(same))
    if same.word is Word.REFUTED and _is_taken_at_a_number(said.a) and said.b.is_number:
        return refuted(grounds, said, same, situation, Target((left, side), said.a, said.b))
    if is_condition(left, side):
        return given(Role.EQUATION, "the condition for a stationary point", residual=said.a - said.b)
    found = recurrence(grounds, said, situation) or adopted(grounds, said)
    if found is not None:
        return found
    if may_be_equation(grounds, said, situation):
        return equation(grounds, said, same, situation)
    found = redefined(grounds, said, same, situation)
    if found is not None:
        return found
    if same.word is not Word.REFUTED:
        return undecided(Role.IDENTITY, same.reason)
    found = equation_to_solve(grounds, said, situation) or constant_left_out(grounds, said, situation)
    if found is not None:
        return found
    if numbers_put_in(grounds, said, situation):
        free = situation.opens and not situation.follows and not is_name(left.term)
        if free and is_derivative(left) and not situation.cues & {"start", "goal", "assume", "zero"}:
            return refuted(grounds, said, same, situation, Target((left, side), said.a, said.b))
        if free and grounds.problem.is_empty:
            role = Role.PREMISE if situation.cues & {"assume", "define"} else Role.EQUATION
            return given(role, "a premise" if role is Role.PREMISE else "the equation to start from", residual=said.a - said.b)
        return undecided(Role.NUMBER, "numbers put in for letters")
    return refuted(grounds, said, same, situation, Target((left, side), said.a, said.b))


def _is_taken_at_a_number(value: Expr) -> bool:
    """Whether a derivative is taken at a point that is a number: then it has a value and no condition is set."""
    return isinstance(value, Subs) and not any(free_symbols(point) for point in value.point)


def _domain_remark(evidence: Evidence) -> tuple[str, ...]:
    if evidence.reason.startswith("one side has no value"):
        return ("only where both sides have a value: a logarithm or root of something negative is possible",)
    return ()
