"""The catalogue of backpropagation: recursions for any depth, and the gradient of each loss that starts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from derivations.core.derivation import Derivation
from derivations.subjects.backprop import slopes, variants
from derivations.subjects.backprop.losses import LOSSES
from derivations.subjects.backprop.network import Layers
from derivations.subjects.backprop.recursion import recursion
from derivations.subjects.backprop.through_time import through_time
from derivations.subjects.backprop.vanishing import vanishing
from derivations.subjects.matrices.gradients import gradient
from derivations.subjects.matrices.results import MatrixDerivation

_TITLES = {
    "half-squared": "half the squared error",
    "softmax-cross-entropy": "softmax cross-entropy",
    "logistic": "the logistic loss",
}


@cache
def loss_gradient(name: str) -> MatrixDerivation:
    """∂ℓ/∂z of the outputs of the last layer, the start of the recursion."""
    found = gradient(LOSSES[name], "z")
    return replace(found, name=f"backprop/loss-{name}", title=f"The last layer: the gradient of {_TITLES[name]}")


ENTRIES: dict[str, Callable[[], Derivation]] = {
    "backprop/recursion": recursion,
    "backprop/recursion-batch": partial(recursion, Layers(batch=True)),
    "backprop/recursion-residual": partial(recursion, Layers(residual=True)),
    "backprop/through-time": through_time,
    "backprop/vanishing": vanishing,
    **slopes.ENTRIES,
    **variants.ENTRIES,
    **{f"backprop/loss-{name}": partial(loss_gradient, name) for name in LOSSES},
}
