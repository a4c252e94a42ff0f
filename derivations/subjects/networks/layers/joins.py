"""Layers that join or reshape: sums, concatenations, flattening, and the one that does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sympy import Expr, expand

from derivations.subjects.networks.sizes import Rounding, Shape, Size, product_of
from derivations.subjects.networks.terms import ShapeMismatch, Term
from derivations.subjects.networks.windows import Window


def equal_sizes(a: Size, b: Size) -> bool:
    """Whether two sizes are equal for all values of their symbols."""
    symbolic = isinstance(a, Expr) or isinstance(b, Expr)
    return a == b or (symbolic and bool(expand(a - b) == 0))


def equal_shapes(a: Shape, b: Shape) -> bool:
    """Whether two shapes are equal."""
    return len(a) == len(b) and all(map(equal_sizes, a, b))


@dataclass(frozen=True)
class Add:
    """The sum of inputs of one shape."""

    kind: ClassVar[str] = "add"

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """The common shape. Raises: ShapeMismatch."""
        if len(inputs) < 2 or not all(equal_shapes(inputs[0], other) for other in inputs[1:]):
            raise ShapeMismatch(inputs, "two or more inputs of one shape")
        return inputs[0]

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """One addition less than inputs, for each number."""
        count = product_of(output)
        sums = count * (len(inputs) - 1)
        return (
            Term("additions", "add", sums),
            Term("multiply_accumulates", "add", sums),
            Term("activations", "output", count),
        )


@dataclass(frozen=True)
class Concatenate:
    """Inputs put side by side along the channels of images, or the features of vectors."""

    kind: ClassVar[str] = "concat"

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """Channels added up, the rest common. Raises: ShapeMismatch."""
        axis = {1: 0, 2: 1, 3: 0}.get(len(inputs[0]) if inputs else 0)
        if axis is None or any(len(shape) != len(inputs[0]) for shape in inputs):
            raise ShapeMismatch(inputs, "inputs of the same number of axes")
        rest = [shape[:axis] + shape[axis + 1 :] for shape in inputs]
        if not all(equal_shapes(rest[0], other) for other in rest[1:]):
            raise ShapeMismatch(inputs, "inputs that differ in their channels only")
        total: Size = 0
        for shape in inputs:
            total = total + shape[axis]
        return (*inputs[0][:axis], total, *inputs[0][axis + 1 :])

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Stored numbers."""
        return (Term("activations", "output", product_of(output)),)


@dataclass(frozen=True)
class Flatten:
    """All numbers as one vector."""

    kind: ClassVar[str] = "flatten"

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(channels·rows·columns,). Raises: ShapeMismatch."""
        if len(inputs) != 1:
            raise ShapeMismatch(inputs, "one input")
        return (product_of(inputs[0]),)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class Identity:
    """Passes its input on: dropout when the network is used, and other layers without arithmetic."""

    kind: ClassVar[str] = "identity"

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """The same shape. Raises: ShapeMismatch."""
        if len(inputs) != 1:
            raise ShapeMismatch(inputs, "one input")
        return inputs[0]

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Nothing."""
        return ()
