"""LaTeX: formulas and environments of a .tex file, comments and preamble left out, simple macros expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derivations.check.documents.assembling import Assembler
from derivations.check.documents.macros import expanded, macros_in, without_comments
from derivations.check.documents.notes import notes_in
from derivations.check.documents.pieces import Document
from derivations.check.documents.scanning import scan
from derivations.check.documents.tables import Span, Table

_TABULAR = re.compile(r"\\begin\s*\{(tabularx?|longtable)\*?\}(?:\s*\{[^{}]*\}){1,2}(?P<body>.*?)\\end\s*\{\1\*?\}", re.DOTALL)
_RULES = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\s*\{[^}]*\}|cmidrule[^{]*\{[^}]*\})")


def split_latex(text: str) -> Document:
    r"""The lines of a .tex file; `% role: …` sets the role of the line that follows.

    >>> document = split_latex(r"\newcommand{\v}[1]{\mathbf{#1}} \begin{document} $\v{x} = 0$ % $y$")
    >>> [line.latex for line in document.lines]
    ['\\mathbf{x} = 0']
    """
    macros = macros_in(text)
    start = text.find(r"\begin{document}")
    first = start + len(r"\begin{document}") if start >= 0 else 0
    end = text.find(r"\end{document}", first)
    last = end if end >= 0 else len(text)
    visible = without_comments(text)

    def expand(latex: str, origin: Sequence[int]) -> tuple[str, Sequence[int]]:
        return expanded(latex, origin, macros) if macros else (latex, origin)

    found = [piece for piece in scan(text, latex=True) if piece.opened >= first and piece.closed <= last]
    assembler = Assembler(visible, expand, commented=text)
    lines = assembler.assemble(found, first, last, list(_tabulars(visible, first, last)))
    return Document(text, tuple(lines), "latex", tuple(notes_in(visible, first, last)))


def _tabulars(text: str, first: int, last: int) -> Iterator[Table]:
    """tabular environments as tables."""
    for match in _TABULAR.finditer(text, first, last):
        start = match.start("body")
        body = _RULES.sub(lambda rule: " " * len(rule.group()), match.group("body"))
        rows, position = [], 0
        for piece in re.split(r"(\\\\(?:\[[^\]]*\])?)", body):
            if not piece.startswith("\\\\") and piece.strip():
                cells, place = [], position
                for cell in piece.split("&"):
                    cells.append(Span(cell, start + place))
                    place += len(cell) + 1
                rows.append(tuple(cells))
            position += len(piece)
        if len(rows) > 1:
            yield Table(tuple(rows), match.start(), match.end())
