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

_SPELLED = {"comma": "", "mid": "given", "colon": "to", "lgroup": "", "rgroup": "", "ellipsis": "dots", "semicolon": ""}
_SPELLED_SIGNS = {
    "=": "is", ":=": "is", "<": "below", ">": "above", "≤": "atmost", "≥": "atleast", "≠": "isnot", "∈": "in",
    "∼": "sim", "→": "to", "←": "from", "/": "over", "×": "times", "·": "dot", "∂": "partial", "∇": "nabla",
    "∞": "infinity", "⊤": "top", "∖": "without", "∪": "cup", "∩": "cap", "∝": "propto", "≈": "approx", "≡": "equiv",
}  # fmt: skip


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
    if node.kind in _SPELLED:
        return _SPELLED[node.kind]
    if not node.parts:
        return MARKS.get(node.text) or "".join(c for c in node.text if c.isalnum()) or _SPELLED_SIGNS.get(node.text, "mark")
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


def angled(node: Node) -> Node | None:
    """The t of a^{<t>}."""
    if node.kind != "clause" or len(node.parts) != 2 or any(part.kind != "link" for part in node.parts):
        return None
    (opening, *inner), (closing, *rest) = node.parts[0].parts, node.parts[1].parts
    return inner[0] if len(inner) == 1 and not rest and (opening.text, closing.text) == ("<", ">") else None


def is_inverse_transpose(interpreter: Interpreter, node: Node) -> bool:
    r"""Whether a raised mark is −T or −\top."""
    if node.kind != "sum" or len(node.parts) != 2 or node.parts[0].kind != "signs" or len(node.parts[0].parts) != 1:
        return False
    sign, mark = node.parts[0].parts[0], node.parts[1]
    return sign.text in ("-", "−") and mark.kind in ("special", "name", "letter") and is_transpose(interpreter, mark)


def is_transpose(interpreter: Interpreter, node: Node) -> bool:
    """Whether a raised mark says transposed; T does where it is no size, index or declared letter."""
    if node.kind == "special":
        return node.text in _TRANSPOSES
    word = word_name(node.text) if node.kind == "name" else letter_name(node.text)
    facts = interpreter.facts
    return word in ("T", "top", "intercal") and word not in facts.sizes | facts.bound and not interpreter.notation.declares("T")
