"""Where an expression has a real value: what its logarithms and fractional powers ask to be positive.

Two sides with one normal form are equal wherever both have a value. Where one of them has none on a whole open set — log x
for negative x — and the other has, they are different functions, and only a condition makes an equation of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import Basic, Derivative, Expr, Lambda, Pow, Product, Subs, Sum, log

from derivations.core.binding import height, substitute, unnest
from derivations.core.normal_form import Normaliser
from derivations.core.ranges import bound_symbol, known_nonnegative


@dataclass(frozen=True)
class Asked:
    """What has to be positive: unless the `power` taken of it is whole, or one of the sums around it, over `ranges`, empty."""

    argument: Expr
    power: Expr | None = None
    ranges: frozenset[tuple[Expr, Expr]] = frozenset()


def asked_positive(normaliser: Normaliser, expression: Basic) -> frozenset[Asked]:
    """What has to be positive for the expression to be real, as far as it is not known; factors known positive are left out.

    Raises: TooLarge, UndefinedForm.
    """
    found: set[Asked] = set()
    for asked in _asked(normaliser, expression, frozenset()):
        if normaliser.signs.nonnegative(asked.argument):
            continue  # at worst a pole
        for monomial in normaliser.form(log(asked.argument, evaluate=False)):
            for atom, _ in monomial:
                if isinstance(atom, log) and not normaliser.signs.nonnegative(atom.args[0]):
                    found.add(replace(asked, argument=atom.args[0]))
    return frozenset(found)


def _asked(normaliser: Normaliser, expression: Basic, ranges: frozenset[tuple[Expr, Expr]]) -> Iterator[Asked]:
    """The arguments of all logarithms and the bases of all fractional powers, bound indices under reserved names."""
    if isinstance(expression, (Sum, Product)):
        body, (variable, lower, upper) = unnest(expression)
        if not known_nonnegative(upper - lower, normaliser.declarations):
            ranges |= {(normaliser.canonical(lower), normaliser.canonical(upper))}
        renamed = substitute(body, {variable: bound_symbol(f"~r{height(body)}", lower, upper)})
        yield from _asked(normaliser, renamed, ranges)
        return
    if isinstance(expression, (Derivative, Subs, Lambda)) or not expression.has(log, Pow):
        return
    if isinstance(expression, log) and len(expression.args) == 1:
        yield Asked(expression.args[0], None, ranges)
    if isinstance(expression, Pow) and not expression.exp.is_integer and not expression.base.is_positive:
        power = None if expression.exp.is_Rational else normaliser.canonical(expression.exp)
        yield Asked(expression.base, power, ranges)
    for part in expression.args:
        yield from _asked(normaliser, part, ranges)
