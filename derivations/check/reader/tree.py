"""The tree of a formula as it is written: nodes with spans, no meaning yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lark import Token, Transformer


class Node(NamedTuple):
    """One piece of a formula: its kind, the span [start, end) of the text it was read from, its parts.

    Leaves carry their text. Kinds: row (clauses and separators), clause (sides and relations), sum (signs and terms), term
    (factors and operators), scripted (an atom and its marks), group, fence, fraction, root, accent, style, wrap, environment,
    and the names of the grammar's terminals in small letters.
    """

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...] = ()
    text: str = ""

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def _leaf(token: Token) -> Node:
    return Node(token.type.lower(), token.start_pos or 0, token.end_pos or 0, (), str(token))


def _node(kind: str, parts: list[Node]) -> Node:
    if not parts:
        return Node(kind, -1, -1)
    first = next((part.start for part in parts if part.start >= 0), -1)
    last = next((part.end for part in reversed(parts) if part.end >= 0), -1)
    return Node(kind, first, last, tuple(parts))


def _always(kind: str) -> Callable[[Any, list[Node]], Node]:
    return lambda self, parts: _node(kind, parts)


def _unless_single(kind: str) -> Callable[[Any, list[Node]], Node]:
    """A node of this kind, or its only part itself."""
    return lambda self, parts: parts[0] if len(parts) == 1 and parts[0].kind not in _KEPT else _node(kind, parts)


_KEPT = frozenset(
    ("op", "sign", "signs", "link", "comma", "semicolon", "colon", "mid", "normmid", "arrow", "quad", "words", "connective",
     "choose", "over", "period", "multiplied", "dangling")
)  # fmt: skip


class Planter(Transformer[Token, Node]):
    """Makes nodes while the parser reduces; a row of one clause of one term of one factor is that factor."""

    def __getattr__(self, name: str) -> Any:
        """Every terminal becomes a leaf."""
        if name.isupper():
            return _leaf
        raise AttributeError(name)

    start = _unless_single("rows")
    row = _unless_single("row")
    clause = _unless_single("clause")
    link = _always("link")
    sum = _unless_single("sum")
    dangling = _always("dangling")
    signs = _always("signs")
    term = _unless_single("term")
    multiplied = _always("multiplied")
    factor = _unless_single("scripted")
    sub = _always("sub")
    sup = _always("sup")
    primes = _always("primes")
    factorial = _always("factorial")
    percent = _always("percent")
    stray = _always("stray")
    group = _always("group")
    accent = _always("accent")
    style = _always("style")
    wrap = _always("wrap")
    fraction = _always("fraction")
    root = _always("root")
    fence = _always("fence")
    environment = _always("environment")

    def separator(self, parts: list[Node]) -> Node:
        """A separator is its token."""
        return parts[0]
