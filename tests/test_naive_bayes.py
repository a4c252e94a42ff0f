"""The Gaussian naive Bayes entries: what they conclude, under which conditions, and that near misses are refused."""

import pytest
from sympy import Derivative, Integer, KroneckerDelta, Rational, Sum

from derivations.core.derivation import Kind
from derivations.core.equality import decide, prove
from derivations.core.evidence import Word
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.statements import Minimum, NoStationaryPoint, Positive
from derivations.subjects.catalogue import UnknownDerivation, catalogue, derive
from derivations.subjects.naive_bayes import ENTRIES
from derivations.subjects.naive_bayes.model import PER_CLASS, SHARED, D, K, N, d, i, j, k

REQUIRED = (
    "posterior", "posterior-softmax", "negative-log-likelihood", "mle-mean", "mle-variance", "prior",
    "prior-unconstrained", "mle",
)  # fmt: skip
h = SHARED.heads


def test_every_entry_asked_for_is_in_the_catalogue():
    assert {f"gaussian-naive-bayes/{name}" for name in REQUIRED} | {"gaussian-naive-bayes-per-class/mle"} <= set(catalogue())


@pytest.mark.parametrize("name", ENTRIES)
def test_every_step_is_proved(name):
    found = derive(name)
    assert found.name == name
    assert found.evidence is Word.PROVED
    assert all(step.evidence is None or step.evidence.word is Word.PROVED for step in found.steps)


@pytest.mark.parametrize("name", ENTRIES)
def test_sizes_stay_symbolic(name):
    found = derive(name)
    used = set().union(*(s.free_symbols for step in found.steps for s in getattr(step.statement, "right", Integer(0)).atoms(Sum)))
    assert {N, K, D} & used or name.endswith(("posterior", "posterior-softmax"))


def test_the_posterior_is_not_proved_with_a_factor_dropped():
    found = derive("gaussian-naive-bayes/posterior")
    cancelled = found.conclusions[0]
    assert prove(cancelled.left, cancelled.right, found.declarations, definitions=found.definitions) is not None
    for wrong in (2 * cancelled.right, 1 - cancelled.right, cancelled.right**2):
        verdict = decide(cancelled.left, wrong, found.declarations, definitions=found.definitions)
        assert verdict.word is Word.REFUTED


def test_the_normaliser_does_not_cancel_when_the_variance_differs_by_class():
    found = derive("gaussian-naive-bayes-per-class/posterior")
    heads = {entry.name: entry.head for entry in found.declarations}
    from sympy import exp

    def term(label):
        square = (heads["x"][d] - heads["mu"][label, d]) ** 2 / (2 * heads["sigma2"][label, d])
        return heads["alpha"][label] * exp(-Sum(square, (d, 1, D)))

    claimed = term(k) / Sum(term(j), (j, 1, K))
    assert prove(heads["posterior"](k), claimed, found.declarations, definitions=found.definitions) is None
    assert decide(heads["posterior"](k), claimed, found.declarations, definitions=found.definitions).word is Word.REFUTED


def test_the_likelihood_without_its_half_is_refuted():
    found = derive("gaussian-naive-bayes/negative-log-likelihood")
    right = found.conclusions[0].right
    extra = N * Sum(h.sigma2[d] * 0 + 1, (d, 1, D)) / 2
    for wrong in (right + extra, right - SHARED.negative_log_likelihood / 2, -right):
        found_word = decide(SHARED.objective, wrong, found.declarations, definitions=found.definitions).word
        assert found_word is Word.REFUTED


def test_the_estimates_are_means_mean_squares_and_frequencies():
    found = derive("gaussian-naive-bayes/mle")
    count = Sum(KroneckerDelta(h.y[i], k), (i, 1, N))
    mean = Sum(KroneckerDelta(h.y[i], k) * h.x[i, d], (i, 1, N)) / count
    values = found.estimates
    assert prove(values[h.mu[k, d]], mean, found.declarations, definitions=found.definitions) is not None
    assert prove(values[h.alpha[k]], count / N, found.declarations, definitions=found.definitions) is not None
    assert prove(values[h.alpha[k]], count / K, found.declarations, definitions=found.definitions) is None
    assert found.conclusion.kind is Kind.UNIQUE_MAXIMUM


