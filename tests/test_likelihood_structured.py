"""Structured models: proved, replayed, verified, and equal to NumPy's and scikit-learn's answers."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Integer, KroneckerDelta, Sum, log, pi

import derivations
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.subjects.likelihood.structured import ENTRIES, gaussian
from derivations.subjects.likelihood.structured import linear as of_lines
from derivations.subjects.likelihood.structured.simplex import CATEGORICAL, K, N, alpha, ell, i, k, n, y

i_, d_ = gaussian.i, gaussian.d


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_is_proved_and_replays_from_its_stored_form(name):
    found = ENTRIES[name]()
    assert found.evidence.value == "proved"
    assert replay(derivations.load(found.to_json())).ok


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_renders(name):
    assert all(ENTRIES[name]().render(form) for form in ("text", "latex", "markdown", "html"))


@pytest.mark.long
@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_verifies_on_sampled_data(name):
    assert ENTRIES[name]().verify(samples=200).ok


def _classes(rng, kind):
    labels = np.concatenate([[1, 2, 3], rng.integers(1, 4, 200)])
    rates = rng.uniform(0.2, 0.8, (3, 4))[labels - 1]
    return (rng.binomial(1, rates) if kind == "bernoulli" else rng.poisson(3 * rates)), labels


@pytest.mark.parametrize(("kind", "law"), [("bernoulli", "BernoulliNB"), ("multinomial", "MultinomialNB")])
def test_naive_bayes_equals_scikit_learn_without_smoothing(kind, law):
    from sklearn import naive_bayes

    data, labels = _classes(np.random.default_rng(1), kind)
    model = getattr(naive_bayes, law)(alpha=1e-12, force_alpha=True).fit(data, labels)
    found = ENTRIES[f"{kind}-naive-bayes/mle"]().estimator().fit(x=data, y=labels)
    assert found["theta"] == pytest.approx(np.exp(model.feature_log_prob_), rel=1e-8)
    assert found["alpha"] == pytest.approx(np.exp(model.class_log_prior_))


def test_poisson_naive_bayes_takes_class_means():
    data, labels = _classes(np.random.default_rng(2), "poisson")
    found = ENTRIES["poisson-naive-bayes/mle"]().estimator().fit(x=data, y=labels)
    assert found["theta"][1] == pytest.approx(data[labels == 2].mean(axis=0))


def test_a_dirichlet_prior_of_two_is_the_rule_of_laplace():
    found = ENTRIES["categorical/map-dirichlet"]().estimator().fit(y=[1, 1, 2, 3], a=[2.0, 2.0, 2.0])
    assert found["alpha"] == pytest.approx([3 / 7, 2 / 7, 2 / 7])


def test_multinomial_shares():
    found = ENTRIES["multinomial/mle"]().estimator().fit(x=np.array([[1, 2, 3], [2, 2, 0]]))
    assert found["alpha"] == pytest.approx([0.3, 0.4, 0.3])


def _lines():
    rng = np.random.default_rng(3)
    design, weights = rng.normal(size=(80, 3)), rng.uniform(0.5, 2, 80)
    return design, design @ [1.0, -2.0, 0.5] + rng.normal(size=80), weights


def test_least_squares_equals_numpy():
    design, response, _ = _lines()
    found = ENTRIES["linear-regression/mle"]().estimator().fit(X=design, y=response)
    expected, residual, *_ = np.linalg.lstsq(design, response, rcond=None)
    assert found["beta"] == pytest.approx(expected)
    assert found["sigma2"] == pytest.approx(residual[0] / 80)


def test_weighted_least_squares_equals_numpy_on_scaled_rows():
    design, response, weights = _lines()
    found = ENTRIES["linear-regression/mle-weighted"]().estimator().fit(X=design, y=response, w=weights)
    root = np.sqrt(weights)
    assert found["beta"] == pytest.approx(np.linalg.lstsq(design * root[:, None], response * root, rcond=None)[0])


def test_ridge_equals_scikit_learn():
    from sklearn.linear_model import Ridge

    design, response, _ = _lines()
    found = ENTRIES["linear-regression/map-ridge"]().estimator().fit(X=design, y=response, sigma2=1.5, tau2=0.5)
    assert found["beta"] == pytest.approx(Ridge(alpha=3.0, fit_intercept=False).fit(design, response).coef_)


def _normal_equations(weight, right):
    names = of_lines.NAMES["least-squares"]
    proof = Proof(names)
    square = (of_lines.y[of_lines.i] - of_lines._fitted(of_lines.i)) ** 2
    body = Sum(weight * square, (of_lines.i, 1, of_lines.N)) / (2 * of_lines.sigma2)
    start = proof.step("define", left=of_lines.ell(of_lines.beta, of_lines.sigma2), right=body)
    score = proof.step("differentiate", start, variable=of_lines.beta[of_lines.d])
    return proof, score, right


def _moments(factor):
    entry = of_lines.X[of_lines.i, of_lines.d] * of_lines.y[of_lines.i]
    return Sum(factor * entry, (of_lines.i, 1, of_lines.N))


def test_minimum_of_gram_quadratic_states_independent_columns():
    one = Integer(1)
    proof, score, right = _normal_equations(one, _moments(1))
    found = proof.step(
        "minimum_of_gram_quadratic", score, factor=1 / of_lines.sigma2, rows=of_lines.X[of_lines.i, of_lines.d], weight=one,
        ridge=0 * one, right=right, index=of_lines.i,
    )  # fmt: skip
    (condition,) = proof.steps[found].conditions
    assert "determinant" in str(condition)


@pytest.mark.parametrize("change", ["right", "weight", "factor", "ridge"])
def test_minimum_of_gram_quadratic_refuses_another_gradient(change):
    one = Integer(1)
    proof, score, right = _normal_equations(one, _moments(2 if change == "right" else 1))
    arguments = {
        "factor": -1 / of_lines.sigma2 if change == "factor" else 1 / of_lines.sigma2,
        "rows": of_lines.X[of_lines.i, of_lines.d], "weight": of_lines.w[of_lines.i] if change == "weight" else one,
        "ridge": one if change == "ridge" else 0 * one, "right": right, "index": of_lines.i,
    }  # fmt: skip
    with pytest.raises(RuleError, match="minimum_of_gram_quadratic"):
        proof.step("minimum_of_gram_quadratic", score, **arguments)


def _on_simplex():
    proof = Proof(CATEGORICAL)
    proof.step("define", left=n[k], right=Sum(KroneckerDelta(y[i], k), (i, 1, N)))
    start = proof.step("define", left=ell(alpha), right=-Sum(n[k] * log(alpha[k]), (k, 1, K)))
    score = proof.step("differentiate", start, variable=alpha[k])
    constraint = proof.step("impose", left=Sum(alpha[k], (k, 1, K)), right=Integer(1), unknown=alpha[k])
    return proof, score, constraint


def test_multiplier_solution_solves_the_condition_of_lagrange():
    proof, score, constraint = _on_simplex()
    found = proof.step("multiplier_solution", score, constraint, right=n[k] / N, multiplier=N)
    assert proof.right(found) == n[k] / N


@pytest.mark.parametrize(("right", "multiplier"), [(n[k] / N, 2 * N), (1 / K, N), (2 * n[k] / N, N / 2)])
def test_multiplier_solution_refuses_what_fails_the_condition_or_the_constraint(right, multiplier):
    proof, score, constraint = _on_simplex()
    with pytest.raises(RuleError, match="multiplier_solution"):
        proof.step("multiplier_solution", score, constraint, right=right, multiplier=multiplier)


def test_the_covariance_of_a_gaussian_vector_is_the_mean_scatter():
    data = np.random.default_rng(5).normal(size=(60, 3))
    found = ENTRIES["multivariate-normal/mle"]().estimator().fit(x=data)
    assert found["Sigma"] == pytest.approx(np.cov(data.T, bias=True))


def test_discriminant_analysis_equals_scikit_learn():
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    data, labels = _classes(np.random.default_rng(6), "poisson")
    data = data + np.random.default_rng(7).normal(size=data.shape)
    model = LinearDiscriminantAnalysis(solver="lsqr", store_covariance=True).fit(data, labels)
    found = ENTRIES["gaussian-discriminant-analysis/mle"]().estimator().fit(x=data, y=labels)
    assert found["mu"] == pytest.approx(model.means_)
    assert found["Sigma"] == pytest.approx(model.covariance_)
    assert found["alpha"] == pytest.approx(model.priors_)


def _gaussian():
    proof = Proof(gaussian.ONE)
    line = gaussian._written(
        proof, gaussian.p(i_, gaussian.mu, gaussian.Sigma), gaussian._density(lambda at: gaussian.mu[at]),
        gaussian.p(i_, gaussian.mu, gaussian.Sigma), (gaussian.mu, gaussian.Sigma),
    )  # fmt: skip
    gaussian._scatter(proof, gaussian.x[i_, d_] - gaussian.mu[d_], gaussian.x[i_, gaussian.e] - gaussian.mu[gaussian.e])
    return proof, line, Sum(gaussian.x[i_, d_], (i_, 1, gaussian.N))


def test_minimum_over_mean_is_the_average():
    proof, line, total = _gaussian()
    assert proof.value(gaussian._means(proof, line, gaussian.mu[d_], gaussian.N, total)) == total / gaussian.N


@pytest.mark.parametrize("change", ["weight", "total", "covariance"])
def test_minimum_over_mean_refuses_another_gradient(change):
    proof, line, total = _gaussian()
    score = proof.step("differentiate", line, variable=gaussian.mu[d_])
    arguments = {
        "covariance": gaussian.S[d_, gaussian.e] if change == "covariance" else gaussian.Sigma[d_, gaussian.e],
        "weight": 2 * gaussian.N if change == "weight" else gaussian.N, "total": -total if change == "total" else total,
    }  # fmt: skip
    with pytest.raises(RuleError, match="minimum_over_mean"):
        proof.step("minimum_over_mean", score, **arguments)


def test_minimum_over_covariance_is_the_mean_scatter():
    proof, line, _ = _gaussian()
    found = gaussian._covariance(proof, line, gaussian.x[i_, d_] - gaussian.mu[d_], Integer(0))
    assert proof.value(found) == gaussian.S[d_, gaussian.e] / gaussian.N


@pytest.mark.parametrize("change", ["weight", "rest", "rows", "scatter"])
def test_minimum_over_covariance_refuses_another_form(change):
    proof, line, _ = _gaussian()
    rows = gaussian.x[i_, d_] - gaussian.mu[d_]
    arguments = {
        "covariance": gaussian.Sigma[d_, gaussian.e], "weight": -gaussian.N if change == "weight" else gaussian.N,
        "rest": gaussian.N * gaussian.D * log(2 * pi) / 2 + (1 if change == "rest" else 0),
        "rows": 2 * rows if change == "rows" else rows,
        "scatter": gaussian.Sigma[d_, gaussian.e] if change == "scatter" else gaussian.S[d_, gaussian.e], "index": i_,
    }  # fmt: skip
    with pytest.raises(RuleError, match="minimum_over_covariance"):
        proof.step("minimum_over_covariance", line, **arguments)
