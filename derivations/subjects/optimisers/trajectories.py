"""Runs of two iterations on functions of one variable: quadratic, logistic, not convex; together, or apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mpmath import mp, mpf
from numpy.random import Generator
from sympy import Rational

from derivations.core.derivation import Derivation, Kind
from derivations.core.reports import Row
from derivations.subjects.optimisers.answers import Equivalence, Verdict
from derivations.subjects.optimisers.arithmetic import DIGITS, Number, floating
from derivations.subjects.optimisers.iteration import Assignment, Iteration, letter
from derivations.subjects.optimisers.runs import run
from numeric.oracles import optimisers as loops

STEPS = 30
Oracle = Callable[[str, tuple[Number, ...]], Number]
Path = tuple[Number, ...]


def oracles_of(rng: Generator) -> dict[str, Oracle]:
    """Objective → its oracles: a gradient, and the proximal operators of |x| and of x²/2 in every case."""
    curvature, centre = mpf(float(1 + rng.random())), mpf(float(rng.normal()))
    gradients: Mapping[str, Callable[[Number], Number]] = {
        "quadratic": lambda x: curvature * (x - centre),
        "logistic loss": lambda x: 1 / (1 + mp.exp(-x)) - mpf(1) / 3,
        "function that is not convex": lambda x: mp.sin(3 * x) + x / 5,
    }

    def oracle(gradient: Callable[[Number], Number]) -> Oracle:
        def ask(name: str, point: tuple[Number, ...]) -> Number:
            if name.startswith("prox"):
                step, x = map(floating, point)
                return x / (1 + step) if name == "prox" else mp.sign(x) * max(abs(x) - step, 0)
            return gradient(floating(point[0]))

        return ask

    return {name: oracle(gradient) for name, gradient in gradients.items()}


def coefficients(
    iterations: tuple[Iteration, Iteration], scheduled: tuple[str, ...], rng: Generator
) -> dict[str, tuple[Number, ...]]:
    """A coefficient for each parameter, one a step where it is scheduled, small enough for the runs to stay finite."""
    found: dict[str, tuple[Number, ...]] = {}
    for parameter in (p for iteration in iterations for p in iteration.parameters):
        largest = 0.1 if parameter.name == "eta" else 0.8
        count = STEPS if parameter.name in scheduled else 1
        found.setdefault(parameter.name, tuple(mpf(float(largest * (0.2 + 0.8 * rng.random()))) for _ in range(count)))
    return found


def fitted(answer: Equivalence, values: Mapping[str, tuple[Number, ...]]) -> tuple[Iteration, Iteration]:
    """Both as they were compared; where the calls of one are shifted, a starts where the relations say."""
    a, b = answer.compared
    if not answer.shift:
        return a, b
    state = {letter(f"b.{s.name}"): Rational(n, 3) for n, s in enumerate(b.start, start=1)}
    numbers = {letter(name): Rational(str(mp.nstr(sequence[0], DIGITS))) for name, sequence in values.items()}
    related = {letter(name): value.xreplace({**state, **numbers}) for name, value in answer.map.variables.items()}

    def begun(one: Iteration, side: str) -> Iteration:
        found = {**state, **related}
        return replace(one, start=tuple(Assignment(s.name, found.get(letter(f"{side}.{s.name}"), s.value)) for s in one.start))

    return begun(a, "a"), begun(b, "b")


def paths(answer: Equivalence, values: Mapping[str, tuple[Number, ...]], ask: Oracle) -> tuple[str, Path, Path]:
    """What two runs have in common or not: the iterates; the points queried where those are what is the same."""
    left, right = (run(one, values, mpf(1), ask, STEPS) for one in fitted(answer, values))
    outputs = {f"a.{answer.compared[0].output}", f"b.{answer.compared[1].output}"}
    equal = any({name, str(value)} == outputs for name, value in answer.map.variables.items())
    if answer.verdict is not Verdict.EQUIVALENT or (equal and not answer.shift):
        return "iterate", left.iterates, right.iterates
    points = tuple(tuple(point[-1] for calls in trace.calls for _, point in calls) for trace in (left, right))
    return "point queried", points[0], points[1]


def pair_runs(answer: Equivalence, derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Both methods side by side on each objective, in 50 digits: the gap is rounding, or it is not."""
    values = coefficients(answer.compared, answer.schedules, rng)
    same = derivation.conclusion.kind is Kind.EQUIVALENT
    for name, ask in oracles_of(rng).items():
        left, right = (run(one, values, mpf(1), ask, STEPS) for one in fitted(answer, values))
        with mp.workdps(DIGITS):
            gap = max(_gap(one, other) for one, other in zip(left.calls, right.calls, strict=True))
            gap = gap if same else max(abs(floating(x) - floating(y)) for x, y in zip(left.iterates, right.iterates, strict=True))
            size = max(1, *(abs(floating(x)) for x in left.iterates))
        yield Row(
            f"{name}: largest gap of {'the points queried' if same else 'the iterates'} over {STEPS} steps",
            "0" if same else "> 0", mp.nstr(gap, 3), "1e-30" if same else "1e-6", f"{DIGITS} digits are carried",
            bool(gap <= size * mpf(10) ** -30) if same else bool(gap > 1e-6),
        )  # fmt: skip


def _gap(one: Any, other: Any) -> Number:
    return max(
        abs(floating(x) - floating(y)) for (_, p), (_, q) in zip(one, other, strict=True) for x, y in zip(p, q, strict=True)
    )


def splitting_runs(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Douglas–Rachford and ADMM by independent loops, from starts that fit: the same calls, one call apart."""
    step, y, u = 0.7, float(rng.normal()), float(rng.normal())
    proxes: tuple[Callable[[float], float], Callable[[float], float]] = (
        lambda x: x / (1 + step), lambda x: max(abs(x) - step, 0.0) * (1 if x > 0 else -1)
    )  # fmt: skip
    calls = list(loops.admm_points(*proxes, y, u, STEPS))[1:]
    shifted = list(loops.douglas_rachford_points(*proxes, calls[0][1], STEPS))[: len(calls)]
    gap = max(abs(p - q) for (_, p), (_, q) in zip(calls, shifted, strict=True))
    names = [a for a, _ in calls] == [a for a, _ in shifted]
    yield Row(
        f"points of the first {len(calls)} proximal steps", "0", f"{gap:.2g}", "1e-12", "rounding", names and gap <= 1e-12
    )  # fmt: skip
