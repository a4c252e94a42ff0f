"""The terminal format: a derivation in Unicode, laid out to a width, without colours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console

from derivations.core.derivation import Derivation
from derivations.render.breaking import rows_of
from derivations.render.document import Block, Document, Line, document_of
from derivations.render.layout import Layout
from derivations.render.legend import Entry
from derivations.render.letters import to_unicode, width
from derivations.render.prose import text_prose
from derivations.render.sentences import Row, row_layout
from derivations.render.unicode import Box, beside, box_of, text

_GUTTER = 6
_WIDEST_LEFT = 26
_ARROW = 2
_LEAST, _MOST = 40, 120


def to_text(derivation: Derivation, columns: int | None = None) -> str:
    """The derivation as Unicode text of at most `columns` cells (the terminal's width, 80 when there is none).

    A formula that cannot be broken, such as a long fraction, may still be wider.
    """
    columns = min(max(columns or Console().width, _LEAST), _MOST)
    return "\n".join(line.rstrip() for line in _document(document_of(derivation), columns)) + "\n"


def _document(document: Document, columns: int) -> Iterator[str]:
    yield from _heading(document.title, "═", columns)
    yield from _paragraph(document.summary, columns)
    if document.symbols:
        yield from ("", "Symbols")
        yield from _table(document.symbols, columns)
    for section in document.sections:
        yield ""
        if section.heading:
            yield from _heading(section.heading, "─", columns)
        for position, block in enumerate(section.blocks):
            if position and block.note:
                yield ""
            yield from _block(block, columns)
    yield ""
    yield from _ending(document, columns)


def _heading(words: str, mark: str, columns: int) -> Iterator[str]:
    heading = text_prose(words)
    yield from (heading, mark * min(width(heading), columns))


def _ending(document: Document, columns: int) -> Iterator[str]:
    yield from _heading("Conclusion", "─", columns)
    yield from _paragraph(document.conclusion, columns)
    if not document.results:
        return
    yield ""
    yield from _boxed(document.results, columns)
    yield ""
    for position, row in enumerate(document.where):
        box = beside(text("Here " if position == 0 else "and  "), box_of(row_layout(row)))
        yield from (*box.lines, "")
    if document.conditions:
        yield from _paragraph("Valid when " + ", ".join(_inline(c) for c in document.conditions) + ".", columns)
    yield f"Evidence: {document.evidence}."


def _paragraph(sentence: str, columns: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text_prose(sentence), columns, initial_indent=indent, subsequent_indent=indent)


def _inline(layout: Layout) -> str:
    box = box_of(layout)
    return box.lines[0] if len(box.lines) == 1 else to_unicode_line(layout)


def to_unicode_line(layout: Layout) -> str:
    """A layout on one line, fractions with a slash."""
    from derivations.render.typeset import typeset

    return to_unicode(typeset(layout))


def _table(entries: Sequence[Entry], columns: int) -> Iterator[str]:
    """Symbol, meaning and domain in three columns; a long meaning goes on in its own column."""
    cells = [(to_unicode_line(e.symbol), text_prose(e.meaning), text_prose(e.domain)) for e in entries]
    first = max((width(symbol) for symbol, meaning, _ in cells if meaning), default=0)
    last = max((width(domain) for _, meaning, domain in cells if meaning), default=0)
    room = max(columns - first - last - 6, 16)
    second = min(max((width(meaning) for _, meaning, _ in cells), default=0), room)
    for symbol, meaning, domain in cells:
        if not meaning:
            yield f"  {symbol}  ({domain})"
            continue
        head, *more = textwrap.wrap(meaning, room)
        yield f"  {_pad(symbol, first)}  {_pad(head, second)}  {domain}"
        yield from (f"  {' ' * first}  {line}" for line in more)


def _pad(line: str, cells: int) -> str:
    return line + " " * (cells - width(line))


def _block(block: Block, columns: int) -> Iterator[str]:
    if block.note:
        yield from _paragraph(block.note, columns)
    lefts = [_left(line).width for line in block.lines]
    indent = max((cells for cells in lefts if cells <= _WIDEST_LEFT), default=0)
    for line in block.lines:
        yield ""
        if line.note:
            yield from (*_paragraph(line.note, columns), "")
        yield from _with_rule(_line(line, indent, columns - _GUTTER), _label(line), columns)


def _left(line: Line) -> Box:
    """The left side, with room for the arrow before it."""
    room = text(" " * _ARROW if line.arrow else "")
    return room if line.left is None else beside(room, box_of(line.left))


def _line(line: Line, indent: int, room: int) -> list[Box]:
    """The rows of a line behind its number: relations aligned at `indent`, unless the left side is wider."""
    left, relation = _left(line), text(f" {to_unicode(line.relation)} ")
    used = max(indent, left.width) + relation.width
    ahead: list[Box] = []
    if left.width > indent and used + box_of(line.right).width > room and line.left is not None:
        shift = text(" " * _ARROW if line.arrow else "")
        ahead = [beside(shift, box_of(row)) for row in rows_of(line.left, room - _ARROW)]
        left, used = text(""), indent + relation.width
    rows = [box_of(row) for row in rows_of(line.right, room - used)]
    first = beside(text(" " * (used - relation.width - left.width)), left, relation, rows[0])
    boxes = [*ahead, first, *(beside(text(" " * used), row) for row in rows[1:])]
    if line.arrow:
        boxes[0] = _with_arrow(boxes[0])
    number = f"({line.number})" if line.rule else ""
    gutters = [number, *[""] * (len(boxes) - 1)]
    return [beside(text(mark.ljust(_GUTTER)), box) for mark, box in zip(gutters, boxes, strict=True)]


def _with_arrow(box: Box) -> Box:
    """The box with ⇔ in its first cell, which is free."""
    lines = list(box.lines)
    lines[box.axis] = "⇔" + lines[box.axis][1:]
    return Box(tuple(lines), box.axis)


def _label(line: Line) -> str:
    doubt = f" ({line.evidence})" if line.evidence not in ("", "proved") else ""
    sources = f" from {', '.join(f'({number})' for number in line.sources)}" if line.sources else ""
    when = f"  [{', '.join(_inline(condition) for condition in line.conditions)}]" if line.conditions else ""
    remark = f"{line.remark}: " if line.remark else ""
    return f"{remark}{line.rule}{sources}{doubt}{when}" if line.rule or remark else ""


def _with_rule(boxes: Sequence[Box], label: str, columns: int) -> Iterator[str]:
    for box in boxes[:-1]:
        yield from box.lines
    last = boxes[-1]
    beside_it = last.width + 3 + width(label) <= columns
    for position, line in enumerate(last.lines):
        if label and beside_it and position == last.axis:
            yield line + " " * (columns - last.width - width(label)) + label
        else:
            yield line
    if label and not beside_it:
        yield " " * max(columns - width(label), _GUTTER) + label


def _boxed(results: Sequence[Row], columns: int) -> Iterator[str]:
    """The results inside a frame."""
    boxes = [[box_of(row) for row in rows_of(row_layout(result), columns - 4)] for result in results]
    across = max((box.width for rows in boxes for box in rows), default=0)
    yield "┌" + "─" * (across + 2) + "┐"
    for position, rows in enumerate(boxes):
        lines = [line for box in rows for line in box.lines]
        for line in lines if position == 0 else ["", *lines]:
            yield f"│ {_pad(line, across)} │"
    yield "└" + "─" * (across + 2) + "┘"
