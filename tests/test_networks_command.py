"""The command `derivations network`: what it writes in each format, what it exits with, what it refuses."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from derivations.cli import main

TABLE = "layer,units,weights,connections\nconv1,290900,34848,105415200\nconv2,186624,307200,111974400\nfc1,4096,,177209344\n"


def run(*arguments, code=0):
    result = CliRunner().invoke(main, ["network", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_text_shows_layers_and_totals():
    out = run("alexnet-2012", "--convention", "weights-only")
    assert "conv2  conv   256×27×27  186,624     307,200  223,948,800" in out
    assert "659,272  60,954,656  724,406,816" in out


def test_json_follows_its_schema():
    tree = json.loads(run("alexnet", "--json"))
    assert tree["schema"] == "derivations/network/1"
    assert (tree["name"], tree["input"], tree["convention"]["name"]) == ("alexnet", [3, 224, 224], "standard")
    assert tree["totals"]["parameters"] == 61_100_840
    assert tree["receptive_field"] == {
        "layer": "pool5", "size": 195, "stride": 32, "padding": 66, "aligned": True, "holes": 0,
    }  # fmt: skip
    assert tree["terms"]["multiply_accumulates"]["bias"] == 714_682_664 - 714_188_480
    conv1 = tree["layers"][0]
    assert (conv1["name"], conv1["kind"], conv1["output"]) == ("conv1", "conv", [64, 55, 55])
    assert set(tree["totals"]) <= set(conv1)
    assert all(isinstance(layer[name], int) for layer in tree["layers"] for name in tree["totals"])


def test_json_writes_formulas_as_latex_and_sympy():
    tree = json.loads(run("elman", "--format", "json"))
    assert tree["input"][0] == {"latex": "T", "sympy": "T"}
    assert tree["totals"]["parameters"] == {"latex": "k^{2} + k m + k n + k + m", "sympy": "k**2 + k*m + k*n + k + m"}


def test_sizes_can_be_letters_and_letters_can_be_set():
    out = run("alexnet-2012", "--symbolic", "conv1.F", "--table", "params", "--convention", "weights-only", "--format", "csv")
    assert "288*F**2" in out
    out = run("elman", "--set", "n=4", "--set", "k=3", "--set", "m=2", "--set", "T=5", "--table", "params")
    assert "32" in out.splitlines()[-2]
    assert "34,848" in run("alexnet-2012", "--set", "conv1.F=11", "--table", "params", "--convention", "weights-only")


def test_another_input_is_counted():
    assert json.loads(run("resnet18", "--input", "3x256x256", "--json"))["totals"]["multiply_accumulates"] == 2_369_245_184
    assert "54.25 is not whole" in run("alexnet-2012", "--input", "3x224x224")


def test_reported_tables_are_explained_and_exit_with_one(tmp_path):
    reported = tmp_path / "table.csv"
    reported.write_text(TABLE)
    out = run("alexnet-2012", "--convention", "weights-only", "--explain", str(reported), code=1)
    assert "one digit miswritten" in out
    assert "the group split of conv2 applied twice" in out
    assert "the pooling pool5 forgotten" in out


@pytest.mark.parametrize("form", ["csv", "md", "json"])
def test_reported_tables_may_be_csv_markdown_or_json(tmp_path, form):
    rows = list(csv.reader(io.StringIO(TABLE)))
    texts = {
        "csv": TABLE,
        "md": "\n".join(["| " + " | ".join(row) + " |" for row in (rows[0], ["---"] * 4, *rows[1:])]),
        "json": json.dumps({"layers": [{"name": r[0], "units": int(r[1]), "connections": int(r[3])} for r in rows[1:]]}),
    }
    path = tmp_path / f"table.{form}"
    path.write_text(texts[form])
    tree = json.loads(run("alexnet-2012", "--convention", "weights-only", "--explain", str(path), "--json", code=1))
    wrong = {(e["layer"], e["quantity"]): e["explanations"][0] for e in tree["explanations"] if not e["agrees"]}
    assert wrong == {
        ("conv1", "units"): ["one digit miswritten"],
        ("conv2", "connections"): ["the group split of conv2 applied twice"],
        ("fc1", "connections"): ["the pooling pool5 forgotten"],
    }


def test_its_own_json_is_right_about_itself(tmp_path):
    path = tmp_path / "own.json"
    path.write_text(run("resnet18", "--json"))
    out = run("resnet18", "--explain", str(path))
    assert "right" in out


def test_one_number_can_be_asked_about(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    out = run("elman", "--explain", "parameters=k^2 + k*m + k", code=1)
    assert "the letters m and n exchanged and the layer readout left out" in out
    assert "additions of biases counted" in run("alexnet", "--explain", "macs=714,682,664", code=1)
    run("alexnet", "--explain", "macs=714188480")


def test_sensitivities_and_receptive_fields_are_tables_too():
    out = run("alexnet-2012", "--sensitivity", "--of", "params", "--receptive-field")
    assert "Elasticities of the parameters" in out
    assert "Ways to 0.5 times the parameters" in out
    assert "Receptive fields of AlexNet" in out
    out = run("alexnet-2012", "--symbolic", "conv1.F", "--sensitivity")
    assert "18·F^2·(F - 231)^2" in out
    assert "231/2" in out
    out = run("alexnet-2012", "--symbolic", "conv1.F", "--symbolic", "conv2.M", "--sensitivity")
    assert "connections by conv2.M" in out
    assert "grows without end" in out
    tree = json.loads(run("small-cnn", "--sensitivity", "--receptive-field", "--json"))
    assert tree["sensitivity"]["ways"][0]["size"] == "input"
    assert tree["receptive_fields"][0]["fields"][0] == {
        "size": 5, "stride": 1, "left": 0, "right": 4, "aligned": True, "holes": 0,
    }  # fmt: skip


def test_latex_html_markdown_and_csv_hold_the_same_numbers():
    for form, mark in (("latex", r"61\,100\,840"), ("html", "61,100,840"), ("markdown", "61,100,840"), ("csv", "61100840")):
        assert mark in run("alexnet", "--table", "params", "--format", form)
    assert run("elman", "--table", "params", "--format", "latex").count("$k^{2}") == 2
    assert "<msup>" in run("elman", "--table", "params", "--format", "html")


def test_html_is_well_formed():
    class Checker(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attributes):
            if tag not in ("meta",):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    checker = Checker()
    checker.feed(run("elman", "--format", "html"))
    assert checker.open == []


def test_lists_name_networks_and_conventions():
    out = run("--list")
    assert "alexnet-2012" in out
    assert "weights-only" in out
    assert {entry["name"] for entry in json.loads(run("--list", "--json"))["networks"]} >= {"resnet50", "inception-v3"}


def test_files_are_read_and_results_written(tmp_path):
    path = tmp_path / "toy.toml"
    path.write_text('input = [1, 8, 8]\nlayers = [{ name = "c", kind = "conv", out = 2, kernel = 3 }]\n')
    target = tmp_path / "out.csv"
    assert run(str(path), "--format", "csv", "-o", str(target)) == ""
    assert "c,conv,2×6×6,72,20,648,648" in target.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("alexnet2012",), "did you mean alexnet-2012"),
        (("missing.toml",), "cannot read missing.toml"),
        (("alexnet", "--convention", "weight-only"), "did you mean weights-only"),
        (("alexnet", "--symbolic", "conv1.Q"), "no size 'Q'"),
        (("alexnet", "--symbolic", "conv9.F"), "has no layer 'conv9'"),
        (("alexnet", "--set", "F=5"), "the network has no such symbol"),
        (("alexnet", "--set", "F"), "is not name=number"),
        (("alexnet", "--input", "3x8x8"), "layer pool1: given 64×1×1"),
        (("alexnet", "--input", "3x8;x8"), "stuck at column"),
        (("alexnet", "--table", "neutrons"), "is no quantity"),
        (("alexnet", "--explain", "conv1=3"), "is no quantity"),
        (("alexnet", "--goal", "2", "--sensitivity"), "is not between 0 and 1"),
        (("elman", "--sensitivity"), "give them values"),
    ],
)
def test_mistakes_are_explained_and_exit_with_two(arguments, message):
    assert message in run(*arguments, code=2)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_explanations_are_folded_into_the_width_of_the_terminal(width, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", str(width))
    table = tmp_path / "reported.csv"
    table.write_text(TABLE + "conv3,64896,885120,149520384\n", encoding="utf-8")
    out = run("alexnet-2012", "--convention", "weights-only", "--explain", str(table), code=1)
    lines = out.splitlines()
    assert max(map(len, lines)) <= width
    assert len({len(line) for line in lines if line.startswith("─")}) == 1
    assert re.search(r"^conv3  parameters +885,120 +884,736  biases counted", out, re.MULTILINE)
    assert "7 more" in out


def test_formulas_beside_numbers_are_folded(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("alexnet-2012", "--symbolic", "conv1.F").splitlines()
    assert max(map(len, lines)) <= 200  # in one line each they take more than 900
    assert "multiply-accumulates" in lines[1]


def test_a_table_of_numbers_is_not_folded_below_its_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert "conv2  conv   256×27×27  186,624     307,200  223,948,800" in run("alexnet-2012", "--convention", "weights-only")
