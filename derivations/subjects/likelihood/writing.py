"""Writing the derivation: one parameter after another, each put in before the next."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Subs, Symbol

from derivations.core.binding import occurs, substitute
from derivations.core.kernel import RuleError
from derivations.core.roots import NoZero, QuadraticRoot, Root
from derivations.core.solve import NotIsolable
from derivations.core.statements import BoundaryMinimum, Minimum, Unsolved
from derivations.subjects.likelihood.edges import bounded, kink, midrange, wave
from derivations.subjects.likelihood.lines import Lines, Refused
from derivations.subjects.likelihood.stationary import no_zero, refuse_even, refuse_whole, root, stationary, unsolved


def solve(lines: Lines, line: int, unknown: Sequence[Symbol], stage: int = 0) -> int:
    """The position of the conclusion over all of `unknown`, the objective being written at `line`."""
    position = first(lines, line, unknown)
    statement = lines.proof.statement(position)
    if isinstance(statement, Unsolved):
        return position
    assert isinstance(statement, (Minimum, BoundaryMinimum))
    ((solved,), (value,)) = statement.unknown, statement.value
    rest = [u for u in unknown if u != solved]
    if not rest:
        return position
    lines.proof.heading(f"With the best {lines.model.shown(solved)} put in")
    objective = statement.objective
    body = substitute(lines.proof.right(line), {solved: value})
    left = lines.objective(stage + 1, rest)
    carry(lines, solved, value)
    start = lines.proof.step(
        "define", left=left, right=Subs(objective, solved, value), note="What remains is a function of the rest:"
    )
    start = lines.tidied(lines.rewritten(start, body))
    inner = solve(lines, start, rest, stage + 1)
    found = lines.proof.statement(inner)
    known = found.eliminated if isinstance(found, Unsolved) else found.unknown  # type: ignore[union-attr]
    values = found.values if isinstance(found, Unsolved) else found.value  # type: ignore[union-attr]
    together = substitute(value, dict(zip(known, values, strict=True)))
    if stage == 0:
        lines.proof.heading("All together")
    for parameter, at in zip(known, values, strict=True):
        carry(lines, parameter, at)
    return lines.proof.step("minimise_in_turn", position, inner, value=together)


def carry(lines: Lines, parameter: Symbol, value: Expr) -> None:
    """State at the estimate what was assumed for every value of a parameter, where it is not known there."""
    for expression in lines.situation.assumptions:
        if occurs(parameter, expression):
            lines.assume(substitute(expression, {parameter: value}), "At the estimate,")


def first(lines: Lines, line: int, unknown: Sequence[Symbol]) -> int:
    """The minimum over one of the parameters, whatever the others are, or the equations that are left. Raises: Refused."""
    scores: dict[Symbol, int] = {}
    reasons: list[str] = []
    blocked: list[Refused] = []
    found: list[tuple[bool, int, Symbol, Root | QuadraticRoot]] = []
    for order, parameter in enumerate(unknown):
        special = wave(lines, line, parameter) or kink(lines, line, parameter) or midrange(lines, line, parameter)
        if special is not None:
            return special
        try:
            score = lines.score(line, parameter)
        except Refused as refusal:
            refuse_whole(lines, parameter)
            raise refusal
        try:
            edge = bounded(lines, score, parameter)
        except Refused as refusal:
            blocked.append(refusal)
            continue
        if edge is not None:
            return edge
        scores[parameter] = score
        try:
            zero = root(lines, lines.proof.right(score), parameter)
        except NoZero as failure:
            raise Refused(no_zero(lines, score, parameter, failure)) from failure
        except NotIsolable as failure:
            refuse_even(lines, line, parameter)
            reasons.append(failure.why)
            continue
        depends = any(occurs(other, zero.value) for other in unknown if other != parameter)
        found.append((depends, order, parameter, zero))
        if not depends:
            break
    if found:
        _, _, parameter, zero = min(found, key=lambda item: item[:2])
        try:
            return stationary(lines, line, scores[parameter], parameter, zero)
        except RuleError as failure:
            raise Refused(f"the zero of the score in {parameter}: {failure}") from failure
    if blocked:
        raise blocked[0]
    lines.proof.heading("What is left to solve")
    return unsolved(lines, scores, "; ".join(dict.fromkeys(reasons)))
