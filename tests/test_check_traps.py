"""No false "equal": pairs that look alike and differ, and near misses made by machine."""

from __future__ import annotations

import pytest
from check_tables import TRAPS

from derivations.check.compare import compare


@pytest.mark.parametrize(("left", "right"), TRAPS, ids=[f"{left} | {right}" for left, right in TRAPS])
def test_a_trap_is_never_called_equal(left: str, right: str) -> None:
    for one, other in ((left, right), (right, left)):
        assert compare(one, other, isolated=False).evidence in ("refuted", "undecided")


def test_there_are_at_least_150_traps() -> None:
    assert len(set(TRAPS)) >= 150
