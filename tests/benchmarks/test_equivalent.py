"""Deciding pairs of optimisers: any pair under a second, the whole table under a minute."""

import time
from itertools import combinations

import pytest

from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.library import library
from derivations.subjects.optimisers.table import table


def test_the_whole_table_takes_under_a_minute(benchmark):
    table.cache_clear()
    found = benchmark.pedantic(table, rounds=1)
    assert len(found.cells) == len(library()) * (len(library()) - 1) // 2
    assert not [c for c in found.cells if c.sign == "?"]
    assert benchmark.stats.stats.max < 60


@pytest.mark.parametrize(
    ("a", "b", "schedules"),
    [
        ("pytorch-sgd", "optax-sgd", "any"), ("pytorch-sgd", "keras-sgd", "any"), ("ema-momentum", "pytorch-sgd", "constant"),
        ("adam-pytorch", "adam-optax", "any"), ("adam-pytorch", "adam-uncorrected", "constant"),
        ("douglas-rachford", "admm", "constant"), ("pytorch-sgd", "quasi-hyperbolic-momentum", "any"),
    ],
)  # fmt: skip
def test_a_pair_with_its_proof_or_repair_takes_under_a_second(benchmark, a, b, schedules):
    benchmark.pedantic(equivalent, args=(a, b), kwargs={"schedules": schedules}, rounds=3)
    assert benchmark.stats.stats.median < 1


def test_the_slowest_pair_of_the_library_takes_under_a_second(benchmark):
    """Proofs, counterexamples, repairs and all, over a tenth of all pairs, in seconds of the processor."""
    pairs = list(combinations(library(), 2))[::10]

    def slowest():
        worst = (0.0, ("", ""))
        for a, b in pairs:
            start = time.process_time()
            equivalent(a, b)
            worst = max(worst, (time.process_time() - start, (a, b)))
        return worst

    seconds, pair = benchmark.pedantic(slowest, rounds=1)
    benchmark.extra_info["slowest"] = " and ".join(pair)
    assert seconds < 1, pair
