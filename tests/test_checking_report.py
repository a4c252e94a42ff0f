"""Reports in every form: nothing lost, nothing that a spreadsheet or a browser would run."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from derivations.check.checking import check
from derivations.check.report import FORMATS, Report, Rubric, RubricError
from derivations.check.report.overview import overview, slips
from derivations.check.report.result import LineResult
from derivations.check.report.rubric import sections
from derivations.check.report.terminal import to_text
from derivations.render.letters import width

TEXT = r"""# Homework

$$
(a+b)^2 = a^2 + 2ab + b^2
$$

$$
(a-b)^2 = a^2 - ab + b^2 \\
= a^2 + b^2 - ab
$$

$\frac{a}{ = b$ <b>&
"""


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
    assert "://" not in page
    assert "&lt;b&gt;&amp;" in page
    assert "# Homework" in page
    assert page.count('class="wrong"') >= 1
    assert "derivations-check" in report._repr_html_()


def test_text_has_no_colour_codes_unless_asked(report: Report) -> None:
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


@pytest.mark.parametrize("columns", [80, 120])
def test_text_is_no_wider_than_the_terminal(columns: int, report: Report) -> None:
    long = LineResult(1, 1, "x = " + "y + " * 90, "link", "wrong", reason="because " * 40)
    text = to_text([report, Report("a", "", (long,))], columns=columns)
    assert max(map(width, text.splitlines())) <= columns


def test_text_of_a_student_is_never_markup() -> None:
    evil = "<script>alert(1)</script> $\\text{<script>} = 1$ and $(a+b)^2 = a^2 + b^2$</td></table><img src=x onerror=alert(2)>"
    report = check(evil, file="<img src=x onerror=alert(3)>.md")
    for page in (report.to_html(), FORMATS["html"]([report, report], Rubric.of({"<script>": 1}))):
        assert "<script" not in page
        assert "<img" not in page
        assert "Content-Security-Policy" in page


def test_a_notebook_is_shown_as_its_cells() -> None:
    cell = {"cell_type": "markdown", "source": ["# Title\n", "So $1 + 1 = 3$ holds"]}
    report = check(json.dumps({"cells": [cell], "nbformat": 4}, indent=1), format="notebook")
    page = report.to_html()
    assert "# Title" in page
    assert "cell_type" not in page
    assert '<mark class="wrong">1 + 1 = 3</mark>' in page
    assert [(line.line, line.source) for line in report.lines] == [(7, "1 + 1 = 3")]


def test_the_source_of_a_line_of_a_notebook_is_what_the_student_typed() -> None:
    cell = {"cell_type": "markdown", "source": ['$$\\frac{"a"}{b}\n', "= \\ell$$"]}
    [line] = check(json.dumps({"cells": [cell], "nbformat": 4}, indent=1), format="notebook").lines
    assert line.source == '\\frac{"a"}{b}\n= \\ell'


def test_a_report_inside_of_another_page_leaves_that_page_alone(report: Report) -> None:
    shown = report._repr_html_()
    assert "body{" not in shown.replace("tbody{", "")
    assert ":root" not in shown


def test_marks_of_a_formula_go_on_in_its_next_rows() -> None:
    page = check("$$\n(a+b)^2\n= a^2\n$$").to_html()
    assert '<mark class="wrong">(a+b)^2</mark>' in page
    assert '<mark class="wrong">= a^2</mark>' in page


def test_the_xml_of_hostile_text_is_well_formed() -> None:
    line = LineResult(1, 1, "a\x00 ]]> <&\ud800", "link", "wrong", reason="\x1b[31m & <")
    [suite] = ElementTree.fromstring(FORMATS["junit"]([Report("\x07<f>", "", (line,))], None))
    assert suite.get("failures") == "1"


def test_sarif_has_the_fields_that_code_hosts_ask_for(report: Report) -> None:
    content = json.loads(FORMATS["sarif"]([report, Report("my notes.md", "", (), failure="no")], None))
    [run] = content["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert content["version"] == "2.1.0"
    assert all({"id", "shortDescription", "fullDescription", "help"} <= set(rule) for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert set(result["partialFingerprints"]) == {"primaryLocationLineHash"}
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    [note] = invocation["toolExecutionNotifications"]
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20notes.md"


def test_gradescope_gives_a_point_for_each_right_line_and_none_for_what_is_open(report: Report) -> None:
    content = json.loads(FORMATS["gradescope"]([report], None))
    assert content["score"] == 2.0
    assert [(test["score"], test["max_score"]) for test in content["tests"]] == [(1, 1), (0, 1), (1, 1), (0, 0)]
    assert {test.get("status") for test in content["tests"]} == {"passed", "failed", None}


def test_a_list_of_grades_has_a_row_for_each_document(report: Report) -> None:
    text = FORMATS["grades"]([report, Report("=b", "", (), failure="not read")], Rubric.of({"=all": 10}))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["file"] for row in rows] == ["homework.md", "'=b"]
    assert (rows[0]["points"], rows[0]["first wrong line"], rows[0]["'=all"]) == ("5.0", "8", "5.0")
    assert rows[1]["failure"] == "not read"


def test_the_overview_counts_slips_by_document(report: Report) -> None:
    other = check("$(a-b)^2 = a^2 - ab + b^2$", file="other.md")
    assert [(row.name, row.good, row.bad, row.unsure) for row in overview([report, other])] == [
        ("homework.md", 2, 1, 1), ("other.md", 0, 1, 0),
    ]  # fmt: skip
    [slip] = slips([report, other])
    assert slip.files == ("homework.md", "other.md")
    assert "2 × " in to_text([report, other])
    assert json.loads(FORMATS["json"]([report, other], None))["slips"][0]["files"] == ["homework.md", "other.md"]


def test_lines_that_nobody_judged_leave_points_open(report: Report) -> None:
    score = report.score({"all": 10, "unread": {"points": 1, "match": "frac"}, "none": {"points": 5, "label": "9"}})
    assert score.parts == {"all": (5.0, 10.0), "unread": (0.0, 1.0), "none": (0.0, 5.0)}
    assert score.open == {"all": 2.5, "unread": 1.0, "none": 0.0}
    assert "no line of the document" in score.told("none")


def test_a_part_may_count_any_line_or_all_of_them(report: Report) -> None:
    score = report.score({"any": {"points": 2, "count": "any"}, "all": {"points": 2, "count": "all"}})
    assert score.parts == {"any": (2.0, 2.0), "all": (0.0, 2.0)}


def test_a_part_may_be_about_a_section() -> None:
    text = "# 1\n\n$1 + 1 = 2$\n\n# Exercise 2\n\n(a) $1 + 1 = 3$\n\n(b) $1 + 2 = 3$\n"
    assert sections(text) == [(1, "1"), (5, "Exercise 2"), (7, "Exercise 2 (a)"), (9, "Exercise 2 (b)")]
    score = check(text).score({"one": {"points": 1, "section": "^1"}, "two b": {"points": 3, "section": r"2 \(b"}})
    assert score.parts == {"one": (1.0, 1.0), "two b": (3.0, 3.0)}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"a": {"point": 1}}, "a.point: unknown key"),
        ({"a": {"match": "x"}}, "a.points: None"),
        ({"a": -1}, "a.points"),
        ({"a": True}, "a.points"),
        ({"a": {"points": 1, "match": "("}}, "a.match: no regular expression"),
        ({"a": {"points": 1, "role": "hero"}}, "'hero' is not known"),
        ({"a": {"points": 1, "count": "most"}}, "known are share, all, any"),
    ],
)
def test_what_is_wrong_in_a_rubric_is_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(RubricError) as failure:
        Rubric.of(table)
    assert message in str(failure.value)
