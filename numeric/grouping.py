"""Grouping: Σ_i 1[y_i = k] f_i for all k at once, each f_i added to the group of its label."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sympy import Symbol

from numeric.labelled import Labelled
from numeric.scope import Span


def group_sum(values: Labelled, labels: Labelled, summed: Symbol, groups: Symbol, span: Span) -> Labelled:
    """The sums of the values by label, over the axis `summed`, as an axis `groups` for the labels of the span.

    values: any axes, with or without `summed`. labels: integers along `summed`; those outside the span belong to no
    group.
    """
    inside = (labels.array >= span.low) & (labels.array <= span.high)
    # Labels outside the span share one more group, which is cut off at the end.
    groups_of = np.where(inside, labels.array - span.low, span.extent)
    if summed not in values.axes:
        counts = np.bincount(groups_of, minlength=span.extent + 1)[:-1].astype(float)
        return Labelled(np.multiply.outer(counts, values.array), (groups, *values.axes))
    rest = tuple(axis for axis in values.axes if axis != summed)
    rows = np.moveaxis(values.array, values.axes.index(summed), 0)
    if not rest:
        return Labelled(np.bincount(groups_of, weights=rows, minlength=span.extent + 1)[:-1], (groups,))
    sums = _membership(groups_of, span.extent + 1) @ rows.reshape(rows.shape[0], -1)
    return Labelled(sums[:-1].reshape(span.extent, *rows.shape[1:]), (groups, *rest))


def _membership(groups_of: Any, groups: int) -> Any:
    """The matrix with a one where an entry belongs to a group, one entry a column."""
    entries = groups_of.size
    return sparse.csc_array((np.ones(entries), groups_of, np.arange(entries + 1)), shape=(groups, entries))
