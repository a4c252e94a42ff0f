"""Jupyter notebooks: the Markdown cells, with the positions of their characters in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derivations.check.documents.markdown import split_markdown
from derivations.check.documents.pieces import Document
from numeric.failures import Failure

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_KEY = re.compile(r'"(cell_type|source)"\s*:\s*')
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(eq=False)
class NotebookError(Failure, ValueError):
    """A file that is no notebook; says what is wrong and where."""

    problem: str
    line: int = 1

    def __str__(self) -> str:
        return f"not a Jupyter notebook: {self.problem} (line {self.line}); save it as .ipynb version 4"


@dataclass(frozen=True)
class Cell:
    """The text of a cell, and where each character stands in the file."""

    kind: str
    text: str
    origin: Sequence[int]


def split_notebook(text: str) -> Document:
    r"""The lines of all Markdown cells, as one document.

    >>> page = '{"cells": [{"cell_type": "markdown", "source": ["So $a = b$\\n"]}], "nbformat": 4}'
    >>> document = split_notebook(page)
    >>> document.lines[0].latex, document.place(document.lines[0].start)
    ('a = b', (1, 54))

    Raises: NotebookError.
    """
    joined, origin = "", list[int]()
    parts: list[str] = []
    for cell in cells_of(text):
        if cell.kind == "markdown" and cell.text:
            parts.append(cell.text + "\n\n")
            origin += [*cell.origin, cell.origin[-1], cell.origin[-1]]
    joined = "".join(parts)
    inner = split_markdown(joined)
    lines = tuple(line.with_(origin=[origin[place] for place in line.origin]) for line in inner.lines)
    return Document(text, lines, "notebook", tuple((origin[place], note) for place, note in inner.notes))


def cells_of(text: str) -> list[Cell]:
    """The cells of a notebook, in order. Raises: NotebookError."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as failure:
        raise NotebookError(failure.msg, failure.lineno) from None
    except RecursionError:
        raise NotebookError("nested too deeply") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise NotebookError('no list of "cells"')
    return list(_cells(text))


def _cells(text: str) -> Iterator[Cell]:
    """The cells in the order of the file; key order inside a cell does not matter."""
    kind, source = "", None
    for match in _KEY.finditer(text):
        value = match.end()
        if match.group(1) == "cell_type":
            found = _STRING.match(text, value)
            if kind and source is not None:
                yield Cell(kind, *source)
                source = None
            kind = found.group()[1:-1] if found else ""
        else:
            source = _source(text, value)
        if kind and source is not None:
            yield Cell(kind, *source)
            kind, source = "", None


def _source(text: str, start: int) -> tuple[str, list[int]]:
    characters: list[str] = []
    places: list[int] = []
    position = start
    if text[position : position + 1] == "[":
        position += 1
        while (match := re.compile(r"[\s,]*").match(text, position)) is not None:
            found = _STRING.match(text, match.end())
            if found is None:
                break
            _decoded(found.group(), found.start(), characters, places)
            position = found.end()
    else:
        found = _STRING.match(text, position)
        if found is not None:
            _decoded(found.group(), found.start(), characters, places)
    return "".join(characters), places


def _decoded(literal: str, start: int, characters: list[str], places: list[int]) -> None:
    position = 1
    for match in _ESCAPE.finditer(literal, 1, len(literal) - 1):
        characters += literal[position : match.start()]
        places += range(start + position, start + match.start())
        code = match.group(1)
        characters.append(chr(int(code[1:], 16)) if code[0] == "u" else _PLAIN.get(code, code))
        places.append(start + match.start())
        position = match.end()
    characters += literal[position:-1]
    places += range(start + position, start + len(literal) - 1)
