"""Problems as data: all of them load, a user's own file works, what is wrong in a file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from derivations.check.checking import check
from derivations.check.problems import ProblemError, UnknownProblem, problem, problem_names
from derivations.check.reader.reading import read_together
from derivations.subjects.catalogue import catalogue

OWN = """
title = "The mean of a sample"
asked = "the value that minimises the sum of squares"

[[given]]
formula = 'R(m) = \\sum_{i=1}^{n} (x_i - m)^2'

[[answer]]
formula = 'm = \\frac{1}{n} \\sum_{i=1}^{n} x_i'
"""


def test_there_is_a_problem_for_every_entry_of_the_catalogue() -> None:
    assert set(catalogue()) <= set(problem_names())


@pytest.mark.parametrize("name", [name for name in problem_names() if name not in catalogue() or name.startswith("gaussian-naive-bayes/")])  # noqa: E501
def test_the_formulas_of_a_problem_are_read(name: str) -> None:
    known = problem(name)
    assert known.title
    assert len(read_together(known.texts, notation=known.notation)) == len(known.texts) if known.texts else True


def test_problems_are_joined() -> None:
    both = problem("alexnet/arithmetic,gaussian-naive-bayes/mle")
    assert both.networks
    assert both.answers


def test_a_problem_of_ones_own_needs_no_python(tmp_path: Path) -> None:
    path = tmp_path / "mean.toml"
    path.write_text(OWN, encoding="utf-8")
    right = r"$\frac{\partial R}{\partial m} = -2 \sum_{i=1}^{n} (x_i - m)$, hence $\hat{m} = \frac{1}{n} \sum_{i=1}^{n} x_i$"
    assert [line.verdict for line in check(right, problem=str(path)).lines] == ["right", "right"]
    wrong = right.replace(r"\frac{1}{n}", r"\frac{1}{n - 1}")
    assert [line.verdict for line in check(wrong, problem=str(path)).lines] == ["right", "wrong"]


def test_a_problem_may_be_a_mapping() -> None:
    given = {"title": "t", "given": [{"formula": "q = 3"}]}
    assert check("$q + 1 = 4$", problem=given).lines[0].verdict == "right"
    assert check("$q + 1 = 5$", problem=given).lines[0].verdict == "wrong"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = 1", "titel"),
        ("[[given]]\nform = 'x'", "formula"),
        ("[[given]]\nformula = 'x = 1'\nsign = true", "given.sign"),
        ("premise = 'x'", "not a list"),
        ("title = ", "TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError, match=message):
        problem(str(path))


def test_an_unknown_problem_is_refused_with_near_names() -> None:
    with pytest.raises(UnknownProblem, match="gaussian-naive-bayes/prior"):
        problem("gaussian-naive-bayes/priors")
