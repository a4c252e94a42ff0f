"""What a document has said about vectors and matrices: definitions, equations in force, and which letters are no numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derivations.check.comparing.matrices.shapes import MATRIX_HEADS, is_constant, is_slope
from derivations.check.judging.context.formulas import Chapter, Formula
from derivations.check.problems.problem import MARKS
from derivations.check.reader.statements import Kind
from derivations.check.reader.terms import Term, multiply, number

MAX_DEPTH = 30
MAX_EQUATIONS = 8
_SEPARATED = frozenset(("given", "parameters"))
_MATRICES = re.compile(r"\bmatri(x|ces)\b", re.IGNORECASE)
_USUAL = frozenset(("A", "B", "C", "M", "P", "Q", "S", "U", "V", "W", "X", "Y", "Sigma", "Lambda"))
_EVIDENT = MATRIX_HEADS - {"matrix"}


@dataclass(frozen=True)
class Fact:
    """left = right, from a line on; `premise` when it is assumed and not derived."""

    left: Term
    right: Term
    premise: bool = False


@dataclass
class MatrixWorld:
    """Definitions by letter (with the letters they leave open), and the equations that lines may use."""

    definitions: dict[str, tuple[tuple[str, ...], Term]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    letters: set[str] = field(default_factory=set)
    ranks: dict[str, int] = field(default_factory=dict)
    earlier: set[str] = field(default_factory=set)
    preamble: dict[str, tuple[tuple[str, ...], Term]] | None = None
    slope: Term | None = None

    def open(self, chapter: Chapter, begins: bool) -> None:
        """Take in which letters of a chapter are vectors or matrices, being transposed, normed, traced, or in bold. Where an
        exercise begins, letters may be defined anew, and equations are left behind.
        """
        if begins:
            if self.preamble is None:
                self.preamble = dict(self.definitions)
            self.definitions = dict(self.preamble)
            self.earlier = set(self.definitions)
            self.facts.clear()
            self.slope = None
            self.ranks.clear()
            self.letters.clear()
        says_matrices = any(_MATRICES.search(formula.line.before) for formula in chapter.formulas)
        for formula in (*chapter.givens, *chapter.formulas):
            if formula.reading is not None:
                self.letters |= formula.reading.bold
            self.letters |= _declared(formula)
            for statement in formula.statements:
                for side in statement.sides:
                    if side is not None:
                        self.letters |= _evident(side.term)
                        if says_matrices:
                            self.letters |= _capitals(side.term)

    def define(self, left: Term, body: Term, *, anew: bool = False) -> bool:
        """Give a letter, an indexed letter or a function a meaning; false when the left side names nothing new."""
        label, parameters = str(left.data), _parameters(left)
        if parameters is None or (label in self.definitions and not anew) or label in {str(part.data) for part in body.walk()}:
            return False
        self.definitions[label] = (parameters, body)
        self.earlier.discard(label)
        return True

    def set_to_zero(self) -> None:
        """The last derivative found vanishes from here on."""
        if self.slope is not None:
            self.suppose(self.slope, Term("number", (), 0))
        self.slope = None

    def is_unknown(self, label: str) -> bool:
        """Whether an equation in force is about the letter: a value for it is claimed and not defined."""
        labels = {label, label.rpartition("_")[0] if label.rpartition("_")[2] in MARKS else label}
        return any(str(part.data) in labels for fact in self.facts for side in (fact.left, fact.right) for part in side.walk())

    def unmarked(self, letter: Term) -> Term:
        r"""\hat w as w, where an equation in force is about w."""
        root, _, mark = str(letter.data).rpartition("_")
        return letter._replace(data=root) if letter.head == "letter" and mark in MARKS and self.is_unknown(root) else letter

    def suppose(self, left: Term, right: Term, premise: bool = False) -> None:
        """Remember an equation."""
        self.facts.append(Fact(bare(left), bare(right), premise))
        del self.facts[:-MAX_EQUATIONS]

    def concerns(self, *terms: Term) -> bool:
        """Whether formulas, with all definitions put in, are about vectors or matrices."""
        parts = [part for term in terms for part in self.expand(term).walk()]
        return any(part.head in _EVIDENT or (part.head == "letter" and part.data in self.letters) for part in parts)

    def expand(self, term: Term, hidden: frozenset[str] = frozenset(), depth: int = 0) -> Term:
        """The formula with definitions put in; a derivative by a letter that has a definition keeps it as its third part."""
        if depth > MAX_DEPTH:
            raise RecursionError("definitions that refer to themselves")
        if is_slope(term) or (term.head == "structure" and term.data == "gradient" and len(term.args) == 1):
            return self._slope(term, hidden, depth)
        label = str(term.data)
        if term.head in ("letter", "call") and label in self.definitions and label not in hidden:
            parameters, body = self.definitions[label]
            arguments = _arguments(term)
            if term.head == "letter" and not arguments:
                return self.expand(body, hidden, depth + 1)
            if len(parameters) == len(arguments):
                given = dict(zip(parameters, arguments, strict=True))
                return self.expand(_put_in(body, given), hidden, depth + 1)
        if not term.args:
            return term
        return term._replace(args=tuple(self.expand(argument, hidden, depth + 1) for argument in term.args))

    def _slope(self, term: Term, hidden: frozenset[str], depth: int) -> Term:
        body, *variables = term.args
        if not variables:
            parameters = self.definitions.get(str(body.data), ((), body))[0]
            if len(parameters) != 1:
                return term
            variables = [Term("letter", (), parameters[0])]
        variable = variables[0]
        opened = self.expand(body, hidden | {str(variable.data)}, depth + 1)
        value = self.expand(variable, hidden, depth + 1)
        return term._replace(args=(opened, variable) if value == variable else (opened, variable, value))


def _declared(formula: Formula) -> set[str]:
    r"""A and B of A, B \in \mathbb{R}^{n \times n}, and x of x \in \mathbb{R}^n."""
    found: set[str] = set()
    listed: set[str] = set()
    for statement in formula.statements:
        terms = [side.term for side in statement.sides if side is not None]
        if statement.kind is Kind.EXPRESSION and terms and terms[0].head == "letter":
            listed.add(str(terms[0].data))
            continue
        if statement.kind is Kind.MEMBERSHIP and len(terms) == 2 and terms[0].head == "letter" and _is_space(terms[1]):
            found |= {str(terms[0].data), *listed}
        listed = set()
    return found


def _is_space(term: Term) -> bool:
    """ℝ^n or ℝ^{n×m}: the real numbers to a power."""
    return term.head == "power" and term.args[0].head == "letter" and term.args[0].data in ("bb_R", "R")


def _capitals(term: Term) -> set[str]:
    """Capitals that are usual for a matrix."""
    return {str(p.data) for p in term.walk() if p.head == "letter" and not p.args and str(p.data) in _USUAL}


def _parameters(left: Term) -> tuple[str, ...] | None:
    if left.head not in ("letter", "call") or (left.head == "letter" and is_constant(left)):
        return None
    arguments = _arguments(left)
    names = tuple(str(argument.data) for argument in arguments if argument.head == "letter" and not argument.args)
    return names if len(set(names)) == len(arguments) else None


def _arguments(term: Term) -> tuple[Term, ...]:
    """The arguments of a function or the indices of a letter, those behind a bar or semicolon included."""
    found: list[Term] = []
    for argument in term.args:
        found += argument.args if argument.head == "structure" and argument.data in _SEPARATED else (argument,)
    return tuple(found)


def _put_in(term: Term, values: dict[str, Term]) -> Term:
    if term.head == "letter" and not term.args and str(term.data) in values:
        return values[str(term.data)]
    if term.head in ("sum", "product") and str(term.data) in values:
        values = {name: value for name, value in values.items() if name != str(term.data)}
    return term._replace(args=tuple(_put_in(argument, values) for argument in term.args)) if term.args else term


def _evident(term: Term) -> set[str]:
    """Letters that are transposed, traced, normed or the like."""
    found: set[str] = set()
    for part in term.walk():
        if part.head in _EVIDENT:
            found |= {str(argument.data) for argument in part.args if argument.head == "letter" and not argument.args}
    return found


# ---------------------------------------------------------------------- rewriting


def bare(term: Term) -> Term:
    """The term without the places it was read from, products flat."""
    arguments = tuple(bare(argument) for argument in term.args)
    if term.head == "multiply":
        arguments = tuple(inner for a in arguments for inner in (a.args if a.head == "multiply" else (a,)))
    return Term(term.head, arguments, term.data)


def rewritten(term: Term, facts: Iterable[Fact]) -> Term:
    """The term with the left sides of equations replaced by their right sides, wherever they stand as factors."""
    found = bare(term)
    for fact in facts:
        pattern = fact.left.args if fact.left.head == "multiply" else (fact.left,)
        if all(part.head == "number" for part in pattern):
            continue
        found = _replaced(found, tuple(pattern), fact.right)
    return found


def _replaced(term: Term, pattern: Sequence[Term], value: Term) -> Term:
    if is_slope(term):
        return term
    if term.args:
        term = term._replace(args=tuple(_replaced(argument, pattern, value) for argument in term.args))
    if len(pattern) == 1 and term == pattern[0]:
        return value
    if term.head != "multiply":
        return term
    factors, size = list(bare(term).args), len(pattern)
    for place in range(len(factors) - size + 1):
        if tuple(factors[place : place + size]) == tuple(pattern):
            return multiply([*factors[:place], value, *factors[place + size :]])
    return term


def symmetrised(term: Term, names: Iterable[str]) -> Term:
    """The term with (A + Aᵀ)/2 for every letter A among the names."""
    letters = [Term("letter", (), name) for name in names]
    halves = {a: multiply([number(Fraction(1, 2)), Term("add", (a, Term("transpose", (a,))))]) for a in letters}
    return _put_in(term, {str(letter.data): half for letter, half in halves.items()})
