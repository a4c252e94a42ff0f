"""Backpropagation for any depth: the recursion by induction, and near misses that the kernel refuses."""

from dataclasses import replace

import pytest
from sympy import Sum

from derivations.core.evidence import Word
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.statements import Equation
from derivations.core.store import load
from derivations.subjects.backprop.network import Layers, a, c, i, j, k, l, p, s
from derivations.subjects.backprop.recursion import gradients_of_outputs, jacobians, recursion

KINDS = [Layers(), Layers(batch=True), Layers(residual=True), Layers(batch=True, residual=True)]
PLAIN = Layers()
h = PLAIN.heads


@pytest.mark.parametrize("layers", KINDS, ids=["plain", "batch", "residual", "residual-batch"])
def test_recursion_is_proved_and_replays_from_its_stored_form(layers):
    derivation = recursion(layers)
    assert derivation.evidence is Word.PROVED
    checked = replay(load(derivation.to_json()), instances=0)
    assert checked.ok, checked.problems


def test_gradient_passes_back_one_layer_at_a_time():
    derivation = recursion(PLAIN)
    back = Sum(h.A[l + 1, i, j] * h.delta[l + 1, k - 1, i], (i, 1, PLAIN.size(l + 1)))
    assert derivation.formula("G") == Equation(h.G[l, k, j], back)
    assert derivation.formula("delta") == Equation(h.delta[l, k, j], h.sigma_prime(l, h.z[l, j]) * back)
    assert derivation.formula("grad_A") == Equation(h.grad_A[l, s, p, c], h.delta[l + 1, s, p] * h.y[l, c])
    assert derivation.formula("grad_b") == Equation(h.grad_b[l, s, p], h.delta[l + 1, s, p])


def test_the_sentence_names_both_layouts():
    assert "numerator layout" in recursion(PLAIN).conclusion.sentence
    assert "denominator layout" in recursion(PLAIN).conclusion.sentence


def started() -> Proof:
    proof = Proof(PLAIN.declarations)
    PLAIN.forward(proof)
    return proof


def one_more(**changed):
    arguments = {
        "left": h.F[l, s + 1, a, c], "of": h.y[l + s + 1, a], "by": h.y[l, c], "index": s, "upper": PLAIN.size(l + s),
        "to": Sum(PLAIN.slope(l + s + 1, a, p) * h.F[l, s, p, c], (p, 1, PLAIN.size(l + s))),
    }  # fmt: skip
    return arguments | changed


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"to": Sum(PLAIN.slope(l + s + 1, a, p) * h.F[l, s, c, p], (p, 1, PLAIN.size(l + s)))}, "different normal forms"),
        ({"to": Sum(h.A[l + s + 1, a, p] * h.F[l, s, p, c], (p, 1, PLAIN.size(l + s)))}, "different normal forms"),
        ({"to": Sum(PLAIN.slope(l + s, a, p) * h.F[l, s, p, c], (p, 1, PLAIN.size(l + s)))}, "different normal forms"),
        ({"of": h.y[l + s + 2, a]}, "is not the derivative of"),
        ({"left": h.F[l, s + 2, a, c]}, "is not the derivative of"),
        ({"left": h.F[l, s + 1, c, a]}, "is not the derivative of"),
        ({"by": h.z[l, c]}, "not entries of one sequence"),
        ({"upper": PLAIN.size(l + s + 1)}, "does not run over"),
        ({"left": h.G[l, s + 1, a]}, "is not the derivative of"),
    ],
)
def test_chain_rule_refuses_a_near_miss(changed, problem):
    proof = started()
    proof.step("start_of_jacobian", left=h.F[l, 0, a, c], of=h.y[l, a], by=h.y[l, c])
    with pytest.raises(RuleError, match=problem):
        proof.step("chain_rule", **one_more(**changed))
    proof.step("chain_rule", **one_more())


def test_chain_rule_needs_a_start_and_is_given_once():
    proof = started()
    with pytest.raises(RuleError, match="has no start"):
        proof.step("chain_rule", **one_more())
    proof.step("start_of_jacobian", left=h.F[l, 0, a, c], of=h.y[l, a], by=h.y[l, c])
    proof.step("chain_rule", **one_more())
    with pytest.raises(RuleError, match="its recurrence already"):
        proof.step("chain_rule", **one_more())


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"left": h.F[l, 0, c, a]}, "the indices of"),
        ({"left": h.F[l, 1, a, c]}, "the indices of"),
        ({"by": h.y[l, a]}, "two plain symbols"),
        ({"by": h.y[l + 1, c]}, "not at one step"),
        ({"of": h.out[l, a], "by": h.out[l, c]}, "not entries of one sequence"),
    ],
)
def test_start_of_jacobian_refuses_anything_but_the_identity(arguments, problem):
    right = {"left": h.F[l, 0, a, c], "of": h.y[l, a], "by": h.y[l, c]}
    with pytest.raises(RuleError, match=problem):
        started().step("start_of_jacobian", **(right | arguments))


def test_chain_rule_refuses_a_sequence_with_a_longer_memory():
    proof = Proof(PLAIN.declarations)
    proof.step("recurrence", left=h.y[l + 2, i], right=h.sigma(l, h.y[l + 1, i]) + h.y[l, i], index=l)
    proof.step("start_of_jacobian", left=h.F[l, 0, a, c], of=h.y[l, a], by=h.y[l, c])
    with pytest.raises(RuleError, match="is not at the step before"):
        proof.step("chain_rule", **one_more())


def test_a_transposed_recursion_is_refused():
    """Σ_i A[l+1, j, i] δ[i] for Σ_i A[l+1, i, j] δ[i]: right only for symmetric weights."""
    proof = started()
    jacobians(proof, PLAIN)
    proof.step("define", left=h.G[l, s, j], right=Sum(h.out[l + s, a] * h.F[l, s, a, j], (a, 1, PLAIN.size(l + s))))
    factor = Sum(h.F[l + 1, k - 1, a, i] * PLAIN.slope(l + 1, i, j), (i, 1, PLAIN.size(l + 1)))
    for wrong in (PLAIN.slope(l + 1, j, i), h.A[l + 1, i, j], PLAIN.slope(l + 2, i, j)):
        claims = [(h.F[l, k, a, j], factor), (h.G[l, k, j], Sum(h.G[l + 1, k - 1, i] * wrong, (i, 1, PLAIN.size(l + 1))))]
        with pytest.raises(RuleError):
            proof.by_induction(k, claims)


def test_replay_objects_to_a_changed_layer():
    derivation = recursion(PLAIN)
    last = {step.rule: position for position, step in enumerate(derivation.steps)}
    for position in (last["chain_rule"], last["induction"], last["rearrange"]):
        step = derivation.steps[position]
        wrong = replace(step, statement=replace(step.statement, right=2 * step.statement.right))
        steps = (*derivation.steps[:position], wrong, *derivation.steps[position + 1 :])
        assert not replay(replace(derivation, steps=steps), instances=0).ok


def test_the_recursion_is_derived_once_for_all_depths():
    """No step mentions a number of layers: the derivation is the same for a depth of two and of a thousand."""
    numbers = {n for step in recursion(PLAIN).steps for n in step.statement.__dict__.values() if isinstance(n, int)}
    assert not numbers
    assert len(gradients_of_outputs.__doc__ or "") > 0
