"""The catalogue entries about networks: replayed, mutated, and compared with loops that count."""

from dataclasses import replace
from itertools import product as combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from derivations.core.derivation import Derivation
from derivations.core.evidence import Word
from derivations.core.kernel import RuleError
from derivations.core.proof import Proof
from derivations.core.replay import replay
from derivations.core.statements import Equation
from derivations.core.store import load
from derivations.subjects.networks import ENTRIES
from derivations.subjects.networks.arithmetic import Arithmetic
from derivations.subjects.networks.claims import counting, fields, filter_size, monotone
from derivations.subjects.networks.conventions import convention
from derivations.subjects.networks.counts import terms_of
from derivations.subjects.networks.graph import chain
from derivations.subjects.networks.layers import (
    Attention,
    Convolution,
    Dense,
    Embedding,
    Normalisation,
    Recurrent,
    SeparableConvolution,
    TransposedConvolution,
)
from numeric.evaluate_slowly import evaluate_slowly
from numeric.oracles import networks as oracle


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_is_proved_and_replays_from_its_stored_form(name):
    derivation = ENTRIES[name]()
    assert derivation.name == name
    assert derivation.evidence is Word.PROVED
    report = replay(load(derivation.to_json()))
    assert report.ok, report.problems


def _mutated(derivation: Derivation, position: int) -> Derivation:
    step = derivation.steps[position]
    wrong = replace(step, statement=replace(step.statement, right=2 * step.statement.right + 1))
    return replace(derivation, steps=(*derivation.steps[:position], wrong, *derivation.steps[position + 1 :]))


@pytest.mark.parametrize("name", ENTRIES)
def test_replay_objects_to_every_changed_equation(name):
    derivation = ENTRIES[name]()
    claimed = [
        n for n, step in enumerate(derivation.steps) if step.evidence and isinstance(step.statement, Equation)
    ]  # fmt: skip
    assert claimed
    for position in claimed:
        assert not replay(_mutated(derivation, position)).ok


def _closed(name, **values):
    expression = counting.COUNTS[name].closed
    return int(expression.subs({s: values[s.name] for s in expression.free_symbols}))


def test_counts_of_convolutions_are_what_loops_find():
    for M, C, F, W in combinations((1, 2), (1, 3), (1, 2, 3), (3, 5)):
        out = W - F + 1
        tally = oracle.convolution(C, M, 1, oracle.Axis(W, F), oracle.Axis(W, F))
        values = {"M": M, "C": C, "F": F, "H_out": out, "W_out": out}
        assert _closed("convolution-units", **values) == tally.outputs
        assert _closed("convolution-weights", **values) == tally.weights
        assert _closed("convolution-connections", **values) == tally.taps
        assert _closed("convolution-additions", **values) == tally.taps - tally.outputs
        assert (
            _closed("pooling-connections", K=C, F=F, H_out=out, W_out=out)
            == oracle.pool(C, oracle.Axis(W, F), oracle.Axis(W, F)).taps
        )
        up = oracle.transposed(C, M, oracle.Axis(W, F, 2), oracle.Axis(W, F, 2))
        assert _closed("transposed-convolution-connections", C=C, M=M, F=F, H=W, W=W) == up.taps


def test_counts_of_sequence_layers_are_what_loops_find():
    for G, n, k, T in combinations((1, 3, 4), (1, 2), (1, 3), (1, 2)):
        tally = oracle.recurrent(T, n, k, G, 2)
        assert _closed("recurrent-parameters", G=G, n=n, k=k, v=2) == tally["weights"] + tally["biases"]
        assert _closed("recurrent-connections", G=G, n=n, k=k, T=T) == tally["multiplications"]
        assert _closed("attention-multiplications", h=k, e=n, T=T) == oracle.attention(T, k * n, k)


_LAYERS = {
    "conv": ((6, 9, 9), Convolution(4, 3, groups=2)),
    "transposed-conv": ((2, 5, 5), TransposedConvolution(3, 2, 2)),
    "separable-conv": ((4, 9, 9), SeparableConvolution(5, 3)),
    "normalisation": ((6, 9, 9), Normalisation()),
    "dense": ((7,), Dense(3)),
    "recurrent": ((5, 7), Recurrent(3, "gru", "two")),
    "embedding": ((5,), Embedding(11, 3)),
    "attention": ((5, 6), Attention(2, bias=False)),
}
_VALUES = {
    "conv": {"M": 4, "C": 3, "F": 3, "H_out": 7, "W_out": 7},
    "transposed-conv": {"C": 2, "H": 5, "W": 5, "M": 3, "F": 2},
    "separable-conv": {"K": 4, "F": 3, "M": 5, "H_out": 7, "W_out": 7},
    "normalisation": {"K": 6},
    "dense": {"a": 7, "b": 3},
    "recurrent": {"G": 3, "k": 3, "n": 7, "v": 2, "T": 5},
    "embedding": {"V": 11, "n": 3},
    "attention": {"h": 2, "e": 3, "T": 5},
}


