"""Verification on sampled data: every step on random instances, and closed forms against independent numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator
from sympy import Basic, Expr, Indexed

from derivations.core.compilation import estimates_on
from derivations.core.definitions import unfold
from derivations.core.derivation import Derivation
from derivations.core.replay import replayer
from derivations.core.reports import Check, Report, Row, compare
from derivations.core.statements import Minimum
from numeric.differentiate import gradient
from numeric.evaluate import compile_expression
from numeric.instances import Variable, sizes_of
from numeric.sampling import sample

SMALL_SIZES = 3
RATE_LENGTHS = (200, 800, 3200, 12800)
RATE_REPETITIONS = 12


def verify(
    derivation: Derivation, *, samples: int = 400, seed: int = 0, progress: Callable[[str], None] | None = None
) -> Report:
    """Check every step on random instances and the conclusion on data sampled from the model.

    `samples` is the length of the main data set; `seed` fixes everything drawn; `progress` is told what is being done.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; at least one sample has to be drawn")
    tell = progress or (lambda what: None)
    rows: list[Row] = []
    tell("steps")
    rows += _steps(derivation, seed)
    if derivation.model and derivation.estimates:
        for what, check in _ESTIMATE_CHECKS.items():
            tell(what)
            rows += check(derivation, samples, np.random.default_rng([seed, len(rows)]))
    for check in derivation.checks:
        tell(check.__name__.replace("_", " "))
        rows += check(derivation, samples, np.random.default_rng([seed, len(rows)]))
    return Report(derivation.name, tuple(rows), samples, seed)


def _steps(derivation: Derivation, seed: int) -> Iterator[Row]:
    found = replayer(2, seed)(derivation)
    held = sum(check.ok for check in found.checks)
    tried = sum(check.instances > 0 for check in found.checks)
    problems = "; ".join(found.problems)
    yield Row(
        "steps made again by the kernel and decided again by the normal form", str(len(found.checks)),
        f"{held}" + (f" ({problems})" if problems else ""), "0", "each step holds or does not", found.ok,
    )  # fmt: skip
    if tried:
        yield Row(
            "steps tried on exact random instances", "no counterexample",
            "no counterexample" if found.ok else problems, "exact", f"{tried} steps, rational arithmetic or 40 digits",
            found.ok,
        )  # fmt: skip


# ---------------------------------------------------------------------- estimates against sampled data


def _groups(derivation: Derivation) -> Iterator[Minimum]:
    for statement in derivation.conclusions:
        if isinstance(statement, Minimum):
            yield statement


def _sizes(derivation: Derivation, samples: int) -> dict[Basic, int]:
    """The first axis of what is drawn counts the samples; every other size is small."""
    drawn = derivation.declarations.find(derivation.model[0].target.base)
    length = drawn.axes[0] if drawn is not None else None
    return {s: samples if s == length else SMALL_SIZES for s in sizes_of(derivation.declarations.variables)}


def _sampled(derivation: Derivation, samples: int, rng: Generator, truth: Mapping[Basic, Any] | None = None) -> dict[Basic, Any]:
    sizes = _sizes(derivation, samples)
    return sample(_parameters_and_data(derivation), derivation.model, rng, sizes=sizes, given=truth or {})


def _parameters_and_data(derivation: Derivation) -> tuple[Variable, ...]:
    defined = derivation.definitions
    return tuple(
        v for v in derivation.declarations.variables if v.symbol not in defined and v.domain.kind not in ("index", "size")
    )


def _unknowns(derivation: Derivation, minimum: Minimum) -> tuple[Variable, ...]:
    heads = {_head(u) for u in minimum.unknown}
    return tuple(v for v in derivation.declarations.variables if v.symbol in heads)


def _head(unknown: Expr) -> Basic:
    return unknown.base if isinstance(unknown, Indexed) else unknown


