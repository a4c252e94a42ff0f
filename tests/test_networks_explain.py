"""Explaining differences: the mismatches of worked solutions, and totals that tools disagree about."""

from dataclasses import replace

import pytest
from sympy import symbols

from derivations.subjects.networks.counts import count
from derivations.subjects.networks.edits import written_differently
from derivations.subjects.networks.explain import Claim, UnknownQuantity, explain, remarks
from derivations.subjects.networks.graph import UnknownLayer
from derivations.subjects.networks.reading import architecture
from derivations.subjects.networks.structural import structural_edits


def ways(name, quantity, value, layer="", under="standard"):
    (finding,) = explain(architecture(name), [Claim(quantity, value, layer)], under)
    assert not finding.agrees
    return finding.explanations


@pytest.mark.parametrize(
    ("name", "quantity", "value", "layer", "explanation"),
    [
        ("alexnet-2012", "connections", 177_209_344, "fc1", ("the pooling pool5 forgotten",)),
        ("alexnet-2012", "parameters", 177_209_344 + 4096, "fc1", ("the pooling pool5 forgotten",)),
        ("alexnet-2012", "connections", 111_974_400, "conv2", ("the group split of conv2 applied twice",)),
        ("alexnet-2012", "connections", 447_897_600, "conv2", ("the 2 groups of conv2 ignored",)),
        ("alexnet-2012", "units", 290_900, "conv1", ("one digit miswritten",)),
        ("alexnet-2012", "connections", 204_484_608, "conv2", ("taps that fall in the padding not counted",)),
        ("alexnet-2012", "parameters", 62_378_344, "", ("the groups of all layers ignored",)),
        ("inception-naive", "parameters", 696_736, "", ("five taken with 3×3 in place of 5×5",)),
        ("lenet5", "connections", 122_304, "C1", ("biases counted as connections",)),
        ("alexnet", "multiply_accumulates", 714_197_696, "", ("the inputs of average pools counted",)),
        ("alexnet", "multiply_accumulates", 714_206_912, "", ("the taps and the division of each average counted",)),
        ("alexnet", "multiply_accumulates", 714_682_664, "", ("additions of biases counted",)),
        (
            "alexnet", "multiply_accumulates", 716_441_128, "",
            ("additions of biases counted", "nonlinearities and pool inputs counted twice"),
        ),
        (
            "alexnet", "multiply_accumulates", 2 * 714_188_480, "",
            ("a multiply-accumulate counted as two operations",),
        ),
        ("small-cnn", "parameters", 2_400, "conv1", ("biases not counted",)),
        ("small-cnn", "units", 64 * 15 * 15, "conv2", ("conv2 taken with SAME padding",)),
    ],
)  # fmt: skip
def test_known_differences_are_explained(name, quantity, value, layer, explanation):
    assert ways(name, quantity, value, layer)[0] == explanation


def test_conventions_under_which_a_number_is_right_are_named():
    (finding,) = explain(architecture("alexnet"), [Claim("multiply_accumulates", 714_682_664)])
    assert finding.conventions == ("biased", "macs+bias")
    assert finding.sentence.endswith("(right under the convention biased or macs+bias)")
    (finding,) = explain(architecture("lenet5"), [Claim("connections", 122_304, "C1")])
    assert finding.conventions == ("biased",)


def test_a_right_number_needs_no_explanation():
    (finding,) = explain(architecture("alexnet"), [Claim("multiply_accumulates", 714_188_480)])
    assert finding.agrees
    assert finding.sentence == "total multiply accumulates: 714,188,480 is right"


def test_the_count_of_an_elman_network_without_inputs_is_explained_both_ways():
    k, m = symbols("k m", integer=True, positive=True)
    found = ways("elman", "parameters", k**2 + k * m + k)
    assert ("the letters m and n exchanged", "the layer readout left out") in found
    assert ("the biases of readout left out", "the input to hidden weights of hidden left out") in found


def test_recurrent_cells_are_explained_by_bias_vectors():
    from derivations.subjects.networks.graph import chain
    from derivations.subjects.networks.layers import Recurrent

    net = chain("gru", (7, 10), [("cell", Recurrent(20, "gru", "keras"))])
    (finding,) = explain(net, [Claim("parameters", 1860)])
    assert finding.explanations[0] == ("one bias vector for each gate of cell",)


def test_strides_in_the_first_convolution_of_each_block_are_recognised():
    net = architecture("resnet50")
    everywhere = next(e for e in structural_edits(net) if e.sentence.startswith("the stride of every block"))
    moved = count(everywhere.network(net)).totals["multiply_accumulates"]
    assert moved == 3_857_973_248
    assert ways("resnet50", "multiply_accumulates", moved) == ((everywhere.sentence,),)


def test_separable_factorisations_are_recognised():
    assert ways("small-cnn", "parameters", 3 * 25 + 3 + 3 * 32 + 32, "conv1") == (
        ("conv1 taken as a depthwise separable convolution",),
    )


def test_transposed_convolutions_counted_at_their_outputs_are_recognised():
    from derivations.subjects.networks.graph import chain
    from derivations.subjects.networks.layers import TransposedConvolution

    net = chain("up", (16, 8, 8), [("up", TransposedConvolution(8, 2, 2))])
    true = count(net).totals["connections"]
    (finding,) = explain(net, [Claim("connections", 4 * true)])
    assert finding.explanations[0] == ("up counted at its outputs in place of its inputs",)


def test_nonsense_is_not_explained():
    (finding,) = explain(architecture("alexnet-2012"), [Claim("connections", 123_456_789)])
    assert finding.explanations == ()
    assert "none of the known edits" in finding.sentence


@pytest.mark.parametrize(
    ("true", "reported", "word"),
    [
        (290_400, 290_900, "one digit miswritten"),
        (1_089_952, 1_098_952, "two digits transposed"),
        (714_188_480, 71_418_848, "one digit lost"),
        (12, 112, "one digit too many"),
        (1_234, 4_321, ""),
    ],
)
def test_slips_of_the_pen_are_named(true, reported, word):
    assert written_differently(true, reported) == word


def test_sizes_that_do_not_fit_are_remarked_on():
    net = replace(architecture("alexnet-2012"), input=(3, 224, 224))
    assert "(224 − 11 + 0)/4 + 1 = 54.25 is not whole" in remarks(net)[0]
    assert remarks(architecture("alexnet-2012")) == ()


def test_unknown_quantities_and_layers_are_refused():
    with pytest.raises(UnknownQuantity, match="'neurons'"):
        Claim("neurons", 3)
    with pytest.raises(UnknownLayer, match="did you mean conv1"):
        explain(architecture("alexnet"), [Claim("units", 3, "conv_1")])
