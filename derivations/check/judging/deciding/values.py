"""Equations with the values found for unknowns put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, Integer, Symbol

from derivations.check.judging.context.shapes import head_of, scalars_of
from derivations.check.judging.deciding.equivalence import equivalent
from derivations.check.judging.instances.laboratory import atoms_of
from derivations.check.judging.outcome import HOLDS
from derivations.check.judging.worlds.grounds import Grounds
from derivations.check.judging.worlds.names import Body
from derivations.check.judging.worlds.world import Hypothesis, World
from derivations.core.evidence import Evidence

Found = tuple[Hypothesis, Evidence, bool]
"""The equation that says the same, the evidence, and whether it is the one just before."""


def with_values(
    grounds: Grounds, residual: Expr, in_force: Sequence[Hypothesis], values: Mapping[Any, Body]
) -> Found | None:
    """The equation in force that says the same once values of unknowns are put in."""
    for head, (parameters, value) in values.items():
        if not residual.has(head) or not (isinstance(head, Symbol) or scalars_of(value)):
            continue
        inner = World(grounds.world.opaque, dict(grounds.world.definitions), solved={head: (parameters, value)})
        put = inner.expand(residual, solved=True)
        same = grounds.laboratory.compare(put, Integer(0))
        if same.word in HOLDS:
            return Hypothesis(residual, -1), Evidence(same.word, f"true for the value found for {head}"), True
        if not atoms_of(put):
            continue
        for hypothesis in in_force:
            if hypothesis.unknown is not None and head_of(hypothesis.unknown) == head:
                continue  # another accepted value of the same unknown says nothing once this one is put in
            other = inner.expand(hypothesis.residual, solved=True)
            if other == 0 or grounds.laboratory.compare(other, Integer(0), proving=False).word in HOLDS:
                continue
            evidence = equivalent(other, put, grounds.laboratory, None)
            if evidence.word in HOLDS:
                return hypothesis, Evidence(evidence.word, f"with the value found for {head}: {evidence.reason}"), True
    return _into_earlier(grounds, residual, in_force)


def _into_earlier(grounds: Grounds, residual: Expr, in_force: Sequence[Hypothesis]) -> Found | None:
    """The same for earlier equations in which the values found were put in."""
    for hypothesis in in_force:
        gone = {
            head: body for head, body in grounds.world.solved.items() if hypothesis.residual.has(head) and not residual.has(head)
        }
        if not gone:
            continue
        wanted = World(grounds.world.opaque, dict(grounds.world.definitions), solved=gone).expand(
            hypothesis.residual, solved=True
        )
        if grounds.laboratory.compare(wanted, Integer(0), proving=False).word in HOLDS:
            continue
        evidence = equivalent(wanted, residual, grounds.laboratory, None)
        if evidence.word in HOLDS:
            return hypothesis, Evidence(evidence.word, f"with the values found: {evidence.reason}"), True
    return None
