"""Estimators of models over rows that also take the rows in chunks, or merged from parts in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr, Indexed, Symbol

from numeric.estimate import Estimator
from numeric.evaluate import Compiled, compile_expression
from numeric.failures import EmptyData, UnknownLabel
from numeric.row_plans import COUNTS, SCATTER, SUMS, TOTALS, WITHIN, RowPlan
from numeric.rows import Groups, Triangle

Array = NDArray[Any]


@dataclass(frozen=True)
class LeastSquares:
    """β̂ = (Σᵢ wᵢ·aᵢ·aᵢᵀ + κ·1)⁻¹·Σᵢ wᵢ·aᵢ·rᵢ: a(i, d), w(i), r(i) and κ, and whether Σ w·(r − a·β̂)²/N is estimated too."""

    coefficients: str
    row: Expr
    weight: Expr
    response: Expr
    ridge: Expr
    indices: tuple[tuple[Symbol, Any, Any], ...]
    """(i, 1, N) and (d, 1, D)."""
    variance: str = ""
    """The name under which the mean squared residual is estimated; nothing where it is not."""


class RowEstimator:
    """Estimates by name: `fit` on a whole sample, `partial_fit` on chunks, `merge` with others, `estimates` so far."""

    def __init__(self, whole: Estimator, least_squares: LeastSquares | None = None) -> None:
        self.whole = whole
        self.least_squares = least_squares
        self._state: Groups | Triangle | None = None
        self._given: dict[str, Any] = {}

    def __call__(self, *, classes: Sequence[Any] | None = None, **arrays: Any) -> dict[str, Any]:
        """The same as `fit`."""
        return self.fit(classes=classes, **arrays)

    def fit(self, *, classes: Sequence[Any] | None = None, **arrays: Any) -> dict[str, Any]:
        """The estimates from a whole sample; see `Estimator.fit`."""
        if self.least_squares is None:
            return self.whole.fit(classes=classes, **arrays)
        return RowEstimator(self.whole, self.least_squares).partial_fit(**arrays).estimates

    def partial_fit(self, **arrays: Any) -> RowEstimator:
        """Gather one more chunk: rows, labels and weights by name, and what is not an array of rows again with each.

        Raises: NotStreamable, and what `fit` raises.
        """
        self._gathers  # noqa: B018  (what cannot be gathered is said before the data are looked at)
        instance, names = self.whole.read(arrays)
        given = {v.name: instance[v.symbol] for v in self.whole.data if not self._is_of_rows(v)}
        if self._given and any(not np.array_equal(self._given[name], given[name]) for name in given):
            raise ValueError(f"{', '.join(given)} were other values in the chunks before")
        self._given = given
        self._state = self._begun()
        if isinstance(self._state, Triangle):
            self._state.add(*(self._on(form, free, instance) for form, free in self._parts))
            return self
        plan = self._plan
        codes = None if plan.labels is None else np.asarray(instance[plan.labels.symbol])
        length = len(codes) if codes is not None else 0
        rows = np.zeros((length, 1)) if plan.rows is None else np.asarray(instance[plan.rows.symbol], dtype=float)
        self._state.add(rows.reshape(len(rows), -1), codes, [None] if names is None else names.tolist())
        return self

    def merge(self, other: RowEstimator) -> RowEstimator:
        """Take in what another estimator of the same model has gathered."""
        if other._state is None:
            return self
        if self.whole.estimates != other.whole.estimates:
            raise ValueError("the two estimators are of different models")
        if self._state is not None and any(not np.array_equal(self._given[n], other._given[n]) for n in self._given):
            raise ValueError(f"{', '.join(self._given)} are other values in the other part")
        self._given = dict(other._given)
        self._state = self._begun()
        self._state.merge(deepcopy(other._state))  # type: ignore[arg-type]
        return self

    @property
    def estimates(self) -> dict[str, Any]:
        """The estimates from everything gathered so far, and `classes` for a model with labels."""
        if self._state is None:
            raise EmptyData(self.whole.data[0].name, (0,))
        if isinstance(self._state, Triangle):
            return self._solved(self._state)
        return self._evaluated(self._state)

    # ------------------------------------------------------------------ how

    @cached_property
    def _plan(self) -> RowPlan:
        return RowPlan.of(self.whole.estimates, self.whole.data, self.whole.labels)

    @cached_property
    def _gathers(self) -> bool:
        return self.least_squares is not None or bool(self._plan)

    def _begun(self) -> Groups | Triangle:
        if self._state is not None:
            return self._state
        return Triangle() if self.least_squares is not None else Groups(self._plan.scattered)

    def _is_of_rows(self, variable: Any) -> bool:
        size = self.least_squares.indices[0][2] if self.least_squares is not None else self._plan.size
        return bool(variable.shape) and variable.shape[0] == size

    @cached_property
    def _parts(self) -> tuple[tuple[Expr, tuple[Any, ...]], ...]:
        model = self.least_squares
        assert model is not None
        return (model.row, model.indices), (model.response, model.indices[:1]), (model.weight, model.indices[:1])

    def _on(self, form: Expr, free: tuple[Any, ...], instance: Mapping[Basic, Any]) -> Array:
        found = np.asarray(compile_expression(form, free=free, variables=self.whole.variables).on(instance), dtype=float)
        return found if found.shape else np.full(self._length(instance), float(found))

    def _length(self, instance: Mapping[Basic, Any]) -> int:
        variable = next(v for v in self.whole.data if self._is_of_rows(v))
        return len(instance[variable.symbol])

    def _solved(self, state: Triangle) -> dict[str, Any]:
        model = self.least_squares
        assert model is not None
        given = {v.symbol: self._given[v.name] for v in self.whole.data if v.name in self._given}
        ridge = float(compile_expression(model.ridge, variables=self.whole.variables).on(given))
        coefficients, residual = state.solution(ridge)
        return {model.coefficients: coefficients, **({model.variance: residual / state.count} if model.variance else {})}

    @cached_property
    def _forms(self) -> tuple[tuple[str, Basic, Compiled], ...]:
        plan = self._plan
        variables = (*self.whole.variables, *plan.stand_ins)
        shapes = {v.symbol: v.shape for v in self.whole.variables}
        found = []
        for (name, target, _), form in zip(plan.estimates, plan.forms, strict=True):
            head, indices = (target.base, target.indices) if isinstance(target, Indexed) else (target, ())
            free = tuple((index, 1, extent) for index, extent in zip(indices, shapes[head], strict=True))
            found.append((name, head, compile_expression(form, free=free, variables=variables)))
        return tuple(found)

    def _evaluated(self, state: Groups) -> dict[str, Any]:
        plan, names = self._plan, list(state.classes)
        if plan.labels is not None:
            try:
                names = sorted(names)
            except TypeError as failure:
                raise UnknownLabel(plan.labels.name, str(names), ("labels of one sortable kind",)) from failure
        counts, sums, within = state.table(names)
        instance: dict[Basic, Any] = {COUNTS: counts, SUMS: sums, TOTALS: sums.sum(axis=0), plan.size: int(counts.sum())}
        if within is not None:
            instance |= {WITHIN: within, SCATTER: within.sum(axis=0)}
        if plan.labels is not None:
            instance[plan.labels.domain.upper] = len(names)
        instance |= {v.symbol: self._given[v.name] for v in self.whole.data if v.name in self._given}
        found: dict[str, Any] = {}
        for name, head, form in self._forms:
            found[name] = instance[head] = form.on(instance)
        return found if plan.labels is None else {**found, "classes": np.asarray(names)}
