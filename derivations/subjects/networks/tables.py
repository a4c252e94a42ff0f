"""What is known about a network as tables: counts, receptive fields, sensitivities, explanations, charts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Integer, Symbol, oo

from derivations.core.tables import Table
from derivations.subjects.networks.charts import Chart
from derivations.subjects.networks.explain import Finding
from derivations.subjects.networks.receptive import Field, LayerFields
from derivations.subjects.networks.sensitivity import Change, Elasticity
from derivations.subjects.networks.terms import written

if TYPE_CHECKING:
    from derivations.subjects.networks.arithmetic import Arithmetic

_SHORT = {"multiply_accumulates": "multiply-accumulates"}


def _title(name: str) -> str:
    return _SHORT.get(name, name.replace("_", " "))


def count_table(arithmetic: Arithmetic, quantities: Sequence[str]) -> Table:
    """One row a layer that contributes anything, and the totals."""
    counts, net = arithmetic.counts, arithmetic.network
    rows = [
        (layer.name, layer.kind, written(layer.output), *(layer[name] for name in quantities))
        for layer in counts.layers
        if any(layer[name] != 0 for name in quantities) or layer.kind == "pool"
    ]
    totals = counts.totals
    rows.append(("total", "", "", *(totals[name] for name in quantities)))
    title = f"{net.title or net.name}, input {written(net.input)}"
    note = f"Convention {counts.convention.name}: {counts.convention.meaning}."
    columns = ("layer", "kind", "output", *map(_title, quantities))
    return Table(title, columns, tuple(rows), (note, *arithmetic.remarks), last_is_total=True)


def field_table(arithmetic: Arithmetic) -> Table:
    """The receptive field of every layer that sees a part of the input, along rows (and columns where they differ)."""
    rows: list[tuple[object, ...]] = []
    for found in arithmetic.receptive_fields.values():
        if found.fields is None:
            rows.append((found.name, "whole input", None, None, "", None, None))
        elif _changes(found, arithmetic):
            for axis, field in zip(("rows", "columns"), found.fields, strict=True):
                if axis == "rows" or field != found.fields[0]:
                    label = found.name if found.fields[0] == found.fields[1] else f"{found.name} ({axis})"
                    rows.append((label, field.size, field.stride, field.padding, _interval(field), field.holes, field.aligned))
    columns = ("layer", "size", "stride", "padding", "position i sees", "holes", "aligned")
    title = f"Receptive fields of {arithmetic.network.title or arithmetic.network.name}"
    return Table(title, columns, tuple(rows), ("Positions count from 0; what lies outside the input is padding.",))


def _changes(found: LayerFields, arithmetic: Arithmetic) -> bool:
    node = arithmetic.network[found.name]
    return node.layer.kind not in ("activation", "normalisation", "identity")


def _interval(field: Field) -> str:
    i = Symbol("i", integer=True)
    first, last = field.interval(Integer(1) * i)
    return f"{first} … {last}".replace("*", "·")


def elasticity_table(found: Sequence[Elasticity], of: str) -> Table:
    """Sizes by elasticity, the largest first; tied ones last."""
    rows = tuple((e.place, e.value, e.elasticity, e.reason) for e in found)
    note = "Per cent of change for one per cent of change of the size, floors taken as smooth. Accuracy is not counted."
    return Table(f"Elasticities of the {_title(of)}", ("size", "value", "elasticity", "remark"), rows, (note,))


def reduction_table(found: Sequence[Change], of: str, goal: Fraction) -> Table:
    """Single changes that reach a goal, with what happens to the other counts."""
    others = ("parameters", "connections", "activations")
    rows = tuple(
        (change.place, change.before, change.after, *(change.ratios.get(name) for name in dict.fromkeys((of, *others))))
        for change in found
    )
    columns = ("size", "from", "to", *(f"{_title(name)} ×" for name in dict.fromkeys((of, *others))))
    note = "One size changed, the rest as it is, with exact floors; the smallest change first. Accuracy is not part of the count."
    return Table(f"Ways to {float(goal):g} times the {_title(of)}", columns, rows, (note,))


SHOWN_CONVENTIONS = 3


def finding_table(found: Sequence[Finding]) -> Table:
    """Reported numbers beside those found, with explanations."""
    rows = tuple(
        (
            finding.claim.layer or "total",
            _title(finding.claim.quantity),
            finding.claim.value,
            finding.found,
            "right" if finding.agrees else "; or ".join(" and ".join(way) for way in finding.explanations) or "none found",
            _named(finding.conventions),
        )
        for finding in found
    )
    columns = ("layer", "quantity", "reported", "found", "explanation", "right under the convention")
    return Table("Reported numbers", columns, rows)


def _named(conventions: Sequence[str]) -> str:
    """The first conventions by name and how many more there are; a count without biases is right under many."""
    named = list(conventions[:SHOWN_CONVENTIONS])
    more = len(conventions) - len(named)
    return " or ".join([*named, *([f"{more} more"] if more else [])])


def chart_table(found: Chart) -> Table:
    """The relaxed formula, its derivative, critical points and signs, and the exact maximum."""
    rows: list[tuple[object, ...]] = [
        (f"{found.quantity} without floors", found.relaxed),
        (f"derivative by {found.symbol}", found.slope),
        ("critical points", ", ".join(map(str, found.critical)) or "none"),
    ]
    rows += [(f"from {a} to {'∞' if b is oo else b}", sign) for a, b, sign in found.signs]
    rows.append(("maximum without floors at", found.relaxed_maximum if found.relaxed_maximum is not None else "none inside"))
    note = "The count grows without end; there is no largest one."
    if found.argmax:
        rows.append(("maximum with floors at", ", ".join(map(str, found.argmax))))
        rows.append(("largest exact count", found.maximum))
        note = f"The exact maximum was found by trying all {len(found.exact)} whole values that fit."
    return Table(f"{_title(found.quantity)} by {found.place}", ("", "value"), tuple(rows), (note,))
