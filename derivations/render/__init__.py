"""Derivations on the page: text for the terminal, LaTeX, Markdown, HTML, notebooks, JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation


def _text(derivation: Derivation) -> str:
    from derivations.render.text import to_text

    return to_text(derivation)


def _latex(derivation: Derivation) -> str:
    from derivations.render.latex import to_latex

    return to_latex(derivation)


def _markdown(derivation: Derivation) -> str:
    from derivations.render.markdown import to_markdown

    return to_markdown(derivation)


def _html(derivation: Derivation) -> str:
    from derivations.render.html import to_html

    return to_html(derivation)


def _json(derivation: Derivation) -> str:
    return derivation.to_json()


def _notebook(derivation: Derivation) -> str:
    from derivations.render.notebook import to_notebook

    return to_notebook(derivation)


def _notebook_latex(derivation: Derivation) -> str:
    from derivations.render.notebook import to_notebook_latex

    return to_notebook_latex(derivation)


RENDERERS: dict[str, Callable[[Derivation], str]] = {
    "text": _text,
    "latex": _latex,
    "markdown": _markdown,
    "html": _html,
    "json": _json,
    "notebook": _notebook,
    "notebook-latex": _notebook_latex,
}
"""Format → function; each imports what it needs when it is first used."""
