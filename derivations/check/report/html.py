"""Reports as pages: the student's own document with marks in the margin; self-contained, printable, without scripts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from urllib.parse import quote

from derivations.check.documents.showing import ShownRow, shown_rows
from derivations.check.report.overview import Row, overview, short_names, slips
from derivations.check.report.result import LineResult, Report, told
from derivations.check.report.rubric import Rubric
from derivations.check.report.style import PAGE, STYLE
from derivations.check.report.terminal import SYMBOLS, counts
from derivations.render.letters import to_unicode

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is fetched and nothing runs, whatever a document holds."""
_ORDER = ("wrong", "follows-from-error", "unreadable", "timeout", "undecided", "right", "not-mathematics")


def to_html(reports: Sequence[Report], rubric: Rubric | None) -> str:
    """One page with all reports, those of several documents under an overview."""
    title = reports[0].file or "Checked derivation" if len(reports) == 1 else f"{len(reports)} documents"
    names = {place: f"#d{place}" for place in range(len(reports))}
    above = _overview(reports, rubric, names) if len(reports) > 1 else ""
    return _page(title, above + "\n".join(_article(report, rubric, f"d{place}") for place, report in enumerate(reports)))


def to_pages(reports: Sequence[Report], rubric: Rubric | None, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(name, page) for every document and for the overview of them all, index.html."""
    above = '<nav class="derivations-class"><a href="{}index.html">all documents</a></nav>'
    links = dict(enumerate(quote(name.encode("utf-8", "surrogateescape")) for name in names))
    yield "index.html", _page(f"{len(reports)} documents", _overview(reports, rubric, links))
    names_shown = short_names([report.file for report in reports])
    for place, (name, report) in enumerate(zip(names, reports, strict=True)):
        back = above.format("../" * name.count("/"))
        title = names_shown[place]
        yield name, _page(title, back + _article(replace(report, file=title), rubric, "d0"))


def fragment(report: Report, rubric: Rubric | None = None) -> str:
    """One report with its style, to be put into another page."""
    return f"<style>{STYLE}</style>{_article(report, rubric, 'd0')}"


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{PAGE}{STYLE}</style></head><body>\n<main>{body}</main>\n</body></html>\n"
    )


def _text(text: str) -> str:
    """Text of others: escaped, and without what cannot be written as UTF-8."""
    return escape(text.encode("utf-8", "replace").decode("utf-8"))


def _article(report: Report, rubric: Rubric | None, name: str) -> str:
    rows = list(shown_rows(report.text, report.format))
    inside = _inside(rows, report.lines)
    body = "".join(_row(row, inside.get(place, ()), name) for place, row in enumerate(rows))
    head = f"<h2>{_text(report.file or 'Checked derivation')}</h2><p>{escape(counts(report))}"
    first = report.first_wrong
    if first is not None:
        head += f'; the first wrong line is <a class="wrong" href="#{name}-{first.line}">line {first.line}</a>'
    head += "</p>"
    if report.failure:
        head += f'<p class="wrong">{_text(report.failure)}</p>'
    head += "".join(f"<p><i>Note: {_text(note)}</i></p>" for note in report.notes)
    if rubric is not None and not report.failure:
        score = report.score(rubric)
        items = "".join(f"<li>{_text(part)}: {escape(score.told(part))}</li>" for part in score.parts)
        head += f"<ul>{items}<li><b>total: {score.points:g} of {score.possible:g} points</b></li></ul>"
    titles = "".join(f'<th scope="col">{title}</th>' for title in ("Line", "Mark", "Document", "Note"))
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>" if report.text else ""
    return f'<article class="derivations-check" id="{name}">{head}{table}</article>\n'


def _inside(rows: Sequence[ShownRow], results: Sequence[LineResult]) -> dict[int, list[LineResult]]:
    """Row → the results that stand in it, or go on in it."""
    filled = [place for place, row in enumerate(rows) if len(row.origin)]
    starts = [rows[place].origin[0] for place in filled]
    found: dict[int, list[LineResult]] = {}
    for result in results:
        first, last = bisect_right(starts, result.start) - 1, bisect_left(starts, max(result.end, result.start + 1))
        for place in filled[max(first, 0) : last]:
            found.setdefault(place, []).append(result)
    return found


def _row(row: ShownRow, inside: Sequence[LineResult], name: str) -> str:
    results = [result for result in inside if result.line == row.number]
    worst = min((result.verdict for result in results), key=_ORDER.index, default="")
    mark, place = "", f' id="{name}-{row.number}"' if row.number else ""
    if worst and worst != "not-mathematics":
        mark = f'<span aria-hidden="true">{SYMBOLS[worst][0]}</span><span class="said">{worst}</span>'
    notes = "".join(_note(result) for result in results if result.verdict not in ("right", "not-mathematics") or result.remarks)
    return (
        f'<tr class="{worst}"{place}><td class="n">{row.number or ""}</td><td class="m {worst}">{mark}</td>'
        f'<td class="s">{_marked(row, inside)}</td><td class="c">{notes}</td></tr>\n'
    )


def _marked(row: ShownRow, results: Sequence[LineResult]) -> str:
    """The row with every formula in it underlined by its verdict."""
    verdicts = [""] * len(row.text)
    for result in results:
        for place in range(bisect_left(row.origin, result.start), bisect_left(row.origin, result.end)):
            verdicts[place] = verdicts[place] or result.verdict
    pieces, position = [], 0
    for verdict, run in groupby(verdicts):
        length = len(list(run))
        text = _text(row.text[position : position + length])
        pieces.append(f'<mark class="{verdict}">{text}</mark>' if verdict else text)
        position += length
    return "".join(pieces)


def _note(result: LineResult) -> str:
    parts = [f'<b class="{result.verdict}">{escape(result.verdict)}</b> <i>({escape(result.role)})</i>']
    if result.reason:
        parts.append(_text(result.reason))
    if result.diagnosis is not None:
        part = result.diagnosis.get("part")
        where = f", in <code>{_text(part)}</code>" if part and part != result.source else ""
        parts.append(f"Probable slip: <b>{_text(result.diagnosis['kind'])}</b>, {_text(result.diagnosis['sentence'])}{where}")
    if result.counterexample is not None:
        shown = told(result.counterexample, to_unicode).replace(" = ", "\u00a0=\u00a0")
        parts.append(f"Counterexample: {_text(shown)}")
    parts += [f"Remark: {_text(remark)}" for remark in result.remarks]
    return f'<div class="{result.verdict}">{"<br>".join(parts)}</div>'


def _overview(reports: Sequence[Report], rubric: Rubric | None, links: Mapping[int, str]) -> str:
    """A table of all documents and the most common slips."""
    rows = overview(reports, rubric)
    head = "".join(
        f'<th scope="col">{title}</th>'
        for title in ("Document", "Points" if rubric else "Right", "Wrong", "Open", "First wrong line", "Its probable slip")
    )
    body = "".join(_overview_row(row, links[place]) for place, row in enumerate(rows))
    found = [slip for slip in slips(reports) if slip.name]
    places = {row.name: place for place, row in enumerate(rows)}
    items = "".join(
        f"<li><b>{_text(slip.name)}</b> in {len(slip.files)} of {len(reports)}: "
        + ", ".join(f'<a href="{links[places[file]]}">{_text(file)}</a>' for file in slip.files[:12])
        + (" …" if len(slip.files) > 12 else "") + "</li>"
        for slip in found[:12]
    )  # fmt: skip
    common = f"<h2>Most common slips</h2><ol>{items}</ol>" if items else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<section class="derivations-class"><h1>{len(reports)} documents</h1>{table}{common}</section>\n'


def _overview_row(row: Row, link: str) -> str:
    if row.report.failure:
        why = f'<td colspan="5" class="wrong">{_text(row.report.failure)}</td>'
        return f'<tr><td><a href="{link}">{_text(row.name)}</a></td>{why}</tr>\n'
    first, slip = "", ""
    if row.first is not None:
        source = " ".join(row.first.source.split())
        first = f"{row.first.line}: <code>{_text(source[:60] + ('…' if len(source) > 60 else ''))}</code>"
        slip = row.slip or "no single slip explains it"
    cells = f"<td>{row.told}</td><td>{row.bad or ''}</td><td>{row.unsure or ''}</td><td>{first}</td><td>{_text(slip)}</td>"
    return f'<tr><td><a href="{link}">{_text(row.name)}</a></td>{cells}</tr>\n'
