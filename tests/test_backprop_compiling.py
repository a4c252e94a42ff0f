"""The compiled recursion: against automatic differentiation, complex steps and differences; training on real data."""

from itertools import pairwise

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.subjects.backprop.losses import LOSSES, UnknownChoice, WrongNetwork
from derivations.subjects.backprop.network import Layers
from derivations.subjects.backprop.recursion import recursion
from numeric.oracles.backprop import by_jax, by_torch, loss_by_numpy, tanh_by_hand
from numeric.oracles.gradients import central, complex_step

ACTIVATIONS = {
    "tanh": lambda m: m.tanh,
    "sigmoid": lambda m: lambda u: 1 / (1 + m.exp(-u)),
    "softplus": lambda m: lambda u: m.log(1 + m.exp(u)),
    "sin": lambda m: m.sin,
    "silu": lambda m: lambda u: u / (1 + m.exp(-u)),
    "relu": lambda m: lambda u: m.maximum(u, 0),
}


def network(sizes, samples, loss, rng):
    weights = [rng.normal(size=(after, before)) / np.sqrt(before) for before, after in pairwise(sizes)]
    biases = [rng.normal(size=width) / 2 for width in sizes[1:]]
    inputs = rng.normal(size=(samples, sizes[0]))
    targets = rng.normal(size=(samples, sizes[-1]))
    if loss != "half-squared":
        targets = np.eye(sizes[-1])[rng.integers(0, sizes[-1], samples)]
    return weights, biases, inputs, targets


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=7), st.integers(1, 6), st.sampled_from(sorted(ACTIVATIONS)),
    st.sampled_from(sorted(LOSSES)), st.booleans(), st.integers(0, 10_000),
)  # fmt: skip
def test_gradients_equal_those_of_automatic_differentiation(sizes, samples, activation, loss, residual, seed):
    if residual:
        sizes = [sizes[0]] * len(sizes)
    weights, biases, inputs, targets = network(sizes, samples, loss, np.random.default_rng(seed))
    found = recursion(Layers(batch=True, residual=residual)).compile(activation, loss)(weights, biases, inputs, targets)

    def value(A, b):
        return loss_by_numpy(A, b, inputs, targets, ACTIVATIONS[activation](anp), loss, residual=residual, numpy=anp)

    assert abs(found.loss - value(weights, biases)) < 1e-10 * max(1, abs(found.loss))
    for mine, theirs in zip(
        (*found.weights, *found.biases), (*grad(value, 0)(weights, biases), *grad(value, 1)(weights, biases)), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "sin", "silu"])
