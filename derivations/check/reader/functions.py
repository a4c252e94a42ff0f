r"""Applications: \log and its kin, letters applied to brackets, probabilities and expectations, indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.check.reader.errors import MissingOperand
from derivations.check.reader.facts import base_name
from derivations.check.reader.meaning import SEPARATORS, Interpreter, inside, listed
from derivations.check.reader.names import word_name
from derivations.check.reader.terms import Term, at, inverse, multiply, number, power
from derivations.check.reader.tree import Node

if TYPE_CHECKING:
    from derivations.check.reader.juxtaposition import Item

_CANONICAL = {"ln": "log", "lg": "log", "arg_max": "argmax", "arg_min": "argmin", "sgn": "sign", "Tr": "trace",
    "tr": "trace", "arcsin": "asin",
              "arccos": "acos", "arctan": "atan"}  # fmt: skip
_EVALUATED = frozenset(("factorial", "gamma", "digamma", "loggamma")) | frozenset(
    [
        "log",
        "exp",
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "asin",
        "acos",
        "atan",
        "sign",
        "erf",
    ]
)
_MATRIX = {"trace": "trace", "det": "determinant", "diag": "diagonal"}
_FORMULAS = frozenset(("sigmoid", "relu", "ReLU"))
_OVER = frozenset(("max", "min", "argmax", "argmin", "arg", "sup", "inf", "lim", "limsup", "liminf", "Pr", "KL"))
_CALLS = frozenset(["softmax", "Var", "Cov", "var", "cov", "Bernoulli", "Bern", "Binomial", "Multinomial", "Beta",
    "Dirichlet", "Dir", "Categorical", "Cat", "Poisson", "Gamma", "KL", "MSE", "rank", "std", "deg", "dim", "ker", "gcd",
    "hom", "varlimsup", "varliminf"])  # fmt: skip


def named_function(interpreter: Interpreter, items: list[Item], position: int) -> tuple[Term, int]:
    """A named function with its scripts and its argument."""
    node = items[position].node
    core, marks = (node.parts[0], list(node.parts[1:])) if node.kind == "scripted" else (node, [])
    word = word_name(core.text) if core.kind == "name" else core.text.lstrip("\\")
    name = _CANONICAL.get(word, word)
    subscripts = [mark.parts[1] for mark in marks if mark.kind == "sub"]
    exponents = [mark.parts[1] for mark in marks if mark.kind == "sup"]
    if word == "lg":
        subscripts = subscripts or []
    if name in _OVER or name in _CALLS or name not in _EVALUATED | set(_MATRIX) | _FORMULAS:
        return _called(interpreter, node, name, subscripts + exponents, items, position)
    if position + 1 >= len(items) or items[position + 1].operator:
        if any(mark.kind == "primes" for mark in marks) or position + 1 >= len(items) > 1 or marks:
            raise interpreter.fail(MissingOperand, node)
        raise interpreter.fail(MissingOperand, node)
    argument, end, outer = _argument(interpreter, name, items, position + 1)
    value = _applied(interpreter, node, name, argument, subscripts)
    for exponent in exponents:
        raised = interpreter.value(exponent)
        if raised.head == "multiply" and name in ("sin", "cos", "tan") and raised.args[0] == number(-1)._replace(
            start=raised.args[0].start, end=raised.args[0].end
        ):  # fmt: skip
            value = Term("apply", (argument,), "a" + name, node.start, argument.end)
        else:
            value = power(value, raised, node.start, argument.end)
    if outer is not None:
        value = power(value, outer, node.start, value.end)
    return value._replace(start=node.start), end


def _applied(interpreter: Interpreter, node: Node, name: str, argument: Term, subscripts: list[Node]) -> Term:
    if name in _MATRIX:
        return Term(_MATRIX[name], (argument,), None, node.start, argument.end)
    value = Term("apply", (argument,), "relu" if name == "ReLU" else name, node.start, argument.end)
    if name == "log" and subscripts:
        root = Term("apply", (interpreter.value(subscripts[0]),), "log", node.start, node.end)
        return multiply([value, inverse(root)], node.start, argument.end)
    return value


def _argument(interpreter: Interpreter, name: str, items: list[Item], position: int) -> tuple[Term, int, Term | None]:
    """The argument from `position` on, where the next operand begins, and a power that belongs to the whole application."""
    from derivations.check.reader.juxtaposition import operand

    first = items[position].node
    if first.kind == "fence":
        return interpreter.value(first), position + 1, None
    if (
        first.kind == "scripted"
        and first.parts[0].kind == "fence"
        and first.parts[0].parts[0].kind in ("lpar", "lbrack", "lbrace")
    ):
        return _bracket_with_power(interpreter, name, first, position)
    core = first.parts[0] if first.kind == "scripted" else first
    value, end = operand(interpreter, items, position)
    if core.kind in ("big", "function"):
        return value, end, None
    factors = [value]
    while end < len(items) and not items[end].operator:
        node = items[end].node
        core = node.parts[0] if node.kind == "scripted" else node
        if core.kind == "function" or core.kind == "evalbar":
            break
        if core.kind == "big":
            is_sum = core.text in (r"\sum", "∑")
            if is_sum and items[position].node.kind != "fraction":
                break
            if interpreter.choose(node, f"whether {name} takes the {core.text} behind its argument") != is_sum:
                break
        elif core.kind == "fence" and interpreter.choose(node, f"whether {name} takes the bracket behind its argument") == 0:
            break
        value, end = operand(interpreter, items, end)
        factors.append(value)
    return multiply(factors, factors[0].start, factors[-1].end), end, None


def _bracket_with_power(interpreter: Interpreter, name: str, node: Node, position: int) -> tuple[Term, int, Term | None]:
    r"""\log(x)^2: the square of the logarithm or of x; a power that is no small whole number belongs to the argument of a
    \log."""
    fence, *marks = node.parts
    sups = [mark for mark in marks if mark.kind == "sup"]
    if len(marks) != 1 or len(sups) != 1:
        return interpreter.value(node), position + 1, None
    exponent = interpreter.value(sups[0].parts[1])
    if exponent.head == "transpose" or (exponent.head == "letter" and exponent.data in ("T", "top") and not exponent.args):
        return interpreter.value(node), position + 1, None
    whole = exponent.head == "number" and exponent.data.denominator == 1 and exponent.data > 1
    inner = interpreter.value(fence)
    if name == "log" and not whole:
        return power(inner, exponent, node.start, node.end), position + 1, None
    if interpreter.choose(node, f"whether the power belongs to {name} or to its argument") == 0:
        return inner, position + 1, exponent
    return power(inner, exponent, node.start, node.end), position + 1, None


def _called(
    interpreter: Interpreter, node: Node, name: str, scripts: list[Node], items: list[Item], position: int
) -> tuple[Term, int]:
    r"""\max, \arg\min, \lim, Var and distributions: the two extremes of listed numbers have values, the rest is structure."""
    from derivations.check.reader.juxtaposition import operand

    decorations = tuple(interpreter.anything(script) for script in scripts)
    if position + 1 >= len(items) or items[position + 1].operator:
        return at(node, "structure", decorations, name), position + 1
    following = items[position + 1].node
    if name in ("max", "min") and not scripts and following.kind == "fence":
        listing = inside(following)
        if listing.kind == "row" and all(part.kind in ("comma",
        "quad") or part.kind not in SEPARATORS for part in listing.parts):
            values = tuple(interpreter.value(item) for item in listed(listing))
            if len(values) > 1:
                return Term("apply", values, name, node.start, following.end), position + 2
    if following.kind == "fence" and name not in _OVER | {"arg"}:
        return Term(
            "structure", (*_arguments(interpreter, following), *decorations), name, node.start, following.end
        ), position + 2
    value, end = operand(interpreter, items, position + 1)
    factors = [value]
    while end < len(items) and not items[end].operator and name in _OVER:
        value, end = operand(interpreter, items, end)
        factors.append(value)
    body = multiply(factors, factors[0].start, factors[-1].end)
    return Term("structure", (body, *decorations), name, node.start, body.end), end


def _arguments(interpreter: Interpreter, fence: Node) -> tuple[Term, ...]:
    """What stands in the bracket of an application; a bar or semicolon becomes the structure `given`."""
    content = inside(fence)
    if content.kind != "row":
        return (interpreter.value(content),)
    groups: list[list[Term]] = [[]]
    for part in content.parts:
        if part.kind in ("mid", "normmid", "semicolon"):
            groups.append([])
        elif part.kind not in SEPARATORS:
            groups[-1].append(interpreter.value(part))
        elif part.kind in ("words", "connective"):
            groups[-1].append(at(part, "structure", (), part.text.strip("\ue020\ue021 \\")))
    given = [at(fence, "structure", tuple(group), "given") for group in groups[1:]]
    return (*groups[0], *given)


def applies(interpreter: Interpreter, node: Node, following: Node) -> bool:
    """Whether a letter applies to the bracket behind it."""
    fence = following.parts[0] if following.kind == "scripted" else following
    if fence.kind != "fence" or fence.parts[0].kind not in ("lpar", "lbrack", "lbrace"):
        return False
    name = base_name(node.parts[0] if node.kind == "scripted" else node)
    if name is None or name.isdigit():
        return False
    notation = interpreter.notation
    if any(mark.kind in ("factorial", "percent") for mark in (node.parts[1:] if node.kind == "scripted" else ())):
        return False
    content = inside(fence)
    opening = fence.parts[0].kind
    if name in notation.expectations:
        return True
    core = node.parts[0] if node.kind == "scripted" else node
    if core.kind == "name" and len(name) > 2 and opening == "lpar" and not any(m.kind == "sub" for m in node.parts[1:]):
        return True
    if (symbol := notation.symbol(name)) is not None and symbol.domain == "function":
        return opening == "lpar"
    if name in notation.meanings and node.kind in ("letter", "style") and opening == "lpar":
        return _is_plain_argument(content) or content.kind in ("sum", "term", "scripted", "letter", "row")
    if opening == "lbrace" or notation.declares(name):
        return False
    if node.kind == "scripted" and any(
        mark.kind == "sup" and mark.parts[1].kind in ("digit", "number") for mark in node.parts[1:]
    ):
        return False
    if name in interpreter.facts.powered:
        return False
    if name in notation.functions:
        return opening == "lpar" or content.kind == "row"
    compares = content.kind in ("row", "clause")
    if opening == "lbrack":
        return False
    if name in notation.probabilities:
        return compares or (
            _is_plain_argument(content) and base_name(content.parts[0] if content.kind == "scripted" else content) != name
        )
    if name in interpreter.facts.bound | interpreter.facts.sizes:
        return False
    return _is_plain_argument(content) or (content.kind == "row" and not any(part.kind in ("words",) for part in content.parts))


def _is_plain_argument(content: Node) -> bool:
    """Whether a bracket holds a single letter or its entries: then it is an argument rather than a factor."""
    core = content.parts[0] if content.kind == "scripted" else content
    if content.kind == "scripted" and any(mark.kind not in ("sub", "sup", "primes") for mark in content.parts[1:]):
        return False
    return base_name(core) is not None and core.kind != "number"


def applied_letter(interpreter: Interpreter, node: Node, following: Node) -> Term:
    """The letter applied to its bracket; a power on the bracket is a power of the value."""
    fence, marks = (following.parts[0], following.parts[1:]) if following.kind == "scripted" else (following, ())
    head = interpreter.value(node)
    while head.head in ("power", "transpose"):
        head = head.args[0]
    name = str(head.data if head.data is not None else base_name(node))
    arguments = _arguments(interpreter, fence)
    meaning = interpreter.notation.meanings.get(name)
    if meaning is not None and len(arguments) == 1 and not head.args:
        value = Term("apply", arguments, meaning, node.start, fence.end)
    elif name in interpreter.notation.expectations:
        value = Term("structure", (*arguments, *head.args), name, node.start, fence.end)
    else:
        value = Term("call", (*head.args, *arguments), name, node.start, fence.end)
    if marks:
        from derivations.check.reader.scripts import _marked

        value = _marked(interpreter, following, fence, value, list(marks))
    return value


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
    from derivations.check.reader.scripts import _items

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
        items = _items(marks[0].parts[1])
        if len(items) == 2 and all(item.kind in ("letter", "number", "digit", "scripted", "sum") for item in items):
            return at(node, "delta", tuple(interpreter.value(item) for item in items)), 1
    return None
