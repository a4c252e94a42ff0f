"""Iterations as data: state, parameters, oracle calls, initial conditions, one step as a list of assignments, output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Function, Symbol, nan, zoo
from sympy.core.function import AppliedUndef

from numeric.domains import Kind

MAX_STATE = 32
MAX_ASSIGNMENTS = 200

COUNTER = Symbol("t", integer=True, positive=True)
"""The number of the step, counted from 1."""


class IterationError(ValueError):
    """An iteration that does not hang together; `where` names it, `problem` says what is wrong."""

    def __init__(self, where: str, problem: str, remedy: str = "") -> None:
        self.where, self.problem, self.remedy = where, problem, remedy
        super().__init__(f"iteration {where!r}: {problem}" + (f"; {remedy}" if remedy else ""))


@dataclass(frozen=True)
class Parameter:
    """A coefficient such as the learning rate: its domain (a kind of `numeric.domains`), and whether it may be scheduled."""

    name: str
    kind: Kind = "real"
    scheduled: bool = False
    latex: str = ""

    @property
    def symbol(self) -> Symbol:
        """The symbol that stands for it in an iteration."""
        return letter(self.name)


@dataclass(frozen=True)
class Assignment:
    """name ← value, made in order; the value may use what was assigned before it in the same step."""

    name: str
    value: Expr


@dataclass(frozen=True)
class Iteration:
    """An iterative method.

    `start` gives every state variable its value before the first step, in terms of parameters and of the symbol
    `START`; `step` is what one step does; `first`, when it is not empty, is what the very first step does instead;
    `output` is the state variable that is the method's iterate.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    start: tuple[Assignment, ...]
    step: tuple[Assignment, ...]
    output: str
    first: tuple[Assignment, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if len(self.start) > MAX_STATE or len(self.step) + len(self.first) > MAX_ASSIGNMENTS:
            limits = f"at most {MAX_STATE} state variables and {MAX_ASSIGNMENTS} assignments"
            raise IterationError(self.name, "it is too large", limits)
        state = set(self.state)
        if len(state) < len(self.start):
            raise IterationError(self.name, "a state variable has two initial values")
        if self.output not in state:
            raise IterationError(self.name, f"the output {self.output} is no state variable", "give it an initial value")
        names = {p.name for p in self.parameters}
        before = {before_of(p.name) for p in self.parameters}
        reserved = (names | state | {a.name for a in (*self.step, *self.first)}) & {str(START), str(COUNTER)}
        if reserved:
            taken = f"{START} is the starting point, {COUNTER} the number of the step"
            raise IterationError(self.name, f"{reserved.pop()} is not a name to give away", taken)
        if any("__" in name for name in names | state):
            raise IterationError(self.name, "a name holds two underscores", "rename it")
        if len(names) < len(self.parameters) or names & state:
            raise IterationError(self.name, "a name is used twice", "rename one of the two")
        allowed = names | before | {str(COUNTER)}
        self._check(self.start, allowed | {str(START)})
        for program in (self.step, self.first):
            self._check(program, allowed | state)

    def _check(self, program: tuple[Assignment, ...], known: set[str]) -> None:
        seen = set(known)
        for assignment in program:
            unknown = {s.name for s in assignment.value.free_symbols} - seen
            if unknown:
                shown = ", ".join(sorted(unknown))
                raise IterationError(self.name, f"{shown} in the value of {assignment.name} has no value yet")
            if assignment.name in {p.name for p in self.parameters}:
                raise IterationError(self.name, f"the parameter {assignment.name} is assigned", "use another name")
            seen.add(assignment.name)

    @property
    def state(self) -> tuple[str, ...]:
        """The names of the state variables, in the order of their initial values."""
        return tuple(assignment.name for assignment in self.start)

    @cached_property
    def oracles(self) -> tuple[str, ...]:
        """The oracles called, by name."""
        calls = {c.func.__name__ for a in (*self.step, *self.first, *self.start) for c in a.value.atoms(AppliedUndef)}
        return tuple(sorted(calls))

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name. Raises: IterationError."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(p.name for p in self.parameters) or "none"
        raise IterationError(self.name, f"no parameter is called {name!r}", f"parameters: {known}")

    def specialised(self, values: Mapping[str, Expr], parameters: tuple[Parameter, ...]) -> Iteration:
        """The same iteration with parameters replaced by expressions in the given parameters, and no others left.

        Raises: IterationError when a step would divide by zero.
        """
        mapping = {letter(name): value for name, value in values.items()}
        late = {letter(p.name): letter(before_of(p.name)) for p in (*self.parameters, *parameters)}
        late[COUNTER] = COUNTER - 1
        mapping |= {letter(before_of(name)): value.xreplace(late) for name, value in values.items()}

        def put(program: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
            found = tuple(Assignment(a.name, a.value.xreplace(mapping)) for a in program)
            if any(a.value.has(zoo, nan) for a in found):
                raise IterationError(self.name, f"a step divides by zero where {values}")
            return found

        kept = tuple(p for p in self.parameters if p.name not in values)
        merged = tuple(dict.fromkeys((*kept, *(p for p in parameters if p.name not in {q.name for q in kept}))))
        return replace(self, parameters=merged, start=put(self.start), step=put(self.step), first=put(self.first))


def before_of(name: str) -> str:
    """The name that stands for a coefficient at the step before; at the first step it is the coefficient itself."""
    return f"{name}__-1"


def letter(name: str) -> Symbol:
    """The symbol of a state variable, parameter or intermediate value."""
    return Symbol(name, real=True)


def oracle(name: str) -> type[AppliedUndef]:
    """The function symbol of an oracle."""
    symbol: type[AppliedUndef] = Function(name, real=True)
    return symbol


START = letter("start")
"""The starting point of every method."""
