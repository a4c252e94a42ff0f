"""Undeclared letters: ranges, axes and domains inferred from how the letters of one or more texts are used together.

Indices that meet in the same place of an array run over the same range; an array that indexes another one, or is compared with
an index inside an indicator, holds labels. Every inference is shown in the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from derivations.check.reader.notation import Notation, SymbolNotation
from derivations.check.reader.terms import Term, is_letter, is_number

Key = tuple[object, ...]
ArrayKey = tuple[str, int]
Environment = Mapping[str, Key]
NATURAL_LETTERS = frozenset(("n", "m", "k", "N", "M", "K", "r", "l", "T", "t", "j", "i"))


@dataclass
class Uses:
    """How letters are used, gathered from the terms."""

    arrays: dict[ArrayKey, None] = field(default_factory=dict)
    axes: dict[Key, list[tuple[Key | None, Fraction]]] = field(default_factory=dict)
    parents: dict[Key, Key] = field(default_factory=dict)
    ranges: dict[Key, tuple[Term, Term]] = field(default_factory=dict)
    explicit: dict[str, list[Term]] = field(default_factory=dict)
    free_indices: dict[str, None] = field(default_factory=dict)
    labels: dict[ArrayKey, Key] = field(default_factory=dict)
    compared: list[tuple[Term, Term, Environment]] = field(default_factory=list)
    sizes: dict[str, None] = field(default_factory=dict)
    naturals: set[ArrayKey] = field(default_factory=set)
    numbers: dict[ArrayKey, set[int]] = field(default_factory=dict)
    complements: set[ArrayKey] = field(default_factory=set)
    logged: set[ArrayKey] = field(default_factory=set)
    complemented: set[ArrayKey] = field(default_factory=set)
    exponents: set[ArrayKey] = field(default_factory=set)
    calls: dict[tuple[str, int], None] = field(default_factory=dict)
    implicit: dict[ArrayKey, dict[ArrayKey, None]] = field(default_factory=dict)
    positions: dict[Key, str] = field(default_factory=dict)

    def find(self, key: Key) -> Key:
        """The representative of a class of ranges."""
        while (parent := self.parents.get(key, key)) != key:
            key = parent
        return key

    def unite(self, first: Key, second: Key) -> None:
        """Two ranges are the same."""
        a, b = self.find(first), self.find(second)
        if a != b:
            self.parents[b] = a


def uses_of(terms: Iterable[Term], notation: Notation) -> Uses:
    """How the letters of several terms are used."""
    uses = Uses()
    for term in terms:
        _collect(term, {}, uses, notation)
    for first, second, environment in uses.compared:
        _compare(first, second, environment, uses)
    for letter in notation.indices:
        uses.parents.setdefault(("free", letter), ("free", letter))
    return uses


def _collect(term: Term, environment: Environment, uses: Uses, notation: Notation) -> None:
    head = term.head
    if head == "letter":
        _letter(term, environment, uses, notation)
        return
    if head in ("sum", "product"):
        _bound(term, environment, uses, notation)
        return
    if head == "integral":
        _collect(term.args[1], environment, uses, notation)
        _collect(term.args[2], environment, uses, notation)
        inner = {**environment, term.data: ("variable", id(term))}
        _collect(term.args[0], inner, uses, notation)
        return
    if head == "delta" or (head == "relation" and term.data in _COMPARING):
        for one, other in (term.args, term.args[::-1]) if head == "relation" and term.data != ("=",) else ():
            if is_letter(one) and str(one.data) in environment and is_letter(other) and str(other.data) not in environment:
                uses.free_indices.setdefault(str(other.data))
        if head == "delta" and is_letter(term.args[0]) and is_letter(term.args[1]):
            for letter in term.args:
                if str(letter.data) not in environment:
                    uses.free_indices.setdefault(str(letter.data))
        uses.compared.append((term.args[0], term.args[1], environment))
    elif head == "add" and (complement := _complemented(term)) is not None:
        uses.complements.add(_array_key(complement))
    elif head == "apply":
        _applied(term, environment, uses)
    elif head == "power":
        _power(term, environment, uses)
    elif head == "call":
        uses.calls[str(term.data), len(term.args)] = None
    elif head == "derivative" and term.args[0].head == "letter" and _array_key(term.args[0])[0] not in environment:
        root = term.args[1].args[0] if term.args[1].head == "power" else term.args[1]
        uses.implicit.setdefault(_array_key(term.args[0]), {})[_array_key(root)] = None
    elif head == "member":
        index, *rest = term.args
        axis: Key = ("axis", (term.data, len(term.args)), 0)
        uses.arrays[str(term.data), len(term.args)] = None
        for place, part in enumerate((*rest, index)):
            _index(part, ("axis", (term.data, len(term.args)), place), environment, uses)
        del axis
    for argument in term.args:
        _collect(argument, environment, uses, notation)


_COMPARING = frozenset((relation,) for relation in ("=", "≠", r"\ne", r"\neq", "!="))


def _array_key(term: Term) -> ArrayKey:
    return str(term.data), len(term.args)


def _letter(term: Term, environment: Environment, uses: Uses, notation: Notation) -> None:
    key = _array_key(term)
    if not term.args:
        if key[0] not in environment:
            uses.arrays[key] = None
        return
    uses.arrays[key] = None
    for place, index in enumerate(term.args):
        _index(index, ("axis", key, place), environment, uses)
        if index.head == "letter" and index.args:
            _letter(index, environment, uses, notation)
        elif index.head != "letter":
            for letter in index.walk():
                if letter.head in ("sum", "product", "integral"):
                    _collect(letter, environment, uses, notation)
                elif letter.head == "letter" and letter.args:
                    _letter(letter, environment, uses, notation)
                elif letter.head == "letter" and letter.data not in environment:
                    uses.free_indices.setdefault(str(letter.data))


def _index(index: Term, axis: Key, environment: Environment, uses: Uses) -> None:
    """One index in one place of an array."""
    found = uses.axes.setdefault(axis, [])
    shift = Fraction(0)
    if index.head == "add" and len(index.args) == 2:
        parts = [_signed_number(part) for part in index.args]
        if parts[1] is not None and index.args[0].head == "letter":
            index, shift = index.args[0], parts[1]
        elif parts[0] is not None and index.args[1].head == "letter":
            index, shift = index.args[1], parts[0]
    if index.head == "number":
        found.append((None, index.data))
    elif is_letter(index):
        name = str(index.data)
        key = environment.get(name, ("free", name))
        if name not in environment:
            uses.free_indices.setdefault(name)
        found.append((key, shift))
        uses.unite(axis, key)
    elif index.head == "letter":
        label: Key = ("label", _array_key(index))
        uses.labels[_array_key(index)] = label
        uses.unite(axis, label)


def _signed_number(term: Term) -> Fraction | None:
    if term.head == "number":
        return cast("Fraction", term.data)
    if term.head == "multiply" and len(term.args) == 2 and all(part.head == "number" for part in term.args):
        return Fraction(term.args[0].data * term.args[1].data)
    return None


def _bound(term: Term, environment: Environment, uses: Uses, notation: Notation) -> None:
    body, lower, upper, *conditions = term.args
    key: Key = ("bound", id(term))
    uses.parents.setdefault(key, key)
    uses.ranges[key] = (lower, upper)
    uses.positions[key] = term.data
    for limit in (lower, upper):
        if limit.head != "bare":
            _collect(limit, environment, uses, notation)
            inner = [str(part.data) for part in limit.walk() if is_letter(part)]
            for name in inner:
                if name in environment:
                    uses.unite(key, environment[name])
                elif name in uses.free_indices:
                    uses.unite(key, ("free", name))
    if upper.head not in ("bare", "structure") and not any(str(p.data) in environment for p in upper.walk() if is_letter(p)):
        uses.explicit.setdefault(term.data, []).append(upper)
        for part in upper.walk():
            if is_letter(part) and str(part.data) not in environment:
                uses.sizes.setdefault(str(part.data))
    if upper.head == "bare":
        uses.unite(key, ("free", term.data))
    inside = {**environment, term.data: key}
    for part in (body, *conditions):
        _collect(part, inside, uses, notation)


def _applied(term: Term, environment: Environment, uses: Uses) -> None:
    if term.data in ("factorial", "binomial"):
        for argument in term.args:
            counted = {_array_key(part) for part in argument.walk() if part.head == "letter"}
            uses.naturals |= counted
            for key in counted:
                uses.numbers.setdefault(key, set()).add(2)
    if term.data == "log":
        _positive_use(term.args[0], uses)


def _positive_use(argument: Term, uses: Uses) -> None:
    """A letter, a product of letters or one minus a letter under a logarithm or a symbolic power."""
    if argument.head == "letter":
        uses.logged.add(_array_key(argument))
    elif argument.head == "multiply":
        for part in argument.args:
            _positive_use(part, uses)
    elif argument.head in ("sum", "product") or argument.head == "power":
        _positive_use(argument.args[0], uses)
    elif (complement := _complemented(argument)) is not None:
        uses.complemented.add(_array_key(complement))


def _complemented(term: Term) -> Term | None:
    """The letter y of 1 − y; None for anything else."""
    if term.head != "add" or len(term.args) != 2 or not is_number(term.args[0], 1):
        return None
    other = term.args[1]
    negated = other.head == "multiply" and len(other.args) == 2 and is_number(other.args[0], -1)
    return other.args[1] if negated and other.args[1].head == "letter" else None


def _power(term: Term, environment: Environment, uses: Uses) -> None:
    root, exponent = term.args
    if exponent.head == "number":
        if exponent.data.denominator != 1 and root.head == "letter":
            uses.logged.add(_array_key(root))
        return
    if not (exponent.head == "multiply" and all(part.head == "number" for part in exponent.args)):
        _positive_use(root, uses)
    if is_letter(exponent) and str(exponent.data) not in environment:
        uses.exponents.add(_array_key(exponent))


def _compare(first: Term, second: Term, environment: Environment, uses: Uses) -> None:
    """Two sides of an indicator."""
    keys = [environment.get(str(side.data), ("free", str(side.data))) if is_letter(side) else None for side in (first, second)]
    is_index = [
        key is not None and (key[0] == "bound" or str(side.data) in uses.free_indices)
        for key, side in zip(keys, (first, second), strict=True)
    ]
    if all(is_index):
        uses.unite(keys[0], keys[1])  # type: ignore[arg-type]
        return
    for index, other, key, known in ((first, second, keys[0], is_index[0]), (second, first, keys[1], is_index[1])):
        if other.head == "letter" and index.head == "number" and index.data.denominator == 1:
            uses.naturals.add(_array_key(other))
            uses.numbers.setdefault(_array_key(other), set()).add(int(index.data))
        if other.head == "letter" and other.args and is_letter(index) and key is not None:
            if not known:
                uses.free_indices.setdefault(str(index.data))
            label: Key = ("label", _array_key(other))
            uses.labels[_array_key(other)] = label
            uses.unite(label, key)
            return
        if known and is_letter(other) and str(other.data) not in environment and key is not None:
            label = ("label", _array_key(other))
            uses.labels[_array_key(other)] = label
            uses.unite(label, key)
            return


def symbol_of(notation: Notation, key: ArrayKey) -> SymbolNotation | None:
    """The declared symbol of a letter with this many indices."""
    name, arity = key
    for power in (1, 2):
        symbol = notation.symbol(name, power)
        if symbol is not None and (len(symbol.axes) == arity or symbol.domain == "function"):
            return symbol
    return None
