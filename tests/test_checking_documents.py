"""Splitting: formulas, rows, tables and positions in Markdown, LaTeX, text and notebooks."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.check.checking import check
from derivations.check.documents import UnknownFormat, format_of, split
from derivations.check.documents.macros import expanded, macros_in
from derivations.check.documents.notebook import NotebookError
from derivations.check.documents.plain import is_formula
from derivations.check.documents.rows import rows_of, starts_with_relation
from derivations.check.documents.tables import arithmetic_in


def latexes(text: str, form: str = "markdown") -> list[str]:
    return [" ".join(line.latex.split()) for line in split(text, form).lines]


def places(text: str, form: str = "markdown") -> list[tuple[int, int]]:
    document = split(text, form)
    return [document.place(line.start) for line in document.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a $x = 1$ b", ["x = 1"]),
        ("$$x = 1$$", ["x = 1"]),
        ("$$\nx = 1\n$$", ["x = 1"]),
        (r"\[ x = 1 \]", ["x = 1"]),
        (r"so \(x = 1\).", ["x = 1"]),
        (r"\begin{equation} x = 1 \end{equation}", ["x = 1"]),
        ("\\begin{align*} a &= b \\\\ &= c \\end{align*}", ["a = b", "= c"]),
        ("\\begin{align} a &= b & c &= d \\end{align}", ["a = b", "c = d"]),
        ("$$\\begin{aligned} a &= b + \\\\ & c \\\\ &= d \\end{aligned}$$", ["a = b + c", "= d"]),
        ("$$\\begin{cases} a \\\\ b \\end{cases} = c$$", ["\\begin{cases} a \\\\ b \\end{cases} = c"]),
        ("```\n$x = 1$\n```\n$y = 2$", ["y = 2"]),
        ("`$x$` and $y = 2$", ["y = 2"]),
        ("it costs 5\\$ and $y = 2$", ["y = 2"]),
        ("<!-- $x = 1$ --> $y = 2$", ["y = 2"]),
        ("$$\\boxed{x = 1}$$", ["x = 1"]),
        ("$$2. a) \\quad x = 1$$", ["x = 1"]),
        ("$$\\text{Define } f = g$$", ["f = g"]),
        ("nothing", []),
        ("", []),
        ("$unclosed", []),
        ("$$unclosed", []),
    ],
)
def test_formulas_of_markdown_are_found(text: str, expected: list[str]) -> None:
    assert latexes(text) == expected


def test_positions_are_those_of_the_file() -> None:
    text = "# Title\n\nLet $n = 2$.\n\n$$\n\\begin{aligned}\na &= b \\\\\n  &= c\n\\end{aligned}\n$$\n"
    assert places(text) == [(3, 6), (7, 1), (8, 4)]


def test_words_between_formulas_are_kept() -> None:
    lines = split("Setting the derivative to zero gives\n\n$$a = 0$$\n\nhence $a = b$").lines
    assert "to zero" in lines[0].before
    assert lines[1].before == "hence"


def test_rows_that_start_with_a_relation_continue() -> None:
    assert [line.continues for line in split("$$a = b \\\\ = c \\\\ d = e$$").lines] == [False, True, False]
    assert starts_with_relation(r"\therefore = c")
    assert not starts_with_relation("a = c")


def test_a_sum_broken_over_rows_is_one_line() -> None:
    assert len(rows_of(r"\begin{aligned} & (1 + \\ & 2) \\ &= 3 \end{aligned}", range(60))) == 2


def test_a_minus_in_front_of_an_equation_starts_a_row() -> None:
    rows = rows_of(r"a = b \\ -c = d", range(20))
    assert [row.latex.strip() for row in rows] == ["a = b", "-c = d"]


def test_a_comment_sets_the_role_of_the_next_line() -> None:
    lines = split("<!-- role: definition --> $a = b$ and $c = d$").lines
    assert [line.role for line in lines] == ["definition", ""]
    assert split("% role: identity\n$a = b$", "latex").lines[0].role == "identity"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$a$ % $b$\n$c$", ["a", "c"]),
        (r"100\% $a$", ["a"]),
        (r"\newcommand{\E}{\mathbb{E}} $\E[x]$", [r"\mathbb{E}[x]"]),
        (r"\newcommand{\v}[1]{\mathbf{#1}} $\v x = \v{y}$", [r"\mathbf{x} = \mathbf{y}"]),
        (r"\def\half{\frac12} $\half$", [r"\frac12"]),
        (r"\DeclareMathOperator{\tr}{tr} $\tr(A)$", [r"\operatorname{tr}(A)"]),
        (r"\DeclarePairedDelimiter\nm{\|}{\|} $\nm{x}$", [r"\left\| x \right\|"]),
        (r"\let\eps\epsilon $\eps x$", [r"\epsilon x"]),
        (r"\newcommand{\h}[1]{\hat#1} $\h x$", [r"\hat x"]),
        (r"$p$ \begin{document} $q$ \end{document} $r$", ["q"]),
        (r"\begin{verbatim} $a$ \end{verbatim} $b$", ["b"]),
        (r"\begin{proof} $a = b$ \end{proof}", ["a = b"]),
        ("\\begin{align}\n a &= b \\\\\n &= c\n\\end{align}", ["a = b", "= c"]),
    ],
)
def test_formulas_of_latex_are_found(text: str, expected: list[str]) -> None:
    assert latexes(text, "latex") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\\newcommand{\\th}{\\theta}\n\n$$\\th = 1$$", [r"\theta = 1"]),
        ("$$\\newcommand{\\d}[2]{\\frac{#1}{#2}}$$\n\n$\\d{a}{b}$", [r"\frac{a}{b}"]),
        ("50% of \\def\\v#1{\\mathbf{#1}} $\\v x$", [r"\mathbf{x}"]),
        ("\\newcommand{\\b}[1]{\\mbox{$#1$}} $a$", ["a"]),
    ],
)
def test_macros_of_markdown_are_expanded_and_their_definitions_no_formulas(text: str, expected: list[str]) -> None:
    assert [latex for latex in latexes(text) if latex] == expected


def test_a_remark_in_a_column_of_its_own_is_no_factor() -> None:
    text = "$$\\begin{aligned} a &= b &(by Jensen) \\\\ &= c & (P(A) = 1) \\end{aligned}$$"
    assert latexes(text) == ["a = b", "= c"]


def test_macros_that_grow_without_end_are_left_alone() -> None:
    macros = macros_in(r"\newcommand{\a}{" + "b" * 3000 + "}")
    assert expanded(r"\a" * 1000, range(2000), macros)[0] == r"\a" * 1000


def test_macros_that_call_themselves_end() -> None:
    macros = macros_in(r"\newcommand{\a}{\a\a}")
    assert len(expanded(r"\a", range(2), macros)[0]) < 50_000


def test_what_comes_out_of_a_macro_stands_where_the_macro_stood() -> None:
    text = "\\newcommand{\\b}{\\beta}\n$a = \\b$"
    line = split(text, "latex").lines[0]
    assert line.latex == r"a = \beta"
    assert text[line.at(line.latex.index(r"\beta"))] == "\\"


def test_cells_of_a_notebook_keep_their_place() -> None:
    cells = [{"cell_type": "code", "source": ["x = 1"]}, {"cell_type": "markdown", "source": ["one\n", "\\u00e9 $a = b$"]}]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    document = split(text, "notebook")
    assert [line.latex for line in document.lines] == ["a = b"]
    assert text[document.lines[0].start :].startswith("a = b")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"cells": 1}', "{"])
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(NotebookError):
        split(text, "notebook")


def test_plain_text_lines_are_told_from_words() -> None:
    assert is_formula("(a+b)^2 = a^2 + 2ab + b^2")
    assert is_formula("sigma^2 = alpha + 1")
    assert not is_formula("we see that this is equal = to that")
    assert latexes("first words here\nx = 1\n= 2 - 1\n", "text") == ["x = 1", "= 2 - 1"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnknownFormat, match="docx"):
        split("", "docx")


def test_the_format_is_told_by_name_or_by_text() -> None:
    assert format_of("a.ipynb", "") == "notebook"
    assert format_of("a.txt", r"\documentclass{article}") == "latex"
    assert format_of("a", "x $y$") == "markdown"


def test_cells_of_tables_are_lines_with_titles() -> None:
    text = "| layer | units | weights |\n|---|---|---|\n| conv 1 | 12 | 3 × 4 = 12 |\n"
    lines = split(text).lines
    assert [(line.latex.strip(), line.cell.row_title, line.cell.column_title) for line in lines if line.cell] == [
        ("12", "conv 1", "units"),
        ("3 × 4 = 12", "conv 1", "weights"),
    ]


def test_rows_of_results_continue_the_row_above() -> None:
    text = "layer\tunits\tweights\nconv\t3×4\t2x5\n\t= 12\t= 10\n"
    assert latexes(text) == ["3×4 = 12", "2×5 = 10"]


def test_tables_of_latex_are_read() -> None:
    text = "\\begin{tabular}{ll}\nlayer & units \\\\ \\hline\nconv & $12$ \\\\\n\\end{tabular}"
    assert latexes(text, "latex") == ["12"]


def test_tags_are_left_out_and_words_between_rows_are_kept() -> None:
    text = "\\begin{align*} a &= b \\tag*{\\footnotesize \\textit{see} (2)} \n\\intertext{so that $x$ is} \n c &= d \\end{align*}"
    lines = split(text, "latex").lines
    assert [line.latex.split() for line in lines] == [["a", "=", "b", "\\text{", "see", "(2)}"], ["c", "=", "d"]]
    assert "so that $x$ is" in lines[1].before


def test_arithmetic_in_words_is_found() -> None:
    assert [formula for formula, _ in arithmetic_in("so 3 x 4 = 12 and a = 5, 2*(3+1) = 8.", 0)] == ["3 × 4 = 12", "2×(3+1) = 8"]


@given(st.text(alphabet="a=$\\[](){}&\n+-^_ \t|%`<!->beginalgd1.", max_size=120), st.sampled_from(["markdown", "latex", "text"]))
def test_any_text_is_split_and_every_place_is_in_the_file(text: str, form: str) -> None:
    document = split(text, form)
    for line in document.lines:
        assert 0 <= line.start <= line.end <= len(text) + 1
        assert len(line.origin) == len(line.latex)


PLACES = [
    ("markdown", "# T\r\n\r\nSo $a = b$ and\r\n$$\r\nc = d\r\n$$\r\n", [(3, 5, "a = b"), (5, 1, "c = d")]),
    ("markdown", "# T\r\rSo $a = b$ and\r$$\rc = d\r$$\r", [(3, 5, "a = b"), (5, 1, "c = d")]),
    ("markdown", "\t$a = b$\n\n1.\t$c = d$\n-\t\t$e = f$", [(1, 3, "a = b"), (3, 5, "c = d"), (4, 5, "e = f")]),
    ("markdown", "> So $a = b$\n> $$\n> c = d\n> $$\n", [(1, 7, "a = b"), (3, 3, "c = d")]),
    ("markdown", "> \\begin{align}\n> e &= f \\\\\n>   &= g\n> \\end{align}\n", [(2, 3, "e &= f"), (3, 6, "= g")]),
    ("markdown", "```math\na = b\n```\nand $`c = d`$", [(2, 1, "a = b"), (4, 7, "c = d")]),
    ("markdown", "costs \\$5, $a = b$; price $5 and $6 apples; $c=d$", [(1, 13, "a = b"), (1, 46, "c=d")]),
    ("markdown", "ä𝔸🙂 $a = b$ – $σ² = 1$ 日本語 $c = d$", [(1, 6, "a = b"), (1, 16, "σ² = 1"), (1, 29, "c = d")]),
    ("markdown", "$$ a = b\n\nwe forgot to close it, so $c = d$\n\n$$ e = f $$", [(3, 28, "c = d"), (5, 4, "e = f")]),
    ("markdown", "$$\n> 0\n$$ and <!-- $a = b$ --> $c = d$ <!-- $e", [(2, 1, "> 0"), (3, 26, "c = d")]),
    ("latex", "\\verb|$x=1$| $h = i$ % $q = 1$\n\\[ a % so\n = b \\]", [(1, 15, "h = i"), (2, 4, "a % so\n = b")]),
    ("text", "  a = b\n(1) c = d\r\n> e = f\n* g = h\n", [(1, 3, "a = b"), (2, 5, "c = d"), (3, 3, "e = f"), (4, 3, "g = h")]),
]


@pytest.mark.parametrize(("format", "text", "places"), PLACES)
def test_lines_are_placed_in_the_original_file(format: str, text: str, places: list[tuple[int, int, str]]) -> None:
    document = split(text, format)
    assert [(*document.place(line.start), document.source(line)) for line in document.lines] == places


def test_what_is_not_read_is_noted_with_its_place() -> None:
    body = "$1 + 1 = 2$\n\\input{rest}\n\\includegraphics[width=2cm]{a.png}"
    report = check(f"\\begin{{document}}\n{body}\n\\end{{document}}", format="latex")
    rest = "line 3: \\input{rest} is not read; check that file too"
    assert report.notes == (rest, "line 4: the picture a.png is not read")
    assert check("![my work](photo.jpg)").notes == ("line 1: the picture photo.jpg is not read",)
    assert report.as_dict()["notes"] == list(report.notes)


OPENED = (
    r"\[ a ", r"\( a ", r"\begin{align} a ", "$ a\n\n", "$$ a ", "`a``b", "```\n", "<!-- ", "1 × ", "(1 + ", "((((", "1 = ",
    "(1 + 2) = ", "![a](", "<img ", "\\input[", "> $$\n> a", "a\tb\n", "{", r"\text{",
)  # fmt: skip


@pytest.mark.parametrize("opened", OPENED)
@pytest.mark.parametrize("format", ["markdown", "latex", "text"])
def test_what_is_never_closed_takes_linear_time(opened: str, format: str) -> None:
    def steps(length: int) -> float:
        text = opened * (length // len(opened))
        started = time.process_time()
        split(text, format)
        return time.process_time() - started

    steps(1_000)
    assert steps(40_000) < 1.0
