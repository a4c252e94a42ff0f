"""Ranges of bound indices: nested limits opened, ragged bounds masked, the longest range cut into blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from sympy import Basic, Indexed, Product, Sum, Symbol

from numeric.failures import UnknownNode
from numeric.labelled import Labelled, combine
from numeric.scope import BLOCK, Run, Scope, Span


@dataclass(frozen=True)
class Ragged:
    """The range of an index whose bounds depend on other indices: the widest span, and where it is inside its own."""

    index: Symbol
    low: Labelled
    high: Labelled
    span: Span

    def mask(self, run: Run, scope: Scope) -> Labelled:
        """Where the index, bound to the widest span, lies between its own bounds."""
        index = run.integers(self.index, scope)
        return combine(lambda i, low, high: (i >= low) & (i <= high), index, self.low, self.high)


@dataclass(frozen=True)
class Opened:
    """A sum or product opened: its body, the spans of its indices, or the one ragged index in front of the rest."""

    body: Basic
    spans: Mapping[Symbol, Span]
    ragged: Ragged | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no term at all."""
        return any(span.extent == 0 for span in self.spans.values())


def opened(run: Run, node: Sum | Product, scope: Scope) -> Opened:
    """The limits of a sum, and of sums directly inside it, outermost first, as far as their bounds are plain numbers.

    Raises: NotAnInteger, UnknownNode.
    """
    kind = type(node)
    spans: dict[Symbol, Span] = {}
    body: Basic = node
    while isinstance(body, kind):
        *inner, limit = body.limits
        if len(limit) != 3:
            raise UnknownNode(node, f"{kind.__name__} without bounds")
        index, low, high = limit
        inside = scope.bind(spans)
        rest = kind(body.function, *inner) if inner else body.function
        if run.touched(low, inside) | run.touched(high, inside):
            return Opened(body, spans) if spans else Opened(rest, {}, _ragged(run, index, low, high, scope))
        spans[index] = Span(run.integer(low, scope), run.integer(high, scope))
        body = rest
    return Opened(body, spans)


def _ragged(run: Run, index: Symbol, low: Basic, high: Basic, scope: Scope) -> Ragged:
    lows, highs = run.integers(low, scope), run.integers(high, scope)
    first, last = np.broadcast_arrays(*(part.array for part in _together(lows, highs)))
    some = first <= last
    span = Span(int(first[some].min()), int(last[some].max())) if some.any() else Span(1, 0)
    return Ragged(index, lows, highs, span)


def _together(lows: Labelled, highs: Labelled) -> tuple[Labelled, Labelled]:
    return combine(lambda low, high: low + 0 * high, lows, highs), combine(
        lambda low, high: high + 0 * low, lows, highs
    )


def blocks(
    run: Run, bodies: Sequence[Basic], spans: Mapping[Symbol, Span], scope: Scope
) -> Iterator[tuple[Scope, dict[Symbol, int]]]:
    """Scopes that together cover all spans, the longest cut to keep temporaries within BLOCK; their extents."""
    longest = max(spans, key=lambda index: spans[index].extent)
    whole = spans[longest]
    rows = block_rows(run, bodies, longest, scope.bind(spans))
    for low in range(whole.low, whole.high + 1, rows):
        part = {**spans, longest: Span(low, min(low + rows - 1, whole.high))}
        yield scope.bind(part), {index: span.extent for index, span in part.items()}


def block_rows(run: Run, bodies: Sequence[Basic], index: Symbol, scope: Scope) -> int:
    """How many values of an index keep every temporary array within BLOCK entries, at least one."""
    span = scope.span(index)
    assert span is not None
    known = prod(binding.extent for binding in scope.bindings.values() if isinstance(binding, Span))
    if known * 64 <= BLOCK:
        return max(span.extent, 1)
    width = max((peak(run, body, scope) for body in bodies), default=1) // max(span.extent, 1)
    return max(1, BLOCK // max(width, 1))


def peak(run: Run, node: Basic, scope: Scope) -> int:
    """The entries of the largest array on the way to the value of a node."""
    touched = run.touched(node, scope)
    here = prod(span.extent for symbol in touched if (span := scope.span(symbol)) is not None)
    if isinstance(node, (Sum, Product)):
        inside = scope
        for index, low, high in reversed(node.limits):
            last = np.max(run.integers(high, inside).array, initial=0)
            first = np.min(run.integers(low, inside).array, initial=last)
            inside = inside.bind({index: Span(int(first), int(last))})
        return max(here, peak(run, node.function, inside))
    if isinstance(node, Indexed) or not node.args:
        return here
    return max(here, *(peak(run, part, scope) for part in node.args))
