"""How far ∫ and Σ reach beyond their term: an integral to its differential, a Σ on to terms that use its index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from derivations.check.reader.differentials import INTEGRALS, closing_differential
from derivations.check.reader.facts import bound_letters, walk
from derivations.check.reader.interpreter import Interpreter, Item, items_of
from derivations.check.reader.names import letter_name
from derivations.check.reader.tree import Node

SignedTerm = tuple[Node | None, Node]
"""The signs in front of a term, if any, and the term."""


def signed_terms(node: Node) -> list[SignedTerm]:
    """The terms of a sum in order; the tree leans to the left."""
    found: list[SignedTerm] = []
    while node.kind == "sum":
        *before, last = node.parts
        signs = before[-1] if before and before[-1].kind == "signs" else None
        found.append((signs, last))
        rest = [part for part in before if part.kind != "signs"]
        if not rest:
            return found[::-1]
        node = rest[0]
    found.append((None, node))
    return found[::-1]


def reach(interpreter: Interpreter, parts: Sequence[SignedTerm], place: int) -> int:
    r"""The last term that the ∫ or Σ in the term at `place` takes.

    ∫ x^2 + x dx reaches to its differential. \sum_i a_i - b_i reaches on to b_i where i stands nowhere else; where it does,
    the question is recorded.
    """
    if place + 1 == len(parts):
        return place
    items = items_of(parts[place][1])
    for position in _bigs(items):
        big = items[position].node
        if _sign(big) in INTEGRALS:
            if closing_differential([item.node for item in items[position + 1 :]]) is None:
                closed = (later for later in range(place + 1, len(parts)) if _closes(parts[later][1]))
                if (last := next(closed, None)) is not None:
                    return last
            continue
        if interpreter.notation.patterns is not None:
            continue
        names = bound_letters(big).difference(interpreter.scope)
        following = range(place + 1, len(parts))
        users = [later for later in following if not names.isdisjoint(_free_letters(interpreter, parts[later][1]))]
        if users:
            inside = Counter(letter_name(node.text) for _, term in parts[place:] for node in walk(term) if node.kind == "letter")
            is_alone = all(interpreter.facts.counts[name] == inside[name] for name in names)
            option = interpreter.choose(big, "whether the sum takes the later terms that use its index")
            return users[-1] if (option == 0) == is_alone else place
    return place


def spanning(interpreter: Interpreter, parts: Sequence[SignedTerm]) -> Node:
    """One term in which the ∫ or Σ of the first term stands in front of all of them."""
    items, ends = items_of(parts[0][1]), [item.node for item in items_of(parts[-1][1])]
    position = next(place for place in _bigs(items) if _takes(interpreter, items, place, parts))
    head, rest = [item.node for item in items[: position + 1]], [item.node for item in items[position + 1 :]]
    tail: list[Node] = []
    if _sign(head[-1]) in INTEGRALS and (found := closing_differential(ends, whole=True)) is not None:
        tail, ends = ends[found:], ends[:found]
    body = _term(rest) if rest else None
    for signs, term in [*parts[1:-1], (parts[-1][0], _term(ends) if ends else None)]:
        if term is not None and body is not None and signs is not None:
            body = Node("sum", body.start, term.end, (body, signs, term))
    return _term([*head, *(() if body is None else (body,)), *tail])


def _takes(interpreter: Interpreter, items: Sequence[Item], position: int, parts: Sequence[SignedTerm]) -> bool:
    """Whether it is this ∫ or Σ that the last term belongs to."""
    if _sign(items[position].node) in INTEGRALS:
        return closing_differential([item.node for item in items[position + 1 :]]) is None
    return bool(bound_letters(items[position].node) & _free_letters(interpreter, parts[-1][1]))


def _closes(term: Node) -> bool:
    return closing_differential([item.node for item in items_of(term)], whole=True) is not None


def _term(nodes: Sequence[Node]) -> Node:
    return Node("term", nodes[0].start, nodes[-1].end, tuple(nodes))


def _bigs(items: Sequence[Item]) -> list[int]:
    """The places of Σ and ∫ among the factors of a term."""
    return [place for place, item in enumerate(items) if (item.node.parts[:1] or (item.node,))[0].kind == "big"]


def _sign(big: Node) -> str:
    return (big.parts[0] if big.kind == "scripted" else big).text


def _free_letters(interpreter: Interpreter, term: Node) -> set[str]:
    """The letters of a term that no Σ in it binds."""
    found = interpreter.free_letters.get(id(term))
    if found is None:
        nodes = walk(term)
        bigs = [node for node in nodes if node.kind == "scripted" and node.parts[0].kind == "big"]
        bound = {name for big in bigs for name in bound_letters(big)}
        found = {letter_name(node.text) for node in nodes if node.kind == "letter"} - bound
        interpreter.free_letters[id(term)] = found
    return found
