"""Linear regression: least squares, weighted least squares, and ridge as the maximum of a posterior."""

from __future__ import annotations

from functools import cache

from sympy import Expr, Integer, Product, Rational, Sum, exp, log, pi

from derivations.core.binding import substitute
from derivations.core.derivation import Derivation, Kind
from derivations.core.functions import COLUMN, DETERMINANT, ROW, matrix_of
from derivations.core.proof import Proof
from derivations.core.rules.quadratics import gram_entry
from derivations.core.symbols import Declaration, Declarations, array, function, index, size
from derivations.subjects.likelihood.structured.writing import expanded
from numeric.domains import POSITIVE
from numeric.instances import Draw

_SIZES = (size("N", "number of samples"), size("D", "number of regressors"))
N, D = (entry.head for entry in _SIZES)
def _names(gram: str, moments: str) -> Declarations:
    """The symbols, with the LaTeX of the matrix of the normal equations and of their right side."""
    return Declarations((*_COMMON, array("G", (D, D), gram + "_{{{0}{1}}}", "matrix of the normal equations"),
                         array("b", (D,), moments + "_{{{0}}}", "right side of the normal equations")))  # fmt: skip


_COMMON = (
    *_SIZES, index("i", N, "sample"), index("d", D, "regressor"), index("e", D, "regressor"), index("c", D, "regressor"),
    array("X", (N, D), r"x_{{{0}{1}}}", "regressor d of sample i"),
    array("y", (N,), r"y_{{{0}}}", "response of sample i"),
    array("w", (N,), r"w_{{{0}}}", "weight of sample i", POSITIVE),
    array("beta", (D,), r"\beta_{{{0}}}", "coefficient of regressor d"),
    Declaration("sigma2", POSITIVE, (), r"\sigma", "variance of the noise", 2),
    Declaration("tau2", POSITIVE, (), r"\tau", "variance of the prior", 2),
    function("p", r"p(y_{{{0}}} \mid \beta, \sigma^2)", "density of the response of sample i"),
    function("prior", r"p(\beta)", "prior density of the coefficients"),
    function("likelihood", r"\mathcal{{L}}", "likelihood, times the prior where there is one"),
    function("ell", r"\ell", "negative log-likelihood, or negative log-posterior"),
    function("inverse", r"({0}^{{-1}})_{{{2}{3}}}", "entry of an inverse"),
    function("determinant", r"\det {0}", "determinant"),
)  # fmt: skip
NAMES: dict[str, Declarations] = {
    "least-squares": _names(r"(X^\top X)", r"(X^\top y)"),
    "weighted": _names(r"(X^\top W X)", r"(X^\top W y)"),
    "ridge": _names(r"(X^\top X + \tfrac{{\sigma^2}}{{\tau^2}} I)", r"(X^\top y)"),
}
i, d, e, c, X, y, w, beta, sigma2, tau2, G, b = (
    NAMES["ridge"][name].head for name in ("i", "d", "e", "c", "X", "y", "w", "beta", "sigma2", "tau2", "G", "b")
)
p, prior, likelihood, ell = (NAMES["ridge"][name].head for name in ("p", "prior", "likelihood", "ell"))


def _fitted(at: Expr) -> Expr:
    return Sum(X[at, e] * beta[e], (e, 1, D))


