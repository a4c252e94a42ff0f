"""Reports on checked documents: for the terminal, as JSON, HTML, JUnit, SARIF, CSV, a list of grades and for Gradescope."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivations.check.report.gradebooks import to_csv, to_grades, to_gradescope
from derivations.check.report.html import to_html
from derivations.check.report.interchange import to_junit, to_sarif
from derivations.check.report.result import LineResult, Report, to_json
from derivations.check.report.rubric import Rubric, RubricError
from derivations.check.report.terminal import to_text

FORMATS: dict[str, Callable[[Sequence[Report], Rubric | None], str]] = {
    "text": to_text,
    "json": to_json,
    "html": to_html,
    "junit": to_junit,
    "sarif": to_sarif,
    "csv": to_csv,
    "grades": to_grades,
    "gradescope": to_gradescope,
}
"""Format → how reports are written."""
SUFFIXES = {
    "text": ".txt", "json": ".json", "html": ".html", "junit": ".xml", "sarif": ".sarif", "csv": ".csv", "grades": ".csv",
    "gradescope": ".json",
}  # fmt: skip
"""Format → how the names of its files end."""

__all__ = ["FORMATS", "SUFFIXES", "LineResult", "Report", "Rubric", "RubricError"]
