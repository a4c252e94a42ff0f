"""Running iterations on small exact numbers, and the smallest instance on which two of them part.

The oracles are what both are told they are: the first time a point is queried a value is fixed for it, and whoever asks
at the same point gets the same value. Finitely many values at distinct points are values of a smooth function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

from mpmath import mp
from sympy import Expr

from derivations.subjects.optimisers.arithmetic import DIGITS, Ask, Number, compiled, differ, shown
from derivations.subjects.optimisers.iteration import COUNTER, START, Assignment, Iteration, Parameter, before_of
from derivations.subjects.optimisers.oracles import ORDER

STEPS = 5
MORE_TRIES = 16
"""Instances tried after two iterations have been seen to part, for one on which they part earlier."""


class Oracles:
    """Values of the oracles at the points asked so far.

    Each oracle hands out its values in order from a list that repeats its last entry; every further oracle adds a number
    of its own, for it is another function.
    """

    def __init__(self, values: Sequence[Number]) -> None:
        self._values = tuple(values)
        self.known: dict[tuple[str, tuple[Number, ...]], Number] = {}

    def __call__(self, name: str, point: tuple[Number, ...]) -> Number:
        """The value of an oracle at a point."""
        if (name, point) in self.known:
            return self.known[name, point]
        for (other, place), value in self.known.items():
            if other == name and len(place) == len(point) and not any(map(differ, place, point)):
                return value
        used = sum(1 for other, _ in self.known if other == name)
        value = self.known[name, point] = self._values[min(used, len(self._values) - 1)] + ORDER[name]
        return value


@dataclass(frozen=True)
class Trace:
    """One run: the iterate before step 1, after step 1, …, and every oracle call (oracle, point) step by step."""

    iterates: tuple[Number, ...]
    calls: tuple[tuple[tuple[str, tuple[Number, ...]], ...], ...]
    states: tuple[Mapping[str, Number], ...]


def run(iteration: Iteration, values: Mapping[str, Sequence[Number]], start: Number, oracles: Ask, steps: int) -> Trace:
    """Run an iteration; `values` holds the coefficient of every parameter at each step.

    Raises: ZeroDivisionError or ValueError where a step is not defined.
    """
    with mp.workdps(DIGITS):
        return _run(iteration, values, start, oracles, steps)


def _run(iteration: Iteration, values: Mapping[str, Sequence[Number]], start: Number, oracles: Ask, steps: int) -> Trace:
    fixed = {name: sequence[0] for name, sequence in values.items()}
    env: dict[str, Number] = {}
    asked: list[tuple[str, tuple[Number, ...]]] = []

    def ask(name: str, point: tuple[Number, ...]) -> Number:
        asked.append((name, point))
        return oracles(name, point)

    for assignment in iteration.start:
        env[assignment.name] = compiled(assignment.value)({**fixed, str(START): start}, ask)
    iterates, calls, states = [env[iteration.output]], [], [dict(env)]
    for step in range(steps):
        now = {name: sequence[min(step, len(sequence) - 1)] for name, sequence in values.items()}
        earlier = max(step - 1, 0)
        now |= {before_of(name): sequence[min(earlier, len(sequence) - 1)] for name, sequence in values.items()}
        now[str(COUNTER)] = Fraction(step + 1)
        asked = []
        _make(iteration.first if iteration.first and step == 0 else iteration.step, env, now, ask)
        calls.append(tuple(asked))
        env = {name: env[name] for name in iteration.state}
        iterates.append(env[iteration.output])
        states.append(dict(env))
    return Trace(tuple(iterates), tuple(calls), tuple(states))


def _make(program: tuple[Assignment, ...], env: dict[str, Number], now: Mapping[str, Number], ask: Ask) -> None:
    known = {**env, **now}
    for assignment in program:
        env[assignment.name] = known[assignment.name] = compiled(assignment.value)(known, ask)


def _silent(name: str, point: tuple[Number, ...]) -> Number:
    raise ValueError(f"{name} called where only parameters may stand")


def scale(expression: Expr, values: Mapping[str, Sequence[Number]], step: int) -> Number:
    """The value of an expression in parameters and the step number t."""
    with mp.workdps(DIGITS):
        env = {name: sequence[min(step - 1, len(sequence) - 1)] for name, sequence in values.items()}
        return compiled(expression)({**env, str(COUNTER): Fraction(step)}, _silent)


# ---------------------------------------------------------------------- counterexamples


@dataclass(frozen=True)
class Counterexample:
    """An instance on which two iterations part: at `step` (1: after the first step) `left` and `right` differ.

    `what` is "iterate" or "query"; `parameters` holds the coefficient of each step where it varies; `oracles` the values
    handed out, in the order in which they were asked for.
    """

    step: int
    left: Number
    right: Number
    what: str
    start: Fraction
    parameters: Mapping[str, tuple[Fraction, ...]]
    oracles: tuple[tuple[str, tuple[Number, ...], Number], ...] = field(default=())

    def sentence(self) -> str:
        """The counterexample in one line."""
        letters = ", ".join(f"{n} = {', '.join(map(shown, v))}" for n, v in self.parameters.items())
        asked = ", ".join(f"{name}({', '.join(map(shown, point))}) = {shown(value)}" for name, point, value in self.oracles)
        return (
            f"they part at step {self.step}: {shown(self.left)} against {shown(self.right)}, "
            f"from start {shown(self.start)} with {letters or 'no parameters'} and {asked or 'no oracle call'}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The instance as plain data; numbers as text, exact where they are rational."""
        return {
            "step": self.step,
            "what": self.what,
            "a": shown(self.left),
            "b": shown(self.right),
            "start": shown(self.start),
            "parameters": {name: [shown(v) for v in values] for name, values in self.parameters.items()},
            "oracles": [
                {"oracle": name, "point": [shown(x) for x in point], "value": shown(value)} for name, point, value in self.oracles
            ],
        }


