"""Receptive fields: the numbers of the literature, joins, SAME padding, holes, and agreement with a poked network."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Symbol

from derivations.subjects.networks.graph import INPUT, Network, Node, chain
from derivations.subjects.networks.layers import Add, Convolution, Pool, TransposedConvolution
from derivations.subjects.networks.reading import architecture
from derivations.subjects.networks.receptive import NoReceptiveField, receptive_fields, seen, trunk_field
from derivations.subjects.networks.windows import Window
from numeric.oracles.networks import Axis, Line, poked

PUBLISHED = {
    "alexnet": (195, 32, 66),
    "vgg16": (212, 32, 90),
    "alexnet-v2": (195, 32, 64),
    "mobilenet-v1": (315, 32, 126),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_receptive_fields_are_reproduced(name):
    rows, columns = trunk_field(architecture(name)).fields
    assert rows == columns
    assert (rows.size, rows.stride, rows.padding) == PUBLISHED[name]


def test_index_intervals_of_two_rounds_of_convolution_and_pooling():
    fields = receptive_fields(architecture("receptive-example"))
    i = Symbol("i", integer=True)
    intervals = {name: fields[name].fields[0].interval(i) for name in ("conv2", "pool1", "pool2")}
    assert intervals == {
        "conv2": (i - 2, i + 2),
        "pool1": (2 * i - 2, 2 * i + 3),
        "pool2": (4 * i - 6, 4 * i + 9),
    }
    assert fields["pool2"].fields[0].size == 16


def test_fields_are_clipped_at_the_border():
    field = receptive_fields(architecture("receptive-example"))["pool2"].fields[0]
    assert field.clipped(0, 32) == (0, 9)
    assert field.clipped(7, 32) == (22, 31)


def test_same_padding_puts_the_odd_zero_after():
    net = chain("same", (1, 224, 224), [("conv", Convolution(8, 3, 2, "same"))])
    assert receptive_fields(net)["conv"].fields[0].interval(0) == (0, 2)
    odd = chain("same", (1, 225, 225), [("conv", Convolution(8, 3, 2, "same"))])
    assert receptive_fields(odd)["conv"].fields[0].interval(0) == (-1, 1)


def test_dilation_leaves_holes():
    net = chain("holes", (1, 40, 40), [("a", Convolution(1, 3, dilation=2)), ("b", Convolution(1, 3, dilation=2))])
    field = receptive_fields(net)["b"].fields[0]
    assert (field.size, field.holes, bin(field.pattern)) == (9, 4, "0b101010101")


def _join(first, second):
    nodes = (
        Node("a", first, (INPUT,)), Node("b", second, (INPUT,)), Node("sum", Add(), ("a", "b")),
    )  # fmt: skip
    return Network("join", (2, 12, 12), nodes)


def test_joins_take_the_outermost_ends_and_report_alignment():
    aligned = receptive_fields(_join(Convolution(2, 3, padding=1), Convolution(2, 5, padding=2)))["sum"].fields[0]
    assert (aligned.left, aligned.right, aligned.aligned) == (-2, 2, True)
    askew = receptive_fields(_join(Convolution(2, 3, padding=1), Convolution(2, 3, padding=((0, 2), (1, 1)))))["sum"].fields
    assert (askew[0].left, askew[0].right, askew[0].aligned) == (-1, 2, False)
    assert askew[1].aligned


def test_a_join_of_different_strides_has_no_field():
    with pytest.raises(NoReceptiveField, match=r"'sum'.*strides 2 and 1"):
        receptive_fields(_join(Convolution(2, 2, 2), Convolution(2, 7)))


def test_a_strided_transposed_convolution_has_no_affine_field_but_is_seen_exactly():
    net = chain("up", (1, 5, 5), [("up", TransposedConvolution(1, 3, 2))])
    with pytest.raises(NoReceptiveField, match="transposed"):
        receptive_fields(net)
    assert seen(net, "up", (0, 4)) == ({0}, {1, 2})


def test_symbolic_kernels_and_strides_stay_symbols():
    k, s, p = (Symbol(name, integer=True, positive=True) for name in "ksp")
    W = Symbol("W", integer=True, positive=True)
    net = chain("symbols", (1, W, W), [("a", Convolution(1, k, s, p)), ("b", Convolution(1, 3, 1, 1))])
    field = receptive_fields(net)["b"].fields[0]
    assert (field.stride, field.left.expand(), field.size.expand()) == (s, -p - s, k + 2 * s)


@st.composite
def graphs(draw):
    """A random graph over one axis: windows one after another, with sums of positions of equal length."""
    length = draw(st.integers(6, 30))
    lengths, nodes, lines = {INPUT: length}, [], []
    for number in range(draw(st.integers(1, 5))):
        name = f"n{number}"
        known = list(lengths)
        pairs = [(a, b) for a in known for b in known if a < b and lengths[a] == lengths[b]]
        if pairs and draw(st.integers(0, 2)) == 0:
            sources = draw(st.sampled_from(pairs))
            nodes.append(Node(name, Add(), sources))
            lines.append(Line(name, "add", sources))
            lengths[name] = lengths[sources[0]]
            continue
        source = known[-1] if draw(st.booleans()) else draw(st.sampled_from(known))
        kernel, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
        reach = (kernel - 1) * dilation + 1
        before, after = draw(st.integers(0, kernel // 2)), draw(st.integers(0, kernel // 2))
        same = draw(st.integers(0, 3)) == 0
        ceil = draw(st.booleans()) and not same
        if ceil:
            before = after = min(before, after)
        if lengths[source] + before + after < reach:
            continue
        rows = Window(kernel, stride, dilation, before, after, same, ceil)
        before, after = rows.padding(lengths[source])
        count = rows.outputs(lengths[source])
        if ceil:
            layer = Pool("max", (kernel, 1), (stride, 1), ((before, after), (0, 0)), (dilation, 1), True)
        else:
            layer = Convolution(1, (kernel, 1), (stride, 1), ((before, after), (0, 0)), (dilation, 1))
        nodes.append(Node(name, layer, (source,)))
        lines.append(Line(name, "max" if ceil else "sum", (source,), Axis(0, kernel, stride, dilation, before, after, ceil)))
        lengths[name] = count
    return length, nodes, lines


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_random_graphs_agree_with_the_poked_network(graph):
    length, nodes, lines = graph
    net = Network("random", (1, length, 1), tuple(nodes))
    truth = poked(lines, length)
    for node in nodes:
        positions = truth[node.name]
        assert net.shapes[node.name][1] == len(positions)
        for position in random.Random(0).sample(range(len(positions)), min(4, len(positions))):
            assert seen(net, node.name, (position, 0))[0] == positions[position]
    try:
        fields = receptive_fields(net)
    except NoReceptiveField:
        return
    for node in nodes:
        field = fields[node.name].fields[0]
        for position, inputs in enumerate(truth[node.name]):
            first, last = field.interval(position)
            shown = {first + n for n in range(field.size) if field.pattern >> n & 1}
            assert inputs <= shown
            if first >= field.size and last < length - field.size:
                assert inputs == shown
