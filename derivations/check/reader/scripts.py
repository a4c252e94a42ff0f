r"""Scripts: whether a raised or lowered mark is an index, a power, a transpose or part of a name."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.check.reader.errors import BareScript
from derivations.check.reader.facts import base_name
from derivations.check.reader.meaning import Interpreter, inside
from derivations.check.reader.names import BOLD, accented, letter_name, word_name
from derivations.check.reader.terms import Term, at, number, power
from derivations.check.reader.tree import Node

_TRANSPOSES = frozenset((r"\top", "⊤", r"\intercal"))
_MARKS = {"*": "star", r"\ast": "star", r"\star": "star", r"\dagger": "dagger", "+": "plus", "-": "minus",
    r"\prime": "prime", "∗": "star",
          r"\circ": "circ", r"\bullet": "bullet", r"\bot": "perp", r"\perp": "perp", r"\infty": "infinity", "#": "hash",
          r"\#": "hash",
          r"\pm": "pm", "−": "minus", r"\cdot": "dot", r"\ddagger": "ddagger", r"\sharp": "sharp"}  # fmt: skip


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
    return _marked(interpreter, node, base, value, marks)


def _name_through(outer: Node, letter_node: Node) -> str:
    """The name of a letter inside accents that cover its scripts too."""
    if outer.kind in ("accent", "style"):
        inner = _name_through(outer.parts[1], letter_node)
        if outer.kind == "accent":
            return accented(inner, outer.parts[0].text)
        from derivations.check.reader.names import styled

        return styled(inner, outer.parts[0].text)
    if outer.kind == "group":
        return _name_through(outer.parts[1], letter_node)
    return base_name(letter_node) or ""


def accented_value(interpreter: Interpreter, node: Node) -> Term:
    r"""\hat{x}, \mathbf{x}, \bar{x_i}, \mathbf{Ax}."""
    name = base_name(node)
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
    for mark in marks:
        if mark.kind == "sub":
            _lowered(interpreter, name, mark, found)
        elif mark.kind == "sup":
            _raised(interpreter, name, mark, found)
        elif mark.kind == "primes":
            count = len(mark.text or "".join(part.text for part in mark.parts))
            found.words.append("prime" * count)
        else:
            found.after.append(mark)
    if found.structure is not None:
        return found.structure
    full = "_".join([name, *found.words])
    indices = tuple(found.upper + found.lower)
    if full == "pi" and not indices and not notation.declares("pi"):
        value = at(node, "constant", (), "pi")
    elif full == "e" and not indices and found.exponent is None and notation.patterns is not None and not notation.declares("e"):
        value = at(node, "constant", (), "e")
    elif full == "e" and not indices and found.exponent is not None and not notation.declares_value("e"):
        return _after(interpreter, node, at(node, "apply", (found.exponent,), "exp"), found.after)
    else:
        if is_bold(node):
            interpreter.facts.bold.add(full)
        value = at(node, "letter", indices, full)
    if found.exponent is not None:
        value = power(value, found.exponent, node.start, node.end)
    if found.transposed:
        value = at(node, "transpose", (value,))
    return _after(interpreter, node, value, found.after)


def is_bold(node: Node) -> bool:
    """Whether the letter is written as a vector or matrix."""
    if node.kind in ("style", "accent"):
        return node.parts[0].text.lstrip("\\") in BOLD or is_bold(node.parts[1])
    return node.kind in ("group", "scripted") and bool(node.parts) and any(is_bold(part) for part in node.parts[:2])


def _after(interpreter: Interpreter, node: Node, value: Term, marks: list[Node]) -> Term:
    for mark in marks:
        if mark.kind == "factorial":
            value = at(node, "apply", (value,), "factorial")
        elif mark.kind == "percent":
            value = Term(
                "multiply",
                (value, number(1) if mark.parts and mark.parts[0].text == "°" else _hundredth()),
                None,
                node.start,
                node.end,
            )
        elif mark.kind == "primes":
            value = at(node, "transpose", (value,))
    return value


def _hundredth() -> Term:
    from fractions import Fraction

    return number(Fraction(1, 100))


def _items(node: Node) -> list[Node]:
    """What is listed in a script: by commas, or side by side."""
    if node.kind == "group":
        return [item for part in node.parts[1:-1] for item in _items(part)] if len(node.parts) > 2 else []
    if node.kind == "row":
        return [item for part in node.parts if part.kind not in ("comma", "quad", "period") for item in _items(part)]
    if node.kind == "term" and not any(part.kind == "multiplied" for part in node.parts):
        if node.parts[0].kind in ("number", "digit") and len(node.parts) > 1:
            return [node]
        return [item for part in node.parts for item in (_items(part) if part.kind == "group" else [part])]
    return [node]


def _lowered(interpreter: Interpreter, name: str, mark: Node, found: _Marks) -> None:
    content = mark.parts[1]
    items = _items(content)
    if not items:
        raise interpreter.fail(BareScript, mark, "an empty script")
    if content.kind == "group" and any(
        part.kind in ("words", "mid", "colon", "semicolon", "clause", "arrow", "connective") for part in _flat(content)
    ):
        found.structure = None
        found.words.append(_spelled(content))
        return
    plain = [item for item in items if item.kind in ("letter", "digit", "number")]
    several = len(plain) == len(items) > 1 and not all(_is_index(interpreter, name, item) for item in items)
    if several and not any(_is_bound(interpreter, item) for item in items):
        found.words.append("".join(_spelled(item) for item in items))
        return
    for item in items:
        if _is_index(interpreter, name, item):
            found.lower.append(interpreter.value(item))
        else:
            found.words.append(_spelled(item))


def _flat(node: Node) -> list[Node]:
    if node.kind in ("group", "row"):
        return [found for part in node.parts for found in _flat(part)]
    return [node]


def _spelled(node: Node) -> str:
    """A script as part of a name."""
    if node.kind == "letter":
        return letter_name(node.text)
    if node.kind in ("name", "words"):
        return word_name(node.text)
    if node.kind in ("op", "sign", "special", "rel", "comma", "mid", "colon", "lgroup", "rgroup", "ellipsis", "semicolon"):
        known = {
            "rel": "is",
            "comma": "",
            "mid": "given",
            "colon": "to",
            "lgroup": "",
            "rgroup": "",
            "ellipsis": "dots",
            "semicolon": "",
        }
        return known.get(node.kind) or _MARKS.get(node.text, word_name(node.text) if node.text.isidentifier() else "")
    if not node.parts:
        return "".join(c for c in node.text if c.isalnum())
    name = base_name(node)
    return name if name is not None else "".join(_spelled(part) for part in node.parts)


def _is_bound(interpreter: Interpreter, node: Node) -> bool:
    return node.kind == "letter" and letter_name(node.text) in interpreter.facts.bound | set(interpreter.notation.indices)


def _is_index(interpreter: Interpreter, name: str, node: Node) -> bool:
    """Whether a lowered item counts entries, and is not part of the name."""
    if node.kind == "letter":
        word = letter_name(node.text)
        facts, notation = interpreter.facts, interpreter.notation
        if word in facts.bound or word in notation.indices or word in notation.index_letters:
            return True
        return word in facts.sizes and name in facts.arrays
    if node.kind in ("digit", "number"):
        return name in interpreter.facts.arrays or interpreter.notation.indexes(name)
    if node.kind in ("group", "fence"):
        return _is_index(interpreter, name, inside(node))
    if node.kind == "scripted":
        marks = [part.kind for part in node.parts[1:]]
        core = base_name(node.parts[0])
        if core is not None and set(marks) == {"primes"}:
            return core in interpreter.facts.bound or core in interpreter.notation.index_letters
        return core is not None and ("sup" in marks or "sub" in marks)
    if node.kind in ("sum", "term"):
        if any(part.kind == "letter" and _is_index(interpreter, name, part) for part in _leaves(node)):
            return True
        return name in interpreter.facts.arrays or interpreter.notation.indexes(name)
    return False


def _leaves(node: Node) -> list[Node]:
    return [node] if not node.parts else [leaf for part in node.parts for leaf in _leaves(part)]


def _raised(interpreter: Interpreter, name: str, mark: Node, found: _Marks) -> None:
    content = mark.parts[1]
    parts = _raised_parts(content)
    if not parts:
        raise interpreter.fail(BareScript, mark, "an empty script")
    for part in parts:
        _raised_one(interpreter, name, part, found)


def _raised_parts(content: Node) -> list[Node]:
    """(i)2 as (i) and 2; (t) \\top as both; a plain exponent as itself."""
    core = inside(content) if content.kind == "group" else content
    if core.kind == "row" and not core.parts:
        return []
    if core.kind == "term" and core.parts[0].kind == "fence" and len(core.parts) > 1 and not any(
        part.kind == "multiplied" for part in core.parts
    ):  # fmt: skip
        return list(core.parts)
    return [core]


def _raised_one(interpreter: Interpreter, name: str, node: Node, found: _Marks) -> None:
    symbol = interpreter.notation.symbol(name) or interpreter.notation.symbol(name, 2)
    if node.kind in ("special", "name", "letter") and _is_transpose(interpreter, node):
        found.transposed = True
    elif node.kind == "special" and node.text in _MARKS:
        found.words.append(_MARKS[node.text])
    elif node.kind in ("stray", "op") or (node.kind in ("term", "dangling") and _only_mark(node) is not None):
        found.words.append(_only_mark(node) or "mark")
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
            found.words.append(_spelled(node))
    elif node.kind == "clause":
        found.words.append(_spelled(node))
    else:
        exponent = interpreter.value(node)
        if found.exponent is not None:
            exponent = Term("multiply", (found.exponent, exponent), None, node.start, node.end)
        found.exponent = exponent


def _only_mark(node: Node) -> str | None:
    """The word for a script that is one sign, such as * or +."""
    leaves = _leaves(node)
    return _MARKS.get(leaves[0].text) if len(leaves) == 1 else None


def _is_transpose(interpreter: Interpreter, node: Node) -> bool:
    if node.kind == "special":
        return node.text in _TRANSPOSES
    word = word_name(node.text) if node.kind == "name" else letter_name(node.text)
    facts = interpreter.facts
    return word in ("T", "top", "intercal") and word not in facts.sizes | facts.bound and not interpreter.notation.declares("T")


def _bracketed(interpreter: Interpreter, name: str, node: Node, found: _Marks) -> None:
    """x^{(i)}: an index when a letter counts, else part of the name."""
    content = inside(node)
    items = list(_items(content))
    if items and all(
        _is_index(interpreter, name, item) or (item.kind == "letter" and item.text not in ("x", "y", "z")) for item in items
    ):  # fmt: skip
        found.upper += [interpreter.value(item) for item in items]
    else:
        found.words.append("".join(_spelled(item) for item in items) or "bracket")


def _marked(interpreter: Interpreter, node: Node, base: Node, value: Term, marks: list[Node]) -> Term:
    """Marks on something that is no letter: powers, transposes, norms, entries, [·]_+."""
    for mark in marks:
        if mark.kind == "sup":
            value = _power_of(interpreter, node, value, mark)
        elif mark.kind == "sub":
            value = _entry_of(interpreter, node, base, value, mark)
        else:
            value = _after(interpreter, node, value, [mark])
    return value


def _power_of(interpreter: Interpreter, node: Node, value: Term, mark: Node) -> Term:
    parts = _raised_parts(mark.parts[1])
    if not parts:
        raise interpreter.fail(BareScript, mark, "an empty script")
    for part in parts:
        if part.kind in ("special", "name", "letter") and _is_transpose(interpreter, part):
            value = at(node, "transpose", (value,))
        elif _only_mark(part) is not None or part.kind in ("fence", "row", "clause", "name"):
            value = at(node, "structure", (value,), "marked " + _spelled(part))
        else:
            value = power(value, interpreter.value(part), node.start, node.end)
    return value


def _entry_of(interpreter: Interpreter, node: Node, base: Node, value: Term, mark: Node) -> Term:
    items = _items(mark.parts[1])
    if not items:
        raise interpreter.fail(BareScript, mark, "an empty script")
    if value.head == "structure" and value.data == "evaluated" and value.args and len(items) == 1 and items[0].kind == "clause":
        condition = interpreter.value(items[0])
        if condition.data == ("=",) and condition.args[0].head in ("letter", "power"):
            return at(node, "substitute", (value.args[0], *condition.args))
    if value.head == "norm":
        if len(items) == 1 and items[0].kind in ("digit", "number"):
            return value._replace(data=int(items[0].text))
        if _spelled(mark.parts[1]) in ("F", "infinity"):
            return value._replace(data=_spelled(mark.parts[1]))
        return at(node, "structure", (value, *(interpreter.anything(item) for item in items)), "norm")
    if base.kind == "fence" and len(items) == 1 and _only_mark(items[0]) == "plus":
        return at(node, "apply", (number(0), value), "max")
    return at(node, "structure", (value, *(interpreter.anything(item) for item in items)), "entry")
