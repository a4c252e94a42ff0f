"""Declarations for what a text uses: those of the notation, and those inferred, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from sympy import Expr, Function, Integer, Max

from derivations.check.reader.inference import NATURAL_LETTERS, ArrayKey, Key, Uses, symbol_of, uses_of
from derivations.check.reader.notation import Notation, SymbolNotation
from derivations.check.reader.terms import Term
from derivations.core.symbols import Declaration, Declarations
from numeric.domains import (
    BINARY,
    FUNCTION,
    INTEGER,
    NATURAL,
    NONNEGATIVE,
    POSITIVE,
    REAL,
    SIMPLEX,
    SIZE,
    UNIT_INTERVAL,
    Domain,
    index,
    label,
)  # fmt: skip

DOMAINS: dict[str, Domain] = {
    "real": REAL, "positive": POSITIVE, "nonnegative": NONNEGATIVE, "unit-interval": UNIT_INTERVAL, "integer": INTEGER,
    "natural": NATURAL, "binary": BINARY, "size": SIZE, "simplex": SIMPLEX, "function": FUNCTION,
}  # fmt: skip


_USUAL_SIZES = {"i": ("N", "n", "m"), "n": ("N",), "t": ("T",), "k": ("K",), "j": ("K", "n", "m"), "d": ("D",), "m": ("M",)}
"""What a range is called where the text does not say, when that letter occurs in it."""


@dataclass
class Symbols:
    """The declared head of every letter, the ranges of bound letters, and what was inferred."""

    notation: Notation
    uses: Uses
    entries: dict[str, Declaration] = field(default_factory=dict)
    heads: dict[ArrayKey, Declaration] = field(default_factory=dict)
    uppers: dict[Key, Expr] = field(default_factory=dict)
    offsets: dict[Key, int] = field(default_factory=dict)
    inferred: dict[str, str] = field(default_factory=dict)

    @property
    def declarations(self) -> Declarations:
        """Everything declared: the derivation's own, then what was inferred, sizes first."""
        order = {"size": 0, "index": 1}
        inferred = sorted(self.entries.values(), key=lambda entry: order.get(entry.domain.kind, 2))
        known = self.notation.declarations or Declarations()
        return Declarations((*known, *(entry for entry in inferred if entry.name not in known)))

    def upper(self, key: Key) -> Expr:
        """The last value of a range."""
        root = self.uses.find(key)
        if root not in self.uppers:
            self.uppers[root] = self._decide_upper(root)
        return self.uppers[root]

    def _members(self, root: Key) -> list[Key]:
        known = [*self.uses.parents, root]
        return [key for key in dict.fromkeys(known) if self.uses.find(key) == root]

    def _decide_upper(self, root: Key) -> Expr:
        from derivations.check.reader.building import plain

        members = self._members(root)
        found: list[Expr] = []
        for key in members:
            if key[0] == "bound":
                _, upper = self.uses.ranges[key]
                value = plain(upper, self)
                if value is not None and value not in found:
                    found.append(value)
        if found:
            return found[0] if len(found) == 1 else Max(*found)
        for key in members:
            if key[0] not in ("axis", "label"):
                continue
            symbol = symbol_of(self.notation, cast("ArrayKey", key[1]))
            if key[0] == "axis" and symbol is not None and symbol.axes:
                return self._range(symbol.axes[cast("int", key[2])])
            if key[0] == "label" and symbol is not None and symbol.range:
                return self.size(symbol.range, "last label")
        letters = [str(key[1]) for key in members if key[0] == "free"] + [
            self.uses.positions[key] for key in members if key[0] == "bound"
        ]
        known = self.notation.declarations
        for letter in letters:
            if known is not None and letter in known and known[letter].domain.upper is not None:
                return known[letter].domain.upper
            if letter in self.notation.indices:
                return self.size(self.notation.indices[letter], f"range of {letter}")
        for letter in letters:
            tops = {str(top._replace(start=-1, end=-1)): top for top in self.uses.explicit.get(letter, ())}
            values = {value for top in tops.values() if (value := plain(top, self)) is not None}
            if len(values) == 1:
                return values.pop()
        for letter in letters:
            for name in _USUAL_SIZES.get(letter, ()):
                if (
                    (name, 0) in self.uses.arrays
                    and (name, 0) not in self.uses.implicit
                    and symbol_of(self.notation, (name, 0)) is None
                ):
                    return self.size(name, f"range of {letter}")
        letter = letters[0] if letters else str(root[1][0] if isinstance(root[1], tuple) else root[1])
        name = letter.upper() if len(letter) == 1 else f"N_{letter}"
        taken = {key[0] for key in self.uses.arrays} | set(self.entries)
        if name in taken and not (name in self.entries and self.inferred.get(name) == f"range of {letter}"):
            name = f"N_{letter}"
        return self.size(name, f"range of {letter}")

    def _range(self, letter: str) -> Expr:
        return self.size(self.notation.indices.get(letter, letter.upper()), f"range of {letter}")

    def size(self, name: str, why: str) -> Expr:
        """A size such as N; a number where the notation gives one."""
        if name.isdigit():
            return Integer(name)
        known = self.notation.declarations
        if known is not None and name in known:
            if known[name].domain.is_integral and not known[name].axes:
                return known[name].head
            name = f"N_{name}"
        letter = name
        if any(symbol.name == name and symbol.axes for symbol in self.notation.symbols.values()):
            name = f"N_{name}"  # the table has an array of this name
        if name not in self.entries:
            self.declare(Declaration(name, SIZE, latex=letter, meaning=why), why)
            self.heads[letter, 0] = self.entries[name]
        return self.entries[name].head

    def declare(self, entry: Declaration, why: str = "") -> Declaration:
        """Add a declaration; `why` is shown when it was inferred."""
        self.entries[entry.name] = entry
        if why:
            self.inferred.setdefault(entry.name, why)
        return entry


