"""Attempts to derive something false: each ends in a refusal, or in a condition that says what is missing."""

import pytest
from sympy import (
    Abs,
    Derivative,
    Integer,
    Integral,
    KroneckerDelta,
    Product,
    Rational,
    S,
    Subs,
    Sum,
    besseli,
    exp,
    log,
    symbols,
)  # fmt: skip

from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.derivation import Kind
from derivations.core.equality import prove
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.signs import Sign, Signs
from derivations.core.statements import InRange, Positive
from derivations.core.symbols import POSITIVE, Declarations, array, function, index, scalar, sequence, size
from numeric.domains import ANGLE, COVARIANCE, NATURAL, SIMPLEX

_N, _K, _T = size("N", ""), size("K", ""), size("T", "")
N, K, T = (entry.head for entry in (_N, _K, _T))
_STEP = index("s", T, lower=0)
NAMES = Declarations((
    _N, _K, _T, index("i", N), index("j", K), index("k", K), index("h", K), _STEP, index("m", _STEP.head + 1),
    array("x", (N,), "", ""), array("p", (K,), "", "", SIMPLEX), array("v", (K,), "", ""), array("w", (K,), "", "", POSITIVE),
    array("c", (K, K), "", "", COVARIANCE), array("cc", (K, K), "", "", COVARIANCE), array("n", (N,), "", "", POSITIVE),
    scalar("t", "", ""), scalar("u", "", ""), scalar("q", "", "", POSITIVE), scalar("phi", "", "", ANGLE),
    scalar("r", "", "", POSITIVE), scalar("e", "", "", NATURAL), function("f", "", ""), function("g", "", ""),
    sequence("z", (T,), "", ""), sequence("y", (T, T + 1), "", ""), scalar("name", "", ""),
))  # fmt: skip
i, j, k, h, s, m = (NAMES[name].head for name in "ijkhsm")
x, p, v, w, c, cc, n, t, u, q, phi, r, e, f, g, z, y, name = (
    NAMES[entry].head for entry in "x p v w c cc n t u q phi r e f g z y name".split()  # noqa: SIM905
)


def start(*definitions, lemmas=()):
    proof = Proof(NAMES, lemmas)
    for left, right in definitions:
        proof.step("define", left=left, right=right)
    return proof


def least(objective, unknown, value, factor, *assumed):
    """`minimum_by_sign` for an objective f(unknown's head), after the assumptions."""
    proof = start((objective[0], objective[1]))
    for one in assumed:
        proof.step("assume", positive=one)
    score = proof.step("differentiate", 0, variable=unknown)
    solved = proof.step("impose", left=unknown, right=value, unknown=unknown)
    return proof, proof.step("minimum_by_sign", score, solved, factor=factor)


def refused(what):
    return pytest.raises(RuleError, match=what)


# ---------------------------------------------------------------------- signs


@pytest.mark.parametrize(("expression", "possible"), [
    (t ** (2 * e), Sign.ZERO), (t ** (2 * e + 1), Sign.ZERO), (besseli(Rational(-3, 2), q), Sign.NEGATIVE),
    (Sum(i, (i, -5, 1)), Sign.NEGATIVE), (Sum(1 / i, (i, 0, N)), Sign.ANY & Sign.NEGATIVE),
])  # fmt: skip
def test_a_value_that_is_possible_is_not_ruled_out(expression, possible):
    assert Signs().of(expression) & possible


def test_a_sum_that_an_indicator_may_leave_empty_is_positive_under_a_condition():
    proof = Proof(NAMES)
    left = proof.step("define", left=f(k, n), right=Sum(KroneckerDelta(i, k) * n[i], (i, 1, N)))
    position = proof.step("positive_by_sign", left)
    assert InRange(k, Integer(1), N) in proof.steps[position].conditions


# ---------------------------------------------------------------------- what is bound inside


def test_a_condition_outside_says_nothing_of_a_variable_of_integration():
    left, right = Integral(Abs(t), (t, -1, 1)), Integral(t, (t, -1, 1))
    assert prove(left, right, NAMES, conditions=(t,)) is None
    assert prove(Subs(f(Abs(t)), t, -1), Subs(f(t), t, -1), NAMES, conditions=(t,)) is None


def test_an_indicator_of_a_real_parameter_has_no_derivative():
    with pytest.raises(NotDifferentiable):
        differentiate((t - 1) ** 2 - 10 * KroneckerDelta(t, 5), t)


# ---------------------------------------------------------------------- equations in unknowns


