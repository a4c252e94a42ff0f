"""Formulas in the terminal: letters on one line, fractions and sums in two dimensions, rows within a width."""

from __future__ import annotations

import pytest
from render_samples import N, alpha, d, i, k, lam, mu, n, nll, notation, objective, sigma2, x
from sympy import Derivative, Expr, Sum, exp, log

from derivations.render.alphabet import LATEX_OF
from derivations.render.breaking import rows_of, width_of
from derivations.render.letters import to_unicode, width
from derivations.render.mathematics import layout_of
from derivations.render.prose import html_prose, latex_prose, text_prose
from derivations.render.typeset import typeset
from derivations.render.unicode import box_of

LINES = {
    r"x_{d}^{(i)}": "x_d⁽ⁱ⁾",
    r"\mu_{y^{(i)} d}": "μ_{y⁽ⁱ⁾d}",
    r"\mu_{k d}": "μ_kd",
    r"\mu_{1, 12}": "μ_{1,12}",
    r"2 \pi \sigma_{d}^{2}": "2πσ_d²",
    r"\hat{\mu}_{k}": "μ̂_k",
    r"\mathbb{1}[y^{(i)} = k]": "𝟙[y⁽ⁱ⁾ = k]",
    r"\frac{N}{2}": "N/2",
    r"\frac{a + b}{2}": "(a + b)/2",
    r"\frac{N}{2 \sigma_{d}}": "N/(2σ_d)",
    r"\sqrt{2 \pi}": "√(2π)",
    r"\sqrt{S_{d}}": "√S_d",
    r"w_{12}": "w₁₂",
    r"e^{-\lambda}": "e^(−λ)",
    r"\frac{\partial^{2} \ell}{\partial \mu_{k d}^{2}}": "∂²ℓ/∂μ_kd²",
    r"\operatorname*{arg\,min}_{\mu_{k d}} \ell": "arg min_{μ_kd} ℓ",
    r"a \ne b, \ldots": "a ≠ b, …",
    r"\left( a + b \right) \to c": "(a + b) → c",
    r"\left. - b \right)": "− b)",
    r"\left\lVert x \right\rVert^{2}": "‖x‖²",
}


@pytest.mark.parametrize(("latex", "line"), LINES.items())
def test_latex_on_one_line(latex: str, line: str) -> None:
    assert to_unicode(latex) == line


def picture(expression: Expr) -> str:
    return "\n".join(line.rstrip() for line in box_of(layout_of(expression, notation)).lines)


PICTURES = {
    "fraction": (n[k] / N, ["N_k", "───", " N"]),
    "sum": (Sum(x[i, d], (i, 1, N)), [" N", " ∑  x_d⁽ⁱ⁾", "i=1"]),
    "derivative": (Derivative(objective, mu[k, d]), [" ∂ℓ", "─────", "∂μ_kd"]),
    "tall parentheses": (
        exp(Sum(lam, (i, 1, N))),
        ["   ⎛ N   ⎞", "exp⎜ ∑  λ⎟", "   ⎝i=1  ⎠"],
    ),
    "difference": (log(alpha[k]) - n[k] / sigma2[d], ["          N_k", "log α_k − ────", "          σ_d²"]),
}


@pytest.mark.parametrize(("expression", "lines"), PICTURES.values(), ids=PICTURES.keys())
def test_picture_of_a_formula(expression: Expr, lines: list[str]) -> None:
    assert picture(expression).split("\n") == lines


def test_combining_hat_takes_no_cell() -> None:
    assert width("μ̂_k") == 3


def test_wide_sum_of_terms_breaks_at_its_signs() -> None:
    rows = rows_of(layout_of(nll, notation), 50)
    assert len(rows) == 2
    assert all(width_of(row) <= 50 for row in rows)
    assert typeset(rows[1]).startswith("{} ")
    assert "".join(typeset(row) for row in rows).count(r"\sum") == 4


def test_wide_bracket_breaks_inside_with_open_delimiters() -> None:
    rows = rows_of(layout_of(Derivative(nll, mu[k, d]), notation), 60)
    assert len(rows) == 2
    for row in rows:
        printed = typeset(row)
        assert printed.count(r"\left") == printed.count(r"\right") > 0
    assert r"\right." in typeset(rows[0])
    assert r"\left." in typeset(rows[1])


def test_narrow_formula_is_not_broken() -> None:
    assert len(rows_of(layout_of(nll, notation), 200)) == 1


def test_prose_keeps_formulas_and_escapes_the_rest() -> None:
    sentence = "50% of $N_k$ & σ² in `a_b`"
    assert latex_prose(sentence) == r"50\% of $N_k$ \& $\sigma$${}^{2}$ in \texttt{a\_b}"
    assert html_prose("<b> $a<b$") == '&lt;b&gt; <span class="math">a&lt;b</span>'
    assert text_prose(r"the mean $\mu_{k d}$") == "the mean μ_kd"


def test_unicode_letters_of_prose_have_latex() -> None:
    for sign in "αβγδμσλθΣ∑≥≤≠²⁻ᵢ𝟙ℓ∂":
        assert sign in LATEX_OF
