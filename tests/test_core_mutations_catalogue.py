"""Steps of every derivation of the catalogue are changed in many ways, and each change is rejected at its step.

Two steps of some entries are changed here; DERIVATIONS_ALL_MUTATIONS=1 changes every step of all of them, in more ways, as
continuous integration does.
"""

import os

import pytest
from core_mutants import changed_steps, derivation, gives_the_same, problem_with

import derivations
from derivations.subjects.naive_bayes import ENTRIES

EVERY = bool(os.environ.get("DERIVATIONS_ALL_MUTATIONS"))
MOST = 6 if EVERY else 3
NAMES = sorted(set(derivations.catalogue()) - set(ENTRIES))[:: 1 if EVERY else 8]


def chosen(name: str) -> list[int]:
    """The steps to change: all, or one in the middle and the last."""
    steps = len(derivation(name).steps)
    return list(range(steps)) if EVERY else sorted({steps // 2, steps - 1})


@pytest.mark.parametrize("name", NAMES)
def test_every_change_of_a_step_is_rejected_or_changes_nothing(name):
    accepted, tried = [], 0
    for position in chosen(name):
        for mutation in changed_steps(derivation(name), position, MOST):
            tried += 1
            if problem_with(name, position, mutation.step):
                continue
            said_otherwise = mutation.step.statement != derivation(name).steps[position].statement
            if said_otherwise or not gives_the_same(name, position, mutation.step):
                accepted.append(f"step {position + 1}: {mutation.what}")
    assert not accepted
    assert tried >= 10
