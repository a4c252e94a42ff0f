"""The posterior class probability of Gaussian naive Bayes: Bayes' rule, the cancellation, and the softmax form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from sympy import Expr, Integer, KroneckerDelta, Sum, exp, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declaration, Declarations, array, probability, scalar
from derivations.subjects.naive_bayes.checks import posterior_against_oracle
from derivations.subjects.naive_bayes.model import D, K, Model, N, d, j, k
from numeric.domains import label


@dataclass(frozen=True)
class PointModel(Model):
    """The same model with the features of one new point instead of a sample."""

    @cached_property
    def declarations(self) -> Declarations:
        """Sizes, class and feature indices, the point, its unknown class, the parameters and the probabilities."""
        kept = [e for e in Model(self.per_class).declarations if e.name in _KEPT and e.head != N]
        return Declarations((*kept, *_POINT, *_PROBABILITIES))


_KEPT = ("K", "D", "k", "d", "j", "alpha", "mu", "sigma2")
_POINT = (
    array("x", (D,), "x_{{{0}}}", "feature $d$ of the point"),
    Declaration("y", label(K), (), "y", "class of the point"),
    array("w", (K, D), "w_{{{0}{1}}}", "weight of feature $d$ for class $k$"),
    array("b", (K,), "b_{{{0}}}", "bias of class $k$"),
    scalar("total", "T", "sum of the posterior probabilities"),
)
_PROBABILITIES = (
    probability("prior", "P(y={0})", "probability of class $k$", ("y",)),
    probability("density", r"p(x \mid y={0})", "density of the point in class $k$", ("x",), ("y",)),
    probability("joint", "p(x, y={0})", "joint density of point and class", ("x", "y")),
    probability("evidence", "p(x)", "density of the point", ("x",), arguments=False),
    probability("posterior", r"P(y={0} \mid x)", "probability of class $k$ given the point", ("y",), ("x",)),
)


def _exponential(model: PointModel, label: Expr) -> Expr:
    h = model.heads
    return exp(-Sum((h.x[d] - h.mu[label, d]) ** 2 / (2 * model.variance(label, d)), (d, 1, D)))


def _apply_bayes(proof: Proof, model: PointModel) -> int:
    h = model.heads
    proof.heading("The model")
    proof.step("given", left=h.prior(k), right=h.alpha[k])
    proof.step("given", left=h.density(k), right=model.density(h.x[d], k))
    proof.heading("Bayes' rule")
    proof.step(
        "product_rule", joint=h.joint(k), conditional=h.density(k), marginal=h.prior(k),
        note="By the product rule the joint density is",
    )  # fmt: skip
    proof.step(
        "total_probability", marginal=h.evidence, joint=h.joint(j), index=j,
        note="and by the law of total probability",
    )  # fmt: skip
    start = proof.step(
        "conditional_probability", conditional=h.posterior(k), joint=h.joint(k), marginal=h.evidence,
        note="The posterior is the conditional probability of the class given the point:",
    )  # fmt: skip
    return proof.chain(
        start,
        ("unfold_definition", {"name": "evidence"}),
        ("unfold_definition", {"name": "joint"}),
        ("unfold_definition", {"name": ("density", "prior")}),
    )


@cache
def posterior(model: PointModel = PointModel()) -> Derivation:
    """P(y=k|x) by Bayes; with a shared variance the normaliser of the Gaussian cancels."""
    h = model.heads
    proof = Proof(model.declarations)
    bayes = _apply_bayes(proof, model)
    if model.per_class:
        return proof.done(
            f"{model.prefix}/posterior", f"Posterior of {model.title}",
            "With a variance for every class the normalisers differ by class and stay in the posterior.",
            Kind.IDENTITY, (bayes,), "The posterior is the normalised product of prior and class-conditional density.",
            checks=(posterior_against_oracle,),
        )  # fmt: skip
    proof.heading("The variance is shared")
    cancelled = proof.step(
        "pull_out_constant", bayes,
        note="The factor in front of the exponential does not depend on the class, because the variances are shared. It "
        "comes out of the sum and cancels:",
    )  # fmt: skip
    proof.heading("As one over one plus ratios")
    ratio = h.alpha[j] / h.alpha[k]
    difference = (h.x[d] - h.mu[j, d]) ** 2 - (h.x[d] - h.mu[k, d]) ** 2
    term = ratio * exp(-Sum(difference / (2 * h.sigma2[d]), (d, 1, D)))
    divided = proof.step(
        "rearrange", cancelled, to=1 / Sum(term, (j, 1, K)), note="Divide numerator and denominator by the numerator:"
    )
    ratios = proof.step(
        "rearrange", divided, to=1 / (1 + Sum((1 - KroneckerDelta(j, k)) * term, (j, 1, K))),
        note="The term with $j=k$ is 1:",
    )  # fmt: skip
    return proof.done(
        f"{model.prefix}/posterior",
        f"Posterior of {model.title}",
        "Bayes' rule and the law of total probability give the posterior; the normaliser of the Gaussian cancels because "
        "the variances are shared by all classes.",
        Kind.IDENTITY,
        (cancelled, ratios),
        "The posterior is a ratio of exponentials, equivalently one over one plus the ratios to the other classes.",
        checks=(posterior_against_oracle,),
    )


@cache
def posterior_softmax(model: PointModel = PointModel()) -> Derivation:
    """The posterior is a softmax of functions linear in x."""
    h = model.heads
    proof = Proof(model.declarations, (posterior(model),))
    proof.heading("The posterior")
    start = proof.step("lemma", name=f"{model.prefix}/posterior", note="From the derivation of the posterior:")
    proof.heading("The exponent is linear in the features")

    def linear(c: Expr) -> Expr:
        cross = Sum(h.mu[c, d] * h.x[d] / h.sigma2[d], (d, 1, D))
        return h.alpha[c] * exp(cross - Sum(h.mu[c, d] ** 2 / (2 * h.sigma2[d]), (d, 1, D)))

    expanded = proof.step("expand_products", start)
    cancelled = proof.step(
        "rearrange", expanded, to=linear(k) / Sum(linear(j), (j, 1, K)),
        note="The squares of the features do not depend on the class: their exponential cancels, and what is left in the "
        "exponent is linear in $x$.",
    )  # fmt: skip
    proof.heading("Weights and biases")
    proof.step("define", left=h.w[k, d], right=h.mu[k, d] / h.sigma2[d], note="With the weights")
    proof.step(
        "define", left=h.b[k], right=log(h.alpha[k]) - Sum(h.mu[k, d] ** 2 / (2 * h.sigma2[d]), (d, 1, D)),
        note="and the biases",
    )  # fmt: skip

    def activation(c: Expr) -> Expr:
        return exp(h.b[c] + Sum(h.w[c, d] * h.x[d], (d, 1, D)))

    softmax = proof.step(
        "rearrange", cancelled, to=activation(k) / Sum(activation(j), (j, 1, K)),
        note="the posterior is the softmax of the linear functions $b_k + \\sum_d w_{kd} x_d$:",
    )  # fmt: skip
    total = proof.step("define", left=h.total, right=Sum(h.posterior(k), (k, 1, K)), note="Its values sum to one:")
    one = proof.step("rearrange", total, to=Integer(1))
    return proof.done(
        f"{model.prefix}/posterior-softmax",
        f"Posterior of {model.title} as a softmax",
        "Because the variances are shared, the quadratic terms cancel and the posterior is a softmax of functions linear "
        "in the features, as in logistic regression.",
        Kind.IDENTITY,
        (softmax, one),
        "The posterior is a softmax with weights and biases in closed form.",
        checks=(posterior_against_oracle,),
    )
