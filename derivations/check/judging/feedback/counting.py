"""Numbers about networks: cells of tables and totals in the text against the counts, and why a wrong one is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from sympy import Expr, Symbol

from derivations.check.documents.pieces import Line
from derivations.check.judging.context.formulas import Formula
from derivations.check.judging.verdicts import Diagnosis, Judged, Role, Verdict
from derivations.check.problems.problem import Problem

if TYPE_CHECKING:
    from derivations.subjects.networks.graph import Network

_QUANTITIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("activation_evaluations", r"activation\w*\s+(function|evaluat)"),
        ("multiply_accumulates", r"multiply.?accumulate|\bMACs?\b"),
        ("multiplications", r"multiplication"),
        ("additions", r"addition"),
        ("connections", r"connection"),
        ("units", r"\bunits?\b|neurons in"),
        ("parameters", r"parameter|weights?\b"),
    )
)
_TOTAL = re.compile(r"total|number of|num\b|no\.? of|count|how many", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,. ]*")
SPREAD = 8
"""A number is taken for a wrong total when it is within this factor of it and one edit explains it."""
MAX_EDITS = 2


@dataclass
class Counting:
    """Follows the lines of a document and judges the numbers in them that are about the problem's networks."""

    problem: Problem
    formulas: Sequence[Formula]
    topic: str = ""
    asked: bool = False
    wrong_at: dict[object, int] = field(default_factory=dict)
    _said: object = None

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The networks whose numbers are asked."""
        from derivations.subjects.networks.reading import architecture

        return tuple(map(architecture, self.problem.networks))

    @cached_property
    def known(self) -> dict[Any, str]:
        """Every count of every layer and in total → what it is."""
        found: dict[Any, str] = {
            int(value.replace(",", "")): name for name, value in self.problem.numbers.items() if _whole(value)
        }
        for network in self.networks:
            for convention in ("standard", self.problem.convention):
                for name, layer, value in _counts(network, convention):
                    found.setdefault(
                        value, f"{name.replace('_', ' ')} of {layer}" if layer else f"{name.replace('_', ' ')} in total"
                    )
        return found

    @cached_property
    def _rows(self) -> dict[int, int]:
        """Table → number of rows with numbers."""
        found: dict[int, set[int]] = {}
        for formula in self.formulas:
            if formula.line.cell is not None:
                found.setdefault(formula.line.cell.table, set()).add(formula.line.cell.row)
        return {table: len(rows) for table, rows in found.items()}

    def judge(self, formula: Formula, judged: Judged) -> Judged:
        """The verdict on a line, corrected by what is known about the networks."""
        line = formula.line
        topic = next((name for name, pattern in _QUANTITIES if pattern.search(line.before[-200:])), "")
        if topic:
            self.topic = topic
        self.asked = self.asked or bool(_TOTAL.search(line.before[-200:]))
        if not self.problem.networks:
            return judged
        if line.cell is not None:
            return self._cell(formula, judged)
        return self._number(formula, judged)

    def _cell(self, formula: Formula, judged: Judged) -> Judged:
        """A cell whose column names a quantity and whose row a layer."""
        cell = formula.line.cell
        assert cell is not None
        quantity = next((name for name, pattern in _QUANTITIES if pattern.search(cell.column_title)), "")
        claimed = _claimed(formula)
        found = self._layer(cell.table, cell.row)
        if not quantity or claimed is None or found is None:
            return judged
        network, layer = found
        own = {(name, where): value for name, where, value in _counts(network, self.problem.convention)}.get((quantity, layer))
        if own is None:
            return judged
        what = f"{quantity.replace('_', ' ')} of {layer}"
        if own == claimed:
            remarks = judged.remarks
            if judged.verdict is Verdict.WRONG:
                remarks = (*remarks, f"as it is written the arithmetic gives another number: {judged.reason}")
            elif judged.verdict is Verdict.UNREADABLE:
                remarks = (*remarks, "the product in front of it could not be read")
            return replace(
                judged,
                role=Role.NUMBER,
                verdict=Verdict.RIGHT,
                evidence="proved",
                reason=f"{what}: {own:,}",
                remarks=remarks,
                diagnosis=None,
                counterexample=None,
            )
        return self._wrong(judged, network, quantity, layer, claimed, own, formula.line)

    def _layer(self, table: int, row: int) -> tuple[Network, str] | None:
        """The layer of a row: layers with weights in order, when there are as many as rows."""
        for network in self.networks:
            layers = weighted_layers(network)
            if len(layers) == self._rows.get(table, 0) and row < len(layers):
                return network, layers[row]
        return None

    def _wrong(self, judged: Judged, network: Network, quantity: str, layer: str, claimed: Any, own: Any, line: Line) -> Judged:
        ways = _explained(network, quantity, layer, claimed, self.problem.convention)
        what = f"{quantity.replace('_', ' ')} of {layer}" if layer else f"{quantity.replace('_', ' ')} in total"
        sentence = "; or ".join(" and ".join(way) for way in ways) if ways else "under none of the known conventions is it right"
        shown = f"{claimed:,}" if isinstance(claimed, int) else str(claimed)
        consequence = self.wrong_at.get((layer, sentence))
        if consequence is not None and ways:
            return replace(
                judged,
                role=Role.NUMBER,
                verdict=Verdict.FOLLOWS,
                evidence="refuted",
                reason=f"consistent with the error in line {consequence}",
                error=consequence,
                diagnosis=None,
                counterexample=None,
            )
        return replace(
            judged,
            role=Role.NUMBER,
            verdict=Verdict.WRONG,
            evidence="refuted",
            reason=f"{shown} is not the number of {what}",
            diagnosis=Diagnosis("convention" if ways else "number", sentence, line.latex.strip()),
            counterexample=None,
            error=None,
        )

    def _number(self, formula: Formula, judged: Judged) -> Judged:
        """The last number of a line of arithmetic, or a count in letters."""
        claimed = _claimed(formula)
        if claimed is None:
            return judged
        if isinstance(claimed, int):
            if judged.verdict is Verdict.UNDECIDED and claimed in self.known:
                return replace(
                    judged,
                    role=Role.NUMBER,
                    verdict=Verdict.RIGHT,
                    evidence="proved",
                    reason=f"{self.known[claimed]}: {claimed:,}",
                    remarks=(*judged.remarks, judged.reason),
                )
            if judged.verdict is not Verdict.RIGHT or claimed in self.known or not self.topic or claimed < 100:
                return judged
            return self._total(judged, claimed, formula.line)
        if judged.verdict in (Verdict.RIGHT, Verdict.UNDECIDED, Verdict.NOT_MATHEMATICS):
            return self._in_letters(judged, claimed, formula.line)
        return judged

    def _total(self, judged: Judged, claimed: int, line: Line) -> Judged:
        for network in self.networks:
            own = _total_of(network, self.topic, self.problem.convention)
            if isinstance(own, int) and own / SPREAD <= claimed <= own * SPREAD:
                ways = _explained(network, self.topic, "", claimed, self.problem.convention)
                if ways and len(ways[0]) == 1:
                    return self._wrong(judged, network, self.topic, "", claimed, own, line)
        return judged

    def _in_letters(self, judged: Judged, claimed: Expr, line: Line) -> Judged:
        if self.topic != "parameters":
            return judged
        for network in self.networks:
            own = _total_of(network, self.topic, self.problem.convention)
            if not isinstance(own, Expr):
                continue
            letters = {s.name: s for s in own.free_symbols if isinstance(s, Symbol)}
            names = {s.name for s in claimed.free_symbols}
            if not names or not names <= set(letters) or len(names) < 2:
                continue
            same = claimed.xreplace({s: letters[s.name] for s in claimed.free_symbols}).expand()
            right = {
                value.expand(): where
                for name, where, value in _counts(network, self.problem.convention)
                if isinstance(value, Expr)
            }
            if (same - own.expand()).expand() == 0 or same in right:
                return replace(
                    judged, role=Role.NUMBER, verdict=Verdict.RIGHT, evidence="proved", reason="as counted from the layers"
                )
            if (self.topic, same) in self.wrong_at:
                return replace(
                    judged,
                    verdict=Verdict.FOLLOWS,
                    error=self.wrong_at[self.topic, same],
                    reason=f"consistent with the error in line {self.wrong_at[self.topic, same]}",
                )
            self._said = (self.topic, same)
            return self._wrong(judged, network, self.topic, "", same, own, line)
        return judged

    def remember(self, judged: Judged, number: int) -> None:
        """Note where an explained error was made first: the same slip in another column is blamed once."""
        if judged.verdict is Verdict.WRONG and self._said is not None:
            self.wrong_at.setdefault(self._said, number)
        self._said = None
        if judged.verdict is Verdict.WRONG and judged.diagnosis is not None and judged.line.cell is not None:
            found = self._layer(judged.line.cell.table, judged.line.cell.row)
            if found is not None and judged.diagnosis.kind == "convention":
                self.wrong_at.setdefault((found[1], judged.diagnosis.sentence), number)


def weighted_layers(network: Network) -> list[str]:
    """The names of the layers with weights, in order."""
    return [node.name for node in network.nodes if node.layer.kind in ("conv", "dense", "elman", "embedding")]


@lru_cache(maxsize=64)
def _counts_of(network: Network, convention: str) -> tuple[tuple[str, str, Any], ...]:
    from derivations.subjects.networks.counts import count

    found = count(network, convention)
    rows = [(quantity, layer.name, value) for layer in found.layers for quantity, value in layer.values.items() if value != 0]
    return (*rows, *((quantity, "", value) for quantity, value in found.totals.items()))


def _counts(network: Network, convention: str) -> tuple[tuple[str, str, Any], ...]:
    return _counts_of(network, convention)


def _total_of(network: Network, quantity: str, convention: str) -> Any:
    return next((value for name, layer, value in _counts(network, convention) if name == quantity and not layer), None)


@lru_cache(maxsize=256)
def _explained(network: Network, quantity: str, layer: str, claimed: Any, convention: str) -> tuple[tuple[str, ...], ...]:
    """Smallest sets of edits that lead to the number, and conventions under which it is right."""
    from derivations.subjects.networks.explain import Claim, explain

    [finding] = explain(network, [Claim(quantity, claimed, layer)], convention)
    ways = [way for way in finding.explanations if len(way) <= MAX_EDITS]
    named = [(f"right under the convention {name}",) for name in getattr(finding, "conventions", ())]
    return tuple(dict.fromkeys((*named, *ways)))[:3]


def _claimed(formula: Formula) -> Any:
    """The number a line ends with: an int, or an expression in letters for a count; None when there is none."""
    line = formula.line
    if line.cell is not None:
        text = line.latex.rpartition("=")[2]
        digits = re.sub(r"[\s,]", "", text)
        if digits.isdigit():
            return int(digits)
    for statement in reversed(formula.statements):
        for side in reversed(statement.sides):
            if side is not None and side.evaluable:
                value = side.expression
                if value.is_Integer:
                    return int(value)
                if value.is_polynomial() and value.free_symbols and not value.has(Symbol("lambda")):
                    return value
                return None
    return None


def _whole(text: str) -> bool:
    return text.replace(",", "").isdigit()
