"""Stored expressions: round trips, and hostile trees refused by name."""

import pytest
from core_samples import NAMES, D, K, N, a, alpha, b, d, f, g, h, i, j, k, mu, q, real_and_finite, seeded, t, w, x, y
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Derivative,
    E,
    Float,
    I,
    Integer,
    KroneckerDelta,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    oo,
    pi,
    sqrt,
    tan,
)

from derivations.core.encoding import MAX_DEPTH, Decoder, Malformed, NotStorable, encode


def decode(tree):
    return Decoder(NAMES).decode(tree)


STORED = [
    t,
    N,
    Integer(-3),
    Rational(22, 7),
    pi,
    E,
    mu[y[i], d],
    f(mu, alpha),
    f(k),
    Derivative(f(mu), mu[k, d], mu[k, 1]),
    Sum(x[i] ** 2, (i, 1, N)),
    Sum(a[i, j], (i, 1, j), (j, 1, N)),
    Product(1 + w[i], (i, 1, N)),
    Abs(t),
    exp(-t),
    log(q),
    sqrt(q),
    KroneckerDelta(y[i], k),
    2 * t - q / 3 + t**2,
    Sum(Symbol("v", integer=True, positive=True), (Symbol("v", integer=True, positive=True), 1, N)),
    Sum(Symbol("v", integer=True), (Symbol("v", integer=True), 0, N)),
    Sum(h, (h, 0, N)),
]


@pytest.mark.parametrize("expression", STORED, ids=str)
def test_a_stored_expression_comes_back(expression):
    assert decode(encode(expression)) == expression


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_random_expressions_come_back(seed):
    expression = seeded(seed)
    if real_and_finite(expression):
        assert decode(encode(expression)) == expression


@pytest.mark.parametrize("expression", [Float(0.5), I, oo, tan(t), t < q], ids=str)
def test_what_has_no_stored_form_is_refused(expression):
    with pytest.raises(NotStorable, match="cannot store"):
        encode(expression)


def test_an_index_from_zero_is_not_taken_to_be_positive():
    tree = ["sum", ["delta", "v", "0"], ["v", "0", "N"]]
    found = decode(tree)
    assert found.function != 0
    assert encode(found)[2] == ["v", "0", "N"]
    assert decode(["sum", ["delta", "v", "0"], ["v", "1", "N"]]).function == 0


def test_a_declared_positive_index_does_not_start_at_zero():
    with pytest.raises(Malformed, match="above zero"):
        decode(["sum", ["delta", "i", "0"], ["i", "0", "N"]])


def test_a_bound_index_is_known_inside_its_sum_only():
    tree = ["add", ["sum", "v", ["v", "0", "N"]], "v"]
    found = decode(tree)
    assert Symbol("v", integer=True, positive=True) in found.args


def test_a_range_may_mention_the_index_of_the_sum_around_it():
    tree = ["sum", ["mul", "p", "s"], ["p", "0", "s"], ["s", "0", "N"]]
    outer = Symbol("s", integer=True)
    assert decode(tree).limits[0][2] == outer
    assert decode(tree).limits[1][0] == outer


HOSTILE = [
    None,
    1,
    True,
    1.5,
    {},
    [],
    ["add"],
    ["sum"],
    ["sum", "t"],
    ["unknown", "t"],
    ["sum", "t", ["i"]],
    ["sum", "t", "i"],
    ["sum", "t", [["add", "i", "1"], "1", "N"]],
    ["sum", "t", ["1", "1", "N"]],
    ["sum", "t", ["t", "1", "N"]],
    ["sum", "t", ["mu", "1", "N"]],
    ["at", "x"],
    ["at", "x", "i", "j"],
    ["at", "t", "i"],
    ["at", ["x"], "i"],
    ["at", "nowhere", "i"],
    ["call", "x", "i"],
    ["call", "nowhere"],
    ["array", "t"],
    ["array", ["x"]],
    ["constant", "tau"],
    ["constant", ["pi"]],
    ["constant", "pi", "e"],
    ["delta", "k"],
    ["pow", "t"],
    ["log", "t", "q"],
    ["derivative", "t", "t"],
    ["derivative", ["call", "f", ["array", "mu"]]],
    "mu",
    "f",
    "1/0",
    "--5",
    "1e5",
    "0x10",
    "1_000",
    "⅓",
    "__import__('os')",
    "t.func",
    "a b",
    "",
    "-",
    "1/",
    "/2",
    "1/-2",
    "~0[1..N]",
    "9" * 5000,
    ["add", "t", ["array"]],
    [["add"], "t"],
    ["pow", "2", "99999999999"],
    ["pow", "2", "-99999999999"],
    ["pow", "10", ["pow", "10", "10"]],
    ["factorial", "99999999"],
    ["gamma", "123456789"],
    ["binomial", "99999999", "3333333"],
    ["zeta", "-99999"],
    ["entry", "t", "k", "k"],
    ["max", "t"][:1],
]


@pytest.mark.parametrize("tree", HOSTILE, ids=repr)
def test_a_hostile_tree_is_refused_by_name_and_place(tree):
    with pytest.raises(Malformed) as caught:
        decode(tree)
    assert str(caught.value).startswith("expression")


def test_a_deep_tree_is_refused():
    tree = "t"
    for _ in range(MAX_DEPTH + 2):
        tree = ["exp", tree]
    with pytest.raises(Malformed, match="levels"):
        decode(tree)


def test_a_wide_tree_is_refused():
    with pytest.raises(Malformed, match="nodes"):
        decode(["add", *["t"] * 100_001])


def test_the_place_of_a_mistake_is_named():
    with pytest.raises(Malformed, match=r"expression\.add\[1\]\.mul\[0\]"):
        decode(["add", "t", ["mul", ["sin"], "q"]])


def test_a_power_of_powers_stays_symbolic():
    assert decode(["pow", "t", "99999999999"]) == Pow(t, 99999999999)
    assert decode(["pow", ["pow", "q", "1/2"], "b"]) == sqrt(q) ** b


def test_names_are_decoded_by_their_declarations():
    assert decode("N") == N
    assert decode("N").is_positive
    assert decode(["call", "g", "K"]) == g(K)
    assert decode(["at", "mu", ["at", "y", "i"], "D"]) == mu[y[i], D]
