"""What an answer about two iterations holds: verdict, change of variables, conditions, proof or counterexample."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sympy import Expr

from derivations.core.derivation import Derivation
from derivations.subjects.optimisers.iteration import Iteration
from derivations.subjects.optimisers.runs import Counterexample

Schedules = str | Sequence[str]


class Verdict(StrEnum):
    """What is established about two iterations."""

    EQUIVALENT = "equivalent"
    NOT_EQUIVALENT = "not-equivalent"
    UNDECIDED = "undecided"


class ScheduleError(ValueError):
    """A schedule was asked for that the iterations do not have."""

    def __init__(self, asked: object, known: Sequence[str]) -> None:
        self.asked, self.known = asked, tuple(known)
        found = ", ".join(known) or "none"
        super().__init__(f"schedules: {asked!r} asked for; say constant, any, or some of the scheduled parameters: {found}")


@dataclass(frozen=True)
class Change:
    """Parameters and state variables of b in terms of those of a.

    `parameters`: name in b → expression in a's parameters, where it is not the same name. `variables`: "b.v" → expression
    in letters "a.theta" and a's parameters; a letter ending in `__-1` is the coefficient of the step before.
    """

    parameters: Mapping[str, Expr] = field(default_factory=dict)
    variables: Mapping[str, Expr] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"{name.rpartition('.')[2]} of {name[0] if '.' in name else 'b'} = {v}" for name, v in self.parameters.items()]
        parts += [f"{name} = {value}" for name, value in self.variables.items()]
        return readable("; ".join(parts))


def readable(text: str) -> str:
    """The coefficient of the step before as the text form of iterations writes it: previous(eta)."""
    return _BEFORE.sub(r"previous(\1)", text)


_BEFORE = re.compile(r"(\w+?)__-1")


@dataclass(frozen=True)
class Equivalence:
    """The answer for two iterations.

    equivalent: `map`, `conditions` and `proof`, a replayable derivation. not-equivalent: `counterexample`, `proof`, the
    derivation of the difference at the step where they part (None where it is too long to write), and `repair`, which says
    what would make them equal, or is empty. undecided: `reason` says what was tried. `compared` are the two as they were
    compared, with the map put in. `shift`: the steps of b are counted from a call so many later, from a start that fits.
    """

    a: Iteration
    b: Iteration
    schedules: tuple[str, ...]
    verdict: Verdict
    map: Change = field(default_factory=Change)
    conditions: tuple[str, ...] = ()
    proof: Derivation | None = None
    counterexample: Counterexample | None = None
    repair: str = ""
    reason: str = ""
    shift: int = 0
    compared: tuple[Iteration, Iteration] = field(kw_only=True, repr=False)

    def __str__(self) -> str:
        text = f"{self.a.name} and {self.b.name}: {self.verdict}"
        if self.verdict is Verdict.EQUIVALENT:
            return text + (f" ({'; '.join(self.conditions)})" if self.conditions else "")
        if self.counterexample is not None:
            return f"{text}; {self.counterexample.sentence()}" + (f". {self.repair}" if self.repair else "")
        return f"{text}; {self.reason}"

    def summary(self) -> str:
        """The answer in a few lines: verdict, change of variables, conditions or counterexample, repair."""
        lines = [f"{self.a.title}\n{self.b.title}\n\n{self.verdict}"]
        if self.verdict is Verdict.EQUIVALENT:
            lines += [f"  {part}" for part in str(self.map).split("; ")]
            lines += ["under the conditions"] + [f"  {condition}" for condition in self.conditions]
        if self.counterexample is not None:
            lines.append(f"  {self.counterexample.sentence()}")
        if self.repair:
            lines.append(f"  {self.repair}")
        if self.reason:
            lines.append(f"  {self.reason}")
        return "\n".join(lines) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain data, schema derivations/equivalence/1."""
        found = self.counterexample
        return {
            "schema": "derivations/equivalence/1",
            "a": self.a.name,
            "b": self.b.name,
            "schedules": list(self.schedules),
            "verdict": str(self.verdict),
            "shift": self.shift,
            "map": {
                "parameters": {name: readable(str(value)) for name, value in self.map.parameters.items()},
                "variables": {name: readable(str(value)) for name, value in self.map.variables.items()},
            },
            "conditions": list(self.conditions),
            "counterexample": None if found is None else found.as_dict(),
            "repair": self.repair,
            "reason": self.reason,
            "proof": None if self.proof is None else json.loads(self.proof.to_json()),
        }

    def _repr_html_(self) -> str:
        return self.proof.render("notebook") if self.proof is not None else f"<p>{html.escape(str(self))}</p>"

    def _repr_latex_(self) -> str:
        return self.proof.render("notebook-latex") if self.proof is not None else str(self)
