r"""∂/∂x, d/dx, \frac{\partial \ell}{\partial \mu}, and the dx of an integral."""

from __future__ import annotations

from derivations.check.reader.facts import base_name
from derivations.check.reader.interpreter import Interpreter, Item, inside, items_of
from derivations.check.reader.terms import Term, at, inverse, multiply, number
from derivations.check.reader.tree import Node

_TIMES = frozenset((r"\cdot", r"\times", "·", "×", "*"))
_PARTIAL = frozenset((r"\partial", "∂"))


def _is_d(node: Node) -> bool:
    if node.kind == "special":
        return node.text in _PARTIAL
    return base_name(node) == "d"


def _factors(node: Node) -> list[Node] | None:
    """The factors of a numerator or denominator; None when it is not a plain row of factors."""
    core = inside(node) if node.kind == "group" else node
    if core.kind == "term":
        found: list[Node] = []
        for part in core.parts:
            if part.kind == "multiplied":
                found += [p for p in part.parts if p.kind != "op"] if part.parts[0].text in (r"\cdot", r"\,") else [part]
            else:
                found.append(part)
        return [_unwrapped(part) for part in found]
    return [core]


def _unwrapped(node: Node) -> Node:
    r"""The letter of \\partial{x_i}."""
    content = inside(node) if node.kind == "group" else node
    return content if content.kind in ("letter", "scripted", "accent", "style", "name") else node


def derivative_operator(interpreter: Interpreter, node: Node) -> tuple[list[Term], Node] | None:
    r"""The variables of \frac{\partial}{\partial x} or \frac{d^2}{dx^2}; None for any other node."""
    if node.kind == "derivative":
        found = short_derivative(interpreter, node)
        return None if found is None or found[0] is not None else (found[1], node)
    if node.kind != "fraction" or not node.parts[0].text.endswith("frac"):
        return None
    top = _factors(node.parts[1])
    if top is None or len(top) != 1 or not _order(top[0]):
        return None
    variables = _variables(interpreter, node.parts[2], _order(top[0]))
    return None if variables is None else (variables, node)


def short_derivative(interpreter: Interpreter, node: Node) -> tuple[Node | None, list[Term]] | None:
    r"""\pdv{x}, \pdv[2]{f}{x}, \pdv{f}{x}{y}: what is differentiated, if it stands inside, and by what."""
    arguments = [part for part in node.parts[1:] if part.kind not in ("lbrack", "rbrack")]
    has_order = len(node.parts) > 2 and node.parts[1].kind == "lbrack"
    order = arguments.pop(0) if has_order else None
    count = int(order.text) if order is not None and order.kind in ("number", "digit") and order.text.isdigit() else 1
    if not arguments or not 0 < count < 10 or (order is not None and order.kind not in ("number", "digit")):
        return None
    body, variables = (None, arguments) if len(arguments) == 1 else (arguments[0], arguments[1:])
    return body, [interpreter.value(variable) for variable in variables for _ in range(count)]


def whole_derivative(interpreter: Interpreter, node: Node) -> Term | None:
    r"""\frac{\partial \ell}{\partial \mu}: the derivative of what stands on the bar."""
    top = _factors(node.parts[1])
    if top is None or len(top) < 2 or not _order(top[0]):
        return None
    variables = _variables(interpreter, node.parts[2], _order(top[0]))
    if variables is None:
        return None
    core = inside(node.parts[1]) if node.parts[1].kind == "group" else node.parts[1]
    body = interpreter.product_of(core, items_of(core)[1:])
    return differentiated(interpreter, node, body, variables)


def _order(node: Node) -> int:
    """The order of ∂, ∂², d, d²; 0 when it is something else."""
    if _is_d(node):
        return 1
    if node.kind == "scripted" and _is_d(node.parts[0]) and len(node.parts) == 2 and node.parts[1].kind == "sup":
        content = inside(node.parts[1].parts[1]) if node.parts[1].parts[1].kind == "group" else node.parts[1].parts[1]
        if content.kind in ("digit", "number") and content.text.isdigit() and 0 < int(content.text) < 10:
            return int(content.text)
        return 1 if content.kind == "letter" else 0
    return 0


def _variables(interpreter: Interpreter, node: Node, order: int) -> list[Term] | None:
    """The variables under the bar, repeated by their order, innermost first; None when the bar does not hold ∂x, ∂y, …"""
    factors = _factors(node)
    if factors is None or len(factors) < 2 or not _is_d(factors[0]):
        return None
    variables: list[Term] = []
    position = 0
    while position < len(factors):
        if not _is_d(factors[position]) or position + 1 >= len(factors):
            return None
        part = factors[position + 1]
        core = part.parts[0] if part.kind == "scripted" else part
        if base_name(core) is None and part.kind not in ("fence", "accent", "style", "scripted"):
            return None
        value = interpreter.value(part)
        repeat = 1
        if value.head == "power" and order > len(factors) // 2 and value.args[1].head == "number":
            repeat, value = int(value.args[1].data), value.args[0]
        variables += [value] * min(repeat, 10)
        position += 2
    return variables


