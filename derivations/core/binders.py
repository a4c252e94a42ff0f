"""Bound indices and their ranges: how many values, none at all, or some more than a shorter range has."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sympy import Expr, Symbol

from derivations.core.ranges import known_nonnegative, range_of_bound

if TYPE_CHECKING:
    from derivations.core.normal_form import Normaliser

MAX_LAST_TERMS = 4

Binder: TypeAlias = Symbol  # made by `bound_symbol`, which knows its range


def range_of_binder(binder: Binder) -> tuple[Expr, Expr]:
    """The first and the last value of a bound index."""
    found = range_of_bound(binder)
    assert found is not None, f"{binder} is no binder"
    return found


def count_of(normaliser: Normaliser, lower: Expr, upper: Expr) -> Expr | None:
    """upper − lower + 1 where that is the number of terms: where the range is not empty by more than one term."""
    count = normaliser.expression(upper - lower + 1)
    known = normaliser.signs.nonnegative(count) or known_nonnegative(count, normaliser.declarations)
    return count if known else None


def is_empty(normaliser: Normaliser, lower: Expr, upper: Expr) -> bool:
    """Whether the range lower..upper is empty because upper = lower − 1."""
    return not normaliser.form(upper - lower + 1)


def last_terms(normaliser: Normaliser, lower: Expr, upper: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """The range up to n for one that ends at n + 1, n + 2, …, and the indices left over; needs n ≥ lower − 1.

    A range that starts at 0 ends at n − 1, so that it has as many terms as one from 1 to n.
    """
    number, shorter = upper.as_coeff_Add()
    if lower.is_Integer and lower < 1:
        number, shorter = number + 1 - lower, shorter - 1 + lower
    if not number.is_Integer or not 0 < number <= MAX_LAST_TERMS or shorter.is_Integer:
        return upper, ()
    if count_of(normaliser, lower, shorter) is None:
        return upper, ()
    return shorter, tuple(shorter + n for n in range(1, int(number) + 1))