@pytest.mark.parametrize(("kind", "quantity"), counting.OF_LAYERS)
def test_the_count_of_a_layer_is_what_its_derivation_proves(kind, quantity):
    shape, layer = _LAYERS[kind]
    net = chain("one", shape, [("layer", layer)])
    terms = [t for t in terms_of(net)["layer"] if t.quantity == quantity and t.label != "gate"]
    counted = sum(t.value for t in terms if quantity == "parameters" or t.label != "bias")
    assert counted == _closed(counting.OF_LAYERS[kind, quantity], **_VALUES[kind])
    derivation = Arithmetic(net, convention("standard")).derivation("layer", quantity)
    assert derivation.name == f"network/{counting.OF_LAYERS[kind, quantity]}"


def test_a_count_without_a_derivation_says_which_there_are():
    net = Arithmetic(chain("one", (7,), [("layer", Dense(3))]), convention("standard"))
    with pytest.raises(LookupError, match="no derivation of the units of a dense layer; there are: conv units"):
        net.derivation("layer", "units")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 1)), min_size=1, max_size=4))
def test_closed_forms_of_receptive_fields_are_what_poking_finds(layers):
    """k taps, stride s, p zeros before; the middle of a long line is far from both borders."""
    lines, last = [], "input"
    for number, (kernel, stride, before) in enumerate(layers):
        lines.append(oracle.Line(f"n{number}", "sum", (last,), oracle.Axis(0, kernel, stride, 1, before, 0)))
        last = f"n{number}"
    closed = {name: expression for name, (_, expression) in fields.CLOSED.items()}
    values = {"s": [s for _, s, _ in layers], "k": [k for k, _, _ in layers], "p": [p for _, _, p in layers]}
    at = {fields.depth: len(layers), fields.L: len(layers)} | {
        fields.DECLARED[name].head: np.array(entries) for name, entries in values.items()
    }  # fmt: skip
    J, R, Q, V = (int(evaluate_slowly(closed[name], at)) for name in "JRQV")
    found = oracle.poked(lines, 6 * R + 4 * J + 40)[last]
    place = (2 * R + Q) // J + 1
    inputs = found[place]
    assert (min(inputs), max(inputs)) == (J * place - Q, J * place + V)
    assert max(inputs) - min(inputs) + 1 == R


@pytest.mark.parametrize(
    "wrong",
    [1 + fields._sum(fields.k[fields.j]), fields._sum(fields.k[fields.j] - 1), 2 + fields._sum(fields.k[fields.j] - 1)],
)
def test_induction_refuses_a_near_miss_of_the_size(wrong):
    proof = Proof(fields.DECLARED)
    fields._sequences(proof, "JR")
    with pytest.raises(RuleError):
        proof.by_induction(fields.depth, [fields.CLOSED["J"], (fields.R[fields.depth], wrong)])


def test_the_maximum_is_refused_at_another_place():
    proof = Proof(filter_size.DECLARED)
    F, A, C, M, S, cost = (filter_size.DECLARED[n].head for n in ("F", "A", "C", "M", "S", "cost"))
    proof.step("assume", positive=A - F)
    start = proof.step("define", left=cost(F), right=-C * M * F**2 * (A - F) ** 2 / S**2)
    score = proof.step("differentiate", start, variable=F)
    with pytest.raises(RuleError, match="different normal forms"):
        proof.step("rearrange", score, to=4 * C * M * F * (A - F) * (F - A / 3) / S**2)


def test_more_stride_is_refused_a_positive_slope_without_room():
    proof = Proof(monotone.DECLARED)
    start = proof.step(
        "define", left=monotone.connections(monotone.S), right=monotone.C * monotone.PLACES**2
    )  # fmt: skip
    slope = proof.step("differentiate", start, variable=monotone.S)
    with pytest.raises(RuleError, match="sign"):
        proof.step("no_stationary_point", slope)


def test_bottleneck_entries_hold_the_numbers_of_the_exercise():
    values = {"C": 256, "a": 128, "b": 192, "c": 96, "r": 64, "t": 64, "q": 64, "H": 32, "W": 32}
    saved = {}
    for name in ("parameters", "multiplications", "additions", "activations"):
        (statement,) = ENTRIES[f"network/inception-{name}"]().conclusions
        saved[name] = statement.right.subs({s: Integer(values[s.name]) for s in statement.right.free_symbols})
    assert saved == {
        "parameters": 1_089_952 - 346_720,
        "multiplications": 1_115_684_864 - 354_418_688,
        "additions": 1_115_684_864 - 354_418_688,
        "activations": 622_592 - 425_984,
    }