def declare(terms: Iterable[Term], notation: Notation) -> Symbols:
    """Declarations for all letters of the terms, which are read together."""
    uses = uses_of(terms, notation)
    symbols = Symbols(notation, uses)
    for axis, places in uses.axes.items():
        symbols.offsets[axis] = _offset(axis, places, uses)
    for name in uses.sizes:
        if (name, 0) not in uses.implicit and symbol_of(notation, (name, 0)) is None:
            symbols.size(name, "end of a range")
    for key in [*uses.axes, *uses.ranges, *uses.labels.values(), *(("free", name) for name in uses.free_indices)]:
        symbols.upper(key)  # ranges first: a size is declared before the letter that names it is met
    arities: dict[str, list[int]] = {}
    for name, arity in uses.arrays:
        arities.setdefault(name, []).append(arity)
    for key in sorted(uses.arrays, key=lambda key: symbol_of(notation, key) is None):  # a declared letter keeps its name
        if key not in symbols.heads:
            _declare_letter(symbols, key, arities[key[0]])
    for name in uses.free_indices:
        if (name, 0) not in symbols.heads:
            _declare_letter(symbols, (name, 0), arities.get(name, [0]))
    return symbols


def _offset(axis: Key, places: list[tuple[Key | None, Fraction]], uses: Uses) -> int:
    """By how much an axis is shifted so that its first index is 1."""
    least = 1
    for key, shift in places:
        start = Fraction(0)
        if key is not None:
            start = Fraction(1)
            lower = uses.ranges.get(key, (None, None))[0]
            if lower is not None and lower.head == "number":
                start = lower.data
        least = min(least, int(start + shift))
    return max(0, 1 - least)


