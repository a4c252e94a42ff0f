"""Refutation: true claims agree, false ones are separated by the smallest instance."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import (
    Derivative,
    Function,
    IndexedBase,
    KroneckerDelta,
    Product,
    Rational,
    Sum,
    Symbol,
    cos,
    exp,
    log,
    pi,
    sqrt,
    symbols,
)  # fmt: skip

from numeric import failures
from numeric.domains import POSITIVE, REAL, SIMPLEX, label
from numeric.instances import Variable, draw_instance
from numeric.refute import Agreement, Inconclusive, Separation, refute
from numeric.shrink import shrink

i, j, k, d = symbols("i j k d", integer=True, positive=True)
N, K, D = symbols("N K D", integer=True, positive=True)
x = IndexedBase("x", real=True)
mu = IndexedBase("mu", real=True)
s = IndexedBase("sigma2", positive=True)
alpha = IndexedBase("alpha", positive=True)
y = IndexedBase("y", integer=True, positive=True)
VARIABLES = [
    Variable(x, REAL, (N, D)),
    Variable(y, label(K), (N,)),
    Variable(mu, REAL, (K, D)),
    Variable(s, POSITIVE, (D,)),
    Variable(alpha, SIMPLEX, (K,)),
]
ANY = Symbol("any", real=True)
ELL = Function("ell")(mu, s, alpha)
NLL = (
    N / 2 * Sum(log(2 * pi * s[d]), (d, 1, D))
    + Sum(Sum((x[i, d] - mu[y[i], d]) ** 2 / (2 * s[d]), (d, 1, D)), (i, 1, N))
    - Sum(log(alpha[y[i]]), (i, 1, N))
)
SCORE = -Sum(KroneckerDelta(y[i], k) * (x[i, d] - mu[k, d]), (i, 1, N)) / s[d]
SQUARES = Sum((x[i, d] - mu[y[i], d]) ** 2, (i, 1, N))
CLASS_AND_FEATURE = ((k, 1, K), (d, 1, D))

TRUE = [
    (Derivative(ELL, mu[k, d]), SCORE),
    (Derivative(ELL, s[d]), N / (2 * s[d]) - SQUARES / (2 * s[d] ** 2)),
    (Derivative(ELL, alpha[k]), -Sum(KroneckerDelta(y[i], k), (i, 1, N)) / alpha[k]),
    (Derivative(ELL, mu[k, d], mu[k, d]), Sum(KroneckerDelta(y[i], k), (i, 1, N)) / s[d]),
    (Sum(alpha[k], (k, 1, K)), 1),
    (Sum(KroneckerDelta(y[i], k), (k, 1, K), (i, 1, N)), N),
    (log(Product(2 * pi * s[d], (d, 1, D))), Sum(log(2 * pi * s[d]), (d, 1, D))),
    (sqrt(s[d]) ** 2 + exp(x[1, d]) * exp(-x[1, d]), s[d] + 1),
]
FALSE = [
    (Derivative(ELL, mu[k, d]), -SCORE),
    (Derivative(ELL, mu[k, d]), 2 * SCORE),
    (Derivative(ELL, s[d]), N / (2 * s[d]) + SQUARES / (2 * s[d] ** 2)),
    (Derivative(ELL, s[d]), N / s[d] - SQUARES / (2 * s[d] ** 2)),
    (Derivative(ELL, s[d]), N / (2 * s[d]) - Sum((x[i, d] - mu[k, d]) ** 2, (i, 1, N)) / (2 * s[d] ** 2)),
    (Sum(KroneckerDelta(y[i], k), (k, 1, K), (i, 1, N)), K),
    (log(Product(2 * pi * s[d], (d, 1, D))), Sum(log(pi * s[d]), (d, 1, D))),
    (exp(-200 * s[d]), 2 * exp(-200 * s[d])),
]


@pytest.mark.parametrize(("left", "right"), TRUE)
def test_true_claims_agree(left: object, right: object) -> None:
    outcome = refute(left, right, VARIABLES, free=CLASS_AND_FEATURE, definitions={ELL: ((), NLL)})
    assert isinstance(outcome, Agreement)
    assert outcome.instances == len(outcome.sizes) == 8


@pytest.mark.parametrize(("left", "right"), FALSE)
def test_false_claims_are_separated(left: object, right: object) -> None:
    outcome = refute(left, right, VARIABLES, free=CLASS_AND_FEATURE, definitions={ELL: ((), NLL)})
    assert isinstance(outcome, Separation)
    assert outcome.left != outcome.right


def test_separating_instance_is_small_and_plain() -> None:
    outcome = refute(Derivative(ELL, mu[k, d]), -SCORE, VARIABLES, free=CLASS_AND_FEATURE, definitions={ELL: ((), NLL)})
    assert isinstance(outcome, Separation)
    assert (outcome.instance[N], outcome.instance[K], outcome.instance[D]) == (1, 1, 1)
    assert {outcome.left, outcome.right} == {1, -1}
    assert outcome.bindings == {k: 1, d: 1}


def test_swapped_ranges_are_separated_by_distinct_sizes() -> None:
    swapped = refute(Sum(mu[1, 1], (k, 1, K)), Sum(mu[1, 1], (k, 1, D)), VARIABLES)
    assert isinstance(swapped, Separation)
    assert swapped.instance[K] != swapped.instance[D]


def test_sizes_differ_among_instances() -> None:
    outcome = refute(N, N, VARIABLES)
    assert isinstance(outcome, Agreement)
    assert any(sizes[N] != sizes[K] != sizes[D] for sizes in outcome.sizes)


def test_same_seed_gives_the_same_outcome() -> None:
    first, second = (refute(SQUARES, SCORE, VARIABLES, free=CLASS_AND_FEATURE, seed=5) for _ in range(2))
    assert repr(first) == repr(second)


def test_condition_restricts_the_instances() -> None:
    z = Symbol("z", real=True)
    left, right = sqrt(z**2 + 0), z
    assert isinstance(refute((z**2) ** Rational(1, 2), -z, [Variable(z, REAL)], conditions=(-z,)), Agreement)
    assert isinstance(refute(left, right, [Variable(z, REAL)], conditions=(-z,)), Separation)


def test_conditions_never_met_are_inconclusive() -> None:
    outcome = refute(s[1], s[1], VARIABLES, conditions=(-s[1],))
    assert isinstance(outcome, Inconclusive)
    assert "-sigma2[1] > 0" in outcome.reason


def test_two_sides_never_defined_are_inconclusive() -> None:
    outcome = refute(log(-(s[1] ** 2)), log(-s[1]), VARIABLES)
    assert isinstance(outcome, Inconclusive)
    assert "log" in outcome.reason


@pytest.mark.parametrize(("left", "right"), [
    (log(ANY**2), 2 * log(ANY)), (log(-(s[1] ** 2)), s[1]), (sqrt(ANY * (ANY + 1)), sqrt(ANY) * sqrt(ANY + 1)),
    (Sum(log(x[i, 1] ** 2), (i, 1, N)), 2 * Sum(log(x[i, 1]), (i, 1, N))),
])  # fmt: skip
def test_a_value_on_one_side_alone_separates_where_it_is_so_on_an_open_set(left: object, right: object) -> None:
    outcome = refute(left, right, [*VARIABLES, Variable(ANY, REAL)])
    assert isinstance(outcome, Separation)
    assert outcome.is_of_domains
    assert "undefined (" in f"{outcome.left} {outcome.right}"


@pytest.mark.parametrize(("left", "right"), [
    ((ANY**2 + ANY) / (ANY**2 - 1), ANY / (ANY - 1)), (1 / (1 / ANY + 1), ANY / (1 + ANY)), (exp(log(s[1])), s[1]),
    (log(ANY**2) / 2, log(sqrt(ANY**2))),
])  # fmt: skip
def test_a_gap_that_can_be_filled_does_not_separate(left: object, right: object) -> None:
    assert isinstance(refute(left, right, [*VARIABLES, Variable(ANY, REAL)], instances=60), Agreement)


def test_a_zero_that_rounding_makes_negative_is_no_negative_number() -> None:
    zero = sqrt(2) * sqrt(3) - sqrt(6, evaluate=False)
    left = sqrt((sqrt(1 + ANY**2) - 1) * (sqrt(1 + ANY**2) + 1) - ANY**2, evaluate=False) + zero * 0
    outcome = refute(left, 0 * ANY, [Variable(ANY, REAL)])
    assert not isinstance(outcome, Separation)


def test_values_without_a_certain_digit_are_not_compared() -> None:
    large = exp(1000 * s[1])
    outcome = refute(cos(large), cos(large * (1 + Rational(1, 10**30))), VARIABLES)
    assert isinstance(outcome, Inconclusive)
    assert "digits" in outcome.reason
    assert isinstance(refute(large, 2 * large, VARIABLES), Separation)


def test_the_smallest_instance_shows_what_the_first_one_showed() -> None:
    outcome = refute(Sum(log(x[i, 1] ** 2), (i, 1, N)), 2 * Sum(log(x[i, 1]), (i, 1, N)), VARIABLES)
    assert isinstance(outcome, Separation)
    assert outcome.instance[N] == 1
    assert outcome.is_of_domains


def test_index_out_of_every_range_is_inconclusive() -> None:
    outcome = refute(x[N + 1, 1], x[N, 1], VARIABLES)
    assert isinstance(outcome, Inconclusive)


def test_unbound_symbol_is_raised_not_judged() -> None:
    with pytest.raises(failures.UnboundSymbol):
        refute(Symbol("u"), s[1], VARIABLES)


def test_tiny_true_difference_is_not_taken_for_rounding() -> None:
    z = Symbol("z", positive=True)
    tiny = exp(-300 * z) * Rational(1, 10**30)
    assert isinstance(refute(log(z) - log(z) + tiny, 2 * tiny, [Variable(z, POSITIVE)]), Separation)


def test_cancellation_is_not_taken_for_a_difference() -> None:
    z = Symbol("z", positive=True)
    zero = 10**35 * (log(2 * z) - log(z) - log(2 + 0 * z))
    masked = 10**35 * (Sum(log(2 * z) - log(z), (i, 1, 1)) - Sum(log(Sum(1, (j, 1, 2))), (i, 1, 1)))
    assert isinstance(refute(masked, zero * 0, [Variable(z, POSITIVE)]), Agreement)


def test_shrinking_keeps_domains_and_failure() -> None:
    rng = np.random.default_rng(0)
    large = draw_instance(VARIABLES, rng, sizes={N: 4, K: 3, D: 3}, exact=True)

    def fails(instance: object) -> bool:
        return instance[N] >= 2 and instance[x].sum() > 3  # type: ignore[index]

    large[x] = abs(large[x]) + 2
    small = shrink(large, VARIABLES, fails)
    assert fails(small)
    assert (small[N], small[D], small[K]) == (2, 1, 1)
    sizes = {size: small[size] for size in (N, K, D)}
    for variable in VARIABLES:
        assert variable.domain.contains(small[variable.symbol], sizes)
        assert np.shape(small[variable.symbol]) == variable.shape_under(sizes)
    assert all(isinstance(entry, (int, Fraction)) for entry in small[x].ravel().tolist())


def test_shrinking_asks_no_more_often_than_allowed() -> None:
    asked = 0

    def fails(instance: object) -> bool:
        nonlocal asked
        asked += 1
        return True

    shrink(draw_instance(VARIABLES, np.random.default_rng(0), exact=True), VARIABLES, fails, max_trials=7)
    assert asked == 7
