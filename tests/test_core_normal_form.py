"""The normal form: what it proves, the near misses it does not, and that it never changes a value."""

import random

import pytest
from core_samples import (
    NAMES,
    D,
    K,
    N,
    Source,
    a,
    alpha,
    as_conditions,
    b,
    c,
    compared,
    d,
    h,
    head,
    i,
    j,
    k,
    l,
    mu,
    mutants,
    normal,
    q,
    r,
    real_and_finite,
    seeded,
    separated,
    sigma2,
    t,
    u,
    w,
    x,
    y,
    z,
)  # fmt: skip
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Function, Integer, KroneckerDelta, Product, Rational, S, Sum, Symbol, exp, log, nan, oo, pi, sqrt, zoo

from derivations.core import polynomial as p
from derivations.core.binding import substitute
from derivations.core.equality import decide, is_zero, prove
from derivations.core.evidence import Word
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.statements import InRange
from numeric.failures import NumericFailure
from numeric.refute import Separation

v, v2 = Symbol("v", integer=True, positive=True), Symbol("v2", integer=True)
mean = Sum(x[j], (j, 1, N)) / N
delta = KroneckerDelta


def total(body, *limits):
    return Sum(body, *((index, 1, upper) for index, upper in limits))


SAME = {
    "a bound index may be renamed": (total(x[i] ** 2, (i, N)), total(x[l] ** 2, (l, N))),
    "to a letter that is free elsewhere": (x[i] * total(x[j], (j, N)), x[i] * total(x[i], (i, N))),
    "sums are exchanged (Fubini)": (total(total(z[i, d], (d, D)), (i, N)), total(total(z[i, d], (i, N)), (d, D))),
    "three sums are exchanged": (
        total(a[i, j] * a[j, l] * x[l], (i, N), (j, N), (l, N)), total(a[j, l] * a[l, i] * x[i], (l, N), (i, N), (j, N))
    ),
    "deviations from the mean sum to zero": (total(x[i] - mean, (i, N)), S.Zero),
    "variance identity": (total((x[i] - mean) ** 2, (i, N)), total(x[i] ** 2, (i, N)) - N * mean**2),
    "a one-hot label sums to one": (total(delta(y[i], k), (k, K)), Integer(1)),
    "class counts sum to N": (total(delta(y[i], k), (k, K), (i, N)), N),
    "gather equals one-hot": (total(delta(y[i], k) * mu[k, d], (k, K)), mu[y[i], d]),
    "beside an indicator": (delta(y[i], k) * mu[y[i], d], delta(y[i], k) * mu[k, d]),
    "pairwise differences": (
        total((x[i] - x[j]) ** 2, (i, N), (j, N)), 2 * N * total(x[i] ** 2, (i, N)) - 2 * total(x[i], (i, N)) ** 2
    ),
    "a product of sums": (
        total(x[i], (i, N)) * total(mu[k, d], (k, K)), total(x[i] * mu[k, d], (i, N), (k, K))
    ),
    "the square of a sum": (total(x[i], (i, N)) ** 2, total(x[i] * x[j], (i, N), (j, N))),
    "a softmax sums to one": (
        total(exp(mu[k, d]) / total(exp(mu[c, d]), (c, K)), (k, K)), Integer(1)
    ),
    "a softmax does not feel a shift": (
        exp(mu[k, d] + t) / total(exp(mu[c, d] + t), (c, K)), exp(mu[k, d]) / total(exp(mu[c, d]), (c, K))
    ),
    "one over one plus ratios": (
        alpha[k] / total(alpha[c], (c, K)), 1 / (1 + total((1 - delta(c, k)) * alpha[c] / alpha[k], (c, K)))
    ),
    "all but one": (total((1 - delta(j, i)) * x[j], (j, N)), total(x[j], (j, N)) - x[i]),
    "log of a product": (log(Product(w[i], (i, 1, N))), total(log(w[i]), (i, N))),
    "log of a ratio": (log(q / r), log(q) - log(r)),
    "log of a power": (log(q**t), t * log(q)),
    "log of a number": (log(Integer(12)), 2 * log(2) + log(3)),
    "log of an exponential": (log(exp(t) * q), t + log(q)),
    "exp of a logarithm": (exp(2 * log(q) + t), q**2 * exp(t)),
    "exp of a sum of logarithms": (exp(total(log(w[i]), (i, N))), Product(w[i], (i, 1, N))),
    "powers of a product": ((q * r) ** Rational(1, 2), sqrt(q) * sqrt(r)),
    "roots of squares": (sqrt(t**2), Abs(t)),
    "an absolute value squared": (Abs(t) ** 2, t**2),
    "a product of equal factors": (Product(t, (i, 1, N)), t**N),
    "a product of numbers": (Product(-2 * w[i], (i, 1, N)), (-1) ** N * 2**N * Product(w[j], (j, 1, N))),
    "likelihood of independent labels": (
        log(Product(alpha[y[i]], (i, 1, N))), total(total(delta(y[i], k), (i, N)) * log(alpha[k]), (k, K))
    ),
    "Faulhaber for powers of one": (total(i, (i, N)), N * (N + 1) / 2),
    "Faulhaber for powers of three": (total(i**3, (i, N)), total(i, (i, N)) ** 2),
    "pairs i < j": (Sum(Integer(1), (j, i + 1, N), (i, 1, N)), N * (N - 1) / 2),
    "a triangle": (Sum(Integer(1), (j, 1, i), (i, 1, N)), N * (N + 1) / 2),
    "an empty sum": (Sum(x[i], (i, N + 1, N)), S.Zero),
    "an empty product": (Product(x[i], (i, 1, 0)), Integer(1)),
    "quotients over one range": (
        total(1 / (1 + exp(x[i])), (i, N)) + total(exp(x[i]) / (1 + exp(x[i])), (i, N)), N
    ),
    "partial fractions": (1 / (t + q) + q / (t * (t + q)), 1 / t),
    "indicators are idempotent": (delta(i, j) ** 2, delta(i, j)),
    "indicators are transitive": (delta(i, j) * delta(j, l) * x[l], delta(i, j) * delta(i, l) * x[i]),
    "an indicator in an exponent": (q ** delta(i, j) * q ** (1 - delta(i, j)), q),
    "Gaussian density": (
        log(Product(2 * pi * sigma2[d], (d, 1, D)) ** Rational(-1, 2)), -total(log(2 * pi * sigma2[d]), (d, D)) / 2
    ),
}  # fmt: skip

