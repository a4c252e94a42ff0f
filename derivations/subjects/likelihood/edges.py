"""Minima that no zero of the score marks: at the edge of what the data allow, on a circle, at a kink."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Abs, Add, Expr, Integer, Max, Min, Sum, Symbol, cos, gcd_terms, sin

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols, fresh, occurs
from derivations.core.calculus import differentiate
from derivations.core.derivation import Argument
from derivations.core.inversion import find_root, parts_of, positivity_core
from derivations.core.kernel import RuleError
from derivations.core.naming import readable
from derivations.core.rules.boundary import ends
from derivations.core.solve import NotIsolable
from derivations.core.statements import InRange
from derivations.subjects.likelihood.lines import Lines, Refused


def bounded(lines: Lines, score: int, unknown: Symbol) -> int | None:
    """The boundary minimum over a parameter that the support depends on, or None when it does not. Raises: Refused."""
    if lines.support is None:
        return None
    statement = lines.proof.statement(lines.support)
    assert isinstance(statement, InRange)
    moved = [part for part in ends(statement) if occurs(unknown, part)]
    if not moved:
        return None
    body = lines.proof.right(score)
    limits = tuple(limit(lines, part, unknown) for part in moved)
    if not lines.normaliser.form(body):
        raise Refused(_as_good_as_another(lines, unknown, moved, limits))
    arguments: dict[str, Argument] = {"limits": limits}
    summand = each_observation(lines, body)
    if summand is not None and not any(lines.situation.positive(sign * body) for sign in (1, -1)):
        arguments["summand"] = summand
    lines.proof.heading("The likelihood is monotone: its maximum is at the edge")
    try:
        position = lines.proof.step(
            "boundary_minimum", score, lines.support, **arguments,
            note="The derivative has one sign, so the best value is the last one for which every observation lies in the "
            "support:",
        )  # fmt: skip
    except RuleError as failure:
        raise Refused(f"the support depends on {unknown}: {failure}") from failure
    if lines.situation.declarations[unknown.name].domain.kind == "positive":
        lines.assume(positivity_core(lines.proof.value(position), lines.normaliser), "Let")
    return position


def limit(lines: Lines, part: Expr, unknown: Symbol) -> Expr:
    """The value of a parameter at which an end of the support meets the data. Raises: Refused."""
    reasons = []
    for sign in (1, -1):
        try:
            return find_root(Add(*(sign * term for term in Add.make_args(part))), unknown, lines.normaliser).value
        except NotIsolable as failure:
            reasons.append(failure.why)
    raise Refused(f"the support depends on {unknown}, and {part} = 0 is not solved by it: {reasons[0]}")


def each_observation(lines: Lines, score: Expr) -> Expr | None:
    """s(xᵢ) with score = Σᵢ s(xᵢ), or None where the score is no such sum."""
    sample, size, index = lines.model.sample.head, lines.model.size, lines.model.index
    found: list[Expr] = []
    for monomial, coefficient in lines.normaliser.form(score).items():
        with_data = [(atom, power) for atom, power in monomial if atom.has(sample)]
        rest = p.monomial_expression(tuple(factor for factor in monomial if factor not in with_data), coefficient)
        if not with_data:
            found.append(rest / size)
            continue
        ((atom, power), *others) = with_data
        if others or power != 1 or not isinstance(atom, Sum) or [limit[1:] for limit in atom.limits] != [(1, size)]:
            return None
        found.append(rest * readable(atom.function.xreplace({atom.limits[0][0]: index}), lines.situation.declarations))
    return Add(*found)


def _as_good_as_another(lines: Lines, unknown: Symbol, moved: Sequence[Expr], limits: Sequence[Expr]) -> str:
    """The sentence on a likelihood that is constant as far as the data let the parameter move: its maximum is a set."""
    sides: dict[bool, list[Expr]] = {True: [], False: []}
    for part, value in zip(moved, limits, strict=True):
        slope = differentiate(part, unknown)
        if not (lines.situation.positive(slope) or lines.situation.positive(-slope)):
            return f"the likelihood does not depend on {unknown} where the data allow it: no value is better than another"
        sides[lines.situation.positive(slope)].append(value)
    lowest = f"{Max(*sides[True])} <= " if sides[True] else ""
    highest = f" <= {Min(*sides[False])}" if sides[False] else ""
    return (
        f"the likelihood is the same for every {lowest}{unknown}{highest} and zero elsewhere: each of these values is a maximum, "
        "none is the only one"
    )


def wave(lines: Lines, line: int, unknown: Symbol) -> int | None:
    """The direction of the resultant, where the objective is a wave in an angle and a rest free of it."""
    if lines.situation.declarations[unknown.name].domain.kind != "angle":
        return None
    groups = {g.part: g.coefficient for g in parts_of(lines.proof.right(line), unknown, lines.normaliser)}
    across, up = (groups.pop(part, Integer(0)) for part in (cos(unknown), sin(unknown)))
    rest = groups.pop(Integer(1), Integer(0))
    if groups or (across, up) == (0, 0):
        raise Refused(f"the angle {unknown} occurs in other ways than through its cosine and sine")
    weight = gcd_terms(Add(across, up), clear=False).as_independent(Sum, as_Add=False)[0]
    weight = abs(weight) if weight.is_number else weight * (-1 if lines.situation.positive(-weight) else 1)
    if not lines.situation.positive(weight):
        weight = Integer(1)
    across, up = -across / weight, -up / weight
    lines.proof.heading("A wave in the angle")
    wave = rest - weight * (across * cos(unknown) + up * sin(unknown))
    line = lines.rewritten(line, wave, note="With the addition theorem,")
    lines.assume(across**2 + up**2, "Let the observations have a direction:")
    return lines.proof.step(
        "minimum_on_circle", line, unknown=unknown, rest=rest, weight=weight, across=across, up=up,
        note="The wave is highest in the direction of its two amplitudes, once a turn:",
    )  # fmt: skip


def kink(lines: Lines, line: int, unknown: Symbol) -> int | None:
    """The median, where the objective is a sum of distances to the parameter and a rest free of it."""
    body = lines.proof.right(line)
    sums = [s for s in body.atoms(Sum) if isinstance(s.function, Abs) and occurs(unknown, s)]
    if len(sums) != 1:
        return None
    (distances,) = sums
    with_it = [term for term in Add.make_args(body) if occurs(unknown, term)]
    weight = Add(*with_it) / distances
    if occurs(unknown, weight):
        return None
    lines.proof.heading("A sum of distances")
    try:
        return lines.proof.step(
            "minimum_at_median", line, unknown=unknown, weight=weight, distances=distances,
            rest=Add(*(t for t in Add.make_args(body) if not occurs(unknown, t))),
            note="Left of the median more distances fall than rise, right of it more rise than fall:",
        )  # fmt: skip
    except RuleError as failure:
        raise Refused(f"the absolute value has a kink: {failure}") from failure


def midrange(lines: Lines, line: int, unknown: Symbol) -> int | None:
    """The point half-way, where the objective increases with the larger of two distances to either side of a parameter."""
    body = lines.proof.right(line)
    larger = [part for part in body.atoms(Max) if occurs(unknown, part)]
    if len(larger) != 1 or len(larger[0].args) != 2:
        return None
    falls = {lines.situation.positive(-differentiate(part, unknown)): part for part in larger[0].args}
    if len(falls) < 2:
        return None
    upper, lower = falls[True], falls[False]
    radius = fresh("r", free_symbols(body), Symbol("r", positive=True))
    lines.proof.heading("The larger of two distances")
    try:
        return lines.proof.step(
            "minimum_of_larger_distance", line, unknown=unknown, lower=unknown - lower, upper=upper + unknown,
            outer=body.xreplace({larger[0]: radius}), radius=radius,
            note="Away from the middle one of the two distances grows, and the objective with it:",
        )  # fmt: skip
    except RuleError as failure:
        raise Refused(f"the larger of two distances: {failure}") from failure
