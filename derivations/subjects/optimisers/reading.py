"""Reading iterations from a small text form; nothing in it is ever evaluated.

iteration heavy-ball
title: heavy ball
parameters: eta > 0 scheduled, mu scheduled
start: theta = start, previous = start
step:
  g = gradient(theta)
  new = theta - eta*g + mu*(theta - previous)
  previous = theta
  theta = new
output: theta
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from sympy import Abs, Expr, Integer, Max, sign, sqrt

from derivations.subjects.optimisers.iteration import (
    COUNTER,
    Assignment,
    Iteration,
    IterationError,
    Parameter,
    before_of,
    letter,
    oracle,
)  # fmt: skip
from derivations.subjects.optimisers.oracles import ORACLES
from numeric.domains import Kind

MAX_CHARACTERS = 20_000
MAX_DEPTH = 60
MAX_EXPONENT = 64

LATEX = {
    "theta": r"\theta", "eta": r"\eta", "mu": r"\mu", "tau": r"\tau", "lam": r"\lambda", "beta1": r"\beta_1",
    "beta2": r"\beta_2", "eps": r"\varepsilon", "nu": r"\nu", "rho": r"\rho", "alpha": r"\alpha", "beta": r"\beta",
    "gamma": r"\gamma", "sigma": r"\sigma", "previous": r"p", "average": r"a", "squares": "s", "largest": "u",
}  # fmt: skip
"""How a name is written where it is not the letter itself."""

_PARAMETER = re.compile(r"(?:(0)\s*<\s*)?([A-Za-z]\w*)\s*(?:(>=|>|<)\s*([01]))?\s*(scheduled)?\Z")
_DOMAINS: dict[tuple[str, str, str], Kind] = {
    ("0", "<", "1"): "unit-interval",
    ("", ">", "0"): "positive",
    ("", ">=", "0"): "nonnegative",
    ("", "", ""): "real",
}
_FIELDS = ("title", "source", "parameters", "start", "first", "step", "output")


def read(text: str) -> tuple[Iteration, ...]:
    """All iterations of a text. Raises: IterationError, naming the iteration and the line.

    >>> (found,) = read('''
    ... iteration plain
    ... parameters: eta > 0 scheduled
    ... start: theta = start
    ... step:
    ...   theta = theta - eta*gradient(theta)
    ... output: theta
    ... ''')
    >>> found.name, found.state, found.oracles
    ('plain', ('theta',), ('gradient',))
    """
    if len(text) > MAX_CHARACTERS:
        raise IterationError("text", f"{len(text)} characters", f"at most {MAX_CHARACTERS}")
    return tuple(_iteration(name, lines) for name, lines in _blocks(text))


def read_one(text: str) -> Iteration:
    """The only iteration of a text. Raises: IterationError."""
    found = read(text)
    if len(found) != 1:
        raise IterationError("text", f"{len(found)} iterations in it", "begin one with a line `iteration name`")
    return found[0]


def _blocks(text: str) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    name, lines = "", list[tuple[int, str]]()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.partition("#")[0].rstrip()
        if not line.strip():
            continue
        if line.startswith("iteration "):
            if name:
                yield name, lines
            name, lines = line.split(None, 1)[1].strip(), []
        elif not name:
            raise IterationError("text", f"line {number}: {line.strip()!r}", "begin with a line `iteration name`")
        else:
            lines.append((number, line))
    if name:
        yield name, lines


def _iteration(name: str, lines: list[tuple[int, str]]) -> Iteration:
    fields: dict[str, list[tuple[int, str]]] = {}
    current = ""
    for number, line in lines:
        key, colon, rest = line.partition(":")
        if colon and not line[0].isspace():
            current = key.strip()
            if current not in _FIELDS or current in fields:
                raise IterationError(name, f"line {number}: field {current!r}", f"each at most once: {', '.join(_FIELDS)}")
            fields[current] = [(number, part) for part in _parts(current, rest)]
        elif current in ("start", "first", "step"):
            fields[current].append((number, line.strip()))
        else:
            raise IterationError(name, f"line {number}: {line.strip()!r} belongs to no field")
    for needed in ("start", "step", "output"):
        if not fields.get(needed):
            raise IterationError(name, f"there is no {needed}", f"add a line `{needed}:`")

    def program(key: str) -> tuple[Assignment, ...]:
        return tuple(_assignment(name, number, line) for number, line in fields.get(key, []))

    def text(key: str, default: str) -> str:
        return fields[key][0][1] if fields.get(key) else default

    return Iteration(
        name=name,
        title=text("title", name.replace("-", " ")),
        parameters=tuple(_parameter(name, number, part) for number, part in fields.get("parameters", [])),
        start=program("start"),
        step=program("step"),
        first=program("first"),
        output=text("output", ""),
        source=text("source", ""),
    )


def _parts(key: str, rest: str) -> list[str]:
    if not rest.strip():
        return []
    return [p.strip() for p in rest.split(",")] if key in ("parameters", "start") else [rest.strip()]


def _parameter(name: str, number: int, text: str) -> Parameter:
    found = _PARAMETER.match(text)
    kind = _DOMAINS.get((found[1] or "", found[3] or "", found[4] or "")) if found else None
    if found is None or kind is None:
        raise IterationError(
            name,
            f"line {number}: parameter {text!r}",
            "write eta > 0, mu, lam >= 0 or 0 < beta < 1, and `scheduled` after it",
        )
    return Parameter(found[2], kind, bool(found[5]), LATEX.get(found[2], found[2]))


def _assignment(name: str, number: int, line: str) -> Assignment:
    target, equals, value = line.partition("=")
    if not equals or not target.strip().isidentifier():
        raise IterationError(name, f"line {number}: {line!r} is no assignment", "write name = expression")
    return Assignment(target.strip(), expression(value.strip(), f"{name}, line {number}"))


def expression(text: str, where: str = "expression") -> Expr:
    """An arithmetic expression with calls of oracles, read without evaluating anything. Raises: IterationError.

    >>> expression("theta - eta*gradient(theta)/2")
    -eta*gradient(theta)/2 + theta
    """
    try:
        source = text.replace("^", "**")
        tree = ast.parse(_exact_decimals(source), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise IterationError(where, f"{text!r} is no expression", str(error)) from error
    return _node(tree.body, where, 0)


_DECIMAL = re.compile(r"(?<![\w.])(\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE]([+-]?\d{1,3}))?(?![\w.])")


def _exact_decimals(text: str) -> str:
    """Decimals as quotients of integers: a float would keep 16 of their digits."""

    def exact(found: re.Match[str]) -> str:
        value = Fraction(f"{found[1]}e{found[2] or 0}")
        return f"({value.numerator}/{value.denominator})" if value.denominator > 1 else str(value.numerator)

    return _DECIMAL.sub(exact, text)


def _node(node: ast.expr, where: str, depth: int) -> Expr:
    if depth > MAX_DEPTH:
        raise IterationError(where, f"nested deeper than {MAX_DEPTH}", "split it into several assignments")
    if isinstance(node, ast.Name):
        return COUNTER if node.id == str(COUNTER) else letter(node.id)
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Integer(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _node(node.operand, where, depth + 1)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _node(node.left, where, depth + 1), _node(node.right, where, depth + 1)
        return _OPERATORS[type(node.op)](left, right, where)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        arguments = [_node(argument, where, depth + 1) for argument in node.args]
        return _call(node.func.id, arguments, where)
    raise IterationError(where, f"{ast.unparse(node)!r} is not understood", "use + - * / **, names, numbers and calls")


def _call(name: str, arguments: list[Expr], where: str) -> Expr:
    if name == "previous" and len(arguments) == 1 and arguments[0].is_Symbol:
        return letter(before_of(arguments[0].name))
    if name in ORACLES and len(arguments) == ORACLES[name].arguments:
        return oracle(name)(*arguments)
    if name in _FUNCTIONS and len(arguments) == _FUNCTIONS[name][0]:
        return _FUNCTIONS[name][1](*arguments)
    known = ", ".join((*ORACLES, *_FUNCTIONS, "previous"))
    raise IterationError(where, f"{name} with {len(arguments)} arguments is not known", f"functions: {known}")


def _divide(left: Expr, right: Expr, where: str) -> Expr:
    if right == 0:
        raise IterationError(where, "division by zero")
    return left / right


def power(left: Expr, right: Expr, where: str) -> Expr:
    """left**right where the exponent is a small number or depends on the step alone. Raises: IterationError."""
    size = max(left.p.bit_length(), left.q.bit_length()) if left.is_Rational else 1
    if right.is_Number and (abs(right) * size > MAX_EXPONENT or (left == 0 and right < 0)):
        raise IterationError(where, "a power that is too large or divides by zero", f"exponents up to {MAX_EXPONENT}")
    if right.is_Number or right.free_symbols <= {COUNTER}:
        return left**right
    raise IterationError(where, f"the exponent {right}", "only numbers and the step t may be exponents")


_OPERATORS: dict[type, Callable[[Expr, Expr, str], Expr]] = {
    ast.Add: lambda left, right, where: left + right,
    ast.Sub: lambda left, right, where: left - right,
    ast.Mult: lambda left, right, where: left * right,
    ast.Div: _divide,
    ast.Pow: power,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Expr]]] = {
    "sqrt": (1, sqrt), "sign": (1, sign), "max": (2, Max), "abs": (1, Abs),
}  # fmt: skip
