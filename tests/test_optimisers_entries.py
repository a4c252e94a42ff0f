"""The catalogue of optimisers: every entry replays from its stored form, verifies, renders, and resists mutation."""

from dataclasses import replace

import pytest
from sympy import IndexedBase, Rational, Symbol

from derivations.core.derivation import Kind
from derivations.core.evidence import Word
from derivations.core.replay import replay
from derivations.core.statements import Bounded, Equation
from derivations.core.store import load
from derivations.render import RENDERERS
from derivations.subjects.catalogue import catalogue, derive
from derivations.subjects.optimisers.entries import ENTRIES


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_entry_replays_from_its_stored_form_and_verifies(name):
    derivation = derive(name)
    assert derivation.name == name
    assert derivation.evidence is Word.PROVED
    checked = replay(load(derivation.to_json()))
    assert checked.ok, checked.problems
    report = derivation.verify(samples=50)
    assert report.ok, [row for row in report.rows if not row.ok]


@pytest.mark.parametrize("name", ["momentum/forms-equivalent", "momentum/unrolled", "adam/epsilon-rescaled"])
@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html", "json"])
def test_entries_render(name, form):
    assert RENDERERS[form](derive(name))


def test_the_entries_asked_for_are_in_the_catalogue():
    wanted = {
        "momentum/forms-equivalent", "momentum/varying-step", "momentum/unrolled", "momentum/nesterov-forms", "momentum/ema",
        "weight-decay/l2-against-decoupled", "adam/epsilon-placement", "adam/bias-correction", "momentum/quadratic-convergence",
    }  # fmt: skip
    assert wanted <= set(catalogue())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("momentum/forms-equivalent", Kind.EQUIVALENT), ("momentum/varying-step", Kind.NOT_EQUIVALENT),
        ("momentum/pytorch-keras", Kind.EQUIVALENT), ("momentum/pytorch-keras-schedule", Kind.NOT_EQUIVALENT),
        ("momentum/nesterov-forms", Kind.EQUIVALENT), ("momentum/ema", Kind.EQUIVALENT),
        ("momentum/dampening", Kind.NOT_EQUIVALENT), ("weight-decay/l2-against-decoupled", Kind.NOT_EQUIVALENT),
        ("weight-decay/l2-without-momentum", Kind.EQUIVALENT), ("adam/epsilon-placement", Kind.NOT_EQUIVALENT),
    ],
)  # fmt: skip
def test_what_the_tool_finds_is_what_the_sources_say(name, kind):
    assert derive(name).conclusion.kind is kind


def test_the_velocity_is_the_last_step_over_the_rate():
    theta, v = IndexedBase("theta", real=True), IndexedBase("v", real=True)
    k, alpha = Symbol("k", integer=True, nonnegative=True), Symbol("alpha", positive=True)
    assert derive("momentum/forms-equivalent").conclusions[1] == Equation(v[k], (theta[k - 1] - theta[k]) / alpha)


def test_the_premises_of_the_two_forms_are_stated():
    derivation = derive("momentum/forms-equivalent")
    initial = [step.statement for step in derivation.steps if step.rule == "initial"]
    theta, v = IndexedBase("theta", real=True), IndexedBase("v", real=True)
    assert Equation(theta[-1], theta[0]) in initial
    assert Equation(v[0], initial[-1].right * 0) in initial


def changed(derivation, position, right):
    """The derivation with the right side of one premise replaced, everywhere it is stated."""
    step = derivation.steps[position]
    arguments = tuple(sorted((dict(step.arguments) | {"right": right}).items()))
    mutant = replace(step, statement=Equation(step.statement.left, right), arguments=arguments)
    return replace(derivation, steps=(*derivation.steps[:position], mutant, *derivation.steps[position + 1 :]))


@pytest.mark.parametrize("name", [n for n in ENTRIES if n != "momentum/quadratic-convergence"])
def test_every_changed_recurrence_is_objected_to(name):
    derivation = derive(name)
    if derivation.conclusion.kind is Kind.NOT_EQUIVALENT:
        pytest.skip("a changed method parts in another way; the last line is what must be objected to")
    for position, step in enumerate(derivation.steps):
        if step.rule == "recurrence":
            right = step.statement.right
            assert not replay(changed(derivation, position, 2 * right), instances=0).ok, (name, position)


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_changed_conclusion_is_objected_to(name):
    derivation = derive(name)
    position = derivation.conclusion.steps[-1]
    step = derivation.steps[position]
    wrong = replace(step, statement=Equation(step.statement.left, step.statement.right + 1))
    steps = (*derivation.steps[:position], wrong, *derivation.steps[position + 1 :])
    assert not replay(replace(derivation, steps=steps), instances=0).ok


QUADRATICS = {
    "momentum/quadratic-convergence": ("r", "best", "product", "least", "most", "tau"),
    "gradient-descent/quadratic-convergence": ("best", "least", "most", "lam"),
}


@pytest.mark.parametrize(("name", "changed_name"), [(n, c) for n, names in QUADRATICS.items() for c in names])
@pytest.mark.parametrize("factor", [2, Rational(9, 10), -1])
def test_other_coefficients_do_not_have_the_rates_of_the_best(name, changed_name, factor):
    derivation = derive(name)
    head = derivation.declarations[changed_name].head
    for position, step in enumerate(derivation.steps):
        if step.rule == "define" and (step.statement.left == head or getattr(step.statement.left, "func", None) == head):
            assert not replay(changed(derivation, position, factor * step.statement.right), instances=0).ok


def test_the_rates_on_quadratics_are_bounds_with_their_condition():
    for name in QUADRATICS:
        derivation = derive(name)
        assert derivation.conclusion.kind is Kind.BOUND
        assert sum(isinstance(statement, Bounded) for statement in derivation.conclusions) == 2
        assert len(derivation.conditions) == 1  # the largest curvature is positive


def test_an_equivalence_without_induction_is_objected_to():
    derivation = derive("momentum/forms-equivalent")
    claimed = replace(derivation, conclusion=replace(derivation.conclusion, steps=(0,)))
    assert any("induction" in problem for problem in replay(claimed, instances=0).problems)


def test_a_difference_of_zero_is_objected_to():
    derivation = derive("momentum/varying-step")
    position = next(n for n, step in enumerate(derivation.steps) if step.rule == "initial" and step.statement.right == 0)
    claimed = replace(derivation, conclusion=replace(derivation.conclusion, steps=(position,)))
    assert "conclusion: the difference is zero" in replay(claimed, instances=0).problems


def test_a_difference_of_nothing_is_objected_to():
    derivation = derive("momentum/varying-step")
    position = next(n for n, step in enumerate(derivation.steps) if step.rule == "recurrence")
    claimed = replace(derivation, conclusion=replace(derivation.conclusion, steps=(position,)))
    assert any("difference of two sequences" in problem for problem in replay(claimed, instances=0).problems)