def test_a_solution_put_into_an_identity_stays_an_equation_in_its_unknown():
    proof = start((name, x[1] * 1))
    longer = proof.step("rearrange", 0, to=name * name / x[1])
    assumed = proof.step("impose", left=name, right=Integer(0), unknown=name)
    found = proof.statement(proof.step("substitute_solution", longer, assumed))
    assert (found.left, found.right) == (0, 0)


def test_a_second_derivative_that_is_only_imposed_is_refused():
    proof = start((f(w), Sum(w[k] ** 3, (k, 1, K))))
    score = proof.step("differentiate", 0, variable=w[k])
    bend = proof.step("impose", left=Derivative(f(w), w[k], w[j]), right=KroneckerDelta(j, k), unknown=w[k])
    solved = proof.step("impose", left=w[k], right=Integer(1), unknown=w[k])
    constraint = proof.step("impose", left=Sum(w[k], (k, 1, K)), right=K, unknown=w[k])
    with refused("given as an identity"):
        proof.step("minimum_under_linear_constraint", score, bend, solved, constraint, curvature=S.One, multiplier=Integer(-3))


# ---------------------------------------------------------------------- minima


def test_a_minimum_outside_what_is_assumed_of_the_parameter_carries_the_assumption():
    proof, position = least((f(t), (t - 1) ** 2), t, Integer(1), Integer(2), t - 3)
    assert Positive(Integer(-2)) in proof.steps[position].conditions
    proof, position = least((f(t), (t - 1) ** 2), t, Integer(1), Integer(2), t + 3)
    assert proof.steps[position].conditions == ()


def test_a_minimum_among_angles_probabilities_or_matrices_is_not_one_among_numbers():
    with refused("angle, cannot be said"):
        least((f(phi), (phi - 10) ** 2), phi, Integer(10), Integer(2))
    with refused("different normal forms"):
        least((f(p), Sum((p[k] - 1) ** 2, (k, 1, K))), p[k], Integer(1), Integer(2))
    with refused("covariance, cannot be said"):
        least((f(c), Sum((c[j, k] - 1) ** 2, (j, 1, K), (k, 1, K))), c[j, k], Integer(1), Integer(2))
    _, position = least((f(p), Sum((p[k] - 1 / K) ** 2, (k, 1, K))), p[k], 1 / K, Integer(2))
    assert position == 3


def constrained(objective, unknown, other, value, gap, curvature, multiplier, names=NAMES):
    proof = Proof(names)
    base = unknown.base
    proof.step("define", left=f(base), right=objective)
    score = proof.step("differentiate", 0, variable=unknown)
    bend = proof.step("differentiate", score, variable=other)
    solved = proof.step("impose", left=unknown, right=value, unknown=unknown)
    constraint = proof.step("impose", left=gap, right=Integer(0), unknown=unknown)
    return proof.step(
        "minimum_under_linear_constraint", score, bend, solved, constraint, curvature=curvature, multiplier=multiplier
    )


def test_a_curvature_with_a_pole_does_not_make_a_function_convex():
    with refused("pole"):
        constrained(Sum(v[k] ** -2, (k, 1, K)), v[k], v[j], Integer(1), Sum(v[k], (k, 1, K)) - K, 6 / v[k] ** 4, Integer(2))


def test_the_pairs_of_entries_with_one_of_them_are_not_all_pairs():
    objective = Sum(v[k] ** 2, (k, 1, K)) + 4 * v[2] * v[3]
    with pytest.raises(RuleError):
        constrained(objective, v[k], v[1], Integer(1), Sum(v[k], (k, 1, K)) - K, Integer(2), Integer(-2))


def test_constraints_that_tie_one_another_do_not_let_each_entry_choose_its_multiplier():
    objective, mean = Sum(v[k] ** 2, (k, 1, K)), Sum(v[j], (j, 1, K)) / K
    with refused("different normal forms"):
        constrained(objective, v[k], v[h], Integer(7), v[k] - mean, Integer(2), -14 / (1 - 1 / K))
    assert constrained(objective, v[k], v[j], Integer(7), v[k] - 7, Integer(2), Integer(-14)) == 5


def test_a_value_outside_the_domain_at_which_an_identity_is_evaluated_becomes_a_condition():
    proof = start((f(w), Sum(w[k], (k, 1, K))), (g(v), Abs(Sum(v[k], (k, 1, K)))))
    there = proof.step("evaluate_at", 0, unknown=w[k], value=Integer(-1), result=-K)
    assert Positive(Integer(-1)) in proof.steps[there].conditions
    proof.step("assume", positive=v[k])
    plain = proof.step("rearrange", 1, to=Sum(v[k], (k, 1, K)))
    there = proof.step("evaluate_at", plain, unknown=v[k], value=Integer(-1), result=-K)
    assert Positive(Integer(-1)) in proof.steps[there].conditions


