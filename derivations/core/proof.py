"""Proof: writing a derivation one rule at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Expr

from derivations.core.derivation import Argument, Conclusion, Derivation, Kind, Step
from derivations.core.kernel import Situation, apply
from derivations.core.statements import Statement
from derivations.core.symbols import Declarations
from numeric.instances import Draw

if TYPE_CHECKING:
    from derivations.core.reports import Check


class Proof:
    """A derivation in the making: each call of `step` applies one kernel rule and returns the new line's position.

    >>> from sympy import Function, IndexedBase, Sum
    >>> from derivations.core.symbols import array, function, index, size
    >>> N = size("N", "samples").head
    >>> names = Declarations((size("N", ""), index("i", N), array("x", (N,), "x_{0}", ""), function("f", "f", "")))
    >>> i, x, f = (names[n].head for n in "ixf")
    >>> proof = Proof(names)
    >>> start = proof.step("define", left=f(x), right=Sum(x[i] - 1, (i, 1, N)))
    >>> split = proof.step("linearity_of_sum", start)
    >>> proof.steps[split].statement.right
    -Sum(1, (i, 1, N)) + Sum(x[i], (i, 1, N))
    """

    def __init__(self, declarations: Declarations, lemmas: Sequence[Derivation] = ()) -> None:
        self._situation = Situation(declarations, lemmas=tuple(lemmas))
        self._heading = ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines so far."""
        return self._situation.steps

    @property
    def last(self) -> int:
        """The position of the newest line."""
        return len(self.steps) - 1

    def heading(self, text: str) -> None:
        """Open a section: the next step carries this heading."""
        self._heading = text

    def step(self, rule: str, *premises: int, note: str = "", **arguments: Argument) -> int:
        """Apply a rule to earlier lines. Raises RuleError, and leaves the proof as it was, when it does not apply."""
        outcome = apply(self._situation, rule, premises, arguments)
        step = Step(
            statement=outcome.statement,
            rule=rule,
            premises=tuple(premises),
            arguments=tuple(sorted(arguments.items())),
            conditions=outcome.conditions,
            evidence=outcome.evidence,
            heading=self._heading,
            note=note,
        )
        self._heading = ""
        self._situation = self._situation.after(step)
        return self.last

    def chain(self, start: int, *links: str | tuple[str, dict[str, Argument]]) -> int:
        """Apply rules one after another, each to the line the one before made."""
        position = start
        for link in links:
            rule, arguments = (link, {}) if isinstance(link, str) else link
            note = str(arguments.get("note", ""))
            rest = {name: value for name, value in arguments.items() if name != "note"}
            position = self.step(rule, position, note=note, **rest)
        return position

    def by_induction(
        self,
        index: Expr,
        claims: Sequence[tuple[Expr, Expr]],
        *,
        using: Sequence[int] = (),
        numbers: Sequence[int] = (1,),
        note: str = "",
    ) -> tuple[int, ...]:
        """Prove claims left(k) = right(k) together: every base case, every step, then the conclusions asked for.

        `using` are identities proved before that the steps may use; `numbers`, from 1, the claims to conclude. Returns the
        positions of the conclusions. Raises: RuleError when a base case or a step does not hold.
        """
        flat = tuple(side for claim in claims for side in claim)
        bases = [self.step("base_case", index=index, left=left, right=right) for left, right in claims]
        steps = [
            self.step("inductive_step", *using, index=index, claims=flat, number=n) for n in range(1, len(claims) + 1)
        ]
        concluded = [
            self.step("induction", *bases, *steps, index=index, claims=flat, number=n, note=note if n == numbers[0] else "")
            for n in numbers
        ]
        return tuple(concluded)

    def expanded(self, expression: Expr) -> Expr:
        """The normal form of an expression with definitions unfolded and sequences unrolled, to choose a form from."""
        return self._situation.normaliser.expression(self._situation.plain(expression))

    def statement(self, position: int) -> Statement:
        """The statement at a position."""
        return self.steps[position].statement

    def right(self, position: int) -> Expr:
        """The right side of the equation at a position."""
        return self.steps[position].statement.right  # type: ignore[union-attr]

    def value(self, position: int) -> Expr:
        """The value of the single unknown of the minimum at a position."""
        (value,) = self.steps[position].statement.value  # type: ignore[union-attr]
        return value

    def done(
        self,
        name: str,
        title: str,
        summary: str,
        kind: Kind,
        concluding: Sequence[int],
        sentence: str,
        model: Sequence[Draw] = (),
        checks: Sequence[Check] = (),
    ) -> Derivation:
        """The finished derivation."""
        return Derivation(
            name,
            title,
            summary,
            self._situation.declarations,
            self.steps,
            Conclusion(kind, tuple(concluding), sentence),
            tuple(model),
            self._situation.lemmas,
            tuple(checks),
        )
