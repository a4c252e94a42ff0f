"""Fisher information, its inverse, and bias: expressions read off the derivations of `moments`."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Matrix, simplify

from derivations.subjects.likelihood.linear import NotClosed
from derivations.subjects.likelihood.moments import expected_estimates, information
from derivations.subjects.likelihood.result import MaximumLikelihood

__all__ = ["NotClosed", "asymptotic_variance", "bias", "fisher_information"]


def fisher_information(derivation: MaximumLikelihood) -> Matrix:
    """E[∂²ℓ/∂θ_j∂θ_k], the Fisher information of the whole sample. Raises: NotClosed.

    >>> from derivations.subjects.likelihood.families import family
    >>> fisher_information(family("normal"))
    Matrix([
    [N/sigma2,                0],
    [       0, N/(2*sigma2**2)]])
    """
    _, entries = information(derivation)
    size = max(row for row, _ in entries) + 1
    return Matrix(size, size, lambda a, b: simplify(entries[max(a, b), min(a, b)]))


def asymptotic_variance(derivation: MaximumLikelihood) -> Matrix:
    """The inverse of the Fisher information; standard errors are the roots of its diagonal. Raises: NotClosed."""
    return fisher_information(derivation).inv().applyfunc(simplify)


def bias(derivation: MaximumLikelihood) -> Mapping[Expr, Expr]:
    """E[θ̂] − θ for the estimates whose expectation closes. Raises: NotClosed.

    >>> from derivations.subjects.likelihood.families import family
    >>> bias(family("normal")), bias(family("exponential"))
    ({mu: 0, sigma2: -sigma2/N}, {lambda_: lambda_/(N - 1)})
    """
    _, found = expected_estimates(derivation)
    return {parameter: simplify(value - parameter) for parameter, value in found.items()}
