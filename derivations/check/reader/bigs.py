r"""Σ, ∏ and ∫ with every usual way of writing their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from derivations.check.reader.differentials import INTEGRALS, differential_in
from derivations.check.reader.errors import UnreadableRange
from derivations.check.reader.facts import base_name
from derivations.check.reader.interpreter import SEPARATORS, Interpreter, Item, inside
from derivations.check.reader.names import letter_name
from derivations.check.reader.terms import Term, at, multiply, number
from derivations.check.reader.tree import Node

KINDS = {r"\sum": "sum", "∑": "sum", r"\prod": "product", "∏": "product"}
_LESS = {"<": -1, r"\lt": -1, "≤": 0, r"\le": 0, r"\leq": 0, r"\leqslant": 0, r"\leqq": 0, "<=": 0}
_GREATER = {">": 1, r"\gt": 1, "≥": 0, r"\ge": 0, r"\geq": 0, r"\geqslant": 0, r"\geqq": 0, ">=": 0}
BARE = Term("bare")


@dataclass
class Limits:
    """What stands under and over the sign."""

    bounds: dict[str, tuple[Term, Term]] = field(default_factory=dict)
    conditions: list[Term] = field(default_factory=list)
    structure: list[Term] = field(default_factory=list)
    upper: Term = BARE


def big_operator(interpreter: Interpreter, node: Node, rest: Sequence[Item]) -> Term:
    """A sum, product or integral over the rest of its term."""
    sign, marks = (node.parts[0], node.parts[1:]) if node.kind == "scripted" else (node, ())
    if sign.text in INTEGRALS:
        return _integral(interpreter, node, marks, rest)
    limits = _limits(interpreter, sign, marks)
    interpreter.scope.extend(limits.bounds)
    try:
        body = interpreter.product_of(Node("term", rest[0].node.start, rest[-1].node.end), rest)
    finally:
        del interpreter.scope[len(interpreter.scope) - len(limits.bounds) :]
    kind = KINDS.get(sign.text)
    if kind is not None and not marks and (letter := _only_index(body)) is not None and letter not in interpreter.scope:
        return Term(kind, (body, at(sign, "bare"), at(sign, "bare")), letter, node.start, body.end)
    if kind is None or limits.structure or not limits.bounds:
        around = (*limits.structure, *limits.conditions, *(part for pair in limits.bounds.values() for part in pair))
        top = () if limits.upper in limits.structure else (limits.upper,)
        return Term("structure", (body, *around, *top), sign.text.lstrip("\\"), node.start, body.end)
    for place, (letter, (lower, upper)) in enumerate(reversed(limits.bounds.items())):
        conditions = tuple(limits.conditions) if place == 0 else ()
        body = Term(kind, (body, lower, upper, *conditions), letter, node.start, body.end)
    return body


def _only_index(body: Term) -> str | None:
    r"""The one letter that indexes what stands behind a Σ without limits: i of \sum x_i y_i."""
    bound = {str(part.data) for part in body.walk() if part.head in ("sum", "product")}
    indices = [index for part in body.walk() if part.head == "letter" for index in part.args]
    letters = {str(inner.data) for index in indices for inner in index.walk() if inner.head == "letter"}
    return letters.pop() if len(letters) == 1 and not letters & bound else None


def _limits(interpreter: Interpreter, sign: Node, marks: tuple[Node, ...]) -> Limits:
    limits = Limits()
    upper = next((interpreter.anything(mark.parts[1]) for mark in marks if mark.kind == "sup"), BARE)
    lower = next((mark.parts[1] for mark in marks if mark.kind == "sub"), None)
    limits.upper = upper
    if upper.head == "structure":
        limits.structure.append(upper)
    if lower is None:
        limits.structure.append(at(sign, "structure", (), "no limits"))
        return limits
    clauses = _clauses(lower)
    if not clauses:
        raise interpreter.fail(UnreadableRange, lower)
    shared = _shared_start(clauses)
    for clause in clauses:
        _clause(interpreter, clause, upper, shared, limits)
    return limits


def _clauses(node: Node) -> list[Node]:
    """The clauses under a sign: separated by commas, colons, bars or lines."""
    if node.kind in ("group", "wrap"):
        return [found for part in node.parts for found in _clauses(part) if part.kind not in ("lgroup", "rgroup")]
    if node.kind == "row":
        return [found for part in node.parts if part.kind not in SEPARATORS for found in _clauses(part)]
    if node.kind in SEPARATORS or node.kind in ("lgroup", "rgroup"):
        return []
    if node.kind == "term" and all(part.kind == "letter" for part in node.parts):
        return list(node.parts)
    return [node]


def _shared_start(clauses: list[Node]) -> Node | None:
    """i, j = 1: the start that also holds for the letters in front."""
    last = clauses[-1]
    if last.kind == "clause" and last.parts[0].kind == "letter" and len(last.parts) == 2 and last.parts[1].parts[0].text == "=":
        return last.parts[1].parts[1] if len(last.parts[1].parts) > 1 else None
    return None


def _clause(interpreter: Interpreter, clause: Node, upper: Term, shared: Node | None, limits: Limits) -> None:
    if _index_name(interpreter, clause) is not None and clause.kind != "clause":
        lower = interpreter.value(shared) if shared is not None and upper is not BARE else BARE
        limits.bounds.setdefault(str(_index_name(interpreter, clause)), (lower, upper))
        return
    if clause.kind == "clause" and clause.parts[0].kind == "link":
        raise interpreter.fail(UnreadableRange, clause)
    if clause.kind != "clause":
        limits.structure.append(interpreter.anything(clause))
        return
    sides = [clause.parts[0], *(link.parts[1] for link in clause.parts[1:] if len(link.parts) > 1)]
    relations = [link.parts[0].text for link in clause.parts[1:]]
    if len(sides) != len(relations) + 1:
        raise interpreter.fail(UnreadableRange, clause)
    counter = _index_name(interpreter, sides[0])
    if len(relations) == 1 and relations[0] in ("=", ":=") and counter is not None and counter not in limits.bounds:
        limits.bounds[str(_index_name(interpreter, sides[0]))] = (interpreter.value(sides[1]), upper)
    elif len(relations) == 1 and relations[0] in (r"\in", "∈"):
        _member(interpreter, clause, sides, upper, limits)
    elif id(clause) in interpreter.facts.doubled:
        for side in sides:
            if _new_letter(side, limits, interpreter):
                limits.bounds[str(_index_name(interpreter, side))] = (BARE, upper)
        limits.conditions.append(interpreter.value(clause))
    elif all(relation in _LESS for relation in relations):
        _ordered(interpreter, sides, [_LESS[r] for r in relations], upper, limits)
    elif all(relation in _GREATER for relation in relations):
        _ordered(interpreter, sides[::-1], [-_GREATER[r] for r in relations][::-1], upper, limits)
    else:
        for side in sides:
            if not limits.bounds and _new_letter(side, limits, interpreter):
                limits.bounds[str(_index_name(interpreter, side))] = (BARE, upper)
        limits.conditions.append(interpreter.value(clause))


def _new_letter(side: Node, limits: Limits, interpreter: Interpreter) -> bool:
    name = _index_name(interpreter, side)
    return name is not None and name not in limits.bounds and name not in interpreter.scope


def _index_name(interpreter: Interpreter, node: Node) -> str | None:
    """The name of a letter that may count: i, i_1, k'."""
    if node.kind == "letter":
        return letter_name(node.text)
    if node.kind == "scripted" and base_name(node.parts[0]) is not None and node.parts[0].kind == "letter":
        value = interpreter.value(node)
        if value.head == "letter" and not value.args:
            return str(value.data)
    return None


