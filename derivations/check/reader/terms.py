"""Terms: what a formula says, before any symbol is declared; nothing is evaluated and every term keeps its span."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from derivations.check.reader.tree import Node


class Term(NamedTuple):
    """One term: a head, its arguments, data that belong to the head, and the span of text it was read from.

    Heads: number (data: Fraction), constant (data: pi, e, infinity), letter (data: name; arguments: indices), add, multiply,
    power, apply (data: function), call (data: name and separators of an undefined function), sum and product (data: bound
    letter; arguments: body, lower, upper, conditions), bare (a range to be inferred), relation (data: sign), indicator, delta,
    derivative, integral, transpose, trace, determinant, norm, bars, inner, hadamard, and structure (data: kind): what is read
    and kept but has no value.
    """

    head: str
    args: tuple[Term, ...] = ()
    data: Any = None
    start: int = -1
    end: int = -1

    def walk(self) -> Iterator[Term]:
        """This term and all below it."""
        stack = [self]
        while stack:
            term = stack.pop()
            yield term
            stack.extend(term.args)


def at(node: Node, head: str, args: tuple[Term, ...] = (), data: Any = None) -> Term:
    """A term with the span of a node."""
    return Term(head, args, data, node.start, node.end)


_fraction = lru_cache(maxsize=256)(Fraction)


def number(value: int | Fraction, start: int = -1, end: int = -1) -> Term:
    """A rational number."""
    return Term("number", (), _fraction(value), start, end)


def multiply(factors: list[Term], start: int = -1, end: int = -1) -> Term:
    """A product; of one factor, that factor."""
    if len(factors) == 1:
        return factors[0]
    return Term("multiply", tuple(factors), None, start, end)


def negative(term: Term) -> Term:
    """Minus the term."""
    return Term("multiply", (number(-1), term), None, term.start, term.end)


def inverse(term: Term) -> Term:
    """One over the term."""
    return Term("power", (term, number(-1)), None, term.start, term.end)


def power(root: Term, exponent: Term, start: int, end: int) -> Term:
    """root to the exponent."""
    return Term("power", (root, exponent), None, start, end)


def is_letter(term: Term, *names: str) -> bool:
    """Whether the term is one letter without indices, one of `names` when given."""
    return term.head == "letter" and not term.args and (not names or term.data in names)


def is_number(term: Term, value: int) -> bool:
    """Whether the term is this number."""
    return term.head == "number" and term.data == value


def is_evaluable(term: Term) -> bool:
    """Whether no part of the term is mere structure."""
    return all(part.head not in ("structure", "relation") for part in term.walk())


def depth(term: Term) -> int:
    """How deep the term nests."""
    deepest = 0
    stack = [(term, 1)]
    while stack:
        part, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((argument, level + 1) for argument in part.args)
    return deepest
