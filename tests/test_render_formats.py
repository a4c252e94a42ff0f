"""A derivation in every format: chains, rules, premises, conditions, the boxed conclusion."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from render_samples import mean_derivation
from sympy import Symbol

from derivations.core.derivation import Conclusion, Derivation, Kind
from derivations.core.evidence import Evidence, Word
from derivations.core.statements import Equation, Implication, InRange, NonZero, NoStationaryPoint, Positive
from derivations.core.symbols import Declarations
from derivations.render import RENDERERS
from derivations.render.document import document_of
from derivations.render.letters import width
from derivations.render.mathematics import Composer
from derivations.render.notation import Notation
from derivations.render.sentences import row_latex, rows_of_statement, rule_words
from derivations.render.text import to_text

WRITTEN = ["text", "latex", "markdown", "html", "notebook", "notebook-latex"]
WITH_PROSE = ["text", "latex", "markdown", "html", "notebook"]


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    return mean_derivation()


@pytest.mark.parametrize("form", WRITTEN)
def test_no_format_shows_what_sympy_calls_things(derivation: Derivation, form: str) -> None:
    printed = RENDERERS[form](derivation)
    for name in ("KroneckerDelta", "Derivative(", "Indexed", "sigma2", "Sum("):
        assert name not in printed


@pytest.mark.parametrize("form", WITH_PROSE)
def test_every_format_has_title_headings_notes_rules_and_evidence(derivation: Derivation, form: str) -> None:
    printed = RENDERERS[form](derivation)
    for words in (
        derivation.title,
        "The stationary point",
        "Count the samples of each class.",
        "chain rule",
        "unique minimum",
        "number of samples",
        "The likelihood is largest at the mean of each class.",
        "Valid when",
        "proved",
    ):
        assert " ".join(words.split()) in " ".join(printed.split())


@pytest.mark.parametrize("form", WRITTEN)
def test_rendering_is_deterministic(derivation: Derivation, form: str) -> None:
    assert RENDERERS[form](derivation) == RENDERERS[form](mean_derivation())


def test_chain_prints_its_left_side_once(derivation: Derivation) -> None:
    score = document_of(derivation).sections[1].blocks[0]
    assert [line.left is None for line in score.lines] == [False, True, True, True]
    assert derivation.to_latex().count(r"\frac{\partial \ell}{\partial \mu_{k d}} &=") == 1


def test_equations_in_an_unknown_are_joined_by_arrows(derivation: Derivation) -> None:
    stationary = document_of(derivation).sections[2].blocks[0]
    assert [line.arrow for line in stationary.lines] == [False, True, True]
    assert derivation.to_latex().count(r"\Longleftrightarrow") == 2


def test_sources_are_named_only_when_not_the_line_above(derivation: Derivation) -> None:
    lines = {line.number: line for s in document_of(derivation).sections for b in s.blocks for line in b.lines}
    assert lines[6].sources == ()
    assert lines[7].sources == (6, 2)


def test_premises_are_set_apart_from_derived_lines(derivation: Derivation) -> None:
    lines = {line.number: line for s in document_of(derivation).sections for b in s.blocks for line in b.lines}
    assert [number for number, line in lines.items() if line.premise] == [1, 2, 3, 8]
    assert r"\textsc{given}" in derivation.to_latex()
    assert r"\textit{chain rule}" in derivation.to_latex()


def test_weak_evidence_is_said_in_every_format(derivation: Derivation) -> None:
    steps = list(derivation.steps)
    steps[5] = replace(steps[5], evidence=Evidence(Word.AGREES, "20 instances", instances=20, seed=1))
    weak = replace(derivation, steps=tuple(steps))
    for form in WRITTEN:
        assert RENDERERS[form](weak).count("agrees") > RENDERERS[form](derivation).count("agrees")


def test_note_inside_a_chain_does_not_repeat_the_left_side(derivation: Derivation) -> None:
    steps = list(derivation.steps)
    steps[5] = replace(steps[5], note="Only the samples of class $k$ count.")
    noted = replace(derivation, steps=tuple(steps))
    block = document_of(noted).sections[1].blocks[0]
    assert [line.note for line in block.lines] == ["", "", "Only the samples of class $k$ count.", ""]
    assert r"\intertext{Only the samples of class $k$ count.}" in noted.to_latex()


def test_conditions_stand_at_their_line_and_at_the_end(derivation: Derivation) -> None:
    printed = derivation.to_latex()
    assert r"\textit{multiply both sides}, $\sigma_{d}^{2} \ne 0$" in printed
    assert r"Valid when $N_{k} > 0$, $1 \le d \le D$, $\sigma_{d}^{2} \ne 0$." in printed


def test_conclusion_is_boxed(derivation: Derivation) -> None:
    for form in ("latex", "markdown", "html", "notebook", "notebook-latex"):
        assert RENDERERS[form](derivation).count(r"\boxed{") == 1
    assert "┌──" in derivation.to_text()


def test_definitions_used_by_the_result_are_recalled(derivation: Derivation) -> None:
    ending = derivation.to_latex().split(r"\boxed")[1]
    assert r"Here $\displaystyle N_{k} = \sum_{i=1}^{N} \mathbb{1}[y^{(i)} = k]$." in ending


def test_symbols_that_do_not_occur_are_not_listed(derivation: Derivation) -> None:
    symbols = [entry.meaning for entry in document_of(derivation).symbols]
    assert "number of samples" in symbols
    assert "Lagrange multiplier" not in symbols


def test_titles_are_underlined_over_the_width_they_have_in_the_terminal(derivation: Derivation) -> None:
    shown, mark = to_text(replace(derivation, title=r"The mean $\hat{\mu}_{k}$")).splitlines()[:2]
    assert (shown, mark) == ("The mean μ̂_k", "═" * 12)


@pytest.mark.parametrize("form", WITH_PROSE)
def test_what_concludes_nothing_has_no_evidence_no_frame_and_no_empty_table(form: str) -> None:
    conclusion = Conclusion(Kind.REFUSED, (), "No estimate is claimed.")
    printed = RENDERERS[form](Derivation("none", "Nothing", "", Declarations(()), (), conclusion))
    assert "No estimate is claimed." in printed
    body = printed[: printed.find("<script")] if form == "html" else printed
    for words in ("proved</", "Evidence", "┌", "aligned", "tabular", "<table", "| symbol", "Symbols"):
        assert words not in body


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_text_fits_its_width_and_has_no_colours(derivation: Derivation, columns: int) -> None:
    printed = to_text(derivation, columns)
    assert max(width(line) for line in printed.splitlines()) <= columns
    assert "\x1b" not in printed
    assert not any(line.endswith(" ") for line in printed.splitlines())


def test_html_page_needs_nothing_else(derivation: Derivation) -> None:
    page = derivation.to_html()
    outside = re.findall(r"""(?:src|href)=["'](?!#)([^"']*)""", page.split("<script>")[0] + page.split("</script>")[-1])
    assert outside == []
    assert re.findall(r"url\((?!data:)", page) == []
    assert "katex" in page


def test_html_escapes_what_it_shows(derivation: Derivation) -> None:
    named = replace(derivation, title="<script>alert(1)</script>", summary="a < b & c")
    page = named.to_html()
    assert "<script>alert" not in page
    assert "a &lt; b &amp; c" in page


def test_html_links_every_cited_line(derivation: Derivation) -> None:
    page = derivation.to_html()
    targets = set(re.findall(r'id="(line-\d+)"', page))
    assert set(re.findall(r'href="#(line-\d+)"', page)) <= targets
    assert len(targets) == len(derivation.steps)


def test_notebook_latex_is_displays_only(derivation: Derivation) -> None:
    printed = derivation._repr_latex_()
    assert printed.startswith("$$\n\\begin{align")
    assert printed.endswith("$$")
    assert printed.count("$$") == 4
    assert r"\tag" not in printed


STATEMENTS = {
    "a positive count is at least one": (Positive(Symbol("m", integer=True)), r"m \ge 1"),
    "a positive number": (Positive(Symbol("s")), "s > 0"),
    "a range": (InRange(Symbol("i"), Symbol("a"), Symbol("b")), r"a \le i \le b"),
    "a number that is not zero": (NonZero(Symbol("s")), r"s \ne 0"),
    "the step of an induction": (
        Implication((Equation(Symbol("a"), Symbol("b")),), Equation(Symbol("c"), Symbol("d"))),
        r"a = b \Longrightarrow c = d",
    ),
    "no stationary point": (
        NoStationaryPoint(Symbol("f"), Symbol("s"), -1),
        r"\frac{\partial f}{\partial s} < 0",
    ),
}


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_statement_as_a_row(statement: Positive, expected: str) -> None:
    rows = rows_of_statement(statement, Composer(Notation(Declarations())))
    assert [row_latex(row) for row in rows] == [expected]


def test_rule_names_are_words() -> None:
    assert rule_words("log_of_product") == "log of product"