def _integrated(interpreter: Interpreter, variable: Node) -> str | None:
    """The name of the letter in dx, dx', dx_1; of an entry dx_i that of its array."""
    return _index_name(interpreter, variable) or base_name(variable.parts[0] if variable.kind == "scripted" else variable)


def _member(interpreter: Interpreter, clause: Node, sides: list[Node], upper: Term, limits: Limits) -> None:
    r"""i \in \{1, …, N\}, i \in [N], c \in \{0, 1\}, i \in C_k."""
    if sides[0].kind != "letter":
        limits.structure.append(interpreter.value(clause))
        return
    name = letter_name(sides[0].text)
    fence = sides[1]
    if fence.kind == "fence":
        content = inside(fence)
        items = [part for part in (content.parts if content.kind == "row" else (content,)) if part.kind not in SEPARATORS]
        dots = [item for item in items if item.kind == "ellipsis"]
        if dots and items[0].kind == "number" and items[-1].kind != "ellipsis":
            limits.bounds[name] = (interpreter.value(items[0]), interpreter.value(items[-1]))
            return
        if len(items) == 1 and fence.parts[0].kind == "lbrack":
            limits.bounds[name] = (number(1), interpreter.value(items[0]))
            return
        values = [interpreter.value(item) for item in items]
        whole = [v.data for v in values if v.head == "number" and v.data.denominator == 1]
        if values and len(whole) == len(values) and sorted(whole) == list(range(int(min(whole)), int(max(whole)) + 1)):
            limits.bounds[name] = (number(min(whole)), number(max(whole)))
            return
    elif name not in limits.bounds and base_name(fence.parts[0] if fence.kind == "scripted" else fence) is not None:
        limits.bounds[name] = (BARE, upper)
        members = interpreter.value(fence)
        if members.head == "letter":
            limits.conditions.append(at(clause, "member", (interpreter.value(sides[0]), *members.args), members.data))
            return
        del limits.bounds[name]
    limits.structure.append(interpreter.value(clause))


