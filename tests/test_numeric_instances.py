"""Instances: every draw lies in its domain, every label occurs where asked."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import IndexedBase, Symbol, symbols

from numeric import domains
from numeric.domains import index, label
from numeric.failures import NoInstance
from numeric.instances import (
    Variable,
    draw_instance,
    draw_sizes,
    measure,
    sizes_of,
    with_every_label,
)

N, K, D = symbols("N K D", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)


def array(name: str, domain: domains.Domain) -> IndexedBase:
    return IndexedBase(name, **domain.assumptions())


VARIABLES = [
    Variable(array("x", domains.REAL), domains.REAL, (N, D)),
    Variable(array("y", label(K)), label(K), (N,)),
    Variable(array("s", domains.POSITIVE), domains.POSITIVE, (D,)),
    Variable(array("alpha", domains.SIMPLEX), domains.SIMPLEX, (K,)),
    Variable(array("A", domains.SIMPLEX), domains.SIMPLEX, (K, K)),
    Variable(array("w", domains.REAL), domains.REAL, (K - 1,)),
    Variable(array("c", domains.NATURAL), domains.NATURAL, (N,)),
    Variable(Symbol("p", positive=True), domains.UNIT_INTERVAL),
    Variable(Symbol("n", integer=True), domains.INTEGER),
    Variable(Symbol("q", nonnegative=True), domains.NONNEGATIVE),
    Variable(k, index(K)),
]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.booleans())
def test_every_draw_lies_in_its_domain(seed: int, exact: bool) -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(seed), exact=exact)
    sizes = {size: instance[size] for size in (N, K, D)}
    for variable in VARIABLES:
        value = instance[variable.symbol]
        assert np.shape(value) == variable.shape_under(sizes)
        assert variable.domain.contains(value, sizes), variable
    assert set(instance[VARIABLES[1].symbol]) == set(range(1, sizes[K] + 1))


def test_exact_draws_hold_only_fractions_and_ints() -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(3), exact=True)
    for variable in VARIABLES:
        entries = np.asarray(instance[variable.symbol]).ravel().tolist()
        assert all(isinstance(entry, (int, Fraction)) for entry in entries)


def test_sizes_given_are_kept_and_the_others_drawn() -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(0), sizes={N: 9})
    assert instance[N] == 9
    assert instance[VARIABLES[0].symbol].shape == (9, instance[D])


def test_labels_that_cannot_all_occur_are_a_named_failure() -> None:
    with pytest.raises(NoInstance, match="every label"):
        draw_instance(VARIABLES, np.random.default_rng(0), sizes={N: 2, K: 3})


def test_empty_classes_are_drawn_where_they_are_allowed() -> None:
    instance = draw_instance(VARIABLES, np.random.default_rng(0), sizes={N: 2, K: 5}, every_label_occurs=False)
    assert instance[VARIABLES[1].symbol].shape == (2,)


def test_distinct_sizes_are_distinct() -> None:
    for seed in range(20):
        assert len(set(draw_sizes((N, K, D), np.random.default_rng(seed), distinct=True).values())) == 3


def test_every_label_is_reached_with_the_fewest_replacements() -> None:
    labels = np.array([1, 1, 1, 2])
    completed = with_every_label(labels, 3, np.random.default_rng(0))
    assert set(completed) == {1, 2, 3}
    assert (completed != labels).sum() == 1


def test_sizes_are_found_in_shapes_and_in_label_ranges() -> None:
    assert sizes_of([Variable(array("y", label(K)), label(K), (N,))]) == (K, N)


def test_extent_of_a_difference_is_measured() -> None:
    assert measure(K - 1, {K: 4}) == 3
