"""What every layer can say about itself, and the checks that several share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from derivations.subjects.networks.sizes import Rounding, Shape, Size
from derivations.subjects.networks.terms import ShapeMismatch, Term
from derivations.subjects.networks.windows import Window

Pair = Size | tuple[Size, Size]


class Layer(Protocol):
    """A layer: its output shape and its terms, from the shapes that come in. Shapes are (channels, rows, columns),
    (positions, features) or (features,), without the batch."""

    kind: ClassVar[str]

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """The shape that comes out. Raises: ShapeMismatch."""

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """All labelled terms of all quantities; those labelled "padding" only when asked for."""

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """The window along each spatial axis of the input; () for none, None when every output sees everything."""


def pair(value: Pair) -> tuple[Size, Size]:
    """(rows, columns) of a size given once or twice."""
    return value if isinstance(value, tuple) else (value, value)


def only(inputs: Sequence[Shape], axes: int, expected: str) -> Shape:
    """The one shape that comes in, with that many axes. Raises: ShapeMismatch."""
    if len(inputs) != 1 or len(inputs[0]) != axes:
        raise ShapeMismatch(inputs, expected)
    return inputs[0]


def image(inputs: Sequence[Shape]) -> Shape:
    """The one shape that comes in, as (channels, rows, columns). Raises: ShapeMismatch."""
    return only(inputs, 3, "one image, channels×rows×columns")
