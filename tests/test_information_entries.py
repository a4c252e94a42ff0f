"""The log-ratio, KL divergence, cross-entropy and Fisher information: replayed, sampled, mutated; Taylor remainders."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Abs, Integer, Rational, Symbol, exp, log

from derivations.core.evidence import Word
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.statements import Bounded, Equation, Minimum
from derivations.core.store import load
from derivations.core.symbols import POSITIVE, Declarations, function, scalar
from derivations.core.trials import Trials
from derivations.render import RENDERERS
from derivations.subjects.catalogue import derive
from derivations.subjects.information import ENTRIES
from derivations.subjects.information.sampling import monte_carlo

NAMES = Declarations(
    (
        scalar("x", "x", "variable"), scalar("c", "c", "constant"), scalar("s", "s", "positive constant", POSITIVE),
        function("f", "f({0})", "function"), scalar("d", "d", "a name"),
    )
)  # fmt: skip
x, c, s, f, d = (NAMES[n].head for n in ("x", "c", "s", "f", "d"))


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_entry_replays_from_its_stored_form_and_verifies(name):
    derivation = derive(name)
    assert derivation.name == name
    assert derivation.evidence is Word.PROVED
    checked = replay(load(derivation.to_json()))
    assert checked.ok, checked.problems
    report = derivation.verify(samples=100)
    assert report.ok, [row for row in report.rows if not row.ok]
    assert len(report.rows) > 2


@pytest.mark.parametrize("name", list(ENTRIES))
@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html"])
def test_every_entry_renders(name, form):
    assert RENDERERS[form](derive(name))


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_changed_conclusion_is_objected_to(name):
    derivation = derive(name)
    for position in derivation.conclusion.steps:
        step = derivation.steps[position]
        said = step.statement
        if isinstance(said, Equation):
            wrong = Equation(said.left, said.right + 1)
        elif isinstance(said, Bounded):
            wrong = Bounded(said.expression, said.bound / 2)
        else:
            wrong = replace(said, value=tuple(v / 2 for v in said.value))
        steps = (*derivation.steps[:position], replace(step, statement=wrong), *derivation.steps[position + 1 :])
        assert not replay(replace(derivation, steps=steps), instances=0).ok


def test_the_relative_difference_is_one_minus_the_exponential():
    exact, first, second = derive("information/log-ratio").conclusions
    eps, r = Symbol("eps", real=True), Symbol("r", real=True)
    assert exact == Equation(r, 1 - exp(-eps))
    assert first.bound == eps**2 * exp(Abs(eps)) / 2
    assert second.expression - (r - eps + eps**2 / 2) == 0


def test_the_logarithm_lies_below_its_tangent():
    minima = [s.statement for s in derive("information/log-ratio").steps if isinstance(s.statement, Minimum)]
    assert [m.value for m in minima] == [(Integer(1),)]


def test_the_divergence_has_its_minimum_zero_at_p():
    minimum, zero = derive("information/kl-nonnegative").conclusions
    assert str(minimum.value) == "(p[k],)"
    assert zero.right == 0


def test_the_divergence_of_gaussians_is_the_known_formula():
    (said,) = derive("information/kl-gaussians").conclusions
    values = {"mu1": 0.3, "mu2": -1.0, "s1": 0.7, "s2": 1.9}
    found = float(said.right.xreplace({s: values[s.name] for s in said.right.free_symbols}))
    assert found == pytest.approx(np.log(1.9 / 0.7) + (0.49 + 1.69) / (2 * 3.61) - 0.5)


def test_monte_carlo_objects_to_a_wrong_value():
    draws = np.random.default_rng(0).normal(1.0, 1.0, 10_000)
    assert monte_carlo("mean", 1.0, draws).ok
    assert not monte_carlo("mean", 1.1, draws).ok


@pytest.mark.parametrize(
    ("name", "number"),
    [("kl-mean", 0), ("cross-entropy", 0), ("cross-entropy", 1), ("kl-gaussians", 0), ("fisher", 2)],
)
def test_sampling_objects_to_a_wrong_formula(name, number):
    """The means are compared with what the derivation concludes, not with a formula of the check's own."""
    derivation = derive(f"information/{name}")
    position = derivation.conclusion.steps[number]
    step = derivation.steps[position]
    wrong = replace(step, statement=Equation(step.statement.left, step.statement.right * Rational(6, 5)))
    mutant = replace(derivation, steps=(*derivation.steps[:position], wrong, *derivation.steps[position + 1 :]))
    (check,) = derivation.checks
    assert all(row.ok for row in check(derivation, 400, np.random.default_rng(1)))
    assert not all(row.ok for row in check(mutant, 400, np.random.default_rng(1)))


# ---------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("expression", "order", "polynomial", "bound"),
    [
        (1 - exp(-x), 2, x, x**2 * exp(Abs(x)) / 2),
        (exp(2 * x), 1, Integer(1), 2 * Abs(x) * exp(2 * Abs(x))),
        (c * x**3, 3, Integer(0), Abs(c) * Abs(x) ** 3),
        (x * exp(x), 2, x, x**2 / 2 * (2 * exp(Abs(x)) + Abs(x) * exp(Abs(x)))),
        (s + x, 2, s + x, Integer(0)),
    ],
)
def test_taylor_remainder_is_bounded(expression, order, polynomial, bound):
    proof = Proof(NAMES)
    start = proof.step("define", left=f(x), right=expression)
    found = proof.statement(proof.step("taylor_remainder", start, variable=x, order=order))
    assert (found.expression - (f(x) - polynomial)).expand() == 0
    assert (found.bound - bound).expand() == 0
    evidence = Trials.of(NAMES, proof.steps, proof.last).of_statement(found)
    assert evidence.word is Word.AGREES


@pytest.mark.parametrize("expression", [log(s + x), 1 / (1 + x**2), exp(x**2), exp(c * x), x ** Symbol("c", real=True)])
def test_taylor_remainder_refuses_what_it_cannot_bound(expression):
    proof = Proof(NAMES)
    start = proof.step("define", left=f(x), right=expression)
    with pytest.raises(RuleError, match="taylor_remainder"):
        proof.step("taylor_remainder", start, variable=x, order=2)


def test_taylor_remainder_refuses_a_hidden_dependence_and_a_wrong_order():
    proof = Proof(NAMES)
    proof.step("define", left=d, right=x**2)
    start = proof.step("define", left=f(x), right=d * x)
    with pytest.raises(RuleError, match="taylor_remainder"):
        proof.step("taylor_remainder", start, variable=x, order=2)
    plain = Proof(NAMES)
    start = plain.step("define", left=f(x), right=x**2)
    for order in (0, 13, "two"):
        with pytest.raises(RuleError, match="the order"):
            plain.step("taylor_remainder", start, variable=x, order=order)


def test_a_bound_that_is_too_small_is_refuted():
    proof = Proof(NAMES)
    proof.step("define", left=f(x), right=1 - exp(-x))
    evidence = Trials.of(NAMES, proof.steps, 0).of_statement(Bounded(f(x) - x, x**2 / 4))
    assert evidence.word is Word.REFUTED
