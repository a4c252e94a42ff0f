"""The slow, readable evaluator: plain recursion and loops, exact on rationals, derivatives by dual numbers."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import (
    Abs,
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
    atan,
    atan2,
    besseli,
    binomial,
    ceiling,
    cos,
    cosh,
    erf,
    exp,
    factorial,
    floor,
    gamma,
    log,
    loggamma,
    nan,
    oo,
    polygamma,
    sign,
    sin,
    sinh,
    tan,
    tanh,
    true,
    zeta,
    zoo,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1, Pi

from numeric.duals import Arithmetic, Dual, arithmetic, perturb, primal, tangent
from numeric.failures import (
    CircularDefinition,
    IndexOutOfRange,
    NotAnInteger,
    TooManyTerms,
    UnboundSymbol,
    UndefinedValue,
    UnknownNode,
    WrongIndexCount,
)  # fmt: skip
from numeric.matrices import MATRIX_FUNCTIONS, NORM, eliminate, spectral_norm
from numeric.special import ORDER_STATISTICS

Definitions = Mapping[Any, tuple[tuple[Basic, ...], Basic]]

Address = tuple[Basic | None, tuple[int, ...]]
HIDDEN: Address = (None, ())

DIGITS = 40
"""Decimal digits at log, exp and π: twice the 20 digits on which two sides are asked to agree."""
MAX_TERMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What the indices are worth here, and which entries carry an ε (innermost derivative last)."""

    bindings: Mapping[Basic, Any]
    perturbed: tuple[Address, ...] = ()

    def bind(self, symbol: Basic, value: Any) -> Scope:
        """The scope with one more index bound; an ε on an outer symbol of that name is out of sight."""
        return Scope({**self.bindings, symbol: value}, self.perturbed_but({symbol}))

    def perturbed_but(self, shadowed: Collection[Basic]) -> tuple[Address, ...]:
        """The perturbed entries without those of shadowed symbols; each keeps its level."""
        return tuple(HIDDEN if address[0] in shadowed else address for address in self.perturbed)

    def perturb(self, address: Address) -> Scope:
        """The scope inside one more derivative."""
        return Scope(self.bindings, (*self.perturbed, address))

    def with_epsilon(self, number: Arithmetic, value: Any, address: Address) -> Any:
        """The value plus the ε of every derivative taken with respect to this address."""
        for level, perturbed in enumerate(self.perturbed, start=1):
            if perturbed == address:
                value = number.add(value, perturb(0, level))
        return value


@dataclass
class Evaluation:
    """One evaluation: the numbers it computes with, the instance it reads, the terms it may still visit."""

    number: Arithmetic
    instance: Mapping[Any, Any]
    definitions: Definitions
    outermost: Mapping[Basic, Any]
    limit: int
    terms: int = 0
    known: dict[Any, Any] = field(default_factory=dict)

    def value(self, node: Basic, scope: Scope) -> Any:
        """The value of any node: HANDLERS by its type."""
        handler = HANDLERS.get(type(node))
        if handler is None:
            handler = next((HANDLERS[kind] for kind in type(node).__mro__ if kind in HANDLERS), None)
        if handler is None:
            raise UnknownNode(node, type(node).__name__)
        return handler(self, node, scope)

    def integer(self, node: Basic, scope: Scope) -> int:
        """The value of an index or a bound."""
        value = self.value(node, scope)
        if not isinstance(value, int):
            if isinstance(value, (Dual, Fraction)) or value != self.number.whole(value):
                raise NotAnInteger(node, primal(value))
            value = self.number.whole(value)
        return value

    def address(self, head: Basic, indices: tuple[int, ...], scope: Scope) -> Any:
        """The value of one entry, with the ε of every derivative taken with respect to it."""
        return scope.with_epsilon(self.number, self._entry(head, indices, scope), (head, indices))

    def _entry(self, head: Basic, indices: tuple[int, ...], scope: Scope) -> Any:
        if head in self.definitions:
            return self.unfold(head, self.definitions[head], indices, scope)
        if head not in self.instance:
            known = {*self.instance, *self.definitions, *self.outermost}
            raise UnboundSymbol(head, tuple(sorted({str(symbol) for symbol in known})))
        array = self.instance[head]
        if not isinstance(head, IndexedBase):
            return self.number.admit(array)
        shape = np.shape(array)
        if len(indices) != len(shape):
            raise WrongIndexCount(str(head), len(shape), len(indices))
        if not all(1 <= index <= size for index, size in zip(indices, shape, strict=True)):
            raise IndexOutOfRange(str(head), indices, shape)
        return self.number.admit(array[tuple(index - 1 for index in indices)])

    def unfold(
        self, head: Any, definition: tuple[tuple[Basic, ...], Basic], values: tuple[Any, ...], scope: Scope
    ) -> Any:
        """The body of a definition with its parameters bound to values; loops around its use stay invisible to it."""
        parameters, body = definition
        if len(parameters) != len(values):
            raise WrongIndexCount(str(head), len(parameters), len(values))
        key = (head, values, scope.perturbed)
        if key not in self.known:
            self.known[key] = IN_PROGRESS
            try:
                bindings = {**self.outermost, **dict(zip(parameters, values, strict=True))}
                self.known[key] = self.value(body, Scope(bindings, scope.perturbed_but(parameters)))
            finally:
                if self.known[key] is IN_PROGRESS:
                    del self.known[key]
        elif self.known[key] is IN_PROGRESS:
            raise CircularDefinition(str(head), values)
        return self.known[key]

    def count_term(self, node: Basic) -> None:
        """Count one term of a sum or a product against the limit."""
        self.terms += 1
        if self.terms > self.limit:
            raise TooManyTerms(self.limit, node)

    def differentiate(self, body: Basic, variables: tuple[Basic, ...], scope: Scope) -> Any:
        """∂body/∂variables, the last variable outermost, each an exact ε on exactly the addressed entry."""
        if not variables:
            return self.value(body, scope)
        *inner, outer = variables
        if isinstance(outer, Indexed):
            address = (outer.base, tuple(self.integer(index, scope) for index in outer.indices))
        else:
            address = (outer, ())
        inside = scope.perturb(address)
        return tangent(self.differentiate(body, tuple(inner), inside), len(inside.perturbed))


