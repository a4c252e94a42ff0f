"""Scopes of the fast evaluator: what each index is worth in one block, and the run that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from sympy import Add, Basic, Dummy, IndexedBase, Integer, Mul, Pow, Product, Sum, Symbol, exp, factorial
from sympy.core.function import AppliedUndef

from numeric.failures import NotAnInteger, UnboundSymbol, UnknownNode
from numeric.labelled import Labelled

T = TypeVar("T")

BLOCK = 1 << 16
"""Entries of the largest temporary array: half a megabyte of floats, so that a block stays in the cache."""

EXPONENTIAL = (exp, Product, factorial)
SUMMING = (Sum, Product, Pow)
"""Of these only the first argument, the body or the base, belongs to the skeleton."""
COMBINING = (Add, Mul)


@dataclass(frozen=True, slots=True)
class Span:
    """An index that runs over low..high along an axis of its own."""

    low: int
    high: int

    @property
    def extent(self) -> int:
        """How many values."""
        return max(self.high - self.low + 1, 0)


@dataclass(frozen=True, slots=True)
class Alias:
    """An index that equals an integer expression, such as y[i], clipped into low..high."""

    expression: Basic
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Bindings of indices; a cache of the integer arrays worth keeping while they hold."""

    bindings: Mapping[Symbol, Span | Alias | Labelled]
    cache: dict[Basic, Labelled] = field(default_factory=dict)

    def bind(self, bindings: Mapping[Symbol, Span | Alias | Labelled]) -> Scope:
        """The scope with more indices bound."""
        return Scope({**self.bindings, **bindings})

    def span(self, symbol: Symbol) -> Span | None:
        """The span of an index that has an axis of its own."""
        binding = self.bindings.get(symbol)
        return binding if isinstance(binding, Span) else None


@dataclass(frozen=True, slots=True)
class SignedLog:
    """A number as its sign (None: all positive) and the logarithm of its magnitude."""

    sign: Labelled | None
    log: Labelled


Handler = Callable[["Run", Any, Scope], Labelled]
LogHandler = Callable[["Run", Any, Scope], SignedLog]


