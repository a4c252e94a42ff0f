"""What a text shows about its letters before any of it is understood: which are bound, which are sizes, which carry indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from derivations.check.reader.names import accented, letter_name, styled, word_name
from derivations.check.reader.notation import Notation
from derivations.check.reader.tree import Node


@dataclass
class Facts:
    """Letters bound by a Σ or ∏, letters that end a range, bases that carry a letter index somewhere, letters
    in bold, letters that are raised to a power and so are no functions."""

    bound: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)
    bold: set[str] = field(default_factory=set)
    powered: set[str] = field(default_factory=set)


def facts_of(trees: Iterable[Node], notation: Notation) -> Facts:
    """The facts of several texts that are read together."""
    facts = Facts()
    nodes = [node for tree in trees for node in walk(tree)]
    for node in nodes:
        if node.kind == "scripted" and node.parts[0].kind == "big":
            _limits(node, facts)
    rows = (node.parts for node in nodes if node.kind == "term")
    followed = {id(part) for row in rows for part, after in pairwise(row) if after.kind == "fence"}
    for node in nodes:
        if node.kind == "scripted" and id(node) not in followed and (power := _power_of(node)) is not None:
            facts.powered.add(power)
        if node.kind == "scripted":
            name = base_name(node.parts[0])
            if name is not None and any(_has_index(mark, facts, notation) for mark in node.parts[1:]):
                facts.arrays.add(name)
    return facts


def walk(tree: Node) -> list[Node]:
    """All nodes, without recursion."""
    found, stack = [], [tree]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.parts)
    return found


def base_name(node: Node) -> str | None:
    r"""The name of a letter under its accents and styles; None for anything else."""
    if node.kind == "letter":
        return letter_name(node.text)
    if node.kind == "name":
        return word_name(node.text)
    if node.kind == "accent":
        inner = base_name(node.parts[1])
        return None if inner is None else accented(inner, node.parts[0].text)
    if node.kind == "style":
        inner = base_name(node.parts[1])
        return None if inner is None else styled(inner, node.parts[0].text)
    if node.kind == "number" and node.text in ("0", "1"):
        return node.text
    if node.kind == "group" and len(node.parts) == 3:
        return base_name(node.parts[1])
    return None


def _power_of(node: Node) -> str | None:
    """The letter of f^2: a letter with a power and no bracket behind it is no function."""
    if len(node.parts) == 2 and node.parts[0].kind == "letter" and node.parts[1].kind == "sup":
        content = node.parts[1].parts[1]
        core = content.parts[1] if content.kind == "group" and len(content.parts) == 3 else content
        if core.kind in ("digit", "number"):
            return letter_name(node.parts[0].text)
    return None


def _limits(node: Node, facts: Facts) -> None:
    for mark in node.parts[1:]:
        if mark.kind == "sub":
            for clause in _clauses(mark.parts[1]):
                sides = [clause] if clause.kind == "letter" else list(clause.parts[:1]) if clause.kind == "clause" else []
                facts.bound |= {letter_name(side.text) for side in sides if side.kind == "letter"}
                links = [link for link in clause.parts[1:] if link.kind == "link"] if clause.kind == "clause" else []
                for link in links[:-1]:  # the letters between 1 <= i < j <= n
                    facts.bound |= {letter_name(p.text) for p in link.parts[1:] if p.kind == "letter"}
        elif mark.kind == "sup":
            facts.sizes |= {letter_name(part.text) for part in walk(mark) if part.kind == "letter"}


def _clauses(node: Node) -> list[Node]:
    if node.kind in ("group", "row", "wrap"):
        return [found for part in node.parts for found in _clauses(part)]
    return [node]


def _has_index(mark: Node, facts: Facts, notation: Notation) -> bool:
    if mark.kind not in ("sub", "sup"):
        return False
    nodes = walk(mark.parts[1])
    if mark.kind == "sup":
        nodes = [
            part for node in nodes if node.kind == "fence" and node.parts[0].kind in ("lpar", "lbrack") for part in walk(node)
        ]
    known = facts.bound | facts.sizes | notation.index_letters | frozenset(notation.indices)
    return any(node.kind == "letter" and letter_name(node.text) in known for node in nodes)