def test_gradients_equal_the_complex_step_for_analytic_activations(activation):
    weights, biases, inputs, targets = network([3, 4, 2, 3], 5, "half-squared", np.random.default_rng(1))
    found = recursion().compile(activation, "half-squared")(weights, biases, inputs, targets)
    for layer in range(3):

        def value(A, layer=layer):
            changed = [*weights[:layer], A, *weights[layer + 1 :]]
            return loss_by_numpy(changed, biases, inputs, targets, ACTIVATIONS[activation](np), "half-squared")

        np.testing.assert_allclose(found.weights[layer], complex_step(value, {"A": weights[layer]}, "A"), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_gradients_equal_central_differences_for_the_others(activation):
    from numeric.oracles.gradients import _erf

    functions = {"relu": lambda u: np.maximum(u, 0), "gelu": lambda u: u * 0.5 * (1 + _erf(u))}
    weights, biases, inputs, targets = network([3, 4, 2], 5, "half-squared", np.random.default_rng(2))
    found = recursion().compile(activation, "half-squared")(weights, biases, inputs, targets)

    def value(A):
        return loss_by_numpy([A, weights[1]], biases, inputs, targets, functions[activation], "half-squared")

    np.testing.assert_allclose(found.weights[0], central(value, {"A": weights[0]}, "A"), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_gradients_equal_those_of_pytorch(loss):
    pytest.importorskip("torch")
    weights, biases, inputs, targets = network([3, 5, 4, 2], 6, loss, np.random.default_rng(4))
    found = recursion().compile("tanh", loss)(weights, biases, inputs, targets)
    for mine, theirs in zip(found.weights, by_torch(weights, biases, inputs, targets, "tanh", loss), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "softplus", "silu"])
def test_gradients_equal_those_of_jax(loss, activation):
    pytest.importorskip("jax")
    weights, biases, inputs, targets = network([3, 5, 4, 2], 6, loss, np.random.default_rng(5))
    found = recursion().compile(activation, loss)(weights, biases, inputs, targets)
    by_weights, by_biases = by_jax(weights, biases, inputs, targets, activation, loss)
    for mine, theirs in zip((*found.weights, *found.biases), (*by_weights, *by_biases), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


def test_gradients_equal_those_written_by_hand():
    weights, biases, inputs, targets = network([5, 7, 4, 3], 9, "half-squared", np.random.default_rng(3))
    found = recursion().compile("tanh", "half-squared")(weights, biases, inputs, targets)
    for mine, (A, b) in zip(
        zip(found.weights, found.biases, strict=True), tanh_by_hand(weights, biases, inputs, targets), strict=True
    ):
        np.testing.assert_allclose(mine[0], A, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(mine[1], b, rtol=1e-12, atol=1e-13)


def test_a_network_trains_on_handwritten_digits():
    from sklearn.datasets import load_digits

    data = load_digits()
    X, T = data.data / 16.0, np.eye(10)[data.target]
    order = np.random.default_rng(0).permutation(len(X))
    train, test = order[:1400], order[1400:]
    rng = np.random.default_rng(1)
    sizes = [64, 48, 32, 10]
    weights = [rng.normal(size=(b, a)) / np.sqrt(a) for a, b in pairwise(sizes)]
    biases = [np.zeros(width) for width in sizes[1:]]
    run = recursion().compile("tanh", "softmax-cross-entropy")
    before = run(weights, biases, X[train], T[train])
    for _ in range(40):
        shuffled = rng.permutation(train)
        for start in range(0, len(train), 50):
            rows = shuffled[start : start + 50]
            slopes = run(weights, biases, X[rows], T[rows])
            for layer in range(3):
                weights[layer] = weights[layer] - 0.3 / len(rows) * slopes.weights[layer]
                biases[layer] = biases[layer] - 0.3 / len(rows) * slopes.biases[layer]
    after = run(weights, biases, X[train], T[train])
    outputs = run(weights, biases, X[test], T[test]).outputs
    assert after.loss < 0.05 * before.loss
    assert np.mean(outputs.argmax(axis=1) == data.target[test]) > 0.95

    def value(A, b):
        return loss_by_numpy(A, b, X[test], T[test], anp.tanh, "softmax-cross-entropy", numpy=anp)

    mine = run(weights, biases, X[test], T[test])
    for found, wanted in zip(mine.weights, grad(value)(weights, biases), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-10)


def test_what_does_not_fit_is_refused_by_name():
    weights, biases, inputs, targets = network([3, 2, 2], 4, "half-squared", np.random.default_rng(0))
    run = recursion().compile()
    with pytest.raises(WrongNetwork, match="weights of layer 2"):
        run([weights[0], weights[1][:, :1]], biases, inputs, targets)
    with pytest.raises(WrongNetwork, match="biases of layer 1"):
        run(weights, [biases[0][:1], biases[1]], inputs, targets)
    with pytest.raises(WrongNetwork, match="targets"):
        run(weights, biases, inputs, targets[:2])
    with pytest.raises(WrongNetwork, match="layers"):
        run(weights, biases[:1], inputs, targets)
    with pytest.raises(UnknownChoice, match="no loss is called 'hinge'"):
        recursion().compile("tanh", "hinge")
    with pytest.raises(UnknownChoice, match="no activation is called 'swish2'"):
        recursion().compile("swish2")


def test_verification_compares_random_networks_with_the_complex_step():
    derivation = recursion(Layers(batch=True))
    (check,) = derivation.checks
    rows = list(check(derivation, 1, np.random.default_rng(0)))
    assert len(rows) == 3
    assert all(row.ok for row in rows)
