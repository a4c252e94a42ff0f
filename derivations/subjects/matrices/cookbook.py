"""Questions of the matrix cookbook kind: an expression, its shapes and what to differentiate by. Answers are derived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from derivations.core.derivation import Derivation
from derivations.subjects.matrices.asking import KINDS, as_expression
from derivations.subjects.matrices.results import MatrixDerivation

_SHAPES = {
    "A": "m n", "B": "n m", "C": "p m", "D": "n p", "S": "n n", "R": "n n", "X": "N d", "W": "d K", "Y": "N K", "Z": "N K",
    "w": "d",
    "t": "N", "x": "n", "a": "n", "v": "n", "b": "m", "y": "m", "c": "p", "mu": "n", "Sigma": "n n", "P": "n n", "G": "n p",
    "Q": "n e",
    "L": "m e", "V": "m p", "lam": "", "eps": "", "gamma": "n", "beta": "n", "sigma2": "",
    "U": "h n", "H": "h h", "T": "m n", "u": "d", "R_d": "d d",
}  # fmt: skip
SHAPES = {name: tuple(sizes.split()) for name, sizes in _SHAPES.items()}


@dataclass(frozen=True)
class Question:
    """What is to be differentiated, by what, and as which kind of derivative."""

    title: str
    expression: str
    of: str
    kind: str = "gradient"

    def derive(self) -> MatrixDerivation:
        """The derivation."""
        return KINDS[self.kind](as_expression(self.expression, SHAPES), self.of)


_LAYER_NORM = "(x - mean(x) ones(n)) / sqrt(norm(x - mean(x) ones(n))^2 / n + eps)"
_GAUSSIAN = "1/2 log(det(Sigma)) + 1/2 (x-mu)' Sigma^{-1} (x-mu)"

QUESTIONS: dict[str, Question] = {
    "linear": Question("Inner product", "a'x", "x"),
    "bilinear-left": Question("Bilinear form, left matrix", "b'A x", "A"),
    "bilinear-transposed": Question("Bilinear form, transposed", "x'A'b", "A"),
    "quadratic": Question("Quadratic form", "x'S x", "x"),
    "quadratic-in-matrix": Question("Quadratic form by its matrix", "x'S x", "S"),
    "quadratic-gram": Question("Quadratic form of a Gram matrix", "x'A'A x", "A"),
    "quadratic-squared": Question("Quadratic form of a square", "x'S S x", "S"),
    "quadratic-hessian": Question("Hessian of a quadratic form", "x'S x", "x", "hessian"),
    "least-squares": Question("Least squares", "‖A x - b‖²", "x"),
    "least-squares-in-matrix": Question("Least squares by the matrix", "‖A x - b‖²", "A"),
    "least-squares-hessian": Question("Hessian of least squares", "‖A x - b‖²", "x", "hessian"),
    "least-squares-hvp": Question("Second derivative of least squares by the matrix", "‖A x - b‖²", "A", "hvp"),
    "weighted-least-squares": Question("Weighted least squares", "(x-a)'S(x-a)", "x"),
    "ridge": Question("Ridge regression", "‖X w - t‖² + lam ‖w‖²", "w"),
    "ridge-strength": Question("Ridge regression by its strength", "‖X w - t‖² + lam ‖w‖²", "lam"),
    "lasso": Question("Least squares with the 1-norm", "1/2‖X w - t‖² + lam ‖w‖_1", "w"),
    "matrix-least-squares": Question("Multivariate regression", "‖X W - Y‖_F^2", "W"),
    "norm": Question("Norm", "‖x‖", "x"),
    "norm-hessian": Question("Hessian of the norm", "‖x‖", "x", "hessian"),
    "norm-of-residual": Question("Norm of a residual", "‖A x - b‖", "x"),
    "frobenius": Question("Frobenius norm", "‖A‖_F", "A"),
    "frobenius-squared": Question("Squared Frobenius norm", "‖A‖_F^2", "A"),
    "cosine": Question("Cosine of two vectors", "a'x / (‖a‖ ‖x‖)", "x"),
    "trace": Question("Trace", "tr(S)", "S"),
    "trace-of-product": Question("Trace of a product", "tr(A B)", "A"),
    "trace-of-transposed": Question("Trace with a transpose", "tr(A' T)", "A"),
    "trace-of-square": Question("Trace of a square", "tr(S^2)", "S"),
    "trace-of-cube": Question("Trace of a cube", "tr(S^3)", "S"),
    "trace-of-gram": Question("Trace of A S Aᵀ", "tr(A S A')", "A"),
    "trace-of-sandwich": Question("Trace of a product in the middle", "tr(C A S A' C')", "A"),
    "trace-of-inverse": Question("Trace of the inverse", "tr(S^{-1})", "S"),
    "trace-of-inverse-product": Question("Trace with an inverse", "tr(R S^{-1})", "S"),
    "trace-of-hadamard": Question("Trace of an elementwise product", "tr((S ⊙ R) P)", "S"),
    "trace-of-kronecker": Question("Trace of a Kronecker product", "tr(kron(S, A B))", "S"),
    "determinant": Question("Determinant", "det(S)", "S"),
    "determinant-of-product": Question("Determinant of a product", "det(A S B)", "S"),
    "log-determinant": Question("Log-determinant", "log(det(S))", "S"),
    "log-determinant-of-inverse": Question("Log-determinant of the inverse", "log(det(S^{-1}))", "S"),
    "log-determinant-of-gram": Question("Log-determinant of a Gram matrix", "log(det(A'A))", "A"),
    "log-determinant-regularised": Question("Log-determinant with a multiple of I", "log(det(A'A + lam I_n))", "lam"),
    "inverse-bilinear": Question("Bilinear form of the inverse", "a'S^{-1} x", "S"),
    "log-sum-exp": Question("Log-sum-exp", "logsumexp(x)", "x"),
    "log-sum-exp-hessian": Question("Hessian of log-sum-exp", "logsumexp(x)", "x", "hessian"),
    "softmax": Question("Jacobian of softmax", "softmax(x)", "x", "jacobian"),
    "softmax-cross-entropy": Question("Softmax cross-entropy by the scores", "logsumexp(x) - a'x", "x"),
    "softmax-regression": Question("Softmax regression on a batch", "sum(logsumexp(X W)) - tr(Y'X W)", "W"),
    "cross-entropy-of-soft-labels": Question("Cross-entropy of soft labels", "-sum(Z ⊙ log(softmax(X W)))", "W"),
    "logistic": Question("Logistic loss on a batch", "sum(softplus(X w)) - t'X w", "w"),
    "logistic-hessian": Question("Hessian of the logistic loss", "sum(softplus(X w)) - t'X w", "w", "hessian"),
    "logistic-ridge": Question("Logistic loss with a ridge", "1/N (sum(softplus(X w)) - t'X w) + lam/2 ‖w‖²", "w"),
    "poisson": Question("Poisson regression", "sum(exp(X w)) - t'X w", "w"),
    "gaussian-mean": Question("Gaussian negative log-likelihood by the mean", _GAUSSIAN, "mu"),
    "gaussian-mean-of-a-sample": Question(
        "A sum of quadratics by the mean", "1/2 tr((X - ones(N) u') R_d (X - ones(N) u')')", "u"
    ),
    "batch-trace": Question("A batch of squared errors as a trace", "tr((X W - Y)'(X W - Y))", "W"),
    "gaussian-covariance": Question("Gaussian negative log-likelihood by Σ", _GAUSSIAN, "Sigma"),
    "gaussian-precision": Question("Gaussian negative log-likelihood by Σ⁻¹", "-1/2 log(det(P)) + 1/2 (x-mu)' P (x-mu)", "P"),
    "gaussian-hessian": Question("Hessian of the Gaussian by the mean", _GAUSSIAN, "mu", "hessian"),
    "variance": Question("Variance of a residual", "N/2 log(sigma2) + ‖X w - t‖² / (2 sigma2)", "sigma2"),
    "elementwise": Question("Sum of an elementwise function", "sum(sigma(A x + b))", "x"),
    "elementwise-jacobian": Question("Jacobian of a layer", "sigma(A x + b)", "x", "jacobian"),
    "linear-jacobian": Question("Jacobian of a linear map", "A x", "x", "jacobian"),
    "normalised-jacobian": Question("Jacobian of x/‖x‖", "x / ‖x‖", "x", "jacobian"),
    "hadamard-jacobian": Question("Jacobian of an elementwise product", "a ⊙ x", "x", "jacobian"),
    "two-layers": Question("Two layers, first matrix", "1/2‖C sigma(A x + b) - c‖²", "A"),
    "two-layers-bias": Question("Two layers, bias", "1/2‖C tanh(A x + b) - c‖²", "b"),
    "two-layers-input": Question("Two layers, input", "1/2‖C sigmoid(A x + b) - c‖²", "x"),
    "layer-norm": Question("Layer norm", f"v'(gamma ⊙ ({_LAYER_NORM}) + beta)", "x"),
    "layer-norm-scale": Question("Layer norm by its scale", f"v'(gamma ⊙ ({_LAYER_NORM}) + beta)", "gamma"),
    "attention-queries": Question("Attention by its queries", "tr(G' softmax(Q L') V)", "Q"),
    "attention-scaled": Question("Scaled attention by its queries", "tr(G' softmax(Q L' / sqrt(e)) V)", "Q"),
    "attention-keys": Question("Attention by its keys", "tr(G' softmax(Q L') V)", "L"),
    "attention-values": Question("Attention by its values", "tr(G' softmax(Q L') V)", "V"),
    "recurrent-step": Question("One step of a recurrent network", "sum(tanh(H tanh(U x)))", "U"),
}
"""Name → question."""


@cache
def derived(name: str) -> MatrixDerivation:
    """The derivation of a question, under its catalogue name."""
    from dataclasses import replace

    question = QUESTIONS[name]
    return replace(question.derive(), name=f"matrices/{name}", title=question.title)


CATALOGUED = (
    "quadratic", "least-squares", "ridge", "logistic", "softmax-regression", "log-determinant", "trace-of-inverse",
    "gaussian-mean",
    "gaussian-covariance", "gaussian-precision", "softmax", "layer-norm-scale", "attention-values",
)  # fmt: skip
ENTRIES: dict[str, Callable[[], Derivation]] = {f"matrices/{name}": partial(derived, name) for name in CATALOGUED}
