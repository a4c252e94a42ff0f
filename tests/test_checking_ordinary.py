"""Ordinary homework as strangers write it, with nothing declared: no right line is called wrong, and a slip is still found."""

from __future__ import annotations

import pytest

from derivations import check

POISSON = r"""
Poisson: $p(x|\lambda) = \frac{\lambda^x e^{-\lambda}}{x!}$.
$$L(\lambda) = \prod_{i=1}^n \frac{\lambda^{x_i} e^{-\lambda}}{x_i!}$$
$$\log L = \sum_{i=1}^n x_i \log\lambda - n\lambda - \sum_{i=1}^n \log x_i!$$
$$\frac{d}{d\lambda}\log L = \frac{\sum_i x_i}{\lambda} - n = 0$$
$$\hat\lambda = \frac{1}{n}\sum_{i=1}^n x_i = \bar{x}$$
"""

EXPONENTIAL = r"""
Let $f(x;\lambda) = \lambda e^{-\lambda x}$.
$$\ell(\lambda) = \sum_{i=1}^n \log f(x_i;\lambda) = n\log\lambda - \lambda\sum_{i=1}^n x_i$$
$$\ell'(\lambda) = \frac{n}{\lambda} - \sum_{i=1}^n x_i$$
Setting $\ell'(\lambda)=0$ gives
$$\hat\lambda = \frac{n}{\sum_{i=1}^n x_i} = \frac{1}{\bar x}$$
$$\ell''(\lambda) = -\frac{n}{\lambda^2}$$
"""

NORMAL = r"""
$$L(\mu,\sigma^2) = \prod_{i=1}^n \frac{1}{\sqrt{2\pi\sigma^2}} \exp\left(-\frac{(x_i-\mu)^2}{2\sigma^2}\right)$$
$$= (2\pi\sigma^2)^{-n/2}\exp\left(-\frac{1}{2\sigma^2}\sum_{i=1}^n (x_i-\mu)^2\right)$$
Taking logs:
$$\log L = -\frac n2\log(2\pi) - \frac n2\log\sigma^2 - \frac{1}{2\sigma^2}\sum_{i=1}^n(x_i-\mu)^2$$
$$\frac{\partial \log L}{\partial\mu} = \frac{1}{\sigma^2}\sum_{i=1}^n (x_i-\mu) = 0 \implies \hat\mu = \frac1n\sum_{i=1}^n x_i$$
$$\frac{\partial \log L}{\partial\sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4}\sum_{i=1}^n(x_i-\mu)^2 = 0$$
$$\hat\sigma^2 = \frac1n\sum_{i=1}^n(x_i-\hat\mu)^2$$
"""

SOFTMAX = r"""
Softmax: $\hat y_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$, loss $L = -\sum_{k=1}^K y_k \log \hat y_k$ where $\sum_k y_k = 1$.
$$\frac{\partial \hat y_k}{\partial z_i} = \hat y_k(\delta_{ik} - \hat y_i)$$
$$\frac{\partial L}{\partial z_i} = -\sum_k y_k(\delta_{ik}-\hat y_i) = \hat y_i - y_i$$
"""

LAGRANGE = r"""
Maximise $\sum_{k=1}^K n_k\log\pi_k$ subject to $\sum_{k=1}^K\pi_k=1$.
$$\mathcal{L} = \sum_{k=1}^K n_k\log\pi_k + \lambda\left(1-\sum_{k=1}^K\pi_k\right)$$
$$\frac{\partial\mathcal L}{\partial\pi_k} = \frac{n_k}{\pi_k} - \lambda = 0$$
$$\pi_k = \frac{n_k}{\lambda}$$
Summing over $k$: $1 = \sum_k \frac{n_k}{\lambda}$, so $\lambda = \sum_{k=1}^K n_k = N$.
$$\pi_k = \frac{n_k}{N}$$
"""

BACKPROP = r"""
Let $z = wx + b$, $a = \sigma(z)$ and $L = \frac12(a-y)^2$.
$$\frac{\partial L}{\partial a} = a - y$$
$$\frac{\partial a}{\partial z} = a(1-a)$$
$$\frac{\partial L}{\partial z} = (a-y)a(1-a)$$
$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial a}\frac{\partial a}{\partial z}\frac{\partial z}{\partial w}
= (a-y)a(1-a)x$$
$$\frac{\partial L}{\partial b} = (a-y)a(1-a)$$
"""

