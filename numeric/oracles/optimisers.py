"""Independent answers about optimisers: each method as a plain loop, written from its source, on plain numbers.

Every function takes the oracle(s), the start and a coefficient for each step and returns the iterates, the start first.
`eta` and `mu` are functions of the step, counted from 0. Numbers may be floats, Fractions or mpmath numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Number = Any
Rate = Callable[[int], Number]
Gradient = Callable[[Number], Number]
Root = Callable[[Number], Number]


def gradient_descent(gradient: Gradient, theta: Number, steps: int, eta: Rate) -> list[Number]:
    """θ ← θ − η∇f(θ)."""
    path = [theta]
    for step in range(steps):
        theta = theta - eta(step) * gradient(theta)
        path.append(theta)
    return path


def heavy_ball(gradient: Gradient, theta: Number, steps: int, eta: Rate, mu: Rate) -> list[Number]:
    """θ⁺ = θ − η∇f(θ) + μ(θ − θ⁻)."""
    path = [theta]
    before = theta
    for step in range(steps):
        before, theta = theta, theta - eta(step) * gradient(theta) + mu(step) * (theta - before)
        path.append(theta)
    return path


def pytorch_sgd(
    gradient: Gradient, theta: Number, steps: int, eta: Rate, mu: Rate, *,
    tau: Number = 0, lam: Number = 0, nesterov: bool = False, maximize: bool = False,
) -> list[Number]:  # fmt: skip
    """torch.optim.SGD: the buffer is created from the first gradient; `maximize` negates ∇f alone."""
    path = [theta]
    buffer: Number = None
    for step in range(steps):
        g = gradient(theta)
        if maximize:
            g = -g
        g = g + lam * theta
        buffer = g if buffer is None else mu(step) * buffer + (1 - tau) * g
        theta = theta - eta(step) * (g + mu(step) * buffer if nesterov else buffer)
        path.append(theta)
    return path


def optax_sgd(
    gradient: Gradient, theta: Number, steps: int, eta: Rate, mu: Rate, *, nesterov: bool = False
) -> list[Number]:
    """optax.sgd: a trace that starts at zero."""
    path, trace = [theta], 0 * theta
    for step in range(steps):
        g = gradient(theta)
        trace = g + mu(step) * trace
        update = g + mu(step) * trace if nesterov else trace
        theta = theta + (-eta(step)) * update
        path.append(theta)
    return path


def keras_sgd(
    gradient: Gradient, theta: Number, steps: int, eta: Rate, mu: Rate, *, lam: Number = 0, nesterov: bool = False
) -> list[Number]:
    """keras.optimizers.SGD: the rate goes into the velocity; decay first."""
    path, velocity = [theta], 0 * theta
    for step in range(steps):
        g = gradient(theta)
        theta = theta - theta * lam * eta(step)
        velocity = mu(step) * velocity - g * eta(step)
        theta = theta + (mu(step) * velocity - g * eta(step) if nesterov else velocity)
        path.append(theta)
    return path


def sutskever(gradient: Gradient, theta: Number, steps: int, eta: Rate, mu: Rate) -> list[Number]:
    """v ← μv − η∇f(θ+μv); θ ← θ + v."""
    path, v = [theta], 0 * theta
    for step in range(steps):
        v = mu(step) * v - eta(step) * gradient(theta + mu(step) * v)
        theta = theta + v
        path.append(theta)
    return path


def ema_momentum(gradient: Gradient, theta: Number, steps: int, eta: Rate, mu: Rate) -> list[Number]:
    """m ← μm + (1−μ)∇f(θ); θ ← θ − ηm."""
    path, m = [theta], 0 * theta
    for step in range(steps):
        m = mu(step) * m + (1 - mu(step)) * gradient(theta)
        theta = theta - eta(step) * m
        path.append(theta)
    return path


def adam(
    gradient: Gradient, theta: Number, steps: int, eta: Rate, beta1: Number, beta2: Number, eps: Number, root: Root, *,
    placement: str = "pytorch",
) -> list[Number]:  # fmt: skip
    """Adam with ε after the correction of the second moment ("pytorch", "optax") or before it ("keras")."""
    path, m, v = [theta], 0 * theta, 0 * theta
    for step in range(steps):
        g = gradient(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        one, two = 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)
        if placement == "keras":
            theta = theta - eta(step) * root(two) / one * m / (root(v) + eps)
        elif placement == "optax":
            theta = theta - eta(step) * (m / one) / (root(v / two) + eps)
        else:
            theta = theta - eta(step) / one * m / (root(v) / root(two) + eps)
        path.append(theta)
    return path


def rmsprop(
    gradient: Gradient, theta: Number, steps: int, eta: Rate, rho: Number, eps: Number, root: Root, *, inside: bool
) -> list[Number]:
    """RMSprop with ε inside or outside the root."""
    path, s = [theta], 0 * theta
    for step in range(steps):
        g = gradient(theta)
        s = rho * s + (1 - rho) * g * g
        theta = theta - eta(step) * g / (root(s + eps) if inside else root(s) + eps)
        path.append(theta)
    return path


def adamw(
    gradient: Gradient,
    theta: Number,
    steps: int,
    eta: Rate,
    beta1: Number,
    beta2: Number,
    eps: Number,
    lam: Number,
    root: Root,
) -> list[Number]:
    """torch.optim.AdamW: θ ← θ − ηλθ, then Adam."""
    path, m, v = [theta], 0 * theta, 0 * theta
    for step in range(steps):
        g = gradient(theta)
        theta = theta - eta(step) * lam * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        one, two = 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)
        theta = theta - eta(step) / one * m / (root(v) / root(two) + eps)
        path.append(theta)
    return path


def douglas_rachford_points(prox_f: Gradient, prox_g: Gradient, z: Number, steps: int) -> Iterator[tuple[str, Number]]:
    """The points at which Douglas–Rachford calls its proximal operators, in order."""
    for _ in range(steps):
        yield "prox", z
        x = prox_f(z)
        yield "prox_g", 2 * x - z
        z = z + prox_g(2 * x - z) - x


def admm_points(prox_f: Gradient, prox_g: Gradient, y: Number, u: Number, steps: int) -> Iterator[tuple[str, Number]]:
    """The points at which ADMM (scaled dual u, g first) calls its proximal operators, in order."""
    for _ in range(steps):
        yield "prox_g", y - u
        x = prox_g(y - u)
        yield "prox", x + u
        y = prox_f(x + u)
        u = u + x - y
