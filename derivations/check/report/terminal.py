"""Reports for the terminal: a line for each verdict, by colour and by symbol."""

from __future__ import annotations

import io
from collections.abc import Sequence

from derivations.check.report.result import LineResult, Report, Rubric, told
from derivations.render.letters import to_unicode

SYMBOLS = {
    "right": ("✓", "green"), "wrong": ("✗", "bold red"), "follows-from-error": ("↳", "yellow"), "undecided": ("?", "cyan"),
    "unreadable": ("!", "magenta"), "timeout": ("⏱", "magenta"), "not-mathematics": ("·", "dim"),
}  # fmt: skip
"""Verdict → symbol and style: the symbol alone says it, without colour."""
_WIDTH = 100


def to_text(reports: Sequence[Report], rubric: Rubric | None = None, *, colour: bool = False, everything: bool = True) -> str:
    """The reports as text, with colour codes when asked for."""
    from rich.console import Console
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=colour,
        no_color=not colour,
        width=_WIDTH + 40,
        highlight=False,
        soft_wrap=True,
        legacy_windows=False,
    )
    for report in reports:
        title = report.file or "document"
        console.print(Text(f"{title}  {_counts(report)}", style="bold"))
        if report.failure:
            console.print(Text(f"  ✗ {report.failure}", style="bold red"))
        for line in report.lines:
            if line.verdict == "not-mathematics" and not everything:
                continue
            for text, style in rows_of(line):
                console.print(Text(text, style=style))
        first = report.first_wrong
        if first is not None:
            console.print(Text(f"  first wrong line: {first.line}", style="bold red"))
        if rubric is not None:
            score = report.score(rubric)
            for name, (reached, possible) in score.parts.items():
                console.print(Text(f"  {name}: {reached:g} of {possible:g} points"))
            console.print(Text(f"  total: {score.points:g} of {score.possible:g} points", style="bold"))
    return buffer.getvalue()


def rows_of(line: LineResult) -> list[tuple[str, str]]:
    """The rows shown for a line, each with its style."""
    symbol, style = SYMBOLS[line.verdict]
    source = " ".join(line.source.split())
    shown = source if len(source) <= _WIDTH else source[: _WIDTH - 1] + "…"
    rows = [(f"  {symbol} {line.line:>4}:{line.column:<3} {line.verdict:<18} {line.role:<11} {shown}", style)]
    if line.verdict in ("wrong", "follows-from-error", "unreadable", "undecided", "timeout") and line.reason:
        rows.append((f"           {line.reason}", "dim"))
    if line.diagnosis is not None:
        part = f"  in  {line.diagnosis['part']}" if line.diagnosis.get("part") and line.diagnosis["part"] != source else ""
        rows.append((f"           probable slip: {line.diagnosis['kind']} — {line.diagnosis['sentence']}{part}", ""))
    if line.counterexample is not None:
        rows.append((f"           counterexample: {told(line.counterexample, to_unicode)}", ""))
    rows += [(f"           remark: {remark}", "dim") for remark in line.remarks]
    return rows


def _counts(report: Report) -> str:
    return (
        ", ".join(f"{count} {verdict}" for verdict, count in report.summary.items() if verdict != "not-mathematics")
        or "no mathematics found"
    )
