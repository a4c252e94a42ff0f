"""Sensitivities: charts with certified maxima, elasticities against differences, and ways to halve a count."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, Symbol, expand

import derivations
from derivations.subjects.networks.charts import NoChart, chart
from derivations.subjects.networks.claims import filter_size
from derivations.subjects.networks.counts import count
from derivations.subjects.networks.graph import chain
from derivations.subjects.networks.layers import Convolution, Dense, Flatten
from derivations.subjects.networks.reading import architecture
from derivations.subjects.networks.sensitivity import elasticities, reductions
from derivations.subjects.networks.sizes import no_rounding, residue_class
from derivations.subjects.networks.slopes import Slope
from derivations.subjects.networks.variation import UnknownSize
from derivations.subjects.networks.windows import Window
from numeric.oracles import networks as oracle


def test_the_first_layer_of_alexnet_has_its_maximum_at_half_of_a():
    found = chart(architecture("alexnet-2012"), "conv1.F")
    assert found.critical == (0, Rational(231, 2), 231)
    assert [sign for *_, sign in found.signs] == ["rises", "falls", "rises"]
    assert (found.relaxed_maximum, found.argmax) == (Rational(231, 2), (115,))
    assert len(found.exact) == 227


def test_the_chart_is_the_one_that_the_catalogue_proves():
    found = chart(architecture("alexnet-2012"), "conv1.F")
    values = {"W": 227, "S": 4, "P": 0, "C": 3, "M": 96}
    proved = filter_size.relaxed_connections()
    proved = proved.subs({s: values.get(s.name, found.symbol) for s in proved.free_symbols})
    assert expand(proved - found.relaxed) == 0
    assert found.relaxed_maximum == Rational(227 + 4, 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 14), st.integers(1, 3), st.integers(0, 2))
def test_the_exact_maximum_is_what_loops_find(length, stride, padding):
    net = chain("one", (1, length, length), [("conv", Convolution(1, 3, stride, padding))])
    found = chart(net, "conv.F")
    counted = {}
    for size in range(1, length + 2 * padding + 1):
        axis = oracle.Axis(length, size, stride, 1, padding, padding)
        counted[size] = oracle.convolution(1, 1, 1, axis, axis).taps
    assert dict(found.exact) == counted
    assert found.argmax == tuple(size for size, taps in counted.items() if taps == max(counted.values()))


@pytest.mark.parametrize(
    ("letter", "sign", "argmax"), [("S", "falls", (1,)), ("P", "rises", ()), ("M", "rises", ()), ("C", "rises", ())]
)
def test_other_sizes_are_monotone(letter, sign, argmax):
    found = chart(architecture("alexnet-2012"), f"conv2.{letter}")
    assert {word for *_, word in found.signs} == {sign}
    assert found.argmax == argmax
    assert found.relaxed_maximum is None


def test_channels_are_those_of_a_group():
    found = chart(architecture("alexnet-2012"), "conv2.C")
    assert dict(found.exact)[48] == 223_948_800


def test_charts_refuse_other_letters():
    with pytest.raises(NoChart, match="holds the letters T, k;"):
        chart(architecture("elman"), "readout.M")


def test_a_chart_of_the_whole_network_follows_the_size_through_all_layers():
    net = architecture("small-cnn")
    found = chart(net, "conv1.F", "parameters", whole=True)
    assert dict(found.exact)[5] == 146_378
    assert found.exact[0] == (1, count(net.with_layer("conv1", lambda layer: replace(layer, kernel=1))).totals["parameters"])


def test_charts_refuse_what_does_not_depend_on_the_size():
    with pytest.raises(NoChart, match="does not depend"):
        chart(architecture("alexnet-2012"), "conv1.S", "parameters")


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(0, 3))
def test_the_three_views_of_an_output_size_agree(length, kernel, stride, padding):
    room = length + 2 * padding - kernel
    if room < 0:
        return
    window = Window(kernel, stride, before=padding, after=padding)
    exact = window.outputs(length)
    assert window.outputs(length, residue_class(room % stride)) == exact
    assert window.outputs(length, no_rounding) - exact == Fraction(room % stride, stride)


def test_views_of_an_output_say_which_class_it_is_in():
    rows, columns = derivations.network("alexnet-2012", input=(3, 224, 224)).output_views("conv1")
    assert rows == columns
    assert (rows.exact, rows.relaxed, rows.remainder) == (54, Fraction(217, 4), 1)
    assert rows.residues[rows.remainder] == rows.exact


# ---------------------------------------------------------------------- elasticities


def test_elasticity_of_one_layer_is_the_proved_formula():
    found = {e.place: e for e in elasticities(chain("one", (3, 227, 227), [("conv", Convolution(96, 11, 4))]))}
    A = 231
    assert found["conv.F"].elasticity == Fraction(2 * (A - 22), A - 11)
    assert found["conv.M"].elasticity == 1


@pytest.mark.parametrize("size", ["conv1.M", "conv2.M", "dense.M"])
def test_elasticities_of_channels_are_difference_quotients(size):
    net = architecture("small-cnn")
    layer = size.split(".")[0]
    (found,) = (e for e in elasticities(net, "parameters") if e.place == size)
    before = count(net).totals["parameters"]
    after = count(net.with_layer(layer, lambda known: replace(known, out=known.out + 1))).totals["parameters"]
    assert found.elasticity == Fraction((after - before) * found.value, before), "a count is linear in one number of channels"


def test_sizes_that_a_join_ties_together_are_reported():
    found = {e.place: e for e in elasticities(architecture("resnet18"))}
    assert found["layer1.1.conv2.M"].elasticity is None
    assert found["layer1.1.conv2.M"].reason == "tied by layer1.1.add"
    assert found["layer1.1.conv1.M"].elasticity is not None


def test_depthwise_channels_do_not_change_alone():
    found = {e.place: e for e in elasticities(architecture("mobilenet-v2"))}
    assert found["block2.expand.M"].reason == "tied by block2.depthwise"


def test_the_width_moves_all_channels_together():
    """Weights between two widened layers grow with the square: 2 for all but the first and the last."""
    net = chain("wide", (4, 8, 8), [("a", Convolution(6, 1, bias=False)), ("b", Convolution(6, 1, groups=6, bias=False))])
    found = {e.place: e.elasticity for e in elasticities(net, "parameters")}
    assert found["width"] == 1, "4·6 and a depthwise 6·1 both grow in proportion"
    square = chain("wide", (4, 8, 8), [("a", Convolution(6, 1, bias=False)), ("b", Convolution(6, 1, bias=False))])
    found = {e.place: e.elasticity for e in elasticities(square, "parameters")}
    assert found["width"] == Fraction(24 * 1 + 36 * 2, 24 + 36)


def test_elasticities_need_numbers():
    with pytest.raises(UnknownSize, match="symbols"):
        elasticities(architecture("elman"))


def test_slopes_multiply_divide_and_round():
    x = Slope(7, 1)
    assert (x * x).slope == 14
    assert 1 / Slope(2, 1) == Slope(Fraction(1, 2), Fraction(-1, 4))
    assert x // 2 == Slope(3, Fraction(1, 2))
    assert 10 - x == Slope(3, -1)
    assert hash(Slope(3)) == hash(3)
    assert x**3 == Slope(343, 147)


# ---------------------------------------------------------------------- reaching a goal


@pytest.mark.parametrize("name", ["small-cnn", "alexnet-2012", "vgg16"])
@pytest.mark.parametrize("quantity", ["parameters", "connections", "activations"])
def test_every_way_reaches_the_goal_and_a_smaller_change_does_not(name, quantity):
    from derivations.subjects.networks.variation import with_size

    net = architecture(name)
    before = count(net).totals[quantity]
    ways = reductions(net, quantity)
    assert ways
    for way in ways:
        assert way.ratios[quantity] <= Fraction(1, 2)
        if way.place != "input" and abs(way.after - way.before) > 2:
            nearer = with_size(net, way.place, way.after + (2 if way.after < way.before else -2))
            assert 2 * count(nearer).totals[quantity] > before
    assert [way.effort for way in ways] == sorted(way.effort for way in ways)


def test_dense_layers_hold_the_parameters_and_convolutions_the_connections():
    shares = {q: count(architecture("alexnet-2012"), "weights-only").shares(q) for q in ("parameters", "connections")}
    dense = {q: float(sum(shares[q][name] for name in ("fc1", "fc2", "out"))) for q in shares}
    assert dense["parameters"] > 0.96
    assert dense["connections"] < 0.09


def test_a_symbolic_share_is_a_formula():
    net = chain(
        "s", (1, 8, 8), [("c", Convolution(Symbol("M", integer=True, positive=True), 3)), ("f", Flatten()), ("d", Dense(2))]
    )
    assert sum(count(net).shares("parameters").values()).simplify() == 1
