"""The notation of a derivation: its own declarations, found again by the LaTeX they are written in.

Every declared template is read once,
with letters of its own in the places of the indices; what is read later and has that shape
is the declared symbol. So whatever the project renders is read back as the expression it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Basic
from sympy.core.function import AppliedUndef

from derivations.check.reader.claims import claims_of
from derivations.check.reader.errors import ReadingError
from derivations.check.reader.facts import Facts
from derivations.check.reader.meaning import Reader
from derivations.check.reader.notation import Notation, named_notation
from derivations.check.reader.parser import parse
from derivations.check.reader.terms import Term
from derivations.core.symbols import Declaration, Declarations
from derivations.render.notation import WITH_FIELDS, fill

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation

HOLES = {r"\aleph": "aleph", r"\wp": "wp", r"\Re": "Re", r"\Im": "Im", r"\hbar": "hbar", r"\omicron": "omicron"}
_LOWERED = re.compile(r"_\{\{[^{}]*(?:\{\d+\}[^{}]*)+\}\}")
"""A lowered script of a template that holds fields."""
_PLACES = {name: place for place, name in enumerate(HOLES.values())}
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Pattern:
    """A declared template as a term with holes, and the declaration it stands for; `whole`: its letter without any index, for
    the matrix of its entries."""

    term: Term
    entry: Declaration
    hidden: tuple[Basic | None, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Patterns:
    """All templates of some declarations, by what stands at their top; the letters that carry lowered indices in them, those
    that carry raised ones, and those that apply to a bracket."""

    declarations: Declarations
    by_key: Mapping[Key, tuple[Pattern, ...]] = field(default_factory=dict)
    lowered: frozenset[str] = frozenset()
    raised: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()

    def has_power(self, root: Term, power: int) -> bool:
        """Whether a declared symbol is this power of the letter."""
        return power > 1 and any(pattern.entry.power == power for pattern in self.by_key.get(_key(root), ()))

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters that are declared without indices."""
        return frozenset(name for head, name, count in self.by_key if head == "letter" and count == 0)

    @cached_property
    def arrays(self) -> frozenset[str]:
        """The letters that are declared with indices."""
        return frozenset(name for head, name, count in self.by_key if head == "letter" and count > 0)

    def rewritten(self, term: Term, bound: frozenset[str] = frozenset()) -> Term:
        """The term with every declared shape in it replaced by a `declared` term; bound letters stay letters."""
        if (square := self._square(term, bound)) is not None:
            return square
        if not (term.head == "letter" and not term.args and term.data in bound):
            for pattern in self.by_key.get(_key(term), ()):
                holes: dict[int, Term] = {}
                if _matches(pattern.term, term, holes, bound):
                    count = max([*holes, len(pattern.hidden) - 1], default=-1) + 1
                    if any(k not in holes and (k >= len(pattern.hidden) or pattern.hidden[k] is None) for k in range(count)):
                        continue
                    args = tuple(self.rewritten(holes[k], bound) if k in holes else Term("hidden", (), k) for k in range(count))
                    return Term("declared", args, pattern, term.start, term.end)
        if not term.args:
            return term
        if term.head == "multiply":
            term = self._grouped(term, bound)
        inner = bound | {str(term.data)} if term.head in ("sum", "product", "integral") else bound
        return term._replace(
            args=tuple(self.rewritten(a, inner if place == 0 or place > 2 else bound) for place, a in enumerate(term.args))
        )

    def _grouped(self, term: Term, bound: frozenset[str]) -> Term:
        r"""A product with the factors that are written as one symbol, such as \mathrm{E}\,x, taken together."""
        factors = list(term.args)
        for length in range(len(factors) - 1, 1, -1):
            patterns = self.by_key.get(("multiply", "None", length), ())
            for place in range(len(factors) - length + 1 if patterns else 0):
                whole = factors[place : place + length]
                part = Term("multiply", tuple(whole), None, whole[0].start, whole[-1].end)
                if any(_matches(pattern.term, part, {}, bound) for pattern in patterns):
                    factors[place : place + length] = [part]
                    return self._grouped(term._replace(args=tuple(factors)), bound)
        return term

    def _square(self, term: Term, bound: frozenset[str]) -> Term | None:
        """σ_d² where σ_d and σ_d² are declared: the symbol of that power."""
        if term.head != "power" or term.args[1].head != "number":
            return None
        found = self.by_key.get(_key(term.args[0]), ())
        if len({pattern.entry.power for pattern in found}) < 2:
            return None
        exponent = term.args[1].data
        fitting = [pattern for pattern in found if pattern.entry.power > 1 and exponent % pattern.entry.power == 0]
        root = Patterns(self.declarations, {**self.by_key, _key(term.args[0]): tuple(fitting)}).rewritten(term.args[0], bound)
        return term._replace(args=(root, term.args[1])) if fitting and root.head == "declared" else None