@pytest.mark.parametrize("objective", [-1 / (t - 5), Sum(-1 / (t - x[i] - 1), (i, 1, N)), -1 / (t - q) ** 3])
def test_a_function_that_jumps_downwards_at_a_pole_is_not_lowest_at_its_edge(objective):
    proof = start((f(t), objective))
    score = proof.step("differentiate", 0, variable=t)
    inside = proof.step("support", entry=x[i], lower=Integer(0), upper=t)
    with refused("pole"):
        proof.step("boundary_minimum", score, inside)


@pytest.mark.parametrize("declared", ["cc", "phi"])
def test_a_matrix_or_an_angle_is_not_defined_by_a_formula_for_its_entries(declared):
    head = NAMES[declared].head
    with refused("which an entry does not show"):
        start((head[j, k] if declared == "cc" else head, Integer(1)))


def test_the_normal_equations_for_one_entry_are_not_those_for_all():
    names = NAMES.extended(array("a", (N, K), "", ""), array("beta", (K,), "", ""), index("d", K))
    a, beta, d = (names[entry].head for entry in ("a", "beta", "d"))
    proof = Proof(names)
    proof.step("define", left=f(beta), right=Sum((x[i] - Sum(a[i, d] * beta[d], (d, 1, K))) ** 2, (i, 1, N)) / 2)
    score = proof.step("differentiate", 0, variable=beta[1])
    with refused("does not stand for every entry"):
        proof.step(
            "minimum_of_gram_quadratic", score, factor=S.One, rows=a[i, 1], weight=S.One, ridge=S.Zero, index=i,
            right=Sum(a[i, 1] * x[i], (i, 1, N)),
        )  # fmt: skip


# ---------------------------------------------------------------------- sequences


def test_what_a_sequence_hides_is_not_held_fixed():
    proof = Proof(NAMES)
    proof.step("recurrence", left=z[s + 1], right=q * z[s], index=s)
    left = proof.step("define", left=f(q), right=Sum(z[s] ** 2, (s, 1, T)))
    with refused("moves with it"):
        proof.step("differentiate", left, variable=q)
    slope = proof.step("define", left=g(q), right=z[3] ** 2)
    with refused("moves with it"):
        proof.step("rearrange", slope, side="left", to=Derivative(f(q), q) + g(q))


def test_a_value_that_a_sequence_moves_is_no_minimum():
    proof = Proof(NAMES)
    proof.step("initial", left=z[0], right=t)
    proof.step("define", left=f(t), right=t**4 / 4 - t**2 / 2)
    score = proof.step("differentiate", 1, variable=t)
    solved = proof.step("impose", left=t, right=z[0] - (z[0] ** 3 - z[0]), unknown=t)
    with refused("not a solved form"):
        proof.step("minimum_by_sign", score, solved, factor=Integer(1))


def test_a_pole_behind_a_sequence_is_seen():
    proof = Proof(NAMES.extended(sequence("zz", (T,), "", "", domain=POSITIVE)))
    zz = proof._situation.declarations["zz"].head
    proof.step("initial", left=zz[0], right=t**-2)
    proof.step("define", left=f(t), right=log(t**2) / 2 + 1 / t)
    score = proof.step("differentiate", 1, variable=t)
    solved = proof.step("impose", left=t, right=Integer(1), unknown=t)
    with refused("pole"):
        proof.step("minimum_by_sign", score, solved, factor=zz[0])


def test_an_identity_of_the_first_steps_is_not_used_beyond_them():
    proof = Proof(NAMES)
    proof.step("initial", left=z[0], right=Integer(1))
    proof.step("recurrence", left=z[s + 1], right=z[s], index=s)
    any_step = symbols("o", integer=True, nonnegative=True)
    inside = Sum(KroneckerDelta(any_step, s), (any_step, 0, T))
    with refused("does not follow"):
        proof.by_induction(s, [(z[s], inside)])


def test_a_claim_for_as_many_entries_as_steps_is_not_used_at_one_more():
    names = NAMES.extended(index("l", _STEP.head + 1), index("b", _STEP.head + 1))
    inner = names["l"].head
    proof = Proof(names)
    proof.step("initial", left=y[0, inner], right=Sum(KroneckerDelta(m, inner), (m, 1, 1)))
    proof.step("recurrence", left=y[s + 1, inner], right=y[s, inner], index=s)
    with refused("may lie outside"):
        proof.by_induction(s, [(y[s, inner], Integer(1))])


