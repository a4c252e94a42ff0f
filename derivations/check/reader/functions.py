r"""Named functions: \log and its kin, \max, \arg\min, \lim, Var and distributions, with their scripts and arguments."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.check.reader.applications import SLOPES, arguments_of
from derivations.check.reader.errors import MissingOperand
from derivations.check.reader.interpreter import SEPARATORS, Interpreter, Item, inside, listed
from derivations.check.reader.marks import marked
from derivations.check.reader.names import word_name
from derivations.check.reader.terms import Term, at, inverse, multiply, number, power
from derivations.check.reader.tree import Node

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
_OVER = frozenset(("max", "min", "argmax", "argmin", "arg", "sup", "inf", "lim", "limsup", "liminf"))
_CALLS = frozenset(["softmax", "Var", "Cov", "var", "cov", "Bernoulli", "Bern", "Binomial", "Multinomial", "Beta",
    "Dirichlet", "Dir", "Pr", "Categorical", "Cat", "Poisson", "Gamma", "KL", "MSE", "rank", "std", "deg", "dim", "ker", "gcd",
    "hom", "varlimsup", "varliminf"])  # fmt: skip


def named_function(interpreter: Interpreter, items: Sequence[Item], position: int) -> tuple[Term, int]:
    """A named function with its scripts and its argument."""
    node = items[position].node
    core, marks = (node.parts[0], list(node.parts[1:])) if node.kind == "scripted" else (node, [])
    word = word_name(core.text) if core.kind == "name" else core.text.lstrip("\\")
    name = _CANONICAL.get(word, word)
    subscripts = [mark.parts[1] for mark in marks if mark.kind == "sub"]
    exponents = [mark.parts[1] for mark in marks if mark.kind == "sup"]
    primes = sum(len(mark.text or "".join(part.text for part in mark.parts)) for mark in marks if mark.kind == "primes")
    name += f"_{'prime' * primes}" * bool(primes)
    if name == "arg" and not marks and (merged := _arg_of(items, position)) is not None:
        name, scripts = merged
        return _called(interpreter, node, name, scripts, items, position + 1)
    if name in _OVER or name in _CALLS or name not in _EVALUATED | set(_MATRIX) | _FORMULAS | set(SLOPES):
        return _called(interpreter, node, name, subscripts + exponents, items, position)
    if not _has_operand(items, position):
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


def _has_operand(items: Sequence[Item], position: int) -> bool:
    return position + 1 < len(items) and (not items[position + 1].operator or items[position + 1].node.kind == "sign")


def _arg_of(items: Sequence[Item], position: int) -> tuple[str, list[Node]] | None:
    r"""\arg\max_k as one function, with its scripts."""
    node = items[position + 1].node if position + 1 < len(items) else items[position].node
    core, marks = (node.parts[0], node.parts[1:]) if node.kind == "scripted" else (node, ())
    name = core.text.lstrip("\\")
    if core.kind != "function" or name not in ("max", "min"):
        return None
    return f"arg{name}", [mark.parts[1] for mark in marks if mark.kind in ("sub", "sup")]


def _applied(interpreter: Interpreter, node: Node, name: str, argument: Term, subscripts: list[Node]) -> Term:
    if name in _MATRIX:
        return Term(_MATRIX[name], (argument,), None, node.start, argument.end)
    value = Term("apply", (argument,), "relu" if name == "ReLU" else name, node.start, argument.end)
    if name == "log" and subscripts:
        root = Term("apply", (interpreter.value(subscripts[0]),), "log", node.start, node.end)
        return multiply([value, inverse(root)], node.start, argument.end)
    return value


def _argument(interpreter: Interpreter, name: str, items: Sequence[Item], position: int) -> tuple[Term, int, Term | None]:
    """The argument from `position` on, where the next operand begins, and a power that belongs to the whole application."""
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
    value, end = interpreter.operand(items, position)
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
        elif items[position].node.kind == "fraction" and core.kind == "letter" and name == "log":
            if interpreter.choose(node, "whether the logarithm of a fraction takes the letter behind it") == 1:
                break
        elif core.kind == "fence" and interpreter.choose(node, f"whether {name} takes the bracket behind its argument") == 0:
            break
        value, end = interpreter.operand(items, end)
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
    interpreter: Interpreter, node: Node, name: str, scripts: list[Node], items: Sequence[Item], position: int
) -> tuple[Term, int]:
    r"""\max, \arg\min, \lim, Var and distributions: the two extremes of listed numbers have values, the rest is structure."""
    decorations = tuple(interpreter.anything(script) for script in scripts)
    if not _has_operand(items, position):
        return at(node, "structure", decorations, name), position + 1
    following = items[position + 1].node
    if name in ("max", "min") and not scripts and following.kind == "fence":
        listing = inside(following)
        if listing.kind == "row" and all(part.kind in ("comma",
        "quad") or part.kind not in SEPARATORS for part in listing.parts):
            values = tuple(interpreter.value(item) for item in listed(listing))
            if len(values) > 1:
                return Term("apply", values, name, node.start, following.end), position + 2
    fence, marks = (following.parts[0], following.parts[1:]) if following.kind == "scripted" else (following, ())
    if fence.kind == "fence" and name not in _OVER | {"arg"}:
        called = Term("structure", (*arguments_of(interpreter, fence), *decorations), name, node.start, fence.end)
        return marked(interpreter, following, fence, called, list(marks)), position + 2
    value, end = interpreter.operand(items, position + 1)
    factors = [value]
    while end < len(items) and not items[end].operator and name in _OVER:
        value, end = interpreter.operand(items, end)
        factors.append(value)
    body = multiply(factors, factors[0].start, factors[-1].end)
    return Term("structure", (body, *decorations), name, node.start, body.end), end
