"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from derivations.subjects.networks.layers.convolution import filter_terms
from derivations.subjects.networks.sizes import Rounding, Shape, Size, product_of
from derivations.subjects.networks.terms import ShapeMismatch, Term
from derivations.subjects.networks.windows import Window


@dataclass(frozen=True)
class Dense:
    """`out` linear functions of all features, at every position of a sequence alike: weights = in·out.

    A layer that has no trained weights (`trained = false`, LeNet-5's output) has connections but no parameters.
    """

    kind: ClassVar[str] = "dense"
    out: Size
    bias: bool = True
    trained: bool = True

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """None for a vector: every output sees everything; () for a sequence, where positions stay apart."""
        return None if len(shape) == 1 else ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(..., out). Raises: ShapeMismatch for an image, which has to be flattened first."""
        if len(inputs) != 1 or len(inputs[0]) not in (1, 2):
            raise ShapeMismatch(inputs, "a vector or positions×features (put a flatten layer before it)")
        return (*inputs[0][:-1], self.out)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Weights, biases, uses of both."""
        found = filter_terms(inputs[0][-1] * self.out, self.out, product_of(output[:-1]), self.bias)
        if self.trained:
            return found
        return tuple(Term(t.quantity, "fixed" if t.quantity == "parameters" else t.label, t.value, t.part) for t in found)
