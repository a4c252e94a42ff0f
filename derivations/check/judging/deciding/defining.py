"""Definitions: a new name, a sequence, a name defined anew, a letter of the objective used for its negative."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Indexed, Sum, Symbol, exp, log
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.cues import introduces
from derivations.check.judging.context.shapes import DERIVATIVES, is_derivative, occurs
from derivations.check.judging.context.situation import Equality, Situation, role_of
from derivations.check.judging.instances.sampling import Recurrence
from derivations.check.judging.outcome import HOLDS, Outcome, given, right, undecided
from derivations.check.judging.verdicts import Role
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import key_of, parameters_of
from derivations.core.binding import free_symbols
from derivations.core.evidence import Evidence, Word


def definition(grounds: Grounds, said: Equality, situation: Situation) -> Outcome | None:
    """The outcome when the relation gives a new name a meaning."""
    left, side, a, b = said.parts
    if situation.follows or (situation.everywhere and not situation.opens):
        return None
    if situation.opens:
        name = _name_defined(grounds, said, situation)
        if name is not None:
            if grounds.is_index(name):
                return given(Role.PREMISE, "an index takes a value")
            if is_derivative(left) and said.relation != ":=":
                return undecided(Role.DEFINITION, "what is differentiated is not given", defines=name)
            role = Role.PREMISE if side.expression.is_number and isinstance(name, Symbol) else Role.DEFINITION
            return given(role_of(situation, role), "a new name" if role is Role.DEFINITION else "a value given", defines=name)
    ends = not situation.after and said.relation == "=" and not situation.opens
    reverse = _name_defined(grounds, Equality(side, left, b, a), situation) if ends else None
    unheard = isinstance(reverse, Symbol) and reverse not in grounds.seen
    if reverse is not None and not situation.retracted and (left.expression.is_number or unheard):
        return given(Role.DEFINITION, "a new name", defines=("reverse", reverse))
    return None


def _name_defined(grounds: Grounds, said: Equality, situation: Situation) -> Any:
    """The new name on the left, when there is one."""
    left, side, a, b = said.parts
    if situation.role in ("identity", "equation", "link", "answer"):
        return None
    if "goal" in situation.cues and "define" not in situation.cues and said.relation != ":=":
        return None
    name, atom = key_of(left.expression), left.expression
    if isinstance(atom, AppliedUndef) and not _is_formula(atom, b):
        if grounds.world.opaque.holds(a):
            name, atom = key_of(a), a
        elif atom.func.__name__ in DERIVATIVES:
            return None
        else:
            atom = a
    if name is None or parameters_of(atom, b) is None or occurs(name, side.expression, b):
        return None
    if name not in grounds.world.definitions and grounds.world.names(left.expression):
        return None
    announced = "define" in situation.cues and (situation.line.display or introduces(situation.words))
    explicit = said.relation == ":=" or situation.role == "definition" or announced
    if name in grounds.world.conventional:
        again = situation.opens and grounds.laboratory.compare(a, b, proving=False).word not in HOLDS
        return name if again else None
    if name in grounds.world.definitions:
        if grounds.holds_other_objective(side, name) and name not in set(
            grounds.reference.objectives - grounds.reference.spellings
        ):
            return name
        redefinable = name not in grounds.reference.fixed or (
            name in grounds.reference.spellings and grounds.holds_other_objective(side, name)
        )
        number_again = _may_take_another(grounds, name) and side.expression.is_number and "therefore" not in situation.cues
        if redefinable and (
            (explicit and not situation.adjacent)
            or number_again
            or (explicit and said.relation == ":=")
            or name in grounds.reference.spellings
        ):
            same = grounds.laboratory.compare(a, b, proving=False)
            return None if same.word in HOLDS else name
        return None
    if grounds.is_known(name):
        return None
    if grounds.alias_of(name) is not None:
        return None
    if (
        name in grounds.seen
        and not explicit
        and not side.expression.is_number
        and (grounds.world.hypotheses or grounds.reference.solutions)
    ):
        return None
    if any(
        h.residual.has(name if not isinstance(name, str) else Symbol(name))
        for h in grounds.world.hypotheses
        if not isinstance(name, str)
    ):
        return None if not explicit else name
    if grounds.world.opaque.holds(a) and "therefore" in situation.cues and not explicit:
        return None
    if isinstance(left.expression, AppliedUndef) and left.expression.func.__name__ in grounds.problem.notation.probabilities:
        names = {part.func.__name__ for part in side.expression.atoms(AppliedUndef)}
        if names & grounds.problem.notation.probabilities:
            return None
    if not isinstance(atom, (Symbol, Indexed, AppliedUndef)):
        return None
    return name


def _may_take_another(grounds: Grounds, name: object) -> bool:
    """Whether a letter may be used for another number in the next example: any but an estimate given by a formula."""
    return isinstance(name, Symbol) and (not grounds.is_estimate(name) or grounds.world.definitions[name][1].is_number is True)


def _is_formula(applied: AppliedUndef, body: Expr) -> bool:
    """Whether f(x; θ) = … is a formula in its arguments, so that f has a value for any others."""
    return (not applied.args or bool(parameters_of(applied, body))) and applied.func.__name__ not in DERIVATIVES


def recurrence(grounds: Grounds, said: Equality, situation: Situation) -> Outcome | None:
    """θ_{k+1} in terms of θ_k or, after θ_0 = 0, of other sequences: a premise that all instances obey from here on."""
    target, side = said.left.expression, said.side
    if not (situation.opens and isinstance(target, Indexed) and len(target.indices) == 1) or situation.follows:
        return None
    name, index = target.base, target.indices[0]
    if name in grounds.world.definitions or grounds.is_known(name) or "therefore" in situation.cues:
        return None
    letters = sorted(free_symbols(index), key=str)
    others = [part.indices[0] for part in side.expression.atoms(Indexed) if part.base == name]
    known = [r for r in grounds.laboratory.recurrences if r.head == name]
    if index in others or (letters and not others and not known):
        return None
    if any(str(r.target.indices[0]) == str(index) or (letters and r.index is not None) for r in known):
        return None
    if not letters and not index.is_Integer:
        return None
    grounds.laboratory.obey(Recurrence(name, target, grounds.world.expand(side.expression), letters[0] if letters else None))
    return given(role_of(situation, Role.PREMISE), "a recurrence" if letters else "the start of a sequence")


def redefined(grounds: Grounds, said: Equality, same: Evidence, situation: Situation) -> Outcome | None:
    """A name that was defined before and now is something else."""
    expression = said.left.expression
    name = key_of(expression)
    if not situation.opens or name is None or name not in grounds.world.definitions or name in grounds.reference.fixed:
        return None
    if isinstance(expression, AppliedUndef) and expression.func.__name__ in DERIVATIVES:
        return None
    if occurs(name, said.side.expression):
        return None
    if situation.adjacent and situation.head == name and same.word is Word.REFUTED and not said.side.expression.is_number:
        return None
    return undecided(Role.DEFINITION, "defined otherwise before; taken as a new definition", defines=name)


def adopted(grounds: Grounds, said: Equality) -> Outcome | None:
    """A letter of the objective used for its negative, its exponential or its mean: adopted, with a remark."""
    expression = said.left.expression
    names = {part.func.__name__ for part in expression.atoms(AppliedUndef)} & grounds.reference.signed
    for name in sorted(map(str, names)):
        if name not in grounds.world.definitions:
            continue
        parameters, body = grounds.world.definitions[name]
        for what, meaning in _meanings(body, expression):
            world = grounds.world.copy(grounds.world.blame or 0)
            world.define(name, parameters, meaning)
            same = grounds.laboratory.compare(world.expand(expression), said.b)
            if same.word in HOLDS:
                remarks = (f"here the letter stands for {what}",)
                return right(Role.IDENTITY, same, remarks=remarks, defines=("meaning", name, parameters, meaning))
    return None


def _meanings(objective: Expr, expression: Expr) -> list[tuple[str, Expr]]:
    """What a letter of the objective is used for instead: in log L the likelihood; more where the line says what it is."""
    likelihood = ("the likelihood itself", exp(-objective))
    if not isinstance(expression, AppliedUndef):
        return [likelihood] if any(part.args[0].has(AppliedUndef) for part in expression.atoms(log)) else []
    sizes = sorted({limit[2] for part in objective.atoms(Sum) for limit in part.limits if limit[2].is_Symbol}, key=str)
    means = [(f"the mean over {size}", sign * objective / size) for size in sizes for sign in (1, -1)]
    return [("the negative of the objective given: the log-likelihood itself", -objective), likelihood, *means]
