"""The notation of a derivation: its own declarations, found again by the LaTeX they are written in.

Every declared template is read once,
with letters of its own in the places of the indices; what is read later and has that shape
is the declared symbol. So whatever the project renders is read back as the expression it came from.
"""

from __future__ import annotations

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
from derivations.render.notation import fill

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation

HOLES = {r"\aleph": "aleph", r"\wp": "wp", r"\Re": "Re", r"\Im": "Im"}
_PLACES = {name: place for place, name in enumerate(HOLES.values())}
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Pattern:
    """A declared template as a term with holes, and the declaration it stands for."""

    term: Term
    entry: Declaration
    hidden: tuple[Basic | None, ...] = ()


@dataclass(frozen=True)
class Patterns:
    """All templates of some declarations, by what stands at their top."""

    declarations: Declarations
    by_key: Mapping[Key, tuple[Pattern, ...]] = field(default_factory=dict)

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
    superscripts: dict[str, None] = {}
    for entry in declarations:
        term = _template_term(entry, base)
        if term is not None:
            found.setdefault(_key(term), []).append(Pattern(term, entry, hidden.get(entry.name, ())))
            superscripts.setdefault(entry.name)
    patterns = Patterns(declarations, {key: tuple(_specific_first(entries)) for key, entries in found.items()})
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
    """Templates with fewer holes first: P(y=k) before P({0})."""
    return sorted(patterns, key=lambda pattern: sum(part.data in _PLACES for part in pattern.term.walk()))


def _template_term(entry: Declaration, base: Notation) -> Term | None:
    """The term that a declared template reads as, its indices as holes."""
    text = fill(entry.latex or entry.name, tuple(HOLES))
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
