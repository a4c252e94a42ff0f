"""Hostile input: nothing is executed, nothing hangs, every refusal has a name."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from derivations.check.compare import compare
from derivations.check.reader.errors import ERRORS, ReadingError
from derivations.check.reader.parser import parse
from derivations.check.reader.reading import read

LIMIT = 0.1
"""Seconds of this process within which a refusal must come."""

ERRORS_BY_TEXT = [
    (r"\frac{1}{2", "MissingBrace"),
    ("x}", "MissingBrace"),
    (r"\left( x", "UnbalancedLeft"),
    (r"x \right)", "UnbalancedLeft"),
    (r"\frac{}{2}", "EmptyFraction"),
    (r"\frac{1}{}", "EmptyFraction"),
    (r"\frac{1}", "EmptyFraction"),
    (r"\sqrt{}", "EmptyFraction"),
    ("x^", "BareScript"),
    ("x_", "BareScript"),
    ("^2", "BareScript"),
    ("x^{}", "BareScript"),
    ("x__i", "BareScript"),
    ("x_1_2", "DoubleScript"),
    ("x^2^3", "DoubleScript"),
    (r"\sum_{i}_{j} x", "DoubleScript"),
    ("a $ b", "StrayDollar"),
    ("a & b", "UnexpectedText"),
    ("1 2 x", "UnexpectedText"),
    (r"\begin{foo} x \end{foo}", "UnknownCommand"),
    (r"\begin{cases} 1 \end{matrix}", "UnmatchedEnvironment"),
    (r"x \end{cases}", "UnmatchedEnvironment"),
    (r"\left( \begin{matrix} x \right) \end{matrix}", "UnmatchedEnvironment"),
    (r"\hat{}", "EmptyFraction"),
    (r"\mathbf{} x", "EmptyFraction"),
    (r"\pdv{}{x}", "EmptyFraction"),
    (r"\sum_{i=1}^N + 3", "MissingOperand"),
    ("a * / b", "MissingOperand"),
    ("a + * b", "MissingOperand"),
    (r"a = \ge b", "MissingOperand"),
    (r"a \over", "MissingOperand"),
    (r"{a \over b \over c}", "MissingOperand"),
    ("| x", "MissingBracket"),
    ("|x|y|", "MissingBracket"),
    (r"\lceil x \rfloor", "MissingBracket"),
    (r"\sum_{=1}^N x", "UnreadableRange"),
    ("\\text{a\u202eb}", "ForbiddenCharacter"),
    ("a\ue002b", "ForbiddenCharacter"),
    ("(a + b", "MissingBracket"),
    ("a + b)", "MissingBracket"),
    ("(a + b]", "MissingBracket"),
    (r"\foo x", "UnknownCommand"),
    (r"\begin{cases} 1 & x", "UnmatchedEnvironment"),
    ("", "NothingToRead"),
    ("   ", "NothingToRead"),
    ("$$", "NothingToRead"),
    (r"\sum_{i=1}^N", "MissingOperand"),
    (r"\log", "MissingOperand"),
    ("a\x00b", "ForbiddenCharacter"),
    ("a\u202eb", "ForbiddenCharacter"),
    ("\u0430 + b", "ForbiddenCharacter"),
    ("\u0391 + b", "ForbiddenCharacter"),
    ("\uff58 + y", "ForbiddenCharacter"),
    ("😀", "ForbiddenCharacter"),
    ("(" * 300 + "x" + ")" * 300, "TooDeep"),
    ("{" * 300 + "x" + "}" * 300, "TooDeep"),
    ("x+" * 5000 + "x", "TooLong"),
    ("1" * 5000, "NumberTooLong"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), ERRORS_BY_TEXT, ids=[f"{row[1]}-{place}" for place,
row in enumerate(ERRORS_BY_TEXT)])
def test_a_refusal_has_its_name_and_comes_at_once(text: str, name: str) -> None:
    with suppress(ReadingError):
        read(text).built  # noqa: B018  (the scanners of the grammar are built once)
    parse.cache_clear()
    started = time.process_time()
    with pytest.raises(ReadingError) as caught:
        read(text).built  # noqa: B018
    assert time.process_time() - started < LIMIT
    assert caught.value.name == name
    assert type(caught.value) in ERRORS


def test_an_error_points_at_its_place() -> None:
    with pytest.raises(ReadingError) as caught:
        read("a +\n\\foo x")
    assert (caught.value.line, caught.value.column) == (2, 1)
    assert str(caught.value).splitlines()[-2:] == [r"  \foo x", "  ^"]


def test_an_error_shows_its_line_under_a_caret() -> None:
    with pytest.raises(ReadingError) as caught:
        read("a = b \\\\\n\\frac{1}{2} + \\begin{cases} 1 & x")
    assert (caught.value.line, caught.value.column) == (2, 15)
    assert str(caught.value).splitlines()[-1].index("^") == 2 + 14


def test_dollars_in_pairs_stand_around_words() -> None:
    found = read("$a = b$ and $c = d$")
    assert [[str(side) for side in sides] for sides in found.sides if sides] == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("text", ["a % } (", r"a % \begin{cases}"])
def test_a_comment_opens_and_closes_nothing(text: str) -> None:
    assert str(read(text).expression) == "a"


TOLD_APART = [("[0, 1]", "(0, 1)"), ("[0, 1)", "(0, 1]"), ("3!!", "(3!)!"), ("10\\,000", "10 * 000")]


@pytest.mark.parametrize(("one", "other"), TOLD_APART)
def test_what_looks_alike_is_told_apart(one: str, other: str) -> None:
    assert read(one).expression != read(other).expression


HARMLESS = [
    r"\text{__import__('os').system('touch /tmp/harm')}",
    r"\operatorname{__import__}(x)",
    r"\text{eval}(\text{open})",
    r"\mathrm{exec}(1)",
    r"\text{lambda: 0}",
    r"x_{\text{__class__}}",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_code_in_words_is_only_words(text: str) -> None:
    try:
        expression = read(text).expression
    except ReadingError:
        return
    assert "os" not in {type(part).__module__ for part in expression.atoms()} if expression is not None else True


HEAVY = [
    "9^{9^{9^{9}}}", "9^{9^{9^{9}}} + x", r"(9^{99999999})!", "10000000!", r"\binom{10^{9}}{5 \cdot 10^{8}}",
    r"\sum_{i=1}^{10^{9}} i",
    r"\sum_{i=1}^{10^{9}} \sin(i x)", r"\prod_{i=1}^{10^{6}} i!", "(a+b+c+d+e)^{200}", "(1+x)^{100000}", r"e^{e^{e^{e^{10}}}}",
    r"\sum_{i=1}^{1000}\sum_{j=1}^{1000}\sum_{k=1}^{1000} x^{i j k}", "2^{x^{2^{x}}}", "x^{10^{100}}", r"\sqrt[10^{10}]{x}",
    "0^{-1}", "0^0", r"\frac{1}{0}",
    r"\log 0", r"\int_0^{10^{9}} \sin(x^2) dx", r"\lfloor 10^{10^{10}} \rfloor", "+".join(f"x^{{{k}}}" for k in range(400)),
]  # fmt: skip


@pytest.mark.parametrize("text", HEAVY, ids=[text[:30] for text in HEAVY])
def test_reading_evaluates_nothing(text: str) -> None:
    started = time.process_time()
    read(text).built  # noqa: B018
    assert time.process_time() - started < 1.0


@pytest.mark.long
@pytest.mark.parametrize("text", HEAVY, ids=[text[:30] for text in HEAVY])
def test_heavy_formulas_get_a_verdict_in_time(text: str) -> None:
    started = time.perf_counter()
    found = compare(text, "x + 1", timeout=1.0)
    assert found.evidence in ("refuted", "undecided", "timeout")
    assert time.perf_counter() - started < 4.0


@pytest.mark.parametrize("character", ["\u0378", "\U0001d455", "\u03b0", "\u0370"])
def test_letters_that_are_none_are_refused(character: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read(f"{character} + 1")
    assert caught.value.name == "ForbiddenCharacter"


def test_thousands_of_signs_are_a_verdict() -> None:
    assert compare("-" * 3000 + "x", "x", isolated=False).evidence == "proved"


def test_a_timeout_that_is_no_number_of_seconds_is_refused() -> None:
    with pytest.raises(ValueError, match="positive number"):
        compare("x", "x", timeout=0)


def test_a_letter_has_no_more_indices_than_an_array_may() -> None:
    with pytest.raises(ReadingError) as caught:
        read("z_{" + "i" * 40 + "}")
    assert caught.value.name == "TooManyTokens"