IN_PROGRESS = object()
Handler = Callable[[Evaluation, Any, Scope], Any]


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
        if any(isinstance(value, Dual) for line in rows for value in line):
            raise UndefinedValue("derivative of an inverse", node, node)
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
    return run.number.apply(f"{type(node).__name__}:{order}", run.value(node.args[1], scope))


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
    exp: _elementary("exp"),
    log: _elementary("log"),
    sin: _elementary("sin"),
    cos: _elementary("cos"),
    tanh: _elementary("tanh"),
    Abs: _elementary("Abs"),
    sign: _elementary("sign"),
    floor: _elementary("floor"),
    ceiling: _elementary("ceiling"),
    factorial: _elementary("factorial"),
    gamma: _elementary("gamma"),
    loggamma: _elementary("loggamma"),
    zeta: _elementary("zeta"),
    erf: _elementary("erf"),
    sinh: _elementary("sinh"),
    cosh: _elementary("cosh"),
    tan: _elementary("tan"),
    atan: _elementary("atan"),
    atan2: _angle,
    polygamma: _of_order,
    besseli: _of_order,
    binomial: _choose,
    Max: _extreme(max),
    Min: _extreme(min),
    type(oo): _not_finite,
    type(-oo): _not_finite,
    type(zoo): _not_finite,
    type(nan): _not_finite,
}


def evaluate_slowly(
    expression: Basic,
    instance: Mapping[Any, Any],
    *,
    bindings: Mapping[Basic, int] | None = None,
    definitions: Definitions | None = None,
    digits: int = DIGITS,
    max_terms: int = MAX_TERMS,
) -> Any:
    """The value of an expression on one instance, by loops; mathematics counts from 1, arrays from 0.

    instance: numbers by Symbol, arrays by IndexedBase; x[i, d] at i = d = 1 reads `instance[x][0, 0]`.
    bindings: an integer for each free index.
    definitions: head -> (parameters, body). The head of `mu[k, d]` is `mu`, of a symbol itself, of an applied
        function the applied form or its class; the body is evaluated with the parameters bound to the values of
        the indices, and sees no loop around its use. A definition comes before a value in the instance. A
        function of arrays has no parameters.
    digits: decimal digits wherever log, exp, π or a fractional power leaves the rationals.

    Returns int or Fraction where the value is rational by construction, else an mpmath float of `digits` digits
    (floats in the instance count as the binary fractions that they are). Empty sums are 0, empty products 1.
    `Derivative(f, mu[k, d])` is exact: one entry carries an ε, and definitions are followed.

    Raises: UnboundSymbol, UnknownNode, IndexOutOfRange, WrongIndexCount, NotAnInteger, UndefinedValue, TooManyTerms,
    NumberTooLarge, CircularDefinition.

    >>> from sympy import symbols
    >>> i, N = symbols("i N", integer=True, positive=True)
    >>> x = IndexedBase("x", real=True)
    >>> evaluate_slowly(Sum(x[i] ** 2, (i, 1, N)) / N, {x: np.array([1, 2]), N: 2})
    Fraction(5, 2)
    >>> evaluate_slowly(Derivative(Sum(x[i] ** 2, (i, 1, N)), x[2]), {x: np.array([1, 2]), N: 2})
    4
    """
    number = arithmetic(digits)
    outermost = {symbol: number.admit(value) for symbol, value in (bindings or {}).items()}
    run = Evaluation(number, instance, definitions or {}, outermost, max_terms)
    return number.leave(run.value(expression, Scope(outermost)))
