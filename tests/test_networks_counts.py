"""Counts: every published number, and agreement with loops that count tap by tap."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Symbol, lambdify, symbols

from derivations.subjects.networks.conventions import CONVENTIONS, Convention, UnknownConvention
from derivations.subjects.networks.counts import count
from derivations.subjects.networks.graph import BadGraph, Network, Node, UnknownLayer, chain
from derivations.subjects.networks.layers import (
    AdaptivePool,
    Add,
    Attention,
    Concatenate,
    Convolution,
    Dense,
    Embedding,
    Pool,
    Recurrent,
    SeparableConvolution,
    TransposedConvolution,
)  # fmt: skip
from derivations.subjects.networks.reading import architecture, architectures
from derivations.subjects.networks.terms import ShapeMismatch
from numeric.oracles import networks as oracle

ALEXNET = {
    "conv1": (290_400, 34_848, 105_415_200),
    "conv2": (186_624, 307_200, 223_948_800),
    "conv3": (64_896, 884_736, 149_520_384),
    "conv4": (64_896, 663_552, 112_140_288),
    "conv5": (43_264, 442_368, 74_760_192),
    "fc1": (4_096, 37_748_736, 37_748_736),
    "fc2": (4_096, 16_777_216, 16_777_216),
    "out": (1_000, 4_096_000, 4_096_000),
}
PARAMETERS_AND_PRODUCTS = {
    "alexnet": (61_100_840, 714_188_480),
    "vgg16": (138_357_544, 15_470_264_320),
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet50": (25_557_032, 4_089_184_256),
    "googlenet": (6_624_904, 1_498_376_192),
    "inception-v3": (23_834_568, 5_713_216_096),
    "mobilenet-v2": (3_504_872, 300_774_272),
    "densenet121": (7_978_856, 2_834_161_664),
}


def test_alexnet_2012_layer_by_layer():
    table = count(architecture("alexnet-2012"), "weights-only")
    found = {name: tuple(table[name][q] for q in ("units", "parameters", "connections")) for name in ALEXNET}
    assert found == ALEXNET


def test_alexnet_2012_totals():
    totals = count(architecture("alexnet-2012"), "weights-only").totals
    assert (totals["units"], totals["parameters"], totals["connections"]) == (659_272, 60_954_656, 724_406_816)
    assert count(architecture("alexnet-2012")).totals["parameters"] == 60_965_224


def test_alexnet_2012_without_groups():
    from dataclasses import replace

    net = architecture("alexnet-2012")
    for name in ("conv2", "conv4", "conv5"):
        net = net.with_layer(name, lambda layer: replace(layer, groups=1))
    assert count(net).totals["parameters"] == 62_378_344


def test_taps_inside_the_image():
    table = count(architecture("alexnet-2012"), "inside-image")
    inside = [table[f"conv{n}"]["connections"] for n in range(2, 6)]
    assert inside == [204_484_608, 134_578_176, 100_933_632, 67_289_088]


@pytest.mark.parametrize("name", PARAMETERS_AND_PRODUCTS)
def test_published_parameters_and_multiply_accumulates(name):
    totals = count(architecture(name)).totals
    assert (totals["parameters"], totals["multiply_accumulates"]) == PARAMETERS_AND_PRODUCTS[name]


@pytest.mark.parametrize(
    ("convention", "value"),
    [
        ("standard", 714_188_480),
        ("macs+average-pool", 714_197_696),
        ("macs+average-taps", 714_206_912),
        ("macs+bias", 714_682_664),
        ("macs+everything-twice", 716_441_128),
        ("flops", 2 * 714_188_480),
    ],
)
def test_one_network_has_as_many_totals_as_conventions(convention, value):
    assert count(architecture("alexnet"), convention).totals["multiply_accumulates"] == value


def test_lenet_with_biases_and_trainable_pools():
    table = count(architecture("lenet5"), "biased")
    assert [table[name]["parameters"] for name in ("C1", "S2", "C3", "S4", "C5", "F6")] == [
        156,
        12,
        1516,
        32,
        48_120,
        10_164,
    ]
    assert [table[name]["connections"] for name in ("C1", "S2", "C3")] == [122_304, 5_880, 151_600]
    assert (table.totals["parameters"], table.totals["connections"]) == (60_000, 340_908)


def test_inception_naive_against_bottleneck():
    naive, narrow = (count(architecture(f"inception-{kind}")).totals for kind in ("naive", "bottleneck"))
    assert (naive["parameters"], narrow["parameters"]) == (1_089_952, 346_720)
    for quantity in ("additions", "multiplications"):
        assert (naive[quantity], narrow[quantity]) == (1_115_684_864, 354_418_688)
    assert (naive["activation_evaluations"], narrow["activation_evaluations"]) == (425_984, 622_592)


def test_small_cnn():
    net = architecture("small-cnn")
    table = count(net)
    assert [table[name]["parameters"] for name in ("conv1", "pool1", "conv2", "dense")] == [2_432, 0, 18_496, 125_450]
    assert table.totals["parameters"] == 146_378
    assert [net.shapes[n] for n in ("conv1", "pool1", "conv2", "flatten")] == [
        (32, 60, 60), (32, 30, 30), (64, 14, 14), (12_544,),
    ]  # fmt: skip


def test_elman_network_in_letters():
    k, m, n = symbols("k m n", integer=True, positive=True)
    assert (count(architecture("elman")).totals["parameters"] - (k * n + k**2 + k + m * k + m)).expand() == 0


@pytest.mark.parametrize(
    ("bias", "expected"), [("pytorch", (640, 2560, 1920)), ("keras", (620, 2480, 1920)), ("one", (620, 2480, 1860))]
)
def test_recurrent_cells_under_each_bias_convention(bias, expected):
    nets = [chain("cell", (7, 10), [("cell", Recurrent(20, cell, bias))]) for cell in ("elman", "lstm", "gru")]
    assert tuple(count(net).totals["parameters"] for net in nets) == expected


def test_every_architecture_is_counted():
    for name in architectures():
        totals = count(architecture(name)).totals
        assert totals["parameters"] != 0 or name == "receptive-example"


# ---------------------------------------------------------------------- against loops


@st.composite
def axes(draw):
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    before, after = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    least = max((kernel - 1) * dilation + 1 - before - after, 1)
    return oracle.Axis(draw(st.integers(least, least + 7)), kernel, draw(st.integers(1, 3)), dilation, before, after)


def _layer_arguments(rows, columns):
    return {
        "kernel": (rows.kernel, columns.kernel),
        "stride": (rows.stride, columns.stride),
        "padding": ((rows.before, rows.after), (columns.before, columns.after)),
        "dilation": (rows.dilation, columns.dilation),
    }


@settings(max_examples=1000, deadline=None)
@given(axes(), axes(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_convolutions_agree_with_loops(rows, columns, groups, channels, out):
    layer = Convolution(out * groups, **_layer_arguments(rows, columns), groups=groups, bias=False)
    net = chain("one", (channels * groups, rows.length, columns.length), [("conv", layer)])
    tally = oracle.convolution(channels * groups, out * groups, groups, rows, columns)
    found = count(net).totals
    assert (found["units"], found["connections"], found["parameters"]) == (tally.outputs, tally.taps, tally.weights)
    assert count(net, "inside-image").totals["connections"] == tally.taps - tally.outside


_SYMBOLS = symbols("C M Fr Fc Sr Sc Dr Dc Pt Pb Pl Pr H W", integer=True, positive=True)


@cache
def _symbolic_counts():
    C, M, Fr, Fc, Sr, Sc, Dr, Dc, Pt, Pb, Pl, Pr, H, W = _SYMBOLS
    layer = Convolution(M, (Fr, Fc), (Sr, Sc), ((Pt, Pb), (Pl, Pr)), (Dr, Dc))
    totals = count(chain("letters", (C, H, W), [("conv", layer)]), "biased").totals
    return lambdify(_SYMBOLS, [totals[q] for q in ("units", "connections", "parameters")], "math")


@settings(max_examples=1000, deadline=None)
@given(axes(), axes(), st.integers(1, 3), st.integers(1, 3))
def test_one_symbolic_count_agrees_with_loops_everywhere(rows, columns, channels, out):
    values = (
        channels, out, rows.kernel, columns.kernel, rows.stride, columns.stride, rows.dilation, columns.dilation,
        rows.before, rows.after, columns.before, columns.after, rows.length, columns.length,
    )  # fmt: skip
    tally = oracle.convolution(channels, out, 1, rows, columns)
    units, connections, parameters = (round(value) for value in _symbolic_counts()(*values))
    assert (units, connections, parameters) == (tally.outputs, tally.taps + tally.outputs, tally.weights + out)


@cache
def _symbolic_groups_and_pools():
    """A grouped convolution, then a pool in ceil mode, all sizes letters."""
    F, S, P, D, M, C, G, K, T, Q, W = letters = symbols("F S P D M C G K T Q W", integer=True, positive=True)
    layers = [("conv", Convolution(M * G, F, S, P, D, G, bias=False)), ("pool", Pool("max", K, T, Q, ceil=True))]
    net = chain("letters", (C * G, W, W), layers)
    table = count(net, Convention("taps", "", {**CONVENTIONS["pooled-units"].weights, "connections": {"weight": 1, "pool": 1}}))
    return lambdify(letters, [table["conv"]["connections"], table["pool"]["units"], table["pool"]["connections"]], "math")


@settings(max_examples=1000, deadline=None)
@given(*(st.integers(1, n) for n in (3, 3, 2, 2, 2, 2, 3, 3, 3)), st.integers(0, 1), st.integers(6, 12))
def test_symbolic_groups_dilation_and_ceil_mode_agree_with_loops(F, S, P, D, M, C, G, K, T, Q, W):
    Q = min(Q, K // 2)
    conv = oracle.Axis(W, F, S, D, P, P)
    between = len(oracle.starts(conv))
    if between + 2 * Q < K:
        return
    pool = oracle.Axis(between, K, T, 1, Q, Q, ceil=True)
    first, second = oracle.convolution(C * G, M * G, G, conv, conv), oracle.pool(M * G, pool, pool)
    found = [round(value) for value in _symbolic_groups_and_pools()(F, S, P, D, M, C, G, K, T, Q, W)]
    assert found == [first.taps, second.outputs, second.taps]


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_random_networks_agree_with_loops_layer_by_layer(data):
    """Chains of convolutions (groups, dilation) and pools (both modes); the loops carry their own shapes along."""
    draw = data.draw
    channels, length = draw(st.integers(1, 3)), draw(st.integers(5, 10))
    shape, layers, tallies = (channels, length, length), [], []
    for number in range(draw(st.integers(1, 4))):
        F, S, P = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(0, 1))
        axis = oracle.Axis(length, F, S, draw(st.integers(1, 2)), P, P)
        if not oracle.starts(axis):
            continue
        if draw(st.booleans()):
            groups = draw(st.sampled_from([g for g in (1, 2, 3) if channels % g == 0]))
            out = groups * draw(st.integers(1, 2))
            layers.append((f"n{number}", Convolution(out, F, S, P, axis.dilation, groups, bias=False)))
            tallies.append(oracle.convolution(channels, out, groups, axis, axis))
            channels = out
        else:
            ceil = draw(st.booleans())
            P = min(P, F // 2)
            axis = oracle.Axis(length, F, S, 1, P, P, ceil)
            layers.append((f"n{number}", Pool("average", F, S, P, ceil=ceil)))
            tallies.append(oracle.pool(channels, axis, axis))
        length = len(oracle.starts(axis))
    table = count(
        chain("random", shape, layers),
        Convention("taps", "", {**CONVENTIONS["pooled-units"].weights, "connections": {"weight": 1, "pool": 1}}),
    )
    found = [(layer["units"], layer["connections"], layer["parameters"]) for layer in table.layers]
    assert found == [(tally.outputs, tally.taps, tally.weights) for tally in tallies]


def test_symbolic_padding_taps_are_those_of_the_numbers():
    F = Symbol("F", integer=True, positive=True)
    net = chain("one", (2, 13, 13), [("conv", Convolution(3, F, 2, 2))])
    found = count(net, "inside-image").totals["connections"]
    for size in range(1, 8):
        axis = oracle.Axis(13, size, 2, 1, 2, 2)
        tally = oracle.convolution(2, 3, 1, axis, axis)
        assert found.subs(F, size).doit() == tally.taps - tally.outside


@settings(max_examples=600, deadline=None)
@given(st.data(), st.booleans(), st.integers(1, 3))
def test_pools_agree_with_loops_in_floor_and_ceil_mode(data, ceil, channels):
    from dataclasses import replace

    rows, columns = data.draw(axes()), data.draw(axes())
    symmetric = [min(a.before, a.after, a.kernel // 2) for a in (rows, columns)]
    rows, columns = (
        replace(a, before=p, after=p, ceil=ceil, length=max(a.length, (a.kernel - 1) * a.dilation + 1 - 2 * p))
        for a, p in zip((rows, columns), symmetric, strict=True)
    )
    layer = Pool("max", **_layer_arguments(rows, columns), ceil=ceil)
    net = chain("one", (channels, rows.length, columns.length), [("pool", layer)])
    tally = oracle.pool(channels, rows, columns)
    found = count(net, Convention("taps", "", {**CONVENTIONS["pooled-units"].weights, "connections": {"pool": 1}})).totals
    assert (found["units"], found["connections"]) == (tally.outputs, tally.taps)


@settings(max_examples=300, deadline=None)
@given(axes(), axes(), st.integers(1, 2), st.integers(1, 3))
def test_transposed_convolutions_agree_with_loops(rows, columns, channels, out):
    from dataclasses import replace

    rows, columns = (replace(a, before=min(a.before, 1), after=min(a.before, 1)) for a in (rows, columns))
    layer = TransposedConvolution(
        out, (rows.kernel, columns.kernel), (rows.stride, columns.stride), (rows.before, columns.before),
        dilation=(rows.dilation, columns.dilation), bias=False,
    )  # fmt: skip
    tally = oracle.transposed(channels, out, rows, columns)
    if tally.outputs <= 0:
        return
    net = chain("one", (channels, rows.length, columns.length), [("up", layer)])
    found = count(net).totals
    assert (found["units"], found["connections"], found["parameters"]) == (tally.outputs, tally.taps, tally.weights)
    assert count(net, "inside-image").totals["connections"] == tally.taps - tally.outside


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.sampled_from(("elman", "lstm", "gru")))
def test_recurrent_layers_agree_with_loops(steps, features, hidden, cell):
    gates = {"elman": 1, "lstm": 4, "gru": 3}[cell]
    tally = oracle.recurrent(steps, features, hidden, gates, 2)
    found = count(chain("one", (steps, features), [("cell", Recurrent(hidden, cell, "two"))])).totals
    assert found["parameters"] == tally["weights"] + tally["biases"]
    assert found["connections"] == tally["multiplications"]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_attention_agrees_with_loops(positions, heads, each):
    net = chain("one", (positions, heads * each), [("attention", Attention(heads))])
    assert count(net).totals["multiplications"] == oracle.attention(positions, heads * each, heads)


def test_a_transposed_convolution_is_counted_at_its_inputs():
    net = chain("up", (16, 8, 8), [("up", TransposedConvolution(8, 2, 2, bias=False))])
    found = count(net).totals
    assert found["connections"] == 8 * 8 * 16 * 8 * 4
    assert found["units"] * 16 * 4 == 4 * found["connections"], "counting by outputs takes four times too many"


def test_a_separable_convolution_is_its_two_parts():
    one = chain("one", (6, 9, 9), [("s", SeparableConvolution(10, 3, 2, 1))])
    two = chain("two", (6, 9, 9), [("d", Convolution(6, 3, 2, 1, groups=6)), ("p", Convolution(10, 1))])
    for quantity in ("parameters", "connections", "multiply_accumulates", "additions"):
        assert count(one).totals[quantity] == count(two).totals[quantity]


def test_adaptive_windows_that_differ_in_size_are_counted_one_by_one():
    net = chain("one", (2, 7, 7), [("pool", AdaptivePool("average", 3))])
    taps = count(net, Convention("taps", "", {**CONVENTIONS["standard"].weights, "connections": {"pool": 1}}))
    assert taps.totals["connections"] == 2 * (3 + 3 + 3) ** 2


# ---------------------------------------------------------------------- what is refused


def test_shape_errors_name_the_layer_and_both_shapes():
    a, b = Node("a", Convolution(8, 3), ("input",)), Node("b", Convolution(8, 5), ("input",))
    nodes = (a, b, Node("sum", Add(), ("a", "b")))
    with pytest.raises(ShapeMismatch, match="layer sum: given 8×6×6 and 8×4×4, expected two or more inputs of one shape"):
        count(Network("join", (3, 8, 8), nodes))


@pytest.mark.parametrize(
    ("shape", "layer", "message"),
    [
        ((3, 8, 8), Dense(10), "flatten"),
        ((3, 8, 8), Convolution(8, 3, groups=2), "divide into 2 groups"),
        ((4, 8, 8), Convolution(9, 3, groups=2), "divide into 2 groups"),
        ((3, 4, 4), Convolution(8, 7), "at least 7 rows"),
        ((5, 8), Attention(3), "3 heads divide"),
        ((5, 8), Embedding(10, 4), "word numbers"),
        ((3, 8, 8), Recurrent(4), "sequence"),
    ],
)
def test_layers_refuse_shapes_they_cannot_take(shape, layer, message):
    with pytest.raises(ShapeMismatch, match=message):
        count(chain("wrong", shape, [("layer", layer)]))


def test_concatenation_refuses_images_of_different_sizes():
    nodes = (Node("a", Convolution(8, 3), ("input",)), Node("c", Concatenate(), ("a", "input")))
    with pytest.raises(ShapeMismatch, match="differ in their channels only"):
        count(Network("join", (3, 8, 8), nodes))


def test_graphs_refuse_unknown_and_repeated_names():
    with pytest.raises(BadGraph, match="not an earlier layer"):
        Network("loop", (3, 8, 8), (Node("a", Convolution(8, 3), ("b",)),))
    with pytest.raises(BadGraph, match="taken"):
        chain("twice", (3, 8, 8), [("a", Convolution(8, 3)), ("a", Convolution(8, 3))])
    with pytest.raises(UnknownLayer, match="did you mean conv1"):
        architecture("alexnet")["conv_1"]


def test_an_unknown_convention_suggests_a_near_one():
    with pytest.raises(UnknownConvention, match="weights-only"):
        count(architecture("alexnet"), "weight-only")


def test_symbols_stay_symbols():
    F = Symbol("F", integer=True, positive=True)
    net = chain("one", (3, 227, 227), [("conv", Convolution(96, F, 4))])
    found = count(net).totals["connections"]
    assert found.subs(F, 11) == 105_415_200
    assert found.free_symbols == {F}
