"""What would make two iterations equal that are not: constant schedules, values of parameters, another start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, islice

from sympy import Integer, S, cancel

from derivations.subjects.optimisers.answers import Verdict, readable
from derivations.subjects.optimisers.arithmetic import differ
from derivations.subjects.optimisers.elimination import TooMuchWork
from derivations.subjects.optimisers.iteration import Assignment, IterationError, before_of, letter
from derivations.subjects.optimisers.parameters import Map, inside, proposals, solved
from derivations.subjects.optimisers.questions import MAX_COUNT, Question
from derivations.subjects.optimisers.runs import GRADIENTS, STARTS, Oracles, instances, run, scale
from derivations.subjects.optimisers.transformed import repeated

MAX_PARAMETERS = 12
"""With more parameters no special values of single ones are tried."""


def repair(question: Question) -> str:
    """What would make the two equal, or nothing: constant schedules, values of parameters, another start."""
    if question.scheduled:
        return "; ".join(part for part in (_steady(question), _rescaled_buffer(question)) if part)
    attempts = (_started_alike, _specialised, _rescaled, _counted, _fitting)
    try:
        found = next((words for attempt in attempts if (words := attempt(question))), "")
    except TooMuchWork:
        return ""
    return "; ".join(part for part in (found, _same_points(question, bool(found))) if part)


def _steady(question: Question) -> str:
    """The largest set of parameters that may still vary, or nothing when all of them are constant already."""
    for count in range(len(question.scheduled) - 1, -1, -1):
        for kept in combinations(question.scheduled, count):
            answer = replace(question, scheduled=kept).answer()
            if answer.verdict is Verdict.EQUIVALENT:
                fixed = [name for name in question.scheduled if name not in kept]
                changed = ", ".join(f"{n} of b = {v}" for n, v in answer.map.parameters.items())
                return f"They are equivalent for constant {' and '.join(fixed)}" + (f", with {changed}" if changed else "")
    return ""


def _rescaled_buffer(question: Question) -> str:
    """A state of b that is a multiple of one of a's, the factor depending on the coefficients, rescaled when they change."""
    steady = replace(question, scheduled=())
    if steady.linear is None or not steady.linear.comparable:
        return ""
    solved_for_b, _ = steady.linear.relate()
    late = {letter(name): letter(before_of(name)) for name in question.scheduled}
    rescalings = []
    for relation in solved_for_b.relations:
        side, _, name = relation.pivot.partition(".")
        factors = [factor for _, factor in relation.terms]
        if side == "b" and len(factors) == 1 and factors[0].xreplace(late) != factors[0]:
            rescalings.append(Assignment(name, letter(name) * cancel(factors[0] / factors[0].xreplace(late))))
    b = replace(question.b, step=(*rescalings, *question.b.step), title=f"{question.b.title}, rescaled")
    if not rescalings or replace(question, b=b).attempt().verdict is not Verdict.EQUIVALENT:
        return ""
    said = " and ".join(f"{r.name} = {readable(str(r.value))}" for r in rescalings)
    return f"they are equivalent for any schedule once each step of {question.b.name} begins with {said}"


def _started_alike(question: Question) -> str:
    """The first step of its own left out, so that the buffer starts at its initial value."""
    for side, one in (("a", question.a), ("b", question.b)):
        if one.first:
            plain = replace(one, first=())
            alike = replace(question, a=plain) if side == "a" else replace(question, b=plain)
            if alike.answer().verdict is Verdict.EQUIVALENT:
                return f"They are equivalent once the first step of {one.name} is like all others"
    return ""


def _specialised(question: Question) -> str:
    """One parameter at zero or one on both sides, or b a special or a general case of a."""
    if len(question.parameters) > MAX_PARAMETERS:
        return ""
    for parameter in question.parameters:
        for value in (Integer(0), Integer(1)) if parameter.kind in ("real", "nonnegative") else ():
            put = {parameter.name: value}
            there = _at(question, put)
            if there is not None and there.attempt().verdict is Verdict.EQUIVALENT:
                return f"They are equivalent for {parameter.name} = {value}"
    if question.linear is not None and question.linear.comparable and not question.told:
        small = list(islice(instances(question.parameters, ()), 5))
        maps = solved(*question.sides)
        for m in (*maps, *(_plain(found, question) for found in maps)):
            if inside(m, question.b, small) and question.under(m).attempt().verdict is Verdict.EQUIVALENT:
                return f"They are equivalent with {_shown(m)}"
    return ""


