"""Other layers: convolution (gradients in kernel and input are correlations) and batch normalisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from sympy import IndexedBase, Sum, Symbol

from derivations.core.derivation import Derivation
from derivations.subjects.matrices.asking import gradient
from derivations.subjects.matrices.gradients import MatrixDerivation

_SHAPES = {"g": ("M", "O", "P"), "kernel": ("M", "C", "F", "F"), "x": ("C", "H", "W")}
_NORMALISED = "(x - mean(x) ones(N)) / sqrt(norm(x - mean(x) ones(N))^2 / N + eps)"
_CONVOLUTION = {
    "kernel": (
        "Convolution: the gradient in the kernel",
        "The gradient in the kernel is the correlation of the input with the gradient of the outputs.",
    ),
    "x": (
        "Convolution: the gradient in the input",
        "The gradient in the input is the correlation of the gradient of the outputs, padded, with the kernel turned by 180°: "
        "input u receives output i through kernel entry a where i + a − 1 = u.",
    ),
}
_NORMALISATION = {
    "x": "Batch normalisation: the gradient in the inputs",
    "gamma": "Batch normalisation: the gradient in the scale",
    "beta": "Batch normalisation: the gradient in the shift",
}


@cache
def convolution(of: str) -> MatrixDerivation:
    """The gradient of Σ g·y by the kernel (M, C, F, F) or the input x (C, H, W); y (M, O, P) is x convolved, "
    "stride 1, unpadded."""
    m, c, o, p, a, b = (Symbol(name, integer=True, positive=True) for name in ("m", "c", "o", "p", "a", "b"))
    sizes = {name: Symbol(name, integer=True, positive=True) for name in "MCOPF"}
    g, kernel, x = (IndexedBase(name, real=True) for name in ("g", "kernel", "x"))
    total = g[m, o, p] * kernel[m, c, a, b] * x[c, o + a - 1, p + b - 1]
    for index, size in ((b, "F"), (a, "F"), (c, "C"), (p, "P"), (o, "O"), (m, "M")):
        total = Sum(total, (index, 1, sizes[size]))
    found = gradient(total, of, shapes=_SHAPES)
    title, sentence = _CONVOLUTION[of]
    name = "backprop/convolution-kernel" if of == "kernel" else "backprop/convolution-input"
    conclusion = replace(found.conclusion, sentence=sentence)
    return replace(found, name=name, title=title, summary="The layer is a sum over indices.", conclusion=conclusion)


@cache
def batch_normalisation(of: str) -> MatrixDerivation:
    """The gradient of v·y by inputs x (N,), scale γ or shift β; y = γ·(x − mean)/√(variance + ε) + β over a batch."""
    shapes = {"x": ("N",), "v": ("N",), "gamma": (), "beta": (), "eps": ()}
    found = gradient(f"v'(gamma {_NORMALISED} + beta ones(N))", of, shapes=shapes)
    return replace(found, name=f"backprop/batch-normalisation-{of}", title=_NORMALISATION[of])


ENTRIES: dict[str, Callable[[], Derivation]] = {
    "backprop/convolution-kernel": partial(convolution, "kernel"),
    "backprop/convolution-input": partial(convolution, "x"),
    **{f"backprop/batch-normalisation-{of}": partial(batch_normalisation, of) for of in _NORMALISATION},
}
