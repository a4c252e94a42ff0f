"""Naive Bayes with counted features: Bernoulli, Poisson and multinomial class-conditional distributions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sympy import Expr, Integer, KroneckerDelta, Product, Sum, exp, factorial, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declaration, Declarations, array, function, index, labels, scalar, size
from derivations.subjects.likelihood.structured.writing import expanded
from numeric.domains import NATURAL, POSITIVE, SIMPLEX, UNIT_INTERVAL, Domain
from numeric.instances import Draw

_SIZES = (size("N", "number of samples"), size("K", "number of classes"), size("D", "number of features"))
N, K, D = (entry.head for entry in _SIZES)


def _declarations(domain: Domain, meaning: str) -> Declarations:
    return Declarations((
        *_SIZES, index("i", N, "sample"), index("k", K, "class"), index("d", D, "feature"), index("j", K, "class"),
        index("e", D, "feature"), array("x", (N, D), r"x_{{{1}}}^{{({0})}}", "feature d of sample i", NATURAL),
        labels("y", N, K, r"y^{{({0})}}", "class of sample i"),
        array("alpha", (K,), r"\alpha_{{{0}}}", "prior probability of class k", SIMPLEX),
        array("theta", (K, D), r"\theta_{{{0}{1}}}", meaning, domain),
        array("n", (K,), r"N_{{{0}}}", "number of samples of class k", NATURAL),
        array("s", (K, D), r"S_{{{0}{1}}}", "sum of feature d over the samples of class k", NATURAL),
        array("t", (K,), r"S_{{{0}}}", "sum of all features over the samples of class k", NATURAL),
        scalar("lam", r"\lambda", "Lagrange multiplier"),
        function("p", r"p(y^{{({0})}}, x^{{({0})}} \mid {1})", "probability of sample i in class k"),
        function("likelihood", r"\mathcal{{L}}", "likelihood of the parameters"),
        function("ell", r"\ell", "negative log-likelihood"),
    ))  # fmt: skip


@dataclass(frozen=True)
class Conditional:
    """One kind of feature: the domain of θ, the probability of x given class k, and how θ is found."""

    title: str
    declared: Declarations
    probability: Callable[[Expr, Expr], Expr]
    draw: Callable[[Expr], Draw] | None


_BERNOULLI = _declarations(UNIT_INTERVAL, "probability of feature d in class k")
i, k, d, j, e = (_BERNOULLI[name].head for name in "ikdje")
x, y, alpha, n, s, t, lam = (_BERNOULLI[name].head for name in ("x", "y", "alpha", "n", "s", "t", "lam"))
p, likelihood, ell = (_BERNOULLI[name].head for name in ("p", "likelihood", "ell"))
_POISSON = _declarations(POSITIVE, "rate of feature d in class k")
_MULTINOMIAL = _declarations(SIMPLEX, "probability of feature d in class k")


def _theta(declared: Declarations) -> Declaration:
    return declared["theta"]


def _bernoulli(theta: Expr, label: Expr) -> Expr:
    return Product(theta[label, d] ** x[i, d] * (1 - theta[label, d]) ** (1 - x[i, d]), (d, 1, D))


def _poisson(theta: Expr, label: Expr) -> Expr:
    return Product(theta[label, d] ** x[i, d] * exp(-theta[label, d]) / factorial(x[i, d]), (d, 1, D))


def _multinomial(theta: Expr, label: Expr) -> Expr:
    ways = factorial(Sum(x[i, d], (d, 1, D))) / Product(factorial(x[i, d]), (d, 1, D))
    return ways * Product(theta[label, d] ** x[i, d], (d, 1, D))


CONDITIONALS: dict[str, Conditional] = {
    "bernoulli": Conditional("Bernoulli", _BERNOULLI, _bernoulli, lambda q: Draw(x[i, d], "bernoulli", (q,))),
    "poisson": Conditional("Poisson", _POISSON, _poisson, lambda q: Draw(x[i, d], "poisson", (q,))),
    "multinomial": Conditional("multinomial", _MULTINOMIAL, _multinomial, None),
}
"""Kinds of features by name."""


@cache
def naive_bayes(name: str) -> Derivation:
    """Class frequencies, and per class the shares or means of each feature."""
    kind = CONDITIONALS[name]
    theta = _theta(kind.declared).head
    proof = Proof(kind.declared)
    line = _likelihood(proof, kind, theta)
    _names(proof)
    priors = _priors(proof, line, theta)
    features = _FEATURES[name](proof, line, theta)
    proof.heading("Both together")
    values = (n[k] / N, s[k, d] / (t[k] if name == "multinomial" else n[k]))
    conclusions: tuple[int, ...] = (priors, features)
    if name != "multinomial":
        conclusions = (proof.step(
            "joint_minimum", priors, features, values=values,
            note="Neither value depends on the other group, so together they are the one and only minimum:",
        ),)  # fmt: skip
    story = (Draw(y[i], "categorical", (alpha,)), kind.draw(theta[y[i], d])) if kind.draw else ()
    what = {"bernoulli": "share of ones", "poisson": "mean", "multinomial": "share of all counts"}[name]
    return proof.done(
        f"{name}-naive-bayes/mle", f"Maximum-likelihood estimates of {kind.title} naive Bayes",
        f"The prior of a class is its relative frequency; the parameter of a feature in a class is its {what} over the "
        "samples of that class.",
        Kind.UNIQUE_MAXIMUM, conclusions,
        "The likelihood has its unique maximum there, in the priors and in the parameters of the features.", story,
    )  # fmt: skip


def _likelihood(proof: Proof, kind: Conditional, theta: Expr) -> int:
    proof.heading("The model")
    proof.step(
        "given", left=p(i, k, theta, alpha), right=alpha[k] * kind.probability(theta, k),
        note="A sample belongs to class $k$ with its prior, and its features are independent within the class:",
    )  # fmt: skip
    proof.step(
        "given", left=likelihood(theta, alpha), right=Product(p(i, y[i], theta, alpha), (i, 1, N)),
        note="Independent samples multiply:",
    )  # fmt: skip
    proof.heading("The negative log-likelihood")
    start = proof.step("define", left=ell(theta, alpha), right=-log(likelihood(theta, alpha)))
    return expanded(proof, start, "likelihood", "p")


def _names(proof: Proof) -> None:
    proof.heading("Counts")
    proof.step("define", left=n[k], right=Sum(KroneckerDelta(y[i], k), (i, 1, N)), note="Let $N_k$ be the samples of class $k$,")
    proof.step("assume", positive=n[k], note="let every class occur,")
    proof.step("define", left=s[k, d], right=Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N)),
               note="let $S_{k d}$ be the sum of feature $d$ over them,")  # fmt: skip
    proof.step("assume", positive=s[k, d], note="let every feature occur in every class,")


def _priors(proof: Proof, line: int, theta: Expr) -> int:
    proof.heading("The priors")
    score = proof.step("differentiate", line, variable=alpha[k])
    score = proof.step("rearrange", score, to=-n[k] / alpha[k], note="Only the samples of class $k$ count:")
    bend = proof.step("differentiate", score, variable=alpha[j])
    return _on_simplex(proof, score, bend, alpha[k], Sum(alpha[k], (k, 1, K)), n[k], N)


def _on_simplex(
    proof: Proof, score: int, bend: int, unknown: Expr, total: Expr, weight: Expr, multiplier: Expr
) -> int:
    """The minimum of −Σ weight·log(unknown) on a simplex, by its Lagrange conditions."""
    constraint = proof.step("impose", left=total, right=Integer(1), unknown=unknown, note="Subject to")
    shown = {"right": weight / multiplier}
    solved = proof.step("multiplier_solution", score, constraint, multiplier=multiplier, **shown,
                        note="the Lagrange condition is solved by")  # fmt: skip
    return proof.step(
        "minimum_under_linear_constraint", score, bend, solved, constraint, curvature=weight / unknown**2,
        multiplier=multiplier,
        note="The second derivatives form a positive diagonal, so the function is strictly convex, and the constraint is "
        "linear:",
    )  # fmt: skip


def _shares(proof: Proof, line: int, theta: Expr) -> int:
    proof.heading("The probabilities of the features")
    proof.step("assume", positive=n[k] - s[k, d], note="Let every feature also be absent in every class.")
    u = theta[k, d]
    score = proof.step("differentiate", line, variable=u)
    shown = (n[k] - s[k, d]) / (1 - u) - s[k, d] / u
    score = proof.step("rearrange", score, to=shown, note="Only the samples of class $k$ count:")
    equation = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=u * (1 - u))
    equation = proof.step("rearrange", equation, to=n[k] * u - s[k, d], side="left")
    solved = proof.step("isolate", equation, unknown=u)
    return proof.step(
        "minimum_by_sign", score, solved, factor=n[k] / (u * (1 - u)),
        note="The derivative is a positive multiple of the distance from this value, which lies between 0 and 1:",
    )  # fmt: skip


def _means(proof: Proof, line: int, theta: Expr) -> int:
    proof.heading("The rates of the features")
    u = theta[k, d]
    score = proof.step("differentiate", line, variable=u)
    score = proof.step("rearrange", score, to=n[k] - s[k, d] / u, note="Only the samples of class $k$ count:")
    equation = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=u)
    solved = proof.step("isolate", equation, unknown=u)
    return proof.step(
        "minimum_by_sign", score, solved, factor=n[k] / u,
        note="The derivative is a positive multiple of the distance from this value:",
    )  # fmt: skip


def _spread(proof: Proof, line: int, theta: Expr) -> int:
    proof.heading("The probabilities of the features")
    proof.step("define", left=t[k], right=Sum(s[k, d], (d, 1, D)), note="Let $S_k$ be the sum over all features.")
    u = theta[k, d]
    score = proof.step("differentiate", line, variable=u)
    score = proof.step("rearrange", score, to=-s[k, d] / u, note="Only the samples of class $k$ count:")
    bend = proof.step("differentiate", score, variable=theta[j, e])
    return _on_simplex(proof, score, bend, u, Sum(theta[k, d], (d, 1, D)), s[k, d], t[k])


_FEATURES: dict[str, Callable[[Proof, int, Expr], int]] = {"bernoulli": _shares, "poisson": _means, "multinomial": _spread}
