"""Replay: every step from its premises, nothing in the file believed."""

from dataclasses import replace

import pytest
from core_samples import NAMES, K, N, alpha, c, f, g, i, k, n, q, r, t, w, x, y
from sympy import Integer, KroneckerDelta, S, Sum, log

from derivations.core.derivation import Conclusion, Derivation, Kind, Step
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome
from derivations.core.proof import Proof
from derivations.core.replay import replay, restored
from derivations.core.rules import RULES
from derivations.core.statements import Equation, InRange, Minimum, Positive
from derivations.core.store import load, to_json
from derivations.subjects.naive_bayes import ENTRIES


def derivation(*steps, kind=Kind.IDENTITY, concluding=None, lemmas=()):
    at = (len(steps) - 1,) if concluding is None else concluding
    return Derivation("test/replay", "T", "S", NAMES, tuple(steps), Conclusion(kind, at, "C"), (), tuple(lemmas))


def step(statement, rule, *premises, **arguments):
    return Step(statement, rule, premises, tuple(sorted(arguments.items())))


def given(left, right):
    return step(Equation(left, right), "given", left=left, right=right)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_catalogue_entry_replays(name):
    assert replay(ENTRIES[name](), instances=0).ok


@pytest.mark.parametrize("name", ["gaussian-naive-bayes/posterior", "gaussian-naive-bayes/mle-mean"])
def test_every_derived_step_is_tried_on_instances(name):
    result = replay(load(to_json(ENTRIES[name]())), instances=2)
    assert result.ok
    assert sum(check.instances > 0 for check in result.checks) >= len(result.checks) // 2


def test_a_stored_verdict_is_not_believed():
    claimed = replace(step(Equation(f(t), t + 1), "rearrange", 0, to=t + 1), evidence=Evidence(Word.PROVED, "trust me"))
    result = replay(derivation(given(f(t), t), claimed), instances=0)
    assert result.problems == ("step 2 (rearrange): rearrange: t and t + 1 have different normal forms; one of the two is wrong",)


def test_stored_conditions_are_not_believed():
    proof = Proof(NAMES)
    proof.step("impose", left=t * q - w[1], right=S.Zero, unknown=t)
    at = proof.step("isolate", 0, unknown=t)
    made = proof.done("t/t", "", "", Kind.IDENTITY, (at,), "")
    bare = replace(made, steps=tuple(replace(s, conditions=(Positive(Integer(-1)),)) for s in made.steps))
    assert restored(bare).steps[1].conditions == made.steps[1].conditions
    assert replay(bare, instances=0).ok


@pytest.mark.parametrize("kind", [Kind.UNIQUE_MAXIMUM, Kind.NO_STATIONARY_POINT, Kind.BOUNDARY_MAXIMUM, Kind.NO_CLOSED_FORM])
def test_the_conclusion_has_to_be_of_its_kind(kind):
    result = replay(derivation(given(f(t), t), kind=kind), instances=0)
    assert not result.ok
    assert result.problems[-1].startswith("conclusion:")


def test_a_conclusion_of_nothing_is_a_problem():
    assert "conclusion" in replay(derivation(given(f(t), t), concluding=()), instances=0).problems[-1]


def test_definitions_in_a_circle_are_rejected_and_do_not_hang():
    result = replay(derivation(given(n[k], n[k] + 1), given(f(y), Sum(n[c], (c, 1, K)))), instances=1)
    assert not result.ok
    assert result.problems[0].startswith("step 1 (given)")
    mutual = derivation(
        given(n[k], NAMES["m"].head[k]), given(NAMES["m"].head[k], n[k]), step(Equation(n[k], n[k]), "rearrange", 0, to=n[k])
    )
    assert not replay(mutual, instances=1).ok


def test_a_name_used_with_another_number_of_arguments_is_rejected():
    wrong = derivation(given(f(t), t), given(g(q), f(q, r)), step(Equation(g(q), q), "unfold_definition", 1, name="f"))
    assert not replay(wrong, instances=1).ok


@pytest.mark.parametrize(
    "arguments", [{}, {"to": "t"}, {"to": 3}, {"to": (t,)}, {"to": t, "side": 4}, {"side": "left"}, {"name": ("f", "g")}]
)
@pytest.mark.parametrize(
    "rule", ["rearrange", "differentiate", "isolate", "evaluate_at", "lemma", "minimum_by_sign", "define", "joint_minimum"]
)
def test_arguments_of_another_kind_are_a_problem_and_no_crash(rule, arguments):
    result = replay(derivation(given(f(t), t), step(Equation(f(t), t + 1), rule, 0, **arguments)), instances=0)
    assert not result.checks[1].ok


