"""What a search for the zero of a score finds, and what it still needs."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from derivations.core.solve import NotIsolable


@dataclass(frozen=True)
class Root:
    """score = factor · increasing, with factor > 0 and increasing(value) = 0."""

    factor: Expr
    increasing: Expr
    value: Expr


@dataclass(frozen=True)
class QuadraticRoot:
    """score = factor · (square·θ² + linear·θ − constant), with its one positive root."""

    factor: Expr
    square: Expr
    linear: Expr
    constant: Expr
    value: Expr


class NeedsPositive(NotIsolable):
    """The zero can be found once `expression`, which is known not to be negative, is assumed to be positive."""

    def __init__(self, unknown: Expr, equation: Expr, expression: Expr) -> None:
        super().__init__(unknown, equation, f"it needs {expression} > 0")
        self.expression = expression


class NeedsSign(NotIsolable):
    """The zero can be found once `expression`, of which no sign is known, is assumed to be positive."""

    def __init__(self, unknown: Expr, equation: Expr, expression: Expr) -> None:
        super().__init__(unknown, equation, f"the sign of {expression} is not known")
        self.expression = expression


class NoZero(NotIsolable):
    """The score is a product of the unknown's part and a part free of it: no value of the unknown makes it zero."""
