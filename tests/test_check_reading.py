"""Reading: LaTeX in, plain SymPy in the engine's representation out; one table of (text, expression)."""

from __future__ import annotations

import pytest
from sympy import (
    Derivative,
    E,
    Eq,
    Expr,
    Function,
    IndexedBase,
    Integral,
    KroneckerDelta,
    Max,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
    exp,
    gamma,
    log,
    pi,
    sign,
    sqrt,
    symbols,
)  # fmt: skip

from derivations.check.reader.reading import read
from derivations.check.reader.statements import Kind
from derivations.subjects.naive_bayes.model import Model

i, j, k, d, n, N, K, D = symbols("i j k d n N K D", integer=True, positive=True)
a, b, c, x, y, z, w, r, s = symbols("a b c x y z w r s", real=True)
X = IndexedBase("x", real=True)
I_ = Symbol("I", integer=True, positive=True)

PLAIN: list[tuple[str, Expr]] = [
    ("a + b", a + b),
    ("2x", 2 * x),
    (r"\frac12", Rational(1, 2)),
    (r"\frac 1 2 x", x / 2),
    (r"\frac{a}{b} c", a * c / b),
    (r"\tfrac{a}{b}", a / b),
    (r"\dfrac{a}{b}", a / b),
    ("x^2", x**2),
    ("x^23", 3 * x**2),
    ("x^{23}", x**23),
    ("-x^2", -(x**2)),
    (r"a \cdot -b", -a * b),
    (r"a \times b", a * b),
    ("a - -b", a + b),
    ("a/b", a / b),
    (r"\sqrt{x}", sqrt(x)),
    (r"\sqrt[3]{x}", x ** Rational(1, 3)),
    ("e^{x}", exp(x)),
    (r"\exp x", exp(x)),
    (r"\exp\{x\}", exp(x)),
    (r"\text{exp}(x)", exp(x)),
    (r"\mathrm{log} x", log(x)),
    ("log x", log(x)),
    (r"\ln x", log(x)),
    (r"\log_2 x", log(x) / log(2)),
    (r"\log 2\pi x", log(2 * pi * x)),
    (r"\log a + b", log(a) + b),
    (r"\log a \log b", log(a) * log(b)),
    (r"\log (a) b", log(a) * b),
    (r"\log(2\pi x)^{-1/2}", log((2 * pi * x) ** Rational(-1, 2))),
    (r"|x|", abs(x)),
    (r"|a||b|", abs(a) * abs(b)),
    (r"\left| a + b \right|", abs(a + b)),
    (r"\max(0, x)", Max(0, x)),
    ("[x]_+", Max(0, x)),
    ("0.1", Rational(1, 10)),
    ("1{,}000", Rational(1000)),
    (r"\frac{d}{dx} x^2", Derivative(x**2, x)),
    (r"\frac{d^2}{dx^2} \log x", Derivative(log(x), (x, 2))),
    (r"\frac{\partial x^2 y}{\partial x}", Derivative(x**2 * y, x)),
    (r"\int_0^1 x^2 \, dx", Integral(x**2, (x, 0, 1))),
    (r"\{a + b\} c", (a + b) * c),
    (r"\underbrace{a + b}_{\text{sum}} c", (a + b) * c),
    (r"\boxed{a}", a),
    (r"\cancel{a} b", a * b),
    (r"{a \over b}", a / b),
    ("a % a comment", a),
    (r"\left(\frac{a}{b}\right)^{2}", (a / b) ** 2),
    (r"\bigl( a \bigr) b", a * b),
    (r"a \, b \; c", a * b * c),
    (r"\lbrack x \rbrack", x),
    (r"10\%", Rational(1, 10)),
    ("a − b", a - b),
    ("a · b", a * b),
    ("e", Symbol("e", real=True)),
]


PLAIN += [
    ("x²", x**2),
    ("x⁻¹", 1 / x),
    ("√(x+1)", sqrt(x + 1)),
    ("𝑥 + 𝐲", x + y),
    (r"\operatorname{\mathrm{exp}}(x)", exp(x)),
    (r"\cancelto{0}{a} b", a * b),
    (r"\qty(a + b) c", (a + b) * c),
    (r"\abs{x}", abs(x)),
    (r"\pdv{x} x^2", Derivative(x**2, x)),
    (r"\dv[2]{x^3}{x}", Derivative(x**3, (x, 2))),
    (r"\frac{d}{dx} -x^2", Derivative(-(x**2), x)),
    (r"\log -x", log(-x)),
    ("x^{^{2}}", x**2),
    (r"a \mathbin{+} b", a + b),
    ("(1,234)", Rational(1234)),
    (r"x^2 \Big|_{x=a}", Subs(x**2, x, a)),
    (r"\begin{cases} x^2 & \text{if } x > 0, \\ 0 & \text{otherwise} \end{cases}", x**2 * sign(x) * (sign(x) + 1) / 2),
    (r"\begin{cases} x & x \ne a \\ 0 & x = a \end{cases}", x * (1 - KroneckerDelta(a, x))),
]