LAYERS = r"""
Let $u_k = \sum_{j=1}^J W_{kj} h_j$, $h_j = v_j^2$ and $E = \frac12\sum_{k=1}^K (u_k - t_k)^2$.
$$\frac{\partial E}{\partial u_k} = u_k - t_k$$
$$\frac{\partial E}{\partial W_{kj}} = (u_k - t_k) h_j$$
$$\frac{\partial E}{\partial h_j} = \sum_{k=1}^K (u_k - t_k) W_{kj}$$
$$\frac{\partial E}{\partial v_j} = 2 v_j\sum_{k=1}^K (u_k - t_k) W_{kj}$$
"""

RIDGE = r"""
The objective is $J(w) = \|Xw - y\|^2 + \lambda \|w\|^2$.
\begin{align}
\nabla_w J(w) &= 2X^\top(Xw - y) + 2\lambda w \\
&= 2X^\top X w - 2 X^\top y + 2\lambda w
\end{align}
Setting the gradient to zero,
\begin{align}
X^\top X w + \lambda w &= X^\top y \\
(X^\top X + \lambda I) w &= X^\top y \\
w &= (X^\top X + \lambda I)^{-1} X^\top y
\end{align}
"""

PRINCIPAL = r"""
Maximise $u^\top S u$ subject to $u^\top u = 1$.
$$\mathcal{L}(u,\lambda) = u^\top S u - \lambda(u^\top u - 1)$$
$$\nabla_u\mathcal L = 2Su - 2\lambda u = 0$$
$$Su = \lambda u$$
$$u^\top S u = \lambda u^\top u = \lambda$$
"""

VECTORS = r"""
Let $L = \frac12\|a-y\|^2$, $a = \sigma(z)$ and $z = Wx + b$.
$$\frac{\partial L}{\partial a} = a - y$$
$$\frac{\partial L}{\partial z} = (a-y)\odot\sigma'(z)$$
$$\frac{\partial L}{\partial W} = \left((a-y)\odot\sigma'(z)\right)x^\top$$
$$\frac{\partial L}{\partial x} = W^\top\left((a-y)\odot\sigma'(z)\right)$$
"""

POSTERIOR = r"""
A coin with a Beta prior: $p(\theta) \propto \theta^{a-1}(1-\theta)^{b-1}$.
$$p(\theta|D) \propto \theta^{h}(1-\theta)^{t}\theta^{a-1}(1-\theta)^{b-1} = \theta^{h+a-1}(1-\theta)^{t+b-1}$$
$$\log p(\theta|D) = (h+a-1)\log\theta + (t+b-1)\log(1-\theta) + \text{const}$$
$$\frac{d}{d\theta}\log p(\theta|D) = \frac{h+a-1}{\theta} - \frac{t+b-1}{1-\theta} = 0$$
$$(h+a-1)(1-\theta) = (t+b-1)\theta$$
$$\theta = \frac{h+a-1}{h+t+a+b-2}$$
"""

RIGHT = {
    "Poisson": POISSON, "exponential": EXPONENTIAL, "normal": NORMAL, "softmax": SOFTMAX, "Lagrange": LAGRANGE,
    "backprop": BACKPROP, "layers": LAYERS,
    "ridge": RIDGE, "principal component": PRINCIPAL, "vectors": VECTORS, "posterior": POSTERIOR,
}

