"""The judge on small documents: what each line claims, errors that are blamed once, near misses that must not pass."""

from __future__ import annotations

from importlib import import_module

import pytest

import derivations
from derivations.check.checking import TooLarge, check
from derivations.check.judging.context.cues import cues_of, separates

RIGHT, WRONG, FOLLOWS, UNDECIDED = "right", "wrong", "follows-from-error", "undecided"


def verdicts(text: str, problem: str | None = None) -> list[str]:
    return [line.verdict for line in check(text, problem=problem).lines if line.verdict != "not-mathematics"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(a+b)^2 = a^2 + 2ab + b^2$", [RIGHT]),
        ("$(a+b)^2 = a^2 + b^2$", [WRONG]),
        (r"$\sum_{i=1}^n x_i^2 = (\sum_{i=1}^n x_i)^2$", [WRONG]),
        (r"$\sum_{i=1}^n (x_i + 1) = \sum_{i=1}^n x_i + n$", [RIGHT]),
        (r"$\sum_{i=1}^n (x_i + 1) = \sum_{i=1}^n x_i + 1$", [WRONG]),
        (r"$\sum_{i=1}^n \sum_{j=1}^n x_i x_j = (\sum_{i=1}^n x_i)^2$", [RIGHT]),
        (r"$\sum_{j=1}^m a_{ij} b_j = \sum_{j=1}^m a_{ji} b_j$", [WRONG]),
        ("$3 \\times 4 = 13$", [WRONG]),
        ("$\\frac{1}{3} = 0.333$", [RIGHT]),
        ("$\\frac{1}{3} = 0.334$", [WRONG]),
        ("we get 11 x 11 x 3 x 96 = 34848 weights", [RIGHT]),
        ("we get 11 x 11 x 3 x 96 = 34840 weights", [WRONG]),
        ("$x^2 - 4 = 0$\n\n$x = 2$", [RIGHT, WRONG]),
        ("$2 x = 4$\n\n$x = 2$", [RIGHT, RIGHT]),
        ("$2 x = 4$\n\n$x = 3$", [RIGHT, WRONG]),
        (r"Let $f(x) = x^3$. Then $\frac{df}{dx} = 3 x^2$.", [RIGHT, RIGHT]),
        (r"Let $f(x) = x^3$. Then $\frac{df}{dx} = 3 x$.", [RIGHT, WRONG]),
        ("$x \\in \\mathbb{R}$", []),
        ("just words", []),
    ],
)
def test_a_line_is_judged_as_what_it_claims(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$(a+b)^2 = a^2 + ab + b^2 \\\\ = a^2 + b^2 + ab$$", [WRONG, FOLLOWS]),
        ("$$(a+b)^2 = a^2 + ab + b^2 \\\\ = a^2 + 2ab + b^2$$", [WRONG, RIGHT]),
        ("$$(a+b)^2 = a^2 + ab + b^2 \\\\ = a^2 + 5ab + b^2$$", [WRONG, WRONG]),
        ("$2 x + 2 = 6$\n\nhence $2 x = 8$\n\nhence $x = 4$", [RIGHT, WRONG, FOLLOWS]),
        ("$2 x + 2 = 6$\n\nhence $2 x = 8$\n\nhence $x = 2$", [RIGHT, WRONG, RIGHT]),
        ("Let $f(x) = x^2 - 4 x$. Then $\\frac{df}{dx} = 2 x + 4$. Set to zero: $2 x + 4 = 0$", [RIGHT, WRONG, FOLLOWS]),
    ],
)
def test_one_slip_is_blamed_once(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


def test_the_line_an_error_follows_from_is_named() -> None:
    report = check("$$\n(a+b)^2 = a^2 + ab + b^2 \\\\\n= a^2 + b^2 + ab\n$$")
    assert report.first_wrong is not None
    assert report.first_wrong.line == 2
    assert report.lines[1].error == 2


SCORE = r"\frac{\partial \ell}{\partial \sigma_d^2} = \frac{N}{2\sigma_d^2} - \frac{1}{2\sigma_d^4} \sum_{i=1}^N (x_d^{(i)} - \mu_{y^{(i)} d})^2"  # noqa: E501


def test_a_line_true_only_at_the_maximum_is_no_identity() -> None:
    wrong = SCORE.replace(r"\frac{N}{2\sigma_d^2}", r"\frac{N}{\sigma_d^2}").replace(r"\frac{1}{2\sigma_d^4}", r"\frac{1}{\sigma_d^4}")  # noqa: E501
    assert verdicts(f"$${SCORE}$$", "gaussian-naive-bayes/mle-variance") == [RIGHT]
    assert verdicts(f"$${wrong}$$", "gaussian-naive-bayes/mle-variance") == [WRONG]


def test_a_right_answer_counts_even_when_it_does_not_follow() -> None:
    text = (
        rf"$${SCORE}$$ Set to zero: $$2 N - \frac{{1}}{{\sigma_d^2}} \sum_{{i=1}}^N (x_d^{{(i)}} - \mu_{{y^{{(i)}} d}})^2 = 0$$"
        r"$$\sigma_d^2 = \frac1N \sum_{i=1}^N (x_d^{(i)} - \mu_{y^{(i)} d})^2$$"
    )
    report = check(text, problem="gaussian-naive-bayes/mle-variance")
    assert [line.verdict for line in report.lines] == [RIGHT, WRONG, RIGHT]


@pytest.mark.parametrize("sign", ["+", "-"])
def test_lagrange_multipliers_of_either_sign_are_right(sign: str) -> None:
    other = "" if sign == "+" else "-"
    text = (
        rf"Define $$G = \ell {sign} \lambda (\sum_{{k=1}}^K \alpha_k - 1)$$ Then $$\frac{{\partial G}}{{\partial \alpha_k}} = "
        rf"-\frac{{N_k}}{{\alpha_k}} {sign} \lambda$$ Set to zero: $$-\frac{{N_k}}{{\alpha_k}} {sign} \lambda = 0$$"
        rf"$$\alpha_k = {other}\frac{{N_k}}{{\lambda}}$$"
    )
    assert verdicts(text, "gaussian-naive-bayes/prior") == [RIGHT] * 4


def test_the_log_likelihood_may_stand_for_its_negative() -> None:
    text = (
        r"$$\ell = -\frac N2 \sum_{d=1}^D \log(2\pi\sigma_d^2) - \sum_{i=1}^N \sum_{d=1}^D \frac{(x_d^{(i)} - \mu_{y^{(i)} d})^2}{2\sigma_d^2}"  # noqa: E501
        r" + \sum_{i=1}^N \log \alpha_{y^{(i)}}$$"
    )
    report = check(text, problem="gaussian-naive-bayes/mle")
    assert report.lines[0].verdict == RIGHT
    assert "log-likelihood" in report.lines[0].remarks[0]


def test_an_induction_has_a_hypothesis_and_a_step() -> None:
    text = (
        "Assume true for n: $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$. Then\n\n"
        "$$\\sum_{i=1}^{n+1} i = \\frac{n(n+1)}{2} + n + 1 = \\frac{(n+1)(n+2)}{2}$$"
    )
    assert verdicts(text) == [RIGHT, RIGHT]
    assert WRONG in verdicts(text.replace("{(n+1)(n+2)}", "{(n+1)(n+3)}"))


def test_the_slip_is_named_and_the_counterexample_uses_the_students_letters() -> None:
    line = check(r"$\sum_{i=1}^n (z_i - 1) = \sum_{i=1}^n z_i + n$").first_wrong
    assert line is not None
    assert line.diagnosis is not None
    assert line.diagnosis["kind"] == "sign"
    assert line.counterexample is not None
    assert any(name.startswith("z_") for name in line.counterexample["values"])
    assert line.counterexample["left"] != line.counterexample["right"]


def test_what_explains_nothing_is_not_explained() -> None:
    line = check("$a^2 + b = 17 b^5 - a$").lines[0]
    assert line.verdict in (WRONG, UNDECIDED)
    assert line.diagnosis is None


def test_unread_lines_are_said_to_be_unread() -> None:
    line = check(r"$\frac{a}{ = b$").lines[0]
    assert line.verdict == "unreadable"
    assert line.reason


def test_a_role_may_be_set_in_the_file() -> None:
    assert check("<!-- role: definition --> $a = b$").lines[0].role == "definition"


def test_a_letter_defined_anew_is_not_called_wrong() -> None:
    assert WRONG not in verdicts("$O = \\frac{I}{2}$\n\nAnother layer has the following output size, with padding:\n\n$O = \\frac{I - K}{S}$")  # noqa: E501


def test_numbers_said_for_letters_are_put_in() -> None:
    assert verdicts("$W = K^2 C$\n\n$K = 3 \\quad C = 2$\n\n$W = K^2 C = 3^2 \\times 2 = 18$") == [RIGHT, RIGHT, RIGHT]
    assert verdicts("$W = K^2 C$\n\n$K = 3 \\quad C = 2$\n\n$W = K^2 C = 3^2 \\times 2 = 19$")[-1] == WRONG


def test_a_logarithm_of_something_negative_is_a_remark() -> None:
    report = check(r"Let $e = \log p - \log q$. Then $\log(\frac{p - q}{p}) = \log(1 - e^{-e})$".replace("e^{-e}", r"\frac{q}{p}"))  # noqa: E501
    assert report.lines[-1].verdict == RIGHT


def test_the_sign_error_of_a_log_ratio_is_found() -> None:
    text = r"$\epsilon = \log p - \log q$" + "\n\n" + r"$\log q - \log p = -\epsilon$" + "\n\n" + r"$\epsilon = -\epsilon$"
    report = check(text, problem="information/log-ratio")
    assert report.first_wrong is not None
    assert report.first_wrong.line == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let $f(x) = x^2$. Then $f(3) = 9$ and $f(a+1) = a^2 + 2a + 1$", [RIGHT] * 3),
        ("Let $f(x) = x^2$. Then $f(3) = 10$ and $f(a+1) = a^2 + 1$", [RIGHT, WRONG, WRONG]),
        ("Let $f(x) = x^3$. $f'(x) = 3x^2$, $f''(x) = 6x$, $f''(1) = 6$", [RIGHT] * 4),
        ("Let $f(x) = x^3$. $f'(x) = 3x$, $f''(x) = 5x$, $f''(1) = 5$", [RIGHT, WRONG, WRONG, WRONG]),
        (r"$L(t) = t e^{-t}$, so $\ln L = \ln t - t$", [RIGHT, RIGHT]),
        (r"$L(t) = t e^{-t}$, so $\ln L = \ln t + t$", [RIGHT, WRONG]),
        (r"$h(m, s^2) = \frac{m^2}{s^2}$ and $\frac{\partial h}{\partial s^2} = -\frac{m^2}{s^4}$", [RIGHT, RIGHT]),
        (r"$h(m, s^2) = \frac{m^2}{s^2}$ and $\frac{\partial h}{\partial s^2} = \frac{m^2}{s^4}$", [RIGHT, WRONG]),
    ],
)
def test_a_function_is_known_by_its_formula(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Assume $\sum_{k=1}^K t_k = 1$. Then $\sum_{k=1}^K t_k a = a$", [RIGHT, RIGHT]),
        (r"Assume $a + b = 1$. Then $a^2 + b^2 = 1 - 2 a b$", [RIGHT, RIGHT]),
        (r"Assume $a + b = 1$. Then $a^2 + b^2 = 1$", [RIGHT, WRONG]),
        (r"For $x > 0$: $\log x \le x - 1$", [RIGHT, RIGHT]),
        (r"Suppose $|x| < 1$. Then $x^2 < 1$", [RIGHT, RIGHT]),
    ],
)
def test_premises_are_kept_to(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


def test_an_estimate_that_contradicts_its_formula_is_wrong() -> None:
    text = r"$x_1 = 2$, $x_2 = 4$, $\hat\mu = \frac{x_1 + x_2}{2}$. Hence $\hat\mu = 3$."
    assert verdicts(text) == [RIGHT] * 4
    assert verdicts(text.replace("= 3$", "= 4$")) == [RIGHT, RIGHT, RIGHT, WRONG]


def test_a_multiplier_has_the_sign_of_its_own_lagrangian() -> None:
    text = (
        r"Define $$G = \ell + \lambda (\sum_{k=1}^K \alpha_k - 1)$$ Set $$\frac{\partial G}{\partial \alpha_k} = "
        r"-\frac{N_k}{\alpha_k} + \lambda = 0$$ so $$\alpha_k = \frac{N_k}{\lambda}$$ and "
        r"$$\sum_{k=1}^K \frac{N_k}{\lambda} = 1$$ $$\lambda = N$$"
    )
    assert verdicts(text, "gaussian-naive-bayes/prior") == [RIGHT] * 5
    for other in ("-N", "2 N"):
        assert verdicts(text.replace("= N$", f"= {other}$"), "gaussian-naive-bayes/prior")[-1] == WRONG


def test_inequalities_of_a_chain_are_checked() -> None:
    assert verdicts(r"$x^2 + 1 = 1 + x^2 > 0$") == [RIGHT]


def test_the_package_is_the_function() -> None:
    assert derivations.check("$1 + 1 = 2$").lines[0].verdict == RIGHT
    import_module("derivations.check.documents")

    assert derivations.check("$1 + 1 = 3$").first_wrong is not None


def test_a_line_that_takes_too_long_times_out() -> None:
    report = check(r"$\sum_{i=1}^{n} \sum_{j=1}^{n} \sum_{k=1}^n x_{ijk} = \sum_{i=1}^{n} \sum_{j=1}^{n} \sum_{k=1}^n x_{kji}$", seconds=1e-4)  # noqa: E501
    assert report.lines[0].verdict == "timeout"


def test_a_document_beyond_the_limits_is_refused() -> None:
    with pytest.raises(TooLarge, match="characters"):
        check("x" * 4_000_001)


@pytest.mark.parametrize(
    ("words", "cue"),
    [("Setting this to zero", "zero"), ("Hence", "therefore"), ("Let", "define"), ("Suppose that", "assume"), ("Show that", "goal")],  # noqa: E501
)
def test_words_announce_what_follows(words: str, cue: str) -> None:
    assert cue in cues_of(words)


def test_connectives_do_not_separate_lines() -> None:
    assert not separates("and hence we get")
    assert separates("Consider now the second layer of the network")


@pytest.mark.parametrize("text", ["$9^{9^{9^9}} = 1$", "$(((((((((a)))))))))=1$", "$$" + "+".join(["x"] * 3000) + "= 1$$", "$\x00 = 1$", "$a\u202e = b$"])  # noqa: E501
def test_hostile_lines_get_a_verdict(text: str) -> None:
    assert check(text, seconds=5).lines[0].verdict in ("wrong", "undecided", "unreadable", "right", "timeout")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$P(A\mid B) = \frac{P(B\mid A)P(A)}{P(B)}$", RIGHT),
        (r"$P(A\mid B) = \frac{P(B\mid A)P(B)}{P(A)}$", WRONG),
        (r"$P(x) = \sum_{k=1}^K P(x | y=k) P(y=k)$", RIGHT),
        (r"$P(x) = \sum_{k=1}^K P(x | y=k)$", WRONG),
        (r"$\mathrm{Var}(X) = E[X^2] - (E[X])^2$", RIGHT),
        (r"$\mathrm{Var}(aX + b) = a \mathrm{Var}(X)$", WRONG),
        (r"$P(A \cap B) = P(A) P(B)$", WRONG),
        (r"Since A and B are independent, $P(A \cap B) = P(A) P(B)$", UNDECIDED),
    ],
)
def test_probabilities_are_judged_for_every_distribution(text: str, expected: str) -> None:
    assert verdicts(text) == [expected]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("Solve $6 a b = 9 b$. Hence $6 a = 9$.", "divided by b"),
        ("Solve $x (x - 1) = 0$. Hence $x - 1 = 0$.", "cancelled"),
        (
            r"Solve $w \sum_{i=1}^n x_i^2 = \sum_{i=1}^n x_i y_i$. Hence $w = \frac{\sum_{i=1}^n x_i y_i}{\sum_{i=1}^n x_i^2}$.",
            r"divided by \sum_{i=1}^n x_i^2",
        ),
    ],
)
def test_a_division_by_what_may_vanish_is_a_remark(text: str, remark: str) -> None:
    line = check(text).lines[-1]
    assert line.verdict == RIGHT
    assert remark in line.remarks[0]


