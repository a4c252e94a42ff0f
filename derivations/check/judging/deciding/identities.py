"""Two sides that differ: wrong, unless there is a reason not to be sure."""

from __future__ import annotations

import re
from dataclasses import replace

from sympy import Expr, Indexed, IndexedBase, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.shapes import heads_of
from derivations.check.judging.context.situation import Equality, Situation, role_of
from derivations.check.judging.deciding.premises import assumed, compare_where, respecting
from derivations.check.judging.outcome import HOLDS, Outcome, Target, given, right, undecided, wrong
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import key_of
from derivations.core.evidence import Evidence, Word
from derivations.core.symbols import Declaration

_ITERATE = re.compile(r"(?:(?<![A-Za-z\\])[A-Za-z]|\\(?!int|sum|prod)[a-z]+)\s*\^\s*(?:[01]|\{\s*[01]\s*\})(?!\d)")


def refuted(grounds: Grounds, said: Equality, same: Evidence, situation: Situation, target: Target) -> Outcome:
    """Two sides that differ: wrong, unless there is a reason not to be sure."""
    left, side, a, b = said.parts
    role = role_of(situation, Role.LINK if situation.place or not situation.opens else Role.IDENTITY)
    if same.word is not Word.REFUTED:
        return undecided(role, same.reason)
    if "hypothesis" in situation.cues:
        return given(Role.HYPOTHESIS, "the hypothesis of an induction", residual=a - b)
    if situation.opens and _is_free(grounds, left) and not situation.follows:
        if situation.cues & {"therefore"}:
            return undecided(role, "nothing before says what the left side is")
        return given(Role.PREMISE, "a premise", residual=a - b)
    unexplained = _unexplained(grounds, left, side)
    if unexplained:
        return undecided(role, f"{unexplained} is not introduced")
    if grounds.world.opaque.holds(a) or grounds.world.opaque.holds(b):
        return undecided(role, "it is about functions that are not given")
    announced = situation.cues & {"assume", "define"} and "therefore" not in situation.cues
    if situation.opens and announced and not situation.follows and not _known_letters(grounds, left):
        return given(Role.PREMISE, "a premise", residual=a - b)
    if situation.opens and not situation.follows and _is_unheard(grounds, left, side):
        return given(Role.PREMISE, "something new", residual=a - b)
    twice = _written_twice(grounds, a, b)
    if twice:
        return undecided(role, f"{twice} is written otherwise than in the problem")
    if any(map(_is_numbered, (left, side))):
        return undecided(role, "a number above a letter may as well be the number of an iterate")
    if "cites" in situation.cues:
        return undecided(role, "it refers to something that is not in this document")
    premises = assumed(grounds.world, a, b)
    if not respecting(same, premises, grounds.laboratory):
        there = compare_where(premises, a, b, grounds.laboratory)
        if there.word is not Word.REFUTED:
            return right(role, there) if there.word in HOLDS else undecided(role, there.reason)
        same = there
    return wrong(role, same, replace(target, premises=premises))


def _written_twice(grounds: Grounds, *sides: Expr) -> str:
    """The letter of an array that is not the problem's and has the letter and the number of indices of one of its own."""
    own = {(_letter(e), len(e.axes)): e.name for derivation in grounds.problem.derivations for e in derivation.declarations}
    for base in sorted({base for side in sides for base in side.atoms(IndexedBase)}, key=str):
        entry = grounds.laboratory.declarations.find(base)
        if entry is not None and own.get((_letter(entry), len(entry.axes)), entry.name) != entry.name:
            return _letter(entry)
    return ""


def _letter(entry: Declaration) -> str:
    return re.split(r"[_^]", entry.latex or entry.name, maxsplit=1)[0]


def _is_numbered(side: Side) -> bool:
    r"""Whether a letter is raised to 0 or 1, as nobody does: θ^0 is where an iteration starts."""
    return bool(_ITERATE.search(side.reading.latex[max(side.term.start, 0) : max(side.term.end, 0)]))


def _is_free(grounds: Grounds, left: Side) -> bool:
    """Whether the left side is a letter or an entry of an array that nothing has given a value."""
    expression = left.expression
    if not isinstance(expression, (Symbol, Indexed)) or key_of(expression) in grounds.world.definitions:
        return False
    return not any(recurrence.head == key_of(expression) for recurrence in grounds.laboratory.recurrences)


def _is_unheard(grounds: Grounds, left: Side, side: Side) -> bool:
    """Whether the left side is about letters that nothing before and nothing on the right is about."""
    heads = heads_of(left.expression)
    written = [{str(part.data) for part in s.term.walk() if part.head == "letter"} for s in (left, side)]
    if not heads or heads & grounds.seen or written[0] & written[1]:
        return False
    return not any(map(grounds.world.names, left.expression.atoms(Symbol, Indexed, AppliedUndef)))


def _known_letters(grounds: Grounds, left: Side) -> bool:
    name = key_of(left.expression)
    return name in grounds.world.definitions or grounds.must_hold_everywhere(left)


def _unexplained(grounds: Grounds, left: Side, side: Side) -> str:
    """A marked variant of a known letter that nothing explains, such as a letter misread by a scanner."""
    letters = [heads_of(part.expression) for part in (left, side)]
    for head in sorted(letters[0] ^ letters[1], key=str):
        label = str(getattr(head, "label", head))
        if "prime" in label and head not in grounds.world.definitions:
            return label
    return ""
