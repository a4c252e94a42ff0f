"""Variants of the recursion: through time, convolution, batch normalisation; each against automatic differentiation."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from sympy import Sum

from derivations.core.evidence import Word
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.backprop.entries import ENTRIES
from derivations.subjects.backprop.losses import UnknownChoice, WrongNetwork
from derivations.subjects.backprop.network import W, a, c, l, p, s
from derivations.subjects.backprop.through_time import SHARED, d, through_time
from derivations.subjects.backprop.variants import batch_normalisation, convolution


@pytest.mark.parametrize("name", [name for name in ENTRIES if "recursion" not in name and "slope" not in name])
def test_entry_is_proved_and_replays_from_its_stored_form(name):
    derivation = ENTRIES[name]()
    assert derivation.name == name
    assert derivation.evidence is Word.PROVED
    checked = replay(load(derivation.to_json()), instances=0)
    assert checked.ok, checked.problems


def test_shared_weights_collect_a_term_from_every_step():
    h, C = SHARED.heads, through_time().conclusions[-1]
    assert "delta[l + 1, k - 1, p]*y[l, d]" in str(C.right)
    assert h.A.shape is None


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "silu"])
@pytest.mark.parametrize("loss", ["half-squared", "softmax-cross-entropy"])
@pytest.mark.parametrize("steps", [1, 2, 6])
def test_the_collected_gradient_equals_automatic_differentiation(activation, loss, steps):
    rng = np.random.default_rng(0)
    A, U, b = rng.normal(size=(4, 4)) / 2, rng.normal(size=(4, 4)), rng.normal(size=4)
    x, start, target = rng.normal(size=(steps, 4)), rng.normal(size=4), np.eye(4)[2]

    def value(weights):
        y = start
        for step in x:
            y = FUNCTIONS[activation](anp.dot(weights, y) + anp.dot(U, step) + b)
        return 0.5 * anp.sum((y - target) ** 2) if loss == "half-squared" else anp.log(anp.sum(anp.exp(y))) - anp.dot(y, target)

    found, collected = through_time().compile(activation, loss)(A, U, b, x, start, target)
    assert abs(found - value(A)) < 1e-12
    np.testing.assert_allclose(collected, grad(value)(A), rtol=1e-10, atol=1e-12)


FUNCTIONS = {
    "tanh": anp.tanh, "sigmoid": lambda u: 1 / (1 + anp.exp(-u)), "softplus": lambda u: anp.log(1 + anp.exp(u)),
    "silu": lambda u: u / (1 + anp.exp(-u)),
}  # fmt: skip


def test_a_recurrent_network_that_does_not_fit_is_refused_by_name():
    run = through_time().compile()
    eye, zero = np.eye(2), np.zeros(2)
    with pytest.raises(WrongNetwork, match=r"input weights: expected shape \(2, 2\), found \(2, 3\)"):
        run(eye, np.ones((2, 3)), zero, np.ones((3, 2)), zero, zero)
    with pytest.raises(WrongNetwork, match="inputs"):
        run(eye, eye, zero, np.ones((0, 2)), zero, zero)
    with pytest.raises(UnknownChoice, match="no activation is called 'bent'"):
        through_time().compile("bent")


def test_verification_compares_recurrent_networks_with_the_complex_step():
    (check,) = through_time().checks
    rows = list(check(through_time(), 1, np.random.default_rng(0)))
    assert len(rows) == 3
    assert all(row.ok for row in rows)


def one_more(**changed):
    h, at = SHARED.heads, l + s + 1
    through = Sum(SHARED.slope(at, a, c) * h.T[l, s, c, p, d], (c, 1, W))
    from sympy import KroneckerDelta

    own = SHARED.activation_slope(at, a) * KroneckerDelta(a, p) * h.y[l + s, d]
    right = {
        "left": h.T[l, s + 1, a, p, d],
        "of": h.y[at, a],
        "parameter": h.A[p, d],
        "index": s,
        "start": l,
        "upper": W,
        "to": through + own,
    }
    return right | {name: value(through, own) if callable(value) else value for name, value in changed.items()}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"to": lambda through, own: through}, "different normal forms"),
        ({"to": lambda through, own: own}, "different normal forms"),
        ({"to": lambda through, own: through - own}, "different normal forms"),
        ({"parameter": SHARED.heads.A[d, p]}, "is not the derivative of"),
        ({"parameter": SHARED.heads.y[l, p]}, "is no free parameter"),
        ({"of": SHARED.heads.y[l + s + 2, a]}, "is not the derivative of"),
    ],
)
def test_chain_rule_in_parameter_refuses_a_near_miss(changed, problem):
    h = SHARED.heads
    proof = Proof(through_time().declarations)
    SHARED.forward(proof)
    with pytest.raises(RuleError, match="has no start"):
        proof.step("chain_rule_in_parameter", **one_more())
    with pytest.raises(RuleError, match="the indices of"):
        proof.step("start_of_sensitivity", left=h.T[l, 0, a, d, p], of=h.y[l, a], parameter=h.A[p, d])
    proof.step("start_of_sensitivity", left=h.T[l, 0, a, p, d], of=h.y[l, a], parameter=h.A[p, d])
    with pytest.raises(RuleError, match=problem):
        proof.step("chain_rule_in_parameter", **one_more(**changed))
    proof.step("chain_rule_in_parameter", **one_more())


def windows(x: np.ndarray, rows: int, columns: int, size: int, stride: int) -> list:
    """(i, j, what kernel entry i, j lies over for each output) of an input that is padded already."""
    return [
        (i, j, x[:, i : i + stride * rows : stride, j : j + stride * columns : stride][:, :rows, :columns])
        for i in range(size) for j in range(size)
    ]  # fmt: skip


@pytest.mark.parametrize("of", ["K", "x"])
@pytest.mark.parametrize(
    ("stride", "padding", "height", "width"), [(1, 0, 4, 5), (1, 1, 2, 3), (2, 0, 6, 8), (2, 1, 5, 6), (3, 2, 4, 7)]
)
def test_convolution_gradients_equal_automatic_differentiation(of, stride, padding, height, width):
    rng = np.random.default_rng(0)
    rows, columns = ((extent + 2 * padding - 2) // stride + 1 for extent in (height, width))
    arrays = {
        "g": rng.normal(size=(2, rows, columns)), "K": rng.normal(size=(2, 3, 2, 2)),
        "x": rng.normal(size=(3, height, width)),
    }  # fmt: skip

    def total(**values):
        border = anp.zeros((3, padding, width))
        padded = anp.concatenate([border, values["x"], border], axis=1)
        border = anp.zeros((3, height + 2 * padding, padding))
        padded = anp.concatenate([border, padded, border], axis=2)
        value = 0.0
        for row, column, window in windows(padded, rows, columns, 2, stride):
            value = value + anp.sum(values["g"] * anp.einsum("mc,cop->mop", values["K"][:, :, row, column], window))
        return value

    wanted = grad(lambda value: total(**{**arrays, of: value}))(arrays[of])
    needed = {name: array for name, array in arrays.items() if name != of}
    sizes = {"M": 2, "C": 3, "O": rows, "P": columns, "F": 2, "H": height, "W": width}
    found = convolution(of, "strided-").compile()(**needed, **sizes, s=stride, p=padding)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)
    if (stride, padding) == (1, 0):
        np.testing.assert_allclose(convolution(of).compile()(**needed, **sizes), wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("of", ["X", "gamma", "beta"])
def test_batch_normalisation_gradients_equal_automatic_differentiation(of):
    rng = np.random.default_rng(1)
    arrays = {
        "X": rng.normal(size=(7, 3)), "V": rng.normal(size=(7, 3)), "gamma": rng.normal(size=3),
        "beta": rng.normal(size=3), "epsilon": 0.01,
    }  # fmt: skip

    def total(**values):
        centred = values["X"] - anp.mean(values["X"], axis=0)
        normal = centred / anp.sqrt(anp.mean(centred**2, axis=0) + values["epsilon"])
        return anp.sum(values["V"] * (normal * values["gamma"] + values["beta"]))

    wanted = grad(lambda value: total(**{**arrays, of: value}))(arrays[of])
    np.testing.assert_allclose(batch_normalisation(of).compile()(**arrays), wanted, rtol=1e-9, atol=1e-12)
