"""The catalogue of optimisers: claims as derivations, built by the engine when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial

from derivations.core.derivation import Derivation
from derivations.core.reports import Check, Row
from derivations.subjects.optimisers.averages import bias_correction
from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.momentum import forms_equivalent, unrolled, varying_step
from derivations.subjects.optimisers.quadratics import gradient_descent_on_quadratics, heavy_ball_on_quadratics
from derivations.subjects.optimisers.trajectories import pair_runs, splitting_runs


@cache
def _pair(
    name: str,
    title: str,
    a: str,
    b: str,
    schedules: str | tuple[str, ...] = "constant",
    told: tuple[tuple[str, str], ...] = (),
) -> Derivation:
    """The derivation that answers whether two methods of the library are the same, under a name of its own."""
    answer = equivalent(a, b, schedules=schedules, map=dict(told) or None)
    assert answer.proof is not None, str(answer)
    words = f" {answer.repair}." if answer.repair else ""
    conclusion = replace(answer.proof.conclusion, sentence=answer.proof.conclusion.sentence.rstrip(".") + "." + words)
    runs = _named(partial(pair_runs, answer))
    checks = (runs, splitting_runs) if answer.shift else (runs,)
    return replace(answer.proof, name=name, title=title, conclusion=conclusion, checks=checks)


def _named(check: partial[Iterator[Row]]) -> Check:
    """A check with the name under which `verify` tells of it."""
    check.__name__ = pair_runs.__name__  # type: ignore[attr-defined]
    return check


_PAIRS: Mapping[str, tuple[str, str, str, str | tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "momentum/pytorch-keras": (
        "Momentum in PyTorch and in Keras", "pytorch-sgd", "keras-sgd", "constant", (),
    ),
    "momentum/pytorch-keras-schedule": (
        "Momentum in PyTorch and in Keras under a schedule", "pytorch-sgd", "keras-sgd", ("eta",), (),
    ),
    "momentum/nesterov-forms": (
        "Nesterov's method and its form with a velocity", "nesterov", "sutskever-nesterov", ("eta",), (),
    ),
    "momentum/nesterov-look-ahead": (
        "Nesterov momentum at the look-ahead point", "sutskever-nesterov", "keras-sgd-nesterov", ("eta",), (),
    ),
    "momentum/nesterov-libraries": (
        "Nesterov momentum in PyTorch and in optax", "pytorch-sgd-nesterov", "optax-sgd-nesterov", "any", (),
    ),
    "momentum/ema": ("Momentum as a moving average", "ema-momentum", "pytorch-sgd", "constant", ()),
    "momentum/dampening": (
        "Dampening and the moving average", "pytorch-sgd-dampened", "ema-momentum", "constant", (("tau", "mu"),),
    ),
    "weight-decay/l2-against-decoupled": (
        "An L2 penalty and decoupled weight decay", "pytorch-sgd-weight-decay", "sgd-decoupled-decay", "constant", (),
    ),
    "weight-decay/l2-without-momentum": (
        "An L2 penalty and decoupled weight decay without momentum", "pytorch-sgd-weight-decay", "sgd-decoupled-decay", "any",
        (("a.mu", "0"), ("b.mu", "0")),
    ),
    "adam/epsilon-placement": ("Two places of ε in Adam", "adam-pytorch", "adam-keras", "constant", ()),
    "adam/epsilon-rescaled": (
        "Adam with ε rescaled from step to step", "adam-pytorch", "adam-keras", "any", (("eps", "eps*sqrt(1-beta2**t)"),),
    ),
    "rmsprop/epsilon-placement": ("Two places of ε in RMSprop", "rmsprop-pytorch", "rmsprop-keras", "constant", ()),
    "splitting/douglas-rachford-admm": ("Douglas–Rachford splitting and ADMM", "douglas-rachford", "admm", "constant", ()),
}  # fmt: skip
"""Name → title, two methods of the library, schedules, map. What the answer is, is found, not stated here."""

ENTRIES: dict[str, Callable[[], Derivation]] = {
    "momentum/forms-equivalent": forms_equivalent,
    "momentum/varying-step": varying_step,
    "momentum/unrolled": unrolled,
    **{name: partial(_pair, name, *rest) for name, rest in _PAIRS.items()},
    "adam/bias-correction": bias_correction,
    "momentum/quadratic-convergence": heavy_ball_on_quadratics,
    "gradient-descent/quadratic-convergence": gradient_descent_on_quadratics,
}