POSITIVE = (Fraction(1), Fraction(1, 2), Fraction(2))
VALUES: dict[str, tuple[Fraction, ...]] = {
    "positive": POSITIVE,
    "nonnegative": POSITIVE,
    "unit-interval": (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)),
    "real": (Fraction(2), Fraction(1, 2), Fraction(-1)),
}
"""Small values for a parameter, by the kind of its domain, in the order in which they are tried."""
GRADIENTS = ((1, 0), (1, 2, -1), (2, 1, 1, 3), (-1, 3, 5, 2, 7))
LONG_RUN = 24
CHANGING = tuple((7 * n * n + 3 * n) % 19 - 9 for n in range(LONG_RUN))
"""Values of an oracle that change their sign and size often: a sign or a maximum that differs seldom shows up on them."""
STARTS = (Fraction(0), Fraction(1))


def instances(parameters: Sequence[Parameter], scheduled: Sequence[str]) -> Iterator[dict[str, tuple[Fraction, ...]]]:
    """Small coefficients, simplest first; of the scheduled ones first a single one changes from step to step, then all."""
    rounds: list[tuple[int, ...]] = [tuple((shift + n) % 3 for n in range(len(parameters))) for shift in range(3)]
    rounds += [tuple((shift * (n + 1)) % 3 for n in range(len(parameters))) for shift in (1, 2)]
    changing = [(), *((name,) for name in scheduled), tuple(scheduled)]
    for names, picks in product(dict.fromkeys(changing), dict.fromkeys(rounds)):
        values = {}
        for parameter, pick in zip(parameters, picks, strict=True):
            menu = VALUES[parameter.kind]
            turns = (pick, pick + 1, pick + 2, pick, pick, pick + 1) if parameter.name in names else (pick,)
            values[parameter.name] = tuple(menu[turn % 3] for turn in turns)
        yield values


def part(
    a: Iteration,
    b: Iteration,
    parameters: Sequence[Parameter],
    scheduled: Sequence[str],
    what: str = "iterate",
    steps: int = STEPS,
) -> Counterexample | None:
    """The instance on which two iterations part earliest among small ones, or None when they agree on all of them.

    `what`: compare the iterates, or the points at which the oracles are queried; over so many `steps`; over more than
    STEPS of them on values that change often as well.
    """
    menu = (CHANGING, *GRADIENTS) if steps > STEPS else GRADIENTS
    best: Counterexample | None = None
    left = MORE_TRIES
    for values, gradients, start in product(instances(parameters, scheduled), menu, STARTS):
        found = part_on(a, b, values, start, gradients, what, steps if best is None else best.step - 1)
        best = found or best
        left -= best is not None
        if best is not None and (left == 0 or best.step == (1 if what == "iterate" else 0)):
            break
    return best


def defined(a: Iteration, b: Iteration, parameters: Sequence[Parameter], scheduled: Sequence[str]) -> bool:
    """Whether both can be run for a step on one of the small instances."""
    for values, gradients, start in product(instances(parameters, scheduled), GRADIENTS, STARTS):
        try:
            for one in (a, b):
                run(one, values, start, Oracles([Fraction(g) for g in gradients]), 1)
        except (ZeroDivisionError, ValueError):
            continue
        return True
    return False


def part_on(
    a: Iteration,
    b: Iteration,
    values: Mapping[str, tuple[Fraction, ...]],
    start: Fraction,
    gradients: Sequence[Number],
    what: str,
    steps: int = STEPS,
) -> Counterexample | None:
    """Where two iterations part on one instance within some steps, or None."""
    oracles = Oracles([Fraction(g) if isinstance(g, int) else g for g in gradients])
    try:
        left, right = (run(one, values, start, oracles, steps) for one in (a, b))
    except (ZeroDivisionError, ValueError):
        return None
    pairs = list(zip(left.iterates, right.iterates, strict=True))
    if what == "query":
        pairs = [_first_difference(one, other) for one, other in zip(left.calls, right.calls, strict=True)]
    for step, (one, other) in enumerate(pairs):
        if differ(one, other):
            again = Oracles([Fraction(g) if isinstance(g, int) else g for g in gradients])
            shorter = min(step + (what == "query"), steps)
            for method in (a, b):
                run(method, values, start, again, shorter)
            asked = tuple((name, point, value) for (name, point), value in again.known.items())
            used = {name: _used(sequence, step) for name, sequence in values.items()}
            return Counterexample(step, one, other, what, start, used, asked)
    return None


def _used(sequence: tuple[Fraction, ...], step: int) -> tuple[Fraction, ...]:
    kept = sequence[: max(step, 1)]
    return kept[:1] if len(set(kept)) == 1 else kept


def _first_difference(one: Any, other: Any) -> tuple[Number, Number]:
    if len(one) != len(other) or [c[0] for c in one] != [c[0] for c in other]:
        return Fraction(0), Fraction(1)
    for (_, left), (_, right) in zip(one, other, strict=True):
        for x, y in zip(left, right, strict=True):
            if differ(x, y):
                return x, y
    return Fraction(0), Fraction(0)
