"""Sampling: data drawn by a generative story, parameters first, then each line of the story at once for all indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sympy import Basic, IndexedBase, Symbol

from numeric.evaluate import compile_expression
from numeric.failures import UnboundSymbol, UnknownDistribution
from numeric.instances import Draw, Variable, draw_instance, with_every_label

Array = NDArray[Any]


def _categorical(rng: Generator, shape: tuple[int, ...], probabilities: Array) -> Array:
    steps = np.cumsum(probabilities)
    return np.minimum(np.searchsorted(steps, rng.random(shape), side="right"), steps.size - 1) + 1


DISTRIBUTIONS: dict[str, Callable[..., Array]] = {
    "categorical": _categorical,
    "normal": lambda rng, shape, mean, variance: rng.normal(mean, np.sqrt(variance), shape),
    "lognormal": lambda rng, shape, mean, variance: rng.lognormal(mean, np.sqrt(variance), shape),
    "laplace": lambda rng, shape, location, scale: rng.laplace(location, scale, shape),
    "uniform": lambda rng, shape, low, high: rng.uniform(low, high, shape),
    "exponential": lambda rng, shape, rate: rng.exponential(1 / np.asarray(rate), shape),
    "gamma": lambda rng, shape, form, rate: rng.gamma(form, 1 / np.asarray(rate), shape),
    "beta": lambda rng, shape, a, b: rng.beta(a, b, shape),
    "bernoulli": lambda rng, shape, probability: rng.binomial(1, probability, shape),
    "binomial": lambda rng, shape, trials, probability: rng.binomial(
        np.asarray(trials, dtype=np.int64), probability, shape
    ),
    "geometric": lambda rng, shape, probability: rng.geometric(probability, shape),
    "poisson": lambda rng, shape, rate: rng.poisson(rate, shape),
    "pareto": lambda rng, shape, form, scale: scale * (1 + rng.pareto(form, shape)),
    "weibull": lambda rng, shape, form, scale: scale * rng.weibull(form, shape),
}
"""Samplers by name: normal and lognormal take a VARIANCE, exponential and gamma a RATE, categorical gives 1..K."""


def sample(
    variables: Sequence[Variable],
    draws: Sequence[Draw],
    rng: Generator,
    *,
    sizes: Mapping[Symbol, int],
    given: Mapping[Any, Any] | None = None,
    every_label_occurs: bool = True,
) -> dict[Basic, Any]:
    """Parameters drawn in their domains (or `given`), then data by the story, in the order of its lines.

    sizes: every size. given: parameters already known, by symbol.
    every_label_occurs: as few labels as needed are replaced so that each class has a sample.

    Returns an instance of floats, labels in 1..K.
    Raises: UnknownDistribution, UnboundSymbol, NoInstance, UnknownSize.

    >>> from numeric.domains import POSITIVE, REAL
    >>> i, N = Symbol("i", integer=True, positive=True), Symbol("N", integer=True, positive=True)
    >>> x, s = IndexedBase("x", real=True), Symbol("s", positive=True)
    >>> story = [Draw(x[i], "normal", (0, s))]
    >>> drawn = sample([Variable(x, REAL, (N,)), Variable(s, POSITIVE)], story, np.random.default_rng(0), sizes={N: 5})
    >>> drawn[x].shape
    (5,)
    """
    declared = {variable.symbol: variable for variable in variables}
    told = {draw.target.base for draw in draws}
    free = [variable for variable in variables if variable.symbol not in told and variable.symbol not in (given or {})]
    instance = draw_instance(free, rng, sizes=sizes, every_label_occurs=False)
    instance.update(sizes)
    instance.update(given or {})
    for draw in draws:
        if draw.distribution not in DISTRIBUTIONS:
            raise UnknownDistribution(draw.distribution, tuple(DISTRIBUTIONS))
        variable = declared.get(draw.target.base)
        if variable is None:
            raise UnboundSymbol(draw.target.base, tuple(map(str, declared)))
        values = _tell(draw, variable, variables, instance, sizes, rng)
        if variable.domain.kind == "label" and every_label_occurs:
            values = with_every_label(values, variable.domain.last(sizes), rng)
        instance[variable.symbol] = values
    return instance


def _tell(
    draw: Draw,
    variable: Variable,
    variables: Sequence[Variable],
    instance: Mapping[Basic, Any],
    sizes: Mapping[Symbol, int],
    rng: Generator,
) -> Array:
    free = tuple((index, 1, extent) for index, extent in zip(draw.target.indices, variable.shape, strict=True))
    parameters = [
        np.asarray(instance[parameter], dtype=float)
        if isinstance(parameter, IndexedBase)
        else compile_expression(parameter, free=free, variables=variables).on(instance)
        for parameter in draw.parameters
    ]
    return DISTRIBUTIONS[draw.distribution](rng, variable.shape_under(sizes), *parameters)
