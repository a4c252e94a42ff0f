"""What a problem gives, in the symbols of a chapter: definitions, premises, solutions, sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Expr, Indexed, IndexedBase, Pow, Rational, Symbol

from derivations.check.judging.context.formulas import Chapter, Formula
from derivations.check.judging.instances.sampling import Recurrence
from derivations.check.judging.worlds.names import key_of, parameters_of
from derivations.check.judging.worlds.world import Hypothesis, World
from derivations.check.problems.problem import MARKS, Problem
from derivations.core.binding import substitute
from derivations.core.symbols import Declaration, Declarations


@dataclass
class Reference:
    """What is known beyond the document.

    objectives: names of functions that are given and stay what they are. signed: those whose negative is accepted.
    solutions: value
    equations (unknown − value) with the unknown. aliases: names of estimates → the unknown they estimate.
    """

    objectives: set[object] = field(default_factory=set)
    spellings: set[object] = field(default_factory=set)
    signed: set[object] = field(default_factory=set)
    fixed: set[object] = field(default_factory=set)
    solutions: list[Hypothesis] = field(default_factory=list)
    premises: list[Hypothesis] = field(default_factory=list)
    aliases: dict[object, Expr] = field(default_factory=dict)
    primitive: frozenset[str] = frozenset()
    recurrences: tuple[Recurrence, ...] = ()


def load(problem: Problem, chapter: Chapter, world: World) -> Reference:
    """Put what the problem gives into a world, and say what its solutions are."""
    found = Reference(primitive=frozenset(problem.symbols))
    for derivation in problem.derivations:
        for head, (parameters, body) in derivation.definitions.items():
            key = head.__name__ if isinstance(head, type) else head
            if key not in world.definitions:
                world.define(key, parameters, body)
            found.fixed.add(key)
            if isinstance(key, str):
                found.objectives.add(key)
        for unknown, value in derivation.estimates.items():
            found.solutions.append(Hypothesis(unknown - value, 0, unknown))
    _givens(problem, chapter.givens, world, found)
    found.solutions += _joint(found.solutions, world)
    for solution in found.solutions:
        _alias(solution, world, found, chapter)
    return found


def _joint(solutions: Sequence[Hypothesis], world: World) -> list[Hypothesis]:
    """Solutions that hold other unknowns, with the solutions for those put in."""
    values: dict[object, tuple[tuple[Symbol, ...], Expr]] = {}
    for solution in solutions:
        unknown = solution.unknown
        if isinstance(unknown, Indexed) and all(isinstance(index, Symbol) for index in unknown.indices):
            values.setdefault(unknown.base, (tuple(unknown.indices), unknown - solution.residual))
    found = []
    for solution in solutions:
        unknown = solution.unknown
        if not isinstance(unknown, Indexed):
            continue
        others = {base: value for base, value in values.items() if base != unknown.base and solution.residual.has(base)}
        if others:
            joint = World(world.opaque, dict(world.definitions), solved=others).expand(unknown - solution.residual, solved=True)
            found.append(Hypothesis(unknown - joint, 0, unknown))
    return found


def _equation(formula: Formula) -> tuple[Expr, Expr] | None:
    if not formula.statements or None in formula.statements[0].sides or len(formula.statements[0].sides) < 2:
        return None
    left, right = formula.statements[0].sides[:2]
    assert left is not None
    assert right is not None
    return left.expression, right.expression


def _givens(problem: Problem, formulas: Sequence[Formula], world: World, found: Reference) -> None:
    place = 0
    for given in problem.givens:
        sides = _equation(formulas[place])
        place += 1
        if sides is None:
            continue
        _define(sides, given.spellings, given.either_sign, formulas[place - 1], world, found)
    for _ in problem.premises:
        sides = _equation(formulas[place])
        place += 1
        if sides is not None:
            found.premises.append(Hypothesis(sides[0] - sides[1], 0, premise=True))
    for answer in problem.answers:
        for _ in (answer.formula, *answer.also):
            sides = _equation(formulas[place])
            place += 1
            if sides is not None:
                unknown, value = _plain_unknown(*sides)
                found.solutions.append(Hypothesis(unknown - value, 0, unknown))
                if not answer.also:  # what is asked for is no new name
                    found.primitive |= {str(getattr(unknown, "base", unknown))}
    steps = []
    for _ in problem.recurrences:
        sides = _equation(formulas[place])
        place += 1
        if sides is not None and isinstance(sides[0], Indexed):
            free = [s for s in sides[0].indices[0].free_symbols if isinstance(s, Symbol)]
            steps.append(Recurrence(sides[0].base, sides[0], sides[1], free[0] if free else None))
    found.recurrences = tuple(steps)


def _plain_unknown(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """σ = v as σ² = v² where the square is the unknown."""
    if isinstance(left, Pow) and left.exp == Rational(1, 2):
        return left.base, right**2
    return left, right


def _define(
    sides: tuple[Expr, Expr], spellings: Sequence[str], signed: bool, formula: Formula, world: World, found: Reference
) -> None:
    left, body = sides
    key = key_of(left)
    parameters = parameters_of(left, body)
    if key is None or parameters is None:
        return
    keys = [key]
    if isinstance(key, str):
        keys += list(spellings)
        found.objectives.update(keys)
    elif formula.reading is not None:
        entries = formula.reading.symbols.entries
        keys += [entries[f"{name}_"].head for name in spellings if f"{name}_" in entries]
    for name in keys:
        world.define(name, parameters, body)
        found.fixed.add(name)
        if signed:
            found.signed.add(name)
    found.spellings.update(keys[1:])


def _alias(solution: Hypothesis, world: World, found: Reference, chapter: Chapter) -> None:
    """Names such as \\hat\\mu stand for the value of the unknown."""
    unknown = solution.unknown
    if unknown is None or chapter.reading is None:
        return
    name = str(unknown.base.label) if isinstance(unknown, Indexed) else str(unknown)
    value = unknown - solution.residual
    for entry in chapter.reading.symbols.entries.values():
        if entry.name.removeprefix(f"{name}_") in MARKS and entry.head not in world.definitions:
            head = entry.head
            parameters = tuple(unknown.indices) if isinstance(unknown, Indexed) else ()
            if isinstance(unknown, Indexed) and not isinstance(head, IndexedBase):
                continue
            world.define(head, parameters, value)
            found.aliases[head] = unknown


def without_aliases(expression: Expr, aliases: dict[object, Expr]) -> Expr:
    r"""The expression with \hat\mu_{kd} read as \mu_{kd}."""
    mapping = {}
    for atom in expression.atoms(Indexed, Symbol):
        head = atom.base if isinstance(atom, Indexed) else atom
        if head in aliases:
            unknown = aliases[head]
            mapping[atom] = unknown.base[atom.indices] if isinstance(unknown, Indexed) and isinstance(atom, Indexed) else unknown
    return substitute(expression, mapping) if mapping else expression


def declarations_of(chapter: Chapter, problem: Problem, opaque: Sequence[Declaration]) -> Declarations:
    """Everything an instance of the chapter has to give values to, by name."""
    entries: dict[str, Declaration] = {}
    if chapter.reading is not None:
        entries.update({entry.name: entry for entry in chapter.reading.declarations})
    for derivation in problem.derivations:
        for entry in derivation.declarations:
            entries.setdefault(entry.name, entry)
    for entry in opaque:
        entries.setdefault(entry.name, entry)
    return Declarations(tuple(entries.values()))


__all__ = ["Reference", "declarations_of", "load", "without_aliases"]
