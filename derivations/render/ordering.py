"""In which order terms and factors are written, so that a line reads as in a textbook and never as stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import (
    Abs,
    Add,
    AtomicExpr,
    Basic,
    Derivative,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Product,
    Sum,
    Symbol,
    ceiling,
    floor,
)
from sympy.core.function import AppliedUndef
from sympy.core.sorting import default_sort_key

from derivations.render.notation import Notation

# The classes of factors, in the order in which they are written.
NUMBER, CONSTANT, SCALAR, INDICATOR, ARRAY, DATA, BRACKET, FUNCTION, BIG = range(9)
_CLASSES: tuple[tuple[tuple[type, ...], int], ...] = (
    ((floor, ceiling, Abs), BRACKET),
    ((AppliedUndef,), ARRAY),
    ((Function, Derivative), FUNCTION),
    ((NumberSymbol, AtomicExpr), CONSTANT),
)
_CONSTANT_RANK = 10**6
_BELOW_CONSTANT = 10**7


def factors_of(term: Expr) -> tuple[Expr, ...]:
    """The factors of a term, nested products flattened.

    >>> from sympy.abc import x, y
    >>> factors_of(x * y**2)
    (x, y**2)
    """
    if not isinstance(term, Mul):
        return (term,)
    return tuple(factor for argument in term.args for factor in factors_of(argument))


def unequal(factor: Expr) -> KroneckerDelta | None:
    """The delta when the factor is 1 − δ, the indicator of two indices being different."""
    if isinstance(factor, Add) and len(factor.args) == 2 and factor.args[0] == 1:
        other = -factor.args[1]
        return other if isinstance(other, KroneckerDelta) else None
    return None


def class_of_factor(factor: Expr, notation: Notation) -> int:
    """Which of the classes above a factor belongs to; a power belongs with its base."""
    kernel = factor.base if isinstance(factor, Pow) else factor
    if kernel.is_Number:
        return NUMBER
    if isinstance(kernel, (Symbol, Indexed)):
        if notation.is_data(kernel.base if isinstance(kernel, Indexed) else kernel):
            return DATA
        return SCALAR if isinstance(kernel, Symbol) else ARRAY
    if isinstance(kernel, KroneckerDelta) or unequal(kernel) is not None:
        return INDICATOR
    if isinstance(kernel, (Sum, Product)):
        return BIG if kernel is factor else BRACKET
    for kind, place in _CLASSES:
        if isinstance(kernel, kind):
            return place
    return BRACKET


def order_factors(factors: Sequence[Expr], notation: Notation) -> list[Expr]:
    """Numbers, constants, scalars, indicators, parameters with few indices first, data, brackets, functions, sums."""

    def key(factor: Expr) -> tuple[Any, ...]:
        kernel = factor.base if isinstance(factor, Pow) else factor
        axes = len(kernel.indices) if isinstance(kernel, Indexed) else 0
        return (class_of_factor(factor, notation), axes, _ranks_in(kernel, notation), default_sort_key(factor))

    return sorted(factors, key=key)


def order_terms(terms: Sequence[Expr], notation: Notation) -> list[Expr]:
    """Plain terms by falling powers, multiples of brackets, functions, sums; a positive term leads if there is one."""
    ordered = sorted(terms, key=lambda term: _term_key(term, notation))
    first = next((position for position, term in enumerate(ordered) if not is_negative(term)), 0)
    return [ordered[first], *ordered[:first], *ordered[first + 1 :]]


def is_negative(term: Expr) -> bool:
    """Whether a term is written with a minus sign in front."""
    sign = 1
    for factor in factors_of(term):
        if factor.is_Number and factor.is_extended_negative:
            sign = -sign
    return sign < 0


def _term_key(term: Expr, notation: Notation) -> tuple[Any, ...]:
    factors = [factor for factor in factors_of(term) if not factor.is_Number]
    depth = max((_nesting(factor) for factor in factors), default=0)
    tie = (_ranks_in(term, notation), default_sort_key(term))
    if depth:
        inside = all(class_of_factor(factor, notation) != BIG for factor in factors)
        return (3 if inside else 2, is_negative(term), depth, *tie)
    if any(class_of_factor(factor, notation) == FUNCTION for factor in factors):
        return (1, False, 0, *tie)
    bracketed = len(factors) > 1 and any(isinstance(factor, Add) for factor in factors)
    return (0, bracketed, 0, _monomial(factors, notation), default_sort_key(term))


def _monomial(factors: Sequence[Expr], notation: Notation) -> tuple[tuple[float, Any], ...]:
    """(rank, −exponent) for each letter, so that falling powers in declaration order sort first."""
    powers: list[tuple[float, Any]] = []
    for factor in factors:
        base, exponent = (factor.base, factor.exp) if isinstance(factor, Pow) else (factor, 1)
        degree = float(exponent) if getattr(exponent, "is_Rational", isinstance(exponent, int)) else 1.0
        ranks = _ranks_in(base, notation)
        powers.append((ranks[0] if ranks else _CONSTANT_RANK - 1, -degree))
    falling = tuple(sorted(powers))
    lead = () if not falling or any(power < 0 for _, power in falling) else ((_BELOW_CONSTANT, 0.0),)
    return (*lead, *falling, (_CONSTANT_RANK, 0.0))


def _nesting(expression: Expr) -> int:
    """How many Σ or ∏ stand inside one another; 0 when there is none outside of a function."""
    if isinstance(expression, (Sum, Product)):
        return len(expression.limits) + _nesting(expression.function)
    if isinstance(expression, (Add, Mul, Pow)):
        return max((_nesting(argument) for argument in expression.args), default=0)
    return 0


def _ranks_in(expression: Basic, notation: Notation) -> tuple[int, ...]:
    """The declaration ranks of the heads of an expression, sorted; the letters inside indices do not count."""
    if isinstance(expression, Indexed):
        return (notation.rank(expression.base),)
    if isinstance(expression, AppliedUndef):
        return (notation.rank(expression.func),)
    heads = expression.atoms(IndexedBase) or expression.free_symbols
    return tuple(sorted(notation.rank(head) for head in heads))