def differentiated(interpreter: Interpreter, node: Node, body: Term, variables: list[Term]) -> Term:
    """The derivative of a body; with respect to a square σ² by way of σ."""
    value = body
    for variable in variables:
        if variable.head == "letter":
            value = Term("derivative", (value, variable), None, node.start, body.end)
        elif variable.head == "power" and variable.args[0].head == "letter" and variable.args[1].head == "number":
            root, exponent = variable.args
            if _is_declared_power(interpreter, root, exponent):
                value = Term("derivative", (value, variable), None, node.start, body.end)
                continue
            slope = multiply([number(exponent.data), Term("power", (root, number(exponent.data - 1)))])
            value = multiply([inverse(slope), Term("derivative", (value, root))], node.start, body.end)
        else:
            return at(node, "structure", (body, *variables), "derivative")
    return value


def _is_declared_power(interpreter: Interpreter, root: Term, exponent: Term) -> bool:
    """Whether the notation has a symbol of its own for this power of the letter, as for σ²."""
    notation = interpreter.notation
    if exponent.data.denominator != 1:
        return False
    whole = int(exponent.data)
    if notation.symbol(str(root.data), whole) is not None:
        return True
    return notation.patterns is not None and notation.patterns.has_power(root, whole)


def slashed_derivative(interpreter: Interpreter, node: Node, nodes: list[Node]) -> Term | None:
    r"""∂ℓ/∂μ, ∂²f/∂x_i∂x_j, dL/dw and d/dx f written on one line."""
    slashes = [place for place, part in enumerate(nodes[:-2]) if part.kind == "op" and part.text == "/"]
    pairs = ((start, slash) for slash in slashes for start in range(slash))
    begun = (pair for pair in pairs if _begins(interpreter, nodes[pair[0]], nodes[pair[1] + 1]))
    first, place = next(begun, (-1, -1))
    if first < 0:
        return None
    order, end = _order(nodes[first]), place + 1
    while end + 1 < len(nodes) and _is_d(nodes[end]) and (end - place) // 2 < order:
        end += 2
    below = nodes[place + 1 : end]
    if not below:
        return None
    variables = _variables(interpreter, Node("term", below[0].start, below[-1].end, tuple(below)), order)
    if variables is None:
        return None
    above, behind = nodes[first + 1 : place], nodes[end:]
    if not above and not behind:
        return None
    value = differentiated(interpreter, node, _row(interpreter, node, above or behind), variables)
    under = bool(first) and nodes[first - 1].kind == "op"
    before = nodes[: first - under]
    factors = [_row(interpreter, node, before)] if before else []
    factors.append(inverse(value) if under and nodes[first - 1].text not in _TIMES else value)
    operated = bool(above and behind and behind[0].kind == "op")
    if above and (rest := behind[operated:]):
        after = slashed_derivative(interpreter, node, rest)
        after = _row(interpreter, node, rest) if after is None else after
        factors.append(inverse(after) if operated and behind[0].text not in _TIMES else after)
    return multiply(factors, node.start, node.end)


def _begins(interpreter: Interpreter, above: Node, below: Node) -> bool:
    """Whether two factors are the d or ∂ over and under a slash, of one kind; d is none where it counts something."""
    if not _order(above) or not _is_d(below):
        return False
    if _is_partial(below):
        return _is_partial(above)
    return not _is_partial(above) and "d" not in interpreter.facts.sizes | interpreter.facts.bound


def _row(interpreter: Interpreter, node: Node, parts: list[Node]) -> Term:
    return interpreter.product_of(node, [Item(part, part.kind == "op") for part in parts])


def _is_partial(node: Node) -> bool:
    core = node.parts[0] if node.kind == "scripted" else node
    return core.kind == "special" and core.text in _PARTIAL


def differential_in(nodes: list[Node]) -> tuple[int, int, Node] | None:
    """Where the dx of an integral stands among the factors behind its sign, how many factors it takes, and its variable."""
    place = closing_differential(nodes)
    if place is None:
        return None
    return place, 2, nodes[place + 1]


def closing_differential(nodes: list[Node], *, whole: bool = False) -> int | None:
    """The place of the d that closes an integral: every ∫ in between takes one of its own.

    Where none is left the last d closes; with `whole` none does.
    """
    depth, last = 1, None
    for place, node in enumerate(nodes):
        core = node.parts[0] if node.kind == "scripted" else node
        if core.kind == "big" and core.text in INTEGRALS:
            depth += 1
        elif _is_differential(nodes, place):
            depth, last = depth - 1, place
            if depth == 0:
                return place
    return None if whole else last


def _is_differential(nodes: list[Node], place: int) -> bool:
    """Whether dx stands here; de^{-x} and dF(x) are measures and no variables."""
    if place + 1 >= len(nodes) or not _is_d(nodes[place]) or nodes[place].kind == "special":
        return False
    variable = nodes[place + 1]
    core, marks = (variable.parts[0], variable.parts[1:]) if variable.kind == "scripted" else (variable, ())
    is_applied = place + 2 < len(nodes) and nodes[place + 2].kind == "fence"
    return base_name(core) is not None and not is_applied and not any(mark.kind == "sup" for mark in marks)


INTEGRALS = frozenset((r"\int", "∫"))
