"""The book: all derivations as linked pages, one LaTeX file, Markdown, JSON, and the table of their verification."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.core.derivation import Derivation
from derivations.render.document import Document, Line, document_of
from derivations.render.html import FONTS, article, inline, katex_style, page
from derivations.render.latex import fragment
from derivations.render.markdown import page_of
from derivations.render.pages import asset_bytes, html_pages, plain_pages
from derivations.render.prose import latex_prose
from derivations.render.sentences import rule_documentation, rule_words
from derivations.render.typeset import typeset

if TYPE_CHECKING:
    from derivations.core.reports import Report

SCHEMA = "derivations/verification-table/1"
_SUBJECTS = {
    "gaussian-naive-bayes": "Gaussian naive Bayes",
    "gaussian-naive-bayes-per-class": "Gaussian naive Bayes with a variance for each class",
}
_HOME = ("index.html", "Contents")


@dataclass(frozen=True)
class Chapter:
    """A derivation with what the book says about it; `report` is None when it was not verified."""

    derivation: Derivation
    document: Document
    report: Report | None

    @property
    def slug(self) -> str:
        """The name of its files, without an ending."""
        return slug_of(self.derivation.name)

    @property
    def verdict(self) -> str:
        """How many of its checks passed, in words."""
        if self.report is None:
            return "not verified"
        passed = sum(1 for row in self.report.rows if row.ok)
        return f"{passed} of {len(self.report.rows)} checks passed"


def slug_of(name: str) -> str:
    """The file name of a derivation.

    >>> slug_of("gaussian-naive-bayes/mle-mean")
    'gaussian-naive-bayes-mle-mean'
    """
    return name.replace("/", "-")


def build_book(
    derivations: Sequence[Derivation],
    reports: Mapping[str, Report],
    directory: Path,
    progress: Callable[[str], None] | None = None,
    further: Mapping[str, str] | None = None,
) -> tuple[Path, ...]:
    """Write the book into a directory, made when it is missing, and return the files in the order written.

    Every file is replaced in one move, so that a reader never sees half of one. `progress` hears each file's name;
    `further` are pages written by others that the contents link to, by title.
    """
    chapters = [Chapter(d, document_of(d), reports.get(d.name)) for d in derivations]
    written = []
    for name, content in files_of(chapters, further or {}):
        target = directory / name
        write_atomically(target, content)
        written.append(target)
        if progress is not None:
            progress(name)
    return tuple(written)


def files_of(chapters: Sequence[Chapter], further: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The files of the book as (name, content), pages before the index that lists them."""
    yield from _assets()
    for chapter in chapters:
        document, slug = chapter.document, chapter.slug
        yield f"{slug}.html", _page(document.title, article(document, _links(chapters)), _HOME).encode()
        yield f"{slug}.md", page_of(document).encode()
        yield f"{slug}.json", chapter.derivation.to_json().encode()
    yield "rules.html", _rules_page(chapters)
    yield "verification.json", _verification(chapters).encode()
    yield "verification.html", _verification_page(chapters)
    yield "book.tex", book_latex(chapters).encode()
    yield "index.html", _index_page(chapters, further)


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file beside its place and move it there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def book_latex(chapters: Sequence[Chapter]) -> str:
    """All derivations as one LaTeX file: amsmath, amssymb, longtable and hyperref, no shell escape."""
    bodies = [fragment(chapter.document, r"\section", r"\subsection*") for chapter in chapters]
    return plain_pages().get_template("book.tex.j2").render(chapters=chapters, bodies=bodies, prose=latex_prose)


def _assets() -> Iterator[tuple[str, bytes]]:
    yield "katex/katex.min.js", asset_bytes("katex.min.js")
    yield "katex/katex.min.css", katex_style(inline=False).encode()
    yield "katex/LICENSE", asset_bytes("LICENSE")
    for font in FONTS:
        yield f"katex/fonts/KaTeX_{font}.woff2", asset_bytes(f"fonts/KaTeX_{font}.woff2")
    for name in ("style.css", "typeset.js"):
        yield name, html_pages().get_template(name).render().encode()


def _page(title: str, body: str, *crumbs: tuple[str, str]) -> str:
    return page(title, body, crumbs=crumbs)


def _links(chapters: Sequence[Chapter]) -> Callable[[Line], str]:
    """Where the rule of a line is explained: a lemma on its own page, a rule in the list of rules."""
    known = {chapter.derivation.name for chapter in chapters}

    def link(line: Line) -> str:
        if line.cites:
            return f"{slug_of(line.cites)}.html" if line.cites in known else ""
        return f"rules.html#{line.rule.replace(' ', '-')}" if rule_documentation(line.rule) else ""

    return link


def _rules_page(chapters: Sequence[Chapter]) -> bytes:
    used = dict.fromkeys(rule_words(step.rule) for chapter in chapters for step in chapter.derivation.steps)
    rules = [(words, rule_documentation(words)) for words in sorted(used)]
    body = html_pages().get_template("rules.html.j2").render(rules=rules)
    return _page("Rules", body, _HOME).encode()


def _index_page(chapters: Sequence[Chapter], further: Mapping[str, str]) -> bytes:
    subjects: dict[str, list[Chapter]] = {}
    for chapter in chapters:
        subjects.setdefault(_subject(chapter.derivation.name), []).append(chapter)
    body = html_pages().get_template("index.html.j2").render(
        subjects=subjects, prose=inline, formula=typeset, further=further
    )  # fmt: skip
    return _page("Derivations", body).encode()


def _subject(name: str) -> str:
    prefix = name.split("/")[0]
    return _SUBJECTS.get(prefix, prefix.replace("-", " ").capitalize())


def _verification_page(chapters: Sequence[Chapter]) -> bytes:
    body = html_pages().get_template("verification.html.j2").render(chapters=chapters, prose=inline)
    return _page("Verification", body, _HOME).encode()


def _verification(chapters: Sequence[Chapter]) -> str:
    """The table as JSON: {"schema", "ok", "reports": [...]}, each report as its own JSON has it."""
    reports = [chapter.report.as_dict() for chapter in chapters if chapter.report is not None]
    table = {"schema": SCHEMA, "ok": all(report["ok"] for report in reports), "reports": reports}
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"
