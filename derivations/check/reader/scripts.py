r"""Scripts: whether a raised or lowered mark is an index, a power, a transpose or part of a name."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.check.reader.errors import BareScript, TooManyTokens
from derivations.check.reader.facts import base_name
from derivations.check.reader.interpreter import Interpreter, inside
from derivations.check.reader.marks import after, marked
from derivations.check.reader.names import BOLD, accented, letter_name, styled, word_name
from derivations.check.reader.script_parts import (
    MARKS,
    angled,
    flat,
    is_inverse_transpose,
    is_transpose,
    leaves,
    only_mark,
    raised_parts,
    script_items,
    spelled,
)
from derivations.check.reader.terms import Term, at, number, power
from derivations.check.reader.tree import Node

MAX_INDICES = 32


@dataclass
class _Marks:
    """What the scripts of one letter say."""

    upper: list[Term] = field(default_factory=list)
    lower: list[Term] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    exponent: Term | None = None
    transposed: bool = False
    structure: Term | None = None
    after: list[Node] = field(default_factory=list)


def scripted(interpreter: Interpreter, node: Node) -> Term:
    """The value of an atom with its marks."""
    base, *marks = node.parts
    if base.kind == "wrap":
        return interpreter.value(base)
    name = base_name(base)
    if name is None and base.kind in ("accent", "style"):
        inner = base
        while inner.kind in ("accent", "style", "group") and inner.parts:
            inner = inner.parts[1] if len(inner.parts) > 1 else inner.parts[0]
        if inner.kind == "scripted" and base_name(inner.parts[0]) is not None:
            return letter(interpreter, node, _name_through(base, inner.parts[0]), [*inner.parts[1:], *marks])
    if name is not None and base.kind != "number":
        return letter(interpreter, node, name, marks)
    value = interpreter.value(base)
    return marked(interpreter, node, base, value, marks)


def _name_through(outer: Node, letter_node: Node) -> str:
    """The name of a letter inside accents that cover its scripts too."""
    if outer.kind in ("accent", "style"):
        inner = _name_through(outer.parts[1], letter_node)
        if outer.kind == "accent":
            return accented(inner, outer.parts[0].text)
        return styled(inner, outer.parts[0].text)
    if outer.kind == "group":
        return _name_through(outer.parts[1], letter_node)
    return base_name(letter_node) or ""


def accented_value(interpreter: Interpreter, node: Node) -> Term:
    r"""\hat{x}, \mathbf{x}, \bar{x_i}, \mathbf{Ax}."""
    name = base_name(node)
    if name in ("0", "1") and node.kind == "accent" and is_bold(node):
        name = f"bf_{name}"
    if name is not None and name not in ("0", "1"):
        return letter(interpreter, node, name, [])
    content = inside(node.parts[1]) if node.parts[1].kind == "group" else node.parts[1]
    if node.kind == "style" and node.parts[0].text.lstrip("\\") not in ("mathbb", "mathbbm", "mathds"):
        if content.kind in ("number", "digit"):
            word = node.parts[0].text.lstrip("\\")
            return interpreter.structure(
                node, "ones" if word in BOLD and content.text == "1" else "zeros" if word in BOLD else "number"
            )
        return interpreter.value(content)
    if content.kind == "scripted" and base_name(content.parts[0]) is not None:
        return letter(interpreter, node, _name_through(node, content.parts[0]), list(content.parts[1:]))
    return interpreter.structure(node, node.parts[0].text.lstrip("\\"), interpreter.anything(content))


def letter(interpreter: Interpreter, node: Node, name: str, marks: list[Node]) -> Term:
    """A letter with its scripts: its full name, its indices, its power."""
    notation = interpreter.notation
    found = _Marks()
    kinds = [mark.kind for mark in marks]
    if "factorial" in kinds and kinds[-1] != "factorial":  # n!^2 is the square of the factorial
        last = len(kinds) - kinds[::-1].index("factorial")
        return marked(interpreter, node, node, letter(interpreter, node, name, marks[:last]), marks[last:])
    for mark in marks:
        if mark.kind == "sub":
            _lowered(interpreter, name, mark, found)
        elif mark.kind == "sup":
            _raised(interpreter, name, mark, found)
        elif mark.kind == "primes":
            count = len(mark.text or "".join(part.text for part in mark.parts))
            if count == 1 and name in interpreter.facts.transposed:
                found.transposed = True
            else:
                found.words.append("prime" * count)
        else:
            found.after.append(mark)
    if found.structure is not None:
        return found.structure
    full = "_".join([name, *found.words])
    indices = tuple(found.upper + found.lower)
    if len(indices) > MAX_INDICES:
        raise interpreter.fail(TooManyTokens, node, f"{len(indices)} indices on one letter")
    if full == "pi" and not interpreter.facts.pi_is_a_letter and not indices and not notation.declares("pi"):
        value = at(node, "constant", (), "pi")
    elif full == "e" and not indices and found.exponent is None and notation.patterns is not None and not notation.declares("e"):
        value = at(node, "constant", (), "e")
    elif full == "e" and not indices and found.exponent is not None and not notation.declares_value("e"):
        return after(interpreter, node, at(node, "apply", (found.exponent,), "exp"), found.after)
    else:
        if is_bold(node):
            interpreter.facts.bold.add(full)
        elif not indices:
            interpreter.facts.light.add(full)
        value = at(node, "letter", indices, full)
    if found.exponent is not None:
        value = power(value, found.exponent, node.start, node.end)
    if found.transposed:
        value = at(node, "transpose", (value,))
    return after(interpreter, node, value, found.after)


def is_bold(node: Node) -> bool:
    """Whether the letter is written as a vector or matrix."""
    if node.kind in ("style", "accent"):
        return node.parts[0].text.lstrip("\\") in BOLD or is_bold(node.parts[1])
    return node.kind in ("group", "scripted") and bool(node.parts) and any(is_bold(part) for part in node.parts[:2])


def _lowered(interpreter: Interpreter, name: str, mark: Node, found: _Marks) -> None:
    content = mark.parts[1]
    items = script_items(content)
    if not items:
        raise interpreter.fail(BareScript, mark, "an empty script")
    if content.kind == "group" and any(
        part.kind in ("words", "mid", "colon", "semicolon", "clause", "arrow", "connective") for part in flat(content)
    ):
        found.structure = None
        found.words.append(spelled(content))
        return
    plain = [item for item in items if item.kind in ("letter", "digit", "number")]
    several = len(plain) == len(items) > 1 and not all(_is_index(interpreter, name, item) for item in items)
    if several and not any(_is_bound(interpreter, item) for item in items):
        found.words.append("".join(spelled(item) for item in items))
        return
    for item in items:
        if _is_index(interpreter, name, item):
            found.lower.append(interpreter.value(item))
        else:
            found.words.append(spelled(item))


def _is_bound(interpreter: Interpreter, node: Node) -> bool:
    return node.kind == "letter" and letter_name(node.text) in interpreter.facts.bound | set(interpreter.notation.indices)


def _is_index(interpreter: Interpreter, name: str, node: Node, raised: bool = False) -> bool:
    """Whether a lowered item, or a raised one in brackets, counts entries and is not part of the name."""
    if node.kind == "letter":
        word = letter_name(node.text)
        facts, notation = interpreter.facts, interpreter.notation
        if word in facts.bound or word in notation.indices or word in notation.index_letters:
            return True
        return word in facts.sizes and name in facts.arrays
    if node.kind in ("digit", "number"):
        return _is_array(interpreter, name, raised)
    if node.kind in ("group", "fence"):
        return _is_index(interpreter, name, inside(node), raised)
    if node.kind == "scripted":
        marks = [part.kind for part in node.parts[1:]]
        core = base_name(node.parts[0])
        if core is not None and set(marks) == {"primes"}:
            return core in interpreter.facts.bound or core in interpreter.notation.index_letters
        return core is not None and ("sup" in marks or "sub" in marks)
    if node.kind in ("sum", "term", "fraction"):
        if any(part.kind == "letter" and _is_index(interpreter, name, part) for part in leaves(node)):
            return True
        return _is_array(interpreter, name, raised)
    return False


def _is_array(interpreter: Interpreter, name: str, raised: bool) -> bool:
    """Whether the letter carries indices: in a derivation's notation as declared, else where the text shows it."""
    notation = interpreter.notation
    return notation.indexes(name, raised) or (notation.patterns is None and name in interpreter.facts.arrays)


