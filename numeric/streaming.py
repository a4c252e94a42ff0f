"""Sufficient statistics that are gathered in one pass, in chunks, or merged from parts: sums, spreads and extremes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import (
    Abs,
    Add,
    Basic,
    Dummy,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cos,
    exp,
    log,
    sin,
)  # fmt: skip
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
    delicate: set[Expr] = field(default_factory=set)
    """Moments that a closed form adds to something else, where digits could cancel: summed from a pivot."""

    @classmethod
    def of(cls, forms: tuple[Expr, ...], sample: IndexedBase, index: Symbol, size: Symbol) -> Plan:
        """The plan of closed forms. Raises: NotStreamable."""
        plan = cls(sample, index, size)
        plan.forms = tuple(plan.written(form) for form in forms)
        stand_ins = {moment.total: body for body, moment in plan.moments.items()}
        for form in plan.forms:
            for part in form.atoms(Add):
                if any(term.has(*stand_ins) for term in part.args):
                    plan.delicate |= {body for total, body in stand_ins.items() if part.has(total)}
        plan.delicate |= plan.spreads
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
    put together exactly, as a rational number. All lists run over the moments, or the extremes, of the plan in order.
    """

    plan: Plan
    known: dict[Basic, Any]
    functions: list[Callable[[Array], Array]] = field(default_factory=list)
    count: int = 0
    pivots: list[float | None] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    spreads: list[float] = field(default_factory=list)
    extremes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        bodies = list(self.plan.moments)
        if not self.functions:
            self.functions = [_function(body, self.plan, self.known) for body in bodies]
        self._kinds = [2 if b in self.plan.spreads else 1 if b in self.plan.delicate else 0 for b in bodies]
        self._work = list(zip(range(len(bodies)), self.functions, self._kinds, strict=True))
        self._extreme = [ORDER_STATISTICS[name][0] for name in self.plan.extremes]
        self._choose = [max if name == "largest" else min for name in self.plan.extremes]
        self.pivots = [None if kind else 0.0 for kind in self._kinds]
        self.totals = [0.0] * len(bodies)
        self.spreads = [0.0] * len(bodies)

    def add(self, data: Array) -> bool:
        """Gather more observations, of any number; False, and nothing gathered, when one of them is not finite."""
        before = (self.count, list(self.pivots), list(self.totals), list(self.spreads), list(self.extremes))
        if len(data) <= BLOCK:
            self._add_block(data)
        else:
            for start in range(0, len(data), BLOCK):
                self._add_block(data[start : start + BLOCK])
        if all(map(isfinite, self.totals)) and all(map(isfinite, self.extremes)):
            return True
        self.count, self.pivots, self.totals, self.spreads, self.extremes = before
        return False

    def _add_block(self, block: Array) -> None:
        n = len(block)
        for place, function, kind in self._work:
            values = function(block)
            if not kind:
                self.totals[place] += float(_add_up(values))
                continue
            pivot = self.pivots[place]
            if pivot is None:
                pivot = self.pivots[place] = float(_add_up(values)) / n
            away = values - pivot
            total = float(_add_up(away))
            if kind == 2:
                self._join_spread(place, n, total / n, _spread(away, total))
            self.totals[place] += total
        if self._extreme:
            self._join_extremes([float(extreme(block)) for extreme in self._extreme])
        self.count += n

    def _join_spread(self, place: int, n: int, mean: float, spread: float) -> None:
        """Chan's rule: what two parts vary within, and by how much their means (from the common pivot) differ."""
        if self.count:
            gap = mean - self.totals[place] / self.count
            spread += self.spreads[place] + gap * gap * self.count * n / (self.count + n)
        self.spreads[place] = spread

    def _join_extremes(self, values: list[float]) -> None:
        if self.extremes:
            values = [choose(a, b) for choose, a, b in zip(self._choose, self.extremes, values, strict=True)]
        self.extremes = values

    def merge(self, other: State) -> None:
        """Take in what another state of the same plan has gathered."""
        if other.count == 0:
            return
        if self.count == 0:
            self.pivots = list(other.pivots)
        for place, _, kind in self._work:
            shift = float(Fraction(other.pivots[place] or 0.0) - Fraction(self.pivots[place] or 0.0))
            if kind == 2:
                mean = other.totals[place] / other.count + shift
                self._join_spread(place, other.count, mean, other.spreads[place])
            self.totals[place] += other.totals[place] + other.count * shift
        if other.extremes:
            self._join_extremes(other.extremes)
        self.count += other.count

    def values(self) -> list[float]:
        """The closed forms on what has been gathered. Raises: numeric failures where a form is not defined."""
        return [float(evaluate_slowly(form, self.instance())) for form in self.plan.forms]

    def instance(self) -> dict[Basic, Any]:
        """The statistics by their stand-ins, sums as exact rationals."""
        found: dict[Basic, Any] = {self.plan.size: self.count, **self.known}
        for place, moment in enumerate(self.plan.moments.values()):
            found[moment.total] = Fraction(self.pivots[place] or 0.0) * self.count + Fraction(self.totals[place])
            found[moment.spread] = Fraction(self.spreads[place])
        for value, stand_in in zip(self.extremes, self.plan.extremes.values(), strict=True):
            found[stand_in] = Fraction(value)
        return found


