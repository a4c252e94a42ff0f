"""From the formulas found in a text to its lines: rows, the words between them, tables, exercises, comments that set a role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from derivations.check.documents.pieces import Line
from derivations.check.documents.rows import rows_of
from derivations.check.documents.scanning import Found
from derivations.check.documents.tables import Table, arithmetic_in, lines_of, tables_in

_ROLE = re.compile(r"\brole\s*[:=]\s*([a-z-]+)", re.IGNORECASE)
_CHAPTER = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]*(?:\(?\d{1,2}\b|[①-⑳]|(?:problem|question|exercise|task|aufgabe|q)\b[ \t]*\d*)"
    r"|[*_]{0,3}(?:problem|question|exercise|task)[ \t]*\d+|[*_]{0,3}Q\d+\b"
    r"|\(\d{1,2}\)[ \t]*(?:problem|question)|\d{1,2}\.[ \t]+\(?[a-z]\)"
    r"|\\(?:section|subsection|question|problem)\*?[ \t]*\{)",
    re.IGNORECASE | re.MULTILINE,
)
_DIGIT_LABEL = re.compile(r"^\(?\d{1,2}[.)]")
MAX_WORDS = 600
"""Characters of prose kept as context: the last ones count."""


@dataclass
class Assembler:
    """Collects lines in order."""

    text: str
    expand: Callable[[str, Sequence[int]], tuple[str, Sequence[int]]] = lambda latex, origin: (latex, origin)
    commented: str = ""
    lines: list[Line] = field(default_factory=list)
    words: str = ""
    block: int = 0
    chapter: int = 0
    role: str = ""
    tables: int = 0

    def assemble(
        self, found: Iterable[Found], first: int = 0, last: int | None = None, tables: Sequence[Table] | None = None
    ) -> list[Line]:
        """All lines between two positions. `tables`: those of the text where they are known, else they are looked for."""
        last = len(self.text) if last is None else last
        pieces = list(found)
        if tables is None:
            displays = [(piece.opened, piece.closed) for piece in pieces if piece.display]
            tables = [table for table in tables_in(self.text) if not _inside(table, displays)]
        position = first
        for piece in pieces:
            if any(table.start <= piece.opened < table.end for table in tables):
                continue
            position = self._prose(position, piece.opened, tables)
            if piece.kind == "comment":
                self._comment((self.commented or self.text)[piece.start : piece.end])
            else:
                self.formula(piece)
            position = piece.closed
        self._prose(position, last, tables)
        return self.lines

    def formula(self, piece: Found) -> None:
        """The rows of a formula."""
        self.block += 1
        latex, origin = self.expand(self.text[piece.start : piece.end], range(piece.start, piece.end))
        for row in rows_of(latex, origin):
            if _DIGIT_LABEL.match(row.label):
                self.chapter += 1
            before = f"{self.words} {row.words}".strip() if row.words else self.words
            self.lines.append(
                Line(
                    row.latex, row.origin, before=before[-MAX_WORDS:], continues=row.continues, block=self.block,
                    display=piece.display, boxed=row.boxed, label=row.label, role=self.role, chapter=self.chapter,
                )
            )  # fmt: skip
            self.words, self.role = "", ""

    def _prose(self, start: int, end: int, tables: Sequence[Table]) -> int:
        position = start
        for table in tables:
            if position <= table.start < end:
                self._words(position, table.start)
                self.tables += 1
                self.lines += lines_of(table, self.tables, self.chapter)
                self.words = ""
                position = table.end
            elif table.start < position < table.end:
                position = min(table.end, end)
        self._words(position, end)
        return end

    def _words(self, start: int, end: int) -> None:
        if start >= end:
            return
        prose = self.text[start:end]
        self.chapter += len(_CHAPTER.findall(prose))
        for formula, place in arithmetic_in(prose, start):
            self.block += 1
            self.lines.append(
                Line(
                    formula, range(place, place + len(formula)), before=prose[max(0, place - start - 80) : place - start],
                    block=self.block, display=False, chapter=self.chapter,
                )
            )  # fmt: skip
        self.words = f"{self.words} {prose}".strip()[-MAX_WORDS:]

    def _comment(self, comment: str) -> None:
        match = _ROLE.search(comment)
        if match is not None:
            self.role = match.group(1).lower()


def _inside(table: Table, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < table.end and table.start < end for start, end in spans)
