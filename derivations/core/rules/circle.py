"""A rule for angles: a cosine wave has one minimum a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol, atan2, cos, sin

from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.statements import Minimum, Statement


def minimum_on_circle(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A constant minus a wave C·cos θ + S·sin θ is lowest in the direction of (C, S), once a turn.

    Inference: f(θ) = a − c·(C·cos θ + S·sin θ), c > 0, C² + S² > 0, all free of θ, θ an angle in (−π, π]
    ⟶ f has its unique minimum at θ = atan2(S, C).
    Fails when: f is not that wave, θ is not declared an angle, or C and S may both be zero.
    Example: the direction of a von Mises distribution.
    """
    rule = "minimum_on_circle"
    identity = equation(rule, premises)
    unknown = argument(rule, arguments, "unknown")
    rest, weight, across, up = (argument(rule, arguments, name) for name in ("rest", "weight", "across", "up"))
    if identity.unknown or not isinstance(unknown, Symbol):
        raise RuleError(rule, "an identity in a single number is needed")
    if situation.declarations[unknown.name].domain.kind != "angle":
        raise RuleError(rule, f"{unknown} is not declared an angle", "a whole turn makes no difference: declare it so")
    if any(situation.depends(part, unknown) for part in (rest, weight, across, up)):
        raise RuleError(rule, f"{unknown} occurs beside its cosine and sine")
    for part in (weight, across**2 + up**2):
        if not situation.positive(part):
            raise RuleError(rule, f"{part} is not known to be positive", "assume it")
    _, ranges = situation.certified(rule, identity.right, rest - weight * (across * cos(unknown) + up * sin(unknown)))
    return Outcome(Minimum(identity.left, (unknown,), (atan2(up, across),)), ranges, Evidence(Word.PROVED, "kernel rule"))
