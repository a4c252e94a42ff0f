"""Reports for spreadsheets and grading systems: CSV with a row for each line or each document, and Gradescope."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from derivations.check.report.overview import overview
from derivations.check.report.result import LineResult, Report, told
from derivations.check.report.rubric import GOOD, UNSURE, Rubric
from derivations.check.report.terminal import counts
from derivations.render.letters import to_unicode

COLUMNS = ("file", "line", "column", "role", "verdict", "evidence", "source", "reason", "diagnosis", "counterexample", "error")
_FORMULA = ("=", "+", "-", "−", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Signs with which a spreadsheet starts to calculate."""


def to_csv(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """A row for each line; cells that a spreadsheet would run as a formula start with an apostrophe."""
    rows: list[Sequence[object]] = []
    for report in reports:
        rows += [_cells(report, line) for line in report.lines]
        if report.failure:
            rows.append((report.file, "", "", "", "unreadable", "", "", report.failure, "", "", ""))
    return _written(COLUMNS, rows)


def _cells(report: Report, line: LineResult) -> Sequence[object]:
    diagnosis = "" if line.diagnosis is None else f"{line.diagnosis['kind']}: {line.diagnosis['sentence']}"
    example = "" if line.counterexample is None else told(line.counterexample, to_unicode)
    return (
        report.file, line.line, line.column, line.role, line.verdict, line.evidence, line.source, line.reason, diagnosis, example,
        "" if line.error is None else line.error,
    )  # fmt: skip


def to_grades(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """A row for each document: how many lines are right, wrong and open, its first wrong line, its points by part."""
    parts = [part.name for part in rubric.parts] if rubric else []
    sums = ("points", "possible") if rubric else ()
    columns = ("file", "right", "wrong", "open", "first wrong line", "slip", *parts, *sums, "failure")
    rows: list[Sequence[object]] = []
    for row in overview(reports, rubric):
        first = "" if row.first is None else row.first.line
        points = [row.score.parts[name][0] if row.score else "" for name in parts]
        total = ([row.score.points, row.score.possible] if row.score else ["", ""]) if rubric else []
        rows.append((row.name, row.good, row.bad, row.unsure, first, row.slip, *points, *total, row.report.failure))
    return _written(columns, rows)


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_harmless(column) for column in columns])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _harmless(cell: object) -> str:
    if isinstance(cell, (int, float)):
        return str(cell)
    text = str(cell).replace("\0", "�")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def to_gradescope(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """results.json of a Gradescope autograder: a test for each part of the rubric, or for each line that could be judged.

    Without a rubric a right line is one point; lines that could not be judged are shown and give none to anybody.
    """
    tests: list[dict[str, Any]] = []
    for report in reports:
        place = f"{report.file}: " if len(reports) > 1 else ""
        if report.failure:
            tests.append(_test(f"{place}file", 0.0, 1.0, report.failure, "failed"))
        elif rubric is not None:
            score = report.score(rubric)
            for name, (reached, possible) in score.parts.items():
                tests.append(_test(f"{place}{name}", reached, possible, f"{score.told(name)}\n{_outputs(report)}".strip()))
        else:
            tests += [_line(place, line) for line in report.lines if line.verdict != "not-mathematics"]
    content = {
        "score": round(sum(test["score"] for test in tests), 2),
        "execution_time": round(sum(report.seconds for report in reports)),
        "output": "\n".join(f"{report.file or 'document'}: {counts(report)}" for report in reports),
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _line(place: str, line: LineResult) -> dict[str, Any]:
    name = f"{place}line {line.line}: {line.verdict}"
    if line.verdict in UNSURE:
        return _test(name, 0.0, 0.0, line.message)
    good = line.verdict in GOOD
    return _test(name, float(good), 1.0, line.message, "passed" if good else "failed")


def _test(name: str, reached: float, possible: float, output: str, status: str = "") -> dict[str, Any]:
    test = {"name": name, "score": reached, "max_score": possible, "output": output, "output_format": "text"}
    return {**test, **({"status": status} if status else {})}


def _outputs(report: Report) -> str:
    shown = [line for line in report.lines if line.verdict not in ("right", "not-mathematics")]
    return "\n".join(f"line {line.line}: {line.verdict}: {line.message}" for line in shown)
