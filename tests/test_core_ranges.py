"""The normal form of sums and products whose range ends at n + 1, or is empty."""

import pytest
from sympy import Product, Sum, Symbol

from derivations.core.normal_form import Normaliser
from derivations.core.symbols import Declarations, array, index, size
from numeric.domains import SIZE

_N = size("N", "layers")
N = _N.head
NAMES = Declarations(
    (_N, index("n", N, "step", lower=0), index("i", N), index("j", N),
     array("x", (N,), "x_{0}", "numbers"), array("s", (N,), "s_{0}", "strides", SIZE))
)  # fmt: skip
n, i, j, x, s = (NAMES[name].head for name in ("n", "i", "j", "x", "s"))


def same(left, right):
    form = Normaliser(NAMES).form
    return form(left) == form(right)


def test_a_sum_up_to_n_plus_one_has_a_last_term():
    assert same(Sum(x[i], (i, 1, n + 1)), Sum(x[j], (j, 1, n)) + x[n + 1])
    assert same(Sum(x[i], (i, 1, n + 2)), Sum(x[j], (j, 1, n)) + x[n + 1] + x[n + 2])


def test_a_product_up_to_n_plus_one_has_a_last_factor():
    assert same(Product(x[i], (i, 1, n + 1)), Product(x[j], (j, 1, n)) * x[n + 1])
    assert same(Product(s[i], (i, 1, n + 1)), Product(s[j], (j, 1, n)) * s[n + 1])


def test_a_nested_product_follows_its_sum():
    nested = Sum(x[j] * Product(s[i], (i, 1, j - 1)), (j, 1, n + 1))
    assert same(nested, Sum(x[j] * Product(s[i], (i, 1, j - 1)), (j, 1, n)) + x[n + 1] * Product(s[i], (i, 1, n)))


def test_an_empty_sum_is_zero_and_an_empty_product_one():
    assert same(Sum(x[i], (i, 1, 0)), 0 * n)
    assert same(Product(x[i], (i, n + 1, n)), n**0 + 0 * n)


def test_a_last_term_of_another_index_is_not_taken_off():
    assert not same(Sum(x[i], (i, 1, n + 1)), Sum(x[i], (i, 1, n)) + x[n])


@pytest.mark.parametrize("upper", [Symbol("m", integer=True) + 1, -n + 1])
def test_no_last_term_where_the_shorter_range_may_be_too_short(upper):
    assert not same(Sum(x[i], (i, 1, upper)), Sum(x[i], (i, 1, upper - 1)) + x[upper])
