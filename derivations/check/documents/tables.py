"""Tables and plain arithmetic in running text: Markdown, tab-separated and tabular cells, and claims such as 3 × 4 = 12."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivations.check.documents.pieces import Cell, Line

_SEPARATOR = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_ITEM = re.compile(r"\s*(?:[-*+>]|\(?\d{1,3}[.)])\t+[^\t]*$")
"""An item of a list behind a tab, and no further cell."""
_DIGIT = re.compile(r"\d")
_MATH = re.compile(r"\$([^$]*)\$")
_NUMBER = r"(?>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
_TERMS = rf"\({{0,20}}+{_NUMBER}(?:[\s()×xX*·+/^−-]++{_NUMBER}){{0,40}}+[)\s]*+"
"""Numbers with signs between them; nothing is tried twice, and long rows of numbers end somewhere."""
_ARITHMETIC = re.compile(rf"(?<![\w$\\.^/,]){_TERMS}=\s*(?:{_TERMS}=\s*){{0,20}}{_NUMBER}(?![\w$^]|\s*[×*·+/^−-])")
_TIMES = re.compile(r"(?<=[\d)\s])[xX](?=[\s(\d])")
_OPERATOR = re.compile(r"[×xX*·+/^−-]")


@dataclass(frozen=True)
class Span:
    """A cell: its text from `start`."""

    text: str
    start: int


@dataclass(frozen=True)
class Table:
    """Rows of cells, and where the table stands in the text."""

    rows: tuple[tuple[Span, ...], ...]
    start: int
    end: int


def tables_in(text: str) -> Iterator[Table]:
    """Markdown tables, and runs of at least two lines with tabs."""
    rows: list[tuple[Span, ...]] = []
    start = position = 0
    kind = ""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        found = _kind(line, following, kind)
        if found != kind or not found:
            if len(rows) > 1:
                yield Table(tuple(rows), start, position)
            rows, start, kind = [], position, found
        if found and not (found == "bars" and _SEPARATOR.match(line)):
            rows.append(_cells(line.rstrip("\n"), position, "\t" if found == "tabs" else "|"))
        position += len(line)
    if len(rows) > 1:
        yield Table(tuple(rows), start, position)


def _kind(line: str, following: str, before: str) -> str:
    if "\t" in line.strip() and not line.startswith("\t\t\t") and not _ITEM.match(line):
        return "tabs"
    if "|" in line and (before == "bars" or (_SEPARATOR.match(following) and "|" in following)):
        return "bars"
    return ""


def _cells(line: str, start: int, separator: str) -> tuple[Span, ...]:
    cells = []
    position = 0
    if separator == "|" and line.lstrip().startswith("|"):
        position = line.index("|") + 1
    while position <= len(line):
        end = line.find(separator, position)
        end = len(line) if end < 0 else end
        cells.append(Span(line[position:end], start + position))
        position = end + 1
    if separator == "|" and cells and not cells[-1].text.strip():
        cells.pop()
    return tuple(cells)


def lines_of(table: Table, number: int, chapter: int) -> Iterator[Line]:
    """One line for each cell with a number below the titles; a row of cells that start with "=" continues the row above."""
    header, *body = table.rows
    titles = [_plain(cell.text) for cell in header]
    merged: list[list[list[Span]]] = []
    for row in body:
        filled = [cell for cell in row[1:] if cell.text.strip()]
        if merged and filled and all(cell.text.strip().startswith("=") for cell in filled):
            for column, cell in enumerate(row[1:], start=1):
                if cell.text.strip() and column < len(merged[-1]):
                    merged[-1][column].append(cell)
            continue
        merged.append([[cell] for cell in row] + [[] for _ in range(len(titles) - len(row))])
    for row_number, cells in enumerate(merged):
        row_title = _plain(cells[0][0].text)
        for column, parts in enumerate(cells[1:], start=1):
            latex, origin = "", list[int]()
            for part in parts:
                if part.text.strip():
                    latex += (" " if latex else "") + part.text
                    origin += ([part.start] if origin else []) + list(range(part.start, part.start + len(part.text)))
            if not _DIGIT.search(latex):
                continue
            title = titles[column] if column < len(titles) else ""
            yield Line(
                readable_number(latex), origin, chapter=chapter, display=False, block=-1 - number,
                cell=Cell(number, row_number, column - 1, row_title, title),
            )  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[\\{}*]", " ", _MATH.sub(r"\1", text)).strip()


def readable_number(text: str) -> str:
    """The text of a cell as a formula of the same length: x between numbers is a product, dollars are blank."""
    return _TIMES.sub("×", text.replace("$", " ").replace("*", "×") if "**" not in text else text.replace("*", " "))


def arithmetic_in(prose: str, start: int) -> Iterator[tuple[str, int]]:
    """(formula, position) for every claim between numbers in running text.

    >>> list(arithmetic_in("we get 11 x 11 x 3 = 363 weights", 0))
    [('11 × 11 × 3 = 363', 7)]
    """
    for match in _ARITHMETIC.finditer(prose):
        left = match.group().partition("=")[0]
        if _OPERATOR.search(left) and match.group().count("(") == match.group().count(")"):
            yield readable_number(match.group()), start + match.start()
