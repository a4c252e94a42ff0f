"""Monte Carlo checks of what the derivations conclude, with error bars: their formulas evaluated against sampled means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.special import logsumexp, softmax
from sympy import Expr, Symbol

from derivations.core.derivation import Derivation
from derivations.core.reports import Row, compare
from derivations.core.statements import Equation
from numeric.evaluate_slowly import evaluate_slowly

ERRORS = 4.5
"""Standard errors allowed: a true statement fails in one of 150,000 comparisons."""


def concluded(derivation: Derivation, number: int, **values: Any) -> float:
    """The right side of an equation that the derivation concludes, at values by name; an index gets its number."""
    statement = derivation.conclusions[number]
    assert isinstance(statement, Equation)
    return _value(derivation, statement.right, values)


def _value(derivation: Derivation, expression: Expr, values: dict[str, Any]) -> float:
    names = derivation.declarations
    heads = {names[name].head: value for name, value in values.items()}
    indices = {head: value for head, value in heads.items() if isinstance(head, Symbol) and names.range_of(head) is not None}
    instance = {head: value for head, value in heads.items() if head not in indices}
    return float(evaluate_slowly(expression, instance, bindings=indices, definitions=derivation.definitions, digits=20))


def monte_carlo(what: str, expected: float, draws: np.ndarray) -> Row:
    """The mean of draws against the value claimed, within ERRORS standard errors."""
    found, error = float(np.mean(draws)), float(np.std(draws, ddof=1) / np.sqrt(len(draws)))
    ok = abs(found - expected) <= ERRORS * error
    why = f"{ERRORS} standard errors of {len(draws)} draws"
    return Row(what, f"{expected:.6g}", f"{found:.6g} ± {error:.2g}", f"{ERRORS * error:.3g}", why, bool(ok))


def ratios_near_one(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """The identity, both bounds and the order of the remainders, on random probabilities."""
    p = rng.uniform(0.05, 0.95, 20 * samples)
    q = rng.uniform(0.05, 0.95, 20 * samples)
    eps, relative = np.log(p) - np.log(q), (p - q) / p
    yield compare("relative difference against 1 − exp(−ε)", relative, 1 - np.exp(-eps), 1e-12, "rounding")
    for order, polynomial in ((2, eps), (3, eps - eps**2 / 2)):
        bound = np.abs(eps) ** order / np.prod(range(1, order + 1)) * np.exp(np.abs(eps))
        excess = float(np.max(np.abs(relative - polynomial) - bound))
        yield Row(f"remainder of order {order} minus its bound", "<= 0", f"{excess:.3g}", "1e-12", "rounding", excess <= 1e-12)
        small = np.array([1e-1, 1e-2])
        errors = np.abs(1 - np.exp(-small) - (small if order == 2 else small - small**2 / 2))
        slope = float(np.diff(np.log(errors))[0] / np.diff(np.log(small))[0])
        yield compare(f"order at which remainder {order} vanishes", order, slope, 0.05, "a higher term at ε = 0.1")
    outside = float(np.max(np.maximum(relative - eps, eps - (p - q) / q)))
    yield Row("ε outside (p − q)/p … (p − q)/q", "<= 0", f"{outside:.3g}", "1e-12", "rounding", outside <= 1e-12)


def _distributions(rng: Generator, size: int = 5) -> tuple[np.ndarray, np.ndarray]:
    return rng.dirichlet(np.full(size, 2.0)), rng.dirichlet(np.full(size, 2.0))


def divergence_by_sampling(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """What the derivation calls KL(p‖q) against the mean of ε over draws from p; its minimum over random q."""
    for number in range(3):
        p, q = _distributions(rng)
        drawn = rng.choice(len(p), size=50 * samples, p=p)
        exact = _divergence(derivation, p, q)
        yield monte_carlo(f"pair {number + 1}: KL as the mean of the log-ratio", exact, np.log(p[drawn]) - np.log(q[drawn]))
    p, q = _distributions(rng)
    yield compare("KL of p from itself", 0.0, _divergence(derivation, p, p), 1e-15, "rounding")
    others = rng.dirichlet(np.full(len(p), 2.0), size=20 * samples)
    smallest = float(np.min(np.sum(p * np.log(p / others), axis=1)))
    yield Row(
        f"smallest KL over {len(others)} random q", "> 0", f"{smallest:.3g}", "0", "zero only where q = p", smallest > 0
    )  # fmt: skip


def _divergence(derivation: Derivation, p: np.ndarray, q: np.ndarray) -> float:
    divergence = derivation.declarations["kl"].head(derivation.declarations["q"].head)
    stated = derivation.conclusions[0]
    form = stated.right if isinstance(stated, Equation) else divergence
    return _value(derivation, form, {"K": len(p), "a": p, "q": q})


def cross_entropy_by_sampling(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Cross-entropy as a mean over draws, and its gradient by central differences."""
    p, _ = _distributions(rng)
    z = rng.normal(size=len(p))
    drawn = rng.choice(len(p), size=50 * samples, p=p)
    losses = logsumexp(z) - z[drawn]
    given = {"K": len(p), "a": p, "z": z}
    yield monte_carlo("cross-entropy as the mean of the loss", concluded(derivation, 0, **given), losses)
    step = 1e-6
    along = np.eye(len(z)) * step
    loss = [float(logsumexp(z + d) - p @ (z + d)) for d in (*along, *-along)]
    slope = (np.array(loss[: len(z)]) - np.array(loss[len(z) :])) / (2 * step)
    claimed = np.array([concluded(derivation, 1, **given, k=k + 1) for k in range(len(z))])
    yield compare("gradient by central differences against softmax − p", claimed, slope, 1e-8, "differences of step 1e-6")


def gaussians_by_sampling(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """KL between Gaussians as the mean of the log-ratio of the densities over draws."""
    for number in range(3):
        mu, sigma = rng.normal(size=2), rng.uniform(0.5, 2.0, size=2)
        x = rng.normal(mu[0], sigma[0], 50 * samples)
        ratio = np.log(sigma[1] / sigma[0]) - ((x - mu[0]) / sigma[0]) ** 2 / 2 + ((x - mu[1]) / sigma[1]) ** 2 / 2
        exact = concluded(derivation, 0, mu1=mu[0], mu2=mu[1], s1=sigma[0], s2=sigma[1])
        yield monte_carlo(f"pair {number + 1}: KL of Gaussians as the mean of the log-ratio", exact, ratio)


def fisher_by_sampling(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """Fisher information as the mean squared score over draws, and KL for a small change of the parameter."""
    t, theta = rng.normal(size=6), float(rng.normal())
    p = softmax(theta * t)
    score = t - p @ t
    drawn = rng.choice(len(t), size=50 * samples, p=p)
    fisher = concluded(derivation, 2, theta=theta, t=t, K=len(t))
    yield monte_carlo("Fisher information as the mean squared score", fisher, score[drawn] ** 2)
    step = 1e-3
    q = softmax((theta + step) * t)
    quadratic = 2 * float(np.sum(p * np.log(p / q))) / step**2
    yield compare("2 KL/h² at h = 0.001", fisher, quadratic, 1e-2, "the third-order term, and rounding over h²")
