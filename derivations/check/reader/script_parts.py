"""What a script holds: its items, its parts, how it is spelled as part of a name, whether it marks a transpose."""

from __future__ import annotations

from derivations.check.reader.facts import base_name
from derivations.check.reader.interpreter import Interpreter, inside
from derivations.check.reader.names import letter_name, word_name
from derivations.check.reader.tree import Node

_TRANSPOSES = frozenset((r"\top", "⊤", r"\intercal"))
MARKS = {"*": "star", r"\ast": "star", r"\star": "star", r"\dagger": "dagger", "+": "plus", "-": "minus",
    r"\prime": "prime", "∗": "star",
          r"\circ": "circ", r"\bullet": "bullet", r"\bot": "perp", r"\perp": "perp", r"\infty": "infinity", "#": "hash",
          r"\#": "hash",
          r"\pm": "pm", "−": "minus", r"\cdot": "dot", r"\ddagger": "ddagger", r"\sharp": "sharp"}  # fmt: skip


def script_items(node: Node) -> list[Node]:
    """What is listed in a script: by commas, or side by side."""
    if node.kind == "group":
        return [item for part in node.parts[1:-1] for item in script_items(part)] if len(node.parts) > 2 else []
    if node.kind == "row":
        return [item for part in node.parts if part.kind not in ("comma", "quad", "period") for item in script_items(part)]
    if node.kind == "term" and not any(part.kind == "multiplied" for part in node.parts):
        if node.parts[0].kind in ("number", "digit") and len(node.parts) > 1:
            return [node]
        return [item for part in node.parts for item in (script_items(part) if part.kind == "group" else [part])]
    return [node]


def flat(node: Node) -> list[Node]:
    """What stands in groups and rows, in one list."""
    if node.kind in ("group", "row"):
        return [found for part in node.parts for found in flat(part)]
    return [node]


def spelled(node: Node) -> str:
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
        return known.get(node.kind) or MARKS.get(node.text, word_name(node.text) if node.text.isidentifier() else "")
    if not node.parts:
        return "".join(c for c in node.text if c.isalnum())
    name = base_name(node)
    return name if name is not None else "".join(spelled(part) for part in node.parts)


def leaves(node: Node) -> list[Node]:
    """The tokens of a node, in order."""
    return [node] if not node.parts else [leaf for part in node.parts for leaf in leaves(part)]


def raised_parts(content: Node) -> list[Node]:
    """(i)2 as (i) and 2; (t) \\top as both; a plain exponent as itself."""
    core = inside(content) if content.kind == "group" else content
    if core.kind == "row" and not core.parts:
        return []
    if core.kind == "term" and core.parts[0].kind == "fence" and len(core.parts) > 1 and not any(
        part.kind == "multiplied" for part in core.parts
    ):  # fmt: skip
        return list(core.parts)
    return [core]


def only_mark(node: Node) -> str | None:
    """The word for a script that is one sign, such as * or +."""
    found = leaves(node)
    return MARKS.get(found[0].text) if len(found) == 1 else None


def is_transpose(interpreter: Interpreter, node: Node) -> bool:
    """Whether a raised mark says transposed; T does where it is no size, index or declared letter."""
    if node.kind == "special":
        return node.text in _TRANSPOSES
    word = word_name(node.text) if node.kind == "name" else letter_name(node.text)
    facts = interpreter.facts
    return word in ("T", "top", "intercal") and word not in facts.sizes | facts.bound and not interpreter.notation.declares("T")
