"""From a display to its rows: environments are opened, rows split, broken rows joined, frames and labels taken off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_ROW_ENVIRONMENTS = (
    "aligned", "align", "gather", "gathered", "split", "eqnarray", "multline", "flalign", "alignat", "alignedat", "equation",
    "displaymath", "math", "dmath",
)  # fmt: skip
_OPEN = re.compile(
    rf"\s*\\begin\s*\{{(?P<name>(?:{'|'.join(_ROW_ENVIRONMENTS)})\*?)\}}(?P<options>\s*\[[^\]]*\])?(?P<columns>\s*\{{\s*\d+\s*\}})?"
)
_TOKENS = re.compile(r"\\begin\s*\{[^}]*\}|\\end\s*\{[^}]*\}|\\\\(?:\s*\[[^\]]*\])?|\\left|\\right|\\.|[{}()\[\]&]", re.DOTALL)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{")
_LABEL = re.compile(
    r"\s*(?P<label>(?:\(?\d{1,2}[.)]\s*)?\(?(?:[a-hA-H]|[ivx]{1,4})\)|\d{1,2}\.(?=\s*(?:\\q?quad|\\frac|\\partial|[A-Za-z(])))\s*(?:\\q?quad)?(?=\s*[^\s=<>+*/^_-])"
)
_LEADING_WORDS = re.compile(
    r"\s*\\(?:text|textrm|mbox|textbf|textit)\s*\{(?P<words>[^{}]*)\}(?=\s*(?P<next>\\[A-Za-z]+|\S))"
)
_RELATION = re.compile(
    r"\s*(?:\\(?:therefore|because|Rightarrow|Leftrightarrow|implies|iff|Longrightarrow|Longleftrightarrow|quad|qquad|,|;|!|:)\s*|[∴⇒⇔⟹⟺]\s*)*"
    r"(?P<relation>:?=|<|>|≤|≥|≈|∝|\\(?:leq?|geq?|approx|propto|equiv|simeq|lt|gt|leqslant|geqslant|neq?|overset|stackrel|underset)(?![A-Za-z]))"
)
_ANY_RELATION = re.compile(r"[=<>≤≥≈∝]|\\(?:leq?|geq?|approx|propto|equiv|neq|ne|sim|in|to|rightarrow)(?![A-Za-z])")
_JOINS_BEFORE = re.compile(r"(?:[-+*/×·=]|\\(?:times|cdot|pm|left\s*[(\[{.|]|div))\s*$")
_JOINS_AFTER = re.compile(
    r"\s*(?:(?:\\(?:quad|qquad|,|;|!|:|hspace\{[^}]*\}|phantom\{[^}]*\})|\{\})\s*)*(?:[-+*/×·]|\\(?:times|cdot)(?![A-Za-z]))"
)

_ASIDE = re.compile(r"\\(?P<name>tag\*?|(?:short)?intertext)\s*\{")
_REMARK = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)[\s,.;]*")
_MARKUP = re.compile(r"\\[A-Za-z]+\*?|[{}$]")
_SEAM = re.compile(r"\A\s*(?:(?:\\(?:quad|qquad|,|;|!|:)(?![A-Za-z])|\{\})\s*)+")


@dataclass
class Row:
    """A row of a display with the position in the file of each character."""

    latex: str
    origin: Sequence[int] = field(repr=False)
    label: str = ""
    words: str = ""
    boxed: bool = False

    @property
    def continues(self) -> bool:
        """Whether it starts with a relation."""
        return starts_with_relation(self.latex)


def starts_with_relation(latex: str) -> bool:
    r"""Whether a row starts with a relation: what is on its left stands in the row before.

    >>> starts_with_relation(r"\quad = b"), starts_with_relation("a = b")
    (True, False)
    """
    return _RELATION.match(latex) is not None


def rows_of(latex: str, origin: Sequence[int]) -> list[Row]:
    r"""The rows of a formula.

    >>> [row.latex.strip() for row in rows_of(r"\begin{aligned} a &= b + \\ &\quad c \\ &= d \end{aligned}", range(60))]
    ['a  = b +          c', '= d']
    """
    latex, boxed = _unboxed(latex)
    latex, said = _without_asides(latex)
    first, last = _opened(latex)
    rows = _split(latex, origin, first, last, said)
    joined: list[Row] = []
    for row in rows:
        if joined and _goes_on(joined[-1].latex, row.latex):
            before = joined.pop()
            row.latex = _SEAM.sub(lambda seam: " " * len(seam.group()), row.latex, count=1)
            gap = " "
            row = Row(
                before.latex + gap + row.latex,
                [*before.origin, before.origin[-1] if len(before.origin) else 0, *row.origin],
                words=before.words,
                boxed=boxed,
            )
        joined.append(row)
    found = [_trimmed(Row(row.latex, row.origin, words=row.words, boxed=boxed or "\\boxed" in row.latex)) for row in joined]
    return [row for row in found if row.latex.strip(" \\,;.&")]


def _unboxed(latex: str) -> tuple[str, bool]:
    """Without \\boxed{…}, blank for blank."""
    boxed = False
    while (match := _BOXED.search(latex)) is not None:
        end = _closed(latex, match.end())
        if end is None:
            break
        boxed = True
        latex = latex[: match.start()] + " " * (match.end() - match.start()) + latex[match.end() : end - 1] + " " + latex[end:]
    return latex, boxed


def _without_asides(latex: str) -> tuple[str, dict[int, str]]:
    r"""With \tag*{…} as \text{…} and \tag{1} left out; \intertext{…} is the end of a row, its words stand before the next."""
    said: dict[int, str] = {}
    while (match := _ASIDE.search(latex)) is not None:
        end = _closed(latex, match.end())
        if end is None:
            break
        blank = " " * (end - match.start())
        if match.group("name") == "tag*":
            words = _MARKUP.sub(lambda found: " " * len(found.group()), latex[match.end() : end - 1])
            blank = "\\text{".ljust(match.end() - match.start()) + words + "}"
        elif match.group("name") != "tag":
            said[match.start() + 2] = latex[match.end() : end - 1].strip()
            blank = "\\\\" + blank[2:]
        latex = latex[: match.start()] + blank + latex[end:]
    return latex, said


def _closed(latex: str, start: int) -> int | None:
    """Where the group that was opened before `start` is closed; None when it is not."""
    depth, end = 1, start
    while end < len(latex) and depth:
        if latex[end] == "\\":
            end += 2
            continue
        depth += {"{": 1, "}": -1}.get(latex[end], 0)
        end += 1
    return None if depth else end


def _opened(latex: str) -> tuple[int, int]:
    """The part inside environments that only lay out rows."""
    first, last = 0, len(latex)
    while (match := _OPEN.match(latex, first, last)) is not None:
        closing = f"\\end{{{match.group('name')}}}"
        end = latex.rstrip().rfind(closing, first, last)
        if end < 0 or latex[end + len(closing) : last].strip(" .,;\n\t"):
            break
        if latex.count(f"\\begin{{{match.group('name')}}}", first, last) > 1:
            break
        takes_columns = match.group("name").startswith("alignat") or match.group("name").startswith("alignedat")
        first = match.end() if takes_columns or not match.group("columns") else match.start("columns")
        last = end
    return first, last


def _split(latex: str, origin: Sequence[int], first: int, last: int, said: Mapping[int, str]) -> list[Row]:
    """Cut at every \\\\ outside of inner environments and braces; alignment marks become spaces."""
    characters = list(latex)
    cuts, environments, braces, ampersands = [first], 0, 0, 0
    for match in _TOKENS.finditer(latex, first, last):
        token = match.group()
        if token.startswith("\\begin"):
            environments += 1
        elif token.startswith("\\end"):
            environments -= 1
        elif token == "{":
            braces += 1
        elif token == "}":
            braces -= 1
        elif token.startswith("\\\\") and environments == 0 and braces <= 0:
            characters[match.start() : match.end()] = " " * (match.end() - match.start())
            cuts += [match.start(), match.end()]
            ampersands = 0
        elif token == "&" and environments == 0 and braces <= 0:
            ampersands += 1
            characters[match.start()] = "\uf8ff" if ampersands % 2 == 0 else " "
    cuts.append(last)
    text = "".join(characters)
    found = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        for piece_start, piece_end in _columns(text, start, end):
            words = said.get(piece_start, "")
            found.append(Row(text[piece_start:piece_end].replace("\uf8ff", " "), origin[piece_start:piece_end], words=words))
    return [row for row in found if row.latex.strip()]


def _columns(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """a &= b & c &= d as two rows; cells without a relation of their own stay together; (by Jensen) in a cell is a remark."""
    cells = []
    position = start
    for place in (i for i in range(start, end) if text[i] == "\uf8ff"):
        cells.append((position, place))
        position = place + 1
    cells.append((position, end))
    while len(cells) > 1 and _REMARK.fullmatch(text, *cells[-1]):
        end = cells.pop()[0] - 1
    if len(cells) > 1 and all(
        _ANY_RELATION.search(text, *cell) and not starts_with_relation(text[cell[0] : cell[1]]) for cell in cells
    ):
        return cells
    return [(start, end)]


def _goes_on(before: str, after: str) -> bool:
    """Whether a row is the rest of the row before: an operator at the seam, or a bracket still open."""
    if _JOINS_BEFORE.search(before.rstrip(" ,;")):
        return True
    if _JOINS_AFTER.match(after) and not _ANY_RELATION.search(_at_top_level(_JOINS_AFTER.sub("", after, count=1))):
        return True
    return _open_brackets(before) > 0 and not starts_with_relation(after)


def _at_top_level(latex: str) -> str:
    """What stands outside of braces and brackets."""
    kept, depth = [], 0
    for character in latex:
        if character in "{([":
            depth += 1
        elif character in "})]":
            depth -= 1
        elif depth <= 0:
            kept.append(character)
    return "".join(kept)


def _open_brackets(latex: str) -> int:
    plain = re.sub(r"\\[{}|]|\\(?:left|right|big|Big|bigg|Bigg)[lr]?\s*\.", "", latex)
    return sum({"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0) for character in plain)


def _trimmed(row: Row) -> Row:
    """Without a label such as 2. a) in front and without leading words; both are kept aside."""
    match = _LABEL.match(row.latex)
    if match is not None and match.end() < len(row.latex):
        row.label = match.group("label").strip()
        row.latex = " " * match.end() + row.latex[match.end() :]
    match = _LEADING_WORDS.match(row.latex)
    if match is not None and not starts_with_relation(row.latex[match.end() :]) and match.group("next")[0] not in "_^([{'":
        row.words = match.group("words").strip()
        row.latex = " " * match.end() + row.latex[match.end() :]
    return row
