"""How derivatives are laid out: which axis of a Jacobian counts outputs, and the shape of a gradient."""

from __future__ import annotations

from enum import StrEnum


class Layout(StrEnum):
    """A named choice, shown in every result.

    `DENOMINATOR`: ∂f/∂x has the shape of x (a column for a vector, m×n for a matrix m×n), and ∂y/∂x of two vectors has a
    row for each entry of x. `NUMERATOR`: ∂f/∂x is the transpose of that, and ∂y/∂x has a row for each entry of y.
    """

    DENOMINATOR = "denominator"
    NUMERATOR = "numerator"


ALIASES = {"column": Layout.DENOMINATOR, "gradient": Layout.DENOMINATOR, "row": Layout.NUMERATOR, "jacobian": Layout.NUMERATOR}


class UnknownLayout(ValueError):
    """A layout that has no name here."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"there is no layout {found!r}; known: {', '.join((*Layout, *ALIASES))}")


def layout_named(name: str | Layout) -> Layout:
    """The layout of that name; `column` and `row` say how a gradient of a vector is written.

    >>> layout_named("row")
    <Layout.NUMERATOR: 'numerator'>
    """
    if name in ALIASES:
        return ALIASES[name]
    try:
        return Layout(name)
    except ValueError:
        raise UnknownLayout(str(name)) from None
