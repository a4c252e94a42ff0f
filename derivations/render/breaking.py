"""Breaking a formula that is too wide into rows, at its own plus signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from derivations.render.layout import Applied, Big, Factors, Fenced, Layout, Letters, Listed, Operated, Terms
from derivations.render.unicode import box_of

_NOTHING = "."


@lru_cache(maxsize=16384)
def width_of(layout: Layout) -> int:
    """The width of a layout in terminal cells, which also serves as the measure for paper."""
    return box_of(layout).width


def rows_of(layout: Layout, limit: int) -> list[Layout]:
    """The layout in rows no wider than `limit` where it can be broken; a row after the first shows its sign.

    >>> from derivations.render.layout import Letters
    >>> a, b = Letters("a"), Letters("b")
    >>> [len(row.items) for row in rows_of(Terms(((1, a), (1, b))), 2)]
    [1, 1]
    """
    if width_of(layout) <= limit:
        return [layout]
    breaker = _BREAKERS.get(type(layout))
    return [layout] if breaker is None else breaker(layout, limit)


def _terms(node: Terms, limit: int) -> list[Layout]:
    rows: list[Layout] = []
    group: list[tuple[int, Layout]] = []
    for sign, item in node.items:
        if group and width_of(Terms((*group, (sign, item)))) > limit:
            rows += _close(group, bool(rows), limit)
            group = []
        group.append((sign, item))
    return rows + _close(group, bool(rows), limit)


def _close(group: list[tuple[int, Layout]], later: bool, limit: int) -> list[Layout]:
    """One finished group of terms; a single term that is still too wide is broken inside."""
    if len(group) > 1:
        return [Terms(tuple(group), signed=later)]
    sign, item = group[0]
    parts = rows_of(item, limit - 3)
    return [Terms(((sign, parts[0]),), signed=later), *parts[1:]]


def _fenced(node: Fenced, limit: int) -> list[Layout]:
    inner = rows_of(node.body, limit - 2)
    if len(inner) == 1:
        return [node]
    middle = [Fenced(_NOTHING, part, _NOTHING) for part in inner[1:-1]]
    first, last = Fenced(node.opening, inner[0], _NOTHING), Fenced(_NOTHING, inner[-1], node.closing)
    return [first, *middle, last]


def _listed(node: Listed, limit: int) -> list[Layout]:
    """A list with commas is broken after a comma; the two sides of a relation stay together."""
    if not node.separator.startswith(","):
        return [node]
    rows: list[Layout] = []
    group: list[Layout] = []
    for item in node.items:
        if group and width_of(Listed((*group, item), node.separator)) > limit:
            rows.append(Listed((*group, Letters("")), node.separator))
            group = []
        group.append(item)
    return [*rows, Listed(tuple(group), node.separator)]


def _at_the_end(rebuild: Callable[..., Layout], tail: Callable[..., Layout]) -> Callable[..., list[Layout]]:
    """Breaks a layout inside its last part; what stands before that part stays on the first row."""

    def rows(node: Layout, limit: int) -> list[Layout]:
        end = tail(node)
        before = width_of(node) - width_of(end)
        parts = rows_of(end, max(limit - before, limit // 2))
        return [node] if len(parts) == 1 else [rebuild(node, parts[0]), *parts[1:]]

    return rows


_BREAKERS: dict[type, Callable[..., list[Layout]]] = {
    Terms: _terms,
    Fenced: _fenced,
    Listed: _listed,
    Factors: _at_the_end(lambda n, part: Factors((*n.items[:-1], part)), lambda n: n.items[-1]),
    Big: _at_the_end(lambda n, part: replace(n, body=part), lambda n: n.body),
    Operated: _at_the_end(lambda n, part: replace(n, body=part), lambda n: n.body),
    Applied: _at_the_end(lambda n, part: replace(n, argument=part), lambda n: n.argument),
}
