"""The outcome of judging one relation, before it becomes the verdict on a line."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.verdicts import Role, Verdict
from derivations.core.evidence import Evidence, Word


@dataclass(frozen=True)
class Target:
    """What a wrong relation should have been: sides to be equal, or an equation to be equivalent to one of others.

    sides: as they are written. left, right: in primitive letters. hypotheses: residuals the line should be equivalent to.
    """

    sides: tuple[Side, Side]
    left: Expr
    right: Expr
    hypotheses: tuple[Expr, ...] = ()
    premises: tuple[Expr, ...] = ()
    is_equation: bool = False
    relation: str = "="


@dataclass(frozen=True)
class Outcome:
    """Verdict, role and evidence of one relation; how it was reached, and what it says for the lines that follow."""

    verdict: Verdict
    role: Role
    evidence: str = "none"
    reason: str = ""
    counter: Evidence | None = None
    target: Target | None = None
    remarks: tuple[str, ...] = ()
    error: int | None = None
    defines: object = None
    residual: Expr | None = field(default=None, repr=False)
    unknown: Expr | None = field(default=None, repr=False)
    part: str = ""
    unsure: bool = False


ORDER = (
    Verdict.NOT_MATHEMATICS, Verdict.RIGHT, Verdict.UNDECIDED, Verdict.TIMEOUT, Verdict.UNREADABLE, Verdict.FOLLOWS,
    Verdict.WRONG,
)  # fmt: skip
"""From mildest to worst: a line is as bad as its worst relation."""


def right(role: Role, evidence: Evidence, **more: object) -> Outcome:
    """A right relation."""
    reason = evidence.reason
    return Outcome(Verdict.RIGHT, role, str(evidence.word), reason, **more)  # type: ignore[arg-type]


def wrong(role: Role, evidence: Evidence, target: Target, **more: object) -> Outcome:
    """A wrong relation."""
    return Outcome(Verdict.WRONG, role, "refuted", evidence.reason, evidence, target, **more)  # type: ignore[arg-type]


def undecided(role: Role, reason: str, **more: object) -> Outcome:
    """A relation that could not be judged."""
    return Outcome(Verdict.UNDECIDED, role, "undecided", reason, **more)  # type: ignore[arg-type]


def given(role: Role, reason: str, **more: object) -> Outcome:
    """Something that is said and not claimed to follow."""
    return Outcome(Verdict.RIGHT, role, "given", reason, **more)  # type: ignore[arg-type]


HOLDS = (Word.PROVED, Word.AGREES)
