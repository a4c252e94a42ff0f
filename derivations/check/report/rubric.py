"""Rubrics: points for the parts of a document, and the points a report reaches."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numeric.failures import Failure

if TYPE_CHECKING:
    from derivations.check.report.result import LineResult, Report

GOOD = frozenset(("right", "follows-from-error"))
UNSURE = frozenset(("undecided", "unreadable", "timeout"))
_KEYS = ("points", "match", "role", "label", "section", "count")
_HEADING = re.compile(
    r'^\s{0,3}"?#{1,6}\s+(?P<markdown>.+?)(?:\\n)?"?,?\s*$'
    r"|\\(?:chapter|section|subsection|subsubsection|paragraph|question|problem|part)\*?\s*\{(?P<latex>[^{}]*)\}"
    r"|^\s*(?P<words>(?:problem|question|exercise|task|part|q)\s*\.?\s*\d+\b.*?)\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:[-*]\s+)?(?P<label>\(?\d{1,2}[.)]\s*\(?[a-z]\)|\(?\d{1,2}[.)]|\(?[a-z]\))(?=\s|$)", re.IGNORECASE)


@dataclass(eq=False)
class RubricError(Failure, ValueError):
    """A rubric that is not understood: where in it, what is wrong, what is allowed."""

    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"rubric, {self.where}: {self.problem}; {self.remedy}"


@dataclass(frozen=True)
class Part:
    """Points for the lines a part is about.

    match: a regular expression found in the line. role, label: those of the line. section: a regular expression found in the
    headings above the line. count: "share" of the lines, "all" of them or nothing, or "any" one of them for all points.
    """

    name: str
    points: float
    match: str = ""
    role: str = ""
    label: str = ""
    section: str = ""
    count: str = "share"

    def covers(self, line: LineResult, section: str = "") -> bool:
        """Whether a line belongs to the part."""
        return (
            (not self.match or re.search(self.match, line.source) is not None)
            and (not self.role or line.role == self.role)
            and (not self.label or line.label.startswith(self.label))
            and (not self.section or re.search(self.section, section, re.IGNORECASE) is not None)
        )

    def reached(self, verdicts: Sequence[str]) -> tuple[float, float]:
        """The points of lines with these verdicts, and those still open: of lines that a person has to look at."""
        if not verdicts:
            return 0.0, 0.0
        good, unsure = (sum(verdict in kind for verdict in verdicts) for kind in (GOOD, UNSURE))
        if self.count == "share":
            return round(self.points * good / len(verdicts), 2), round(self.points * unsure / len(verdicts), 2)
        full = good > 0 if self.count == "any" else good == len(verdicts)
        may_be = unsure > 0 and (self.count == "any" or good + unsure == len(verdicts))
        return (self.points, 0.0) if full else (0.0, self.points if may_be else 0.0)


@dataclass(frozen=True)
class Rubric:
    """Points per part. A line that follows from an earlier error earns its points: follow-through marks."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Rubric:
        """A rubric from a mapping part → points, or part → {points, match, role, label, section, count}.

        >>> Rubric.of({"steps": 4, "answer": {"points": 2, "role": "answer"}}).parts[1].role
        'answer'

        Raises: RubricError.
        """
        return cls(tuple(_part(str(name), entry) for name, entry in table.items()))

    @classmethod
    def from_file(cls, path: Path) -> Rubric:
        """A rubric from a TOML file. Raises: OSError, RubricError."""
        try:
            return cls.of(tomllib.loads(path.read_text(encoding="utf-8-sig")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
            raise RubricError(path.name, str(failure), "write it as TOML in UTF-8, such as: steps = 4") from None


def _part(name: str, entry: Any) -> Part:
    table = entry if isinstance(entry, Mapping) else {"points": entry}
    for key in table:
        if key not in _KEYS:
            raise RubricError(f"{name}.{key}", "unknown key", f"known are {', '.join(_KEYS)}")
    points = table.get("points")
    if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 <= points < float("inf"):
        raise RubricError(f"{name}.points", f"{points!r} is no number of points", "write a number that is not negative")
    for key in ("match", "section"):
        try:
            re.compile(str(table.get(key, "")))
        except re.error as failure:
            raise RubricError(f"{name}.{key}", f"no regular expression: {failure}", "put a backslash in front of signs") from None
    _one_of(f"{name}.count", str(table.get("count", "share")), ("share", "all", "any"))
    if "role" in table:
        from derivations.check.judging.verdicts import Role

        _one_of(f"{name}.role", str(table["role"]), tuple(map(str, Role)))
    match, role, label, section = (str(table.get(key, "")) for key in _KEYS[1:5])
    return Part(name, float(points), match, role, label, section, str(table.get("count", "share")))


def _one_of(where: str, found: str, known: Sequence[str]) -> None:
    if found not in known:
        raise RubricError(where, f"{found!r} is not known", f"known are {', '.join(known)}")


@dataclass(frozen=True)
class Score:
    """Points reached and points possible, by part.

    open: points of lines that could not be judged, by part. lines: how many lines a part is about.
    """

    parts: Mapping[str, tuple[float, float]]
    open: Mapping[str, float] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """All points reached."""
        return round(sum(reached for reached, _ in self.parts.values()), 2)

    @property
    def possible(self) -> float:
        """All points there are."""
        return round(sum(possible for _, possible in self.parts.values()), 2)

    @property
    def undecided(self) -> float:
        """All points that a person has to decide about."""
        return round(sum(self.open.values()), 2)

    def told(self, name: str) -> str:
        """A part in words."""
        reached, possible = self.parts[name]
        more = f", {self.open[name]:g} more to be looked at" if self.open.get(name) else ""
        none = " (no line of the document belongs to it)" if not self.lines.get(name) else ""
        return f"{reached:g} of {possible:g} points{more}{none}"

    def as_dict(self) -> dict[str, Any]:
        """The score as plain data."""
        parts = {
            name: {"points": reached, "possible": possible, "open": self.open.get(name, 0.0), "lines": self.lines.get(name, 0)}
            for name, (reached, possible) in self.parts.items()
        }
        return {"points": self.points, "possible": self.possible, "open": self.undecided, "parts": parts}


def score(report: Report, rubric: Rubric) -> Score:
    """The points of a report: for each part those of its judged lines."""
    above = sections(report.text)
    judged = [line for line in report.lines if line.verdict != "not-mathematics"]
    parts, left, lines = {}, {}, {}
    for part in rubric.parts:
        verdicts = [line.verdict for line in judged if part.covers(line, _at(above, line.line))]
        reached, unsure = part.reached(verdicts)
        parts[part.name], left[part.name], lines[part.name] = (reached, part.points), unsure, len(verdicts)
    return Score(parts, left, lines)


def sections(text: str) -> list[tuple[int, str]]:
    """(line from which on, headings): the last heading with the last label such as "(b)" below it.

    >>> sections("# Exercise 2\\n\\n(a) We have\\n\\nb) so\\n# Exercise 3")
    [(1, 'Exercise 2'), (3, 'Exercise 2 (a)'), (5, 'Exercise 2 b)'), (6, 'Exercise 3')]
    """
    found: list[tuple[int, str]] = []
    heading = ""
    for number, row in enumerate(text.split("\n"), start=1):
        match = _HEADING.search(row)
        if match is not None:
            heading = next(group for group in match.groups() if group is not None)
            found.append((number, heading))
        elif (label := _LABEL.match(row)) is not None:
            found.append((number, f"{heading} {label.group('label')}".strip()))
    return found


def _at(above: Sequence[tuple[int, str]], line: int) -> str:
    return next((title for number, title in reversed(above) if number <= line), "")
