"""Definitions inside a derivation: which steps define a name, and unfolding them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from sympy import Basic, Derivative, Expr, Indexed, IndexedBase, Subs, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, fresh, substitute, unnest
from derivations.core.calculus import differentiate
from derivations.core.statements import Equation
from derivations.core.symbols import Head

if TYPE_CHECKING:
    from derivations.core.derivation import Step

Definition: TypeAlias = tuple[tuple[Symbol, ...], Expr]
Definitions: TypeAlias = Mapping[Head, Definition]

DEFINING_RULES = frozenset(
    ("given", "define", "lemma", "reparametrise", "product_rule", "total_probability", "conditional_probability")
)
"""Rules whose equation gives its left side a meaning; every other step claims something about known meanings."""


def head_and_parameters(left: Expr) -> tuple[Head, tuple[Symbol, ...]] | None:
    """The name that an equation with this left side would define, and its index parameters; None if it defines none.

    Parameters are distinct plain index symbols; arrays among a function's arguments, as in ℓ(μ, σ²), only name what it
    depends on.
    """
    if isinstance(left, Symbol):
        return left, ()
    if isinstance(left, Indexed):
        head, arguments = left.base, left.indices
    elif isinstance(left, AppliedUndef):
        head, arguments = left.func, tuple(a for a in left.args if not isinstance(a, IndexedBase))
    else:
        return None
    if len(set(arguments)) < len(arguments) or not all(isinstance(a, Symbol) for a in arguments):
        return None
    return head, tuple(arguments)


def definitions_of(steps: Iterable[Step]) -> dict[Head, Definition]:
    """Head → (parameters, body) for every defining step."""
    found: dict[Head, Definition] = {}
    for step in steps:
        if step.rule in DEFINING_RULES and isinstance(step.statement, Equation):
            named = head_and_parameters(step.statement.left)
            if named is not None:
                found[named[0]] = (named[1], step.statement.right)
    return found


def _named(expression: Basic) -> tuple[Head, tuple[Basic, ...]] | None:
    if isinstance(expression, Symbol):
        return expression, ()
    if isinstance(expression, Indexed):
        return expression.base, expression.indices
    if isinstance(expression, AppliedUndef):
        return expression.func, tuple(a for a in expression.args if not isinstance(a, IndexedBase))
    return None


def unfold_once(expression: Basic, heads: Definitions) -> Basic:
    """Replace every occurrence of a defined name by its body, once; what is inside a Derivative stays."""
    return expression if isinstance(expression, (Derivative, Subs)) else _replace(expression, heads, unfold_once, lambda b: b)


def unfold(expression: Basic, heads: Definitions) -> Basic:
    """Unfold all definitions to the end and take the derivatives of what they define.

    Terminates because a definition may only use names defined before it.
    """
    if isinstance(expression, Derivative):
        body = unfold(expression.expr, heads)
        for variable, count in expression.variable_count:
            for _ in range(int(count)):
                body = differentiate(body, variable)
                if any(part.func in heads for part in body.atoms(AppliedUndef)):  # σ'(u), brought in by the chain rule
                    body = unfold(body, heads)
        return body
    if isinstance(expression, Subs):
        return unfold_once(unfold(expression.expr, heads), evaluation_point(expression, heads))
    return _replace(expression, heads, unfold, lambda body: unfold(body, heads))


def evaluation_point(expression: Subs, heads: Definitions) -> Definitions:
    """What `Subs` puts for whole arrays or symbols: head → (indices, value), the values unfolded."""
    point: dict[Head, Definition] = {}
    for unknown, value in zip(expression.variables, expression.point, strict=True):
        indices = tuple(unknown.indices) if isinstance(unknown, Indexed) else ()
        point[unknown.base if isinstance(unknown, Indexed) else unknown] = (indices, unfold(value, heads))
    return point


def _replace(
    expression: Basic,
    heads: Definitions,
    recurse: Callable[[Basic, Definitions], Basic],
    finish: Callable[[Basic], Basic],
) -> Basic:
    named = _named(expression)
    if named is not None and named[0] in heads:
        parameters, body = heads[named[0]]
        arguments = [recurse(argument, heads) for argument in named[1]]
        return finish(substitute(body, dict(zip(parameters, arguments, strict=True))))
    if isinstance(expression, (IndexedBase, Symbol)) or not expression.args:
        return expression
    if isinstance(expression, ExprWithLimits):
        return _under_binder(expression, heads, recurse)
    if isinstance(expression, Indexed):
        return expression.base[tuple(recurse(index, heads) for index in expression.indices)]
    arguments = [recurse(argument, heads) for argument in expression.args]
    return expression if tuple(arguments) == expression.args else expression.func(*arguments)


def _under_binder(
    expression: ExprWithLimits, heads: Definitions, recurse: Callable[[Basic, Definitions], Basic]
) -> Basic:
    body, (variable, lower, upper) = unnest(expression)
    incoming = frozenset().union(*(free_symbols(value) - set(parameters) for parameters, value in heads.values()))
    if variable in incoming:
        renamed = fresh(variable.name, incoming | free_symbols(body), variable)
        body, variable = substitute(body, {variable: renamed}), renamed
    return expression.func(recurse(body, heads), (variable, recurse(lower, heads), recurse(upper, heads)))
