"""Counterexamples: small numbers, in the letters of the student, with the value that solves the equation before."""

from __future__ import annotations

from typing import Any

import pytest

from derivations.check.checking import check
from derivations.check.report.result import told
from derivations.render.letters import to_unicode

BAYES = "gaussian-naive-bayes/mle"


def shown(text: str, problem: str = "") -> dict[str, Any]:
    first = check(text, problem=problem).first_wrong
    assert first is not None
    assert first.counterexample is not None
    return dict(first.counterexample)


def test_an_equation_shows_what_solves_the_one_before_and_both_sides() -> None:
    assert shown("$2 x + 2 = 6$, hence $2 x = 8$") == {
        "values": {}, "at": {}, "solution": {"x": 2}, "solves": "the equation before", "left": 4, "right": 8,
    }  # fmt: skip


def test_the_letters_beside_the_unknown_have_values() -> None:
    found = shown(r"We solve $x^2 - b = 4$. Hence $x^2 = 4 - b$")
    assert {*found["values"], *found["solution"]} == {"b", "x"}
    assert len(found["solution"]) == 1
    assert found["left"] != found["right"]


BOTH = {r"\mu_{11}", r"\mu_{1,1}", r"\sigma_1^2"}


@pytest.mark.parametrize(
    ("written", "entries"),
    [
        (r"1[y^{(i)} = k] (x_d^{(i)} - \mu_{kd})", {"x_1^{(1)}", "y^{(1)}"}),
        (r"1[y_i = k] (x_{id} - \mu_{kd})", {"x_{11}", "y_1"}),
        (r"1[y^i = k] (x^i_d - \mu_{k,d})", {"x^1_1", "y^1"}),
    ],
)
def test_entries_are_written_as_the_student_writes_them(written: str, entries: set[str]) -> None:
    line = rf"\frac{{\partial \ell}}{{\partial \mu_{{kd}}}} = \frac{{1}}{{\sigma_d^2}} \sum_{{i=1}}^{{N}} {written}"
    found = shown(f"${line}$", BAYES)
    assert set(found["values"]) <= entries | BOTH | {"N", "D", "K"}
    assert "alpha" not in str(found)
    assert found["at"] == {"k": 1, "d": 1}


def test_an_estimate_keeps_its_hat() -> None:
    text = r"""$\frac{\partial \ell}{\partial \mu_{kd}} = -\frac{1}{\sigma_d^2} \sum_{i=1}^{N} 1[y^{(i)} = k] (x_d^{(i)} -
    \mu_{kd})$ is zero where $\hat{\mu}_{kd} = \frac{1}{N} \sum_{i=1}^{N} 1[y^{(i)} = k] x_d^{(i)}$"""
    assert list(shown(text, BAYES)["solution"]) == [r"\hat{\mu}_{11}"]


def test_no_letter_appears_in_the_notation_of_a_program() -> None:
    lines = (r"L = \ell + \lambda(\sum_k \alpha_k - 1)", r"\frac{\partial L}{\partial \alpha_k} = \frac{N_k}{\alpha_k} + \lambda")
    first = check("\n\n".join(f"$${line}$$" for line in lines), problem=BAYES).first_wrong
    assert first is not None
    assert not {"alpha[", "mu[", "y[", "sigma2"} & set(first.message.replace("[", "[ ").split())
    assert "[" not in first.message


def test_the_terminal_shows_letters_in_unicode() -> None:
    found = {"values": {r"\mu_{11}": 2, "x_1^{(1)}": "1/2"}, "at": {}, "left": 0.123456789, "right": 1}
    assert told(found, to_unicode) == "μ₁₁ = 2, x₁⁽¹⁾ = 1/2: left 0.123457, right 1"


def test_the_values_are_a_counterexample() -> None:
    found = shown(r"$\sum_{i=1}^{n} (x_i - 1) = \sum_{i=1}^{n} x_i + n$")
    entries = [value for name, value in found["values"].items() if name.startswith("x_")]
    assert found["values"]["n"] == len(entries)
    assert found["left"] == sum(entry - 1 for entry in entries)
    assert found["right"] == sum(entries) + len(entries)


def test_a_squared_letter_is_shown_without_its_square() -> None:
    assert "x" in shown(r"$x^2 + b^2 = (x + b)^2$")["values"]
    assert "x_1" in shown(r"$\sum_{i=1}^{2} x_i^2 = x_1^2 + 2 x_2^2$")["values"]
