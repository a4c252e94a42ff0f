"""Coursework: each formula beside a right and a wrong one, all of them decided."""

from __future__ import annotations

import pytest
from check_tables import PAIRS

from derivations.check.compare import compare


@pytest.mark.parametrize(("given", "right", "wrong"), PAIRS, ids=[row[0] for row in PAIRS])
def test_right_and_wrong_are_told_apart(given: str, right: str, wrong: str) -> None:
    assert compare(given, right, isolated=False).evidence in ("proved", "agrees")
    found = compare(given, wrong, isolated=False)
    assert found.evidence == "refuted"
    assert found.counterexample is not None


def test_there_are_at_least_300_pairs() -> None:
    assert 2 * len(PAIRS) >= 300
