"""Reading: a text in, its statements out, or the named error; nothing is evaluated, nothing is read in part."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Basic, Eq, Expr, Ge, Gt, Le, Lt, Ne, Tuple

from derivations.check.reader.building import Builder
from derivations.check.reader.claims import claims_of
from derivations.check.reader.declared import Symbols, declare
from derivations.check.reader.errors import NothingToRead, TooDeep
from derivations.check.reader.facts import facts_of, in_text
from derivations.check.reader.meaning import Reader
from derivations.check.reader.notation import AnyNotation, as_notation
from derivations.check.reader.parser import parse
from derivations.check.reader.statements import Claim, Kind
from derivations.check.reader.terms import is_evaluable
from derivations.core.symbols import Declarations

if TYPE_CHECKING:
    from derivations.check.reader.rendered import Patterns

RECURSION = 20_000

_SYMPY = {"=": Eq, ":=": Eq, "<": Lt, ">": Gt, "<=": Le, ">=": Ge, "!=": Ne}


@dataclass(frozen=True, eq=False)
class Reading:
    """What a text says.

    `kind` and `expression` are those of its first statement: a SymPy expression, a relation, or for a chain the tuple of its
    sides. `statements` are all clauses in order, with spans. `inferred` says for every undeclared letter what was taken for
    granted. `ambiguous` lists the places where another reading is common, with the question that decides.
    """

    latex: str
    statements: tuple[Claim, ...]
    symbols: Symbols
    ambiguous: tuple[tuple[int, str, int], ...] = ()
    bold: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The statements that are no mere words."""
        return tuple(claim for claim in self.statements if claim.kind is not Kind.WORDS)

    @property
    def kind(self) -> Kind:
        """The kind of the first statement."""
        return self.claims[0].kind if self.claims else Kind.WORDS

    @property
    def declarations(self) -> Declarations:
        """The symbols used, declared or inferred."""
        self.built  # noqa: B018  (ranges are settled while building)
        return self.symbols.declarations

    @property
    def inferred(self) -> Mapping[str, str]:
        """Name → what was inferred about it and why."""
        self.built  # noqa: B018
        return dict(self.symbols.inferred)

    @property
    def is_evaluable(self) -> bool:
        """Whether every side has a value; else parts are kept as structure only."""
        return all(side is not None and is_evaluable(side) for claim in self.claims for side in claim.sides)

    @cached_property
    def built(self) -> tuple[tuple[tuple[Expr | None, ...], ...], tuple[tuple[Basic, int, int], ...]]:
        """The SymPy sides of every claim, and the span of every expression in them."""
        builder = Builder(self.symbols)
        with deep_recursion(self.latex):
            sides = tuple(tuple(None if s is None else builder.build(s) for s in claim.sides) for claim in self.claims)
        return sides, tuple(builder.spans)

    @property
    def sides(self) -> tuple[tuple[Expr | None, ...], ...]:
        """The SymPy sides of every claim."""
        return self.built[0]

    @property
    def spans(self) -> tuple[tuple[Basic, int, int], ...]:
        """(expression, start, end) for every part of the text that has a value."""
        return self.built[1]

    @property
    def expression(self) -> Basic | None:
        """The first statement in SymPy: an expression, an unevaluated relation, or the sides of a chain."""
        if not self.claims:
            return None
        claim, sides = self.claims[0], self.sides[0]
        if not claim.relations:
            return sides[0]
        known = [side for side in sides if side is not None]
        if len(claim.relations) == 1 and len(known) == 2 and claim.relations[0] in _SYMPY:
            return _SYMPY[claim.relations[0]](*known, evaluate=False)
        return Tuple(*known)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex.strip().strip('$')}$"


def read(latex: str, *, notation: AnyNotation = None) -> Reading:
    r"""What a formula in LaTeX says, in a notation.

    notation: the name of a table, a mapping, a TOML file, the `Declarations` of a derivation, or nothing for coursework.

    Raises: one of `derivations.check.reader.errors.ERRORS` with line, column, caret and what was expected; NotationError.

    >>> found = read(r"\frac{1}{N} \sum_{i=1}^{N} (x_i - \mu)^2")
    >>> found.kind.value, found.expression
    ('expression', Sum((-mu + x[i])**2, (i, 1, N))/N)
    >>> read(r"x_d^{(i)} = 1", notation="naive_bayes").expression
    Eq(x[i, d], 1)
    """
    return read_together((latex,), notation=notation)[0]


def read_together(
    texts: Sequence[str], *, notation: AnyNotation = None, choices: Sequence[tuple[int, ...]] = ()
) -> tuple[Reading, ...]:
    """Several texts as parts of one work: letters mean the same in all of them. `choices` settle ambiguities,
    one row a text."""
    table = as_notation(notation)
    trees = [parse(text) for text in texts]
    found: list[tuple[tuple[Claim, ...], Reader]] = []
    facts = facts_of(trees, table)
    for place, (text, tree) in enumerate(zip(texts, trees, strict=True)):
        interpreter = Reader(text, table, in_text(facts, tree), choices[place] if place < len(choices) else ())
        with deep_recursion(text):
            claims = claims_of(interpreter, tree)
        if not claims:
            raise NothingToRead(text, 0)
        found.append((claims, interpreter))
    if table.patterns is not None:
        patterns = table.patterns
        found = [(tuple(_declared(claim, patterns) for claim in claims), interpreter) for claims, interpreter in found]
    terms = [side for claims, _ in found for claim in claims for side in claim.sides if side is not None]
    with deep_recursion(texts[0] if texts else ""):
        symbols = declare(terms, table)
    return tuple(
        Reading(text, claims, symbols, tuple(interpreter.ambiguous), frozenset(facts.bold), frozenset(facts.bold & facts.light))
        for text, (claims, interpreter) in zip(texts, found, strict=True)
    )


def _declared(claim: Claim, patterns: Patterns) -> Claim:
    """The claim with the shapes that a derivation declares recognised."""
    return replace(claim, sides=tuple(None if side is None else patterns.rewritten(side) for side in claim.sides))


@contextmanager
def deep_recursion(text: str) -> Iterator[None]:
    """Room for formulas nested as deeply as the reader allows; deeper ones are a named error."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    except RecursionError:
        raise TooDeep(text, 0, "nesting without end") from None
    finally:
        sys.setrecursionlimit(before)


__all__ = ["AnyNotation", "Reading", "deep_recursion", "read", "read_together"]