def _plain(found: Map, question: Question) -> Map:
    """The map with the parameters of b that it leaves free at zero."""
    free = {p.symbol: S.Zero for p in question.b.parameters if p.name not in found}
    return {name: value.xreplace(free) for name, value in found.items()} | {s.name: value for s, value in free.items()}


def _shown(found: Map) -> str:
    return ", ".join(f"{name} of b = {value}" for name, value in found.items())


def _counted(question: Question) -> str:
    """Several steps of one taken for one step of the other, where it calls the same oracles so many times."""
    if question.linear is None or question.counts != (1, 1):
        return ""
    calls = question.linear.a.oracles, question.linear.b.oracles
    for fast, slow in ((0, 1), (1, 0)):
        times, rest = divmod(len(calls[slow]), max(len(calls[fast]), 1))
        if rest or not 2 <= times <= MAX_COUNT or calls[fast] * times != calls[slow]:
            continue
        sides = [question.a, question.b]
        sides[fast] = repeated(sides[fast], times)
        counts = (times, 1) if fast == 0 else (1, times)
        if replace(question, a=sides[0], b=sides[1], counts=counts).answer().verdict is Verdict.EQUIVALENT:
            names = question.a.name, question.b.name
            return f"They are equivalent once {times} steps of {names[fast]} count for one of {names[slow]}"
    return ""


def _fitting(question: Question) -> str:
    """The same points queried from starts that fit, when it is only the initial conditions that do not."""
    found = question.shifted(0)
    if found is None:
        return ""
    return f"They query the same points from starts with {found.map}"


def _same_points(question: Question, repaired: bool) -> str:
    """The same points queried, though an iterate is more than a function of the other's state; with a map, if that is all."""
    if question.linear is None or not question.linear.comparable:
        return ""
    small = list(islice(instances(question.parameters, ()), 5))
    maps = [m for m in solved(*question.sides) if inside(m, question.b, small)] if not (question.told or repaired) else []
    for found in ({}, *maps):
        asked = question.under(found) if found else question
        if asked.linear is not None and asked.linear.relate()[0].same_queries:
            shown = f" with {_shown(found)}" if found else ""
            they = "they" if repaired else "They"
            return f"{they} query the same points{shown}, but their iterates are not functions of each other's state"
    return ""


def _at(question: Question, values: Map) -> Question | None:
    """The same question with parameters of both sides at given values; None where a step is not defined there."""
    try:
        a, b = (
            one.specialised({n: v for n, v in values.items() if any(p.name == n for p in one.parameters)}, ())
            for one in (question.a, question.b)
        )
    except IterationError:
        return None
    return replace(question, a=a, b=b, scheduled=tuple(n for n in question.scheduled if n not in values))


def _rescaled(question: Question) -> str:
    """Positive parameters of b scaled by powers of the bias corrections, for methods that are not linear."""
    if question.linear is not None or question.told:
        return ""
    shared = [p for p in question.parameters if any(p.name == q.name for q in question.b.parameters)]
    probes = list(islice(instances(question.parameters, ()), 2))
    for m in proposals(shared):
        if all(_agree_scaled(question, m, values) for values in probes) and (
            question.under(m).attempt().verdict is Verdict.EQUIVALENT
        ):
            return "They are equivalent with " + ", ".join(f"{n} of b = {v}" for n, v in m.items())
    return ""


def _agree_scaled(question: Question, factors: Map, values: Mapping[str, tuple[Fraction, ...]]) -> bool:
    """Whether the first two iterates agree on an instance when b's coefficients are scaled step by step."""
    scaled = {
        name: tuple(scale(factors[name], values, t) for t in (1, 2)) if name in factors else sequence
        for name, sequence in values.items()
    }
    oracles = Oracles([Fraction(g) for g in GRADIENTS[3]])
    try:
        left = run(question.a, values, STARTS[1], oracles, 2)
        right = run(question.b, scaled, STARTS[1], oracles, 2)
    except (ZeroDivisionError, ValueError):
        return False
    return not any(map(differ, left.iterates, right.iterates))
