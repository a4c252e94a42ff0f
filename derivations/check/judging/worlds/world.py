"""A world: what is defined and what has been found so far, in truth or as a student with an earlier error sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Basic, Expr

from derivations.check.judging.worlds.expansion import Expansion
from derivations.check.judging.worlds.matrix_world import MatrixWorld
from derivations.check.judging.worlds.names import Body, named_in, unprimed
from derivations.check.judging.worlds.opaque import Opaque


@dataclass
class World:
    """Definitions by name of function, by array or by letter; derivatives taken for granted; values found for unknowns."""

    opaque: Opaque
    definitions: dict[object, Body] = field(default_factory=dict)
    overrides: dict[Expr, Expr] = field(default_factory=dict)
    solved: dict[object, Body] = field(default_factory=dict)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    blame: int | None = None
    conventional: set[object] = field(default_factory=set)
    matrices: MatrixWorld = field(default_factory=MatrixWorld)
    _known: dict[tuple[Expr, bool], Expr] = field(default_factory=dict, repr=False)

    def leave(self, kept: dict[object, Body]) -> None:
        """Forget everything but some definitions."""
        self.definitions = kept
        self.overrides.clear()
        self.solved.clear()
        self.hypotheses.clear()
        self._known.clear()

    def names(self, expression: Basic) -> bool:
        """Whether a definition gives the expression a value: L after L(θ) = …, ℓ(θ) after ℓ = …, f'(x) after f(x) = …."""
        primed = unprimed(expression)
        return named_in(self.definitions, primed[0] if primed is not None else expression) is not None

    def copy(self, blame: int) -> World:
        """The same world from here on, for what follows from an error."""
        return World(
            self.opaque, dict(self.definitions), dict(self.overrides), dict(self.solved), list(self.hypotheses), blame,
            self.conventional, self.matrices,
        )  # fmt: skip

    def define(self, key: object, parameters: tuple[Expr, ...], body: Expr) -> None:
        """Give a name a meaning; an earlier one is replaced."""
        self.conventional.discard(key)
        self.definitions[key] = (parameters, body)
        self._known.clear()

    def solve(self, key: object, parameters: tuple[Expr, ...], value: Expr) -> None:
        """Remember the value found for an unknown."""
        self.solved[key] = (parameters, value)
        self._known.clear()

    def override(self, derivative: Expr, value: Expr) -> None:
        """Take a derivative for granted."""
        self.overrides[derivative] = value
        self._known.clear()

    def suppose(self, hypothesis: Hypothesis) -> None:
        """Remember an equation."""
        self.hypotheses.append(hypothesis)
        del self.hypotheses[:-12]

    def expand(self, expression: Expr, *, solved: bool = False) -> Expr:
        """The expression in primitive letters: definitions unfolded, derivatives of what is known explicit, the
        rest opaque atoms.

        solved: unknowns with a value found are replaced by it too.
        """
        key = (expression, solved)
        if key not in self._known:
            heads = {**self.definitions, **self.solved} if solved else self.definitions
            self._known[key] = Expansion(self, heads).of(expression, 0)
        return self._known[key]


@dataclass(frozen=True)
class Hypothesis:
    """An equation that holds from a line on: residual = 0, in primitive letters; for `unknown` when it was set to zero for it."""

    residual: Expr
    line: int
    unknown: Expr | None = None
    premise: bool = False
    is_goal: bool = False
