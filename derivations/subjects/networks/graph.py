"""A network: named layers in a small graph without cycles, and the shapes that flow through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from derivations.subjects.networks.layers import Layer
from derivations.subjects.networks.sizes import Rounding, Shape, floor_down
from derivations.subjects.networks.terms import ShapeMismatch

INPUT = "input"
"""The name by which layers refer to what goes into the network."""


class BadGraph(ValueError):
    """Layers that do not make a graph: a name twice, or an input that comes from nowhere or from later."""

    def __init__(self, network: str, layer: str, problem: str) -> None:
        self.network, self.layer, self.problem = network, layer, problem
        super().__init__(f"network {network!r}, layer {layer!r}: {problem}")


class UnknownLayer(LookupError):
    """A layer name that the network does not have, with near ones."""

    def __init__(self, network: str, layer: str, names: Iterable[str]) -> None:
        from difflib import get_close_matches

        known = tuple(names)
        self.network, self.layer, self.near = network, layer, tuple(get_close_matches(layer, known, n=3))
        hint = f"did you mean {' or '.join(self.near)}?" if self.near else f"it has {', '.join(known[:8])} …"
        super().__init__(f"network {network!r} has no layer {layer!r}; {hint}")


@dataclass(frozen=True)
class Node:
    """A layer with its name and the names of what goes into it."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Layers in an order in which every input comes before its use.

    `input` is the shape without the batch. `trunk` names the last layer whose receptive field is meant when one is
    asked for; empty: the last one that still sees a part of the input.
    """

    name: str
    input: Shape
    nodes: tuple[Node, ...]
    title: str = ""
    source: str = ""
    trunk: str = ""

    def __post_init__(self) -> None:
        seen = {INPUT}
        for node in self.nodes:
            if node.name in seen:
                raise BadGraph(self.name, node.name, "the name is taken; rename one of the two")
            missing = [name for name in node.inputs if name not in seen]
            if missing or not node.inputs:
                raise BadGraph(self.name, node.name, f"input {', '.join(missing) or 'none'} is not an earlier layer")
            seen.add(node.name)

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """The nodes by name."""
        return {node.name: node for node in self.nodes}

    def __getitem__(self, name: str) -> Node:
        if name not in self.by_name:
            raise UnknownLayer(self.name, name, self.by_name)
        return self.by_name[name]

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The exact shape after every layer, and of the input. Raises: ShapeMismatch, naming the layer."""
        return self.shapes_in(floor_down)

    def shapes_in(self, rounding: Rounding) -> dict[str, Shape]:
        """The shapes in a view of `sizes.VIEWS`."""
        found: dict[str, Shape] = {INPUT: self.input}
        for node in self.nodes:
            try:
                found[node.name] = node.layer.output([found[name] for name in node.inputs], rounding)
            except ShapeMismatch as error:
                raise ShapeMismatch(error.found, error.expected, node.name) from None
        return found

    def shapes_into(self, node: Node) -> list[Shape]:
        """The exact shapes that go into a node."""
        return [self.shapes[name] for name in node.inputs]

    def with_layer(self, name: str, change: Callable[[Layer], Layer]) -> Network:
        """The network with one layer changed. Raises: UnknownLayer."""
        wanted = self[name]
        nodes = tuple(replace(n, layer=change(n.layer)) if n is wanted else n for n in self.nodes)
        return replace(self, nodes=nodes)

    def without(self, name: str) -> Network:
        """The network with one layer taken out, its users fed with its input. Raises: UnknownLayer, BadGraph."""
        gone = self[name]
        if len(gone.inputs) != 1:
            raise BadGraph(self.name, name, "it joins several inputs and cannot be taken out")
        nodes = tuple(
            replace(n, inputs=tuple(gone.inputs[0] if i == name else i for i in n.inputs)) for n in self.nodes if n is not gone
        )
        return replace(self, nodes=nodes)


def chain(name: str, input: Shape, layers: Iterable[tuple[str, Layer]], title: str = "") -> Network:
    """A network of layers one after another.

    >>> from derivations.subjects.networks.layers import Convolution, Pool
    >>> net = chain("toy", (3, 64, 64), [("conv", Convolution(32, 5)), ("pool", Pool("max", 2))])
    >>> net.shapes["pool"]
    (32, 30, 30)
    """
    nodes, last = [], INPUT
    for label, layer in layers:
        nodes.append(Node(label, layer, (last,)))
        last = label
    return Network(name, input, tuple(nodes), title)