@pytest.mark.parametrize(("text", "expected"), PLAIN, ids=[text for text, _ in PLAIN])
def test_plain_algebra_is_read(text: str, expected: Expr) -> None:
    assert read(text).expression == expected


SUMS: list[tuple[str, Expr]] = [
    (r"\sum_{i=1}^{N} x_i", Sum(X[i], (i, 1, N))),
    (r"\sum_{i=1}^N x_i + 1", Sum(X[i], (i, 1, N)) + 1),
    (r"\sum_{i=1}^N (x_i + 1)", Sum(X[i] + 1, (i, 1, N))),
    (r"\sum\limits_{i=1}^N x_i^2", Sum(X[i] ** 2, (i, 1, N))),
    (r"\sum_i^N x_i", Sum(X[i], (i, 1, N))),
    (r"\frac{1}{N} \sum_i x_i", Sum(X[i], (i, 1, N)) / N),
    (r"\sum_{i=1}^N x^{(i)}", Sum(X[i], (i, 1, N))),
    (r"∑_{i=1}^N x_i", Sum(X[i], (i, 1, N))),
    (r"\prod_{i=1}^N x_i", Product(X[i], (i, 1, N))),
    (r"\sum_{1 \le i < j \le N} x_i x_j", Sum(X[i] * X[j], (j, i + 1, N), (i, 1, N))),
    (r"\sum_{i=1}^N \sum_{j<i} x_j", Sum(X[j], (j, 1, i - 1), (i, 1, N))),
    (r"\sum_{i,j=1}^N x_i x_j", Sum(X[i] * X[j], (j, 1, N), (i, 1, N))),
    (r"\sum_{j \ne i} x_j + \sum_{j=1}^N x_j", Sum((1 - KroneckerDelta(i, j)) * X[j], (j, 1, N)) + Sum(X[j], (j, 1, N))),
    (r"\sum_{i \in \{1,\dots,N\}} x_i", Sum(X[i], (i, 1, N))),
    (r"\sum_{i=1}^N -x_i + 1", Sum(-X[i], (i, 1, N)) + 1),
    (r"\sum_{\forall i} x_i - \sum_{\forall_i} x_i", Sum(X[i], (i, 1, I_)) - Sum(X[i], (i, 1, I_))),
    (r"\underset{i}{\sum} x_i", Sum(X[i], (i, 1, I_))),
    (r"\overset{N}{\underset{i=1}{\sum}} x_i", Sum(X[i], (i, 1, N))),
    (r"\mathop{\sum}_{i=1}^N x_i", Sum(X[i], (i, 1, N))),
    (r"\sum_{i \ne j} x_i x_j", Sum((1 - KroneckerDelta(i, j)) * X[i] * X[j], (j, 1, I_), (i, 1, I_))),
    (r"\sum_{i \ne j} x_i x_j + x_j", Sum((1 - KroneckerDelta(i, j)) * X[i] * X[j], (i, 1, I_)) + X[j]),
    (r"\sum_{k=0}^{2} a^k", Sum(a ** Symbol("k", integer=True), (Symbol("k", integer=True), 0, 2))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SUMS, ids=[text for text, _ in SUMS])
def test_sums_reach_to_the_end_of_their_term(text: str, expected: Expr) -> None:
    assert read(text).expression == expected


INDICATORS = [
    r"\mathbb{1}[y_i = k]", r"\mathbb{1}\{y_i = k\}", r"\mathbf{1}\{y_i = k\}", r"1\{y_i=k\}", r"I(y_i = k)",
    r"\mathbb{I}[y_i=k]", "[y_i = k]",
    r"\operatorname{I}[y_i = k]", r"\mathrm{I}(y_i = k)", "1_{[y_i=k]}",
    r"\delta(y_i - k)", r"\delta(y_i, k)", r"\delta_{y_i k}", r"1_{y_i=k}", r"\mathbf{1}_{\{y_i=k\}}", "𝟙[y_i=k]",
]  # fmt: skip


@pytest.mark.parametrize("text", INDICATORS)
def test_every_spelling_of_an_indicator_is_the_same_sum(text: str) -> None:
    found = read(rf"\sum_{{i=1}}^N {text} x_i + \sum_{{k=1}}^K 0")
    labels = IndexedBase("y", integer=True, positive=True)
    difference = found.expression - Sum(KroneckerDelta(labels[i], k) * X[i], (i, 1, N))
    assert difference in (0, Sum(0, (k, 1, K))) or text.startswith(r"\delta(y_i -")


NAIVE_BAYES = [
    (r"x_d^{(i)}", "x[i, d]"),
    (r"x^{(i)}_d", "x[i, d]"),
    (r"x_d^i", "x[i, d]"),
    (r"x_{id}", "x[i, d]"),
    (r"x_{i,d}", "x[i, d]"),
    (r"\sigma_d^2", "sigma2[d]"),
    (r"\sigma_d^4", "sigma2[d]**2"),
    (r"\sigma_d", "sqrt(sigma2[d])"),
    (r"\mu_{y^{(i)} d}", "mu[y[i], d]"),
    (r"\mu_{y^i,d}", "mu[y[i], d]"),
    (r"\frac{\partial \ell}{\partial \sigma_d^2}", "Derivative(ell(mu, sigma2, alpha), sigma2[d])"),
]


@pytest.mark.parametrize(("text", "expected"), NAIVE_BAYES, ids=[text for text, _ in NAIVE_BAYES])
def test_a_notation_table_says_what_scripts_mean(text: str, expected: str) -> None:
    assert str(read(text, notation="naive_bayes").expression) == expected


def test_expressions_are_those_of_the_subject() -> None:
    declarations = Model().declarations if hasattr(Model(), "declarations") else None
    found = read(r"\mu_{kd}", notation="naive_bayes").expression
    if declarations is not None and "mu" in declarations:
        assert found.base == declarations["mu"].head


KINDS = [
    (r"\boxed{a = b}", Kind.EQUATION), (r"a \mathrel{=} b", Kind.EQUATION), (r"其中 a = b", Kind.EQUATION),
    (r"\begin{array}{rcl} a & = & b \\ & = & c \end{array}", Kind.EQUATION), (r"a &= b & c &= d", Kind.EQUATION),
    ("a = b", Kind.EQUATION), ("a < b", Kind.INEQUALITY), ("a = b = c", Kind.CHAIN), ("a := b", Kind.EQUATION),
    (r"a \propto b", Kind.RELATION),
    ("= b", Kind.FRAGMENT), ("a =", Kind.FRAGMENT), ("a +", Kind.FRAGMENT), (r"x \sim \mathcal{N}(\mu, \Sigma)",
    Kind.DISTRIBUTION),
    (r"x \in \mathbb{R}^n", Kind.MEMBERSHIP), (r"\therefore a = b", Kind.EQUATION), ("a & = b", Kind.EQUATION),
    (r"\implies a = b", Kind.EQUATION),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), KINDS, ids=[text for text, _ in KINDS])
