"""Sequences given by recurrences: which premises give them, unrolling them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from sympy import (
    Basic,
    Derivative,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    S,
    Symbol,
)  # fmt: skip
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core.binding import free_symbols, fresh, substitute, unnest
from derivations.core.definitions import Definitions, unfold
from derivations.core.statements import Equation
from derivations.core.symbols import Declarations

if TYPE_CHECKING:
    from derivations.core.derivation import Step

_CHAIN_RULES = ("start_of_jacobian", "chain_rule", "start_of_sensitivity", "chain_rule_in_parameter")
SEQUENCE_RULES = frozenset(("initial", "recurrence", *_CHAIN_RULES))
"""Rules whose equation gives a sequence its first entries or its next one."""

MAX_DEPTH = 120


class UnrollingError(ArithmeticError):
    """Unrolling a sequence went back more steps than the cap."""

    def __init__(self, expression: Basic) -> None:
        self.expression = expression
        super().__init__(f"unrolling {expression} goes back more than {MAX_DEPTH} steps; ask for fewer")


@dataclass(frozen=True)
class Clause:
    """s[at, parameters…] = value. A recurrence has its step index k as `index` and the c of s[k+c] as `offset`.

    `axis` is the position of the step among the indices; `first` the lowest step that the clause gives.
    """

    axis: int
    at: Expr
    parameters: tuple[Symbol, ...]
    value: Expr
    index: Symbol | None = None
    offset: int = 0
    first: int = 0

    def entry(self, indices: tuple[Expr, ...]) -> Expr:
        """The value at the given indices, which the clause has to cover."""
        rest = indices[: self.axis] + indices[self.axis + 1 :]
        mapping: dict[Basic, Basic] = dict(zip(self.parameters, rest, strict=True))
        if self.index is not None:
            mapping[self.index] = indices[self.axis] - self.offset
        return substitute(self.value, mapping)


@dataclass(frozen=True)
class Recurrence:
    """Everything the premises say about one sequence: its initial entries and its recurrence, if there is one."""

    initial: tuple[Clause, ...] = ()
    step: Clause | None = None

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All of them, the initial entries first."""
        return self.initial if self.step is None else (*self.initial, self.step)

    @property
    def axis(self) -> int:
        """The position of the step among the indices."""
        return (self.step or self.initial[0]).axis

    def covering(self, at: Expr, least: int | None) -> Clause | None:
        """The clause that gives the entry at a step, `least` being the lowest value that the step may take."""
        for clause in self.initial:
            if clause.at == at:
                return clause
        if self.step is not None and least is not None and least >= self.step.first:
            return self.step
        return None


Recurrences = Mapping[IndexedBase, Recurrence]


def clause_of(step: Step, declarations: Declarations) -> tuple[IndexedBase, Clause]:
    """The sequence and the clause that an `initial` or `recurrence` step states."""
    statement = step.statement
    assert isinstance(statement, Equation)
    assert isinstance(statement.left, Indexed)
    return statement.left.base, clause(statement.left, statement.right, dict(step.arguments).get("index"), declarations)


def clause(left: Indexed, right: Expr, index: object, declarations: Declarations) -> Clause:
    """The clause left = right; its left side is s[n, …] for an initial entry, s[k+c, …] for a recurrence in k."""
    stepping = [n for n, e in enumerate(left.indices) if (e.is_Integer if index is None else index in free_symbols(e))]
    axis = stepping[0]
    at = left.indices[axis]
    parameters = tuple(e for n, e in enumerate(left.indices) if n != axis)
    if not isinstance(index, Symbol):
        return Clause(axis, at, parameters, right, first=int(at))
    bounds = declarations.range_of(index)
    assert bounds is not None
    offset = int(at - index)
    return Clause(axis, at, parameters, right, index, offset, int(bounds[0]) + offset)


def recurrences_of(steps: Iterable[Step], declarations: Declarations) -> dict[IndexedBase, Recurrence]:
    """Sequence → what the `initial` and `recurrence` steps say about it."""
    found: dict[IndexedBase, Recurrence] = {}
    for step in steps:
        if step.rule in SEQUENCE_RULES:
            head, new = clause_of(step, declarations)
            known = found.get(head, Recurrence())
            found[head] = (
                replace(known, initial=(*known.initial, new)) if new.index is None else replace(known, step=new)
            )
    return found


def lowest(index: Expr, declarations: Declarations) -> int | None:
    """The lowest value of an affine index expression over the declared ranges, or None when there is no telling.

    >>> from derivations.core.symbols import index as index_symbol
    >>> T = Symbol("T", integer=True, positive=True)
    >>> names = Declarations((index_symbol("k", T, lower=0),))
    >>> lowest(names["k"].head + 1, names), lowest(2 - names["k"].head, names)
    (1, None)
    """
    total = 0
    for term, coefficient in index.as_coefficients_dict().items():
        if not coefficient.is_Integer:
            return None
        if term is S.One:
            total += int(coefficient)
            continue
        entry = declarations.find(term) if isinstance(term, Symbol) else None
        if entry is None or coefficient < 0 or entry.domain.kind not in ("index", "size", "natural"):
            return None
        total += int(coefficient) * (0 if entry.domain.kind == "natural" else entry.domain.lower)
    return total


