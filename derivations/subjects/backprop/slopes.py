"""How steep an activation is at most: sup |σ'| for sigmoid, tanh, softplus and ReLU; where GELU is steepest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from sympy import Expr, Integer, Rational, Symbol, erf, exp, log, pi, sqrt

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import POSITIVE, Declarations, function, scalar

u = Symbol("u", real=True)
_E, _F = exp(-u), exp(u)


@dataclass(frozen=True)
class Steepness:
    """An activation, the bound of its slope, and both differences from the bound written so that their sign shows."""

    name: str
    value: Expr
    bound: Expr
    above: Expr
    below: Expr


STEEPNESS: dict[str, Steepness] = {
    "sigmoid": Steepness(
        "sigmoid", 1 / (1 + _E), Rational(1, 4), (1 - _E) ** 2 / (4 * (1 + _E) ** 2), Rational(1, 4) + _E / (1 + _E) ** 2
    ),
    "tanh": Steepness("tanh", (_F - _E) / (_F + _E), Integer(1), (_F - _E) ** 2 / (_F + _E) ** 2, 1 + 4 / (_F + _E) ** 2),
    "softplus": Steepness("softplus", log(1 + _F), Integer(1), 1 / (1 + _F), 1 + _F / (1 + _F)),
}
"""Name → what is shown. That no smaller bound holds shows at u = 0 (sigmoid, tanh) or for large u (softplus)."""


def _declared(name: str, latex: str) -> Declarations:
    return Declarations(
        (scalar("u", "u", "input"), function(name, rf"\operatorname{{{{{latex}}}}}\left({{0}}\right)", "activation"))
    )


@cache
def steepness(name: str) -> Derivation:
    """|σ'(u)| ≤ c for all u."""
    shown = STEEPNESS[name]
    names = _declared(shown.name, shown.name)
    proof = Proof(names)
    start = proof.step("given", left=names[shown.name].head(u), right=shown.value, note="The activation is")
    slope = proof.step("differentiate", start, variable=u)
    end = proof.step("bound_by_sign", slope, bound=shown.bound, above=shown.above, below=shown.below,
                     note="The bound minus the slope and the bound plus the slope are never negative:")  # fmt: skip
    return proof.done(
        f"backprop/slope-{name}", f"The largest slope of {name}", f"The slope of {name} is at most {shown.bound}.",
        Kind.BOUND, (end,), f"A layer with {name} multiplies gradients by at most {shown.bound} times the norm of its weights.",
    )  # fmt: skip


@cache
def steepest_gelu() -> Derivation:
    """GELU''(u) = (2 − u²) φ(u): the slope grows up to √2, where it is Φ(√2) + √2 φ(√2) ≈ 1.129, and falls beyond."""
    names = _declared("gelu", "gelu")
    gelu = names["gelu"].head
    proof = Proof(names)
    normal = (1 + erf(u / sqrt(2))) / 2
    start = proof.step("given", left=gelu(u), right=u * normal, note="With the distribution function of the normal distribution,")
    slope = proof.step("differentiate", start, variable=u)
    bend = proof.step("differentiate", slope, variable=u)
    density = exp(-(u**2) / 2) / sqrt(2 * pi)
    end = proof.step(
        "rearrange", bend, to=(2 - u**2) * density, note="The second derivative changes its sign at two places only:"
    )
    return proof.done(
        "backprop/slope-gelu", "Where GELU is steepest", "The slope of GELU is stationary where u² = 2 and nowhere else.",
        Kind.IDENTITY, (end,),
        "The slope grows between $-\\sqrt{2}$ and $\\sqrt{2}$ and falls outside, from 0 on the far left to 1 on "
        "the far right: it is largest "
        "at $\\sqrt{2}$, about 1.129, and smallest at $-\\sqrt{2}$, about −0.129.",
    )  # fmt: skip


@cache
def relu_slope() -> Derivation:
    """ReLU is u above zero and 0 below: its slope is 1 or 0 away from the kink."""
    names = Declarations(
        (
            scalar("u", "u", "input above zero", POSITIVE), scalar("w", "w", "size of an input below zero", POSITIVE),
            function("relu", r"\operatorname{{relu}}\left({0}\right)", "activation for inputs above zero"),
            function("relu_below", r"\operatorname{{relu}}\left(-{0}\right)", "activation for inputs below zero, u = −w"),
        )
    )  # fmt: skip
    proof = Proof(names)
    above, below = names["u"].head, names["w"].head
    ends = []
    for call, value, slope in ((names["relu"].head(above), above, 1), (names["relu_below"].head(below), Integer(0), 0)):
        start = proof.step("given", left=call, right=value, note="For inputs above zero" if slope else "For inputs below zero")
        steep = proof.step("differentiate", start, variable=call.args[0])
        ends.append(proof.step("bound_by_sign", steep, bound=Integer(1), above=Integer(1 - slope), below=Integer(1 + slope)))
    return proof.done(
        "backprop/slope-relu", "The largest slope of ReLU", "Away from its kink the slope of ReLU is 1 or 0.", Kind.BOUND, ends,
        "A layer with ReLU multiplies gradients by at most the norm of its weights; units below zero pass nothing on.",
    )  # fmt: skip


ENTRIES: dict[str, Callable[[], Derivation]] = {
    **{f"backprop/slope-{name}": partial(steepness, name) for name in STEEPNESS},
    "backprop/slope-relu": relu_slope,
    "backprop/slope-gelu": steepest_gelu,
}
