"""From closed forms to functions on arrays: estimators, and compiled conclusions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, Sum, Symbol

from derivations.core.binding import free_symbols, fresh, substitute
from derivations.core.definitions import Definition, head_and_parameters, unfold
from derivations.core.derivation import Derivation
from derivations.core.equality import free_ranges, is_zero
from derivations.core.normal_form import Normaliser
from derivations.core.statements import Equation
from derivations.core.symbols import Declarations, Head
from numeric.estimate import Estimator
from numeric.evaluate import Compiled, compile_expression
from numeric.rowwise import LeastSquares, RowEstimator


class NothingToCompile(ValueError):
    """The derivation concludes nothing of the kind that was asked for."""

    def __init__(self, name: str, wanted: str, found: str) -> None:
        self.name, self.wanted, self.found = name, wanted, found
        super().__init__(f"{name} has no {wanted} to make a function of; its conclusion is {found}")


@dataclass(frozen=True)
class Function:
    """A right-hand side as a NumPy function of named arrays, one axis of the result for each free index.

    An array with one axis more than declared in front is a batch, and the result gets that axis in front.
    """

    expression: Expr
    declarations: Declarations
    free: tuple[tuple[Symbol, Any, Any], ...]
    _compiled: dict[tuple[str, ...], Compiled] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, **arrays: Any) -> Any:
        """Evaluate on arrays and sizes by name; ratios of exponentials are formed in log space."""
        declared = {entry.name: len(entry.axes) for entry in self.declarations}
        batch = tuple(sorted(n for n, a in arrays.items() if n in declared and np.ndim(a) == declared[n] + 1))
        if batch not in self._compiled:
            self._compiled[batch] = compile_expression(
                self.expression, free=self.free, variables=self.declarations.variables, batch=batch
            )
        return self._compiled[batch](**arrays)


def compile_conclusion(derivation: Derivation) -> Function:
    """The right side of the first concluding identity as a function. Raises: NothingToCompile."""
    for statement in derivation.conclusions:
        if isinstance(statement, Equation) and not statement.unknown:
            expression = unfold(statement.right, derivation.definitions)
            named = head_and_parameters(statement.left)
            order = named[1] if named else ()
            found = free_ranges(derivation.declarations, expression, *order)
            ranges = {symbol: (symbol, low, high) for symbol, low, high in found}
            leading = [ranges.pop(symbol) for symbol in order if symbol in ranges]
            return Function(expression, derivation.declarations, (*leading, *ranges.values()))
    raise NothingToCompile(derivation.name, "identity", str(derivation.conclusion.kind))


def estimator(derivation: Derivation) -> Estimator:
    """The estimates as a callable on data arrays. Raises: NothingToCompile."""
    estimates = derivation.estimates
    if not estimates:
        raise NothingToCompile(derivation.name, "estimate", str(derivation.conclusion.kind))
    label = next((e.name for e in derivation.declarations if e.domain.kind == "label" and e.axes), None)
    return Estimator(tuple(_resolved(derivation)), tuple(derivation.declarations.variables), label)


def row_estimator(derivation: Derivation) -> RowEstimator:
    """The estimates as a callable that also takes its data in chunks. Raises: NothingToCompile."""
    return RowEstimator(estimator(derivation), _least_squares(derivation))


def _least_squares(derivation: Derivation) -> LeastSquares | None:
    """The normal equations that a minimum of a derivation solves, from the arguments of the rule that concluded it."""
    step = next((step for step in derivation.steps if step.rule == "minimum_of_gram_quadratic"), None)
    if step is None:
        return None
    given: dict[str, Any] = dict(step.arguments)
    (unknown,), index = step.statement.unknown, given["index"]  # type: ignore[union-attr]
    row, weight = given["rows"], given["weight"]
    moments = unfold(given["right"], derivation.definitions)
    bounds, width = derivation.declarations.range_of(index), derivation.declarations[str(unknown.base)].axes[0]
    estimates = _resolved(derivation)
    if not isinstance(moments, Sum) or bounds is None or not set(estimates[1:]) <= {estimates[-1]} or len(estimates) > 2:
        return None
    response = moments.function.xreplace({moments.limits[0][0]: index}) / (weight * row)
    found = LeastSquares(
        _name(unknown), row, weight, response, given["ridge"], ((index, *bounds), (unknown.indices[0], 1, width)),
    )  # fmt: skip
    if len(estimates) == 1:
        return found
    name, target, form = estimates[1]
    column = fresh("c_", free_symbols(row), unknown.indices[0])
    fitted = Sum(substitute(row, {unknown.indices[0]: column}) * substitute(estimates[0][2], {unknown.indices[0]: column}),
                 (column, 1, width))  # fmt: skip
    squares = Sum(weight * (response - fitted) ** 2, (index, *bounds)) / bounds[1]
    same = is_zero(Normaliser(derivation.declarations), form - squares)
    return replace(found, variance=name) if same and isinstance(target, Symbol) else None


def _resolved(derivation: Derivation) -> list[tuple[str, Expr, Expr]]:
    """(name, unknown, closed form in data and earlier unknowns), definitions unfolded.

    A name for an estimate, such as μ̂ for that of μ, stands for the estimate itself in later closed forms, so that it
    is not computed again.
    """
    definitions: dict[Head, Definition] = dict(derivation.definitions)
    found = []
    for unknown, value in derivation.estimates.items():
        form = unfold(value, definitions)
        found.append((_name(unknown), unknown, form))
        alias = head_and_parameters(value)
        if alias is not None and alias[0] in definitions:
            definitions[alias[0]] = (alias[1], unknown)
    return found


def _name(unknown: Basic) -> str:
    return str(unknown.base.label) if isinstance(unknown, Indexed) else str(unknown)


def estimates_on(derivation: Derivation, instance: Mapping[Basic, Any]) -> dict[Basic, Any]:
    """The estimates on an instance, by the symbol of their array; unknowns not estimated keep the instance's value."""
    made = estimator(derivation)
    values = dict(instance)
    found: dict[Basic, Any] = {}
    for (_, unknown, _), form in zip(made.estimates, made.forms, strict=True):
        head = unknown.base if isinstance(unknown, Indexed) else unknown
        found[head] = values[head] = form.on(values)
    return found
