r"""What carries no mathematics is blanked out, position by position: spacing, sizes, labels, \left and \right, comments.

The result has the length of the text, so every span found in it is a span of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from derivations.check.reader.bars import bars_told_apart
from derivations.check.reader.errors import (
    ForbiddenCharacter,
    MissingBrace,
    NothingToRead,
    ReadingError,
    TooDeep,
    TooLong,
    UnbalancedLeft,
)  # fmt: skip

MAX_LENGTH = 8000
MAX_DEPTH = 200

WORDS = "\ue020", "\ue021"
NAME = "\ue022", "\ue023"
OPERATOR = "\ue024"
"""The second sign of a name that was written as an operator: it applies to what follows."""
NULLS = {"left": "\ue010", "right": "\ue011"}

CONNECTIVES = frozenset(
    [
        "if",
        "and",
        "or",
        "for",
        "where",
        "otherwise",
        "with",
        "when",
        "then",
        "so",
        "since",
        "because",
        "let",
        "else",
        "as",
        "is",
        "are",
        "thus",
        "hence",
        "st",
        "s.t.",
        "such",
        "that",
        "while",
        "by",
        "in",
        "of",
        "to",
        "from",
        "the",
        "we",
        "have",
        "on",
        "at",
        "i.e.",
        "e.g.",
        "which",
    ]
)
"""Words that stand between formulas; any other single word inside \\text is a name."""

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]+)(?P<star>\*?)|\\(?P<sign>[\s\S])|(?P<comment>%[^\n]*)|(?P<char>[&$])|(?P<bad>[^\x20-\x7e\n\t\r])"
)
_NOTHING = frozenset(
    [
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "scriptscriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "hfill",
        "noindent",
        "allowbreak",
        "thinspace",
        "medspace",
        "thickspace",
        "negthinspace",
        "enspace",
        "enskip",
        "hline",
        "centering",
        "newline",
        "linebreak",
        "break",
        "strut",
        "mathstrut",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigm",
        "Bigm",
        "biggm",
        "Biggm",
        "normalsize",
        "large",
        "small",
        "Large",
        "displaylimits",
        "protect",
        "relax",
        "space",
        "left",
        "right",
        "middle",
        "par",
        "qedhere",
        "toprule",
        "midrule",
        "bottomrule",
        "footnotesize",
        "scriptsize",
        "mathclose",
        "mathopen",
        "mathinner",
        "null",
        "smallskip",
        "medskip",
        "bigskip",
        "boldmath",
        "unboldmath",
        "tiny",
        "it",
        "em",
        "textup",
    ]
)
_NOTHING_WITH_ARGUMENT = frozenset(
    [
        "hspace",
        "vspace",
        "phantom",
        "hphantom",
        "vphantom",
        "label",
        "tag",
        "color",
        "hskip",
        "kern",
        "mskip",
        "mkern",
        "eqref",
        "ref",
        "cite",
        "footnote",
        "textcolor",
        "colorbox",
        "fcolorbox",
        "setlength",
        "renewcommand",
        "noalign",
        "rule",
        "raisebox",
    ]
)
_TEXT = frozenset(["text", "textrm", "textbf", "textit", "mbox", "hbox", "textsf", "texttt", "textnormal", "emph",
    "intertext", "shortintertext", "operatorname", "mathrm", "mathop", "DeclareMathOperator", "mathsf", "mathit", "mathtt",
    "textsc", "up", "rm"])  # fmt: skip
_SIGNS = {",": "  ", ";": "  ", ":": "  ", "!": "  ", ">": "  ", " ": "  ", "\n": " \n", "-": "  ", "/": "  ", "@": "  "}
_DELIMITERS = (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$"))
_QUANTIFIED = re.compile(r"(\\forall\s*)_")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LABEL = re.compile(
    r"\s*(\d{1,2}\.\s*)?(\d{1,2}|[A-Za-z]|[ivx]{1,4})\)(?=\s*[^\s\d=,])|\s*\((\d{1,2}|[ivx]{2,4})\)(?=\s*[\\A-Za-z])"
)
"""A label in front of a line: a), 2. b), iv)."""
_BIG_SCRIPT = re.compile(r"\\(overset|stackrel|underset)\s*\{")
_RELATION_ONLY = re.compile(r"\s*(\\[A-Za-z]+|[:=<>≤≥≈∼+-]+)\s*")
_RELATIONS = re.compile(
    r"\\(n?eq|n?e|leq?|geq?|lt|gt|approx|propto|equiv|simeq|sim|cong|to|rightarrow|longrightarrow|Rightarrow|triangleq|in|Longrightarrow"
    r"|iff|implies|Leftrightarrow|leftarrow|doteq|perp)|[:=<>≤≥≈∼]+"
)
_BRACKETS = {")": "(", "]": "[", "}": "{", r"\}": r"\{"}
_STRUCTURE = re.compile(r"\\(?:left|right)(?![A-Za-z])\s*(\\[A-Za-z]+|\\.|.)?|\\begin\s*\{|\\end\s*\{|\\.|[{}()\[\]]", re.DOTALL)


def laid_out(text: str) -> str:
    r"""The text with everything blanked that carries no mathematics, and bars told apart; of the same length.

    >>> laid_out(r"\left( x \,|\, y \right) % a comment").split()
    ['(', 'x', '\ue002', 'y', ')']

    Raises: TooLong, TooDeep, ForbiddenCharacter, UnbalancedLeft, MissingBrace, MissingBracket, NothingToRead.
    """
    if len(text) > MAX_LENGTH:
        raise TooLong(text[:MAX_LENGTH], MAX_LENGTH - 1, f"{len(text)} characters", (f"at most {MAX_LENGTH}",))
    if (control := _CONTROL.search(text)) is not None:
        raise ForbiddenCharacter(text, control.start(), f"the control character U+{ord(control.group()):04X}")
    _check_structure(text)
    out = _without_relation_marks(_undelimited(text))
    out = _QUANTIFIED.sub(lambda match: match.group(1) + " ", out)
    if (label := _LABEL.match(out)) is not None:
        out = " " * label.end() + out[label.end() :]
    if "\\" in out or "&" in out or "%" in out or "$" in out or not out.isascii():
        out = _blanked(out, text)
    if not out.strip():
        raise NothingToRead(text, 0)
    if "|" in out or "vert" in out or "Vert" in out:
        out = bars_told_apart(out)
    return out


def _check_structure(text: str) -> None:
    r"""Depth of nesting, and braces and \left … \right that have no partner."""
    stack: list[tuple[str, int]] = []
    for match in _STRUCTURE.finditer(text):
        token, start = match.group(), match.start()
        if token[0] == "\\":
            if token.startswith("\\left"):
                stack.append(("\\left", start))
            elif token.startswith("\\right"):
                _close(stack, "\\left", text, start, UnbalancedLeft)
            elif token.endswith("{") and token[1] in "be" and len(token) > 3:
                stack.append(("{", match.end() - 1))
        elif token == "{":
            stack.append((token, start))
        elif token == "}":
            _close(stack, "{", text, start, MissingBrace)
        elif token in "([":
            stack.append((token, start))
        else:
            for position in range(len(stack) - 1, -1, -1):
                if stack[position][0] in ("{", "\\left"):
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


def _close(stack: list[tuple[str, int]], opening: str, text: str, start: int, error: type[ReadingError]) -> None:
    while stack and stack[-1][0] in ("(", "["):
        stack.pop()
    if not stack or stack[-1][0] != opening:
        if stack and stack[-1][0] == "\\left":
            raise UnbalancedLeft(text, stack[-1][1], r"\left that is not closed before this group ends")
        if stack and opening == "\\left":
            raise UnbalancedLeft(text, start, r"\right inside a group that has no \left")
        raise error(text, start, "} that was never opened" if opening == "{" else r"\right without \left")
    stack.pop()


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


def _blanked(text: str, original: str) -> str:
    out: list[str] = []
    position = environments = 0
    while (match := _TOKEN.search(text, position)) is not None:
        start, end = match.span()
        out.append(text[position:start])
        word = match.group("word")
        replacement = match.group()
        if word is not None:
            if word in ("begin", "end"):
                environments += 1 if word == "begin" else -1
            elif (rule := _WORD_RULES.get(word)) is not None:
                end, replacement = rule(text, start, match.end("word"), word)
            if match.group("star") and end == match.end() and word not in ("begin", "end"):
                end, replacement = match.end("word"), text[start : match.end("word")] if replacement.strip() else (
                    " " * (match.end("word") - start))  # fmt: skip
                if word not in _STARRED:
                    out.append(replacement)
                    position = end
                    continue
                end, replacement = end + 1, replacement + " "
        elif match.group("sign") is not None:
            replacement = _SIGNS.get(match.group("sign"), replacement)
        elif match.group("comment") is not None:
            replacement = " " * (end - start)
        elif match.group("char") is not None:
            replacement = " " if match.group() == "$" or environments <= 0 else "&"
        else:
            replacement = _foreign(match.group(), start, original)
        out.append(replacement)
        position = end
    out.append(text[position:])
    return "".join(out)


_STARRED = frozenset(("operatorname", "hspace", "vspace", "tag", "text"))
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x0b\x0c\ufe0f\u200b\u2061\u2062"
    "\u2063"
)


def _foreign(character: str, start: int, text: str) -> str:
    """A character beyond ASCII: a space, a letter or sign that the grammar knows, or an error that names it."""
    if character in _SPACES:
        return " "
    if character in _LOOK_ALIKES:
        raise ForbiddenCharacter(text, start, f"{unicodedata.name(character)}, which looks like a Latin letter")
    if character in KNOWN_SIGNS or "\u0370" <= character <= "\u03ff":
        return character
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    raise ForbiddenCharacter(text, start, name)


_LOOK_ALIKES = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϹϳ")
KNOWN_SIGNS = frozenset("ℓℏ𝟙ℝ𝔼ℙℕℤ∅ı≤≥≠≈∝≡∼∈∉⊂⊆→↦←≜≔≪≫−–±∓·×÷⋅∗⊙⊗∘∪∩∖∞∂∇⊤′…⋯⋮∑∏∫⋃⋂’°⟨⟩⌊⌋⌈⌉⇒⇐⇔⟹⟺∴∵∀∃∧∨¬∣‖√")

Rule = Callable[[str, int, int, str], tuple[int, str]]
"""(text, start, end of the command, its name) → (end of what is replaced, the replacement of that length)."""


def _blank(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    return end, " " * (end - start)


def _blank_with_argument(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    position = end
    if word in ("textcolor", "colorbox", "fcolorbox", "color", "rule", "raisebox") or text[end : end + 1] in ("{", "*"):
        match = re.compile(r"\*?\s*(\[[^\]]*\])?\s*\{").match(text, end)
        if match is not None:
            position = min(matching_brace(text, match.end() - 1) + 1, len(text))
    elif word in ("hskip", "kern", "mskip", "mkern"):
        match = re.compile(r"\s*-?[\d.]+\s*(em|ex|pt|mu|cm|mm)?").match(text, end)
        position = match.end() if match else end
    return position, " " * (position - start)


def _delimiter(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    r"""\left and \right: blanked, and what they fence marked as opening or closing."""
    match = re.compile(r"\s*(\\[A-Za-z]+|\\.|.)", re.DOTALL).match(text, end)
    if match is None:
        return end, " " * (end - start)
    sign = match.group(1)
    shown = _FENCES[word].get(sign)
    if shown is None:
        return end, " " * (end - start)
    return match.end(), " " * (match.end() - start - 1) + shown


_FENCES = {
    "left": {".": "\ue010", "|": "\ue000", r"\vert": "\ue000", r"\lvert": "\ue000", r"\|": "\ue003", r"\Vert": "\ue003",
             r"\lVert": "\ue003", "<": "⟨", r"\rangle": "⟩"},
    "right": {".": "\ue011", "|": "\ue001", r"\vert": "\ue001", r"\rvert": "\ue001", r"\|": "\ue004", r"\Vert": "\ue004",
              r"\rVert": "\ue004", ">": "⟩"},
    "middle": {"|": "\ue002", r"\vert": "\ue002", r"\|": "\ue005", r"\mid": "\ue002", "/": "/"},
}  # fmt: skip


def _text(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    r"""\text{word} as a name, \text{several words} as words between formulas, \mathrm{x_i} as x_i."""
    match = re.compile(r"\*?\s*\{").match(text, end)
    if match is None:
        if word in ("mathrm", "mathsf", "mathit", "mathtt", "rm", "text", "operatorname", "textbf", "textrm"):
            return end, " " * (end - start)
        return end, text[start:end]
    close = matching_brace(text, match.end() - 1)
    inside = text[match.end() : close].strip()
    is_script = text[:start].rstrip()[-1:] in ("_", "^") or text[close + 1 :].lstrip()[:1] in ("_", "^")
    if not inside:
        return close + 1, " " * (close + 1 - start) if not is_script else text[match.end() - 1] + " " * (
            close - start - 1) + "}"  # fmt: skip
    plain = re.sub(r"\\[,;:! ]|~", " ", inside).replace("\\_", "_").replace("\\-", "")
    single = re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([-_ ][A-Za-z0-9]+)*\.?", plain) is not None
    if word in ("mathrm", "operatorname", "mathop", "mathsf", "mathit", "mathtt") and not single:
        return match.end() - 1, " " * (match.end() - 1 - start)
    several = " " in plain or plain.lower().rstrip(".") in CONNECTIVES or not single
    if re.fullmatch(r"[0-9]+", plain):
        return match.end() - 1, " " * (match.end() - 1 - start)
    marks = NAME if (not several or is_script or word in ("mathrm", "operatorname")) else WORDS
    first = marks[0] + (OPERATOR if word in ("operatorname", "mathop") else " ")
    return close + 1, first + " " * (match.end() - start - 2) + text[match.end() : close] + marks[1]


def _negated(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    match = re.compile(r"\s*(=|\\in(?![A-Za-z])|\\equiv|\\sim|\\subset|\\perp)").match(text, end)
    if match is None:
        return end, text[start:end]
    shown = r"\notin" if match.group(1) == r"\in" else r"\neq"
    return match.end(), shown.ljust(match.end() - start)


def _color(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    return _blank_with_argument(text, start, end, word)


_WORD_RULES: dict[str, Rule] = {
    **dict.fromkeys(_NOTHING, _blank),
    **dict.fromkeys(_NOTHING_WITH_ARGUMENT, _blank_with_argument),
    **dict.fromkeys(_TEXT, _text),
    **dict.fromkeys(("left", "right", "middle"), _delimiter),
    "not": _negated,
}
