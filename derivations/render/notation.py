"""How each declared letter is written: templates from the declarations, and which letters are data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sympy import Basic, IndexedBase, Symbol
from sympy import latex as sympy_latex

from derivations.core.symbols import Declaration, Declarations
from derivations.render.layout import Layout, Letters, Marked

_FIELD = re.compile(r"\{\{|\}\}|\{(\d+)\}")
WITH_FIELDS = re.compile(r"[_^]\{\{(?:[^{}]|\{\d+\})*\}\}")
"""A lowered or raised script of a template that holds fields."""
_VARIABLES = frozenset("xyz")
_FIRST_LETTER = re.compile(r"\\[A-Za-z]+(?:\{\{?[^{}]*\}\}?)?|[A-Za-z]")


@dataclass(frozen=True)
class Notation:
    """The declared symbols of a derivation, the names of those that are observed data, and those that wear a hat.

    >>> from derivations.core.symbols import Declarations
    >>> Notation(Declarations()).letter("sigma").latex
    '\\\\sigma'
    """

    declarations: Declarations
    data: frozenset[str] = frozenset()

    @cached_property
    def _entries(self) -> dict[str, tuple[int, Declaration]]:
        return {entry.name: (position, entry) for position, entry in enumerate(self.declarations)}

    def find(self, head: object) -> Declaration | None:
        """The declaration of a head, by name; None when it is not declared."""
        found = self._entries.get(name_of(head))
        return None if found is None else found[1]

    def rank(self, head: object) -> int:
        """The position of a head among the declarations; what is not declared comes after all."""
        found = self._entries.get(name_of(head))
        return len(self._entries) if found is None else found[0]

    def is_data(self, head: object) -> bool:
        """Whether the head is observed: drawn by the model, a label, or one of the letters kept for variables."""
        entry = self.find(head)
        return entry is not None and (entry.name in self.data | _VARIABLES or entry.domain.kind == "label")

    def letter(self, name: str) -> Letters:
        """A letter that was not declared: Greek names, trailing digits as a subscript, words upright."""
        found = sympy_latex(Symbol(name.strip("_") or "u"))
        return Letters(rf"\mathrm{{{found}}}" if len(found) > 1 and found.isalpha() else found)

    def head(self, head: object) -> Layout:
        """The bare letter of a declared head: the template without its indices (μ for mu, σ² is the caller's)."""
        entry = self.find(head)
        if entry is None or not entry.latex:
            return self.letter(name_of(head))
        return Marked(WITH_FIELDS.sub("", entry.latex) if _takes_fields(entry.latex) else entry.latex)

    def marked(self, head: object, fields: tuple[Layout, ...]) -> Layout | None:
        """The declared template with its fields filled in, or None when the head has no template."""
        entry = self.find(head)
        if entry is None or not entry.latex:
            return None
        return Marked(entry.latex, fields if _takes_fields(entry.latex) else ())

    def power(self, head: object) -> int:
        """2 when the symbol stands for the square of the letter that is shown."""
        entry = self.find(head)
        return 1 if entry is None else entry.power


def notation_for(declarations: Declarations, observed: Iterable[Basic] = ()) -> Notation:
    """The notation of some declarations, with the heads in `observed` counted as data."""
    return Notation(declarations, frozenset(name_of(head) for head in observed))


def name_of(head: object) -> str:
    """The name a head was declared with."""
    if isinstance(head, IndexedBase):
        return str(head.label)
    return str(getattr(head, "name", None) or getattr(head, "__name__", head))


def template_pieces(template: str) -> list[str | int]:
    r"""A template as literal strings and field numbers.

    >>> template_pieces(r"\mu_{{{0}{1}}}")
    ['\\mu_{', 0, 1, '}']
    """
    pieces: list[str | int] = [""]
    position = 0
    for match in _FIELD.finditer(template):
        _append(pieces, template[position : match.start()])
        if match.group(1) is None:
            _append(pieces, match.group()[0])
        else:
            pieces.append(int(match.group(1)))
        position = match.end()
    _append(pieces, template[position:])
    return [piece for piece in pieces if piece != ""]


def fill(template: str, fields: tuple[str, ...], compound: bool = False) -> str:
    r"""The template with its fields; fields that touch are kept apart, by a comma when one is `compound`.

    >>> fill(r"\mu_{{{0}{1}}}", ("k", "d"))
    '\\mu_{k d}'
    """
    out = ""
    before: str | int = ""
    for piece in template_pieces(template):
        touching = isinstance(piece, int) and isinstance(before, int)
        gap = (", " if compound else " ") if touching else ""
        if isinstance(piece, int):
            out += gap + (fields[piece] if piece < len(fields) else r"\cdot")
        else:
            out += piece
        before = piece
    return out


def with_hat(template: str) -> str:
    r"""The template with a hat on its first letter.

    >>> with_hat(r"\mu_{{{0}}}")
    '\\hat{{\\mu}}_{{{0}}}'
    """
    return _FIRST_LETTER.sub(lambda match: rf"\hat{{{{{match.group()}}}}}", template, count=1)


@lru_cache(maxsize=512)
def has_superscript(template: str) -> bool:
    """Whether a raised script stands at the top level, so that a power needs parentheses."""
    depth = 0
    for piece in template_pieces(template):
        for character in piece if isinstance(piece, str) else "":
            depth += {"{": 1, "}": -1}.get(character, 0)
            if character == "^" and depth == 0:
                return True
    return False


def _append(pieces: list[str | int], text: str) -> None:
    if isinstance(pieces[-1], str):
        pieces[-1] += text
    else:
        pieces.append(text)


def _takes_fields(template: str) -> bool:
    return any(isinstance(piece, int) for piece in template_pieces(template))
