"""Macros that a file defines for itself: \\newcommand, \\def, \\DeclareMathOperator; found, and expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

_DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?|DeclareRobustCommand)\s*(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))\s*"
    r"(?:\[(?P<arity>\d)\])?(?:\[(?P<default>[^\]]*)\])?\s*\{|\\def\s*\\(?P<plain>[A-Za-z]+)(?P<slots>(?:#\d)*)\s*\{"
    r"|\\DeclareMathOperator(?P<star>\*?)\s*(?:\{\s*\\(?P<operator>[A-Za-z]+)\s*\}|\\(?P<bareoperator>[A-Za-z]+))\s*\{"
    r"|\\DeclarePairedDelimiter\s*(?:\{\s*\\(?P<pair>[A-Za-z]+)\s*\}|\\(?P<barepair>[A-Za-z]+))\s*(?=\{)"
    r"|\\let\s*\\(?P<copy>[A-Za-z]+)\s*=?\s*(?P<original>\\[A-Za-z]+)"
)
_SLOT = re.compile(r"(?P<before>\\[A-Za-z]+)?#(?P<slot>\d)")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_OPTION = re.compile(r"\s*\[([^\]]*)\]")
_TOKEN = re.compile(r"\s*(\{|\\[A-Za-z]+|\S)")
_NAMES = ("braced", "bare", "plain", "operator", "bareoperator", "pair", "barepair", "copy")
_PROGRAM = re.compile(r"\\(?:if[a-z]*|else|fi|let|def|csname|expandafter|futurelet)(?![A-Za-z])")
"""A body that decides while it is expanded: the command keeps the meaning it had."""
MAX_DEPTH = 20
MAX_EXPANDED = 20_000


@dataclass(frozen=True)
class Macro:
    """A command defined in the file."""

    body: str
    arity: int = 0
    default: str | None = None


def without_comments(text: str) -> str:
    """The text with comments blanked, position by position."""
    return re.sub(r"(?<!\\)%[^\n]*", lambda match: " " * len(match.group()), text)


def macros_in(text: str, *, comments: bool = True) -> dict[str, Macro]:
    r"""The commands a file defines; with `comments`, what stands behind a % is none.

    >>> macros_in(r"\newcommand{\R}[1]{\mathbb{R}^{#1}} \let\eps\varepsilon")["eps"].body
    '\\varepsilon'
    """
    found = _definitions(without_comments(text) if comments else text)
    return {name: macro for name, macro, _, _ in found if not _PROGRAM.search(macro.body)}


def without_definitions(text: str) -> str:
    r"""The text with the definitions of macros blanked, position by position.

    >>> without_definitions(r"\def\a{b} c").split()
    ['c']
    """
    for _, _, start, end in _definitions(text):
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _definitions(text: str) -> Iterator[tuple[str, Macro, int, int]]:
    """Every definition: its name, its macro, from where to where it stands."""
    for match in _DEFINITION.finditer(text):
        name = next(match.group(name) for name in _NAMES if match.group(name))
        end = closing_brace(text, match.end() - 1)
        if match.group("copy"):
            yield name, Macro(match.group("original")), match.start(), match.end()
        elif match.group("pair") or match.group("barepair"):
            left, middle = _argument(text, match.end())
            right, end = _argument(text, middle)
            if left is not None and right is not None:
                yield name, Macro(rf"\left{left} #1 \right{right}", 1), match.start(), end
        elif match.group("operator") or match.group("bareoperator"):
            yield name, Macro(rf"\operatorname{match.group('star')}{{{text[match.end() : end]}}}"), match.start(), end + 1
        else:
            slots = match.group("slots")
            arity = len(slots) // 2 if slots else int(match.group("arity") or 0)
            yield name, Macro(text[match.end() : end], arity, match.group("default")), match.start(), end + 1


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
        body = _SLOT.sub(partial(_filled, arguments), macro.body)
        if body[-1:].isalpha() and latex[end : end + 1].isalpha() and "\\" in body:
            body += " "
        out.append(body)
        places += [origin[match.start()]] * len(body)
        position, changed = end, True
        if len(places) > MAX_EXPANDED:
            return latex, origin
    if not changed:
        return latex, origin
    out.append(latex[position:])
    places += origin[position:]
    return expanded("".join(out), places, macros, depth + 1)


def _filled(arguments: Sequence[str], match: re.Match[str]) -> str:
    r"""A slot with its argument; \\hat#1 with x is \\hat x."""
    slot, before = int(match.group("slot")), match.group("before") or ""
    argument = arguments[slot - 1] if 0 < slot <= len(arguments) else match.group()[len(before) :]
    return before + (" " if before and argument[:1].isalpha() else "") + argument


def _arguments(latex: str, position: int, macro: Macro) -> tuple[list[str] | None, int]:
    """The arguments of a macro and the position behind them; None when they are missing."""
    found: list[str] = []
    for slot in range(macro.arity):
        if slot == 0 and macro.default is not None:
            match = _OPTION.match(latex, position)
            found.append(match.group(1) if match else macro.default)
            position = match.end() if match else position
            continue
        argument, position = _argument(latex, position)
        if argument is None:
            return None, position
        found.append(argument)
    return found, position


def _argument(text: str, position: int) -> tuple[str | None, int]:
    """What stands in the braces at a position, or the single token there."""
    match = _TOKEN.match(text, position)
    if match is None:
        return None, position
    if match.group(1) != "{":
        return match.group(1), match.end()
    end = closing_brace(text, match.end() - 1)
    return text[match.end() : end], end + 1
