"""Gaussian vectors: mean and covariance of one sample, and class means with a shared covariance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from sympy import Expr, Indexed, Integer, KroneckerDelta, Product, Rational, Sum, exp, log, pi

from derivations.core.derivation import Derivation, Kind
from derivations.core.functions import COLUMN, DETERMINANT, INVERSE, ROW, matrix_of
from derivations.core.proof import Proof
from derivations.core.reports import Row, compare
from derivations.core.symbols import Declarations, array, function, index, labels, size
from derivations.subjects.likelihood.structured.writing import expanded
from numeric.domains import COVARIANCE, NATURAL, SIMPLEX

_SIZES = (size("N", "number of samples"), size("K", "number of classes"), size("D", "number of features"))
N, K, D = (entry.head for entry in _SIZES)


def _declarations(classes: bool) -> Declarations:
    slots, axes = ("{0}{1}", (K, D)) if classes else ("{0}", (D,))
    given = r"p(x^{{({0})}}, y^{{({0})}} \mid {1})" if classes else r"p(x^{{({0})}} \mid \mu, \Sigma)"
    of_class = (
        index("k", K, "class"), index("j", K, "class"), labels("y", N, K, r"y^{{({0})}}", "class of sample i"),
        array("alpha", (K,), r"\alpha_{{{0}}}", "prior probability of class k", SIMPLEX),
        array("n", (K,), r"N_{{{0}}}", "number of samples of class k", NATURAL),
        array("mu_hat", (K, D), r"\hat{{\mu}}_{{{0}{1}}}", "average of feature d over class k"),
    )  # fmt: skip
    return Declarations((
        *((entry for entry in _SIZES if entry.name != "K") if not classes else _SIZES), index("i", N, "sample"),
        index("d", D, "feature"), index("e", D, "feature"),
        *(of_class if classes else ()), array("x", (N, D), r"x_{{{1}}}^{{({0})}}", "feature d of sample i"),
        array("mu", axes, rf"\mu_{{{{{slots}}}}}", "mean of feature d" + (" in class k" if classes else "")),
        array("Sigma", (D, D), r"\Sigma_{{{0}{1}}}", "covariance of features d and e", COVARIANCE),
        array("S", (D, D), r"S_{{{0}{1}}}", "scatter of features d and e around the means"),
        function("p", given, "density of sample i"),
        function("likelihood", r"\mathcal{{L}}", "likelihood of the parameters"),
        function("ell", r"\ell", "negative log-likelihood"),
        function("inverse", r"({0}^{{-1}})_{{{2}{3}}}", "entry of an inverse"),
        function("determinant", r"\det {0}", "determinant"),
    ))  # fmt: skip


ONE, CLASSES = _declarations(False), _declarations(True)
i, d, e, k, j = (CLASSES[name].head for name in "idekj")
x, y, mu, mu_hat, alpha, n, Sigma, S = (
    CLASSES[name].head for name in ("x", "y", "mu", "mu_hat", "alpha", "n", "Sigma", "S")
)
p, likelihood, ell = (CLASSES[name].head for name in ("p", "likelihood", "ell"))
_WHOLE = matrix_of(Sigma[ROW, COLUMN])


def _density(mean: Any) -> Expr:
    """The Gaussian density of x⁽ⁱ⁾, `mean` giving the mean of a feature."""
    square = Sum(Sum((x[i, d] - mean(d)) * INVERSE(_WHOLE, D, d, e) * (x[i, e] - mean(e)), (e, 1, D)), (d, 1, D))
    return (2 * pi) ** (-D / Integer(2)) * DETERMINANT(_WHOLE, D) ** Rational(-1, 2) * exp(-square / 2)


@cache
def multivariate_normal() -> Derivation:
    """μ̂ is the mean and Σ̂ the mean scatter around it."""
    proof = Proof(ONE)
    mean, total = mu[d], Sum(x[i, d], (i, 1, N))
    line = _written(proof, p(i, mu, Sigma), _density(lambda at: mu[at]), p(i, mu, Sigma), (mu, Sigma))
    rows = x[i, d] - mu[d]
    _scatter(proof, rows, x[i, e] - mu[e])
    means = _means(proof, line, mean, N, total)
    covariance = _covariance(proof, line, rows, Integer(0))
    proof.heading("Both together")
    deviation = [x[i, at] - Sum(x[i, at], (i, 1, N)) / N for at in (d, e)]
    joint = proof.step(
        "joint_minimum", means, covariance, values=(total / N, Sum(deviation[0] * deviation[1], (i, 1, N)) / N),
        note="The mean does not depend on the covariance, so together they are the one and only minimum:",
    )  # fmt: skip
    return _done(proof, "multivariate-normal/mle", "Mean and covariance of a Gaussian vector", (joint,), False)


@cache
def discriminant_analysis() -> Derivation:
    """Class frequencies, class means, and the mean scatter around them: Gaussian discriminant analysis."""
    proof = Proof(CLASSES)
    proof.step("define", left=n[k], right=Sum(KroneckerDelta(y[i], k), (i, 1, N)), note="Let $N_k$ be the samples of class $k$,")
    proof.step("assume", positive=n[k], note="and let every class occur:")
    label = p(i, k, mu, Sigma, alpha)
    density = alpha[k] * _density(lambda at: mu[k, at])
    line = _written(proof, label, density, p(i, y[i], mu, Sigma, alpha), (mu, Sigma, alpha))
    rows = x[i, d] - mu[y[i], d]
    _scatter(proof, rows, x[i, e] - mu[y[i], e])
    total = Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N))
    means = _means(proof, line, mu[k, d], n[k], total)
    covariance = _covariance(proof, line, rows, -Sum(log(alpha[y[i]]), (i, 1, N)))
    proof.heading("The priors")
    score = proof.step("differentiate", line, variable=alpha[k])
    score = proof.step("rearrange", score, to=-n[k] / alpha[k], note="Only the samples of class $k$ count:")
    bend = proof.step("differentiate", score, variable=alpha[j])
    constraint = proof.step("impose", left=Sum(alpha[k], (k, 1, K)), right=Integer(1), unknown=alpha[k], note="Subject to")
    solved = proof.step("multiplier_solution", score, constraint, right=n[k] / N, multiplier=N)
    priors = proof.step(
        "minimum_under_linear_constraint", score, bend, solved, constraint, curvature=n[k] / alpha[k] ** 2, multiplier=N,
        note="The second derivatives form a positive diagonal, and the constraint is linear:",
    )  # fmt: skip
    proof.heading("All together")
    proof.step("define", left=mu_hat[k, d], right=total / n[k], note="Call the class averages")
    around = [x[i, at] - mu_hat[y[i], at] for at in (d, e)]
    joint = proof.step(
        "joint_minimum", means, covariance, priors,
        values=(mu_hat[k, d], Sum(around[0] * around[1], (i, 1, N)) / N, n[k] / N),
        note="Each value depends on earlier groups alone, so together they are the one and only minimum:",
    )  # fmt: skip
    return _done(
        proof, "gaussian-discriminant-analysis/mle", "Gaussian discriminant analysis with a shared covariance", (joint,), True
    )


def _written(proof: Proof, left: Expr, density: Expr, each: Expr, arguments: tuple[Any, ...]) -> int:
    proof.heading("The model")
    proof.step("assume", positive=DETERMINANT(_WHOLE, D), note="Let $\\Sigma$ be a covariance matrix with an inverse:")
    proof.step("given", left=left, right=density, note="The samples are Gaussian vectors:")
    proof.step("given", left=likelihood(*arguments), right=Product(each, (i, 1, N)), note="Independent samples multiply:")
    proof.heading("The negative log-likelihood")
    start = proof.step("define", left=ell(*arguments), right=-log(likelihood(*arguments)))
    return expanded(proof, start, "likelihood", "p")


def _scatter(proof: Proof, rows: Expr, columns: Expr) -> None:
    proof.step("define", left=S[d, e], right=Sum(rows * columns, (i, 1, N)), note="Let the scatter matrix be")
    determinant = DETERMINANT(matrix_of(S[ROW, COLUMN]), D)
    proof.step("assume", positive=determinant, note="and let it have an inverse, whatever the means:")


def _means(proof: Proof, line: int, unknown: Indexed, weight: Expr, total: Expr) -> int:
    proof.heading("The mean")
    score = proof.step("differentiate", line, variable=unknown)
    return proof.step(
        "minimum_over_mean", score, covariance=Sigma[d, e], weight=weight, total=total,
        note="The gradient is a positive definite matrix times a multiple of the distance from the mean:",
    )  # fmt: skip


def _covariance(proof: Proof, line: int, rows: Expr, rest: Expr) -> int:
    proof.heading("The covariance")
    return proof.step(
        "minimum_over_covariance", line, covariance=Sigma[d, e], weight=N, rest=N * D * log(2 * pi) / 2 + rest, rows=rows,
        scatter=S[d, e], index=i,
        note="In the eigenvalues $l$ of $S\\Sigma^{-1}/N$ this is a sum of $l - \\log l$, least at $l = 1$ alone:",
    )  # fmt: skip


def _done(proof: Proof, name: str, title: str, concluding: tuple[int, ...], classes: bool) -> Derivation:
    found = proof.done(
        name, title, "The mean is the average, the covariance the average scatter around it; the scatter has to have full rank, "
        "for which more than D samples are needed.", Kind.UNIQUE_MAXIMUM, concluding,
        "The likelihood has its unique maximum at the averages and the average scatter.", (),
    )  # fmt: skip

    def against_numpy(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
        """All estimates against NumPy on sampled vectors."""
        data = rng.normal(size=(samples, 3)) @ rng.normal(size=(3, 3)) + rng.normal(size=3)
        labels_ = np.concatenate([[1, 2, 3], rng.integers(1, 4, samples - 3)])
        made: Any = derivation.estimator()
        estimates = made.fit(x=data, y=labels_) if classes else made.fit(x=data)
        means = np.array([data[labels_ == c].mean(axis=0) for c in (1, 2, 3)]) if classes else data.mean(axis=0)
        around = data - (means[labels_ - 1] if classes else means)
        why = "rounding of sums over the sample, relative"
        yield compare("mu: estimator against NumPy", means, estimates["mu"], 1e-9, why)
        yield compare("Sigma: estimator against NumPy", around.T @ around / samples, estimates["Sigma"], 1e-9, why)

    return replace(found, checks=(against_numpy,))
