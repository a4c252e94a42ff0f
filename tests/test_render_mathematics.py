"""Formulas in the notation of the subject: templates, order, signs, fractions, scopes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_samples import D, K, N, alpha, d, i, j, k, lam, mu, n, nll, notation, objective, posterior, sigma2, x, y
from sympy import (
    Add,
    Derivative,
    Expr,
    Function,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Mul,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    expand,
    floor,
    log,
    pi,
    sqrt,
)

from derivations.core.symbols import Declarations
from derivations.render.mathematics import latex, layout_of
from derivations.render.notation import Notation, fill, has_superscript, with_hat
from derivations.render.unicode import box_of


def over_features(term: Expr) -> Expr:
    return Sum(term, (d, 1, D))


def distance(label: Expr) -> Expr:
    return over_features((x[i, d] - mu[label, d]) ** 2 / (2 * sigma2[d]))


FORMULAS = {
    "a template takes its indices": (x[i, d], r"x_{d}^{(i)}"),
    "a gather prints as a nested index": (mu[y[i], d], r"\mu_{y^{(i)} d}"),
    "numbers as indices are kept apart": (mu[1, 12], r"\mu_{1, 12}"),
    "compound indices are kept apart": (mu[j + 1, d], r"\mu_{j + 1, d}"),
    "a raised script is fenced before a power": (x[i, d] ** 2, r"(x_{d}^{(i)})^{2}"),
    "a declared square shows its square": (sigma2[d], r"\sigma_{d}^{2}"),
    "a declared square unfolds under powers": (sigma2[d] ** 2, r"\sigma_{d}^{4}"),
    "the root of a declared square is its letter": (sqrt(sigma2[d]), r"\sigma_{d}"),
    "a symbolic power of a declared square doubles": (sigma2[d] ** N, r"\sigma_{d}^{2 N}"),
    "a function with fields takes its arguments": (posterior(k), r"P(y=k \mid x)"),
    "a function without fields prints bare": (objective, r"\ell"),
    "first derivative": (Derivative(objective, mu[k, d]), r"\frac{\partial \ell}{\partial \mu_{k d}}"),
    "second derivative": (
        Derivative(objective, (mu[k, d], 2)),
        r"\frac{\partial^{2} \ell}{\partial \mu_{k d}^{2}}",
    ),
    "derivative by a square": (
        Derivative(objective, sigma2[d]),
        r"\frac{\partial \ell}{\partial \sigma_{d}^{2}}",
    ),
    "second derivative by a square": (
        Derivative(objective, (sigma2[d], 2)),
        r"\frac{\partial^{2} \ell}{\partial (\sigma_{d}^{2})^{2}}",
    ),
    "derivative of a sum stands before it": (
        Derivative(over_features(mu[k, d]), mu[k, d]),
        r"\frac{\partial}{\partial \mu_{k d}} \sum_{d=1}^{D} \mu_{k d}",
    ),
    "the indicator puts the label first": (KroneckerDelta(y[i], k), r"\mathbb{1}[y^{(i)} = k]"),
    "one minus an indicator": (1 - KroneckerDelta(k, y[i]), r"\mathbb{1}[y^{(i)} \ne k]"),
    "a sum that leaves one index out": (
        Sum((1 - KroneckerDelta(j, k)) * alpha[j], (j, 1, K)),
        r"\sum_{j \ne k} \alpha_{j}",
    ),
    "data stand before parameters in a difference": (x[i, d] - mu[k, d], r"x_{d}^{(i)} - \mu_{k d}"),
    "a positive term leads": (mu[k, d] - x[i, d], r"\mu_{k d} - x_{d}^{(i)}"),
    "parameters stand before data in a product": (mu[k, d] * x[i, d], r"\mu_{k d} x_{d}^{(i)}"),
    "powers fall": (
        expand((x[i, d] - mu[k, d]) ** 2),
        r"(x_{d}^{(i)})^{2} - 2 \mu_{k d} x_{d}^{(i)} + \mu_{k d}^{2}",
    ),
    "a constant comes last in a polynomial": (lam**2 - 1, r"\lambda^{2} - 1"),
    "a constant comes first before a function": (1 + exp(-lam), r"1 + e^{-\lambda}"),
    "one minus": (1 - alpha[k], r"1 - \alpha_{k}"),
    "the sign comes out of a fraction": (
        -Sum(KroneckerDelta(y[i], k) * (x[i, d] - mu[k, d]), (i, 1, N)) / sigma2[d],
        r"-\frac{1}{\sigma_{d}^{2}} \sum_{i=1}^{N} \mathbb{1}[y^{(i)} = k] \, (x_{d}^{(i)} - \mu_{k d})",
    ),
    "the score of the variance": (
        N / (2 * sigma2[d]) - Sum((x[i, d] - mu[y[i], d]) ** 2, (i, 1, N)) / (2 * sigma2[d] ** 2),
        r"\frac{N}{2 \sigma_{d}^{2}} - \frac{1}{2 \sigma_{d}^{4}} \sum_{i=1}^{N} "
        r"(x_{d}^{(i)} - \mu_{y^{(i)} d})^{2}",
    ),
    "a mean has its count before the sum": (
        Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N)) / n[k],
        r"\frac{1}{N_{k}} \sum_{i=1}^{N} \mathbb{1}[y^{(i)} = k] \, x_{d}^{(i)}",
    ),
    "a sum below the bar keeps the sum above it": (
        Sum(x[i, d], (i, 1, N)) / Sum(alpha[k], (k, 1, K)),
        r"\frac{\sum_{i=1}^{N} x_{d}^{(i)}}{\sum_{k=1}^{K} \alpha_{k}}",
    ),
    "a product to a power keeps its exponent": (
        Product(2 * pi * sigma2[d], (d, 1, D)) ** Rational(-1, 2),
        r"\left( \prod_{d=1}^{D} 2 \pi \sigma_{d}^{2} \right)^{-1/2}",
    ),
    "roots share one sign": (1 / sqrt(2 * pi * sigma2[d]), r"\frac{1}{\sqrt{2 \pi} \sigma_{d}}"),
    "a root over a root": (sqrt(n[k] / N), r"\sqrt{\frac{N_{k}}{N}}"),
    "a tall exponent": (
        exp(-distance(k)),
        r"\exp\!\left( -\sum_{d=1}^{D} \frac{(x_{d}^{(i)} - \mu_{k d})^{2}}{2 \sigma_{d}^{2}} \right)",
    ),
    "a half before a bracket": ((lam - 1) ** 2 / 2, r"\frac{1}{2} (\lambda - 1)^{2}"),
    "a logarithm of a letter is bare": (log(alpha[k]), r"\log \alpha_{k}"),
    "a logarithm before a factor is closed": (
        Sum(x[i, d], (i, 1, N)) * log(alpha[k]),
        r"\log(\alpha_{k}) \left( \sum_{i=1}^{N} x_{d}^{(i)} \right)",
    ),
    "a power of a logarithm": (log(lam) ** 2, r"(\log \lambda)^{2}"),
    "sums side by side are closed": (
        Sum(x[i, d], (i, 1, N)) * Sum(x[j, d], (j, 1, N)),
        r"\left( \sum_{i=1}^{N} x_{d}^{(i)} \right) \left( \sum_{j=1}^{N} x_{d}^{(j)} \right)",
    ),
    "the negative log-likelihood": (
        nll,
        r"\frac{N}{2} \sum_{d=1}^{D} \log(2 \pi \sigma_{d}^{2}) + \sum_{i=1}^{N} \sum_{d=1}^{D} "
        r"\frac{(x_{d}^{(i)} - \mu_{y^{(i)} d})^{2}}{2 \sigma_{d}^{2}} - \sum_{i=1}^{N} \log \alpha_{y^{(i)}}",
    ),
    "the Lagrangian": (
        objective + lam * (Sum(alpha[k], (k, 1, K)) - 1),
        r"\ell + \lambda \left( \sum_{k=1}^{K} \alpha_{k} - 1 \right)",
    ),
    "numbers side by side get a dot": (Mul(2, 3, evaluate=False), r"2 \cdot 3"),
    "a whole part": (floor(lam / 2) + 1, r"\left\lfloor \frac{\lambda}{2} \right\rfloor + 1"),
    "a largest value": (Max(lam, alpha[k]), r"\max(\lambda, \alpha_{k})"),
    "a negative fraction": (S(-1) / 3, r"-\frac{1}{3}"),
    "a function that was not declared": (Function("g")(lam), r"g(\lambda)"),
    "an array that was not declared": (IndexedBase("w_1")[i, j], r"{w_{1}}_{i j}"),
    "a letter that was not declared": (Symbol("epsilon"), r"\epsilon"),
}


@pytest.mark.parametrize(("expression", "expected"), FORMULAS.values(), ids=FORMULAS.keys())
def test_formula_reads_like_a_textbook(expression: Expr, expected: str) -> None:
    assert latex(expression, notation) == expected


def test_limits_together_print_like_nested_sums_with_the_outer_first() -> None:
    together = Sum(x[i, d], (d, 1, D), (i, 1, N))
    nested = Sum(Sum(x[i, d], (d, 1, D)), (i, 1, N))
    assert latex(together, notation) == latex(nested, notation)
    assert latex(together, notation).startswith(r"\sum_{i=1}^{N} \sum_{d=1}^{D}")


def test_excluded_index_bound_by_an_inner_sum_stays_an_indicator() -> None:
    inner = Sum((1 - KroneckerDelta(j, k)) * alpha[k], (k, 1, K), (j, 1, K))
    assert latex(inner, notation) == r"\sum_{j=1}^{K} \sum_{k \ne j} \alpha_{k}"


def test_excluded_index_of_a_partial_range_stays_an_indicator() -> None:
    assert r"\ne j]" in latex(Sum((1 - KroneckerDelta(j, k)) * alpha[j], (j, 2, K)), notation)


a, b = alpha[k], alpha[j]
SCOPES = {
    "sum of a product": (Sum(x[i, d] * a, (i, 1, N)), Mul(Sum(x[i, d], (i, 1, N)), a)),
    "sum of terms": (Sum(x[i, d] + a, (i, 1, N)), Sum(x[i, d], (i, 1, N)) + a),
    "sum of a negative": (Sum(-x[i, d], (i, 1, N)), -Sum(x[i, d], (i, 1, N))),
    "product of a power": (Product(sigma2[d] ** 2, (d, 1, D)), Product(sigma2[d], (d, 1, D)) ** 2),
    "logarithm of a product": (log(a) * log(b), log(Mul(a, log(b)))),
    "logarithm of a sum": (log(a + b), log(a) + b),
    "logarithm of a power": (log(lam) ** 2, log(lam**2)),
    "exponent of a sum": (exp(lam + a), exp(lam) + a),
    "derivative of a product": (
        Mul(Derivative(lam**2, lam), lam),
        Derivative(Mul(lam**2, lam, evaluate=False), lam),
    ),
    "power of a difference": ((lam - a) ** 2, lam - a**2),
    "difference of a difference": (Add(lam, -Add(a, b), evaluate=False), lam - a + b),
    "quotient of a sum": ((lam + a) / b, lam + a / b),
}


@pytest.mark.parametrize(("left", "right"), SCOPES.values(), ids=SCOPES.keys())
def test_different_scopes_print_differently(left: Expr, right: Expr) -> None:
    assert latex(left, notation) != latex(right, notation)
    assert box_of(layout_of(left, notation)) != box_of(layout_of(right, notation))


LETTERS = st.sampled_from(
    [lam, alpha[k], alpha[y[i]], mu[k, d], mu[y[i], d], sigma2[d], x[i, d], n[k], N, Integer(2), Rational(-1, 2), pi,
     KroneckerDelta(y[i], k), 1 - KroneckerDelta(j, k), posterior(k), objective, Integer(-3), Integer(1)]
)  # fmt: skip
LIMITS = st.sampled_from([(i, 1, N), (d, 1, D), (j, 1, K), (k, 1, K)])


def combined(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Add(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Mul(*parts)),
        st.tuples(inner, inner).map(lambda parts: Mul(*parts, evaluate=False)),
        st.tuples(inner, st.sampled_from([-2, -1, Rational(-1, 2), Rational(1, 2), 2, 3, N])).map(power),
        st.tuples(inner, LIMITS).map(lambda pair: Sum(pair[0], pair[1])),
        st.tuples(inner, LIMITS).map(lambda pair: Product(pair[0], pair[1])),
        inner.map(exp),
        inner.map(lambda argument: log(argument) if argument != 0 else argument),
        inner.map(lambda body: Derivative(body, mu[k, d], evaluate=False)),
    )


def power(pair: tuple[Expr, Expr]) -> Expr:
    base, exponent = pair
    return base if base == 0 else base**exponent


EXPRESSIONS = st.recursive(LETTERS, combined, max_leaves=8)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_printing_never_fails_and_braces_balance(expression: Expr) -> None:
    printed = latex(expression, notation)
    assert printed.count("{") == printed.count("}")
    assert len(re.findall(r"\\left(?![a-zA-Z])", printed)) == len(re.findall(r"\\right(?![a-zA-Z])", printed))
    assert "KroneckerDelta" not in printed
    assert "^{}" not in printed
    assert "--" not in printed.replace(" ", "")


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS)
def test_boxes_are_rectangular(expression: Expr) -> None:
    box = box_of(layout_of(expression, notation))
    assert 0 <= box.axis < len(box.lines)
    assert "\\" not in "".join(box.lines)
    from derivations.render.letters import width

    assert {width(line) for line in box.lines} == {box.width}


@settings(max_examples=100, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_how_terms_were_given(terms: list[Expr], random: object) -> None:
    shuffled = list(terms)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = Add(*terms, evaluate=False), Add(*shuffled, evaluate=False)
    assert latex(first, notation) == latex(second, notation)


def test_printing_without_declarations_still_works() -> None:
    assert latex(Sum(x[i, d] ** 2, (i, 1, N)), Notation(Declarations())) == r"\sum_{i=1}^{N} x_{i d}^{2}"


def test_hat_stands_on_the_first_letter_only() -> None:
    assert fill(with_hat(r"\mu_{{{0}{1}}}"), ("k", "d")) == r"\hat{\mu}_{k d}"
    assert fill(with_hat(r"N_{{{0}}}"), ("k",)) == r"\hat{N}_{k}"


def test_superscript_is_seen_at_the_top_level_only() -> None:
    assert has_superscript(r"x_{{{1}}}^{{({0})}}")
    assert not has_superscript(r"\mu_{{y^{{({0})}}}}")


def test_multiple_of_a_bracket_stands_after_plain_terms() -> None:
    step = lam - alpha[k] * n[k] + 3 * alpha[j] * (lam - n[k])
    assert latex(step, notation) == r"\lambda - \alpha_{k} N_{k} + 3 \alpha_{j} (\lambda - N_{k})"
