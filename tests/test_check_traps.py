"""No false "equal": pairs that look alike and differ, and near misses made by machine."""

from __future__ import annotations

from functools import cache

import pytest
from check_lookalikes import DIFFERENT, EQUAL
from check_tables import TRAPS

from derivations.check.compare import compare


@cache
def evidence(left: str, right: str) -> str:
    return compare(left, right, isolated=False).evidence


@pytest.mark.parametrize(("left", "right"), TRAPS, ids=[f"{left} | {right}" for left, right in TRAPS])
def test_a_trap_is_never_called_equal(left: str, right: str) -> None:
    for one, other in ((left, right), (right, left)):
        assert compare(one, other, isolated=False).evidence in ("refuted", "undecided")


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=[f"{left} | {right}" for left, right in DIFFERENT])
def test_what_looks_alike_is_never_called_equal(left: str, right: str) -> None:
    assert evidence(left, right) in ("refuted", "undecided")


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[f"{left} | {right}" for left, right in EQUAL])
def test_what_is_equal_is_never_refuted(left: str, right: str) -> None:
    assert evidence(left, right) in ("proved", "agrees", "undecided")


def test_most_of_what_is_different_is_refuted_and_most_of_what_is_equal_is_shown_equal() -> None:
    refuted = sum(evidence(*pair) == "refuted" for pair in DIFFERENT[::5])
    equal = sum(evidence(*pair) in ("proved", "agrees") for pair in EQUAL[::5])
    assert refuted >= 0.8 * len(DIFFERENT[::5])
    assert equal >= 0.8 * len(EQUAL[::5])


def test_there_are_at_least_150_traps() -> None:
    assert len(set(TRAPS)) >= 150