def _declare_letter(symbols: Symbols, key: ArrayKey, arities: list[int]) -> None:
    name, arity = key
    symbol = symbol_of(symbols.notation, key)
    if symbol is not None:
        symbols.heads[key] = _from_notation(symbols, symbol)
        return
    plain_name = _identifier(name)
    taken = {entry.name for entry in symbols.notation.declarations or ()}
    if len(set(arities)) > 1 and (arity != min(arities) or plain_name in symbols.entries):
        plain_name = f"{plain_name}_{arity}"
    while plain_name in symbols.entries or plain_name in taken:
        plain_name += "x"
    axes = tuple(_extent(symbols, ("axis", key, place)) for place in range(arity))
    domain, why = _domain(symbols, key)
    if key in symbols.uses.implicit:
        domain, axes, why = FUNCTION, (), "a function: it is differentiated"
    template = name if not axes else name + "_{" + "".join(f"{{{place}}}" for place in range(arity)) + "}"
    entry = Declaration(
        plain_name, domain, axes, latex=template.replace("{", "{{").replace("}", "}}") if not axes else template, meaning=why
    )
    ranged = f", axes {', '.join(map(str, axes))}" if axes else ""
    symbols.heads[key] = symbols.declare(entry, f"{domain}{ranged}: {why}")


def _identifier(name: str) -> str:
    cleaned = "".join(c if f"a{c}".isidentifier() else "_" for c in name).strip("_")
    return cleaned if cleaned.isidentifier() else f"s{cleaned}"


def _extent(symbols: Symbols, axis: Key) -> Expr:
    upper = symbols.upper(axis)
    places = symbols.uses.axes.get(axis, [])
    shifts = [int(shift) for key, shift in places if key is not None]
    extent = upper + max(0, *shifts, 0) + symbols.offsets.get(axis, 0)
    constants = [int(value) for key, value in places if key is None]
    least = max(constants, default=0) + symbols.offsets.get(axis, 0)
    return Max(extent, least) if least > 1 else extent


def _domain(symbols: Symbols, key: ArrayKey) -> tuple[Domain, str]:
    uses, notation = symbols.uses, symbols.notation
    name, arity = key
    if key in uses.labels:
        return label(symbols.upper(uses.labels[key])), "it labels"
    if arity == 0 and name in uses.free_indices:
        return index(symbols.upper(("free", name))), "it counts entries"
    if key in uses.naturals and key in uses.complements and uses.numbers.get(key, frozenset([2])) <= {0, 1}:
        return BINARY, "compared with 0 or 1 alone, and taken from 1"
    if key in uses.naturals:
        return NATURAL, "counted or compared with a whole number"
    if key in uses.exponents and name in NATURAL_LETTERS:
        return NATURAL, "an exponent"
    root = name.split("_")[0]
    if arity and name in notation.counts:
        return POSITIVE, "a count"
    if name in notation.parameters or root in notation.parameters or name.endswith("_hat"):
        if key in uses.complemented and key in uses.logged:
            return UNIT_INTERVAL, "it and one minus it stand under a logarithm or power"
        if key in uses.logged or root in notation.positive:
            return POSITIVE, "a parameter under a logarithm or root" if key in uses.logged else "positive by convention"
    return REAL, "nothing else is said"


def _from_notation(symbols: Symbols, symbol: SymbolNotation) -> Declaration:
    if symbol.name in symbols.entries:
        return symbols.entries[symbol.name]
    axes = tuple(symbols._range(letter) for letter in symbol.axes)
    if symbol.domain == "label":
        domain = label(symbols.size(symbol.range, "last label"))
    elif symbol.domain == "index":
        domain = index(symbols.size(symbol.range or symbols.notation.indices.get(symbol.letter, "N"), "range"))
    else:
        domain = DOMAINS[symbol.domain]
    if symbol.domain == "function":
        axes = ()
    entry = Declaration(symbol.name, domain, axes, symbol.letter, symbol.meaning, symbol.power)
    return symbols.declare(entry)


def function_head(name: str) -> type:
    """An undefined function of this name."""
    head: type = Function(_identifier(name), real=True)
    return head
