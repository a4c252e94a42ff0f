"""Vertical bars told apart: opening, closing, "given", evaluated-at; single and double."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

OPEN, CLOSE, GIVEN, EVALUATED = "\ue000", "\ue001", "\ue002", "\ue006"
OPEN_NORM, CLOSE_NORM, GIVEN_NORM = "\ue003", "\ue004", "\ue005"

_TOKEN = re.compile(r"\\[lr]?[vV]ert(?![A-Za-z])|\|\s?\||\\\||\|[a-z]?|\\\\|\\[A-Za-z]+|\\.|\s+|[^\s]", re.DOTALL)
_FORCED = {
    r"\lvert": OPEN, r"\rvert": CLOSE, r"\lVert": OPEN_NORM, r"\rVert": CLOSE_NORM,
}  # fmt: skip
_SINGLE = frozenset(("|", r"\vert", r"\lvert", r"\rvert"))
_OPENERS = frozenset(
    ("(", "[", "{", r"\{", r"\lbrack", r"\lbrace", r"\langle", r"\lfloor", r"\lceil", "⌊", "⌈", "⟨", OPEN, OPEN_NORM)
)
_CLOSERS = frozenset(
    (")", "]", "}", r"\}", r"\rbrack", r"\rbrace", r"\rangle", r"\rfloor", r"\rceil", "⌋", "⌉", "⟩", CLOSE, CLOSE_NORM)
)
_NOT_OPERANDS = frozenset(
    [
        "+",
        "-",
        "−",
        "=",
        "<",
        ">",
        ",",
        ";",
        ":",
        "/",
        "*",
        "^",
        "_",
        "&",
        "·",
        "×",
        "≤",
        "≥",
        "≠",
        "≈",
        "∼",
        "∝",
        "∈",
        "∑",
        "∏",
        "∫",
    ]
) | frozenset(
    "\\" + word
    for word in [
        "cdot",
        "times",
        "le",
        "leq",
        "ge",
        "geq",
        "ne",
        "neq",
        "lt",
        "gt",
        "in",
        "approx",
        "propto",
        "sim",
        "equiv",
        "log",
        "ln",
        "exp",
        "min",
        "max",
        "sum",
        "prod",
        "int",
        "to",
        "det",
        "pm",
        "mp",
        "div",
        "mid",
        "Rightarrow",
        "implies",
        "iff",
        "rightarrow",
        "argmin",
        "argmax",
        "arg",
        "sup",
        "inf",
        "lim",
        "quad",
        "qquad",
        "land",
        "lor",
        "wedge",
        "vee",
        "odot",
        "sin",
        "cos",
        "tanh",
        "tr",
        "triangleq",
        "therefore",
        "leftarrow",
        "Leftrightarrow",
        "because",
        "forall",
        "exists",
        "simeq",
    ]
)


@dataclass
class _Level:
    """The bars met so far between one pair of brackets: (start, end, token, whether an operand stands in front)."""

    bars: list[tuple[int, int, str, bool]] = field(default_factory=list)
    depth: int = 0

    def closes(self, start: int, end: int, kind: str, after_operand: bool) -> bool:
        """Whether the bar just met, read greedily, closes one; it is kept."""
        self.bars.append((start, end, kind, after_operand))
        self.depth += -1 if self.depth and after_operand else 1
        return after_operand and len(self.bars) > 1 and self.depth % 2 == 0


def bars_told_apart(text: str) -> str:
    r"""The text with every bar replaced by a sign for its part, padded to its length.

    Between one pair of brackets, a bar after an operand closes when one is open and opens when another follows;
    a single one is "given".

    >>> bars_told_apart("p(x|y)") == "p(x\ue002y)", bars_told_apart("|x|+|y|") == "\ue000x\ue001+\ue000y\ue001"
    (True, True)
    """
    levels = [_Level()]
    forced = {sign: part for sign, part in _FORCED.items() if text.count("\\l" + sign[2:]) == text.count("\\r" + sign[2:])}
    out = list(text)
    after_operand = False
    for match in _TOKEN.finditer(text):
        token, start, end = match.group(), match.start(), match.end()
        if token.isspace():
            continue
        if token[0] == "|" and len(token) == 2 and token[1].isalpha():
            token, end = "|", end - 1
        if token in forced:
            _write(out, start, end, forced[token])
            after_operand = forced[token] in (CLOSE, CLOSE_NORM)
            if match.end() > end:
                after_operand = True
        elif token in _SINGLE or token[0] == "|" or token in (r"\|", r"\Vert", r"\lVert", r"\rVert"):
            kind = "|" if token in _SINGLE else "‖"
            after_operand = levels[-1].closes(start, end, kind, after_operand)
            if match.end() > end:
                after_operand = True
        elif token in ("\\\\", "&"):
            _settle(levels[-1], out, text)
            levels[-1] = _Level()
            after_operand = False
        elif token in _OPENERS:
            levels.append(_Level())
            after_operand = False
        elif token in _CLOSERS:
            _settle(levels.pop(), out, text)
            if not levels:
                levels.append(_Level())
            after_operand = True
        else:
            after_operand = token not in _NOT_OPERANDS
    for level in levels:
        _settle(level, out, text)
    return "".join(out)


def _settle(level: _Level, out: list[str], text: str) -> None:
    """Decide every bar of a level, now that all are known."""
    bars = _split_doubles(level.bars)
    opened: list[str] = []
    left = Counter(kind for _, _, kind, _ in bars)
    for start, end, kind, operand in bars:
        remaining = left[kind]
        left[kind] -= 1
        if opened and opened[-1] == kind and operand:
            opened.pop()
            sign = CLOSE if kind == "|" else CLOSE_NORM
        elif (operand and (remaining % 2 == 1)) or (remaining == 1 and not opened):
            following = text[end : end + 80].lstrip()[:1]
            sign = EVALUATED if kind == "|" and following in ("_", "^") else GIVEN if kind == "|" else GIVEN_NORM
        else:
            opened.append(kind)
            sign = OPEN if kind == "|" else OPEN_NORM
        _write(out, start, end, sign)


def _split_doubles(bars: list[tuple[int, int, str, bool]]) -> list[tuple[int, int, str, bool]]:
    """|a||b|: a double bar between two single ones is two bars."""
    found: list[tuple[int, int, str, bool]] = []
    singles = 0
    for start, end, kind, operand in bars:
        if kind == "‖" and end - start == 2 and singles % 2 == 1 and operand:
            found += [(start, start + 1, "|", True), (start + 1, end, "|", True)]
            singles += 2
        else:
            singles += kind == "|"
            found.append((start, end, kind, operand))
    return found


def _write(out: list[str], start: int, end: int, sign: str) -> None:
    out[start:end] = [sign, *(" " * (end - start - 1))]
