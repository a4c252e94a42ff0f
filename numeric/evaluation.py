"""The walk of the slow evaluator: what the indices are worth, which entries carry an ε, definitions and derivatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Indexed, IndexedBase

from numeric.duals import Arithmetic, Dual, perturb, primal, tangent
from numeric.failures import (
    CircularDefinition,
    IndexOutOfRange,
    NotAnInteger,
    TooManyTerms,
    UnboundSymbol,
    UnknownNode,
    WrongIndexCount,
)  # fmt: skip

Definitions = Mapping[Any, tuple[tuple[Basic, ...], Basic]]

Address = tuple[Basic | None, tuple[int, ...]]
HIDDEN: Address = (None, ())
IN_PROGRESS = object()
Handler = Callable[["Evaluation", Any, "Scope"], Any]

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
    """One evaluation: what nodes mean, the numbers it computes with, the instance it reads, the terms it may still visit."""

    handlers: Mapping[type, Handler]
    number: Arithmetic
    instance: Mapping[Any, Any]
    definitions: Definitions
    outermost: Mapping[Basic, Any]
    limit: int
    terms: int = 0
    known: dict[Any, Any] = field(default_factory=dict)

    def value(self, node: Basic, scope: Scope) -> Any:
        """The value of any node, by the handler of its type."""
        handler = self.handlers.get(type(node))
        if handler is None:
            handler = next((self.handlers[kind] for kind in type(node).__mro__ if kind in self.handlers), None)
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
