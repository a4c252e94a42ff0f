"""Proof by induction: what the rules conclude, and what they refuse."""

from dataclasses import replace

import pytest
from sympy import Function, Indexed, Integer, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.evidence import Word
from derivations.core.kernel import RuleError, Situation
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.running import running
from derivations.core.sequences import lowest
from derivations.core.statements import Equation, Implication
from derivations.core.store import load
from derivations.core.symbols import (
    POSITIVE,
    Declaration,
    DeclarationError,
    Declarations,
    array,
    function,
    index,
    scalar,
    sequence,
    size,
)  # fmt: skip
from derivations.core.trials import Trials
from numeric.domains import REAL, UNIT_INTERVAL, Domain

_T = size("T", "number of steps")
T = _T.head
_D = size("D", "width")
D = _D.head
NAMES = Declarations(
    (
        _T, _D,
        index("k", T, "step", lower=0), index("m", T, "step"), index("i", D), index("j", D),
        scalar("alpha", r"\alpha", "rate", POSITIVE), scalar("beta", r"\beta", "momentum"),
        scalar("start", "s", "start"),
        sequence("theta", (T,), r"\theta^{{{0}}}", "iterate of form I", start=-1),
        sequence("w", (T,), "w^{{{0}}}", "iterate of form II"), sequence("v", (T,), "v^{{{0}}}", "velocity"),
        sequence("eta", (T,), r"\eta^{{{0}}}", "schedule", domain=POSITIVE),
        sequence("h", (T, D), "h^{{{0}}}_{{{1}}}", "layer"), sequence("q", (T, D), "q^{{{0}}}_{{{1}}}", "layer"),
        array("A", (D, D), "A_{{{0}{1}}}", "matrix"), array("x", (D,), "x_{{{0}}}", "input"),
        function("g", "g_{{{0}}}({1})", "gradient"),
    )
)  # fmt: skip
k, m, i, j, alpha, beta, start = (NAMES[n].head for n in ("k", "m", "i", "j", "alpha", "beta", "start"))
theta, w, v, eta, h, q, A, x, g = (NAMES[n].head for n in ("theta", "w", "v", "eta", "h", "q", "A", "x", "g"))
CLAIMS = (w[k], theta[k]), (v[k], (theta[k - 1] - theta[k]) / alpha)
FLAT = tuple(side for claim in CLAIMS for side in claim)


def momentum(*, leave_out: tuple[Indexed, ...] = (), rate=lambda k: alpha) -> Proof:
    """Both forms of momentum as premises, some initial conditions left out."""
    proof = Proof(NAMES)
    starts = ((theta[0], start), (theta[-1], theta[0]), (w[0], start), (v[0], Integer(0)))
    for left, right in starts:
        if left not in leave_out:
            proof.step("initial", left=left, right=right)
    form_one = theta[k] - rate(k) * g(k, theta[k]) + beta * (theta[k] - theta[k - 1])
    proof.step("recurrence", left=theta[k + 1], right=form_one, index=k)
    proof.step("recurrence", left=v[k + 1], right=g(k, w[k]) + beta * v[k], index=k)
    proof.step("recurrence", left=w[k + 1], right=w[k] - rate(k) * v[k + 1], index=k)
    return proof


def finished(proof: Proof, *positions: int) -> Derivation:
    return proof.done("test/induction", "Test", "A test.", Kind.IDENTITY, positions, "They agree.")


def test_two_forms_of_momentum_agree_by_induction():
    proof = momentum()
    (position,) = proof.by_induction(k, CLAIMS)
    assert proof.statement(position) == Equation(w[k], theta[k])
    assert finished(proof, position).evidence is Word.PROVED


def test_a_proof_by_induction_replays_from_its_stored_form():
    proof = momentum()
    derivation = finished(proof, *proof.by_induction(k, CLAIMS, numbers=(1, 2)))
    stored = load(derivation.to_json())
    assert stored.steps[-3].statement == derivation.steps[-3].statement
    checked = replay(stored)
    assert checked.ok, checked.problems
    assert all(check.instances for check in checked.checks[7:])


@pytest.mark.parametrize("position", range(4, 7))
def test_replay_objects_to_a_changed_recurrence(position):
    proof = momentum()
    derivation = finished(proof, *proof.by_induction(k, CLAIMS))
    step = derivation.steps[position]
    right = step.statement.right + 1
    arguments = tuple(sorted((dict(step.arguments) | {"right": right}).items()))
    changed = replace(step, statement=Equation(step.statement.left, right), arguments=arguments)
    steps = (*derivation.steps[:position], changed, *derivation.steps[position + 1 :])
    assert not replay(replace(derivation, steps=steps)).ok


