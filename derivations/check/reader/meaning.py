"""From tree to terms: what each kind of node says; the rooms of scripts, products, brackets … come together here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from derivations.check.reader.brackets import environment, fence
from derivations.check.reader.differentials import derivative_operator, differentiated, short_derivative, whole_derivative
from derivations.check.reader.errors import BareScript, EmptyFraction, MissingOperand, NumberTooLong, UnexpectedText
from derivations.check.reader.facts import base_name
from derivations.check.reader.indicators import indicator_at
from derivations.check.reader.interpreter import SEPARATORS, Interpreter, Item, inside
from derivations.check.reader.juxtaposition import check_scripts, operand, product, product_of
from derivations.check.reader.names import FUNCTION_WORDS, word_name
from derivations.check.reader.reaching import reach, signed_terms, spanning
from derivations.check.reader.scripts import accented_value, letter, scripted
from derivations.check.reader.terms import Term, at, inverse, multiply, negative, number, power
from derivations.check.reader.tree import Node

MAX_DIGITS = 2000


class Reader(Interpreter):
    """An interpreter that knows what every kind of node says."""

    def value(self, node: Node) -> Term:
        """What a node stands for."""
        handler = MEANINGS.get(node.kind)
        if handler is None:
            raise self.fail(UnexpectedText, node)
        return handler(self, node)

    def anything(self, node: Node) -> Term:
        """The value of a node that may also be a separator, a relation or a lone sign."""
        handler = MEANINGS.get(node.kind)
        if handler is None:
            return at(node, "structure", (), f"{node.kind} {node.text.strip()}".strip())
        return handler(self, node)

    def operand(self, items: Sequence[Item], position: int) -> tuple[Term, int]:
        """One operand from `position` on, and where the next begins."""
        return operand(self, items, position)

    def product_of(self, node: Node, items: Sequence[Item]) -> Term:
        """The product of a row of items that stand in `node`."""
        return product_of(self, node, items)


def _number(interpreter: Interpreter, node: Node) -> Term:
    digits = node.text if node.text.isdecimal() else re.sub(r"[{}, ~]", "", node.text)
    if len(digits) > MAX_DIGITS:
        raise interpreter.fail(NumberTooLong, node, f"{len(digits)} digits")
    if digits.isdecimal():
        return number(int(digits), node.start, node.end)
    mantissa, _, exponent = digits.lower().partition("e")
    if exponent and abs(int(exponent)) > MAX_DIGITS:
        raise interpreter.fail(NumberTooLong, node, f"an exponent of {exponent}")
    value = Fraction(mantissa) * (Fraction(10) ** int(exponent) if exponent else 1)
    return at(node, "number", (), value)


def _letter(interpreter: Interpreter, node: Node) -> Term:
    return letter(interpreter, node, base_name(node) or "", [])


def _sum(interpreter: Interpreter, node: Node) -> Term:
    parts = signed_terms(node)
    terms: list[Term] = []
    place = 0
    while place < len(parts):
        signs, term = parts[place]
        last = reach(interpreter, parts, place)
        if place and (term.parts[:1] or (term,))[0].kind == "multiplied":
            raise interpreter.fail(MissingOperand, term, "two operators side by side")
        value = interpreter.value(term if last == place else spanning(interpreter, parts[place : last + 1]))
        terms.append(value if signs is None else _signed(interpreter, signs, value))
        place = last + 1
    if len(terms) == 1:
        return terms[0]
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
    for part in node.parts:
        if part.kind in ("choose", "over"):
            raise interpreter.fail(MissingOperand, part)
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
    operator = derivative_operator(interpreter, node)
    if operator is not None:
        return interpreter.structure(node, "operator", *operator[0])
    return multiply([interpreter.value(top), inverse(interpreter.value(bottom))], node.start, node.end)


def _derivative(interpreter: Interpreter, node: Node) -> Term:
    r"""\pdv{f}{x}; without f it is an operator."""
    _check_filled(interpreter, node)
    found = short_derivative(interpreter, node)
    if found is None:
        raise interpreter.fail(EmptyFraction, node)
    body, variables = found
    if body is None:
        return interpreter.structure(node, "operator", *variables)
    return differentiated(interpreter, node, interpreter.value(body), variables)


def _delimited(interpreter: Interpreter, node: Node) -> Term:
    _check_filled(interpreter, node)
    value = interpreter.value(node.parts[1])
    head = {r"\abs": "bars", r"\absolutevalue": "bars", r"\norm": "norm"}.get(node.parts[0].text)
    if head is None:
        return interpreter.structure(node, "expectation", value)
    return at(node, head, (value,), 2 if head == "norm" else None)


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


def _wrap(interpreter: Interpreter, node: Node) -> Term:
    _check_filled(interpreter, node)
    return interpreter.value(node.parts[1])


def _check_filled(interpreter: Interpreter, node: Node) -> None:
    """Raises: EmptyFraction where a command has empty braces."""
    for part in node.parts[1:]:
        content = inside(part) if part.kind == "group" else part
        if content.kind == "row" and not content.parts:
            raise interpreter.fail(EmptyFraction, part, "an empty argument")


def _accent(interpreter: Interpreter, node: Node) -> Term:
    _check_filled(interpreter, node)
    return accented_value(interpreter, node)


def _special(interpreter: Interpreter, node: Node) -> Term:
    if node.text in (r"\infty", "∞"):
        return at(node, "constant", (), "infinity")
    return interpreter.structure(node, node.text.lstrip("\\"))


def _dangling(interpreter: Interpreter, node: Node) -> Term:
    return interpreter.structure_of(node, "unfinished", node.parts)


def _suffix(interpreter: Interpreter, node: Node) -> Term:
    raise interpreter.fail(BareScript, node)


def _scripted(interpreter: Interpreter, node: Node) -> Term:
    check_scripts(interpreter, node)
    if node.parts[0].kind in ("big", "function"):
        return product(interpreter, Node("term", node.start, node.end, (node,)))
    found = indicator_at(interpreter, node, None)
    return scripted(interpreter, node) if found is None else found[0]


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
    "term": product,
    "multiplied": product,
    "scripted": _scripted,
    "group": _group,
    "row": _row,
    "clause": _clause,
    "link": _clause,
    "fraction": _fraction,
    "derivative": _derivative,
    "delimited": _delimited,
    "root": _root,
    "fence": fence,
    "accent": _accent,
    "style": _accent,
    "wrap": _wrap,
    "environment": environment,
    "suffix": _suffix,
    "conditional": lambda interpreter, node: interpreter.structure_of(node, "given", node.parts),
    "stray": lambda interpreter, node: interpreter.structure(node, node.parts[0].text),
    "rows": lambda interpreter, node: interpreter.structure_of(node, "rows", node.parts),
}
"""Kind of node → what it says."""
