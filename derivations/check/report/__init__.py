"""Reports on checked documents: for the terminal, as JSON, HTML, JUnit, SARIF, CSV and for Gradescope."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivations.check.report.documents import to_csv, to_gradescope, to_junit, to_sarif
from derivations.check.report.html import to_html
from derivations.check.report.result import LineResult, Report, Rubric, to_json
from derivations.check.report.terminal import to_text

FORMATS: dict[str, Callable[[Sequence[Report], Rubric | None], str]] = {
    "text": to_text,
    "json": to_json,
    "html": to_html,
    "junit": to_junit,
    "sarif": to_sarif,
    "csv": to_csv,
    "gradescope": to_gradescope,
}
"""Format → how reports are written."""

__all__ = ["FORMATS", "LineResult", "Report", "Rubric"]