def _at_optimum(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    from numeric.optimise import minimise

    for minimum in _groups(derivation):
        instance = _sampled(derivation, samples, rng)
        closed = estimates_on(replace(derivation, conclusion=_only(derivation, minimum)), instance)
        objective = unfold(minimum.objective, derivation.definitions)
        unknowns = _unknowns(derivation, minimum)
        found = minimise(objective, unknowns, instance, rng=rng)
        for variable in unknowns:
            yield compare(
                f"{variable.name}: closed form against the numeric optimum (SciPy)", found.values[variable.symbol],
                closed[variable.symbol], 2e-4, "the optimum is flat: its argument is found to about the root of 1e-9",
            )  # fmt: skip
        best = compile_expression(objective, variables=derivation.declarations.variables).on({**instance, **closed})
        yield Row(
            "objective at the closed form is not above the numeric optimum", f"{found.objective:.10g}", f"{best:.10g}",
            "1e-9", "rounding of a sum over the sample, relative",
            bool(best <= found.objective + 1e-9 * max(1.0, abs(best))),
        )  # fmt: skip


def _only(derivation: Derivation, minimum: Minimum) -> Any:
    position = next(n for n in derivation.conclusion.steps if derivation.steps[n].statement is minimum)
    return replace(derivation.conclusion, steps=(position,))


def _score_and_curvature(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    for minimum in _groups(derivation):
        instance = _sampled(derivation, samples, rng)
        closed = estimates_on(replace(derivation, conclusion=_only(derivation, minimum)), instance)
        objective = compile_expression(
            unfold(minimum.objective, derivation.definitions), variables=derivation.declarations.variables
        )
        for variable in _unknowns(derivation, minimum):
            at = np.asarray(closed[variable.symbol], dtype=float)
            simplex = variable.domain.kind == "simplex"

            def along(values: Any, variable: Variable = variable, at: Any = at, simplex: bool = simplex,
                      instance: Mapping[Basic, Any] = {**instance, **closed}, f: Any = objective) -> Any:  # fmt: skip
                moved = np.reshape(values, at.shape)
                if simplex:  # along the simplex: the last probability takes what the others give
                    moved = np.concatenate([moved[..., :-1], 1 - moved[..., :-1].sum(axis=-1, keepdims=True)], axis=-1)
                return f.on({**instance, variable.symbol: moved})

            slope = gradient(along, at.ravel())
            scale = float(np.max(np.abs(np.asarray(along(at.ravel()))))) + samples
            yield compare(
                f"{variable.name}: score at the closed form, divided by the size of the objective", np.zeros_like(slope),
                slope / scale, 1e-6, "central differences lose half the digits",
            )  # fmt: skip
            free = slice(None, -1) if simplex else slice(None)
            bends = [_bend(along, at.ravel(), n) for n in range(at.size)[free]]
            yield Row(
                f"{variable.name}: curvature along each coordinate at the closed form", "> 0",
                f"smallest {min(bends):.6g}", "0", "a minimum bends upwards", min(bends) > 0,
            )  # fmt: skip
            smallest = _smallest_eigenvalue(along, at.ravel()[free], at.ravel(), free)
            yield Row(
                f"{variable.name}: smallest eigenvalue of the Hessian at the closed form", "> 0", f"{smallest:.6g}", "0",
                "a strict minimum has a positive definite Hessian", smallest > 0,
            )  # fmt: skip


def _bend(function: Callable[[Any], Any], at: Any, n: int) -> float:
    step = np.zeros_like(at)
    step[n] = 1e-4 * max(1.0, abs(at[n]), ) if abs(at[n]) > 1e-2 else 1e-2 * max(abs(at[n]), 1e-6)
    return float((function(at + step) - 2 * function(at) + function(at - step)) / step[n] ** 2)


def _smallest_eigenvalue(function: Callable[[Any], Any], start: Any, whole: Any, free: slice) -> float:
    from numeric.differentiate import hessian

    def of_free(values: Any) -> Any:
        full = np.array(whole)
        full[free] = values
        return function(full)

    matrix = np.asarray(hessian(of_free, start))
    return float(np.linalg.eigvalsh((matrix + matrix.T) / 2)[0])


def _rate(derivation: Derivation, samples: int, rng: Generator) -> Iterator[Row]:
    """The root mean square error of every estimate falls like one over the root of the sample size."""
    truth_at = _sampled(derivation, 30, rng)
    data = {draw.target.base for draw in derivation.model}
    sizes = set(sizes_of(derivation.declarations.variables))
    truth = {head: value for head, value in truth_at.items() if head not in data and head not in sizes}
    for minimum in _groups(derivation):
        single = replace(derivation, conclusion=_only(derivation, minimum))
        unknowns = [v for v in _unknowns(derivation, minimum) if v.symbol in _story_symbols(derivation)]
        errors: dict[Basic, list[float]] = {v.symbol: [] for v in unknowns}
        for length in RATE_LENGTHS:
            squares: dict[Basic, list[float]] = {v.symbol: [] for v in unknowns}
            for _ in range(RATE_REPETITIONS):
                instance = _sampled(derivation, length, rng, truth)
                found = estimates_on(single, instance)
                for variable in unknowns:
                    gap = np.asarray(found[variable.symbol]) - np.asarray(truth[variable.symbol])
                    squares[variable.symbol].append(float(np.mean(gap**2)))
            for head, values in squares.items():
                errors[head].append(float(np.sqrt(np.mean(values))))
        for variable in unknowns:
            slope = float(np.polyfit(np.log(RATE_LENGTHS), np.log(errors[variable.symbol]), 1)[0])
            yield Row(
                f"{variable.name}: error against sample size {RATE_LENGTHS[0]}–{RATE_LENGTHS[-1]}, slope of the logarithms",
                "-0.5", f"{slope:.3f}", "0.2",
                f"{RATE_REPETITIONS} repetitions at each of {len(RATE_LENGTHS)} sizes scatter the slope by about 0.06",
                abs(slope + 0.5) <= 0.2,
            )  # fmt: skip


def _story_symbols(derivation: Derivation) -> set[Basic]:
    from sympy import IndexedBase, Symbol

    atoms: set[Basic] = set()
    for draw in derivation.model:
        for parameter in draw.parameters:
            atoms |= parameter.atoms(IndexedBase, Symbol) if isinstance(parameter, Basic) else set()
    return atoms


_ESTIMATE_CHECKS: dict[str, Check] = {
    "numeric optimum": _at_optimum,
    "score and curvature": _score_and_curvature,
    "rate of convergence": _rate,
}