SLIPS = (
    (POISSON, r"- n\lambda -", r"+ n\lambda -", 4),
    (POISSON, r"{\lambda} - n = 0", r"{\lambda} - 1 = 0", 5),
    (POISSON, r"x_i = \bar{x}", r"x_i = n\bar{x}", 6),
    (EXPONENTIAL, r"= n\log\lambda", r"= \log\lambda", 3),
    (EXPONENTIAL, r"\frac{n}{\lambda} - \sum", r"\frac{1}{\lambda} - \sum", 4),
    (EXPONENTIAL, r"-\frac{n}{\lambda^2}", r"\frac{n}{\lambda^2}", 7),
    (EXPONENTIAL, r"= \frac{1}{\bar x}", r"= \bar x", 6),
    (NORMAL, r"^{-n/2}\exp", r"^{-n}\exp", 3),
    (NORMAL, r"- \frac n2\log\sigma^2", r"- n\log\sigma^2", 5),
    (NORMAL, r"\frac{1}{2\sigma^4}", r"\frac{1}{\sigma^4}", 7),
    (SOFTMAX, r"(\delta_{ik} - \hat y_i)$$", r"(\delta_{ik} + \hat y_i)$$", 3),
    (SOFTMAX, r"= \hat y_i - y_i", r"= y_i - \hat y_i", 4),
    (LAGRANGE, r"\lambda = \sum_{k=1}^K n_k = N", r"\lambda = 2\sum_{k=1}^K n_k = N", 6),
    (LAGRANGE, r"\pi_k = \frac{n_k}{\lambda}", r"\pi_k = \lambda n_k", 5),
    (BACKPROP, r"{\partial L}{\partial a} = a - y", r"{\partial L}{\partial a} = y - a", 3),
    (BACKPROP, r"{\partial z} = a(1-a)", r"{\partial z} = a(1+a)", 4),
    (BACKPROP, r"= (a-y)a(1-a)x$$", r"= (a-y)a(1-a)$$", 6),
    (LAYERS, r"(u_k - t_k) h_j", r"(u_k - t_k) h_j^2", 4),
    (LAYERS, r"2 v_j\sum", r"v_j\sum", 6),
    (POSTERIOR, r"(1-\theta)^{t+b-1}$$", r"(1-\theta)^{t+b}$$", 3),
    (POSTERIOR, r"- \frac{t+b-1}{1-\theta}", r"+ \frac{t+b-1}{1-\theta}", 5),
    (RIDGE, r"2X^\top(Xw - y) +", r"X^\top(Xw - y) +", 4),
    (RIDGE, r"- 2 X^\top y + 2\lambda w", r"- X^\top y + 2\lambda w", 5),
    (RIDGE, r"X + \lambda I)^{-1}", r"X + I)^{-1}", 11),
    (VECTORS, r"= a - y", r"= y - a", 3),
    (VECTORS, r"\sigma'(z)$$", r"\sigma(z)$$", 4),
    (VECTORS, r"W^\top\left(", r"W\left(", 6),
)


@pytest.mark.parametrize("name", RIGHT)
def test_no_right_line_is_called_wrong_and_none_is_left_open(name: str) -> None:
    report = check(RIGHT[name])
    assert {line.line: line.verdict for line in report.lines if line.verdict not in ("right", "not-mathematics")} == {}


@pytest.mark.parametrize(("text", "good", "bad", "line"), SLIPS)
def test_a_slip_is_found_where_it_is_made(text: str, good: str, bad: str, line: int) -> None:
    assert good in text
    found = check(text.replace(good, bad, 1)).first_wrong
    assert found is not None
    assert found.line == line


def test_a_gradient_may_be_written_as_a_row() -> None:
    line = check(r"$$\nabla_w \|Xw - y\|^2 = 2(Xw - y)^\top X$$").lines[0]
    assert line.verdict == "right"
    assert any("numerator layout" in remark for remark in line.remarks)


def test_a_symmetric_matrix_is_taken_to_be_one_where_the_text_says_so() -> None:
    claim = r"$\nabla_x x^\top A x = 2Ax$"
    assert check(f"For symmetric $A$: {claim}").first_wrong is None
    assert check(claim).first_wrong is not None


BINARY = r"""
$$\sum_{i=1}^m\left(\frac{y_i}{\phi} - \frac{1-y_i}{1-\phi}\right) = 0$$
$$\sum_{i=1}^m y_i(1-\phi) - (1-y_i)\phi = 0$$
$$\phi = \frac1m\sum_{i=1}^m y_i = \frac1m\sum_{i=1}^m 1\{y_i = %s\}$$
"""


def test_a_label_taken_from_one_and_compared_with_one_is_zero_or_one() -> None:
    assert check(BINARY % "1").first_wrong is None
    found = check(BINARY % "0").first_wrong
    assert found is not None
    assert found.line == 4


CHANCES = (
    (r"P(y|x) = \frac{P(x|y)P(y)}{P(x)}", r"P(y|x) = \frac{P(x|y)P(x)}{P(y)}"),
    (r"P(x) = \sum_y P(x|y)P(y)", r"P(x) = \sum_y P(x|y)"),
    (r"\mathrm{Var}(X) = E[X^2] - E[X]^2", r"\mathrm{Var}(X) = E[X^2] - E[X]"),
    (r"\mathrm{Var}(aX+b) = a^2\mathrm{Var}(X)", r"\mathrm{Var}(aX+b) = a\mathrm{Var}(X)"),
)


