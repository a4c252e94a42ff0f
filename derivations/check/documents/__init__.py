"""Documents: a student's file as lines of mathematics, each with its place in the file and the words around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from derivations.check.documents.latex import split_latex
from derivations.check.documents.markdown import split_markdown
from derivations.check.documents.notebook import split_notebook
from derivations.check.documents.pieces import Document, Line
from derivations.check.documents.plain import split_plain
from numeric.failures import Failure

FORMATS: dict[str, Callable[[str], Document]] = {
    "markdown": split_markdown,
    "latex": split_latex,
    "text": split_plain,
    "notebook": split_notebook,
}
"""Format → how it is split."""

SUFFIXES = {
    ".md": "markdown", ".markdown": "markdown", ".qmd": "markdown", ".tex": "latex", ".latex": "latex", ".ipynb": "notebook",
    ".txt": "", "": "",
}  # fmt: skip
"""Suffix → format; an empty format is told from the text."""


@dataclass(eq=False)
class UnknownFormat(Failure, ValueError):
    """A format that is not read."""

    name: str

    def __str__(self) -> str:
        return f"no format is called {self.name!r}; there are {', '.join(FORMATS)}"


def split(text: str, format: str = "markdown") -> Document:
    """The lines of mathematics of a text.

    >>> [line.latex.strip() for line in split("So $a = b$, and\\n\\n$$\\nc = d\\n$$").lines]
    ['a = b', 'c = d']

    Raises: UnknownFormat, NotebookError.
    """
    if format not in FORMATS:
        raise UnknownFormat(format)
    return FORMATS[format](with_plain_line_ends(text))


def with_plain_line_ends(text: str) -> str:
    r"""The text with every end of a line as \n, character by character: positions stay what they are."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


def format_of(name: str, text: str) -> str:
    """The format of a file by its name, and by its text where the name leaves it open.

    >>> format_of("homework.tex", ""), format_of("notes.txt", "x = $y$"), format_of("notes.txt", "x = y")
    ('latex', 'markdown', 'text')
    """
    known = SUFFIXES.get(PurePath(name).suffix.lower(), "")
    if known:
        return known
    if r"\begin{document}" in text or r"\documentclass" in text:
        return "latex"
    if text.lstrip().startswith("{") and '"cells"' in text[:100_000]:
        return "notebook"
    return "markdown" if "$" in text or r"\[" in text or r"\begin{" in text or "\n# " in text else "text"


__all__ = ["FORMATS", "SUFFIXES", "Document", "Line", "UnknownFormat", "format_of", "split"]
