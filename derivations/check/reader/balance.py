r"""Whether braces and \left … \right pair, and how deep a text nests; looked at before anything is parsed."""

from __future__ import annotations

import re

from derivations.check.reader.errors import MissingBrace, ReadingError, TooDeep, UnbalancedLeft, UnmatchedEnvironment

MAX_DEPTH = 200

_STRUCTURE = re.compile(
    r"\\(?:left|right)(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|.)?|\\(?P<end>begin|end)\s*\{(?P<name>[^{}]*)\}"
    r"|\\.|%[^\n]*|[{}()\[\]]",
    re.DOTALL,
)


def check_balance(text: str) -> None:
    r"""Depth of nesting, and braces, \left … \right and \begin … \end that have no partner."""
    stack: list[tuple[str, int]] = []
    for match in _STRUCTURE.finditer(text):
        token, start = match.group(), match.start()
        if token[0] == "\\":
            if token.startswith("\\left"):
                stack.append(("\\left", start))
            elif token.startswith("\\right"):
                _close(stack, "\\left", text, start, UnbalancedLeft)
            elif match.group("end") == "begin":
                stack.append((match.group("name"), start))
            elif match.group("end") == "end":
                _close(stack, match.group("name"), text, start, UnmatchedEnvironment)
        elif token[0] == "%":
            continue
        elif token == "{":
            stack.append((token, start))
        elif token == "}":
            _close(stack, "{", text, start, MissingBrace)
        elif token in "([":
            stack.append((token, start))
        else:
            for position in range(len(stack) - 1, -1, -1):
                if stack[position][0] not in ("(", "["):
                    break
                if stack[position][0] in "([":
                    del stack[position:]
                    break
        if len(stack) > MAX_DEPTH:
            raise TooDeep(text, start, f"more than {MAX_DEPTH} levels")
    for token, start in stack:
        if token == "{":
            raise MissingBrace(text, start, "{ that is never closed")
        if token == "\\left":
            raise UnbalancedLeft(text, start, r"\left that is never closed")
        if token not in "([":
            raise UnmatchedEnvironment(text, start, rf"\begin{{{token}}} that is never ended")


def _close(stack: list[tuple[str, int]], opening: str, text: str, start: int, error: type[ReadingError]) -> None:
    while stack and stack[-1][0] in ("(", "["):
        stack.pop()
    if stack and stack[-1][0] == opening:
        stack.pop()
        return
    inner, place = stack[-1] if stack else ("", start)
    if inner == "\\left":
        raise UnbalancedLeft(text, place, r"\left that is not closed before this group ends")
    if inner not in ("", "{") and error is not UnmatchedEnvironment:
        raise UnmatchedEnvironment(text, place, rf"\begin{{{inner}}} that is not ended before this group ends")
    if error is UnmatchedEnvironment:
        named = f", inside {inner}" if inner == "{" else rf", where \begin{{{inner}}} is open" if inner else ""
        raise error(text, start, rf"\end{{{opening}}} without its \begin{named}")
    if error is UnbalancedLeft:
        raise error(text, start, r"\right inside a group that has no \left" if inner else r"\right without \left")
    raise error(text, start, "} that was never opened")


def matching_brace(text: str, opening: int) -> int:
    """The position of the } that closes the { at `opening`; the end of the text when there is none."""
    depth = 0
    position = opening
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 2
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return position
        position += 1
    return len(text)
