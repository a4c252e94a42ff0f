"""Special functions by name, in long floats and on arrays: gamma and its logarithm's derivatives, Bessel, zeta, erf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Long = Callable[[Any, Any], Any]
"""(mpmath context, argument) → value."""

ONE_ARGUMENT: dict[str, tuple[Long, Callable[[Any, Any, Any], Any]]] = {
    "gamma": (lambda c, x: c.gamma(x), lambda c, x, value: value * c.psi(0, x)),
    "loggamma": (lambda c, x: c.loggamma(x), lambda c, x, value: c.psi(0, x)),
    "zeta": (lambda c, x: c.zeta(x), lambda c, x, value: c.zeta(x, 1, 1)),
    "erf": (lambda c, x: c.erf(x), lambda c, x, value: 2 * c.exp(-x * x) / c.sqrt(c.pi)),
    "sinh": (lambda c, x: c.sinh(x), lambda c, x, value: c.cosh(x)),
    "cosh": (lambda c, x: c.cosh(x), lambda c, x, value: c.sinh(x)),
    "tan": (lambda c, x: c.tan(x), lambda c, x, value: 1 + value * value),
    "atan": (lambda c, x: c.atan(x), lambda c, x, value: 1 / (1 + x * x)),
}
"""Name → (function, its derivative from the argument and the value)."""

WITH_ORDER: dict[str, tuple[Callable[[Any, int, Any], Any], Callable[[Any, int, Any], Any]]] = {
    "polygamma": (lambda c, m, x: c.psi(m, x), lambda c, m, x: c.psi(m + 1, x)),
    "besseli": (
        lambda c, m, x: c.besseli(m, x),
        lambda c, m, x: (c.besseli(m - 1, x) + c.besseli(m + 1, x)) / 2,
    ),
}
"""Name → (function, its derivative), of an integer order and an argument."""


def on_arrays(name: str) -> Callable[..., Any]:
    """The function of that name on arrays of floats; those of two arguments take the order, or y, first.

    >>> float(on_arrays("loggamma")(np.array(1.0)))
    0.0
    """
    return _ARRAYS[name]()


def _scipy(name: str) -> Callable[[], Callable[..., Any]]:
    def load() -> Callable[..., Any]:
        from scipy import special

        found: Callable[..., Any] = getattr(special, name)
        return found

    return load


_ARRAYS: dict[str, Callable[[], Callable[..., Any]]] = {
    "gamma": _scipy("gamma"),
    "loggamma": _scipy("gammaln"),
    "zeta": _scipy("zeta"),
    "erf": _scipy("erf"),
    "binomial": _scipy("binom"),
    "polygamma": _scipy("polygamma"),
    "besseli": _scipy("iv"),
    "sinh": lambda: np.sinh,
    "cosh": lambda: np.cosh,
    "tan": lambda: np.tan,
    "atan": lambda: np.arctan,
    "atan2": lambda: np.arctan2,
}


def zeta_slope(argument: Any) -> Any:
    """ζ′(s) on arrays, s > 1, through mpmath: 15 digits, one call an entry."""
    import mpmath

    return np.vectorize(lambda s: float(mpmath.zeta(s, 1, 1)))(np.asarray(argument, dtype=float))[()]


ORDER_STATISTICS: dict[str, tuple[Callable[[Any], Any], Callable[[list[Any]], Any]]] = {
    "largest": (np.max, max),
    "smallest": (np.min, min),
    "median": (np.median, lambda entries: _median(entries)),
}
"""Functions of a whole sample, written as a function applied to its array: (on an array of floats, on exact entries)."""


def _median(entries: list[Any]) -> Any:
    """The middle entry, or the mean of the two in the middle, exactly."""
    from fractions import Fraction

    ranked = sorted(entries)
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    middle = low + high
    return Fraction(middle) / 2 if isinstance(middle, (int, Fraction)) else middle / 2