def test_replay_objects_to_a_changed_conclusion():
    proof = momentum()
    derivation = finished(proof, *proof.by_induction(k, CLAIMS))
    wrong = replace(derivation.steps[-1], statement=Equation(w[k], theta[k] + 1))
    assert not replay(replace(derivation, steps=(*derivation.steps[:-1], wrong))).ok


@pytest.mark.parametrize("missing", [theta[-1], w[0], v[0]])
def test_base_case_refuses_a_missing_initial_condition(missing):
    proof = momentum(leave_out=(missing,))
    with pytest.raises(RuleError, match="base_case"):
        proof.by_induction(k, CLAIMS)


def test_base_case_refuses_a_wrong_initial_claim():
    proof = momentum()
    with pytest.raises(RuleError, match="different normal forms"):
        proof.step("base_case", index=k, left=v[k], right=(theta[k - 1] - theta[k]) / alpha + beta)


def test_induction_refuses_a_base_at_another_step():
    """The range of m starts at 1: a base there says nothing about step 0."""
    proof = momentum()
    at_one = [proof.step("base_case", index=m, left=a.subs(k, m), right=b.subs(k, m)) for a, b in CLAIMS]
    steps = [proof.step("inductive_step", index=k, claims=FLAT, number=n) for n in (1, 2)]
    with pytest.raises(RuleError, match="is not w\\[k\\] = theta\\[k\\] at k = 0"):
        proof.step("induction", *at_one, *steps, index=k, claims=FLAT)


def test_induction_refuses_a_missing_step():
    proof = momentum()
    bases = [proof.step("base_case", index=k, left=a, right=b) for a, b in CLAIMS]
    step = proof.step("inductive_step", index=k, claims=FLAT, number=1)
    with pytest.raises(RuleError, match="3 premises for 2 claims"):
        proof.step("induction", *bases, step, index=k, claims=FLAT)
    with pytest.raises(RuleError, match="premise 4 is not"):
        proof.step("induction", *bases, step, step, index=k, claims=FLAT)


def test_induction_refuses_steps_that_rest_on_other_hypotheses():
    proof = Proof(NAMES)
    proof.step("initial", left=w[0], right=start)
    proof.step("initial", left=theta[0], right=start)
    proof.step("recurrence", left=w[k + 1], right=w[k], index=k)
    proof.step("recurrence", left=theta[k + 1], right=theta[k] + v[k], index=k)
    base = proof.step("base_case", index=k, left=w[k], right=theta[k])
    step = proof.step("inductive_step", index=k, claims=(w[k], theta[k], v[k], Integer(0)), number=1)
    with pytest.raises(RuleError, match="does not rest on the claims"):
        proof.step("induction", base, step, index=k, claims=(w[k], theta[k]))


def test_inductive_step_refuses_the_hypothesis_at_another_step():
    """θ[k+1] needs θ[k−1] as well; the claim at k alone says nothing about k − 1."""
    with pytest.raises(RuleError, match="does not follow from the claims at k"):
        momentum().step("inductive_step", index=k, claims=(theta[k], w[k]), number=1)


def test_inductive_step_refuses_the_hypothesis_at_the_next_step():
    """v[k+1] = w[k+1] would follow if the claim could be used at k + 1."""
    proof = Proof(NAMES)
    proof.step("initial", left=w[0], right=start)
    proof.step("initial", left=v[0], right=start)
    proof.step("recurrence", left=w[k + 1], right=g(k, w[k]), index=k)
    with pytest.raises(RuleError, match="does not follow"):
        proof.step("inductive_step", index=k, claims=(v[k], w[k]), number=1)


def test_inductive_step_refuses_a_hypothesis_under_a_binder_of_the_same_name():
    """In Σ_k v[k] the letter k is bound: the claim about step k does not speak of its entries."""
    proof = Proof(NAMES)
    proof.step("recurrence", left=w[k + 1], right=w[k], index=k)
    proof.step("recurrence", left=theta[k + 1], right=theta[k] + Sum(v[k], (k, 1, T)) - T, index=k)
    with pytest.raises(RuleError, match="does not follow"):
        proof.step("inductive_step", index=k, claims=(theta[k], w[k], v[k], Integer(1)), number=1)


