"""The relations that Linnaeus (arXiv 2105.04684) documents, each by its name there, settled with proof or counterexample.

Not among them: ADMM with matrices in its constraint, since a proximal operator takes no matrix here.
"""

import pytest
from test_optimisers_pairs import gd, it

from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.optimisers.answers import ScheduleError, Verdict
from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.iteration import IterationError

ALGORITHM_1 = it("one", "", "x1 = start, x2 = start", "y = 2*x1 - x2; new = y - 1/10*gradient(y); x2 = x1; x1 = new", "x1")
ALGORITHM_2 = it("two", "", "p = start, q = 0", "g = gradient(p); old = q; p = p - old - 1/5*g; q = old + 1/10*g", "p")
ALGORITHM_3 = it("three", "", "x3 = start, x1 = start", "x1 = prox(1, x3); x2 = prox_g(1, 2*x1 - x3); x3 = x3 + x2 - x1", "x1")
ALGORITHM_4 = it("four", "", "xi1 = start, xi2 = start", "xi1 = prox_g(1, -xi1 + 2*xi2) + xi1 - xi2; xi2 = prox(1, xi1)", "xi2")
TWICE = gd("theta = theta - eta*gradient(theta); theta = theta - eta*gradient(theta)")
SPLITTING_TWICE = it(
    "twice", "eta > 0", "z = start, x = start",
    "x = prox(eta, z); y = prox_g(eta, 2*x - z); z = z + y - x; x = prox(eta, z); y = prox_g(eta, 2*x - z); z = z + y - x", "x",
)  # fmt: skip
PERMUTED_SPLITTING = it(
    "permuted", "eta > 0", "x2 = start, x3 = 0", "x1 = prox_g(eta, x2 - x3); x2 = prox(eta, x1 + x3); x3 = x3 + x1 - x2", "x2"
)
PERMUTED_PRIMAL_DUAL = it(
    "permuted", "tau > 0, sigma > 0", "x = start, p = start, y = 0",
    "v = prox_g_conjugate(sigma, y + sigma*(2*x - p)); q = prox(tau, x - tau*v); y = v; p = x; x = q", "x",
)  # fmt: skip
ENVELOPE = it("envelope", "eta > 0", "x = start", "g = (x - prox(eta, x))/eta; x = x - eta*g", "x")
G_IS_ZERO = it("zero", "eta > 0", "z = start, x = start", "x = prox(eta, z); y = 2*x - z; z = z + y - x", "x")


@pytest.mark.parametrize(
    ("relation", "a", "b", "told", "words"),
    [
        ("oracle equivalence: algorithms 1 and 2", ALGORITHM_1, ALGORITHM_2, None, ""),
        ("shift equivalence: algorithms 3 and 4", ALGORITHM_3, ALGORITHM_4, None, "shifted by 1 call"),
        ("permutation: Douglas-Rachford and its permutation", "douglas-rachford", PERMUTED_SPLITTING, None, "shifted by 1 call"),
        ("permutation: Douglas-Rachford and ADMM", "douglas-rachford", "admm", None, "shifted by 1 call"),
        ("permutation: Chambolle-Pock and its permutation", PERMUTED_PRIMAL_DUAL, "chambolle-pock", None, "shifted by 1 call"),
        (
            "conjugation: Douglas-Rachford and Chambolle-Pock", "douglas-rachford", "chambolle-pock",
            {"tau": "eta", "sigma": "1/eta"}, "g closed, proper and convex",
        ),
        ("conjugation and permutation: Douglas-Rachford and dual ADMM", "douglas-rachford", "admm-dual", None, "shifted by"),
        ("proximal point and its relaxation", "proximal-point", "proximal-point-relaxed", {"nu": 1}, ""),
        ("gradient descent and triple momentum", "gradient-descent", "triple-momentum", {"beta": 0, "gamma": 0}, ""),
        ("heavy ball and triple momentum", "heavy-ball", "triple-momentum", {"beta": "mu", "gamma": 0}, ""),
        ("Nesterov and triple momentum", "nesterov", "triple-momentum", {"beta": "mu", "gamma": "mu"}, ""),
        ("proximal point and gradient descent on the Moreau envelope", "proximal-point", ENVELOPE, None, ""),
        ("Douglas-Rachford with g = 0 and proximal point", "proximal-point", G_IS_ZERO, None, ""),
    ],
)  # fmt: skip
def test_a_documented_relation_is_proved(relation, a, b, told, words):
    answer = equivalent(a, b, map=told)
    assert answer.verdict is Verdict.EQUIVALENT, f"{relation}: {answer}"
    assert replay(load(answer.proof.to_json()), instances=1).ok
    assert any(words in condition for condition in answer.conditions)


