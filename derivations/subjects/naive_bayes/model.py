"""Gaussian naive Bayes: symbols, model equations and generative story, for a shared or a per-class variance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

from sympy import Expr, Indexed, KroneckerDelta, Pow, Product, Rational, Sum, exp, log, pi

from derivations.core.symbols import (
    POSITIVE,
    Declaration,
    Declarations,
    array,
    function,
    index,
    labels,
    probability,
    scalar,
    size,
)  # fmt: skip
from numeric.domains import NATURAL, REAL, SIMPLEX
from numeric.instances import Draw

_SIZES = (size("N", "number of samples"), size("K", "number of classes"), size("D", "number of features"))
N, K, D = (entry.head for entry in _SIZES)
_INDICES = (
    index("i", N, "sample"),
    index("k", K, "class"),
    index("d", D, "feature"),
    index("j", K, "class"),
    index("e", D, "feature"),
)
i, k, d, j, e = (entry.head for entry in _INDICES)


@dataclass(frozen=True)
class Model:
    """The symbols of the model; `per_class` gives every class a variance of its own for each feature."""

    per_class: bool = False

    @property
    def prefix(self) -> str:
        """The first part of the names of its derivations."""
        return "gaussian-naive-bayes-per-class" if self.per_class else "gaussian-naive-bayes"

    @property
    def title(self) -> str:
        """What the model is called in titles."""
        return "Gaussian naive Bayes" + (" with a variance per class" if self.per_class else "")

    @cached_property
    def declarations(self) -> Declarations:
        """Every symbol of the model and of the quantities its derivations name."""
        return Declarations((*_SIZES, *_INDICES, *self._data(), *self._parameters(), *_FUNCTIONS, *self._estimates()))

    def _data(self) -> tuple[Declaration, ...]:
        return (
            array("x", (N, D), r"x_{{{1}}}^{{({0})}}", "feature $d$ of sample $i$"),
            labels("y", N, K, r"y^{{({0})}}", "class of sample $i$"),
        )

    def _parameters(self) -> tuple[Declaration, ...]:
        axes, slots = ((K, D), "{0}{1}") if self.per_class else ((D,), "{0}")
        whose = "of class $k$" if self.per_class else "shared by all classes"
        return (
            array("alpha", (K,), r"\alpha_{{{0}}}", "prior probability of class $k$", SIMPLEX),
            array("mu", (K, D), r"\mu_{{{0}{1}}}", "mean of feature $d$ in class $k$"),
            array("sigma2", axes, rf"\sigma_{{{{{slots}}}}}", f"variance of feature $d$, {whose}", POSITIVE, power=2),
            array("sigma", axes, rf"\sigma_{{{{{slots}}}}}", f"standard deviation of feature $d$, {whose}", POSITIVE),
            scalar("lam", r"\lambda", "Lagrange multiplier", REAL),
            scalar("lam_minus", r"\lambda'", "Lagrange multiplier of the other sign convention", REAL),
        )

    def _estimates(self) -> tuple[Declaration, ...]:
        axes, slots = ((K, D), "{0}{1}") if self.per_class else ((D,), "{0}")
        return (
            array("n", (K,), r"N_{{{0}}}", "number of samples of class $k$", NATURAL),
            array("s", axes, rf"S_{{{{{slots}}}}}", "sum of squared deviations of feature $d$ from the class means"),
            array("mu_hat", (K, D), r"\hat{{\mu}}_{{{0}{1}}}", "estimate of the mean of feature $d$ in class $k$"),
            array("s_hat", axes, rf"\hat{{{{S}}}}_{{{{{slots}}}}}", "sum of squared deviations from the estimated means"),
        )

    @cached_property
    def heads(self) -> SimpleNamespace:
        """The SymPy objects by declared name."""
        return SimpleNamespace(**{entry.name: entry.head for entry in self.declarations})

    def variance(self, label: Expr, feature: Expr) -> Indexed:
        """σ² of a feature, in a class if the variances differ by class."""
        return self.heads.sigma2[label, feature] if self.per_class else self.heads.sigma2[feature]

    def deviation(self, label: Expr, feature: Expr) -> Indexed:
        """σ of a feature, in a class if they differ by class."""
        return self.heads.sigma[label, feature] if self.per_class else self.heads.sigma[feature]

    def at(self, base: Expr, label: Expr, feature: Expr) -> Indexed:
        """An entry of an array shaped like the variances."""
        return base[label, feature] if self.per_class else base[feature]

    def density(self, value: Expr, label: Expr) -> Expr:
        """p(x | y=k) for the feature values `value` (an array indexed by d): independent Gaussians."""
        variance = self.variance(label, d)
        square = (value - self.heads.mu[label, d]) ** 2 / (2 * variance)
        return Pow(Product(2 * pi * variance, (d, 1, D)), Rational(-1, 2)) * exp(-Sum(square, (d, 1, D)))

    @property
    def objective(self) -> Expr:
        """ℓ as a function of the parameters."""
        return self.heads.ell(self.heads.mu, self.heads.sigma2, self.heads.alpha)

    @property
    def negative_log_likelihood(self) -> Expr:
        """ℓ written out."""
        x, y, mu, alpha = self.heads.x, self.heads.y, self.heads.mu, self.heads.alpha
        logarithms = Sum(log(2 * pi * self.variance(y[i], d)), (d, 1, D))
        first = Sum(logarithms, (i, 1, N)) / 2 if self.per_class else N * logarithms / 2
        square = (x[i, d] - mu[y[i], d]) ** 2 / (2 * self.variance(y[i], d))
        return first + Sum(Sum(square, (d, 1, D)), (i, 1, N)) - Sum(log(alpha[y[i]]), (i, 1, N))

    def count(self, label: Expr) -> Expr:
        """Σᵢ 1[y⁽ⁱ⁾=k]."""
        return Sum(KroneckerDelta(self.heads.y[i], label), (i, 1, N))

    @property
    def story(self) -> tuple[Draw, ...]:
        """How a sample is drawn: the class from the prior, then every feature from its Gaussian."""
        x, y, mu = self.heads.x, self.heads.y, self.heads.mu
        return (
            Draw(y[i], "categorical", (self.heads.alpha,)),
            Draw(x[i, d], "normal", (mu[y[i], d], self.variance(y[i], d))),
        )


_FUNCTIONS = (
    probability("prior", "P({0})", "probability of class $k$", ("y",)),
    probability("density", r"p(x^{{({0})}} \mid {1})", "density of sample $i$ in class $k$", ("x",), ("y",)),
    function("likelihood", r"\mathcal{{L}}", "likelihood of the parameters"),
    function("ell", r"\ell", "negative log-likelihood"),
    function("ell_sigma", r"\ell_\sigma", "negative log-likelihood as a function of the standard deviations"),
    function("lagrangian", r"\Lambda", "Lagrangian"),
    function("lagrangian_minus", r"\Lambda'", "Lagrangian of the other sign convention"),
)
SHARED, PER_CLASS = Model(), Model(per_class=True)
