"""The kernel rules of maximum likelihood: each concludes what it says and refuses its near misses."""

from __future__ import annotations

import pytest
from sympy import Abs, Function, Max, Rational, Sum, Symbol, atan2, cos, exp, log, polygamma, sin, sqrt

from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.rules.boundary import LARGEST, MEDIAN, SMALLEST
from derivations.core.statements import BoundaryMinimum, InRange, Minimum, NonZero, Positive, Unsolved
from derivations.core.symbols import Declaration, Declarations, array, function, index, scalar, size
from numeric.domains import ANGLE, INTEGER, POSITIVE, REAL, SIZE, UNIT_INTERVAL

N = size("N", "").head
NAMES = Declarations((
    size("N", ""), index("i", N), array("x", (N,), "x_{0}", "", REAL), array("z", (N,), "z_{0}", "", POSITIVE),
    array("w", (N,), "w_{0}", "", SIZE), scalar("t", "t", "", POSITIVE), scalar("s", "s", "", POSITIVE),
    scalar("m", "m", "", REAL), scalar("p", "p", "", UNIT_INTERVAL), scalar("n", "n", "", SIZE), scalar("b", "b", "", INTEGER),
    Declaration("a", ANGLE, latex="a"), *(function(name, name, "") for name in ("f", "g", "h", "largest", "smallest", "median")),
))  # fmt: skip
i, x, z, w, t, s, m, p, n, b, a = (NAMES[name].head for name in "ixzwtsmpnba")
f, g, h = (Function(name, real=True) for name in "fgh")
r = Symbol("r", positive=True)


def total(body):
    return Sum(body, (i, 1, N))


def scored(function_, body, unknown, arguments=None):
    """A proof with f(θ) = body and its derivative; (proof, definition, score)."""
    proof = Proof(NAMES)
    start = proof.step("define", left=function_(*(arguments or (unknown,))), right=body)
    return proof, start, proof.step("differentiate", start, variable=unknown)


def shown(proof, position, to, side="left"):
    """The line with one side written as `to`, where it is not yet."""
    same = getattr(proof.statement(position), side) == to
    return position if same else proof.step("rearrange", position, to=to, side=side)


def test_solve_monotone_frees_an_unknown_from_a_symbolic_power():
    proof, _, score = scored(f, N * s * log(t) + total(z[i] ** s) / t**s / s * s, t, (t, s))
    position = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=t ** (s + 1) / s)
    position = shown(proof, position, N * t**s - total(z[i] ** s))
    solved = proof.step("solve_monotone", position, unknown=t, value=(total(z[i] ** s) / N) ** (1 / s))
    assert proof.right(solved) == (total(z[i] ** s) / N) ** (1 / s)


@pytest.mark.parametrize("value", [total(z[i]) / N + 1, 2 * total(z[i]) / N, t + 0 * N])
def test_solve_monotone_refuses_a_value_that_is_no_root(value):
    proof, _, score = scored(f, N * t**2 / 2 - t * total(z[i]), t)
    with pytest.raises(RuleError, match="solve_monotone"):
        proof.step("solve_monotone", proof.step("set_to_zero", score), unknown=t, value=value)


def test_solve_monotone_refuses_a_pole_inside_the_domain():
    proof, _, score = scored(f, m - log(m**2) / 2, m)
    with pytest.raises(RuleError, match="solve_monotone"):
        proof.step("solve_monotone", proof.step("set_to_zero", score), unknown=m, value=0 * m + 1)


def test_solve_monotone_states_what_makes_the_value_real_and_inside():
    proof, _, score = scored(f, N * exp(m) - m * total(x[i]), m)
    position = proof.step("set_to_zero", score)
    solved = proof.step("solve_monotone", position, unknown=m, value=log(total(x[i]) / N))
    assert proof.steps[solved].conditions == (Positive(total(x[i]) / N),)


def increasing_case():
    proof, _, score = scored(f, t * total(z[i]) - N * log(t), t)
    position = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=t)
    position = shown(proof, position, t * total(z[i]) - N)
    return proof, score, proof.step("solve_monotone", position, unknown=t, value=N / total(z[i]))


def test_minimum_of_increasing_score_concludes_the_one_minimum():
    proof, score, solved = increasing_case()
    found = proof.step("minimum_of_increasing_score", score, solved, factor=1 / t, increasing=t * total(z[i]) - N)
    assert proof.statement(found) == Minimum(f(t), (t,), (N / total(z[i]),))