@pytest.mark.parametrize(("law", "slip"), CHANCES)
def test_laws_of_probability_are_right_and_slips_in_them_wrong(law: str, slip: str) -> None:
    assert check(f"We have ${law}$.").lines[0].verdict == "right"
    assert check(f"We have ${slip}$.").lines[0].verdict == "wrong"


def test_what_rests_on_independence_is_not_called_wrong() -> None:
    sums = r"$\mathrm{Var}(X+Y) = \mathrm{Var}(X) + \mathrm{Var}(Y)$"
    assert check(f"For independent $X$ and $Y$ we have {sums}.").first_wrong is None
    assert check(f"We have {sums}.").first_wrong is not None


def test_a_letter_means_the_function_defined_before() -> None:
    assert check(r"$L(p) = p^2$, so $\log L = 2\log p$ for $p > 0$.").first_wrong is None
    assert check(r"$L(p) = p^2$, so $\log L = 3\log p$ for $p > 0$.").first_wrong is not None


def test_a_prime_is_the_derivative_of_the_function_defined_before() -> None:
    assert check(r"Let $f(x) = x^3$. Then $f'(x) = 3x^2$ and $f''(x) = 6x$ and $f'(2) = 12$.").first_wrong is None
    for wrong in (r"f'(x) = 2x^2", r"f''(x) = 3x", r"f'(2) = 6"):
        assert check(rf"Let $f(x) = x^3$. Then ${wrong}$.").first_wrong is not None


def test_a_counterexample_meets_what_is_assumed() -> None:
    report = check(r"Let $\sum_{k=1}^K a_k = 1$. Then $\sum_{k=1}^K 2 a_k = 2$. Hence $\sum_{k=1}^K a_k^2 = 1$.")
    assert [line.verdict for line in report.lines] == ["right", "right", "wrong"]
    values = report.lines[2].counterexample["values"]
    assert sum(_fractions(value) for name, value in values.items() if name.startswith("a")) == 1


def _fractions(value: object) -> object:
    from fractions import Fraction

    return Fraction(str(value))


def test_a_mean_with_a_bar_is_the_mean() -> None:
    data = r"$s = \sum_{i=1}^n x_i$."
    assert check(data + r" So $s = n \bar x$.").first_wrong is None
    assert check(data + r" So $s = \bar x$.").first_wrong is not None


@pytest.mark.parametrize(
    ("equation", "roots"),
    [
        ("x^2 - 5x + 6 = 0", r"x = 2 \text{ or } x = 3"),
        ("x^2 - 5x + 6 = 0", r"x \in \{2, 3\}"),
        ("x^2 - 5x + 6 = 0", "x = 2, 3"),
        ("y^2 = 4", r"y = \pm 2"),
        ("x^2 = 3x", r"x = 0 \lor x = 3"),
        ("a x^2 + bx + c = 0", r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}"),
    ],
)
def test_several_roots_are_one_solution(equation: str, roots: str) -> None:
    report = check(f"Solve ${equation}$. Hence ${roots}$.")
    assert [line.verdict for line in report.lines] == ["right", "right"]


@pytest.mark.parametrize(
    ("equation", "roots"),
    [
        ("x^2 - 5x + 6 = 0", r"x = 2 \text{ or } x = 4"),
        ("x^2 - 5x + 6 = 0", "x = 2"),
        ("y^2 = 4", "y = 2"),
        ("x^2 = 3x", "x = 3"),
        ("a x^2 + bx + c = 0", r"x = \frac{-b \pm \sqrt{b^2-ac}}{2a}"),
    ],
)
def test_a_root_too_many_or_lost_is_found(equation: str, roots: str) -> None:
    assert [line.verdict for line in check(f"Solve ${equation}$. Hence ${roots}$.").lines] == ["right", "wrong"]


def test_roots_may_be_listed_in_prose() -> None:
    assert check("Solve $x^2 + 2x = 3$, so $x = 1$ or $x = -3$.").first_wrong is None
    assert check("Solve $x^2 + 2x = 3$, so $x = 1$ or $x = 3$.").first_wrong is not None


def test_a_new_equation_to_solve_is_not_compared_with_the_last_one() -> None:
    assert check("Solve $x^2 = 4$. $x = \\pm 2$. Solve $x^2 = 9$. $x = \\pm 3$.").first_wrong is None


