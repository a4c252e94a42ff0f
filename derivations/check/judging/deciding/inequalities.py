"""Inequalities, approximations and proportions."""

from __future__ import annotations

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.shapes import is_matrix
from derivations.check.judging.context.situation import Situation
from derivations.check.judging.instances.laboratory import is_value
from derivations.check.judging.outcome import HOLDS, Outcome, Target, given, right, undecided, wrong
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.factors import proportional
from derivations.check.judging.worlds.grounds import Grounds
from derivations.core.evidence import Evidence, Word
from numeric.refute import Separation

ENOUGH = 6
"""Instances on all of which an inequality is false that nothing can make true."""


def order(grounds: Grounds, left: Side, relation: str, side: Side, situation: Situation) -> Outcome:
    """An inequality: true everywhere, a premise, or false."""
    if not (left.evaluable and side.evaluable) or is_matrix(left.term) or is_matrix(side.term):
        return undecided(Role.INEQUALITY, "parts of it have no value")
    try:
        a, b = grounds.world.expand(left.expression), grounds.world.expand(side.expression)
    except (RecursionError, ValueError, TypeError, AttributeError) as failure:
        return undecided(Role.INEQUALITY, f"not evaluated: {failure}")
    truths = []
    for number in range(len(grounds.laboratory.all_points)):
        values = grounds.laboratory.value(a, number), grounds.laboratory.value(b, number)
        if all(map(is_value, values)):
            truths.append((number, not grounds.laboratory.violates(relation, *values)))
    claimed = situation.place > 0 or situation.everywhere or "therefore" in situation.cues
    assumed = situation.cues & {"assume"} and situation.place == 0 and "therefore" not in situation.cues
    if assumed and not grounds.world.opaque.holds(a - b):
        grounds.keep_to(a - b, relation)
        return given(Role.PREMISE, "a condition")
    if len(truths) >= 2 and all(true for _, true in truths):
        return right(Role.INEQUALITY, Evidence(Word.AGREES, f"true on {len(truths)} instances"))
    false = next((number for number, true in truths if not true), None)
    nowhere = len(truths) >= ENOUGH and not any(true for _, true in truths)
    if false is not None and ((claimed and situation.everywhere) or nowhere) and not grounds.world.opaque.holds(a - b):
        instance, bindings = grounds.laboratory.all_points[false]
        values = grounds.laboratory.value(a, false), grounds.laboratory.value(b, false)
        evidence = Evidence(
            Word.REFUTED, "false on an instance", counterexample=Separation(dict(instance), dict(bindings), *values)
        )
        return wrong(Role.INEQUALITY, evidence, Target((left, side), a, b, relation=relation))
    if false is not None and not claimed:
        if not grounds.world.opaque.holds(a - b):
            grounds.keep_to(a - b, relation)
        return given(Role.PREMISE, "a condition")
    return undecided(
        Role.INEQUALITY, "true only under conditions that are not stated" if false is not None else "no instance decides"
    )


def loosely(grounds: Grounds, left: Side, relation: str, side: Side) -> Outcome:
    """≈ and ∝: right when the sides are even equal, or proportional with a constant factor; else not judged."""
    if not (left.evaluable and side.evaluable) or is_matrix(left.term) or is_matrix(side.term):
        return undecided(Role.LINK, "parts of it have no value")
    try:
        found = proportional(grounds, left, side) if relation == "proportional" else None
        if found is not None:
            return found
        a, b = grounds.world.expand(left.expression), grounds.world.expand(side.expression)
    except (RecursionError, ValueError, TypeError, AttributeError) as failure:
        return undecided(Role.LINK, f"not evaluated: {failure}")
    same = grounds.laboratory.compare(a, b)
    if same.word in HOLDS:
        return right(Role.LINK, same)
    if a.is_number and b.is_number and relation == "approximate":
        values = grounds.laboratory.value(a, 0), grounds.laboratory.value(b, 0)
        if all(map(is_value, values)) and abs(float(values[0]) - float(values[1])) <= 0.05 * max(
            abs(float(values[0])), abs(float(values[1]))
        ):
            return right(Role.NUMBER, Evidence(Word.AGREES, "equal within five percent"))
    return undecided(Role.LINK, "an approximation" if relation == "approximate" else "up to a factor")
