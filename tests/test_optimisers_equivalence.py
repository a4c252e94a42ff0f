"""Equivalences of optimisers: every claim settled by the tool, every answer checked by independent loops."""

from fractions import Fraction
from functools import partial
from itertools import permutations

import numpy as np
import pytest
from mpmath import mp, mpf
from sympy import Symbol

from derivations.core.evidence import Word
from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.optimisers.answers import ScheduleError, Verdict
from derivations.subjects.optimisers.arithmetic import differ
from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.iteration import IterationError
from derivations.subjects.optimisers.library import UnknownIteration, library, named
from derivations.subjects.optimisers.questions import Question
from derivations.subjects.optimisers.runs import Oracles, run
from numeric.oracles import optimisers as loops


def root(value):
    with mp.workdps(50):
        return mp.sqrt(value)


LOOPS = {
    # name -> (gradient, start, steps, coefficient by name and step)
    "gradient-descent": lambda g, x, n, p: loops.gradient_descent(g, x, n, p["eta"]),
    "heavy-ball": lambda g, x, n, p: loops.heavy_ball(g, x, n, p["eta"], p["mu"]),
    "heavy-ball-velocity": lambda g, x, n, p: loops.optax_sgd(g, x, n, p["eta"], p["mu"]),
    "sutskever-nesterov": lambda g, x, n, p: loops.sutskever(g, x, n, p["eta"], p["mu"]),
    "pytorch-sgd": lambda g, x, n, p: loops.pytorch_sgd(g, x, n, p["eta"], p["mu"]),
    "pytorch-sgd-nesterov": lambda g, x, n, p: loops.pytorch_sgd(g, x, n, p["eta"], p["mu"], nesterov=True),
    "pytorch-sgd-maximize": lambda g, x, n, p: loops.pytorch_sgd(g, x, n, p["eta"], p["mu"], maximize=True),
    "pytorch-sgd-dampened": lambda g, x, n, p: loops.pytorch_sgd(g, x, n, p["eta"], p["mu"], tau=p["tau"](0)),
    "pytorch-sgd-weight-decay": lambda g, x, n, p: loops.pytorch_sgd(g, x, n, p["eta"], p["mu"], lam=p["lam"](0)),
    "optax-sgd": lambda g, x, n, p: loops.optax_sgd(g, x, n, p["eta"], p["mu"]),
    "optax-sgd-nesterov": lambda g, x, n, p: loops.optax_sgd(g, x, n, p["eta"], p["mu"], nesterov=True),
    "tensorflow-momentum": lambda g, x, n, p: loops.optax_sgd(g, x, n, p["eta"], p["mu"]),
    "tensorflow-momentum-nesterov": lambda g, x, n, p: loops.optax_sgd(g, x, n, p["eta"], p["mu"], nesterov=True),
    "keras-sgd": lambda g, x, n, p: loops.keras_sgd(g, x, n, p["eta"], p["mu"]),
    "keras-sgd-nesterov": lambda g, x, n, p: loops.keras_sgd(g, x, n, p["eta"], p["mu"], nesterov=True),
    "keras-sgd-weight-decay": lambda g, x, n, p: loops.keras_sgd(g, x, n, p["eta"], p["mu"], lam=p["lam"](0)),
    "ema-momentum": lambda g, x, n, p: loops.ema_momentum(g, x, n, p["eta"], p["mu"]),
    "adam-pytorch": lambda g, x, n, p: loops.adam(g, x, n, p["eta"], *(p[b](0) for b in ("beta1", "beta2", "eps")), root),
    "adam-optax": lambda g, x, n, p: loops.adam(
        g, x, n, p["eta"], *(p[b](0) for b in ("beta1", "beta2", "eps")), root, placement="optax"
    ),
    "adam-keras": lambda g, x, n, p: loops.adam(
        g, x, n, p["eta"], *(p[b](0) for b in ("beta1", "beta2", "eps")), root, placement="keras"
    ),
    "adamw-pytorch": lambda g, x, n, p: loops.adamw(
        g, x, n, p["eta"], *(p[b](0) for b in ("beta1", "beta2", "eps", "lam")), root
    ),
    "rmsprop-pytorch": lambda g, x, n, p: loops.rmsprop(g, x, n, p["eta"], p["rho"](0), p["eps"](0), root, inside=False),
    "rmsprop-keras": lambda g, x, n, p: loops.rmsprop(g, x, n, p["eta"], p["rho"](0), p["eps"](0), root, inside=True),
    "rmsprop-optax": lambda g, x, n, p: loops.rmsprop(g, x, n, p["eta"], p["rho"](0), p["eps"](0), root, inside=True),
}  # fmt: skip


