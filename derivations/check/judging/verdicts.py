"""What can be said about a line: its role, its verdict, and what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from derivations.check.documents.pieces import Line


class Verdict(StrEnum):
    """Verdicts on a line."""

    RIGHT = "right"
    WRONG = "wrong"
    FOLLOWS = "follows-from-error"
    UNDECIDED = "undecided"
    UNREADABLE = "unreadable"
    TIMEOUT = "timeout"
    NOT_MATHEMATICS = "not-mathematics"


class Role(StrEnum):
    """What a line is meant to do."""

    DEFINITION = "definition"
    IDENTITY = "identity"
    LINK = "link"
    EQUATION = "equation"
    SOLVED = "solved"
    ANSWER = "answer"
    PREMISE = "premise"
    GOAL = "goal"
    BASE = "base"
    HYPOTHESIS = "hypothesis"
    STEP = "step"
    NUMBER = "number"
    INEQUALITY = "inequality"
    EXPRESSION = "expression"


@dataclass(frozen=True)
class Diagnosis:
    """The slip that explains a wrong line: its kind, a sentence, the part of the line it is about, and the line put right."""

    kind: str
    sentence: str
    part: str = ""
    repaired: str = field(default="", repr=False)


@dataclass(frozen=True)
class Judged:
    """The verdict on one line.

    evidence: proved, agrees, refuted, undecided, given or none. error: the line from which a consequent error follows.
    remarks: what
    is noted and is no mistake. counterexample: values of the letters, in the student's notation, and of both sides.
    """

    line: Line
    role: Role
    verdict: Verdict
    evidence: str = "none"
    reason: str = ""
    counterexample: Mapping[str, Any] | None = None
    diagnosis: Diagnosis | None = None
    error: int | None = None
    remarks: tuple[str, ...] = ()
    part: str = ""
