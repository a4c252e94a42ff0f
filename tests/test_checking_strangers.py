r"""Right work as strangers write it is right in every line, and a slip in it is found where it is made.

`checking_strangers.txt` holds the documents: terse and wordy, Markdown, LaTeX and plain text, other letters, steps left out.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from derivations.check.checking import check
from derivations.check.report import Report


@cache
def strangers() -> dict[str, tuple[str, str, str]]:
    """Name → problem, format, text."""
    found = {}
    for part in (Path(__file__).parent / "checking_strangers.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        title, _, text = part.partition("\n")
        name, problem, form = (word.strip() for word in title.split("|"))
        found[name] = (problem, form, text)
    return found


def judged(name: str, good: str = "", bad: str = "") -> Report:
    problem, form, text = strangers()[name]
    assert good in text
    return check(text.replace(good, bad, 1), problem=problem or None, format=form)


SLIPS = (
    ("terse-mean", r"-\sum_i 1\{y_i=k\}(x_{id}-\mu_{kd})/\sigma_d^2", r"-\sum_i 1\{y_i=k\}(x_{id}+\mu_{kd})/\sigma_d^2", 1),
    ("verbose-mean", r"\frac{2 (x_d^{(i)} - \mu_{kd}) \cdot (-1)}", r"\frac{2 (x_d^{(i)} - \mu_{kd})}", 4),
    ("log-likelihood-sign", r"- \frac{N}{2}\sum_d", r"- N\sum_d", 2),
    ("log-likelihood-sign", r"\frac{\sum_i 1[y_i=k]x_{id}}{N_k}", r"\frac{\sum_i 1[y_i=k]x_{id}}{N}", 5),
    ("scaled-by-N", r"\frac{1}{2N\sigma_d^4}", r"\frac{1}{2\sigma_d^4}", 2),
    ("sd-instead", r"\frac{N}{\sigma_d} -", r"\frac{N}{2\sigma_d} -", 1),
    ("sd-instead", r"\sqrt{\frac{1}{N}\sum", r"\frac{1}{N}{\sum", 3),
    ("lagrange-max-loglik", r"\iff \alpha_k = \frac{N_k}{\lambda}", r"\iff \alpha_k = \frac{\lambda}{N_k}", 4),
    ("normal-two-params", r"-\frac{n}{2\sigma^2}+", r"-\frac{n}{\sigma^2}+", 4),
    ("normal-two-params", r"\frac1n\sum_{i=1}^n(x_i-\bar x)^2", r"\frac{1}{n-1}\sum_{i=1}^n(x_i-\bar x)^2", 5),
    ("normal-sd", r"+\frac{1}{\sigma^3}", r"+\frac{1}{2\sigma^3}", 2),
    ("poisson-drop-constants", r"- n\lambda + C", r"- \lambda + C", 2),
    ("exponential-rate", r"\frac{1}{\bar x}", r"\bar x", 4),
    ("exponential-rate", r"=\lambda^n e^{", r"=\lambda e^{", 1),
    ("ols-line", r"a=\bar y-b\bar x", r"a=\bar y+b\bar x", 3),
    ("ols-line", r"=-2\sum_{i=1}^n x_i(y_i", r"=-2\sum_{i=1}^n (y_i", 5),
    ("completing-square-text", "(x+3)^2 = 4", "(x+3)^2 = 14", 3),
    ("completing-square-text", "x = -1 or x = -5", "x = 1 or x = -5", 5),
    ("plus-minus", "(x-2)^2 = 3", "(x-2)^2 = 5", 3),
    ("plus-minus", r"x = 2\pm\sqrt3", r"x = -2\pm\sqrt3", 7),
    ("sigmoid", r"\sigma(z)(1-\sigma(z))", r"\sigma(z)(1+\sigma(z))", 3),
    ("logistic-grad", "(p_i-y_i)x_i", "(y_i-p_i)x_i", 2),
    ("variance-shortcut", r"x_i^2 - \bar x^2", r"x_i^2 - n\bar x^2", 3),
    ("induction-geometric", r"= \frac{1-r^{n+2}}{1-r}", r"= \frac{1-r^{n+1}}{1-r}", 6),
    ("induction-sum", "m^2 + 2(m+1)-1", "m^2 + 2m-1", 5),
    ("us-notation-likelihood", r"m\ln\theta + (\theta-1)", r"m\ln\theta + \theta", 10),
    ("us-notation-likelihood", r"-\frac{m}{\sum", r"\frac{m}{\sum", 12),
    ("uniform-second-derivative", "f''(1) = 6", "f''(1) = 3", 1),
    ("chain-rule", "= 12(3x+1)^3", "= 4(3x+1)^3", 1),
    ("softmax-ce", "= p_j - t_j", "= t_j - p_j", 3),
    ("softmax-ce", r"\delta_{kj} - p_j$$", r"\delta_{kj} - p_k$$", 2),
    ("map-gaussian", r"\frac{m}{\tau^2}$$", r"\frac{m}{\sigma^2}$$", 4),
    ("map-gaussian", r"n\tau^2+\sigma^2}", r"\tau^2+n\sigma^2}", 5),
    ("quadratic-formula", r"\frac{b^2-4ac}{4a^2}", r"\frac{b^2-ac}{4a^2}", 5),
    ("elasticity", "f (W-f)(W-2f)", "f (W-f)(W-3f)", 1),
    ("indices-other", r"= -2\sum", r"= 2\sum", 1),
    ("text-linear", "x - 7 = 5", "x - 7 = 4", 2),
    ("dividing-both", "$6a = 9$", "$6a = 3$", 1),
    ("conv-arith", "105,415,200", "105,451,200", 2),
    ("cnn-floor", "= 125450", "= 125440", 2),
    ("verbose-mean", r"= N_k \mu_{kd}.", r"= N \mu_{kd}.", 12),
    ("both-signs-lagrange-minus", r"\alpha_k = -\frac{N_k}{\lambda}", r"\alpha_k = \frac{N_k}{\lambda}", 3),
    ("both-signs-lagrange-minus", r"$$\lambda = -N$$", r"$$\lambda = N$$", 5),
    ("numbers-plugged", "+ 1 = 32$", "+ 1 = 31$", 1),
)


@pytest.mark.parametrize("name", strangers())
def test_every_line_of_right_work_is_right(name: str) -> None:
    lines = [line for line in judged(name).lines if line.verdict != "not-mathematics"]
    assert lines
    assert [(line.line, line.verdict, line.source) for line in lines if line.verdict != "right"] == []


@pytest.mark.parametrize(("name", "good", "bad", "line"), SLIPS)
def test_a_slip_in_right_work_is_found_where_it_is(name: str, good: str, bad: str, line: int) -> None:
    found = judged(name, good, bad).first_wrong
    assert found is not None
    assert found.line == line
