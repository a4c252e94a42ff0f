"""Where reports go: one text for all of them, or a folder with a file for each document."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

from derivations.check.report import FORMATS, SUFFIXES
from derivations.check.report.html import to_pages
from derivations.check.report.overview import short_names
from derivations.check.report.result import Report
from derivations.check.report.rubric import Rubric
from derivations.check.report.terminal import PIPED, to_text


def text_of(
    reports: Sequence[Report], form: str, rubric: Rubric | None, *, colour: bool = False, quiet: bool = False, columns: int = 0,
    solution: str = "",
) -> str:  # fmt: skip
    """All reports as one text; solution: what is shown after them."""
    if form == "text":
        text = to_text(reports, rubric, colour=colour, everything=not quiet, columns=columns or PIPED)
        return f"{text}\n{solution}" if solution else text
    text = FORMATS[form](reports, rubric)
    if not solution:
        return text
    if form == "json":
        return json.dumps({**json.loads(text), "solution": solution}, ensure_ascii=False, indent=1)
    shown = f'<section class="derivations-class"><h2>Solution</h2><pre>{escape(solution)}</pre></section>'
    return text.replace("</main>", f"{shown}</main>")


def is_folder(output: str, count: int) -> bool:
    """Whether an output is a folder: it is one, ends like one, or is to hold several reports and has no suffix."""
    if output == "-":
        return False
    place = Path(output)
    if place.is_dir() or output.endswith(("/", os.sep)):
        return True
    return count > 1 and not place.suffix and not place.exists()


def write_folder(
    folder: Path, reports: Sequence[Report], form: str, rubric: Rubric | None, *, quiet: bool = False, solution: str = ""
) -> None:
    """A file for each document; pages with an overview of them all, index.html. Raises: OSError."""
    names = [f"{name}{SUFFIXES[form]}" for name in short_names([report.file for report in reports])]
    if form == "html":
        for name, page in to_pages(reports, rubric, names):
            _put(folder / name, page)
        if solution:
            _put(folder / "solution.txt", solution)
        return
    for name, report in zip(names, reports, strict=True):
        _put(folder / name, text_of([report], form, rubric, quiet=quiet, solution=solution))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="replace")
