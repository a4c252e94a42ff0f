"""Bounds on gradients: the rules, their near misses, and measured norms that stay below."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer, Rational, Symbol, erf, exp, pi, sqrt

from derivations.core.evidence import Word
from derivations.core.functions import COLUMN, NORM, ROW, matrix_of
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.statements import Bounded, Equation, Minimum
from derivations.core.store import load
from derivations.subjects.backprop.entries import ENTRIES
from derivations.subjects.backprop.measuring import jacobian_norms, plot_norms
from derivations.subjects.backprop.network import PLAIN, a, c, l, p, s
from derivations.subjects.backprop.recursion import jacobians
from derivations.subjects.backprop.slopes import (
    GELU_SLOPE,
    STEEPNESS,
    UnboundedSlope,
    largest_slope,
    steepest_gelu,
    steepness,
    u,
)
from derivations.subjects.backprop.vanishing import bounded_declarations, vanishing
from derivations.subjects.matrices.elementwise import ELEMENTWISE

h = PLAIN.heads
FALL = steepest_gelu().declarations["fall"].head(steepest_gelu().declarations["v"].head)


def test_the_bound_on_the_jacobian_is_a_product_over_the_layers():
    derivation = vanishing()
    assert derivation.evidence is Word.PROVED
    whole, by_bias, by_weights = derivation.conclusions
    assert isinstance(whole, Bounded)
    assert str(whole.bound).count("Product") == 1
    assert "A[l + m, row, col]" in str(whole.bound)
    assert str(by_bias.bound).startswith("S*")
    assert "V[row, col]" in str(by_weights.bound)
    assert "necessary" in derivation.conclusion.sentence
    assert "not sufficient" in derivation.conclusion.sentence


def test_the_bound_replays_from_its_stored_form():
    checked = replay(load(vanishing().to_json()))
    assert checked.ok, checked.problems


def started() -> tuple[Proof, int]:
    proof = Proof(bounded_declarations())
    PLAIN.forward(proof)
    jacobians(proof, PLAIN)
    return proof, proof.last


def factors(slope=None):
    from derivations.subjects.backprop.vanishing import _diagonal

    diagonal = _diagonal(slope or PLAIN.activation_slope(l + s + 1, a), a)
    return (diagonal, matrix_of(h.A[l + s + 1, ROW, COLUMN]), matrix_of(h.F[l, s, ROW, COLUMN]))


SIZES = (PLAIN.size(l + s + 1), PLAIN.size(l + s + 1), PLAIN.size(l + s), PLAIN.size(l))


@pytest.mark.parametrize(
    "wrong",
    [
        factors(PLAIN.activation_slope(l + s, a)),
        factors()[::-1],
        factors()[:2],
        (factors()[0], matrix_of(h.A[l + s + 1, COLUMN, ROW]), factors()[2]),
    ],
)
def test_norm_of_product_refuses_other_factors(wrong):
    proof, chain = started()
    with pytest.raises(RuleError, match="norm_of_product"):
        proof.step("norm_of_product", chain, row=a, column=c, factors=wrong, sizes=SIZES)
    proof.step("norm_of_product", chain, row=a, column=c, factors=factors(), sizes=SIZES)


def test_norm_of_diagonal_refuses_an_entry_that_is_not_bounded():
    proof, _ = started()
    with pytest.raises(RuleError, match="may be negative"):
        proof.step("assume_bound", expression=h.sigma_prime(l, u), bound=u)
    limit = proof.step("assume_bound", expression=h.sigma_prime(l, u), bound=bounded_declarations()["S"].head)
    with pytest.raises(RuleError, match="at other arguments"):
        proof.step("norm_of_diagonal", limit, entry=h.sigma(l, h.z[l, p]), row=p, size=PLAIN.size(l))


def test_bound_factor_refuses_what_is_no_factor():
    proof, chain = started()
    limit = proof.step("assume_bound", expression=h.sigma_prime(l, u), bound=bounded_declarations()["S"].head)
    product = proof.step("norm_of_product", chain, row=a, column=c, factors=factors(), sizes=SIZES)
    with pytest.raises(RuleError, match="is no factor"):
        proof.step("bound_factor", product, limit)
    with pytest.raises(RuleError, match="is no bound"):
        proof.step("bound_factor", product, chain)


def test_bound_along_sequence_refuses_a_bound_that_is_no_step():
    proof, chain = started()
    limit = proof.step("assume_bound", expression=h.sigma_prime(l, u), bound=bounded_declarations()["S"].head)
    with pytest.raises(RuleError, match="is no factor"):
        proof.step("bound_along_sequence", limit, index=s)
    product = proof.step("norm_of_product", chain, row=a, column=c, factors=factors(), sizes=SIZES)
    with pytest.raises(RuleError, match="index from 0"):
        proof.step("bound_along_sequence", product, index=Symbol("k", integer=True, positive=True))
    many = proof.step("bound_along_sequence", product, index=s)
    assert proof.statement(many).expression == NORM(factors()[2], PLAIN.size(l + s), PLAIN.size(l))


@pytest.mark.parametrize("name", [name for name in ENTRIES if "/slope-" in name])
def test_largest_slope_is_proved_and_least(name):
    derivation, activation = ENTRIES[name](), name.removeprefix("backprop/slope-")
    assert derivation.evidence is Word.PROVED
    checked = replay(load(derivation.to_json()))
    assert checked.ok, checked.problems
    assert all(check.instances for check in checked.checks if check.rule in ("bound_by_sign", "bound_by_minimum", "evaluate_at"))
    assert isinstance(derivation.conclusions[-1], Equation)
    bound = float(largest_slope(activation))
    at = np.linspace(-40, 40, 80_001)
    slopes = np.gradient(ELEMENTWISE[activation].compute(at), at)
    assert bound - 1e-5 < np.max(np.abs(slopes)) < bound + 1e-9


def test_a_largest_slope_that_is_not_derived_is_refused_by_name():
    with pytest.raises(UnboundedSlope, match="no bound of the slope of 'silu' is derived; known: sigmoid"):
        largest_slope("silu")


def gelu_until_its_minimum() -> tuple[Proof, int, int]:
    """The steps of the derivation up to the slope at v and the minimum of its negative."""
    derivation = steepest_gelu()
    proof = Proof(derivation.declarations)
    stop = next(n for n, step in enumerate(derivation.steps) if step.rule == "bound_by_minimum")
    for step in derivation.steps[:stop]:
        proof.step(step.rule, *step.premises, **dict(step.arguments))
    return proof, stop - 1, stop - 2


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"bound": Integer(1)}, "different normal forms"),
        ({"bound": GELU_SLOPE - Rational(1, 100)}, "different normal forms"),
        ({"above": GELU_SLOPE, "rise_above": Integer(0)}, "different normal forms"),
        ({"rise_below": Integer(1)}, "different normal forms"),
        ({"bound": Integer(2), "above": 2 - GELU_SLOPE, "below": 2 - FALL, "rise_above": Integer(1)}, "may be negative"),
        ({"above": 2 * (GELU_SLOPE + FALL), "rise_above": Integer(-1)}, "may be negative"),
    ],
)
def test_bound_by_minimum_refuses_a_near_miss(changed, problem):
    proof, right, lowest = gelu_until_its_minimum()
    zero, one = Integer(0), Integer(1)
    arguments = {"bound": GELU_SLOPE, "above": zero, "rise_above": one, "below": GELU_SLOPE - FALL, "rise_below": zero}
    with pytest.raises(RuleError, match=problem):
        proof.step("bound_by_minimum", right, lowest, **(arguments | changed))
    with pytest.raises(RuleError, match="is no minimum"):
        proof.step("bound_by_minimum", right, right, **arguments)
    proof.step("bound_by_minimum", right, lowest, **arguments)


def test_a_bound_below_the_largest_slope_is_refused():
    shown = STEEPNESS["sigmoid"]
    proof = Proof(steepness("sigmoid").declarations)
    start = proof.step("given", left=proof._situation.declarations["sigmoid"].head(u), right=shown.value)
    slope = proof.step("differentiate", start, variable=u)
    with pytest.raises(RuleError, match="different normal forms"):
        proof.step("bound_by_sign", slope, bound=Rational(1, 5), above=shown.above, below=shown.below)
    difference = Rational(1, 4) - proof.right(slope)
    with pytest.raises(RuleError, match="may be negative"):
        proof.step("bound_by_sign", slope, bound=Rational(1, 4), above=difference, below=shown.below)
    with pytest.raises(RuleError, match="may be negative"):
        proof.step("bound_by_sign", slope, bound=Integer(0), above=-proof.right(slope), below=exp(-u) / (1 + exp(-u)) ** 2)


def test_gelu_is_steepest_at_the_root_of_two():
    lowest = next(step.statement for step in steepest_gelu().steps if isinstance(step.statement, Minimum))
    assert lowest.value == (sqrt(2),)
    assert GELU_SLOPE.equals((1 + erf(1)) / 2 + sqrt(2) * exp(-1) / sqrt(2 * pi))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "relu", "gelu"])
def test_measured_norms_stay_below_the_bound(activation):
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(6, 6)) for _ in range(12)]
    biases = [rng.normal(size=6) for _ in range(12)]
    measured = jacobian_norms(weights, biases, rng.normal(size=6), activation)
    assert np.all(measured.norms <= measured.bounds * (1 + 1e-12))
    assert measured.norms.shape == (13,)


def test_a_small_layer_or_saturated_units_make_gradients_vanish():
    rng = np.random.default_rng(1)
    weights = [np.linalg.qr(rng.normal(size=(5, 5)))[0] for _ in range(8)]
    biases = [np.zeros(5) for _ in range(8)]
    x = rng.normal(size=5)
    usual = jacobian_norms(weights, biases, x, "tanh").norms[-1]
    small = [*weights[:4], weights[4] * 1e-6, *weights[5:]]
    assert jacobian_norms(small, biases, x, "tanh").norms[-1] < 1e-5 * usual
    saturated = [*biases[:4], np.full(5, 20.0), *biases[5:]]
    assert jacobian_norms(weights, saturated, x, "tanh").norms[-1] < 1e-12 * usual


def test_factors_above_one_are_not_sufficient_for_exploding_gradients():
    """Weights of norm 2 that are nilpotent: every factor of the bound is 2, and the product of Jacobians is zero."""
    weights = [np.array([[0.0, 2.0], [0.0, 0.0]])] * 6
    measured = jacobian_norms(weights, [np.zeros(2)] * 6, np.ones(2), "tanh")
    assert measured.bounds[-1] > 60
    assert measured.norms[-1] == 0


RULES_IN_USE = {
    "bound_by_sign": "backprop/slope-sigmoid", "bound_by_minimum": "backprop/slope-gelu",
    "assume_bound": "backprop/vanishing", "norm_of_product": "backprop/vanishing",
    "norm_of_diagonal": "backprop/vanishing", "bound_factor": "backprop/vanishing", "bound_along_sequence": "backprop/vanishing",
    "start_of_jacobian": "backprop/recursion", "chain_rule": "backprop/recursion",
    "start_of_sensitivity": "backprop/through-time", "chain_rule_in_parameter": "backprop/through-time",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "name"), RULES_IN_USE.items())
def test_replay_objects_when_the_rule_is_called_another(rule, name):
    """Not bound_by_sign for bound_factor, nor start_of_sensitivity for chain_rule_in_parameter, and so on."""
    derivation = ENTRIES[name]()
    position = next(n for n, step in enumerate(derivation.steps) if step.rule == rule)
    other = "rearrange" if rule != "rearrange" else "sift_delta"
    steps = list(derivation.steps)
    steps[position] = replace(steps[position], rule=other)
    assert not replay(replace(derivation, steps=tuple(steps)), instances=0).ok


def test_relu_passes_everything_or_nothing():
    above, below, steep = ENTRIES["backprop/slope-relu"]().conclusions
    assert above.bound == below.bound == steep.right == 1


def test_norms_are_drawn_against_their_bounds(tmp_path):
    pytest.importorskip("matplotlib")
    measured = jacobian_norms([np.eye(2)] * 3, [np.zeros(2)] * 3, np.ones(2), "tanh")
    assert plot_norms([("identity", measured)], tmp_path / "norms.svg").stat().st_size > 1000
    drawn = vanishing().plot(tmp_path / "norms.png", ("tanh", "gelu"), depth=5, width=4)
    assert drawn.read_bytes()[:4] == b"\x89PNG"


def test_verification_compares_measured_norms_with_their_bounds():
    (check,) = vanishing().checks
    rows = list(check(vanishing(), 1, np.random.default_rng(0)))
    assert len(rows) == 5
    assert all(row.ok for row in rows)
