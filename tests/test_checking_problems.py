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


FILES = [name for name in problem_names() if name not in catalogue() or name.startswith("gaussian-naive-bayes/")]


@pytest.mark.parametrize("name", FILES)
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


BAD = {
    "titel = 'x'": (1, "titel: unknown key"),
    "title = 'x'\n\n[[given]]\nformula = 'a = 1'\n\n[[given]]\nformula = 'b = 1'\nsign = true": (8, "given.sign: unknown key"),
    "title = 'x'\n[[answer]]\nalso = []": (2, "answer: no formula"),
    "asked = 3": (1, "asked: not a text"),
    "given = 3": (1, "given: not a list of entries"),
    "numbers = [1]": (1, "numbers: not a table"),
    "title = 'x'\n[[given]]\nformula = 'a = \\frac{1}{'": (3, "is not read"),
    "premise = ['a + b']": (1, "is no equation"),
    "networks = ['alexnet-2013']": (1, "alexnet-2012"),
    "convention = 'mine'": (1, "convention"),
    "quantities = ['neurons']": (1, "'neurons' is not counted"),
    "derivation = 'no/such'": (1, "derivation"),
    "notation = 'mine'": (1, "no such table"),
    "title = 'x'\n[symbols.p]\ndomain = 'complex'": (3, "unknown domain"),
    "title = 'x'\n\n[points]\nfirst = -1": (4, "points.first"),
    "title = 'x'\n[[answer]]\nformula = 'a = 1'\nalso = 'a = 2'": (4, "answer.also: not a list"),
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_in_a_file_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError) as failure:
        problem(str(path))
    line, message = BAD[text]
    assert f"problem 'mine.toml', line {line}, " in str(failure.value)
    assert message in str(failure.value)


def test_a_known_slip_is_told_in_the_words_of_the_problem() -> None:
    text = r"$\alpha_k = N_k$, so $\hat{\mu}_{kd} = \frac{1}{N} \sum_i 1[y^{(i)} = k] x_d^{(i)}$"
    lines = check(text, problem="gaussian-naive-bayes/mle").lines
    assert [line.verdict for line in lines] == ["wrong", "wrong"]
    assert [line.diagnosis["sentence"].split(":")[0] for line in lines if line.diagnosis] == [
        "the multiplier is not put in", "divided by the number of all samples instead of those of the class",
    ]  # fmt: skip


def test_a_known_slip_is_not_told_of_another_line() -> None:
    [line] = check(r"$\alpha_k = N_k^2$", problem="gaussian-naive-bayes/prior").lines
    assert line.verdict == "wrong"
    assert line.diagnosis is None or line.diagnosis["kind"] != "known slip"


def test_every_slip_of_a_problem_is_wrong_and_every_answer_right() -> None:
    for name in ("gaussian-naive-bayes/mle", "alexnet/filter-size", "receptive-field/closed-form"):
        known = problem(name)
        for slip in known.slips:
            [line] = check(f"${slip.formula}$", problem=known).lines
            assert (line.verdict, line.diagnosis and line.diagnosis["sentence"]) == ("wrong", slip.says)
        for answer in known.answers:
            assert [line.verdict for line in check(f"${answer.formula}$", problem=known).lines] == ["right"]


def test_a_wrong_answer_stated_at_once_is_no_definition() -> None:
    own = {"title": "t", "given": [r"R(m) = \sum_{i=1}^{n} (x_i - m)^2"], "answer": [r"m = \frac{1}{n} \sum_{i=1}^{n} x_i"]}
    assert [line.verdict for line in check(r"$m = \frac{1}{n - 1} \sum_{i=1}^{n} x_i$", problem=own).lines] == ["wrong"]
    assert [line.verdict for line in check(r"$m = \frac{1}{n} \sum_{i=1}^{n} x_i$", problem=own).lines] == ["right"]


def test_a_value_beside_several_accepted_ones_is_wrong() -> None:
    for value, verdict in ((r"\frac{W}{2}", "right"), ("W", "right"), (r"\frac{W}{3}", "wrong"), ("2 W", "wrong")):
        assert [line.verdict for line in check(rf"$f = {value}$", problem="alexnet/filter-size").lines] == [verdict]


def test_the_points_of_a_problem_are_a_rubric(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from derivations.cli import main

    (tmp_path / "p.toml").write_text(OWN + "\n[points]\nmean = { points = 3, role = 'answer' }\n", encoding="utf-8")
    answer = r"$m = \frac{1}{n} \sum_{i=1}^{n} x_i$"
    result = CliRunner().invoke(main, ["check", "-", "-p", str(tmp_path / "p.toml")], input=answer)
    assert "total: 3 of 3 points" in result.stdout
    result = CliRunner().invoke(main, ["check", "-", "-p", str(tmp_path / "p.toml")], input=answer.replace("m =", r"\hat{m} ="))
    assert "total: 3 of 3 points" in result.stdout
