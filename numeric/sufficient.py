"""Which sufficient statistics closed forms need, found in the forms themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Basic, Dummy, Expr, Indexed, IndexedBase, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef

from numeric.special import ORDER_STATISTICS

MAX_DEGREE = 4
"""Of a power whose sum is put together from powers about a pivot."""


class NotStreamable(ValueError):
    """An estimate that needs the whole sample at once."""

    def __init__(self, part: Basic, why: str) -> None:
        self.part, self.why = part, why
        super().__init__(f"{part} cannot be gathered in chunks: {why}; use fit on the whole sample")


@dataclass(frozen=True)
class Moment:
    """Stand-ins for Σᵢ t(xᵢ) and Σᵢ (t(xᵢ) − mean)² of one function t of an observation."""

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
        """Whether `rest` is the mean of `body` over the sample, written as sums divided by N."""
        inside: list[Expr] = []
        for term in Add.make_args(rest):
            factor, total = term.as_independent(Sum, as_Add=False)
            if not isinstance(total, Sum) or len(total.limits) != 1 or total.limits[0][1:] != (1, self.size):
                return False
            inside.append(factor * self.size * total.function.xreplace({total.limits[0][0]: self.index}))
        return bool(Add(*inside) == body)

    def _moment(self, body: Expr) -> Moment:
        if body not in self.moments:
            self.moments[body] = Moment(body, Dummy("total", real=True), Dummy("spread", real=True))
        return self.moments[body]

    @property
    def entry(self) -> Indexed:
        """x[i]."""
        return self.sample[self.index]

    def power(self, body: Expr) -> tuple[Expr, int]:
        """t and m with body = tᵐ, where Σ tᵐ is to be put together from powers about a pivot of t; else body and 1."""
        if body in self.delicate and isinstance(body, Pow) and body.exp.is_Integer and 2 <= body.exp <= MAX_DEGREE:
            return body.base, int(body.exp)
        return body, 1


def _mixes(body: Basic, sample: IndexedBase) -> bool:
    """Whether a term depends on more of the sample than its own observation."""
    whole = any(part.has(sample) for part in body.atoms(Sum))
    return whole or any(sample in part.args for part in body.atoms(AppliedUndef))
