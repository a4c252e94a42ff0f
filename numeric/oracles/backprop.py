"""Gradients of multilayer networks by other means: hand-written backpropagation, and a loss to differentiate automatically."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def loss_by_numpy(
    weights: Sequence[Any], biases: Sequence[Any], inputs: Any, targets: Any, activation: Callable[[Any], Any], loss: str,
    *, residual: bool = False, numpy: Any = np,
) -> Any:  # fmt: skip
    """The loss of a network with a linear last layer, written in a NumPy-like module so that `autograd` can follow it."""
    y = inputs
    for A, b in zip(weights[:-1], biases[:-1], strict=True):
        y = activation(numpy.dot(y, A.T) + b) + (y if residual else 0)
    z = numpy.dot(y, weights[-1].T) + biases[-1]
    return _LOSSES[loss](z, targets, numpy)


_LOSSES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "half-squared": lambda z, t, m: 0.5 * m.sum((z - t) ** 2),
    "softmax-cross-entropy": lambda z, t, m: m.sum(m.log(m.sum(m.exp(z), axis=1))) - m.sum(z * t),
    "logistic": lambda z, t, m: m.sum(m.log(1 + m.exp(z))) - m.sum(z * t),
}


def by_torch(
    weights: Sequence[Array], biases: Sequence[Array], inputs: Array, targets: Array, activation: str, loss: str
) -> list[Array]:
    """∂ℓ/∂A_1, …, ∂ℓ/∂A_L by PyTorch in double precision; `activation` is a function of `torch`. Needs the extra `torch`."""
    import torch

    A = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in weights]
    b = [torch.tensor(w, dtype=torch.float64) for w in biases]
    y, t = torch.tensor(inputs, dtype=torch.float64), torch.tensor(targets, dtype=torch.float64)
    for W, bias in zip(A[:-1], b[:-1], strict=True):
        y = getattr(torch, activation)(y @ W.T + bias)
    z = y @ A[-1].T + b[-1]
    _TORCH_LOSSES[loss](z, t, torch).backward()
    return [np.asarray(W.grad) for W in A]


_TORCH_LOSSES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "half-squared": lambda z, t, m: 0.5 * ((z - t) ** 2).sum(),
    "softmax-cross-entropy": lambda z, t, m: m.logsumexp(z, 1).sum() - (z * t).sum(),
    "logistic": lambda z, t, m: m.log1p(m.exp(z)).sum() - (z * t).sum(),
}


def by_jax(
    weights: Sequence[Array], biases: Sequence[Array], inputs: Array, targets: Array, activation: str, loss: str
) -> tuple[list[Array], list[Array]]:
    """∂ℓ/∂A_1, …, ∂ℓ/∂A_L and ∂ℓ/∂b_1, …, ∂ℓ/∂b_L by JAX in double precision; `activation` is a function of `jax.nn` or
    `jax.numpy`. Needs the extra `jax`."""
    import jax

    function = getattr(jax.nn, activation, None) or getattr(jax.numpy, activation)

    def value(A: Any, b: Any) -> Any:
        return loss_by_numpy(A, b, inputs, targets, function, loss, numpy=jax.numpy)

    with jax.enable_x64(True):
        found = jax.grad(value, (0, 1))(list(map(np.asarray, weights)), list(map(np.asarray, biases)))
        return [np.asarray(part) for part in found[0]], [np.asarray(part) for part in found[1]]


def tanh_by_hand(weights: Sequence[Array], biases: Sequence[Array], inputs: Array, targets: Array) -> list[tuple[Array, Array]]:
    """(∂ℓ/∂A_l, ∂ℓ/∂b_l) of the half squared error of a tanh network, as one would write it: the measure of speed."""
    outputs = [inputs]
    for A, b in zip(weights[:-1], biases[:-1], strict=True):
        outputs.append(np.tanh(outputs[-1] @ A.T + b))
    delta = outputs[-1] @ weights[-1].T + biases[-1] - targets
    found = []
    for number in range(len(weights) - 1, -1, -1):
        found.append((delta.T @ outputs[number], delta.sum(axis=0)))
        if number:
            delta = (delta @ weights[number]) * (1 - outputs[number] ** 2)
    return found[::-1]
