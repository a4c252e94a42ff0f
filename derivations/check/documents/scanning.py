"""Where the formulas of a text are: one pass over dollars, brackets, environments, code and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MATH_ENVIRONMENTS = (
    "equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat", "aligned", "gathered", "split",  # noqa: E501
    "dmath", "alignedat",
)  # fmt: skip
_NAMES = "|".join(MATH_ENVIRONMENTS)
_OPENINGS = {
    "dollars": re.compile(r"\$\$"),
    "bracket": re.compile(r"\\\["),
    "paren": re.compile(r"\\\("),
    "environment": re.compile(rf"\\begin\s*\{{((?:{_NAMES})\*?)\}}"),
    "dollar": re.compile(r"\$"),
}
_MARKDOWN = re.compile(
    r"(?P<fence>^[ \t]*(?P<ticks>```+|~~~+)[^\n]*\n)|(?P<comment><!--.*?-->)|(?P<escaped>\\\$)|(?P<code>(?P<tick>`+)(?!`))"
    rf"|(?P<dollars>\$\$)|(?P<bracket>\\\[)|(?P<paren>\\\()|(?P<environment>\\begin\s*\{{(?P<name>(?:{_NAMES})\*?)\}})|(?P<dollar>\$)",
    re.MULTILINE | re.DOTALL,
)
_LATEX = re.compile(
    r"(?P<verbatim>\\begin\s*\{(?P<listing>verbatim|lstlisting|minted|comment)\*?\})|(?P<comment>(?<!\\)%[^\n]*)|(?P<escaped>\\[$%&#_])"
    rf"|(?P<dollars>\$\$)|(?P<bracket>\\\[)|(?P<paren>\\\()|(?P<environment>\\begin\s*\{{(?P<name>(?:{_NAMES})\*?)\}})|(?P<dollar>\$)",
    re.DOTALL,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
MAX_INLINE = 4000


@dataclass(frozen=True)
class Found:
    """A formula (what is between its delimiters) or a comment: [start, end) inside the text, and where it ends altogether."""

    kind: str
    start: int
    end: int
    opened: int
    closed: int

    @property
    def display(self) -> bool:
        """Whether it stands on its own."""
        return self.kind not in ("dollar", "paren", "comment")


def scan(text: str, *, latex: bool = False) -> Iterator[Found]:
    """The formulas and comments of a text, in order; code is skipped."""
    pattern = _LATEX if latex else _MARKDOWN
    position = 0
    while (match := pattern.search(text, position)) is not None:
        kind = match.lastgroup or ""
        kind = next(name for name in match.groupdict() if match.group(name) is not None)
        found = _closed(text, match, kind)
        if found is None:
            position = match.end()
            continue
        if isinstance(found, int):
            position = found
            continue
        yield found
        position = found.closed


def _closed(text: str, match: re.Match[str], kind: str) -> Found | int | None:
    """The formula that starts here; a position to go on from when it is none; None when the opening stands for itself."""
    start, after = match.start(), match.end()
    if kind == "comment":
        return Found(kind, start, after, start, after)
    if kind == "escaped":
        return after
    if kind == "fence":
        closing = re.compile(rf"^[ \t]*{re.escape(match.group('ticks'))}[`~]*[ \t]*$", re.MULTILINE).search(text, after)
        return closing.end() if closing else len(text)
    if kind == "code":
        end = text.find(match.group("tick"), after)
        return None if end < 0 or _BLANK_LINE.search(text, after, end) else end + len(match.group("tick"))
    if kind == "verbatim":
        end = text.find("\\end{" + match.group("listing"), after)
        return len(text) if end < 0 else end
    return _formula(text, match, kind, start, after)


_CLOSINGS = {"dollars": "$$", "bracket": r"\]", "paren": r"\)"}


def _formula(text: str, match: re.Match[str], kind: str, start: int, after: int) -> Found | None:
    if kind == "environment":
        closing = _end_of(text, after, match.group("name"))
        return None if closing is None else Found(kind, start, closing, start, closing)
    if kind == "dollar":
        return _inline(text, start, after)
    sign = _CLOSINGS[kind]
    end = text.find(sign, after)
    if end < 0:
        return None
    return Found(kind, after, end, start, end + len(sign))


def _end_of(text: str, after: int, name: str) -> int | None:
    pattern = re.compile(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}")
    depth = 1
    while (match := pattern.search(text, after)) is not None:
        depth += 1 if match.group(1) == "begin" else -1
        after = match.end()
        if depth == 0:
            return after
    return None


def _inline(text: str, start: int, after: int) -> Found | None:
    """$…$ within a paragraph; a dollar before a digit behind the closing one is money."""
    end = after
    while True:
        end = text.find("$", end, after + MAX_INLINE)
        if end < 0:
            return None
        if text[end - 1] != "\\":
            break
        end += 1
    if end == after or _BLANK_LINE.search(text, after, end):
        return None
    if text[end + 1 : end + 2].isdigit() and not text[after:end].strip().startswith("\\"):
        return None
    return Found("dollar", after, end, start, end + 1)
