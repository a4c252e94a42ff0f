"""Ranges of indices: reserved names that carry their range, and what follows about a length from the ranges."""

from __future__ import annotations

from sympy import Basic, Expr, Symbol, expand

from derivations.core.binding import free_symbols
from derivations.core.symbols import Declarations

RESERVED = "_~"
"""The first letters of the names that the normal form gives to bound indices; nobody else may use them."""
MAX_BOUNDS = 8

_RANGES: dict[Symbol, tuple[Expr, Expr]] = {}


def bound_symbol(prefix: str, lower: Expr, upper: Expr) -> Symbol:
    """A reserved symbol that knows its range; equal ranges give equal symbols, and different ones different symbols."""
    positive = True if lower.is_positive else None
    while True:
        symbol = Symbol(f"{prefix}[{lower}..{upper}]", integer=True, positive=positive)
        if _RANGES.setdefault(symbol, (lower, upper)) == (lower, upper):
            return symbol
        prefix += "'"  # the same letters stand for other symbols


def range_of_bound(symbol: Basic) -> tuple[Expr, Expr] | None:
    """The range (lower, upper) of a symbol that `bound_symbol` made; None for any other."""
    return _RANGES.get(symbol)


def range_of(index: Basic, declarations: Declarations) -> tuple[Expr, Expr] | None:
    """The range of a reserved symbol, of a declared index, or of a label such as y[i]; None when it has none."""
    return _RANGES.get(index) or declarations.range_of(index)


def is_reserved(symbol: Symbol) -> bool:
    """Whether the name is one that the normal form keeps for itself."""
    return symbol.name[:1] in RESERVED


def known_nonnegative(expression: Expr, declarations: Declarations) -> bool:
    """Whether an integer expression is ≥ 0 for all values of its indices in their ranges.

    An index that enters linearly is put at the end of its range where the expression is smallest.

    >>> from derivations.core.symbols import index, size
    >>> N = size("N", "").head
    >>> names = Declarations((size("N", ""), index("i", N)))
    >>> i = names["i"].head
    >>> known_nonnegative(N - i, names), known_nonnegative(i - 2, names)
    (True, False)
    """
    for _ in range(MAX_BOUNDS):
        if expression.is_nonnegative:
            return True
        expression = expand(expression)
        slopes = _slopes(expression, declarations)
        if not slopes:
            return False
        symbol = next((s for s in slopes if not any(s in _names(range_of(o, declarations)) for o in slopes)), None)
        if symbol is None:
            return False
        lower, upper = range_of(symbol, declarations)  # type: ignore[misc]
        slope = slopes[symbol]
        expression = expression - slope * symbol + slope * (upper if slope.is_negative else lower)
    return False


def _slopes(expression: Expr, declarations: Declarations) -> dict[Symbol, Expr]:
    """Index → its coefficient, for the indices with a range that enter linearly."""
    terms = expression.as_coefficients_dict()
    found = {}
    for term in sorted(terms, key=str):
        if not isinstance(term, Symbol) or range_of(term, declarations) is None:
            continue
        if not any(term in free_symbols(other) for other in terms if other != term):
            found[term] = terms[term]
    return found


def _names(bounds: tuple[Expr, Expr] | None) -> frozenset[Symbol]:
    return frozenset() if bounds is None else free_symbols(bounds[0]) | free_symbols(bounds[1])
