"""The page templates and the assets that stand beside them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

_PACKAGE = "derivations.render"


@cache
def html_pages() -> Environment:
    """Templates for HTML, with escaping on."""
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def plain_pages() -> Environment:
    """Templates for LaTeX and Markdown: <% %> and << >> leave braces and percent signs alone."""
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )


def asset_bytes(name: str) -> bytes:
    """A file of the vendored KaTeX."""
    return files(_PACKAGE).joinpath("katex", *name.split("/")).read_bytes()


def asset_text(name: str) -> str:
    """A text file of the vendored KaTeX."""
    return asset_bytes(name).decode("utf-8")
