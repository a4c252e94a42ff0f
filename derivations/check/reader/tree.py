"""The tree of a formula as it is written: nodes with spans, no meaning yet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lark import Token, Transformer

from derivations.check.reader.names import FUNCTION_WORDS, OPERATOR, word_name


class Node(NamedTuple):
    """One piece of a formula: its kind, the span [start, end) of the text it was read from, its parts.

    Leaves carry their text. Kinds: row (clauses and separators), clause (sides and relations), sum (signs and terms), term
    (factors and operators), scripted (an atom and its marks), group, fence, fraction, root, accent, style, wrap, environment,
    and the names of the grammar's terminals in small letters.
    """

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...] = ()
    text: str = ""

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.parts))


def _leaf(token: Token) -> Node:
    return Node(token.type.lower(), token.start_pos or 0, token.end_pos or 0, (), str(token))


def _node(kind: str, parts: list[Node]) -> Node:
    if not parts:
        return Node(kind, -1, -1)
    first = next((part.start for part in parts if part.start >= 0), -1)
    last = next((part.end for part in reversed(parts) if part.end >= 0), -1)
    return Node(kind, first, last, tuple(parts))


def _always(kind: str) -> Callable[[Any, list[Node]], Node]:
    return lambda self, parts: _node(kind, parts)


def _unless_single(kind: str) -> Callable[[Any, list[Node]], Node]:
    """A node of this kind, or its only part itself."""
    return lambda self, parts: parts[0] if len(parts) == 1 and parts[0].kind not in _KEPT else _node(kind, parts)


_KEPT = frozenset(
    ("op", "sign", "signs", "link", "comma", "semicolon", "colon", "mid", "normmid", "arrow", "quad", "words", "connective",
     "choose", "over", "period", "multiplied", "dangling")
)  # fmt: skip


def _script_of(node: Node) -> Node:
    return node.parts[0].parts[1] if node.kind == "suffix" else node


def _with_suffixes(parts: list[Node]) -> list[Node]:
    """The factors with scripts in braces of their own put on the factor in front."""
    found: list[Node] = []
    for part in parts:
        if part.kind == "suffix" and found and found[-1].kind not in _KEPT:
            before = found.pop()
            marks = before.parts if before.kind == "scripted" else (before,)
            found.append(_node("scripted", [*marks, *part.parts]))
        else:
            found.append(part)
    return found


def _core(node: Node) -> Node:
    """What stands alone in braces."""
    while node.kind == "group" and len(node.parts) == 3:
        node = node.parts[1]
    return node


def _wants_operand(node: Node) -> bool:
    r"""Whether it is a \\sum, \\log or \\operatorname{argmax}, with or without scripts."""
    core = node.parts[0] if node.kind == "scripted" else node
    if core.kind == "name":
        return OPERATOR in core.text or word_name(core.text) in FUNCTION_WORDS
    return core.kind in ("big", "function") or _is_operator(core)


def _reaches(before: Node, after: Node) -> bool:
    return _wants_operand(before) and not _is_operator(after)


def _is_operator(node: Node) -> bool:
    r"""Whether it is \frac{\partial}{\partial x}, with nothing yet to act on."""
    if node.kind != "fraction":
        return False
    above, below = _core(node.parts[1]), _core(node.parts[2])
    above = above.parts[0] if above.kind == "scripted" else above
    return above.text in _DIFFERENTIALS and below.kind == "term" and below.parts[0].text in _DIFFERENTIALS


def _factors(term: Node) -> tuple[Node, ...]:
    return term.parts if term.kind == "term" else (term,)


def _last_factor(node: Node) -> Node:
    while node.kind in ("sum", "term", "multiplied"):
        node = node.parts[-1]
    return node


def _unicode_script(kind: str, token: Node) -> Node:
    """The node that the same script has in LaTeX."""
    text = unicodedata.normalize("NFKC", token.text).replace("−", "-")
    leaves = [
        Node("number" if part.isdigit() else "sign" if part in "+-" else "letter", token.start, token.end, (), part)
        for part in re.findall(r"\d+|.", text)
    ]
    mark = Node(kind, token.start, token.end, (), token.text)
    if leaves[0].kind == "sign" and len(leaves) > 1:
        signs = Node("signs", token.start, token.end, (leaves[0],))
        content = Node("sum", token.start, token.end, (signs, leaves[1]))
    elif leaves[0].kind == "sign":
        content = Node("stray", token.start, token.end, (leaves[0],))
    else:
        content = leaves[0] if len(leaves) == 1 else Node("term", token.start, token.end, tuple(leaves))
    return Node(kind, token.start, token.end, (mark, content))


_MINUS = frozenset("-−–")
_DIFFERENTIALS = frozenset((r"\partial", "∂", "d", r"\differentialD"))


class Planter(Transformer[Token, Node]):
    """Makes nodes while the parser reduces; a row of one clause of one term of one factor is that factor."""

    def __getattr__(self, name: str) -> Any:
        """Every terminal becomes a leaf."""
        if name.isupper():
            return _leaf
        raise AttributeError(name)

    start = _unless_single("rows")
    row = _unless_single("row")
    clause = _unless_single("clause")
    link = _always("link")
    dangling = _always("dangling")
    signs = _always("signs")
    primes = _always("primes")
    derivative = _always("derivative")
    delimited = _always("delimited")
    factorial = _always("factorial")
    percent = _always("percent")
    stray = _always("stray")
    group = _always("group")
    accent = _always("accent")
    style = _always("style")
    root = _always("root")
    fence = _always("fence")
    environment = _always("environment")

    def multiplied(self, parts: list[Node]) -> Node:
        """An operator and the factors behind it."""
        return _node("multiplied", _with_suffixes(parts) if any(part.kind == "suffix" for part in parts[2:]) else parts)

    def sum(self, parts: list[Node]) -> Node:
        r"""A sum; a sign right behind a \\sum or \\log belongs to its operand."""
        if len(parts) == 3 and parts[1].parts[0].text in _MINUS and _reaches(_last_factor(parts[0]), _last_factor(parts[2])):
            left, signs, right = parts
            before = left.parts[-1] if left.kind == "sum" else left
            term = _node("term", [*_factors(before), *signs.parts, *_factors(right)])
            return _node("sum", [*left.parts[:-1], term]) if left.kind == "sum" else term
        return parts[0] if len(parts) == 1 else _node("sum", parts)

    def factor(self, parts: list[Node]) -> Node:
        """An atom, with its marks if it has any."""
        if len(parts) == 1:
            return core if parts[0].kind == "group" and _wants_operand(core := _core(parts[0])) else parts[0]
        if parts[0].kind in ("scripted", "group") and _wants_operand(core := _core(parts[0])):
            parts = [*(core.parts if core.kind == "scripted" else (core,)), *parts[1:]]
        return _node("scripted", parts)

    def fraction(self, parts: list[Node]) -> Node:
        r"""A fraction; \\underset{i}{\\sum} is \\sum_{i}."""
        kind = {r"\underset": "sub", r"\overset": "sup", r"\stackrel": "sup"}.get(parts[0].text)
        if kind is not None and _wants_operand(core := _core(parts[2])):
            sign, *marks = core.parts if core.kind == "scripted" else (core,)
            return _node("scripted", [sign, *marks, _node(kind, [parts[0], parts[1]])])
        return _node("fraction", parts)

    def wrap(self, parts: list[Node]) -> Node:
        r"""Something wrapped; \\mathop{\\sum} is \\sum."""
        if parts[0].text == r"\mathop" and _wants_operand(core := _core(parts[1])):
            return core
        return _node("wrap", parts)

    def raised(self, parts: list[Node]) -> Node:
        """x² as x^{2}."""
        return _unicode_script("sup", parts[0])

    def lowered(self, parts: list[Node]) -> Node:
        """xᵢⱼ as x_{ij}."""
        return _unicode_script("sub", parts[0])

    def nested(self, parts: list[Node]) -> Node:
        """{_k}: a script that belongs to what stands in front of it."""
        return _node("suffix", [_node("sub" if parts[1].kind == "sub" else "sup", parts[1:3])])

    def sub(self, parts: list[Node]) -> Node:
        """A subscript; x_{_k} is x_k."""
        return _node("sub", [parts[0], _script_of(parts[1])])

    def sup(self, parts: list[Node]) -> Node:
        """A superscript; x^{^a} is x^a."""
        return _node("sup", [parts[0], _script_of(parts[1])])

    def term(self, parts: list[Node]) -> Node:
        """Factors side by side; x{_k} is x_k."""
        if any(part.kind == "suffix" for part in parts[1:]):
            parts = _with_suffixes(parts)
        return parts[0] if len(parts) == 1 and parts[0].kind not in _KEPT else _node("term", parts)

    def separator(self, parts: list[Node]) -> Node:
        """A separator is its token."""
        return parts[0]
