"""Densities and declarations as text: an allow-list over Python's own syntax tree, nothing is ever evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from sympy import (
    Abs,
    Add,
    E,
    Expr,
    Integer,
    Interval,
    Mul,
    Pow,
    Range,
    Rational,
    Symbol,
    besseli,
    beta,
    binomial,
    cos,
    erf,
    exp,
    factorial,
    gamma,
    log,
    loggamma,
    oo,
    pi,
    sin,
    sqrt,
    zeta,
)  # fmt: skip

from derivations.subjects.likelihood.model import DOMAINS
from numeric.domains import Domain

MAX_LENGTH, MAX_DEPTH, MAX_DIGITS, MAX_EXPONENT = 2000, 60, 30, 200

FUNCTIONS: dict[str, tuple[Callable[..., Expr], int]] = {
    "exp": (exp, 1), "log": (log, 1), "sqrt": (sqrt, 1), "abs": (Abs, 1), "sin": (sin, 1), "cos": (cos, 1),
    "erf": (erf, 1), "gamma": (gamma, 1), "loggamma": (loggamma, 1), "factorial": (factorial, 1), "zeta": (zeta, 1),
    "binomial": (binomial, 2), "beta": (beta, 2), "besseli": (besseli, 2),
}  # fmt: skip
"""Function names with their number of arguments."""
CONSTANTS: dict[str, Expr] = {"pi": pi, "e": E}


class BadText(ValueError):
    """A text that is not an expression of the allowed kind; `column` counts from 1."""

    def __init__(self, text: str, column: int, problem: str, remedy: str) -> None:
        self.text, self.column, self.problem, self.remedy = text, column, problem, remedy
        shown = text if len(text) <= 100 else text[:100] + "…"
        super().__init__(f"{problem} at column {column} of {shown!r}; {remedy}")


def expression(text: str, names: Mapping[str, Expr]) -> Expr:
    """A SymPy expression from text such as "a*x**(a-1)". Raises: BadText.

    >>> a, x = Symbol("a", positive=True), Symbol("x", positive=True)
    >>> expression("a*x**(a - 1)", {"a": a, "x": x})
    a*x**(a - 1)
    """
    if len(text) > MAX_LENGTH:
        raise BadText(text, MAX_LENGTH, f"{len(text)} characters", f"at most {MAX_LENGTH}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as failure:
        column = getattr(failure, "offset", None) or 1
        remedy = "write powers as **, products as *" + ("; call the parameter lambda_" if "lambda" in text else "")
        raise BadText(text, column, "cannot be read", remedy) from failure
    return _Reader(text.strip(), names).read(tree.body, 0)


class _Reader:
    def __init__(self, text: str, names: Mapping[str, Expr]) -> None:
        self._text, self._names = text, names

    def _bad(self, node: ast.AST, problem: str, remedy: str) -> BadText:
        return BadText(self._text, getattr(node, "col_offset", 0) + 1, problem, remedy)

    def read(self, node: ast.AST, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise self._bad(node, "too deeply nested", f"at most {MAX_DEPTH} levels")
        handler = self._HANDLERS.get(type(node))
        if handler is None:
            raise self._bad(node, f"a {type(node).__name__} is not allowed", "numbers, names, + - * / ** and functions")
        return handler(self, node, depth)

    def _number(self, node: Any, depth: int) -> Expr:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._bad(node, f"{value!r} is not a number", "give an integer or a decimal")
        written = ast.get_source_segment(self._text, node) or repr(value)
        if len(written) > MAX_DIGITS:
            raise self._bad(node, f"a number of {len(written)} digits", f"at most {MAX_DIGITS}")
        if isinstance(value, int):
            return Integer(value)
        _, has_exponent, exponent = written.lower().partition("e")
        if value in (float("inf"), float("-inf")) or (has_exponent and abs(int(exponent)) > MAX_EXPONENT):
            raise self._bad(node, f"{written} is too large or too small", f"exponents up to {MAX_EXPONENT}")
        exact = Fraction(written.replace("_", ""))
        return Rational(exact.numerator, exact.denominator)

    def _name(self, node: Any, depth: int) -> Expr:
        if node.id in self._names:
            return self._names[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        known = ", ".join((*self._names, *CONSTANTS))
        raise self._bad(node, f"{node.id!r} is not declared", f"declared are {known}")

    def _binary(self, node: Any, depth: int) -> Expr:
        left, right = self.read(node.left, depth + 1), self.read(node.right, depth + 1)
        if isinstance(node.op, ast.Add):
            return Add(left, right)
        if isinstance(node.op, ast.Sub):
            return Add(left, -right)
        if isinstance(node.op, ast.Mult):
            return Mul(left, right)
        if isinstance(node.op, ast.Div):
            if right == 0:
                raise self._bad(node, "a division by zero", "check the divisor")
            return left / right
        if isinstance(node.op, ast.Pow):
            if right.is_number and (not right.is_Rational or abs(right) > MAX_EXPONENT or right.q > MAX_EXPONENT):
                raise self._bad(node, f"the exponent {right}", f"rational, up to {MAX_EXPONENT}")
            if left == 0 and right.is_negative:
                raise self._bad(node, "a division by zero", "check the base")
            return Pow(left, right)
        raise self._bad(node, f"the operator {type(node.op).__name__} is not allowed", "use + - * / **")

    def _unary(self, node: Any, depth: int) -> Expr:
        inner = self.read(node.operand, depth + 1)
        if isinstance(node.op, ast.USub):
            return -inner
        if isinstance(node.op, ast.UAdd):
            return inner
        raise self._bad(node, f"the operator {type(node.op).__name__} is not allowed", "use + and -")

    def _call(self, node: Any, depth: int) -> Expr:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name not in FUNCTIONS or node.keywords:
            raise self._bad(node, f"{name or 'this'} is not a function here", f"known are {', '.join(FUNCTIONS)}")
        function, count = FUNCTIONS[name]
        if len(node.args) != count:
            raise self._bad(node, f"{name} with {len(node.args)} arguments", f"it takes {count}")
        arguments = [self.read(part, depth + 1) for part in node.args]
        if name in ("factorial", "gamma", "binomial") and any(a.is_number and abs(a) > MAX_EXPONENT for a in arguments):
            raise self._bad(node, f"{name} of a large number", f"up to {MAX_EXPONENT}")
        return function(*arguments)

    _HANDLERS: Mapping[type, Callable[..., Expr]] = {
        ast.Constant: _number, ast.Name: _name, ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Call: _call,
    }  # fmt: skip


def symbol(text: str) -> tuple[Symbol, Domain | str]:
    """A declaration "name:domain" as a symbol and its domain; a range "name:a..b" stays text for `variable`."""
    name, _, where = text.partition(":")
    name, where = name.strip(), where.strip() or "real"
    if not name.isidentifier() or not name.isascii() or name.startswith("_") or name in FUNCTIONS or name in CONSTANTS:
        raise BadText(text, 1, f"{name!r} is not a usable name", "letters, digits and inner underscores")
    if ".." in where:
        return Symbol(name), where
    if where not in DOMAINS:
        raise BadText(text, len(name) + 2, f"{where!r} is not a domain", f"one of {', '.join(DOMAINS)}, or a..b")
    return Symbol(name, **DOMAINS[where].assumptions()), DOMAINS[where]


def variable(text: str, names: Mapping[str, Expr]) -> tuple[Symbol, Any]:
    """The data's name with its domain or support: "x:positive", "x:0..theta", "x:integers 1..n". Raises: BadText."""
    found, where = symbol(text)
    if isinstance(where, Domain):
        return found, where
    whole = where.startswith("integers")
    low, _, high = where.removeprefix("integers").partition("..")
    ends = [_end(end.strip(), names, default) for end, default in ((low, -oo), (high, oo))]
    support = Range(ends[0], ends[1] + 1) if whole else Interval(*ends)
    assumptions: dict[str, bool] = {"integer": True} if whole else {"real": True}
    if ends[0].is_positive or (not whole and ends[0].is_nonnegative):
        assumptions["positive"] = True
    elif ends[0].is_nonnegative:
        assumptions["nonnegative"] = True
    return Symbol(found.name, **assumptions), support


def _end(text: str, names: Mapping[str, Expr], default: Expr) -> Expr:
    return default if text in ("", "oo", "-oo") else expression(text, names)
