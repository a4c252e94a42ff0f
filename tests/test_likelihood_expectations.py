"""The kernel rules of expectations: each concludes what it says and refuses its near misses."""

from __future__ import annotations

import pytest
from sympy import Product, Rational, Sum, Symbol, exp, log, pi, sqrt

from derivations.core.definitions import unfold
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.rules.boundary import LARGEST, SMALLEST
from derivations.core.rules.expectations import EXPECTATION
from derivations.core.symbols import Declarations, array, function, index, scalar, size
from numeric.domains import POSITIVE, REAL, SIZE, UNIT_INTERVAL

N = size("N", "").head
NAMES = Declarations((
    size("N", ""), index("i", N), array("x", (N,), "x_{0}", "", POSITIVE), array("z", (N,), "z_{0}", "", REAL),
    array("w", (N,), "w_{0}", "", SIZE), scalar("t", "t", "", POSITIVE), scalar("m", "m", "", REAL),
    scalar("s", "s", "", POSITIVE), scalar("q", "q", "", UNIT_INTERVAL), scalar("n", "n", "", SIZE),
    *(function(name, name, "") for name in ("p", "likelihood", "ell", "f", "expectation", "largest", "smallest")),
))  # fmt: skip
i, x, z, w, t, m, s, q, n = (NAMES[name].head for name in ("i", "x", "z", "w", "t", "m", "s", "q", "n"))
p, likelihood, ell, f = (NAMES[name].head for name in ("p", "likelihood", "ell", "f"))


def total(body):
    return Sum(body, (i, 1, N))


def sampled(density, *unknown):
    """A proof with the likelihood of a density and its scores; (proof, scores)."""
    proof = Proof(NAMES)
    proof.step("given", left=p(i, *unknown), right=density)
    proof.step("given", left=likelihood(*unknown), right=Product(p(i, *unknown), (i, 1, N)))
    line = proof.step("define", left=ell(*unknown), right=-log(likelihood(*unknown)))
    for rule, arguments in (("unfold_definition", {"name": "likelihood"}), ("log_of_product", {}),
                            ("unfold_definition", {"name": "p"})):  # fmt: skip
        line = proof.step(rule, line, **arguments)
    written = ("log_of_product", "log_of_power") * 2 + ("linearity_of_sum", "pull_out_constant") * 3 + ("sum_of_constant",)
    for rule in written:
        try:
            line = proof.step(rule, line)
        except RuleError:
            continue
    return proof, [proof.step("differentiate", line, variable=u) for u in unknown]


EXPONENTIAL = t * exp(-t * x[i])
NORMAL = exp(-((z[i] - m) ** 2) / (2 * s)) / sqrt(2 * pi * s)


def test_mean_by_scores_of_a_statistic():
    proof, scores = sampled(EXPONENTIAL, t)
    found = proof.step("mean_by_scores", *scores, of=total(x[i]), weights=(t / t,), value=N / t)
    assert proof.statement(found).left == EXPECTATION(total(x[i]), ell(t), N)
    there = proof.step("evaluate_at", found, unknown=t, value=s, result=N / s)
    assert unfold(proof.statement(there).left, {}) == EXPECTATION(total(x[i]), ell(s), N)
    assert proof.right(found) == N / t


@pytest.mark.parametrize("change", [
    {"value": N / t + 1}, {"value": total(x[i])}, {"weights": (2 * t / t,)}, {"weights": (total(x[i]),)}, {"weights": ()},
    {"of": total(x[i] ** 2)}, {"of": 2 * total(x[i])},
])  # fmt: skip
def test_mean_by_scores_refuses_what_is_no_such_combination(change):
    proof, scores = sampled(EXPONENTIAL, t)
    with pytest.raises(RuleError, match="mean_by_scores"):
        proof.step("mean_by_scores", *scores, **({"of": total(x[i]), "weights": (t / t,), "value": N / t} | change))


