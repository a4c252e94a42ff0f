"""What a relation that is no identity may open: an equation to solve, told by the line behind it, or a constant left out."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.situation import Equality, Situation
from derivations.check.judging.instances.laboratory import atoms_of, is_value
from derivations.check.judging.outcome import HOLDS, Outcome, given, undecided
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import key_of, letter_of
from derivations.core.binding import substitute

_CONSTANTS = frozenset(("const", "constant", "C", "c", "K"))


def equation_to_solve(grounds: Grounds, said: Equality, situation: Situation) -> Outcome | None:
    """3x − 7 = 2x + 5 where the lines behind it end in x = …: it opens the solution, and is no claim for all x."""
    claimed = situation.everywhere or situation.after or situation.follows or "therefore" in situation.cues
    if claimed or not situation.opens or not grounds.problem.is_empty:
        return None
    residual = said.a - said.b
    letters = [atom for atom in atoms_of(residual) if isinstance(atom, Symbol)]
    if len(letters) != 1 or len(atoms_of(residual)) != 1 or not _varies(grounds, residual):
        return None
    values = [side.expression for left, side in situation.coming if left.expression == letters[0] and side.evaluable]
    plain = [value for value in values if not value.has(letters[0])]
    if plain and (_solves(grounds, residual, letters[0], plain[0]) or _restricts(grounds, letters[0], situation)):
        return given(Role.EQUATION, "the equation to start from", residual=residual)
    return None


def _solves(grounds: Grounds, residual: Expr, letter: Symbol, value: Expr) -> bool:
    """Whether the value that is found in the end solves the equation."""
    there = substitute(residual, {letter: grounds.world.expand(value)})
    return grounds.laboratory.compare(there, Integer(0), proving=False).word in HOLDS


def _restricts(grounds: Grounds, letter: Symbol, situation: Situation) -> bool:
    """Whether the next line is an equation in the same letter that is neither an identity nor solved."""
    left, side = situation.coming[0]
    if left.expression == letter or not (left.evaluable and side.evaluable):
        return False
    following = grounds.world.expand(left.expression) - grounds.world.expand(side.expression)
    one_side = left.expression.is_number or side.expression.is_number
    refuted = grounds.laboratory.compare(following, Integer(0), proving=False).word not in HOLDS
    return bool(one_side) and atoms_of(following) == [letter] and refuted


def _varies(grounds: Grounds, residual: Expr) -> bool:
    """Whether a residual is not one number everywhere: x = x + 1 has nothing to solve."""
    values = [value for value in grounds.laboratory.vector(residual) if is_value(value)]
    return any(grounds.laboratory.differ(values[0], other) for other in values[1:])


def constant_left_out(grounds: Grounds, said: Equality, situation: Situation) -> Outcome | None:
    """log L(λ) = … + C: C is what does not depend on λ."""
    added = [s for s in said.b.free_symbols if s.name in _CONSTANTS and not grounds.world.names(s) and not said.a.has(s)]
    if len(added) != 1 or added[0] in grounds.seen or situation.first is None:
        return None
    constant = added[0]
    if said.b.diff(constant) not in (1, -1):
        return None
    varied = _varied(grounds, situation.first.expression)
    if not varied:
        return undecided(Role.LINK, f"up to {constant}, which may depend on anything")
    difference = (said.a - said.b.subs(constant, 0)) / said.b.diff(constant)
    if any(_depends(grounds, difference, letter) for letter in varied):
        return None
    remark = f"{constant} stands for what does not depend on {', '.join(sorted(map(str, varied)))}"
    return given(Role.LINK, "equal up to a constant", remarks=(remark,), defines=("meaning", constant, (), difference))


def _varied(grounds: Grounds, expression: Expr) -> set[Symbol]:
    """The letters that a chain is about: the arguments of the function at its head."""
    found: set[Symbol] = set()
    for part in expression.atoms(AppliedUndef):
        parameters = grounds.world.definitions.get(key_of(part), ((), None))[0] or part.args
        found |= {letter for p in parameters if isinstance(letter := letter_of(p), Symbol) and not letter.is_integer}
    for symbol in expression.free_symbols - found:
        parameters = grounds.world.definitions.get(symbol.name, ((), None))[0]
        found |= {letter for p in parameters if isinstance(letter := letter_of(p), Symbol)}
    return found


def _depends(grounds: Grounds, difference: Expr, letter: Symbol) -> bool:
    """Whether a value changes with a letter: compared with its value at twice the letter."""
    moved = substitute(difference, {letter: 2 * letter})
    return grounds.laboratory.compare(difference, moved).word not in HOLDS


__all__ = ["constant_left_out", "equation_to_solve"]