def _ordered(interpreter: Interpreter, sides: list[Node], gaps: list[int], upper: Term, limits: Limits) -> None:
    """a ≤ i < j ≤ b from the left; each gap is 0 for ≤ and −1 for <. New letters get bounds from their neighbours."""
    known = set(interpreter.scope) | set(limits.bounds)
    candidates = sides[:1] if len(sides) == 2 else sides[:-1]
    letters = [side for side in candidates if side.kind == "letter" and letter_name(side.text) not in known]
    if not letters and len(sides) == 2 and sides[1].kind == "letter" and letter_name(sides[1].text) not in known:
        letters = [sides[1]]
    for place, side in enumerate(sides):
        if side not in letters:
            continue
        lower, high = BARE, upper
        if place > 0:
            lower = _shifted(interpreter.value(sides[place - 1]), -gaps[place - 1])
        if place + 1 < len(sides) and sides[place + 1] not in letters:
            high = _shifted(interpreter.value(sides[place + 1]), gaps[place])
        limits.bounds[letter_name(side.text)] = (lower, high)
    if not letters:
        raise interpreter.fail(UnreadableRange, sides[0])


def _shifted(term: Term, by: int) -> Term:
    return term if by == 0 else Term("add", (term, number(by)), None, term.start, term.end)


def _integral(interpreter: Interpreter, node: Node, marks: tuple[Node, ...], rest: Sequence[Item]) -> Term:
    place = differential_in([item.node for item in rest])
    whole = Node("term", node.start, rest[-1].node.end)
    lower = next((interpreter.anything(mark.parts[1]) for mark in marks if mark.kind == "sub"), None)
    upper = next((interpreter.anything(mark.parts[1]) for mark in marks if mark.kind == "sup"), None)
    decorations = tuple(value for value in (lower, upper) if value is not None)
    if place is None:
        return at(whole, "structure", (interpreter.product_of(whole, rest), *decorations), "integral")
    start, length, variable = place
    before, after = rest[:start], rest[start + length :]
    name = _integrated(interpreter, variable)
    if not before:
        before, after = after, []
    body = interpreter.product_of(whole, before) if before else number(1)
    value: Term
    if lower is None or upper is None or len(marks) != 2 or any(part.head == "structure" for part in decorations):
        value = at(whole, "structure", (body, *decorations), f"integral over {name}")
    else:
        value = Term("integral", (body, lower, upper), name, node.start, rest[-1].node.end)
    if after:
        return multiply([value, interpreter.product_of(whole, after)], node.start, rest[-1].node.end)
    return value