@pytest.mark.parametrize(("factor", "increasing"), [
    (-1 / t, N - t * total(z[i])), (1 / t, t * total(z[i]) - 2 * N), (m, (t * total(z[i]) - N) / (m * t)),
    (Rational(1), total(z[i]) + N / t),
])  # fmt: skip
def test_minimum_of_increasing_score_refuses_other_products(factor, increasing):
    proof, score, solved = increasing_case()
    with pytest.raises(RuleError, match="minimum_of_increasing_score"):
        proof.step("minimum_of_increasing_score", score, solved, factor=factor, increasing=increasing)


def test_minimum_of_increasing_score_refuses_whole_numbers():
    proof, _, score = scored(f, n * total(z[i]) - N * log(n), n)
    position = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=n)
    with pytest.raises(RuleError, match="domain"):
        proof.step("solve_monotone", position, unknown=n, value=N / total(z[i]))


def quadratic_case():
    body = N * t + (N * log(t) + total(z[i]) / t)
    proof, _, score = scored(f, body, t)
    position = proof.step("multiply_both_sides", proof.step("set_to_zero", score), factor=t**2)
    shape = {"square": N, "linear": N, "constant": total(z[i])}
    return proof, score, shown(proof, position, N * t**2 + N * t - total(z[i])), shape


def test_a_quadratic_score_has_its_minimum_at_the_positive_root():
    proof, score, position, shape = quadratic_case()
    solved = proof.step("solve_quadratic", position, unknown=t, **shape)
    found = proof.step("minimum_of_quadratic_score", score, factor=1 / t**2, **shape)
    root = (-N + sqrt(N**2 + 4 * N * total(z[i]))) / (2 * N)
    assert proof.right(solved) == root
    assert proof.value(found) == root


@pytest.mark.parametrize("change", [{"linear": -N}, {"constant": total(x[i])}, {"square": -N}, {"constant": t * total(z[i])}])
def test_a_quadratic_with_another_coefficient_is_refused(change):
    proof, score, position, shape = quadratic_case()
    with pytest.raises(RuleError, match="solve_quadratic"):
        proof.step("solve_quadratic", position, unknown=t, **(shape | change))
    with pytest.raises(RuleError, match="minimum_of_quadratic_score"):
        proof.step("minimum_of_quadratic_score", score, factor=1 / t**2, **(shape | change))


def test_a_quadratic_for_a_number_between_zero_and_one_states_that_its_root_is_below_one():
    proof, _, score = scored(f, N * p**2 / 2 + N * p - total(w[i]) * log(p), p)
    shape = {"square": N, "linear": N, "constant": total(w[i])}
    found = proof.step("minimum_of_quadratic_score", score, factor=1 / p, **shape)
    root = (-N + sqrt(N**2 + 4 * N * total(w[i]))) / (2 * N)
    assert Positive(1 - root) in proof.steps[found].conditions


def test_boundary_minimum_is_at_the_largest_observation_for_an_increasing_objective():
    proof, _, score = scored(f, N * log(t), t)
    support = proof.step("support", entry=z[i], lower=SMALLEST(z), upper=t)
    found = proof.step("boundary_minimum", score, support)
    assert proof.statement(found) == BoundaryMinimum(f(t), (t,), (LARGEST(z),), (t - LARGEST(z),))


def test_boundary_minimum_takes_the_stricter_of_two_ends():
    proof, _, score = scored(f, N * log(t), t)
    found = proof.step("boundary_minimum", score, proof.step("support", entry=x[i], lower=-t, upper=t))
    assert proof.statement(found).value == (Max(-SMALLEST(x), LARGEST(x)),)


@pytest.mark.parametrize(("body", "lower", "upper"), [
    (N * log(t), t, LARGEST(z)), (-N * log(t), SMALLEST(z), t), (N * log(t), SMALLEST(z), t**2),
    (t * total(x[i]), SMALLEST(z), t), (N * log(t), t, t**2), (N * log(t), SMALLEST(z), LARGEST(z)),
])  # fmt: skip
def test_boundary_minimum_refuses_unbounded_and_two_sided_cases(body, lower, upper):
    proof, _, score = scored(f, body, t)
    support = proof.step("support", entry=z[i], lower=lower, upper=upper)
    with pytest.raises(RuleError, match="boundary_minimum"):
        proof.step("boundary_minimum", score, support)


