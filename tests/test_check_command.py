"""`derivations compare` and `derivations read` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derivations.cli import main


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


@pytest.mark.parametrize(("right", "code"), [("2x + 2", 0), ("2x + 1", 1), (r"\frac{1}{2", 3), ("y = 2", 3)])
def test_the_exit_code_tells_the_verdict(right: str, code: int) -> None:
    assert run("compare", "2(x+1)", right).exit_code == code


def test_json_has_the_documented_keys() -> None:
    data = json.loads(run("compare", "x^2", "x", "--json").stdout)
    assert data["schema"] == "derivations/comparison/1"
    assert set(data) == {"schema", "evidence", "counterexample", "reason", "left", "right", "inferred"}
    assert set(data["counterexample"]) == {"sizes", "values", "at", "left", "right"}
    assert data["left"] == {"latex": "x^2", "reading": "x**2"}


def test_one_side_may_come_from_standard_input() -> None:
    assert run("compare", "-", "2x", text="x + x\n").exit_code == 0


def test_a_negative_number_is_no_option() -> None:
    assert run("compare", "-x", "-1 x").exit_code == 0


def test_many_pairs_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text('left,right\nx+x,2x\nx,"2x"\n', encoding="utf-8")
    found = run("compare", "--file", str(file), "--json")
    assert [json.loads(line)["evidence"] for line in found.stdout.splitlines()] == ["proved", "refuted"]
    assert found.exit_code == 1


def test_many_pairs_from_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"left": "x", "right": "x"}\n', encoding="utf-8")
    assert run("compare", "--file", str(file)).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare",),
        ("compare", "x"),
        ("compare", "x", "y", "--file", "z.csv"),
        ("compare", "x", "y", "--notation", "no_such_table"),
    ],
)
def test_wrong_usage_is_exit_code_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_file_without_the_columns_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("a,b\nx,y\n", encoding="utf-8")
    found = run("compare", "--file", str(file))
    assert found.exit_code == 2
    assert "left and right" in found.stderr


def test_a_file_without_rows_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("left,right\n", encoding="utf-8")
    assert run("compare", "--file", str(file)).exit_code == 2


def test_a_bad_row_is_unreadable_and_the_others_are_compared(tmp_path: Path) -> None:
    rows = tmp_path / "pairs.jsonl"
    rows.write_text('{"left": "x", "right": "x"}\nno json\n[1]\n{"left": 1, "right": "x"}\n{"left": "x+x", "right": "2x"}\n')
    found = run("compare", "--file", str(rows), "--json")
    assert [json.loads(line)["evidence"] for line in found.stdout.splitlines()] == [
        "proved", "unreadable", "unreadable", "unreadable", "proved",
    ]  # fmt: skip
    assert json.loads(found.stdout.splitlines()[1])["reason"].startswith("line 2")
    assert found.exit_code == 3
    table = tmp_path / "pairs.csv"
    table.write_text("left,right\nx\nx,x\n", encoding="utf-8")
    assert run("compare", "--file", str(table)).stdout.count("unreadable: line 2") == 1


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_a_timeout_is_a_positive_number(seconds: str) -> None:
    assert run("compare", "x", "x", "--timeout", seconds).exit_code == 2


def test_read_shows_the_statements_and_what_was_inferred() -> None:
    found = run("read", r"\sum_{i=1}^N x_i")
    assert "expression: Sum(x[i], (i, 1, N))" in found.stdout
    assert "taken for granted: x" in found.stdout


def test_read_says_where_a_text_is_not_read() -> None:
    found = run("read", r"\foo", "--json")
    assert found.exit_code == 3
    assert json.loads(found.stdout)["error"] == "UnknownCommand"
