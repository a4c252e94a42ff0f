"""Reports for the terminal: a line for each verdict, by colour and by symbol, as wide as the terminal is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from textwrap import wrap

from derivations.check.report.overview import overview, slips
from derivations.check.report.result import LineResult, Report, told
from derivations.check.report.rubric import Rubric
from derivations.render.letters import to_unicode, width

SYMBOLS = {
    "right": ("✓", "green"), "wrong": ("✗", "bold red"), "follows-from-error": ("↳", "yellow"), "undecided": ("?", "cyan"),
    "unreadable": ("!", "magenta"), "timeout": ("⏱", "magenta"), "not-mathematics": ("·", "dim"),
}  # fmt: skip
"""Verdict → symbol and style: the symbol alone says it, without colour."""
NARROWEST, PIPED = 40, 100
"""Columns: the fewest that are used, and those where there is no terminal."""
MOST_ROWS = 6
"""Rows of a wrong line that are shown."""
_INDENT = " " * 12
Styled = tuple[str, str]


def to_text(
    reports: Sequence[Report], rubric: Rubric | None = None, *, colour: bool = False, everything: bool = True,
    columns: int = PIPED,
) -> str:  # fmt: skip
    """The reports as text, with colour codes when asked for."""
    from rich.console import Console
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(
        file=buffer, force_terminal=colour, no_color=not colour, highlight=False, soft_wrap=True, legacy_windows=False
    )
    for text, style in _rows(reports, rubric, everything, max(columns, NARROWEST)):
        console.print(Text(text, style=style))
    return buffer.getvalue()


def _rows(reports: Sequence[Report], rubric: Rubric | None, everything: bool, columns: int) -> Iterator[Styled]:
    for report in reports:
        yield from _report(report, rubric, everything, columns)
        if len(reports) > 1:
            yield "", ""
    if len(reports) > 1:
        yield from _class(reports, rubric, columns)


def _report(report: Report, rubric: Rubric | None, everything: bool, columns: int) -> Iterator[Styled]:
    yield f"{_printable(report.file or 'document')}: {counts(report)}", "bold"
    if report.failure:
        yield from ((row, "bold red") for row in _wrapped(f"✗ {report.failure}", columns, "  "))
    yield from ((row, "dim") for note in report.notes for row in _wrapped(f"note: {note}", columns, "  "))
    for line in report.lines:
        if line.verdict != "not-mathematics" or everything:
            yield from rows_of(line, columns)
    first = report.first_wrong
    if first is not None:
        yield f"  first wrong line: {first.line}", "bold red"
    if rubric is not None and not report.failure:
        score = report.score(rubric)
        for name in score.parts:
            yield from ((row, "") for row in _wrapped(f"{name}: {score.told(name)}", columns, "  "))
        yield f"  total: {score.points:g} of {score.possible:g} points", "bold"


def rows_of(line: LineResult, columns: int = PIPED) -> Iterator[Styled]:
    """The rows shown for a line, each with its style."""
    symbol, style = SYMBOLS[line.verdict]
    source = " ".join(line.source.split())
    start = f"  {symbol} {line.line:>4}:{line.column:<3} "
    said = line.verdict if line.verdict == "not-mathematics" else f"{line.verdict} {line.role}"
    shown = f"{said}  {source}"
    cut = [start + _cut(shown, columns - width(start))]
    rows = _wrapped(shown, columns, start)[:MOST_ROWS] if line.verdict == "wrong" else cut
    yield from ((row, style) for row in rows)
    for text in _explained(line, source):
        yield from ((row, "") for row in _wrapped(text, columns, _INDENT))


def _explained(line: LineResult, source: str) -> Iterator[str]:
    if line.verdict not in ("right", "not-mathematics") and line.reason:
        yield line.reason
    if line.diagnosis is not None:
        part = line.diagnosis.get("part")
        where = f", in {part}" if part and part != source else ""
        yield f"probable slip: {line.diagnosis['kind']} — {line.diagnosis['sentence']}{where}"
    if line.counterexample is not None:
        yield f"counterexample: {told(line.counterexample, to_unicode)}"
    yield from (f"remark: {remark}" for remark in line.remarks)


def _class(reports: Sequence[Report], rubric: Rubric | None, columns: int) -> Iterator[Styled]:
    """A row for each document, and the most common slips."""
    rows = overview(reports, rubric)
    named = max(min(max(width(_printable(row.name)) for row in rows), columns // 2), 8)
    yield f"{'document':<{named}}  {'points' if rubric else 'right':>10}  wrong  open  first wrong line", "bold"
    for row in rows:
        name = _cut(_printable(row.name), named)
        why = row.slip or "no single slip explains it"
        first = row.report.failure or ("" if row.first is None else f"{row.first.line}: {why}")
        text = f"{name}{' ' * (named - width(name))}  {row.told:>10}  {row.bad:>5}  {row.unsure:>4}  {first}"
        yield _cut(text, columns), "red" if row.bad or row.report.failure else ""
    found = [slip for slip in slips(reports) if slip.name]
    if found:
        yield "", ""
        yield "most common slips", "bold"
        for slip in found[:8]:
            example = " ".join(slip.example.source.split())
            where = f"line {slip.example.line} of {_printable(slip.files[0])}"
            yield _cut(f"  {len(slip.files):>4} × {slip.name}, such as {where}: {example}", columns), ""


def counts(report: Report) -> str:
    """How many lines got each verdict, in words."""
    found = [f"{count} {verdict}" for verdict, count in report.summary.items() if verdict != "not-mathematics"]
    return ", ".join(found) or ("not read" if report.failure else "no mathematics found")


def _wrapped(text: str, columns: int, start: str) -> list[str]:
    return wrap(text, columns, initial_indent=start, subsequent_indent=" " * len(start) + "  ", break_on_hyphens=False) or [start]


def _cut(text: str, columns: int) -> str:
    return text if width(text) <= columns else f"{text[: max(columns - 1, 1)]}…"


def _printable(name: str) -> str:
    """A file name without what a terminal would obey, or could not show."""
    return "".join(c if c.isprintable() else "�" for c in name)