def test_boundary_minimum_between_two_ends_states_that_they_leave_room():
    proof, _, score = scored(f, N * log(t), t)
    found = proof.step("boundary_minimum", score, proof.step("support", entry=z[i], lower=t, upper=2 * t))
    assert proof.statement(found).value == (LARGEST(z) / 2,)
    assert proof.steps[found].conditions == (InRange(t, LARGEST(z) / 2, SMALLEST(z)),)
    falling, _, slope = scored(f, -N * log(t), t)
    found = falling.step("boundary_minimum", slope, falling.step("support", entry=z[i], lower=t, upper=2 * t))
    assert falling.statement(found).value == (SMALLEST(z),)


@pytest.mark.parametrize(("end", "limit"), [(t**2, sqrt(LARGEST(z))), (1 / t, 1 / LARGEST(z)), (exp(t) + t - t, log(LARGEST(z)))])
def test_boundary_minimum_at_an_end_that_is_not_affine(end, limit):
    falling = end == 1 / t
    proof, _, score = scored(f, (-1 if falling else 1) * N * log(t), t)
    support = proof.step("support", entry=z[i], lower=SMALLEST(z), upper=end)
    found = proof.step("boundary_minimum", score, support, limits=(limit,))
    assert proof.statement(found).value == (limit,)
    for wrong in (2 * limit, LARGEST(z), t):
        with pytest.raises(RuleError, match="boundary_minimum"):
            proof.step("boundary_minimum", score, support, limits=(wrong,))


def test_boundary_minimum_refuses_an_end_that_is_not_monotone():
    proof, _, score = scored(f, N * log(t), t)
    support = proof.step("support", entry=z[i], lower=SMALLEST(z), upper=(t - 1) ** 2)
    with pytest.raises(RuleError, match="slope"):
        proof.step("boundary_minimum", score, support, limits=(1 + sqrt(LARGEST(z)),))


HIGHEST, SQUARES = LARGEST(x), total((x[i] - m) ** 2) / 2


def located(summand, lower=m, upper=HIGHEST, body=SQUARES):
    proof, _, score = scored(f, body, m)
    return proof, score, proof.step("support", entry=x[i], lower=lower, upper=upper), summand


def test_boundary_minimum_reads_the_sign_of_the_score_inside_the_support():
    proof, score, support, summand = located(m - x[i])
    found = proof.step("boundary_minimum", score, support, summand=summand)
    assert proof.statement(found).value == (SMALLEST(x),)
    proof, score, support, summand = located(m - x[i], SMALLEST(x), m)
    assert proof.statement(proof.step("boundary_minimum", score, support, summand=summand)).value == (HIGHEST,)


@pytest.mark.parametrize("case", [
    located(2 * (m - x[i])), located(m - x[i] + 1), located(m - x[i], m - 1),
    located(m - total(x[i]) / N), located(m - x[i], SMALLEST(x), LARGEST(x)),
    located(2 * (x[i] - m) * ((x[i] - m) ** 2 - 1) * -1, body=total(((x[i] - m) ** 2 - 1) ** 2) / 4),
])  # fmt: skip
def test_boundary_minimum_refuses_a_summand_of_another_score_or_of_unknown_sign(case):
    proof, score, support, summand = case
    with pytest.raises(RuleError, match="boundary_minimum"):
        proof.step("boundary_minimum", score, support, summand=summand)


def test_boundary_minimum_may_be_at_the_larger_of_two_whole_numbers():
    proof, _, score = scored(f, N * log(2 * n + 1), n)
    found = proof.step("boundary_minimum", score, proof.step("support", entry=w[i], lower=-n, upper=n))
    assert proof.statement(found).value == (Max(LARGEST(w), -SMALLEST(w)),)
    with pytest.raises(RuleError, match="whole number"):
        proof.step("boundary_minimum", score, proof.step("support", entry=w[i], lower=SMALLEST(w), upper=2 * n))


def centred(outer):
    proof = Proof(NAMES)
    start = proof.step("define", left=f(m), right=outer.subs(r, Max(LARGEST(x) - m, m - SMALLEST(x))))
    proof.step("assume", positive=Max(LARGEST(x) - m, m - SMALLEST(x)))
    return proof, start


