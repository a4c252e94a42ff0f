"""Signs read off the declarations: what is known to be positive, non-negative or non-zero, and nothing guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntFlag

from sympy import (
    Add,
    Basic,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Mul,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    besseli,
    binomial,
    erf,
    exp,
    log,
)  # fmt: skip
from sympy.core.function import AppliedUndef

from derivations.core.binding import substitute
from derivations.core.ranges import bound_symbol, range_of
from derivations.core.symbols import Declarations
from numeric.special import ORDER_STATISTICS


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

    A condition with free indices holds for every value of them in their declared range: from ``n[k] > 0`` follows
    ``n[j] > 0`` for j of the same range, and nothing about ``n[k + 1]``.
    """

    def __init__(
        self,
        conditions: Iterable[Expr] = (),
        below_one: Iterable[Basic] = (),
        declarations: Declarations | None = None,
    ) -> None:
        self._conditions = tuple(conditions)
        self._declarations = declarations or Declarations()
        self._below_one = frozenset(below_one)
        self._known: dict[Basic, Sign] = {}

    @property
    def conditions(self) -> tuple[Expr, ...]:
        """What is taken as > 0."""
        return self._conditions

    def positive(self, expression: Expr) -> bool:
        """Known to be > 0."""
        return self.of(expression) == Sign.POSITIVE

    def nonnegative(self, expression: Expr) -> bool:
        """Known to be ≥ 0."""
        return not self.of(expression) & Sign.NEGATIVE

    def nonzero(self, expression: Expr) -> bool:
        """Known to be ≠ 0."""
        return not self.of(expression) & Sign.ZERO

    def below_one(self, expression: Expr) -> bool:
        """Known to be < 1 while positive: a symbol declared so, their products and positive powers, exp of a negative."""
        if isinstance(expression, (Symbol, Indexed)):
            return (expression.base if isinstance(expression, Indexed) else expression) in self._below_one
        if isinstance(expression, AppliedUndef):
            statistic = type(expression).__name__ in ORDER_STATISTICS
            return statistic and expression.args[0] in self._below_one
        if isinstance(expression, Rational):
            return bool(0 < expression < 1)
        if isinstance(expression, Mul):
            return all(factor == 1 or self.below_one(factor) for factor in expression.args)
        if isinstance(expression, exp):
            return self.of(expression.args[0]) == Sign.NEGATIVE
        if isinstance(expression, Pow) and expression.base.is_Rational and expression.base > 1:
            return self.of(expression.exp) == Sign.NEGATIVE
        if isinstance(expression, Pow):
            return self.positive(expression.exp) and self.below_one(expression.base)
        if isinstance(expression, Add):  # 1 − u, for 0 < u < 1
            number, rest = expression.as_coeff_Add()
            return bool(number == 1) and self.below_one(-rest)
        return False

    def of(self, expression: Expr) -> Sign:
        """The values the expression may take, as far as is known."""
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = self._decide(expression)
        return found

    def _decide(self, expression: Expr) -> Sign:
        if any(matches(condition, expression, self._declarations) for condition in self._conditions):
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
    for flipped, sign in ((expression, Sign.POSITIVE), (-expression, Sign.NEGATIVE)):
        number, rest = flipped.as_coeff_Add()
        if number == 1 and signs.below_one(-rest):
            return sign
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
        return Sign.POSITIVE | (Sign(0) if exponent.is_nonpositive else base & Sign.ZERO)  # 0⁰ is 1, 0² is 0
    if exponent.is_Rational and exponent.p == 1 and exponent.q % 2 == 0 and not base & Sign.NEGATIVE:
        return base  # a square root of something non-negative
    if exponent.is_integer and exponent.is_odd:
        return base & ~Sign.ZERO if exponent.is_negative else base
    return Sign.ANY


def _body(signs: Signs, expression: Sum | Product) -> Expr:
    """The summand with every bound index renamed to one that knows its range, and is positive only where that is."""
    body = expression.function
    bounds: dict[Basic, Basic] = {}
    for variable, lower, upper in reversed([limit for limit in expression.limits if len(limit) == 3]):
        bounds[variable] = bound_symbol(
            f"~{variable.name.split('[')[0]}", substitute(lower, bounds), substitute(upper, bounds)
        )
    return substitute(body, bounds)


def _sum(signs: Signs, expression: Sum) -> Sign:
    body = signs.of(_body(signs, expression))
    if body in (Sign.POSITIVE, Sign.NEGATIVE) and not _nonempty(expression):
        body |= Sign.ZERO
    return body if body in _KEPT_BY_ADDITION else Sign.ANY


_KEPT_BY_ADDITION = frozenset(
    (Sign.POSITIVE, Sign.NEGATIVE, Sign.ZERO, Sign.POSITIVE | Sign.ZERO, Sign.NEGATIVE | Sign.ZERO)
)