def at(sequence, step):
    return sequence[min(step, len(sequence) - 1)]


def loop(name, parameters, start, gradient, steps):
    """The iterates of an independent loop; parameters as sequences over the steps. Roots need mpmath numbers throughout."""
    rooted = name.startswith(("adam", "rmsprop"))

    def number(value):
        return mpf(value.numerator) / value.denominator if rooted and isinstance(value, Fraction) else value

    with mp.workdps(50):
        sequences = {n: tuple(map(number, values)) for n, values in parameters.items()}
        asked = {n: partial(at, values) for n, values in sequences.items()}
        return LOOPS[name](lambda point: number(gradient(point)), number(start), steps, asked)


def reproduced(answer):
    """The two iterates of a counterexample, by the independent loops alone."""
    found = answer.counterexample
    table = {point: value for name, (point,), value in found.oracles if name == "gradient"}

    def gradient(point):
        return next(value for place, value in table.items() if not differ(place, point))

    return [loop(side.name, found.parameters, found.start, gradient, found.step)[-1] for side in (answer.a, answer.b)]


def test_the_library_follows_the_independent_loops():
    rng = np.random.default_rng(7)
    for name in LOOPS:
        iteration = named(name)
        values = {
            p.name: tuple(Fraction(int(rng.integers(1, 9)), 10) for _ in range(4 if p.scheduled else 1))
            for p in iteration.parameters
        }
        gradients = Oracles([Fraction(int(g)) for g in rng.integers(-5, 6, 6)])
        trace = run(iteration, values, Fraction(1), gradients, 4)
        again = loop(name, values, Fraction(1), lambda point, known=gradients: known("gradient", (point,)), 4)
        assert not any(map(differ, trace.iterates, again)), name


EQUIVALENT = [
    ("pytorch-sgd", "optax-sgd", "any", None),
    ("pytorch-sgd", "tensorflow-momentum", "any", None),
    ("optax-sgd", "tensorflow-momentum", "any", None),
    ("pytorch-sgd", "heavy-ball-velocity", "any", None),
    ("pytorch-sgd", "keras-sgd", "constant", None),
    ("pytorch-sgd", "keras-sgd", ("mu",), None),
    ("heavy-ball", "keras-sgd", "any", None),
    ("heavy-ball", "heavy-ball-velocity", "constant", None),
    ("ema-momentum", "pytorch-sgd", "constant", None),
    ("pytorch-sgd", "ema-momentum", "constant", None),
    ("ema-momentum", "pytorch-sgd", ("eta",), None),
    ("ema-momentum", "pytorch-sgd", ("eta",), {"eta": "eta*(1-mu)"}),
    ("pytorch-sgd", "ema-momentum", "constant", {"eta": "eta/(1-mu)"}),
    ("pytorch-sgd-weight-decay", "sgd-decoupled-decay", "any", {"a.mu": 0, "b.mu": 0}),
    ("pytorch-sgd-nesterov", "optax-sgd-nesterov", "any", None),
    ("pytorch-sgd-nesterov", "tensorflow-momentum-nesterov", "any", None),
    ("pytorch-sgd-nesterov", "keras-sgd-nesterov", "constant", None),
    ("keras-sgd-nesterov", "sutskever-nesterov", "constant", None),
    ("keras-sgd-nesterov", "sutskever-nesterov", ("eta",), None),
    ("nesterov", "sutskever-nesterov", "constant", None),
    ("nesterov", "sutskever-nesterov", ("eta",), None),
    ("nesterov", "nesterov-look-ahead", "any", None),
    ("nesterov-look-ahead", "pytorch-sgd-nesterov", "constant", None),
    ("primal-averaging", "pytorch-sgd", "constant", None),
    ("primal-averaging", "ema-momentum", "constant", None),
    ("sgd-decoupled-decay", "keras-sgd-weight-decay", "constant", None),
    ("adam-pytorch", "adam-optax", "any", None),
    ("adam-pytorch", "adam-keras", "any", {"eps": "eps*sqrt(1-beta2**t)"}),
    ("adam-pytorch", "adam-l2", "any", {"lam": 0}),
    ("adam-pytorch", "adamw-pytorch", "any", {"lam": 0}),
    ("rmsprop-keras", "rmsprop-optax", "any", None),
    ("heavy-ball", "triple-momentum", "constant", {"beta": "mu", "gamma": 0}),
    ("nesterov", "triple-momentum", "constant", {"beta": "mu", "gamma": "mu"}),
    ("gradient-descent", "triple-momentum", "constant", {"beta": 0, "gamma": 0}),
    ("gradient-descent", "nesterov", "any", {"mu": 0}),
    ("douglas-rachford", "admm", "constant", None),
    ("proximal-gradient", "fista", "any", {"mu": 0}),
    ("quasi-hyperbolic-momentum", "ema-momentum", "any", {"a.nu": 1}),
    ("quasi-hyperbolic-momentum", "gradient-descent", "any", {"a.nu": 0}),
]


