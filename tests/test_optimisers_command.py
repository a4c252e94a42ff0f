"""`derivations equivalent` as a user meets it, the text form of iterations, and the table of all pairs."""

import json
import re

import pytest
from click.testing import CliRunner

import derivations
from derivations.cli import main
from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.optimisers.iteration import IterationError
from derivations.subjects.optimisers.library import library
from derivations.subjects.optimisers.reading import expression, read, read_one
from derivations.subjects.optimisers.table import LEGEND, cell, counted, groups, table
from derivations.subjects.optimisers.table_pages import TABLES

OWN = """
iteration mine
title: momentum of my own
parameters: eta > 0 scheduled, mu scheduled
start: theta = start, v = 0
step:
  v = mu*v - gradient(theta)   # the sign is in the buffer
  theta = theta + eta*v
output: theta
"""


def run(*arguments, text=None):
    return CliRunner().invoke(main, ["equivalent", *arguments], input=text)


def test_equivalent_methods_exit_with_zero_and_show_the_proof():
    found = run("pytorch-sgd", "optax-sgd", "--schedules", "any")
    assert found.exit_code == 0
    assert "equivalent" in found.stdout
    assert "induction" in found.stdout


def test_different_methods_exit_with_one_and_show_where_they_part():
    found = run("pytorch-sgd", "keras-sgd", "--schedules", "any")
    assert found.exit_code == 1
    assert "they part at step 2" in found.stdout
    assert "constant eta" in found.stdout


def test_json_holds_a_proof_that_replays():
    found = json.loads(run("heavy-ball", "keras-sgd", "--schedules", "any", "--json").stdout)
    assert (found["schema"], found["verdict"]) == ("derivations/equivalence/1", "equivalent")
    assert found["map"]["variables"]["b.theta"] == "a.theta"
    assert replay(load(json.dumps(found["proof"]))).ok


def test_json_of_different_methods_holds_exact_numbers():
    found = json.loads(run("pytorch-sgd", "keras-sgd", "--schedules", "eta", "--json").stdout)["counterexample"]
    assert (found["step"], found["a"], found["b"]) == (2, "-5/4", "-3/2")
    assert found["oracles"][0] == {"oracle": "gradient", "point": ["0"], "value": "1"}


@pytest.mark.parametrize("form", ["latex", "markdown", "html"])
def test_each_format_is_written_for_both_verdicts(form):
    assert "theta" in run("pytorch-sgd", "optax-sgd", "--format", form).stdout
    assert "Delta" in run("pytorch-sgd", "keras-sgd", "--schedules", "eta", "--format", form).stdout


def test_a_method_of_ones_own_is_read_from_a_file_and_from_standard_input(tmp_path):
    file = tmp_path / "mine.rules"
    file.write_text(OWN, encoding="utf-8")
    assert run(str(file), "pytorch-sgd", "--schedules", "any").exit_code == 0
    assert run("-", "pytorch-sgd", "--schedules", "any", text=OWN).exit_code == 0
    assert run("pytorch-sgd", "-", "--schedules", "any", text=OWN.replace("(theta)", "(theta + v)")).exit_code == 1


def test_a_map_is_told():
    assert run("ema-momentum", "pytorch-sgd", "--map", "eta=eta*(1-mu)").exit_code == 0
    assert run("pytorch-sgd-dampened", "ema-momentum", "--map", "tau=mu").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("pytorch-sgd",), ("pytorch-sdg", "keras-sgd"), ("pytorch-sgd", "keras-sgd", "--schedules", "weekly"),
        ("pytorch-sgd", "keras-sgd", "--map", "eta"), ("pytorch-sgd", "keras-sgd", "--map", "eta=__import__('os')"),
        ("pytorch-sgd", "missing.rules"), ("--table", "--format", "text"),
    ],
)  # fmt: skip
def test_usage_errors_exit_with_two(arguments):
    found = run(*arguments)
    assert found.exit_code == 2
    assert found.stderr.startswith("derivations: ")


def test_the_library_is_listed():
    assert [line.split()[0] for line in run("--list").stdout.splitlines()] == list(library())


def test_the_python_name_is_public():
    answer = derivations.equivalent(OWN, "tensorflow-momentum", schedules="any")
    assert answer.verdict == "equivalent"
    assert answer.proof.render("notebook")


