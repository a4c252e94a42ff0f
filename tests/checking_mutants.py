"""Mutants of the corpus: one edit in one row, of the kinds students make, kept only where the row becomes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from checking_corpus import LAYOUTS, Document, documents

PREMISES = ("let", "and let", "assume", "we solve", "with a multiplier")
"""Paragraphs that start so say what is given: a change there is another problem, not a mistake."""


@dataclass(frozen=True)
class Mutant:
    """A document with one wrong row: the kind of edit, the row before and after, its number among all rows."""

    document: Document
    kind: str
    before: str
    after: str
    row: int
    text: str

    @property
    def line(self) -> int:
        """The number of the wrong line in the text."""
        lines = [line.strip().removesuffix("\\\\").strip() for line in self.text.splitlines()]
        place = -1
        for row in _rows(self.document, self.row, self.after)[: self.row + 1]:
            place = lines.index(row.strip(), place + 1)
        return place + 1


def _rows(document: Document, changed: int, after: str) -> list[str]:
    rows = [row for _, rows in document.paragraphs for row in rows]
    rows[changed] = after
    return rows


Edit = Callable[[str], Iterator[str]]


def _each(pattern: str, change: Callable[[re.Match[str]], str]) -> Edit:
    """One mutant for each match."""

    def edit(row: str) -> Iterator[str]:
        for match in re.finditer(pattern, row):
            new = change(match)
            if new != match.group():
                yield row[: match.start()] + new + row[match.end() :]

    return edit


def _right(edit: Edit) -> Edit:
    """Only behind the last = of a row."""

    def behind(row: str) -> Iterator[str]:
        place = _last_equals(row)
        for new in edit(row[place:]):
            yield row[:place] + new

    return behind


def _last_equals(row: str) -> int:
    depth, found = 0, 0
    for place, character in enumerate(row):
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(character, 0)
        if character == "=" and depth == 0:
            found = place + 1
    return found


def _dropped(row: str) -> Iterator[str]:
    """A summand at the top level left out."""
    place = _last_equals(row)
    side, depth = row[place:], 0
    cuts = []
    for position, character in enumerate(side):
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(character, 0)
        if depth == 0 and character in "+-" and side[:position].strip() and side[position - 1] == " ":
            cuts.append(position)
    for start, end in zip(cuts, [*cuts[1:], len(side)][: len(cuts)], strict=True):
        yield row[:place] + side[:start] + side[end:]


EDITS: dict[str, tuple[Edit, ...]] = {
    "sign": (
        _right(_each(r"(?<= )[+-](?= )", lambda m: {"+": "-", "-": "+"}[m.group()])),
        _right(_each(r"(?<=^ )-(?=[\\a-z(])", lambda m: "")),
        _right(_each(r"^ (?=[\\a-zA-Z(])", lambda m: " -")),
        _right(_each(r"(?<=e\^\{)-", lambda m: "")),
    ),
    "factor": (
        _right(_each(r"^ (?=[\\a-zA-Z(])", lambda m: " 2 ")),
        _right(_each(r"^ (?=[\\a-zA-Z(])", lambda m: r" \frac{1}{2} ")),
        _right(_each(r"(?<![\d^_{])2 (?=[\\a-zA-Z(])", lambda m: "")),
        _right(_each(r"\\frac\{1\}\{2\} ", lambda m: "")),
        _right(_each(r"(?<=\{)2 (?=[\\a-zA-Z])", lambda m: "")),
    ),
    "power": (
        _right(_each(r"\^2(?!\d)", lambda m: "^3")),
        _right(_each(r"(?<=[)a-z}])\^2(?!\d)", lambda m: "")),
        _right(_each(r"\^3", lambda m: "^2")),
        _right(_each(r"\^4", lambda m: "^2")),
    ),
    "index": (
        _right(_each(r"_\{kd\}", lambda m: "_{jd}")),
        _right(_each(r"\\mu_\{y\^\{\(i\)\} d\}", lambda m: r"\mu_{kd}")),
        _right(_each(r"(?<=[a-z])_j(?=[ }+-])", lambda m: "_k")),
        _right(_each(r"(?<=[a-z])_k(?=[ }+-])", lambda m: "_j")),
    ),
    "range": (
        _right(_each(r"(?<=\^)\{n\}", lambda m: "{n-1}")),
        _right(_each(r"(?<=\^)\{N\}", lambda m: "{K}")),
        _right(_each(r"(?<=\^)\{K\}", lambda m: "{K-1}")),
        _right(_each(r"(?<=_\{[ij]=)1(?=\})", lambda m: "2")),
    ),
    "dropped term": (_dropped,),
    "indicator": (_right(_each(r"1\[y\^\{\(i\)\} = k\] ", lambda m: "")), _right(_each(r"1\[y_i = k\] ", lambda m: ""))),
    "n against n-1": (_right(_each(r"\\frac\{1\}\{n\}", lambda m: r"\frac{1}{n - 1}")), _right(_each(r"\\frac\{1\}\{N\}", lambda m: r"\frac{1}{N - 1}"))),  # noqa: E501
}  # fmt: skip


def mutants(keep: Callable[[Document, str, str], bool]) -> Iterator[Mutant]:
    """Every edit of every row of every document in every layout; `keep` says whether the row became wrong."""
    for document in documents():
        number = -1
        for paragraph, (words, rows) in enumerate(document.paragraphs):
            for place, row in enumerate(rows):
                number += 1
                if words.lower().startswith(PREMISES) and place == 0:
                    continue
                seen = {row}
                for kind, edits in EDITS.items():
                    for after in (new for edit in edits for new in edit(row)):
                        if after in seen or not keep(document, row, after):
                            continue
                        seen.add(after)
                        for layout, (form, write) in enumerate(LAYOUTS):
                            paragraphs = tuple(
                                (w, tuple(after if (p, q) == (paragraph, place) else r for q, r in enumerate(rs)))
                                for p, (w, rs) in enumerate(document.paragraphs)
                            )
                            changed = replace(document, format=form, layout=layout)
                            yield Mutant(changed, kind, row, after, number, write(paragraphs))