def test_a_factor_that_is_one_for_the_entries_so_far_is_not_one_for_the_next():
    names = NAMES.extended(index("l", _STEP.head + 1))
    inner, other = names["l"].head, symbols("o", integer=True, positive=True)
    proof = Proof(names)
    proof.step("initial", left=y[0, inner], right=Integer(1))
    so_far = Sum(KroneckerDelta(other, inner), (other, 1, s + 1))
    proof.step("recurrence", left=y[s + 1, inner], right=so_far, index=s)
    with refused("does not follow"):
        proof.by_induction(s, [(y[s, inner], Integer(1))])


# ---------------------------------------------------------------------- bounds and lemmas


def test_a_bound_that_was_assumed_is_not_cited_as_a_fact():
    proof = start((f(t), t * q))
    limit = proof.step("assume_bound", expression=t, bound=Integer(1))
    cited = proof.done("a/bound", "", "", Kind.BOUND, (limit,), "")
    with refused("assume it first"):
        start((f(t), t * q), lemmas=(cited,)).step("lemma", name="a/bound")
    again = Proof(NAMES, (cited,))
    again.step("assume_bound", expression=t, bound=Integer(1))
    assert again.step("lemma", name="a/bound") == 1


def test_the_norm_of_a_matrix_is_not_read_off_a_corner_of_it():
    names = NAMES.extended(array("a", (N, N), "", ""), index("d", K), index("o", K), function("whole", "", ""))
    a, d, o = (names[entry].head for entry in "ado")
    proof = Proof(names)
    proof.step("define", left=f(d, o), right=a[d, o])
    from derivations.core.functions import COLUMN, ROW, matrix_of

    with refused("runs over 1..K"):
        proof.step("norm_of_product", 0, row=d, column=o, factors=(matrix_of(a[ROW, COLUMN]),), sizes=(N, N))


# ---------------------------------------------------------------------- logarithms and the like, refused before as well


@pytest.mark.parametrize(("rule", "inside"), [
    ("log_of_power", log(t**4 * q)), ("log_of_product", log(t * u)), ("log_of_product", log((t**2 + u) * q)),
    ("log_of_product", log(q * (q - r))),
])  # fmt: skip
def test_a_logarithm_is_not_split_where_a_factor_may_be_negative(rule, inside):
    proof = start((f(t), inside))
    with pytest.raises(RuleError):
        proof.step(rule, 0)


def test_a_score_that_decreases_gives_no_minimum():
    with pytest.raises(RuleError):
        least((f(t), -((t - 1) ** 2)), t, Integer(1), Integer(-2))
    with pytest.raises(RuleError):
        least((f(t), exp(-(t**2))), t, Integer(0), -2 * exp(-(t**2)))


def test_no_declared_size_is_taken_for_the_open_end_of_a_step():
    upper = size("end_of_s", "")
    names = NAMES.extended(upper)
    any_step = symbols("o", integer=True, nonnegative=True)
    proof = Proof(names)
    proof.step("initial", left=z[0], right=Integer(1))
    proof.step("recurrence", left=z[s + 1], right=z[s], index=s)
    with refused("does not follow"):
        proof.by_induction(s, [(z[s], Sum(KroneckerDelta(any_step, s), (any_step, 0, upper.head)))])


def test_what_is_no_density_has_no_expectations():
    names = Declarations((
        _N, index("i", N), array("x", (N,), "", "", POSITIVE), scalar("rate", "", "", POSITIVE), function("f", "", ""),
        function("g", "", ""), function("expectation", "", ""),
    ))  # fmt: skip
    samples, rate = names["x"].head, names["rate"].head
    total = Sum(samples[i], (i, 1, N))

    def mean(density, likelihood, value):
        proof = Proof(names)
        proof.step("given", left=f(i, samples, rate), right=density)
        start = proof.step("define", left=g(samples, rate), right=-log(Product(f(i, samples, rate), (i, 1, N))))
        start = proof.chain(start, ("unfold_definition", {"name": "f"}), ("rearrange", {"to": likelihood}))
        score = proof.step("differentiate", start, variable=rate)
        return proof.step("mean_by_scores", score, of=total, weights=(S.One,), value=value)

    assert mean(rate * exp(-rate * samples[i]), rate * total - N * log(rate), N / rate) == 5
    with refused("is no density"):
        mean(exp(-rate * samples[i]), rate * total, S.Zero)
