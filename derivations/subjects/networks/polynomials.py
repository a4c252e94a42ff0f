"""Sizes written as text: whole numbers, and sums, products and powers of letters. Nothing is evaluated."""

from __future__ import annotations

import re

from sympy import Expr, Integer, Symbol

from derivations.subjects.networks.sizes import Size, as_size

MAX_LENGTH = 2000
MAX_POWER = 50
_TOKEN = re.compile(r"\s*(?:(\d[\d,_\u202f\u2009 ]*\d|\d)|([A-Za-z]\w*)|(\*\*|[-+*^()·−]))")
_SAME = {"**": "^", "·": "*", "−": "-"}


class BadSizeText(ValueError):
    """A text that is no size; `position` is where it stops making sense."""

    def __init__(self, text: str, position: int) -> None:
        self.text, self.position = text, position
        super().__init__(f"{text[:60]!r} is no number or polynomial: stuck at column {position + 1}")


def read_size(text: str) -> Size:
    """A whole number such as 111,974,400 or a polynomial such as k^2 + k*m + k.

    Raises: BadSizeText.

    >>> read_size("111,974,400"), read_size("k^2 + k*m + k")
    (111974400, k**2 + k*m + k)
    """
    if len(text) > MAX_LENGTH:
        raise BadSizeText(text, MAX_LENGTH)
    parser = _Parser(text)
    value = parser.sum()
    if parser.token is not None:
        raise BadSizeText(text, parser.start)
    return as_size(value)


class _Parser:
    """Recursive descent over sums, products, powers and brackets."""

    def __init__(self, text: str) -> None:
        self.text, self.end, self.depth = text, 0, 0
        self.advance()

    def advance(self) -> None:
        self.start = self.end
        rest = self.text[self.end :]
        if not rest.strip():
            self.token: str | None = None
            return
        match = _TOKEN.match(self.text, self.end)
        if match is None:
            raise BadSizeText(self.text, self.end)
        self.start = match.end() - len(match.group().lstrip())
        self.end = match.end()
        token = match.group().strip()
        self.token = _SAME.get(token, token)

    def take(self) -> str:
        token = self.token
        assert token is not None
        self.advance()
        return token

    def sum(self) -> Expr:
        sign = -1 if self.token == "-" else 1
        if self.token in ("+", "-"):
            self.take()
        total = sign * self.product()
        while self.token in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            total += sign * self.product()
        return total

    def product(self) -> Expr:
        value = self.power()
        while self.token is not None and self.token not in ("+", "-", ")"):
            if self.token == "*":
                self.take()
            value *= self.power()
        return value

    def power(self) -> Expr:
        value = self.atom()
        if self.token == "^":
            self.take()
            exponent = self.atom()
            if not exponent.is_Integer or not 0 <= exponent <= MAX_POWER:
                raise BadSizeText(self.text, self.start)
            value = value**exponent
        return value

    def atom(self) -> Expr:
        position = self.start
        if self.token is None or self.depth > 20:
            raise BadSizeText(self.text, position)
        token = self.take()
        if token == "(":
            self.depth += 1
            value = self.sum()
            self.depth -= 1
            if self.token != ")":
                raise BadSizeText(self.text, self.start)
            self.take()
            return value
        if token[0].isdigit():
            return Integer(int(re.sub(r"\D", "", token)))
        if token[0].isalpha():
            return Symbol(token, integer=True, positive=True)
        raise BadSizeText(self.text, position)
