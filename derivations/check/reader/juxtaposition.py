r"""What stands side by side: products, applications, and how far \sum, \log and ∂/∂x reach.

A \sum reaches to the end of its term, up to the next + or −. A named function takes the bracket behind it, or else the factors
up to the next function, operator or bracket. A letter applies to the bracket behind it where the notation says so, or where the
bracket lists, conditions or compares. Where two readings are common the choice is recorded as ambiguous.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.check.reader.applications import applied_letter, applies, takes_what_follows
from derivations.check.reader.bigs import big_operator
from derivations.check.reader.differentials import derivative_operator, differentiated, slashed_derivative
from derivations.check.reader.errors import DoubleScript, MissingOperand, UnexpectedText
from derivations.check.reader.functions import named_function
from derivations.check.reader.indicators import indicator_at
from derivations.check.reader.interpreter import Interpreter, Item, items_of
from derivations.check.reader.marks import evaluated
from derivations.check.reader.names import FUNCTION_WORDS, OPERATOR, word_name
from derivations.check.reader.terms import Term, at, inverse, multiply, negative
from derivations.check.reader.tree import Node

DIVISIONS = frozenset(("/", r"\div", "÷"))
TIMES = frozenset(("*", r"\cdot", r"\times", "×", "·", "⋅", "∗", r"\ast", r"\bullet"))
HADAMARD = frozenset((".*", r"\odot", "⊙", r"\circ", "∘"))


def product(interpreter: Interpreter, node: Node) -> Term:
    """The value of a term: everything between two + or − signs."""
    items = items_of(node)
    slashed = slashed_derivative(interpreter, node, [item.node for item in items])
    if slashed is not None:
        return slashed
    return product_of(interpreter, node, items)


def product_of(interpreter: Interpreter, node: Node, items: Sequence[Item]) -> Term:
    """The product of a row of items."""
    factors: list[Term] = []
    position, sign, pending = 0, False, ""
    while position < len(items):
        item = items[position]
        if item.node.kind == "sign":
            sign ^= item.node.text in "-−–"
            position += 1
            continue
        if item.operator:
            if pending:
                raise interpreter.fail(MissingOperand, item.node, "two operators side by side")
            if (position == 0 or position == len(items) - 1) or item.node.text not in DIVISIONS | TIMES | HADAMARD:
                return _with_operators(interpreter, node, items)
            pending = item.node.text
            position += 1
            continue
        if position and _is_number(item.node) and _is_number(items[position - 1].node):
            raise interpreter.fail(UnexpectedText, item.node, "two numbers side by side")
        before = position
        value, position = operand(interpreter, items, position)
        if sign:
            value, sign = negative(value), False
        if item.node.kind == "evalbar" or (item.node.kind == "scripted" and item.node.parts[0].kind == "evalbar"):
            return evaluated(interpreter, node, item.node, multiply(factors, node.start, node.end), value)
        if pending in DIVISIONS:
            factors, position = _divided(interpreter, items, before, position, factors, value)
        elif pending in HADAMARD:
            factors = [at(node, "hadamard", (multiply(factors, node.start, node.end), value))]
        else:
            factors.append(value)
        pending = ""
    return multiply(factors, node.start, node.end)


def _divided(
    interpreter: Interpreter, items: Sequence[Item], before: int, position: int, factors: list[Term], value: Term
) -> tuple[list[Term], int]:
    """a / b c: everything in front over b; whether c is below too is a matter of taste, and asked."""
    below = [value]
    if position < len(items) and not items[position].operator and _could_be_below(items[before].node, items[position].node):
        option = interpreter.choose(items[before].node, "what stands under the slash: one factor or all that follow")
        if option == 1:
            while position < len(items) and not items[position].operator:
                more, position = operand(interpreter, items, position)
                below.append(more)
    return [*factors, *(inverse(part) for part in below)], position


def _could_be_below(first: Node, second: Node) -> bool:
    core = second.parts[0] if second.kind == "scripted" else second
    under = first.parts[0] if first.kind == "scripted" else first
    return under.kind in ("number", "letter", "accent", "style") and core.kind in ("letter", "accent", "style", "special")


def _with_operators(interpreter: Interpreter, node: Node, items: Sequence[Item]) -> Term:
    """A row with operators that have no arithmetic meaning, or that starts or ends with one."""
    parts: list[Term] = []
    operators: list[str] = []
    position = 0
    while position < len(items):
        if items[position].operator:
            operators.append(items[position].node.text.lstrip("\\"))
            position += 1
        else:
            value, position = operand(interpreter, items, position)
            parts.append(value)
    return at(node, "structure", tuple(parts), "operators " + " ".join(operators))


def operand(interpreter: Interpreter, items: Sequence[Item], position: int) -> tuple[Term, int]:
    """One operand from `position` on, and where the next begins."""
    node = items[position].node
    core = node.parts[0] if node.kind == "scripted" else node
    if node.kind == "scripted":
        check_scripts(interpreter, node)
    if core.kind == "sign":
        value, end = operand(interpreter, items, position + 1)
        return (negative(value) if core.text in "-−–" else value), end
    if core.kind == "big":
        return _big(interpreter, node, items, position)
    following = items[position + 1].node if position + 1 < len(items) and not items[position + 1].operator else None
    if core.kind == "function" or (core.kind == "name" and (OPERATOR in core.text or word_name(core.text) in FUNCTION_WORDS)):
        if word_name(core.text) in interpreter.notation.indicators and (
            found := indicator_at(interpreter, node, following)
        ) is not None:
            return found[0], position + found[1]
        return named_function(interpreter, items, position)
    operator = derivative_operator(interpreter, node)
    if operator is not None:
        return _operated(interpreter, items, position, operator)
    if core.kind == "special" and core.text in (r"\nabla", "∇", r"\grad", r"\partial", "∂"):
        return _gradient(interpreter, items, position)
    found = indicator_at(interpreter, node, following)
    if found is not None:
        return found[0], position + found[1]
    if following is not None and applies(interpreter, node, following):
        return applied_letter(interpreter, node, following), position + 2
    if following is not None and takes_what_follows(interpreter, core):
        body = product_of(interpreter, following, items[position + 1 :])
        head = interpreter.value(node)
        return Term("structure", (body, *head.args), head.data, node.start, body.end), len(items)
    return interpreter.value(node), position + 1


def _is_number(node: Node) -> bool:
    return (node.parts[0] if node.kind == "scripted" else node).kind == "number"


def check_scripts(interpreter: Interpreter, node: Node) -> None:
    """Raises: DoubleScript where a letter has two superscripts or two subscripts."""
    kinds = [mark.kind for mark in node.parts[1:]]
    for kind in ("sub", "sup"):
        if kinds.count(kind) > 1:
            second = [mark for mark in node.parts[1:] if mark.kind == kind][1]
            raise interpreter.fail(DoubleScript, second)


def _big(interpreter: Interpreter, node: Node, items: Sequence[Item], position: int) -> tuple[Term, int]:
    rest = items[position + 1 :]
    if not rest:
        raise interpreter.fail(MissingOperand, node)
    return big_operator(interpreter, node, rest), len(items)


def _operated(interpreter: Interpreter, items: Sequence[Item], position: int, operator: tuple[list[Term], Node]) -> tuple[Term,
int]:
    """∂/∂x of what follows: a bracket alone, or everything to the end of the term."""
    rest = items[position + 1 :]
    node = items[position].node
    if not rest:
        return interpreter.structure(node, "operator", *operator[0]), position + 1
    first = rest[0].node
    question = "what is differentiated: the bracket or all that follows"
    if first.kind == "fence" and len(rest) > 1 and interpreter.choose(node, question) == 0:
        body, taken = operand(interpreter, rest, 0)
        return differentiated(interpreter, node, body, operator[0]), position + 1 + taken
    plain = not rest[0].operator or rest[0].node.kind == "sign"
    body = product_of(interpreter, node, rest) if plain else _with_operators(interpreter, node, rest)
    return differentiated(interpreter, node, body, operator[0]), len(items)


def _gradient(interpreter: Interpreter, items: Sequence[Item], position: int) -> tuple[Term, int]:
    r"""\nabla_\theta J(\theta), \partial f: kept as structure around its operand."""
    node = items[position].node
    subscript: list[Term] = []
    for mark in node.parts[1:] if node.kind == "scripted" else ():
        if len(mark.parts) > 1:
            value = interpreter.anything(mark.parts[1])
            subscript.append(value if mark.kind == "sub" else at(mark, "structure", (value,), "order"))
    kind = "gradient" if (node.text or node.parts[0].text) in (r"\nabla", r"\grad", "∇") else "differential"
    if position + 1 >= len(items) or items[position + 1].operator:
        return at(node, "structure", tuple(subscript), kind), position + 1
    body, end = operand(interpreter, items, position + 1)
    if kind == "gradient" and end < len(items) and not items[end].operator and _goes_on(body, subscript):
        body, end = product_of(interpreter, node, items[position + 1 :]), len(items)
    return Term("structure", (body, *subscript), kind, node.start, body.end), end


def _goes_on(first: Term, variables: Sequence[Term]) -> bool:
    r"""Whether what is differentiated goes on behind its first factor: \nabla_w \frac12 f(w), \nabla_w w^\top A w, and not
    \nabla f(x)^\top d."""
    if first.head == "number" or all(part.head in ("number", "multiply", "power") for part in first.walk()):
        return True
    names = {variable.data for variable in variables if variable.head == "letter"}
    return first.head in ("letter", "transpose") and any(part.head == "letter" and part.data in names for part in first.walk())
