"""A counterexample in small numbers, written with the student's own letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from derivations.check.judging.laboratory import Laboratory, Point, is_value
from derivations.check.judging.outcome import Target
from derivations.check.reader.reading import Reading
from derivations.core.binding import free_symbols
from numeric.failures import NumericFailure
from numeric.instances import Variable
from numeric.refute import Separation
from numeric.shrink import shrink

MAX_ENTRIES = 12
NEGLIGIBLE = 1e-20
"""Values carry 40 digits; a difference of equal terms leaves about 1e-40 of their size."""


def counterexample(found: Separation, target: Target | None, laboratory: Laboratory) -> dict[str, Any]:
    """Values of the letters that matter and of both sides, on the smallest instance on which they differ."""
    if target is None or target.is_equation:
        return _shown(found, _used(found, ()), None if target is None else target.sides[1].reading)
    sides = (target.left, target.right)
    smallest = found if laboratory.recurrences else _shrunk(found, sides, laboratory)
    return _shown(smallest, _used(smallest, sides), target.sides[1].reading)


def _used(found: Separation, sides: tuple[Expr, ...]) -> list[Basic]:
    if not sides:
        return []
    heads = {base for side in sides for base in side.atoms(IndexedBase)} | {s for side in sides for s in free_symbols(side)}
    return [key for key in found.instance if key in heads]


def _shrunk(found: Separation, sides: tuple[Expr, ...], laboratory: Laboratory) -> Separation:
    """The smallest instance, labels all occurring, on which the sides still differ."""
    used = {str(key) for key in _used(found, sides)}
    variables = [v for v in laboratory.variables if v.name in used or v.domain.kind == "size"]
    start = {
        key: value for key, value in found.instance.items() if any(v.symbol == key for v in variables) or isinstance(value, int)
    }

    def differs(instance: Mapping[Basic, Any]) -> bool:
        return _separated(instance, sides, found, laboratory, variables) is not None

    try:
        smallest = shrink(start, variables, differs)
    except (NumericFailure, ValueError, KeyError, IndexError):
        return found
    return _separated(smallest, sides, found, laboratory, variables) or found


def _separated(
    instance: Mapping[Basic, Any], sides: tuple[Expr, ...], found: Separation, laboratory: Laboratory, variables: list[Variable]
) -> Separation | None:
    for variable in variables:
        if variable.domain.kind == "label" and variable.shape:
            sizes = {s: v for s, v in instance.items() if isinstance(v, int)}
            if len(set(np.ravel(instance[variable.symbol]).tolist())) < variable.domain.last(sizes):
                return None
    for bindings in ({**found.bindings, **dict.fromkeys(found.bindings, 1)}, found.bindings):
        point: Point = (instance, bindings)
        values = [laboratory.evaluate(side, point) for side in sides]
        if all(map(is_value, values)) and laboratory.differ(*values):
            return Separation(dict(instance), dict(bindings), *values)
    return None


def _shown(found: Separation, used: list[Basic], reading: Reading | None) -> dict[str, Any]:
    written = _spellings(reading)
    values: dict[str, Any] = {}
    for key in used:
        value = found.instance[key]
        name = str(getattr(key, "label", key))
        if isinstance(value, np.ndarray):
            for place in list(np.ndindex(*value.shape))[:MAX_ENTRIES]:
                values[_entry(name, written.get(name), place)] = plain(value[place])
        else:
            values[written.get(name, (name, ()))[0]] = plain(value)
    at = {str(symbol): value for symbol, value in found.bindings.items() if not used or _matters(symbol, used, found)}
    left, right = _rounded_off(found.left, found.right), _rounded_off(found.right, found.left)
    return {"values": values, "at": at, "left": plain(left), "right": plain(right)}


def _rounded_off(value: Any, other: Any) -> Any:
    """Zero for what is left of a cancellation beside a value of ordinary size; exact numbers stay as they are."""
    if isinstance(value, (int, Fraction)) or not is_value(value) or not is_value(other):
        return value
    return 0 if abs(value) < NEGLIGIBLE * abs(other) else value


def _matters(symbol: Symbol, used: list[Basic], found: Separation) -> bool:
    return symbol in found.bindings and len(found.bindings) <= 4


def _spellings(reading: Reading | None) -> dict[str, tuple[str, tuple[str, ...]]]:
    """How each letter is written in a line, with the index letters in it."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    if reading is None:
        return found
    for expression, start, end in reading.spans:
        text = reading.latex[start:end].strip()
        if isinstance(expression, Indexed) and all(isinstance(i, Symbol) for i in expression.indices):
            found.setdefault(str(expression.base.label), (text, tuple(i.name.rstrip("_") for i in expression.indices)))
        elif isinstance(expression, Symbol):
            found.setdefault(expression.name, (text, ()))
    return found


def _entry(name: str, written: tuple[str, tuple[str, ...]] | None, place: tuple[int, ...]) -> str:
    """x_d^{(i)} at i = 1, d = 2 as x_2^{(1)}."""
    if written is None:
        return f"{name}[{', '.join(str(n + 1) for n in place)}]"
    text, letters = written
    head, *rest = re.split(r"(?=[_^])", text, maxsplit=1)
    scripts = rest[0] if rest else ""
    for letter, number in zip(letters, place, strict=False):
        scripts = re.sub(rf"(?<![\\A-Za-z]){re.escape(letter)}(?![A-Za-z])", str(number + 1), scripts, count=1)
    return head + scripts


def plain(value: Any) -> Any:
    """A value as plain data: whole numbers, fractions as text, decimals to 10 digits."""
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, Fraction):
        return str(value) if value.denominator != 1 else int(value)
    if isinstance(value, (int, str)) or value is None:
        return value
    try:
        return float(f"{float(value):.10g}")
    except (TypeError, ValueError):
        return str(value)
