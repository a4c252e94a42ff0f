"""Probabilities that sum to one: categorical and multinomial samples, with and without a Dirichlet prior."""

from __future__ import annotations

from functools import cache

from sympy import Expr, Integer, KroneckerDelta, Product, Sum, factorial, gamma, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, array, function, index, labels, size
from derivations.subjects.likelihood.structured.writing import expanded
from numeric.domains import NATURAL, POSITIVE, SIMPLEX
from numeric.instances import Draw

_SIZES = (size("N", "number of observations"), size("K", "number of outcomes"))
N, K = (entry.head for entry in _SIZES)
_PLAIN = (
    *_SIZES, index("i", N, "observation"), index("k", K, "outcome"), index("j", K, "outcome"),
    array("alpha", (K,), r"\alpha_{{{0}}}", "probability of outcome k", SIMPLEX),
    array("a", (K,), r"a_{{{0}}}", "one more than the pseudo-count of outcome k", POSITIVE),
    array("n", (K,), r"N_{{{0}}}", "number of times outcome k occurs", NATURAL),
    function("likelihood", r"\mathcal{{L}}", "likelihood, times the prior where there is one"),
    function("prior", r"p(\alpha)", "prior density of the probabilities"),
    function("ell", r"\ell", "negative log-likelihood, or negative log-posterior"),
)  # fmt: skip
CATEGORICAL = Declarations((
    *_PLAIN, labels("y", N, K, r"y_{{{0}}}", "outcome of observation i"),
    function("p", r"p(y_{{{0}}} \mid \alpha)", "probability of observation i"),
))  # fmt: skip
MULTINOMIAL = Declarations((
    *_PLAIN, array("x", (N, K), r"x_{{{0}{1}}}", "how often outcome k occurs in observation i", NATURAL),
    function("p", r"p(x_{{{0}}} \mid \alpha)", "probability of observation i"),
))  # fmt: skip
i, k, j, alpha, a, n = (CATEGORICAL[name].head for name in ("i", "k", "j", "alpha", "a", "n"))
likelihood, prior, ell, p = (CATEGORICAL[name].head for name in ("likelihood", "prior", "ell", "p"))
y, x = CATEGORICAL["y"].head, MULTINOMIAL["x"].head


@cache
def categorical(posterior: bool) -> Derivation:
    """α̂_k is the relative frequency of outcome k; with a Dirichlet prior, that of counts and pseudo-counts."""
    proof = Proof(CATEGORICAL)
    return _derived(proof, alpha[y[i]], Sum(KroneckerDelta(y[i], k), (i, 1, N)), posterior, "categorical",
                    (Draw(y[i], "categorical", (alpha,)),), N)  # fmt: skip


@cache
def multinomial(posterior: bool) -> Derivation:
    """α̂_k is the share of outcome k among all that were counted; with a Dirichlet prior, pseudo-counts are added."""
    ways = factorial(Sum(x[i, k], (k, 1, K))) / Product(factorial(x[i, k]), (k, 1, K))
    density = ways * Product(alpha[k] ** x[i, k], (k, 1, K))
    return _derived(Proof(MULTINOMIAL), density, Sum(x[i, k], (i, 1, N)), posterior, "multinomial", (), Sum(n[k], (k, 1, K)))


def _derived(
    proof: Proof, density: Expr, count: Expr, posterior: bool, name: str, story: tuple[Draw, ...], total_count: Expr
) -> Derivation:
    proof.heading("The model")
    proof.step("given", left=p(i, alpha), right=density, note="The probability of one observation is")
    total: Expr = Product(p(i, alpha), (i, 1, N))
    if posterior:
        proof.step("assume", positive=gamma(Sum(a[k], (k, 1, K))), note="With a Dirichlet prior, whose normaliser is positive,")
        normaliser = gamma(Sum(a[k], (k, 1, K))) / Product(gamma(a[k]), (k, 1, K))
        proof.step("given", left=prior(alpha), right=normaliser * Product(alpha[k] ** (a[k] - 1), (k, 1, K)))
        total = prior(alpha) * total
    proof.step("given", left=likelihood(alpha), right=total, note="Independent observations multiply:")
    proof.heading("The negative logarithm")
    start = proof.step("define", left=ell(alpha), right=-log(likelihood(alpha)))
    names = ("likelihood", "prior", "p") if posterior else ("likelihood", "p")
    line = expanded(proof, start, *names)
    weight = n[k] + a[k] - 1 if posterior else n[k]
    everything = total_count + Sum(a[k] - 1, (k, 1, K)) if posterior else total_count
    proof.step("define", left=n[k], right=count, note="Let $N_k$ count how often outcome $k$ occurs,")
    proof.step("assume", positive=weight, note="and let every outcome have some weight:")
    proof.heading("The derivative")
    score = proof.step("differentiate", line, variable=alpha[k])
    score = proof.step("rearrange", score, to=-weight / alpha[k], note="Collected in $\\alpha_k$,")
    proof.heading("Subject to the constraint")
    constraint = proof.step(
        "impose", left=Sum(alpha[k], (k, 1, K)), right=Integer(1), unknown=alpha[k], note="The probabilities sum to one:"
    )
    solved = proof.step(
        "multiplier_solution", score, constraint, right=weight / everything, multiplier=everything,
        note="With the total weight as multiplier the condition of Lagrange is solved by",
    )  # fmt: skip
    proof.heading("It is the minimum")
    bend = proof.step("differentiate", score, variable=alpha[j])
    minimum = proof.step(
        "minimum_under_linear_constraint", score, bend, solved, constraint,
        curvature=weight / alpha[k] ** 2, multiplier=everything,
        note="The second derivatives form a positive diagonal, so the function is strictly convex, and the constraint is "
        "linear:",
    )  # fmt: skip
    what = "posterior" if posterior else "likelihood"
    return proof.done(
        f"{name}/{'map-dirichlet' if posterior else 'mle'}",
        f"Probabilities of a {name} sample" + (" with a Dirichlet prior" if posterior else ""),
        "The estimate of each probability is its share of the counts"
        + (", the prior adding a_k − 1 pseudo-counts; with a_k = 2 this is Laplace's rule." if posterior else "."),
        Kind.UNIQUE_MAXIMUM, (minimum,),
        f"Among all probabilities that sum to one the {what} has its unique maximum at the shares of the counts.",
        () if posterior else story,
    )  # fmt: skip
