"""Plain text: every line that reads as mathematics is one; the others are the words around it."""

from __future__ import annotations

import re

from derivations.check.documents.assembling import MAX_WORDS, Assembler
from derivations.check.documents.pieces import Document, Line
from derivations.check.documents.rows import rows_of, starts_with_relation
from derivations.check.documents.tables import arithmetic_in, lines_of, tables_in

_RELATION = re.compile(r"[=<>≤≥≈∝∴]|\\(?:leq?|geq?|approx|equiv|propto)(?![A-Za-z])")
_WORD = re.compile(r"(?<![\\A-Za-z{_^])[A-Za-z]{3,}(?![A-Za-z({]*[({_^])")
_OR = re.compile(r"(?<=[\s,])or(?=\s)")
_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi",
    "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
_OPERATORS = (
    "log", "exp", "sum", "prod", "sin", "cos", "tan", "max", "min", "argmax", "argmin", "det", "ell", "sqrt", "diag", "frac",
    "lim", "inf", "sup",
)  # fmt: skip
_MATHEMATICAL = frozenset((*_GREEK, *_OPERATORS))
_ITEM = re.compile(r"\s*(?:[-*•>]+\s+|\(?(?:\d{1,2}|[a-z])[.)]\s+)+(?=\S)")
"""Marks of items in a list or of a quotation, in front of a formula."""
_NAME = re.compile(rf"(?<![\\A-Za-z])d?({'|'.join(sorted(_MATHEMATICAL, key=len, reverse=True))})(?![A-Za-z])")
"""The name of a letter or function without its backslash, also behind the d of a derivative."""


def split_plain(text: str) -> Document:
    """The lines of a plain text.

    >>> [line.latex for line in split_plain("First we note that\\n(a+b)^2 = a^2 + b^2\\nwhich is clear.").lines]
    ['(a+b)^2 = a^2 + b^2']
    """
    assembler = Assembler(text)
    tables = list(tables_in(text))
    position, block = 0, 0
    for row in text.splitlines(keepends=True):
        start, position = position, position + len(row)
        table = next((t for t in tables if t.start <= start < t.end), None)
        if table is not None:
            if table.start == start:
                assembler.tables += 1
                assembler.lines += lines_of(table, assembler.tables, assembler.chapter)
            continue
        content = row.rstrip("\n")
        if not content.strip():
            block += 1
            continue
        if is_formula(content):
            _add(assembler, content, start, block)
        else:
            for formula, place in arithmetic_in(content, start):
                assembler.lines.append(Line(formula, range(place, place + len(formula)), display=False, block=block))
            assembler.words = f"{assembler.words} {content}".strip()[-MAX_WORDS:]
    return Document(text, tuple(assembler.lines), "text")


def spelled(content: str, start: int) -> tuple[str, list[int]]:
    r"""A line with the names of letters and functions as commands, and where each character comes from.

    >>> spelled("dL/dlambda = sum_i x_i / sqrt(n)", 0)[0]
    'dL/d\\lambda  = \\sum_i x_i / \\sqrt {n}'
    """
    content = content.replace("+/-", " ± ").replace("+-", "± ")
    pieces: list[str] = []
    origin: list[int] = []
    position = 0
    for match in _NAME.finditer(content):
        name, end = match.group(1), match.end()
        pieces.append(content[position : match.start(1)])
        origin += range(start + position, start + match.start(1))
        command = f"\\{name} " if content[end : end + 1] not in ("_", "^", "{") else f"\\{name}"
        pieces.append(command)
        origin += [start + match.start(1)] * len(command)
        position = end
        if name == "sqrt" and (closed := _closing(content, end)) is not None:
            pieces.append("{" + content[end + 1 : closed] + "}")
            origin += range(start + end, start + closed + 1)
            position = closed + 1
    pieces.append(content[position:])
    origin += range(start + position, start + len(content))
    return "".join(pieces), origin


def _closing(content: str, opening: int) -> int | None:
    """Where the bracket that opens here closes."""
    depth = 0
    for place in range(opening, len(content)):
        depth += {"(": 1, ")": -1}.get(content[place], 0)
        if depth == 0:
            return place if content[opening] == "(" and place > opening else None
    return None


def _add(assembler: Assembler, content: str, start: int, block: int) -> None:
    content = _OR.sub("∨ ", content)
    item = _ITEM.match(content)
    if item is not None and _RELATION.search(content, item.end()) and not starts_with_relation(content[item.end() :]):
        content = " " * item.end() + content[item.end() :]
    for part in rows_of(*spelled(content, start)):
        assembler.lines.append(
            Line(
                part.latex, part.origin, before=assembler.words, continues=part.continues, block=block, boxed=part.boxed,
                label=part.label,
            )
        )  # fmt: skip
        assembler.words = ""


def is_formula(row: str) -> bool:
    """Whether a line holds a relation and no words."""
    words = [word for word in _WORD.findall(row) if word.lower() not in _MATHEMATICAL]
    return bool((_RELATION.search(row) or starts_with_relation(row)) and not words)