def _key(term: Term) -> Key:
    return term.head, str(term.data), len(term.args)


def _matches(pattern: Term, term: Term, holes: dict[int, Term], bound: frozenset[str]) -> bool:
    if pattern.head == "letter" and pattern.data in _PLACES and not pattern.args:
        place = _PLACES[pattern.data]
        known = holes.setdefault(place, term)
        return known is term or _key(known) == _key(term)
    if _key(pattern) != _key(term) or (term.head == "letter" and not term.args and term.data in bound):
        return False
    return all(_matches(a, b, holes, bound) for a, b in zip(pattern.args, term.args, strict=True))


def rendered_notation(declarations: Declarations, expressions: Iterable[Basic] = ()) -> Notation:
    """The notation in which `declarations` are written; `expressions` show what their functions are applied to."""
    base = named_notation("coursework")
    hidden = _hidden_arguments(expressions)
    found: dict[Key, list[Pattern]] = {}
    lowered: set[str] = set()
    raised: set[str] = set()
    functions: set[str] = set()
    for entry in declarations:
        text = entry.latex or entry.name
        term = _template_term(text, base)
        if term is None:
            continue
        found.setdefault(_key(term), []).append(Pattern(term, entry, hidden.get(entry.name, ())))
        above = _indexed(_template_term(_LOWERED.sub("", text), base))
        for key, count in _indexed(term).items():
            raised |= {key[1]} if above.get(key, 0) and key[0] == "letter" else set()
            lowered |= {key[1]} if count > above.get(key, 0) else set()
        functions |= {str(part.data) for part in term.walk() if part.head == "call"}
        if entry.axes and (letter := _template_term(WITH_FIELDS.sub("", text), base)) is not None:
            found.setdefault(_key(letter), []).append(Pattern(letter, entry, whole=True))
    by_key = {key: tuple(_specific_first(entries)) for key, entries in found.items()}
    patterns = Patterns(declarations, by_key, frozenset(lowered), frozenset(raised), frozenset(functions))
    indices = {e.name: str(e.domain.upper) for e in declarations if e.domain.kind == "index"}
    return replace(
        base, name="derivation", title="the derivation's own declarations", indices=indices, declarations=declarations,
        patterns=patterns
    )


def derivation_notation(derivation: Derivation) -> Notation:
    """The notation in which a derivation is written."""
    from derivations.core.statements import expressions_of

    expressions = [e for step in derivation.steps for e in expressions_of(step.statement)]
    return rendered_notation(derivation.declarations, expressions)


def _specific_first(patterns: list[Pattern]) -> list[Pattern]:
    """Templates with fewer holes first: P(y=k) before P({0}); then symbols before their squares, entries before whole arrays."""

    def rank(pattern: Pattern) -> tuple[bool, int, int, int]:
        parts = list(pattern.term.walk())
        return pattern.whole, sum(part.data in _PLACES for part in parts), pattern.entry.power, -len(parts)

    return sorted(patterns, key=rank)


def _indexed(term: Term | None) -> dict[tuple[str, str], int]:
    """The letters and functions in a template that carry holes as indices or arguments, with how many."""
    found: dict[tuple[str, str], int] = {}
    for part in term.walk() if term is not None else ():
        holes = [a for a in part.args if a.head == "letter" and a.data in _PLACES and not a.args]
        if part.head in ("letter", "call") and holes:
            found[part.head, str(part.data)] = len(holes)
    return found


def _template_term(template: str, base: Notation) -> Term | None:
    """The term that a declared template reads as, its indices as holes."""
    text = fill(template, tuple(HOLES))
    facts = Facts(bound=set(_PLACES))
    try:
        claims = claims_of(Reader(text, replace(base, meanings={}), facts), parse(text))
    except ReadingError:
        return None
    sides = claims[0].sides if len(claims) == 1 else ()
    return sides[0] if len(sides) == 1 else None


def _hidden_arguments(expressions: Iterable[Basic]) -> dict[str, tuple[Basic | None, ...]]:
    """For each function the arguments that are the same wherever it is applied; None where they vary."""
    found: dict[str, tuple[Basic | None, ...]] = {}
    for expression in expressions:
        for applied in expression.atoms(AppliedUndef):
            name = type(applied).__name__
            known = found.setdefault(name, tuple(applied.args))
            if len(known) == len(applied.args):
                found[name] = tuple(a if a == b else None for a, b in zip(known, applied.args, strict=True))
    return found
