"""The notation of a derivation: its own declarations, found again by the LaTeX they are written in."""

from __future__ import annotations

from dataclasses import replace

from derivations.check.errors import ReadingError
from derivations.check.notation import Notation, SymbolNotation, named_notation
from derivations.core.symbols import Declaration, Declarations
from derivations.render.notation import fill

_FIELDS = ("i", "j", "k", "l")


def rendered_notation(declarations: Declarations) -> Notation:
    """The notation in which `declarations` are written: what is read with it holds their own heads."""
    base = named_notation("coursework")
    symbols: dict[tuple[str, int], SymbolNotation] = {}
    orders: dict[tuple[str, int], tuple[Declaration, tuple[int, ...]]] = {}
    indices = {}
    for entry in declarations:
        if entry.domain.kind == "index":
            indices[entry.name] = str(entry.domain.upper)
    for entry in declarations:
        found = letter_of(entry)
        if found is None:
            continue
        letter, order = found
        orders[letter, len(order)] = (entry, order)
        symbols[letter, entry.power] = SymbolNotation(
            entry.name, letter, tuple(_FIELDS[: len(entry.axes)]), entry.domain.kind, entry.power, _superscript(entry)
        )
    del orders
    return replace(
        base,
        name="derivation",
        title="the derivation's own declarations",
        symbols=symbols,
        indices=indices,
        declarations=declarations,
    )


def _superscript(entry: Declaration) -> bool:
    return "^{" in entry.latex and "{0}" in entry.latex.split("^{", 1)[1]


def letter_of(entry: Declaration) -> tuple[str, tuple[int, ...]] | None:
    """The letter of a declaration, and for each index of the letter as it is written the axis it belongs to."""
    from derivations.check.reading import read

    template = entry.latex or entry.name
    try:
        found = read(fill(template, _FIELDS[: max(len(entry.axes), 4)]))
    except ReadingError:
        return None
    side = found.claims[0].sides[0] if found.claims else None
    while side is not None and side.head == "power":
        side = side.args[0]
    if side is None or side.head != "letter" or any(index.head != "letter" for index in side.args):
        return None
    order = tuple(_FIELDS.index(str(index.data)) for index in side.args if index.data in _FIELDS)
    return str(side.data), order
