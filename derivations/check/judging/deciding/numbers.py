"""Plain arithmetic: rounded decimals, sizes rounded down, letters whose numbers were said before."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from sympy import Expr, IndexedBase, Product, Sum, Symbol, exp, log
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.shapes import heads_of
from derivations.check.judging.context.situation import Equality, Situation
from derivations.check.judging.instances.laboratory import is_value
from derivations.check.judging.outcome import Outcome, Target, right, undecided, wrong
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.core.evidence import Evidence, Word
from numeric.refute import Separation

FEW = 4
"""Numbers that make a side a calculation."""
_SIZES = re.compile(r"output|size|width|convol|pool|stride|floor|round", re.IGNORECASE)


def numbers(grounds: Grounds, said: Equality, situation: Situation) -> Outcome | None:
    """Plain arithmetic, rounded decimals, and letters whose numbers were said before."""
    left, side, a, b = said.parts
    if not (a.is_number and b.is_number) or a.has(AppliedUndef) or b.has(AppliedUndef):
        return None
    values = grounds.laboratory.value(a, 0), grounds.laboratory.value(b, 0)
    if not all(map(is_value, values)):
        return None
    plain = left.expression.is_number and side.expression.is_number
    if not grounds.laboratory.differ(*values):
        return None
    if _is_rounded(values[0], side) or (_is_rounded(values[1], left) and not situation.after):
        return right(Role.NUMBER, Evidence(Word.AGREES, "equal after rounding"), remarks=("rounded",))
    if (
        isinstance(values[0], Fraction)
        and values[1] == values[0].numerator // values[0].denominator
        and _SIZES.search(situation.recent)
    ):
        return right(
            Role.NUMBER,
            Evidence(Word.AGREES, "equal after rounding down"),
            remarks=(f"rounded down from {float(values[0]):g}",),
        )
    evidence = Evidence(
        Word.REFUTED, f"{_shown(values[0])} is not {_shown(values[1])}", counterexample=Separation({}, {}, *values)
    )
    target = Target((left, side), a, b)
    if plain:
        return wrong(Role.NUMBER, evidence, target)
    keys = heads_of(left.expression) | heads_of(side.expression)
    if keys and keys <= grounds.reference.fixed:
        return wrong(Role.NUMBER, evidence, target)
    if _is_computed(grounds, said) or "therefore" in situation.cues:
        return wrong(Role.NUMBER, evidence, target)
    valued = (left.expression.free_symbols | side.expression.free_symbols) & grounds.world.definitions.keys()
    if valued and valued <= grounds.fresh and not (situation.opens and isinstance(left.expression, Symbol)):
        return wrong(Role.NUMBER, evidence, target)
    letters = ", ".join(sorted(str(s) for s in left.expression.free_symbols | side.expression.free_symbols))
    if isinstance(left.expression, Symbol) and situation.opens:
        return undecided(Role.PREMISE, f"{letters} had another value before", defines=left.expression)
    return undecided(Role.NUMBER, f"does not agree with the numbers given before for {letters}", target=target, unsure=True)


def _is_computed(grounds: Grounds, said: Equality) -> bool:
    """Whether the left side is no letter that may be used for something else next, but f(3) or an estimate."""
    left = said.left.expression
    if isinstance(left, AppliedUndef):
        return grounds.world.names(left)
    body = grounds.world.definitions.get(left) if isinstance(left, Symbol) else None
    return body is not None and not body[1].is_number and grounds.is_estimate(left)


def numbers_put_in(grounds: Grounds, said: Equality, situation: Situation) -> bool:
    """Whether one side is a number and the other one depends on letters: numbers were put in, or letters restricted."""
    _, _, a, b = said.parts
    heads = heads_of(a) | heads_of(b)
    claimed = not situation.opens or "therefore" in situation.cues
    if claimed and heads and all(str(getattr(head, "label", head)) in grounds.reference.primitive for head in heads):
        return False
    if a.atoms(IndexedBase) and not b.atoms(IndexedBase) and _is_arithmetic(said.side):
        return True
    for number, letters, written in ((b, a, said.side), (a, b, said.left)):
        if any(part.head == "letter" for part in written.term.walk()):
            continue
        restricts = situation.opens and not claimed
        closed = letters.has(exp, log, Sum) and not letters.atoms(IndexedBase) and not _has_open_range(letters)
        if number.is_number and not letters.is_number and (restricts or not closed):
            values = [v for v in grounds.laboratory.vector(letters) if is_value(v)]
            return not values or any(grounds.laboratory.differ(values[0], other) for other in values[1:])
    return False


def _is_arithmetic(side: Side) -> bool:
    """Whether a side is written in numbers with hardly a letter among them."""
    heads = [part.head for part in side.term.walk()]
    return heads.count("number") >= FEW and heads.count("number") > 2 * heads.count("letter")


def _has_open_range(expression: Expr) -> bool:
    """Whether a sum or product runs to a letter: its value needs a number for that, too."""
    return any(limit[2].free_symbols for part in expression.atoms(Sum, Product) for limit in part.limits)


def _is_rounded(value: Any, side: Side) -> bool:
    """Whether a side is a decimal that the value rounds to."""
    text = side.text.replace("{,}", "").replace(",", "").strip()
    digits = text.partition(".")[2]
    if side.term.head != "number" or not digits.isdigit():
        return False
    stated = Fraction(text)
    return bool(abs(float(value) - float(stated)) <= 0.5000001 * 10.0 ** -len(digits))


def _shown(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return str(value) if isinstance(value, Fraction) else f"{float(value):.8g}"
