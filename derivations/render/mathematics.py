r"""From an expression to its layout: which sign, which fraction, which order, in the notation of the subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import (
    Abs,
    Add,
    Basic,
    Derivative,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
    besseli,
    ceiling,
    exp,
    floor,
    gamma,
    loggamma,
    polygamma,
    zeta,
)
from sympy import latex as sympy_latex
from sympy.core.function import AppliedUndef

from derivations.render.layout import (
    Applied,
    Big,
    Binding,
    Evaluated,
    Fenced,
    Fraction,
    Layout,
    Letters,
    Listed,
    Marked,
    Power,
    Root,
    Terms,
    fenced,
    has_fraction_or_big,
    walk,
)
from derivations.render.notation import Notation, name_of
from derivations.render.operators import big_layout, derivative_layout, indicator, is_letter
from derivations.render.ordering import order_terms, unequal
from derivations.render.products import lettered, number_letters, power_layout, product_layout, raised, signed_layout
from derivations.render.typeset import typeset

_NAMED = {
    name: rf"\{name}"
    for name in ("log", "sin", "cos", "tan", "cot", "sinh", "cosh", "tanh", "arg", "det", "max", "min")
} | {
    "sign": r"\operatorname{sign}",
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "Max": r"\max",
    "Min": r"\min",
}
_FENCES = {Abs: (r"\lvert", r"\rvert"), floor: (r"\lfloor", r"\rfloor"), ceiling: (r"\lceil", r"\rceil")}
_CONSTANTS = {"Pi": r"\pi", "Exp1": "e", "EulerGamma": r"\gamma"}
_SHORT_EXPONENT = 3


@dataclass(frozen=True)
class Composer:
    """Composes layouts in one notation."""

    notation: Notation

    def __call__(self, expression: Basic) -> Layout:
        """The layout of any expression; the first class in its line of descent that has an entry decides."""
        for kind in type(expression).__mro__:
            handler = HANDLERS.get(kind)
            if handler is not None:
                return handler(self, expression)
        return Letters(sympy_latex(expression))


def layout_of(expression: Basic, notation: Notation) -> Layout:
    """The layout of an expression in the given notation."""
    return Composer(notation)(expression)


def latex(expression: Basic, notation: Notation) -> str:
    r"""An expression as LaTeX (amsmath, amssymb), without delimiters.

    >>> from sympy import IndexedBase, Sum, Symbol
    >>> from derivations.core.symbols import Declarations
    >>> x, i, n = IndexedBase("x"), Symbol("i"), Symbol("n")
    >>> latex(-Sum(x[i], (i, 1, n)) / n, Notation(Declarations()))
    '-\\frac{1}{n} \\sum_{i=1}^{n} x_{i}'
    """
    return typeset(layout_of(expression, notation))


def _number(compose: Composer, number: Number) -> Layout:
    if number.is_extended_negative:
        return Terms(((-1, _number(compose, -number)),))
    if isinstance(number, Rational) and number.q != 1:
        return Fraction(Letters(str(number.p)), Letters(str(number.q)))
    return number_letters(number)


def _constant(compose: Composer, constant: Basic) -> Layout:
    return Letters(_CONSTANTS.get(type(constant).__name__, sympy_latex(constant)))


def _letter(compose: Composer, symbol: Expr) -> Layout:
    head = symbol.base if isinstance(symbol, Indexed) else symbol
    return raised(lettered(symbol, compose, compose.notation), Rational(compose.notation.power(head)), compose)


def _array(compose: Composer, array: IndexedBase) -> Layout:
    return raised(compose.notation.head(array), Rational(compose.notation.power(array)), compose)


def _sum_of_terms(compose: Composer, total: Add) -> Layout:
    delta = unequal(total)
    if delta is not None:
        return indicator(delta, r" \ne ", compose, compose.notation)
    items = []
    for term in order_terms(total.args, compose.notation):
        sign, layout = signed_layout(term, compose, compose.notation)
        items.append((sign, fenced(layout, Binding.OPEN)))
    return Terms(tuple(items))


def _applied(compose: Composer, function: Expr) -> Layout:
    name = _NAMED.get(type(function).__name__, rf"\operatorname{{{type(function).__name__}}}")
    if len(function.args) != 1:
        return Applied(name, _arguments(compose, function))
    argument = compose(function.args[0])
    bare = is_letter(function.args[0]) or isinstance(argument, (Letters, Marked, Fraction, Root, Big))
    return Applied(name, argument if bare else Fenced("(", argument, ")"))


def _lettered(compose: Composer, function: Expr) -> Layout:
    """A function known by a letter, always with parentheses: Γ(x), ψ(x), ψ⁽¹⁾(x), I₀(x), ζ(x)."""
    letter, *arguments = _LETTERED[type(function).__name__](function)
    inside = Listed(tuple(compose(argument) for argument in arguments)) if len(arguments) > 1 else compose(arguments[0])
    return Applied(letter, Fenced("(", inside, ")"))


_LETTERED: dict[str, Callable[[Expr], tuple[Any, ...]]] = {
    "gamma": lambda f: (r"\Gamma", f.args[0]), "loggamma": lambda f: (r"\log\Gamma", f.args[0]),
    "polygamma": lambda f: (r"\psi" if f.args[0] == 0 else rf"\psi^{{({sympy_latex(f.args[0])})}}", f.args[1]),
    "besseli": lambda f: (rf"I_{{{sympy_latex(f.args[0])}}}", f.args[1]), "zeta": lambda f: (r"\zeta", *f.args),
}  # fmt: skip


def _exponential(compose: Composer, power: Expr) -> Layout:
    argument = compose(power.args[0])
    leaves = sum(isinstance(part, (Letters, Marked)) for part in walk(argument))
    if not has_fraction_or_big(argument) and leaves <= _SHORT_EXPONENT:
        return Power(Letters("e"), argument)
    return Applied(r"\exp", Fenced("(", argument, ")"))


def _undefined(compose: Composer, function: AppliedUndef) -> Layout:
    declared = compose.notation.marked(function.func, tuple(compose(argument) for argument in function.args))
    if declared is not None:
        return declared
    return Applied(compose.notation.letter(name_of(function.func)).latex, _arguments(compose, function))


def _arguments(compose: Composer, function: Expr) -> Fenced:
    return Fenced("(", Listed(tuple(compose(argument) for argument in function.args)), ")")


def _matrix(compose: Composer, matrix: Lambda) -> Layout:
    """A matrix given by its entries: its own letter, or its entry in brackets."""
    entry = matrix.expr
    if isinstance(entry, Indexed) and entry.indices == tuple(matrix.variables):
        return compose.notation.head(entry.base)
    return Fenced("[", compose(entry), "]")


def _fences(compose: Composer, function: Expr) -> Layout:
    opening, closing = _FENCES[type(function)]
    return Fenced(opening, compose(function.args[0]), closing)


def _evaluated(compose: Composer, evaluated: Subs) -> Layout:
    """An expression with a bar and the point where it is evaluated."""
    places = [Listed((compose(v), compose(value)), " = ") for v, value in zip(evaluated.variables, evaluated.point, strict=True)]
    return Evaluated(compose(evaluated.expr), places[0] if len(places) == 1 else Listed(tuple(places), ", "))


HANDLERS: dict[type, Callable[[Composer, Basic], Layout]] = {
    Number: _number,
    NumberSymbol: _constant,
    Symbol: _letter,
    Indexed: _letter,
    IndexedBase: _array,
    Add: _sum_of_terms,
    Mul: lambda compose, term: product_layout(term, compose, compose.notation),
    Pow: lambda compose, power: power_layout(power, compose, compose.notation),
    Sum: lambda compose, sum_: big_layout(sum_, compose, compose.notation),
    Product: lambda compose, product: big_layout(product, compose, compose.notation),
    Subs: _evaluated,
    Derivative: lambda compose, derivative: derivative_layout(derivative, compose, compose.notation),
    KroneckerDelta: lambda compose, delta: indicator(delta, " = ", compose, compose.notation),
    exp: _exponential,
    Lambda: _matrix,
    Abs: _fences,
    floor: _fences,
    ceiling: _fences,
    Max: _applied,
    Min: _applied,
    AppliedUndef: _undefined,
    **dict.fromkeys((gamma, loggamma, polygamma, besseli, zeta), _lettered),
    Function: _applied,
}
