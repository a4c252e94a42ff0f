"""Relations between probabilities, expectations and variances: laws that hold for every joint distribution."""

from __future__ import annotations

from sympy.core.function import AppliedUndef

from derivations.check.comparing.probability.deciding import decide_probabilities, speaks_of_chance
from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.situation import Situation, role_of
from derivations.check.judging.outcome import HOLDS, Outcome, right, undecided
from derivations.check.judging.verdicts import Role, Verdict
from derivations.check.judging.worlds.grounds import Grounds
from derivations.core.evidence import Word

_MOMENTS = frozenset(("mu", "nu", "sigma", "tau", "rho", "m", "Sigma"))
_FAILURES = (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError)


def by_chance(grounds: Grounds, left: Side, side: Side, situation: Situation, otherwise: Outcome) -> Outcome:
    """The outcome of a relation that was left open, when it speaks of chance: right where it is a law; wrong where it is none,
    unless the text assumes something about the distribution or says what it is.
    """
    if otherwise.verdict is not Verdict.UNDECIDED or situation.follows:
        return otherwise
    symbols = left.reading.symbols
    try:
        if not speaks_of_chance((left.term, side.term), symbols.notation):
            return otherwise
        found = decide_probabilities(left.term, side.term, symbols)
    except _FAILURES:
        return otherwise
    role = role_of(situation, Role.LINK if situation.place or not situation.opens else Role.IDENTITY)
    if found.word in HOLDS:
        return right(role, found)
    both = all(speaks_of_chance((part.term,), symbols.notation) for part in (left, side))
    if found.word is not Word.REFUTED or not both:
        return otherwise
    if _has_moment(left, side):
        return undecided(role, "it depends on what a letter for a mean or spread stands for")
    if situation.says_independent or "cites" in situation.cues or "assume" in situation.cues or _is_given(grounds, left, side):
        return undecided(role, "not true for every distribution; it rests on what is assumed of this one")
    return Outcome(Verdict.WRONG, role, "refuted", "not true for every joint distribution", found)


def _has_moment(*sides: Side) -> bool:
    """Whether a letter that usually stands for a mean or a spread is in the formula."""
    letters = (str(part.data) for side in sides for part in side.term.walk() if part.head == "letter")
    return any(letter.split("_")[0] in _MOMENTS for letter in letters)


def _is_given(grounds: Grounds, *sides: Side) -> bool:
    """Whether a distribution or a letter in the formula has a formula of its own, or an equation is in force."""
    if grounds.world.hypotheses or grounds.reference.fixed or grounds.reference.solutions:
        return True
    names = {part.func.__name__ for side in sides for part in side.expression.atoms(AppliedUndef)}
    return any(str(getattr(key, "name", key)).split("_value")[0] in names for key in grounds.world.definitions)
