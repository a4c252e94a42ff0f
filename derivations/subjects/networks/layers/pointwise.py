"""Layers that work on each number alone: nonlinearities and normalisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from derivations.subjects.networks.sizes import Rounding, Shape, product_of
from derivations.subjects.networks.terms import ShapeMismatch, Term
from derivations.subjects.networks.windows import Window


def _same_shape(inputs: Sequence[Shape]) -> Shape:
    if len(inputs) != 1:
        raise ShapeMismatch(inputs, "one input")
    return inputs[0]


@dataclass(frozen=True)
class Activation:
    """A nonlinearity applied to every number."""

    kind: ClassVar[str] = "activation"
    function: str = "relu"

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """The same shape."""
        return _same_shape(inputs)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """One evaluation for each number."""
        count = product_of(output)
        quantities = ("activation_evaluations", "multiply_accumulates", "activations")
        return tuple(Term(quantity, "activation", count) for quantity in quantities)


@dataclass(frozen=True)
class Normalisation:
    """Normalisation with a scale and a shift for each channel of an image, or for each feature of a vector.

    `function`: batch, layer or local (local response normalisation, which has no parameters).
    """

    kind: ClassVar[str] = "normalisation"
    function: str = "batch"
    affine: bool = True

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window in space."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """The same shape."""
        return _same_shape(inputs)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Scale and shift; one operation for each number."""
        count = product_of(output)
        found: tuple[Term, ...] = (
            Term("multiply_accumulates", "norm", count),
            Term("activations", "output", count),
        )
        if self.function == "local" or not self.affine:
            return found
        channels = output[0] if len(output) == 3 else output[-1]
        return (
            *found,
            Term("parameters", "norm", 2 * channels),
            Term("multiplications", "norm", count),
            Term("additions", "norm", count),
        )
