"""Markdown: formulas between dollars, in brackets and in amsmath environments; tables; numbers in running text."""

from __future__ import annotations

from derivations.check.documents.assembling import Assembler
from derivations.check.documents.pieces import Document
from derivations.check.documents.scanning import scan


def split_markdown(text: str) -> Document:
    """The lines of a Markdown text; code is skipped, `<!-- role: … -->` sets the role of the line that follows.

    >>> document = split_markdown("Let $n = 2$.\\n\\n$$a \\\\\\\\ = b$$")
    >>> [(line.latex.strip(), document.place(line.start)) for line in document.lines]
    [('n = 2', (1, 6)), ('a', (3, 3)), ('= b', (3, 8))]
    """
    return Document(text, tuple(Assembler(text).assemble(scan(text))), "markdown")
