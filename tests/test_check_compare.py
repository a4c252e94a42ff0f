"""Comparing: the verdict, its reason and its counterexample, one property a test."""

from __future__ import annotations

import pytest

import derivations
from derivations.check.compare import Comparison, compare


def verdict(left: str, right: str, **options: object) -> Comparison:
    return compare(left, right, isolated=False, **options)  # type: ignore[arg-type]


def test_the_counterexample_is_the_smallest_one() -> None:
    found = verdict(r"\sum_{i=1}^N x_i^2", r"(\sum_{i=1}^N x_i)^2")
    assert found.evidence == "refuted"
    assert found.counterexample == {"sizes": {"N": 2}, "values": {"x": [1, 1]}, "at": {}, "left": 2, "right": 4}


def test_log_of_a_square_is_not_twice_the_log_for_real_numbers() -> None:
    found = verdict(r"\log x^2", r"2 \log x")
    assert found.evidence == "refuted"
    assert "domains differ" in found.reason


def test_log_of_a_square_is_twice_the_log_for_positive_numbers() -> None:
    table = {"name": "positive x", "symbols": {"x": {"domain": "positive"}}}
    assert verdict(r"\log x^2", r"2 \log x", notation=table).evidence == "proved"


def test_a_pole_on_one_side_is_no_difference() -> None:
    assert verdict(r"\frac{x^2-1}{x-1}", "x+1").evidence == "proved"


def test_a_lost_root_is_named() -> None:
    found = verdict("x^2 = 4", "x = 2")
    assert found.evidence == "refuted"
    assert found.reason == "x = -2 solves the left equation and not the right one"


def test_an_added_root_is_named() -> None:
    assert "x = 0 solves the right equation" in verdict("x = 1", "x^2 = x").reason


def test_a_multiple_and_a_rearrangement_are_the_same_equation() -> None:
    assert verdict("2x + 4 = 0", "x + 2 = 0").evidence == "proved"
    assert verdict("2x + 4 = 0", "x = -2").evidence == "proved"


def test_dividing_by_a_letter_loses_the_case_where_it_is_zero() -> None:
    assert verdict("xy = x", "y = 1").evidence == "refuted"


def test_the_solved_form_of_a_score_equation_is_equal() -> None:
    assert verdict(r"\sum_{i=1}^N (x_i - \mu) = 0", r"\mu = \frac{1}{N} \sum_{i=1}^N x_i").equal


def test_inequalities_are_compared_by_truth() -> None:
    assert verdict("2x < 4", "x < 2").evidence == "proved"
    assert verdict("x < 2", r"x \le 2").evidence == "refuted"
    assert verdict("-x < 2", "x < -2").evidence == "refuted"


def test_an_expression_is_not_compared_with_an_equation() -> None:
    assert verdict("x", "x = 1").evidence == "undecided"


def test_ambiguous_places_must_not_matter() -> None:
    assert verdict(r"1/2\sigma^2", r"\frac{1}{2\sigma^2}").evidence == "undecided"
    assert verdict(r"1/2\sigma^2", r"1/2\sigma^2").evidence == "proved"


def test_an_ellipsis_is_only_equal_to_itself() -> None:
    assert verdict(r"x_1 + \dots + x_n", r"x_1 + \dots + x_n").evidence == "proved"
    assert verdict(r"1 + 2 + \dots - (2 + 4 + \dots)", "-3").evidence == "undecided"


def test_what_is_not_read_is_unreadable_and_says_where() -> None:
    found = verdict(r"\frac{1}{2", "x")
    assert found.evidence == "unreadable"
    assert found.reason.startswith("left: MissingBrace")


def test_constants_of_extreme_size_are_not_said_to_agree() -> None:
    assert verdict(r"1 + e^{-10^{9}}", "1").evidence != "agrees"


def test_letters_that_may_be_matrices_do_not_commute_silently() -> None:
    assert verdict("AB", "BA").evidence == "undecided"
    assert verdict("AB", "AB").evidence == "proved"
    assert verdict("W H M", "M W H").evidence == "proved"
    table = {"name": "numbers", "symbols": {"A": {}, "B": {}}}
    assert verdict("AB", "BA", notation=table).evidence == "proved"


def test_a_multiple_of_a_matrix_equation_is_proved_equal() -> None:
    assert verdict(r"X^\top X w = X^\top y", r"2 X^\top X w = 2 X^\top y").evidence == "proved"
    assert verdict(r"X^\top X w = X^\top y", r"X^\top X w = 2 X^\top y").evidence == "refuted"


def test_integrals_are_compared_by_quadrature() -> None:
    assert verdict(r"\int_0^1 x^2 \, dx", r"\frac13").evidence == "agrees"
    assert verdict(r"\int_0^1 x^2 \, dx", r"\frac12").evidence == "refuted"


def test_matrices_are_proved_equal_and_refuted_on_concrete_sizes() -> None:
    assert verdict(r"(AB)^\top", r"B^\top A^\top").evidence == "proved"
    assert verdict(r"(AB)^\top", r"A^\top B^\top").evidence == "refuted"
    assert verdict(r"\mathbf{A}\mathbf{B}", r"\mathbf{B}\mathbf{A}").evidence == "refuted"


