"""What expressions and terms look like: letters, unknowns, derivatives, matrices."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sympy import Derivative, Expr, Indexed, IndexedBase, Pow, Rational, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.worlds.names import key_of, unprimed
from derivations.check.reader.terms import Term, is_letter
from derivations.core.binding import free_symbols

DERIVATIVES = frozenset(("derivative", "gradient"))
_MATRICES = frozenset(("transpose", "trace", "determinant", "diagonal", "inner", "matrix", "hadamard", "norm"))


def head_of(expression: Expr) -> Any:
    """The letter or array of an unknown, which may be the square or root of one."""
    if isinstance(expression, Pow):
        return head_of(expression.base)
    return expression.base if isinstance(expression, Indexed) else expression


def heads_of(expression: Expr) -> set[Any]:
    """The letters and arrays of an expression."""
    arrays = set(expression.atoms(IndexedBase))
    labels = {base.label for base in arrays}
    return arrays | {s for s in free_symbols(expression) if s not in labels}


def scalars_of(expression: Expr) -> set[Any]:
    """Real letters without indices: multipliers and the like."""
    return {s for s in free_symbols(expression) if not s.is_integer}


def is_name(term: Term) -> bool:
    """Whether a product of letters may as well be a word, such as CNV_1."""
    return term.head == "multiply" and all(part.head == "letter" for part in term.args)


def has_differential(term: Term) -> bool:
    """Whether a d stands in front of a letter, as in du = 2x dx."""
    products = (part.args for part in term.walk() if part.head == "multiply")
    return any(is_letter(a, "d") and b.head in ("letter", "call") for factors in products for a, b in pairwise(factors))


def is_unknown(expression: Expr) -> bool:
    """Whether something can be solved for: a letter or an entry that is no index, or the root of one."""
    if isinstance(expression, Pow) and expression.exp == Rational(1, 2):
        return is_unknown(expression.base)
    return isinstance(expression, (Symbol, Indexed)) and not expression.is_integer


def occurs(name: object, *expressions: Expr) -> bool:
    """Whether a function, an array or a letter occurs."""
    if isinstance(name, str):
        return any(key_of(part) == name for e in expressions for part in e.atoms(AppliedUndef))
    return any(e.has(name) for e in expressions)


def is_matrix(term: Term) -> bool:
    """Whether a formula is about matrices."""
    return any(part.head in _MATRICES or (part.head == "bars" and part.args[0].head == "matrix") for part in term.walk())


def is_derivative(side: Side) -> bool:
    """∂ℓ/∂u, ∇ℓ or f'(u)."""
    expression = side.expression
    if isinstance(expression, Derivative):
        return True
    return isinstance(expression, AppliedUndef) and (expression.func.__name__ in DERIVATIVES or _primed(expression) is not None)


def _primed(expression: AppliedUndef) -> Expr | None:
    """The letter u of f'(u)."""
    primed = unprimed(expression)
    return primed[0].args[0] if primed is not None and is_unknown(primed[0].args[0]) else None


def is_condition(left: Side, side: Side) -> bool:
    """∂ℓ/∂u = 0."""
    return (side.expression == 0 and is_derivative(left)) or (left.expression == 0 and is_derivative(side))


def unknown_of(start: Side) -> Expr | None:
    """What an equation with this left side is to be solved for, when that is plain."""
    expression = start.expression
    if isinstance(expression, Derivative):
        return expression.variables[0]
    if isinstance(expression, AppliedUndef) and expression.func.__name__ in DERIVATIVES and len(expression.args) > 1:
        variable = expression.args[1]
        return variable.base if isinstance(variable, Pow) else variable
    if isinstance(expression, AppliedUndef):
        return _primed(expression)
    return expression if is_unknown(expression) else None


__all__ = [
    "DERIVATIVES", "head_of", "heads_of", "is_condition", "is_derivative", "is_matrix", "is_name", "is_unknown", "occurs",
    "scalars_of", "unknown_of",
]  # fmt: skip
