"""Arbitrary functions: what is claimed of f and g must hold for polynomials too, so polynomials can refute it."""

from __future__ import annotations

from itertools import combinations_with_replacement
from zlib import crc32

from sympy import Add, Dummy, Expr, Integer, Mul, Rational
from sympy.core.function import AppliedUndef

DRAWS = 2


def function_names(expression: Expr) -> frozenset[str]:
    """The names of the undefined functions in an expression; f' is f."""
    return frozenset(_apart(applied)[0] for applied in expression.atoms(AppliedUndef))


def _apart(applied: AppliedUndef) -> tuple[str, int]:
    """The name of a function without its primes, and how many they are; primes of several arguments are part of the name."""
    name = type(applied).__name__
    root, _, primes = name.rpartition("_")
    if len(applied.args) == 1 and root and primes == "prime" * (len(primes) // 5):
        return root, len(primes) // 5
    return name, 0


def with_polynomials(expression: Expr, draw: int) -> Expr:
    """The expression with every undefined function replaced by a polynomial of low degree in its arguments; the same function by
    the same polynomial, a primed one by its derivative, another one for each `draw`.

    >>> from sympy import Function, symbols
    >>> f, x, y = Function("f"), *symbols("x y")
    >>> with_polynomials(f(x) - f(y), 0).subs(y, x)
    0
    """
    replaced = {applied: _polynomial(applied, draw) for applied in expression.atoms(AppliedUndef)}
    for _ in range(len(replaced)):  # functions of functions, from the inside out
        following = {applied: value.xreplace(replaced) for applied, value in replaced.items()}
        if following == replaced:
            break
        replaced = following
    return expression.xreplace(replaced)


def _polynomial(applied: AppliedUndef, draw: int) -> Expr:
    name, order = _apart(applied)
    arguments = [argument for argument in applied.args if isinstance(argument, Expr)]
    if order and len(arguments) == 1:
        letter = Dummy("u", real=True)
        return _terms(name, [letter], draw).diff(letter, order).xreplace({letter: arguments[0]})
    return _terms(name, arguments, draw)


def _terms(name: str, arguments: list[Expr], draw: int) -> Expr:
    terms: list[Expr] = [_coefficient(name, (), draw)]
    for degree in (1, 2, 3) if len(arguments) == 1 else (1, 2):
        for places in combinations_with_replacement(range(len(arguments)), degree):
            terms.append(Mul(_coefficient(name, places, draw), *(arguments[place] for place in places)))
    return Add(*terms)


def _coefficient(name: str, places: tuple[int, ...], draw: int) -> Rational:
    seed = crc32(f"{name}{places}{draw}".encode())
    return Rational(seed % 17 - 8 or 9, Integer(1 + seed // 17 % 5))
