"""An inception module, naive against bottleneck, in letters: the differences, and when the bottleneck wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from sympy import Expr, Integer, Mul

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, scalar, size
from numeric.domains import REAL

_SIZES = (
    size("C", "channels of the input"),
    size("a", "channels of the 1×1 branch"),
    size("b", "channels of the 3×3 branch"),
    size("c", "channels of the 5×5 branch"),
    size("r", "channels to which the bottleneck reduces before 3×3"),
    size("t", "channels to which the bottleneck reduces before 5×5"),
    size("q", "channels of the bottleneck's pool branch"),
    size("H", "rows"),
    size("W", "columns"),
)
C, a, b, c, r, t, q, H, W = (entry.head for entry in _SIZES)
DECLARED = Declarations(
    (
        *_SIZES,
        scalar("naive", r"n_\mathrm{{naive}}", "count of the naive module", REAL),
        scalar("narrow", r"n_\mathrm{{bottleneck}}", "count of the module with bottlenecks", REAL),
        scalar("saved", r"\Delta", "how much the bottleneck saves", REAL),
        scalar("spent", r"\Delta'", "how much more the bottleneck takes", REAL),
    )
)
naive, narrow, saved, spent = (DECLARED[name].head for name in ("naive", "narrow", "saved", "spent"))

NAIVE = ((1, C, a), (9, C, b), (25, C, c))
NARROW = ((1, C, a), (1, C, r), (9, r, b), (1, C, t), (25, t, c), (1, C, q))
"""Convolutions as (taps of a kernel, channels in, channels out); all have the size of the input."""


def _weights(module: tuple[tuple[object, ...], ...]) -> Expr:
    return sum((Mul(*part) for part in module), Integer(0))


def _outputs(module: tuple[tuple[object, ...], ...]) -> Expr:
    return sum((part[2] for part in module), Integer(0))  # type: ignore[misc]


_GAIN = C * (9 * b + 25 * c - r - t - q) - 9 * r * b - 25 * t * c


@dataclass(frozen=True)
class Comparison:
    """A quantity of both modules and their difference in a form that shows its sign."""

    title: str
    counted: str
    naive: Expr
    narrow: Expr
    difference: Expr
    wins: bool
    sentence: str


_TAPS = "Taps of a kernel times channels in times channels out"
_PRODUCTS = Comparison(
    "multiplications", _TAPS + ", at every place",
    H * W * _weights(NAIVE), H * W * _weights(NARROW), H * W * _GAIN, True,
    "The bottleneck multiplies less exactly when C(9b + 25c − r − t − q) exceeds 9rb + 25tc.",
)  # fmt: skip
COMPARISONS: dict[str, Comparison] = {
    "parameters": Comparison(
        "parameters",
        _TAPS + ", and a bias for each channel out",
        _weights(NAIVE) + _outputs(NAIVE),
        _weights(NARROW) + _outputs(NARROW),
        _GAIN - r - t - q,
        True,
        "The bottleneck has fewer parameters exactly when C(9b + 25c − r − t − q) exceeds 9rb + 25tc + r + t + q.",
    ),
    "multiplications": _PRODUCTS,
    "additions": Comparison(
        "additions", "One addition for each product, the bias being the last",
        _PRODUCTS.naive, _PRODUCTS.narrow, _PRODUCTS.difference, True,
        "Biases make the additions as many as the multiplications, so the condition is the same.",
    ),
    "activations": Comparison(
        "activation evaluations", "One evaluation for each output of each convolution",
        H * W * _outputs(NAIVE), H * W * _outputs(NARROW), H * W * (r + t + q), False,
        "The bottleneck always evaluates more nonlinearities: those of its reductions.",
    ),
}  # fmt: skip


@cache
def comparison(name: str) -> Derivation:
    """naive − bottleneck (or the reverse, where that is always positive), and its sign."""
    case = COMPARISONS[name]
    proof = Proof(DECLARED)
    proof.step("define", left=naive, right=case.naive, note=f"{case.counted}. For the naive module:")
    proof.step("define", left=narrow, right=case.narrow, note="With bottlenecks:")
    better, worse, gap = (narrow, naive, saved) if case.wins else (naive, narrow, spent)
    start = proof.step(
        "define", left=gap, right=worse - better,
        note="The bottleneck saves" if case.wins else "The bottleneck takes more, namely",
    )  # fmt: skip
    end = proof.step("rearrange", start, to=case.difference)
    if case.wins:
        condition = case.difference / (H * W) if name != "parameters" else case.difference
        proof.step("assume", positive=condition, note="The bottleneck wins under the condition")
    proof.step("positive_by_sign", end, note="so that the difference is positive:")
    return proof.done(
        f"network/inception-{name}",
        f"Inception module, naive against bottleneck: {case.title}",
        "The counts of both modules in letters, and their difference in a form that shows when it is positive.",
        Kind.IDENTITY,
        (end,),
        case.sentence,
    )


ENTRIES: dict[str, Callable[[], Derivation]] = {f"network/inception-{name}": partial(comparison, name) for name in COMPARISONS}
