"""How fast: the compiled recursion against NumPy by hand, deriving the recursion, each cookbook gradient. Ratios of one run."""

import time

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from derivations.subjects.backprop.network import Layers
from derivations.subjects.backprop.recursion import recursion
from derivations.subjects.matrices.cookbook import QUESTIONS
from numeric.oracles.backprop import tanh_by_hand


def shortest(action, repetitions: int) -> float:
    """The shortest of several runs in seconds of the processor, whoever else keeps it busy."""
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


ROUNDS = 20


def test_compiled_gradient_of_ten_wide_layers_is_as_fast_as_by_hand(benchmark):
    rng = np.random.default_rng(0)
    sizes = [512] * 11
    weights = [rng.normal(size=(512, 512)) / np.sqrt(512) for _ in range(10)]
    biases = [rng.normal(size=512) for _ in range(10)]
    inputs, targets = rng.normal(size=(256, sizes[0])), rng.normal(size=(256, sizes[-1]))
    run = recursion().compile("tanh", "half-squared")
    mine, theirs = [], []
    with threadpool_limits(1):  # with one thread the time of the processor is that of the work, whoever else is busy
        for _ in range(ROUNDS):  # in turn, so that both meet the same disturbances
            mine.append(shortest(lambda: run(weights, biases, inputs, targets), 1))
            theirs.append(shortest(lambda: tanh_by_hand(weights, biases, inputs, targets), 1))
    benchmark.extra_info["ratio"] = min(mine) / min(theirs)
    benchmark.pedantic(run, (weights, biases, inputs, targets), rounds=1)
    print(f"compiled {min(mine):.4f} s, by hand {min(theirs):.4f} s, ratio {min(mine) / min(theirs):.3f}")
    assert min(mine) < 1.2 * min(theirs)


@pytest.mark.parametrize("layers", [Layers(), Layers(batch=True)], ids=["one", "batch"])
def test_deriving_the_recursion_takes_less_than_two_seconds(benchmark, layers):
    def derive():
        recursion.cache_clear()
        return recursion(layers)

    benchmark.pedantic(derive, rounds=1)
    took = shortest(derive, 3)
    print(f"derivation of the recursion {took:.3f} s")
    assert took < 2


def test_each_cookbook_gradient_takes_less_than_a_fifth_of_a_second(benchmark):
    took = {name: shortest(question.derive, 3) for name, question in QUESTIONS.items()}
    benchmark.pedantic(QUESTIONS["ridge"].derive, rounds=3)
    slowest = sorted(took, key=lambda name: -took[name])[:5]
    print(f"{len(took)} gradients, {sum(took.values()):.2f} s; slowest " + ", ".join(f"{n} {took[n]:.3f}" for n in slowest))
    assert max(took.values()) < 0.2
