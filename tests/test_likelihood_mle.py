"""Maximum likelihood of one-sample densities: solved, refused, verified, stored and merged."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Eq,
    Interval,
    Piecewise,
    Range,
    Rational,
    Symbol,
    binomial,
    cos,
    cosh,
    exp,
    factorial,
    gamma,
    log,
    oo,
    pi,
    sech,
    sin,
    sqrt,
    symbols,
)  # fmt: skip
from sympy.stats import Bernoulli, Binomial, FiniteRV, Uniform

import derivations
from derivations.core.derivation import Kind
from derivations.core.replay import replay
from derivations.subjects.likelihood.checks import quick
from derivations.subjects.likelihood.failures import ConditionNotMet, NoInteriorMaximum, NoStandardErrors, NotSettled
from derivations.subjects.likelihood.families import FAMILIES, UnknownFamily, family, from_text
from derivations.subjects.likelihood.model import BadModel
from numeric.evaluate import compile_expression
from numeric.failures import NotFinite, OutsideDomain
from numeric.sufficient import NotStreamable

X = Symbol("x", positive=True)
REAL = Symbol("x", real=True)
BOUNDARY = {"pareto", "laplace", "uniform", "uniform-from-zero", "shifted-exponential", "discrete-uniform"}
OPEN = {"gamma", "beta", "weibull", "cauchy", "logistic", "chi-squared", "logarithmic", "zeta", "student", "von-mises"}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_named_family_ends_as_it_must(name):
    kind = family(name).kind
    expected = Kind.BOUNDARY_MAXIMUM if name in BOUNDARY else Kind.NO_CLOSED_FORM if name in OPEN else Kind.UNIQUE_MAXIMUM
    assert kind is expected


@pytest.mark.parametrize("name", FAMILIES)
def test_estimates_of_every_family_hold_on_sampled_data(name):
    assert quick(family(name))


@pytest.mark.parametrize("name", ["normal", "uniform", "weibull", "laplace", "geometric", "von-mises"])
def test_stored_derivations_replay(name):
    assert replay(derivations.load(family(name).to_json())).ok


def _tampered(name, change):
    """The stored derivation with its last statement changed."""
    tree = json.loads(family(name).to_json())
    change(tree["steps"][-1]["statement"])
    return derivations.load(json.dumps(tree))


def _other_end(statement):
    statement["value"] = [["call", "smallest", ["array", "x"]]]


def _wider_region(statement):
    statement["region"] = []


def _other_equation(statement):
    statement["left"] = [["add", statement["left"][0], "1"]]


def _nothing_left(statement):
    statement["eliminated"], statement["value"] = [], []


def _twice(statement):
    statement["value"] = [["mul", "2", value] for value in statement["value"]]


@pytest.mark.parametrize(("name", "change"), [
    ("uniform-from-zero", _other_end), ("uniform-from-zero", _wider_region), ("gamma", _other_equation),
    ("gamma", _nothing_left), ("weibull", _twice), ("normal", _twice), ("pareto", _twice), ("von-mises", _twice),
])  # fmt: skip
def test_replay_names_the_step_of_a_changed_conclusion(name, change):
    found = replay(_tampered(name, change))
    assert not found.ok
    assert f"step {len(found.checks)}" in " ".join(found.problems)


@pytest.mark.parametrize("name", ["exponential", "uniform-from-zero", "gamma"])
def test_verification_reports_hold(name):
    assert family(name).verify(samples=200).ok


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html", "json"])
def test_every_renderer_writes_a_boundary_and_an_unsolved_conclusion(form):
    assert all(family(name).render(form) for name in ("pareto", "gamma"))


def test_mean_and_variance_of_the_normal_distribution():
    mu, s2 = Symbol("mu", real=True), Symbol("s2", positive=True)
    found = derivations.mle(exp(-((REAL - mu) ** 2) / (2 * s2)) / sqrt(2 * pi * s2), REAL, [mu, s2])
    data = np.array([1.0, 2.0, 6.0])
    assert found.estimator().fit(x=data) == pytest.approx({"mu": 3.0, "s2": data.var()})


def test_a_known_mean_leaves_the_variance_around_it():
    assert family("normal", ["mu"]).estimator().fit(x=[1.0, 3.0], mu=0.0) == pytest.approx({"sigma2": 5.0})


@pytest.mark.parametrize(("density", "parameter"), [
    (lambda t: (t + 1) * X**t, "unit"), (lambda t: t**3 * X**2 * exp(-t * X) / 2, "positive"),
    (lambda t: 2 * t * X * exp(-t * X**2), "positive"), (lambda t: t * (1 + X) ** (-t - 1), "positive"),
])  # fmt: skip
def test_densities_nobody_listed_are_solved(density, parameter):
    t = Symbol("t", positive=True)
    where = (X, "unit-interval") if parameter == "unit" else X
    found = derivations.mle(density(t), where, t)
    assert found.kind is Kind.UNIQUE_MAXIMUM
    assert quick(found)


def test_decimals_are_read_as_fractions():
    t = Symbol("t", positive=True)
    assert derivations.mle(0.5 * t * exp(-0.5 * t * X), X, t).kind is Kind.UNIQUE_MAXIMUM
    assert derivations.mle(1 / (t - 0.1), (REAL, Interval(0.1, t)), t).kind is Kind.BOUNDARY_MAXIMUM


@pytest.mark.parametrize("name", ["a b", "_a", "expectation", "ell", "largest", "x", "ell_1"])
def test_names_that_cannot_be_used_are_said(name):
    t = Symbol(name, positive=True)
    with pytest.raises(BadModel, match=name.replace(" ", ".")):
        derivations.mle(t * exp(-t * Symbol("x", real=True)), (Symbol("x", real=True), Interval(0, oo)), t)


def test_a_symbol_in_the_support_has_to_be_declared():
    with pytest.raises(BadModel, match="c"):
        derivations.mle(1 / T, (X, Interval(Symbol("c", positive=True), T)), T)


def test_random_variables_of_sympy_stats_bring_their_support():
    a, b = symbols("a b", real=True)
    p, n = Symbol("p", positive=True), Symbol("n", integer=True, positive=True)
    assert derivations.mle(Uniform("x", a, b), parameters=[a, b]).kind is Kind.BOUNDARY_MAXIMUM
    assert derivations.mle(Bernoulli("x", p), {p: "unit-interval"}).kind is Kind.UNIQUE_MAXIMUM
    assert derivations.mle(Binomial("x", n, p), parameters={p: "unit-interval"}, known=[n]).kind is Kind.UNIQUE_MAXIMUM


def test_what_is_no_density_is_refused():
    t = Symbol("t", positive=True)
    found = derivations.mle(t * exp(-2 * t * X), X, t)
    assert found.kind is Kind.REFUSED
    assert found.evidence.value == "undecided"
    assert "integrate to 1" in found.reason


@pytest.mark.parametrize("factor", [Rational(1001, 1000), Rational(999, 1000)])
@pytest.mark.parametrize("name", ["normal", "poisson", "beta-first", "cauchy"])
def test_a_density_off_by_a_thousandth_is_refused(name, factor):
    found = FAMILIES[name]
    off = from_text(f"({factor})*({found.density})", found.data, found.parameters)
    assert off.kind is Kind.REFUSED
    assert "integrate to 1" in off.reason


def test_a_density_that_is_negative_somewhere_is_refused():
    t = Symbol("t", positive=True)
    found = derivations.mle(1 + (2 + t) * sin(2 * pi * X), (X, "unit-interval"), t)
    assert "negative" in found.reason


def test_a_support_that_was_not_given_is_asked_for():
    t = Symbol("t", positive=True)
    found = derivations.mle(1 / t, X, t)
    assert found.kind is Kind.REFUSED
    assert not found.estimates


T, M = Symbol("t", positive=True), Symbol("m", real=True)


@pytest.mark.parametrize(("density", "where", "parameters", "best"), [
    (1 / T, (X, Interval(T, 2 * T)), [T], lambda x: [x.max() / 2]),
    (1 / (2 * T), (REAL, Interval(-T, T)), [T], lambda x: [abs(x).max()]),
    (1 / T**2, (X, Interval(0, T**2)), [T], lambda x: [x.max() ** 0.5]),
    (T, (X, Interval(0, 1 / T)), [T], lambda x: [1 / x.max()]),
    (exp(-M), (X, Interval(0, exp(M))), [M], lambda x: [np.log(x.max())]),
    (1 / (2 * T), (REAL, Interval(M - T, M + T)), [M, T], lambda x: [(x.max() + x.min()) / 2, np.ptp(x) / 2]),
    (sqrt(2 / pi) / T * exp(-((REAL - M) ** 2) / (2 * T**2)), (REAL, Interval(M, oo)), [M, T],
     lambda x: [x.min(), np.sqrt(((x - x.min()) ** 2).mean())]),
    (2 / (pi * (1 + (REAL - M) ** 2)), (REAL, Interval(M, oo)), [M], lambda x: [x.min()]),
    (2 * T**2 / (T + REAL - M) ** 3, (REAL, Interval(M, oo)), {M: "real"}, lambda x: [x.min()]),
    (exp(REAL - M), (REAL, Interval(-oo, M)), [M], lambda x: [x.max()]),
])  # fmt: skip
def test_a_parameter_in_the_support_goes_to_the_edge_where_the_score_has_one_sign(density, where, parameters, best):
    known = [s for s in (T, M) if s in density.free_symbols and s not in parameters]
    found = derivations.mle(density, where, parameters, known=known)
    assert found.kind is Kind.BOUNDARY_MAXIMUM
    assert found.evidence.value == "proved"
    assert replay(derivations.load(found.to_json())).ok
    data = np.random.default_rng(4).uniform(1.1, 1.9, 40)
    fit = found.estimator().fit(x=data, **{s.name: 1.0 for s in known})
    assert [fit[s.name] for s in parameters] == pytest.approx(best(data))
    assert quick(found, samples=50)


@pytest.mark.parametrize(("density", "where", "word"), [
    (1 + 0 * M, (REAL, Interval(M, M + 1)), r"largest\(x\) - 1 <= m <= smallest\(x\)"),
    ((REAL - M) * exp(-((REAL - M) ** 2) / 2), (REAL, Interval(M, oo)), "may change"),
    (exp(-sqrt(REAL - M)) / (2 * sqrt(REAL - M)), (REAL, Interval(M, oo)), "pole"),
    (1 / (2 * (M**2 + 1)), (REAL, Interval(-1 - M**2, M**2 + 1)), "depends on m"),
])  # fmt: skip
def test_other_parameters_in_the_support_are_refused_with_the_reason(density, where, word):
    found = derivations.mle(density, where, M)
    assert found.kind is Kind.REFUSED
    assert re.search(word, found.reason)


def test_data_that_no_value_of_the_parameter_allows_are_refused():
    made = derivations.mle(1 / T, (X, Interval(T, 2 * T)), T).estimator()
    assert made.fit(x=[1.0, 2.0]) == {"t": 1.0}
    with pytest.raises(ConditionNotMet, match=">= 0"):
        made.fit(x=[1.0, 5.0])


def test_a_density_with_a_pole_inside_the_domain_of_its_parameter_is_refused():
    t = Symbol("t", real=True)
    found = derivations.mle(exp(-((REAL - 1 / t) ** 2) / 2) / sqrt(2 * pi), REAL, t)
    assert found.kind in (Kind.REFUSED, Kind.NO_CLOSED_FORM)


def test_an_even_power_of_a_real_parameter_is_not_inverted():
    t = Symbol("t", real=True)
    found = derivations.mle(exp(-((REAL - t**2) ** 2) / 2) / sqrt(2 * pi), REAL, t)
    assert found.kind in (Kind.REFUSED, Kind.NO_CLOSED_FORM)


def test_an_integer_parameter_is_not_found_by_a_derivative():
    n = Symbol("n", integer=True, positive=True)
    assert derivations.mle(n * exp(-n * X), X, n).kind is Kind.REFUSED


def test_a_direction_needs_an_angle():
    mu, k = Symbol("mu", real=True), Symbol("k", positive=True)
    found = derivations.mle(exp(k * cos(REAL - mu)), (REAL, "angle"), mu, known=k)
    assert found.kind is not Kind.UNIQUE_MAXIMUM


def test_the_profile_equation_of_the_weibull_shape_holds_at_the_numeric_root():
    found = family("weibull")
    data = np.random.default_rng(1).weibull(1.7, 400) * 2
    made = found.estimator()
    fit = made.fit(x=data)
    k = fit["k"]
    assert made.numerical
    assert "numerically" in made.note
    assert (data**k * np.log(data)).sum() / (data**k).sum() - 1 / k - np.log(data).mean() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["normal", "lognormal", "exponential", "pareto", "shifted-exponential", "inverse-gaussian"])
def test_chunks_and_merged_parts_give_the_answer_of_one_pass(name):
    data = np.random.default_rng(2).lognormal(0.3, 0.5, 999)
    whole = family(name).estimator().fit(x=data)
    chunks = family(name).estimator()
    for part in np.array_split(data, 7):
        chunks.partial_fit(x=part)
    first, *others = [family(name).estimator().partial_fit(x=part) for part in np.array_split(data, 5)]
    for other in reversed(others):
        first.merge(other)
    assert chunks.estimates == pytest.approx(whole, rel=1e-12)
    assert first.estimates == pytest.approx(whole, rel=1e-12)


def test_no_digits_are_lost_far_from_zero():
    data = 1e9 + np.random.default_rng(3).normal(size=20_000)
    made = family("normal").estimator()
    for part in np.array_split(data, 9):
        made.partial_fit(x=part)
    assert made.estimates["sigma2"] == pytest.approx(float(np.var(data - 1e9)), rel=1e-7)
    shifted = family("shifted-exponential").estimator().fit(x=data)
    assert 1 / shifted["lambda_"] == pytest.approx(float((data - data.min()).mean()), rel=1e-9)


def test_no_digits_are_lost_in_a_sum_of_squares_far_from_zero():
    t, b = Symbol("t", positive=True), Symbol("b", real=True)
    made = derivations.mle(sqrt(t / pi) * exp(-t * REAL**2 + b * REAL - b**2 / (4 * t)), REAL, [b, t]).estimator()
    data = 1e9 + np.random.default_rng(3).normal(size=5_000)
    first, *others = [replace(made, _state=None).partial_fit(x=part) for part in np.array_split(data, 7)]
    for other in reversed(others):
        first.merge(other)
    assert 1 / (2 * first.estimates["t"]) == pytest.approx(float(np.var(data - 1e9)), rel=1e-9)
    assert first.estimates == pytest.approx(made.fit(x=data), rel=1e-12)


@pytest.mark.parametrize("name", ["levy", "exponential", "gumbel", "normal", "uniform", "uniform-from-zero"])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_value_that_is_no_number_is_named_and_leaves_nothing_behind(name, value):
    made = family(name).estimator()
    known = dict.fromkeys(made.known_names, 2.0)
    before = made.partial_fit(x=[1.0, 2.0, 4.0], **known).estimates
    for sample in ([1.0, value], [value], [5.0, 6.0, value, 7.0]):
        with pytest.raises(NotFinite):
            made.partial_fit(x=np.array(sample), **known)
        with pytest.raises(NotFinite):
            family(name).estimator().fit(x=sample, **known)
    assert made.estimates == before


def test_a_median_is_not_gathered_in_chunks():
    with pytest.raises(NotStreamable, match="median"):
        family("laplace").estimator().partial_fit(x=[1.0, 2.0])


def test_samples_without_an_estimate_are_named():
    with pytest.raises(ConditionNotMet):
        family("normal").estimator().fit(x=[2.0, 2.0])
    with pytest.raises(ConditionNotMet):
        family("poisson").estimator().fit(x=[0, 0])
    with pytest.raises(NotFinite):
        family("normal").estimator().fit(x=[1.0, float("nan")])
    with pytest.raises(OutsideDomain):
        family("exponential").estimator().fit(x=[-1.0, 2.0])


def test_a_likelihood_that_only_levels_off_has_no_numeric_estimate():
    a, b, c = symbols("a b c", positive=True)
    found = derivations.mle(a * b**a / X ** (a + 1) / (1 - (b / c) ** a), (X, Interval(b, c)), a, known=[b, c])
    assert found.kind is Kind.NO_CLOSED_FORM
    with pytest.raises((NoInteriorMaximum, NotSettled)):
        found.estimator().fit(x=[8.0, 9.0, 9.5], b=1.0, c=10.0)


@pytest.mark.parametrize("name", ["gamma", "weibull", "cauchy", "student"])
def test_a_sample_that_does_not_determine_the_parameters_is_named(name):
    with pytest.raises((NotSettled, NoInteriorMaximum)):
        family(name).estimator().fit(x=[2.0, 2.0, 2.0] if name != "student" else [-1.0, 1.0] * 20)


def test_a_likelihood_without_bound_at_the_edge_is_refused():
    t = Symbol("t", positive=True)
    assert derivations.mle(1 / (pi * sqrt(X * (t - X))), (X, Interval(0, t)), t).kind is Kind.REFUSED


def test_standard_errors_of_the_normal_mean():
    data = np.random.default_rng(4).normal(size=500)
    errors = family("normal").estimator().standard_errors(x=data)
    assert errors["mu"] == pytest.approx(data.std() / np.sqrt(500), rel=1e-9)
    with pytest.raises(NoStandardErrors):
        family("uniform").estimator().standard_errors(x=data)


def test_unknown_names_and_undeclared_symbols_are_named():
    with pytest.raises(UnknownFamily, match="weibull"):
        family("wiebull")
    with pytest.raises(BadModel, match="theta"):
        derivations.mle(exp(-X * Symbol("theta")), X, Symbol("t", positive=True))


COUNT = Symbol("x", integer=True, nonnegative=True)
W = Symbol("w", positive=True)


def test_a_mixture_leaves_the_equation_of_its_weight():
    density = W * exp(-(REAL**2) / 2) / sqrt(2 * pi) + (1 - W) * exp(-((REAL - 2) ** 2) / 2) / sqrt(2 * pi)
    found = derivations.mle(density, REAL, {W: "unit-interval"})
    assert found.kind is Kind.NO_CLOSED_FORM
    data = np.concatenate([np.random.default_rng(1).normal(0, 1, 60), np.random.default_rng(2).normal(2, 1, 40)])
    weight = found.estimator().fit(x=data)["w"]
    (left,) = found.remaining
    value = compile_expression(left, variables=found.declarations.variables)(x=data, N=len(data), w=weight)
    assert float(value) == pytest.approx(0, abs=1e-5)


def test_the_weight_of_a_uniform_and_a_linear_density_is_left_as_an_equation():
    found = derivations.mle(W + (1 - W) * 2 * X, (X, "unit-interval"), {W: "unit-interval"})
    assert found.kind is Kind.NO_CLOSED_FORM


@pytest.mark.parametrize("density", [
    M**2 * exp(-(M**2) * X), exp(-((REAL - M**2) ** 2) / 2) / sqrt(2 * pi),
    sqrt(2 / pi) * exp(-(X**2 + M**2) / 2) * cosh(M * X),
])  # fmt: skip
def test_a_likelihood_that_is_even_in_a_real_parameter_is_refused(density):
    found = derivations.mle(density, X if X in density.free_symbols else REAL, M)
    assert found.kind is Kind.REFUSED
    assert "equally good" in found.reason


def test_hyperbolic_functions_are_read_as_exponentials():
    assert derivations.mle(sech(pi * REAL / (2 * T)) / (2 * T), REAL, T).kind is Kind.NO_CLOSED_FORM
    found = derivations.mle(1 / (T * cosh(REAL / T) ** 2 * 2), REAL, T)
    assert found.kind is Kind.NO_CLOSED_FORM


def test_a_count_by_cases_is_one_formula():
    p = Symbol("p", positive=True)
    genotypes = Piecewise((p**2, Eq(COUNT, 0)), (2 * p * (1 - p), Eq(COUNT, 1)), ((1 - p) ** 2, True))
    found = derivations.mle(genotypes, (COUNT, Range(0, 3)), {p: "unit-interval"})
    assert found.estimator().fit(x=[0, 1, 2, 2, 1, 1])["p"] == pytest.approx((2 + 3) / 12)
    assert quick(found)
    same = derivations.mle(FiniteRV("x", {0: p**2, 1: 2 * p * (1 - p), 2: (1 - p) ** 2}), {p: "unit-interval"})
    assert same.estimates == found.estimates
    beyond = (1 - W) * p * (1 - p) ** (COUNT - 1)
    hurdle = derivations.mle(Piecewise((W, Eq(COUNT, 0)), (beyond, True)), COUNT, {W: "unit-interval", p: "unit-interval"})
    assert hurdle.estimator().fit(x=[0, 1, 2, 2, 1, 1]) == pytest.approx({"w": 1 / 6, "p": 5 / 7})
    with pytest.raises(BadModel):
        derivations.mle(Piecewise((2 * X, X < W), (1, True)), (X, "unit-interval"), {W: "unit-interval"})


def test_the_linkage_of_genes_is_a_quadratic_below_one():
    cell = [Rational(1, 2) + T / 4, (1 - T) / 4, (1 - T) / 4, T / 4]
    density = Piecewise(*((value, Eq(COUNT, n)) for n, value in enumerate(cell[:-1])), (cell[-1], True))
    found = derivations.mle(density, (COUNT, Range(0, 4)), {T: "unit-interval"})
    assert found.estimator().fit(x=[0] * 125 + [1] * 18 + [2] * 20 + [3] * 34)["t"] == pytest.approx(0.62682, abs=1e-5)
    assert replay(derivations.load(found.to_json())).ok
    with pytest.raises(ConditionNotMet):
        found.estimator().fit(x=[0, 0, 0, 1, 2])


def test_a_coefficient_of_unknown_sign_becomes_a_condition():
    p = Symbol("p", positive=True)
    size = Symbol("x", integer=True, positive=True)
    haight = binomial(2 * size - 1, size) / (2 * size - 1) * p ** (size - 1) * (1 - p) ** size
    found = derivations.mle(haight, size, {p: "unit-interval"})
    assert found.estimator().fit(x=[1, 2, 3])["p"] == pytest.approx((6 - 3) / (2 * 6 - 3))
    assert quick(found)


def test_a_heavy_tail_of_counts_is_a_density():
    yule = T * gamma(COUNT + 1) * gamma(T + 1) / gamma(COUNT + T + 2)
    assert derivations.mle(yule, COUNT, T).kind is Kind.NO_CLOSED_FORM


def test_the_root_of_a_parameter_is_positive():
    found = derivations.mle(exp(-((REAL - sqrt(T)) ** 2) / 2) / sqrt(2 * pi), REAL, T)
    assert found.estimator().fit(x=[1.0, 2.0, 3.0])["t"] == pytest.approx(4.0)
    with pytest.raises(ConditionNotMet):
        found.estimator().fit(x=[-1.0, -2.0, -3.0])


@pytest.mark.parametrize(("domain", "word"), [("nonnegative", "may be zero"), ("size", "whole number")])
def test_domains_that_a_derivative_does_not_settle_are_refused(domain, word):
    assert word in derivations.mle(exp(-X / T) / T, X, {T: domain}).reason


def test_a_positive_factor_of_a_polynomial_score_is_taken_out():
    found = derivations.mle((T**2 + T) * exp(-(T**2 + T) * X), X, T)
    t = found.estimator().fit(x=[0.5, 0.1, 0.3])["t"]
    assert t**2 + t == pytest.approx(1 / 0.3)
    assert quick(found)
    turning = derivations.mle((T + 1 / T) * exp(-(T + 1 / T) * X), X, T)  # has two maxima
    assert turning.kind is not Kind.UNIQUE_MAXIMUM


def test_a_difference_of_two_sums_is_gathered_far_from_zero():
    odds = log(X / (1 - X))
    found = derivations.mle(exp(-((odds - M) ** 2) / (2 * T)) / (sqrt(2 * pi * T) * X * (1 - X)), (X, "unit-interval"), [M, T])
    data = np.random.default_rng(0).beta(2, 3, 500)
    values = np.log(data / (1 - data))
    made = found.estimator().partial_fit(x=data[:100]).partial_fit(x=data[100:])
    assert made.estimates == pytest.approx({"m": values.mean(), "t": values.var()})


@st.composite
def _exponential_families(draw):
    """h(x)·exp(η(θ)·t(x) − A(θ)) with a known normaliser, a change of variable and a reparametrisation."""
    theta = Symbol("theta", positive=True)
    kind = draw(st.sampled_from(sorted(_KINDS)))
    p = draw(st.sampled_from([1, 2, 3, Rational(1, 2)]))
    rate = draw(st.sampled_from([
        theta, 1 / theta, theta**2, 1 / theta**2, 2 * theta, exp(theta), sqrt(theta), theta**2 + theta, theta + 1,
        theta + 1 / theta,
    ]))  # fmt: skip
    density, variable = _KINDS[kind](rate, p)
    return density, variable, theta


_KINDS = {
    "gamma": lambda rate, p: (rate * p * X ** (p - 1) * exp(-rate * X**p), X),  # y = x^p is exponential
    "normal": lambda rate, p: (sqrt(rate / (2 * pi)) * exp(-rate * (REAL - p) ** 2 / 2), REAL),
    "poisson": lambda rate, p: (exp(-rate) * rate**COUNT / factorial(COUNT), COUNT),
    "power": lambda rate, p: (rate * X ** (rate - 1), (X, "unit-interval")),
    "laplace": lambda rate, p: (rate / 2 * exp(-rate * Abs(REAL - p)), REAL),
    "pareto": lambda rate, p: (rate / p * (1 + X / p) ** (-rate - 1), X),
    "inverse": lambda rate, p: (rate * p * X ** (-p - 1) * exp(-rate * X ** (-p)), X),
    "lognormal": lambda rate, p: (sqrt(rate / (2 * pi)) / X * exp(-rate * (log(X) - p) ** 2 / 2), X),
    "geometric": lambda rate, p: ((rate / (1 + rate)) ** COUNT / (1 + rate), COUNT),
    "binomial": lambda rate, p: (
        binomial(4, COUNT) * (rate / (1 + rate)) ** COUNT * (1 + rate) ** (COUNT - 4), (COUNT, Range(0, 5))),
}  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(model=_exponential_families(), seed=st.integers(0, 1000))
def test_random_exponential_families_are_solved_or_refused_and_never_wrong(model, seed):
    found = derivations.mle(*model)
    if found.kind is not Kind.REFUSED:
        assert quick(found, samples=120, seed=seed)
    if found.kind is Kind.UNIQUE_MAXIMUM:
        assert found.evidence.value == "proved"


@settings(max_examples=4, deadline=None)
@given(model=_exponential_families(), factor=st.sampled_from([Rational(101, 100), Rational(99, 100), 2]), seed=st.integers(0, 99))
def test_the_comparisons_notice_an_estimate_off_by_a_hundredth(model, factor, seed):
    found = derivations.mle(*model)
    assume(found.kind is Kind.UNIQUE_MAXIMUM)
    steps = list(found.steps)
    (at,) = found.conclusion.steps
    wrong = replace(steps[at].statement, value=tuple(factor * value for value in steps[at].statement.value))
    steps[at] = replace(steps[at], statement=wrong)
    assert not quick(replace(found, steps=tuple(steps)), samples=120, seed=seed)


def test_a_log_normal_written_with_another_logarithm_is_the_same():
    mu = Symbol("mu", real=True)
    found = derivations.mle(exp(-((log(X**2) / 2 - mu) ** 2) / 2) / (X * sqrt(2 * pi)), X, mu)
    assert quick(found)
