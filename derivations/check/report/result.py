"""The report on one document: a result for every line, and the first wrong one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivations.check.report.rubric import UNSURE, Rubric, Score, score
from derivations.render.letters import to_unicode

SCHEMA = "derivations/check/1"


@dataclass(frozen=True)
class LineResult:
    """The result for one line.

    line, column: where it starts, from 1. verdict: right, wrong, follows-from-error, undecided, unreadable, timeout or
    not-mathematics.
    counterexample: {"values", "at", "left", "right"} or None. diagnosis: {"kind", "sentence", "part"} or None. error:
    the number of the
    line whose error it follows from.
    """

    line: int
    column: int
    source: str
    role: str
    verdict: str
    evidence: str = "none"
    counterexample: Mapping[str, Any] | None = None
    diagnosis: Mapping[str, Any] | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()
    error: int | None = None
    label: str = ""
    start: int = 0
    end: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "line": self.line, "column": self.column, "source": self.source, "role": self.role, "verdict": self.verdict,
            "evidence": self.evidence, "counterexample": self.counterexample, "diagnosis": self.diagnosis, "reason": self.reason,
            "remarks": list(self.remarks), "error": self.error,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> LineResult:
        """The result that `as_dict` wrote."""
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        return cls(**{**known, "remarks": tuple(row.get("remarks", ()))})

    @property
    def message(self) -> str:
        """What is to be said about the line, in a sentence or two."""
        parts = [self.reason] if self.reason else []
        if self.diagnosis is not None:
            part = f" ({self.diagnosis['part']})" if self.diagnosis.get("part") else ""
            parts.append(f"probable slip: {self.diagnosis['kind']}: {self.diagnosis['sentence']}{part}")
        if self.counterexample is not None:
            parts.append(f"counterexample: {told(self.counterexample, to_unicode)}")
        return "; ".join([*parts, *self.remarks])


def told(counterexample: Mapping[str, Any], letters: Callable[[str], str] = str) -> str:
    r"""A counterexample on one line. letters: how LaTeX is shown.

    >>> told({"values": {"x": 2}, "at": {}, "left": 4, "right": 2})
    'x = 2: left 4, right 2'
    >>> told({"values": {r"\lambda": 2}, "at": {}, "solution": {"x": 3}, "solves": "the equation before", "left": 3, "right": 2})
    '\\lambda = 2; x = 3 solves the equation before: left 3, right 2'
    """
    values = {**counterexample.get("sizes", {}), **counterexample.get("values", {}), **counterexample.get("at", {})}
    parts = [_listed(values, letters)] if values else []
    if counterexample.get("solution"):
        parts.append(f"{_listed(counterexample['solution'], letters)} solves {counterexample['solves']}")
    sides = f"left {written(counterexample.get('left'))}, right {written(counterexample.get('right'))}"
    return f"{'; '.join(parts)}: {sides}" if parts else sides


def _listed(values: Mapping[str, Any], letters: Callable[[str], str]) -> str:
    return ", ".join(f"{letters(name)} = {written(value)}" for name, value in values.items())


def written(value: Any) -> str:
    """A number to six digits, a column as a row of numbers, a matrix row by row.

    >>> written(0.3333333333), written([["2/3"], [1]]), written([[1, 0], [0, "1/2"]])
    ('0.333333', '(2/3, 1)', '[1 0; 0 1/2]')
    """
    if isinstance(value, float):
        return f"{value:.6g}"
    if not isinstance(value, (list, tuple)):
        return str(value)
    if not all(isinstance(row, (list, tuple)) for row in value):
        return f"({', '.join(map(written, value))})"
    if all(len(row) == 1 for row in value):
        return f"({', '.join(written(row[0]) for row in value)})"
    return f"[{'; '.join(' '.join(map(written, row)) for row in value)}]"


@dataclass(frozen=True)
class Report:
    """The verdicts on a document.

    failure: what kept it from being read. notes: what of it was not read, such as a picture.
    """

    file: str
    problem: str
    lines: tuple[LineResult, ...]
    text: str = field(default="", repr=False)
    format: str = "markdown"
    seconds: float = 0.0
    failure: str = ""
    notes: tuple[str, ...] = ()

    @property
    def first_wrong(self) -> LineResult | None:
        """The first wrong line, or None."""
        return next((line for line in self.lines if line.verdict == "wrong"), None)

    @property
    def summary(self) -> dict[str, int]:
        """How many lines got each verdict."""
        return dict(Counter(line.verdict for line in self.lines))

    @property
    def exit_code(self) -> int:
        """0 good, 1 something wrong, 2 not read at all, 3 nothing wrong but something undecided or unread."""
        if self.failure:
            return 2
        verdicts = {line.verdict for line in self.lines}
        if verdicts & {"wrong", "follows-from-error"}:
            return 1
        return 3 if verdicts & UNSURE or not verdicts - {"not-mathematics"} else 0

    def score(self, rubric: Rubric | Mapping[str, Any] | Path | str) -> Score:
        """The points of the report by a rubric, the mapping that one holds, or its file.

        >>> from derivations.check.report.result import LineResult, Report
        >>> lines = (LineResult(1, 1, "a", "link", "right"), LineResult(2, 1, "b", "link", "wrong"))
        >>> Report("", "", lines).score({"steps": 4}).points
        2.0

        Raises: RubricError, OSError.
        """
        if isinstance(rubric, (Path, str)):
            return score(self, Rubric.from_file(Path(rubric)))
        return score(self, Rubric.of(rubric) if isinstance(rubric, Mapping) else rubric)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, schema derivations/check/1."""
        first = self.first_wrong
        return {
            "schema": SCHEMA,
            "file": self.file,
            "problem": self.problem or None,
            "lines": [line.as_dict() for line in self.lines],
            "first_wrong": None if first is None else first.line,
            "summary": self.summary,
            **({"failure": self.failure} if self.failure else {}),
            **({"notes": list(self.notes)} if self.notes else {}),
        }

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)

    def to_html(self) -> str:
        """A self-contained page: the document with marks in the margin."""
        from derivations.check.report.html import to_html

        return to_html([self], None)

    def _repr_html_(self) -> str:
        from derivations.check.report.html import fragment

        return fragment(self)


def to_json(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """One report as it is; several as a list under "reports", with the slips of them all."""
    from derivations.check.report.overview import slips

    rows = [{**report.as_dict(), **({"score": report.score(rubric).as_dict()} if rubric else {})} for report in reports]
    if len(rows) == 1:
        return json.dumps(rows[0], ensure_ascii=False, indent=1)
    common = [{"slip": slip.name or None, "files": list(slip.files)} for slip in slips(reports)]
    return json.dumps({"schema": "derivations/checks/1", "reports": rows, "slips": common}, ensure_ascii=False, indent=1)
