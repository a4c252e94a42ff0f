"""What an argument by one change of sign needs: a continuous factor, on a domain that is one interval."""

from __future__ import annotations

from collections.abc import Callable

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    Mul,
    Pow,
    Sum,
    Symbol,
    besseli,
    cos,
    exp,
    gamma,
    log,
    loggamma,
    polygamma,
    preorder_traversal,
    sin,
)  # fmt: skip

from derivations.core.binding import occurs
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.definitions import unfold
from derivations.core.kernel import RuleError, Situation
from derivations.core.signs import Signs


def continuous(
    rule: str, situation: Situation, expression: Expr, unknown: Expr, positive: Callable[[Expr], bool] | None = None
) -> None:
    """Refuse a function with a pole or an edge inside the domain: its slope has one sign on either side, and no more.

    `positive` says what is known to be positive there; without it, what the situation knows.
    """
    positive = positive or situation.positive
    parts = preorder_traversal(expression)
    for part in parts:
        if isinstance(part, Indexed):
            parts.skip()
            continue
        if not isinstance(part, Expr) or not occurs(unknown, part):
            continue
        if isinstance(part, Pow):
            base, exponent = part.base, part.exp
            whole = exponent.is_integer and exponent.is_nonnegative
            safe = whole or positive(base) or bool(exponent.is_integer and positive(-base))
        elif isinstance(part, _ON_POSITIVE):
            safe = positive(part.args[-1])
        else:
            safe = isinstance(part, _EVERYWHERE)
        if not safe:
            raise RuleError(rule, f"{part} may have a pole inside the domain of {unknown}")


_ON_POSITIVE = (log, gamma, loggamma, polygamma)
_EVERYWHERE = (Symbol, Add, Mul, Sum, exp, sin, cos, Abs, besseli)


def one_interval(rule: str, situation: Situation, unknown: Expr) -> None:
    """Refuse assumptions that may leave more than one interval to the unknown: those affine or monotone in it are allowed.

    S > 0 for something that is never negative, such as a sum of squares, is allowed: it says of the data that S vanishes
    for no value of the unknown.
    """
    for assumed in situation.assumptions:
        plain = unfold(assumed, situation.definitions)
        if not occurs(unknown, plain) or Signs().nonnegative(plain):
            continue
        if not _straight_or_monotone(rule, situation, plain, unknown):
            raise RuleError(rule, f"{assumed} > 0 may leave several intervals to {unknown}", "assume something affine in it")


def _straight_or_monotone(rule: str, situation: Situation, plain: Expr, unknown: Expr) -> bool:
    try:
        slope = differentiate(plain, unknown)
        if not situation.normaliser.form(differentiate(slope, unknown)):
            return True
        continuous(rule, situation, plain, unknown)
    except (NotDifferentiable, RuleError):
        return False
    return situation.positive(slope) or situation.positive(-slope)