@pytest.mark.parametrize(("a", "b", "schedules", "told"), EQUIVALENT)
def test_equivalent_methods_get_a_proof_that_replays(a, b, schedules, told):
    answer = equivalent(a, b, schedules=schedules, map=told)
    assert answer.verdict is Verdict.EQUIVALENT, str(answer)
    assert answer.proof.evidence is Word.PROVED
    checked = replay(load(answer.proof.to_json()), instances=1)
    assert checked.ok, checked.problems
    assert answer.map.variables
    assert any("initial state" in condition for condition in answer.conditions)


DIFFERENT = [
    ("pytorch-sgd", "keras-sgd", "any", None, 2),
    ("heavy-ball", "heavy-ball-velocity", "any", None, 2),
    ("pytorch-sgd-dampened", "ema-momentum", "constant", {"tau": "mu"}, 1),
    ("pytorch-sgd-weight-decay", "keras-sgd-weight-decay", "constant", None, 2),
    ("pytorch-sgd-maximize", "pytorch-sgd", "constant", None, 1),
    ("ema-momentum", "pytorch-sgd", "constant", {}, 1),
    ("ema-momentum", "pytorch-sgd", ("mu",), None, 1),
    ("keras-sgd-nesterov", "keras-sgd", "constant", None, 1),
    ("pytorch-sgd-nesterov", "keras-sgd-nesterov", "any", None, 2),
    ("keras-sgd-nesterov", "sutskever-nesterov", ("mu",), None, 1),
    ("gradient-descent", "heavy-ball", "constant", None, 2),
    ("adam-pytorch", "adam-keras", "constant", None, 1),
    ("adam-pytorch", "adamw-pytorch", "constant", None, 1),
    ("rmsprop-pytorch", "rmsprop-keras", "constant", None, 1),
]


@pytest.mark.parametrize(("a", "b", "schedules", "told", "step"), DIFFERENT)
def test_different_methods_get_a_counterexample_that_independent_loops_reproduce(a, b, schedules, told, step):
    answer = equivalent(a, b, schedules=schedules, map=told)
    assert answer.verdict is Verdict.NOT_EQUIVALENT
    assert answer.counterexample.step == step
    if told is None or "tau" not in told:
        left, right = reproduced(answer)
    else:
        found = answer.counterexample
        values = dict(found.parameters) | {"tau": found.parameters["mu"]}
        table = {point: value for _, (point,), value in found.oracles}
        left, right = (loop(n, values, found.start, table.__getitem__, found.step)[-1] for n in (a, b))
    assert not differ(left, answer.counterexample.left)
    assert not differ(right, answer.counterexample.right)
    assert differ(left, right)


def test_pytorch_and_keras_part_by_the_momentum_times_the_change_of_rate():
    found = equivalent("pytorch-sgd", "keras-sgd", schedules="any").counterexample
    eta, (mu,) = found.parameters["eta"], found.parameters["mu"]
    (_, _, first), *_ = found.oracles
    assert found.left - found.right == mu * first * (eta[0] - eta[1])


def test_dampening_equal_to_the_momentum_leaves_a_surplus_of_the_first_gradient():
    """PyTorch with τ = μ is the average plus μᵗ·g₁, so θ parts by η·μ·g₁ after the first step."""
    found = equivalent("pytorch-sgd-dampened", "ema-momentum", map={"tau": "mu"}).counterexample
    (eta,), (mu,), (_, _, first) = found.parameters["eta"], found.parameters["mu"], found.oracles[0]
    assert found.right - found.left == eta * mu * first


REPAIRS = [
    ("pytorch-sgd", "keras-sgd", "any", None, "constant eta"),
    ("pytorch-sgd-weight-decay", "sgd-decoupled-decay", "constant", None, "mu = 0"),
    ("pytorch-sgd-dampened", "ema-momentum", "constant", {"tau": "mu"}, "first step"),
    ("adam-pytorch", "adam-keras", "constant", None, "sqrt(1 - beta2**t)"),
    ("adam-pytorch", "adam-uncorrected", "constant", None, "eta*sqrt(1 - beta2**t)/(1 - beta1**t)"),
    ("heavy-ball", "triple-momentum", "constant", None, "gamma of b = 0"),
    ("ema-momentum", "pytorch-sgd", "any", None, "constant mu"),
]