NEAR_MISSES = {
    "another array": (total(x[i] ** 2, (i, N)), total(w[l] ** 2, (l, N))),
    "a bound index is not the free one": (x[i] * total(x[j], (j, N)), total(x[i] ** 2, (i, N))),
    "another range": (total(total(z[i, d], (d, D)), (i, N)), total(total(z[i, 1], (i, N)), (d, D))),
    "a transposed matrix": (total(a[i, j] * x[i], (i, N), (j, N)), total(a[i, j] * x[j], (i, N), (j, N))),
    "another cycle": (
        total(a[i, j] * a[j, l] * x[l], (i, N), (j, N), (l, N)), total(a[i, j] * a[j, l] * x[j], (i, N), (j, N), (l, N))
    ),
    "deviations from twice the mean": (total(x[i] - 2 * mean, (i, N)), S.Zero),
    "variance identity without N": (total((x[i] - mean) ** 2, (i, N)), total(x[i] ** 2, (i, N)) - mean**2),
    "variance identity, sign": (total((x[i] - mean) ** 2, (i, N)), total(x[i] ** 2, (i, N)) + N * mean**2),
    "a one-hot label summed over samples": (total(delta(y[i], k), (i, N)), Integer(1)),
    "class counts do not sum to K": (total(delta(y[i], k), (k, K), (i, N)), K),
    "an indicator of another range": (total(delta(i, k), (i, N), (k, K)), K),
    "an indicator dropped": (total(delta(y[i], k) * mu[k, d], (k, K)), total(mu[k, d], (k, K))),
    "beside an indicator of another index": (delta(y[i], k) * mu[y[j], d], delta(y[i], k) * mu[k, d]),
    "pairwise differences, factor": (
        total((x[i] - x[j]) ** 2, (i, N), (j, N)), N * total(x[i] ** 2, (i, N)) - total(x[i], (i, N)) ** 2
    ),
    "a product of sums is not the sum of products": (total(x[i], (i, N)) * total(x[i], (i, N)), total(x[i] ** 2, (i, N))),
    "a quotient of sums": (total(x[i], (i, N)) / total(w[i], (i, N)), total(x[i] / w[i], (i, N))),
    "a softmax over the wrong index": (
        total(exp(mu[k, d]) / total(exp(mu[k, d]), (d, D)), (k, K)), Integer(1)
    ),
    "a softmax without the exponential": (total(mu[k, d] / total(exp(mu[c, d]), (c, K)), (k, K)), Integer(1)),
    "ratios upside down": (
        alpha[k] / total(alpha[c], (c, K)), 1 / (1 + total((1 - delta(c, k)) * alpha[k] / alpha[c], (c, K)))
    ),
    "ratios with the term of its own": (
        alpha[k] / total(alpha[c], (c, K)), 1 / (1 + total(alpha[c] / alpha[k], (c, K)))
    ),
    "log of a sum": (log(total(w[i], (i, N))), total(log(w[i]), (i, N))),
    "log of a power, base and exponent": (log(q**t), q * log(t**2) / 2),
    "exp of a sum is not the sum": (exp(total(x[i], (i, N))), total(exp(x[i]), (i, N))),
    "a root of a square": (sqrt(t**2), t),
    "a root of a sum": (sqrt(q**2 + r**2), q + r),
    "an absolute value of a product": (Abs(t * u), t * Abs(u)),
    "a product of equal factors, count": (Product(t, (i, 1, N)), t**K),
    "the sign of a product": (Product(-w[i], (i, 1, N)), -Product(w[j], (j, 1, N))),
    "Faulhaber, off by one": (total(i, (i, N)), N * (N - 1) / 2),
    "Faulhaber from two": (Sum(i, (i, 2, N)), N * (N + 1) / 2),
    "a count of an empty range": (Sum(Integer(1), (j, 1, i - 2), (i, 1, N)), total(i - 2, (i, N))),
    "powers over an empty range": (Sum(j, (j, 1, i - 3), (i, 1, N)), total((i - 3) * (i - 2) / 2, (i, N))),
    "a count up to any integer": (Sum(Integer(1), (i, 1, b)), b),
    "factors over an empty range": (Product(Integer(2), (j, 1, i - 2)), Integer(2) ** (i - 2)),
    "equal factors over an empty range": (Product(t, (j, 1, i - 2)), t ** (i - 2)),
    "positive factors over an empty range": (Product(q, (j, 1, i - 2)), q ** (i - 2)),
    "triangles of another shape": (Sum(a[i, j], (j, 1, i), (i, 1, N)), Sum(a[i, j], (i, 1, j), (j, 1, N))),
    "tetrahedra of another shape": (
        Sum(a[i, j] * x[l], (l, 1, j), (j, 1, i), (i, 1, N)), Sum(a[i, j] * x[l], (l, 1, i), (j, 1, i), (i, 1, N))
    ),
    "a shifted index": (Sum(x[i], (i, 1, N)), Sum(x[i], (i, 1, N - 1))),
    "an indicator of neighbours": (delta(i, j) * delta(j, i + 1), delta(i, j)),
    "an indicator as an exponent": (q ** delta(i, j), q),
    "exponents of a sum": ((q + r) ** t, q**t + r**t),
    "Gaussian density without its half": (
        log(Product(2 * pi * sigma2[d], (d, 1, D)) ** Rational(-1, 2)), -total(log(2 * pi * sigma2[d]), (d, D))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_normal_form_proves(name):
    left, right = SAME[name]
    assert decide(left, right, NAMES).word is Word.PROVED
    assert separated(left, right) is None


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_near_miss_is_refuted_and_not_proved(name):
    left, right = NEAR_MISSES[name]
    assert prove(left, right, NAMES) is None
    found = decide(left, right, NAMES)
    assert found.word is Word.REFUTED
    assert isinstance(found.counterexample, Separation)


@pytest.mark.parametrize("name", SAME)
def test_one_sign_or_factor_more_is_not_proved(name):
    left, right = SAME[name]
    for changed in (left - right + 1, left - 2 * right - 1, 2 * left + 3 - right):
        assert not is_zero(Normaliser(NAMES), changed)


# ---------------------------------------------------------------------- ranges and their obligations


def test_a_contraction_to_a_number_that_may_be_out_of_range_is_an_obligation():
    found = prove(Sum(delta(i, 2) * x[i], (i, 1, N)), x[2], NAMES, ranges=True)
    assert found.conditions == (InRange(Integer(2), Integer(1), N),)


def test_a_contraction_to_the_first_index_of_a_range_that_is_not_empty_needs_no_obligation():
    assert prove(Sum(delta(i, 1) * x[i], (i, 1, N)), x[1], NAMES).conditions == ()


def test_a_contraction_to_an_index_of_another_range_is_an_obligation():
    assert prove(Sum(delta(i, k) * x[i], (i, 1, N)), x[k], NAMES, ranges=True).conditions == (InRange(k, Integer(1), N),)


def test_a_contraction_to_a_power_of_an_index_is_an_obligation():
    assert prove(Sum(delta(j, k**2), (j, 1, K)), Integer(1), NAMES, ranges=True).conditions == (InRange(k**2, Integer(1), K),)


def test_a_contraction_to_a_number_below_the_range_is_not_made():
    assert prove(Sum(delta(i, 1), (i, 2, N)), Integer(1), NAMES) is None
    assert prove(Sum(delta(v2, 0), (v2, 0, N)), Integer(1), NAMES).conditions == ()


def test_a_contraction_to_a_bound_index_of_another_range_is_not_made():
    assert prove(Sum(delta(i, k), (i, 1, N), (k, 1, K)), K, NAMES) is None
    assert prove(Sum(delta(i, k) * x[i], (i, 1, N), (k, 1, K)), Sum(x[k], (k, 1, K)), NAMES) is None


def test_a_label_in_the_range_of_classes_needs_no_obligation():
    assert prove(Sum(delta(y[i], k), (k, 1, K)), Integer(1), NAMES).conditions == ()


def test_a_label_in_another_range_is_an_obligation():
    found = prove(Sum(delta(y[i], j), (j, 1, N)), Integer(1), NAMES)
    assert found is None or found.conditions == (InRange(y[i], Integer(1), N),)


def test_obligations_are_found_again_from_the_cache():
    normaliser = Normaliser(NAMES)
    inner = Sum(delta(i, 2) * x[i], (i, 1, N))
    normaliser.form(inner)
    before = normaliser.obligations
    again = Normaliser(NAMES)
    again.form(exp(inner))
    again.form(inner)
    assert before == again.obligations == {InRange(Integer(2), Integer(1), N)}


# ---------------------------------------------------------------------- signs and branches


@pytest.mark.parametrize(
    ("left", "right"),
    [(log(t * u), log(t) + log(u)), (log(t**2), 2 * log(t)), (log(-q * t), log(q) + log(-t) + log(2)),
     (sqrt(t * u), sqrt(t) * sqrt(u)), ((t**2) ** Rational(1, 4), sqrt(t)), ((t**3) ** Rational(1, 3), t),
     (exp(log(t**2) / 2), t), (log(Product(x[i], (i, 1, N))), total(log(x[i]), (i, N)))],
)  # fmt: skip
def test_branches_for_numbers_of_unknown_sign_are_kept_apart(left, right):
    assert prove(left, right, NAMES) is None


@pytest.mark.parametrize(("left", "right"), [(log(t * q), log(t) + log(q)), (log(t**2), log(-t) + log(-t)), (sqrt(t**2), t)])
def test_a_condition_opens_a_branch_for_its_own_symbol_alone(left, right):
    assert prove(left, right, NAMES, conditions=(u,)) is None or left == log(t * q)
    assert separated(left, right, conditions=(u,)) is not None or left.func is log


def test_a_condition_with_an_index_holds_for_other_indices_of_its_range():
    split = log(x[j]) + log(t)
    assert prove(log(x[j] * t), split, NAMES, conditions=(x[i],)) is not None


def test_a_condition_at_the_last_entry_says_nothing_about_the_others():
    assert prove(log(x[i] * t), log(x[i]) + log(t), NAMES, conditions=(x[N],)) is None
    assert prove(Abs(x[1]), x[1], NAMES, conditions=(x[2],)) is None


def test_a_condition_on_a_function_does_not_hold_outside_its_range():
    f = head("f")
    assert prove(Abs(f(c)), f(c), NAMES, conditions=(f(k),)) is not None
    assert prove(Abs(f(k + 1)), f(k + 1), NAMES, conditions=(f(k),)) is None
    assert prove(Abs(f(i)), f(i), NAMES, conditions=(f(k),)) is None


def test_zero_to_a_power_of_unknown_sign_is_not_zero():
    assert prove(S.Zero**b, S.Zero, NAMES) is None
    assert separated(S.Zero**b, S.Zero, instances=60) is not None


def test_a_division_by_what_is_zero_is_no_proof():
    gone = total(x[i] - mean, (i, N))
    assert prove(1 / gone, 2 / gone, NAMES) is None
    with pytest.raises(UndefinedForm):
        Normaliser(NAMES).form(1 / gone)


def test_the_logarithm_of_what_is_zero_is_no_proof():
    with pytest.raises(UndefinedForm):
        Normaliser(NAMES).form(log(total(x[i] - mean, (i, N))))


@pytest.mark.parametrize("odd", [oo, -oo, zoo, nan])
def test_infinities_prove_nothing(odd):
    assert prove(odd * t, t, NAMES) is None
    assert prove(t / odd if odd is nan else t + odd, t, NAMES) is None


# ---------------------------------------------------------------------- names


def test_names_reserved_for_bound_indices_are_not_judged():
    canonical = Symbol("_1.1[1..N]", integer=True, positive=True)
    for name in ("_1.1[1..N]", "~0[1..N]", "_1.2[1..N]", "~1[1..N]", "~f1.1[1..N]", "_", "~"):
        mine = Symbol(name, integer=True, positive=True)
        assert prove(Sum(a[i, mine], (i, 1, N)), Sum(a[i, i], (i, 1, N)), NAMES) is None
    assert not is_zero(Normaliser(NAMES), canonical - canonical + x[canonical] - x[canonical] + canonical)


def test_a_bound_index_with_a_reserved_name_is_renamed():
    for name in ("_1.1[1..N]", "~0[1..N]", "~1[1..N]"):
        mine = Symbol(name, integer=True, positive=True)
        left = Sum(Sum(a[mine, j] * x[mine], (mine, 1, N)), (j, 1, N))
        assert prove(left, total(a[i, j] * x[i], (i, N), (j, N)), NAMES) is not None
        assert prove(left, total(a[i, j] * x[j], (i, N), (j, N)), NAMES) is None


def test_symbols_of_one_name_and_other_assumptions_are_different():
    other = Symbol("N", integer=True)
    assert prove(Sum(x[i], (i, 1, N)), Sum(x[i], (i, 1, other)), NAMES) is None
    nested = Sum(Sum(a[i, j], (j, 1, other)), (i, 1, N))
    assert prove(nested, Sum(Sum(a[i, j], (j, 1, N)), (i, 1, other)), NAMES) is None
    assert prove(Sum(1, (i, 1, N)) + Sum(1, (i, 1, other)), 2 * N, NAMES) is None


def test_a_bound_index_that_starts_at_zero_is_not_taken_to_be_positive():
    assert prove(Sum(Abs(v2 - 1), (v2, 0, N)), Sum(v2 - 1, (v2, 0, N)), NAMES) is None
    assert separated(Sum(Abs(v2 - 1), (v2, 0, N)), Sum(v2 - 1, (v2, 0, N))) is not None


# ---------------------------------------------------------------------- caps


def test_a_form_that_grows_too_large_is_undecided_and_not_refused_loudly():
    wide = sum(head(name) for name in "tuqrb") + Sum(x[i], (i, 1, N))
    left, right = wide**13, (wide**6) ** 2 * (t + u + q + r + b) + wide**12 * Sum(x[j], (j, 1, N))
    with pytest.raises(TooLarge):
        Normaliser(NAMES).form(left)
    assert prove(left, right, NAMES) is None
    assert decide(left, right, NAMES, instances=1).word is Word.AGREES


def test_the_power_of_a_large_number_is_capped():
    with pytest.raises(TooLarge):
        Normaliser(NAMES).power(p.constant(10**30), 10**4)


# ---------------------------------------------------------------------- traps of SymPy


def test_a_sum_is_not_evaluated_to_a_piecewise():
    form = Normaliser(NAMES).expression(Sum(delta(y[i], k) * x[i], (i, 1, N)))
    assert "Piecewise" not in str(form)


def test_a_floor_stays_a_function_of_its_argument():
    from sympy import floor

    assert prove(floor(t), t, NAMES) is None
    assert prove(floor(t + u), floor(u + t), NAMES) is not None


def test_an_unknown_function_is_opaque():
    f = Function("phi", real=True)
    assert prove(f(t + u), f(u + t), NAMES) is not None
    assert prove(f(t + u), f(t) + f(u), NAMES) is None


# ---------------------------------------------------------------------- properties


@st.composite
def expressions(draw, depth=3):
    try:
        found = Source(lambda options: draw(st.sampled_from(list(options)))).expression(depth)
    except (TypeError, ValueError, ZeroDivisionError):
        return S.One
    return S.One if not real_and_finite(found) else found


seeds = st.integers(0, 10**9)


def judged(expression):
    """Normal form and conditions, or None for what is too large, undefined or infinite."""
    if not real_and_finite(expression):
        return None
    found = normal(expression)
    return None if found is None or not real_and_finite(found[0]) else found


@settings(max_examples=200, deadline=None)
@given(expressions())
def test_the_normal_form_keeps_the_value(expression):
    found = judged(expression)
    if found is not None:
        assert separated(expression, found[0], conditions=found[1], instances=4) is None


@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(seeds, st.integers(2, 4))
def test_the_normal_form_keeps_the_value_of_many_expressions(seed, depth):
    expression = seeded(seed, depth)
    found = judged(expression)
    if found is not None:
        assert separated(expression, found[0], conditions=found[1], instances=4, seed=seed) is None


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_the_normal_form_is_idempotent(seed):
    expression = seeded(seed)
    found = judged(expression)
    if found is not None and not expression.has(Abs, delta):
        form = Normaliser(NAMES).form(expression)
        assert Normaliser(NAMES).form(p.to_expression(form)) == form


def renamed(expression, number=0):
    """The expression with every bound index replaced by a new letter."""
    if not expression.args:
        return expression
    if isinstance(expression, (Sum, Product)):
        body, limits = expression.function, list(expression.limits)
        for position, (variable, lower, upper) in enumerate(limits):
            new = Symbol(f"new{number}_{position}", **variable.assumptions0)
            body = substitute(body, {variable: new})
            earlier = [(name, *(substitute(bound, {variable: new}) for bound in bounds)) for name, *bounds in limits[:position]]
            limits = [*earlier, (new, lower, upper), *limits[position + 1 :]]
        return expression.func(renamed(body, number + 1), *limits)
    arguments = [renamed(argument, number) if hasattr(argument, "args") else argument for argument in expression.args]
    return expression.func(*arguments)


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_the_names_of_bound_indices_leave_no_trace(seed):
    expression = seeded(seed)
    if judged(expression) is not None:
        assert Normaliser(NAMES).form(expression) == Normaliser(NAMES).form(renamed(expression))


@settings(max_examples=40, deadline=None)
@given(seeds, seeds, st.permutations([0, 1, 2]))
def test_the_order_of_sums_leaves_no_trace(seed, other, order):
    body = x[i] * mu[k, d] * Source(random.Random(seed).choice).leaf(((i, N), (k, K), (d, D)))
    body += Source(random.Random(other).choice).leaf(((i, N), (k, K), (d, D)))
    limits = [(i, 1, N), (k, 1, K), (d, 1, D)]
    forms = [Normaliser(NAMES).form(Sum(body, *(limits[n] for n in ns))) for ns in (order, range(3))]
    nested = body
    for n in order:
        nested = Sum(nested, limits[n])
    assert forms[0] == forms[1] == Normaliser(NAMES).form(nested)


@settings(max_examples=40, deadline=None)
@given(seeds, seeds, seeds)
def test_distribution_leaves_no_trace(one, two, three):
    first, second, third = (seeded(seed, 2) for seed in (one, two, three))
    if all(judged(part) is not None for part in (first, second, third, first * (second + third))):
        left, right = first * (second + third), first * second + first * third
        assert is_zero(Normaliser(NAMES), left - right)


@settings(max_examples=200, deadline=None)
@given(seeds, seeds)
def test_what_is_proved_is_not_separated_by_any_instance(seed, place):
    assert_sound(seed, place, 3)


@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(seeds, seeds, st.integers(2, 4))
def test_what_is_proved_of_many_is_not_separated_by_any_instance(seed, place, depth):
    assert_sound(seed, place, depth)


def assert_sound(seed, place, depth):
    """A mutant proved equal to its original has the same value, on every instance that meets the obligations."""
    expression = seeded(seed, depth)
    changed = list(zip(range(60), mutants(expression), strict=False))
    if not changed or not real_and_finite(expression):
        return
    mutant = changed[place % len(changed)][1]
    if mutant == expression or not real_and_finite(mutant):
        return
    normaliser = Normaliser(NAMES)
    try:
        if not is_zero(normaliser, expression - mutant):
            return
    except (TooLarge, UndefinedForm):
        return
    conditions = as_conditions(normaliser.obligations)
    try:
        outcome = compared(expression, mutant, conditions=conditions, seed=seed % 1000)
    except NumericFailure:
        return
    apart = isinstance(outcome, Separation) and not outcome.is_of_domains
    assert not apart, f"{expression} and {mutant}: {outcome}"
    if prove(expression, mutant, NAMES) is not None:
        assert not isinstance(outcome, Separation), f"{expression} and {mutant} are real on different sets: {outcome}"


def test_the_random_expressions_are_worth_looking_at():
    drawn = [seeded(seed) for seed in range(300)]
    counted = {node: sum(part.has(node) for part in drawn) for node in (Sum, Product, delta, log, exp, mu, y)}
    assert min(counted.values()) >= 10
    assert sum(judged(part) is not None for part in drawn) > 200


def test_mutants_are_mostly_wrong():
    wrong = total_of = 0
    for seed in range(40):
        expression = seeded(seed)
        for _, mutant in zip(range(6), mutants(expression), strict=False):
            if real_and_finite(mutant) and judged(expression) is not None:
                total_of += 1
                wrong += not is_zero(Normaliser(NAMES), expression - mutant)
    assert wrong > total_of / 2 > 20


def test_the_free_index_that_starts_at_zero_keeps_its_range():
    assert prove(Sum(delta(h, v2), (v2, 0, N)), Integer(1), NAMES).conditions == ()


def test_an_index_is_not_fixed_in_a_range_that_depends_on_another_bound_index():
    nested = Sum(Sum(KroneckerDelta(j, 2) * x[j], (j, 1, i)), (i, 1, N))
    assert not Normaliser(NAMES).obligations
    assert decide(nested, N * x[2], NAMES).word is not Word.PROVED
    assert decide(nested, (N - 1) * x[2], NAMES).word is not Word.REFUTED
