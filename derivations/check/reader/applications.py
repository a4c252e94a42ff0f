"""Letters applied to the bracket behind them: functions, probabilities, expectations; when a bracket is a factor instead."""

from __future__ import annotations

from itertools import pairwise

from derivations.check.reader.facts import base_name
from derivations.check.reader.interpreter import SEPARATORS, Interpreter, inside, items_of
from derivations.check.reader.marks import marked
from derivations.check.reader.names import letter_name
from derivations.check.reader.terms import Term, at
from derivations.check.reader.tree import Node

_PROBABILITIES = frozenset(("P", "Pr", "bb_P", "cal_P", "mathsf_P"))
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_OF_EVENTS = frozenset((r"\cup", r"\cap", r"\setminus", "∪", "∩", "∖"))


_SMOOTH = ("sigmoid", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan",
    "erf", "gamma", "loggamma")  # fmt: skip
SLOPES = {f"{name}_{'prime' * order}": (name, order) for name in _SMOOTH for order in (1, 2)}
"""Name of a derivative → the function and how often it is differentiated."""
"""Derivatives of functions with a formula that have a formula of their own."""


def arguments_of(interpreter: Interpreter, fence: Node) -> tuple[Term, ...]:
    """What stands in the bracket of an application; a bar or semicolon becomes the structure `given`."""
    content = inside(fence)
    if content.kind != "row":
        return (interpreter.value(content),)
    groups: list[list[Term]] = [[]]
    signs: list[str] = []
    for part in content.parts:
        if part.kind in ("mid", "normmid", "semicolon"):
            groups.append([])
            signs.append("parameters" if part.kind == "semicolon" else "given")
        elif part.kind not in SEPARATORS:
            groups[-1].append(interpreter.value(part))
        elif part.kind in ("words", "connective"):
            groups[-1].append(at(part, "structure", (), part.text.strip("\ue020\ue021 \\")))
    given = [at(fence, "structure", tuple(group), sign) for sign, group in zip(signs, groups[1:], strict=True)]
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
    if notation.patterns is not None:
        full = str(interpreter.value(node).data) if node.kind == "scripted" else name
        if full in notation.patterns.functions | notation.patterns.arrays | notation.patterns.letters:
            return opening == "lpar" and full in notation.patterns.functions
    if name in notation.expectations:
        return True
    if _mentions(content, name):
        return False
    core = node.parts[0] if node.kind == "scripted" else node
    if core.kind == "name" and len(name) > 2 and opening == "lpar" and not any(m.kind == "sub" for m in node.parts[1:]):
        return True
    if (symbol := notation.symbol(name)) is not None and symbol.domain == "function":
        return opening == "lpar"
    if name in notation.meanings and opening == "lpar" and (node.kind in ("letter", "style") or _is_primed(node)):
        return content.kind not in ("clause", "environment")
    is_double_struck = name.startswith("bb_") and name in notation.probabilities
    if (opening == "lbrace" and not is_double_struck) or notation.declares(name):
        return False
    if node.kind == "scripted" and any(
        mark.kind == "sup" and mark.parts[1].kind in ("digit", "number") for mark in node.parts[1:]
    ):
        return False
    if name in interpreter.facts.powered:
        return False
    if name in notation.functions:
        return opening == "lpar" or content.kind == "row"
    compares = content.kind in ("row", "clause") or _is_event(content, name)
    if opening == "lbrack" and not (compares and name in notation.probabilities):
        return False
    if name in notation.probabilities:
        return compares or (
            _is_plain_argument(content) and base_name(content.parts[0] if content.kind == "scripted" else content) != name
        )
    if name in interpreter.facts.bound | interpreter.facts.sizes:
        return False
    return _is_plain_argument(content) or (content.kind == "row" and not any(part.kind in ("words",) for part in content.parts))


def _is_event(content: Node, name: str) -> bool:
    """Whether a bracket holds events: A ∪ B, A ∩ B, and behind a P also AB or a word."""
    items = items_of(content)
    if any(item.operator for item in items):
        return any(item.operator and item.node.text in _OF_EVENTS for item in items)
    if name not in _PROBABILITIES:
        return False
    names = [base_name(item.node) or "" for item in items]
    is_word = len(names) > 2 and all(name in _LATIN for name in names)
    return is_word or (len(names) > 1 and all(name[:1].isupper() for name in names))


def _mentions(content: Node, name: str) -> bool:
    """Whether the bracket holds the letter itself, as in g(1 - g): then it is a factor."""
    rows = [row.parts for row in content.walk() if row.kind == "term"]
    applied = {id(part) for row in rows for part, after in pairwise(row) if after.kind == "fence"}
    return any(part.kind == "letter" and id(part) not in applied and letter_name(part.text) == name for part in content.walk())


def takes_what_follows(interpreter: Interpreter, core: Node) -> bool:
    r"""Whether a letter applies to what follows without a bracket: \mathbb{E} X."""
    name = base_name(core) or ""
    return name in interpreter.notation.expectations and name.startswith("bb_")


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
    arguments = arguments_of(interpreter, fence)
    if not marks and not head.args and _are_its_own(interpreter, name, arguments):
        return at(node, "letter", (), name)._replace(end=fence.end)
    root, _, mark = name.rpartition("_")
    meaning = interpreter.notation.meanings.get(name)
    if f"{interpreter.notation.meanings.get(root)}_{mark}" in SLOPES:
        meaning = f"{interpreter.notation.meanings[root]}_{mark}"
    if meaning is not None and len(arguments) == 1 and not head.args:
        value = Term("apply", arguments, meaning, node.start, fence.end)
    elif name in interpreter.notation.expectations:
        value = Term("structure", (*arguments, *head.args), name, node.start, fence.end)
    else:
        value = Term("call", (*head.args, *arguments), name, node.start, fence.end)
    if marks:
        value = marked(interpreter, following, fence, value, list(marks))
    return value


def _is_primed(node: Node) -> bool:
    """Whether a letter carries primes and nothing else: the derivative of what it stands for."""
    return node.kind == "scripted" and all(mark.kind == "primes" for mark in node.parts[1:])


def _are_its_own(interpreter: Interpreter, name: str, arguments: tuple[Term, ...]) -> bool:
    """Whether a declared function is applied to nothing but what it is declared to depend on: ℓ(μ, σ²) is ℓ."""
    notation = interpreter.notation
    symbol = notation.symbol(name)
    if symbol is None or symbol.domain != "function" or not symbol.arguments:
        return False
    for argument in arguments:
        root, power = (argument.args[0], argument.args[1].data) if argument.head == "power" else (argument, 1)
        declared = notation.symbol(str(root.data), power) if root.head == "letter" and not root.args else None
        if declared is None or declared.name not in symbol.arguments:
            return False
    return bool(arguments)
