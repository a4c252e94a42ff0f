"""LaTeX: formulas and environments of a .tex file, comments and preamble left out, simple macros expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derivations.check.documents.assembling import Assembler
from derivations.check.documents.pieces import Document
from derivations.check.documents.scanning import scan
from derivations.check.documents.tables import Span, Table

_DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?|DeclareRobustCommand)\s*(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))\s*"
    r"(?:\[(?P<arity>\d)\])?(?:\[(?P<default>[^\]]*)\])?\s*\{|\\def\s*\\(?P<plain>[A-Za-z]+)(?P<slots>(?:#\d)*)\s*\{"
    r"|\\DeclareMathOperator(?P<star>\*?)\s*(?:\{\s*\\(?P<operator>[A-Za-z]+)\s*\}|\\(?P<bareoperator>[A-Za-z]+))\s*\{"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_TABULAR = re.compile(r"\\begin\s*\{(tabularx?|longtable)\*?\}(?:\s*\{[^{}]*\}){1,2}(?P<body>.*?)\\end\s*\{\1\*?\}", re.DOTALL)
_RULES = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\s*\{[^}]*\}|cmidrule[^{]*\{[^}]*\})")
MAX_DEPTH = 20
MAX_EXPANDED = 20_000


@dataclass(frozen=True)
class Macro:
    """A command defined in the file."""

    body: str
    arity: int = 0
    default: str | None = None


def split_latex(text: str) -> Document:
    r"""The lines of a .tex file; `% role: …` sets the role of the line that follows.

    >>> document = split_latex(r"\newcommand{\v}[1]{\mathbf{#1}} \begin{document} $\v{x} = 0$ % $y$")
    >>> [line.latex for line in document.lines]
    ['\\mathbf{x} = 0']
    """
    macros = macros_in(text)
    start = text.find(r"\begin{document}")
    first = start + len(r"\begin{document}") if start >= 0 else 0
    end = text.find(r"\end{document}", first)
    last = end if end >= 0 else len(text)
    visible = without_comments(text)

    def expand(latex: str, origin: Sequence[int]) -> tuple[str, Sequence[int]]:
        return expanded(latex, origin, macros) if macros else (latex, origin)

    found = [piece for piece in scan(text, latex=True) if piece.opened >= first and piece.closed <= last]
    assembler = Assembler(visible, expand, commented=text)
    lines = assembler.assemble(found, first, last, list(_tabulars(visible, first, last)))
    return Document(text, tuple(lines), "latex")


def without_comments(text: str) -> str:
    """The text with comments blanked, position by position."""
    return re.sub(r"(?<!\\)%[^\n]*", lambda match: " " * len(match.group()), text)


def macros_in(text: str) -> dict[str, Macro]:
    """The commands a file defines."""
    found: dict[str, Macro] = {}
    for match in _DEFINITION.finditer(without_comments(text)):
        body_start = match.end()
        body_end = closing_brace(text, body_start - 1)
        body = text[body_start:body_end]
        name = next(match.group(k) for k in ("braced", "bare", "plain", "operator", "bareoperator") if match.group(k))
        if match.group("operator") or match.group("bareoperator"):
            found[name] = Macro(rf"\operatorname{match.group('star')}{{{body}}}")
        else:
            slots = match.group("slots")
            arity = len(slots) // 2 if slots else int(match.group("arity") or 0)
            found[name] = Macro(body, arity, match.group("default"))
    return found


def closing_brace(text: str, opening: int) -> int:
    """The position of the } that closes the { at `opening`, or the end."""
    depth, position = 0, opening
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
        position += 1
    return len(text)


def expanded(latex: str, origin: Sequence[int], macros: Mapping[str, Macro], depth: int = 0) -> tuple[str, Sequence[int]]:
    """The formula with macros replaced by their bodies; what comes out of a macro stands where the macro stood."""
    if depth > MAX_DEPTH or len(latex) > MAX_EXPANDED:
        return latex, origin
    out: list[str] = []
    places: list[int] = []
    position, changed = 0, False
    for match in _COMMAND.finditer(latex):
        macro = macros.get(match.group(1))
        if macro is None or match.start() < position:
            continue
        arguments, end = _arguments(latex, match.end(), macro)
        if arguments is None:
            continue
        out.append(latex[position : match.start()])
        places += origin[position : match.start()]
        body = macro.body
        for slot, argument in enumerate(arguments, start=1):
            body = body.replace(f"#{slot}", argument)
        if body[-1:].isalpha() and latex[end : end + 1].isalpha() and "\\" in body:
            body += " "
        out.append(body)
        places += [origin[match.start()]] * len(body)
        position, changed = end, True
    if not changed:
        return latex, origin
    out.append(latex[position:])
    places += origin[position:]
    return expanded("".join(out), places, macros, depth + 1)


def _arguments(latex: str, position: int, macro: Macro) -> tuple[list[str] | None, int]:
    """The arguments of a macro and the position behind them; None when they are missing."""
    found: list[str] = []
    for slot in range(macro.arity):
        if slot == 0 and macro.default is not None:
            match = re.compile(r"\s*\[([^\]]*)\]").match(latex, position)
            found.append(match.group(1) if match else macro.default)
            position = match.end() if match else position
            continue
        match = re.compile(r"\s*(\{|\\[A-Za-z]+|\S)").match(latex, position)
        if match is None:
            return None, position
        if match.group(1) == "{":
            end = closing_brace(latex, match.end() - 1)
            found.append(latex[match.end() : end])
            position = end + 1
        else:
            found.append(match.group(1))
            position = match.end()
    return found, position


def _tabulars(text: str, first: int, last: int) -> Iterator[Table]:
    """tabular environments as tables."""
    for match in _TABULAR.finditer(text, first, last):
        start = match.start("body")
        body = _RULES.sub(lambda rule: " " * len(rule.group()), match.group("body"))
        rows, position = [], 0
        for piece in re.split(r"(\\\\(?:\[[^\]]*\])?)", body):
            if not piece.startswith("\\\\") and piece.strip():
                cells, place = [], position
                for cell in piece.split("&"):
                    cells.append(Span(cell, start + place))
                    place += len(cell) + 1
                rows.append(tuple(cells))
            position += len(piece)
        if len(rows) > 1:
            yield Table(tuple(rows), match.start(), match.end())
