"""For notebooks: an HTML fragment and a LaTeX display that the notebook's MathJax typesets."""

from __future__ import annotations

from derivations.core.derivation import Derivation
from derivations.render.chains import printed_rows
from derivations.render.document import document_of
from derivations.render.latex import boxed
from derivations.render.markdown import PAGE, aligned, displays
from derivations.render.pages import html_pages
from derivations.render.prose import notebook_prose
from derivations.render.sentences import row_latex
from derivations.render.typeset import typeset


def to_notebook(derivation: Derivation) -> str:
    """The derivation as an HTML fragment with $-mathematics."""
    page = html_pages().get_template("notebook.html.j2")
    document = document_of(derivation)
    return page.render(
        document=document, displays=displays, boxed=boxed, formula=typeset, relation=row_latex, prose=notebook_prose
    )


def to_notebook_latex(derivation: Derivation) -> str:
    """All lines of the derivation and its boxed results as $$-displays."""
    document = document_of(derivation)
    lines = tuple(line for section in document.sections for block in section.blocks for line in block.lines)
    return f"$$\n{aligned(printed_rows(lines, PAGE))}\n$$\n\n$$\n{boxed(document.results)}\n$$"
