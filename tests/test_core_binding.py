"""Bound indices: free symbols, and substitution that captures nothing."""

import pytest
from core_samples import NAMES, K, N, a, i, j, k, mu, separated, x, y
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Derivative, Function, Integer, Product, Sum, Symbol, exp

from derivations.core.binding import free_symbols, fresh, height, occurs, substitute, unnest
from derivations.core.equality import prove
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser

v, s = Symbol("v", integer=True, positive=True), Symbol("s", integer=True, positive=True)


def same(left, right):
    return prove(left, right, NAMES) is not None


def test_the_index_of_a_sum_is_not_free_but_those_of_its_bounds_are():
    assert free_symbols(Sum(a[i, j], (j, 1, i))) == {i}
    assert free_symbols(Sum(x[i], (i, 1, N))) == {N}
    assert free_symbols(Sum(a[i, j], (i, 1, j), (j, 1, N))) == {N}
    assert free_symbols(Sum(a[i, j], (i, 1, N), (j, 1, i))) == {N, i}


def test_an_array_is_no_free_symbol():
    assert free_symbols(mu[y[i], k]) == {i, k}


@pytest.mark.parametrize(
    ("before", "mapping", "after"),
    [
        (Sum(a[i, j], (i, 1, N)), {j: i}, Sum(a[v, i], (v, 1, N))),
        (Sum(a[i, j], (i, 1, j)), {j: i}, Sum(a[v, i], (v, 1, i))),
        (Sum(x[i], (i, 1, N)), {i: j}, Sum(x[i], (i, 1, N))),
        (Sum(x[i], (i, 1, i)), {i: j}, Sum(x[i], (i, 1, j))),
        (Sum(x[i] * x[j], (i, 1, N)), {x[j]: x[i] + 1}, Sum(x[v] * (x[i] + 1), (v, 1, N))),
        (Sum(Sum(a[i, j] * x[k], (i, 1, N)), (j, 1, N)), {k: i + j}, Sum(Sum(a[v, s] * x[i + j], (v, 1, N)), (s, 1, N))),
        (Product(x[i] + x[j], (i, 1, N)), {j: i}, Product(x[v] + x[i], (v, 1, N))),
        (mu[y[i], k], {i: j, k: Integer(2)}, mu[y[j], 2]),
        (a[i, j], {i: j, j: i}, a[j, i]),
    ],
)
def test_substitution_renames_what_would_be_captured(before, mapping, after):
    found = substitute(before, mapping)
    assert free_symbols(found) == free_symbols(after)
    assert Normaliser(NAMES).form(found) == Normaliser(NAMES).form(after)


def test_a_substituted_sum_keeps_its_value():
    found = substitute(Sum(x[i] * x[j], (i, 1, N)), {j: i})
    assert same(found, x[i] * Sum(x[j], (j, 1, N)))
    assert separated(found, Sum(x[j] ** 2, (j, 1, N))) is not None


def test_a_key_that_mentions_the_bound_index_is_not_replaced_inside():
    assert substitute(Sum(x[i], (i, 1, N)), {x[i]: Integer(0)}) == Sum(x[i], (i, 1, N))
    assert substitute(x[i] + Sum(x[i], (i, 1, N)), {x[i]: Integer(0)}) == Sum(x[i], (i, 1, N))


def test_a_fresh_name_is_like_the_old_and_not_taken():
    other = fresh("i", frozenset((i, Symbol("i_"))), i)
    assert other.name == "i__"
    assert other.is_positive


def test_nesting_counts_every_limit():
    assert height(x[i]) == 0
    assert height(Sum(a[i, j], (i, 1, N), (j, 1, N))) == 2
    assert height(exp(Sum(Sum(a[i, j], (i, 1, N)), (j, 1, N))) + Sum(x[i], (i, 1, N))) == 2


def test_unnesting_takes_the_outermost_limit():
    body, limit = unnest(Sum(a[i, j], (i, 1, j), (j, 1, N)))
    assert body == Sum(a[i, j], (i, 1, j))
    assert limit == (j, 1, N)


def test_any_entry_counts_as_an_occurrence():
    assert occurs(x[k], Sum(x[i], (i, 1, N)))
    assert not occurs(x[k], Sum(a[i, k], (i, 1, N)))
    assert occurs(k, x[k])


def test_readable_names_do_not_capture():
    form = Normaliser(NAMES).expression(x[i] * Sum(x[j] * a[i, j], (j, 1, N)) * x[j])
    shown = readable(form, NAMES)
    assert free_symbols(shown) == {i, j, N}
    assert same(shown, form)
    assert "_1" not in str(shown)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([(i, j), (j, i), (k, Integer(1)), (N, K), (i, i + 1)]))
def test_substitution_commutes_with_the_normal_form(seed, swap):
    from core_samples import judged_form, seeded

    expression = seeded(seed)
    form = judged_form(expression)
    old, new = swap
    if form is None or not form.free_symbols or N in swap:
        return
    first, second = substitute(expression, {old: new}), substitute(form, {old: new})
    assert separated(first, second, instances=3) is None or judged_form(first) is None


def test_a_derivative_of_a_function_is_substituted_in_its_arguments():
    g = Function("g")
    assert substitute(Derivative(g(i), i), {k: j}) == Derivative(g(i), i)
