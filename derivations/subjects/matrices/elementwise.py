"""Elementwise functions: how each is written, read, differentiated and computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Expr, Function, Integer, Rational, Symbol, exp, log, pi, sqrt
from sympy.core.function import UndefinedFunction

U = Symbol("u", real=True)


def head(name: str) -> UndefinedFunction:
    """The SymPy function of that name."""
    return Function(name, real=True)


_sigmoid, _tanh, _step, _sign, _normal = (head(n) for n in ("sigmoid", "tanh", "step", "sign", "normal_cdf"))
_relu, _sin, _cos, _softplus, _silu = (head(n) for n in ("relu", "sin", "cos", "softplus", "silu"))


@dataclass(frozen=True)
class Elementwise:
    """One function of a number.

    `stock` reads it as a SymPy expression in u, for functions that SymPy's own nodes express; the others stay heads whose
    derivative is `slope`, an expression in u, valid but for finitely many `kinks`. `analytic` says that it takes complex
    arguments, so that a complex step differentiates it.
    """

    latex: str
    compute: Callable[[Any], Any]
    stock: Expr | None = None
    slope: Expr | None = None
    kinks: tuple[int, ...] = ()
    analytic: bool = True


def logistic(u: Any) -> Any:
    """1/(1+e^(−u)) without overflow, for real and complex arguments."""
    return 0.5 * (1 + np.tanh(0.5 * u))


def _normal_cdf(u: Any) -> Any:
    from scipy.special import erf

    return 0.5 * (1 + erf(u / np.sqrt(2)))


def _heaviside(u: Any) -> Any:
    return (np.real(u) > 0).astype(float)[()]


def _log1pexp(u: Any) -> Any:
    return np.logaddexp(0, u) if not np.iscomplexobj(u) else np.log(1 + np.exp(u))


ELEMENTWISE: dict[str, Elementwise] = {
    "exp": Elementwise(r"\exp", np.exp, stock=exp(U)),
    "log": Elementwise(r"\log", np.log, stock=log(U)),
    "sqrt": Elementwise(r"\operatorname{sqrt}", np.sqrt, stock=sqrt(U)),
    "sigmoid": Elementwise(r"\operatorname{sigmoid}", logistic, slope=_sigmoid(U) * (1 - _sigmoid(U))),
    "tanh": Elementwise(r"\tanh", np.tanh, slope=1 - _tanh(U) ** 2),
    "sin": Elementwise(r"\sin", np.sin, slope=_cos(U)),
    "cos": Elementwise(r"\cos", np.cos, slope=-_sin(U)),
    "softplus": Elementwise(r"\operatorname{softplus}", _log1pexp, slope=_sigmoid(U)),
    "silu": Elementwise(r"\operatorname{silu}", lambda u: u * logistic(u), slope=_sigmoid(U) + _silu(U) * (1 - _sigmoid(U))),
    "gelu": Elementwise(
        r"\operatorname{gelu}", lambda u: u * _normal_cdf(u), slope=_normal(U) + U * exp(-(U**2) / 2) / sqrt(2 * pi)
    ),
    "normal_cdf": Elementwise(r"\Phi", _normal_cdf, slope=exp(-(U**2) / 2) / sqrt(2 * pi)),
    "relu": Elementwise(
        r"\operatorname{relu}", lambda u: np.where(np.real(u) > 0, u, 0), slope=_step(U), kinks=(0,), analytic=False
    ),
    "step": Elementwise(r"\operatorname{step}", _heaviside, slope=Integer(0), kinks=(0,), analytic=False),
    "abs": Elementwise(r"\operatorname{abs}", np.abs, slope=_sign(U), kinks=(0,), analytic=False),
    "sign": Elementwise(r"\operatorname{sign}", np.sign, slope=Integer(0), kinks=(0,), analytic=False),
}
"""Name → function. `sigma` and other names that are not here stand for an arbitrary differentiable function."""

HALF = Rational(1, 2)
SUFFIX = "_prime"


def latex_of(name: str) -> str:
    """How an elementwise function is written; f_prime as f′, a Greek name as its letter."""
    if name.endswith(SUFFIX):
        return latex_of(name.removesuffix(SUFFIX)) + "'"
    if name in ELEMENTWISE:
        return ELEMENTWISE[name].latex
    return rf"\{name}" if name in GREEK else name if len(name) == 1 else rf"\operatorname{{{name}}}"


_SMALL = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho")
_MORE = ("sigma", "tau", "phi", "chi", "psi", "omega")
_CAPITAL = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega")
GREEK = frozenset((*_SMALL, *_MORE, *_CAPITAL))
