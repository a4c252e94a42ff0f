"""The functions that an iteration may call and that stay arbitrary: gradients and proximal operators of f, g and h."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Oracle:
    """One such function: how many arguments it takes, how it is written, what it is.

    `objective` is the function it belongs to. `conjugate` names the oracle of the function itself where this one belongs
    to its convex conjugate.
    """

    arguments: int
    latex: str
    meaning: str
    objective: str
    conjugate: str = ""


def _whose(function: str) -> str:
    return "" if function == "f" else f" of {function}"


def _of(function: str) -> dict[str, Oracle]:
    mark = "" if function == "f" else f"_{function}"
    return {
        f"gradient{mark}": Oracle(1, rf"\nabla {function}", f"gradient{_whose(function)}, an arbitrary function", function),
        f"prox{mark}": Oracle(
            2, rf"\operatorname{{{{prox}}}}_{function}", f"proximal operator of {function}, an arbitrary function", function
        ),
        f"prox{mark}_conjugate": Oracle(
            2, rf"\operatorname{{{{prox}}}}_{{{{{function}^*}}}}", f"proximal operator of the convex conjugate of {function}",
            function, f"prox{mark}",
        ),
    }  # fmt: skip


ORACLES: dict[str, Oracle] = {name: oracle for function in "fgh" for name, oracle in _of(function).items()}
"""Name → oracle: gradient, prox(t, x) and prox_conjugate(t, x) of f, the same with _g and _h."""

ORDER = {name: place for place, name in enumerate(ORACLES)}
"""The place of every oracle in the list."""
