"""Declarations and small derivations that the renderer's tests share."""

from __future__ import annotations

from sympy import Derivative, Integer, KroneckerDelta, Sum, log, pi, symbols

from derivations.core.derivation import Conclusion, Derivation, Kind, Step
from derivations.core.evidence import Evidence, Word
from derivations.core.statements import Equation, InRange, Minimum, NonZero, Positive
from derivations.core.symbols import Declarations, array, function, index, labels, scalar, size
from derivations.render.notation import notation_for
from numeric.domains import POSITIVE, SIMPLEX
from numeric.instances import Draw

N, K, D = symbols("N K D", integer=True, positive=True)
i, j, k, d = symbols("i j k d", integer=True, positive=True)

declarations = Declarations(
    (
        size("N", "number of samples"),
        size("K", "number of classes"),
        size("D", "number of features"),
        index("i", N),
        index("k", K),
        index("j", K),
        index("d", D),
        array("x", (N, D), r"x_{{{1}}}^{{({0})}}", "feature d of sample i"),
        labels("y", N, K, r"y^{{({0})}}", "class of sample i"),
        array("alpha", (K,), r"\alpha_{{{0}}}", "prior probability of class k", SIMPLEX),
        array("mu", (K, D), r"\mu_{{{0}{1}}}", "mean of feature d in class k"),
        array("sigma2", (D,), r"\sigma_{{{0}}}", "variance of feature d", POSITIVE, power=2),
        array("n", (K,), r"N_{{{0}}}", "number of samples of class k", POSITIVE),
        scalar("lam", r"\lambda", "Lagrange multiplier"),
        function("ell", r"\ell", "negative log-likelihood"),
        function("posterior", r"P(y={0} \mid x)", "posterior probability of class k"),
    )
)
x, y, alpha, mu, sigma2, n = (declarations[name].head for name in ("x", "y", "alpha", "mu", "sigma2", "n"))
lam, ell, posterior = (declarations[name].head for name in ("lam", "ell", "posterior"))
notation = notation_for(declarations, (x, y))
objective = ell(mu, sigma2, alpha)
nll = (
    N / 2 * Sum(log(2 * pi * sigma2[d]), (d, 1, D))
    + Sum(Sum((x[i, d] - mu[y[i], d]) ** 2 / (2 * sigma2[d]), (d, 1, D)), (i, 1, N))
    - Sum(log(alpha[y[i]]), (i, 1, N))
)

PROVED = Evidence(Word.PROVED, "normal form")
slope = Derivative(objective, mu[k, d])
zero_in = (mu[k, d],)
hits = Sum(KroneckerDelta(y[i], k), (i, 1, N))
weighted = Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N))


def mean_steps() -> tuple[Step, ...]:
    """The steps from the negative log-likelihood to the class means."""
    pull = Sum(KroneckerDelta(y[i], k) * (x[i, d] - mu[k, d]), (i, 1, N))
    inner = Derivative(nll, mu[k, d])
    square = Derivative((x[i, d] - mu[y[i], d]) ** 2 / (2 * sigma2[d]), mu[k, d])
    return (
        Step(
            Equation(objective, nll),
            "given",
            heading="The objective",
            note="The negative log-likelihood of independent samples, each Gaussian given its class.",
        ),
        Step(Equation(n[k], hits), "define", note="Count the samples of each class."),
        Step(Positive(n[k]), "assume", note="Every class occurs."),
        Step(
            Equation(slope, inner),
            "differentiate_both_sides",
            (0,),
            evidence=PROVED,
            heading="The score",
            note="Differentiate with respect to one mean; the other parameters stay fixed.",
        ),
        Step(
            Equation(slope, Sum(square, (i, 1, N))),
            "derivative_of_sum",
            (3,),
            conditions=(InRange(d, Integer(1), D),),
            evidence=PROVED,
        ),
        Step(Equation(slope, -pull / sigma2[d]), "chain_rule", (4,), evidence=PROVED),
        Step(
            Equation(slope, -(weighted - n[k] * mu[k, d]) / sigma2[d]),
            "linearity_of_sum",
            (5, 1),
            evidence=PROVED,
        ),
        Step(
            Equation(-(weighted - n[k] * mu[k, d]) / sigma2[d], Integer(0), zero_in),
            "set_to_zero",
            (6,),
            heading="The stationary point",
        ),
        Step(
            Equation(weighted - n[k] * mu[k, d], Integer(0), zero_in),
            "multiply_both_sides",
            (7,),
            conditions=(NonZero(sigma2[d]),),
            evidence=PROVED,
        ),
        Step(Equation(mu[k, d], weighted / n[k], zero_in), "solve_for", (8, 2), evidence=PROVED),
        Step(
            Equation(Derivative(objective, (mu[k, d], 2)), n[k] / sigma2[d]),
            "second_derivative",
            (6,),
            evidence=PROVED,
            heading="It is a minimum",
        ),
        Step(Positive(n[k] / sigma2[d]), "quotient_of_positives", (2,), evidence=PROVED),
        Step(
            Minimum(objective, (mu[k, d],), (weighted / n[k],)),
            "second_order_condition",
            (9, 10, 11),
            conditions=(Positive(n[k]),),
            evidence=PROVED,
        ),
    )


def mean_derivation() -> Derivation:
    """The class means that minimise the negative log-likelihood."""
    return Derivation(
        name="gaussian-naive-bayes/mle-mean",
        title="The class means of Gaussian naive Bayes",
        summary="The negative log-likelihood is smallest at the average of the samples of each class.",
        declarations=declarations,
        steps=mean_steps(),
        conclusion=Conclusion(Kind.UNIQUE_MAXIMUM, (12,), "The likelihood is largest at the mean of each class."),
        model=(Draw(y[i], "categorical", (alpha,)), Draw(x[i, d], "normal", (mu[y[i], d], sigma2[d]))),
    )
