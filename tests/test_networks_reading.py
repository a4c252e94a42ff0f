"""Architecture files, sizes as text, and reported tables: what is read, and what is refused with its place."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol, expand, symbols

import derivations
from derivations.subjects.networks.polynomials import BadSizeText, read_size
from derivations.subjects.networks.reading import BadArchitecture, UnknownArchitecture, architecture, from_tree, read
from derivations.subjects.networks.reported import UnreadableTable, read_claim, read_table
from derivations.subjects.networks.variation import made_symbolic, with_values

CONV = {"kind": "conv", "out": 4, "kernel": 3}


def tree(*layers, **more):
    return {"input": [1, 8, 8], "layers": list(layers), **more}


def test_layers_follow_one_another_unless_they_say_from_where():
    net = from_tree(tree({**CONV, "name": "a"}, {**CONV, "name": "b"}, {"kind": "concat", "from": ["b", "b"]}))
    assert [node.inputs for node in net.nodes] == [("input",), ("a",), ("b", "b")]
    assert net.shapes["concat"] == (8, 4, 4)


def test_blocks_take_parameters_defaults_products_and_conditions():
    block = {
        "defaults": {"stride": 1, "extra": False},
        "layers": [
            {"name": "c", "kind": "conv", "out": "2*width", "kernel": 1, "stride": "stride"},
            {"name": "r", "kind": "relu", "when": "extra"},
        ],
    }
    net = from_tree(
        tree({"block": "b", "name": "x", "width": 3}, {"block": "b", "name": "y", "width": "w", "extra": True, "repeat": 2},
             blocks={"b": block})
    )  # fmt: skip
    assert [node.name for node in net.nodes] == ["x.c", "y.1.c", "y.1.r", "y.2.c", "y.2.r"]
    assert net.shapes["x.c"] == (6, 8, 8)
    assert net.shapes["y.2.r"][0] == 2 * Symbol("w", integer=True, positive=True)


def test_json_files_are_read_like_toml_files(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(tree(CONV)))
    assert read(path).shapes["conv"] == (4, 6, 6)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"layers": []}, "needs input"),
        (tree({"kind": "covn"}), r"layers\[1\]: unknown kind 'covn'; near: conv"),
        (tree({**CONV, "filters": 3}), "conv has no filters"),
        (tree({**CONV, "kernel": "F+1"}), "'F\\+1' is not a number, a name or a product"),
        (tree({**CONV, "kernel": 2.5}), "2.5 is not a whole number"),
        (tree({**CONV, "from": "nowhere"}), "from 'nowhere' is no earlier layer"),
        (tree({"kind": "conv", "block": "b"}), "either kind or block"),
        (tree({"block": "b"}), "block 'b' is not defined"),
        (tree({**CONV, "repeat": 0}), "repeat 0"),
        (tree({"kind": "pool", "function": "median", "kernel": 2}), "known functions are max and average"),
        (tree({"block": "b"}, blocks={"b": {"layers": [{"block": "b"}]}}), "nested at most 8 deep"),
        (
            tree({"block": "b", "repeat": 500}, blocks={"b": {"layers": [{"block": "c", "repeat": 500}]}, "c": {"layers": []}}),
            "written out to more than",
        ),
        (tree(CONV, trunk="top"), "there is no layer 'top'"),
    ],
)
def test_broken_files_are_refused_with_their_place(broken, message):
    with pytest.raises(BadArchitecture, match=message):
        from_tree(broken, "net.toml")


def test_unknown_names_get_near_ones():
    with pytest.raises(UnknownArchitecture, match="did you mean resnet50"):
        architecture("resnet-50")


def test_a_symbol_put_in_and_set_gives_the_network_back():
    net = architecture("alexnet-2012")
    assert with_values(made_symbolic(net, "conv2.F"), {"F": 5}) == net


def test_networks_are_reached_from_the_package():
    net = derivations.network("small-cnn", input=(3, 32, 32))
    assert net.counts.totals["parameters"] == 2_432 + 18_496 + 64 * 6 * 6 * 10 + 10
    assert "small" in net._repr_html_()
    assert net._repr_latex_().startswith(r"\begin{table}")
    assert net.table(["params"]).columns[-1] == "parameters"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("111,974,400", 111_974_400),
        ("1 000 000", 1_000_000),
        ("-3", -3),
        ("2(3+4)", 14),
        ("2^10", 1024),
        ("kn + k^2", "k*n + k**2"),
    ],
)
def test_sizes_are_read_from_text(text, value):
    k, n, kn = symbols("k n kn", integer=True, positive=True)
    expected = {"k*n + k**2": kn + k**2}.get(value, value)
    assert expand(read_size(text) - expected) == 0
    assert n != k


@given(st.text(max_size=30))
def test_any_text_is_a_size_or_refused_by_name(text):
    with contextlib.suppress(BadSizeText):
        read_size(text)


@pytest.mark.parametrize("text", ["9^9^9", "9^99999999", "__import__('os')", "(((" * 20, "1.5", "", "f(x).g"])
def test_hostile_sizes_are_refused_or_plain(text):
    with pytest.raises(BadSizeText):
        read_size(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1"),
        ("a,b\n1,2", "row 1: needs the heads"),
        ("layer,colour\nconv1,3", "has no quantity"),
        ("layer,units\nconv1,1,000", "row 2: 3 cells under 2 heads"),
        ("layer,units\nconv1,many%", "row 2"),
        ("{", "is no JSON"),
        ('{"layers": [3]}', "every layer needs a name"),
    ],
)
def test_unreadable_tables_say_where(text, message):
    with pytest.raises(UnreadableTable, match=message):
        read_table(text)


def test_claims_without_a_layer_are_about_the_total():
    assert (read_claim("params=12").layer, read_claim("a.b.macs=12").layer) == ("", "a.b")
    with pytest.raises(UnreadableTable, match="neither a file nor"):
        read_claim("conv1")


def test_a_table_separated_by_tabs_is_read_like_one_separated_by_commas():
    commas = "layer,units,connections\nconv1,290900,105415200\n"
    assert read_table(commas.replace(",", "\t")) == read_table(commas)