@dataclass
class Run:
    """One call of a compiled expression: its arrays and sizes, and the meanings of nodes as tables by type."""

    values: Mapping[type, Handler]
    entries: Mapping[type, Handler]
    logarithms: Mapping[type, LogHandler]
    arrays: Mapping[Basic, Any]
    batched: Mapping[Basic, Symbol]
    definitions: Mapping[Any, tuple[tuple[Symbol, ...], Basic]]
    shapes: Mapping[Basic, tuple[int, ...]]
    varying: frozenset[Basic]
    structure: dict[Any, Any] = field(default_factory=dict)
    tables: dict[Basic, Any] = field(default_factory=dict)

    def value(self, node: Basic, scope: Scope) -> Labelled:
        """The value of a node over all axes that it depends on."""
        return self.handler(self.values, node)(self, node, scope)

    def logarithm(self, node: Basic, scope: Scope) -> SignedLog:
        """Sign and log-magnitude of a node; a node without a meaning in log space is evaluated and its log is taken."""
        handler = find(self.logarithms, type(node)) if self.is_exponential(node) else None
        if handler is not None:
            found: SignedLog = handler(self, node, scope)
            return found
        value = self.value(node, scope)
        if getattr(node, "is_positive", None):
            return SignedLog(None, value.map(np.log))
        return SignedLog(value.map(np.sign), value.map(lambda array: np.log(np.abs(array))))

    def handler(self, table: Mapping[type, Handler], node: Basic) -> Handler:
        """The entry for the type of a node."""
        handler: Handler | None = find(table, type(node))
        if handler is None:
            raise UnknownNode(node, type(node).__name__)
        return handler

    def is_exponential(self, node: Basic) -> bool:
        """Whether the node combines exponentials or products over an index: what may over- or underflow."""
        if node in self.definitions:
            return self.is_exponential(self.definitions[node][1])
        return self.remember(("exponential", node), lambda: self._is_exponential(node))

    def _is_exponential(self, node: Basic) -> bool:
        return any(_over_or_underflows(part) and bool(self.free(part)) for part in skeleton(node))

    def free(self, node: Basic) -> frozenset[Symbol]:
        """The free symbols of a node."""
        return self.remember(("free", node), lambda: frozenset(node.free_symbols))

    def remember(self, key: Any, compute: Callable[[], T]) -> T:
        """What depends on the expression alone, computed once for all calls: SymPy would walk the tree each time."""
        if key not in self.structure:
            self.structure[key] = compute()
        found: T = self.structure[key]
        return found

    def touched(self, node: Basic, scope: Scope) -> set[Symbol]:
        """The indices with an axis on which the value of a node depends, through aliases too."""
        found: set[Symbol] = set()
        pending = list(self.free(node))
        while pending:
            symbol = pending.pop()
            binding = scope.bindings.get(symbol)
            if isinstance(binding, Span):
                found.add(symbol)
            elif isinstance(binding, Alias):
                pending.extend(self.free(binding.expression))
            elif isinstance(binding, Labelled):
                found.update(binding.axes)
            elif getattr(symbol, "base", symbol) in self.batched:
                found.add(self.batched[getattr(symbol, "base", symbol)])
        return found

    def varies(self, body: Basic) -> bool:
        """Whether a body reads a free index or a batched array, through definitions too."""
        for atom in body.atoms(Symbol, IndexedBase, AppliedUndef):
            if atom in self.varying:
                return True
            head = atom if atom in self.definitions else atom.func
            if head in self.definitions and self.varies(self.definitions[head][1]):
                return True
        return False

    def integers(self, node: Basic, scope: Scope) -> Labelled:
        """The value of an index or a bound, as integers.

        Raises: NotAnInteger.
        """
        if isinstance(node, Integer):
            return Labelled(np.int64(int(node)))
        if node not in scope.cache:
            scope.cache[node] = self._integers(node, scope)
        return scope.cache[node]

    def _integers(self, node: Basic, scope: Scope) -> Labelled:
        binding = scope.bindings.get(node)
        if isinstance(binding, Span):
            return Labelled(np.arange(binding.low, binding.high + 1), (node,))
        if isinstance(binding, Alias):
            low, high = binding.low, binding.high
            return self.integers(binding.expression, scope).map(lambda array: np.clip(array, low, high))
        handler = find(self.entries, type(node)) or self.handler(self.values, node)
        value = binding if isinstance(binding, Labelled) else handler(self, node, scope)
        array = np.asarray(value.array)
        if array.dtype.kind not in "iu":
            rounded = np.rint(array)
            if not np.array_equal(rounded, array):
                raise NotAnInteger(node, array.ravel()[np.flatnonzero((rounded != array).ravel())[0]])
            array = rounded.astype(np.int64)
        return Labelled(array if value.axes else array[()], value.axes)

    def integer(self, node: Basic, scope: Scope) -> int:
        """The value of a bound that depends on no index.

        Raises: NotAnInteger.
        """
        value = self.integers(node, scope)
        if value.axes:
            raise NotAnInteger(node, f"values along {', '.join(map(str, value.axes))}")
        return int(value.array)

    def array(self, base: Basic) -> Any:
        """The array of a head.

        Raises: UnboundSymbol.
        """
        if base not in self.arrays:
            raise UnboundSymbol(base, tuple(sorted(map(str, self.arrays))))
        return self.arrays[base]


def _over_or_underflows(node: Basic) -> bool:
    return isinstance(node, EXPONENTIAL) or (isinstance(node, Pow) and not node.exp.is_number)


def find(table: Mapping[type, Any], kind: type) -> Any:
    """The entry of a type or of its nearest ancestor."""
    return next((table[ancestor] for ancestor in kind.__mro__ if ancestor in table), None)


def skeleton(node: Basic) -> Iterator[Basic]:
    """The node and what it adds, multiplies, raises or sums."""
    yield node
    for part in node.args[:1] if isinstance(node, SUMMING) else node.args if isinstance(node, COMBINING) else ():
        yield from skeleton(part)


def rename_apart(node: Any, names: Mapping[Basic, Basic]) -> Any:
    """The expression with every bound index a symbol of its own, so that an axis has one meaning everywhere."""
    if isinstance(node, IndexedBase) or not getattr(node, "args", ()):
        return names.get(node, node)
    if isinstance(node, (Sum, Product)):
        inside = dict(names)
        limits = []
        for index, low, high in reversed(node.limits):
            bounds = (rename_apart(low, inside), rename_apart(high, inside))
            inside[index] = Dummy(index.name, integer=True)
            limits.append((inside[index], *bounds))
        return node.func(rename_apart(node.function, inside), *reversed(limits))
    arguments = [rename_apart(argument, names) for argument in node.args]
    changed = any(new is not old for new, old in zip(arguments, node.args, strict=True))
    return node.func(*arguments) if changed else node
