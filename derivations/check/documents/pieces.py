"""What a document is made of: lines of mathematics and cells of tables, each with its place in the file."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

_SEAM = re.compile(r'(?<!\\)((?:\\\\)*)"\s*,\s*"')


@dataclass(frozen=True)
class Line:
    """One line of mathematics.

    latex: what is read. origin: the position in the file of every character of `latex` (one more for its end). before: the words
    between the line before and this one. continues: it starts with a relation or goes on with the row before. block: lines of one
    display have one number. display: it stands on its own. boxed: it is framed as an answer. label: such as "2. a)". role: what a
    comment in the file says it is. chapter: the exercise it belongs to. cell: for a number in a table, its row and column titles.
    """

    latex: str
    origin: Sequence[int] = field(repr=False)
    before: str = ""
    continues: bool = False
    block: int = 0
    display: bool = True
    boxed: bool = False
    label: str = ""
    role: str = ""
    chapter: int = 0
    cell: Cell | None = None

    @property
    def start(self) -> int:
        """The position in the file of the first character that is no space."""
        skipped = len(self.latex) - len(self.latex.lstrip())
        return self.origin[min(skipped, len(self.origin) - 1)] if len(self.origin) else 0

    @property
    def end(self) -> int:
        """The position in the file behind the last character that is no space."""
        kept = len(self.latex.rstrip())
        return self.origin[kept - 1] + 1 if kept else self.start

    def at(self, position: int) -> int:
        """The position in the file of a position in `latex`."""
        return self.origin[min(max(position, 0), len(self.origin) - 1)] if len(self.origin) else 0

    def with_(self, **changes: object) -> Line:
        """The line with some of its fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Cell:
    """Where in a table a number stands: which table, which row and column from 0, and their titles."""

    table: int
    row: int
    column: int
    row_title: str
    column_title: str


@dataclass(frozen=True)
class Document:
    """A file as lines of mathematics, in order."""

    text: str
    lines: tuple[Line, ...]
    format: str = "markdown"
    notes: tuple[tuple[int, str], ...] = ()
    """(position, what is not read there)."""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(place + 1 for place, character in enumerate(self.text) if character == "\n")]

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset, both from 1."""
        number = bisect_right(self._starts, offset)
        return number, offset - self._starts[number - 1] + 1

    def source(self, line: Line) -> str:
        """The text of a line as it was typed."""
        source = self.text[line.start : line.end]
        if self.format == "notebook":
            source = unquoted(source)
        cut = line.cell is not None or source.count("{") != source.count("}")
        return line.latex.strip() if cut else source


def unquoted(literals: str) -> str:
    r"""The text of a stretch of JSON strings in a list, from inside of the first to inside of the last.

    >>> unquoted(r"a \\ell") == r"a \ell"
    True
    """
    joined = _SEAM.sub(r"\1", literals)
    try:
        return str(json.loads(f'"{joined}"', strict=False))
    except ValueError:
        return joined