@pytest.mark.parametrize(("a", "b", "schedules", "told", "words"), REPAIRS)
def test_different_methods_get_a_repair(a, b, schedules, told, words):
    assert words in equivalent(a, b, schedules=schedules, map=told).repair


def test_the_rescaled_buffer_repairs_keras_under_a_schedule():
    """m ← μ·(η_k/η_{k−1})·m − η·g is what PyTorch does, and what the repair says."""
    repaired = """
iteration keras-rescaled
parameters: eta > 0 scheduled, mu scheduled
start: theta = start, m = 0
step:
  m = eta*m/previous(eta)
  m = mu*m - eta*gradient(theta)
  theta = theta + m
output: theta
"""
    answer = equivalent("pytorch-sgd", repaired, schedules="any")
    assert answer.verdict is Verdict.EQUIVALENT
    assert replay(answer.proof).ok
    assert "m = eta*m/previous(eta)" in equivalent("pytorch-sgd", "keras-sgd", schedules="any").repair


def test_what_is_neither_proved_nor_refuted_is_undecided():
    """A coefficient of the step before kept as a state variable makes the step bilinear: no map is proposed for that."""
    bilinear = """
iteration keras-rescaled
parameters: eta > 0 scheduled, mu scheduled
start: theta = start, m = 0, before = 1
step:
  m = mu*m*eta/before - eta*gradient(theta)
  before = eta
  theta = theta + m
output: theta
"""
    answer = equivalent("pytorch-sgd", bilinear, schedules="any")
    assert answer.verdict is Verdict.UNDECIDED
    assert answer.proof is None
    assert "no proof was found" in answer.reason


DELAYED = """
iteration delayed
parameters: eta > 0
start: theta = start, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, h = 0
step:
  h = f
  f = e
  e = d
  d = c
  c = b
  b = a
  a = gradient(theta)
  theta = theta - eta*(a + {})
output: theta
"""


def test_methods_that_part_late_are_not_taken_for_equal():
    answer = Question.of(DELAYED.format("f"), DELAYED.format("h"), "constant", {}).answer()
    assert answer.verdict is Verdict.NOT_EQUIVALENT
    assert answer.counterexample.step == 6


def test_an_oracle_call_that_nothing_depends_on_does_not_count():
    wasteful = """
iteration wasteful
parameters: eta > 0 scheduled
start: theta = start
step:
  unused = gradient(theta + 1)
  theta = theta - eta*gradient(theta)
output: theta
"""
    assert equivalent("gradient-descent", wasteful, schedules="any").verdict is Verdict.EQUIVALENT


def test_averaging_the_iterates_is_another_method():
    """The points queried are the same, but the average is no function of the state of gradient descent."""
    answer = equivalent("gradient-descent", "averaged-sgd")
    assert answer.verdict is Verdict.NOT_EQUIVALENT
    assert answer.counterexample.what == "iterate"


def test_nesterov_forms_are_related_by_the_look_ahead_point():
    answer = equivalent("keras-sgd-nesterov", "sutskever-nesterov")
    m, theta, mu = (Symbol(n, real=True) for n in ("a.m", "a.theta", "mu"))
    assert answer.map.variables["b.theta"] == theta - mu * m


def test_a_parameter_map_is_found():
    answer = equivalent("pytorch-sgd", "ema-momentum")
    eta, mu = Symbol("eta", real=True), Symbol("mu", real=True)
    assert (answer.map.parameters["eta"] - eta / (1 - mu)).simplify() == 0


@pytest.mark.parametrize("name", list(library()))
def test_every_method_is_equivalent_to_itself(name):
    answer = equivalent(name, name, schedules="any" if any(p.scheduled for p in named(name).parameters) else "constant")
    assert answer.verdict is Verdict.EQUIVALENT, str(answer)


def test_equivalence_of_the_library_is_symmetric_and_transitive():
    momentum = ["pytorch-sgd", "optax-sgd", "tensorflow-momentum", "keras-sgd", "heavy-ball"]
    for a, b in permutations(momentum, 2):
        assert Question.of(a, b, "constant", {}).answer().verdict is Verdict.EQUIVALENT


def test_unknown_names_and_schedules_are_refused_with_a_hint():
    with pytest.raises(UnknownIteration, match="pytorch-sgd"):
        equivalent("pytorch-sdg", "optax-sgd")
    with pytest.raises(ScheduleError, match="eta, mu"):
        equivalent("pytorch-sgd", "optax-sgd", schedules="weekly")
    with pytest.raises(IterationError, match="no parameter is called 'tau'"):
        equivalent("pytorch-sgd", "optax-sgd", map={"tau": 0})
