"""The Markdown format: $$-displays with the rule beside each line."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.core.derivation import Derivation
from derivations.render.chains import PrintedRow, aligned_row, label_words, printed_rows, source_words
from derivations.render.document import Block, Document, document_of
from derivations.render.latex import boxed
from derivations.render.pages import plain_pages
from derivations.render.sentences import row_latex
from derivations.render.typeset import typeset

PAGE = 96


def to_markdown(derivation: Derivation) -> str:
    """The derivation as Markdown with $$-displays, for any reader with MathJax or KaTeX."""
    return page_of(document_of(derivation))


def page_of(document: Document) -> str:
    """A document as Markdown."""
    page = plain_pages().get_template("derivation.md.j2")
    return page.render(
        document=document, displays=displays, boxed=boxed, formula=typeset, relation=row_latex, cell=_cell
    )


def displays(block: Block) -> list[tuple[str, str]]:
    r"""A block as (sentence, aligned) pairs: a sentence inside a chain parts it into two displays."""
    parts: list[tuple[str, list[PrintedRow]]] = [(block.note, [])]
    for row in printed_rows(block.lines, PAGE):
        if row.note:
            parts.append((row.note, []))
        parts[-1][1].append(row)
    return [(note, aligned(rows)) for note, rows in parts]


def aligned(rows: Sequence[PrintedRow]) -> str:
    r"""Rows as one aligned, the rules as a column of \text at the right."""
    arrows = any(row.arrow for row in rows)
    body = " \\\\\n".join(aligned_row(row, arrows) + _label(row) for row in rows)
    environment, columns = ("alignedat", "{3}") if arrows else ("aligned", "")
    return f"\\begin{{{environment}}}{columns}\n{body}\n\\end{{{environment}}}"


def _label(row: PrintedRow) -> str:
    line = row.line
    if line is None or not line.rule:
        return ""
    doubt = f", {line.evidence}" if line.evidence not in ("", "proved") else ""
    when = "".join(rf",\ {typeset(condition)}" for condition in line.conditions)
    return rf" &&\quad \text{{({line.number}) {label_words(line)}{source_words(line)}{doubt}}}{when}"


def _cell(sentence: str) -> str:
    return sentence.replace("|", r"\|")