def test_claims_about_arbitrary_functions_are_refuted_by_polynomials() -> None:
    assert verdict("f(x, y)", "f(y, x)").evidence == "refuted"
    assert verdict("f(x + y)", "f(x) + f(y)").evidence == "refuted"
    assert verdict("f(x) + g(x)", "g(x) + f(x)").evidence == "proved"


def test_equations_about_functions_that_are_not_given() -> None:
    assert verdict(r"\frac{\partial \ell}{\partial \mu} = 0", r"2 \frac{\partial \ell}{\partial \mu} = 0").evidence == "proved"
    assert verdict(r"\frac{\partial \ell}{\partial \mu} = 2x", r"\frac{\partial \ell}{\partial \mu} = 3x").evidence == "refuted"
    assert verdict(r"\frac{\partial \ell}{\partial \mu} = 0", r"\ell = 0").evidence == "undecided"


def test_a_function_on_one_side_only_is_undecided() -> None:
    assert verdict("f(x)", "x^2").evidence == "undecided"
    assert verdict("f(x)", "g(x)").evidence == "undecided"


def test_probabilities_are_no_arbitrary_functions() -> None:
    assert verdict("P(y|x) P(x)", "P(x|y) P(y)").evidence == "proved"


def test_several_statements_in_another_order_are_not_refuted() -> None:
    assert verdict("x = 1, y = 2", "y = 2, x = 1").evidence == "undecided"


def test_words_between_statements_count() -> None:
    assert verdict(r"x = 1 \text{ if } y > 0", r"x = 1 \text{ and } y > 0").evidence == "undecided"


def test_formulas_that_agree_on_the_first_few_numbers_are_told_apart() -> None:
    assert verdict(r"\sum_{i=1}^N i", r"\frac{N(N+1)}{2} + (N-1)(N-2)(N-3)(N-4)").evidence == "refuted"
    assert verdict("2^n", r"\sum_{j=0}^{6} \binom{n}{j}").evidence == "refuted"


def test_the_public_name_is_the_comparison() -> None:
    assert derivations.compare("x", "x", isolated=False).equal is True


@pytest.mark.long
def test_the_worker_gives_the_same_verdict() -> None:
    assert compare("2(x+1)", "2x+2").evidence == "proved"


@pytest.mark.long
def test_out_of_time_is_a_verdict_and_the_next_comparison_works() -> None:
    endless = r"\sum_{i=1}^{9000} \sin(i x + 2 \pi)", r"\sum_{i=1}^{9000} \sin(i x)"
    assert compare(*endless, timeout=0.3).evidence == "timeout"
    assert compare("x", "x").evidence == "proved"


def test_digits_lost_to_cancellation_are_no_difference() -> None:
    assert verdict(r"\cosh^2 x - \sinh^2 x", "1").evidence == "agrees"
    assert verdict(r"\cosh^2 x - \sinh^2 x", "1 + 10^{-100}").evidence == "refuted"


def test_corners_far_from_the_usual_values_are_looked_for() -> None:
    assert verdict(r"\max(x + 1000, y)", "x + 1000").evidence == "refuted"
    assert verdict("1[x = 17]", "0").evidence == "refuted"
    assert verdict("1[n = 50]", "0").evidence == "refuted"
    assert verdict("1[3x > 4000]", "1[x > 1333]").evidence == "refuted"
    assert verdict(r"\max(x + 1000, y)", r"\max(x, y - 1000) + 1000").evidence == "agrees"


def test_powers_of_powers_are_told_apart_at_whole_and_halved_exponents() -> None:
    found = verdict("(x^a)^b", "x^{ab}")
    assert found.evidence == "refuted"
    assert found.counterexample["values"] == {"x": -1, "a": 2, "b": "1/2"}
    assert verdict("x^a x^b", "x^{a+b}").equal is True


def test_what_holds_for_whole_numbers_alone_asks_for_a_declaration() -> None:
    assert "whole number" in verdict(r"\sin(\pi n)", "0").reason
    assert verdict(r"\lfloor n/2 \rfloor", "n/2").evidence == "refuted"
    assert verdict(r"\sin(\pi x)", "0").evidence == "refuted"
    table = {"name": "mine", "symbols": {"n": {"domain": "natural"}}}
    assert verdict(r"\lfloor n/2 \rfloor + \lceil n/2 \rceil", "n", notation=table).evidence == "agrees"


def test_a_relation_between_two_bound_letters_binds_both() -> None:
    assert verdict(r"\sum_{i \ne j} a_{ij}", r"\sum_{i,j} a_{ij} - \sum_i a_{ii}").equal is True
    assert verdict(r"\sum_{i < j} x_i x_j", r"\frac12 \left(\sum_i x_i\right)^2 - \frac12 \sum_i x_i^2").equal is True
    assert verdict(r"\sum_{i < j} x_i x_j", r"\frac12 \left(\sum_i x_i\right)^2").evidence == "refuted"
    assert verdict(r"\sum_{j \ne k} a_j + a_k", r"\sum_j a_j").evidence == "proved"


def test_roots_that_are_touched_without_a_change_of_sign_are_found() -> None:
    assert verdict("x = 0", r"\cos x = 1").evidence == "refuted"
    assert verdict(r"\cos x = 1", "x = 0").evidence == "refuted"
    assert verdict("(e^x - 1)^2 = 0", "x = 0").equal is True
    assert verdict(r"(\sin x)^2 = 0", r"\sin x = 0").equal is True
    assert verdict(r"\cos x = 1", r"\sin(x/2) = 0").equal is True
