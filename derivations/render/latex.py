r"""The LaTeX format: align* with each rule beside its line, broken where a line would leave the page."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.core.derivation import Derivation
from derivations.render.chains import PrintedRow, printed_rows, source_words
from derivations.render.document import Block, Document, Line, document_of
from derivations.render.pages import plain_pages
from derivations.render.prose import latex_prose
from derivations.render.sentences import Row, row_latex
from derivations.render.typeset import typeset

PAGE = 88
"""The widest line, in cells of the terminal layout: 16 cm at 11 points hold a little more."""


def to_latex(derivation: Derivation) -> str:
    r"""The derivation as a LaTeX fragment: needs amsmath and amssymb, starts with \section*."""
    return fragment(document_of(derivation), r"\section*", r"\subsection*")


def fragment(document: Document, heading: str, subheading: str) -> str:
    """A document under the given heading commands."""
    page = plain_pages().get_template("derivation.tex.j2")
    return page.render(
        document=document,
        heading=heading,
        subheading=subheading,
        prose=latex_prose,
        chain=_chain,
        boxed=boxed,
        formula=typeset,
        relation=row_latex,
    )


def _chain(block: Block) -> str:
    """The lines of a block as the body of an align*."""
    rows = printed_rows(block.lines, PAGE)
    body = ""
    for position, row in enumerate(rows):
        if row.note:
            body += f"\\intertext{{{latex_prose(row.note)}}}\n"
        ending = " \\\\\n" if position + 1 < len(rows) and not rows[position + 1].note else "\n"
        # An arrow column of its own would need alignat*, which loses its tags under fleqn.
        arrow = r"\Longleftrightarrow\quad " if row.arrow else ""
        body += f"{arrow}{row.left} &{row.right}{_tag(row)}{ending}"
    return body.rstrip("\n")


def _tag(row: PrintedRow) -> str:
    """The rule, its premises, its conditions and the number of the line, at the right."""
    line = row.line
    if line is None or not line.rule:
        return ""
    style = r"\textsc" if line.premise else r"\textit"
    doubt = rf" \textbf{{{line.evidence}}}" if line.evidence not in ("", "proved") else ""
    when = "".join(f", ${typeset(condition)}$" for condition in line.conditions)
    remark = f"{line.remark}, " if line.remark else ""
    rule = f"{remark}{style}{{{latex_prose(line.rule)}}}{source_words(line)}{when}{doubt}"
    return rf" \tag*{{\footnotesize {rule}\quad({line.number})}}"


def boxed(results: Sequence[Row], page: int = PAGE) -> str:
    r"""The results inside \boxed, one row each or more where they are long."""
    lines = [Line(0, row.left, row.relation, row.right, "") for row in results]
    rows = [f"{row.left} &{row.right}" for row in printed_rows(lines, page)]
    return "\\boxed{\\begin{aligned}\n" + " \\\\[1ex]\n".join(rows) + "\n\\end{aligned}}"
