"""Indicators in every spelling: 1[y=k], I(y=k), 1_{y=k}, and deltas."""

from __future__ import annotations

from derivations.check.reader.facts import base_name
from derivations.check.reader.interpreter import SEPARATORS, Interpreter, inside, listed
from derivations.check.reader.script_parts import script_items
from derivations.check.reader.terms import Term, at, number, power
from derivations.check.reader.tree import Node


def indicator_at(interpreter: Interpreter, node: Node, following: Node | None) -> tuple[Term, int] | None:
    r"""An indicator from here on, and how many factors it takes: \mathbb{1}[y=k], 1\{y=k\}, I(y=k), 1_{y=k}, δ(y−k), δ_{ij}."""
    core, marks = (node.parts[0], node.parts[1:]) if node.kind == "scripted" else (node, ())
    name = core.text if core.kind in ("number", "digit") else base_name(core)
    notation = interpreter.notation
    if name in notation.deltas and not notation.declares(str(name)):
        return _delta(interpreter, node, marks, following)
    if name != "1" and name not in notation.indicators:
        return None
    if name == "1" and core.kind == "style":
        word = core.parts[0].text.lstrip("\\")
        name = "bb_1" if word.startswith("math") else name
    if following is not None and following.kind in ("fence", "scripted") and not marks:
        fence = following.parts[0] if following.kind == "scripted" else following
        if fence.kind == "fence" and (conditions := _conditions(interpreter, inside(fence))):
            value = Term("indicator", conditions, None, node.start, fence.end)
            for mark in following.parts[1:] if following.kind == "scripted" else ():
                if mark.kind == "sup":
                    value = power(value, interpreter.value(mark.parts[1]), node.start, following.end)
            return value, 2
    if len(marks) == 1 and marks[0].kind == "sub":
        content = inside(marks[0].parts[1])
        if content.kind == "fence":
            content = inside(content)
        conditions = _conditions(interpreter, content)
        if conditions:
            return at(node, "indicator", conditions), 1
    return None


def _conditions(interpreter: Interpreter, content: Node) -> tuple[Term, ...]:
    """The relations listed in a bracket; empty when it lists something else."""
    if content.kind == "clause":
        return (interpreter.value(content),)
    if content.kind == "row":
        listed_nodes = [part for part in content.parts if part.kind not in SEPARATORS]
        if listed_nodes and all(part.kind == "clause" for part in listed_nodes) and not any(
            part.kind in ("mid", "words", "semicolon", "colon") or part.text in (r"\lor", r"\vee",
            "∨") for part in content.parts
        ):  # fmt: skip
            return tuple(interpreter.value(part) for part in listed_nodes)
    return ()


def _delta(interpreter: Interpreter, node: Node, marks: tuple[Node, ...], following: Node | None) -> tuple[Term, int] | None:
    if following is not None and following.kind == "fence" and not marks:
        content = inside(following)
        if content.kind == "row":
            items = listed(content)
            if len(items) == 2:
                return Term("delta", tuple(map(interpreter.value, items)), None, node.start, following.end), 2
        if content.kind == "sum":
            return Term("delta", (interpreter.value(content), number(0)), None, node.start, following.end), 2
        conditions = _conditions(interpreter, content)
        if conditions:
            return Term("indicator", conditions, None, node.start, following.end), 2
    if len(marks) == 1 and marks[0].kind == "sub":
        content = inside(marks[0].parts[1])
        if content.kind == "clause":
            return at(node, "indicator", (interpreter.value(content),)), 1
        items = script_items(marks[0].parts[1])
        if len(items) == 2 and all(item.kind in ("letter", "number", "digit", "scripted", "sum") for item in items):
            return at(node, "delta", tuple(interpreter.value(item) for item in items)), 1
    return None
