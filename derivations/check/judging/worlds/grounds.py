"""On what a relation is decided: what the problem gives, one world, and the instances of a chapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Derivative, Expr, Indexed, Symbol
from sympy.core.function import AppliedUndef

from derivations.check.judging.context.formulas import Side
from derivations.check.judging.context.reference import Reference, without_aliases
from derivations.check.judging.context.shapes import DERIVATIVES, heads_of
from derivations.check.judging.context.situation import Situation
from derivations.check.judging.instances.laboratory import Laboratory
from derivations.check.judging.worlds.conditions import Condition
from derivations.check.judging.worlds.world import Hypothesis, World
from derivations.check.problems.problem import MARKS, Problem
from derivations.core.binding import free_symbols

_MULTIPLIERS = frozenset(("lambda", "lam", "nu"))
MAX_COMPARED = 6
"""Earlier equations a new one is compared with."""


@dataclass(frozen=True)
class Grounds:
    """What a relation is decided on: the problem, what it gives, the instances of a chapter, one world, letters seen before.

    fresh: letters whose numbers were said just before.
    """

    problem: Problem
    reference: Reference
    laboratory: Laboratory
    world: World
    seen: frozenset[object] = frozenset()
    fresh: frozenset[object] = frozenset()

    def supposing(self, situation: Situation) -> World:
        """The world with what is supposed in this line alone."""
        if not situation.supposed:
            return self.world
        world = self.world.copy(self.world.blame or 0)
        for key, (parameters, body) in situation.supposed.items():
            world.define(key, parameters, body)
        return world

    def is_index(self, name: object) -> bool:
        """Whether a letter counts entries: a value said for it holds here and not for good."""
        return isinstance(name, Symbol) and self.laboratory.declarations.range_of(name) is not None

    def holds_other_objective(self, side: Side, name: object) -> bool:
        """Whether a Lagrangian is being built: the right side holds the objective itself."""
        names = {part.func.__name__ for part in side.expression.atoms(AppliedUndef)}
        return bool(names & {str(n) for n in self.reference.objectives} - {str(name)})

    def is_known(self, name: object) -> bool:
        """Whether the problem says what this letter is: data or a parameter."""
        label = name if isinstance(name, str) else str(getattr(name, "label", name))
        return label in self.reference.primitive and not self._marked(label)

    def is_estimate(self, name: object) -> bool:
        r"""Whether a name is marked as an estimate: \hat\mu, \mu^*."""
        return self._marked(str(getattr(name, "label", name)))

    def _marked(self, label: str) -> bool:
        return label.rpartition("_")[2] in MARKS

    def alias_of(self, name: Any) -> Any:
        """The unknown whose estimate this name is: declared by the problem, or a marked letter of an equation in force."""
        if name in self.reference.aliases:
            return self.reference.aliases[name]
        label = str(getattr(name, "label", name))
        root, _, mark = label.rpartition("_")
        if mark not in MARKS or not root:
            return None
        for hypothesis in reversed(self.world.hypotheses):
            for atom in hypothesis.residual.atoms(Indexed, Symbol):
                if str(getattr(atom, "base", atom)) == root:
                    return atom
        return None

    def unaliased(self, expression: Expr) -> Expr:
        r"""\hat\mu as \mu, where an equation in \mu is in force."""
        aliases = {}
        for atom in expression.atoms(Indexed, Symbol):
            head = atom.base if isinstance(atom, Indexed) else atom
            unknown = self.alias_of(head)
            if unknown is not None:
                aliases[head] = unknown
        return without_aliases(expression, aliases)

    def keep_to(self, difference: Expr, relation: str) -> None:
        """Take an inequality, difference relation 0, into account on all instances from here on."""
        declared = self.laboratory.declarations
        known = ((symbol, declared.range_of(symbol)) for symbol in sorted(free_symbols(difference), key=str))
        ranges = tuple((symbol, found[1]) for symbol, found in known if found is not None)
        self.laboratory.require(Condition(difference, relation, ranges))

    def in_force(self) -> list[Hypothesis]:
        """The equations a new one is compared with: the last ones first, then what the problem gives."""
        recent = list(reversed(self.world.hypotheses))[:MAX_COMPARED]
        return recent + list(self.reference.solutions)

    def all_known(self, residual: Expr) -> bool:
        """Whether every letter is one of the problem's, or a size."""
        if self.world.opaque.holds(residual):
            return False
        return all(
            getattr(h, "is_integer", False) or str(getattr(h, "label", h)) in self.reference.primitive | _MULTIPLIERS
            for h in heads_of(residual)
        )

    def must_hold_everywhere(self, head: Side) -> bool:
        """Whether a chain that starts here is about values for all parameters: an objective, a derivative, a defined function."""
        expression = head.expression
        if isinstance(expression, AppliedUndef):
            return True
        if expression.has(Derivative) or any(p.func.__name__ in DERIVATIVES for p in expression.atoms(AppliedUndef)):
            return True
        return any(p.func.__name__ in self.reference.objectives for p in expression.atoms(AppliedUndef))