def _raised(interpreter: Interpreter, name: str, mark: Node, found: _Marks) -> None:
    content = mark.parts[1]
    parts = raised_parts(content)
    if not parts:
        raise interpreter.fail(BareScript, mark, "an empty script")
    for part in parts:
        _raised_one(interpreter, name, part, found)


def _raised_one(interpreter: Interpreter, name: str, node: Node, found: _Marks) -> None:
    symbol = interpreter.notation.symbol(name) or interpreter.notation.symbol(name, 2)
    if node.kind in ("special", "name", "letter") and is_transpose(interpreter, node):
        found.transposed = True
    elif is_inverse_transpose(interpreter, node):
        found.transposed, found.exponent = True, number(-1, node.start, node.end)
    elif (index := angled(node)) is not None:
        found.upper.append(interpreter.value(index))
    elif node.kind == "special" and node.text in MARKS:
        found.words.append(MARKS[node.text])
    elif node.kind in ("stray", "op") or (node.kind in ("term", "dangling") and only_mark(node) is not None):
        found.words.append(only_mark(node) or "mark")
    elif node.kind == "fence" and node.parts[0].kind in ("lpar", "lbrack", "langle"):
        _bracketed(interpreter, name, node, found)
    elif symbol is not None and symbol.superscript and node.kind in ("letter", "digit", "number", "sum"):
        found.upper.append(interpreter.value(node))
    elif node.kind == "name":
        found.words.append(word_name(node.text))
    elif node.kind == "row":
        if all(part.kind in ("letter", "comma", "number", "digit", "sum") for part in node.parts):
            found.upper += [interpreter.value(part) for part in node.parts if part.kind != "comma"]
        else:
            found.words.append(spelled(node))
    elif node.kind == "clause":
        found.words.append(spelled(node))
    else:
        exponent = interpreter.value(node)
        if found.exponent is not None:
            exponent = Term("multiply", (found.exponent, exponent), None, node.start, node.end)
        found.exponent = exponent


def _bracketed(interpreter: Interpreter, name: str, node: Node, found: _Marks) -> None:
    """x^{(i)}: an index when a letter counts, else part of the name."""
    content = inside(node)
    items = list(script_items(content))
    if items and all(
        _is_index(interpreter, name, item, True) or (item.kind == "letter" and item.text not in ("x", "y", "z")) for item in items
    ):  # fmt: skip
        found.upper += [interpreter.value(item) for item in items]
    else:
        found.words.append("".join(spelled(item) for item in items) or "bracket")
