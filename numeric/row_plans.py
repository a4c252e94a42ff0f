"""Closed forms over rows written in counts, sums and scatter by class: which of these they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Add, Basic, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Pow, Sum, Symbol

from numeric.domains import REAL
from numeric.instances import Variable
from numeric.sufficient import NotStreamable

COUNTS, SUMS, TOTALS, WITHIN, SCATTER = (
    IndexedBase(name, real=True) for name in ("~counts", "~sums", "~totals", "~within", "~scatter")
)
"""n_k, Σ x of class k, Σ x, Σ (x − mean of class k)(x − mean of class k)ᵀ of class k, and that over all classes."""


@dataclass
class RowPlan:
    """Estimates (name, target, closed form) of a model whose sample is an array of rows, with or without labels."""

    estimates: tuple[tuple[str, Indexed | Symbol, Expr], ...]
    rows: Variable | None
    labels: Variable | None
    size: Symbol
    forms: list[Expr] = field(default_factory=list)
    scattered: bool = False

    @classmethod
    def of(
        cls, estimates: tuple[tuple[str, Indexed | Symbol, Expr], ...], data: Sequence[Variable], labels: str | None
    ) -> RowPlan:
        """The plan of closed forms over the data. Raises: NotStreamable."""
        label = next((v for v in data if v.name == labels), None)
        arrays = [v for v in data if v.name != labels and v.shape and (label is None or v.shape[0] == label.shape[0])]
        rows = max(arrays, key=lambda v: len(v.shape), default=None)
        sample = label or rows
        if sample is None:
            raise NotStreamable(Integer(0), "there is no array of rows")
        if rows is not None and label is None and len(rows.shape) < 2:
            raise NotStreamable(rows.symbol, "it is no array of rows")
        plan = cls(estimates, rows, label, sample.shape[0])
        for _, _, form in estimates:
            plan.forms.append(plan.written(form))
        return plan

    @property
    def stand_ins(self) -> tuple[Variable, ...]:
        """The arrays that the closed forms are written in."""
        classes = self.labels.domain.upper if self.labels is not None else Integer(1)
        width = self.rows.shape[1] if self.rows is not None and len(self.rows.shape) > 1 else Integer(1)
        shapes = {COUNTS: (classes,), SUMS: (classes, width), TOTALS: (width,), WITHIN: (classes, width, width),
                  SCATTER: (width, width)}  # fmt: skip
        return tuple(Variable(head, REAL, shape) for head, shape in shapes.items())

    def written(self, node: Expr) -> Expr:
        """The node with every sum over the rows replaced by what is remembered."""
        if isinstance(node, Sum):
            over = [limit for limit in node.limits if tuple(limit[1:]) == (1, self.size)]
            if len(over) == 1:
                rest = [limit for limit in node.limits if limit not in over]
                found = self._statistic(node.function, over[0][0])
                return Sum(found, *rest) if rest else found
        if isinstance(node, Indexed) and self._is_data(node):
            raise NotStreamable(node, "it is a single observation")
        if not node.args or isinstance(node, (Indexed, IndexedBase)):
            return node
        found = node.func(*(self.written(part) if isinstance(part, Expr) else part for part in node.args))
        if any(self._is_data(entry) for entry in found.atoms(Indexed)):
            raise NotStreamable(node, "it holds single observations")
        return found

    def _is_data(self, entry: Indexed) -> bool:
        return entry.base in [v.symbol for v in (self.rows, self.labels) if v is not None]

    def _statistic(self, body: Expr, index: Symbol) -> Expr:
        group: Expr | None = None
        entries: list[Expr] = []
        deviations: list[tuple[Expr, bool]] = []
        outside: list[Expr] = []
        for factor in _factors(body):
            if isinstance(factor, KroneckerDelta) and self.labels is not None and self.labels.symbol[index] in factor.args:
                if group is not None:
                    raise NotStreamable(body, "it picks two classes")
                group = next(side for side in factor.args if side != self.labels.symbol[index])
            elif isinstance(factor, Indexed) and self.rows is not None and factor.base == self.rows.symbol:
                entries.append(self._column(factor, index))
            elif isinstance(factor, Add):
                deviations.append(self._deviation(factor, index, group))
            elif index in factor.free_symbols:
                raise NotStreamable(factor, "it is neither a row, nor its distance from a mean, nor a class")
            else:
                outside.append(self.written(factor))
        return Mul(*outside, self._remembered(body, group, entries, deviations))

    def _remembered(
        self, body: Expr, group: Expr | None, entries: list[Expr], deviations: list[tuple[Expr, bool]]
    ) -> Expr:
        if not entries and not deviations:
            return self.size if group is None else COUNTS[group]
        if len(entries) == 1 and not deviations:
            return TOTALS[entries[0]] if group is None else SUMS[group, entries[0]]
        if len(deviations) == 2 and not entries and all(by_class == (self.labels is not None) for _, by_class in deviations):
            self.scattered = True
            first, second = (column for column, _ in deviations)
            return SCATTER[first, second] if group is None else WITHIN[group, first, second]
        raise NotStreamable(body, "it is no count, sum or scatter of rows")

    def _column(self, entry: Indexed, index: Symbol) -> Expr:
        if entry.indices[0] != index or any(index in slot.free_symbols for slot in entry.indices[1:]):
            raise NotStreamable(entry, "it is not an entry of the row that is summed over")
        return entry.indices[1] if len(entry.indices) > 1 else Integer(1)

    def _deviation(self, factor: Add, index: Symbol, group: Expr | None) -> tuple[Expr, bool]:
        """The column a of x[i, a] − mean of column a, and whether the mean is that of the row's class."""
        own = [t for t in factor.args if self.rows is not None and isinstance(t, Indexed) and t.base == self.rows.symbol]
        if len(own) != 1:
            raise NotStreamable(factor, "it is no distance of a row from a mean")
        column, mean = self._column(own[0], index), own[0] - factor
        if self.labels is None and self._mean_form(mean) == TOTALS[column] / self.size:
            return column, False
        if self.labels is not None and isinstance(mean, Indexed) and mean.indices[1:] == own[0].indices[1:]:
            for (_, target, _), form in zip(self.estimates, self.forms, strict=False):
                classes = (self.labels.symbol[index], group)
                if isinstance(target, Indexed) and target.base == mean.base and mean.indices[0] in classes:
                    k = target.indices[0]
                    there = target.indices[1] if len(target.indices) > 1 else Integer(1)
                    if form == SUMS[k, there] / COUNTS[k]:
                        return column, True
        raise NotStreamable(factor, "it is no distance from the mean of its class or of all rows")

    def _mean_form(self, mean: Expr) -> Expr | None:
        if isinstance(mean, Indexed):
            for (_, target, _), form in zip(self.estimates, self.forms, strict=False):
                if isinstance(target, Indexed) and target.base == mean.base:
                    found: Expr = form.xreplace(dict(zip(target.indices, mean.indices, strict=True)))
                    return found
        return self.written(mean) if not isinstance(mean, Indexed) else None


def _factors(body: Basic) -> list[Expr]:
    """The factors of a product, squares taken as two equal factors."""
    found: list[Expr] = []
    for factor in Mul.make_args(body):
        twice = isinstance(factor, Pow) and factor.exp == 2
        found += [factor.base, factor.base] if twice else [factor]
    return sorted(found, key=lambda factor: not isinstance(factor, KroneckerDelta))
