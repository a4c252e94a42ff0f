"""What a count is made of: labelled terms, and shapes that do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivations.subjects.networks.sizes import Shape, Size

QUANTITIES = (
    "parameters",
    "units",
    "connections",
    "multiply_accumulates",
    "additions",
    "multiplications",
    "activation_evaluations",
    "activations",
)
"""What can be counted: `activations` are numbers stored, `activation_evaluations` calls of a nonlinearity."""

LABELS: dict[str, str] = {
    "weight": "one for each weight, or each use of a weight",
    "attention": "products of queries with keys, and of attention weights with values",
    "bias": "one for each bias, or each addition of one",
    "norm": "scale and shift of normalisations; one for each normalised number",
    "pool": "taps of pooling windows; coefficients of trainable pools",
    "pool bias": "biases of trainable pools",
    "fixed": "weights that are set by hand and not trained",
    "padding": "taps that fall in the padding (to be taken off)",
    "unit": "outputs of layers with weights",
    "pooled unit": "outputs of pools",
    "activation": "one for each number that goes through a nonlinearity",
    "softmax": "one for each attention weight",
    "gate": "elementwise products and sums between the gates of a recurrent cell",
    "add": "sums at joins",
    "output": "outputs of joins and normalisations, stored",
    "pool inputs": "one for each number that enters a pool",
    "average inputs": "one for each number that enters an average pool",
    "average taps and divisions": "for each average, its taps and one division",
}
"""Label of a term → what it counts."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number of something: `value` of `quantity`, under a `label` that conventions include or not.

    `part` names the piece of the layer it belongs to, such as "input to hidden", where a layer has several.
    """

    quantity: str
    label: str
    value: Size
    part: str = ""


class ShapeMismatch(ValueError):
    """A layer was given a shape it cannot take; the network adds the layer's name."""

    def __init__(self, found: Sequence[Shape], expected: str, layer: str = "") -> None:
        self.found, self.expected, self.layer = tuple(found), expected, layer
        shown = " and ".join(written(shape) for shape in self.found)
        super().__init__(f"layer {layer or '?'}: given {shown}, expected {expected}")


def written(shape: Shape) -> str:
    """A shape as people write it.

    >>> written((3, 224, 224))
    '3×224×224'
    """
    return "×".join(map(str, shape)) if shape else "a single number"
