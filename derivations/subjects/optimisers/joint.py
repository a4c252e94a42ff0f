"""Two linear iterations as one system, their oracle calls merged where they are made at the same points.

Which calls are made at the same points is the largest set of claims that carry themselves from step to step: all calls
of an oracle are taken for one, and told apart as long as what is reached shows a difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Expr, Integer, S, Symbol

from derivations.subjects.optimisers.elimination import Space
from derivations.subjects.optimisers.iteration import COUNTER, letter
from derivations.subjects.optimisers.linear import CONSTANT, INPUT, Call, Form, Program, System


@dataclass(frozen=True)
class Joint:
    """Both sides as one system; names carry the side: "a.theta", inputs "a@0"."""

    a: System
    b: System

    @cached_property
    def programs(self) -> Mapping[str, Program]:
        """ "step" and "first" of both sides together; a side without a first step of its own makes its usual one."""
        return {
            "step": self._program(self.a.step, self.b.step),
            "first": self._program(self.a.first or self.a.step, self.b.first or self.b.step),
        }

    @cached_property
    def start(self) -> Mapping[str, Form]:
        """The initial values; equal oracle calls made before the first step are one."""
        seen: dict[tuple[str, Any], str] = {}
        forms: dict[str, Form] = {}
        for side, one in (("a", self.a), ("b", self.b)):
            names = {
                call.input: seen.setdefault((call.oracle, call.arguments), f"{INPUT}{len(seen)}") for call in one.start_calls
            }
            for name, form in one.start.items():
                forms[f"{side}.{name}"] = {names.get(key, key): value for key, value in form.items()}
        return forms

    @cached_property
    def affine(self) -> bool:
        """Whether a constant term occurs anywhere but in the step of a proximal operator."""
        forms = [form for program in self.programs.values() for form in program.new.values()]
        forms += [dict(argument) for program in self.programs.values() for c in program.calls for argument in c.arguments[-1:]]
        return any(CONSTANT in form for form in (*forms, *self.start.values()))

    @cached_property
    def coefficients(self) -> tuple[Expr, ...]:
        """Every coefficient that occurs."""
        forms: list[Form] = list(self.start.values())
        for program in self.programs.values():
            forms += [*program.new.values(), *(dict(argument) for call in program.calls for argument in call.arguments)]
        return tuple(dict.fromkeys(value for form in forms for value in form.values()))

    def _program(self, a: Program, b: Program) -> Program:
        new: dict[str, Form] = {}
        calls: list[Call] = []
        for side, one in (("a", a), ("b", b)):

            def told(form: Mapping[str, Expr], side: str = side) -> Form:
                return {key if key == CONSTANT else f"{side}.{key}": value for key, value in form.items()}

            new |= {f"{side}.{name}": told(form) for name, form in one.new.items()}
            for call in one.calls:
                arguments = tuple(tuple(told(dict(argument)).items()) for argument in call.arguments)
                calls.append(Call(call.oracle, f"{side}.{call.input}", arguments))
        return Program(new, tuple(calls))


@dataclass(frozen=True)
class Merging:
    """For each program the calls that are made at the same point: input → number of its class."""

    classes: Mapping[str, Mapping[str, int]]

    @classmethod
    def coarsest(cls, joint: Joint) -> Merging:
        """All calls of one oracle with equally many arguments are one."""
        return cls(
            {name: _numbered({c.input: (c.oracle, len(c.arguments)) for c in p.calls}) for name, p in joint.programs.items()}
        )

    @property
    def matched(self) -> bool:
        """Whether every call of one side is also one of the other, at every step."""
        classes = self.classes["step"]
        sides: dict[int, set[str]] = {}
        for name, number in classes.items():
            sides.setdefault(number, set()).add(name[0])
        return all(found == {"a", "b"} for found in sides.values())


def _numbered(keys: Mapping[str, Any]) -> dict[str, int]:
    """Equal keys get equal numbers."""
    numbers: dict[Any, int] = {}
    return {name: numbers.setdefault(key, len(numbers)) for name, key in keys.items()}


@dataclass(frozen=True)
class Timing:
    """Coefficients at a step: constants stay, scheduled ones get numbers, but for the last two steps, which get symbols.

    The number of the step is a coefficient like them, for which the step before the last symbol t is t − 1. With a `sample`
    constants get numbers as well.
    """

    scheduled: tuple[str, ...]
    depth: int
    sample: int = 0

    def at(self, expression: Expr, step: int) -> Expr:
        """The coefficient as it is at a step."""
        mapping: dict[Symbol, Expr] = {}
        for symbol in expression.free_symbols:
            name, late, _ = symbol.name.partition("__")
            if symbol == COUNTER:
                mapping[symbol] = COUNTER + step - self.depth if step >= self.depth - 1 else self._number(name, step)
            elif name in self.scheduled:
                mapping[symbol] = self._value(letter(name), step - bool(late))
            elif self.sample:
                mapping[symbol] = self._number(name, 13 * self.sample + sum(map(ord, name)) % 11)
            elif late:
                mapping[symbol] = letter(name)
        return expression.xreplace(mapping) if mapping else expression

    def symbols(self, expression: Expr) -> set[Symbol]:
        """The symbols that a coefficient has at the last two steps."""
        return {s for step in (self.depth - 1, self.depth) for s in self.at(expression, step).free_symbols}

    def _value(self, symbol: Symbol, step: int) -> Expr:
        if step >= self.depth - 1:
            return Symbol(f"{symbol.name}__{step - self.depth}", **symbol.assumptions0)
        return self._number(symbol.name, step)

    def _number(self, name: str, step: int) -> Expr:
        place = self.scheduled.index(name) if name in self.scheduled else len(self.scheduled)
        return Integer(7 * step + 3) / (11 + len(name) * 2 + 5 * step * step + 17 * place)


@dataclass(frozen=True)
class Rows:
    """Linear forms of a joint system as rows over a field of rational functions, at a step."""

    joint: Joint
    names: tuple[str, ...]
    timing: Timing
    field: Any
    _matrices: dict[Any, list[list[Any]]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def varying(self) -> bool:
        """Whether a coefficient changes from step to step."""
        names = {s.name.partition("__")[0] for e in self.joint.coefficients for s in e.free_symbols}
        return str(COUNTER) in names or not names.isdisjoint(self.timing.scheduled)

    def coefficient(self, value: Expr, step: int) -> Any:
        """A coefficient at a step, as an element of the field."""
        return self.field.from_sympy(self.timing.at(value, step))

    def column(self, forms: Mapping[str, Form], keys: Sequence[str], step: int) -> list[Any]:
        """What the state becomes when every one of `keys` is one and everything else is zero."""
        return [
            sum((self.coefficient(forms[name][key], step) for key in keys if key in forms.get(name, {})), self.field.zero)
            for name in self.names
        ]

    def matrix(self, program: str, step: int) -> list[list[Any]]:
        """What the state becomes when one state variable is one, row by row."""
        if (program, step) not in self._matrices:
            forms = dict(self.joint.programs[program].new) | {CONSTANT: {CONSTANT: S.One}}
            self._matrices[program, step] = [self.column(forms, (name,), step) for name in self.names]
        return self._matrices[program, step]

    def advanced(self, rows: Sequence[list[Any]], program: str, step: int) -> list[list[Any]]:
        """The rows (states) one step on."""
        if not rows:
            return []
        matrix = self.matrix(program, step)
        size = range(len(self.names))
        return [
            [sum((row[j] * matrix[j][i] for j in size if row[j] and matrix[j][i]), self.field.zero) for i in size] for row in rows
        ]

    def inputs(self, program: str, merging: Merging, step: int) -> list[list[Any]]:
        """What the state becomes when the value of one class of calls is one."""
        classes = merging.classes[program]
        return [
            self.column(self.joint.programs[program].new, [name for name, other in classes.items() if other == number], step)
            for number in dict.fromkeys(classes.values())
        ]

    def begun(self, step: int, started: bool) -> list[list[Any]]:
        """The states that a start is made of; without `started` the constant alone."""
        constant = [self.field.one if name == CONSTANT else self.field.zero for name in self.names]
        if not started:
            return [constant] if CONSTANT in self.names else []
        start = self.joint.start
        found = [self.column(start, (key,), step) for key in dict.fromkeys(k for form in start.values() for k in form)]
        if CONSTANT not in self.names:
            return found
        keys = dict.fromkeys(k for form in start.values() for k in form if k != CONSTANT)
        whole = [one + other for one, other in zip(self.column(start, (CONSTANT,), step), constant, strict=True)]
        return [*(self.column(start, (key,), step) for key in keys), whole]


def reached(rows: Rows, merging: Merging, late: bool, started: bool) -> Space:
    """What can be reached at the last step, from a start or an input at any earlier step. Raises: TooMuchWork."""
    if not rows.varying:
        return _closed(rows, merging, late, started)
    opening = "first" if late else "step"
    found: list[list[Any]] = []
    for now in range(rows.timing.depth):
        found = rows.advanced(found, "step", now) + rows.inputs("step", merging, now)
        found += rows.advanced(rows.begun(now, started), opening, now) + rows.inputs(opening, merging, now)
        found = Space(found).rows
    return Space(found if late else found + rows.begun(rows.timing.depth, started))


def _closed(rows: Rows, merging: Merging, late: bool, started: bool) -> Space:
    """The same for constant coefficients: the smallest space that holds starts and inputs and that a step maps into itself."""
    waiting = rows.inputs("step", merging, 0)
    waiting += rows.begun(0, started) if not late else rows.advanced(rows.begun(0, started), "first", 0)
    waiting += rows.inputs("first", merging, 0) if late else []
    space = Space()
    while waiting:
        row = space.remainder(waiting.pop())
        if space.add(row):
            waiting += rows.advanced([row], "step", 0)
    return space


def refined(rows: Rows, merging: Merging, vanishing: Space, late: bool, started: bool) -> Merging:
    """The classes split where the points of their calls differ on what is reached, on which `vanishing` is zero."""
    classes = dict(merging.classes)
    classes["step"] = _split(rows, merging, "step", vanishing)
    if late:
        before = Space(rows.begun(rows.timing.depth, started)).annihilator(len(rows.names), rows.field)
        classes["first"] = _split(rows, merging, "first", before)
    return Merging(classes)


def _split(rows: Rows, merging: Merging, program: str, vanishing: Space) -> dict[str, int]:
    classes = merging.classes[program]
    step = rows.timing.depth
    keys: dict[str, Any] = {}
    for call in rows.joint.programs[program].calls:
        points = []
        for argument in call.arguments:
            form = dict(argument)
            state = [rows.coefficient(form.get(name, S.Zero), step) for name in rows.names]
            values: dict[int, Any] = {}
            for name, value in form.items():
                if name in classes:
                    values[classes[name]] = values.get(classes[name], rows.field.zero) + rows.coefficient(value, step)
            constant = S.Zero if CONSTANT in rows.names else form.get(CONSTANT, S.Zero)
            kept = frozenset((number, value) for number, value in values.items() if value)
            points.append((tuple(vanishing.remainder(state)), kept, rows.coefficient(constant, step)))
        keys[call.input] = (classes[call.input], tuple(points))
    return _numbered(keys)