@pytest.mark.parametrize("text", ["Solve $e^t x = 3 e^t$. Hence $x = 3$.", "Solve $(y^2 + 1) x = y^2 + 1$. Hence $x = 1$."])
def test_a_division_by_what_never_vanishes_is_none(text: str) -> None:
    assert [(line.verdict, line.remarks) for line in check(text).lines] == [(RIGHT, ()), (RIGHT, ())]


def test_a_cancelled_factor_does_not_excuse_a_wrong_equation() -> None:
    assert verdicts("Solve $x (x - 1) = 0$. Hence $x - 2 = 0$.")[-1] == WRONG
    assert verdicts("Solve $x (x - 1) = 0$. Hence $x = 1$.")[-1] == WRONG


def test_what_is_to_be_shown_does_not_prove_itself() -> None:
    text = r"We want to show that $\log p - \log q = \frac{p - q}{p}$. Hence $\log p - \log q = \frac{p - q}{p}$."
    report = check(text)
    assert report.lines[0].role == "goal"
    assert report.lines[1].verdict == UNDECIDED
    assert "circular" in report.lines[1].reason


def test_an_induction_that_assumes_its_conclusion_is_circular() -> None:
    circular = r"Assume $\sum_{i=1}^{n+1} i = \frac{(n+1)(n+2)}{2}$ holds. Then $\sum_{i=1}^{n+1} i = \frac{(n+1)(n+2)}{2}$."
    assert "circular" in check(circular).lines[1].remarks[0]
    sound = (
        r"Assume $\sum_{i=1}^n i = \frac{n(n+1)}{2}$. "
        r"Then $\sum_{i=1}^{n+1} i = \frac{n(n+1)}{2} + n + 1 = \frac{(n+1)(n+2)}{2}$."
    )
    assert check(sound).lines[1].remarks == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$3 x - 7 = 2 x + 5$. $x - 7 = 5$. $x = 12$.", [RIGHT, RIGHT, RIGHT]),
        ("$3 x - 7 = 2 x + 5$. $x - 7 = 4$. $x = 11$.", [RIGHT, WRONG, FOLLOWS]),
        ("$(a+b)^2 = a^2 + ab + b^2$, so $(a+b)^2 - b^2 = a^2 + ab$", [WRONG, WRONG]),
        ("$(x+1)^2 = x^2 + 1$. For $x = 2$ this is nice.", [WRONG, RIGHT]),
        (r"Let $f(p) = \log p$. $\frac{\partial f}{\partial p} = -\frac1p$. $-\frac{1}{p} = 0$", [RIGHT, WRONG, RIGHT]),
    ],
)
def test_an_equation_to_solve_is_told_from_a_wrong_identity(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected
