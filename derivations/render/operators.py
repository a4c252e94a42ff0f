r"""Σ, ∏, ∂ and indicators on paper: outer sums first, \sum_{j \ne k} for a sum that leaves one index out."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, KroneckerDelta, Product, Sum, Symbol
from sympy.core.sorting import default_sort_key
from sympy.tensor.indexed import Indexed

from derivations.render.layout import (
    Applied,
    Big,
    Binding,
    Factors,
    Fenced,
    Fraction,
    Layout,
    Letters,
    Listed,
    Marked,
    Operated,
    Power,
    fenced,
)
from derivations.render.notation import Notation, has_superscript
from derivations.render.ordering import factors_of, unequal
from derivations.render.products import Compose, exponent_layout, multiply

_SIGNS = {Sum: r"\sum", Product: r"\prod"}


def big_layout(expression: Expr, compose: Compose, notation: Notation) -> Layout:
    """A sum or product with its limits, the outermost written first."""
    factors = factors_of(expression.function) if isinstance(expression, Sum) else (expression.function,)
    limits = list(expression.limits)
    left_out: dict[Expr, Expr] = {}
    if isinstance(expression, Sum):
        factors, left_out = _take_exclusions(factors, limits)
    layout = fenced(compose(multiply(factors)), Binding.OPEN)
    for limit in limits:
        layout = _one_sign(_SIGNS[type(expression)], limit, left_out.get(limit[0]), layout, compose)
    return layout


def _one_sign(sign: str, limit: tuple[Expr, ...], other: Expr | None, body: Layout, compose: Compose) -> Layout:
    index = compose(limit[0])
    if other is not None:
        return Big(sign, Listed((index, compose(other)), r" \ne "), None, body)
    if len(limit) < 3:
        return Big(sign, index, None, body)
    return Big(sign, Listed((index, compose(limit[1])), " = "), compose(limit[2]), body)


def _take_exclusions(
    factors: tuple[Expr, ...], limits: list[tuple[Expr, ...]]
) -> tuple[tuple[Expr, ...], dict[Expr, Expr]]:
    """The factors 1 − δ(j, k) that say "j other than k" for a limit j from 1 on, and the factors that remain."""
    kept: list[Expr] = []
    excluded: dict[Expr, Expr] = {}
    for factor in factors:
        delta = unequal(factor)
        bound = None if delta is None else _excluded_index(delta, limits)
        if bound is None or bound[0] in excluded:
            kept.append(factor)
        else:
            excluded[bound[0]] = bound[1]
    return tuple(kept), excluded


def _excluded_index(delta: KroneckerDelta, limits: list[tuple[Expr, ...]]) -> tuple[Expr, Expr] | None:
    """(bound index, the value it must not take) when the value is fixed outside of the bound index's sum."""
    inside: set[Expr] = set()
    for limit in limits:
        for index, other in (delta.args, delta.args[::-1]):
            outside = not other.free_symbols & (inside | {index})
            if index == limit[0] and len(limit) == 3 and limit[1] == 1 and outside:
                return index, other
        inside.add(limit[0])
    return None


def indicator(delta: KroneckerDelta, relation: str, compose: Compose, notation: Notation) -> Layout:
    """The indicator of two indices being equal or different, the label first."""

    def key(index: Expr) -> tuple[object, ...]:
        head = index.base if isinstance(index, Indexed) else index
        return (not isinstance(index, Indexed), index.is_Number, notation.rank(head), default_sort_key(index))

    sides = tuple(compose(index) for index in sorted(delta.args[:2], key=key))
    return Applied(r"\mathbb{1}", Fenced("[", Listed(sides, relation), "]"))


def derivative_layout(derivative: Derivative, compose: Compose, notation: Notation) -> Layout:
    r"""∂f/∂v with f on the bar when f is a letter, ∂/∂v before f otherwise."""
    partial = Letters(r"\partial")
    order = sum((count for _, count in derivative.variable_count), Integer(0))
    top: Layout = partial if order == 1 else Power(partial, exponent_layout(order, compose))
    bottom: list[Layout] = []
    for variable, count in derivative.variable_count:
        letter = compose(variable)
        bottom += [partial, letter if count == 1 else _repeated(letter, count, compose)]
    function = compose(derivative.expr)
    if isinstance(function, (Letters, Marked)):
        return Fraction(Factors((top, function)), Factors(tuple(bottom)))
    return Operated(Fraction(top, Factors(tuple(bottom))), fenced(function, Binding.OPEN))


def _repeated(letter: Layout, count: Expr, compose: Compose) -> Layout:
    doubled = isinstance(letter, Power) or (isinstance(letter, Marked) and has_superscript(letter.template))
    return Power(Fenced("(", letter, ")") if doubled else letter, exponent_layout(count, compose))


def is_letter(expression: object) -> bool:
    """Whether the expression is one symbol, with or without indices."""
    return isinstance(expression, (Symbol, Indexed))
