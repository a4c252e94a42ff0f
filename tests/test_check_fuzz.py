"""Fuzzing the reader: whatever comes in, a reading or a named error comes out, and the same text reads the same twice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivations.check.reader.errors import ERRORS, ReadingError
from derivations.check.reader.notation import notation_names
from derivations.check.reader.reading import read

PIECES = [
    r"\Bigr|_{x=0}", r"\left. x \right|_{x=1}", "^{(i)}", "_{i}", r"\frac{d}{dx}", r"\frac{\partial f}{\partial x_j}",
    r"\sum_{j \ne i}",
    r"_{y_i=k}", r"\begin{vmatrix}", r"\end{vmatrix}", r"\int_0^1", "dx", r"\text{arg max}_", r"\operatorname{foo}",
    r"\min_{x \in S}",
    r"\mathbb{E}[", r"\lim_{x \to 0}",
    "x", "y", "i", "N", "k", "1", "2", "23", "0.5", "+", "-", "=", "<", r"\le ", r"\cdot ", "/", "^", "_", "{", "}", "(",
    ")", "[", "]", "|", r"\|",
    r"\{", r"\}", ",", ";", ":", ".", "'", "!", "&", r"\\", r"\frac", r"\sqrt", r"\sum", r"\prod", r"\int", r"\log ",
    r"\exp", r"\left(", r"\right)",
    r"\left|", r"\right|", r"\left.", r"\mathbb{1}", r"\mathbf", r"\hat ", r"\bar{x}", r"\mu ", r"\sigma ", r"\partial ",
    r"\nabla ", r"\text{if }",
    r"\text{loss}", r"\operatorname{tr}", r"\begin{cases}", r"\end{cases}", r"\begin{pmatrix}", r"\end{pmatrix}", r"\quad ",
    r"\dots ", r"\top ",
    r"\in ", r"\sim ", r"\to ", r"\infty ", r"\Rightarrow ", r"\max ", r"\arg\min ", r"\binom", r"\choose ", r"\over ",
    r"\mid ", r"\ne ", r"\pm ",
    "d", "e", "P", "E", "T", "$", "%", "~", " ", r"\,", r"\not", r"\underbrace", r"\boxed", r"\lvert ", r"\rvert ",
    r"\substack", r"\limits", "σ", "∑",
    "≤", "\n", r"\overset{a}{=}", r"\color{red}", r"\tag{1}", r"\label", r"\mathrm", r"\delta", "I", r"\det ", r"\langle ",
    r"\rangle ", r"\lfloor ",
    "²", "ᵢ", "√", "𝑥", "其中", r"\pdv", r"\abs", r"\qty", r"\mathop", r"\mathrel{=}", r"\cancelto{0}", r"\xrightarrow{d}",
    r"\pmod", r"\begin{array}{rcl}", r"\end{array}", r"\left\{", r"\right.", r"\text{otherwise}", "{_k}", "<t>",
    r"\quad and\quad ",
    "s.t.", "π", "1-", "X'X", "!!", r"\sum_{i \ne j}", r"\underset{i}", r"\log\frac{a}{b}", r"\Gamma(",
]  # fmt: skip


DECLARED = [
    r"\mu_{kd}", r"x_d^{(i)}", "y^{(i)}", r"\sigma_d^2", r"\ell(", r"\alpha_k", r"\theta^{k+1}", "x_i", r"\mu_{y_i d}", r"\mu_k",
    "w_{ij}", "p_i",
]  # fmt: skip
"""Letters as the project's tables declare them, and the same letters with other indices."""


def outcome(text: str, notation: str = "coursework") -> str:
    try:
        found = read(text, notation=notation)
        return f"{found.kind} {found.sides}"
    except ReadingError as failure:
        return checked(failure, text)


def checked(failure: ReadingError, text: str) -> str:
    assert type(failure) in ERRORS
    assert 0 <= failure.start <= len(text)
    assert failure.line >= 1
    assert failure.column >= 1
    assert str(failure)
    return failure.name


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_pieces_of_latex_end_in_a_reading_or_a_named_error(text: str) -> None:
    assert outcome(text) == outcome(text)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*PIECES, *DECLARED]), max_size=10).map("".join), st.sampled_from(notation_names()))
def test_pieces_of_latex_are_read_in_every_notation(text: str, notation: str) -> None:
    outcome(text, notation)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_ends_in_a_reading_or_a_named_error(text: str) -> None:
    outcome(text)


@pytest.mark.long
@settings(max_examples=4000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_many_pieces_of_latex_end_in_a_reading_or_a_named_error(text: str) -> None:
    outcome(text)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [r"\sum_{i=1}^N \frac{(x_i - \mu)^2}{2\sigma^2}", r"\left|\frac{a}{b}\right| + \sqrt{x}", r"P(x|y) = \frac{p}{q}"]
    ),
    st.data(),
)
def test_a_damaged_formula_ends_in_a_reading_or_a_named_error(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, min(first + 6, len(text))))
    outcome(text[:first] + data.draw(st.sampled_from(["", *PIECES])) + text[last:])
