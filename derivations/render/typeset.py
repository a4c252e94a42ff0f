"""The LaTeX writer: layouts to LaTeX that pdfLaTeX, KaTeX and MathJax all read."""

from __future__ import annotations

import re
from collections.abc import Callable

from derivations.render.layout import (
    Applied,
    Big,
    Evaluated,
    Factors,
    Fenced,
    Fraction,
    Layout,
    Letters,
    Listed,
    Marked,
    Operated,
    Power,
    Root,
    Terms,
    has_fraction_or_big,
    walk,
)
from derivations.render.notation import fill, with_hat

_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")


def typeset(layout: Layout) -> str:
    r"""A layout as LaTeX.

    >>> typeset(Fraction(Letters("1"), Letters("N")))
    '\\frac{1}{N}'
    """
    return _WRITERS[type(layout)](layout)


def _marked(node: Marked) -> str:
    template = with_hat(node.template) if node.hat else node.template
    compound = any(not isinstance(field, (Marked, Letters)) or typeset(field).isdigit() for field in node.fields)
    return fill(template, tuple(typeset(field) for field in node.fields), compound)


def _terms(node: Terms) -> str:
    out = ""
    for position, (sign, item) in enumerate(node.items):
        mark = "+" if sign > 0 else "-"
        if position or node.signed:
            out += f" {mark} "
        elif sign < 0:
            out += mark
        out += typeset(item)
    return "{}" + out if node.signed else out


def _factors(node: Factors) -> str:
    out = ""
    for item in node.items:
        text = typeset(item)
        out += (_gap(out, text) if out else "") + text
    return out


def _gap(before: str, text: str) -> str:
    """What goes between two factors: a dot between numbers, a thin space after an indicator or a call."""
    numeric = text[0].isdigit() or (text.startswith(r"\frac") and before[-1].isdigit())
    if numeric and not before.endswith(r"\partial"):
        return r" \cdot "
    touching = before.endswith("]") or (before.endswith(")") and text[0].isalpha())
    return r" \, " if touching else " "


def _fraction(node: Fraction) -> str:
    r"""A fraction; a side in which a Σ or a function holds a fraction is set in \displaystyle, to stay legible."""
    sides = [(r"\displaystyle " if _is_tall(side) else "") + typeset(side) for side in (node.top, node.bottom)]
    return rf"\frac{{{sides[0]}}}{{{sides[1]}}}"


def _is_tall(side: Layout) -> bool:
    inside = [part for part in walk(side) if isinstance(part, (Big, Applied))]
    return any(isinstance(inner, Fraction) for part in inside for inner in walk(part))


def _power(node: Power) -> str:
    return f"{typeset(node.base)}^{{{typeset(node.exponent)}}}"


def _big(node: Big) -> str:
    above = "" if node.above is None else f"^{{{typeset(node.above)}}}"
    return f"{node.operator}_{{{_tight(node.below)}}}{above} {typeset(node.body)}"


def _tight(limit: Layout) -> str:
    return typeset(limit).replace(" = ", "=")


def _fenced(node: Fenced) -> str:
    body = typeset(node.body)
    if has_fraction_or_big(node.body) or "." in (node.opening, node.closing):
        return rf"\left{node.opening} {body} \right{node.closing}"
    opening = node.opening + " " if _ENDS_IN_COMMAND.search(node.opening) else node.opening
    return f"{opening}{body}{' ' if node.closing.startswith(chr(92)) else ''}{node.closing}"


def _applied(node: Applied) -> str:
    argument = typeset(node.argument)
    if not isinstance(node.argument, Fenced):
        return f"{node.name} {argument}"
    return node.name + (r"\!" if argument.startswith(r"\left") else "") + argument


_WRITERS: dict[type, Callable[..., str]] = {
    Letters: lambda node: node.latex,
    Marked: _marked,
    Terms: _terms,
    Factors: _factors,
    Fraction: _fraction,
    Power: _power,
    Root: lambda node: rf"\sqrt{{{typeset(node.body)}}}",
    Big: _big,
    Fenced: _fenced,
    Applied: _applied,
    Operated: lambda node: f"{typeset(node.operator)} {typeset(node.body)}",
    Evaluated: lambda node: rf"\left. {typeset(node.body)} \right|_{{{typeset(node.point)}}}",
    Listed: lambda node: node.separator.join(typeset(item) for item in node.items),
}