def test_minimum_of_larger_distance_is_half_way():
    proof, start = centred(N * log(r))
    arguments = {"unknown": m, "lower": SMALLEST(x), "upper": LARGEST(x), "outer": N * log(r), "radius": r}
    found = proof.step("minimum_of_larger_distance", start, **arguments)
    assert proof.statement(found).value == (LARGEST(x) / 2 + SMALLEST(x) / 2,)
    assert proof.steps[found].conditions == (Positive(LARGEST(x) - SMALLEST(x)),)


@pytest.mark.parametrize(("outer", "change"), [
    (-N * log(r), {}), (N * log(r), {"lower": LARGEST(x)}), (N * log(r), {"outer": 2 * N * log(r)}), (N * (r - 1) ** 2, {}),
    (N * log(r), {"lower": m}), (N * log(r), {"radius": t}), (N * log(r), {"unknown": t}),
])  # fmt: skip
def test_minimum_of_larger_distance_refuses_other_shapes(outer, change):
    proof, start = centred(outer)
    arguments = {"unknown": m, "lower": SMALLEST(x), "upper": LARGEST(x), "outer": outer, "radius": r}
    with pytest.raises(RuleError, match="minimum_of_larger_distance"):
        proof.step("minimum_of_larger_distance", start, **(arguments | change))


def test_boundary_minimum_refuses_a_likelihood_without_bound_at_the_edge():
    proof = Proof(NAMES)
    proof.step("assume", positive=t - z[i])
    score = proof.step("differentiate", proof.step("define", left=f(t), right=total(log(t - z[i])) / 2), variable=t)
    with pytest.raises(RuleError, match="pole"):
        proof.step("boundary_minimum", score, proof.step("support", entry=z[i], lower=SMALLEST(z), upper=t))


def test_boundary_minimum_of_a_whole_number_is_an_extreme_of_whole_numbers():
    proof, _, score = scored(f, N * log(n), n)
    found = proof.step("boundary_minimum", score, proof.step("support", entry=w[i], lower=SMALLEST(w), upper=n))
    assert proof.statement(found).value == (LARGEST(w),)
    other, _, slope = scored(f, N * log(n), n)
    with pytest.raises(RuleError, match="whole number"):
        other.step("boundary_minimum", slope, other.step("support", entry=z[i], lower=SMALLEST(z), upper=n))


def test_support_refuses_an_end_that_depends_on_the_observation():
    with pytest.raises(RuleError, match="support"):
        Proof(NAMES).step("support", entry=z[i], lower=z[i], upper=t)


def test_minimum_at_median_of_a_sum_of_distances():
    proof, start, _ = scored(f, N * log(t) + total(Abs(x[i] - m)) / t, t, (m, t))
    found = proof.step("minimum_at_median", start, unknown=m, weight=1 / t, rest=N * log(t), distances=total(Abs(x[i] - m)))
    assert proof.statement(found) == BoundaryMinimum(f(m, t), (m,), (MEDIAN(x),))


@pytest.mark.parametrize(("weight", "rest", "distances"), [
    (-1 / t, N * log(t), total(Abs(x[i] - m))), (2 / t, N * log(t), total(Abs(x[i] - m))),
    (1 / t, N * log(t), total(Abs(x[i] - 2 * m))), (1 / t, N * log(t) + m, total(Abs(x[i] - m))),
    (1 / t, N * log(t), Sum(Abs(x[i] - m), (i, 2, N))),
])  # fmt: skip
def test_minimum_at_median_refuses_other_shapes(weight, rest, distances):
    proof, start, _ = scored(f, N * log(t) + total(Abs(x[i] - m)) / t, t, (m, t))
    with pytest.raises(RuleError, match="minimum_at_median"):
        proof.step("minimum_at_median", start, unknown=m, weight=weight, rest=rest, distances=distances)


def wave_case():
    across, up = total(cos(x[i])), total(sin(x[i]))
    proof = Proof(NAMES)
    start = proof.step("define", left=f(a, t), right=-t * total(cos(x[i] - a)))
    return proof, start, across, up


def test_minimum_on_circle_is_the_direction_of_the_resultant():
    proof, start, across, up = wave_case()
    proof.step("assume", positive=across**2 + up**2)
    found = proof.step("minimum_on_circle", start, unknown=a, rest=0 * t, weight=t, across=across, up=up)
    assert proof.statement(found) == Minimum(f(a, t), (a,), (atan2(up, across),))


