"""The rules of the library against PyTorch, optax and Keras themselves, where they are installed; drawings.

A vector is optimised by the real library on a random problem that couples its coordinates and is not convex; every coordinate is
run by the rule on the gradients that the library was given.
"""

import os
from fractions import Fraction
from importlib.util import find_spec

import numpy as np
import pytest

from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.library import library, named
from derivations.subjects.optimisers.plots import PlotsMissingError, plot, trajectories
from derivations.subjects.optimisers.runs import run

STEPS = 20
PROBLEMS = 3
SINGLE, DOUBLE = 2e-5, 1e-10
"""Relative errors: a step in single precision rounds to 6e-8, in double to 1e-16."""


class Problem:
    """A gradient on vectors, a starting point, a coefficient for each parameter and, for the rate, one for each step."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.mixing, self.shift = rng.normal(size=(3, 3)), rng.normal(size=3)
        self.start = rng.normal(size=3)
        self.rates = [float(r) for r in rng.uniform(0.01, 0.15, STEPS)]
        draw = rng.uniform
        self.values = {
            "mu": draw(0.3, 0.95), "tau": draw(0.1, 0.9), "lam": draw(0.05, 0.5), "beta1": draw(0.5, 0.95),
            "beta2": draw(0.8, 0.99), "eps": draw(1e-3, 0.1), "rho": draw(0.5, 0.99),
        }  # fmt: skip
        self.given = []

    def gradient(self, theta):
        theta = np.asarray(theta, dtype=float)
        found = self.mixing.T @ np.sin(self.mixing @ theta + self.shift) + theta / 5
        self.given.append(found)
        return found


def by_rule(name, problem):
    """The path of every coordinate by the rule of the library, on the gradients that were given; shape (STEPS + 1, 3)."""
    iteration = named(name)
    columns = []
    for coordinate, start in enumerate(problem.start):
        asked = iter(problem.given)
        values = {
            p.name: tuple(map(Fraction, problem.rates)) if p.name == "eta" else (Fraction(problem.values[p.name]),)
            for p in iteration.parameters
        }
        oracle = lambda _, point, asked=asked, i=coordinate: Fraction(float(next(asked)[i]))  # noqa: E731
        columns.append([float(x) for x in run(iteration, values, Fraction(float(start)), oracle, STEPS).iterates])
    return np.array(columns).T


def by_torch(make, problem):
    torch = pytest.importorskip("torch")
    theta = torch.nn.Parameter(torch.tensor(problem.start, dtype=torch.float64))
    optimiser = make(torch.optim, [theta], problem.values)
    path = [problem.start]
    for rate in problem.rates:
        optimiser.param_groups[0]["lr"] = rate
        theta.grad = torch.tensor(problem.gradient(path[-1]), dtype=torch.float64)
        optimiser.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path), DOUBLE


def by_optax(make, problem):
    optax = pytest.importorskip("optax")
    rates = np.asarray(problem.rates, dtype=np.float32)
    optimiser = make(optax, lambda count: rates[count], problem.values)
    theta = np.asarray(problem.start, dtype=np.float32)
    state, path = optimiser.init(theta), [theta]
    for _ in problem.rates:
        updates, state = optimiser.update(problem.gradient(path[-1]).astype(np.float32), state, path[-1])
        path.append(np.asarray(optax.apply_updates(path[-1], updates)))
    return np.array(path), SINGLE


def by_keras(make, problem):
    backends = [name for name in ("jax", "torch", "tensorflow") if find_spec(name)]
    if not backends:
        pytest.skip("Keras has no backend")
    os.environ.setdefault("KERAS_BACKEND", backends[0])
    keras = pytest.importorskip("keras")
    theta = keras.Variable(problem.start.astype(np.float32))
    optimiser = make(keras.optimizers, problem.values)
    path = [problem.start]
    for rate in problem.rates:
        optimiser.learning_rate = rate
        optimiser.apply([keras.ops.convert_to_tensor(problem.gradient(path[-1]).astype(np.float32))], [theta])
        value = theta.value
        path.append(np.array(value.detach().numpy() if hasattr(value, "detach") else value))
    return np.array(path), SINGLE


def told(settings, values):
    """Settings that name a coefficient get its value."""
    return {key: values[setting] if isinstance(setting, str) else setting for key, setting in settings.items()}


def torch_sgd(**settings):
    return lambda o, p, v: o.SGD(p, momentum=v["mu"], **told(settings, v))


def torch_adam(kind="Adam", **settings):
    return lambda o, p, v: getattr(o, kind)(p, betas=(v["beta1"], v["beta2"]), eps=v["eps"], **told(settings, v))


def optax_decoupled(o, rate, v):
    return o.chain(o.trace(v["mu"]), o.add_decayed_weights(v["lam"]), o.scale_by_learning_rate(rate))


def optax_averaged(o, rate, v):
    return o.chain(o.ema(v["mu"], debias=False), o.scale_by_learning_rate(rate))


TORCH = {
    "gradient-descent": lambda o, p, v: o.SGD(p),
    "pytorch-sgd": torch_sgd(),
    "pytorch-sgd-nesterov": torch_sgd(nesterov=True),
    "pytorch-sgd-dampened": torch_sgd(dampening="tau"),
    "pytorch-sgd-weight-decay": torch_sgd(weight_decay="lam"),
    "pytorch-sgd-maximize": torch_sgd(maximize=True),
    "adam-pytorch": torch_adam(),
    "adam-l2": torch_adam(weight_decay="lam"),
    "amsgrad": torch_adam(amsgrad=True),
    "adamw-pytorch": torch_adam("AdamW", weight_decay="lam"),
    "rmsprop-pytorch": lambda o, p, v: o.RMSprop(p, alpha=v["rho"], eps=v["eps"]),
    "adagrad": lambda o, p, v: o.Adagrad(p, eps=v["eps"]),
}
OPTAX = {
    "gradient-descent": lambda o, rate, v: o.sgd(rate),
    "optax-sgd": lambda o, rate, v: o.sgd(rate, momentum=v["mu"]),
    "optax-sgd-nesterov": lambda o, rate, v: o.sgd(rate, momentum=v["mu"], nesterov=True),
    "heavy-ball-velocity": lambda o, rate, v: o.chain(o.trace(v["mu"]), o.scale_by_learning_rate(rate)),
    "sgd-decoupled-decay": optax_decoupled,
    "ema-momentum": optax_averaged,
    "adam-optax": lambda o, rate, v: o.adam(rate, b1=v["beta1"], b2=v["beta2"], eps=v["eps"]),
    "adamw-pytorch": lambda o, rate, v: o.adamw(rate, b1=v["beta1"], b2=v["beta2"], eps=v["eps"], weight_decay=v["lam"]),
    "rmsprop-optax": lambda o, rate, v: o.rmsprop(rate, decay=v["rho"], eps=v["eps"]),
    "rmsprop-pytorch": lambda o, rate, v: o.rmsprop(rate, decay=v["rho"], eps=v["eps"], eps_in_sqrt=False),
    "lion": lambda o, rate, v: o.lion(rate, b1=v["beta1"], b2=v["beta2"], weight_decay=v["lam"]),
}
KERAS = {
    "gradient-descent": lambda o, v: o.SGD(0.1),
    "keras-sgd": lambda o, v: o.SGD(0.1, momentum=v["mu"]),
    "keras-sgd-nesterov": lambda o, v: o.SGD(0.1, momentum=v["mu"], nesterov=True),
    "keras-sgd-weight-decay": lambda o, v: o.SGD(0.1, momentum=v["mu"], weight_decay=v["lam"]),
    "adam-keras": lambda o, v: o.Adam(0.1, beta_1=v["beta1"], beta_2=v["beta2"], epsilon=v["eps"]),
    "rmsprop-keras": lambda o, v: o.RMSprop(0.1, rho=v["rho"], epsilon=v["eps"]),
    "lion": lambda o, v: o.Lion(0.1, beta_1=v["beta1"], beta_2=v["beta2"], weight_decay=v["lam"]),
}
REAL = [
    *((by_torch, name, make) for name, make in TORCH.items()),
    *((by_optax, name, make) for name, make in OPTAX.items()),
    *((by_keras, name, make) for name, make in KERAS.items()),
]


@pytest.mark.parametrize("seed", range(PROBLEMS))
@pytest.mark.parametrize(("real", "name", "make"), REAL, ids=[f"{real.__name__[3:]}-{name}" for real, name, _ in REAL])
def test_a_rule_follows_the_real_library(real, name, make, seed):
    problem = Problem(seed)
    path, tolerance = real(make, problem)
    ours = by_rule(name, problem)
    assert np.ptp(ours, axis=0).min() > 0.01
    assert ours == pytest.approx(path, rel=tolerance, abs=tolerance)


def test_every_rule_that_carries_the_name_of_a_library_is_compared_with_it():
    compared = {*TORCH, *OPTAX, *KERAS}
    named_after = {n for n in library() if any(word in n for word in ("pytorch", "optax", "keras"))}
    assert named_after <= compared


def test_trajectories_coincide_or_part():
    same = trajectories(equivalent("pytorch-sgd", "optax-sgd", schedules="any"))
    assert all(left == pytest.approx(right, rel=1e-12) for _, left, right in same.values())
    apart = trajectories(equivalent("pytorch-sgd", "keras-sgd", schedules=("eta",)))
    assert all(left != pytest.approx(right, rel=1e-3) for _, left, right in apart.values())


@pytest.mark.parametrize(
    ("a", "b", "told", "what"),
    [
        ("douglas-rachford", "admm", None, "point queried"), ("douglas-rachford", "admm-dual", None, "point queried"),
        ("keras-sgd-nesterov", "sutskever-nesterov", None, "point queried"), ("ema-momentum", "pytorch-sgd", None, "iterate"),
        ("douglas-rachford", "chambolle-pock", {"tau": "eta", "sigma": "1/eta"}, "iterate"),
    ],
)  # fmt: skip
def test_what_is_drawn_of_equal_methods_coincides(a, b, told, what):
    for followed, left, right in trajectories(equivalent(a, b, map=told)).values():
        assert followed == what
        assert len(left) == len(right) >= 30
        assert left == pytest.approx(right, rel=1e-9, abs=1e-12)
        assert len(set(left)) > 5


def test_a_drawing_is_written_or_says_what_is_missing(tmp_path):
    answer = equivalent("pytorch-sgd", "keras-sgd", schedules=("eta",))
    target = tmp_path / "runs.svg"
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        with pytest.raises(PlotsMissingError, match="plots"):
            plot(answer, target)
        return
    plot(answer, target)
    assert "<svg" in target.read_text(encoding="utf-8")
