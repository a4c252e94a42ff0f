"""Verification on sampled data: right derivations pass every row, wrong ones fail a row."""

import json
from dataclasses import replace

import numpy as np
import pytest

from derivations.core.reports import Report, Row, compare
from derivations.core.statements import Minimum
from derivations.core.verification import verify
from derivations.subjects.catalogue import derive


def test_a_right_derivation_passes_and_says_what_was_compared():
    report = derive("gaussian-naive-bayes/mle-mean").verify(samples=60, seed=3)
    assert report.ok
    assert len(report.rows) >= 6
    assert all(row.what and row.tolerance and row.reason for row in report.rows)
    assert any("SciPy" in row.what for row in report.rows)
    assert any("eigenvalue" in row.what for row in report.rows)


def test_the_same_seed_gives_the_same_report():
    first, second = (derive("gaussian-naive-bayes/prior").verify(samples=40, seed=1) for _ in range(2))
    assert first == second


def scaled(name, factor):
    """The derivation with every concluded value multiplied by a number."""
    found = derive(name)
    steps = list(found.steps)
    for position in found.conclusion.steps:
        statement = steps[position].statement
        assert isinstance(statement, Minimum)
        wrong = replace(statement, value=tuple(factor * value for value in statement.value))
        steps[position] = replace(steps[position], statement=wrong)
    return replace(found, steps=tuple(steps), checks=())


@pytest.mark.parametrize("name", ["gaussian-naive-bayes/mle-mean", "gaussian-naive-bayes/prior"])
def test_a_wrong_closed_form_fails_the_steps_and_the_optimum(name):
    report = verify(scaled(name, 2), samples=50, seed=0)
    assert not report.ok
    failed = " ".join(row.what for row in report.rows if not row.ok)
    assert "steps made again" in failed
    assert "numeric optimum" in failed


def test_a_report_of_nothing_is_not_good():
    assert not Report("none", (), 10, 0).ok


def test_one_bad_row_spoils_the_report():
    good, bad = (Row("a", "1", "1", "0", "why", ok) for ok in (True, False))
    assert Report("r", (good,), 1, 0).ok
    assert not Report("r", (good, bad), 1, 0).ok


def test_a_report_is_plain_json():
    report = Report("r", (Row("a", "1", "1", "0", "why", True),), 7, 2)
    tree = json.loads(report.to_json())
    assert tree["schema"] == "derivations/verification/1"
    assert (tree["ok"], tree["samples"], tree["seed"], tree["rows"][0]["what"]) == (True, 7, 2, "a")


@pytest.mark.parametrize(("found", "ok"), [(1.0, True), (1 + 1e-9, True), (1.1, False), (float("nan"), False)])
def test_a_comparison_keeps_to_its_tolerance(found, ok):
    assert compare("x", np.array([1.0, 2.0]), np.array([found, 2.0]), 1e-6, "why").ok is ok


def test_a_sample_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one sample"):
        derive("gaussian-naive-bayes/prior").verify(samples=0)


def test_progress_is_told():
    told = []
    derive("gaussian-naive-bayes/posterior").verify(samples=20, progress=told.append)
    assert "steps" in told


@pytest.mark.long
@pytest.mark.parametrize("name", ["gaussian-naive-bayes/mle", "gaussian-naive-bayes-per-class/mle"])
def test_the_joint_estimates_pass_every_row(name):
    report = derive(name).verify(samples=200, seed=5)
    assert report.ok, [row for row in report.rows if not row.ok]
