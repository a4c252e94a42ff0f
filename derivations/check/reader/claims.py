"""From the tree of a text to its claims: one for each clause, in order, with what stands in front of it."""

from __future__ import annotations

from derivations.check.reader.interpreter import Interpreter
from derivations.check.reader.statements import SIGNS, Claim, Kind, kind_of
from derivations.check.reader.terms import Term, at
from derivations.check.reader.tree import Node


def claims_of(interpreter: Interpreter, tree: Node) -> tuple[Claim, ...]:
    """The claims of a whole text."""
    found: list[Claim] = []
    link = ""
    for node in _pieces(tree):
        if node.kind in ("comma", "quad", "period", "semicolon", "newline", "arrow", "connective", "colon", "mid", "normmid"):
            link = node.text.strip().lstrip("\\") if node.kind != "newline" else "newline"
        elif node.kind == "words":
            words = node.text.strip("\ue020\ue021 ")
            found.append(Claim(Kind.WORDS, (), (), node.start, node.end, words))
            link = words
        else:
            found.append(_claim(interpreter, node, link))
            link = ""
    return tuple(found)


def _pieces(tree: Node) -> list[Node]:
    """The clauses and separators of the text in order; environments that only lay out lines are opened."""
    if tree.kind in ("rows", "row"):
        return [piece for part in tree.parts for piece in _pieces(part)]
    if tree.kind == "environment" and any(tree.parts[0].text.replace(" ", "").startswith(r"\begin{" + name) for name in _LINES):
        return [piece for line in _lines(tree) for piece in _pieces(line)]
    if tree.kind == "clause" and len(tree.parts) == 1 and tree.parts[0].kind != "link":
        return [tree.parts[0]]
    return [tree]


_LINES = ("align", "equation", "gather", "multline", "eqnarray", "split", "flalign", "gathered")


def _lines(environment: Node) -> list[Node]:
    """The lines of a layout environment; the cells of a line are read as one."""
    lines: list[list[Node]] = [[]]
    for part in environment.parts[1:-1]:
        if part.kind == "newline":
            lines.append([part])
        elif part.kind != "ampersand" and not (part.kind == "row" and not part.parts):
            lines[-1].append(part)
    return [_joined(line) for line in lines if line]


def _joined(cells: list[Node]) -> Node:
    """a & = b as the one clause a = b."""
    sides: list[Node] = []
    others: list[Node] = []
    for cell in cells:
        if cell.kind == "clause" and cell.parts[0].kind == "link" and others and others[-1].kind not in ("newline", "row"):
            previous = others.pop()
            parts = previous.parts if previous.kind == "clause" else (previous,)
            others.append(Node("clause", previous.start, cell.end, (*parts, *cell.parts)))
        else:
            others.append(cell)
    sides += others
    return sides[0] if len(sides) == 1 else Node("row", sides[0].start, sides[-1].end, tuple(sides))


def _claim(interpreter: Interpreter, node: Node, link: str) -> Claim:
    if node.kind != "clause":
        value = interpreter.anything(node)
        return Claim(kind_of((value,), ()), (value,), (), node.start, node.end, link)
    sides: list[Term | None] = [None if node.parts[0].kind == "link" else interpreter.anything(node.parts[0])]
    relations: list[str] = []
    for part in node.parts[0 if sides[0] is None else 1 :]:
        relations.append(SIGNS.get(part.parts[0].text, part.parts[0].text.lstrip("\\")))
        if len(part.parts) > 1:
            sides.append(_relation_free(interpreter, part.parts[1]))
        else:
            sides.append(None)
    return Claim(kind_of(tuple(sides), tuple(relations)), tuple(sides), tuple(relations), node.start, node.end, link)


def _relation_free(interpreter: Interpreter, node: Node) -> Term:
    value = interpreter.anything(node)
    return value if value.head != "relation" else at(node, "structure", (value,), "relation")