def test_mean_by_scores_refuses_a_function_that_is_no_likelihood():
    proof = Proof(NAMES)
    line = proof.step("define", left=f(t), right=t * total(x[i]) - N * log(t))
    score = proof.step("differentiate", line, variable=t)
    with pytest.raises(RuleError, match="mean_by_scores"):
        proof.step("mean_by_scores", score, of=total(x[i]), weights=(t / t,), value=N / t)


def test_mean_by_scores_refuses_a_support_that_moves():
    proof, scores = sampled(EXPONENTIAL, t)
    proof.step("support", entry=x[i], lower=t, upper=LARGEST(x))
    with pytest.raises(RuleError, match="support"):
        proof.step("mean_by_scores", *scores, of=total(x[i]), weights=(t / t,), value=N / t)


def test_mean_by_scores_refuses_whole_parameters_and_other_than_exponential_families():
    proof, scores = sampled(n * exp(-n * x[i]), n)
    with pytest.raises(RuleError, match="whole"):
        proof.step("mean_by_scores", *scores, of=total(x[i]), weights=(n / n,), value=N / n)
    proof, scores = sampled(1 / (pi * (1 + (z[i] - m) ** 2)), m)
    with pytest.raises(RuleError, match="mean_by_scores"):
        proof.step("mean_by_scores", *scores, of=proof.right(scores[0]), weights=(m * 0 + 1,), value=0 * m)


def test_mean_by_scores_refuses_what_is_assumed_of_the_data():
    proof, scores = sampled(NORMAL, m, s)
    arguments = {"of": sqrt(total(z[i]) ** 2), "weights": (-s, 0 * s), "value": N * m}
    for _ in range(2):  # the root of the square is the sum only where the sum is positive
        with pytest.raises(RuleError, match="mean_by_scores"):
            proof.step("mean_by_scores", *scores, **arguments)
        proof.step("assume", positive=total(z[i]))


def spread():
    """E[Σz] and E[Σz²] of a normal sample, and Σ(z − z̄)²."""
    proof, scores = sampled(NORMAL, m, s)
    first = proof.step("mean_by_scores", *scores, of=total(z[i]), weights=(-s, 0 * s), value=N * m)
    second = proof.step(
        "mean_by_scores", *scores, of=total(z[i] ** 2), weights=(-2 * m * s, -2 * s**2), value=N * (s + m**2)
    )
    return proof, first, second, total((z[i] - total(z[i]) / N) ** 2)


def test_mean_of_products_of_sums_is_that_of_a_spread():
    proof, first, second, of = spread()
    found = proof.step("mean_of_products_of_sums", first, second, of=of, objective=ell(m, s), value=(N - 1) * s)
    assert proof.right(found) == (N - 1) * s


@pytest.mark.parametrize("case", ["value", "missing", "degree", "objective"])
def test_mean_of_products_of_sums_refuses_near_misses(case):
    proof, first, second, of = spread()
    premises = (first,) if case == "missing" else (first, second)
    arguments = {
        "of": total(z[i]) ** 3 if case == "degree" else of, "objective": f(m, s) if case == "objective" else ell(m, s),
        "value": N * s if case == "value" else (N - 1) * s,
    }  # fmt: skip
    with pytest.raises(RuleError, match="mean_of_products_of_sums"):
        proof.step("mean_of_products_of_sums", *premises, **arguments)


GAMMA = {"statistic": x[i], "rate": t, "shape": t / t, "power": -t / t, "factor": N, "of": N / total(x[i])}


def test_mean_of_gamma_power_of_a_rate():
    proof, scores = sampled(EXPONENTIAL, t)
    found = proof.step("mean_of_gamma_power", *scores, **GAMMA)
    assert proof.right(found) == N * t / (N - 1)
    assert proof.steps[found].conditions[0].expression == N - 1


