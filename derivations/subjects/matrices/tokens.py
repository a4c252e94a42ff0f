"""The text of a matrix expression cut into tokens; names are those declared, so that Bx is B times x."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lark import Token

from derivations.subjects.matrices.elementwise import GREEK

MAX_LENGTH = 2000
MAX_NESTING = 40

_LETTERS = {chr(code): name for code, name in zip(
    (0x3B1, 0x3B2, 0x3B3, 0x3B4, 0x3B5, 0x3B6, 0x3B7, 0x3B8, 0x3BA, 0x3BB, 0x3BC, 0x3BD, 0x3BE, 0x3C0, 0x3C1, 0x3C3, 0x3C4, 0x3C6,
     0x3C7, 0x3C8, 0x3C9, 0x393, 0x394, 0x398, 0x39B, 0x39E, 0x3A3, 0x3A6, 0x3A8, 0x3A9),
    ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho",
     "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega"),
    strict=True,
)}  # fmt: skip

_COMMANDS = {
    "frac": "FRACTION", "tfrac": "FRACTION", "dfrac": "FRACTION", "sqrt": "ROOT", "odot": "HADAMARD", "circ": "HADAMARD",
    "cdot": "TIMES", "times": "TIMES", "otimes": "KRON", "top": "TRANSPOSE", "intercal": "TRANSPOSE",
    "lVert": "OPEN_NORM", "rVert": "CLOSE_NORM", "lvert": "OPEN_BAR", "rvert": "CLOSE_BAR", "vert": "BAR", "Vert": "BARS",
}  # fmt: skip
_SPACING = {"rm", "sf", "it", "bf", "left", "right", "bigl", "bigr", "big", "Big", "Bigl", "Bigr", "quad", "displaystyle"}
_FONTS = {"mathbf", "boldsymbol", "bm", "mathrm", "mathsf", "operatorname", "text", "mathit", "vec"}
_SIGNS = {
    "+": "PLUS", "-": "MINUS", "−": "MINUS", "*": "TIMES", "@": "TIMES", "·": "TIMES", "⊙": "HADAMARD", "∘": "HADAMARD",
    "⊗": "KRON", "/": "OVER", "'": "TRANSPOSE", "ᵀ": "TRANSPOSE", "⊤": "TRANSPOSE", "^": "CARET", "(": "LPAR", ")": "RPAR",
    "√": "ROOT", "{": "LBRACE", "}": "RBRACE", "[": "LBRACKET", "]": "RBRACKET", ",": "COMMA", ";": "SEMICOLON",
    "²": "SQUARE_MARK",
}  # fmt: skip
_PIECE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in {
    "space": r"\s+|\\[,;:! ]", "number": r"\d+(?:\.\d+)?", "bars": r"\\\||‖|\|\|", "bar": r"\|", "command": r"\\[A-Za-z]+",
    "inverse": "⁻¹", "entrywise": r"\.\*", "power": r"\*\*", "turned": r"\.T(?![A-Za-z])", "word": r"[A-Za-z\u0370-\u03ff]+",
    "subscript": r"_(?:\{[A-Za-z0-9]+\}|[A-Za-z0-9])", "sign": r"[-+*@·⊙∘⊗√/'ᵀ⊤^(){}\[\],;−²]",
}.items()))  # fmt: skip
_PIECES = {
    "number": "NUMBER", "bars": "BARS", "bar": "BAR", "inverse": "INVERSE_MARK", "entrywise": "HADAMARD", "power": "CARET",
    "turned": "TRANSPOSE", "subscript": "SUBSCRIPT",
}  # fmt: skip
_WORDS = frozenset((
    "max", "min", "argmax", "argmin", "sup", "inf", "lim", "prod", "rank", "dim", "ker", "eig", "svd", "expm", "logm", "sqrtm",
    "adj", "cof", "tan", "cot", "sec", "csc", "sinh", "cosh", "arcsin", "arccos", "arctan", "atan", "erf", "floor", "ceil",
    "round", "mod", "dot", "cross", "outer", "inner", "var", "cov", "std", "median", "cumsum", "reshape", "einsum", "hinge",
))  # fmt: skip
"""Names of functions that are not known here and are no products of letters either."""
_REMEDIES = {"_": "; a sum over an index is given as a SymPy expression", "=": "; give one side"}
_BARS = {"BARS": "NORM", "BAR": "BAR"}
_OPENING = ("LPAR", "LBRACE", "LBRACKET", "OPEN_NORM", "OPEN_BAR")
_CLOSING = ("RPAR", "RBRACE", "RBRACKET", "CLOSE_NORM", "CLOSE_BAR")
_ENDS = {*_CLOSING, "NUMBER", "NAME", "TRANSPOSE", "NORM_KIND", "INVERSE_MARK", "SQUARE_MARK"}


class UnreadableText(ValueError):
    """Text that is no matrix expression, with the column (from 1) where reading stopped."""

    def __init__(self, text: str, column: int, problem: str) -> None:
        self.text, self.column, self.problem = text, column, problem
        shown = text if len(text) <= 120 else text[:117] + "…"
        super().__init__(f"column {column}: {problem}\n  {shown}\n  {' ' * (column - 1)}^")


def tokens(text: str, names: Collection[str], functions: Collection[str]) -> list[Token]:
    """The tokens of a text; names are variables and sizes, any other name before a bracket is a function.

    Raises: UnreadableText.

    >>> [token.type for token in tokens(r"\\|Bx\\|^2", {"B", "x"}, ())]
    ['OPEN_NORM', 'NAME', 'NAME', 'CLOSE_NORM', 'CARET', 'NUMBER']
    """
    if len(text) > MAX_LENGTH:
        raise UnreadableText(text, MAX_LENGTH, f"longer than {MAX_LENGTH} characters")
    found: list[Token] = []
    for token in _raw(text, names, functions):
        kind = token.type
        if kind in _BARS:
            closes = _innermost(found) == f"OPEN_{_BARS[kind]}" and found[-1].type in _ENDS
            kind = f"{'CLOSE' if closes else 'OPEN'}_{_BARS[kind]}"
        if kind == "SUBSCRIPT":
            found = _with_subscript(text, found, token, names)
            continue
        if kind == "NAME" and token.value == "T" and "T" not in names and _raised(found):
            kind = "TRANSPOSE"
        found.append(Token(kind, token.value, column=token.column))
    _check_nesting(text, found)
    return [_resolved(text, token, names, functions) for token in found]


def _check_nesting(text: str, found: list[Token]) -> None:
    depth = 0
    for before, token in zip([None, *found], found, strict=False):
        opens = token.type in (*_OPENING, "FRACTION", "ROOT")
        again = token.type == "MINUS" and before is not None and before.type == "MINUS"
        depth += opens or again
        depth -= token.type in _CLOSING
        if depth > MAX_NESTING:
            raise UnreadableText(text, token.column or 1, f"more than {MAX_NESTING} brackets deep")


def _resolved(text: str, token: Token, names: Collection[str], functions: Collection[str]) -> Token:
    if token.type != "NAME" or token.value in names or token.value == "pi" or re.fullmatch(r"(I|ones|1)_\w+", token.value):
        return token
    if token.value in functions or token.end_column == 1:
        return Token("FUNCTION", token.value, column=token.column)
    after = text[(token.column or 1) - 1 :]
    called = re.match(r"\\?(?:operatorname\{\w+\}|[A-Za-z\u0370-\u03ff]+)(?:_\w|_\{\w+\})?\s*(?:\\left)?\s*\(", after)
    if called:
        first = token.value.partition("_")[0]
        if len(first) > 1 and first not in GREEK:
            known = ", ".join(sorted(functions))
            remedy = f"an arbitrary one is a letter such as f or \\sigma; known: {known}"
            raise UnreadableText(text, token.column or 1, f"{token.value!r} is no function known here; {remedy}")
        return Token("FUNCTION", token.value, column=token.column)
    known = ", ".join(sorted(names)) or "none"
    raise UnreadableText(text, token.column or 1, f"{token.value!r} has no shape; declared are {known}")


def _raised(found: list[Token]) -> bool:
    """Whether what comes next stands in an exponent, braced or not."""
    before = [token.type for token in found[-2:]]
    return before[-1:] == ["CARET"] or before == ["CARET", "LBRACE"]


def _innermost(found: list[Token]) -> str:
    """The kind of the innermost bracket that is open."""
    depth = 0
    for token in reversed(found):
        if token.type in _CLOSING:
            depth += 1
        elif token.type in _OPENING:
            if depth == 0:
                return str(token.type)
            depth -= 1
    return ""


def _with_subscript(text: str, found: list[Token], token: Token, names: Collection[str]) -> list[Token]:
    value = token.value.strip("_{}")
    if found and found[-1].type == "CLOSE_NORM":
        return [*found, Token("NORM_KIND", value, column=token.column)]
    if found and found[-1].type in ("NAME", "NUMBER"):
        before = found[-1]
        name = f"{'ones' if before.value == '1' else before.value}_{value}"
        return [*found[:-1], Token("NAME", name, column=before.column)]
    raise UnreadableText(text, token.column or 1, "a subscript belongs to a name or a norm")


def _raw(text: str, names: Collection[str], functions: Collection[str]) -> Iterator[Token]:
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise UnreadableText(text, position + 1, f"{text[position]!r} is not understood" + _REMEDIES.get(text[position], ""))
        column, kind, value = position + 1, piece.lastgroup, piece.group()
        position = piece.end()
        if kind == "space":
            continue
        if kind == "command":
            name = value[1:]
            if name in _SPACING:
                continue
            if name in _FONTS:
                inside = re.compile(r"\s*\{(?P<name>[^{}]+)\}|\s+(?P<letter>[A-Za-z])").match(text, position)
                if inside is None:
                    raise UnreadableText(text, column, f"{value} needs a name in braces")
                position = inside.end()
                yield from _words((inside["name"] or inside["letter"]).strip().removeprefix("\\"), column, names, functions)
            elif name in _COMMANDS:
                yield from _fraction_digits(text, position, Token(_COMMANDS[name], value, column=column))
                if _COMMANDS[name] == "FRACTION":
                    position = _after_digits(text, position)
            elif name in GREEK or name in functions or name in names or name == "pi":
                yield Token("NAME", name, column=column)
            else:
                raise UnreadableText(text, column, f"{value} is not understood")
        elif kind == "word":
            digits = _TRAILING.match(text, position)
            if digits and value + digits.group() in names:
                value, position = value + digits.group(), digits.end()
            yield from _words(value, column, names, functions)
        else:
            yield Token(_PIECES.get(kind or "") or _SIGNS[value], value, column=column)


_TRAILING = re.compile(r"\d+")
_DIGITS = re.compile(r"\s*(\d)\s*(\d)")


def _fraction_digits(text: str, position: int, token: Token) -> Iterator[Token]:
    r"""\frac12 is 1/2: two digits, each an argument."""
    yield token
    digits = _DIGITS.match(text, position) if token.type == "FRACTION" else None
    if digits:
        yield Token("NUMBER", digits.group(1), column=position + 1)
        yield Token("NUMBER", digits.group(2), column=position + 2)


def _after_digits(text: str, position: int) -> int:
    digits = _DIGITS.match(text, position)
    return digits.end() if digits else position


def _words(word: str, column: int, names: Collection[str], functions: Collection[str]) -> Iterator[Token]:
    """A run of letters: one name, or declared names side by side, the longest first."""
    word = "".join(_LETTERS.get(letter, letter) if len(word) == 1 else letter for letter in word)
    if word in names or word in functions or len(word) == 1 or word in GREEK or word in _WORDS or word == "pi":
        yield Token("NAME", word, column=column)
        return
    if word.isdigit():
        yield Token("NUMBER", word, column=column)
        return
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            part = word[start:end]
            plain = _LETTERS.get(part, part)
            if plain in names or plain in functions or end == start + 1:
                if start == 0 and end == start + 1 and plain not in names and plain not in ("I",):
                    yield Token("NAME", word, column=column)
                    return
                yield Token("NAME", plain, column=column + start)
                start = end
                break