# ---------------------------------------------------------------------- the text form


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("output: theta", "output: phi", "no state variable"),
        ("v = mu*v", "v = nu*v", "nu in the value of v"),
        ("start: theta = start, v = 0", "start: theta = start, theta = 0", "two initial values"),
        ("step:", "stop:", "field 'stop'"),
        ("eta > 0 scheduled", "eta > 1", "parameter 'eta > 1'"),
        ("gradient(theta)", "hessian(theta)", "hessian with 1 arguments"),
        ("gradient(theta)", "theta.__class__", "is not understood"),
        ("gradient(theta)", "(lambda: 1)()", "is not understood"),
        ("gradient(theta)", "theta**theta", "the exponent"),
        ("gradient(theta)", "theta/0", "division by zero"),
        ("gradient(theta)", "2**10**10**10", "too large"),
        ("gradient(theta)", "((9**60)**60)**60", "too large"),
        ("theta = theta + eta*v", "theta = theta + eta*v\n" * 250, "it is too large"),
        ("gradient(theta)", "(" * 90 + "theta" + ")" * 90, None),
        ("gradient(theta)", "-" * 90 + "theta", "nested deeper"),
        ("gradient(theta)", "theta +", "is no expression"),
        ("theta = theta + eta*v", "theta + eta*v", "is no assignment"),
        ("theta = theta + eta*v", "eta = theta", "parameter eta is assigned"),
        ("iteration mine", "mine", "begin with a line"),
        ("v = mu*v", "v__late = mu*v", None),
        ("start: theta = start, v = 0", "start: theta = start, v = 0, v__1 = 0", "two underscores"),
        ("mu*v", "previous(2)*v", "previous with 1 arguments"),
        ("output: theta", "", "there is no output"),
    ],
)
def test_a_malformed_iteration_is_refused_with_its_place(old, new, problem):
    if problem is None:
        assert read_one(OWN.replace(old, new)).state == ("theta", "v")
        return
    with pytest.raises(IterationError) as error:
        read_one(OWN.replace(old, new, 1))
    assert problem in str(error.value)


def test_numbers_are_read_exactly():
    assert expression("0.1 + 1/5") == expression("3/10")


def test_a_text_may_hold_several_iterations():
    assert [one.name for one in read(OWN + OWN.replace("mine", "yours"))] == ["mine", "yours"]
    with pytest.raises(IterationError, match="2 iterations"):
        read_one(OWN + OWN.replace("mine", "yours"))


# ---------------------------------------------------------------------- the table


SOME = ("pytorch-sgd", "optax-sgd", "keras-sgd", "adam-pytorch", "adam-optax", "adam-keras")


def test_the_table_says_what_the_pairs_say():
    signs = {(c.a, c.b): c.sign for c in table(SOME).cells}
    assert signs["pytorch-sgd", "optax-sgd"] == "="
    assert signs["pytorch-sgd", "keras-sgd"] == "~"
    assert signs["pytorch-sgd", "adam-pytorch"] == "·"
    assert signs["adam-pytorch", "adam-optax"] == "="
    assert len(signs) == len(SOME) * (len(SOME) - 1) // 2


def test_the_groups_of_the_table_are_closed():
    assert {frozenset(g) for g in groups(table(SOME))} == {frozenset(SOME[:3]), frozenset(SOME[3:5])}


@pytest.mark.parametrize("form", list(TABLES))
def test_the_table_is_written_in_each_format(form):
    text = TABLES[form](table(SOME))
    assert "keras" in text
    if form == "json":
        assert json.loads(text)["schema"] == "derivations/equivalences/1"
    if form == "html":
        assert all(meaning in text for meaning in LEGEND.values())
        assert "http" not in text
        assert "<script" not in text


def test_every_link_of_the_table_leads_to_one_place():
    text = TABLES["html"](table(SOME))
    places, links = re.findall(r'\bid="?([\w-]+)', text), set(re.findall(r'href=["\']#([\w-]+)', text))
    assert len(places) == len(set(places))
    assert links <= set(places)
    assert {f"{c.a}--{c.b}" for c in table(SOME).cells} <= links


def test_the_signs_of_the_table_are_counted():
    assert counted(table(SOME)) == {"=": 2, "~": 2, "≃": 0, "·": 11, "?": 0}


def test_a_shift_of_the_calls_has_a_sign_of_its_own():
    found = cell("douglas-rachford", "admm")
    assert (found.sign, found.shift) == ("≃", 1)
    assert "shift" in json.loads(run("douglas-rachford", "admm", "--json").stdout)


def test_a_cell_of_different_methods_holds_the_counterexample():
    assert "they part at step 1" in cell("adam-pytorch", "adam-keras").counterexample


def test_no_pair_of_a_quarter_of_the_library_is_undecided():
    assert not [c for c in table(tuple(library())[::4]).cells if c.sign == "?"]


def test_the_summary_fits_the_terminal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    summary = run("pytorch-sgd", "keras-sgd", "--schedules", "any").output.split("═")[0]
    assert max(map(len, summary.splitlines())) <= 80
    assert "once each step of keras-sgd begins with m = eta*m/previous(eta)" in " ".join(summary.split())
