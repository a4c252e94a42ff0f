"""Reports for other programs: JUnit XML, SARIF, CSV, Gradescope."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from derivations.check.report.result import UNSURE, LineResult, Report, Rubric, told
from derivations.render.letters import to_unicode

_LEVELS = {"wrong": "error", "follows-from-error": "warning", "undecided": "note", "unreadable": "note", "timeout": "note"}
_COLUMNS = ("file", "line", "column", "role", "verdict", "evidence", "source", "reason", "diagnosis", "counterexample", "error")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_junit(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """A test suite for each document, a test case for each line."""
    suites = []
    for report in reports:
        judged = [line for line in report.lines if line.verdict != "not-mathematics"]
        failures = sum(line.verdict in ("wrong", "follows-from-error") for line in judged)
        skipped = sum(line.verdict in UNSURE for line in judged)
        cases = "".join(_case(report, line) for line in judged)
        if report.failure:
            cases += f'<testcase classname={_attribute(report.file)} name="file"><error message={_attribute(report.failure)}/></testcase>\n'  # noqa: E501
        suites.append(
            f'<testsuite name={_attribute(report.file or "document")} tests="{len(judged)}" failures="{failures}" '
            f'skipped="{skipped}" errors="{int(bool(report.failure))}" time="{report.seconds:.3f}">\n{cases}</testsuite>\n'
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{"".join(suites)}</testsuites>\n'


def _case(report: Report, line: LineResult) -> str:
    name = f"line {line.line}: {' '.join(line.source.split())[:80]}"
    inside = ""
    if line.verdict in ("wrong", "follows-from-error"):
        inside = (
            f"<failure type={_attribute(line.verdict)} message={_attribute(line.reason)}>{_clean(escape(line.message))}</failure>"
        )
    elif line.verdict in UNSURE:
        inside = f"<skipped message={_attribute(f'{line.verdict}: {line.reason}')}/>"
    return f"<testcase classname={_attribute(report.file or 'document')} name={_attribute(name)}>{inside}</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Without characters that XML does not allow."""
    return "".join(
        c for c in text if c in "\t\n\r" or (ord(c) >= 0x20 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))
    )


def to_sarif(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """SARIF 2.1.0: a result for each line that is not right."""
    from derivations import __version__

    results = []
    for report in reports:
        for line in report.lines:
            if line.verdict in _LEVELS:
                region = {"startLine": line.line, "startColumn": line.column, "snippet": {"text": line.source}}
                where = {"physicalLocation": {"artifactLocation": {"uri": report.file or "document"}, "region": region}}
                results.append(
                    {
                        "ruleId": line.verdict,
                        "level": _LEVELS[line.verdict],
                        "message": {"text": line.message or line.verdict},
                        "locations": [where],
                    }
                )
    rules = [{"id": verdict, "shortDescription": {"text": f"the line is {verdict}"}} for verdict in _LEVELS]
    driver = {"name": "derivations", "version": __version__, "rules": rules}
    content = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}],  # noqa: E501
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1)


def to_csv(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """A row for each line; cells that a spreadsheet would run as a formula start with an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for report in reports:
        for line in report.lines:
            diagnosis = "" if line.diagnosis is None else f"{line.diagnosis['kind']}: {line.diagnosis['sentence']}"
            example = "" if line.counterexample is None else told(line.counterexample, to_unicode)
            row = (report.file, line.line, line.column, line.role, line.verdict, line.evidence, line.source, line.reason, diagnosis, example,  # noqa: E501
                   "" if line.error is None else line.error)  # fmt: skip
            writer.writerow([_harmless(cell) for cell in row])
        if report.failure:
            writer.writerow(
                [_harmless(cell) for cell in (report.file, "", "", "", "unreadable", "", "", report.failure, "", "", "")]
            )
    return buffer.getvalue()


def _harmless(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(cell, (int, float)) else text


def to_gradescope(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """results.json of a Gradescope autograder: a test for each part of the rubric, or for each line."""
    tests = []
    for report in reports:
        if rubric is not None:
            for name, (reached, possible) in report.score(rubric).parts.items():
                tests.append({"name": name, "score": reached, "max_score": possible, "output": _outputs(report)})
        else:
            for line in report.lines:
                if line.verdict != "not-mathematics":
                    status = "failed" if line.verdict in ("wrong", "follows-from-error") else "passed"
                    tests.append({"name": f"line {line.line}: {line.verdict}", "status": status, "output": line.message})
        if report.failure:
            tests.append({"name": report.file, "status": "failed", "output": report.failure})
    content: dict[str, object] = {"output": "; ".join(f"{r.file or 'document'}: {r.summary}" for r in reports), "tests": tests}
    if rubric is not None:
        content["score"] = sum(report.score(rubric).points for report in reports)
    return json.dumps(content, ensure_ascii=False, indent=1)


def _outputs(report: Report) -> str:
    return "\n".join(f"line {line.line}: {line.verdict}: {line.message}" for line in report.lines if line.verdict in _LEVELS)
