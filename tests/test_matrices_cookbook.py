"""The cookbook: every question is derived, proved, and agrees with automatic differentiation."""

from dataclasses import replace

import autograd.numpy as anp
import numpy as np
import pytest
from sympy import Sum

from derivations.core.evidence import Word
from derivations.core.replay import replay
from derivations.core.rules import PREMISES
from derivations.core.statements import Equation
from derivations.core.store import load
from derivations.core.trials import Trials
from derivations.subjects.matrices.asking import as_expression, gradient
from derivations.subjects.matrices.cookbook import CATALOGUED, ENTRIES, QUESTIONS, SHAPES, derived
from numeric.oracles.gradients import automatic, automatic_by_jax, automatic_hessian_product, automatic_jacobian, evaluate

SIZES = {"m": 4, "n": 3, "p": 2, "N": 5, "d": 3, "K": 4, "e": 2, "h": 3}
POSITIVE = {"lam", "eps", "sigma2"}
SQUARE = {"S", "R", "Sigma", "P"}


def drawn(name: str, rng: np.random.Generator) -> np.ndarray:
    array = rng.normal(size=[SIZES[s] for s in SHAPES[name]])
    if name in POSITIVE:
        return np.abs(array) + 0.5
    return array @ array.T + 2 * np.eye(len(array)) + 0.1 * rng.normal(size=array.shape) if name in SQUARE else array


@pytest.mark.parametrize("name", QUESTIONS)
def test_answer_agrees_with_automatic_differentiation(name):
    question, derivation = QUESTIONS[name], derived(name)
    expression = as_expression(question.expression, SHAPES)
    rng = np.random.default_rng(len(name))
    known = {v.data: drawn(v.data, rng) for v in expression.variables()}
    functions = {"sigma": np.tanh, "sigma_prime": lambda u: 1 - np.tanh(u) ** 2}

    def function(**values):
        return evaluate(expression, {**values, **SIZES}, anp, {"sigma": anp.tanh})

    extra = {}
    if question.kind == "hessian":
        wanted = automatic_jacobian(lambda **values: _slope(function, values, question.of), known, question.of)
    elif question.kind == "jacobian":
        wanted = automatic_jacobian(function, known, question.of)
    elif question.kind == "hvp":
        along = rng.normal(size=known[question.of].shape)
        extra = {derivation.symbol.rpartition(" ")[2]: along}
        wanted = automatic_hessian_product(function, known, question.of, along)
    else:
        wanted = automatic(function, known, question.of)
    uses = {k: v for k, v in functions.items() if "sigma(" in question.expression}
    found = derivation.compile()(**known, **extra, **uses, **SIZES)
    assert derivation.evidence is Word.PROVED
    assert np.any(wanted)
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-9)


def test_answers_agree_with_jax():
    """A second tool for automatic differentiation, for all questions about gradients of expressions that it knows."""
    numpy = pytest.importorskip("jax.numpy")
    for name, question in QUESTIONS.items():
        if question.kind != "gradient":
            continue
        expression = as_expression(question.expression, SHAPES)
        rng = np.random.default_rng(len(name))
        known = {v.data: drawn(v.data, rng) for v in expression.variables()}

        def function(expression=expression, **values):
            return evaluate(expression, {**values, **SIZES}, numpy, {"sigma": numpy.tanh})

        uses = {"sigma": np.tanh, "sigma_prime": lambda u: 1 - np.tanh(u) ** 2} if "sigma(" in question.expression else {}
        found = derived(name).compile()(**known, **uses, **SIZES)
        wanted = automatic_by_jax(function, known, question.of)
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-9, err_msg=name)


def _slope(function, values, name):
    from autograd import grad

    return grad(lambda value: function(**{**values, name: value}))(values[name])


def test_no_sum_runs_over_a_letter_that_is_free_around_it():
    """exp(xᵢ)/Σₖ exp(xₖ), not exp(xᵢ)/Σᵢ exp(xᵢ)."""
    for name in QUESTIONS:
        derivation = derived(name)
        for step in derivation.steps:
            for total in step.statement.right.atoms(Sum) if isinstance(step.statement, Equation) else ():
                assert not {limit[0] for limit in total.limits} & set(derivation.indices), name


@pytest.mark.parametrize("name", CATALOGUED)
def test_catalogue_entry_replays_from_its_stored_form(name):
    checked = replay(load(ENTRIES[f"matrices/{name}"]().to_json()), instances=1)
    assert checked.ok, checked.problems


@pytest.mark.long
def test_every_step_holds_on_an_exact_instance():
    """Derivatives by dual numbers, those of inverses and determinants included, know nothing of the rules."""
    kinds = ("determinant", "inverse", "gaussian", "logistic", "lasso", "norm", "softmax", "quadratic")
    for name in (name for name in QUESTIONS if name.startswith(kinds)):
        derivation = derived(name)
        for position, step in enumerate(derivation.steps):
            if step.rule not in PREMISES:
                found = Trials.of(derivation.declarations, derivation.steps, position, instances=1).of_statement(step.statement)
                assert found.word is Word.AGREES, (name, position, step.rule, found.reason)


def test_a_wrong_slope_that_is_given_is_refuted_on_instances():
    derivation = gradient("sum(sigmoid(x))", "x", shapes={"x": "n"})
    position = next(n for n, step in enumerate(derivation.steps) if step.rule == "given")
    wrong = replace(derivation.steps[position].statement, right=derivation.steps[position].statement.right / 2)
    steps = [*derivation.steps]
    steps[position] = replace(steps[position], statement=wrong)
    last = derivation.conclusion.steps[0]
    assert Trials.of(derivation.declarations, derivation.steps, last).of_statement(steps[last].statement).word is Word.AGREES
    halved = replace(steps[last].statement, right=steps[last].statement.right / 2)
    assert Trials.of(derivation.declarations, steps, last).of_statement(halved).word is Word.REFUTED


def test_gradients_of_log_determinants_state_that_the_matrix_is_invertible():
    assert "determinant" in str(derived("log-determinant").conditions[0])


def test_there_are_at_least_fifty_questions():
    assert len(QUESTIONS) >= 50
