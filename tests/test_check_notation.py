"""Notation tables: every one loads, says what it means, and refuses what it does not understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from derivations.check.compare import compare
from derivations.check.reader.notation import NotationError, as_notation, notation_from, notation_names
from derivations.check.reader.reading import read
from derivations.subjects.catalogue import derive


@pytest.mark.parametrize("name", notation_names())
def test_every_table_loads_and_reads(name: str) -> None:
    assert as_notation(name).title
    assert read("a + b", notation=name).expression is not None


def test_iterates_are_no_powers_in_the_notation_of_optimisers() -> None:
    assert str(read(r"\theta^{k+1} - \theta^k", notation="optimisers").expression) == "theta[k + 1] - theta[k]"


def test_the_same_text_means_something_else_in_another_notation() -> None:
    assert str(read(r"\theta^{k+1}", notation="coursework").expression) == "theta**(k + 1)"


def test_a_table_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[symbols.x]\naxes = ["i"]\nsuperscript = true\n[indices]\ni = "M"\n', encoding="utf-8")
    found = read("x^i", notation=file)
    assert str(found.expression) == "x[i]"
    assert str(found.declarations["x"].axes) == "(M,)"


def test_a_table_may_be_a_mapping_that_extends_another() -> None:
    table = {"name": "mine", "extends": "naive_bayes", "symbols": {"pi": {"axes": ["k"], "domain": "simplex"}}}
    assert str(read(r"\pi_k \mu_{kd}", notation=table).expression) == "mu[k, d]*pi[k]"


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ({"letters": []}, "letters"),
        ({"symbols": {"x": {"dommain": "real"}}}, "dommain"),
        ({"symbols": {"x": {"domain": "rational"}}}, "rational"),
        ({"symbols": {"x": {"domain": "label"}}}, "range"),
        ({"extends": "nothing"}, "nothing"),
    ],
)
def test_what_a_table_may_not_hold_is_named(table: dict[str, object], part: str) -> None:
    with pytest.raises(NotationError, match=part):
        notation_from(table, "wrong")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[[", encoding="utf-8")
    with pytest.raises(NotationError):
        as_notation(file)


def test_a_derivation_is_its_own_notation() -> None:
    derivation = derive("gaussian-naive-bayes/mle-mean")
    found = compare(
        r"\frac{\partial \ell}{\partial \mu_{kd}} = 0",
        r"0 = \frac{\partial \ell}{\partial \mu_{kd}}",
        notation=derivation,
        isolated=False,
    )
    assert found.evidence == "proved"


def test_conflicting_spellings_of_one_notation_are_one_thing() -> None:
    texts = [r"x_d^{(i)}", r"x^{(i)}_d", r"x_d^i", r"x_{id}", r"x_{i,d}", r"x_{i d}"]
    assert len({read(text, notation="naive_bayes").expression for text in texts}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\ell(\mu, \sigma^2, \alpha) = 0", "Eq(ell(mu, sigma2, alpha), 0)"),
        (r"\ell(\mu) + \mu_{kd}", "ell(mu, sigma2, alpha) + mu[k, d]"),
        (r"\ell(\beta)", "ell(beta)"),
        (r"\mu + \mu_{kd}", "mu_0 + mu[k, d]"),
        (r"\mu_{kd} + \mu + \mu_k", "mu_0 + mu[k, d] + mu_1[k]"),
    ],
)
def test_a_declared_array_keeps_its_name_beside_the_bare_letter(text: str, expected: str) -> None:
    assert str(read(text, notation="naive_bayes").expression) == expected


def test_a_declared_array_may_lend_its_letter_to_the_end_of_a_range() -> None:
    assert str(read(r"\sum_{i=1}^{x} x_i + x", notation="likelihood").expression) == "N_x + Sum(x[i], (i, 1, N_x))"
