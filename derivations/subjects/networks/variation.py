"""Networks with one thing changed: a size set to a number or a symbol, a symbol given a value, another input."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sympy import Expr, Integer, Symbol

from derivations.subjects.networks.graph import Network, Node
from derivations.subjects.networks.layers import Layer
from derivations.subjects.networks.sizes import Shape, Size, as_size

LETTERS: dict[str, tuple[str, ...]] = {
    "F": ("kernel",),
    "S": ("stride",),
    "P": ("padding",),
    "D": ("dilation",),
    "G": ("groups",),
    "M": ("out",),
    "K": ("hidden",),
}
"""Letter of a size, as in `conv1.F` → the field it stands for."""
SIZE_FIELDS = frozenset(
    (
        "out",
        "kernel",
        "stride",
        "padding",
        "dilation",
        "groups",
        "hidden",
        "heads",
        "features",
        "vocabulary",
        "links",
        "extra",
        "multiplier",
    )
)


class UnknownSize(LookupError):
    """A size that was to be changed and is not there."""

    def __init__(self, asked: str, found: str, near: Sequence[str]) -> None:
        self.asked, self.found, self.near = asked, found, tuple(near)
        super().__init__(f"no size {asked!r}: {found}; there are {', '.join(self.near) or 'none'}")


def field_of(layer: Layer, letter: str) -> str:
    """The field of a layer that a letter or a name stands for. Raises: UnknownSize."""
    own = [field.name for field in fields(layer) if field.name in SIZE_FIELDS]  # type: ignore[arg-type]
    for name in (*LETTERS.get(letter, ()), letter):
        if name in own:
            return name
    letters = [letter for letter, names in LETTERS.items() if set(names) & set(own)]
    raise UnknownSize(letter, f"a {layer.kind} layer has none", (*letters, *own))


def with_size(network: Network, place: str, value: Size) -> Network:
    """The network with a size such as `conv1.F` or `conv1.kernel` set. Raises: UnknownSize, UnknownLayer."""
    name, dot, letter = place.rpartition(".")
    if not dot:
        raise UnknownSize(place, "a size is written layer.letter", [f"{node.name}.F" for node in network.nodes[:4]])
    field = field_of(network[name].layer, letter)
    return network.with_layer(name, lambda layer: replace(layer, **{field: value}))  # type: ignore[type-var]


def made_symbolic(network: Network, place: str) -> Network:
    """The network with a size replaced by a symbol named after its letter."""
    letter = place.rpartition(".")[2]
    return with_size(network, place, Symbol(letter, integer=True, positive=True))


def symbols_of(network: Network) -> tuple[Symbol, ...]:
    """All symbols in the input and in the layers, by name."""
    found: set[Symbol] = set()
    for size in (*network.input, *(size for node in network.nodes for size in _sizes(node))):
        if isinstance(size, Expr):
            found |= size.free_symbols
    return tuple(sorted(found, key=lambda symbol: symbol.name))


def _sizes(node: Node) -> list[Any]:
    found: list[Any] = []
    stack = [getattr(node.layer, field.name) for field in fields(node.layer)]  # type: ignore[arg-type]
    while stack:
        value = stack.pop()
        if isinstance(value, tuple):
            stack.extend(value)
        elif value is not None and not isinstance(value, str):
            found.append(value)
    return found


def with_values(network: Network, values: Mapping[str, Size]) -> Network:
    """The network with symbols given values. Raises: UnknownSize for a symbol that does not occur."""
    known = {symbol.name: symbol for symbol in symbols_of(network)}
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3) or list(known)
            raise UnknownSize(name, "the network has no such symbol", near)
    mapping: dict[Symbol, Expr] = {known[n]: Integer(v) if isinstance(v, int) else v for n, v in values.items()}
    nodes = tuple(replace(node, layer=_substituted(node.layer, mapping)) for node in network.nodes)
    return replace(network, input=tuple(_value(size, mapping) for size in network.input), nodes=nodes)


def _substituted(layer: Layer, mapping: Mapping[Symbol, Expr]) -> Layer:
    changed = {
        field.name: _value(getattr(layer, field.name), mapping)
        for field in fields(layer)  # type: ignore[arg-type]
    }
    return replace(layer, **changed)  # type: ignore[type-var]


def _value(value: Any, mapping: Mapping[Symbol, Expr]) -> Any:
    if isinstance(value, tuple):
        return tuple(_value(part, mapping) for part in value)
    return as_size(value.xreplace(dict(mapping))) if isinstance(value, Expr) else value


def with_input(network: Network, shape: Shape) -> Network:
    """The network on an input of another shape."""
    return replace(network, input=tuple(as_size(size, "input") for size in shape))
