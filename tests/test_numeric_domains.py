"""Domains: what lies inside, and what SymPy is told."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol

from numeric import domains
from numeric.domains import Domain, index, label

K = Symbol("K", integer=True, positive=True)

MEMBERS = [
    (domains.REAL, -1.5, True),
    (domains.REAL, np.nan, False),
    (domains.REAL, np.array([1.0, np.inf]), False),
    (domains.POSITIVE, 0, False),
    (domains.POSITIVE, Fraction(1, 9), True),
    (domains.NONNEGATIVE, 0, True),
    (domains.NONNEGATIVE, -1, False),
    (domains.UNIT_INTERVAL, 1, False),
    (domains.UNIT_INTERVAL, 0.5, True),
    (domains.INTEGER, 1.5, False),
    (domains.INTEGER, -3, True),
    (domains.NATURAL, 0, True),
    (domains.NATURAL, -1, False),
    (domains.SIZE, 0, False),
    (domains.SIZE, 1, True),
    (label(K), np.array([1, 3]), True),
    (label(K), np.array([1, 4]), False),
    (label(K), np.array([0, 1]), False),
    (label(K), np.array([1.5]), False),
    (index(K - 1), 2, True),
    (index(K - 1), 3, False),
    (domains.SIMPLEX, np.array([Fraction(1, 3), Fraction(2, 3)], dtype=object), True),
    (domains.SIMPLEX, np.array([Fraction(1, 3), Fraction(1, 3)], dtype=object), False),
    (domains.SIMPLEX, np.array([[0.5, 0.5], [0.1, 0.9]]), True),
    (domains.SIMPLEX, np.array([1.5, -0.5]), False),
]


@pytest.mark.parametrize(("domain", "value", "inside"), MEMBERS)
def test_membership(domain: Domain, value: object, inside: bool) -> None:
    assert domain.contains(value, {K: 3}) is inside


def test_assumptions_make_a_symbol_with_the_sign_of_its_domain() -> None:
    assert Symbol("s", **domains.POSITIVE.assumptions()).is_positive
    assert Symbol("k", **label(K).assumptions()).is_integer
    assert Symbol("x", **domains.REAL.assumptions()).is_positive is None


def test_label_without_upper_end_is_refused() -> None:
    with pytest.raises(ValueError, match="needs"):
        Domain("label")


def test_real_with_upper_end_is_refused() -> None:
    with pytest.raises(ValueError, match="takes no"):
        Domain("real", K)
