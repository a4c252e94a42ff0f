"""SymPy expressions as JSON trees and back, by a fixed list of node kinds; nothing is ever evaluated from text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sympy import (
    Abs,
    Add,
    Basic,
    Derivative,
    E,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Max,
    Min,
    Mul,
    Pow,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
    atan2,
    besseli,
    binomial,
    cos,
    erf,
    exp,
    factorial,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sign,
    sin,
    zeta,
)  # fmt: skip
from sympy.core.function import AppliedUndef

from derivations.core.symbols import Declarations

MAX_DEPTH = 200
MAX_NODES = 100_000
MAX_DIGITS = 4_000
MAX_TABULATED = 1_000
"""The largest argument of a function that SymPy works out at once, such as a factorial."""

_NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")
_BUILD_FAILURES = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, NotImplementedError, RecursionError)
"""What SymPy raises for arguments that a node does not take."""

_ANY = 0
_TABLE: dict[str, tuple[type, int]] = {
    "add": (Add, _ANY), "mul": (Mul, _ANY), "pow": (Pow, 2), "exp": (exp, 1), "log": (log, 1), "abs": (Abs, 1),
    "delta": (KroneckerDelta, 2), "sin": (sin, 1), "cos": (cos, 1), "atan2": (atan2, 2), "gamma": (gamma, 1),
    "loggamma": (loggamma, 1), "polygamma": (polygamma, 2), "zeta": (zeta, 1), "besseli": (besseli, 2), "erf": (erf, 1),
    "factorial": (factorial, 1), "binomial": (binomial, 2), "max": (Max, _ANY), "min": (Min, _ANY), "sign": (sign, 1),
}  # fmt: skip
"""Kind → (SymPy's node, how many arguments it takes)."""
_NODES = {kind: node for kind, (node, _) in _TABLE.items()}
_KINDS = {node: kind for kind, node in _NODES.items()}
_CONSTANTS: dict[str, Expr] = {"pi": pi, "e": E}
_NAMES = {constant: name for name, constant in _CONSTANTS.items()}


class NotStorable(ValueError):
    """An expression with a node that the stored form does not have."""

    def __init__(self, expression: Basic) -> None:
        self.expression = expression
        known = ", ".join((*_NODES, "sum", "product", "derivative", "indexed", "function"))
        super().__init__(f"cannot store {expression} of type {type(expression).__name__}; known nodes: {known}")


class Malformed(ValueError):
    """A stored tree that is not one of ours; `where` is the path to the place."""

    def __init__(self, where: str, found: object, expected: str) -> None:
        self.where, self.found, self.expected = where, found, expected
        shown = repr(found)
        super().__init__(f"{where}: expected {expected}, found {shown[:60]}{'…' if len(shown) > 60 else ''}")


def encode(expression: Basic) -> Any:
    """An expression as nested lists: ["add", a, b], ["sum", body, ["i", lower, upper]], "N", "1/2".

    Raises: NotStorable.

    >>> i, N = Symbol("i", integer=True), Symbol("N", integer=True)
    >>> encode(Sum(IndexedBase("x")[i] / 2, (i, 1, N)))
    ['sum', ['mul', '1/2', ['at', 'x', 'i']], ['i', '1', 'N']]
    """
    if isinstance(expression, Rational):
        return str(expression)
    if expression in _NAMES:
        return ["constant", _NAMES[expression]]
    if isinstance(expression, Symbol):
        return expression.name
    if isinstance(expression, IndexedBase):
        return ["array", str(expression.label)]
    if isinstance(expression, Indexed):
        return ["at", str(expression.base.label), *map(encode, expression.indices)]
    if isinstance(expression, AppliedUndef):
        return ["call", expression.func.__name__, *map(encode, expression.args)]
    if isinstance(expression, (Sum, Product)):
        kind = "sum" if isinstance(expression, Sum) else "product"
        return [kind, encode(expression.function), *(list(map(encode, limit)) for limit in expression.limits)]
    if isinstance(expression, Derivative):
        return ["derivative", encode(expression.expr), *map(encode, expression.variables)]
    if isinstance(expression, Subs):
        return ["evaluated", encode(expression.expr), *map(encode, (*expression.variables, *expression.point))]
    if isinstance(expression, Lambda):
        return ["entry", encode(expression.expr), *map(encode, expression.variables)]
    kind = _KINDS.get(type(expression), "")
    if not kind:
        raise NotStorable(expression)
    arguments = expression.args[:2] if kind == "delta" else expression.args
    return [kind, *map(encode, arguments)]


class Decoder:
    """Reads trees under declarations; symbols that are not declared are bound indices."""

    def __init__(self, declarations: Declarations) -> None:
        self._declarations = declarations
        self._nodes = 0
        self._bound: dict[str, Symbol] = {}

    def decode(self, tree: Any, where: str = "expression", depth: int = 0) -> Basic:
        """The SymPy expression of a tree. Raises: Malformed."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise Malformed(where, "a tree", f"at most {MAX_DEPTH} levels and {MAX_NODES} nodes")
        if isinstance(tree, str):
            return self._leaf(tree, where)
        if not isinstance(tree, list) or len(tree) < 2 or not isinstance(tree[0], str):
            raise Malformed(where, tree, "a name, a number or a list that begins with a node kind")
        kind, *rest = tree
        try:
            return self._node(kind, rest, where, depth)
        except Malformed:
            raise
        except _BUILD_FAILURES as failure:
            raise Malformed(where, tree, f"a {kind} that can be built ({failure})") from failure

    def _node(self, kind: str, rest: list[Any], where: str, depth: int) -> Basic:
        special = _SPECIAL.get(kind)
        if special is not None:
            return special(self, rest, where, depth)
        node = _NODES.get(kind)
        if node is None:
            raise Malformed(where, kind, f"one of {', '.join((*_NODES, *_SPECIAL))}")
        arguments = [self.decode(part, f"{where}.{kind}[{n}]", depth + 1) for n, part in enumerate(rest)]
        if not all(isinstance(argument, Expr) for argument in arguments) or _TABLE[kind][1] not in (_ANY, len(arguments)):
            raise Malformed(where, kind, "expressions as arguments, as many as the node takes")
        if _too_large(kind, arguments):
            raise Malformed(where, kind, f"a value of at most {MAX_DIGITS} digits")
        return node(*arguments)

    def _leaf(self, text: str, where: str) -> Basic:
        if _NUMBER.fullmatch(text):
            numerator, _, denominator = text.partition("/")
            if len(text) > MAX_DIGITS or (denominator and not int(denominator)):
                raise Malformed(where, text, f"a number of at most {MAX_DIGITS} digits, not divided by zero")
            return Rational(int(numerator), int(denominator or "1"))
        if not text.isidentifier():
            raise Malformed(where, text, "a number or a name")
        if text in self._bound:
            return self._bound[text]
        if text in self._declarations:
            head = self._declarations[text].head
            if isinstance(head, Symbol):
                return head
            raise Malformed(where, text, "a symbol, but this is an array or a function")
        return Symbol(text, integer=True, positive=True)

    def _head(self, name: Any, where: str, wanted: type) -> Any:
        if not isinstance(name, str) or name not in self._declarations:
            raise Malformed(where, name, "a declared name")
        head = self._declarations[name].head
        if not isinstance(head, wanted):
            raise Malformed(where, name, f"{'an array' if wanted is IndexedBase else 'a function'}")
        return head

    def _constant(self, rest: list[Any], where: str, depth: int) -> Basic:
        if len(rest) != 1 or not isinstance(rest[0], str) or rest[0] not in _CONSTANTS:
            raise Malformed(where, rest, f"one of {', '.join(_CONSTANTS)}")
        return _CONSTANTS[rest[0]]

    def _array(self, rest: list[Any], where: str, depth: int) -> Basic:
        return self._head(rest[0], where, IndexedBase)

    def _at(self, rest: list[Any], where: str, depth: int) -> Basic:
        base = self._head(rest[0], where, IndexedBase)
        indices = [self.decode(part, f"{where}.{rest[0]}[{n}]", depth + 1) for n, part in enumerate(rest[1:])]
        if len(indices) != len(self._declarations[rest[0]].axes):
            raise Malformed(where, rest, f"{len(self._declarations[rest[0]].axes)} indices of {rest[0]}")
        return base[tuple(indices)]

    def _call(self, rest: list[Any], where: str, depth: int) -> Basic:
        head = self._head(rest[0], where, type(Function("f")))
        return head(*(self.decode(part, f"{where}.{rest[0]}({n})", depth + 1) for n, part in enumerate(rest[1:])))

    def _sum(self, rest: list[Any], where: str, depth: int, node: type = Sum) -> Basic:
        limits: list[tuple[Symbol, Basic, Basic]] = []
        outside = dict(self._bound)
        try:
            for limit in reversed(rest[1:]):  # the last is the outermost; a bound may mention the indices outside it
                if not isinstance(limit, list) or len(limit) != 3:
                    raise Malformed(where, limit, "[index, lower, upper]")
                lower, upper = (self.decode(part, where, depth + 1) for part in limit[1:])
                variable = self._index(limit[0], lower, where)
                limits.insert(0, (variable, lower, upper))
                self._bound[variable.name] = variable
            if not limits:
                raise Malformed(where, rest, "at least one [index, lower, upper]")
            return node(self.decode(rest[0], f"{where}.{node.__name__.lower()}", depth + 1), *limits)
        finally:
            self._bound = outside

    def _index(self, name: Any, lower: Basic, where: str) -> Symbol:
        """The index of a sum: the declared one, else one that is positive just when its range starts above zero.

        SymPy simplifies 1[i=0] to zero for an index it takes to be positive.
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise Malformed(where, name, "an index symbol")
        if name not in self._declarations:
            return Symbol(name, integer=True, positive=True if lower.is_positive else None)
        head = self._declarations[name].head
        if not isinstance(head, Symbol) or not head.is_integer:
            raise Malformed(where, name, "an index symbol")
        if head.is_positive and lower.is_nonpositive:
            raise Malformed(where, [name, str(lower)], f"a range of {name} above zero, where it is declared to lie")
        return head

    def _product(self, rest: list[Any], where: str, depth: int) -> Basic:
        return self._sum(rest, where, depth, Product)

    def _derivative(self, rest: list[Any], where: str, depth: int) -> Basic:
        function, *variables = (self.decode(part, f"{where}.derivative", depth + 1) for part in rest)
        if not isinstance(function, (AppliedUndef, zeta)) or not variables:
            raise Malformed(where, rest, "a function and the variables")
        if not all(isinstance(v, (Symbol, Indexed)) for v in variables):
            raise Malformed(where, rest, "symbols or entries as variables")
        return Derivative(function, *variables)

    def _evaluated(self, rest: list[Any], where: str, depth: int) -> Basic:
        body, *parts = (self.decode(part, f"{where}.evaluated", depth + 1) for part in rest)
        half = len(parts) // 2
        if not parts or len(parts) % 2 or not all(isinstance(v, (Symbol, Indexed)) for v in parts[:half]):
            raise Malformed(where, rest, "an expression, the symbols or entries, and as many values")
        return Subs(body, tuple(parts[:half]), tuple(parts[half:]))

    def _entry(self, rest: list[Any], where: str, depth: int) -> Basic:
        body, *variables = (self.decode(part, f"{where}.entry", depth + 1) for part in rest)
        if not variables or not all(isinstance(v, Symbol) for v in variables) or not isinstance(body, Expr):
            raise Malformed(where, rest, "an expression and its index symbols")
        return Lambda(tuple(variables), body)


def _too_large(kind: str, arguments: list[Any]) -> bool:
    """Whether SymPy would work out a number of more digits than are allowed."""
    if kind == "pow":
        base, exponent = arguments
        if not (base.is_Rational and exponent.is_Rational):
            return False
        bits = max(abs(int(base.p)).bit_length(), int(base.q).bit_length())
        return bits > 1 and bool(bits * abs(exponent) > 3 * MAX_DIGITS)
    return kind in _TABULATED and any(a.is_Rational and abs(a) > MAX_TABULATED for a in arguments)


_TABULATED = frozenset(("factorial", "binomial", "gamma", "loggamma", "polygamma", "zeta"))
_SPECIAL: dict[str, Callable[[Decoder, list[Any], str, int], Basic]] = {
    "constant": Decoder._constant,
    "array": Decoder._array,
    "at": Decoder._at,
    "call": Decoder._call,
    "sum": Decoder._sum,
    "product": Decoder._product,
    "derivative": Decoder._derivative,
    "evaluated": Decoder._evaluated,
    "entry": Decoder._entry,
}

