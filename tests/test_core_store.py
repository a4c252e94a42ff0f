"""Stored derivations: round trips, malformed files, and files changed at random."""

import copy
import json
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.core.encoding import Malformed
from derivations.core.replay import Replay, replay, restored
from derivations.core.store import SCHEMA, load, to_json
from derivations.subjects.naive_bayes import ENTRIES


@cache
def stored(name: str) -> str:
    return to_json(ENTRIES[name]())


@pytest.mark.parametrize("name", ENTRIES)
def test_a_derivation_comes_back_step_by_step(name):
    made, found = ENTRIES[name](), load(stored(name))
    assert [s.statement for s in found.steps] == [s.statement for s in made.steps]
    assert [s.arguments for s in found.steps] == [s.arguments for s in made.steps]
    assert found.declarations == made.declarations
    assert found.conclusion == made.conclusion
    assert to_json(found) == stored(name)


@pytest.mark.parametrize("name", ["gaussian-naive-bayes/prior", "gaussian-naive-bayes/posterior"])
def test_conditions_and_evidence_are_found_again_and_not_stored(name):
    made, bare = ENTRIES[name](), load(stored(name))
    assert all(step.evidence is None and step.conditions == () for step in bare.steps)
    assert "proved" not in stored(name)
    again = restored(bare)
    assert [s.conditions for s in again.steps] == [s.conditions for s in made.steps]
    assert [s.evidence and s.evidence.word for s in again.steps] == [s.evidence and s.evidence.word for s in made.steps]
    assert again.evidence is made.evidence


SMALL = "gaussian-naive-bayes/prior-unconstrained"


def changed(*path, value=None, drop=False):
    tree = json.loads(stored(SMALL))
    place = tree
    for key in path[:-1]:
        place = place[key]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(tree)


MALFORMED = {
    "not JSON": "{",
    "a list": "[]",
    "a number": "1",
    "nothing": "",
    "deep JSON": "[" * 100_000,
    "another schema": changed("schema", value="derivations/derivation/2"),
    "no schema": changed("schema", drop=True),
    "no steps": changed("steps", drop=True),
    "steps are a text": changed("steps", value="x"),
    "a step is a list": changed("steps", 0, value=[]),
    "a later premise": changed("steps", 3, "premises", value=[4]),
    "a premise of zero": changed("steps", 3, "premises", value=[0]),
    "a premise that is no number": changed("steps", 3, "premises", value=["1"]),
    "a true premise": changed("steps", 3, "premises", value=[True]),
    "no rule": changed("steps", 0, "rule", drop=True),
    "a rule that is no text": changed("steps", 0, "rule", value=3),
    "no statement": changed("steps", 0, "statement", drop=True),
    "an empty statement": changed("steps", 0, "statement", value={}),
    "three sides": changed("steps", 0, "statement", value={"equation": ["N", "N", "N"]}),
    "an unknown that is no symbol": changed("steps", 0, "statement", "unknown", value=["1"]),
    "an argument of no kind": changed("steps", 1, "arguments", "left", value={"code": "1"}),
    "a list as an argument": changed("steps", 1, "arguments", "left", value=["N"]),
    "a conclusion of no kind": changed("conclusion", "kind", value="certain"),
    "a concluding step that is not there": changed("conclusion", "steps", value=[99]),
    "no name": changed("name", drop=True),
    "a declaration twice": changed("declarations", 1, value=json.loads(stored(SMALL))["declarations"][0]),
    "a domain of no kind": changed("declarations", 0, "domain", value="complex"),
    "a reserved name": changed("declarations", 0, "name", value="_1"),
    "an axis of no meaning": changed("declarations", 8, "axes", value=[["sum"]]),
    "a model of no target": changed("model", 0, "target", value="N"),
    "lemmas of lemmas of lemmas": None,
}


@pytest.mark.parametrize("why", MALFORMED)
def test_a_malformed_file_is_refused_with_its_place(why):
    text = MALFORMED[why]
    if text is None:
        tree = json.loads(stored(SMALL))
        for _ in range(12):
            tree = {**tree, "lemmas": [tree]}
        text = json.dumps(tree)
    with pytest.raises(Malformed) as caught:
        load(text)
    assert str(caught.value).startswith(("file", "derivation"))


def test_a_file_that_is_too_long_is_refused():
    with pytest.raises(Malformed, match="at most"):
        load(" " * 20_000_001)


def test_the_schema_is_written():
    assert json.loads(stored(SMALL))["schema"] == SCHEMA


def places(tree, path=()):
    yield path
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(value, (*path, key))


POOL = [
    path for path in places(json.loads(stored(SMALL))) if path and path[0] in ("steps", "declarations", "conclusion", "lemmas")
]
VALUES = [
    "0",
    "-1",
    "N",
    "k",
    "mu",
    None,
    True,
    7,
    [],
    {},
    ["add"],
    ["pow", "0", "-1"],
    ["log", "0"],
    "rearrange",
    "lemma",
    "isolate",
    ["array", "mu"],
]


def tampered(seed: int) -> tuple[str, tuple]:
    """The stored derivation with one place replaced by another part of it, by a hostile value, or shuffled."""
    rng = random.Random(seed)
    tree = json.loads(stored(SMALL))
    path = rng.choice(POOL)
    place = tree
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    other = tree
    for key in rng.choice(POOL):
        other = other[key]
    options = [copy.deepcopy(other), rng.choice(VALUES)]
    if isinstance(old, list):
        options += [old[::-1], old[:-1], [*old, copy.deepcopy(old[-1])] if old else ["x"]]
    if isinstance(old, dict) and old:
        options += [{key: value for key, value in old.items() if key != rng.choice(list(old))}]
    place[path[-1]] = rng.choice(options)
    return json.dumps(tree), path


IRRELEVANT = ("note", "heading", "latex", "meaning", "title", "summary", "sentence", "name", "power", "outcome", "given")


def assert_handled(seed: int) -> None:
    """A changed file is malformed, or rejected, or says the same; it never crashes the reader."""
    text, path = tampered(seed)
    try:
        found = load(text)
    except Malformed:
        return
    result = replay(found, instances=0)
    assert isinstance(result, Replay)
    if result.ok and path[0] == "steps" and not set(path) & set(IRRELEVANT) and len(path) > 2 and path[2] == "statement":
        assert found.steps == load(stored(SMALL)).steps, path


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_a_file_changed_at_random_never_crashes_the_checker(seed):
    assert_handled(seed)


@pytest.mark.long
@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_many_files_changed_at_random_never_crash_the_checker(seed):
    assert_handled(seed)
