"""Brackets of every kind and environments: values, sets, tuples, bars, norms, inner products, matrices, cases."""

from __future__ import annotations

from derivations.check.reader.errors import MissingBracket
from derivations.check.reader.interpreter import Interpreter, listed
from derivations.check.reader.piecewise import piecewise
from derivations.check.reader.terms import Term, at
from derivations.check.reader.tree import Node

_LISTS = {("lbrace", "rbrace"): "set", ("lbrack", "rbrack"): "bracketed list", ("lbrack", "rpar"): "interval open on the right",
          ("lpar", "rbrack"): "interval open on the left"}  # fmt: skip
"""Ends of a bracket that lists → what the list is called."""
_BRACKETS = {"lfloor": "floor", "lceil": "ceiling"}


def fence(interpreter: Interpreter, node: Node) -> Term:
    """The value of what stands in a bracket, by the kinds of its two ends."""
    opening, content, closing = node.parts
    pair = (opening.kind, closing.kind)
    if content.kind == "row" and not content.parts:
        return interpreter.structure(node, "nothing")
    separated = content.kind == "row"
    if pair == ("lbrace", "closenull") and content.kind == "environment":
        value = piecewise(interpreter, content)
        return at(node, "structure", interpreter.value(content).args, "cases") if value is None else value
    if pair in (("lpar", "rbrack"), ("lbrack", "rpar")) and not separated:
        raise interpreter.fail(MissingBracket, closing, f"{opening.text} closed by {closing.text}")
    if opening.kind in ("lbar", "lnorm") or (opening.kind == "opennull" and closing.kind in ("rbar", "rnorm")):
        if opening.kind == "opennull":
            return interpreter.structure(node, "evaluated", interpreter.value(content))
        return _barred(interpreter, node, opening.kind)
    if opening.kind in _BRACKETS:
        return at(node, "apply", (interpreter.value(content),), _BRACKETS[opening.kind])
    if opening.kind == "langle":
        items = listed(content)
        if len(items) == 2:
            return at(node, "inner", tuple(interpreter.value(item) for item in items))
        return interpreter.structure_of(node, "bracket", content.parts if separated else (content,))
    if separated:
        items = listed(content)
        if len(items) == 1 and len(content.parts) == 1:
            return interpreter.value(items[0])
        kind = _LISTS.get(pair, "tuple")
        value = interpreter.value(content)
        return value if value.head != "structure" else at(node, "structure", value.args, kind)
    if content.kind == "clause" and opening.kind == "lbrack":
        return at(node, "indicator", (interpreter.value(content),))
    return interpreter.value(content)._replace(start=node.start, end=node.end)


def _barred(interpreter: Interpreter, node: Node, kind: str) -> Term:
    value = interpreter.value(node.parts[1])
    if kind == "lbar" and node.parts[1].kind == "fence" and node.parts[1].parts[0].kind == "lbar":
        return at(node, "norm", (value.args[0],) if value.head == "bars" else (value,), 2)
    return at(node, "bars" if kind == "lbar" else "norm", (value,), 2 if kind == "lnorm" else None)


def environment(interpreter: Interpreter, node: Node) -> Term:
    """A matrix of values, or rows kept as structure."""
    opening = node.parts[0].text
    kind = opening.split("{", 1)[1].split("}", 1)[0].rstrip("*")
    rows: list[list[Term]] = [[]]
    for part in node.parts[1:-1]:
        if part.kind == "newline":
            rows.append([])
        elif part.kind != "ampersand":
            rows[-1].append(interpreter.anything(part))
    while rows and not [
        cell
        for cell in rows[-1]
        if cell.data != "nothing" and not (cell.head == "structure" and not cell.args and cell.data == "list")
    ]:
        rows.pop()
    if kind in ("cases", "dcases") and (value := piecewise(interpreter, node)) is not None:
        return value
    if kind.endswith("matrix") and rows and len({len(row) for row in rows}) == 1:
        cells = tuple(cell for row in rows for cell in row)
        matrix = at(node, "matrix", cells, (len(rows), len(rows[0])))
        return at(node, "bars", (matrix,)) if kind.startswith("v") else matrix
    if kind in ("aligned", "split", "gathered", "align", "equation", "array") and len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    args = tuple(at(node, "structure", tuple(row), "row") for row in rows)
    return at(node, "structure", args, kind)
