"""Edits of the network itself that explain why two counts differ: groups, kernels, strides, padding, pools, letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import combinations, pairwise
from math import log

from derivations.subjects.networks.edits import Edit
from derivations.subjects.networks.graph import INPUT, BadGraph, Network, Node
from derivations.subjects.networks.layers import Convolution, Dense, Pool, Recurrent, SeparableConvolution, TransposedConvolution
from derivations.subjects.networks.layers.convolution import ends
from derivations.subjects.networks.layers.protocol import Pair, pair
from derivations.subjects.networks.layers.sequence import BIASES
from derivations.subjects.networks.sizes import Shape
from derivations.subjects.networks.terms import Term
from derivations.subjects.networks.variation import symbols_of, with_values

KERNELS = (1, 2, 3, 5, 7, 11)
"""Filter sizes that are mistaken for one another."""
INPUTS = (28, 32, 224, 227, 256, 299)
"""Image sizes that are mistaken for one another."""


def structural_edits(network: Network) -> Iterator[Edit]:
    """All edits of the fixed list that apply to a network, the simplest kinds first."""
    for make in _STRUCTURAL:
        yield from make(network)


def _replaced(name: str, **changes: object) -> Callable[[Network], Network]:
    return lambda network: network.with_layer(name, lambda layer: replace(layer, **changes))  # type: ignore[type-var]


def _forgotten_pools(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        if isinstance(node.layer, Pool):
            sentence = f"the pooling {node.name} forgotten"
            yield Edit("pooling forgotten", sentence, node.name, lambda net, name=node.name: net.without(name))  # type: ignore[misc]


def _groups(network: Network) -> Iterator[Edit]:
    split = [n for n in network.nodes if isinstance(n.layer, Convolution) and n.layer.groups != 1]
    for node in split:
        groups = node.layer.groups  # type: ignore[attr-defined]
        sentence = f"the {groups} groups of {node.name} ignored"
        yield Edit("groups ignored", sentence, node.name, _replaced(node.name, groups=1))
        sentence = f"the group split of {node.name} applied twice"
        yield Edit("groups twice", sentence, node.name, _replaced(node.name, groups=groups * groups))
    if len(split) > 1:

        def ungrouped(net: Network) -> Network:
            for node in split:
                net = _replaced(node.name, groups=1)(net)
            return net

        yield Edit("groups ignored", "the groups of all layers ignored", "", ungrouped)


def _kernels(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        kernel = getattr(node.layer, "kernel", None)
        if not isinstance(kernel, int):
            continue
        for other in KERNELS:
            if other == kernel:
                continue
            changes: dict[str, object] = {"kernel": other}
            centred = getattr(node.layer, "padding", None) == (kernel - 1) // 2 and kernel % 2 == other % 2 == 1
            if centred and kernel > 1:
                changes["padding"] = (other - 1) // 2
            sentence = f"{node.name} taken with {other}×{other} in place of {kernel}×{kernel}"
            yield Edit("kernel swapped", sentence, node.name, _replaced(node.name, **changes), severity=abs(log(other / kernel)))


def _paddings(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        padding = getattr(node.layer, "padding", None)
        if padding is None:
            continue
        if padding not in (0, "valid"):
            yield Edit("padding forgotten", f"the padding of {node.name} forgotten", node.name, _replaced(node.name, padding=0))
        if padding != "same" and isinstance(node.layer, Convolution):
            sentence = f"{node.name} taken with SAME padding"
            yield Edit("padding added", sentence, node.name, _replaced(node.name, padding="same"))


def _strides(network: Network) -> Iterator[Edit]:
    convolutions = [n for n in network.nodes if isinstance(n.layer, (Convolution, SeparableConvolution))]
    moves = []
    for first, second in pairwise(convolutions):
        before, after = first.layer.stride, second.layer.stride  # type: ignore[attr-defined]
        if before == after or not _feeds(network, first, second):
            continue

        moved = _with_strides({first.name: after, second.name: before})
        moves.append(moved)
        yield Edit("stride moved", f"the strides of {first.name} and {second.name} exchanged", second.name, moved)
    for node in convolutions:
        if node.layer.stride not in (1, (1, 1)):  # type: ignore[attr-defined]
            yield Edit("stride forgotten", f"the stride of {node.name} forgotten", node.name, _replaced(node.name, stride=1))
    if len(moves) > 1:

        def all_moved(net: Network) -> Network:
            for move in _block_moves(net):
                net = move(net)
            return net

        yield Edit("stride moved", "the stride of every block moved from its 3×3 to the 1×1 before it", "", all_moved)


def _with_strides(strides: Mapping[str, Pair]) -> Callable[[Network], Network]:
    def moved(network: Network) -> Network:
        for name, stride in strides.items():
            network = _replaced(name, stride=stride)(network)
        return network

    return moved


def _block_moves(network: Network) -> list[Callable[[Network], Network]]:
    found: list[Callable[[Network], Network]] = []
    convolutions = [n for n in network.nodes if isinstance(n.layer, Convolution)]
    for first, second in pairwise(convolutions):
        one, three = first.layer, second.layer
        assert isinstance(one, Convolution)
        assert isinstance(three, Convolution)
        narrow = pair(one.kernel) == (1, 1) and pair(one.stride) == (1, 1) and pair(three.stride) != (1, 1)
        if narrow and _feeds(network, first, second):
            found.append(_with_strides({first.name: three.stride, second.name: 1}))
    return found


def _feeds(network: Network, first: Node, second: Node) -> bool:
    """Whether second's input comes from first through layers that do not change shapes."""
    name = second.inputs[0]
    while name != INPUT and name != first.name:
        node = network[name]
        if node.layer.kind not in ("activation", "normalisation", "identity"):
            return False
        name = node.inputs[0]
    return name == first.name


