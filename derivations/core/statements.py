"""What a line of a derivation can say: an equation, an implication, a positivity, an extremum, the absence of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sympy import Basic, Expr


@dataclass(frozen=True)
class Equation:
    """left = right.

    Without `unknown` it is an identity: true for all values in the declared domains. With `unknown` it is an equation
    *in* those unknowns: it restricts them and is carried to a solved form by equivalent equations.
    """

    left: Expr
    right: Expr
    unknown: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Positive:
    """expression > 0, for all values of its free indices."""

    expression: Expr


@dataclass(frozen=True)
class InRange:
    """lower ≤ index ≤ upper."""

    index: Expr
    lower: Expr
    upper: Expr


@dataclass(frozen=True)
class NonZero:
    """expression ≠ 0."""

    expression: Expr


Condition: TypeAlias = Positive | InRange | NonZero


@dataclass(frozen=True)
class Minimum:
    """`objective` has its one and only minimum over `unknown` at `value`, the other parameters held fixed.

    `unknown` and `value` are of equal length. `constraint` is an expression kept at zero, or None.
    """

    objective: Expr
    unknown: tuple[Expr, ...]
    value: tuple[Expr, ...]
    constraint: Expr | None = None


@dataclass(frozen=True)
class NoStationaryPoint:
    """∂objective/∂unknown is nowhere zero: it has the sign of `sign` (+1 or −1) on the whole domain."""

    objective: Expr
    unknown: Expr
    sign: int


@dataclass(frozen=True)
class BoundaryMinimum:
    """`objective` is nowhere lower than at `value` among the `unknown` at which every expression of `region` is ≥ 0.

    The minimum lies on the boundary of what the data allow, or at a kink, where the derivative need not vanish; it need
    not be the only one. `unknown` and `value` are of equal length.
    """

    objective: Expr
    unknown: tuple[Expr, ...]
    value: tuple[Expr, ...]
    region: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Unsolved:
    """Stationary points of `objective` make each of `left` zero, and no inversion at hand frees an unknown.

    `left` holds one expression for each of `unknown`; `eliminated` are the parameters already expressed by `values`,
    for every value of the unknowns.
    """

    objective: Expr
    unknown: tuple[Expr, ...]
    left: tuple[Expr, ...]
    eliminated: tuple[Expr, ...] = ()
    values: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Implication:
    """The conclusion holds for every index value at which all hypotheses hold: the step of an induction."""

    hypotheses: tuple[Equation, ...]
    conclusion: Equation


@dataclass(frozen=True)
class Bounded:
    """|expression| ≤ bound, for all values in the declared domains."""

    expression: Expr
    bound: Expr


Statement: TypeAlias = (
    Equation | Implication | Bounded | Positive | InRange | NonZero | Minimum | BoundaryMinimum | Unsolved | NoStationaryPoint
)


def expressions_of(statement: Statement) -> tuple[Basic, ...]:
    """All SymPy expressions of a statement, in the order they are written."""
    if isinstance(statement, Equation):
        return (statement.left, statement.right, *statement.unknown)
    if isinstance(statement, Minimum):
        constraint = () if statement.constraint is None else (statement.constraint,)
        return (statement.objective, *statement.unknown, *statement.value, *constraint)
    if isinstance(statement, BoundaryMinimum):
        return (statement.objective, *statement.unknown, *statement.value, *statement.region)
    if isinstance(statement, Unsolved):
        return (
            statement.objective, *statement.unknown, *statement.left, *statement.eliminated, *statement.values,
        )  # fmt: skip
    if isinstance(statement, NoStationaryPoint):
        return (statement.objective, statement.unknown)
    if isinstance(statement, Implication):
        return tuple(e for part in (*statement.hypotheses, statement.conclusion) for e in expressions_of(part))
    if isinstance(statement, Bounded):
        return (statement.expression, statement.bound)
    if isinstance(statement, InRange):
        return (statement.index, statement.lower, statement.upper)
    return (statement.expression,)
