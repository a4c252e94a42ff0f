"""Claims about entries s[k, j] whose other index j reaches as far as the step k says, as on layers of different widths."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Derivative, Expr, Indexed, IndexedBase, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core.binding import free_symbols, substitute, unnest
from derivations.core.kernel import RuleError, Situation
from derivations.core.ranges import known_nonnegative
from derivations.core.sequences import Clause

Limits = Mapping[Symbol, tuple[Expr, Expr]]


def reach(situation: Situation, index: Symbol, at: Expr) -> dict[Symbol, Expr]:
    """How far the other indices of a claim reach when the step index is where `at` says; itself, without end."""
    found: dict[Symbol, Expr] = {index: Symbol(f"end of {index.name}", integer=True, positive=True)}
    for entry in situation.declarations:
        if entry.domain.kind == "index" and index in free_symbols(entry.domain.upper):
            found[entry.head] = substitute(entry.domain.upper, {index: at})
    return found


def check_reach(
    rule: str, situation: Situation, expression: Basic, head: IndexedBase, claim: Clause, index: Symbol, limits: Limits
) -> None:
    """Refuse to use a claim for all j in 1..n(k) at an entry s[k, e] whose e is not known to lie there.

    `limits` are the ranges of indices of the expression where they are not the declared ones. Raises: RuleError.
    """
    ranged = []
    for place, parameter in enumerate(claim.parameters):
        bounds = situation.declarations.range_of(parameter)
        if bounds is not None and index in free_symbols(bounds[0]) | free_symbols(bounds[1]):
            ranged.append((place, bounds))
    if ranged:
        _Reached(rule, situation, head, claim, index, ranged).visit(expression, limits)


class _Reached:
    def __init__(
        self, rule: str, situation: Situation, head: IndexedBase, claim: Clause, index: Symbol,
        ranged: list[tuple[int, tuple[Expr, Expr]]],
    ) -> None:  # fmt: skip
        self._rule, self._situation, self._head, self._claim = rule, situation, head, claim
        self._index, self._ranged = index, ranged

    def visit(self, expression: Basic, limits: Limits) -> None:
        if isinstance(expression, ExprWithLimits):
            body, (variable, lower, upper) = unnest(expression)
            self.visit(lower, limits)
            self.visit(upper, limits)
            self.visit(body, {**limits, variable: (lower, upper)})
            return
        if isinstance(expression, Indexed) and expression.base == self._head:
            self._check(expression, limits)
        if not isinstance(expression, (Derivative, IndexedBase, Symbol)):
            for argument in expression.args:
                self.visit(argument, limits)

    def _check(self, entry: Indexed, limits: Limits) -> None:
        at = entry.indices[self._claim.axis]
        if self._claim.index is None and at != self._claim.at:
            return  # a hypothesis speaks of its own step alone
        others = entry.indices[: self._claim.axis] + entry.indices[self._claim.axis + 1 :]
        step = at - self._claim.offset if self._claim.index is not None else self._index
        there: dict[Basic, Basic] = {**dict(zip(self._claim.parameters, others, strict=True)), self._index: step}
        for place, bounds in self._ranged:
            lower, upper = (substitute(bound, there) for bound in bounds)
            if not self._within(others[place], lower, upper, limits):
                problem = f"{entry} is used where {others[place]} may lie outside {lower}..{upper}"
                raise RuleError(self._rule, problem, f"the claim speaks of {lower}..{upper} alone")

    def _within(self, value: Expr, lower: Expr, upper: Expr, limits: Limits) -> bool:
        found = limits.get(value) or ((value, value) if value.is_Integer else None)
        if found is None:
            found = self._situation.declarations.range_of(value)
        if found is None:
            return False
        gaps = (found[0] - lower, upper - found[1])
        return all(known_nonnegative(gap, self._situation.endless) for gap in gaps)
