"""Reports as a page: the student's own document with marks in the margin; self-contained, printable, without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from derivations.check.report.result import LineResult, Report, Rubric, told
from derivations.check.report.terminal import SYMBOLS
from derivations.render.letters import to_unicode

_STYLE = """
.derivations-check{font-family:Georgia,serif;line-height:1.45;max-width:70em;margin:1em auto;padding:0 1em}
.derivations-check table{border-collapse:collapse;width:100%}
.derivations-check td{vertical-align:top;padding:.05em .5em}
.derivations-check td.n{color:#888;text-align:right;font-size:80%;width:2.5em}
.derivations-check td.m{width:1.6em;text-align:center;font-weight:bold}
.derivations-check td.s{font-family:Menlo,Consolas,monospace;font-size:85%;white-space:pre-wrap;width:58%}
.derivations-check td.c{font-size:85%}
.derivations-check .right{color:#1a7f37}.derivations-check .wrong{color:#c00}.derivations-check .follows-from-error{color:#9a6700}
.derivations-check .undecided,.derivations-check .timeout{color:#0969da}.derivations-check .unreadable{color:#8250df}
.derivations-check tr.wrong td.s{background:#fff0f0}.derivations-check tr.follows-from-error td.s{background:#fff8e5}
.derivations-check mark{background:none;color:inherit;border-bottom:2px solid}
.derivations-check mark.wrong{border-color:#c00}.derivations-check mark.right{border-color:#9dd6ac}
.derivations-check mark.follows-from-error{border-color:#d4a72c}.derivations-check mark.undecided{border-color:#79b8ff}
.derivations-check mark.unreadable{border-color:#c9a5f7}.derivations-check mark.not-mathematics{border:none}
@media print{.derivations-check{max-width:none}.derivations-check td{break-inside:avoid}}
"""


def to_html(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """One page with all reports."""
    bodies = "\n".join(fragment(report, rubric) for report in reports)
    title = escape(reports[0].file or "Checked derivation") if len(reports) == 1 else f"{len(reports)} documents"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body>\n{bodies}\n</body></html>\n"
    )


def fragment(report: Report, rubric: Rubric | None = None) -> str:
    """One report, with its style."""
    by_line: dict[int, list[LineResult]] = {}
    for result in report.lines:
        by_line.setdefault(result.line, []).append(result)
    rows, offset = [], 0
    for number, source in enumerate(report.text.split("\n"), start=1):
        rows.append(_row(number, source, offset, by_line.get(number, []), report))
        offset += len(source) + 1
    counts = ", ".join(f"{count} {verdict}" for verdict, count in report.summary.items() if verdict != "not-mathematics")
    head = f"<h2>{escape(report.file or 'Checked derivation')}</h2><p>{escape(counts or 'no mathematics found')}</p>"
    if report.failure:
        head += f'<p class="wrong">{escape(report.failure)}</p>'
    if rubric is not None:
        score = report.score(rubric)
        head += (
            "<p>"
            + "; ".join(f"{escape(n)}: {r:g}/{p:g}" for n, (r, p) in score.parts.items())
            + f"; total {score.points:g}/{score.possible:g}</p>"
        )
    return f'<div class="derivations-check"><style>{_STYLE}</style>{head}<table>{"".join(rows)}</table></div>'


_ORDER = ("wrong", "follows-from-error", "unreadable", "timeout", "undecided", "right", "not-mathematics")


def _row(number: int, source: str, offset: int, results: Sequence[LineResult], report: Report) -> str:
    worst = min((result.verdict for result in results), key=_ORDER.index, default="")
    symbol = SYMBOLS[worst][0] if worst and worst != "not-mathematics" else ""
    notes = "".join(_note(result) for result in results if result.verdict not in ("right", "not-mathematics") or result.remarks)
    return (
        f'<tr class="{worst}"><td class="n">{number}</td><td class="m {worst}" title="{worst}">{symbol}</td>'
        f'<td class="s">{_marked(source, offset, report)}</td><td class="c">{notes}</td></tr>\n'
    )


def _marked(source: str, offset: int, report: Report) -> str:
    """The line of the file with every formula in it underlined by its verdict."""
    pieces, position = [], 0
    for result in sorted(report.lines, key=lambda result: result.start):
        start, end = max(result.start - offset, 0), min(result.end - offset, len(source))
        if (start >= len(source) and source) or end <= position or result.end <= offset or result.start > offset + len(source):
            continue
        start = max(start, position)
        pieces.append(escape(source[position:start]))
        pieces.append(f'<mark class="{result.verdict}">{escape(source[start:end])}</mark>')
        position = end
    pieces.append(escape(source[position:]))
    return "".join(pieces)


def _note(result: LineResult) -> str:
    parts = [f'<b class="{result.verdict}">{escape(result.verdict)}</b> <i>({escape(result.role)})</i>']
    if result.reason:
        parts.append(escape(result.reason))
    if result.diagnosis is not None:
        parts.append(f"Probable slip: <b>{escape(result.diagnosis['kind'])}</b>, {escape(result.diagnosis['sentence'])}")
    if result.counterexample is not None:
        parts.append(f"Counterexample: {escape(told(result.counterexample, to_unicode))}")
    parts += [f"Remark: {escape(remark)}" for remark in result.remarks]
    return f"<div>{'<br>'.join(parts)}</div>"
