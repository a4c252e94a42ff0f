"""Bound indices: free symbols, capture-avoiding substitution, nesting height.

SymPy's `xreplace` renames the bound index of a Sum and `Sum.diff` captures it; everything in the engine that
replaces a symbol goes through `substitute`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Lambda, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits


@lru_cache(maxsize=16384)
def free_symbols(expression: Basic) -> frozenset[Symbol]:
    """The plain Symbols that occur free (array names do not count, their indices do)."""
    if isinstance(expression, Symbol):
        return frozenset((expression,))
    if isinstance(expression, IndexedBase):
        return frozenset()
    if isinstance(expression, ExprWithLimits):
        found = free_symbols(expression.function)
        for variable, *bounds in expression.limits:
            found = (found - {variable}).union(*map(free_symbols, bounds))
        return found
    if isinstance(expression, Lambda):
        return free_symbols(expression.expr) - frozenset(expression.variables)
    if isinstance(expression, Indexed):
        return frozenset().union(*map(free_symbols, expression.indices))
    return frozenset().union(*(free_symbols(argument) for argument in expression.args))


@lru_cache(maxsize=16384)
def height(expression: Basic) -> int:
    """How deep the binders nest; each limit counts as one."""
    inner = max(map(height, expression.args), default=0)
    return inner + len(expression.limits) if isinstance(expression, ExprWithLimits) else inner


def fresh(name: str, taken: frozenset[Symbol], like: Symbol) -> Symbol:
    """A symbol with the assumptions of `like` whose name is `name`, primed by underscores until not taken."""
    names = {symbol.name for symbol in taken}
    while name in names:
        name += "_"
    return Symbol(name, **like.assumptions0)


def substitute(expression: Basic, mapping: Mapping[Basic, Basic]) -> Basic:
    """Replace free occurrences of the keys (Symbols, Indexed or other sub-expressions) at once, without capture.

    >>> from sympy import IndexedBase, Sum, symbols
    >>> i, j, N = symbols("i j N", integer=True, positive=True)
    >>> x = IndexedBase("x")
    >>> substitute(Sum(x[i] * x[j], (i, 1, N)), {j: i})
    Sum(x[i]*x[i_], (i_, 1, N))
    """
    if expression in mapping:
        return mapping[expression]
    if isinstance(expression, ExprWithLimits):
        return _under_binder(expression, mapping)
    if isinstance(expression, Lambda):
        return _under_lambda(expression, mapping)
    if not expression.args or not mapping:
        return expression
    if isinstance(expression, Indexed):
        indices = [substitute(index, mapping) for index in expression.indices]
        base = mapping.get(expression.base, expression.base)
        return expression if (*indices,) == expression.indices and base == expression.base else base[tuple(indices)]
    arguments = [substitute(argument, mapping) for argument in expression.args]
    return expression if (*arguments,) == expression.args else expression.func(*arguments)


def _under_binder(expression: ExprWithLimits, mapping: Mapping[Basic, Basic]) -> Basic:
    variable, *bounds = expression.limits[-1]  # the outermost
    inner = expression.function
    if len(expression.limits) > 1:
        inner = expression.func(inner, *expression.limits[:-1])
    bounds = [substitute(bound, mapping) for bound in bounds]
    inside = {old: new for old, new in mapping.items() if variable not in free_symbols(old)}
    incoming = frozenset().union(*map(free_symbols, inside.values()), *map(free_symbols, inside))
    if variable in incoming:
        renamed = fresh(variable.name, incoming | free_symbols(inner), variable)
        inner = substitute(inner, {variable: renamed})
        variable = renamed
    return expression.func(substitute(inner, inside), (variable, *bounds))


def _under_lambda(expression: Lambda, mapping: Mapping[Basic, Basic]) -> Basic:
    variables, body = list(expression.variables), expression.expr
    inside = {old: new for old, new in mapping.items() if not free_symbols(old) & set(variables)}
    incoming = frozenset().union(*map(free_symbols, inside.values()), *map(free_symbols, inside))
    for position, variable in enumerate(variables):
        if variable in incoming:
            taken = incoming | free_symbols(body) | frozenset(variables)
            variables[position] = fresh(variable.name, taken, variable)
            body = substitute(body, {variable: variables[position]})
    changed = substitute(body, inside)
    return expression if changed == expression.expr else Lambda(tuple(variables), changed)


def unnest(expression: ExprWithLimits) -> tuple[Expr, tuple[Symbol, Expr, Expr]]:
    """A sum or product over several indices as one over the outermost index, with the rest as its body."""
    variable, *bounds = expression.limits[-1]
    if len(bounds) == 1:
        bounds = [Integer(1), bounds[0]]
    body = expression.function
    if len(expression.limits) > 1:
        body = expression.func(body, *expression.limits[:-1])
    return body, (variable, bounds[0], bounds[1])


def occurs(part: Basic, expression: Basic) -> bool:
    """Whether `part`, or for an indexed unknown any entry of the same array, occurs in the expression."""
    if isinstance(part, Indexed):
        return bool(expression.has(part.base))
    return bool(expression.has(part))