def test_the_conditions_are_that_classes_occur_and_features_vary():
    assert set(derive("gaussian-naive-bayes/mle").conditions) == {Positive(h.n[k]), Positive(h.s[d])}
    assert set(derive("gaussian-naive-bayes/mle-mean").conditions) == {Positive(h.n[k])}
    assert set(derive("gaussian-naive-bayes/mle-variance").conditions) == {Positive(h.s[d])}


def test_both_multipliers_are_found():
    found = derive("gaussian-naive-bayes/prior")
    solved = {s.statement.left: s.statement.right for s in found.steps if s.rule == "isolate"}
    assert solved[h.lam] == N
    assert solved[h.lam_minus] == -N


def test_the_standard_deviation_is_the_root_of_the_variance():
    values = derive("gaussian-naive-bayes/mle-variance").estimates
    assert values[h.sigma[d]] == (h.s[d] / N) ** Rational(1, 2)
    assert values[h.sigma2[d]] == h.s[d] / N


def test_without_the_constraint_there_is_no_stationary_point():
    (found,) = derive("gaussian-naive-bayes/prior-unconstrained").conclusions
    assert found == NoStationaryPoint(SHARED.objective, h.alpha[k], -1)


def test_a_variance_per_class_divides_by_the_class_count():
    found = derive("gaussian-naive-bayes-per-class/mle")
    heads = PER_CLASS.heads
    value = found.estimates[heads.sigma2[k, d]]
    assert value.has(heads.n)
    assert not value.has(N)


def test_an_empty_class_blocks_the_mean():
    proof = Proof(SHARED.declarations, (derive("gaussian-naive-bayes/negative-log-likelihood"),))
    start = proof.step("lemma", name="gaussian-naive-bayes/negative-log-likelihood")
    proof.step("define", left=h.n[k], right=SHARED.count(k))
    score = proof.chain(
        proof.step("differentiate", start, variable=h.mu[k, d]), "sift_delta", "substitute_delta", "pull_out_constant"
    )
    solved = proof.chain(
        proof.step("set_to_zero", score), ("multiply_both_sides", {"factor": -h.sigma2[d]}),
        ("linearity_of_sum", {"side": "left"}), ("fold_definition", {"side": "left", "name": "n"}),
        ("isolate", {"unknown": h.mu[k, d]}),
    )  # fmt: skip
    with pytest.raises(RuleError, match="not known to be positive"):
        proof.step("minimum_by_sign", score, solved, factor=h.n[k] / h.sigma2[d])


def test_the_sign_flipped_in_the_score_of_the_variance_is_refuted():
    found = derive("gaussian-naive-bayes/mle-variance")
    left = Derivative(SHARED.objective, h.sigma2[d])
    squares = Sum((h.x[i, d] - h.mu[h.y[i], d]) ** 2, (i, 1, N))
    right = N / (2 * h.sigma2[d]) - squares / (2 * h.sigma2[d] ** 2)
    wrong = N / (2 * h.sigma2[d]) + squares / (2 * h.sigma2[d] ** 2)
    assert prove(left, right, found.declarations, definitions=found.definitions) is not None
    assert decide(left, wrong, found.declarations, definitions=found.definitions).word is Word.REFUTED


def test_minima_are_statements_about_one_function():
    for name in ("mle-mean", "mle-variance", "prior"):
        for statement in derive(f"gaussian-naive-bayes/{name}").conclusions:
            assert isinstance(statement, Minimum)
            assert all(not value.has(Derivative) for value in statement.value)


def test_a_misspelt_name_is_answered_with_near_ones():
    with pytest.raises(UnknownDerivation, match="gaussian-naive-bayes/mle-mean"):
        derive("gaussian-naive-bayes/mle-means")