@pytest.mark.parametrize(
    ("a", "b", "counts"),
    [
        ("gradient-descent", TWICE, (2, 1)), (TWICE, "gradient-descent", (1, 2)), ("douglas-rachford", SPLITTING_TWICE, (2, 1)),
        ("gradient-descent", "gradient-descent", (3, 3)),
    ],
)  # fmt: skip
def test_repetition_is_proved_when_steps_are_counted(a, b, counts):
    answer = equivalent(a, b, steps=counts)
    assert answer.verdict is Verdict.EQUIVALENT
    assert replay(load(answer.proof.to_json()), instances=1).ok


def test_repetition_is_no_equivalence_but_a_repair():
    answer = equivalent("gradient-descent", TWICE)
    assert answer.verdict is Verdict.NOT_EQUIVALENT
    assert answer.counterexample.step == 1
    assert answer.repair == "They are equivalent once 2 steps of gradient-descent count for one of other"
    assert "2 steps of douglas-rachford" in equivalent("douglas-rachford", SPLITTING_TWICE).repair
    assert equivalent("gradient-descent", TWICE, steps=(3, 1)).verdict is Verdict.NOT_EQUIVALENT


def test_steps_are_counted_by_small_numbers_and_for_constant_coefficients():
    with pytest.raises(IterationError, match="from 1 to"):
        equivalent("gradient-descent", TWICE, steps=(0, 1))
    with pytest.raises(ScheduleError):
        equivalent("gradient-descent", TWICE, steps=(2, 1), schedules="any")


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("douglas-rachford", "chambolle-pock", "equivalent with tau of b = eta, sigma of b = 1/eta"),
        ("proximal-point", "proximal-point-relaxed", "equivalent for nu = 1"),
        ("gradient-descent", "triple-momentum", "equivalent with eta of b = eta, beta of b = 0, gamma of b = 0"),
        ("heavy-ball", "triple-momentum", "equivalent with eta of b = eta, beta of b = mu, gamma of b = 0"),
        ("nesterov", "triple-momentum", "equivalent with eta of b = eta, beta of b = mu, gamma of b = mu"),
        ("admm", "admm-dual", "query the same points from starts with"),
    ],
)
def test_a_relation_for_special_parameters_is_found_as_a_repair(a, b, words):
    answer = equivalent(a, b)
    assert answer.verdict is Verdict.NOT_EQUIVALENT
    assert words in answer.repair


def test_gradient_descent_is_asked_at_the_points_of_a_triple_momentum_with_a_hidden_mode():
    """The parameter map of Linnaeus's documentation; the iterate of triple momentum remembers more than the points tell."""
    told = {"eta": "eta/(1+gamma)", "beta": "gamma/(1+gamma)"}
    assert "query the same points" in equivalent("gradient-descent", "triple-momentum", map=told).repair


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("chambolle-pock", PERMUTED_PRIMAL_DUAL.replace("2*x - p", "2*x + p")),
        ("douglas-rachford", PERMUTED_SPLITTING.replace("x1 + x3", "x1 - x3")),
        ("peaceman-rachford", "admm"), ("peaceman-rachford", "admm-dual"), ("peaceman-rachford", "chambolle-pock"),
        ("extragradient", "forward-backward-forward"), ("reflected-gradient", "proximal-gradient"), (ALGORITHM_1, ALGORITHM_4),
    ],
)  # fmt: skip
def test_a_near_relation_is_refuted(a, b):
    assert equivalent(a, b).verdict is Verdict.NOT_EQUIVALENT


@pytest.mark.parametrize("told", [{"tau": "eta", "sigma": "2/eta"}, {"tau": "eta", "sigma": "eta"}])
def test_a_wrong_map_between_douglas_rachford_and_chambolle_pock_is_refuted(told):
    assert equivalent("douglas-rachford", "chambolle-pock", map=told).verdict is Verdict.NOT_EQUIVALENT