def _rounding(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        if isinstance(node.layer, Pool):
            word = "down" if node.layer.ceil else "up"
            sentence = f"the size after {node.name} rounded {word}"
            yield Edit("floor or ceiling", sentence, node.name, _replaced(node.name, ceil=not node.layer.ceil))


def _biases(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        if isinstance(node.layer, Recurrent):
            for bias in BIASES:
                if BIASES[bias] != BIASES[node.layer.bias] and bias in ("none", "one", "two"):
                    sentence = f"{bias} bias vector{'s' if bias != 'one' else ''} for each gate of {node.name}"
                    yield Edit("bias vectors", sentence, node.name, _replaced(node.name, bias=bias))
        elif isinstance(node.layer, (Convolution, Dense)) and node.layer.bias:
            yield Edit("bias", f"the biases of {node.name} left out", node.name, _replaced(node.name, bias=False))


def _separable(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        layer = node.layer
        if not isinstance(layer, Convolution) or layer.groups != 1 or not isinstance(layer.kernel, int) or layer.kernel == 1:
            continue
        known = {f.name: getattr(layer, f.name) for f in fields(layer) if f.name not in ("groups", "links")}
        separable = SeparableConvolution(**known)
        yield Edit(
            "separable", f"{node.name} taken as a depthwise separable convolution", node.name,
            lambda net, name=node.name, new=separable: net.with_layer(name, lambda _: new),  # type: ignore[misc]
        )  # fmt: skip
        sentence = f"{node.name} taken as {layer.kernel}×1 followed by 1×{layer.kernel}"
        yield Edit("separable", sentence, node.name, lambda net, name=node.name: _factorised(net, name))  # type: ignore[misc]


def _factorised(network: Network, name: str) -> Network:
    node = network[name]
    layer = node.layer
    if not isinstance(layer, Convolution):
        raise BadGraph(network.name, name, "it is no plain convolution")
    same = layer.padding == "same"
    (rows, columns), (s, t) = ends(layer.padding), pair(layer.stride)
    column = replace(layer, kernel=(layer.kernel, 1), stride=(s, 1), padding="same" if same else (rows, (0, 0)))
    row = replace(layer, kernel=(1, layer.kernel), stride=(1, t), padding="same" if same else ((0, 0), columns))
    first = Node(f"{name}.column", column, node.inputs)
    nodes: list[Node] = []
    for known in network.nodes:
        nodes += [first, Node(name, row, (first.name,))] if known is node else [known]
    return replace(network, nodes=tuple(nodes))


class _CountedAtOutputs(TransposedConvolution):
    """A transposed convolution with a tap for every output, stride² times too many."""

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """The true terms, with the uses of weights counted at the outputs."""
        uses = Convolution(self.out, self.kernel, groups=self.groups, bias=False).terms(inputs, output)
        wrong = {term.quantity: term for term in uses if term.label == "weight" and term.quantity != "parameters"}
        own = super().terms(inputs, output, padding)
        return tuple(wrong.get(t.quantity, t) if t.label == "weight" else t for t in own)


def _transposed(network: Network) -> Iterator[Edit]:
    for node in network.nodes:
        if isinstance(node.layer, TransposedConvolution) and pair(node.layer.stride) != (1, 1):
            wrong = _CountedAtOutputs(**{f.name: getattr(node.layer, f.name) for f in fields(node.layer)})
            yield Edit(
                "transposed", f"{node.name} counted at its outputs in place of its inputs", node.name,
                lambda net, name=node.name, new=wrong: net.with_layer(name, lambda _: new),  # type: ignore[misc]
            )  # fmt: skip


def _inputs(network: Network) -> Iterator[Edit]:
    if len(network.input) != 3 or network.input[1] != network.input[2]:
        return
    for side in INPUTS:
        if side != network.input[1]:
            sentence = f"an input of {side}×{side} in place of {network.input[1]}×{network.input[2]}"
            yield Edit("input", sentence, "", lambda net, n=side: replace(net, input=(net.input[0], n, n)))  # type: ignore[misc]


def _letters(network: Network) -> Iterator[Edit]:
    known = symbols_of(network)
    for first, second in combinations(known, 2):
        sentence = f"the letters {first} and {second} exchanged"
        yield Edit(
            "letters exchanged", sentence, "",
            lambda net, a=first, b=second: with_values(net, {a.name: b, b.name: a}),  # type: ignore[misc]
        )  # fmt: skip


_STRUCTURAL = (
    _transposed, _letters, _forgotten_pools, _groups, _kernels, _biases, _strides, _paddings, _rounding, _separable, _inputs,
)  # fmt: skip