@pytest.mark.parametrize("factor", ["", "2"])
def test_the_derivative_of_what_is_not_given_is_left_open(factor: str) -> None:
    line = check(rf"$$\frac{{dy}}{{dx}} = {factor}\frac{{dy}}{{du}}\frac{{du}}{{dx}}$$").lines[0]
    assert line.verdict == "undecided"
    line = check(r"$$\frac{\partial}{\partial \mu} \ell(\mu) = \sum_{i=1}^n (x_i-\mu)$$").lines[0]
    assert line.verdict == "undecided"


def test_a_fact_from_elsewhere_is_not_called_wrong() -> None:
    text = r"Let $a = b + \beta v$. Then $$a + c = b + c \quad \text{%s}$$"
    assert check(text % "by Form II").lines[1].verdict == "undecided"
    assert check(text % "as can be seen").lines[1].verdict != "right"


def test_a_fraction_that_cancels_is_still_a_claim() -> None:
    assert check(r"$\tanh(x) = \frac{e^x + e^{-x}}{e^x + e^{-x}}$").first_wrong is not None
    assert check(r"$\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}$").first_wrong is None


def test_values_that_are_not_given_are_constants_for_a_derivative() -> None:
    text = (
        r"$$\ell = \sum_{i=1}^N \log P(y_i) + \sum_{i=1}^N\sum_{j=1}^V x_{ij}\log\theta_j$$"
        "\n\n"
        r"$$\frac{\partial\ell}{\partial\theta_j} = \sum_{i=1}^N \frac{%s}{\theta_j}$$"
    )
    assert check(text % "x_{ij}").lines[1].verdict == "right"
    assert check(text % "2x_{ij}").lines[1].verdict == "wrong"


def test_premises_hold_for_every_index_they_leave_open() -> None:
    text = r"Let $\sum_{j=1}^V \theta_{kj} = 1$ for every $k$. Hence $\sum_{k=1}^K\sum_{j=1}^V\theta_{kj} = %s$."
    assert check(text % "K").first_wrong is None
    assert check(text % "1").first_wrong is not None


def test_an_error_in_a_recurrence_is_found_where_it_is_used() -> None:
    text = (
        r"Let $x^* = \frac ba$ and $x_{k+1} = x_k - \eta(a x_k - b)$."
        "\n\n"
        r"$$x_{k+1} - x^* = (1 %s \eta a)(x_k - x^*)$$"
    )
    assert check(text % "-").lines[-1].verdict == "right"
    assert check(text % "+").lines[-1].verdict == "wrong"


def test_a_sum_without_limits_runs_over_the_index_behind_it() -> None:
    assert check(r"$\bar x = \frac1n\sum_{i=1}^n x_i$, so $\sum x_i = n\bar x$.").first_wrong is None
    assert check(r"$\bar x = \frac1n\sum_{i=1}^n x_i$, so $\sum x_i = \bar x$.").first_wrong is not None


def test_plain_text_without_a_backslash_is_read_by_its_words() -> None:
    text = """
Let X1..Xn be iid Poisson(lambda).

L(lambda) = prod_{i=1}^n lambda^{x_i} e^{-lambda} / x_i!
log L = sum_i x_i log lambda - n lambda - sum_i log x_i!
d log L / d lambda = sum_i x_i / lambda - n = 0
lambda = (1/n) sum_i x_i
"""
    assert [line.verdict for line in check(text, format="text").lines] == ["right"] * 4
    wrong = check(text.replace("lambda - n = 0", "lambda - 1 = 0"), format="text").first_wrong
    assert wrong is not None
    assert wrong.line == 6


def test_derivatives_may_be_written_with_a_slash() -> None:
    text = r"Let $L = a^2$ and $a = 3w$. Then $dL/dw = dL/da \cdot da/dw = %s$, $d^2L/dw^2 = 18$, $\partial L/\partial a = 2a$."
    assert {line.verdict for line in check(text % "18w").lines} == {"right"}
    assert check(text % "6a^2").first_wrong is not None


@pytest.mark.parametrize("heading", ["# Problem {}", "**Question {}**", "Q{}.", "## Exercise {}: next"])
def test_exercises_of_one_document_do_not_disturb_each_other(heading: str) -> None:
    text = "\n\n".join(f"{heading.format(number)}\n\n{RIGHT[name]}" for number, name in enumerate(RIGHT, 1))
    report = check(text)
    assert {line.line: line.verdict for line in report.lines if line.verdict not in ("right", "not-mathematics")} == {}


