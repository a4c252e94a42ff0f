r"""What carries no mathematics is taken off a text, position by position: delimiters, labels, layout, comments; bars told apart.

The result has the length of the text, so every span found in it is a span of the text.
"""

from __future__ import annotations

import re

from derivations.check.reader.balance import check_balance, matching_brace
from derivations.check.reader.bars import bars_told_apart
from derivations.check.reader.blanking import GAP, WORDS, blanked
from derivations.check.reader.characters import check_control_characters
from derivations.check.reader.errors import NothingToRead, TooLong, UnexpectedText

MAX_LENGTH = 8000

_DELIMITERS = (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$"))
_QUANTIFIED = re.compile(r"(\\forall\s*)_")
_LABEL = re.compile(
    r"\s*(\d{1,2}\.\s*)?(\d{1,2}|[A-Za-z]|[ivx]{1,4})\)(?=\s*[^\s\d=,])|\s*\((\d{1,2}|[ivx]{2,4})\)(?=\s*[\\A-Za-z])"
)
"""A label in front of a line: a), 2. b), iv)."""
_BARE_WORDS = re.compile(
    r"(?<![A-Za-z\\{._^])(?:s\.\s?t\.|w\.r\.t\.|i\.e\.|e\.g\.|o\.w\.|i\.i\.d\.)"
    r"|(?:(?<=quad)|(?<=quad )|(?<=\\[,;: ])|(?<=[,~&] )|(?<=[~&]))"
    r"(?:and|or|if|iff|where|otherwise|when|for|with|then|else|such that|subject to)"
    r"(?=\s*(?:\\[,;: ]|\\q?quad|~|\Z|\\\\|\\end))"
)
"""Words that stand between formulas without \\text: abbreviations, and words with a space on both sides."""
_IN_TEXT = re.compile(r"\\(?:text[a-z]*|mbox|hbox|intertext|emph|operatorname|mathrm)\*?\s*\{[^{}]*\}")
_CLASS = re.compile(r"\\math(?:rel|bin|ord|open|close|punct)\s*\{")
_GOES_ON = re.compile(
    r"\s*(?:[-+*/=<>≤≥≈∝&,.;]|\\\\|\\(?:n?eq|n?e|leq?|geq?|approx|propto|equiv|sim|cdot|times|in|to|quad|qquad)(?![A-Za-z])|\Z)"
)
"""What a column does not start with."""
_ENDS_WHOLE = re.compile(r"[A-Za-z0-9)}\]]\s*\Z")
_STARTS_WHOLE = re.compile(r"\s*[A-Za-z0-9({]")
_ANY_RELATION = re.compile(r"[=<>≤≥≈∝]|\\(?:leq?|geq?|approx|propto|equiv|neq|ne|sim|in|to|rightarrow)(?![A-Za-z])")
_BIG_SCRIPT = re.compile(r"\\(overset|stackrel|underset)\s*\{")
_RELATIONS = re.compile(
    r"\\(n?eq|n?e|leq?|geq?|lt|gt|approx|propto|equiv|simeq|sim|cong|to|rightarrow|longrightarrow|Rightarrow|triangleq|in|Longrightarrow"
    r"|iff|implies|Leftrightarrow|leftarrow|doteq|perp)|[:=<>≤≥≈∼]+"
)


def laid_out(text: str) -> str:
    r"""The text with everything blanked that carries no mathematics, and bars told apart; of the same length.

    >>> laid_out(r"\left( x \,|\, y \right) % a comment").split()
    ['(', 'x', '\ue002', 'y', ')']

    Raises: TooLong, TooDeep, ForbiddenCharacter, UnbalancedLeft, MissingBrace, MissingBracket, NothingToRead.
    """
    if len(text) > MAX_LENGTH:
        raise TooLong(text[:MAX_LENGTH], MAX_LENGTH - 1, f"{len(text)} characters", (f"at most {MAX_LENGTH}",))
    check_control_characters(text)
    check_balance(text)
    out = _without_relation_marks(_without_classes(_undelimited(text)))
    if "&" in out and "\\begin" not in out:
        out = _columns_apart(out)
    out = _QUANTIFIED.sub(lambda match: match.group(1) + " ", out)
    out = _with_bare_words_marked(out)
    if (label := _LABEL.match(out)) is not None:
        out = " " * label.end() + out[label.end() :]
    if "\\" in out or "&" in out or "%" in out or "$" in out or not out.isascii():
        out = blanked(out, text)
    if not out.strip():
        raise NothingToRead(text, 0)
    if "|" in out or "vert" in out or "Vert" in out:
        out = bars_told_apart(out)
    return out


def _undelimited(text: str) -> str:
    r"""Without the $…$ or \[…\] around it."""
    inner = text.strip()
    for opening, closing in _DELIMITERS:
        if len(inner) >= len(opening) + len(closing) and inner.startswith(opening) and inner.endswith(closing):
            first = text.index(opening)
            last = text.rindex(closing)
            return (
                text[:first] + " " * len(opening) + text[first + len(opening) : last] + " " * len(closing)
                + text[last + len(closing) :]
            )  # fmt: skip
    return text


def _with_bare_words_marked(text: str) -> str:
    r"""s.t. and \\quad or\\quad as words; what stands in \\text already is one."""
    known = [match.span() for match in _IN_TEXT.finditer(text)] if "\\" in text else []

    def marked(match: re.Match[str]) -> str:
        is_known = any(start <= match.start() < end for start, end in known)
        return match.group() if is_known else WORDS[0] + match.group()[1:-1] + WORDS[1]

    return _BARE_WORDS.sub(marked, text)


def _without_classes(text: str) -> str:
    r"""\mathrel{=} as = alone."""
    while (match := _CLASS.search(text)) is not None:
        end = matching_brace(text, match.end() - 1)
        text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() : end] + " " + text[end + 1 :]
    return text


def _columns_apart(text: str) -> str:
    """a &= b & c &= d as two formulas: a mark behind a whole relation and in front of a new one ends a column."""
    out, position, has_relation = [], 0, False
    for piece in re.split(r"(?<!\\)(&|\\\\)", text):
        if piece == "&":
            rest = text[position + 1 :]
            column = has_relation and not _GOES_ON.match(rest)
            if not column and _ENDS_WHOLE.search(text[:position]) and _STARTS_WHOLE.match(rest):
                raise UnexpectedText(text, position, "& between two factors")
            out.append(GAP if column else " ")
            has_relation = has_relation and not column
        else:
            out.append(piece)
            relation = _ANY_RELATION.search(piece)
            is_whole = relation is not None and bool(piece[relation.end() :].strip())
            has_relation = piece != "\\\\" and (has_relation or is_whole)
        position += len(piece)
    return "".join(out)


def _without_relation_marks(text: str) -> str:
    r"""\overset{(a)}{=} as = alone."""
    position = 0
    while (match := _BIG_SCRIPT.search(text, position)) is not None:
        position = match.end()
        middle = matching_brace(text, match.end() - 1)
        second = re.compile(r"\s*\{").match(text, middle + 1)
        if second is not None:
            end = matching_brace(text, second.end() - 1)
            inside, first = text[second.end() : end], second.end()
        else:
            single = re.compile(r"\s*(\\[A-Za-z]+|\S)").match(text, middle + 1)
            if single is None:
                continue
            end, inside, first = single.end(), single.group(), middle + 1
        if _RELATIONS.fullmatch(inside.strip()):
            closing = 1 if second is not None else 0
            text = text[: match.start()] + " " * (first - match.start()) + inside + " " * closing + text[end + closing :]
    return text
