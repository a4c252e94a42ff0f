"""What a whole class did: a row for each document, and the slips by how many documents hold them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from derivations.check.report.result import LineResult, Report
from derivations.check.report.rubric import GOOD, UNSURE, Rubric, Score


@dataclass(frozen=True)
class Row:
    """One document: how many of its claims are right, its first wrong line, its points."""

    report: Report
    name: str
    good: int
    bad: int
    unsure: int
    first: LineResult | None
    score: Score | None = None

    @property
    def judged(self) -> int:
        """The lines that claim something."""
        return self.good + self.bad + self.unsure

    @property
    def slip(self) -> str:
        """The probable slip of the first wrong line."""
        return "" if self.first is None else slip_of(self.first)

    @property
    def told(self) -> str:
        """The points, or the share of right lines."""
        if self.report.failure:
            return "—"
        if self.score is not None:
            more = f" (+{self.score.undecided:g}?)" if self.score.undecided else ""
            return f"{self.score.points:g}/{self.score.possible:g}{more}"
        return f"{100 * self.good / self.judged:.0f} %" if self.judged else "—"


@dataclass(frozen=True)
class Slip:
    """A slip, and the documents that hold it."""

    name: str
    files: tuple[str, ...]
    example: LineResult = field(repr=False)


def overview(reports: Sequence[Report], rubric: Rubric | None = None) -> list[Row]:
    """A row for each document, in order."""
    names = short_names([report.file for report in reports])
    return [_row(report, name, rubric) for report, name in zip(reports, names, strict=True)]


def short_names(files: Sequence[str]) -> list[str]:
    """The files without the folders that all of them lie in; what is the same twice gets a number.

    >>> short_names(["class/ada.md", "class/b/bob.md", "class/ada.md"])
    ['ada.md', 'b/bob.md', 'ada.md-2']
    """
    whole = [os.path.abspath(file or "document") for file in files]
    above = os.path.commonpath([os.path.dirname(file) for file in whole]) if whole else ""
    found: dict[str, int] = {}
    names = []
    for file in whole:
        name = os.path.relpath(file, above)
        found[name] = found.get(name, 0) + 1
        names.append(name if found[name] == 1 else f"{name}-{found[name]}")
    return names


def _row(report: Report, name: str, rubric: Rubric | None) -> Row:
    verdicts = [line.verdict for line in report.lines]
    good, unsure = (sum(verdict in kind for verdict in verdicts) for kind in (GOOD, UNSURE))
    score = None if rubric is None or report.failure else report.score(rubric)
    return Row(report, name, good, verdicts.count("wrong"), unsure, report.first_wrong, score)


def slips(reports: Sequence[Report]) -> list[Slip]:
    """The slips of all wrong lines, those of most documents first."""
    found: dict[str, dict[str, LineResult]] = {}
    for report, name in zip(reports, short_names([report.file for report in reports]), strict=True):
        for line in report.lines:
            if line.verdict == "wrong":
                found.setdefault(slip_of(line), {}).setdefault(name, line)
    named = [Slip(name, tuple(files), next(iter(files.values()))) for name, files in found.items()]
    return sorted(named, key=lambda slip: (not slip.name, -len(slip.files), slip.name))


def slip_of(line: LineResult) -> str:
    """The kind of slip; for a number the convention or what else was done."""
    if line.diagnosis is None:
        return ""
    kind = str(line.diagnosis["kind"])
    return str(line.diagnosis["sentence"]).split(";")[0] if kind in ("convention", "number", "known slip") else kind
