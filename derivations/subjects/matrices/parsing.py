"""From text or LaTeX to a matrix expression, by declared shapes; nothing is evaluated, everything not understood is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree, UnexpectedInput
from lark.lexer import Lexer
from sympy import Integer, Rational, pi

from derivations.subjects.matrices.elementwise import ELEMENTWISE
from derivations.subjects.matrices.expressions import (
    Matrix,
    ShapeMismatch,
    declared_shape,
    identity,
    node,
    number,
    ones,
    sizes_of,
    variable,
)
from derivations.subjects.matrices.tokens import UnreadableText, tokens

Shapes = Mapping[str, Sequence[Any]]
MAX_POWER = 6
MAX_EXPONENT = 64
MAX_DIGITS = 30
_NAMED = {
    "tr": "trace", "trace": "trace", "Tr": "trace", "det": "det", "diag": "diag", "diagonal": "diagonal", "sum": "sum",
    "logdet": "logdet", "softmax": "softmax", "logsumexp": "logsumexp", "inv": "inverse", "vec": "vec", "norm": "norm",
    "kron": "kron",
}  # fmt: skip
_OTHER_NAMES = {"ln": "log", "swish": "silu", "sgn": "sign"}
_FUNCTIONS = frozenset((*_NAMED, *ELEMENTWISE, *_OTHER_NAMES, "ones", "mean", "transpose"))


class _Given(Lexer):
    """Hands Lark the tokens it is given."""

    def __init__(self, configuration: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
        """The tokens themselves."""
        return iter(lexer_state)


@cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Given, maybe_placeholders=False)


def parse(text: str, shapes: Shapes) -> Matrix:
    r"""The matrix expression of a text; `shapes` declares every variable: () for a scalar, ("n",), ("m", "n").

    Understood: + − juxtaposition · * @ ⊙ .* ⊗ /, ᵀ ' ^T ^\top ^{-1}, ‖·‖ and \|·\| with _F, _1 or _2, |·|, \frac, \sqrt, tr, det,
    log det, diag, diagonal, sum, mean, softmax, logsumexp, kron, vec, ones(n), I_n, [A, B; C, D], elementwise functions; a
    name that is not declared and stands before a bracket is an arbitrary elementwise function such as \sigma.

    Raises: UnreadableText with the column, ShapeMismatch.

    >>> print(parse(r"\frac12\|A\sigma(Bx+b)-y\|^2", dict(A=("m", "h"), B=("h", "n"), x=("n",), b=("h",), y=("m",))))
    1/2 ‖A sigma(B x + b) − y‖²
    """
    declared = {name: declared_shape(shape) for name, shape in shapes.items()}
    sizes = {s.name: s for shape in declared.values() for s in sizes_of(shape)}
    found = tokens(text, {*declared, *sizes}, _FUNCTIONS)
    if not found:
        raise UnreadableText(text, 1, "there is nothing to read")
    try:
        tree = _parser().parse(found)
    except UnexpectedInput as error:
        column = getattr(error, "column", None)
        token = getattr(error, "token", None)
        ended = token is None or token.type == "$END"
        at = len(text) + 1 if ended or not isinstance(column, int) or column < 1 else column
        problem = "the expression ends too early" if ended else f"{str(token)!r} does not fit here"
        raise UnreadableText(text, at, problem + ("" if ended else _bare_function(found, token))) from None
    return _Builder(text, declared, sizes).build(tree.children[0])


def _bare_function(found: Sequence[Token], token: Any) -> str:
    """A remedy where a function without brackets stands in the same run of factors."""
    before = list(takewhile(lambda t: t.type not in ("PLUS", "MINUS", "COMMA"), reversed(found[: found.index(token)])))
    for behind, function in pairwise([token, *before]):
        if function.type == "FUNCTION" and behind.type != "LPAR":
            return f"; how far does {function} reach? put its argument in brackets"
    return ""


class _Builder:
    def __init__(self, text: str, shapes: Mapping[str, tuple[Any, ...]], sizes: Mapping[str, Any]) -> None:
        self.text, self.shapes, self.sizes = text, shapes, sizes

    def build(self, tree: Any) -> Matrix:
        """The matrix of a parse tree."""
        return _RULES[tree.data](self, [c for c in tree.children if not (isinstance(c, Token) and c.type in _SILENT)])

    def refuse(self, token: Token | None, problem: str) -> UnreadableText:
        """What cannot be read, where."""
        return UnreadableText(self.text, (token.column if token is not None else 1) or 1, problem)

    def name(self, children: list[Any]) -> Matrix:
        (token,) = children
        value = str(token)
        if value in self.shapes:
            return variable(value, *self.shapes[value])
        if value in self.sizes:
            return number(self.sizes[value])
        if value == "pi":
            return number(pi)
        first, _, rest = value.partition("_")
        if rest in self.sizes and first in ("I", "ones"):
            return identity(self.sizes[rest]) if first == "I" else ones(self.sizes[rest])
        raise self.refuse(token, f"{value!r} has no shape; declared are {', '.join(self.shapes)}")

    def number(self, token: Token) -> Matrix:
        if len(token) > MAX_DIGITS:
            raise self.refuse(token, f"a number of more than {MAX_DIGITS} digits")
        return number(Rational(str(token)))

    def call(self, children: list[Any]) -> Matrix:
        token, arguments = children
        values = [self.build(child) for child in arguments.children if isinstance(child, Tree)]
        return self.applied(token, values)

    def applied(self, token: Token, values: list[Matrix]) -> Matrix:
        name = _OTHER_NAMES.get(str(token), str(token))
        if name == "ones":
            if any(v.operation != "number" for v in values):
                raise self.refuse(token, "ones takes sizes")
            return ones(*(v.data for v in values))
        if name == "kron" and len(values) == 2:
            return node("kron", *values)
        if len(values) != 1:
            raise self.refuse(token, f"{name} takes one argument, {len(values)} given")
        (value,) = values
        if name == "log" and value.operation == "det":
            return node("logdet", *value.operands)
        if name == "transpose":
            return value.T
        if name == "mean":
            count = Integer(1)
            for extent in value.shape:
                count = count * extent
            return node("scale", number(1 / count), node("sum", value))
        if name == "sqrt" and not value.shape:
            return node("power", value, data=Rational(1, 2))
        if name in _NAMED:
            return node(_NAMED[name], value)
        return node("apply", value, data=name)

    def power(self, children: list[Any]) -> Matrix:
        base, exponent = self.build(children[0]), children[1]
        if isinstance(exponent, Tree) and exponent.data == "transpose_mark":
            return base.T
        power = self.build(exponent)
        if power.operation == "scale" and power.operands[0].operation == power.operands[1].operation == "number":
            power = number(power.operands[0].data * power.operands[1].data)
        return self.raised(base, power)

    def negative_power(self, children: list[Any]) -> Matrix:
        base, exponent = self.build(children[0]), self.build(children[1])
        if exponent.operation != "number":
            raise self.refuse(None, "an exponent has to be a number")
        return self.raised(base, number(-exponent.data))

    def misplaced_transpose(self) -> Matrix:
        raise self.refuse(None, "a transpose mark belongs behind an expression")

    def raised(self, base: Matrix, power: Matrix) -> Matrix:
        if power.operation != "number" or not power.data.is_Rational:
            raise self.refuse(None, "an exponent has to be a number")
        if abs(power.data) > MAX_EXPONENT or (not base.variables() and base.operation != "number"):
            raise self.refuse(None, f"a power that large: exponents up to {MAX_EXPONENT}, of a number or a variable expression")
        if not base.shape:
            return node("power", base, data=power.data)
        if power.data == -1:
            return node("inverse", base)
        if power.data.is_Integer and 1 < power.data <= MAX_POWER and len(base.shape) == 2:
            return node("product", *[base] * int(power.data))
        raise ShapeMismatch("power", (base.shape,), "a scalar, or a square matrix to a small whole power; entrywise is ⊙")

    def product(self, left: Matrix, right: Matrix) -> Matrix:
        if () in (left.shape, right.shape):
            return left * right
        if left.operation == "scale" and left.operands[0].operation == "number":
            return node("scale", left.operands[0], self.product(left.operands[1], right))
        return left @ right

    def norm(self, children: list[Any]) -> Matrix:
        kind = str(children[1]) if len(children) > 1 else ""
        inside = self.build(children[0])
        if kind not in ("", "1", "2", "F") or (kind == "2" and len(inside.shape) == 2):
            raise self.refuse(children[1], f"the norm {kind} of shape {len(inside.shape)} is not known: F, 1, or 2 of a vector")
        return node("norm1" if kind == "1" else "norm", inside)

    def bars(self, inside: Matrix) -> Matrix:
        """|a| of a number, the determinant |A| of a square matrix."""
        if len(inside.shape) == 1:
            raise ShapeMismatch("bars", (inside.shape,), "a scalar or a square matrix is wanted: norms are written ‖·‖")
        return node("apply", inside, data="abs") if not inside.shape else node("det", inside)

    def block(self, children: list[Any]) -> Matrix:
        rows = [
            [self.build(c) for c in row.children if isinstance(c, Tree)] for row in children[0].children if isinstance(row, Tree)
        ]
        flat = [part for row in rows for part in row]
        if len({len(row) for row in rows}) != 1:
            raise self.refuse(None, "the rows of blocks have different lengths")
        columns = 0 if all(len(part.shape) == 1 for part in flat) and len(rows[0]) == 1 else len(rows[0])
        return node("block", *flat, data=columns)


_SIGNS = ("PLUS", "MINUS", "TIMES", "HADAMARD", "KRON", "OVER", "TRANSPOSE", "CARET", "LPAR", "RPAR", "LBRACE", "RBRACE", "COMMA")
_PAIRS = ("OPEN_NORM", "CLOSE_NORM", "OPEN_BAR", "CLOSE_BAR")
_MARKS = ("FRACTION", "ROOT", "SEMICOLON", "LBRACKET", "RBRACKET", "INVERSE_MARK", "SQUARE_MARK")
_SILENT = frozenset((*_SIGNS, *_PAIRS, *_MARKS))


def _two(meaning: Callable[[_Builder, Matrix, Matrix], Matrix]) -> Callable[[_Builder, list[Any]], Matrix]:
    return lambda builder, children: meaning(builder, builder.build(children[0]), builder.build(children[1]))


def _one(meaning: Callable[[_Builder, Matrix], Matrix]) -> Callable[[_Builder, list[Any]], Matrix]:
    return lambda builder, children: meaning(builder, builder.build(children[0]))


_RULES: dict[str, Callable[[_Builder, list[Any]], Matrix]] = {
    "add": _two(lambda b, x, y: x + y),
    "subtract": _two(lambda b, x, y: x - y),
    "times": _two(lambda b, x, y: b.product(x, y)),
    "hadamard": _two(lambda b, x, y: node("hadamard", x, y)),
    "kron": _two(lambda b, x, y: node("kron", x, y)),
    "divide": _two(lambda b, x, y: _divided(x, y)),
    "fraction": _two(lambda b, x, y: _divided(x, y)),
    "negate": _one(lambda b, x: -x),
    "negated_group": _one(lambda b, x: number(-x.data) if x.operation == "number" else -x),
    "same": _one(lambda b, x: x),
    "transpose": _one(lambda b, x: x.T),
    "inverse": _one(lambda b, x: b.raised(x, number(-1))),
    "square": _one(lambda b, x: b.raised(x, number(2))),
    "power": lambda b, children: b.power(children),
    "negative_power": lambda b, children: b.negative_power(children),
    "transpose_mark": lambda b, children: b.misplaced_transpose(),
    "number": lambda b, children: b.number(children[0]),
    "name": lambda b, children: b.name(children),
    "root": _one(lambda b, x: node("apply", x, data="sqrt") if x.shape else x ** Rational(1, 2)),
    "norm": lambda b, children: b.norm(children),
    "call": lambda b, children: b.call(children),
    "call_bare": lambda b, children: b.applied(children[0], [b.build(children[1])]),
    "bars": _one(lambda b, x: b.bars(x)),
    "block": lambda b, children: b.block(children),
}


def _divided(above: Matrix, below: Matrix) -> Matrix:
    if below.shape:
        raise ShapeMismatch("division", (above.shape, below.shape), "the divisor has to be a scalar; use an inverse")
    if above.operation == below.operation == "number":
        return number(above.data / below.data)
    if below.operation == "number":
        return node("scale", number(1 / below.data), above)
    return above / below
