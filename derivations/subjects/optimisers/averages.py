"""Why Adam divides by 1 − βᵗ: the weights of an exponential moving average that starts at zero."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.random import Generator
from sympy import Integer, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.reports import Row, compare
from derivations.core.symbols import Declarations, index, scalar, sequence, size
from numeric.domains import UNIT_INTERVAL

_STEPS = size("T", "number of steps")
T = _STEPS.head
_NAMES = Declarations(
    (
        _STEPS, index("k", T, "step", lower=0), index("j", T, "earlier step", lower=0),
        scalar("beta", r"\beta", "decay", UNIT_INTERVAL), scalar("c", "c", "mean of all gradients"),
        sequence("m", (T,), r"m^{{({0})}}", "moving average"), sequence("g", (T,), r"g^{{({0})}}", "gradient at step k"),
        sequence("e", (T,), r"e^{{({0})}}", "mean of the moving average when all gradients have the mean c"),
    )
)  # fmt: skip


@cache
def bias_correction() -> Derivation:
    """E m⁽ᵏ⁾ = (1 − βᵏ)·E g, so that m⁽ᵏ⁾/(1 − βᵏ) has the mean of the gradients."""
    k, j, beta, c, m, g, e = (_NAMES[n].head for n in ("k", "j", "beta", "c", "m", "g", "e"))
    proof = Proof(_NAMES)
    proof.heading("The moving average")
    proof.step("initial", left=m[0], right=Integer(0), note="The average of the gradients starts at zero,")
    proof.step("recurrence", left=m[k + 1], right=beta * m[k] + (1 - beta) * g[k], index=k, note="and is carried on by")
    (weighted,) = proof.by_induction(
        k, ((m[k], (1 - beta) * Sum(beta ** (k - 1 - j) * g[j], (j, 0, k - 1))),),
        note="It is a weighted sum of the gradients, the last one weighing most:",
    )  # fmt: skip
    proof.heading("Its mean")
    proof.step("initial", left=e[0], right=Integer(0), note="If all gradients have the mean c, the mean of the average obeys")
    proof.step("recurrence", left=e[k + 1], right=beta * e[k] + (1 - beta) * c, index=k)
    (mean,) = proof.by_induction(k, ((e[k], (1 - beta**k) * c),), note="so that it is too small by a factor known at each step:")
    return proof.done(
        "adam/bias-correction",
        "The bias correction of Adam",
        "A moving average that starts at zero is too small in the mean by the factor 1 − βᵏ, by which Adam therefore divides.",
        Kind.IDENTITY,
        (weighted, mean),
        "Divided by 1 − βᵏ the average has the mean of the gradients at every step.",
        checks=(sampled_means,),
    )


def sampled_means(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Averages of random gradients with a common mean, corrected and not, against the mean, within four standard errors."""
    beta, mean, steps, runs = 0.9, 2.0, 12, 400 * max(samples, 10)
    average = np.zeros(runs)
    for _ in range(steps):
        average = beta * average + (1 - beta) * rng.normal(mean, 1.0, runs)
    corrected = average / (1 - beta**steps)
    error = 4 * float(np.std(corrected)) / np.sqrt(runs)
    why = f"four standard errors of {runs} runs"
    yield compare(f"mean of the corrected average after {steps} steps", mean, float(np.mean(corrected)), error, why)
    yield compare("mean of the average itself", (1 - beta**steps) * mean, float(np.mean(average)), error, why)
