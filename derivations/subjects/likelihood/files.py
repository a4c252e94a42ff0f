"""Samples from files: one column of a CSV file or of standard input, .npy and .npz arrays; a bad row names its line."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
MAX_BYTES = 2_000_000_000


class BadFile(ValueError):
    """A file that does not hold one column of numbers; `line` counts from 1, 0 when no line is to blame."""

    def __init__(self, source: str, line: int, problem: str, remedy: str) -> None:
        self.source, self.line, self.problem, self.remedy = source, line, problem, remedy
        where = f"{source}, line {line}" if line else source
        super().__init__(f"{where}: {problem}; {remedy}")


@dataclass(frozen=True)
class Column:
    """The sample in a file, (N,) floats, and the line each came from; without lines, the place in the array."""

    source: str
    values: Array
    lines: tuple[int, ...] = ()

    def place(self, position: int) -> str:
        """Where an observation came from, `position` counting from 0."""
        if self.lines:
            return f"{self.source}, line {self.lines[position]}"
        return f"{self.source}, entry {position + 1}"


def numbers(source: str, column: str | None = None) -> Array:
    """The sample in a file, (N,) floats; see `read`. Raises: BadFile."""
    return read(source, column).values


def read(source: str, column: str | None = None) -> Column:
    """The sample in a file. `column` is a heading, or a number from 1. Raises: BadFile."""
    if source.endswith((".npy", ".npz")):
        return Column(source, _array(source, column))
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as failure:
        raise BadFile(source, 0, f"cannot be read ({failure.strerror})", "check the path") from failure
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = raw[: failure.start].count(b"\n") + 1
        raise BadFile(source, line, "is not UTF-8 text", "save it as UTF-8, or give .npy") from failure
    return _parsed(text, source, column)


def parse(text: str, source: str = "data", column: str | None = None) -> Array:
    """The numbers of one column of CSV text. A first row that is not numbers is a heading. Raises: BadFile.

    >>> parse("x,y\\n1,2\\n3,4\\n", column="y")
    array([2., 4.])
    """
    return _parsed(text, source, column).values


def _parsed(text: str, source: str, column: str | None) -> Column:
    reader = csv.reader(io.StringIO(text))
    found: list[float] = []
    lines: list[int] = []
    position: int | None = None
    width = 0
    try:
        for row in reader:
            if not row or (len(row) == 1 and not row[0].strip()) or row[0].lstrip().startswith("#"):
                continue
            if position is None:
                width = len(row)
                position, heading = _position(row, column, source, reader.line_num)
                if heading:
                    continue
            if len(row) != width:
                raise BadFile(source, reader.line_num, f"{len(row)} fields where the first row has {width}", "fix the row")
            found.append(_number(row[position], source, reader.line_num))
            lines.append(reader.line_num)
    except csv.Error as failure:
        raise BadFile(source, reader.line_num, f"is not CSV ({failure})", "fix the quotes") from failure
    if not found:
        raise BadFile(source, 0, "holds no numbers", "give at least one row")
    return Column(source, np.array(found), tuple(lines))


def _position(row: list[str], column: str | None, source: str, line: int) -> tuple[int, bool]:
    """Which field to read, and whether this first row is a heading."""
    names = [field.strip() for field in row]
    heading = not all(_is_number(field) for field in row)
    if column is None:
        if len(row) > 1:
            shown = ", ".join(names) if heading else f"1 to {len(row)}"
            raise BadFile(source, line, f"{len(row)} columns", f"name one with --column: {shown}")
        return 0, heading
    if heading and column in names:
        return names.index(column), True
    if column.isdecimal() and 1 <= int(column) <= len(row):
        return int(column) - 1, heading
    raise BadFile(source, line, f"has no column {column!r}", f"columns are {', '.join(names)}")


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _number(field: str, source: str, line: int) -> float:
    try:
        value = float(field)
    except ValueError as failure:
        remedy = "separate fields by commas" if any(mark in field.strip() for mark in ";\t ") else "fix or remove the row"
        raise BadFile(source, line, f"{field!r} is not a number", remedy) from failure
    if not np.isfinite(value):
        raise BadFile(source, line, f"{field!r} is not finite", "fix or remove the row")
    return value


def _array(source: str, column: str | None) -> Array:
    try:
        loaded = np.load(source, allow_pickle=False)
    except (OSError, ValueError) as failure:
        raise BadFile(source, 0, f"cannot be read ({failure})", "give an array saved by NumPy without pickles") from failure
    if isinstance(loaded, np.lib.npyio.NpzFile):
        with loaded:
            names = loaded.files
            if column is None and len(names) != 1:
                raise BadFile(source, 0, f"holds the arrays {', '.join(names)}", "name one with --column")
            if column is not None and column not in names:
                raise BadFile(source, 0, f"has no array {column!r}", f"arrays are {', '.join(names)}")
            loaded, column = loaded[column or names[0]], None
    if loaded.ndim == 2 and column is not None and column.isdecimal() and 1 <= int(column) <= loaded.shape[1]:
        loaded = loaded[:, int(column) - 1]
    if loaded.ndim != 1 or loaded.dtype.kind not in "fiub":
        raise BadFile(source, 0, f"an array of shape {loaded.shape} and type {loaded.dtype}", "one column of numbers")
    bad = np.flatnonzero(~np.isfinite(loaded.astype(float)))
    if bad.size:
        raise BadFile(source, int(bad[0]) + 1, f"{loaded[bad[0]]} is not finite", "fix or remove the row")
    found: Array = loaded.astype(float)
    return found