def test_the_kind_of_a_statement(text: str, kind: Kind) -> None:
    assert read(text).kind is kind


def test_an_equation_is_not_evaluated() -> None:
    assert read("a = a").expression == Eq(a, a, evaluate=False)


def test_towers_of_powers_stay_unevaluated() -> None:
    assert "9**(9**" in str(read("9^{9^{9^9}}").expression)


def test_a_letter_seen_with_a_bound_index_is_indexed_by_it() -> None:
    found = read(r"\sum_{i=1}^N x_i y_i")
    assert found.declarations["x"].axes == (N,)
    assert "nothing else is said" in found.inferred["x"]


def test_a_letter_that_indexes_another_is_a_label() -> None:
    found = read(r"\sum_{i=1}^N \mu_{y_i} + \sum_{k=1}^K \mu_k")
    assert str(found.declarations["y"].domain) == "label in 1..K"


def test_spans_point_at_the_text() -> None:
    text = r"\frac{a}{b} + \sqrt{c}"
    spans = {text[start:end]: expression for expression, start, end in read(text).spans}
    assert spans[r"\sqrt{c}"] == sqrt(c)
    assert spans["a"] == a


def test_structure_is_kept_where_it_has_no_value() -> None:
    found = read(r"x_1 + \dots + x_n")
    assert not found.is_evaluable
    assert found.kind is Kind.EXPRESSION


def test_bold_and_plain_letters_are_the_same_letter_and_calligraphic_ones_are_not() -> None:
    assert read(r"\mathbf{x}").expression == x
    assert read(r"\mathcal{L}").expression != read("L").expression