def test_minimum_on_circle_refuses_a_wave_that_may_be_flat_or_another_one():
    proof, start, across, up = wave_case()
    with pytest.raises(RuleError, match="minimum_on_circle"):
        proof.step("minimum_on_circle", start, unknown=a, rest=0 * t, weight=t, across=across, up=up)
    proof.step("assume", positive=across**2 + up**2)
    with pytest.raises(RuleError, match="minimum_on_circle"):
        proof.step("minimum_on_circle", start, unknown=a, rest=0 * t, weight=t, across=-across, up=up)


def in_turn_case(inner):
    proof, start, score = scored(f, total((x[i] - m) ** 2) / (2 * t) + N * log(t) / 2, m, (m, t))
    mean = total(x[i]) / N
    position = shown(proof, proof.step("set_to_zero", score), (N * m - total(x[i])) / t)
    solved = proof.step("solve_monotone", position, unknown=m, value=mean)
    first = proof.step("minimum_of_increasing_score", score, solved, factor=1 / t, increasing=N * m - total(x[i]))
    start = proof.step("define", left=g(t), right=f(inner, t))
    spread = total((x[i] - inner) ** 2)
    start = shown(proof, start, spread / (2 * t) + N * log(t) / 2, "right")
    proof.step("assume", positive=spread)
    slope = proof.step("differentiate", start, variable=t)
    position = proof.step("multiply_both_sides", proof.step("set_to_zero", slope), factor=2 * t**2)
    position = shown(proof, position, N * t - spread)
    solved = proof.step("solve_monotone", position, unknown=t, value=spread / N)
    second = proof.step("minimum_of_increasing_score", slope, solved, factor=1 / (2 * t**2), increasing=N * t - spread)
    return proof, first, second


def test_minimise_in_turn_joins_the_two_minima():
    mean = total(x[i]) / N
    proof, first, second = in_turn_case(mean)
    found = proof.step("minimise_in_turn", first, second, value=mean)
    assert proof.statement(found) == Minimum(f(m, t), (m, t), (mean, total((x[i] - mean) ** 2) / N))


def test_minimise_in_turn_refuses_another_value_or_another_function():
    mean = total(x[i]) / N
    proof, first, second = in_turn_case(mean)
    with pytest.raises(RuleError, match="minimise_in_turn"):
        proof.step("minimise_in_turn", first, second, value=2 * mean)
    with pytest.raises(RuleError, match="minimise_in_turn"):
        proof.step("minimise_in_turn", second, first, value=mean)
    other, first, second = in_turn_case(mean + 1)
    with pytest.raises(RuleError, match="minimise_in_turn"):
        other.step("minimise_in_turn", first, second, value=mean)


def test_no_inversion_states_the_equation_that_is_left():
    proof, _, score = scored(f, N * (polygamma(0, t) * t - t * log(t)) - t * total(log(z[i])), t)
    found = proof.step("no_inversion", score)
    assert isinstance(proof.statement(found), Unsolved)
    assert proof.statement(found).unknown == (t,)


def test_no_inversion_refuses_an_equation_that_can_be_solved():
    proof, _, score = scored(f, t * total(z[i]) - N * log(t), t)
    with pytest.raises(RuleError, match="can be solved"):
        proof.step("no_inversion", score)


def test_no_inversion_refuses_a_score_without_a_zero():
    proof, _, score = scored(f, N * log(t), t)
    with pytest.raises(RuleError, match="no_inversion"):
        proof.step("no_inversion", score)


def test_a_divisor_of_unknown_sign_becomes_a_condition():
    proof, _, score = scored(f, t * total(x[i]) - N * log(t), t)
    position = shown(proof, proof.step("set_to_zero", score), total(x[i]) - N / t)
    solved = proof.step("solve_monotone", position, unknown=t, value=N / total(x[i]))
    assert {type(c) for c in proof.steps[solved].conditions} == {NonZero, Positive}


def test_a_probability_has_to_stay_below_one():
    proof, _, score = scored(f, N * p - total(z[i]) * log(p), p)
    position = shown(proof, proof.step("set_to_zero", score), N - total(z[i]) / p)
    solved = proof.step("solve_monotone", position, unknown=p, value=total(z[i]) / N)
    assert Positive(1 - total(z[i]) / N) in proof.steps[solved].conditions
    assert Symbol("p", positive=True) == p
