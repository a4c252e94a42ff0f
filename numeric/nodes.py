"""What each kind of node is worth in the slow evaluator: one handler a node, plain recursion and loops."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import (
    Add,
    Basic,
    Derivative,
    Eq,
    Float,
    Ge,
    Gt,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Lambda,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
    atan2,
    binomial,
    nan,
    oo,
    true,
    zoo,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1, Pi

from numeric.duals import Arithmetic, Dual, primal
from numeric.evaluation import Evaluation, Handler, Scope
from numeric.failures import UnboundSymbol, UndefinedValue, UnknownNode
from numeric.functions import ELEMENTARY, ORDERED, SPECIAL
from numeric.matrices import MATRIX_FUNCTIONS, NORM, eliminate, spectral_norm
from numeric.special import ORDER_STATISTICS


def _symbol(run: Evaluation, node: Symbol, scope: Scope) -> Any:
    if node in scope.bindings:
        return scope.with_epsilon(run.number, scope.bindings[node], (node, ()))
    return run.address(node, (), scope)


def _indexed(run: Evaluation, node: Indexed, scope: Scope) -> Any:
    return run.address(node.base, tuple(run.integer(index, scope) for index in node.indices), scope)


def _array(run: Evaluation, node: IndexedBase, scope: Scope) -> Any:
    raise UnknownNode(node, "an array without indices")


def _applied(run: Evaluation, node: AppliedUndef, scope: Scope) -> Any:
    if node in run.definitions:
        return run.address(node, (), scope)
    if node.func not in run.definitions:
        if node.func.__name__ in ORDER_STATISTICS and len(node.args) == 1 and isinstance(node.args[0], IndexedBase):
            return _order_statistic(run, node, scope)
        if node.func.__name__ in MATRIX_FUNCTIONS and node.args and isinstance(node.args[0], Lambda):
            return _matrix_function(run, node, scope)
        if node.func.__name__ == NORM and len(node.args) == 3 and isinstance(node.args[0], Lambda):
            return _matrix_norm(run, node, scope)
        raise UnboundSymbol(node, tuple(sorted(str(head) for head in run.definitions)))
    definition = run.definitions[node.func]
    arguments = tuple(argument for argument in node.args if not isinstance(argument, IndexedBase))
    values = tuple(run.value(argument, scope) for argument in arguments) if definition[0] else ()
    return run.unfold(node.func, definition, values, scope)


def _order_statistic(run: Evaluation, node: AppliedUndef, scope: Scope) -> Any:
    """The largest, smallest or middle entry of a whole array."""
    (array,) = node.args
    if array not in run.instance:
        raise UnboundSymbol(array, tuple(sorted(map(str, run.instance))))
    places = np.ndindex(*np.shape(run.instance[array]))
    entries = [run.address(array, tuple(n + 1 for n in place), scope) for place in places]
    if any(isinstance(entry, Dual) for entry in entries):
        raise UndefinedValue("derivative of an order statistic", node, node)
    return run.number.admit(ORDER_STATISTICS[node.func.__name__][1](entries))


@lru_cache(maxsize=1024)
def _free_of(matrix: Lambda) -> tuple[Basic, ...]:
    """The free symbols of a matrix, in a fixed order."""
    return tuple(sorted(matrix.free_symbols, key=str))


def _matrix_function(run: Evaluation, node: AppliedUndef, scope: Scope) -> Any:
    """An entry of an inverse, a determinant, or its logarithm, of a matrix given by its entries."""
    (row, column), entry = node.args[0].variables, node.args[0].expr
    size = run.integer(node.args[1], scope)
    outer = tuple(scope.bindings[symbol] for symbol in _free_of(node.args[0]) if symbol in scope.bindings)
    key = (node.args[0], size, outer, scope.perturbed)
    if key not in run.known:  # one elimination serves all entries
        places = range(1, size + 1)
        rows = [[run.value(entry, scope.bind(row, r).bind(column, c)) for c in places] for r in places]
        run.known[key] = eliminate(rows, run.number)
    determinant, inverse = run.known[key]
    if node.func.__name__ == "inverse":
        r, c = (run.integer(part, scope) for part in node.args[2:])
        return inverse[r - 1][c - 1]
    return determinant if node.func.__name__ == "determinant" else run.number.apply("log", run.number.apply("Abs", determinant))


def _matrix_norm(run: Evaluation, node: AppliedUndef, scope: Scope) -> Any:
    """The norm of a matrix given by its entries, of as many rows and columns as the other arguments say."""
    (row, column), entry = node.args[0].variables, node.args[0].expr
    height, width = (range(1, run.integer(extent, scope) + 1) for extent in node.args[1:])
    rows = [[run.value(entry, scope.bind(row, r).bind(column, c)) for c in width] for r in height]
    if any(isinstance(value, Dual) for line in rows for value in line):
        raise UndefinedValue("derivative of a norm", node, node)
    return spectral_norm(rows, run.number)


def _of_order(run: Evaluation, node: Basic, scope: Scope) -> Any:
    order = run.integer(node.args[0], scope)
    return run.number.apply(f"{ORDERED[type(node)]}:{order}", run.value(node.args[1], scope))


def _angle(run: Evaluation, node: atan2, scope: Scope) -> Any:
    y, x = (primal(run.value(part, scope)) for part in node.args)
    if x == 0 and y == 0:
        raise UndefinedValue("atan2", 0, node)
    return run.number.context.atan2(run.number.lift(y), run.number.lift(x))


def _choose(run: Evaluation, node: binomial, scope: Scope) -> Any:
    total, chosen = (run.integer(part, scope) for part in node.args)
    if min(total, chosen) < 0:
        raise UndefinedValue("binomial", (total, chosen), node)
    return run.number.admit(math.comb(total, chosen))


def _add(run: Evaluation, node: Add, scope: Scope) -> Any:
    total: Any = 0
    for term in node.args:
        total = run.number.add(total, run.value(term, scope))
    return total


def _mul(run: Evaluation, node: Mul, scope: Scope) -> Any:
    product: Any = 1
    for factor in node.args:
        product = run.number.multiply(product, run.value(factor, scope))
    return product


def _pow(run: Evaluation, node: Pow, scope: Scope) -> Any:
    return run.number.power(run.value(node.base, scope), run.value(node.exp, scope))


def _fold(start: int, combine: Callable[[Arithmetic, Any, Any], Any]) -> Handler:
    """The handler of Sum or Product: a loop over each limit, the last limit outermost."""

    def handler(run: Evaluation, node: Sum | Product, scope: Scope) -> Any:
        if any(len(limit) != 3 for limit in node.limits):
            raise UnknownNode(node, f"{type(node).__name__} without bounds")

        def over(limits: tuple[Any, ...], scope: Scope) -> Any:
            if not limits:
                run.count_term(node)
                return run.value(node.function, scope)
            *inner, (index, low, high) = limits
            total: Any = start
            for value in range(run.integer(low, scope), run.integer(high, scope) + 1):
                total = combine(run.number, total, over(tuple(inner), scope.bind(index, value)))
            return total

        return over(node.limits, scope)

    return handler


def _delta(run: Evaluation, node: KroneckerDelta, scope: Scope) -> int:
    left, right = (primal(run.value(side, scope)) for side in node.args[:2])
    return int(left == right)


def _derivative(run: Evaluation, node: Derivative, scope: Scope) -> Any:
    variables = tuple(symbol for symbol, count in node.variable_count for _ in range(run.integer(count, scope)))
    return run.differentiate(node.expr, variables, scope)


def _subs(run: Evaluation, node: Subs, scope: Scope) -> Any:
    """The expression where whole arrays or symbols take the values of formulas: they become definitions."""
    point = {
        (v.base if isinstance(v, Indexed) else v): (tuple(v.indices) if isinstance(v, Indexed) else (), value)
        for v, value in zip(node.variables, node.point, strict=True)
    }
    there = replace(run, definitions={**run.definitions, **point}, known={})
    value = there.value(node.expr, scope)
    run.terms = there.terms
    return value


def _elementary(name: str) -> Handler:
    return lambda run, node, scope: run.number.apply(name, run.value(node.args[0], scope))


def _extreme(choose: Callable[..., Any]) -> Handler:
    return lambda run, node, scope: choose((run.value(side, scope) for side in node.args), key=primal)


def _cases(run: Evaluation, node: Piecewise, scope: Scope) -> Any:
    """The first case whose condition holds; the others are not looked at, so that a sequence may refer to itself."""
    for value, condition in node.args:
        if condition is true or _compares(run, condition, scope):
            return run.value(value, scope)
    return _not_finite(run, node, scope)


def _compares(run: Evaluation, condition: Basic, scope: Scope) -> bool:
    compare = COMPARISONS.get(type(condition))
    if compare is None:
        raise UnknownNode(condition, type(condition).__name__)
    return compare(*(primal(run.value(side, scope)) for side in condition.args))


COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {Eq: operator.eq, Ge: operator.ge, Gt: operator.gt}


def _not_finite(run: Evaluation, node: Basic, scope: Scope) -> Any:
    raise UndefinedValue("arithmetic", node, node)


HANDLERS: dict[type, Handler] = {
    Symbol: _symbol,
    Indexed: _indexed,
    IndexedBase: _array,
    AppliedUndef: _applied,
    int: lambda run, node, scope: node,
    Fraction: lambda run, node, scope: node,
    Integer: lambda run, node, scope: int(node),
    Rational: lambda run, node, scope: Fraction(int(node.p), int(node.q)),
    Float: lambda run, node, scope: run.number.lift(node._to_mpmath(run.number.context.prec)),
    Pi: lambda run, node, scope: +run.number.context.pi,
    Exp1: lambda run, node, scope: +run.number.context.e,
    Add: _add,
    Mul: _mul,
    Pow: _pow,
    Sum: _fold(0, Arithmetic.add),
    Product: _fold(1, Arithmetic.multiply),
    KroneckerDelta: _delta,
    Derivative: _derivative,
    Subs: _subs,
    Piecewise: _cases,
    **{node: _elementary(name) for node, name in (ELEMENTARY | SPECIAL).items()},
    atan2: _angle,
    **dict.fromkeys(ORDERED, _of_order),
    binomial: _choose,
    Max: _extreme(max),
    Min: _extreme(min),
    type(oo): _not_finite,
    type(-oo): _not_finite,
    type(zoo): _not_finite,
    type(nan): _not_finite,
}
"""The meaning of a node by its type, or by the nearest of its ancestors."""
