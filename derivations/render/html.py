"""The HTML format: one page that needs nothing else, mathematics typeset by the vendored KaTeX."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence

from markupsafe import Markup

from derivations.core.derivation import Derivation
from derivations.render.chains import printed_rows
from derivations.render.document import Document, Line, document_of
from derivations.render.latex import boxed
from derivations.render.pages import asset_bytes, asset_text, html_pages
from derivations.render.prose import html_prose
from derivations.render.sentences import row_latex, rule_explanation
from derivations.render.typeset import typeset

PAGE = 84
FONTS = (
    "AMS-Regular", "Caligraphic-Regular", "Main-Regular", "Main-Bold", "Main-Italic", "Math-Italic",
    "Size1-Regular", "Size2-Regular", "Size3-Regular", "Size4-Regular",
)  # fmt: skip
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_WOFF2 = re.compile(r"url\(fonts/KaTeX_([\w-]+)\.woff2\)")


def to_html(derivation: Derivation) -> str:
    """The derivation as a self-contained page: scripts, styles and fonts are inside."""
    body = article(document_of(derivation))
    return page(derivation.title, body, style=katex_style(inline=True), script=asset_text("katex.min.js"))


def article(document: Document, links: Callable[[Line], str] = lambda line: "") -> str:
    """The body of a derivation's page; `links` gives the address that explains the rule of a line, or nothing."""
    return (
        html_pages()
        .get_template("derivation.html.j2")
        .render(
            document=document,
            rows=lambda block: printed_rows(block.lines, PAGE),
            boxed=boxed,
            formula=typeset,
            relation=row_latex,
            prose=inline,
            explanation=rule_explanation,
            links=links,
        )
    )


def inline(sentence: str) -> Markup:
    """A sentence with its formulas, safe to put into a page."""
    return Markup(html_prose(sentence))


def page(title: str, body: str, style: str = "", script: str = "", crumbs: Sequence[tuple[str, str]] = ()) -> str:
    """A whole page around a body; without `style` and `script` it links to the assets that stand beside it."""
    return (
        html_pages()
        .get_template("page.html.j2")
        .render(title=title, body=Markup(body), style=Markup(style), script=Markup(script), crumbs=crumbs)
    )


def katex_style(inline: bool) -> str:
    """KaTeX's style sheet with the shipped fonts only, as data inside the sheet or as files beside it."""

    def face(match: re.Match[str]) -> str:
        font = _WOFF2.search(match.group())
        if font is None or font.group(1) not in FONTS:
            return ""
        source = _data_address(font.group(1)) if inline else f"fonts/KaTeX_{font.group(1)}.woff2"
        return re.sub(r"src:[^}]*", f'src:url({source}) format("woff2")', match.group())

    return _FONT_FACE.sub(face, asset_text("katex.min.css"))


def _data_address(font: str) -> str:
    encoded = base64.b64encode(asset_bytes(f"fonts/KaTeX_{font}.woff2")).decode("ascii")
    return f"data:font/woff2;base64,{encoded}"
