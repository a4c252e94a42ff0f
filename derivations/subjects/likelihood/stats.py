"""Random variables of `sympy.stats` as densities with their support."""

from __future__ import annotations

from typing import Any

from sympy import And, Eq, Expr, FiniteSet, Intersection, Interval, Lambda, Piecewise, Range, S, Set, Symbol, oo

from derivations.subjects.likelihood.model import BadModel


def is_random(given: Any) -> bool:
    """Whether this is a random variable of `sympy.stats`."""
    return hasattr(given, "pspace") and hasattr(given.pspace, "distribution")


def density_of(variable: Any) -> tuple[Expr, tuple[Symbol, Any]]:
    """The density of a random variable, and (symbol, set) for its support. Raises: BadModel.

    >>> from sympy.stats import Bernoulli
    >>> p = Symbol("p", positive=True)
    >>> density_of(Bernoulli("x", p))
    (p**x*(1 - p)**(1 - x), (x, Range(0, 2, 1)))
    """
    law = variable.pspace.distribution
    own = FiniteSet(*law.set) if isinstance(law.set, (set, frozenset)) else law.set
    found = _set(own)
    symbol = Symbol(str(variable.symbol if hasattr(variable, "symbol") else variable), **_assumptions(found))
    density = (law.pdf if hasattr(law, "pdf") else law.pmf)(symbol)
    density = density(symbol) if isinstance(density, Lambda) else density
    if isinstance(own, FiniteSet) and set(own.args) == {S.Zero, S.One}:
        return _of_two_points(density, symbol), (symbol, found)
    if isinstance(density, Piecewise):
        formulas = list(dict.fromkeys(value for value, condition in density.args if value != 0))
        density = formulas[0] if len(formulas) == 1 else density
    if density == 0:
        raise BadModel("random variable", variable, "give its density as an expression")
    return density, (symbol, found)


def _set(found: Set) -> Any:
    """The support as an Interval or a Range."""
    if found == S.Naturals:
        return Range(1, oo)
    if found == S.Naturals0:
        return Range(0, oo)
    if found == S.Integers:
        return Range(-oo, oo)
    if isinstance(found, Interval):
        return found
    if isinstance(found, Intersection):
        (interval,) = (part for part in found.args if isinstance(part, Interval))
        return Range(interval.inf, interval.sup + 1)
    if isinstance(found, FiniteSet) and all(number.is_Integer for number in found.args):
        numbers = sorted(found.args)
        if numbers == list(range(int(numbers[0]), int(numbers[-1]) + 1)):
            return Range(numbers[0], numbers[-1] + 1)
    raise BadModel("support of the random variable", found, "an interval or a range of integers")


def _assumptions(found: Any) -> dict[str, bool]:
    discrete = isinstance(found, Range)
    if discrete:
        return {"integer": True, **({"positive": True} if found.inf.is_positive else {"nonnegative": True})}
    return {"positive": True} if found.inf.is_nonnegative else {"real": True}


def _of_two_points(density: Expr, symbol: Symbol) -> Expr:
    """f(1)^x · f(0)^(1−x), from a Piecewise over x = 1 and x = 0."""
    at: dict[Expr, Expr] = {}
    for value, condition in density.args:
        for part in And.make_args(condition):
            if isinstance(part, Eq):
                at[part.rhs if part.lhs == symbol else part.lhs] = value
    if not {S.Zero, S.One} <= at.keys():
        raise BadModel("random variable", symbol, "give its probabilities at 0 and at 1 as an expression")
    return at[S.One] ** symbol * at[S.Zero] ** (1 - symbol)
