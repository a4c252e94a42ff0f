"""Marks on something that is no letter: powers, transposes, norms, entries, [·]_+."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

from derivations.check.reader.errors import BareScript
from derivations.check.reader.interpreter import Interpreter
from derivations.check.reader.script_parts import (
    is_inverse_transpose,
    is_transpose,
    only_mark,
    raised_parts,
    script_items,
    spelled,
)
from derivations.check.reader.terms import Term, at, inverse, negative, number, power
from derivations.check.reader.tree import Node


def marked(interpreter: Interpreter, node: Node, base: Node, value: Term, marks: list[Node]) -> Term:
    """Marks on something that is no letter: powers, transposes, norms, entries, [·]_+."""
    if value.head == "structure" and value.data == "evaluated" and value.args:
        between = _between(interpreter, node, value.args[0], marks)
        if between is not None:
            return between
    for kind, group in groupby(marks, key=lambda mark: mark.kind):
        if kind == "sup":
            value = _power_of(interpreter, node, value, next(group))
        elif kind == "sub":
            value = _entry_of(interpreter, node, base, value, next(group))
        else:
            value = after(interpreter, node, value, list(group))
    return value


def _power_of(interpreter: Interpreter, node: Node, value: Term, mark: Node) -> Term:
    parts = raised_parts(mark.parts[1])
    if not parts:
        raise interpreter.fail(BareScript, mark, "an empty script")
    for part in parts:
        if part.kind in ("special", "name", "letter") and is_transpose(interpreter, part):
            value = at(node, "transpose", (value,))
        elif is_inverse_transpose(interpreter, part):
            value = at(node, "transpose", (inverse(value),))
        elif only_mark(part) is not None or part.kind in ("fence", "row", "clause", "name"):
            value = at(node, "structure", (value,), "marked " + spelled(part))
        else:
            value = power(value, interpreter.value(part), node.start, node.end)
    return value


def _entry_of(interpreter: Interpreter, node: Node, base: Node, value: Term, mark: Node) -> Term:
    items = script_items(mark.parts[1])
    if not items:
        raise interpreter.fail(BareScript, mark, "an empty script")
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
    factorials = sum(mark.kind == "factorial" for mark in marks)
    if factorials > 1:
        return at(node, "structure", (value,), f"factorial of step {factorials}")
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
            count = len(mark.parts[0].text if mark.parts else mark.text)
            is_transpose = count == 1 and _is_matrix(interpreter, value)
            value = at(node, "transpose", (value,)) if is_transpose else at(node, "structure", (value,), "prime" * count)
    return value


def _hundredth() -> Term:
    return number(Fraction(1, 100))


def _is_substitution(condition: Term, body: Term) -> bool:
    """Whether a condition x = a gives a value to a letter that the body shows."""
    if condition.head != "relation" or condition.data != ("=",) or condition.args[0].head not in ("letter", "power"):
        return False
    letter = condition.args[0] if condition.args[0].head == "letter" else condition.args[0].args[0]
    return any(part.head == "letter" and part.data == letter.data for part in body.walk())


def evaluated(interpreter: Interpreter, node: Node, bar: Node, body: Term, mark: Term) -> Term:
    r"""f \big|_{x=0}: what stands in front of the bar, at the place written below it."""
    marks = list(bar.parts[1:]) if bar.kind == "scripted" else []
    between = _between(interpreter, node, body, marks)
    return at(node, "structure", (body, mark), "evaluated at") if between is None else between


def _between(interpreter: Interpreter, node: Node, body: Term, marks: list[Node]) -> Term | None:
    """The body at x = a, or at the upper end less at the lower one; None where the marks do not name a letter of it."""
    lower = [mark for mark in marks if mark.kind == "sub"]
    upper = [mark for mark in marks if mark.kind == "sup"]
    if len(lower) != 1 or len(upper) > 1 or len(lower) + len(upper) != len(marks):
        return None
    items = script_items(lower[0].parts[1])
    if len(items) != 1 or items[0].kind != "clause" or not _is_substitution(condition := interpreter.value(items[0]), body):
        return None
    value = at(node, "substitute", (body, *condition.args))
    if not upper:
        return value
    end = at(node, "substitute", (body, condition.args[0], interpreter.value(upper[0].parts[1])))
    return at(node, "add", (end, negative(value)))


def _is_matrix(interpreter: Interpreter, value: Term) -> bool:
    """Whether a bracket holds matrices, so that a prime behind it is a transpose and no derivative."""
    names = [str(part.data) for part in value.walk() if part.head == "letter"]
    known = interpreter.facts.bold | interpreter.facts.transposed
    return any(name[:1].isupper() or name in known for name in names) or any(part.head == "transpose" for part in value.walk())
