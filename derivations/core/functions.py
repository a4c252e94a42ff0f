"""Functions known by their derivatives: σ' beside every σ of one number, and inverse and determinant of a matrix.

A matrix that is an argument is written `Lambda((row, col), entry)`: its entry at row `row` and column `col`. With Λ of
n rows and columns, ``inverse(Λ, n, i, j)`` is the entry (Λ⁻¹)ᵢⱼ, ``determinant(Λ, n)`` is det Λ and ``logdet(Λ, n)`` is
log |det Λ|.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sympy import Abs, Basic, Expr, Function, Lambda, S, Sum, Symbol, cos, erf, exp, log, sign, sin, sqrt, tanh
from sympy.core.function import AppliedUndef, UndefinedFunction

from derivations.core.binding import free_symbols, fresh, substitute

ROW, COLUMN = Symbol("row", integer=True, positive=True), Symbol("col", integer=True, positive=True)
INVERSE, DETERMINANT, LOGDET = (Function(name, real=True) for name in ("inverse", "determinant", "logdet"))
NORM = Function("norm", real=True)  # norm(Λ, m, n): any norm of matrices with ‖X Y‖ ≤ ‖X‖·‖Y‖ and ‖diag d‖ = max |d|
_SUFFIX = "_prime"


_U = Symbol("u_", real=True)
BY_NAME: dict[str, Expr] = {
    "sigmoid": 1 / (1 + exp(-_U)), "tanh": tanh(_U), "sin": sin(_U), "cos": cos(_U), "softplus": log(1 + exp(_U)),
    "silu": _U / (1 + exp(-_U)), "normal_cdf": (1 + erf(_U / sqrt(2))) / 2, "gelu": _U * (1 + erf(_U / sqrt(2))) / 2,
    "relu": (_U + Abs(_U)) / 2, "step": (1 + sign(_U)) / 2, "abs": Abs(_U), "sign": sign(_U),
}  # fmt: skip
"""Functions of one number that go by a name, in terms of u_: what they are worth on an instance when no step says it."""


def named_function(name: str) -> tuple[tuple[Symbol, ...], Expr]:
    """The parameter and the value of a function of the table, as a definition."""
    return (_U,), BY_NAME[name]


def matrix_of(entry: Expr) -> Lambda:
    """The matrix with this entry at row ROW and column COLUMN."""
    return Lambda((ROW, COLUMN), entry)


@cache
def prime(function: UndefinedFunction) -> UndefinedFunction:
    """The derivative σ' of a function σ of one number, itself such a function.

    >>> prime(Function("sigma", real=True))
    sigma_prime
    """
    return Function(function.__name__ + _SUFFIX, real=True)


def antiderivative_name(name: str) -> str | None:
    """The name of σ when `name` is that of σ', else None."""
    return name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else None


def _slope(
    matrix: Lambda,
    size: Expr,
    derivative: Callable[[Expr], Expr],
    outside: frozenset[Symbol],
    weight: Callable[[Symbol, Symbol], Expr],
) -> Expr:
    """Σ over a, b of weight(a, b) · ∂Λ[a, b]."""
    taken = outside | free_symbols(matrix) | free_symbols(size)
    a = fresh("a_", taken, ROW)
    b = fresh("b_", taken | {a}, ROW)
    entry = substitute(matrix.expr, dict(zip(matrix.variables, (a, b), strict=True)))
    slope = derivative(entry)
    return S.Zero if slope == 0 else Sum(Sum(weight(a, b) * slope, (b, 1, size)), (a, 1, size))


def _inverse(call: AppliedUndef, derivative: Callable[[Expr], Expr]) -> Expr:
    """∂(Λ⁻¹)ᵢⱼ = −Σ (Λ⁻¹)ᵢₐ ∂Λₐᵦ (Λ⁻¹)ᵦⱼ, from ∂(Λ Λ⁻¹) = 0; needs det Λ ≠ 0."""
    matrix, size, i, j = call.args
    outside = free_symbols(i) | free_symbols(j)
    return -_slope(matrix, size, derivative, outside, lambda a, b: INVERSE(matrix, size, i, a) * INVERSE(matrix, size, b, j))


def _logdet(call: AppliedUndef, derivative: Callable[[Expr], Expr]) -> Expr:
    """∂ log |det Λ| = Σ (Λ⁻¹)ᵦₐ ∂Λₐᵦ (Jacobi's formula); needs det Λ ≠ 0."""
    matrix, size = call.args
    return _slope(matrix, size, derivative, frozenset(), lambda a, b: INVERSE(matrix, size, b, a))


def _determinant(call: AppliedUndef, derivative: Callable[[Expr], Expr]) -> Expr:
    """∂ det Λ = det Λ · Σ (Λ⁻¹)ᵦₐ ∂Λₐᵦ (Jacobi's formula); needs det Λ ≠ 0."""
    return call * _logdet(call, derivative)


DERIVATIVES: dict[UndefinedFunction, Callable[[AppliedUndef, Callable[[Expr], Expr]], Expr]] = {
    INVERSE: _inverse,
    LOGDET: _logdet,
    DETERMINANT: _determinant,
}
"""Function of a matrix → its derivative, given that of an entry."""


def inverted_matrices(expression: Basic) -> tuple[Expr, ...]:
    """The determinants that must not vanish for the derivatives of the expression to exist."""
    calls = (call for call in expression.atoms(AppliedUndef) if call.func in DERIVATIVES)
    return tuple(sorted({DETERMINANT(*call.args[:2]) for call in calls}, key=str))