@cache
def regression(kind: str) -> Derivation:
    """β̂ = (XᵀWX + κ·1)⁻¹XᵀWy, and for the likelihood the variance of the residuals.

    kind: "least-squares", "weighted" (variance σ²/wᵢ) or "ridge" (a Gaussian prior of variance τ²).
    """
    weight = w[i] if kind == "weighted" else Rational(1)
    ridge = sigma2 / tau2 if kind == "ridge" else Rational(0)
    proof = Proof(NAMES[kind])
    proof.heading("The model")
    square = (y[i] - _fitted(i)) ** 2
    density = (2 * pi * sigma2 / weight) ** Rational(-1, 2) * exp(-weight * square / (2 * sigma2))
    proof.step("given", left=p(i, beta, sigma2), right=density, note="The response is Gaussian around a linear function:")
    total: Expr = Product(p(i, beta, sigma2), (i, 1, N))
    if kind == "ridge":
        gaussian = Product((2 * pi * tau2) ** Rational(-1, 2) * exp(-beta[d] ** 2 / (2 * tau2)), (d, 1, D))
        proof.step("given", left=prior(beta), right=gaussian, note="The coefficients are Gaussian around zero:")
        total = prior(beta) * total
    proof.step("given", left=likelihood(beta, sigma2), right=total, note="Independent samples multiply:")
    proof.heading("The negative logarithm")
    start = proof.step("define", left=ell(beta, sigma2), right=-log(likelihood(beta, sigma2)))
    names = ("likelihood", "prior", "p") if kind == "ridge" else ("likelihood", "p")
    line = expanded(proof, start, *names)
    coefficients = _coefficients(proof, line, weight, ridge)
    what = {"least-squares": "Linear regression", "weighted": "Weighted linear regression", "ridge": "Ridge regression"}[kind]
    concluding = coefficients if kind == "ridge" else _with_variance(proof, line, coefficients, weight)
    response = Draw(y[i], "normal", (_fitted(i), sigma2 / weight))
    design = (Draw(X[i, d], "normal", (Integer(0), Integer(1))), Draw(w[i], "gamma", (Integer(3), Integer(2))))
    story = () if kind == "ridge" else (*design, response)
    return proof.done(
        f"linear-regression/{'map-ridge' if kind == 'ridge' else 'mle' if kind == 'least-squares' else 'mle-weighted'}",
        what,
        "The coefficients solve the normal equations" + (", the prior adding σ²/τ² to their diagonal." if kind == "ridge" else
        "; the variance of the noise is the mean squared residual. The columns of X have to be independent: rank X = D."),
        Kind.UNIQUE_MAXIMUM, (concluding,),
        f"The {'posterior' if kind == 'ridge' else 'likelihood'} has its unique maximum there"
        + (", for given variances." if kind == "ridge" else "."), story,
    )  # fmt: skip


def _coefficients(proof: Proof, line: int, weight: Expr, ridge: Expr) -> int:
    entry = gram_entry(X[i, d], weight, i, N, ridge, d)
    proof.heading("The normal equations")
    score = proof.step("differentiate", line, variable=beta[d])
    right = Sum(weight * X[i, d] * y[i], (i, 1, N))
    proof.step("define", left=G[d, e], right=substitute(entry, {ROW: d, COLUMN: e}), note="Let the matrix be")
    proof.step("define", left=b[d], right=right, note="and the right side")
    shown = (Sum(G[d, e] * beta[e], (e, 1, D)) - b[d]) / sigma2
    score = proof.step("rearrange", score, to=shown, note="Collected in the coefficients,")
    if ridge == 0:
        proof.step("assume", positive=DETERMINANT(matrix_of(G[ROW, COLUMN]), D), note="Let the columns of $X$ be independent:")
    proof.heading("The minimum over the coefficients")
    return proof.step(
        "minimum_of_gram_quadratic", score, factor=1 / sigma2, rows=X[i, d], weight=weight, ridge=ridge, right=b[d], index=i,
        gram=G[ROW, COLUMN],
        note="The gradient is affine with a positive definite matrix, so the function is strictly convex; its minimum is the "
        "solution of the normal equations:",
    )  # fmt: skip


def _with_variance(proof: Proof, line: int, coefficients: int, weight: Expr) -> int:
    squares = Sum(weight * (y[i] - _fitted(i)) ** 2, (i, 1, N))
    proof.heading("The variance")
    proof.step("assume", positive=squares, note="Let no coefficients fit the sample exactly:")
    score = proof.step("differentiate", line, variable=sigma2)
    equation = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=2 * sigma2**2)
    solved = proof.step("isolate", equation, unknown=sigma2)
    variance = proof.step(
        "minimum_by_sign", score, solved, factor=N / (2 * sigma2**2),
        note="The derivative is a positive multiple of the distance from this value:",
    )  # fmt: skip
    value = proof.value(coefficients)
    there = Sum(X[i, c] * substitute(value, {d: c}), (c, 1, D))
    proof.heading("Both together")
    return proof.step(
        "joint_minimum", coefficients, variance,
        values=(value, Sum(weight * (y[i] - there) ** 2, (i, 1, N)) / N),
        note="The coefficients do not depend on the variance, so together they are the one and only minimum:",
    )  # fmt: skip
