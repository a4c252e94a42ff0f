"""Comparisons that `verify` makes for one-sample models: mass, numeric optimum, score, curvature, SciPy's own fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator
from sympy import Basic, log

from derivations.core.calculus import differentiate
from derivations.core.derivation import Derivation, Kind
from derivations.core.reports import Check, Row, compare
from derivations.subjects.likelihood.model import Model
from derivations.subjects.likelihood.quadrature import draw_parameters, tabulate
from numeric.differentiate import gradient, hessian
from numeric.evaluate import compile_expression
from numeric.failures import NumericFailure
from numeric.instances import Variable
from numeric.optimise import minimise

if TYPE_CHECKING:
    from derivations.subjects.likelihood.result import MaximumLikelihood

RIVALS = 200
ATTEMPTS = 8


def checks_for(model: Model) -> tuple[Check, ...]:
    """The comparisons for one model."""

    def sampled_data(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
        if derivation.conclusion.kind is Kind.REFUSED:
            return
        drawn = _sampled(model, derivation, samples, rng)
        if drawn is None:
            yield Row("a sample from the model", "drawn", "none", "—", "no parameters gave a usable sample", True)
            return
        data, truth, found = drawn
        objective = _Objective(derivation, model, data, truth)
        yield from _not_beaten(model, objective, found, rng)
        if derivation.conclusion.kind is not Kind.BOUNDARY_MAXIMUM:
            yield from _smooth(derivation, model, objective, found, rng)
        yield from _independent(model, data, truth, found)
        yield from _information(derivation, model, truth)

    return (sampled_data,)


class _Objective:
    """ℓ as a function of the parameters on one sample; infinite where an observation leaves the support."""

    def __init__(self, derivation: Derivation, model: Model, data: Any, truth: Mapping[Basic, Any]) -> None:
        self.model, self.data = model, data
        made: Any = derivation.estimator()
        self.expression = made.objective
        self.variables = derivation.declarations.variables
        self._compiled = compile_expression(self.expression, variables=self.variables)
        unknown = set(model.unknown)
        self.instance = {
            model.sample.head: data, model.size: len(data), **{s: v for s, v in truth.items() if s not in unknown},
        }  # fmt: skip

    def __call__(self, values: Any) -> float:
        parameters = dict(zip(self.model.unknown, np.ravel(values), strict=True))
        if not self._in_support(parameters):
            return float("inf")
        return float(self._compiled.on({**self.instance, **parameters}))

    def _in_support(self, parameters: Mapping[Basic, Any]) -> bool:
        numbers = {**parameters, **{s: v for s, v in self.instance.items() if getattr(s, "is_Symbol", False)}}
        low, high = self.model.support.lower, self.model.support.upper
        above = low is None or float(self.data.min()) >= float(low.xreplace(numbers))
        return above and (high is None or float(self.data.max()) <= float(high.xreplace(numbers)))


def _sampled(model: Model, derivation: Derivation, samples: int, rng: Generator) -> Any:
    """Data, true parameters and estimates, for parameters at which the density has its mass and the estimate exists."""
    made: Any = derivation.estimator()
    for _ in range(ATTEMPTS):
        truth = draw_parameters(model, rng)
        try:
            table = tabulate(model, truth)
            if not abs(table.mass - 1) < 1e-3:
                continue
            data = table.sample(rng, samples)
            known = {entry.name: truth[entry.head] for entry in model.known}
            return data, truth, made.fit(**{model.variable.name: data}, **known)
        except (NumericFailure, ValueError, ArithmeticError):
            continue
    return None


def _not_beaten(model: Model, objective: _Objective, found: Mapping[str, float], rng: Generator) -> Iterator[Row]:
    at = np.array([found[s.name] for s in model.unknown], dtype=float)
    best, rivals = objective(at), []
    declared = [entry.variable for entry in model.parameters]
    for n in range(RIVALS):
        if n % 2:
            drawn = draw_parameters(model, rng)
            rival = np.array([float(drawn[v.symbol]) for v in declared])
        else:
            rival = at + rng.normal(size=at.size) * np.maximum(np.abs(at), 0.1) * 10.0 ** rng.uniform(-5, 0)
        if all(v.domain.contains(np.rint(r) if v.domain.is_integral else r, {}) for v, r in zip(declared, rival, strict=True)):
            rivals.append(objective(rival))
    lowest = min((r for r in rivals if np.isfinite(r)), default=np.inf)
    yield Row(
        f"objective at the estimate against {len(rivals)} other parameter values", f"at most {lowest:.10g}", f"{best:.10g}",
        "1e-9", "rounding of a sum over the sample, relative", bool(best <= lowest + 1e-9 * max(1.0, abs(best))),
    )  # fmt: skip


def _smooth(
    derivation: Derivation, model: Model, objective: _Objective, found: Mapping[str, float], rng: Generator
) -> Iterator[Row]:
    at = np.array([found[s.name] for s in model.unknown], dtype=float)
    scale = abs(objective(at)) + len(objective.data)
    slope = gradient(objective, at) * np.maximum(np.abs(at), 1e-3)
    yield compare(
        "score at the estimate, relative to the size of the objective", np.zeros_like(slope), slope / scale, 1e-6,
        "central differences lose half the digits",
    )  # fmt: skip
    matrix = np.asarray(hessian(objective, at))
    sizes = np.maximum(np.abs(at), 1e-3)
    smallest = float(np.linalg.eigvalsh((matrix + matrix.T) / 2 * np.outer(sizes, sizes))[0])
    yield Row(
        "smallest eigenvalue of the Hessian at the estimate, in units of the parameters", "> 0", f"{smallest:.6g}", "0",
        "a strict minimum has a positive definite Hessian", smallest > 0,
    )  # fmt: skip
    unknowns = [entry.variable for entry in model.parameters]
    if derivation.conclusion.kind is Kind.NO_CLOSED_FORM:
        return
    best = minimise(objective.expression, unknowns, objective.instance, rng=rng)
    for unknown in unknowns:
        yield compare(
            f"{unknown.name}: closed form against the numeric optimum (SciPy)", best.values[unknown.symbol],
            found[unknown.name], 2e-4, "the optimum is flat: its argument is found to about the root of 1e-9",
        )  # fmt: skip


def _independent(model: Model, data: Any, truth: Mapping[Basic, Any], found: Mapping[str, float]) -> Iterator[Row]:
    from numeric.oracles.likelihood import FITS, fit

    if model.name not in FITS or any(entry.name not in found for entry in model.parameters):
        return
    known = {entry.name: float(truth[entry.head]) for entry in model.known}
    other = fit(model.name, data, known)
    if other is None or set(other) != set(found):
        return
    for name, value in other.items():
        yield compare(
            f"{name}: estimate against scipy.stats", value, found[name], 1e-3,
            "SciPy's general fit is a simplex search that stops at 1e-4",
        )  # fmt: skip


def _information(derivation: Derivation, model: Model, truth: Mapping[Basic, Any]) -> Iterator[Row]:
    """The Fisher information, where it closes, against the second derivatives averaged over the density."""
    from derivations.subjects.likelihood.information import NotClosed, fisher_information

    try:
        closed = fisher_information(derivation)  # type: ignore[arg-type]
    except NotClosed:
        return
    table = tabulate(model, truth)
    variables = (Variable(model.sample.head, model.domain, (model.size,)),)
    surprise = -log(model.at_sample(model.density))
    for row, a in enumerate(model.unknown):
        for column, b in enumerate(model.unknown[: row + 1]):
            entry = differentiate(differentiate(surprise, a), b)
            compiled = compile_expression(entry, free=((model.index, 1, model.size),), variables=variables)
            with np.errstate(all="ignore"):
                values = np.asarray(compiled.on({model.sample.head: table.points, model.size: len(table.points), **truth}))
            inside = (table.weights > 1e-18) & np.isfinite(values)
            expected = float(np.dot(values[inside], table.weights[inside]))
            found = compile_expression(closed[row, column], variables=()).on({**truth, model.size: 1})
            yield compare(
                f"Fisher information of {a}, {b}: closed form against the average over the density", expected, found, 2e-3,
                "the trapezoidal rule on 4001 points is good to this where the density has a kink",
            )  # fmt: skip


def quick(derivation: MaximumLikelihood, samples: int = 300, seed: int = 0) -> bool:
    """Whether the comparisons on sampled data hold, without replaying the steps."""
    rng = np.random.default_rng(seed)
    return all(row.ok for check in derivation.checks for row in check(derivation, samples, rng))
