"""Reports for build servers and code hosts: JUnit XML and SARIF."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from derivations.check.report.result import LineResult, Report
from derivations.check.report.rubric import UNSURE, Rubric

RULES = {
    "wrong": ("error", "A line that is wrong", "The line is not true, or does not follow from what came before it."),
    "follows-from-error": ("warning", "A line that follows from an error", "The line is consistent with an error made before."),
    "undecided": ("note", "A line that could not be judged", "The line is neither verified nor refuted."),
    "unreadable": ("note", "A line that could not be read", "The formula is not understood."),
    "timeout": ("note", "A line that took too long", "There was no verdict within the limit of time."),
}
"""Verdict → level, short and long description."""


def to_junit(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """A test suite for each document, a test case for each line."""
    suites = []
    for report in reports:
        judged = [line for line in report.lines if line.verdict != "not-mathematics"]
        failures = sum(line.verdict in ("wrong", "follows-from-error") for line in judged)
        skipped = sum(line.verdict in UNSURE for line in judged)
        file = _attribute(report.file or "document")
        cases = "".join(_case(file, line) for line in judged)
        if report.failure:
            cases += f'<testcase classname={file} name="file"><error message={_attribute(report.failure)}/></testcase>\n'
        suites.append(
            f'<testsuite name={file} tests="{len(judged) + bool(report.failure)}" failures="{failures}" skipped="{skipped}" '
            f'errors="{int(bool(report.failure))}" time="{report.seconds:.3f}">\n{cases}</testsuite>\n'
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{"".join(suites)}</testsuites>\n'


def _case(file: str, line: LineResult) -> str:
    name = f"line {line.line}:{line.column}: {' '.join(line.source.split())[:80]}"
    inside = ""
    if line.verdict in ("wrong", "follows-from-error"):
        told = _clean(escape(line.message))
        inside = f"<failure type={_attribute(line.verdict)} message={_attribute(line.reason)}>{told}</failure>"
    elif line.verdict in UNSURE:
        inside = f"<skipped message={_attribute(f'{line.verdict}: {line.reason}')}/>"
    return f"<testcase classname={file} name={_attribute(name)}>{inside}</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Without characters that XML does not allow."""
    return "".join(
        c for c in text if c in "\t\n\r" or (ord(c) >= 0x20 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))
    )


def to_sarif(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """SARIF 2.1.0 with what code hosts ask for: a result for each line that is not right, a notification for each unread file."""
    from derivations import __version__

    rules = [
        {
            "id": verdict, "name": verdict.title().replace("-", ""),
            "shortDescription": {"text": short}, "fullDescription": {"text": full}, "help": {"text": full},
            "defaultConfiguration": {"level": level}, "properties": {"tags": ["mathematics"], "precision": "very-high"},
        }
        for verdict, (level, short, full) in RULES.items()
    ]  # fmt: skip
    unread = [
        {
            "level": "error", "message": {"text": f"{report.file or 'document'}: {report.failure}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(report.file)}}}],
        }
        for report in reports if report.failure
    ]  # fmt: skip
    run = {
        "tool": {"driver": {"name": "derivations", "version": __version__, "semanticVersion": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": not unread, "toolExecutionNotifications": unread}],
        "columnKind": "unicodeCodePoints",
        "results": [result for report in reports for result in _results(report)],
    }
    content = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _results(report: Report) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    order = list(RULES)
    for line in report.lines:
        if line.verdict not in RULES:
            continue
        told = f"{line.verdict}|{''.join(line.source.split())}"
        digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
        seen[digest] += 1
        where = {"artifactLocation": {"uri": _uri(report.file)}, "region": _region(report, line)}
        results.append(
            {
                "ruleId": line.verdict, "ruleIndex": order.index(line.verdict), "level": RULES[line.verdict][0],
                "message": {"text": line.message or line.verdict}, "locations": [{"physicalLocation": where}],
                "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{seen[digest]}"},
            }
        )  # fmt: skip
    return results


def _region(report: Report, line: LineResult) -> dict[str, Any]:
    """Where a line stands: from its first character to behind its last one."""
    region: dict[str, Any] = {"startLine": line.line, "startColumn": line.column, "snippet": {"text": line.source}}
    if line.end > line.start:
        inside = report.text[line.start : line.end]
        broken = inside.rfind("\n")
        region["endLine"] = line.line + inside.count("\n")
        region["endColumn"] = line.column + len(inside) if broken < 0 else len(inside) - broken
    return region


def _uri(file: str) -> str:
    """A file name as a reference relative to the folder of the run."""
    name = os.path.relpath(file) if os.path.isabs(file) else file or "document"
    return quote((name if not name.startswith("..") else file).replace(os.sep, "/").encode("utf-8", "surrogateescape"))
