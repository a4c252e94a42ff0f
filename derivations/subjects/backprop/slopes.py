"""How steep an activation is at most: sup |σ'| for sigmoid, tanh, softplus, ReLU and GELU, bounded and shown to be least."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from sympy import Expr, Integer, Rational, Symbol, erf, exp, log, pi, sqrt

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.statements import Bounded
from derivations.core.symbols import POSITIVE, Declarations, function, scalar
from numeric.domains import NONNEGATIVE, UNIT_INTERVAL

u = Symbol("u", real=True)
_E, _F = exp(-u), exp(u)
_eps = scalar("epsilon", r"\varepsilon", "any number between 0 and 1", UNIT_INTERVAL)


@dataclass(frozen=True)
class Steepness:
    """An activation, the bound of its slope, and both differences from the bound written so that their sign shows.

    The slope is `steep` at the input `at`: the bound itself, or 1 − ε for every ε between 0 and 1.
    """

    name: str
    value: Expr
    bound: Expr
    above: Expr
    below: Expr
    at: Expr
    steep: Expr


STEEPNESS: dict[str, Steepness] = {
    "sigmoid": Steepness(
        "sigmoid", 1 / (1 + _E), Rational(1, 4), (1 - _E) ** 2 / (4 * (1 + _E) ** 2), Rational(1, 4) + _E / (1 + _E) ** 2,
        Integer(0), Rational(1, 4),
    ),
    "tanh": Steepness(
        "tanh", (_F - _E) / (_F + _E), Integer(1), (_F - _E) ** 2 / (_F + _E) ** 2, 1 + 4 / (_F + _E) ** 2, Integer(0), Integer(1)
    ),
    "softplus": Steepness(
        "softplus", log(1 + _F), Integer(1), 1 / (1 + _F), 1 + _F / (1 + _F), log(1 - _eps.head) - log(_eps.head), 1 - _eps.head
    ),
}  # fmt: skip
"""Name → what is shown."""


def _declared(name: str) -> Declarations:
    return Declarations(
        (
            scalar("u", "u", "input"), _eps, scalar("v", "v", "size of the input", NONNEGATIVE),
            function(name, rf"\operatorname{{{{{name}}}}}\left({{0}}\right)", "activation"),
            function("fall", r"h\left({0}\right)", "minus the slope"),
        )
    )  # fmt: skip


@cache
def steepness(name: str) -> Derivation:
    """|σ'(u)| ≤ c for all u, and no smaller c will do."""
    shown = STEEPNESS[name]
    names = _declared(shown.name)
    proof = Proof(names)
    start = proof.step("given", left=names[shown.name].head(u), right=shown.value, note="The activation is")
    slope = proof.step("differentiate", start, variable=u)
    bound = proof.step("bound_by_sign", slope, bound=shown.bound, above=shown.above, below=shown.below,
                       note="The bound minus the slope and the bound plus the slope are never negative:")  # fmt: skip
    reached = shown.steep == shown.bound
    near = r"and the slope comes as near to it as one likes, for $0 < \varepsilon < 1$:"
    note = "and the slope is as large as that:" if reached else near
    end = proof.step("evaluate_at", slope, unknown=u, value=shown.at, result=shown.steep, note=note)
    return proof.done(
        f"backprop/slope-{name}", f"The largest slope of {name}",
        f"The slope of {name} is at most {shown.bound}" + ("." if reached else ", and comes as near to that as one likes."),
        Kind.BOUND, (bound, end),
        f"A layer with {name} multiplies gradients by at most {shown.bound} times the norm of its weights.",
    )  # fmt: skip


GELU_SLOPE = (1 + erf(1)) / 2 + exp(-1) / sqrt(pi)
"""Φ(√2) + √2 φ(√2) ≈ 1.129, the largest slope of GELU."""