def test_recurrences_with_a_varying_rate_do_not_agree():
    proof = momentum(rate=lambda k: eta[k])
    claims = (w[k], theta[k], v[k], (theta[k - 1] - theta[k]) / eta[k])
    with pytest.raises(RuleError, match="does not follow"):
        proof.step("inductive_step", index=k, claims=claims, number=2)


def test_a_recurrence_is_not_unrolled_below_its_range():
    proof = momentum(leave_out=(w[0],))
    with pytest.raises(RuleError, match="base_case"):
        proof.step("base_case", index=k, left=w[k], right=w[k - 1] - alpha * v[k])
    again = momentum()
    before = again.step("define", left=NAMES["x"].head[i], right=A[i, i])
    assert again.steps[before].rule == "define"
    with pytest.raises(RuleError, match="unfold_recurrence"):
        again.step("unfold_recurrence", 5, name="w", side="right")


def test_unfold_recurrence_replaces_the_next_entry_once():
    proof = momentum()
    position = proof.step("unfold_recurrence", 6, name="v")
    assert proof.right(position) == w[k] - alpha * (g(k, w[k]) + beta * v[k])


def test_use_identity_puts_in_what_was_proved():
    proof = momentum()
    _, velocity = proof.by_induction(k, CLAIMS, numbers=(1, 2))
    position = proof.step("use_identity", 6, velocity)
    assert proof.right(position) == w[k] - alpha * ((theta[k] - theta[k + 1]) / alpha)
    assert replay(finished(proof, position)).ok


def test_use_identity_refuses_an_entry_below_the_range_of_the_identity():
    proof = Proof(NAMES)
    proof.step("initial", left=w[0], right=start)
    proof.step("initial", left=v[0], right=start + 1)
    proof.step("recurrence", left=w[k + 1], right=beta, index=k)
    proof.step("recurrence", left=v[k + 1], right=beta + v[k] * 0, index=k)
    (late,) = proof.by_induction(m, ((w[m], v[m]),))
    target = proof.step("define", left=x[i], right=A[i, i] + w[0])
    with pytest.raises(RuleError, match="no entry of w in range"):
        proof.step("use_identity", target, late)


def test_conditions_name_what_is_divided_by():
    names = Declarations(tuple(scalar("alpha", r"\alpha", "rate") if e.name == "alpha" else e for e in NAMES))
    rate = names["alpha"].head
    proof = Proof(names)
    proof.step("initial", left=v[0], right=Integer(0))
    proof.step("initial", left=w[0], right=Integer(0))
    proof.step("recurrence", left=v[k + 1], right=v[k] + 1, index=k)
    proof.step("recurrence", left=w[k + 1], right=w[k] + rate, index=k)
    (position,) = proof.by_induction(k, ((v[k], w[k] / rate),))
    assert [str(c.expression) for c in proof.steps[position].conditions] == ["alpha"]


@pytest.mark.parametrize(
    ("left", "right", "problem"),
    [
        (w[k + 1], w[k + 1] + 1, "does not lie before"),
        (w[k + 1], w[k + 2], "does not lie before"),
        (w[k + 1], v[k + 1], None),
        (w[k + 1], w[k] + i, "i on the right side"),
        (w[2 * k], w[k], "is not k plus an integer"),
        (h[k + 1, i], h[k, j], "j on the right side"),
        (h[k + 1, i + 1], h[k, i], "not distinct plain symbols"),
        (h[k + 1, k], start, "not an entry at one step"),
        (theta[0], start, "not an entry at one step"),
    ],
)
def test_recurrence_refuses_what_is_no_recurrence(left, right, problem):
    proof = Proof(NAMES)
    if problem is None:
        proof.step("recurrence", left=left, right=right, index=k)
    else:
        with pytest.raises(RuleError, match=problem):
            proof.step("recurrence", left=left, right=right, index=k)


def test_recurrences_that_rest_on_each_other_at_one_step_are_refused():
    proof = Proof(NAMES)
    proof.step("recurrence", left=w[k + 1], right=v[k + 1], index=k)
    with pytest.raises(RuleError, match="does not lie before step"):
        proof.step("recurrence", left=v[k + 1], right=w[k + 1] + 1, index=k)


def test_a_definition_cannot_hide_a_circle():
    names = NAMES.extended(array("c", (T,), "c_{0}", "a name"))
    c = names["c"].head
    proof = Proof(names)
    proof.step("define", left=c[m], right=w[m + 1])
    with pytest.raises(RuleError, match="used before it is given"):
        proof.step("recurrence", left=w[m + 1], right=c[m] + 1, index=m)


