"""The lines of a block as aligned rows of LaTeX, broken where they are wider than the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivations.render.breaking import rows_of, width_of
from derivations.render.document import Line
from derivations.render.layout import Layout
from derivations.render.typeset import typeset

_NARROW = 26
_ARROW_WIDTH = 4


@dataclass(frozen=True)
class PrintedRow:
    """One row: an arrow or not, what stands before the alignment, what stands after it.

    `line` is the line that ends in this row, if one does; `note` stands above the row.
    """

    left: str
    right: str
    arrow: bool = False
    line: Line | None = None
    note: str = ""


def printed_rows(lines: Sequence[Line], page: int) -> list[PrintedRow]:
    """The rows of a block, at most `page` cells of the terminal layout wide where they can be broken."""
    indent = alignment([(_left_width(line), width_of(line.right)) for line in lines], page)
    rows: list[PrintedRow] = []
    for line in lines:
        pieces = [PrintedRow(*row) for row in _rows(line, indent, page)]
        pieces[0] = replace(pieces[0], arrow=line.arrow, note=line.note)
        pieces[-1] = replace(pieces[-1], line=line)
        rows += pieces
    return rows


def alignment(widths: Sequence[tuple[int, int]], page: int) -> int:
    """The widest left side that leaves room on the page for every right side; narrow ones are aligned in any case."""
    lefts = sorted({left for left, _ in widths}, reverse=True)
    for indent in lefts:
        if indent <= _NARROW or all(indent + right <= page for left, right in widths if left <= indent):
            return indent
    return 0


def _left_width(line: Line) -> int:
    return 0 if line.left is None else width_of(line.left) + (_ARROW_WIDTH if line.arrow else 0)


def _rows(line: Line, indent: int, page: int) -> list[tuple[str, str]]:
    if _left_width(line) <= indent:
        left = "" if line.left is None else typeset(line.left)
        first, *others = rows_of(line.right, page - indent)
        return [(left, f"{line.relation} {typeset(first)}"), *_continued(others)]
    assert line.left is not None
    if _left_width(line) + width_of(line.right) <= page:
        return [("", f"{typeset(line.left)} {line.relation} {typeset(line.right)}")]
    first, *others = rows_of(line.left, page)
    ahead = [("", typeset(first)), *_continued(others)]
    first, *others = rows_of(line.right, page - 4)
    return [*ahead, ("", rf"\quad {line.relation} {typeset(first)}"), *_continued(others)]


def _continued(rows: Sequence[Layout]) -> list[tuple[str, str]]:
    return [("", rf"\qquad {typeset(row)}") for row in rows]


def label_words(line: Line) -> str:
    """The remark and the rule of a line, in words."""
    return ", ".join(part for part in (line.remark, line.rule) if part)


def source_words(line: Line) -> str:
    """Which lines a line rests on, when not simply the one above: "of (3), (5)"."""
    return " of " + ", ".join(f"({number})" for number in line.sources) if line.sources else ""


def aligned_row(row: PrintedRow, arrows: bool) -> str:
    """A row with its alignment marks, in a column of arrows first where the block has any."""
    column = (r"\Longleftrightarrow" if row.arrow else "") + r" &\quad & " if arrows else ""
    return f"{column}{row.left} &{row.right}"
