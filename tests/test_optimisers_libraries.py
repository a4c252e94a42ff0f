"""The rules of the library against PyTorch, optax and Keras themselves, where they are installed; drawings."""

from fractions import Fraction

import numpy as np
import pytest

from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.library import named
from derivations.subjects.optimisers.plots import PlotsMissingError, plot, trajectories
from derivations.subjects.optimisers.runs import run

STEPS = 6
VALUES = {
    "eta": (0.1, 0.05, 0.2, 0.1, 0.03, 0.07), "mu": (0.8,), "lam": (0.3,), "tau": (0.2,), "beta1": (0.9,), "beta2": (0.95,),
    "eps": (0.01,), "rho": (0.9,),
}  # fmt: skip


def gradient(x):
    return np.sin(3 * x) + x / 5


def ours(name, scheduled=True):
    iteration = named(name)
    values = {
        p.name: tuple(Fraction(v) for v in (VALUES[p.name] if scheduled else VALUES[p.name][:1])) for p in iteration.parameters
    }
    oracle = lambda _, point: Fraction(float(gradient(float(point[0]))))  # noqa: E731
    return [float(x) for x in run(iteration, values, Fraction(1), oracle, STEPS).iterates]


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("pytorch-sgd", "SGD", {"momentum": 0.8}),
        ("pytorch-sgd-nesterov", "SGD", {"momentum": 0.8, "nesterov": True}),
        ("pytorch-sgd-dampened", "SGD", {"momentum": 0.8, "dampening": 0.2}),
        ("pytorch-sgd-weight-decay", "SGD", {"momentum": 0.8, "weight_decay": 0.3}),
        ("pytorch-sgd-maximize", "SGD", {"momentum": 0.8, "maximize": True}),
        ("adam-pytorch", "Adam", {"betas": (0.9, 0.95), "eps": 0.01}),
        ("amsgrad", "Adam", {"betas": (0.9, 0.95), "eps": 0.01, "amsgrad": True}),
        ("adamw-pytorch", "AdamW", {"betas": (0.9, 0.95), "eps": 0.01, "weight_decay": 0.3}),
        ("rmsprop-pytorch", "RMSprop", {"alpha": 0.9, "eps": 0.01}),
    ],
)
def test_rules_follow_pytorch(name, kind, settings):
    torch = pytest.importorskip("torch")
    theta = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimiser = getattr(torch.optim, kind)([theta], lr=0.1, **settings)
    path = [1.0]
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = VALUES["eta"][step]
        theta.grad = torch.tensor([gradient(path[-1])], dtype=torch.float64)
        optimiser.step()
        path.append(float(theta.detach()[0]))
    assert ours(name) == pytest.approx(path, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("optax-sgd", lambda optax, rate: optax.sgd(rate, momentum=0.8)),
        ("optax-sgd-nesterov", lambda optax, rate: optax.sgd(rate, momentum=0.8, nesterov=True)),
        ("adam-optax", lambda optax, rate: optax.adam(rate, b1=0.9, b2=0.95, eps=0.01)),
        ("rmsprop-optax", lambda optax, rate: optax.rmsprop(rate, decay=0.9, eps=0.01)),
    ],
)
def test_rules_follow_optax(name, make):
    optax = pytest.importorskip("optax")
    rates = np.asarray(VALUES["eta"])
    optimiser = make(optax, lambda count: rates[count])
    theta = np.array([1.0])
    state, path = optimiser.init(theta), [1.0]
    for _ in range(STEPS):
        updates, state = optimiser.update(np.array([gradient(path[-1])]), state, theta)
        theta = theta + np.asarray(updates)
        path.append(float(theta[0]))
    assert ours(name) == pytest.approx(path, rel=1e-4)


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("keras-sgd", "SGD", {"momentum": 0.8}),
        ("keras-sgd-nesterov", "SGD", {"momentum": 0.8, "nesterov": True}),
        ("keras-sgd-weight-decay", "SGD", {"momentum": 0.8, "weight_decay": 0.3}),
        ("adam-keras", "Adam", {"beta_1": 0.9, "beta_2": 0.95, "epsilon": 0.01}),
        ("rmsprop-keras", "RMSprop", {"rho": 0.9, "epsilon": 0.01}),
    ],
)
def test_rules_follow_keras(name, kind, settings):
    keras = pytest.importorskip("keras")
    theta = keras.Variable(np.array([1.0], dtype="float32"))
    optimiser = getattr(keras.optimizers, kind)(learning_rate=0.1, **settings)
    path = [1.0]
    for step in range(STEPS):
        optimiser.learning_rate = VALUES["eta"][step]
        optimiser.apply([keras.ops.convert_to_tensor(np.array([gradient(path[-1])], dtype="float32"))], [theta])
        path.append(float(np.asarray(theta.value)[0]))
    assert ours(name) == pytest.approx(path, rel=1e-4)


def test_trajectories_coincide_or_part():
    same = trajectories(equivalent("pytorch-sgd", "optax-sgd", schedules="any"))
    assert all(left == pytest.approx(right, rel=1e-12) for left, right in same.values())
    apart = trajectories(equivalent("pytorch-sgd", "keras-sgd", schedules=("eta",)))
    assert all(left != pytest.approx(right, rel=1e-3) for left, right in apart.values())


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
