"""Relations between matrices, entry by entry."""

from __future__ import annotations

from sympy import Integer

from derivations.check.judging.formulas import Side
from derivations.check.judging.grounds import Grounds
from derivations.check.judging.outcome import HOLDS, Outcome, Target, given, right, undecided, wrong
from derivations.check.judging.situation import Situation
from derivations.check.judging.verdicts import Role
from derivations.core.evidence import Word


def matrices(grounds: Grounds, left: Side, side: Side, situation: Situation) -> Outcome:
    """Matrix formulas, entry by entry."""
    from derivations.check.comparing.matrices import decide_matrices

    if situation.opens and left.term.head == "letter" and not situation.follows:
        label = left.term.data
        if (
            not any(part.head == "letter" and part.data == label for part in side.term.walk())
            and label not in grounds.world.definitions
        ):
            grounds.world.definitions.setdefault(("matrix", label), ((), Integer(0)))
            return given(Role.DEFINITION, "a new name")
    try:
        found = decide_matrices(left.term, side.term, left.reading.symbols)
    except (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as failure:
        return undecided(Role.LINK, f"not evaluated: {failure}")
    if found.word in HOLDS:
        return right(Role.LINK, found)
    if found.word is Word.REFUTED and (situation.place or not situation.opens):
        return Outcome(
            wrong(Role.LINK, found, Target((left, side), Integer(0), Integer(1))).verdict,
            Role.LINK,
            "refuted",
            found.reason,
            found,
        )
    return undecided(Role.LINK, found.reason if found.word is not Word.REFUTED else "an equation between matrices")
