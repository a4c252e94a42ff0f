"""p(θ) ∝ f(θ): a function that is known up to a factor nobody writes."""

from __future__ import annotations

from sympy import Expr
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Chapter, Side
from derivations.check.judging.outcome import HOLDS, Outcome, given, right
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import arguments_of, key_of, letter_of, parameters_of
from derivations.check.judging.worlds.opaque import FACTOR, Opaque
from derivations.check.reader.declared import function_head
from derivations.core.binding import free_symbols
from derivations.core.evidence import Evidence, Word


def declare_factors(chapter: Chapter, opaque: Opaque) -> None:
    """Give every p(θ) ∝ … of a chapter a factor with a value on every instance."""
    for formula in chapter.formulas:
        for statement in formula.statements:
            first = statement.sides[0]
            if "proportional" in statement.relations and first is not None and isinstance(first.expression, AppliedUndef):
                _factor(first.expression, opaque)


def _factor(applied: AppliedUndef, opaque: Opaque) -> Expr | None:
    """The factor between a function and what it is proportional to: the same for all values of its arguments."""
    return opaque.atom(function_head(f"{FACTOR}_{applied.func.__name__}")(*arguments_of(applied)))


def proportional(grounds: Grounds, left: Side, side: Side) -> Outcome | None:
    """A new function is f times a factor from here on; for one that is known the quotient must be the same for all arguments."""
    applied = left.expression
    if not isinstance(applied, AppliedUndef) or not side.evaluable:
        return None
    if grounds.world.names(applied):
        return _same_quotient(grounds, applied, side)
    parameters, factor = parameters_of(applied, side.expression), _factor(applied, grounds.world.opaque)
    if not parameters or factor is None:
        return None
    grounds.world.define(key_of(applied), parameters, factor * side.expression)
    return given(Role.DEFINITION, "a new name, up to a factor")


def _same_quotient(grounds: Grounds, applied: AppliedUndef, side: Side) -> Outcome | None:
    """Right when f/g does not change with the first argument."""
    letter = letter_of(arguments_of(applied)[0])
    quotient = grounds.world.expand(applied) / grounds.world.expand(side.expression)
    if letter not in free_symbols(quotient):
        return None
    moved = quotient.xreplace({letter: letter / 2})
    same = grounds.laboratory.compare(quotient, moved)
    if same.word in HOLDS:
        return right(Role.LINK, Evidence(Word.AGREES, f"the quotient does not depend on {letter}", instances=same.instances))
    return None