def test_a_wrong_lemma_is_named():
    lemma = replace(derivation(given(g(t), t), step(Equation(g(t), 2 * t), "rearrange", 0, to=2 * t)), name="test/lemma")
    cited = step(Equation(g(t), 2 * t), "lemma", name="test/lemma")
    result = replay(derivation(cited, lemmas=(lemma,)), instances=0)
    assert not result.ok
    assert result.problems[0].startswith("lemma test/lemma: step 2 (rearrange)")


def test_a_lemma_is_not_cited_before_it_is_carried_along():
    result = replay(derivation(step(Equation(g(t), 2 * t), "lemma", name="test/lemma")), instances=0)
    assert "not carried along" in result.problems[0]


def test_a_step_that_rests_on_a_wrong_step_is_still_compared_with_what_is_stored():
    wrong = step(Equation(f(t), t + 1), "rearrange", 0, to=t + 1)
    after = step(Equation(f(t), 1 + t + q - q), "rearrange", 1, to=t + 1)
    result = replay(derivation(given(f(t), t), wrong, after), instances=0)
    assert [check.ok for check in result.checks[:2]] == [True, False]


def test_a_minimum_that_is_none_is_found_on_instances_too():
    score = [given(f(t, q), (t - q) ** 2), step(Minimum(f(t, q), (t,), (q + 1,)), "lemma", name="x")]
    from derivations.core.trials import Trials

    found = Trials.of(NAMES, score, 1).of_statement(score[1].statement)
    assert found.word is Word.REFUTED


def test_a_rule_that_is_out_of_scale_is_a_problem_of_its_step():
    wide = (t + q + r + log(q) + w[1] + x[1]) ** 13
    result = replay(
        derivation(given(f(t, q, r, w, x), wide), step(Equation(f(t, q, r, w, x), 0 * t), "rearrange", 0, to=Integer(0))),
        instances=0,
    )
    assert "normal form" in result.problems[0]


def test_the_same_derivation_is_replayed_once_as_a_lemma_of_many():
    import time

    lemma = ENTRIES["gaussian-naive-bayes/mle-mean"]()
    several = replace(ENTRIES["gaussian-naive-bayes/mle-variance"](), lemmas=(*lemma.lemmas, lemma, lemma, lemma))
    start = time.process_time()
    assert replay(several, instances=0).ok
    once = time.process_time() - start
    assert once < 5


def test_an_equation_is_decided_again_whatever_the_rule_was():
    imposed = step(
        Equation(Sum(alpha[k], (k, 1, K)), Integer(1), (alpha[k],)),
        "impose",
        left=Sum(alpha[k], (k, 1, K)),
        right=Integer(1),
        unknown=alpha[k],
    )
    solved = step(Equation(alpha[k], KroneckerDelta(k, 1) * 1, (alpha[k],)), "isolate", 0, unknown=alpha[k])
    assert not replay(derivation(imposed, solved), instances=0).ok
    assert N.is_positive
    assert i.is_positive


def test_a_conclusion_made_of_premises_alone_is_rejected():
    derivation = ENTRIES["gaussian-naive-bayes/negative-log-likelihood"]()
    premises_only = replace(derivation, conclusion=replace(derivation.conclusion, steps=(0, 1)))
    assert replay(premises_only, instances=0).problems == ("conclusion: only premises are concluded",)


def test_a_range_that_no_step_states_is_a_problem(monkeypatch):
    silent = Outcome(Equation(g(x), x[2]), (), Evidence(Word.PROVED, "kernel rule"))
    monkeypatch.setitem(RULES, "rearrange", lambda situation, premises, arguments: silent)
    told = replace(silent, conditions=(InRange(Integer(2), Integer(1), N),))
    start = given(g(x), Sum(KroneckerDelta(i, 2) * x[i], (i, 1, N)))
    made = step(Equation(g(x), x[2]), "rearrange", 0, to=x[2])
    assert "1 ≤ 2 ≤ N, which no step states" in replay(derivation(start, made), instances=0).problems[0]
    monkeypatch.setitem(RULES, "rearrange", lambda situation, premises, arguments: told)
    assert replay(derivation(start, made), instances=0).ok
