"""Markdown: formulas between dollars, in brackets and in amsmath environments; macros; tables; numbers in running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivations.check.documents.assembling import Assembler
from derivations.check.documents.macros import expanded, macros_in, without_definitions
from derivations.check.documents.notes import notes_in
from derivations.check.documents.pieces import Document
from derivations.check.documents.scanning import scan

_MARK = re.compile(r"[ \t]*>")
_QUOTE = re.compile(r"(?<=\n)[ \t]*>[ \t>]*")


def _quoted(text: str, offset: int) -> bool:
    """Whether a position stands in a row of a quotation."""
    return _MARK.match(text, text.rfind("\n", 0, offset) + 1) is not None


def split_markdown(text: str) -> Document:
    """The lines of a Markdown text; code is skipped, macros expanded, `<!-- role: … -->` sets the role of the line that follows.

    >>> document = split_markdown("Let $n = 2$.\\n\\n$$a \\\\\\\\ = b$$")
    >>> [(line.latex.strip(), document.place(line.start)) for line in document.lines]
    [('n = 2', (1, 6)), ('a', (3, 3)), ('= b', (3, 8))]
    """
    macros = macros_in(text, comments=False)
    visible = without_definitions(text) if macros else text

    def expand(latex: str, origin: Sequence[int]) -> tuple[str, Sequence[int]]:
        if "\n" in latex and _quoted(text, origin[0]):
            latex = _QUOTE.sub(lambda mark: " " * len(mark.group()), latex)
        return expanded(latex, origin, macros) if macros else (latex, origin)

    return Document(text, tuple(Assembler(visible, expand).assemble(scan(visible))), "markdown", tuple(notes_in(text)))
