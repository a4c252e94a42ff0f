"""Losses of a batch, and what is refused about a network that is to be run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Rational

from derivations.subjects.matrices.elementwise import ELEMENTWISE
from derivations.subjects.matrices.expressions import Matrix, node, number, variable
from derivations.subjects.matrices.gradients import gradient
from derivations.subjects.matrices.programs import Program

OUTPUTS, _T = variable("z", "N", "n"), variable("t", "N", "n")
LOSSES: dict[str, Matrix] = {
    "half-squared": number(Rational(1, 2)) * node("norm", OUTPUTS - _T) ** 2,
    "softmax-cross-entropy": node("sum", node("logsumexp", OUTPUTS)) - node("trace", _T.T @ OUTPUTS),
    "logistic": node("sum", node("apply", OUTPUTS, data="softplus")) - node("trace", _T.T @ OUTPUTS),
}
"""Name → the loss of a batch, summed over its rows: outputs z, targets t. Its gradient is derived when it is asked for."""


class UnknownChoice(LookupError):
    """An activation or a loss that is not in its table."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        super().__init__(f"no {what} is called {name!r}; known: {', '.join(known)}")


class WrongNetwork(ValueError):
    """Weights, biases, inputs and targets that are not those of one network."""

    def __init__(self, what: str, expected: tuple[Any, ...], found: tuple[Any, ...]) -> None:
        self.what, self.expected, self.found = what, expected, found
        super().__init__(f"{what}: expected shape {expected}, found {found}")


def loss_programs(loss: str) -> dict[str, Program]:
    """The loss of outputs z and targets t, and its gradient by z. Raises: UnknownChoice."""
    if loss not in LOSSES:
        raise UnknownChoice("loss", loss, tuple(LOSSES))
    return {"loss": Program.of(LOSSES[loss]), "loss slope": gradient(LOSSES[loss], OUTPUTS).compile()}


def known_activation(activation: str) -> str:
    """The name itself. Raises: UnknownChoice."""
    if activation not in ELEMENTWISE:
        raise UnknownChoice("activation", activation, tuple(ELEMENTWISE))
    return activation
