"""Other layers: convolution (gradients in kernel and input are correlations) and batch normalisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from sympy import Expr, IndexedBase, KroneckerDelta, Rational, Sum, Symbol

from derivations.core.derivation import Derivation
from derivations.subjects.matrices.asking import indexed
from derivations.subjects.matrices.expressions import Matrix, node, number, ones, variable
from derivations.subjects.matrices.gradients import gradient
from derivations.subjects.matrices.results import MatrixDerivation
from numeric.domains import size

# ---------------------------------------------------------------------- convolution

_SHAPES = {"g": ("M", "O", "P"), "K": ("M", "C", "F", "F"), "x": ("C", "H", "W")}
_M, _C, _O, _P, _F, _H, _W = map(size, "MCOPFHW")
_m, _c, _i, _j, _a, _b, _u, _v = (Symbol(name, integer=True, positive=True) for name in "mcijabuv")
_g, _K, _x = (IndexedBase(name, real=True) for name in "gKx")
_WINDOW = ((_b, _F), (_a, _F), (_c, _C), (_j, _P), (_i, _O), (_m, _M))
STRIDE, PADDING = size("s"), Symbol("p", integer=True, nonnegative=True)


def _summed(term: Expr, *limits: tuple[Symbol, Symbol]) -> Expr:
    for index, extent in limits:
        term = Sum(term, (index, 1, extent))
    return term


def _met(place: Symbol, output: Symbol, offset: Symbol) -> Expr:
    """1 where the kernel entry `offset` of an output lies over the input entry `place`; beyond the border it lies over none."""
    return KroneckerDelta(place, STRIDE * (output - 1) + offset - PADDING)


LAYERS = {
    "": _summed(_g[_m, _i, _j] * _K[_m, _c, _a, _b] * _x[_c, _i + _a - 1, _j + _b - 1], *_WINDOW),
    "strided-": _summed(
        _g[_m, _i, _j] * _K[_m, _c, _a, _b] * _met(_u, _i, _a) * _met(_v, _j, _b) * _x[_c, _u, _v],
        (_v, _W), (_u, _H), *_WINDOW,
    ),
}  # fmt: skip
"""Kind of layer → Σ g·y, y (M, O, P) being the convolution of x (C, H, W) with K (M, C, F, F), a kernel for each output channel:
stride 1 without padding; stride s, padding with p zeros on every side."""

_CONVOLUTION = {
    ("", "K"): (
        "Convolution: the gradient in the kernel",
        "The gradient in the kernel is the correlation of the input with the gradient of the outputs.",
    ),
    ("", "x"): (
        "Convolution: the gradient in the input",
        "The gradient in the input is the correlation of the gradient of the outputs, padded, with the kernel turned by 180°: "
        "input u receives output i through kernel entry a where i + a − 1 = u.",
    ),
    ("strided-", "K"): (
        "Convolution with stride and padding: the gradient in the kernel",
        "The gradient in the kernel is the correlation of the padded input with the gradient of the outputs, their entries "
        "a stride apart.",
    ),
    ("strided-", "x"): (
        "Convolution with stride and padding: the gradient in the input",
        "Input u receives output i through kernel entry a where s·(i − 1) + a − p = u: a correlation of the gradient "
        "of the outputs, a stride apart with zeros between, with the kernel turned by 180°.",
    ),
}


@cache
def convolution(of: str, kind: str = "") -> MatrixDerivation:
    """The gradient of Σ g·y by the kernel K or the input x of a layer of `LAYERS`."""
    found = gradient(indexed(LAYERS[kind], _SHAPES), of)
    title, sentence = _CONVOLUTION[kind, of]
    name = f"backprop/convolution-{kind}{'kernel' if of == 'K' else 'input'}"
    conclusion = replace(found.conclusion, sentence=sentence)
    return replace(found, name=name, title=title, summary="The layer is a sum over indices.", conclusion=conclusion)


# ---------------------------------------------------------------------- batch normalisation

_NORMALISATION = {
    "X": (
        "Batch normalisation: the gradient in the inputs",
        r"$\partial f / \partial X = (V - \operatorname{mean}(V) - \hat{X} \odot \operatorname{mean}(V \odot \hat{X})) "
        r"\operatorname{diag}(\gamma / \sqrt{\text{variance} + \epsilon})$, means being those of columns, in every row: "
        r"what moves all samples of a feature alike, or along $\hat{X}$, is taken out.",
    ),
    "gamma": (
        "Batch normalisation: the gradient in the scales",
        r"$\partial f / \partial \gamma = (V \odot \hat{X})^{\top} \mathbf{1}$, a sum over the samples.",
    ),
    "beta": (
        "Batch normalisation: the gradient in the shifts",
        r"$\partial f / \partial \beta = V^{\top} \mathbf{1}$, a sum over the samples.",
    ),
}
_NOTE = (
    r"With $f = \operatorname{tr}(V^{\top} Y)$, $Y = \hat{X} \operatorname{diag}(\gamma) + \mathbf{1} \beta^{\top}$, and "
    r"$\hat{X}$ the inputs less the mean of their column, divided by the root of its variance plus $\epsilon$,"
)
_N, _D = size("N"), size("D")
_X, _V = variable("X", _N, _D), variable("V", _N, _D)
_GAMMA, _BETA, _EPS = variable("gamma", _D), variable("beta", _D), variable("epsilon")


def _mean(matrix: Matrix) -> Matrix:
    """The mean of each column, in every row."""
    return ones(_N) @ (number(1 / _N) * (matrix.T @ ones(_N))).T


def _columns(matrix: Matrix, factors: Matrix) -> Matrix:
    """Each column times its factor."""
    return matrix * (ones(_N) @ factors.T)


@cache
def batch_normalisation(of: str) -> MatrixDerivation:
    """The gradient of Σ V⊙Y by inputs X (N, D), scales γ (D,) or shifts β (D,): a row of X a sample, a column a feature.

    Y = X̂ diag(γ) + 1 βᵀ, X̂ = (X − mean) diag(1/√(variance + ε)), mean and variance of each column.
    """
    centred = _X - _mean(_X)
    variance = number(1 / _N) * (node("hadamard", centred, centred).T @ ones(_N))
    narrow = node("power", variance + _EPS * ones(_D), data=-Rational(1, 2))
    normal = _columns(centred, narrow)
    found = gradient(node("trace", _V.T @ (_columns(normal, _GAMMA) + ones(_N) @ _BETA.T)), of, to={
        "X": _columns(_V - _mean(_V) - normal * _mean(_V * normal), _GAMMA * narrow),
        "gamma": (_V * normal).T @ ones(_N),
        "beta": _V.T @ ones(_N),
    }[of])  # fmt: skip
    title, sentence = _NORMALISATION[of]
    steps = (replace(found.steps[0], note=_NOTE), *found.steps[1:])
    conclusion = replace(found.conclusion, sentence=f"In denominator layout, {sentence}")
    return replace(found, name=f"backprop/batch-normalisation-{of.lower()}", title=title, steps=steps, conclusion=conclusion)


ENTRIES: dict[str, Callable[[], Derivation]] = {
    **{
        f"backprop/convolution-{kind}{'kernel' if of == 'K' else 'input'}": partial(convolution, of, kind)
        for kind, of in _CONVOLUTION
    },
    **{f"backprop/batch-normalisation-{of.lower()}": partial(batch_normalisation, of) for of in _NORMALISATION},
}
