"""The shape shared by all rules that rewrite one side of an equation into an equal expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sympy import Basic, Derivative, Expr, Indexed
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core.binding import unnest
from derivations.core.derivation import Argument
from derivations.core.kernel import Outcome, Rule, RuleError, Situation, equation
from derivations.core.statements import Condition, Statement

Rewrite = Callable[[Situation, Expr, Mapping[str, Argument]], tuple[Expr, tuple[Condition, ...]]]


def rewriting(rewrite: Rewrite) -> Rule:
    """A rule from a function that rewrites an expression.

    The rule acts on the right side of its premise (or the one named by the argument `side`), raises when nothing
    changed, and certifies old = new by the normal form whatever the rewrite did.
    """
    name = rewrite.__name__

    def rule(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
        before = equation(name, premises)
        side = arguments.get("side", "right")
        if side not in ("left", "right"):
            raise RuleError(name, f"there is no side {side!r}", "say left or right")
        old = before.left if side == "left" else before.right
        new, conditions = rewrite(situation, old, arguments)
        if new == old:
            raise RuleError(name, f"nothing to rewrite in {old}")
        evidence, ranges = situation.certified(name, old, new)
        after = replace(before, left=new) if side == "left" else replace(before, right=new)
        return Outcome(after, tuple(dict.fromkeys((*conditions, *ranges))), evidence)

    rule.__name__, rule.__doc__ = name, rewrite.__doc__
    return rule


def everywhere(expression: Basic, visit: Callable[[Basic], Basic | None]) -> Basic:
    """Rewrite bottom-up wherever `visit` returns something; indices, bounds and derivatives are left alone."""
    if isinstance(expression, (Indexed, Derivative)) or not expression.args:
        rebuilt = expression
    elif isinstance(expression, ExprWithLimits):
        inner, limit = unnest(expression)
        body = everywhere(inner, visit)
        rebuilt = expression if body == inner else expression.func(body, limit)
    else:
        arguments = tuple(everywhere(a, visit) for a in expression.args)
        rebuilt = expression if arguments == expression.args else expression.func(*arguments)
    found = visit(rebuilt)
    return rebuilt if found is None else found
