"""A document as it is shown to people: rows of text, each with its line in the file and the place of every character there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derivations.check.documents.notebook import NotebookError, cells_of


@dataclass(frozen=True)
class ShownRow:
    """A row: the number of its line in the file (0 for none), its text, and where each of its characters stands in the file."""

    number: int
    text: str
    origin: Sequence[int]


def shown_rows(text: str, format: str = "markdown") -> Iterator[ShownRow]:
    """The rows of a text; of a notebook those of its Markdown cells.

    >>> [(row.number, row.text) for row in shown_rows("a\\nb")]
    [(1, 'a'), (2, 'b')]
    """
    if format == "notebook":
        try:
            yield from _notebook(text)
        except NotebookError:
            return
        return
    offset = 0
    for number, row in enumerate(text.split("\n"), start=1):
        yield ShownRow(number, row, range(offset, offset + len(row)))
        offset += len(row) + 1


def _notebook(text: str) -> Iterator[ShownRow]:
    number, counted = 1, 0
    for cell in cells_of(text):
        if cell.kind != "markdown" or not cell.text:
            continue
        offset = 0
        for row in cell.text.rstrip("\n").split("\n"):
            origin = cell.origin[offset : offset + len(row)]
            start = cell.origin[min(offset, len(cell.origin) - 1)]
            number, counted = number + text.count("\n", counted, start), start
            yield ShownRow(number, row, origin)
            offset += len(row) + 1
        yield ShownRow(0, "", ())
