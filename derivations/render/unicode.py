"""The terminal writer: layouts to boxes of Unicode lines, fractions and sums in two dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from derivations.render.layout import (
    Applied,
    Big,
    Evaluated,
    Factors,
    Fenced,
    Fraction,
    Layout,
    Letters,
    Listed,
    Marked,
    Operated,
    Power,
    Root,
    Terms,
    has_fraction_or_big,
)
from derivations.render.letters import to_unicode, width
from derivations.render.typeset import typeset

_FENCES = {
    "(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", r"\lvert": "│││", r"\rvert": "│││",
    r"\lfloor": "⎢⎢⎣", r"\rfloor": "⎥⎥⎦", r"\lceil": "⎡⎢⎢", r"\rceil": "⎤⎥⎥",
}  # fmt: skip


@dataclass(frozen=True)
class Box:
    """Lines of equal width with the position of the line that stands on the axis."""

    lines: tuple[str, ...]
    axis: int = 0

    @property
    def width(self) -> int:
        """The number of terminal cells across."""
        return width(self.lines[0])


@lru_cache(maxsize=16384)
def box_of(layout: Layout) -> Box:
    """A layout as a box: one line where it has no fraction or sum, two dimensions otherwise."""
    if not has_fraction_or_big(layout):
        return Box((to_unicode(typeset(layout)),))
    return _WRITERS[type(layout)](layout)


def beside(*boxes: Box) -> Box:
    """The boxes from left to right on one axis."""
    above = max(box.axis for box in boxes)
    below = max(len(box.lines) - box.axis for box in boxes)
    rows = [""] * (above + below)
    for box in boxes:
        for row in range(above + below):
            inner = row - above + box.axis
            rows[row] += box.lines[inner] if 0 <= inner < len(box.lines) else " " * box.width
    return Box(tuple(rows), above)


def text(line: str) -> Box:
    """One line as a box."""
    return Box((line,))


def stacked(parts: Sequence[Box], axis: int) -> Box:
    """The boxes from top to bottom, centred; `axis` is the line of the result on the axis."""
    across = max(part.width for part in parts)
    return Box(tuple(_centred(line, across) for part in parts for line in part.lines), axis)


def _centred(line: str, across: int) -> str:
    space = across - width(line)
    return " " * (space // 2) + line + " " * (space - space // 2)


def _terms(node: Terms) -> Box:
    parts: list[Box] = []
    for position, (sign, item) in enumerate(node.items):
        mark = "+" if sign > 0 else "−"
        if position or node.signed:
            parts.append(text(f" {mark} " if position else f"{mark} "))
        elif sign < 0:
            parts.append(text(mark))
        parts.append(box_of(item))
    return beside(*parts)


def _factors(node: Factors) -> Box:
    parts: list[Box] = []
    for position, item in enumerate(node.items):
        if position:
            parts.append(text(_gap(node.items[position - 1], item)))
        parts.append(box_of(item))
    return beside(*parts)


def _gap(before: Layout, after: Layout) -> str:
    """Numbers touch letters, a dot keeps numbers apart, ∂ touches its letter."""
    if before == Letters(r"\partial"):
        return ""
    if isinstance(before, Fraction) and isinstance(after, Big):
        return "  "
    if not (isinstance(before, Letters) and before.latex.isdigit()):
        return " "
    if to_unicode(typeset(after))[0].isdigit():
        return " · "
    return " " if isinstance(after, (Fraction, Big)) else ""


def _fraction(node: Fraction) -> Box:
    top, bottom = box_of(node.top), box_of(node.bottom)
    bar = text("─" * (max(top.width, bottom.width) + (2 if len(top.lines) + len(bottom.lines) > 2 else 0)))
    return stacked((top, bar, bottom), len(top.lines))


def _big(node: Big) -> Box:
    sign = text(to_unicode(node.operator))
    below = text(to_unicode(typeset(node.below)).replace(" ", ""))
    parts = [sign, below] if node.above is None else [box_of(node.above), sign, below]
    return beside(stacked(parts, len(parts) - 2), text(" "), box_of(node.body))


def _fenced(node: Fenced) -> Box:
    body = box_of(node.body)
    return beside(_fence(node.opening, body), body, _fence(node.closing, body))


def _fence(mark: str, body: Box) -> Box:
    height = len(body.lines)
    if mark == ".":
        return text("")
    if height == 1:
        return text(to_unicode(mark))
    pieces = _FENCES[mark]
    return Box((pieces[0], *[pieces[1]] * (height - 2), pieces[2]), body.axis)


def _power(node: Power) -> Box:
    base = box_of(node.base)
    if len(base.lines) == 1:
        return _one_line(node)
    exponent = to_unicode(typeset(node.exponent))
    lines = [line + " " * width(exponent) for line in base.lines]
    lines[0] = base.lines[0] + exponent
    return Box(tuple(lines), base.axis)


def _applied(node: Applied) -> Box:
    gap = "" if isinstance(node.argument, Fenced) else " "
    return beside(text(to_unicode(node.name) + gap), box_of(node.argument))


def _evaluated(node: Evaluated) -> Box:
    """The body, a bar of its height, and the point at the foot of the bar."""
    body, point = box_of(node.body), to_unicode(typeset(node.point))
    height = len(body.lines)
    foot = ["│" + " " * width(point)] * (height - 1) + ["│" + point]
    return beside(body, Box(tuple(foot), body.axis))


def _listed(node: Listed) -> Box:
    parts: list[Box] = []
    for position, item in enumerate(node.items):
        if position:
            separator = to_unicode(node.separator)
            parts.append(text(f"{separator} " if separator == "," else f" {separator} "))
        parts.append(box_of(item))
    return beside(*parts)


def _root(node: Root) -> Box:
    return beside(text("√"), _fenced(Fenced("(", node.body, ")")))


def _one_line(node: Layout) -> Box:
    return text(to_unicode(typeset(node)))


_WRITERS: dict[type, Callable[..., Box]] = {
    Terms: _terms,
    Factors: _factors,
    Fraction: _fraction,
    Big: _big,
    Fenced: _fenced,
    Power: _power,
    Applied: _applied,
    Operated: lambda node: beside(box_of(node.operator), text(" "), box_of(node.body)),
    Evaluated: _evaluated,
    Listed: _listed,
    Root: _root,
    Letters: _one_line,
    Marked: _one_line,
}
