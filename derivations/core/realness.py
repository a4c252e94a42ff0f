"""Where an expression has a real value: what its logarithms and fractional powers ask to be positive.

Two sides with one normal form are equal wherever both have a value. Where one of them has none on a whole open set — log x
for negative x — and the other has, they are different functions, and only a condition makes an equation of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Basic, Derivative, Expr, Lambda, Pow, Product, Subs, Sum, log

from derivations.core.binding import height, substitute, unnest
from derivations.core.normal_form import Normaliser
from derivations.core.ranges import bound_symbol


def asked_positive(normaliser: Normaliser, expression: Basic) -> frozenset[Expr]:
    """What has to be positive for the expression to be real, as far as it is not known; factors known positive are left out.

    Raises: TooLarge, UndefinedForm.
    """
    found: set[Expr] = set()
    for argument in _arguments(expression):
        if normaliser.signs.nonnegative(argument):
            continue  # at worst a pole
        for monomial in normaliser.form(log(argument, evaluate=False)):
            for atom, _ in monomial:
                if isinstance(atom, log) and not normaliser.signs.nonnegative(atom.args[0]) and not atom.args[0].is_number:
                    found.add(atom.args[0])
    return frozenset(found)


def _arguments(expression: Basic) -> Iterator[Expr]:
    """The arguments of all logarithms and the bases of all fractional powers, bound indices under reserved names."""
    if isinstance(expression, (Sum, Product)):
        body, (variable, lower, upper) = unnest(expression)
        yield from _arguments(substitute(body, {variable: bound_symbol(f"~r{height(body)}", lower, upper)}))
        return
    if isinstance(expression, (Derivative, Subs, Lambda)) or not expression.has(log, Pow):
        return
    if isinstance(expression, log) and len(expression.args) == 1:
        yield expression.args[0]
    if isinstance(expression, Pow) and not expression.exp.is_integer and not expression.base.is_positive:
        yield expression.base
    for part in expression.args:
        yield from _arguments(part)
