r"""Several values for one unknown: x = 2 or x = 3, x = \pm 2, x \in \{2, 3\} say one equation, whose residual is a product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product

from sympy import Expr, Integer, Mul, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.documents.pieces import Line
from derivations.check.judging.context.formulas import Formula, Side, Statement
from derivations.check.judging.context.shapes import is_matrix
from derivations.check.reader.statements import Kind
from derivations.check.reader.terms import Term

_OR = frozenset(("or", "lor", "vee", "∨"))
_LISTED = frozenset((",", "comma", "quad", "qquad", "and", "semicolon", ";", *_OR))
_SIGN = "plus_or_minus"
MAX_SIGNS = 3


def alternatives(statements: Sequence[Statement]) -> list[Statement]:
    """The statements with those that offer several values joined to one equation each; all others as they are."""
    found: list[Statement] = []
    residuals: list[Expr] = []
    unknown: Expr | None = None
    for statement in statements:
        offered, about = _offered(statement, unknown)
        joins = bool(residuals) and bool(offered) and (statement.link in _OR or (about is not None and about == unknown))
        if joins and (statement.link in _LISTED):
            residuals += offered
            found[-1] = _joined(found[-1], residuals)
            continue
        residuals, unknown = offered, about
        found.append(_joined(statement, residuals) if len(residuals) > 1 else statement)
    return found


def offered_in_words(formulas: Sequence[Formula]) -> dict[int, list[Statement]]:
    """x = 2 or x = 3 written as formulas with "or" or commas between them: all statements of the group, for each line's start."""
    found: dict[int, list[Statement]] = {}
    group: list[Formula] = []
    for formula, following in pairwise([*formulas, Formula(Line("", ()))]):
        group.append(formula)
        if all(_is_one_equation(f) for f in (formula, following)) and _goes_on(formula, following):
            continue
        if len(group) > 1:
            first, *others = [member.statements[0] for member in group]
            statements = [first, *(replace(other, claim=replace(other.claim, link="or")) for other in others)]
            found.update({member.line.start: statements for member in group})
        group = []
    return found


def _goes_on(formula: Formula, following: Formula) -> bool:
    """Whether "or" stands between two equations, or a comma between two values of one letter."""
    words = following.line.before.strip().lower()
    if any(is_matrix(side.term) for f in (formula, following) for side in f.statements[0].sides if side is not None):
        return False
    if words.strip(" ,.$") in _OR:
        return True
    letters = [f.statements[0].sides[0] for f in (formula, following)]
    values = [None if letter is None else letter.expression for letter in letters]
    return words in (",", ";", "and", ", and") and values[0] == values[1] and isinstance(values[0], Symbol)


def _is_one_equation(formula: Formula) -> bool:
    return len(formula.statements) == 1 and formula.statements[0].relations == ("=",) and not formula.line.display


def _offered(statement: Statement, unknown: Expr | None) -> tuple[list[Expr], Expr | None]:
    """The residuals that a statement lets vanish, one for each value, and the letter they give a value to."""
    sides = statement.sides
    if statement.kind is Kind.EXPRESSION and len(sides) == 1 and sides[0] is not None and unknown is not None:
        value = sides[0].expression
        return ([unknown - value], unknown) if value.is_number and statement.link in _LISTED else ([], None)
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        return [], None
    left, right = sides[0].expression, sides[1].expression
    about = left if isinstance(left, Symbol) and not left.is_integer else None
    if statement.kind is Kind.MEMBERSHIP and about is not None and statement.relations == ("in",):
        return [about - value for value in _elements(right)], about
    if statement.kind is not Kind.EQUATION or statement.relations != ("=",):
        return [], None
    return [a - b for a, b in _signed(left, right)], about


def _elements(collection: Expr) -> list[Expr]:
    if not isinstance(collection, AppliedUndef) or collection.func.__name__ != "set":
        return []
    elements = [a for a in collection.args if not (isinstance(a, AppliedUndef) and a.func.__name__ == "comma")]
    return elements if not any(element.atoms(AppliedUndef) for element in elements) else []


def _signed(left: Expr, right: Expr) -> list[tuple[Expr, Expr]]:
    """Both sides with every ± read as + and as −."""
    signs = sorted((a for a in (left - right).atoms(AppliedUndef) if a.func.__name__ == _SIGN and len(a.args) == 1), key=str)
    if len(signs) > MAX_SIGNS:
        return []
    choices = product((1, -1), repeat=len(signs))
    maps = [{atom: sign * atom.args[0] for atom, sign in zip(signs, choice, strict=True)} for choice in choices]
    return [(left.xreplace(chosen), right.xreplace(chosen)) for chosen in maps]


def _joined(statement: Statement, residuals: Sequence[Expr]) -> Statement:
    """One equation for all alternatives: the product of the residuals vanishes."""
    side = next(s for s in statement.sides if s is not None)
    zero = Side(Term("number", (), 0), Integer(0), side.reading)
    claim = replace(statement.claim, kind=Kind.EQUATION, relations=("=",), sides=(side.term, zero.term))
    return Statement(claim, (Side(side.term, Mul(*residuals), side.reading), zero))
