"""What a text shows about its letters before any of it is understood: which are bound, which are sizes, which carry indices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise

from derivations.check.reader.names import accented, letter_name, styled, word_name
from derivations.check.reader.notation import Notation
from derivations.check.reader.tree import Node


@dataclass
class Facts:
    """Letters bound by a Σ or ∏, letters that end a range, bases that carry a letter index somewhere, letters in bold and those
    without indices that are not, letters that are raised to a power and so are no functions, letters whose prime is a transpose,
    the conditions i ≠ j (by identity of their node) under a Σ that bind both letters, how often each letter stands, and
    whether π is a parameter and not the number."""

    bound: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)
    bold: set[str] = field(default_factory=set)
    light: set[str] = field(default_factory=set)
    powered: set[str] = field(default_factory=set)
    transposed: set[str] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    pi_is_a_letter: bool = False


def facts_of(trees: Iterable[Node], notation: Notation) -> Facts:
    """The facts of several texts that are read together."""
    facts = Facts()
    nodes = [node for tree in trees for node in walk(tree)]
    scripted = [node for node in nodes if node.kind == "scripted"]
    terms = [node for node in nodes if node.kind == "term"]
    facts.counts.update([letter_name(node.text) for node in nodes if node.kind == "letter"])
    names = {id(node): base_name(node.parts[0]) for node in scripted}
    for node in scripted:
        if node.parts[0].kind == "big":
            _limits(node, facts)
        elif names[id(node)] in notation.deltas:
            facts.bound |= _compared(node)
    if any(mark.kind == "primes" for node in scripted for mark in node.parts):
        _transposes(terms, facts)
    if any(part.text in _BETWEEN for part in nodes if part.kind == "rel"):
        _doubled(nodes, terms, facts, notation)
    facts.pi_is_a_letter = facts.counts["pi"] > 0 and any(map(_takes_pi_for_a_letter, nodes))
    followed = {id(part) for term in terms for part, after in pairwise(term.parts) if after.kind == "fence"}
    known = facts.bound | facts.sizes | notation.index_letters | notation.indices.keys()
    for node in scripted:
        if id(node) not in followed and (power := _power_of(node)) is not None:
            facts.powered.add(power)
        name = names[id(node)]
        if name is not None and name not in facts.arrays and any(_has_index(mark, known) for mark in node.parts[1:]):
            facts.arrays.add(name)
    return facts


def in_text(facts: Facts, tree: Node) -> Facts:
    """The facts of all texts with how often each letter stands in one of them."""
    return replace(facts, counts=Counter(letter_name(node.text) for node in walk(tree) if node.kind == "letter"))


def walk(tree: Node) -> list[Node]:
    """All nodes, without recursion."""
    found, stack = [], [tree]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.parts)
    return found


def base_name(node: Node) -> str | None:
    r"""The name of a letter under its accents and styles; None for anything else."""
    if node.kind == "letter":
        return letter_name(node.text)
    if node.kind == "name":
        return word_name(node.text)
    if node.kind == "accent":
        inner = base_name(node.parts[1])
        return None if inner is None else accented(inner, node.parts[0].text)
    if node.kind == "style":
        inner = base_name(node.parts[1])
        return None if inner is None else styled(inner, node.parts[0].text)
    if node.kind in ("number", "digit") and node.text in ("0", "1"):
        return node.text
    if node.kind == "group" and len(node.parts) == 3:
        return base_name(node.parts[1])
    return None


def _power_of(node: Node) -> str | None:
    """The letter of f^2: a letter with a power and no bracket behind it is no function."""
    if len(node.parts) == 2 and node.parts[0].kind == "letter" and node.parts[1].kind == "sup":
        content = node.parts[1].parts[1]
        core = content.parts[1] if content.kind == "group" and len(content.parts) == 3 else content
        if core.kind in ("digit", "number"):
            return letter_name(node.parts[0].text)
    return None


def _limits(node: Node, facts: Facts) -> None:
    facts.bound |= bound_letters(node)
    for mark in node.parts[1:]:
        if mark.kind == "sup":
            facts.sizes |= {letter_name(part.text) for part in walk(mark) if part.kind == "letter"}


def bound_letters(big: Node) -> set[str]:
    """The letters that the limits of a Σ or ∏ bind."""
    found: set[str] = set()
    for mark in big.parts[1:]:
        for clause in _clauses(mark.parts[1]) if mark.kind == "sub" else ():
            sides = [clause] if clause.kind == "letter" else list(clause.parts[:1]) if clause.kind == "clause" else []
            found |= {letter_name(side.text) for side in sides if side.kind == "letter"}
            links = [link for link in clause.parts[1:] if link.kind == "link"] if clause.kind == "clause" else []
            for link in links[:-1]:  # the letters between 1 <= i < j <= n
                found |= {letter_name(p.text) for p in link.parts[1:] if p.kind == "letter"}
    return found


def _clauses(node: Node) -> list[Node]:
    if node.kind in ("group", "row", "wrap"):
        return [found for part in node.parts for found in _clauses(part)]
    return [node]


def _has_index(mark: Node, known: Set[str]) -> bool:
    if mark.kind == "sub":
        return any(node.kind == "letter" and letter_name(node.text) in known for node in walk(mark.parts[1]))
    if mark.kind != "sup":
        return False
    fences = [node for node in walk(mark.parts[1]) if node.kind == "fence" and node.parts[0].kind in ("lpar", "lbrack")]
    return any(part.kind == "letter" and letter_name(part.text) in known for fence in fences for part in walk(fence))


def _compared(delta: Node) -> set[str]:
    """The letters i and j of δ_{ij}: they count."""
    if len(delta.parts) != 2 or delta.parts[1].kind != "sub":
        return set()
    items = [part for part in walk(delta.parts[1].parts[1]) if part.kind == "letter"]
    return {letter_name(item.text) for item in items} if len(items) == 2 else set()


def _transposes(terms: list[Node], facts: Facts) -> None:
    """X' is a transpose where X' … X stands in one product and X is a capital, or a capital stands between the two."""
    rows = [[_primed(part) for part in term.parts] for term in terms]
    for row in rows:
        for place, (name, is_primed) in enumerate(row):
            later = [other for other, primed in row[place + 1 :] if not primed]
            if name and is_primed and name in later:
                between = later[: later.index(name)]
                if _is_capital(name) or any(_is_capital(other) for other in between):
                    facts.transposed.add(name)
    if facts.transposed:
        for row in rows:
            facts.transposed |= {name for place, (name, is_primed) in enumerate(row[:-1]) if name and is_primed and (
                _is_capital(name) or (name, False) == row[place + 1])}  # fmt: skip


def _primed(node: Node) -> tuple[str, bool]:
    """The name of a letter and whether all it carries is one prime."""
    if node.kind == "scripted" and len(node.parts) == 2 and node.parts[1].kind == "primes":
        return base_name(node.parts[0]) or "", len(node.parts[1].parts[0].text) == 1
    core = node.parts[0] if node.kind == "scripted" else node
    return base_name(core) or "", False


def _is_capital(name: str) -> bool:
    return name[:1].isupper() and "_" not in name


def _doubled(nodes: list[Node], terms: list[Node], facts: Facts, notation: Notation) -> None:
    r"""\sum_{i \ne j} a_{ij} and \sum_{i < j} a_{ij} where j is nowhere else free: both letters are bound."""
    hidden = _hidden(terms)
    free = Counter(letter_name(node.text) for node in nodes if node.kind == "letter" and id(node) not in hidden)
    for term in terms:
        for part in term.parts:
            if part.kind != "scripted" or part.parts[0].kind != "big":
                continue
            for mark in part.parts[1:]:
                for clause in _clauses(mark.parts[1]) if mark.kind == "sub" else ():
                    names = _unequal(clause)
                    if not names or names[1] in notation.indices:
                        continue
                    letters = [node for node in walk(term) if node.kind == "letter"]
                    inside = Counter(letter_name(node.text) for node in letters)
                    own = sum(letter_name(node.text) == names[1] and id(node) not in hidden for node in letters)
                    if all(inside[name] > 1 for name in names) and 0 < own == free[names[1]]:
                        facts.doubled.add(id(clause))


def _hidden(terms: list[Node]) -> set[int]:
    """The letters, by identity of their node, that a Σ or ∏ in front of them binds."""
    found: set[int] = set()
    for term in terms:
        own = Facts()
        for part in term.parts:
            if part.kind == "scripted" and part.parts[0].kind == "big":
                _limits(part, own)
        if own.bound:
            found |= {id(node) for node in walk(term) if node.kind == "letter" and letter_name(node.text) in own.bound}
    return found


def _unequal(clause: Node) -> tuple[str, str] | None:
    """The letters of i ≠ j or i < j."""
    if clause.kind != "clause" or len(clause.parts) != 2 or clause.parts[1].kind != "link" or len(clause.parts[1].parts) != 2:
        return None
    (first, (relation, second)) = clause.parts[0], clause.parts[1].parts
    if first.kind == second.kind == "letter" and relation.text in _BETWEEN:
        return letter_name(first.text), letter_name(second.text)
    return None


_BETWEEN = frozenset((
    "≠", r"\ne", r"\neq", "!=", "<", r"\lt", ">", r"\gt", "≤", r"\le", r"\leq", "≥", r"\ge", r"\geq", r"\leqslant", r"\geqslant",
))  # fmt: skip


def _takes_pi_for_a_letter(node: Node) -> bool:
    """1 − π, ∂π, π = …: what nobody writes of the number."""
    if node.kind == "sum" and len(node.parts) == 3:
        one, signs, other = node.parts
        return one.text == "1" and _is_pi(other) and len(signs.parts) == 1 and signs.parts[0].text in ("-", "−")
    if node.kind == "term":
        return any(part.text in (r"\partial", "∂", "d") and _is_pi(after) for part, after in pairwise(node.parts))
    return node.kind == "clause" and _is_pi(node.parts[0])


def _is_pi(node: Node) -> bool:
    return node.kind == "letter" and letter_name(node.text) == "pi"