def test_what_stands_before_the_first_exercise_holds_in_all() -> None:
    text = "Let $f(x) = x^2$.\n\n# Exercise 1\n\n$f'(x) = 2x$\n\n# Exercise 2\n\n$f(3) = 9$ and $f'(3) = %s$"
    assert check(text % "6").first_wrong is None
    assert check(text % "9").first_wrong is not None


def test_a_premise_ends_with_its_exercise() -> None:
    text = "# Exercise 1\n\nLet $a = 3$. Then $a^2 = 9$.\n\n# Exercise 2\n\n$(a + 1)^2 = a^2 + 2a + 1$ and $a^2 = 9 a - %s$"
    assert check(text % "1").lines[2].verdict == "right"


HOSTILE = (
    (r"Let $f(x)=x^2$ and $a=3$. Then $f'(a)=6$.", r"Let $f(x)=x^2$ and $a=3$. Then $f'(a)=0$."),
    (r"Let $f(x)=x^3$. Then $f'(x)=3x^2$.", r"Let $f(x)=x^3$. Then $f'(x)=5$."),
    (r"$$\det\begin{pmatrix}2&1\\1&2\end{pmatrix}=3$$", r"$$\det\begin{pmatrix}2&1\\1&2\end{pmatrix}=5$$"),
    (
        r"Let $A=\begin{pmatrix}1&2\\3&4\end{pmatrix}$. Therefore $\det A=-2$.",
        r"Let $A=\begin{pmatrix}1&2\\3&4\end{pmatrix}$. Therefore $\det A=2$.",
    ),
    (r"$$x^2+1>0$$", r"$$x^2+1<0$$"),
    (
        r"$J(w)=\|y-Xw\|^2$, $\nabla_wJ=-2X^T(y-Xw)=0$, so $\hat w=(X^TX)^{-1}X^Ty$",
        r"$J(w)=\|y-Xw\|^2$, $\nabla_wJ=-2X^T(y-Xw)=0$, so $\hat w=2(X^TX)^{-1}X^Ty$",
    ),
)


@pytest.mark.parametrize(("good", "bad"), HOSTILE)
def test_what_looks_like_a_condition_is_judged_where_nothing_is_open(good: str, bad: str) -> None:
    assert {line.verdict for line in check(good).lines} <= {"right", "not-mathematics"}
    assert check(bad).lines[-1].verdict == "wrong"


@pytest.mark.parametrize(
    "text",
    [
        r"$\operatorname{tr}(ABC)=\operatorname{tr}(ACB)$",
        r"Let $u=x^2$. Then $du=x\,dx$.",
        r"Let $X$ have mean $\mu$. $\operatorname{Var}(X)=E[X^2]-\mu^2$",
        r"$U^TU=I$ and $V^TV=I$",
        r"$$\nabla_wJ=2X^TXw-2X^Ty=0$$",
    ],
)
def test_what_may_be_an_equation_or_a_claim_is_left_open(text: str) -> None:
    assert check(text).lines[-1].verdict == "undecided"


SYSTEM = "$$x+y=5$$\n$$x-y=1$$\nAdding gives\n$$2x=6$$\n$$x=3$$\n$$y=2$$\n"


def test_equations_of_a_system_do_not_refute_each_other() -> None:
    assert check(SYSTEM).first_wrong is None
    for good, bad, line in (("2x=6", "2x=5", 4), ("x=3", "x=2", 5), ("y=2", "y=3", 6)):
        found = check(SYSTEM.replace(good, bad)).first_wrong
        assert found is not None
        assert found.line == line


def test_a_wrong_step_is_no_further_equation() -> None:
    found = check("Solve $2x + 4 = 10$.\n$$2x = 7$$").first_wrong
    assert found is not None
    assert found.line == 2


@pytest.mark.parametrize("said", [r"Let $A,B\in\mathbb{R}^{n\times n}$.", "Let $A$ and $B$ be invertible matrices."])
def test_declared_matrices_do_not_commute(said: str) -> None:
    assert check(rf"{said} Then $(A+B)^2=A^2+AB+BA+B^2$.").lines[-1].verdict == "right"
    for slip in ("AB=BA", "(A+B)^2=A^2+2AB+B^2", "(AB)^{-1}=A^{-1}B^{-1}"):
        assert check(f"{said} Then ${slip}$.").lines[-1].verdict == "undecided"


def test_numbers_do_commute() -> None:
    assert check("Let $a$, $b$ be numbers. Then $(a+b)^2 = a^2+2ab+b^2$.").lines[-1].verdict == "right"
