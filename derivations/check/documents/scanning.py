"""Where the formulas of a text are: one pass over dollars, brackets, environments, code and comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

MATH_ENVIRONMENTS = (
    "equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat", "aligned", "gathered",
    "split", "dmath", "alignedat",
)  # fmt: skip
_NAMES = "|".join(MATH_ENVIRONMENTS)
_FORMULAS = (
    rf"(?P<dollars>\$\$)|(?P<bracket>\\\[)|(?P<paren>\\\()|(?P<environment>\\begin\s*\{{(?P<name>(?:{_NAMES})\*?)\}})|(?P<dollar>\$)"
)
_MARKDOWN = re.compile(
    r"(?P<fence>^[ \t>]*(?P<ticks>```+|~~~+)(?P<info>[^\n]*)\n)|(?P<html><!--)|(?P<escaped>\\\$)|(?P<code>(?P<tick>`+)(?!`))"
    rf"|{_FORMULAS}",
    re.MULTILINE,
)
_LATEX = re.compile(
    r"(?P<verbatim>\\begin\s*\{(?P<listing>verbatim|lstlisting|minted|comment)\*?\})"
    r"|(?P<verb>\\verb\*?(?P<mark>[^A-Za-z\s*])[^\n]*?(?P=mark))"
    r"|(?P<percent>(?<!\\)%[^\n]*)|(?P<escaped>\\[$%&#_])"
    rf"|{_FORMULAS}"
)
_ENVIRONMENT = re.compile(rf"\\(?P<which>begin|end)\s*\{{(?P<name>(?:{_NAMES})\*?)\}}")
_PROSE = re.compile(r"\n[ \t]*\n.*(?:\$|(?:[A-Za-z]{2,}[ ,.]+){4})", re.DOTALL)
"""What no display holds: words, or other formulas, behind a blank line."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MONEY = re.compile(r"\d[\d.,]*\s+[A-Za-z]{2,}[^\\=<>]*\s\Z")
"""Dollars of a sum of money: a number, words, and a space before the next dollar."""
MAX_INLINE = 4000
MAX_DISPLAY = 4000
"""Characters of a display that are searched for prose."""


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
    return Scanner(text, _LATEX if latex else _MARKDOWN).found()


@dataclass
class Scanner:
    """One pass over a text. What is not closed from some place on is not looked for again: the pass stays linear."""

    text: str
    openings: re.Pattern[str]
    unclosed: set[str] = field(default_factory=set)

    def found(self) -> Iterator[Found]:
        """The formulas and comments in order."""
        position = 0
        while (match := self.openings.search(self.text, position)) is not None:
            kind = next(name for name in _KINDS if match.groupdict().get(name) is not None)
            found = _KINDS[kind](self, match)
            if isinstance(found, Found):
                yield found
            position = match.end() if found is None else found if isinstance(found, int) else found.closed

    def _behind(self, sign: str, start: int) -> int | None:
        """The position of a closing sign."""
        if sign in self.unclosed:
            return None
        place = self.text.find(sign, start)
        if place >= 0:
            return place
        self.unclosed.add(sign)
        return None

    def _comment(self, match: re.Match[str]) -> Found | int | None:
        if match.group() != "<!--":
            return Found("comment", match.start(), match.end(), *match.span())
        end = self._behind("-->", match.end())
        return None if end is None else Found("comment", match.start(), end + 3, match.start(), end + 3)

    def _skipped(self, match: re.Match[str]) -> int:
        return match.end()

    def _fence(self, match: re.Match[str]) -> Found | int:
        ticks = match.group("ticks")
        pattern = re.compile(rf"^[ \t>]*{re.escape(ticks)}[`~]*[ \t]*$", re.MULTILINE)
        closing = None if ticks in self.unclosed else pattern.search(self.text, match.end())
        end, closed = closing.span() if closing else (len(self.text), len(self.text))
        return Found("dollars", match.end(), end, match.start(), closed) if match.group("info").strip() == "math" else closed

    def _code(self, match: re.Match[str]) -> int | None:
        tick = match.group("tick")
        end = self._behind(tick, match.end())
        return None if end is None or _BLANK_LINE.search(self.text, match.end(), end) else end + len(tick)

    def _verbatim(self, match: re.Match[str]) -> int:
        end = self._behind("\\end{" + match.group("listing"), match.end())
        return len(self.text) if end is None else end

    def _display(self, match: re.Match[str]) -> Found | None:
        kind = match.lastgroup or ""
        sign = _CLOSINGS[kind]
        start = match.end()
        end = self._behind(sign, start)
        if end is None or (kind == "dollars" and _PROSE.search(self.text, start, min(end, start + MAX_DISPLAY))):
            return None
        return Found(kind, start, end, match.start(), end + len(sign))

    def _environment(self, match: re.Match[str]) -> Found | None:
        end = self._ends.get(match.start())
        return None if end is None else Found("environment", match.start(), end, match.start(), end)

    @cached_property
    def _ends(self) -> dict[int, int]:
        r"""Where the environment that begins somewhere ends: each \end closes the last open \begin of its name."""
        opened: dict[str, list[int]] = {}
        found: dict[int, int] = {}
        for match in _ENVIRONMENT.finditer(self.text):
            places = opened.setdefault(match.group("name"), [])
            if match.group("which") == "begin":
                places.append(match.start())
            elif places:
                found[places.pop()] = match.end()
        return found

    def _inline(self, match: re.Match[str]) -> Found | None:
        """$…$ within a paragraph; a dollar before a digit behind the closing one is money."""
        after = end = match.end()
        while True:
            end = self.text.find("$", end, after + MAX_INLINE)
            if end < 0:
                return None
            if self.text[end - 1] != "\\":
                break
            end += 1
        inside = self.text[after:end]
        if not inside or _BLANK_LINE.search(inside) or _MONEY.match(inside):
            return None
        if self.text[end + 1 : end + 2].isdigit() and not inside.strip().startswith("\\"):
            return None
        ticks = len(inside) > 2 and inside[0] == inside[-1] == "`"
        return Found("dollar", after + ticks, end - ticks, match.start(), end + 1)


_CLOSINGS = {"dollars": "$$", "bracket": r"\]", "paren": r"\)"}
_KINDS: dict[str, Callable[[Scanner, re.Match[str]], Found | int | None]] = {
    "fence": Scanner._fence, "html": Scanner._comment, "percent": Scanner._comment, "escaped": Scanner._skipped,
    "verb": Scanner._skipped, "code": Scanner._code, "verbatim": Scanner._verbatim, "dollars": Scanner._display,
    "bracket": Scanner._display, "paren": Scanner._display, "environment": Scanner._environment, "dollar": Scanner._inline,
}  # fmt: skip
"""What an opening is → what becomes of it: a formula, a position to go on from, or nothing when it stands for itself."""
