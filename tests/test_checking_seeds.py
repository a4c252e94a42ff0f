"""Real student work, in the folder that DERIVATIONS_STUDENT_WORK names: known mistakes are found, right lines stay right."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from derivations.check.checking import check
from derivations.check.report import Report

SEEDS = Path(os.environ.get("DERIVATIONS_STUDENT_WORK", "no such folder"))
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="DERIVATIONS_STUDENT_WORK names no folder of documents")


@cache
def report(number: str, problem: str) -> Report:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    return check(path.read_text(encoding="utf-8"), problem=problem)


def wrong(number: str, problem: str) -> list[int]:
    return [line.line for line in report(number, problem).lines if line.verdict == "wrong"]


BAYES = "alexnet/arithmetic,gaussian-naive-bayes/mle"
SMALL = "small-cnn/parameters,recurrent/parameters,information/log-ratio"


def test_the_forgotten_pooling_is_the_first_mistake_of_the_table() -> None:
    first = report("000", BAYES).first_wrong
    assert first is not None
    assert first.source == "177209344"
    assert first.diagnosis is not None
    assert "pooling pool5 forgotten" in first.diagnosis["sentence"]


def test_the_mistakes_of_the_likelihood_are_found_and_nothing_else() -> None:
    lines = {line.line: line for line in report("000", BAYES).lines}
    assert wrong("000", BAYES) == [11, 117, 138, 140, 167]
    assert [lines[n].diagnosis["kind"] for n in (117, 138, 140) if lines[n].diagnosis] == ["factor", "sign", "factor"]
    assert lines[142].verdict == "right"
    assert lines[142].role == "answer"


def test_the_group_split_applied_twice_is_named() -> None:
    assert wrong("001", "alexnet/arithmetic")[:1] == [11]
    first = report("001", "alexnet/arithmetic").first_wrong
    assert first is not None
    assert first.diagnosis is not None
    assert "applied twice" in first.diagnosis["sentence"]


def test_a_miswritten_digit_is_named() -> None:
    first = report("002", "alexnet/arithmetic").first_wrong
    assert first is not None
    assert "290900" in first.source
    assert first.diagnosis is not None
    assert "digit" in first.diagnosis["sentence"]
    table = [line for line in report("002", "alexnet/arithmetic").lines if 13 < line.line < 31]
    assert [line.line for line in table if line.verdict != "right"] == [14]


def test_the_small_kernel_of_the_large_branch_is_named() -> None:
    report_003 = report("003", "inception/arithmetic")
    assert [line.line for line in report_003.lines if line.verdict in ("wrong", "follows-from-error")] == [156]
    first = report_003.first_wrong
    assert first is not None
    assert first.diagnosis is not None
    assert "five taken with 3×3" in first.diagnosis["sentence"]


def test_the_sign_of_the_log_ratio_and_the_count_of_the_recurrent_network_are_found() -> None:
    found = wrong("004", SMALL)
    assert found[:2] == [178, 206]
    assert all(line.verdict != "wrong" for line in report("004", SMALL).lines if line.line < 178)


def test_inner_consistency_alone_finds_what_contradicts_itself() -> None:
    assert wrong("004", "")[:1] == [206]
    assert wrong("003", "") == []