def test_an_entry_is_given_once():
    proof = momentum()
    for left in (w[0], w[1], theta[-1]):
        with pytest.raises(RuleError, match="given already"):
            proof.step("initial", left=left, right=beta)
    with pytest.raises(RuleError, match="has a recurrence already"):
        proof.step("recurrence", left=w[k + 1], right=w[k], index=k)


def test_initial_entry_must_be_known_before():
    with pytest.raises(RuleError, match="is not given before"):
        Proof(NAMES).step("initial", left=theta[-1], right=theta[0])


def test_initial_entries_cannot_rest_on_each_other():
    proof = Proof(NAMES)
    proof.step("initial", left=w[0], right=v[0])
    with pytest.raises(RuleError, match="v was used before it is given"):
        proof.step("initial", left=v[0], right=w[0] + 1)
    with pytest.raises(RuleError, match="v was used before it is given"):
        proof.step("recurrence", left=v[k + 1], right=w[k] + 1, index=k)


def test_the_declared_domain_of_a_sequence_is_a_condition():
    proof = Proof(NAMES)
    start_at = proof.step("initial", left=eta[0], right=beta)
    steps_on = proof.step("recurrence", left=eta[k + 1], right=eta[k] - 1, index=k)
    assert [str(c.expression) for n in (start_at, steps_on) for c in proof.steps[n].conditions] == ["beta", "eta[k] - 1"]


def test_a_positive_recurrence_needs_no_condition():
    names = NAMES.extended(scalar("rho", r"\rho", "decay", UNIT_INTERVAL))
    rho = names["rho"].head
    proof = Proof(names)
    first = proof.step("initial", left=eta[0], right=1 - rho)
    later = proof.step("recurrence", left=eta[k + 1], right=rho * eta[k] + 1 - rho, index=k)
    assert not proof.steps[first].conditions
    assert not proof.steps[later].conditions


def test_linear_between_zero_and_one_is_no_licence():
    names = NAMES.extended(scalar("rho", r"\rho", "decay", UNIT_INTERVAL))
    rho = names["rho"].head
    situation = Situation(names)
    assert situation.positive(2 - rho)
    assert not situation.nonzero(rho - 1)
    assert not situation.positive(1 - 2 * rho)
    assert not situation.positive(1 - rho**2 * 3)
    assert not situation.positive(beta * rho + 1)
    assert situation.nonzero(rho - alpha)


def test_layers_agree_by_induction_over_depth():
    """h = A h + x layer by layer, written twice; every neuron at once."""
    proof = Proof(NAMES)
    proof.step("initial", left=h[0, i], right=x[i])
    proof.step("initial", left=q[0, i], right=2 * x[i])
    proof.step("recurrence", left=h[k + 1, i], right=Sum(A[i, j] * h[k, j], (j, 1, D)), index=k)
    proof.step("recurrence", left=q[k + 1, i], right=Sum(A[i, j] * q[k, j], (j, 1, D)), index=k)
    (position,) = proof.by_induction(k, ((q[k, i], 2 * h[k, i]),))
    derivation = finished(proof, position)
    checked = replay(derivation)
    assert checked.ok
    assert checked.checks[-1].instances


def test_trials_refute_a_false_implication():
    proof = momentum()
    false = Implication((Equation(w[k], theta[k]),), Equation(w[k + 1], theta[k + 1] + beta))
    evidence = Trials.of(NAMES, proof.steps, proof.last).of_statement(false)
    assert evidence.word is Word.REFUTED


def test_running_gives_every_name_a_meaning():
    proof = momentum(rate=lambda k: eta[k])
    declared, meanings = running(NAMES, proof.steps)
    assert {theta, w, v, eta, Function("g", real=True)} <= set(meanings)
    assert "eta_from_1" in declared


def test_lowest_value_of_a_step():
    assert lowest(k + 1, NAMES) == 1
    assert lowest(m + k - 2, NAMES) == -1
    assert lowest(T - 1, NAMES) == 0
    assert lowest(1 - k, NAMES) is None
    assert lowest(k * m, NAMES) is None


def test_only_an_index_starts_elsewhere_than_at_one():
    with pytest.raises(ValueError, match="only an index"):
        Domain("real", lower=0)
    with pytest.raises(DeclarationError, match="starts"):
        Declaration("z", REAL, (T,), starts=(0, 1))
    assert NAMES.range_of(k) == (0, T)
    assert str(NAMES["k"].domain) == "index in 0..T"
