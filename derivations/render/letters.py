"""LaTeX on one line of Unicode: the letters of the terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from derivations.render.alphabet import ACCENTS, COMMANDS, DOUBLE_STRUCK, LOWERED, RAISED

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\[^A-Za-z]|[{}_^]|\s+|.", re.DOTALL)
_OPENED = re.compile(r"\\left\s*(\\[A-Za-z]+|\\.|[^\sA-Za-z])\s*")
_CLOSED = re.compile(r"(?<!\s)\s*\\right\s*(\\[A-Za-z]+|\\.|[^\sA-Za-z])")
_PLAIN = ("mathrm", "operatorname", "text", "mathbf", "mathcal", "boldsymbol", "mathit", "mathsf")
_NUMBER_TIMES = re.compile(r"\d+[^\d.]")
_NEEDLESS_SPACE = re.compile(r"(?:(?<=[0-9π∂])|(?<=∂[²³⁴])) (?=[^\W\d_]|[(√])")


def to_unicode(latex: str) -> str:
    r"""LaTeX mathematics on one line of Unicode; what has no Unicode form keeps its marks.

    >>> to_unicode(r"x_{d}^{(i)} - \mu_{k d}")
    'x_d⁽ⁱ⁾ − μ_kd'
    >>> to_unicode(r"2 \pi \sigma_{d}^{2}")
    '2πσ_d²'
    """
    tokens = _TOKEN.findall(_CLOSED.sub(_fence, _OPENED.sub(_fence, latex)))
    return _NEEDLESS_SPACE.sub("", re.sub(" +", " ", _sequence(tokens, 0, "")[0])).strip()


def _fence(found: re.Match[str]) -> str:
    """A bracket that grows with what it holds, as it is on one line; a dot in its place is none."""
    return "" if found[1] == "." else f"{{{found[1]}}}"


def width(text: str) -> int:
    """The number of terminal cells of a line: combining accents take none."""
    return sum(not unicodedata.combining(character) for character in text)


def _sequence(tokens: list[str], position: int, end: str) -> tuple[str, int]:
    out = ""
    while position < len(tokens) and tokens[position] != end:
        token = tokens[position]
        if token in "_^":
            script, position = _argument(tokens, position + 1)
            out = out.rstrip() + _SCRIPTS[token](script)
        else:
            piece, position = _piece(tokens, position)
            out += piece
    return out, position + 1


def _argument(tokens: list[str], position: int) -> tuple[str, int]:
    while position < len(tokens) and tokens[position].isspace():
        position += 1
    return _piece(tokens, position) if position < len(tokens) else ("", position)


def _piece(tokens: list[str], position: int) -> tuple[str, int]:
    """One group, command with its arguments, or character."""
    token = tokens[position]
    if token == "{":
        return _sequence(tokens, position + 1, "}")
    if token.isspace():
        return " ", position + 1
    if not token.startswith("\\") or len(token) < 2:
        return {"-": "−"}.get(token, token), position + 1
    name = token[1:].rstrip("*")
    if name in COMMANDS:
        return COMMANDS[name], position + 1
    arity = 2 if name in ("frac", "dfrac", "tfrac") else 1 if _takes_argument(name) else 0
    arguments = []
    position += 1
    for _ in range(arity):
        argument, position = _argument(tokens, position)
        arguments.append(argument)
    return _command(name, arguments), position


def _takes_argument(name: str) -> bool:
    return name in ACCENTS or name in _PLAIN or name in ("mathbb", "sqrt")


def _command(name: str, arguments: list[str]) -> str:
    if len(arguments) == 2:
        top, bottom = (_NEEDLESS_SPACE.sub("", argument) for argument in arguments)
        return f"{_held(top)}/{f'({bottom})' if _NUMBER_TIMES.match(bottom) else _held(bottom)}"
    if not arguments:
        return name
    if name == "mathbb":
        return arguments[0].translate(DOUBLE_STRUCK)
    if name == "sqrt":
        return "√" + (arguments[0] if re.fullmatch(r"\w+", arguments[0]) else f"({arguments[0]})")
    return arguments[0][:1] + ACCENTS.get(name, "") + arguments[0][1:]


def _held(text: str) -> str:
    return text if re.fullmatch(r"[^\s+−/]*", text) else f"({text})"


def _raise(script: str) -> str:
    script = script.strip()
    raised = script.replace(" ", "").translate(RAISED)
    if not re.search(r"[A-Za-z0-9()=+−-]", raised) and not re.search(r"[^\W\d_]", _unraised(script)):
        return raised
    return f"^{script}" if len(script) == 1 else f"^({script})"


def _unraised(script: str) -> str:
    """What of a script has no raised form."""
    return "".join(c for c in script if ord(c) not in RAISED)


def _lower(script: str) -> str:
    script = script.strip()
    if script.isdigit():
        return script.translate(LOWERED)
    tight = script.replace(" ", "")
    return f"_{tight}" if re.fullmatch(r"[^\W_]+", tight) and not re.search("[⁰-⁹]", tight) else f"_{{{tight}}}"


_SCRIPTS: dict[str, Callable[[str], str]] = {"^": _raise, "_": _lower}
