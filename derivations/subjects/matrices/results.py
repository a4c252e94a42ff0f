"""What a derivative of a matrix expression is: a derivation with its folded result, its layout and its compiled form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol

from derivations.core.definitions import unfold
from derivations.core.derivation import Derivation
from derivations.subjects.matrices.expressions import Matrix
from derivations.subjects.matrices.layout import Layout
from derivations.subjects.matrices.notation import text
from derivations.subjects.matrices.programs import Program


class NoSuchVariable(LookupError):
    """The variable to differentiate by does not occur in the expression."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(f"{name!r} does not occur in the expression; its variables are {', '.join(known)}")


class NotReal(ValueError):
    """An expression that divides by zero, or takes the logarithm or the root of a negative number."""

    def __init__(self, expression: Matrix) -> None:
        self.expression = expression
        why = "it divides by zero, or takes a logarithm or root of one below zero"
        super().__init__(f"{text(expression)} is no real number: {why}")


class NotShown(ValueError):
    """The result was asked for in a form that does not have the normal form of the derivative."""

    def __init__(self, wanted: Matrix, found: str) -> None:
        self.wanted, self.found = wanted, found
        super().__init__(f"{text(wanted)} is not shown to be the derivative, which was found as {found}")


@dataclass(frozen=True)
class MatrixDerivation(Derivation):
    """A derivation whose last step is the entry of a matrix expression.

    `result` is that expression in `layout`, None when the entry has no form in vectors and matrices; `entry` is the entry
    and `indices` its free indices; `expression` is what was differentiated, by the variable named `of`.
    """

    result: Matrix | None = None
    layout: Layout = Layout.DENOMINATOR
    symbol: str = ""
    indices: tuple[Symbol, ...] = ()
    expression: Matrix | None = None
    of: str = ""

    @property
    def entry(self) -> Expr:
        """The derivative entry by entry."""
        return self.steps[self.conclusion.steps[0]].statement.right  # type: ignore[union-attr]

    def compile(self) -> Any:
        """A NumPy function of the arrays: of the folded result by matrix products, else of the entry, an axis an index."""
        if self.result is not None:
            return Program.of(self.result)
        from derivations.core.compilation import Function

        order = self.indices[::-1] if len(self.indices) == 2 and self._turned else self.indices
        free = tuple((index, *self.declarations.range_of(index)) for index in order)  # type: ignore[misc]
        return Function(unfold(self.entry, self.definitions), self.declarations, free)

    @property
    def _turned(self) -> bool:
        """Whether the axes of the entry (outputs first, then the variable's) are the transpose of the layout's."""
        outputs = self.expression is not None and self.expression.shape
        return self.layout is not (Layout.NUMERATOR if outputs else Layout.DENOMINATOR)

    def __str__(self) -> str:
        shown = text(self.result) if self.result is not None else str(self.entry)
        return f"{self.symbol} = {shown}   ({self.layout} layout)"
