"""Every rule of the kernel: what it concludes, what it refuses, and that its conclusions hold on instances."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from core_samples import NAMES, D, K, N, alpha, b, c, d, f, g, i, j, k, m, mu, n, q, r, sigma2, t, u, w, x, y, z
from sympy import Derivative, Integer, KroneckerDelta, Product, Rational, S, Sum, exp, log

from derivations.core.derivation import Derivation, Kind
from derivations.core.evidence import Word
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.rules import PREMISES, RULES
from derivations.core.statements import Equation, InRange, Minimum, NonZero, NoStationaryPoint, Positive
from derivations.core.store import load, to_json
from derivations.core.symbols import POSITIVE, Declarations, array, function, index, labels, probability, scalar, size
from derivations.core.trials import Trials
from numeric.domains import INTEGER, NATURAL, NONNEGATIVE, UNIT_INTERVAL, Domain

delta = KroneckerDelta
count = Sum(delta(y[i], k), (i, 1, N))
ELSEWHERE = {
    **dict.fromkeys(
        ("initial", "recurrence", "unfold_recurrence", "use_identity", "base_case", "inductive_step", "induction"),
        "test_core_induction.py",
    )
}
"""Rules with a test file of their own."""


def stated(right, left=None):
    """A proof with one line, f(…) = right."""
    proof = Proof(NAMES)
    proof.step("given", left=f(x, mu, alpha, sigma2, w, t, q) if left is None else left, right=right)
    return proof


def counted():
    """A proof that names the class counts and assumes them positive."""
    proof = Proof(NAMES)
    proof.step("define", left=n[k], right=count)
    proof.step("assume", positive=n[k])
    return proof


def squares(proof=None):
    """f(μ) = Σᵢ (xᵢ − μ_{yᵢ})², its score with the indicators resolved and N_k folded: the position of the score."""
    proof = proof or counted()
    start = proof.step("given", left=f(mu, alpha), right=Sum(Sum((x[i] - mu[y[i], d]) ** 2 / 2, (d, 1, D)), (i, 1, N)))
    score = proof.chain(proof.step("differentiate", start, variable=mu[k, d]), "sift_delta", "substitute_delta")
    return proof, score


def solved_mean():
    proof, score = squares()
    equation = proof.chain(
        proof.step("set_to_zero", score), ("linearity_of_sum", {"side": "left"}),
        ("fold_definition", {"side": "left", "name": "n"}),
    )  # fmt: skip
    return proof, score, proof.step("isolate", equation, unknown=mu[k, d])


def lagrangian():
    """−Σ_k n_k log α_k with Σ_k α_k = 1: the positions of score, curvature, solution, constraint."""
    proof = counted()
    total = Sum(alpha[k], (k, 1, K))
    start = proof.step("given", left=f(alpha), right=-Sum(log(alpha[y[i]]), (i, 1, N)))
    score = proof.chain(
        proof.step("differentiate", start, variable=alpha[k]), "substitute_delta", "pull_out_constant",
        ("fold_definition", {"name": "n"}),
    )  # fmt: skip
    curvature = proof.step("differentiate", score, variable=alpha[c])
    constraint = proof.step("impose", left=total, right=Integer(1), unknown=alpha[k])
    guess = proof.step("impose", left=alpha[k], right=n[k] / N, unknown=alpha[k])
    return proof, score, curvature, guess, constraint


def model():
    """Probabilities of a label and a number, declared with their events."""
    kk, cc = index("k", K), index("c", K)
    return Proof(Declarations((
        size("K", ""), kk, cc, labels("y", size("N", "").head, K, "", ""), size("N", ""), index("i", N),
        array("alpha", (K,), "", "", POSITIVE), probability("prior", "", "", ("y",)),
        probability("likely", "", "", ("x",), ("y",)),
        probability("joint", "", "", ("x", "y")), probability("evidence", "", "", ("x",), arguments=False),
        probability("posterior", "", "", ("y",), ("x",)), probability("other", "", "", ("z",), ("y",)), index("v", N),
    )))  # fmt: skip


def heads(proof):
    names = proof._situation.declarations
    return {entry.name: entry.head for entry in names}


def bayes():
    proof = model()
    h = heads(proof)
    proof.step("given", left=h["prior"](k), right=h["alpha"][k])
    proof.step("given", left=h["likely"](k), right=exp(-h["alpha"][k]))
    return proof, h


# ---------------------------------------------------------------------- each rule works


def _given():
    proof = Proof(NAMES)
    return proof, proof.step("given", left=f(k), right=count), Equation(f(k), count)


def _define():
    proof = Proof(NAMES)
    return proof, proof.step("define", left=n[k], right=count), Equation(n[k], count)


def _assume():
    proof = counted()
    return proof, proof.last, Positive(n[k])


def cited(body=None, *, assume=None, meaning=None):
    proof = Proof(NAMES)
    if meaning is not None:
        proof.step("define", left=n[k], right=meaning)
    if assume is not None:
        proof.step("assume", positive=assume)
    start = proof.step("define", left=f(x), right=Sum(2 * x[i], (i, 1, N)) if body is None else body)
    end = proof.step("pull_out_constant", start) if body is None else start
    return proof.done("test/cited", "T", "S", Kind.IDENTITY, (end,), "C")


def _lemma():
    proof = Proof(NAMES, (cited(),))
    return proof, proof.step("lemma", name="test/cited"), Equation(f(x), 2 * Sum(x[i], (i, 1, N)))


def _product_rule():
    proof, h = bayes()
    at = proof.step("product_rule", joint=h["joint"](k), conditional=h["likely"](k), marginal=h["prior"](k))
    return proof, at, Equation(h["joint"](k), h["likely"](k) * h["prior"](k))


def _total_probability():
    proof, _, _ = _product_rule()
    h = heads(proof)
    at = proof.step("total_probability", marginal=h["evidence"], joint=h["joint"](c), index=c)
    return proof, at, Equation(h["evidence"], Sum(h["joint"](c), (c, 1, K)))


def _conditional_probability():
    proof, _, _ = _total_probability()
    h = heads(proof)
    at = proof.step("conditional_probability", conditional=h["posterior"](k), joint=h["joint"](k), marginal=h["evidence"])
    return proof, at, Equation(h["posterior"](k), h["joint"](k) / h["evidence"])


def rewritten(rule, before, after, **arguments):
    proof = stated(before)
    at = proof.step(rule, proof.last, **arguments)
    return proof, at, Equation(proof.statement(0).left, after)


def _unfold_definition():
    proof = counted()
    at = proof.step("given", left=f(k), right=2 * n[k])
    return proof, proof.step("unfold_definition", at, name="n"), Equation(f(k), 2 * count)


def _fold_definition():
    proof = counted()
    at = proof.step("given", left=f(c), right=1 + Sum(delta(y[j], c), (j, 1, N)))
    return proof, proof.step("fold_definition", at, name="n"), Equation(f(c), 1 + n[c])


def _differentiate():
    proof = stated(Sum(x[i] ** 2, (i, 1, N)), f(x))
    at = proof.step("differentiate", 0, variable=x[j])
    return proof, at, Equation(Derivative(f(x), x[j]), Sum(2 * delta(i, j) * x[i], (i, 1, N)))


def _reparametrise():
    proof = stated(Sum(log(sigma2[d]), (d, 1, D)), f(sigma2))
    at = proof.step("reparametrise", 0, left=g(mu), old=sigma2[d], new=exp(Sum(x[i], (i, 1, N))))
    return proof, at, Equation(g(mu), Sum(log(exp(Sum(x[i], (i, 1, N)))), (d, 1, D)))


def _set_to_zero():
    proof, score, solved = solved_mean()
    at = next(position for position in range(solved) if proof.steps[position].rule == "set_to_zero")
    return proof, at, Equation(proof.right(score), S.Zero, (mu[k, d],))


def _impose():
    proof = Proof(NAMES)
    total = Sum(alpha[k], (k, 1, K))
    return proof, proof.step("impose", left=total, right=Integer(1), unknown=alpha[k]), Equation(total, Integer(1), (alpha[k],))


def _multiply_both_sides():
    proof = Proof(NAMES)
    proof.step("impose", left=t / q, right=r, unknown=t)
    return proof, proof.step("multiply_both_sides", 0, factor=q), Equation(t, q * r, (t,))


def _isolate():
    proof, _, at = solved_mean()
    return proof, at, Equation(mu[k, d], Sum(delta(y[i], k) * x[i], (i, 1, N)) / n[k], (mu[k, d],))


def _substitute_solution():
    proof = counted()
    total = Sum(alpha[k], (k, 1, K))
    start = proof.step("given", left=f(alpha), right=-Sum(log(alpha[y[i]]), (i, 1, N)) + t * (total - 1))
    slope = proof.chain(
        proof.step("differentiate", start, variable=alpha[k]), "sift_delta", "substitute_delta", "pull_out_constant",
        ("fold_definition", {"name": "n"}),
    )  # fmt: skip
    solved = proof.chain(proof.step("set_to_zero", slope, multiplier=t), ("isolate", {"unknown": alpha[k]}))
    balance = proof.step("impose", left=total, right=Integer(1), unknown=alpha[k])
    balance = proof.step("substitute_solution", balance, solved)
    found = Equation(Sum(n[k] / t, (k, 1, K)), Integer(1), (t,))
    solution = proof.step("impose", left=t, right=N, unknown=t)
    proof.step("substitute_solution", solved, solution)
    return proof, balance, found


def _evaluate_at():
    proof = stated(t**2 + q, f(t, q))
    at = proof.step("evaluate_at", 0, unknown=t, value=q, result=q**2 + q)
    return proof, at, None


def _positive_by_sign():
    proof = stated(1 + t**2, f(t))
    return proof, proof.step("positive_by_sign", 0), Positive(1 + t**2)


def _minimum_by_sign():
    proof, score, solved = solved_mean()
    at = proof.step("minimum_by_sign", score, solved, factor=n[k])
    return proof, at, Minimum(f(mu, alpha), (mu[k, d],), (proof.right(solved),))


def _minimum_under_linear_constraint():
    proof, *positions = lagrangian()
    at = proof.step("minimum_under_linear_constraint", *positions, curvature=n[k] / alpha[k] ** 2, multiplier=N)
    return proof, at, Minimum(f(alpha), (alpha[k],), (n[k] / N,), Sum(alpha[k], (k, 1, K)) - 1)


def two_minima():
    """(t − q)² + (u − t)² is lowest over u at t, then over t at q."""
    proof = Proof(NAMES)
    start = proof.step("given", left=f(t, u, q), right=(t - q) ** 2 + (u - t) ** 2)
    found = []
    for unknown, value, factor in ((u, t, 2), (t, (q + u) / 2, 4)):
        score = proof.step("differentiate", start, variable=unknown)
        guess = proof.step("impose", left=unknown, right=value, unknown=unknown)
        found.append(proof.step("minimum_by_sign", score, guess, factor=Integer(factor)))
    return proof, *found


def separable_minima():
    """(t − q)² + (u − t·q)²·… with the value of t free of u."""
    proof = Proof(NAMES)
    start = proof.step("given", left=f(t, u, q), right=(t - q) ** 2 + (u - r) ** 2)
    found = []
    for unknown, value in ((t, q), (u, r)):
        score = proof.step("differentiate", start, variable=unknown)
        guess = proof.step("impose", left=unknown, right=value, unknown=unknown)
        found.append(proof.step("minimum_by_sign", score, guess, factor=Integer(2)))
    return proof, *found


def _joint_minimum():
    proof, first, second = separable_minima()
    at = proof.step("joint_minimum", first, second, values=(q, r))
    return proof, at, Minimum(f(t, u, q), (t, u), (q, r))


def _no_stationary_point():
    proof = counted()
    start = proof.step("given", left=f(alpha), right=-Sum(log(alpha[y[i]]), (i, 1, N)))
    score = proof.chain(
        proof.step("differentiate", start, variable=alpha[k]), "substitute_delta", "pull_out_constant",
        ("fold_definition", {"name": "n"}),
    )  # fmt: skip
    return proof, proof.step("no_stationary_point", score), NoStationaryPoint(f(alpha), alpha[k], -1)


WORKS: dict[str, Callable[[], tuple]] = {
    "given": _given, "define": _define, "assume": _assume, "lemma": _lemma, "product_rule": _product_rule,
    "total_probability": _total_probability, "conditional_probability": _conditional_probability,
    "unfold_definition": _unfold_definition, "fold_definition": _fold_definition,
    "rearrange": lambda: rewritten("rearrange", (t + q) ** 2, t**2 + 2 * t * q + q**2, to=t**2 + 2 * t * q + q**2),
    "expand_products": lambda: rewritten(
        "expand_products", Sum(x[i] * (x[i] - t), (i, 1, N)), Sum(x[i] ** 2, (i, 1, N)) + Sum(-x[i] * t, (i, 1, N))
    ),
    "log_of_product": lambda: rewritten("log_of_product", log(q * exp(t)), log(q) + t),
    "log_of_power": lambda: rewritten("log_of_power", log((1 + t**2) ** Rational(-1, 2)), -log(1 + t**2) / 2),
    "linearity_of_sum": lambda: rewritten(
        "linearity_of_sum", Sum(2 * x[i] - t, (i, 1, N)), 2 * Sum(x[i], (i, 1, N)) - Sum(t, (i, 1, N))
    ),
    "pull_out_constant": lambda: rewritten("pull_out_constant", Sum(t * x[i] / q, (i, 1, N)), t * Sum(x[i], (i, 1, N)) / q),
    "sum_of_constant": lambda: rewritten("sum_of_constant", Sum(t, (i, 1, N)), N * t),
    "swap_sums": lambda: rewritten(
        "swap_sums", Sum(z[i, d], (d, 1, D), (i, 1, N)), Sum(z[i, d], (i, 1, N), (d, 1, D))
    ),
    "sift_delta": lambda: rewritten("sift_delta", Sum(delta(y[1], k) * alpha[k], (k, 1, K)), alpha[y[1]]),
    "substitute_delta": lambda: rewritten(
        "substitute_delta", Sum(delta(y[i], k) * mu[y[i], d], (i, 1, N), (k, 1, K), (d, 1, D)),
        Sum(delta(y[i], k) * mu[k, d], (i, 1, N), (k, 1, K), (d, 1, D)),
    ),
    "differentiate": _differentiate, "reparametrise": _reparametrise, "set_to_zero": _set_to_zero, "impose": _impose,
    "multiply_both_sides": _multiply_both_sides, "isolate": _isolate, "substitute_solution": _substitute_solution,
    "evaluate_at": _evaluate_at, "positive_by_sign": _positive_by_sign, "minimum_by_sign": _minimum_by_sign,
    "minimum_under_linear_constraint": _minimum_under_linear_constraint, "joint_minimum": _joint_minimum,
    "no_stationary_point": _no_stationary_point,
}  # fmt: skip


@pytest.mark.parametrize("rule", WORKS)
def test_the_rule_concludes(rule):
    proof, position, expected = WORKS[rule]()
    assert proof.steps[position].rule == rule
    if expected is not None:
        assert proof.statement(position) == expected


@pytest.mark.parametrize("rule", WORKS)
def test_the_conclusion_of_the_rule_agrees_on_instances(rule):
    proof, position, _ = WORKS[rule]()
    declarations = proof._situation.declarations
    for at, step in enumerate(proof.steps):
        if step.rule in PREMISES - {"reparametrise"} or at > position:
            continue
        found = Trials.of(declarations, proof.steps, at, instances=4, max_size=3).of_statement(step.statement)
        assert found.word is Word.AGREES or (found.word is Word.UNDECIDED and isinstance(step.statement, InRange)), found


def finished(proof: Proof, position: int, kind: Kind | None = None) -> Derivation:
    kinds = {Minimum: Kind.UNIQUE_MAXIMUM, NoStationaryPoint: Kind.NO_STATIONARY_POINT}
    found = kind or kinds.get(type(proof.statement(position)), Kind.IDENTITY)
    return proof.done("test/rule", "T", "S", found, (position,), "C")


@pytest.mark.parametrize("rule", WORKS)
def test_the_conclusion_of_the_rule_replays_from_its_stored_form(rule):
    proof, position, expected = WORKS[rule]()
    if isinstance(expected, Positive):
        proof.step("given", left=head_of("m")[k], right=Integer(1) * k)
        position = proof.last
    stored = to_json(finished(proof, position))
    found = replay(load(stored), instances=1)
    premise = proof.steps[position].rule in ("given", "impose", "assume")
    assert found.problems == (("conclusion: only premises are concluded",) if premise else ())
    assert to_json(load(stored)) == stored


def head_of(name):
    return NAMES[name].head


# ---------------------------------------------------------------------- each rule refuses


def refusal(rule, proof, *premises, **arguments):
    before = proof.steps
    with pytest.raises(RuleError) as caught:
        proof.step(rule, *premises, **arguments)
    assert str(caught.value).startswith(f"{rule}: ")
    assert proof.steps == before
    return str(caught.value)


PUT_IN = ("given", "define")
BAD_DEFINITIONS = {
    "no name": (2 * t, q, "not a name"),
    "an entry": (n[1], q, "not a name"),
    "a repeated index": (mu[k, k], q, "not a name"),
    "a shifted index": (n[k + 1], q, "not a name"),
    "itself": (n[k], n[k] + 1, "its own definition"),
    "a stray index": (n[k], x[i], "no parameter of it"),
    "another stray index": (f(t), mu[k, d], "no parameter of it"),
}


@pytest.mark.parametrize("rule", PUT_IN)
@pytest.mark.parametrize("why", BAD_DEFINITIONS)
def test_a_definition_is_refused(rule, why):
    left, right, text = BAD_DEFINITIONS[why]
    assert text in refusal(rule, Proof(NAMES), left=left, right=right)


@pytest.mark.parametrize("rule", PUT_IN)
def test_a_name_is_defined_once_and_before_its_use(rule):
    proof = Proof(NAMES)
    proof.step("define", left=f(k), right=n[k] + 1)
    assert "defined already" in refusal(rule, proof, left=f(k), right=n[k])
    assert "used before" in refusal(rule, proof, left=n[k], right=count)


@pytest.mark.parametrize("rule", PUT_IN)
def test_a_name_must_be_declared_as_it_is_used(rule):
    from sympy import Function, IndexedBase, Symbol

    for left in (Function("other")(t), IndexedBase("n")[k], Symbol("t")):
        assert "not declared" in refusal(rule, Proof(NAMES), left=left, right=q)


@pytest.mark.parametrize("rule", PUT_IN)
def test_definitions_in_a_circle_are_refused(rule):
    proof = Proof(NAMES)
    proof.step(rule, left=n[k], right=m[k] + 1)
    assert "used before" in refusal(rule, proof, left=m[k], right=n[k])


DOMAINS: dict[str, tuple[Domain, object, tuple]] = {
    "positive": (POSITIVE, x[1], (Positive(x[1]),)),
    "positive, known": (POSITIVE, 1 + x[1] ** 2, ()),
    "non-negative": (NONNEGATIVE, x[1], (Positive(x[1]),)),
    "non-negative, known": (NONNEGATIVE, x[1] ** 2, ()),
    "probability": (UNIT_INTERVAL, w[1], (Positive(1 - w[1]),)),
    "natural, known": (NATURAL, Sum(delta(y[i], 1), (i, 1, N)), ()),
    "natural": (NATURAL, b, (Positive(b),)),
    "integer": (INTEGER, b - 3, ()),
    "label": (Domain("label", K), y[1], (InRange(y[1], Integer(1), K),)),
}


@pytest.mark.parametrize("why", DOMAINS)
@pytest.mark.parametrize("rule", PUT_IN)
def test_the_domain_of_a_defined_name_is_a_condition_on_its_body(rule, why):
    domain, body, conditions = DOMAINS[why]
    proof = Proof(NAMES.extended(scalar("fresh", "", "", domain)))
    fresh = proof._situation.declarations["fresh"].head
    proof.step(rule, left=fresh, right=body)
    assert proof.steps[0].conditions == conditions


@pytest.mark.parametrize("rule", PUT_IN)
def test_a_whole_number_is_not_given_a_fraction(rule):
    proof = Proof(NAMES.extended(scalar("fresh", "", "", INTEGER)))
    assert "an integer" in refusal(rule, proof, left=proof._situation.declarations["fresh"].head, right=x[1] / 2)


def test_assume_refuses_what_is_false():
    for expression in (Integer(0), -1 - t**2, -exp(t), -q):
        assert "is false" in refusal("assume", Proof(NAMES), positive=expression)
    assert "argument 'positive'" in refusal("assume", Proof(NAMES))


def test_lemma_refuses_what_is_not_carried_along():
    assert "not carried along" in refusal("lemma", Proof(NAMES), name="test/cited")
    assert "not number 1" in refusal("lemma", Proof(NAMES, (cited(),)), name="test/cited", conclusion=1)
    assert "not number" in refusal("lemma", Proof(NAMES, (cited(),)), name="test/cited", conclusion="x")


def test_lemma_refuses_a_condition_that_is_not_assumed():
    proof = Proof(NAMES, (cited(assume=t),))
    assert "assume it first" in refusal("lemma", proof, name="test/cited")
    proof.step("assume", positive=t)
    proof.step("lemma", name="test/cited")


def test_lemma_refuses_other_declarations():
    other = Declarations(tuple(entry for entry in NAMES if entry.name != "f")).extended(function("f", "another", "letter"))
    assert "declares f differently" in refusal("lemma", Proof(other, (cited(),)), name="test/cited")


def test_lemma_refuses_a_name_with_another_meaning():
    proof = Proof(NAMES, (cited(Sum(n[k], (k, 1, K)), meaning=count),))
    assert "not given here" in refusal("lemma", proof, name="test/cited")
    proof.step("define", left=n[k], right=2 * count)
    assert "not given here" in refusal("lemma", proof, name="test/cited")
    again = Proof(NAMES, (cited(Sum(n[k], (k, 1, K)), meaning=count),))
    again.step("define", left=n[k], right=count)
    again.step("lemma", name="test/cited")


def test_lemma_refuses_a_condition_that_means_something_else_here():
    proof = Proof(NAMES, (cited(meaning=count, assume=n[k]),))
    proof.step("define", left=n[k], right=1 + Sum(delta(y[i], k), (i, 1, N)))
    proof.step("assume", positive=n[k])
    assert "not given here" in refusal("lemma", proof, name="test/cited")


def test_lemma_refuses_a_name_that_has_a_meaning_here():
    proof = Proof(NAMES, (cited(),))
    proof.step("define", left=f(x), right=t)
    assert "meaning here already" in refusal("lemma", proof, name="test/cited")


def test_the_product_rule_refuses_other_events():
    proof, h = bayes()
    parts = {"joint": h["joint"](k), "conditional": h["likely"](k), "marginal": h["prior"](k)}
    for name, other in (("conditional", h["posterior"](k)), ("conditional", h["other"](k)), ("marginal", h["evidence"]),
                        ("joint", h["prior"](k)), ("marginal", h["likely"](k))):  # fmt: skip
        refusal("product_rule", proof, **(parts | {name: other}))
    assert "not declared as a probability" in refusal("product_rule", proof, **(parts | {"marginal": h["alpha"][k]}))


def test_total_probability_refuses_other_events_and_ranges():
    proof, _, _ = _product_rule()
    h = heads(proof)
    parts = {"marginal": h["evidence"], "joint": h["joint"](c), "index": c}
    assert "over the values of y" in refusal("total_probability", proof, **(parts | {"joint": h["joint"](i), "index": i}))
    assert "summed out" in refusal("total_probability", proof, **(parts | {"index": k}))
    refusal("total_probability", proof, **(parts | {"joint": h["likely"](c)}))
    refusal("total_probability", proof, **(parts | {"marginal": h["posterior"](k)}))


def test_conditional_probability_refuses_the_exchanged_one():
    proof, _, _ = _total_probability()
    h = heads(proof)
    parts = {"conditional": h["posterior"](k), "joint": h["joint"](k), "marginal": h["evidence"]}
    refusal("conditional_probability", proof, **(parts | {"conditional": h["likely"](k)}))
    refusal("conditional_probability", proof, **(parts | {"marginal": h["prior"](k)}))
    refusal("conditional_probability", proof, **(parts | {"joint": h["other"](k)}))


REWRITING = {
    "unfold_definition": [(t, {"name": "n"}, "not defined"), (t, {}, "argument 'name'")],
    "fold_definition": [(t, {"name": "n"}, "not defined"), (t, {"name": 3}, "argument 'name'")],
    "rearrange": [(t + q, {"to": t - q}, "different normal forms"), (t, {"to": t}, "nothing to rewrite"),
                  (t, {}, "argument 'to'"),
                  (t, {"to": q, "side": "middle"}, "no side")],
    "expand_products": [(t + q, {}, "nothing to rewrite")],
    "log_of_product": [(log(t * q), {}, "not known to be positive"), (log(t), {}, "nothing"),
                       (log(Product(x[i], (i, 1, N))), {}, "not known to be positive")],
    "log_of_power": [(log(t**2), {}, "not known to be positive"), (log(q), {}, "nothing to rewrite")],
    "linearity_of_sum": [(Sum(x[i] ** 2, (i, 1, N)), {}, "nothing to rewrite"), (t, {}, "nothing to rewrite")],
    "pull_out_constant": [(Sum(x[i] ** 2, (i, 1, N)), {}, "nothing to rewrite")],
    "sum_of_constant": [(Sum(x[i], (i, 1, N)), {}, "nothing to rewrite"), (Sum(t, (i, 1, b)), {}, "may be empty"),
                        (Sum(Sum(t, (j, 1, i - 2)), (i, 1, N)), {}, "may be empty")],
    "swap_sums": [(Sum(Sum(z[i, 1], (j, 1, i)), (i, 1, N)), {}, "depends on i"),
                  (Sum(x[i], (i, 1, N)), {}, "nothing to rewrite")],
    "sift_delta": [(Sum(x[i], (i, 1, N)), {}, "nothing to rewrite"), (Sum(delta(i, 2 * i) * x[i], (i, 1, N)), {}, "nothing"),
                   (Sum(delta(i, k), (i, 1, N), (k, 1, K)), {}, "different normal forms")],
    "substitute_delta": [(t, {}, "nothing to rewrite"), (Sum(delta(y[i], k) * x[i], (i, 1, N), (k, 1, K)), {}, "nothing")],
}  # fmt: skip


@pytest.mark.parametrize(("rule", "case"), [(rule, n) for rule, cases in REWRITING.items() for n in range(len(cases))])
def test_a_rewriting_rule_refuses(rule, case):
    before, arguments, text = REWRITING[rule][case]
    assert text in refusal(rule, stated(before, f(x, t)), 0, **arguments)


@pytest.mark.parametrize("rule", REWRITING)
def test_a_rewriting_rule_needs_an_equation(rule):
    assert "premises given" in refusal(rule, Proof(NAMES), name="n", to=t)
    proof = counted()
    assert "Positive" in refusal(rule, proof, 1, name="n", to=t)


def test_sift_delta_records_a_range_that_is_not_given():
    proof = stated(Sum(delta(i, 2) * x[i], (i, 1, N)), f(x))
    proof.step("sift_delta", 0)
    assert proof.steps[1].conditions == (InRange(Integer(2), Integer(1), N),)


def test_fold_definition_refuses_what_only_resembles_the_body():
    proof = counted()
    for body in (Sum(delta(y[i], c), (i, 1, N - 1)), Sum(2 * delta(y[i], c), (i, 1, N)), Sum(delta(y[i], c), (i, 2, N))):
        at = Proof(NAMES)
        at.step("define", left=n[k], right=count)
        at.step("given", left=f(c), right=body)
        assert "nothing to rewrite" in refusal("fold_definition", at, 1, name="n")
    assert proof.steps


def test_differentiate_refuses():
    proof = stated(Sum(x[i] ** 2, (i, 1, N)), f(x))
    assert "not a function of" in refusal("differentiate", proof, 0, variable=mu[k, d])
    assert "not a parameter" in refusal("differentiate", proof, 0, variable=x[1] + 1)
    solved = Proof(NAMES)
    solved.step("impose", left=t, right=q, unknown=t)
    assert "only at its unknown" in refusal("differentiate", solved, 0, variable=t)
    kinked = stated(abs(t), f(t))
    assert "kink" in refusal("differentiate", kinked, 0, variable=t)
    counting = stated(Sum(x[i], (i, 1, N)), f(y))
    assert "differentiate: " in refusal("differentiate", stated(mu[y[1], 1], f(y, mu)), 0, variable=y[1])
    assert counting.steps


def test_differentiate_does_not_overlook_a_parameter_inside_a_definition():
    proof = Proof(NAMES)
    proof.step("define", left=m[k], right=alpha[k] ** 2)
    proof.step("given", left=f(alpha), right=Sum(m[k], (k, 1, K)))
    assert "different normal forms" in refusal("differentiate", proof, 1, variable=alpha[c])


def test_reparametrise_refuses():
    proof = stated(Sum(log(sigma2[d]), (d, 1, D)), f(sigma2))
    parts = {"left": g(mu), "old": sigma2[d], "new": t**2 + 1}
    assert "does not occur" in refusal("reparametrise", proof, 0, **(parts | {"old": mu[k, d]}))
    assert "still there" in refusal("reparametrise", proof, 0, **(parts | {"new": sigma2[d] ** 2}))
    assert "every entry" in refusal("reparametrise", proof, 0, **(parts | {"old": sigma2[1]}))
    assert "every entry" in refusal("reparametrise", proof, 0, **(parts | {"old": sigma2[D]}))
    assert "defined already" in refusal("reparametrise", proof, 0, **(parts | {"left": f(mu)}))


def test_reparametrise_records_that_the_new_expression_is_in_the_old_domain():
    proof = stated(Sum(log(sigma2[d]), (d, 1, D)), f(sigma2))
    at = proof.step("reparametrise", 0, left=g(t), old=sigma2[d], new=t)
    assert proof.steps[at].conditions == (Positive(t),)


def test_set_to_zero_refuses():
    proof = stated(t**2, f(t))
    assert "not a first derivative" in refusal("set_to_zero", proof, 0)
    score = proof.step("differentiate", 0, variable=t)
    second = proof.step("differentiate", score, variable=t)
    assert "not a first derivative" in refusal("set_to_zero", proof, second)
    assert "no symbol of" in refusal("set_to_zero", proof, score, multiplier=q)


def test_impose_refuses_an_unknown_that_does_not_occur():
    assert "does not occur" in refusal("impose", Proof(NAMES), left=t, right=q, unknown=u)
    assert "does not occur" in refusal("impose", Proof(NAMES), left=t, right=t, unknown=t)


def test_multiply_both_sides_refuses_zero_and_records_what_may_be_zero():
    proof = Proof(NAMES)
    proof.step("impose", left=t, right=q, unknown=t)
    gone = Sum(x[i] - Sum(x[j], (j, 1, N)) / N, (i, 1, N))
    assert "is zero" in refusal("multiply_both_sides", proof, 0, factor=gone)
    at = proof.step("multiply_both_sides", 0, factor=u)
    assert proof.steps[at].conditions == (NonZero(u),)
    at = proof.step("multiply_both_sides", 0, factor=q)
    assert proof.steps[at].conditions == ()


ISOLATING = {
    "another unknown": (t + q, u, t, "not an unknown"),
    "inside a sum": (Sum(x[i] * t**i, (i, 1, N)) + t, t, t, "cannot isolate"),
    "another entry": (mu[k, d] + mu[c, d], mu[k, d], mu[k, d], "also occurs"),
    "its own array inside a sum": (mu[k, d] + Sum(mu[c, d], (c, 1, K)), mu[k, d], mu[k, d], "also occurs"),
    "two powers": (t**2 + t + 1, t, t, "two different powers"),
    "two roots": (t**2 - q, t, t, "several roots"),
    "an exponential": (exp(t) + t, t, t, "also occurs"),
    "both sides of a logarithm": (log(q) + q, q, q, "both inside and outside"),
}


@pytest.mark.parametrize("why", ISOLATING)
def test_isolate_refuses(why):
    left, unknown, in_equation, text = ISOLATING[why]
    proof = Proof(NAMES)
    proof.step("impose", left=left, right=S.Zero, unknown=in_equation if why != "another unknown" else t)
    assert text in refusal("isolate", proof, 0, unknown=unknown)


def test_isolate_refuses_an_unknown_hidden_in_a_definition():
    proof = Proof(NAMES)
    proof.step("define", left=m[k], right=alpha[k] ** 2)
    proof.step("impose", left=alpha[k] * 2, right=m[k], unknown=alpha[k])
    assert "occurs in the definition" in refusal("isolate", proof, 1, unknown=alpha[k])


def test_isolate_records_what_it_divides_by_and_where_the_root_lies():
    proof = Proof(NAMES)
    proof.step("impose", left=t * u, right=x[1], unknown=u)
    at = proof.step("isolate", 0, unknown=u)
    assert NonZero(t) in proof.steps[at].conditions
    proof.step("impose", left=q**2, right=x[1], unknown=q)
    at = proof.step("isolate", 2, unknown=q)
    assert proof.steps[at].conditions == (Positive(x[1]),)
    assert proof.right(at) == x[1] ** Rational(1, 2)


def test_substitute_solution_refuses():
    proof = Proof(NAMES)
    proof.step("impose", left=Sum(alpha[k], (k, 1, K)), right=Integer(1), unknown=alpha[k])
    proof.step("impose", left=2 * alpha[k], right=w[1], unknown=alpha[k])
    assert "not a solved form" in refusal("substitute_solution", proof, 0, 1)
    proof.step("impose", left=t, right=q, unknown=t)
    assert "does not occur" in refusal("substitute_solution", proof, 0, 2)
    proof.step("impose", left=alpha[k], right=alpha[c] + 1, unknown=alpha[k])
    assert "not a solved form" in refusal("substitute_solution", proof, 0, 3)


def test_two_solutions_of_one_unknown_do_not_make_an_identity():
    proof = Proof(NAMES)
    proof.step("impose", left=2 * t, right=q, unknown=t)
    proof.step("impose", left=t, right=r, unknown=t)
    assert "different normal forms" in refusal("substitute_solution", proof, 0, 1)
    proof.step("impose", left=t, right=q / 2, unknown=t)
    assert proof.statement(proof.step("substitute_solution", 0, 2)) == Equation(q, q)


@pytest.mark.parametrize("entry", [alpha[1], alpha[K], alpha[y[1]], alpha[i], mu[k, 1], z[i, i]])
def test_substitute_solution_refuses_the_solution_of_one_entry(entry):
    proof = Proof(NAMES)
    proof.step("impose", left=Sum(entry + entry, (j, 1, N)), right=Integer(1), unknown=entry)
    proof.step("impose", left=entry, right=q + 1, unknown=entry)
    assert "does not stand for every entry" in refusal("substitute_solution", proof, 0, 1)


def test_evaluate_at_refuses():
    proof = stated(t**2 + q, f(t, q))
    parts = {"unknown": t, "value": q, "result": q**2 + q}
    assert "different normal forms" in refusal("evaluate_at", proof, 0, **(parts | {"result": q**2 - q}))
    assert "does not occur" in refusal("evaluate_at", proof, 0, **(parts | {"unknown": u}))
    assert "its own value" in refusal("evaluate_at", proof, 0, **(parts | {"value": t + 1}))
    entries = stated(Sum(x[i] ** 2, (i, 1, N)), f(x))
    refused = refusal("evaluate_at", entries, 0, unknown=x[1], value=q, result=N * q**2)
    assert "does not stand for every entry" in refused


def test_positive_by_sign_refuses_what_may_be_zero_or_negative():
    for right in (t, t**2, t + q, -q, q - r, Sum(t**2, (i, 1, N)), Sum(w[i], (i, 1, b)), log(q), x[1] * q):
        assert "not known to be positive" in refusal("positive_by_sign", stated(right, f(t)), 0)


@pytest.mark.parametrize(
    "right",
    [q, q * r, q / r, 1 + t**2, exp(t), Sum(w[i], (i, 1, N)), Product(w[i], (i, 1, N)), q**t, 1 + Sum(t**2, (i, 1, N))],
)
def test_positive_by_sign_concludes_from_declared_signs(right):
    proof = stated(right, f(t))
    assert proof.statement(proof.step("positive_by_sign", 0)) == Positive(right)


def test_minimum_by_sign_refuses():
    proof, score, solved = solved_mean()
    assert "different normal forms" in refusal("minimum_by_sign", proof, score, solved, factor=2 * n[k])
    assert "not known to be positive" in refusal("minimum_by_sign", proof, score, solved, factor=-n[k])
    assert "not known to be positive" in refusal("minimum_by_sign", proof, score, solved, factor=count)
    wrong = proof.step("impose", left=mu[k, d], right=x[1], unknown=mu[k, d])
    assert "different normal forms" in refusal("minimum_by_sign", proof, score, wrong, factor=n[k])
    other = proof.step("impose", left=t, right=q, unknown=t)
    assert "not a solved form" in refusal("minimum_by_sign", proof, score, other, factor=n[k])
    assert "not a first derivative" in refusal("minimum_by_sign", proof, solved, solved, factor=n[k])


def quadratic(domain, value):
    """(p − value)² over a parameter of that domain: the step that claims its minimum."""
    proof = Proof(NAMES.extended(scalar("p", "", "", domain), function("objective", "", "")))
    names = proof._situation.declarations
    p, objective = names["p"].head, names["objective"].head
    start = proof.step("given", left=objective(p), right=(p - value) ** 2)
    score = proof.step("differentiate", start, variable=p)
    guess = proof.step("impose", left=p, right=value, unknown=p)
    return proof, score, guess


@pytest.mark.parametrize(
    ("domain", "value", "conditions"),
    [
        (POSITIVE, x[1], (Positive(x[1]),)), (POSITIVE, Integer(2), ()), (UNIT_INTERVAL, Integer(2), (Positive(Integer(-1)),)),
        (UNIT_INTERVAL, w[1], (Positive(1 - w[1]),)), (UNIT_INTERVAL, Rational(1, 3), ()), (NONNEGATIVE, x[1], (Positive(x[1]),)),
        (NONNEGATIVE, x[1] ** 2, ()),
    ],
)  # fmt: skip
def test_a_minimum_outside_the_domain_is_a_condition(domain, value, conditions):
    proof, score, guess = quadratic(domain, value)
    at = proof.step("minimum_by_sign", score, guess, factor=Integer(2))
    assert proof.steps[at].conditions == conditions


def test_the_minimum_over_a_whole_number_is_not_where_a_derivative_vanishes():
    proof, score, guess = quadratic(INTEGER, Rational(1, 2))
    assert "is an integer" in refusal("minimum_by_sign", proof, score, guess, factor=Integer(2))


def test_minimum_under_linear_constraint_refuses():
    proof, score, curvature, guess, constraint = lagrangian()
    rule, parts = "minimum_under_linear_constraint", {"curvature": n[k] / alpha[k] ** 2, "multiplier": N}
    positions = (score, curvature, guess, constraint)
    assert "different normal forms" in refusal(rule, proof, *positions, **(parts | {"multiplier": -N}))
    assert "different normal forms" in refusal(rule, proof, *positions, **(parts | {"curvature": n[k] / alpha[k]}))
    double = proof.step("impose", left=alpha[k], right=2 * n[k] / N, unknown=alpha[k])
    halved = parts | {"multiplier": N / 2}
    assert "different normal forms" in refusal(rule, proof, score, curvature, double, constraint, **halved)
    square = proof.step("impose", left=Sum(alpha[k] ** 2, (k, 1, K)), right=Integer(1), unknown=alpha[k])
    assert "not linear" in refusal(rule, proof, score, curvature, guess, square, **parts)
    assert "not a second derivative" in refusal(rule, proof, score, score, guess, constraint, **parts)
    diagonal = proof.step("differentiate", score, variable=alpha[k])
    assert "another entry" in refusal(rule, proof, score, diagonal, guess, constraint, **parts)


def test_a_constrained_minimum_needs_one_multiplier_for_all_entries():
    proof, score, curvature, _, constraint = lagrangian()
    uniform = proof.step("impose", left=alpha[k], right=1 / K, unknown=alpha[k])
    refused = refusal(
        "minimum_under_linear_constraint", proof, score, curvature, uniform, constraint, curvature=n[k] / alpha[k] ** 2,
        multiplier=n[k] * K,
    )  # fmt: skip
    assert "depends on k" in refused


def test_a_constrained_minimum_needs_convexity():
    proof = counted()
    start = proof.step("given", left=f(alpha), right=Sum(log(alpha[y[i]]), (i, 1, N)))
    score = proof.chain(
        proof.step("differentiate", start, variable=alpha[k]), "substitute_delta", "pull_out_constant",
        ("fold_definition", {"name": "n"}),
    )  # fmt: skip
    curvature = proof.step("differentiate", score, variable=alpha[c])
    constraint = proof.step("impose", left=Sum(alpha[k], (k, 1, K)), right=Integer(1), unknown=alpha[k])
    guess = proof.step("impose", left=alpha[k], right=n[k] / N, unknown=alpha[k])
    refused = refusal(
        "minimum_under_linear_constraint", proof, score, curvature, guess, constraint, curvature=-n[k] / alpha[k] ** 2,
        multiplier=-N,
    )  # fmt: skip
    assert "not known to be positive" in refused


def test_joint_minimum_refuses():
    proof, first, second = two_minima()
    assert "change the order" in refusal("joint_minimum", proof, first, second, values=(t, (q + u) / 2))
    proof, first, second = separable_minima()
    assert "at least two" in refusal("joint_minimum", proof, first, values=(q,))
    assert "same parameter" in refusal("joint_minimum", proof, first, first, values=(q, q))
    assert "one value a parameter" in refusal("joint_minimum", proof, first, second, values=(q,))
    assert "different normal forms" in refusal("joint_minimum", proof, first, second, values=(q, q))


def test_joint_minimum_refuses_a_constraint_that_ties_two_groups():
    proof, score, curvature, guess, _ = lagrangian()
    tied = proof.step("impose", left=Sum(alpha[k], (k, 1, K)) * t, right=t, unknown=alpha[k])
    constrained = proof.step(
        "minimum_under_linear_constraint", score, curvature, guess, tied, curvature=n[k] / alpha[k] ** 2, multiplier=N / t
    )
    refused = Minimum(f(alpha), (t,), (q,))
    situation = proof._situation
    with pytest.raises(RuleError, match="ties t as well"):
        RULES["joint_minimum"](situation, [refused, proof.statement(constrained)], {"values": (q, n[k] / N)})


def test_no_stationary_point_refuses_a_score_that_may_vanish():
    proof = stated((t - q) ** 2, f(t))
    score = proof.step("differentiate", 0, variable=t)
    assert "not known" in refusal("no_stationary_point", proof, score)
    assert "not a first derivative" in refusal("no_stationary_point", proof, 0)
    proof = stated(t**3, f(t))
    assert "not known" in refusal("no_stationary_point", proof, proof.step("differentiate", 0, variable=t))


# ---------------------------------------------------------------------- the kernel


def test_only_named_rules_make_steps():
    assert "no such rule" in refusal("believe_me", Proof(NAMES))


def test_premises_are_earlier_steps():
    proof = counted()
    for position in (2, 99, -1):
        assert "does not exist" in refusal("rearrange", proof, position, to=t)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_without_arguments_or_premises_refuses_by_its_name(rule):
    refusal(rule, Proof(NAMES))


# ---------------------------------------------------------------------- about the rules themselves


@pytest.mark.parametrize("rule", RULES)
def test_the_docstring_of_a_rule_has_its_parts_in_order(rule):
    text = RULES[rule].__doc__ or ""
    places = [text.find(part) for part in ("Inference:", "Fails when:", "Example:")]
    assert text.strip().split("\n")[0].endswith(".")
    assert places == sorted(places)
    assert places[0] > 0


@cache
def mentions(path: Path) -> list[str]:
    """The source of every test function of a file, and of the tables that they run through."""
    source = path.read_text()
    lines = source.splitlines()
    nodes = [node for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.Assign, ast.AnnAssign))]
    return ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in nodes]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_tests(rule):
    """Here three: it concludes, it refuses, it agrees; a rule of a subject is used in at least three tests there."""
    here = Path(__file__)
    if rule in WORKS:
        refusing = [part for part in mentions(here) if f'"{rule}"' in part and "refus" in part.lower()]
        assert refusing or rule in REWRITING
        return
    files = [here.parent / ELSEWHERE[rule]] if rule in ELSEWHERE else sorted(here.parent.glob("test_*.py"))
    uses = [part for path in files if path != here for part in mentions(path) if rule in part]
    assert len(uses) >= 2, f"{rule} occurs in {len(uses)} tests or tables"


def test_minimum_by_sign_refuses_a_factor_with_a_pole():
    proof = Proof(NAMES)
    start = proof.step("given", left=f(t, u, q), right=log(t**2) / 2 + 1 / t)
    score = proof.chain(proof.step("differentiate", start, variable=t), ("rearrange", {"to": (t - 1) / t**2}))
    guess = proof.step("impose", left=t, right=Integer(1), unknown=t)
    assert "may have a pole" in refusal("minimum_by_sign", proof, score, guess, factor=1 / t**2)


def test_minimum_by_sign_refuses_a_domain_in_two_pieces():
    proof = Proof(NAMES)
    start = proof.step("given", left=f(t, u, q), right=t**4 / 4 - 2 * t**3 / 3 - t**2 / 2 + 2 * t)
    proof.step("assume", positive=t**2 - 1)
    score = proof.chain(proof.step("differentiate", start, variable=t), ("rearrange", {"to": (t**2 - 1) * (t - 2)}))
    guess = proof.step("impose", left=t, right=Integer(2), unknown=t)
    assert "several intervals" in refusal("minimum_by_sign", proof, score, guess, factor=t**2 - 1)
