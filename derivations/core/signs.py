"""Signs read off the declarations: what is known to be positive, non-negative or non-zero, and nothing guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntFlag

from sympy import Add, Basic, Expr, Indexed, KroneckerDelta, Mul, Pow, Product, Sum, Symbol, exp, log
from sympy.core.function import AppliedUndef


class Sign(IntFlag):
    """The values an expression may still take: a set of NEGATIVE, ZERO, POSITIVE."""

    NEGATIVE = 1
    ZERO = 2
    POSITIVE = 4
    ANY = 7


_FLIP = {Sign.NEGATIVE: Sign.POSITIVE, Sign.ZERO: Sign.ZERO, Sign.POSITIVE: Sign.NEGATIVE}


def _pairs(first: Sign, second: Sign, table: Callable[[Sign, Sign], Sign]) -> Sign:
    result = Sign(0)
    for one in Sign(first):
        for other in Sign(second):
            result |= table(one, other)
    return result


def _times(one: Sign, other: Sign) -> Sign:
    if Sign.ZERO in (one, other):
        return Sign.ZERO
    return Sign.POSITIVE if one == other else Sign.NEGATIVE


def _plus(one: Sign, other: Sign) -> Sign:
    if one == other or other == Sign.ZERO:
        return one
    return other if one == Sign.ZERO else Sign.ANY


class Signs:
    """Signs of real expressions, from SymPy assumptions of the declared symbols and from `conditions` taken as > 0.

    A condition with free indices holds for every value of them: from ``n[k] > 0`` follows ``n[j] > 0``.
    """

    def __init__(self, conditions: Iterable[Expr] = ()) -> None:
        self._conditions = tuple(conditions)
        self._known: dict[Basic, Sign] = {}

    def positive(self, expression: Expr) -> bool:
        """Known to be > 0."""
        return self.of(expression) == Sign.POSITIVE

    def nonnegative(self, expression: Expr) -> bool:
        """Known to be ≥ 0."""
        return not self.of(expression) & Sign.NEGATIVE

    def nonzero(self, expression: Expr) -> bool:
        """Known to be ≠ 0."""
        return not self.of(expression) & Sign.ZERO

    def of(self, expression: Expr) -> Sign:
        """The values the expression may take, as far as is known."""
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = self._decide(expression)
        return found

    def _decide(self, expression: Expr) -> Sign:
        if any(matches(condition, expression) for condition in self._conditions):
            return Sign.POSITIVE
        for kind, rule in _RULES.items():
            if isinstance(expression, kind):
                return rule(self, expression)
        return _assumed(expression)


def _assumed(expression: Expr) -> Sign:
    sign = Sign.ANY
    if expression.is_nonnegative:
        sign &= ~Sign.NEGATIVE
    if expression.is_nonpositive:
        sign &= ~Sign.POSITIVE
    if expression.is_zero is False:
        sign &= ~Sign.ZERO
    return sign


def _add(signs: Signs, expression: Expr) -> Sign:
    total = Sign.ZERO
    for term in expression.args:
        total = _pairs(total, signs.of(term), _plus)
    return total


def _mul(signs: Signs, expression: Expr) -> Sign:
    total = Sign.POSITIVE
    for factor in expression.args:
        total = _pairs(total, signs.of(factor), _times)
    return total


def _pow(signs: Signs, expression: Expr) -> Sign:
    base, exponent = signs.of(expression.base), expression.exp
    if base == Sign.POSITIVE and exponent.is_real is not False:
        return Sign.POSITIVE
    if exponent.is_integer and exponent.is_even:
        zero = base & Sign.ZERO if expression.exp.is_positive else Sign(0)
        return Sign.POSITIVE | zero
    if exponent.is_Rational and exponent.p == 1 and exponent.q % 2 == 0 and not base & Sign.NEGATIVE:
        return base  # a square root of something non-negative
    if exponent.is_integer and exponent.is_odd and exponent.is_positive:
        return base
    if exponent.is_integer and exponent.is_odd:
        return base & ~Sign.ZERO
    return Sign.ANY


def _sum(signs: Signs, expression: Sum) -> Sign:
    body = signs.of(expression.function)
    if body in (Sign.POSITIVE, Sign.NEGATIVE) and not _nonempty(expression):
        body |= Sign.ZERO
    return body if body in _KEPT_BY_ADDITION else Sign.ANY


_KEPT_BY_ADDITION = frozenset(
    (Sign.POSITIVE, Sign.NEGATIVE, Sign.ZERO, Sign.POSITIVE | Sign.ZERO, Sign.NEGATIVE | Sign.ZERO)
)


def _product(signs: Signs, expression: Product) -> Sign:
    body = signs.of(expression.function)
    return body if body == Sign.POSITIVE else Sign.ANY


def _nonempty(expression: Sum) -> bool:
    return all((limit[2] - limit[1]).is_nonnegative for limit in expression.limits if len(limit) == 3)


def _log(signs: Signs, expression: Expr) -> Sign:
    argument = expression.args[0]
    if argument.is_Rational and argument > 0:
        return Sign.POSITIVE if argument > 1 else Sign.NEGATIVE if argument < 1 else Sign.ZERO
    return Sign.ANY


_RULES: dict[type, Callable[[Signs, Expr], Sign]] = {
    Add: _add,
    Mul: _mul,
    exp: lambda signs, expression: Sign.POSITIVE,
    Pow: _pow,
    Sum: _sum,
    Product: _product,
    KroneckerDelta: lambda signs, expression: Sign.POSITIVE | Sign.ZERO,
    log: _log,
}


def matches(pattern: Expr, expression: Expr) -> bool:
    """Whether `expression` is `pattern` with its free plain indices replaced by other index expressions.

    >>> from sympy import IndexedBase, symbols
    >>> j, k = symbols("j k", integer=True)
    >>> n = IndexedBase("n")
    >>> matches(n[k], n[j]), matches(n[k], n[k] - 1)
    (True, False)
    """
    if pattern == expression:
        return True
    if not isinstance(pattern, (Indexed, AppliedUndef)) or type(pattern) is not type(expression):
        return False
    if isinstance(pattern, Indexed):
        if pattern.base != expression.base or len(pattern.indices) != len(expression.indices):
            return False
        slots, values = pattern.indices, expression.indices
    else:
        if pattern.func != expression.func:
            return False
        slots, values = pattern.args, expression.args
    bound: dict[Basic, Basic] = {}
    for slot, value in zip(slots, values, strict=True):
        if isinstance(slot, Symbol) and slot.is_integer:
            if bound.setdefault(slot, value) != value:
                return False
        elif slot != value:
            return False
    return True
