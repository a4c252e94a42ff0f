"""The reader of one text: what it knows while it turns nodes into terms, and the ways to fail and to keep structure."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from derivations.check.reader.errors import ReadingError
from derivations.check.reader.facts import Facts
from derivations.check.reader.notation import Notation
from derivations.check.reader.terms import Term, at
from derivations.check.reader.tree import Node

_IN_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s*\{(.*)\}", re.DOTALL)
SEPARATORS = frozenset((
    "comma", "semicolon", "colon", "mid", "normmid", "arrow", "quad", "words", "connective",
    "choose", "over", "period", "newline",
))  # fmt: skip
"""Kinds of nodes that stand between clauses."""


@dataclass(frozen=True)
class Item:
    """A factor, or an operator between factors, or a sign in front of one (`operator` true)."""

    node: Node
    operator: bool = False


def items_of(term: Node) -> list[Item]:
    """The factors and operators of a term, in a row."""
    items: list[Item] = []
    for part in term.parts if term.kind in ("term", "multiplied") else (term,):
        if part.kind == "multiplied":
            items += items_of(part)
        else:
            items.append(Item(part, part.kind in ("op", "sign")))
    return items


@dataclass
class Interpreter(ABC):
    """Reads the trees of one text. `choices` settle what is ambiguous; `ambiguous` says where there was a choice;
    `free_letters` holds, by identity, the letters of terms that were looked at.

    What nodes mean is said in many rooms that need one another: they see this class, `meaning.Reader` brings them together.
    """

    text: str
    notation: Notation
    facts: Facts
    choices: tuple[int, ...] = ()
    ambiguous: list[tuple[int, str, int]] = field(default_factory=list)
    scope: list[str] = field(default_factory=list)
    free_letters: dict[int, set[str]] = field(default_factory=dict)

    @abstractmethod
    def value(self, node: Node) -> Term:
        """What a node stands for. Raises: ReadingError."""

    @abstractmethod
    def anything(self, node: Node) -> Term:
        """The value of a node that may also be a separator, a relation or a lone sign."""

    @abstractmethod
    def operand(self, items: Sequence[Item], position: int) -> tuple[Term, int]:
        """One operand from `position` on, and where the next begins."""

    @abstractmethod
    def product_of(self, node: Node, items: Sequence[Item]) -> Term:
        """The product of a row of items that stand in `node`."""

    def choose(self, node: Node, question: str, options: int = 2) -> int:
        """Which of several readings is taken here; the first unless `choices` says otherwise."""
        position = len(self.ambiguous)
        self.ambiguous.append((node.start, question, options))
        return self.choices[position] if position < len(self.choices) else 0

    def words(self, node: Node) -> str:
        """The words of a node as they are written, without the command around them."""
        raw = self.text[node.start : node.end]
        match = _IN_COMMAND.fullmatch(raw)
        return (match.group(1) if match else raw).strip()

    def fail(self, error: type[ReadingError], node: Node, found: str = "") -> ReadingError:
        """The error, at a node."""
        return error(
            self.text, max(0, min(node.start, len(self.text) - 1)), found or self.text[max(node.start, 0) : node.end][:20]
        )

    def structure(self, node: Node, kind: str, *args: Term) -> Term:
        """Something that is kept and has no value."""
        return at(node, "structure", args, kind)

    def structure_of(self, node: Node, kind: str, nodes: tuple[Node, ...] | list[Node]) -> Term:
        """Structure around the values of nodes; separators become structure themselves."""
        return at(node, "structure", tuple(self.anything(part) for part in nodes), kind)


def inside(node: Node) -> Node:
    """A group's or fence's content; an empty row for an empty one."""
    if node.kind == "group":
        parts = node.parts[1:-1]
        return parts[0] if len(parts) == 1 else Node("row", node.start, node.end, parts)
    if node.kind == "fence":
        return node.parts[1]
    return node


def listed(row: Node) -> list[Node]:
    """The clauses of a row without its separators."""
    if row.kind != "row":
        return [row]
    return [part for part in row.parts if part.kind not in SEPARATORS]