@dataclass
class Unroller:
    """Replaces entries of sequences by what their clauses say, wherever the step is known to lie in their range.

    With `beyond` = k, entries at step k and before are left as they are.
    """

    recurrences: Recurrences
    declarations: Declarations
    deep: bool = True
    beyond: Symbol | None = None
    _depth: int = 0
    _known: dict[Indexed, Basic] = field(default_factory=dict)

    @cached_property
    def _incoming(self) -> frozenset[Symbol]:
        clauses = [c for r in self.recurrences.values() for c in r.clauses]
        return frozenset().union(*(free_symbols(c.value) - {c.index, *c.parameters} for c in clauses))

    def __call__(self, expression: Basic, bound: frozenset[Symbol] = frozenset()) -> Basic:
        """The expression with every covered entry replaced: to the end, or once when not `deep`."""
        if isinstance(expression, Indexed):
            return self._entry(expression, bound)
        if isinstance(expression, (IndexedBase, Symbol, Derivative)) or not expression.args or not self.recurrences:
            return expression
        if isinstance(expression, ExprWithLimits):
            return self._under_binder(expression, bound)
        arguments = [self(argument, bound) for argument in expression.args]
        return expression if tuple(arguments) == expression.args else expression.func(*arguments)

    def _entry(self, entry: Indexed, bound: frozenset[Symbol]) -> Basic:
        indices = tuple(self(index, bound) for index in entry.indices)
        known = self.recurrences.get(entry.base)
        covering = None
        if known is not None:
            at = indices[known.axis]
            offset = None if self.beyond is None else shifted(at, self.beyond)
            if not free_symbols(at) & bound and (offset is None or offset > 0):
                covering = known.covering(at, lowest(at, self.declarations))
        if covering is None:
            return entry if indices == entry.indices else entry.base[indices]
        value = covering.entry(indices)
        return self._to_the_end(entry.base[indices], value, bound) if self.deep else value

    def _to_the_end(self, entry: Indexed, value: Basic, bound: frozenset[Symbol]) -> Basic:
        """The value of an entry with the entries in it unrolled in turn; known ones are looked up."""
        found = self._known.get(entry)
        if found is None:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise UnrollingError(entry)
            found = self(value, bound)
            self._depth -= 1
            if not free_symbols(entry) & bound:
                self._known[entry] = found
        return found

    def _under_binder(self, expression: ExprWithLimits, bound: frozenset[Symbol]) -> Basic:
        body, (variable, lower, upper) = unnest(expression)
        if variable in self._incoming:
            renamed = fresh(variable.name, self._incoming | free_symbols(body), variable)
            body, variable = substitute(body, {variable: renamed}), renamed
        limit = (variable, self(lower, bound), self(upper, bound))
        return expression.func(self(body, bound | {variable}), limit)


def unroll(expression: Basic, recurrences: Recurrences, declarations: Declarations) -> Basic:
    """Every entry that the clauses cover replaced by its value, to the end.

    Terminates because a clause gives an entry in terms of earlier steps, or of the same step of sequences given before.
    Raises: UnrollingError.
    """
    return Unroller(recurrences, declarations)(expression) if recurrences else expression


def entries_of(expression: Basic, head: IndexedBase) -> tuple[Indexed, ...]:
    """The entries of one array that occur in an expression, in the order of their names."""
    return tuple(sorted((e for e in expression.atoms(Indexed) if e.base == head), key=str))


def shifted(index: Expr, step: Symbol) -> int | None:
    """The integer d with index = step + d, or None."""
    difference = index - step
    return int(difference) if isinstance(difference, Integer) else None


def latest_use(recurrences: Recurrences, head: IndexedBase, part: Expr, definitions: Definitions) -> int | None:
    """The largest r such that s[k] may use θ[k + r], for a sequence s and the array of `part` = θ[…], its first index a step.

    None where there is no telling: an initial entry uses it, an index is no step, or the steps run ahead in a circle.
    """
    latest: dict[IndexedBase, float] = {head: -inf}
    waiting = [head]
    while waiting:
        values = [unfold(clause_.value, definitions) for clause_ in recurrences[waiting.pop()].clauses]
        new = [other for other in recurrences if other not in latest and any(value.has(other) for value in values)]
        latest |= dict.fromkeys(new, -inf)
        waiting += new
    for _ in range(len(latest) + 1):
        before = dict(latest)
        for one in before:
            for clause_ in recurrences[one].clauses:
                used = _ahead(clause_, part, recurrences, latest, definitions)
                if used is None:
                    return None
                latest[one] = max(latest[one], used)
        if latest == before:
            return int(latest[head]) if latest[head] > -inf else None
    return None


def _ahead(
    clause_: Clause, part: Expr, recurrences: Recurrences, latest: Mapping[IndexedBase, float], definitions: Definitions
) -> float | None:
    """How far ahead of its own step a clause looks in the array of the part, itself or through other sequences."""
    found = -inf
    for entry in unfold(clause_.value, definitions).atoms(Indexed):
        own = isinstance(part, Indexed) and entry.base == part.base
        if not own and entry.base not in recurrences:
            continue
        axis = 0 if own else recurrences[entry.base].axis
        away = shifted(entry.indices[axis], clause_.index) if clause_.index is not None else None
        if away is None and (own or latest[entry.base] > -inf):
            return None
        if away is not None:
            found = max(found, away - clause_.offset + (0 if own else latest[entry.base]))
    return found
