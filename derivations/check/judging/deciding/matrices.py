"""Relations between vectors and matrices: definitions put in, compared on small matrices, or as equations that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from derivations.check.comparing.matrices import decide_matrices, ranks_of, same_matrix_solutions
from derivations.check.comparing.matrices.shapes import has_slope, is_constant, is_slope, is_zero
from derivations.check.judging.context.cues import introduces
from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.situation import Situation
from derivations.check.judging.outcome import HOLDS, Outcome, given, right, undecided
from derivations.check.judging.verdicts import Role, Verdict
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.matrix_world import Fact, MatrixWorld, rewritten, symmetrised
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term
from derivations.core.evidence import Evidence, Word

_FAILURES = (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError)
_SYMMETRIC = frozenset(("S", "Sigma", "Lambda", "C", "K", "H"))
_CONSTANT = frozenset(("I", "bf_I"))
_ROW = "in numerator layout: the transpose of the gradient as a column"


class Letters(NamedTuple):
    """What is known of the letters: their declarations, which are in bold, and which are vectors (1) or matrices (2)."""

    symbols: Symbols
    bold: frozenset[str]
    ranks: Mapping[str, int]


def matrices(grounds: Grounds, left: Side, side: Side, situation: Situation) -> Outcome:
    """One equality between vectors or matrices."""
    world = grounds.world.matrices
    try:
        anew = str(left.term.data) in world.earlier or "#" in situation.words or introduces(situation.words)
        if _is_new(world, left.term, situation) and world.define(left.term, side.term, anew=anew):
            world.ranks |= ranks_of(left.term, side.term, left.reading.symbols, left.reading.bold, world.ranks)
            return given(Role.DEFINITION, "a new name")
        outcome = _decided(grounds, world, left, side, situation)
    except _FAILURES as failure:
        return undecided(Role.LINK, f"not evaluated: {failure}")
    if outcome.verdict is Verdict.RIGHT and not situation.follows:
        _believe(world, left, side, outcome)
    return outcome


def _is_new(world: MatrixWorld, left: Term, situation: Situation) -> bool:
    announced = "define" in situation.cues and introduces(situation.words)
    return situation.opens and not situation.follows and (announced or not world.is_unknown(str(left.data)))


def _decided(grounds: Grounds, world: MatrixWorld, left: Side, side: Side, situation: Situation) -> Outcome:
    a, b = world.unmarked(world.expand(left.term)), world.expand(side.term)
    if situation.opens and not has_slope(a, b):
        world.set_to_zero()
    letters = Letters(left.reading.symbols, left.reading.bold, world.ranks)
    opening = situation.opens and not situation.place
    same = compared(a, b, letters)
    if same.word in HOLDS:
        return right(Role.IDENTITY if opening else Role.LINK, same, remarks=(_ROW,) if same.reason == _ROW else ())
    if is_zero(b) and (has_slope(a) or situation.place):
        return given(Role.EQUATION, "set to zero")
    symmetric = _where_symmetric(a, b, situation, letters) if same.word is Word.REFUTED else None
    if symmetric is not None:
        return right(Role.IDENTITY if opening else Role.LINK, *symmetric)
    by_facts = _by_facts(world, a, b, letters)
    if by_facts is not None:
        return right(Role.LINK if situation.place else Role.EQUATION, by_facts)
    followed = None if has_slope(a, b) else _following(world, a, b, letters)
    if followed is not None and followed.word in HOLDS:
        return right(Role.SOLVED if left.term.head == "letter" else Role.EQUATION, followed)
    if same.word is not Word.REFUTED:
        return undecided(Role.LINK, same.reason)
    if opening and not _letters(a, b):
        return _wrong(Role.IDENTITY, same)
    if opening and not _says_what_it_is(world, left.term, a):
        if followed is not None and followed.word is Word.REFUTED and (situation.adjacent or "therefore" in situation.cues):
            return _wrong(Role.EQUATION, followed)
        if world.facts and "assume" not in situation.cues:
            return undecided(Role.EQUATION, "no consequence of the equations before that could be verified")
        if situation.cues & {"assume", "define", "start"}:
            return given(Role.PREMISE if "assume" in situation.cues else Role.EQUATION, "the equation to start from")
        world.suppose(a, b)
        return undecided(Role.EQUATION, "it does not hold for all matrices; an equation to start from is announced by words")
    if "cites" in situation.cues:
        return undecided(Role.LINK, "it refers to something that is not in this document")
    everywhere = opening and _says_what_it_is(world, left.term, a)
    if any(_shares(fact, a, b) and (fact.premise or not everywhere) for fact in world.facts):
        return undecided(Role.LINK, "it may rest on the equations before")
    return _wrong(Role.IDENTITY if opening else Role.LINK, same)


def _letters(*terms: Term) -> set[str]:
    """The letters whose values are open."""
    return {str(p.data) for term in terms for p in term.walk() if p.head == "letter" and not is_constant(p)}


def compared(a: Term, b: Term, letters: Letters) -> Evidence:
    """Both sides on small matrices; gradients as columns or, failing that, as rows."""
    found = decide_matrices(a, b, letters.symbols, letters.bold, known=letters.ranks)
    if found.word not in HOLDS and has_slope(a, b):
        turned = decide_matrices(a, b, letters.symbols, letters.bold, layout="row", known=letters.ranks)
        if turned.word in HOLDS:
            return replace(turned, reason=_ROW)
        if found.word is not Word.REFUTED:
            return turned
    return found


def _where_symmetric(
    a: Term, b: Term, situation: Situation, letters: Letters
) -> tuple[Evidence] | None:
    """Equal where matrices are symmetric that are by convention, or where the text says so."""
    used = {str(p.data) for side in (a, b) for p in side.walk() if p.head == "letter" and not p.args}
    said = situation.says_symmetric
    names = sorted(n for n in used if n[:1].isupper() and (said or n.removeprefix("bf_") in _SYMMETRIC) and n not in _CONSTANT)
    if not names:
        return None
    found = compared(symmetrised(a, names), symmetrised(b, names), letters)
    return (replace(found, reason=f"for a symmetric {', '.join(names)}"),) if found.word in HOLDS else None


def _by_facts(world: MatrixWorld, a: Term, b: Term, letters: Letters) -> Evidence | None:
    """Equal once the equations in force are put in from left to right or from right to left."""
    there = [fact for fact in world.facts if not is_zero(fact.right)]
    back = [Fact(fact.right, fact.left) for fact in there]
    derived = [fact for fact in there if not fact.premise]
    for facts in (derived, there, back, [fact for fact in there if fact.premise]):
        turned = rewritten(a, facts), rewritten(b, facts)
        if turned == (rewritten(a, ()), rewritten(b, ())):
            continue
        found = decide_matrices(*turned, letters.symbols, letters.bold, known=letters.ranks)
        if found.word in HOLDS:
            return replace(found, reason="by the equations before")
    return None


def _following(world: MatrixWorld, a: Term, b: Term, letters: Letters) -> Evidence | None:
    """The same solutions as an equation in force; else the refutation by the last one."""
    refuted: Evidence | None = None
    for fact in reversed(world.facts):
        if fact.premise or has_slope(fact.left, fact.right) or not _shares(fact, a, b):
            continue
        found = same_matrix_solutions((fact.left, fact.right), (a, b), letters.symbols, letters.bold, known=letters.ranks)
        if found.word in HOLDS:
            return found
        if found.word is Word.REFUTED and refuted is None:
            refuted = found
    return refuted


def _says_what_it_is(world: MatrixWorld, left: Term, opened: Term) -> bool:
    """Whether a left side is a derivative or a name with a definition: then the relation holds everywhere or is wrong."""
    return any(is_slope(part) for part in opened.walk()) or (
        left.head in ("letter", "call") and str(left.data) in world.definitions
    )


def _shares(fact: Fact, *terms: Term) -> bool:
    return bool(_letters(fact.left, fact.right) & _letters(*terms))


def _wrong(role: Role, evidence: Evidence) -> Outcome:
    return Outcome(Verdict.WRONG, role, "refuted", evidence.reason, evidence)


def _believe(world: MatrixWorld, left: Side, right: Side, outcome: Outcome) -> None:
    """What a right line changes: a gradient and what it is set to, an equation, a premise."""
    a, b = world.expand(left.term), world.expand(right.term)
    world.ranks |= ranks_of(a, b, left.reading.symbols, left.reading.bold, world.ranks)
    if is_slope(a) and not is_zero(right.term):
        world.slope = b
    elif is_zero(right.term) and world.slope is not None:
        world.set_to_zero()
    elif outcome.role in (Role.EQUATION, Role.SOLVED, Role.PREMISE) and not has_slope(a, b):
        world.suppose(a, b, outcome.role is Role.PREMISE)
