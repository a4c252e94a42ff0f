"""Counting a network: for every layer and in total, each quantity under a convention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr

from derivations.subjects.networks.conventions import Convention, convention
from derivations.subjects.networks.graph import Network
from derivations.subjects.networks.sizes import Rounding, Shape, Size, floor_down
from derivations.subjects.networks.terms import QUANTITIES, Term


@dataclass(frozen=True)
class LayerCount:
    """What one layer contributes."""

    name: str
    kind: str
    output: Shape
    terms: tuple[Term, ...]
    values: Mapping[str, Size]

    def __getitem__(self, quantity: str) -> Size:
        return self.values[quantity]


@dataclass(frozen=True)
class Counts:
    """All layers of a network counted under one convention."""

    network: Network
    convention: Convention
    layers: tuple[LayerCount, ...]

    @property
    def totals(self) -> dict[str, Size]:
        """Each quantity, summed over the layers."""
        return {quantity: total(layer.values[quantity] for layer in self.layers) for quantity in QUANTITIES}

    @property
    def labels(self) -> dict[str, dict[str, Size]]:
        """For each quantity its terms by label, whether the convention counts them or not.

        >>> from derivations.subjects.networks.reading import architecture
        >>> count(architecture("small-cnn")).labels["parameters"]
        {'weight': 146272, 'bias': 106}
        """
        found: dict[str, dict[str, list[Size]]] = {quantity: {} for quantity in QUANTITIES}
        for layer in self.layers:
            for term in layer.terms:
                found[term.quantity].setdefault(term.label, []).append(term.value)
        return {quantity: {label: total(values) for label, values in by.items()} for quantity, by in found.items()}

    def __getitem__(self, name: str) -> LayerCount:
        self.network[name]
        return next(layer for layer in self.layers if layer.name == name)

    def shares(self, quantity: str) -> dict[str, Size]:
        """The part each layer has in a total, for layers that have any."""
        whole = self.totals[quantity]
        from fractions import Fraction

        return {
            layer.name: Fraction(layer[quantity], whole) if isinstance(whole, int) else layer[quantity] / whole
            for layer in self.layers
            if layer[quantity] != 0
        }


def total(values: object) -> Size:
    """The sum; SymPy terms are added at once."""
    numbers, expressions = 0, []
    for value in values:  # type: ignore[attr-defined]
        if isinstance(value, Expr):
            expressions.append(value)
        else:
            numbers = numbers + value
    return Add(*expressions, numbers) if expressions else numbers


def terms_of(network: Network, padding: bool = False, rounding: Rounding = floor_down) -> dict[str, tuple[Term, ...]]:
    """The labelled terms of every layer."""
    shapes = network.shapes if rounding is floor_down else network.shapes_in(rounding)
    return {
        node.name: node.layer.terms([shapes[name] for name in node.inputs], shapes[node.name], padding) for node in network.nodes
    }


def count(network: Network, under: str | Convention = "standard") -> Counts:
    """Count a network under a convention.

    Raises: ShapeMismatch when layers do not fit, UnknownConvention.

    >>> from derivations.subjects.networks.reading import architecture
    >>> table = count(architecture("alexnet-2012"), "weights-only")
    >>> table["conv2"]["connections"], table.totals["units"]
    (223948800, 659272)
    """
    rules = convention(under)
    layers = []
    for node in network.nodes:
        output = network.shapes[node.name]
        terms = node.layer.terms(network.shapes_into(node), output, rules.counts_padding)
        values: dict[str, Size] = dict.fromkeys(QUANTITIES, 0)
        for term in terms:
            weight = rules.weights[term.quantity].get(term.label)
            if weight is not None:
                values[term.quantity] = values[term.quantity] + (term.value if weight == 1 else weight * term.value)
        layers.append(LayerCount(node.name, node.layer.kind, output, terms, values))
    return Counts(network, rules, tuple(layers))