def _product(signs: Signs, expression: Product) -> Sign:
    body = signs.of(_body(signs, expression))
    return body if body == Sign.POSITIVE else Sign.ANY


def _nonempty(expression: Sum) -> bool:
    return all((limit[2] - limit[1]).is_nonnegative for limit in expression.limits if len(limit) == 3)


def _log(signs: Signs, expression: Expr) -> Sign:
    argument = expression.args[0]
    if argument.is_Rational and argument > 0:
        return Sign.POSITIVE if argument > 1 else Sign.NEGATIVE if argument < 1 else Sign.ZERO
    if argument.is_Atom or isinstance(argument, Indexed):
        return Sign.NEGATIVE if signs.below_one(argument) else Sign.ANY
    return signs.of(argument - 1) if signs.positive(argument) else Sign.ANY


def _order_statistic(signs: Signs, expression: AppliedUndef) -> Sign:
    """The largest, smallest or middle entry of an array has the sign that all its entries have."""
    if type(expression).__name__ in ORDER_STATISTICS and isinstance(expression.args[0], IndexedBase):
        return _assumed(expression.args[0].label)
    return _assumed(expression)


def _besseli(signs: Signs, expression: Expr) -> Sign:
    """I_v(x) > 0 for x > 0 and an order v that is whole or not negative."""
    order, argument = expression.args
    whole = order.is_integer or order.is_nonnegative
    return Sign.POSITIVE if whole and signs.positive(argument) else Sign.ANY


def _binomial(signs: Signs, expression: Expr) -> Sign:
    """The number of ways to choose b of a: positive for 0 ≤ b ≤ a."""
    above, below = expression.args
    if signs.nonnegative(below) and (above - below).is_nonnegative and below.is_integer:
        return Sign.POSITIVE
    return _assumed(expression)


_RULES: dict[type, Callable[[Signs, Expr], Sign]] = {
    Add: _add,
    Mul: _mul,
    exp: lambda signs, expression: Sign.POSITIVE,
    Pow: _pow,
    Sum: _sum,
    Product: _product,
    KroneckerDelta: lambda signs, expression: Sign.POSITIVE | Sign.ZERO,
    log: _log,
    besseli: _besseli,
    binomial: _binomial,
    erf: lambda signs, expression: signs.of(expression.args[0]),
    AppliedUndef: _order_statistic,
}


def matches(pattern: Expr, expression: Expr, declarations: Declarations) -> bool:
    """Whether `expression` is `pattern` with its free declared indices replaced by others of the same range.

    >>> from derivations.core.symbols import REAL, array, index, size
    >>> K = size("K", "").head
    >>> names = Declarations((size("K", ""), index("j", K), index("k", K), array("n", (K,), "", "")))
    >>> j, k, n = (names[name].head for name in "jkn")
    >>> matches(n[k], n[j], names), matches(n[k], n[k] - 1, names), matches(n[K], n[j], names)
    (True, False, False)
    """
    if pattern == expression:
        return True
    if type(pattern) is not type(expression):
        return False
    if not isinstance(pattern, (Indexed, AppliedUndef)):
        return _matches_at_one_index(pattern, expression, declarations)
    if isinstance(pattern, Indexed):
        if pattern.base != expression.base or len(pattern.indices) != len(expression.indices):
            return False
        slots, values = pattern.indices, expression.indices
    else:
        if pattern.func != expression.func or len(pattern.args) != len(expression.args):
            return False
        slots, values = pattern.args, expression.args
    bound: dict[Basic, Basic] = {}
    for slot, value in zip(slots, values, strict=True):
        if isinstance(slot, Symbol) and declarations.range_of(slot) is not None:
            if bound.setdefault(slot, value) != value or not _ranges_over(slot, value, declarations):
                return False
        elif slot != value:
            return False
    return True


def _matches_at_one_index(pattern: Expr, expression: Expr, declarations: Declarations) -> bool:
    """Whether putting another index of the same range in for the one free index of a pattern gives the expression."""
    entries = [e for e in pattern.atoms(Indexed) if len(e.indices) == 1 and e.indices[0].is_Symbol]
    indices = {e.indices[0] for e in entries}
    if len(indices) != 1 or pattern.has(Sum, Product):
        return False
    (index,) = indices
    places = {e.indices[0] for e in expression.atoms(Indexed) if e.base == entries[0].base and len(e.indices) == 1}
    return any(
        _ranges_over(index, place, declarations) and pattern.xreplace({index: place}) == expression for place in places
    )


def _ranges_over(slot: Symbol, value: Basic, declarations: Declarations) -> bool:
    """Whether the value is known to lie in the declared range of the slot."""
    wanted = declarations.range_of(slot)
    found = (value, value) if isinstance(value, Expr) and value.is_Integer else range_of(value, declarations)
    if wanted is None or found is None:
        return False
    if wanted == found:
        return True
    return bool((found[0] - wanted[0]).is_nonnegative and (wanted[1] - found[1]).is_nonnegative)
