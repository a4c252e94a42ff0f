"""`derivations mle`: names, densities in text, files, exit codes, hostile text."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sympy import Symbol

from derivations.cli import main
from derivations.subjects.likelihood.files import BadFile, numbers, parse
from derivations.subjects.likelihood.text import BadText, expression


def run(*arguments, text=None):
    return CliRunner().invoke(main, ["mle", *arguments], input=text)


def test_a_named_density_is_derived():
    found = run("weibull", "--known", "k")
    assert found.exit_code == 0
    assert "Conclusion" in found.output


def test_no_closed_form_exits_with_three():
    assert run("gamma").exit_code == 3


def test_a_density_in_text_is_derived_as_json():
    found = run("--density", "a*x**(a-1)", "--data", "x:unit-interval", "--parameter", "a:positive", "--json")
    assert json.loads(found.output)["conclusion"]["kind"] == "unique-maximum"


def test_a_support_in_text_may_hold_a_parameter():
    found = run("--density", "1/theta", "--data", "x:0..theta", "--parameter", "theta:positive", "--json")
    assert json.loads(found.output)["conclusion"]["kind"] == "boundary-maximum"


def test_a_file_is_fitted_with_standard_errors(tmp_path):
    file = tmp_path / "values.csv"
    file.write_text("height\n1.0\n2.0\n6.0\n")
    found = json.loads(run("normal", "--data-file", str(file), "--json").output)
    assert found["estimates"] == pytest.approx({"mu": 3.0, "sigma2": 14 / 3})
    assert found["standard_errors"]["mu"] == pytest.approx(np.sqrt(14 / 9))


def test_standard_input_and_arrays_are_read(tmp_path):
    assert "mu     = 2" in run("normal", "--data-file", "-", text="1\n3\n").output
    np.save(tmp_path / "values.npy", np.array([1.0, 3.0]))
    assert "mu     = 2" in run("normal", "--data-file", str(tmp_path / "values.npy")).output


def test_a_bad_row_is_named_with_its_line():
    found = run("normal", "--data-file", "-", text="1\n2\nthree\n")
    assert found.exit_code == 2
    assert "line 3" in found.output


@pytest.mark.parametrize("arguments", [
    (), ("wiebull",), ("normal", "--density", "x"), ("--density", "x"), ("weibull", "--data-file", "-", "--known", "k"),
    ("--density", "x*y", "--data", "x:real", "--parameter", "a:real"), ("normal", "--data", "x:real"),
    ("--density", "a*x", "--data", "x:nowhere", "--parameter", "a:real"),
])  # fmt: skip
def test_usage_errors_exit_with_two(arguments):
    assert run(*arguments, text="1\n2\n").exit_code == 2


@pytest.mark.parametrize("text", [
    '__import__("os").system("ls")', "x.__class__", "[1][0]", "lambda: 1", "x if x else 1", "9**9**9**9", "1" * 50, "x;x",
    "exp(x", "exp(x, x)", "f(x)", "'a'", "x @ x", "x % 2", "exp(" * 100 + "x" + ")" * 100, "-" * 200 + "x", "1/0", "0**-1",
    "1e999", "gamma(10**9)", "factorial(100000)", "x < 1", "True", "x**1e9", "binomial(n=1, k=2)", "*x", "x" * 3000, "",
])  # fmt: skip
def test_hostile_or_malformed_text_is_refused(text):
    with pytest.raises(BadText):
        expression(text, {"x": Symbol("x", positive=True)})


@pytest.mark.parametrize(("text", "line"), [("1\n\n2\nx\n", 4), ("a,b\n1,2\n3\n", 3), ("1\ninf\n", 2), ("1\nnan\n", 2)])
def test_bad_rows_carry_their_line(text, line):
    with pytest.raises(BadFile) as caught:
        parse(text, column="1" if "," in text else None)
    assert caught.value.line == line


def test_columns_are_found_by_heading_and_number():
    assert parse("a,b\n1,2\n3,4\n", column="b").tolist() == [2.0, 4.0]
    assert parse("1,2\n3,4\n", column="2").tolist() == [2.0, 4.0]
    with pytest.raises(BadFile, match="columns"):
        parse("a,b\n1,2\n")
    with pytest.raises(BadFile, match="no column"):
        parse("a,b\n1,2\n", column="c")


@pytest.mark.parametrize(("arguments", "text", "line", "wanted"), [
    (("exponential",), "x\n1\n\n-2\n", 4, "a positive number"), (("poisson",), "1\n2.5\n", 2, "a whole number from 0"),
    (("beta-first",), "0.5\n1.5\n", 2, "a number between 0 and 1"), (("bernoulli",), "0\n1\n2\n", 3, "up to 1"),
    (("binomial", "--known", "n=5"), "0\n7\n", 2, "up to 5"), (("geometric",), "1\n0\n", 2, "from 1"),
    (("--density", "t/x**(t+1)", "--data", "x:1..oo", "--parameter", "t:positive"), "2\n0.5\n3\n", 2, "from 1"),
    (("--density", "1/(b-c)", "--data", "x:c..b", "--parameter", "b:real", "--known", "c=1"), "2\n0.5\n", 2, "from 1"),
])  # fmt: skip
def test_a_value_outside_of_the_support_names_its_line(arguments, text, line, wanted):
    found = run(*arguments, "--data-file", "-", text=text)
    assert found.exit_code == 2
    assert f"line {line}:" in found.output
    assert wanted in found.output


def test_a_value_outside_of_the_support_of_an_array_names_its_entry(tmp_path):
    np.savez(tmp_path / "both.npz", good=np.array([1.0, 2.0]), bad=np.array([1.0, 2.0, -3.0]))
    assert "entry 3" in run("exponential", "--data-file", str(tmp_path / "both.npz"), "--column", "bad").output
    assert run("exponential", "--data-file", str(tmp_path / "both.npz"), "--column", "good").exit_code == 0
    assert "good, bad" in run("exponential", "--data-file", str(tmp_path / "both.npz")).output


def test_data_that_no_parameter_allows_are_refused():
    model = ("--density", "1/t", "--data", "x:t..2*t", "--parameter", "t:positive")
    assert run(*model, "--data-file", "-", text="1\n2\n").exit_code == 0
    found = run(*model, "--data-file", "-", text="1\n5\n")
    assert found.exit_code == 2
    assert "no values of the parameters allow" in found.output


def test_information_and_bias_are_derived_or_refused():
    assert "Evidence: proved" in run("normal", "--information").output
    assert "N − 1" in run("exponential", "--bias").output
    for arguments in (("uniform", "--information"), ("geometric", "--bias"), ("cauchy", "--information")):
        found = run(*arguments)
        assert found.exit_code == 3
        assert "no closed form" in found.output
    assert run("normal", "--information", "--bias").exit_code == 2


def test_a_fit_is_a_table_with_standard_errors():
    lines = run("normal", "--data-file", "-", text="1\n2\n6\n").output.splitlines()
    assert [line.index("=") for line in lines if "=" in line] == [9, 9]
    assert "± one asymptotic standard error" in lines


def test_a_fit_is_not_written_as_a_derivation():
    assert "text or json" in run("normal", "--data-file", "-", "--format", "latex", text="1\n2\n").output


def test_other_separators_are_pointed_out():
    assert "commas" in run("normal", "--data-file", "-", text="1;2\n3;4\n").output


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadFile, match="cannot be read"):
        numbers(str(tmp_path / "none.csv"))
