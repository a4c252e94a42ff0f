"""The command line as a user meets it: results on standard output, messages on standard error, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derivations.cli import COMMANDS, main
from derivations.subjects.catalogue import catalogue, derive
from derivations.subjects.titles import STORED


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def test_list_names_the_whole_catalogue() -> None:
    found = run("list")
    assert found.exit_code == 0
    assert [line.split()[0] for line in found.stdout.splitlines()] == list(catalogue())


@pytest.mark.long
def test_stored_titles_are_those_of_the_derivations() -> None:
    assert {name: derive(name).title for name in catalogue()} == json.loads(STORED.read_text(encoding="utf-8"))


def test_list_as_json_has_names_and_titles() -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert listed["schema"] == "derivations/list/1"
    assert {"name": "gaussian-naive-bayes/prior", "title": "Class priors of Gaussian naive Bayes"} in listed["derivations"]


@pytest.mark.parametrize(
    ("form", "sign"),
    [("text", "α_k"), ("latex", r"\alpha_{k}"), ("markdown", "$$"), ("html", "<html"), ("json", '"schema"')],
)
def test_derive_writes_each_format(form: str, sign: str) -> None:
    found = run("derive", "gaussian-naive-bayes/prior", "--format", form)
    assert found.exit_code == 0
    assert sign in found.stdout


def test_derive_writes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "prior.json"
    found = run("derive", "gaussian-naive-bayes/prior", "--json", "-o", str(target))
    assert (found.exit_code, found.stdout) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["name"] == "gaussian-naive-bayes/prior"


def test_derive_reports_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    found = run("derive", "gaussian-naive-bayes/prior", "-o", str(tmp_path / "missing" / "prior.txt"))
    assert found.exit_code == 2
    assert "cannot write" in found.stderr


def test_an_unknown_name_suggests_the_nearest() -> None:
    found = run("derive", "gausian-naive-bayes/priors")
    assert found.exit_code == 2
    assert "gaussian-naive-bayes/prior" in found.stderr
    assert found.stdout == ""


def test_an_unknown_command_suggests_the_nearest() -> None:
    found = run("dervie", "x")
    assert found.exit_code == 2
    assert "Did you mean derive?" in found.stderr


def test_verify_one_shows_its_rows_and_progress_on_standard_error() -> None:
    found = run("verify", "gaussian-naive-bayes/prior-unconstrained", "--samples", "50")
    assert found.exit_code == 0
    assert "2 of 2 comparisons hold" in found.stdout
    assert "verify" in found.stderr


def test_verify_as_json_is_documented_data() -> None:
    found = json.loads(run("verify", "gaussian-naive-bayes/posterior", "--json").stdout)
    assert (found["schema"], found["ok"]) == ("derivations/verifications/1", True)
    assert {"what", "expected", "found", "tolerance", "reason", "ok"} == set(found["reports"][0]["rows"][0])


@pytest.mark.parametrize("arguments", [(), ("--all", "gaussian-naive-bayes/prior"), ("no-such-name",), ("--samples", "x")])
def test_verify_refuses_a_wrong_call(arguments: tuple[str, ...]) -> None:
    assert run("verify", *arguments).exit_code == 2


def test_replay_accepts_what_derive_wrote() -> None:
    text = derive("gaussian-naive-bayes/mle-mean").to_json()
    found = run("replay", "-", text=text)
    assert found.exit_code == 0
    assert "all 17 steps hold" in found.stdout


def test_replay_names_the_tampered_step() -> None:
    stored = json.loads(derive("gaussian-naive-bayes/mle-mean").to_json())
    stored["steps"][7]["rule"], stored["steps"][8]["rule"] = "rearrange", "multiply_both_sides"
    found = run("replay", "-", "--json", text=json.dumps(stored))
    assert found.exit_code == 1
    assert json.loads(found.stdout)["problems"][0].startswith("step 8 (rearrange)")


@pytest.mark.parametrize("text", ["", "{}", "[1, 2", "null", '{"schema": "derivations/derivation/1"}', "\x00" * 20])
def test_replay_refuses_what_is_no_derivation(text: str) -> None:
    found = run("replay", "-", text=text)
    assert found.exit_code == 2
    assert "is not a stored derivation" in found.stderr


def test_replay_reports_a_missing_and_an_undecodable_file(tmp_path: Path) -> None:
    assert "cannot read" in run("replay", str(tmp_path / "none.json")).stderr
    (tmp_path / "latin.json").write_bytes(b"\xff\xfe{}")
    found = run("replay", str(tmp_path / "latin.json"))
    assert found.exit_code == 2
    assert "not UTF-8" in found.stderr


def test_every_command_has_help_and_the_table_says_the_same_as_the_module() -> None:
    overview = run("--help").stdout
    for name in COMMANDS:
        assert name in overview
        found = run(name, "--help")
        assert found.exit_code == 0, name
        assert "Usage:" in found.stdout