_add_up = np.add.reduce


def _spread(away: Array, total: float) -> float:
    """Σ (a − ā)² of a block, given Σ a; `away` is used up. In one pass where the mean is small beside the spread."""
    n = len(away)
    squared = np.square(away)
    about = float(np.add.reduce(squared))
    if not total * total / n > 0.01 * about:
        return about - total * total / n
    away -= total / n
    np.square(away, out=away)
    return float(np.add.reduce(away))


def _direct(node: Basic, entry: Basic, known: dict[Basic, Any]) -> Callable[[Array], Any] | None:
    """An elementary function of one observation straight in NumPy; None for what is not elementary."""
    if node == entry:
        return lambda x: x
    if node in known or (isinstance(node, Expr) and node.is_number):
        constant = float(known[node]) if node in known else float(node)
        return lambda x: constant
    parts = [_direct(part, entry, known) for part in node.args]
    if not parts or any(part is None for part in parts):
        return None
    first = parts[0]
    assert first is not None
    if isinstance(node, Pow):
        exponent = node.exp
        if exponent in _POWERS:
            power = _POWERS[exponent]
            return lambda x: power(first(x))
        second = parts[1]
        assert second is not None
        return lambda x: np.power(first(x), second(x))
    if type(node) in _UNARY:
        function = _UNARY[type(node)]
        return lambda x: function(first(x))
    if isinstance(node, (Add, Mul)):
        combine = np.add if isinstance(node, Add) else np.multiply
        return lambda x: reduce(combine, [part(x) for part in parts])  # type: ignore[misc]
    return None


_UNARY: dict[type, Callable[[Any], Any]] = {log: np.log, exp: np.exp, sin: np.sin, cos: np.cos, Abs: np.abs}
_POWERS: dict[Basic, Callable[[Any], Any]] = {
    Integer(2): np.square, Integer(-1): np.reciprocal, Rational(1, 2): np.sqrt,
}  # fmt: skip


def _function(body: Expr, plan: Plan, known: dict[Basic, Any]) -> Callable[[Array], Array]:
    """t(x) on an array of observations."""
    if body == plan.sample[plan.index]:
        return lambda block: np.asarray(block, dtype=float)
    direct = _direct(body, plan.sample[plan.index], known)
    if direct is not None:
        return direct
    from numeric.domains import REAL

    compiled = compile_expression(
        body, free=((plan.index, 1, plan.size),), variables=(Variable(plan.sample, REAL, (plan.size,)),)
    )

    def function(block: Array) -> Array:
        return np.asarray(compiled.on({plan.sample: block, **known}), dtype=float)

    return function