def test_columns_of_an_alignment_are_formulas_of_their_own() -> None:
    assert [str(side) for claim in read("a &= b & c &= d").sides for side in claim] == ["a", "b", "c", "d"]
    assert len(read("a &=& b").claims) == 1


def test_an_indicator_alone_in_a_term_is_one() -> None:
    assert read(r"1 - \delta_{ij}").expression == 1 - KroneckerDelta(i, j)
    assert read(r"\mathbb{1}_{a=b} + \mathbb{1}[a = b]").expression == 2 * KroneckerDelta(a, b)


TOLD_APART = [
    (r"\int f(x)\,dx", r"\int f(x)\,dy"),
    (r"\nabla^2 f(x)", r"\nabla_2 f(x)"),
    (r"\mathbb{E} X^2", r"X \mathbb{E} X"),
    ("I(X;Y)", "I(X|Y)"),
    ("a^{<t>}", "a^{<s>}"),
    ("x_{<t}", "x_{>t}"),
    (r"P(A \cup B)", r"P(A \cap B)"),
    (r"\frac{d}{dx}", r"\frac{d}{dy}"),
    (r"\text{softmax}(z)_i", r"\text{softmax}(z_i)"),
    (r"f|_{x=0}", r"f|_{x=1}"),
    (r"X_n \xrightarrow{d} X", r"X_n \xrightarrow{p} X"),
    ("(f + g)'", "(f + g)"),
    (r"a \bmod b", r"b \bmod a"),
    (r"\hat{a b}", r"\bar{a b}"),
    (r"\begin{cases} a & x \in S \\ b & x \in T \end{cases}", r"\begin{cases} a & x \in T \\ b & x \in S \end{cases}"),
    (r"\max_i x_i", r"\max_j x_i"),
    (r"\argmax_i x_i", r"\argmin_i x_i"),
    (r"\| x \|_1", r"\| x \|_2"),
    (r"\lim_{x \to 0} f(x)", r"\lim_{x \to 1} f(x)"),
]


@pytest.mark.parametrize(("one", "other"), TOLD_APART, ids=[one for one, _ in TOLD_APART])
def test_what_is_kept_as_structure_keeps_its_parts(one: str, other: str) -> None:
    first, second = read(one), read(other)
    assert (first.sides, [c.relations for c in first.claims]) != (second.sides, [c.relations for c in second.claims])


SPELLINGS = [
    (r"\operatorname{argmax}_k f(k)", r"\arg\max_k f(k)"),
    (r"\underset{k}{\operatorname{argmax}} f(k)", r"\mathop{\mathrm{arg\,max}}_k f(k)"),
    ("KL(p||q)", r"\mathrm{KL}(p \| q)"),
    ("A^{-T}", r"(A^{-1})^\top"),
    ("X'X b + X'y", "X^T X b + X^T y"),
    (r"\frac{\partial^2 f}{\partial x_i \partial x_j}", "∂²f/∂x_i∂x_j"),
    (r"\left. x^2 \right|_{x=1}", r"x^2 \big|_{x=1}"),
    (r"\mathcal{L} + \mathcal{H}", "ℒ + ℋ"),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS, ids=[one for one, _ in SPELLINGS])
def test_spellings_of_one_thing_are_read_alike(one: str, other: str) -> None:
    assert read(one).expression == read(other).expression


def test_a_prime_is_a_transpose_only_among_matrices() -> None:
    assert "prime" in str(read("f'(x) f(x)").expression)
    assert "transpose" not in str(read("2 f' f").expression)
    assert "transpose" in str(read("b'X'X b").expression)


def test_ambiguous_places_are_recorded() -> None:
    assert "slash" in read(r"1/2\sigma^2").ambiguous[0][1]
    assert not read(r"\frac{1}{2\sigma^2}").ambiguous


def test_a_derivative_of_an_undeclared_letter_makes_it_a_function() -> None:
    theta = Symbol("theta", real=True)
    assert read(r"\frac{\partial J}{\partial \theta}").expression == Derivative(Function("J", real=True)(theta), theta)


def test_e_is_the_number_only_as_a_base() -> None:
    assert read("e^2").expression == E**2


@pytest.mark.parametrize("text", [r"\mu_{2 y_i}", r"\mu_{y_i + 1}", r"x_{\sum_j y_j}", r"x_{\frac{y_i}{2}}", r"\mu_{y_{z_i}}"])
def test_an_index_may_hold_indexed_letters(text: str) -> None:
    assert read(text).expression is not None


