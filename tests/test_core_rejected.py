"""Stored derivations that have to fail, each at the step that tests/rejected/expected.toml names."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from derivations.cli import main
from derivations.core.replay import replay
from derivations.core.store import load, to_json

FOLDER = Path(__file__).parent / "rejected"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text())


def test_every_file_has_its_entry_and_every_entry_its_file():
    assert set(EXPECTED) == {path.stem for path in FOLDER.glob("*.json")}
    assert len(EXPECTED) >= 12


@pytest.mark.parametrize("name", EXPECTED)
def test_the_file_is_rejected_at_its_step(name):
    entry = EXPECTED[name]
    result = replay(load((FOLDER / f"{name}.json").read_text()), instances=0)
    assert not result.ok
    place = f"step {entry['step']} ("
    if "lemma" in entry:
        place = f"lemma {entry['lemma']}: {place}"
    assert result.problems[0].startswith(place)
    assert entry["says"] in result.problems[0]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_steps_before_it_hold(name):
    entry = EXPECTED[name]
    result = replay(load((FOLDER / f"{name}.json").read_text()), instances=1)
    checked = result.lemmas[0] if "lemma" in entry else result
    assert all(check.ok for check in checked.checks[: entry["step"] - 1])


@pytest.mark.parametrize("name", EXPECTED)
def test_the_file_is_a_stored_derivation_and_not_malformed(name):
    text = (FOLDER / f"{name}.json").read_text()
    assert load(to_json(load(text))) == load(text)


@pytest.mark.parametrize("name", ["false-algebra", "hypothesis-missing", "bayes-exchanged"])
def test_the_command_exits_with_one_and_names_the_step(name):
    found = CliRunner().invoke(main, ["replay", str(FOLDER / f"{name}.json")])
    assert found.exit_code == 1
    assert f"step {EXPECTED[name]['step']}" in found.output
