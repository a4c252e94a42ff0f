r"""What every command that carries no mathematics is replaced by: spacing, sizes, labels, words, \left and \right.

A replacement has the length of what it replaces, so every span found later is a span of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from derivations.check.reader.balance import matching_brace
from derivations.check.reader.characters import IDEOGRAPHS, plain_character
from derivations.check.reader.errors import StrayDollar
from derivations.check.reader.names import OPERATOR

WORDS = "\ue020", "\ue021"
NAME = "\ue022", "\ue023"
GAP = "\ue025"
"""A gap between formulas, one character wide."""

CONNECTIVES = frozenset((
    "if", "and", "or", "for", "where", "otherwise", "with", "when", "then", "so", "since", "because", "let", "else", "as",
    "is", "are", "thus", "hence", "st", "s.t.", "such", "that", "while", "by", "in", "of", "to", "from", "the", "we",
    "have", "on", "at", "i.e.", "e.g.", "which",
))  # fmt: skip
"""Words that stand between formulas; any other single word inside \\text is a name."""
_NOTHING = frozenset((
    "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits", "nolimits", "nonumber", "notag", "hfill",
    "noindent", "allowbreak", "thinspace", "medspace", "thickspace", "negthinspace", "enspace", "enskip", "hline",
    "centering", "newline", "linebreak", "break", "strut", "mathstrut", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr",
    "Biggl", "Biggr", "big", "Big", "bigg", "Bigg", "bigm", "Bigm", "biggm", "Biggm", "normalsize", "large", "small",
    "Large", "displaylimits", "protect", "relax", "space", "left", "right", "middle", "par", "qedhere", "toprule",
    "midrule", "bottomrule", "footnotesize", "scriptsize", "mathclose", "mathopen", "mathinner", "null", "smallskip",
    "medskip", "bigskip", "boldmath", "unboldmath", "tiny", "it", "em", "textup", "qty",
))  # fmt: skip
_NOTHING_WITH_ARGUMENT = frozenset((
    "hspace", "vspace", "phantom", "hphantom", "vphantom", "label", "tag", "color", "hskip", "kern", "mskip", "mkern",
    "eqref", "ref", "cite", "footnote", "textcolor", "colorbox", "fcolorbox", "setlength", "renewcommand", "noalign", "cancelto",
    "rule", "raisebox",
))  # fmt: skip
_TEXT = frozenset((
    "text", "textrm", "textbf", "textit", "mbox", "hbox", "textsf", "texttt", "textnormal", "emph", "intertext",
    "shortintertext", "operatorname", "mathrm", "mathop", "DeclareMathOperator", "mathsf", "mathit", "mathtt", "textsc",
    "up", "rm",
))  # fmt: skip
_SIGNS = {",": "  ", ";": "  ", ":": "  ", "!": "  ", ">": "  ", " ": "  ", "\n": " \n", "-": "  ", "/": "  ", "@": "  "}
_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]+)(?P<star>\*?)|\\(?P<sign>[\s\S])|(?P<comment>%[^\n]*)|(?P<char>[&$])|(?P<bad>[^\x20-\x7e\n\t\r])"
)
_STARRED = frozenset(("operatorname", "hspace", "vspace", "tag", "text"))


def blanked(text: str, original: str) -> str:
    """The text without what carries no mathematics; errors point into `original`."""
    out: list[str] = []
    dollars: list[int] = []
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
            if match.group() == "$":
                dollars.append(start)
        elif (words := IDEOGRAPHS.match(text, start)) is not None:
            end, replacement = words.end(), _between(words.group())
        else:
            replacement = plain_character(match.group(), start, original)
        out.append(replacement)
        position = end
    out.append(text[position:])
    plain = "".join(out)
    if len(dollars) % 2:
        raise StrayDollar(original, dollars[-1])
    for closing, opening in zip(dollars[::2], dollars[1::2], strict=True):  # $a$ words $b$
        between = re.sub(f"[{WORDS[0]}{WORDS[1]}{NAME[0]}{NAME[1]}]", " ", plain[closing + 1 : opening])
        marked = WORDS[0] + between + WORDS[1] if between.strip(" ,.;") else f" {between} "
        plain = plain[:closing] + marked + plain[opening + 1 :]
    return plain


def _between(words: str) -> str:
    """Words between formulas, in the marks that say so; a single sign is only a gap."""
    return WORDS[0] + words[1:-1] + WORDS[1] if len(words) > 1 else GAP


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
    plain = re.sub(r"\\[,;:! ]|~", " ", _unwrapped(inside)).replace("\\_", "_").replace("\\-", "").strip()
    single = re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([-_ ][A-Za-z0-9]+)*\.?", plain) is not None
    if word in ("mathrm", "operatorname", "mathop", "mathsf", "mathit", "mathtt") and not single:
        return match.end() - 1, " " * (match.end() - 1 - start)
    several = " " in plain or plain.lower().rstrip(".") in CONNECTIVES or not single
    if re.fullmatch(r"[0-9]+", plain):
        return match.end() - 1, " " * (match.end() - 1 - start)
    marks = NAME if (not several or is_script or word in ("mathrm", "operatorname")) else WORDS
    first = marks[0] + (OPERATOR if word in ("operatorname", "mathop") else " ")
    return close + 1, first + " " * (match.end() - start - 2) + text[match.end() : close] + marks[1]


_WRAPPED = re.compile(
    r"\\(?:mathrm|mathsf|mathit|mathbf|text|textrm|textbf|textit|operatorname\*?|mathop|rm|sf|bf|it)"
    r"(?:\s*\{(?P<inner>[^{}]*)\}|\s+(?P<rest>[A-Za-z ]+))"
)


def _unwrapped(words: str) -> str:
    r"""The words of \operatorname{\mathrm{tr}}."""
    while (match := _WRAPPED.fullmatch(words)) is not None:
        words = (match.group("inner") if match.group("inner") is not None else match.group("rest")).strip()
    return words


def _modulus(text: str, start: int, end: int, word: str) -> tuple[int, str]:
    return end, "\\mod ".ljust(end - start)


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
    "pmod": _modulus,
}