REACHES = [
    (r"\int_0^1 x^2 + x \, dx + 1", Integral(x**2 + x, (x, 0, 1)) + 1),
    (r"\sum_{i=1}^N a - x_i", Sum(a - X[i], (i, 1, N))),
    (r"x_i + \sum_{i=1}^N a - x_i", X[i] + Sum(a, (i, 1, N)) - X[i]),
    (r"\left. x^2 \right|_{x=a}^{b}", Subs(x**2, x, b) - Subs(x**2, x, a)),
]


@pytest.mark.parametrize(("text", "expected"), REACHES, ids=[text for text, _ in REACHES])
def test_integrals_reach_to_their_differential_and_sums_to_terms_that_use_their_index(text: str, expected: Expr) -> None:
    assert read(text).expression == expected


def test_how_far_a_sum_reaches_is_a_recorded_question_where_its_index_is_used_later() -> None:
    assert "later terms" in read(r"\sum_i a - x_i").ambiguous[0][1]
    assert not read(r"\sum_i x_i - 1").ambiguous


FACTORS = [
    ("g(1-g)", r"g \cdot (1-g)"),
    (r"\sigma(1-\sigma)", r"\sigma \cdot (1-\sigma)"),
    (r"n(n+1)", r"n \cdot (n+1)"),
]


@pytest.mark.parametrize(("one", "other"), FACTORS)
def test_a_letter_in_its_own_bracket_is_a_factor(one: str, other: str) -> None:
    assert read(one).expression == read(other).expression


def test_events_side_by_side_are_arguments() -> None:
    assert str(read("P(AB) - P(A)P(B)").expression) == "-P(A)*P(B) + P(A*B)"
    assert str(read("p(1-p)").expression) == "p*(1 - p)"


@pytest.mark.parametrize("text", [r"a = 1 \quad or\quad b = 2", r"a = 1, \ s.t. \ b = 2", r"a = 1 ~and~ b = 2"])
def test_words_between_formulas_need_no_command(text: str) -> None:
    found = read(text)
    assert [[str(side) for side in sides] for sides in found.sides if sides] == [["a", "1"], ["b", "2"]]


def test_pi_is_a_parameter_where_it_is_treated_as_one() -> None:
    assert str(read(r"y \log \pi + (1-y) \log (1-\pi)").expression) == "y*log(pi) + (1 - y)*log(1 - pi)"
    assert read(r"\frac{\partial}{\partial \pi} \pi^2").expression.has(Derivative)
    assert read(r"2 \pi x").expression == 2 * pi * x


def test_capital_gamma_is_the_gamma_function() -> None:
    assert read(r"\Gamma(a + b)").expression == gamma(a + b)


def test_a_sum_inside_an_index_has_a_range() -> None:
    assert read(r"x_{i + \sum_{j=1}^n j}").expression is not None


def test_a_condition_in_front_of_a_distribution_belongs_to_it() -> None:
    found = read(r"x \mid y = k \sim \mathcal{N}(\mu_k, \Sigma)")
    assert found.kind is Kind.DISTRIBUTION
    assert "given" in str(found.sides[0][0])


BRACED = [
    (r"\theta{_k} + a \cdot x{^2}", r"\theta_k + a \cdot x^2"),
    (r"\frac{\partial{h}}{\partial{z_1}}", r"\frac{\partial h}{\partial z_1}"),
    (r"\vec0", r"\mathbf{0}"),
    (r"{\log} x", r"\log x"),
]


@pytest.mark.parametrize(("one", "other"), BRACED)
def test_braces_of_their_own_change_nothing(one: str, other: str) -> None:
    assert read(one).expression == read(other).expression


def test_a_primed_function_is_its_derivative() -> None:
    from sympy import Symbol, tanh

    x = Symbol("x", real=True)
    assert read(r"\tanh'(x)").expression == 1 - tanh(x) ** 2
    assert read(r"\log'(x)").expression == 1 / x
    assert read(r"\operatorname{softplus}'(x)").expression != read(r"\operatorname{softplus}(x)").expression


@pytest.mark.parametrize("text", ["logp(x|y)", r"log p(x|y)", r"\log p(x|y)", "lnp(x|y)"])
def test_a_logarithm_needs_no_gap_before_a_letter(text: str) -> None:
    assert str(read(text).expression) == "log(p(x, given(y)))"


def test_a_word_that_starts_like_a_function_is_none() -> None:
    assert read("logx").expression == log(x)
    assert "log" not in str(read("logits").expression)


def test_matrices_side_by_side_are_no_events() -> None:
    assert str(read("B(AC)").expression) == str(read(r"B \cdot (AC)").expression)
