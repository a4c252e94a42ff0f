"""What relates two linear iterations at every step: the left annihilator of what their joint state can reach.

Two iterations with the same oracles are put side by side and fed the same inputs; their states satisfy a linear relation
at every step if and only if it vanishes on the subspace that start and inputs can reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import QQ, Expr, Integer, S, Symbol
from sympy.polys.matrices import DomainMatrix

from derivations.subjects.optimisers.iteration import START, letter
from derivations.subjects.optimisers.linear import CONSTANT, Form, System, combine


@dataclass(frozen=True)
class Relation:
    """pivot = Σ coefficient · variable, between state variables of the two sides, written "a.theta" and "b.v"."""

    pivot: str
    terms: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Relations:
    """What relates the states of two iterations at every step, and whether they query the same points."""

    relations: tuple[Relation, ...]
    same_queries: bool
    same_iterates: bool
    from_first_step: bool


@dataclass(frozen=True)
class Pair:
    """Two linear iterations with the same oracles, side by side, driven by common inputs.

    Relations solved for `first_side` express its states by those of the other where they can.
    """

    a: System
    b: System
    first_side: str = "b"

    @property
    def comparable(self) -> bool:
        """Whether both call the same oracles in the same order."""
        return self.a.oracles == self.b.oracles

    @cached_property
    def names(self) -> tuple[str, ...]:
        """State variables of both sides: those of the first side first, which become pivots, each output last."""
        ordered = []
        sides = (("b", self.b), ("a", self.a))
        for side, one in sides if self.first_side == "b" else sides[::-1]:
            output = one.iteration.output
            ordered += [f"{side}.{name}" for name in (*(n for n in one.iteration.state if n != output), output)]
        return tuple(ordered)

    @property
    def late(self) -> bool:
        """Whether one of the two has a first step of its own, so that relations hold from step 1 on."""
        return self.a.first is not None or self.b.first is not None

    def relate(self, scheduled: Sequence[str] = (), delayed: bool = False, started: bool = True) -> tuple[Relations, Relations]:
        """What relates the states at every step, solved for the states of b and for those of a.

        Parameters are constant except the `scheduled` ones.

        With schedules the relation is looked for in terms of the coefficients of the step before (`delayed`): a candidate
        for the induction that proves it, complete only for constant parameters. Without `started` the start is left open:
        the relations are those that the inputs keep.
        """
        late = self.late or delayed
        depth = len(self.names) + 1
        timed = _Timing(tuple(scheduled), depth)
        coefficients = _coefficients(self)
        symbols = sorted({s for e in coefficients for s in timed.symbols(e)}, key=str)
        field = QQ.frac_field(*symbols) if symbols else QQ
        columns = _reached(self, timed, field, depth, late, started)
        matrix = DomainMatrix(columns, (len(columns), len(self.names)), field)
        annihilator = matrix.nullspace().to_field()
        differences = _query_differences(self, timed, field, depth)
        return self._solved(annihilator, differences, field, late), self.turned._solved(annihilator, differences, field, late)

    @property
    def turned(self) -> Pair:
        """The same pair with the states of the other side as pivots."""
        return replace(self, first_side="a" if self.first_side == "b" else "b")

    def _solved(self, annihilator: DomainMatrix, differences: list[Any], field: Any, late: bool) -> Relations:
        """The relations in reduced form, for an annihilator whose columns are the names with b first."""
        canonical = self.names if self.first_side == "b" else self.turned.names
        order = [canonical.index(name) for name in self.names]
        rows = [[row[n] for n in order] for row in annihilator.to_list()]
        reduced, pivots = DomainMatrix(rows, (len(rows), len(order)), field).rref()
        space = reduced.to_list()[: len(pivots)]
        plain = reduced.to_Matrix().tolist()
        found = tuple(_relation(self.names, plain[n], pivot) for n, pivot in enumerate(pivots))
        queries = [row if row is None else [row[n] for n in order] for row in differences]
        same = all(_in_span(space, pivots, row, field) for row in queries)
        iterates = _unit(self.names, f"a.{self.a.iteration.output}", f"b.{self.b.iteration.output}", field)
        return Relations(found, same, _in_span(space, pivots, iterates, field), late)


@dataclass(frozen=True)
class _Timing:
    """Coefficients at a step: constants stay, scheduled ones get numbers, but for the last two steps, which get symbols."""

    scheduled: tuple[str, ...]
    depth: int

    def at(self, expression: Expr, step: int) -> Expr:
        mapping: dict[Symbol, Expr] = {}
        for symbol in expression.free_symbols:
            name, late, _ = symbol.name.partition("__")
            if name in self.scheduled:
                mapping[symbol] = self._value(letter(name), step - bool(late))
            elif late:
                mapping[symbol] = letter(name)
        return expression.xreplace(mapping) if mapping else expression

    def symbols(self, expression: Expr) -> set[Symbol]:
        return {s for step in (self.depth - 1, self.depth) for s in self.at(expression, step).free_symbols}

    def _value(self, symbol: Symbol, step: int) -> Expr:
        if step >= self.depth - 1:
            return Symbol(f"{symbol.name}__{step - self.depth}", **symbol.assumptions0)
        return Integer(7 * step + 3) / (11 + len(symbol.name) * 2 + 5 * step * step + _position(symbol.name, self.scheduled))


def _position(name: str, names: tuple[str, ...]) -> int:
    return 17 * names.index(name)


def _coefficients(pair: Pair) -> list[Expr]:
    forms: list[Form] = []
    for one in (pair.a, pair.b):
        for program in (one.step, one.first or one.step):
            forms += list(program.new.values())
            forms += [dict(argument) for call in program.calls for argument in call.arguments]
        forms += list(one.start.values())
    return [coefficient for form in forms for coefficient in form.values()]


def _vectors(pair: Pair, forms: Mapping[str, Form], key: str, timed: _Timing, field: Any, step: int) -> list[Any]:
    """The coefficient of `key` in the form of every state variable, in the order of the names."""
    return [field.from_sympy(timed.at(forms[name].get(key, S.Zero), step)) for name in pair.names]


def _joint(pair: Pair, program: str) -> dict[str, Form]:
    """The new values of all state variables, state names prefixed by their side, inputs shared."""
    found: dict[str, Form] = {}
    for side, one in (("a", pair.a), ("b", pair.b)):
        chosen = (one.first if program == "first" else None) or one.step
        for name, form in chosen.new.items():
            found[f"{side}.{name}"] = {(k if _is_input(k) else f"{side}.{k}"): v for k, v in form.items()}
    return found


def _is_input(name: str) -> bool:
    return name[0] == "u" and name[1:].isdigit()


def _start(pair: Pair) -> dict[str, Form]:
    return {f"{side}.{name}": form for side, one in (("a", pair.a), ("b", pair.b)) for name, form in one.start.items()}


def _reached(pair: Pair, timed: _Timing, field: Any, depth: int, late: bool, started: bool) -> list[Any]:
    """Rows that span what can be reached at step `depth`, from a start or an input at any earlier step."""
    step, first, start = _joint(pair, "step"), _joint(pair, "first"), _start(pair)
    inputs = [call.input for call in pair.a.step.calls]
    rows: list[list[Any]] = []
    for now in range(depth + 1):
        begun = [_vectors(pair, start, key, timed, field, now) for key in (str(START), CONSTANT) if started]
        if late:
            begun = _advanced(pair, first, begun, timed, field, now)
            begun += [_vectors(pair, first, key, timed, field, now) for key in inputs]
        if now < depth:
            rows = _advanced(pair, step, rows, timed, field, now)
            rows += [_vectors(pair, step, key, timed, field, now) for key in inputs] if not late or now else []
            if late:
                rows += begun
        if not late and now < depth:
            rows += _advanced(pair, step, begun, timed, field, now)
        elif not late:
            rows += begun
    return [row for row in rows if any(row)] or [[field.zero] * len(pair.names)]


def _advanced(pair: Pair, forms: Mapping[str, Form], rows: list[Any], timed: _Timing, field: Any, step: int) -> list[Any]:
    """The rows (states) one step on."""
    if not rows:
        return []
    matrix = [
        _vectors(pair, {n: {"x": forms[n].get(c, S.Zero)} for n in pair.names}, "x", timed, field, step) for c in pair.names
    ]
    return [
        [sum((row[j] * matrix[j][i] for j in range(len(row)) if row[j] and matrix[j][i]), field.zero) for i in range(len(row))]
        for row in rows
    ]


def _query_differences(pair: Pair, timed: _Timing, field: Any, depth: int) -> list[Any]:
    """The difference of the points queried, call by call; an input or constant left over makes a row outside any span."""
    rows: list[Any] = []
    for one, other in zip(pair.a.step.calls, pair.b.step.calls, strict=True):
        if len(one.arguments) != len(other.arguments):
            rows.append(None)
            continue
        for left, right in zip(one.arguments, other.arguments, strict=True):
            difference = combine(
                (S.One, {k if _is_input(k) or k == CONSTANT else f"a.{k}": v for k, v in left}),
                (S.NegativeOne, {k if _is_input(k) or k == CONSTANT else f"b.{k}": v for k, v in right}),
            )
            values = {k: field.from_sympy(timed.at(v, depth)) for k, v in difference.items()}
            stray = any(v for k, v in values.items() if k not in pair.names)
            rows.append(None if stray else [values.get(name, field.zero) for name in pair.names])
    return rows


def _unit(names: tuple[str, ...], plus: str, minus: str, field: Any) -> list[Any]:
    return [field.one if name == plus else -field.one if name == minus else field.zero for name in names]


def _in_span(space: list[Any], pivots: Sequence[int], row: list[Any] | None, field: Any) -> bool:
    """Whether a row is a combination of rows in reduced echelon form."""
    if row is None:
        return False
    rest = list(row)
    for basis, pivot in zip(space, pivots, strict=True):
        factor = rest[pivot]
        if factor:
            rest = [value - factor * entry for value, entry in zip(rest, basis, strict=True)]
    return not any(rest)


def _relation(names: tuple[str, ...], row: Sequence[Expr], pivot: int) -> Relation:
    terms = tuple((name, -entry) for n, (name, entry) in enumerate(zip(names, row, strict=True)) if n != pivot and entry != 0)
    return Relation(names[pivot], terms)
