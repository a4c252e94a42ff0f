"""What left sides name: letters, arrays, functions with their arguments, and how a definition is found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Basic, Expr, Indexed, Pow, Symbol, sqrt
from sympy.core.function import AppliedUndef

from derivations.check.reader.declared import function_head
from derivations.core.binding import free_symbols

Body = tuple[tuple[Expr, ...], Expr]
"""The parameters of a definition (letters, or the square of a letter as in L(μ, σ²)) and what it says."""
_SEPARATED = frozenset(("given", "parameters"))


def key_of(left: Basic) -> Any:
    """What a left side names: a letter, an array, the name of a function (p| for p given something); None for anything else."""
    if isinstance(left, Symbol):
        return left
    if isinstance(left, Indexed):
        return left.base
    if isinstance(left, AppliedUndef):
        is_given = any(isinstance(a, AppliedUndef) and a.func.__name__ == "given" for a in left.args)
        return left.func.__name__ + "|" * is_given
    return None


def parameters_of(left: Basic, body: Expr) -> tuple[Expr, ...] | None:
    """The letters that a definition with this left side leaves open; None when it defines nothing in general."""
    if isinstance(left, Symbol):
        return ()
    if isinstance(left, Indexed):
        symbols = tuple(a for a in left.indices if isinstance(a, Symbol))
        return symbols if len(set(symbols)) == len(left.indices) else None
    arguments = arguments_of(left)
    parameters = tuple(a for a in arguments if isinstance(letter_of(a), Symbol))
    letters = [letter_of(parameter) for parameter in parameters]
    if not free_symbols(body).intersection(letters):
        return ()
    return parameters if len(parameters) == len(arguments) and len(set(letters)) == len(letters) else None


def arguments_of(applied: Basic) -> tuple[Basic, ...]:
    """The arguments of a function, those behind its bar or semicolon included: x and λ of f(x; λ)."""
    found: list[Basic] = []
    for argument in applied.args:
        is_given = isinstance(argument, AppliedUndef) and argument.func.__name__ in _SEPARATED
        found += arguments_of(argument) if is_given else [argument]
    return tuple(found)


def letter_of(parameter: Basic) -> Basic:
    """The letter of a parameter: σ of σ²."""
    return parameter.base if isinstance(parameter, Pow) and parameter.exp == 2 else parameter


def put_in(parameters: tuple[Expr, ...], arguments: list[Expr]) -> dict[Basic, Expr]:
    """What the letters of a definition stand for when it is applied."""
    pairs = zip(parameters, arguments, strict=True)
    return {letter_of(p): a if isinstance(p, Symbol) else letter_of(a) if isinstance(a, Pow) else sqrt(a) for p, a in pairs}


def named_in(heads: Mapping[object, Body], expression: Basic) -> Any:
    """The definition of a name, however it is written: L after L(θ) = …, or ℓ(θ) after ℓ = …; None when there is none."""
    key = key_of(expression)
    if key in heads:
        return key
    if isinstance(expression, Symbol) and expression.name in heads:
        letters = {symbol.name for symbol in free_symbols(heads[expression.name][1])}
        return None if expression.is_integer or expression.name in letters else expression.name
    if isinstance(expression, AppliedUndef) and all(isinstance(argument, (Symbol, Indexed)) for argument in expression.args):
        for name in heads:
            if isinstance(name, Symbol) and name.name == key and free_symbols(heads[name][1]) & expression.free_symbols:
                return name
    return None


def unprimed(expression: Basic) -> tuple[AppliedUndef, int] | None:
    """f(x) and 1 for f'(x), f(x) and 2 for f''(x); None for what has no prime or several arguments."""
    if not isinstance(expression, AppliedUndef) or len(expression.args) != 1:
        return None
    root, _, mark = expression.func.__name__.rpartition("_")
    if not root or not mark or mark.replace("prime", ""):
        return None
    return function_head(root)(*expression.args), mark.count("prime")
