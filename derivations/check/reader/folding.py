"""Builders of what binds or compares: sums, products, integrals, derivatives, indicators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sympy import Derivative, Expr, Indexed, Integer, Integral, KroneckerDelta, Mul, Pow, Product, Subs, Sum, Symbol, sign

from derivations.check.reader.declared import function_head
from derivations.check.reader.terms import Term

if TYPE_CHECKING:
    from derivations.check.reader.building import Builder


def fold(kind: type[Sum] | type[Product]) -> Callable[[Builder, Term, Mapping[str, Symbol]], Expr]:
    """The builder of a Σ or ∏: conditions are indicators in the summand."""

    def handler(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
        body, lower, upper, *conditions = term.args
        key = ("bound", id(term))
        low = Integer(1) if lower.head == "bare" else builder.build(lower, environment)
        high = builder.symbols.upper(key) if upper.head == "bare" else builder.build(upper, environment)
        symbol = _bound_symbol(term.data, low, environment, (low, high))
        inside = {**environment, term.data: symbol}
        value = builder.build(body, inside)
        for part in conditions:
            chosen = condition(builder, part, inside)
            value = value * chosen if kind is Sum else Pow(value, chosen)
        return kind(value, (symbol, low, high))

    return handler


def _bound_symbol(name: str, low: Expr, environment: Mapping[str, Symbol], bounds: tuple[Expr, Expr]) -> Symbol:
    """The bound letter; primed where its own bounds or an outer binder use it."""
    starts_positive = bool(low.is_Integer and low >= 1) or bool((low - 1).is_nonnegative)
    assumptions = {"integer": True, "positive": True} if starts_positive else {"integer": True}
    symbol = Symbol(name, **assumptions)
    while symbol in environment.values() or any(symbol in bound.free_symbols for bound in bounds):
        symbol = Symbol(symbol.name + "_", **assumptions)
    return symbol


def condition(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """An indicator: 1 where the relation holds, else 0."""
    if term.head == "member":
        index, *rest = term.args
        key = (str(term.data), len(term.args))
        head = builder.symbols.heads[key].head
        return head[tuple(builder.build(part, environment) for part in (*rest, index))]
    if term.head != "relation" or any(relation not in _INDICATORS for relation in term.data):
        return function_head("condition")(builder.build(term, environment))
    value: Expr = Integer(1)
    sides = builder.all(term.args, environment)
    for left, relation, right in zip(sides, term.data, sides[1:], strict=False):
        value *= _INDICATORS[relation](left, right)
    return value


def _above(left: Expr, right: Expr) -> Expr:
    """1 where left > right."""
    s = sign(left - right)
    return s * (s + 1) / 2


_INDICATORS: dict[str, Callable[[Expr, Expr], Expr]] = {
    **dict.fromkeys(("=", r"\equiv"), lambda a, b: KroneckerDelta(a, b)),
    **dict.fromkeys(("≠", r"\ne", r"\neq", "!="), lambda a, b: 1 - KroneckerDelta(a, b)),
    **dict.fromkeys((">", r"\gt"), _above),
    **dict.fromkeys(("<", r"\lt"), lambda a, b: _above(b, a)),
    **dict.fromkeys(("≥", r"\ge", r"\geq", r"\geqslant", ">="), lambda a, b: 1 - _above(b, a)),
    **dict.fromkeys(("≤", r"\le", r"\leq", r"\leqslant", "<="), lambda a, b: 1 - _above(a, b)),
}


def indicator(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """A product of indicators."""
    return Mul(*(condition(builder, part, environment) for part in term.args))


def derivative(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """A derivative that is not carried out; structure where it is not by a letter."""
    body = builder.build(term.args[0], environment)
    variables = [builder.build(variable, environment) for variable in term.args[1:]]
    if not all(isinstance(v, Symbol) or getattr(v, "is_Indexed", False) for v in variables):
        return function_head("derivative")(body, *variables)
    if not body.free_symbols & {v for v in variables if isinstance(v, Symbol)} and not any(
        body.has(v.base) for v in variables if not isinstance(v, Symbol)
    ):  # fmt: skip
        return function_head("derivative")(body, *variables) if body.is_number is False else Integer(0)
    return Derivative(body, *variables)


def substituted(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """f at a = b, not carried out."""
    body, letter, value = builder.all(term.args, environment)
    if isinstance(letter, (Symbol, Indexed)):
        return Subs(body, letter, value)
    return function_head("evaluated")(body, letter, value)


def integral(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """A definite integral over a letter of its own."""
    body, lower, upper = term.args
    low, high = builder.build(lower, environment), builder.build(upper, environment)
    symbol = Symbol(str(term.data), real=True)
    while symbol in environment.values() or symbol in low.free_symbols | high.free_symbols:
        symbol = Symbol(symbol.name + "_", real=True)
    return Integral(builder.build(body, {**environment, str(term.data): symbol}), (symbol, low, high))