@pytest.mark.parametrize("change", [
    {"statistic": 2 * x[i]}, {"rate": 2 * t}, {"rate": t**2}, {"shape": 2 * t / t}, {"shape": t}, {"factor": t}, {"power": t / t},
    {"statistic": x[i] - 1}, {"of": N / total(x[i]) + 1}, {"factor": total(x[i])}, {"statistic": t * x[i]},
    {"statistic": x[i] + x[1]},
])  # fmt: skip
def test_mean_of_gamma_power_refuses_other_shapes(change):
    proof, scores = sampled(EXPONENTIAL, t)
    with pytest.raises(RuleError, match="mean_of_gamma_power"):
        proof.step("mean_of_gamma_power", *scores, **(GAMMA | change))


def test_mean_of_gamma_power_refuses_a_rate_that_does_not_run_over_all_positive_numbers():
    proof, scores = sampled(q * exp(-q * x[i]), q)
    with pytest.raises(RuleError, match="all positive"):
        proof.step("mean_of_gamma_power", *scores, **(GAMMA | {"rate": q}))
    proof, scores = sampled((t + 1) * exp(-(t + 1) * x[i]), t)
    with pytest.raises(RuleError, match="all positive"):
        proof.step("mean_of_gamma_power", *scores, **(GAMMA | {"rate": t + 1}))


def bounded(density, lower, upper):
    proof, _ = sampled(density, t)
    entry = w[i] if density.has(w) else x[i]
    return proof, proof.step("support", entry=entry, lower=lower, upper=upper)


LINEAR = {"cumulative": x[i] ** 2 / t**2, "antiderivative": x[i] ** (2 * N + 1) / (t ** (2 * N) * (2 * N + 1)),
          "of": LARGEST(x), "objective": ell(t), "value": 2 * N * t / (2 * N + 1)}  # fmt: skip


def test_mean_of_extreme_is_that_of_the_largest_observation():
    proof, support = bounded(2 * x[i] / t**2, SMALLEST(x), t)
    found = proof.step("mean_of_extreme", support, **LINEAR)
    assert proof.right(found) == 2 * N * t / (2 * N + 1)


@pytest.mark.parametrize("change", [
    {"cumulative": x[i] ** 2 / t**2 + 1}, {"cumulative": x[i] / t}, {"antiderivative": x[i] ** (2 * N + 1) / t ** (2 * N)},
    {"value": N * t / (N + 1)}, {"of": SMALLEST(x)}, {"of": LARGEST(z)}, {"cumulative": x[i] ** 2 / t**2 + x[1] - x[1] + z[1]},
    {"objective": f(t)},
])  # fmt: skip
def test_mean_of_extreme_refuses_other_functions(change):
    proof, support = bounded(2 * x[i] / t**2, SMALLEST(x), t)
    with pytest.raises(RuleError, match="mean_of_extreme"):
        proof.step("mean_of_extreme", support, **(LINEAR | change))


def test_mean_of_extreme_without_an_upper_end_needs_a_tail_that_falls():
    proof, support = bounded(3 * t**3 / x[i] ** 4, t, LARGEST(x))
    arguments = {"cumulative": 1 - (t / x[i]) ** 3, "antiderivative": t ** (3 * N) * x[i] ** (1 - 3 * N) / (1 - 3 * N),
                 "objective": ell(t), "value": 3 * N * t / (3 * N - 1)}  # fmt: skip
    found = proof.step("mean_of_extreme", support, of=SMALLEST(x), **arguments)
    assert proof.right(found) == 3 * N * t / (3 * N - 1)
    with pytest.raises(RuleError, match="mean_of_extreme"):
        proof.step("mean_of_extreme", support, of=LARGEST(x), **arguments)
    with pytest.raises(RuleError, match="mean_of_extreme"):
        proof.step("mean_of_extreme", support, of=SMALLEST(x), **(arguments | {
            "antiderivative": arguments["antiderivative"] + 1}))  # fmt: skip


def test_mean_of_extreme_refuses_whole_numbers():
    proof, support = bounded(t ** w[i] * Rational(1, 2), SMALLEST(w), t)
    with pytest.raises(RuleError, match="real numbers"):
        proof.step("mean_of_extreme", support, of=LARGEST(w), objective=ell(t), cumulative=w[i], antiderivative=w[i], value=t)
    assert Symbol("t", positive=True) == t
