"""Sufficient statistics that are gathered in one pass, in chunks, or merged from parts: sums, spreads and extremes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Add, Basic, Dummy, Expr, Indexed, IndexedBase, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef

from numeric.evaluate import compile_expression
from numeric.evaluate_slowly import evaluate_slowly
from numeric.instances import Variable
from numeric.special import ORDER_STATISTICS

Array = NDArray[Any]
BLOCK = 1 << 15
"""Entries taken at once: a quarter of a megabyte of floats, so that a block is read from memory once."""


class NotStreamable(ValueError):
    """An estimate that needs the whole sample at once."""

    def __init__(self, part: Basic, why: str) -> None:
        self.part, self.why = part, why
        super().__init__(f"{part} cannot be gathered in chunks: {why}; use fit on the whole sample")


@dataclass(frozen=True)
class Moment:
    """Σᵢ t(xᵢ) and Σᵢ (t(xᵢ) − mean)² of one function t of an observation."""

    body: Expr
    total: Dummy
    spread: Dummy


@dataclass
class Plan:
    """Which statistics a list of closed forms needs, and the closed forms written in them."""

    sample: IndexedBase
    index: Symbol
    size: Symbol
    forms: tuple[Expr, ...] = ()
    moments: dict[Expr, Moment] = field(default_factory=dict)
    extremes: dict[str, Dummy] = field(default_factory=dict)
    spreads: set[Expr] = field(default_factory=set)

    @classmethod
    def of(cls, forms: tuple[Expr, ...], sample: IndexedBase, index: Symbol, size: Symbol) -> Plan:
        """The plan of closed forms. Raises: NotStreamable."""
        plan = cls(sample, index, size)
        plan.forms = tuple(plan.written(form) for form in forms)
        return plan

    def written(self, node: Basic) -> Any:
        """The node with every statistic replaced by its stand-in."""
        if isinstance(node, AppliedUndef) and type(node).__name__ in ORDER_STATISTICS and node.args == (self.sample,):
            name = type(node).__name__
            if name == "median":
                raise NotStreamable(node, "the median of parts does not give the median of the whole")
            return self.extremes.setdefault(name, Dummy(name, real=True))
        if isinstance(node, Sum) and node.has(self.sample):
            return self._statistic(node)
        if isinstance(node, (Indexed, IndexedBase)) and node.has(self.sample):
            raise NotStreamable(node, "it is a single observation")
        if not node.args or not node.has(self.sample):
            return node
        return node.func(*(self.written(part) for part in node.args))

    def _statistic(self, node: Sum) -> Expr:
        if len(node.limits) != 1 or node.limits[0][1:] != (1, self.size):
            raise NotStreamable(node, "it is not a sum over the sample")
        body = node.function.xreplace({node.limits[0][0]: self.index})
        if not _mixes(body, self.sample):
            return self._moment(body).total
        number, square = body.as_coeff_Mul()
        if isinstance(square, Pow) and square.exp == 2 and isinstance(square.base, Add):
            own = Add(*(term for term in square.base.args if not _mixes(term, self.sample)))
            rest = square.base - own
            for sign in (1, -1):
                if own.has(self.sample) and self._is_mean(-sign * rest, sign * own):
                    self.spreads.add(sign * own)
                    return number * self._moment(sign * own).spread
        raise NotStreamable(node, "its terms depend on other observations")

    def _is_mean(self, rest: Expr, body: Expr) -> bool:
        """Whether `rest` is the mean of `body` over the sample, written as one sum divided by N."""
        for sum_ in rest.atoms(Sum):
            inside = sum_.function.xreplace({sum_.limits[0][0]: self.index})
            if inside == body and sum_.limits[0][1:] == (1, self.size) and (rest - sum_ / self.size) == 0:
                return True
        return False

    def _moment(self, body: Expr) -> Moment:
        if body not in self.moments:
            self.moments[body] = Moment(body, Dummy("total", real=True), Dummy("spread", real=True))
        return self.moments[body]


def _mixes(body: Basic, sample: IndexedBase) -> bool:
    """Whether a term depends on more of the sample than its own observation."""
    whole = any(part.has(sample) for part in body.atoms(Sum))
    return whole or any(sample in part.args for part in body.atoms(AppliedUndef))


@dataclass
class State:
    """What has been gathered: a count, for each moment a pivot c, Σ(t − c) and Σ(t − mean)², and the extremes.

    Sums are of differences from a pivot close to the data, so nothing cancels however far from zero they lie; a sum is
    put together exactly, as a rational number.
    """

    plan: Plan
    known: dict[Basic, Any]
    count: int = 0
    pivots: dict[Expr, float] = field(default_factory=dict)
    totals: dict[Expr, float] = field(default_factory=dict)
    spreads: dict[Expr, float] = field(default_factory=dict)
    extremes: dict[str, float] = field(default_factory=dict)
    functions: dict[Expr, Callable[[Array], Array]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for body in self.plan.moments:
            if body not in self.functions:
                self.functions[body] = _function(body, self.plan, self.known)

    def add(self, data: Array) -> None:
        """Gather more observations, of any number."""
        for start in range(0, len(data), BLOCK):
            self._add_block(data[start : start + BLOCK])

    def _add_block(self, block: Array) -> None:
        n = len(block)
        for body, function in self.functions.items():
            values = function(block)
            pivot = self.pivots.setdefault(body, float(values[0]))
            away = values - pivot
            total = float(away.sum())
            if body in self.plan.spreads:
                mean = total / n
                away -= mean
                self._join_spread(body, n, mean, float(np.dot(away, away)))
            self.totals[body] = self.totals.get(body, 0.0) + total
        for name in self.plan.extremes:
            self._join_extreme(name, float(ORDER_STATISTICS[name][0](block)))
        self.count += n

    def _join_spread(self, body: Expr, n: int, mean: float, spread: float) -> None:
        """Chan's rule: what two parts vary within, and by how much their means (from the common pivot) differ."""
        if self.count:
            gap = mean - self.totals[body] / self.count
            spread += self.spreads[body] + gap * gap * self.count * n / (self.count + n)
        self.spreads[body] = spread

    def _join_extreme(self, name: str, value: float) -> None:
        choose = max if name == "largest" else min
        self.extremes[name] = choose(self.extremes.get(name, value), value)

    def merge(self, other: State) -> None:
        """Take in what another state of the same plan has gathered."""
        if other.count == 0:
            return
        if self.count == 0:
            self.pivots = dict(other.pivots)
        for body in self.functions:
            shift = float(Fraction(other.pivots[body]) - Fraction(self.pivots[body]))
            total = other.totals[body] + other.count * shift
            if body in self.plan.spreads:
                mean = other.totals[body] / other.count + shift
                self._join_spread(body, other.count, mean, other.spreads[body])
            self.totals[body] = self.totals.get(body, 0.0) + total
        for name, value in other.extremes.items():
            self._join_extreme(name, value)
        self.count += other.count

    def values(self) -> list[float]:
        """The closed forms on what has been gathered. Raises: numeric failures where a form is not defined."""
        return [float(evaluate_slowly(form, self.instance())) for form in self.plan.forms]

    def instance(self) -> dict[Basic, Any]:
        """The statistics by their stand-ins, sums as exact rationals."""
        found: dict[Basic, Any] = {self.plan.size: self.count, **self.known}
        for body, moment in self.plan.moments.items():
            found[moment.total] = Fraction(self.pivots[body]) * self.count + Fraction(self.totals[body])
            if body in self.spreads:
                found[moment.spread] = Fraction(self.spreads[body])
        for name, stand_in in self.plan.extremes.items():
            found[stand_in] = Fraction(self.extremes[name])
        return found


def _function(body: Expr, plan: Plan, known: dict[Basic, Any]) -> Callable[[Array], Array]:
    """t(x) on an array of observations."""
    if body == plan.sample[plan.index]:
        return lambda block: np.asarray(block, dtype=float)
    from numeric.domains import REAL

    compiled = compile_expression(
        body, free=((plan.index, 1, plan.size),), variables=(Variable(plan.sample, REAL, (plan.size,)),)
    )

    def function(block: Array) -> Array:
        return np.asarray(compiled.on({plan.sample: block, **known}), dtype=float)

    return function
