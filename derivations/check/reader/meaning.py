"""From tree to terms: what each kind of node says, in a notation. Juxtaposition, scripts and limits have rooms of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from derivations.check.reader.errors import (
    EmptyFraction,
    MissingBracket,
    MissingOperand,
    NumberTooLong,
    ReadingError,
    UnexpectedEnd,
    UnexpectedText,
)
from derivations.check.reader.facts import Facts, base_name
from derivations.check.reader.names import word_name
from derivations.check.reader.notation import Notation
from derivations.check.reader.terms import Term, at, inverse, multiply, negative, number, power
from derivations.check.reader.tree import Node

MAX_DIGITS = 2000


@dataclass
class Interpreter:
    """Reads the trees of one text. `choices` settle what is ambiguous; `ambiguous` says where there was a choice."""

    text: str
    notation: Notation
    facts: Facts
    choices: tuple[int, ...] = ()
    ambiguous: list[tuple[int, str, int]] = field(default_factory=list)
    scope: list[str] = field(default_factory=list)

    def value(self, node: Node) -> Term:
        """What a node stands for."""
        handler = MEANINGS.get(node.kind)
        if handler is None:
            raise self.fail(UnexpectedText, node)
        return handler(self, node)

    def choose(self, node: Node, question: str, options: int = 2) -> int:
        """Which of several readings is taken here; the first unless `choices` says otherwise."""
        position = len(self.ambiguous)
        self.ambiguous.append((node.start, question, options))
        return self.choices[position] if position < len(self.choices) else 0

    def fail(self, error: type[ReadingError], node: Node, found: str = "") -> ReadingError:
        """The error, at a node."""
        return error(
            self.text, max(0, min(node.start, len(self.text) - 1)), found or self.text[max(node.start, 0) : node.end][:20]
        )

    def structure(self, node: Node, kind: str, *args: Term) -> Term:
        """Something that is kept and has no value."""
        return at(node, "structure", args, kind)

    def structure_of(self, node: Node, kind: str, nodes: tuple[Node, ...] | list[Node]) -> Term:
        """Structure around the values of nodes; separators become structure themselves."""
        return at(node, "structure", tuple(self.anything(part) for part in nodes), kind)

    def anything(self, node: Node) -> Term:
        """The value of a node that may also be a separator, a relation or a lone sign."""
        handler = MEANINGS.get(node.kind)
        if handler is None:
            return at(node, "structure", (), f"{node.kind} {node.text.strip()}".strip())
        return handler(self, node)


def inside(node: Node) -> Node:
    """A group's or fence's content; an empty row for an empty one."""
    if node.kind == "group":
        parts = node.parts[1:-1]
        return parts[0] if len(parts) == 1 else Node("row", node.start, node.end, parts)
    if node.kind == "fence":
        return node.parts[1]
    return node


def _number(interpreter: Interpreter, node: Node) -> Term:
    digits = node.text.replace("{,}", "").replace(",", "")
    if len(digits) > MAX_DIGITS:
        raise interpreter.fail(NumberTooLong, node, f"{len(digits)} digits")
    mantissa, _, exponent = digits.lower().partition("e")
    if exponent and abs(int(exponent)) > MAX_DIGITS:
        raise interpreter.fail(NumberTooLong, node, f"an exponent of {exponent}")
    value = Fraction(mantissa) * (Fraction(10) ** int(exponent) if exponent else 1)
    return at(node, "number", (), value)


def _letter(interpreter: Interpreter, node: Node) -> Term:
    from derivations.check.reader.scripts import letter

    return letter(interpreter, node, base_name(node) or "", [])


def _sum(interpreter: Interpreter, node: Node) -> Term:
    terms: list[Term] = []
    while True:  # the tree leans to the left
        *before, last = node.parts
        value = interpreter.value(last)
        sign = before[-1] if before and before[-1].kind == "signs" else None
        if sign is not None:
            value = _signed(interpreter, sign, value)
        terms.append(value)
        rest = [part for part in before if part.kind != "signs"]
        if not rest:
            break
        node = rest[0]
        if node.kind != "sum":
            terms.append(interpreter.value(node))
            break
    if len(terms) == 1:
        return terms[0]
    terms.reverse()
    return Term("add", tuple(terms), None, min(t.start for t in terms), max(t.end for t in terms))


_MINUS = frozenset("-−–")
_BOTH = frozenset((r"\pm", r"\mp", "±", "∓"))


def _signed(interpreter: Interpreter, signs: Node, value: Term) -> Term:
    for sign in reversed(signs.parts):
        if sign.text in _BOTH:
            value = at(signs, "structure", (value,), "plus or minus")
        elif sign.text in _MINUS:
            value = negative(value)._replace(start=sign.start)
    return value


def _group(interpreter: Interpreter, node: Node) -> Term:
    content = inside(node)
    if content.kind == "row" and not content.parts:
        return interpreter.structure(node, "nothing")
    return interpreter.value(content)


def _row(interpreter: Interpreter, node: Node) -> Term:
    """Several clauses where one value belongs: kept as structure; n \\choose k and a \\over b are values."""
    infix = len(node.parts) == 3 and node.parts[1].kind in ("choose", "over")
    if infix and not {node.parts[0].kind, node.parts[2].kind} & SEPARATORS:
        top, bottom = interpreter.value(node.parts[0]), interpreter.value(node.parts[2])
        if node.parts[1].kind == "choose":
            return at(node, "apply", (top, bottom), "binomial")
        return multiply([top, inverse(bottom)], node.start, node.end)
    values = [part for part in node.parts if part.kind not in ("quad", "words", "period")]
    if len(values) == 1 and all(part.kind in ("quad", "period") for part in node.parts if part is not values[0]):
        return interpreter.value(values[0])
    return interpreter.structure_of(node, "list", node.parts)


def _clause(interpreter: Interpreter, node: Node) -> Term:
    """A relation inside an expression."""
    sides: list[Node | None] = [] if node.parts[0].kind == "link" else [node.parts[0]]
    relations: list[str] = []
    if not sides:
        sides.append(None)
    for link in node.parts[1 if sides[0] is not None else 0 :]:
        relations.append(link.parts[0].text)
        sides.append(link.parts[1] if len(link.parts) > 1 else None)
    empty = interpreter.structure(node, "nothing")
    values = tuple(empty if side is None else interpreter.value(side) for side in sides)
    return at(node, "relation", values, tuple(relations))


def _fraction(interpreter: Interpreter, node: Node) -> Term:
    from derivations.check.reader.differentials import derivative_operator, whole_derivative

    command, top, bottom = node.parts
    for part in (top, bottom):
        if (part.kind == "group" and len(part.parts) == 2) or (
            part.kind == "group" and not inside(part).parts and inside(part).kind == "row"
        ):
            raise interpreter.fail(EmptyFraction, part, "an empty argument")
        if part.kind == "number" and len(part.text) > 1:
            raise interpreter.fail(EmptyFraction, part, f"{part.text} without braces")
    word = command.text.lstrip("\\")
    if word.endswith("binom"):
        return at(node, "apply", (interpreter.value(top), interpreter.value(bottom)), "binomial")
    if word in ("overset", "underset", "stackrel"):
        return interpreter.structure(node, word, _name_or_value(interpreter, top), _name_or_value(interpreter, bottom))
    found = whole_derivative(interpreter, node)
    if found is not None:
        return found
    if derivative_operator(interpreter, node) is not None:
        return interpreter.structure(node, "operator")
    return multiply([interpreter.value(top), inverse(interpreter.value(bottom))], node.start, node.end)


def _name_or_value(interpreter: Interpreter, node: Node) -> Term:
    """A part of \\underset: the value, or the name of a function such as argmax that stands there alone."""
    core = inside(node) if node.kind == "group" else node
    if core.kind == "function" or (core.kind == "name" and word_name(core.text) in FUNCTION_WORDS):
        return interpreter.structure(core, core.text.strip("\ue022\ue023 \\"))
    return interpreter.anything(node)


def _root(interpreter: Interpreter, node: Node) -> Term:
    radicand = interpreter.value(node.parts[-1])
    if radicand.head == "structure" and radicand.data == "nothing":
        raise interpreter.fail(EmptyFraction, node, "an empty root")
    degree = interpreter.value(node.parts[2]) if len(node.parts) == 5 else number(2)
    return power(radicand, inverse(degree), node.start, node.end)


_BRACKETS = {"lfloor": "floor", "lceil": "ceiling"}


def _fence(interpreter: Interpreter, node: Node) -> Term:
    opening, content, closing = node.parts
    pair = (opening.kind, closing.kind)
    if content.kind == "row" and not content.parts:
        return interpreter.structure(node, "nothing")
    separated = content.kind == "row"
    if pair in (("lpar", "rbrack"), ("lbrack", "rpar")) and not separated:
        raise interpreter.fail(MissingBracket, closing, f"{opening.text} closed by {closing.text}")
    if opening.kind in ("lbar", "lnorm") or (opening.kind == "opennull" and closing.kind in ("rbar", "rnorm")):
        if opening.kind == "opennull":
            return interpreter.structure(node, "evaluated", interpreter.value(content))
        return _barred(interpreter, node, opening.kind)
    if opening.kind in _BRACKETS:
        return at(node, "apply", (interpreter.value(content),), _BRACKETS[opening.kind])
    if opening.kind == "langle":
        items = listed(content)
        if len(items) == 2:
            return at(node, "inner", tuple(interpreter.value(item) for item in items))
        return interpreter.structure_of(node, "bracket", content.parts or (content,))
    if separated:
        items = listed(content)
        if len(items) == 1 and len(content.parts) == 1:
            return interpreter.value(items[0])
        kind = "set" if opening.kind == "lbrace" else "tuple"
        value = _row(interpreter, content)
        return value if value.head != "structure" else at(node, "structure", value.args, kind)
    if content.kind == "clause" and opening.kind == "lbrack":
        return at(node, "indicator", (interpreter.value(content),))
    return interpreter.value(content)._replace(start=node.start, end=node.end)


def _barred(interpreter: Interpreter, node: Node, kind: str) -> Term:
    value = interpreter.value(node.parts[1])
    if kind == "lbar" and node.parts[1].kind == "fence" and node.parts[1].parts[0].kind == "lbar":
        return at(node, "norm", (value.args[0],) if value.head == "bars" else (value,), 2)
    return at(node, "bars" if kind == "lbar" else "norm", (value,), 2 if kind == "lnorm" else None)


def listed(row: Node) -> list[Node]:
    """The clauses of a row without its separators."""
    if row.kind != "row":
        return [row]
    return [part for part in row.parts if part.kind not in SEPARATORS]


SEPARATORS = frozenset(
    (
        "comma",
        "semicolon",
        "colon",
        "mid",
        "normmid",
        "arrow",
        "quad",
        "words",
        "connective",
        "choose",
        "over",
        "period",
        "newline",
    )
)


def _environment(interpreter: Interpreter, node: Node) -> Term:
    opening = node.parts[0].text
    kind = opening.split("{", 1)[1].split("}", 1)[0].rstrip("*")
    rows: list[list[Term]] = [[]]
    for part in node.parts[1:-1]:
        if part.kind == "newline":
            rows.append([])
        elif part.kind != "ampersand":
            rows[-1].append(interpreter.anything(part))
    while rows and not [
        cell
        for cell in rows[-1]
        if cell.data != "nothing" and not (cell.head == "structure" and not cell.args and cell.data == "list")
    ]:
        rows.pop()
    if kind.endswith("matrix") and rows and len({len(row) for row in rows}) == 1:
        cells = tuple(cell for row in rows for cell in row)
        matrix = at(node, "matrix", cells, (len(rows), len(rows[0])))
        return at(node, "bars", (matrix,)) if kind.startswith("v") else matrix
    if kind in ("aligned", "split", "gathered", "align", "equation", "array") and len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    args = tuple(at(node, "structure", tuple(row), "row") for row in rows)
    return at(node, "structure", args, kind)


def _wrap(interpreter: Interpreter, node: Node) -> Term:
    return interpreter.value(node.parts[1])


def _special(interpreter: Interpreter, node: Node) -> Term:
    if node.text in (r"\infty", "∞"):
        return at(node, "constant", (), "infinity")
    return interpreter.structure(node, node.text.lstrip("\\"))


def _dangling(interpreter: Interpreter, node: Node) -> Term:
    return interpreter.structure_of(node, "unfinished", node.parts)


def _term(interpreter: Interpreter, node: Node) -> Term:
    from derivations.check.reader.juxtaposition import product

    return product(interpreter, node)


def _scripted(interpreter: Interpreter, node: Node) -> Term:
    from derivations.check.reader.juxtaposition import product

    if node.parts[0].kind in ("big", "function"):
        return product(interpreter, Node("term", node.start, node.end, (node,)))
    from derivations.check.reader.scripts import scripted

    return scripted(interpreter, node)


def _lone(interpreter: Interpreter, node: Node) -> Term:
    name = node.text.lstrip("\\")
    if name in _QUANTITIES:
        return at(node, "letter", (), name)
    raise interpreter.fail(MissingOperand, node)


_QUANTITIES = frozenset(
    ("Var", "Cov", "var", "cov", "std", "MSE", "KL", "ReLU", "relu", "softmax", "Beta", "Bernoulli", "Poisson")
)
"""Names of functions that also stand alone, for what they give."""


def _name(interpreter: Interpreter, node: Node) -> Term:
    name = word_name(node.text)
    if name in ("T", "top"):
        return interpreter.structure(node, "top")
    if name in FUNCTION_WORDS:
        return _lone(interpreter, node)
    return _letter(interpreter, node)


def _accent(interpreter: Interpreter, node: Node) -> Term:
    from derivations.check.reader.scripts import accented_value

    return accented_value(interpreter, node)


def _incomplete(interpreter: Interpreter, node: Node) -> Term:
    raise interpreter.fail(UnexpectedEnd, node)


FUNCTION_WORDS = frozenset(
    [
        "log",
        "ln",
        "lg",
        "exp",
        "sin",
        "cos",
        "tan",
        "cot",
        "sinh",
        "cosh",
        "tanh",
        "max",
        "min",
        "arg",
        "argmax",
        "argmin",
        "sup",
        "inf",
        "lim",
        "det",
        "tr",
        "Tr",
        "trace",
        "diag",
        "sign",
        "sgn",
        "Var",
        "Cov",
        "Pr",
        "arg_max",
        "arg_min",
        "softmax",
        "sigmoid",
        "erf",
    ]
)

MEANINGS: dict[str, Callable[[Interpreter, Node], Term]] = {
    "number": _number,
    "digit": _number,
    "letter": _letter,
    "name": _name,
    "special": _special,
    "ellipsis": lambda interpreter, node: interpreter.structure(node, "dots"),
    "function": _lone,
    "big": _lone,
    "evalbar": lambda interpreter, node: interpreter.structure(node, "evaluated"),
    "sum": _sum,
    "dangling": _dangling,
    "signs": _dangling,
    "term": _term,
    "multiplied": _term,
    "scripted": _scripted,
    "group": _group,
    "row": _row,
    "clause": _clause,
    "link": _clause,
    "fraction": _fraction,
    "root": _root,
    "fence": _fence,
    "accent": _accent,
    "style": _accent,
    "wrap": _wrap,
    "environment": _environment,
    "stray": lambda interpreter, node: interpreter.structure(node, node.parts[0].text),
    "rows": lambda interpreter, node: interpreter.structure_of(node, "rows", node.parts),
}
"""Kind of node → what it says."""
