"""Marks on something that is no letter: powers, transposes, norms, entries, [·]_+."""

from __future__ import annotations

from fractions import Fraction

from derivations.check.reader.errors import BareScript
from derivations.check.reader.interpreter import Interpreter
from derivations.check.reader.script_parts import is_transpose, only_mark, raised_parts, script_items, spelled
from derivations.check.reader.terms import Term, at, number, power
from derivations.check.reader.tree import Node


def marked(interpreter: Interpreter, node: Node, base: Node, value: Term, marks: list[Node]) -> Term:
    """Marks on something that is no letter: powers, transposes, norms, entries, [·]_+."""
    for mark in marks:
        if mark.kind == "sup":
            value = _power_of(interpreter, node, value, mark)
        elif mark.kind == "sub":
            value = _entry_of(interpreter, node, base, value, mark)
        else:
            value = after(interpreter, node, value, [mark])
    return value


def _power_of(interpreter: Interpreter, node: Node, value: Term, mark: Node) -> Term:
    parts = raised_parts(mark.parts[1])
    if not parts:
        raise interpreter.fail(BareScript, mark, "an empty script")
    for part in parts:
        if part.kind in ("special", "name", "letter") and is_transpose(interpreter, part):
            value = at(node, "transpose", (value,))
        elif only_mark(part) is not None or part.kind in ("fence", "row", "clause", "name"):
            value = at(node, "structure", (value,), "marked " + spelled(part))
        else:
            value = power(value, interpreter.value(part), node.start, node.end)
    return value


def _entry_of(interpreter: Interpreter, node: Node, base: Node, value: Term, mark: Node) -> Term:
    items = script_items(mark.parts[1])
    if not items:
        raise interpreter.fail(BareScript, mark, "an empty script")
    if value.head == "structure" and value.data == "evaluated" and value.args and len(items) == 1 and items[0].kind == "clause":
        condition = interpreter.value(items[0])
        if condition.data == ("=",) and condition.args[0].head in ("letter", "power"):
            return at(node, "substitute", (value.args[0], *condition.args))
    if value.head == "norm":
        if len(items) == 1 and items[0].kind in ("digit", "number"):
            return value._replace(data=int(items[0].text))
        if spelled(mark.parts[1]) in ("F", "infinity"):
            return value._replace(data=spelled(mark.parts[1]))
        return at(node, "structure", (value, *(interpreter.anything(item) for item in items)), "norm")
    if base.kind == "fence" and len(items) == 1 and only_mark(items[0]) == "plus":
        return at(node, "apply", (number(0), value), "max")
    return at(node, "structure", (value, *(interpreter.anything(item) for item in items)), "entry")


def after(interpreter: Interpreter, node: Node, value: Term, marks: list[Node]) -> Term:
    """The value with factorials, percents and primes behind it."""
    for mark in marks:
        if mark.kind == "factorial":
            value = at(node, "apply", (value,), "factorial")
        elif mark.kind == "percent":
            value = Term(
                "multiply",
                (value, number(1) if mark.parts and mark.parts[0].text == "°" else _hundredth()),
                None,
                node.start,
                node.end,
            )
        elif mark.kind == "primes":
            value = at(node, "transpose", (value,))
    return value


def _hundredth() -> Term:
    return number(Fraction(1, 100))
