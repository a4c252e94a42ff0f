"""From the tree of a text to its claims: one for each clause, in order, with what stands in front of it."""

from __future__ import annotations

from derivations.check.reader.errors import MissingBracket, MissingOperand
from derivations.check.reader.interpreter import SEPARATORS, Interpreter
from derivations.check.reader.statements import SIGNS, Claim, Kind, kind_of
from derivations.check.reader.terms import Term, at
from derivations.check.reader.tree import Node


def claims_of(interpreter: Interpreter, tree: Node) -> tuple[Claim, ...]:
    """The claims of a whole text."""
    found: list[Claim] = []
    link = ""
    pieces = _pieces(tree)
    for end in (pieces[0], pieces[-1]) if pieces else ():
        if end.kind in ("mid", "normmid") and interpreter.text[end.start : end.end].strip() not in (r"\mid", r"\given", "∣"):
            raise interpreter.fail(MissingBracket, end, "a bar without its partner")
    for node in _conditioned(pieces):
        if node.kind in ("comma", "quad", "period", "semicolon", "newline", "arrow", "connective", "colon", "mid", "normmid"):
            link = node.text.strip().lstrip("\\") if node.kind != "newline" else "newline"
        elif node.kind == "words":
            words = interpreter.words(node)
            found.append(Claim(Kind.WORDS, (), (), node.start, node.end, words))
            link = words
        else:
            found.append(_claim(interpreter, node, link))
            link = ""
    return tuple(found)


def _conditioned(pieces: list[Node]) -> list[Node]:
    r"""The pieces with x \mid y = k \sim N(…) as one: x given y = k is distributed."""
    found: list[Node] = []
    for piece in pieces:
        last = piece.parts[-1] if piece.kind == "clause" and len(piece.parts) > 1 else None
        if len(found) > 1 and found[-1].kind == "mid" and found[-2].kind not in SEPARATORS and last is not None and (
            last.kind == "link" and len(last.parts) == 2 and SIGNS.get(last.parts[0].text) == "distributed"
        ):  # fmt: skip
            found.pop()
            left = found.pop()
            before = piece.parts[:-1]
            condition = before[0] if len(before) == 1 else Node("clause", piece.start, before[-1].end, before)
            given = Node("conditional", left.start, condition.end, (left, condition))
            found.append(Node("clause", left.start, piece.end, (given, last)))
        else:
            found.append(piece)
    return found


def _pieces(tree: Node) -> list[Node]:
    """The clauses and separators of the text in order; environments that only lay out lines are opened."""
    if tree.kind == "row" and any(part.kind in ("choose", "over") for part in tree.parts):
        return [tree]
    if tree.kind in ("rows", "row"):
        return [piece for part in tree.parts for piece in _pieces(part)]
    if tree.kind == "environment" and _only_lays_out(tree):
        return [piece for line in _lines(tree) for piece in _pieces(line)]
    if tree.kind == "wrap" and any(part.kind in ("clause", "row") for part in tree.parts[1].parts):
        return [piece for part in tree.parts[1].parts[1:-1] for piece in _pieces(part)]
    if tree.kind == "clause" and len(tree.parts) == 1 and tree.parts[0].kind != "link":
        return [tree.parts[0]]
    return [tree]


def _only_lays_out(environment: Node) -> bool:
    """Whether an environment holds lines of formulas: align and its kin, and an array with a column of relations."""
    opening = environment.parts[0].text.replace(" ", "")
    if opening.startswith(r"\begin{array}"):
        return any(part.kind == "clause" and part.parts[0].kind == "link" for part in environment.parts)
    return any(opening.startswith(r"\begin{" + name) for name in _LINES)


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
    """a & = b and a & = & b as the one clause a = b."""
    joined: list[Node] = []
    for cell in cells:
        previous = joined[-1] if joined else None
        is_side = previous is not None and previous.kind not in ("newline", "row")
        if is_side and previous is not None and cell.kind == "clause" and cell.parts[0].kind == "link":
            parts = previous.parts if previous.kind == "clause" else (previous,)
            joined[-1] = Node("clause", previous.start, cell.end, (*parts, *cell.parts))
        elif is_side and previous is not None and previous.kind == "clause" and len(previous.parts[-1].parts) == 1 and (
            previous.parts[-1].kind == "link" and cell.kind not in ("newline", "row")
        ):  # fmt: skip
            sides = cell.parts if cell.kind == "clause" else (cell,)
            link = Node("link", previous.parts[-1].start, sides[0].end, (*previous.parts[-1].parts, sides[0]))
            joined[-1] = Node("clause", previous.start, cell.end, (*previous.parts[:-1], link, *sides[1:]))
        else:
            joined.append(cell)
    return joined[0] if len(joined) == 1 else Node("row", joined[0].start, joined[-1].end, tuple(joined))


def _claim(interpreter: Interpreter, node: Node, link: str) -> Claim:
    if node.kind != "clause":
        value = interpreter.anything(node)
        return Claim(kind_of((value,), ()), (value,), (), node.start, node.end, link)
    sides: list[Term | None] = [None if node.parts[0].kind == "link" else interpreter.anything(node.parts[0])]
    relations: list[str] = []
    before = ""
    for part in node.parts[0 if sides[0] is None else 1 :]:
        sign = before + part.parts[0].text
        before = ""
        if len(part.parts) == 1 and part is not node.parts[-1]:
            if sign not in _FIRST_HALVES:
                raise interpreter.fail(MissingOperand, part, "nothing between two relations")
            before = part.parts[0].text
            continue
        if sign != part.parts[0].text and sign not in SIGNS:
            if sign not in _HALVES:
                raise interpreter.fail(MissingOperand, part, "nothing between two relations")
            sign = _HALVES[sign]
        relations.append(SIGNS.get(sign, sign.lstrip("\\")))
        if len(part.parts) > 1:
            sides.append(_relation_free(interpreter, part.parts[1]))
        else:
            sides.append(None)
    return Claim(kind_of(tuple(sides), tuple(relations)), tuple(sides), tuple(relations), node.start, node.end, link)


_HALVES = {"==": "=", r"\perp\perp": "independent", "⊥⊥": "independent"}
"""Two relations side by side that are one; >= and := are in the table of relations."""
_FIRST_HALVES = frozenset((">", "<", "=", ":", r"\perp", "⊥"))


def _relation_free(interpreter: Interpreter, node: Node) -> Term:
    value = interpreter.anything(node)
    return value if value.head != "relation" else at(node, "structure", (value,), "relation")
