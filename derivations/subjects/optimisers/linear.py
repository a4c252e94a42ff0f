"""Linear iterations as state-space systems over the field of rational functions in their parameters.

One step reads s⁺ = A·s + B·u with inputs u, one for each oracle call, and the point at which call i is made is a row of
s and of earlier inputs. Coefficients may be rational in the number of the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Add, Expr, Mul, Pow, S, Symbol
from sympy.core.function import AppliedUndef

from derivations.subjects.optimisers.iteration import COUNTER, START, Assignment, Iteration

Form = dict[str, Expr]
"""A linear form: coefficient by name of a state variable or input; the constant term under CONSTANT."""
CONSTANT = "1"
INPUT = "@"
"""How the name of an input begins; no state variable is called so."""


class NotLinear(ValueError):
    """A step that is not linear in state and oracle values."""

    def __init__(self, iteration: str, part: Expr) -> None:
        self.iteration, self.part = iteration, part
        super().__init__(f"{iteration}: {part} is not linear in the state and the oracle values")


@dataclass(frozen=True)
class Call:
    """One oracle call of a step: its name, the input that carries its value, its arguments as linear forms."""

    oracle: str
    input: str
    arguments: tuple[tuple[tuple[str, Expr], ...], ...]


@dataclass(frozen=True)
class Program:
    """One step: the new value of every state variable as a form in state and inputs, and the calls in order."""

    new: Mapping[str, Form]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class System:
    """An iteration in state-space form."""

    iteration: Iteration
    step: Program
    first: Program | None
    start: Mapping[str, Form]
    start_calls: tuple[Call, ...] = ()

    @cached_property
    def oracles(self) -> tuple[str, ...]:
        """The oracles in the order in which a step calls them."""
        return tuple(call.oracle for call in self.step.calls)


def system(iteration: Iteration) -> System:
    """The state-space form. Raises: NotLinear."""
    reader = _Reader(iteration)
    first = reader.program(iteration.first) if iteration.first else None
    calls: list[Call] = []
    start = {a.name: reader.form(a.value, {str(START): {str(START): S.One}}, calls) for a in iteration.start}
    return System(iteration, reader.program(iteration.step), first, start, tuple(calls))


@dataclass(frozen=True)
class _Reader:
    iteration: Iteration

    def program(self, assignments: tuple[Assignment, ...]) -> Program:
        env: dict[str, Form] = {name: {name: S.One} for name in self.iteration.state}
        calls: list[Call] = []
        for assignment in assignments:
            env[assignment.name] = self.form(assignment.value, env, calls)
        return _pruned(Program({name: env[name] for name in self.iteration.state}, tuple(calls)))

    def form(self, expression: Expr, env: Mapping[str, Form], calls: list[Call]) -> Form:
        """The expression as a linear form; oracle calls met for the first time are appended to `calls`."""
        if isinstance(expression, Symbol):
            return dict(env.get(expression.name, {CONSTANT: expression}) if expression != COUNTER else {CONSTANT: expression})
        if isinstance(expression, Add):
            return combine(*((S.One, self.form(term, env, calls)) for term in expression.args))
        if isinstance(expression, Mul):
            return self._product(expression, env, calls)
        if isinstance(expression, AppliedUndef):
            return self._call(expression, env, calls)
        if expression.is_Number:
            return {CONSTANT: expression} if expression else {}
        if isinstance(expression, Pow) and expression.exp.is_Integer:
            base = self.form(expression.base, env, calls)
            if set(base) <= {CONSTANT} and (base or expression.exp > 0):
                return {CONSTANT: expression.func(base.get(CONSTANT, S.Zero), expression.exp)}
        raise NotLinear(self.iteration.name, expression)

    def _product(self, expression: Expr, env: Mapping[str, Form], calls: list[Call]) -> Form:
        result: Form = {CONSTANT: S.One}
        for factor in expression.args:
            form = self.form(factor, env, calls)
            if set(result) <= {CONSTANT}:
                result = combine((result.get(CONSTANT, S.Zero), form))
            elif set(form) <= {CONSTANT}:
                result = combine((form.get(CONSTANT, S.Zero), result))
            else:
                raise NotLinear(self.iteration.name, expression)
        return result

    def _call(self, expression: AppliedUndef, env: Mapping[str, Form], calls: list[Call]) -> Form:
        arguments = tuple(tuple(sorted(self.form(a, env, calls).items())) for a in expression.args)
        name = expression.func.__name__
        for call in calls:
            if (call.oracle, call.arguments) == (name, arguments):
                return {call.input: S.One}
        calls.append(Call(name, f"{INPUT}{len(calls)}", arguments))
        return {calls[-1].input: S.One}


def _pruned(program: Program) -> Program:
    """The program without calls that nothing depends on, its inputs numbered in order."""
    needed = {name for form in program.new.values() for name in form}
    kept: list[Call] = []
    for call in reversed(program.calls):
        if call.input in needed:
            kept.insert(0, call)
            needed |= {name for argument in call.arguments for name, _ in argument}
    numbers = {call.input: f"{INPUT}{n}" for n, call in enumerate(kept)}

    def renamed(form: Form) -> Form:
        return {numbers.get(name, name): value for name, value in form.items()}

    calls = tuple(
        Call(c.oracle, numbers[c.input], tuple(tuple(sorted(renamed(dict(a)).items())) for a in c.arguments)) for c in kept
    )
    return Program({name: renamed(form) for name, form in program.new.items()}, calls)


def combine(*weighted: tuple[Expr, Form]) -> Form:
    """The weighted sum of linear forms."""
    total: Form = {}
    for weight, form in weighted:
        for name, coefficient in form.items():
            total[name] = total.get(name, S.Zero) + weight * coefficient
    return {name: value for name, value in total.items() if value != 0}
