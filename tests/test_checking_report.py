"""Reports in every form: nothing lost, nothing that a spreadsheet or a browser would run."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from derivations.check.checking import check
from derivations.check.report import FORMATS, Report, Rubric
from derivations.check.report.result import LineResult

TEXT = "# Homework\n\n$$\n(a+b)^2 = a^2 + 2ab + b^2\n$$\n\n$$\n(a-b)^2 = a^2 - ab + b^2 \\\\\n= a^2 + b^2 - ab\n$$\n\n$\\frac{a}{ = b$ <b>&\n"  # noqa: E501


@pytest.fixture(scope="module")
def report() -> Report:
    return check(TEXT, file="homework.md")


def test_json_has_the_documented_shape(report: Report) -> None:
    content = json.loads(report.to_json())
    assert set(content) == {"schema", "file", "problem", "lines", "first_wrong", "summary"}
    assert content["schema"] == "derivations/check/1"
    assert content["first_wrong"] == 8
    wanted = {"line", "column", "source", "role", "verdict", "evidence", "counterexample", "diagnosis"}
    assert all(wanted <= set(line) for line in content["lines"])
    assert content["summary"] == {"right": 1, "wrong": 1, "follows-from-error": 1, "unreadable": 1}


def test_the_exit_code_tells_the_worst(report: Report) -> None:
    assert report.exit_code == 1
    assert check("$1 + 1 = 2$").exit_code == 0
    assert check("$f(a) = g(b)$\n\n$h(x) + 1 = g(y)$").exit_code == 3
    assert check("nothing here").exit_code == 3
    assert Report("a", "", (), failure="no").exit_code == 2


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_written_and_names_the_verdicts(form: str, report: Report) -> None:
    text = FORMATS[form]([report], None)
    assert "wrong" in text


def test_several_reports_are_kept_apart(report: Report) -> None:
    content = json.loads(FORMATS["json"]([report, report], None))
    assert len(content["reports"]) == 2


def test_html_is_self_contained_and_holds_the_document(report: Report) -> None:
    page = report.to_html()
    assert "<script" not in page
    assert "http" not in page
    assert "&lt;b&gt;&amp;" in page
    assert "# Homework" in page
    assert page.count('class="wrong"') >= 1
    assert "derivations-check" in report._repr_html_()


def test_text_has_no_colour_codes_unless_asked(report: Report) -> None:
    from derivations.check.report.terminal import to_text

    assert "\x1b" not in to_text([report])
    assert "\x1b" in to_text([report], colour=True)
    assert "✗" in to_text([report])


def test_junit_counts_failures(report: Report) -> None:
    [suite] = ElementTree.fromstring(FORMATS["junit"]([report], None))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "2", "1")


def test_sarif_has_a_result_for_each_bad_line(report: Report) -> None:
    [run] = json.loads(FORMATS["sarif"]([report], None))["runs"]
    assert [r["ruleId"] for r in run["results"]] == ["wrong", "follows-from-error", "unreadable"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 8


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_formula_cells_are_escaped_in_csv(cell: str) -> None:
    line = LineResult(1, 1, cell, "link", "right")
    rows = list(csv.reader(io.StringIO(FORMATS["csv"]([Report("f", "", (line,))], None))))
    assert rows[1][6] == "'" + cell


def test_a_rubric_gives_follow_through_marks(report: Report) -> None:
    score = report.score({"steps": 4, "links": {"points": 2, "role": "link"}, "squares": {"points": 3, "match": r"b\)\^2"}})
    assert score.parts == {"steps": (2.0, 4.0), "links": (2.0, 2.0), "squares": (1.5, 3.0)}
    assert (score.points, score.possible) == (5.5, 9.0)


def test_gradescope_gets_points_from_the_rubric(report: Report) -> None:
    content = json.loads(FORMATS["gradescope"]([report], Rubric.of({"all": 10})))
    assert content["score"] == 5.0
    assert content["tests"][0]["max_score"] == 10.0
    assert "tests" in json.loads(FORMATS["gradescope"]([report], None))
