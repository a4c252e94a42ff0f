"""A counterexample in small numbers, written with the student's own letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from derivations.check.judging.deciding.equivalence import Insertion, as_definition
from derivations.check.judging.deciding.premises import met
from derivations.check.judging.feedback.spelling import Spelling
from derivations.check.judging.instances.laboratory import Laboratory, is_value, is_zero
from derivations.check.judging.outcome import Target
from derivations.check.judging.worlds.conditions import Point
from derivations.core.binding import free_symbols
from numeric.failures import NumericFailure
from numeric.instances import Variable
from numeric.refute import Separation
from numeric.shrink import shrink

MAX_ENTRIES = 12
NEGLIGIBLE = 1e-20
"""Values carry 40 digits; a difference of equal terms leaves about 1e-40 of their size."""
_PLAIN_KINDS = frozenset(("real", "positive", "nonnegative", "unit-interval", "simplex"))


@dataclass(frozen=True)
class _Claim:
    """What is shown on an instance: two sides, and for an equation the unknown with the value that is put in for it."""

    sides: tuple[Expr, ...]
    unknown: Expr | None = None
    value: Expr | None = None
    premises: tuple[Expr, ...] = ()
    relation: str = "="

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """Everything whose letters matter."""
        return (*self.sides, *self.premises, *(() if self.value is None else (self.value,)))

    def separated(self, point: Point, laboratory: Laboratory) -> Separation | None:
        """The values of both sides at a point, when they differ there."""
        definitions = None
        if self.unknown is not None and self.value is not None:
            there = laboratory.evaluate(self.value, point)
            if not is_value(there) or (self.unknown.is_positive and not there > 0):
                return None
            definitions = as_definition(self.unknown, self.value)
        values = [laboratory.evaluate(side, point, definitions=definitions) for side in self.sides]
        if self.relation != "=":
            values = [laboratory.evaluate(side, point) for side in self.sides]
            differ = all(map(is_value, values)) and laboratory.violates(self.relation, *values)
        else:
            differ = laboratory.separates((self.sides[0], self.sides[1]), point, definitions)
        if not differ:
            return None
        if not met(self.premises, point, laboratory, definitions):
            return None
        if self.value is not None and is_zero(laboratory.evaluate(self.sides[0] - self.sides[1], point, definitions=definitions)):
            return None
        return Separation(dict(point[0]), dict(point[1]), *values)


def counterexample(found: Separation, target: Target | None, laboratory: Laboratory, spelling: Spelling) -> dict[str, Any]:
    """Values of the letters that matter and of both sides, on the smallest instance on which they differ."""
    claim = _claim(found, target)
    if claim is None:
        return _sides(found)
    there = claim.separated((found.instance, found.bindings), laboratory)
    smallest = found if there is None else there if laboratory.recurrences else _shrunk(there, claim, laboratory)
    spelling = spelling.preferring(_written(target))
    values = _values(smallest, claim, _written(target), laboratory, spelling)
    shown: dict[str, Any] = {"values": values, "at": _at(smallest, claim, spelling)}
    if isinstance(found, Insertion) and claim.unknown is not None and claim.value is not None:
        value = laboratory.evaluate(claim.value, (smallest.instance, smallest.bindings))
        shown["solution"] = {_name(claim.unknown, smallest, spelling): plain(value)}
        shown["solves"] = "the equation before" if found.is_first else "this equation"
    return {**shown, **_sides(smallest)}


def _claim(found: Separation, target: Target | None) -> _Claim | None:
    """What separates the sides: the line itself, or for an equation the solution of another one put into it."""
    if target is None:
        return None
    if isinstance(found, Insertion):
        sides = (target.left, target.right) if found.is_first else (found.residual, found.residual * 0)
        return _Claim(sides, found.unknown, found.value, target.premises)
    return None if target.is_equation else _Claim((target.left, target.right), relation=target.relation, premises=target.premises)


def _heads(expressions: Sequence[Expr]) -> set[Basic]:
    arrays = {base for expression in expressions for base in expression.atoms(IndexedBase)}
    return arrays | {symbol for expression in expressions for symbol in free_symbols(expression)}


def _used(found: Separation, claim: _Claim) -> list[Basic]:
    heads = _heads(claim.expressions)
    unknown = getattr(claim.unknown, "base", claim.unknown)
    return [key for key in found.instance if key in heads and key != unknown]


def _written(target: Target | None) -> set[Basic]:
    r"""The letters that stand in the line itself: \ell alone for ell(mu, sigma2, alpha)."""
    spans = [] if target is None else target.sides[1].reading.spans
    return {getattr(expression, "base", expression) for expression, _, _ in spans if isinstance(expression, (Symbol, Indexed))}


def _shrunk(found: Separation, claim: _Claim, laboratory: Laboratory) -> Separation:
    """The smallest instance, labels all occurring, on which the sides still differ."""
    unknown = getattr(claim.unknown, "base", claim.unknown)
    used = {str(key) for key in (*_used(found, claim), unknown)}
    variables = [v for v in laboratory.variables if v.name in used or v.domain.kind == "size"]
    start = {
        key: value for key, value in found.instance.items() if any(v.symbol == key for v in variables) or isinstance(value, int)
    }

    def differs(instance: Mapping[Basic, Any]) -> bool:
        return _separated(instance, found, claim, laboratory, variables) is not None

    try:
        smallest = shrink(start, variables, differs)
    except (NumericFailure, ValueError, KeyError, IndexError):
        return found
    return _separated(smallest, found, claim, laboratory, variables) or found


def _separated(
    instance: Mapping[Basic, Any], found: Separation, claim: _Claim, laboratory: Laboratory, variables: list[Variable]
) -> Separation | None:
    for variable in variables:
        if variable.domain.kind == "label" and variable.shape:
            sizes = {s: v for s, v in instance.items() if isinstance(v, int)}
            if len(set(np.ravel(instance[variable.symbol]).tolist())) < variable.domain.last(sizes):
                return None
    for bindings in (dict.fromkeys(found.bindings, 1), found.bindings):
        if not laboratory.keeps((instance, bindings)):
            continue
        separated = claim.separated((instance, bindings), laboratory)
        if separated is not None:
            return separated
    return None


def _values(
    found: Separation, claim: _Claim, written: set[Basic], laboratory: Laboratory, spelling: Spelling
) -> dict[str, Any]:
    """Letter → value; letters that do not stand in the line and change nothing are left out."""
    shown: dict[str, Any] = {}
    for key in _used(found, claim):
        if key not in written and not _matters(key, found, claim, laboratory):
            continue
        value = found.instance[key]
        if isinstance(value, np.ndarray):
            for place in list(np.ndindex(*value.shape))[:MAX_ENTRIES]:
                shown[spelling.entry(key, [number + 1 for number in place])] = plain(value[place])
        else:
            shown[spelling.letter(key)] = plain(value)
    return shown


def _matters(key: Basic, found: Separation, claim: _Claim, laboratory: Laboratory) -> bool:
    """Whether the sides change with a letter that is not in the line, such as one inside of a derivative."""
    variable = next((v for v in laboratory.variables if v.symbol == key), None)
    if variable is None or variable.domain.kind not in _PLAIN_KINDS:
        return True
    other = claim.separated(({**found.instance, key: _changed(found.instance[key])}, found.bindings), laboratory)
    return other is None or any(
        laboratory.differ(before, after) for before, after in ((found.left, other.left), (found.right, other.right))
    )


def _changed(value: Any) -> Any:
    """Another value of the same shape, every entry changed in its own way."""
    if not isinstance(value, np.ndarray):
        return value + Fraction(1, 7)
    weights = np.arange(1, value.size + 1).reshape(value.shape).astype(object)
    return value.astype(object) + weights * Fraction(1, 7)


def _at(found: Separation, claim: _Claim, spelling: Spelling) -> dict[str, Any]:
    """The free indices of the line."""
    free: set[Symbol] = set().union(*(free_symbols(expression) for expression in claim.expressions))
    if isinstance(claim.unknown, Indexed):
        free |= free_symbols(claim.unknown)
    return {spelling.letter(symbol): value for symbol, value in found.bindings.items() if symbol in free}


def _name(unknown: Expr, found: Separation, spelling: Spelling) -> str:
    """The unknown with the numbers of its indices."""
    if not isinstance(unknown, Indexed):
        return spelling.letter(unknown)
    known = {**found.instance, **found.bindings}
    return spelling.entry(unknown.base, [known.get(index, index) for index in unknown.indices])


def _sides(found: Separation) -> dict[str, Any]:
    left, right = _rounded_off(found.left, found.right), _rounded_off(found.right, found.left)
    return {"left": plain(left), "right": plain(right)}


def _rounded_off(value: Any, other: Any) -> Any:
    """Zero for what is left of a cancellation beside a value of ordinary size; exact numbers stay as they are."""
    if isinstance(value, (int, Fraction)) or not is_value(value) or not is_value(other):
        return value
    return 0 if abs(value) < NEGLIGIBLE * abs(other) else value


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
