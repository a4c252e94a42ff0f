"""The probable slip: the single edit that puts a wrong line right, verified before it is shown, silent when two tie."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sympy import Expr

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.deciding.equivalence import as_definition, equivalent, solution_of
from derivations.check.judging.feedback.classifying import classified, classified_equation
from derivations.check.judging.feedback.edits import Edit, edits_of, surroundings_of
from derivations.check.judging.instances.laboratory import Laboratory, atoms_of, is_value, is_zero
from derivations.check.judging.outcome import HOLDS, Target
from derivations.check.judging.verdicts import Diagnosis
from derivations.check.judging.worlds.world import World
from derivations.check.reader.building import Builder
from derivations.check.reader.declared import Symbols
from derivations.check.reader.terms import Term

MAX_SECONDS = 1.5
"""Processor seconds a search may take, so that a busy machine names no fewer slips."""
MAX_FOUND = 12
MAX_WANTED = 4
"""Equations in force a wrong one is compared with."""
_FAILURES = (ValueError, TypeError, RecursionError, AttributeError, ArithmeticError, LookupError)
_NAMES = {"letter factor": "factor", "extra term": "extra term"}


@dataclass(frozen=True)
class Search:
    """A wrong relation, and what it takes to try others in its place."""

    target: Target
    laboratory: Laboratory
    world: World
    own: bool

    def diagnosis(self) -> Diagnosis | None:
        """The mildest edit that fits; None when there is none, or when two different ones are equally likely."""
        told = self._by_terms()
        if told is not None and told.kind in ("sign", "factor"):
            return told
        found = list(self._fitting(2 if told is not None else 4))
        if not found:
            return told
        least = min(edit.weight for edit, _ in found)
        best = [(edit, side) for edit, side in found if edit.weight == least]
        kinds = {edit.kind for edit, _ in best}
        if len(kinds) > 1:
            return told
        edit, side = best[0]
        part = side.reading.latex[edit.start : edit.end].strip() if edit.start >= 0 else ""
        sentences = {e.sentence for e, _ in best}
        kind = _NAMES.get(edit.kind, edit.kind)
        sentence = edit.sentence if len(sentences) == 1 else _general(kind, edit.sentence)
        return Diagnosis(kind, sentence, part, "")

    def _by_terms(self) -> Diagnosis | None:
        """The slip told by comparing normal forms, first of what is written, then of what it stands for."""
        target = self.target
        if target.is_equation and target.hypotheses:
            return next(
                (told for h in target.hypotheses[:MAX_WANTED] if (told := self._against(self.world.expand(h))) is not None), None
            )
        left, right = (side.expression for side in target.sides)
        return classified(left, right, self.laboratory) or classified(target.left, target.right, self.laboratory)

    def _against(self, wanted: Expr) -> Diagnosis | None:
        """The slip against one equation: in the solutions where there are some, else in the residuals."""
        residual = self.target.left - self.target.right
        for atom in atoms_of(wanted):
            if residual.has(atom):
                solutions = [solution_of(part, atom, self.laboratory) for part in (wanted, residual)]
                values = [solution.value for solution in solutions if solution is not None]
                if len(values) == 2 and (told := classified(values[0], values[1], self.laboratory)) is not None:
                    return told
        return classified_equation(wanted, residual, self.laboratory)

    def _fitting(self, heaviest: int = 4) -> Iterator[tuple[Edit, Side]]:
        fits = self._by_equation() if self.target.is_equation and self.target.hypotheses else self._by_value()
        if fits is None:
            return
        deadline = time.process_time() + MAX_SECONDS
        count, least = 0, 99
        for weight in range(1, heaviest + 1):
            for side, edit in self._candidates(weight):
                if time.process_time() > deadline or count >= MAX_FOUND:
                    return
                try:
                    good = fits(side, edit)
                except _FAILURES:
                    continue
                if good:
                    count, least = count + 1, weight
                    yield edit, side
            if count and least <= weight:
                return

    def _candidates(self, weight: int) -> Iterator[tuple[Side, Edit]]:
        left, right = self.target.sides
        symbols = right.reading.symbols
        sizes = frozenset(e.name for e in symbols.entries.values() if e.domain.kind in ("size", "natural", "positive"))
        free = [e.name for e in symbols.entries.values() if e.domain.kind == "index"]
        terms = (left.term, right.term)
        around = surroundings_of(terms, free, sizes, _indicators(symbols, terms, free), _ends(symbols), _labels(symbols, terms))
        for side in (right, left) if self.own else (right,):
            for edit in edits_of(side.term, around):
                if edit.weight == weight:
                    yield side, edit

    def _built(self, side: Side, edit: Edit) -> Expr:
        return self.world.expand(Builder(side.reading.symbols).build(edit.term))

    def _by_value(self) -> Callable[[Side, Edit], bool] | None:
        """The other side must have the same values, everywhere."""
        left, right = self.target.left, self.target.right
        laboratory = self.laboratory
        numbers = [n for n in range(len(laboratory.points)) if all(is_value(laboratory.value(s, n)) for s in (left, right))]
        numbers.sort(key=lambda n: not laboratory.differ(laboratory.value(left, n), laboratory.value(right, n)))
        if not numbers:
            return None

        def fits(side: Side, edit: Edit) -> bool:
            other = left if side is self.target.sides[1] else right
            built = self._built(side, edit)
            for number in numbers[:3]:
                value = laboratory.evaluate(built, laboratory.points[number])
                if not is_value(value) or laboratory.differ(value, laboratory.value(other, number)):
                    return False
            return laboratory.compare(other, built).word in HOLDS

        return fits

    def _by_equation(self) -> Callable[[Side, Edit], bool] | None:
        """The equation must say the same as the one before."""
        wanted = self.world.expand(self.target.hypotheses[0])
        laboratory = self.laboratory
        residual = self.target.left - self.target.right
        solved = next(
            (
                (atom, s)
                for atom in atoms_of(wanted)
                if residual.has(atom) and (s := solution_of(wanted, atom, laboratory)) is not None
            ),
            None,
        )
        definition = as_definition(solved[0], solved[1].value) if solved is not None else None

        def fits(side: Side, edit: Edit) -> bool:
            built = self._built(side, edit)
            changed = self.target.left - built if side is self.target.sides[1] else built - self.target.right
            if definition is not None:
                judged = 0
                for point in laboratory.points[:3]:
                    value = laboratory.evaluate(changed, point, definitions=definition)
                    if is_value(value):
                        if not is_zero(value):
                            return False
                        judged += 1
                if not judged:
                    return False
            return equivalent(wanted, changed, laboratory).word in HOLDS

        return fits


def _ends(symbols: Symbols) -> list[Term]:
    """Sizes, as ends of ranges."""
    return [Term("letter", (), e.name) for e in symbols.entries.values() if e.domain.kind == "size"]


def _labels(symbols: Symbols, terms: Sequence[Term]) -> list[Term]:
    """y_i for every array of labels and every index of a sum."""
    bound = {str(part.data) for term in terms for part in term.walk() if part.head == "sum"}
    names = [name for (name, arity), entry in symbols.heads.items() if entry.domain.kind == "label" and arity == 1]
    return [Term("letter", (Term("letter", (), i),), name) for name in names for i in sorted(bound)]


def _indicators(symbols: Symbols, terms: Sequence[Term], free: Sequence[str]) -> list[Term]:
    """1[y_i = k] for every array of labels, every index of a sum and every free index."""
    bound = {str(part.data) for term in terms for part in term.walk() if part.head == "sum"}
    labels = [(name, entry) for (name, arity), entry in symbols.heads.items() if entry.domain.kind == "label" and arity == 1]
    return [
        Term("delta", (Term("letter", (Term("letter", (), i),), name), Term("letter", (), k)))
        for name, _ in labels for i in sorted(bound) for k in free if i != k
    ]  # fmt: skip


def _general(kind: str, sentence: str) -> str:
    """What several edits of one kind have in common."""
    return {"sign": "a sign", "power": "a power", "index": "an index", "range": "a range"}.get(kind, sentence)


def of_number(found: int, claimed: int) -> Diagnosis | None:
    """A slip in writing a number down."""
    from derivations.subjects.networks.edits import written_differently

    sentence = written_differently(found, claimed)
    return Diagnosis("number", sentence) if sentence else None


__all__ = ["Search", "of_number"]
