"""Sentences with letters in them: $…$ and Unicode mathematics, for LaTeX, HTML and the terminal."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from derivations.render.alphabet import LATEX_OF
from derivations.render.letters import to_unicode

_MATHEMATICS = re.compile(r"\$([^$]+)\$|`([^`]+)`")
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "$": r"\$", "–": "--", "—": "---", "…": r"\dots{}",
    "“": "``", "”": "''", "’": "'", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def latex_prose(sentence: str) -> str:
    r"""A sentence for LaTeX: $…$ stays, Unicode letters become mathematics, the rest is escaped.

    >>> latex_prose("the variance σ² of 100% of $N_k$")
    'the variance $\\sigma$${}^{2}$ of 100\\% of $N_k$'
    """
    return _map(sentence, lambda formula: f"${formula}$", _escape, lambda code: rf"\texttt{{{_escape(code)}}}")


def html_prose(sentence: str) -> str:
    """A sentence for HTML: $…$ becomes an inline formula, the rest is escaped.

    >>> html_prose("a < b")
    'a &lt; b'
    """
    return _map(sentence, html_formula, html.escape, lambda code: f"<code>{html.escape(code)}</code>")


def html_formula(latex: str) -> str:
    """An inline formula for the page's script to typeset; its source shows where there is no script."""
    return f'<span class="math">{html.escape(latex)}</span>'


def notebook_prose(sentence: str) -> str:
    """A sentence for a notebook, whose own MathJax reads the $…$ as it stands."""
    return sentence.replace("`", "")


def text_prose(sentence: str) -> str:
    """A sentence for the terminal.

    >>> text_prose(r"the mean $\\mu_{k d}$")
    'the mean μ_kd'
    """
    return _map(sentence, to_unicode, str, str)


def _map(sentence: str, formula: Callable[[str], str], plain: Callable[[str], str], code: Callable[[str], str]) -> str:
    out, position = "", 0
    for match in _MATHEMATICS.finditer(sentence):
        out += plain(sentence[position : match.start()])
        out += formula(match.group(1)) if match.group(1) else code(match.group(2))
        position = match.end()
    return out + plain(sentence[position:])


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(c) or (c if c.isascii() else _as_mathematics(c)) for c in text)


def _as_mathematics(character: str) -> str:
    latex = LATEX_OF.get(character)
    return character if latex is None else f"${latex}$"