@cache
def steepest_gelu() -> Derivation:
    """GELU'(v) = Φ(v) + v φ(v) grows up to v = √2 and falls beyond; GELU'(−v) = 1 − GELU'(v)."""
    names = _declared("gelu")
    gelu, fall, v = names["gelu"].head, names["fall"].head, names["v"].head
    density, root = exp(-(v**2) / 2) / sqrt(2 * pi), sqrt(2)
    proof = Proof(names)
    start = proof.step(
        "given", left=gelu(u), right=u * (1 + erf(u / root)) / 2,
        note="With the distribution function of the normal distribution,",
    )  # fmt: skip
    slope = proof.step("differentiate", start, variable=u)
    proof.heading("Where the slope is largest")
    minus = proof.step(
        "define", left=fall(v), right=-(1 + erf(v / root)) / 2 - v * density, note="At $v \\ge 0$ let $h$ be minus the slope:"
    )
    bend = proof.step("differentiate", minus, variable=v)
    factor = (v + root) * density
    bend = proof.step(
        "rearrange", bend, to=factor * (v - root), note="It falls until $v$ is the root of two and rises from there on:"
    )
    zero = proof.step("set_to_zero", bend)
    zero = proof.step("multiply_both_sides", zero, factor=1 / factor)
    solved = proof.step("isolate", zero, unknown=v)
    lowest = proof.step("minimum_by_sign", bend, solved, factor=factor)
    proof.heading("The bound")
    right = proof.step("evaluate_at", slope, unknown=u, value=v, result=-fall(v), note="The slope at $v \\ge 0$ is")
    c, one = GELU_SLOPE, Integer(1)
    above = proof.step(
        "bound_by_minimum", right, lowest, bound=c, above=Integer(0), rise_above=one, below=c - fall(v), rise_below=Integer(0),
        note="so it is at most what it is at the root of two:",
    )  # fmt: skip
    left = proof.step("evaluate_at", slope, unknown=u, value=-v, result=1 + fall(v), note="At $-v$ it is one minus that,")
    rest = erf(1) / 2 + exp(-1) / sqrt(pi) + erf(v / root) / 2 + v * density
    below = proof.step(
        "bound_by_minimum", left, lowest, bound=c, above=rest, rise_above=Integer(0), below=one, rise_below=one,
        note="which is no further from zero:",
    )  # fmt: skip
    end = proof.step("evaluate_at", slope, unknown=u, value=root, result=c, note="The bound is reached:")
    return proof.done(
        "backprop/slope-gelu", "The largest slope of gelu",
        "The slope of GELU is stationary at the root of two, rises before and falls behind it; for negative inputs it is "
        "one minus the slope at the positive ones.",
        Kind.BOUND, (above, below, end),
        "A layer with gelu multiplies gradients by at most $\\Phi(\\sqrt{2}) + \\sqrt{2} \\, \\varphi(\\sqrt{2})$, about 1.129, "
        "times the norm of its weights.",
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
    ends, slopes = [], []
    for call, value, slope in ((names["relu"].head(above), above, 1), (names["relu_below"].head(below), Integer(0), 0)):
        start = proof.step("given", left=call, right=value, note="For inputs above zero" if slope else "For inputs below zero")
        slopes.append(proof.step("differentiate", start, variable=call.args[0]))
        ends.append(
            proof.step("bound_by_sign", slopes[-1], bound=Integer(1), above=Integer(1 - slope), below=Integer(1 + slope))
        )
    return proof.done(
        "backprop/slope-relu", "The largest slope of ReLU", "Away from its kink the slope of ReLU is 1 or 0.", Kind.BOUND,
        (*ends, slopes[0]),
        "A layer with ReLU multiplies gradients by at most the norm of its weights; units below zero pass nothing on.",
    )  # fmt: skip


ENTRIES: dict[str, Callable[[], Derivation]] = {
    **{f"backprop/slope-{name}": partial(steepness, name) for name in STEEPNESS},
    "backprop/slope-relu": relu_slope,
    "backprop/slope-gelu": steepest_gelu,
}


class UnboundedSlope(LookupError):
    """An activation whose largest slope is not derived."""

    def __init__(self, activation: str) -> None:
        self.activation = activation
        known = ", ".join(name.removeprefix("backprop/slope-") for name in ENTRIES)
        super().__init__(f"no bound of the slope of {activation!r} is derived; known: {known}; or give one")


def largest_slope(activation: str) -> Expr:
    """sup |σ'|, as derived.

    >>> largest_slope("sigmoid")
    1/4
    """
    if f"backprop/slope-{activation}" not in ENTRIES:
        raise UnboundedSlope(activation)
    (bound,) = {s.bound for s in ENTRIES[f"backprop/slope-{activation}"]().conclusions if isinstance(s, Bounded)}
    return bound
