"""The steps of the recursion tried on exact instances with a width for every layer, and near misses that these refute."""

from dataclasses import replace

import pytest
from sympy import Add, Indexed, Integer, Product, Sum

from derivations.core.derivation import Step
from derivations.core.equality import free_ranges
from derivations.core.evidence import Word
from derivations.core.rules import PREMISES
from derivations.core.statements import Bounded, Equation
from derivations.core.trials import Trials
from derivations.subjects.backprop.network import Layers, a, c, j, k, l, n, p, s
from derivations.subjects.backprop.recursion import recursion
from derivations.subjects.backprop.through_time import through_time
from derivations.subjects.backprop.vanishing import vanishing

PLAIN, BATCH, RESIDUAL = Layers(), Layers(batch=True), Layers(residual=True)
DERIVATIONS = {
    "plain": lambda: recursion(PLAIN), "batch": lambda: recursion(BATCH), "residual": lambda: recursion(RESIDUAL),
    "through time": through_time, "bounds": vanishing,
}  # fmt: skip


def tried(derivation, position, statement=None, instances=2):
    """The evidence that instances give for a step, or for another statement in its place."""
    steps = list(derivation.steps)
    if statement is not None:
        steps[position] = replace(steps[position], statement=statement)
    trials = Trials.of(derivation.declarations, steps, position, instances=instances)
    return trials.of_statement(steps[position].statement)


@pytest.mark.parametrize(
    "name",
    ["plain", "bounds", *(pytest.param(name, marks=pytest.mark.long) for name in ("batch", "residual", "through time"))],
)  # fmt: skip
def test_every_step_holds_on_instances(name):
    derivation = DERIVATIONS[name]()
    for position, step in enumerate(derivation.steps):
        if step.rule not in PREMISES:
            found = tried(derivation, position, instances=1)
            assert found.word is Word.AGREES, (position, step.rule, found.reason)
            assert found.instances == 1


def last_of(derivation, rule, name) -> tuple[int, Step]:
    found = [
        (position, step) for position, step in enumerate(derivation.steps)
        if step.rule == rule and isinstance(step.statement.left, Indexed) and str(step.statement.left.base.label) == name
    ]  # fmt: skip
    return found[-1]


def test_layers_of_an_instance_have_different_widths():
    """n_l = n_{l+1} is refuted, so that sums over the width of the wrong layer are."""
    derivation = recursion(PLAIN)
    position, _ = last_of(derivation, "induction", "G")
    same = Equation(PLAIN.size(l), PLAIN.size(l + 1))
    assert tried(derivation, position, same).word is Word.REFUTED


def test_the_wrong_recursion_is_refuted_on_instances():
    h, derivation = PLAIN.heads, recursion(PLAIN)
    position, step = last_of(derivation, "induction", "G")
    (i, low, high), body = step.statement.right.limits[0], step.statement.right.function
    wrong = {
        "weights transposed": Sum(h.A[l + 1, j, i] * h.delta[l + 1, k - 1, i], (i, low, high)),
        "weights of another layer": Sum(h.A[l + 2, i, j] * h.delta[l + 1, k - 1, i], (i, low, high)),
        "width of another layer": Sum(body, (i, low, PLAIN.size(l))),
        "outputs for weighted inputs": Sum(h.A[l + 1, i, j] * h.G[l + 1, k - 1, i], (i, low, high)),
        "a layer left out": Sum(h.A[l + 1, i, j] * h.delta[l + 1, k, i], (i, low, high)),
        "twice as much": 2 * step.statement.right,
    }
    assert tried(derivation, position).word is Word.AGREES
    for name, right in wrong.items():
        found = tried(derivation, position, Equation(step.statement.left, right), instances=6)
        assert found.word is Word.REFUTED, name


def test_the_wrong_jacobian_is_refuted_by_differentiating_the_network():
    """F is what dual numbers make of the forward equations, not what the chain rule says of it."""
    h, derivation = PLAIN.heads, recursion(PLAIN)
    position, step = last_of(derivation, "chain_rule", "F")
    linear = Sum(h.A[l + s + 1, a, p] * h.F[l, s, p, c], (p, 1, PLAIN.size(l + s)))
    for right in (linear, step.statement.right / 2, step.statement.right.subs(l + s + 1, l + s)):
        assert tried(derivation, position, Equation(step.statement.left, right), instances=4).word is Word.REFUTED


def test_gradients_of_a_batch_sum_over_its_samples():
    derivation = recursion(BATCH)
    position, step = last_of(derivation, "rearrange", "grad_A")
    mean = Equation(step.statement.left, step.statement.right / BATCH.declarations["N"].head)
    one = Equation(step.statement.left, step.statement.right.function.subs(step.statement.right.limits[0][0], 1))
    for wrong in (mean, one):
        assert tried(derivation, position, wrong, instances=6).word is Word.REFUTED


def test_a_bound_that_is_too_small_is_refuted():
    derivation = vanishing()
    position = next(n for n, step in enumerate(derivation.steps) if step.rule == "bound_along_sequence")
    statement = derivation.steps[position].statement
    (growth,) = statement.bound.atoms(Product)
    m, low, high = growth.limits[0]
    shorter = statement.bound.xreplace({growth: Product(growth.function, (m, low + 1, high)) / 50})
    for smaller in (statement.bound / 10**3, shorter):
        assert tried(derivation, position, Bounded(statement.expression, smaller), instances=4).word is Word.REFUTED
    assert tried(derivation, position, instances=4).word is Word.AGREES


def test_ranges_come_behind_the_indices_that_they_depend_on():
    names = recursion(PLAIN).declarations
    found = [symbol for symbol, _, _ in free_ranges(names, a + c)]
    assert found.index(l) < found.index(c)
    assert max(found.index(l), found.index(k)) < found.index(a)
    assert free_ranges(names, a, at={k: Integer(1)})[-1] == (a, 1, n.head[l + 1])
    assert [symbol for symbol, _, _ in free_ranges(names, Add(a, c), bound=(a, l, k))] == [c]
