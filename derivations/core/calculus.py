"""Differentiation of indexed sums with respect to one array entry, without capture of bound indices.

SymPy's `Sum(x[i]**2, (i, 1, N)).diff(x[i])` takes the bound i for the free one; here bound indices are renamed apart
first, and ∂x[a]/∂x[b] is the indicator 1[a=b].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sympy import (
    Abs,
    Add,
    Basic,
    Derivative,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Mul,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    besseli,
    cos,
    erf,
    exp,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sin,
    zeta,
)  # fmt: skip
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, fresh, substitute, unnest
from derivations.core.functions import DERIVATIVES, prime

Variable: TypeAlias = Symbol | Indexed


class NotDifferentiable(ValueError):
    """An expression whose derivative the engine does not take, rather than guess."""

    def __init__(self, expression: Basic, variable: Basic, why: str) -> None:
        self.expression, self.variable, self.why = expression, variable, why
        super().__init__(f"cannot differentiate {expression} with respect to {variable}: {why}")


def differentiate(expression: Expr, variable: Variable) -> Expr:
    """∂expression/∂variable, for a Symbol or an entry such as mu[k, d] at free indices.

    >>> from sympy import symbols
    >>> i, k, N = symbols("i k N", integer=True, positive=True)
    >>> x = IndexedBase("x", real=True)
    >>> differentiate(Sum(x[i]**2, (i, 1, N)), x[k])
    Sum(2*KroneckerDelta(i, k)*x[i], (i, 1, N))
    """
    if not _involves(expression, variable):
        return S.Zero
    for kind, rule in _RULES.items():
        if isinstance(expression, kind):
            return rule(expression, variable)
    raise NotDifferentiable(expression, variable, f"no rule for {type(expression).__name__}; unfold its definition first")


def _involves(expression: Basic, variable: Variable) -> bool:
    if isinstance(variable, Indexed):
        return bool(expression.has(variable.base))
    return variable in free_symbols(expression) or variable in expression.free_symbols


def _entry(expression: Indexed, variable: Variable) -> Expr:
    for index in expression.indices:
        if _involves(index, variable):
            raise NotDifferentiable(expression, variable, "the variable occurs in an index")
    if not isinstance(variable, Indexed) or expression.base != variable.base:
        return S.Zero
    return Mul(*(KroneckerDelta(a, b) for a, b in zip(expression.indices, variable.indices, strict=True)))


def _mul(expression: Expr, variable: Variable) -> Expr:
    factors = expression.args
    terms = []
    for position, factor in enumerate(factors):
        slope = differentiate(factor, variable)
        if slope != 0:
            terms.append(Mul(*factors[:position], slope, *factors[position + 1 :]))
    return Add(*terms)


def _pow(expression: Pow, variable: Variable) -> Expr:
    base, exponent = expression.base, expression.exp
    slope = Mul(exponent, Pow(base, exponent - 1), differentiate(base, variable))  # at once: 2*(a+b) would distribute
    if _involves(exponent, variable):
        slope += expression * log(base) * differentiate(exponent, variable)
    return slope


def renamed_apart(expression: Sum | Product, variable: Variable) -> tuple[Expr, tuple[Symbol, Expr, Expr]]:
    """Body and outermost limit, the bound index renamed when it also occurs in `variable`."""
    body, (bound, lower, upper) = unnest(expression)
    taken = free_symbols(variable)
    if bound in taken:
        new = fresh(bound.name, taken | free_symbols(body), bound)
        body, bound = substitute(body, {bound: new}), new
    if _involves(lower, variable) or _involves(upper, variable):
        raise NotDifferentiable(expression, variable, "the variable occurs in a bound of summation")
    return body, (bound, lower, upper)


def _sum(expression: Sum, variable: Variable) -> Expr:
    body, limit = renamed_apart(expression, variable)
    slope = differentiate(body, variable)
    return Sum(slope, limit) if slope != 0 else S.Zero


def _product(expression: Product, variable: Variable) -> Expr:
    body, limit = renamed_apart(expression, variable)
    slope = differentiate(body, variable)
    return Product(body, limit) * Sum(slope / body, limit) if slope != 0 else S.Zero


def _log(expression: Expr, variable: Variable) -> Expr:
    """f′/f, taken factor by factor so that nothing has to cancel: (log Π f)′ = Σ (log f)′, (log bᵉ)′ = e·b′/b + e′·log b."""
    argument = expression.args[0]
    if isinstance(argument, Product):
        body, limit = renamed_apart(argument, variable)
        return Sum(differentiate(log(body), variable), limit)
    if isinstance(argument, Mul):
        return Add(*(differentiate(log(factor), variable) for factor in argument.args if _involves(factor, variable)))
    if isinstance(argument, Pow):
        slope = argument.exp * differentiate(log(argument.base), variable)
        return slope + log(argument.base) * differentiate(argument.exp, variable)
    return differentiate(argument, variable) / argument


def _delta(expression: KroneckerDelta, variable: Variable) -> Expr:
    raise NotDifferentiable(expression, variable, "an indicator of the variable jumps")


def _abs(expression: Expr, variable: Variable) -> Expr:
    raise NotDifferentiable(expression, variable, "the absolute value has a kink at zero")


def _function(expression: AppliedUndef, variable: Variable) -> Expr:
    if any(isinstance(a, IndexedBase) and isinstance(variable, Indexed) and a == variable.base for a in expression.args):
        return Derivative(expression, variable)
    if not any(_involves(argument, variable) for argument in expression.args):
        return S.Zero
    if expression.func in DERIVATIVES:
        return DERIVATIVES[expression.func](expression, lambda part: differentiate(part, variable))
    *order, argument = expression.args
    if not argument.is_integer and all(part.is_integer and not _involves(part, variable) for part in order):
        return prime(expression.func)(*order, argument) * differentiate(argument, variable)  # σ or σ_l, of one number
    raise NotDifferentiable(expression, variable, "the function is not defined; unfold its definition first")


def _smooth(expression: Expr, variable: Variable) -> Expr:
    """The chain rule for a function of its last argument, the order before it being fixed."""
    *order, argument = expression.args
    if any(_involves(part, variable) for part in order):
        raise NotDifferentiable(expression, variable, "the variable occurs in the order of the function")
    return SLOPES[type(expression)](*order, argument) * differentiate(argument, variable)


def _zeta_slope(argument: Expr) -> Expr:
    if not isinstance(argument, Symbol):
        raise NotDifferentiable(zeta(argument), argument, "the derivative of zeta is written for a plain symbol only")
    return Derivative(zeta(argument), argument)


SLOPES: dict[type, Callable[..., Expr]] = {
    sin: cos,
    cos: lambda u: -sin(u),
    gamma: lambda u: gamma(u) * polygamma(0, u),
    loggamma: lambda u: polygamma(0, u),
    polygamma: lambda m, u: polygamma(m + 1, u),
    besseli: lambda m, u: (besseli(m - 1, u) + besseli(m + 1, u)) / 2,
    erf: lambda u: 2 * exp(-(u**2)) / pi ** S.Half,
    zeta: _zeta_slope,
}
"""The derivatives of functions with respect to their last argument."""

_RULES: dict[type, Callable[..., Expr]] = {
    Symbol: lambda expression, variable: S.One if expression == variable else S.Zero,
    Indexed: _entry,
    Add: lambda expression, variable: Add(*(differentiate(term, variable) for term in expression.args)),
    Mul: _mul,
    exp: lambda expression, variable: expression * differentiate(expression.args[0], variable),
    Pow: _pow,
    log: _log,
    Sum: _sum,
    Product: _product,
    KroneckerDelta: _delta,
    Abs: _abs,
    AppliedUndef: _function,
    **dict.fromkeys(SLOPES, _smooth),
}
