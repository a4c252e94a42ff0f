"""How large a normal form may grow, and the two ways to have none."""

from __future__ import annotations

MAX_TERMS = 4000
MAX_POWER = 12
MAX_DIGITS = 4000
MAX_ANGLES = 4


class TooLarge(ArithmeticError):
    """A normal form grew past its cap; the question stays undecided."""

    def __init__(self, what: str, found: int, cap: int) -> None:
        self.what, self.found, self.cap = what, found, cap
        super().__init__(f"normal form: {what} is {found}, more than {cap}; split the expression into smaller steps")


class UndefinedForm(ArithmeticError):
    """The expression is defined nowhere: a division by zero or the logarithm of zero."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"normal form: {what}; check the expression's denominators and logarithms")
