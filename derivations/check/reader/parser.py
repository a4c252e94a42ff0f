"""From text to tree: Lark's LALR parser on the grammar beside this file, its complaints turned into named errors."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from lark import Lark, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from derivations.check.reader.errors import (
    BareScript,
    EmptyFraction,
    ForbiddenCharacter,
    MissingBrace,
    MissingBracket,
    ReadingError,
    TooManyTokens,
    UnexpectedEnd,
    UnexpectedText,
    UnknownCommand,
)  # fmt: skip
from derivations.check.reader.layout import laid_out
from derivations.check.reader.tree import Node, Planter

MAX_TOKENS = 4000

_EXPECTED = {
    "LETTER": "a letter", "NUMBER": "a number", "RGROUP": "}", "RPAR": ")", "RBRACK": "]", "RBRACE": r"\}", "LGROUP": "{",
    "SIGN": "+ or -", "REL": "a relation", "DIGIT": "a digit", "END": r"\end", "RBAR": "|", "RNORM": r"\|", "$END": "the end",
    "LPAR": "(", "RFLOOR": r"\rfloor", "RCEIL": r"\rceil", "FRACTION": r"\frac", "RANGLE": r"\rangle",
}  # fmt: skip
_CLOSING = {"RGROUP", "RPAR", "RBRACK", "RBRACE", "RBAR", "RNORM", "RANGLE", "RFLOOR", "RCEIL"}
_ENVIRONMENT = re.compile(r"\\begin\s*\{([^{}]*)\}")
_COMMAND = re.compile(r"\\[A-Za-z]+|\\.")


@lru_cache(maxsize=1)
def grammar() -> Lark:
    """The parser, built once."""
    text = files("derivations.check.reader").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=Planter(), maybe_placeholders=False)


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    r"""The tree of a formula.

    >>> parse(r"\frac{1}{2} x_i").kind
    'term'

    Raises: the errors of `derivations.check.reader.errors`.
    """
    clean = laid_out(text)
    if len(clean) > MAX_TOKENS and len(re.findall(r"\\[A-Za-z]+|\d+|\S", clean)) > MAX_TOKENS:
        raise TooManyTokens(text, 0, f"more than {MAX_TOKENS}")
    try:
        tree: Node = grammar().parse(clean)  # type: ignore[assignment]
    except UnexpectedInput as failure:
        raise _named(failure, text, clean) from None
    return tree


def _named(failure: UnexpectedInput, text: str, clean: str) -> ReadingError:
    """The error a student can act on."""
    position = failure.pos_in_stream if failure.pos_in_stream is not None else len(text)
    if isinstance(failure, UnexpectedToken):
        token = failure.token
        position = len(text.rstrip()) if token.type == "$END" else (token.start_pos or 0)
        allowed = set(failure.accepts or failure.expected)
        return _at_token(token.type, position, allowed, text, clean)
    if isinstance(failure, UnexpectedCharacters):
        return _at_character(position, set(failure.allowed or ()), text, clean)
    return UnexpectedEnd(text, len(text))


def _at_character(position: int, allowed: set[str], text: str, clean: str) -> ReadingError:
    command = _COMMAND.match(clean, position)
    before = clean[:position].rstrip()
    if before[-1:] in ("^", "_") and command is None and text[position] in "})]&^_":
        return BareScript(text, len(before) - 1, f"{before[-1]} without its script")
    if (environment := _ENVIRONMENT.match(clean, position)) is not None:
        return UnknownCommand(text, position, f"the environment {environment.group(1)}")
    if command is not None and command.group()[1:].isalpha() and not _known(command.group()):
        return UnknownCommand(text, position, command.group())
    if text[position] in "^_":
        return BareScript(text, position, f"{text[position]} without a letter in front")
    slip = _slip(position, allowed, text, clean)
    if slip is not None:
        return slip
    if not text[position].isascii():
        return ForbiddenCharacter(text, position, repr(text[position]))
    return UnexpectedText(text, position, command.group() if command else text[position], _expected(allowed))


def _at_token(kind: str, position: int, allowed: set[str], text: str, clean: str) -> ReadingError:
    if kind in ("SUB", "SUP"):
        return BareScript(text, position, f"{text[position]} without a letter in front")
    slip = _slip(position, allowed, text, clean)
    if slip is not None:
        return slip
    if kind == "$END":
        return UnexpectedEnd(text, max(0, position - 1), "", _expected(allowed))
    return UnexpectedText(text, position, text[position : position + 12].split(" ")[0], _expected(allowed))


def _slip(position: int, allowed: set[str], text: str, clean: str) -> ReadingError | None:
    """The frequent slips, by what the grammar would have allowed here."""
    before = clean[:position].rstrip()
    if before[-1:] in ("^", "_") and "DIGIT" in allowed:
        return BareScript(text, len(before) - 1, f"{before[-1]} without its script")
    if "DIGIT" in allowed and "SIGN" in allowed and "RGROUP" not in allowed:
        return EmptyFraction(text, min(position, len(text) - 1), "a command without its argument")
    if clean[position : position + 1] in (")", "]") or clean.startswith("\\}", position):
        return MissingBracket(text, position, f"{text[position]} that was never opened")
    if clean[position : position + 1] == "}":
        return MissingBrace(text, position, "} before a bracket inside is closed")
    missing = sorted(_EXPECTED.get(name, name) for name in allowed & _CLOSING)
    if missing and (position >= len(clean.rstrip()) or clean[position] in "&\\"):
        return MissingBracket(text, min(position, len(text) - 1), f"no closing {' or '.join(missing)}")
    return None


@lru_cache(maxsize=1)
def _commands() -> re.Pattern[str]:
    patterns = (terminal.pattern.to_regexp() for terminal in grammar().terminals)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _known(command: str) -> bool:
    return _commands().fullmatch(command) is not None or command in (r"\begin", r"\end")


def _expected(allowed: set[str]) -> tuple[str, ...]:
    return tuple(sorted({_EXPECTED[name] for name in allowed if name in _EXPECTED}))[:6]
