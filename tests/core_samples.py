"""Declarations, random expressions and mutations that the tests of the engine share."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    I,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    nan,
    oo,
    zoo,
)  # fmt: skip
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core.binding import free_symbols
from derivations.core.equality import drawn, free_ranges
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.statements import InRange
from derivations.core.symbols import POSITIVE, Declarations, array, function, index, labels, scalar, size
from numeric.domains import INTEGER
from numeric.refute import Agreement, Inconclusive, Separation, refute

_SIZES = (size("N", "samples"), size("K", "classes"), size("D", "features"))
N, K, D = (entry.head for entry in _SIZES)
NAMES = Declarations((
    *_SIZES,
    *(index(name, N) for name in ("i", "j", "l")), *(index(name, K) for name in ("k", "c")),
    *(index(name, D) for name in ("d", "e")), index("h", N, lower=0),
    array("x", (N,), "x_{0}", "numbers"), array("z", (N, D), "z_{0}", "points"), array("a", (N, N), "a", "a matrix"),
    labels("y", N, K, "y", "classes"), array("mu", (K, D), "", "means"), array("w", (N,), "", "weights", POSITIVE),
    array("sigma2", (D,), "", "variances", POSITIVE), array("alpha", (K,), "", "priors", POSITIVE),
    scalar("t", "t", "a number"), scalar("u", "u", "a number"), scalar("q", "q", "positive", POSITIVE),
    scalar("r", "r", "positive", POSITIVE), scalar("b", "b", "an integer", INTEGER), function("f", "f", "a function"),
    function("g", "g", "a function"), array("n", (K,), "n", "counts"), array("m", (K,), "m", "more counts"),
))  # fmt: skip


def head(name: str) -> Any:
    """The SymPy object of a declared name."""
    return NAMES[name].head


i, j, l, k, c, d, e, h = map(head, "ijlkcdeh")  # noqa: E741
x, z, a, y, mu, w, sigma2, alpha = map(head, ("x", "z", "a", "y", "mu", "w", "sigma2", "alpha"))
t, u, q, r, b, f, g, n, m = map(head, "tuqrbfgnm")
VARIABLES = drawn(NAMES, {})
Choose = Callable[[Sequence[Any]], Any]


def separated(
    left: Expr, right: Expr, *, conditions: Sequence[Expr] = (), instances: int = 6, seed: int = 0, max_size: int = 3
) -> Separation | None:
    """An instance on which both sides have a value and the values differ, whichever sizes and labels; None when none was found.

    A normal form keeps values wherever both sides have one: it may be real where the expression is not, and the other way.
    """
    outcome = compared(left, right, conditions=conditions, instances=instances, seed=seed, max_size=max_size)
    return outcome if isinstance(outcome, Separation) and not outcome.is_of_domains else None


def compared(
    left: Expr, right: Expr, *, conditions: Sequence[Expr] = (), instances: int = 6, seed: int = 0, max_size: int = 3
) -> Separation | Agreement | Inconclusive:
    """Both sides compared on instances, empty classes and sizes of one included."""
    return refute(
        left, right, VARIABLES, free=free_ranges(NAMES, left, right, *conditions), instances=instances, seed=seed,
        conditions=conditions, max_size=max_size, every_label_occurs=False,
    )  # fmt: skip


def as_conditions(obligations: Iterator[InRange] | frozenset[InRange]) -> tuple[Expr, ...]:
    """Range obligations as expressions that have to be positive."""
    found: list[Expr] = []
    for known in sorted(obligations, key=str):
        found += [known.index - known.lower + 1, known.upper - known.index + 1]
    return tuple(part for part in found if not part.is_positive)


def normal(expression: Expr, conditions: Sequence[Expr] = ()) -> tuple[Expr, tuple[Expr, ...]] | None:
    """The normal form and the conditions that it rests on; None where there is none."""
    normaliser = Normaliser(NAMES, conditions)
    try:
        form = normaliser.expression(expression)
    except (TooLarge, UndefinedForm):
        return None
    return form, as_conditions(normaliser.obligations)


def real_and_finite(expression: Basic) -> bool:
    """Whether SymPy has not made an infinity or an imaginary number of it."""
    return not expression.has(zoo, nan, oo, I)


# ---------------------------------------------------------------------- random expressions


class Source:
    """Writes expressions; `choose` makes every choice, so that hypothesis or a seeded generator can drive it."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.count = 0

    def expression(self, depth: int = 3, scope: tuple[tuple[Symbol, Basic], ...] = ()) -> Expr:
        """An expression over NAMES; `scope` holds the bound indices with their last value."""
        if depth <= 0:
            return self.leaf(scope)
        kind = self.choose(
            ("sum", "sum", "sum", "mul", "mul", "add", "add", "leaf", "delta", "pow", "exp", "log", "product", "abs")
        )
        return getattr(self, f"_{kind}")(depth - 1, scope)

    def leaf(self, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        """A number, a scalar, an entry or an index."""
        makers: list[Callable[[], Expr]] = [
            lambda: Rational(self.choose((-2, -1, 1, 2, 3)), self.choose((1, 1, 2))), lambda: self.choose((t, q, N, K, b)),
        ]  # fmt: skip
        if scope:
            makers += [lambda: self._entry(scope)] * 5 + [lambda: self.choose(scope)[0]]
        return self.choose(makers)()

    def _leaf(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return self.leaf(scope)

    def _index(self, scope: tuple[tuple[Symbol, Basic], ...], wanted: Basic) -> Expr:
        """An index expression that mostly lies in 1..wanted."""
        fitting: list[Expr] = [symbol for symbol, last in scope if last == wanted] * 3
        if wanted == K:
            fitting += [y[symbol] for symbol, last in scope if last == N]
        if not fitting or self.choose((0,) * 12 + (1,)):
            fitting = [Integer(1), Integer(1), {N: i, K: k, D: d}[wanted]]
        return self.choose(fitting)

    def _entry(self, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        name = self.choose(("x", "x", "z", "mu", "mu", "w", "sigma2", "alpha", "y", "a"))
        return head(name)[tuple(self._index(scope, axis) for axis in NAMES[name].axes)]

    def _delta(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        def side() -> Expr:
            options: list[Expr] = [Integer(1), Integer(2), k, i, y[1]]
            for symbol, last in scope:
                options += [symbol] * 3 + [symbol + 1] + ([y[symbol]] * 2 if last == N else [])
            return self.choose(options)

        return KroneckerDelta(side(), side()) * self.expression(depth, scope)

    def _add(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return self.expression(depth, scope) + self.choose((1, 1, -1)) * self.expression(depth, scope)

    def _mul(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return self.expression(depth, scope) * self.expression(depth, scope)

    def _pow(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        exponents: list[Expr] = [Integer(2), Integer(2), Integer(3), Integer(-1), Integer(-2), Rational(1, 2), Rational(-1, 2),
                                 Rational(3, 2), b, Integer(0)]  # fmt: skip
        exponents += [symbol for symbol, _ in scope] + [KroneckerDelta(s, 1) for s, _ in scope]
        return Pow(self.expression(depth, scope), self.choose(exponents))

    def _exp(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return exp(self.expression(min(depth, 2), scope) / 4)

    def _log(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return log(self.expression(depth, scope) ** self.choose((1, 2)))

    def _abs(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return Abs(self.expression(depth, scope))

    def _range(self, scope: tuple[tuple[Symbol, Basic], ...]) -> tuple[Basic, Expr, Expr]:
        """(size whose index this mostly is, lower, upper)."""
        ranges: list[tuple[Basic, Expr, Expr]] = [(N, Integer(1), N)] * 6 + [(K, Integer(1), K)] * 5
        ranges += [(D, Integer(1), D)] * 3 + [(N, Integer(2), N), (Integer(0), Integer(0), N - 1), (N, Integer(1), N - 1),
                   (N, Integer(1), Integer(2)), (Integer(0), Integer(1), b), (K, Integer(1), K + 1), (N, N, N)]  # fmt: skip
        for symbol, last in scope:
            ranges += [(last, Integer(1), symbol), (last, symbol, last), (last, Integer(1), symbol - 1),
                       (last, symbol + 1, last), (Integer(0), Integer(1), symbol - 2)]  # fmt: skip
        return self.choose([rng for rng in ranges if rng[2] != 0])

    def _bound(self, scope: tuple[tuple[Symbol, Basic], ...], lower: Expr) -> Symbol:
        self.count += 1
        letter = self.choose(("i", "j", "k", "v", "v"))
        positive = True if lower.is_positive else None
        if letter == "v" or not positive:
            return Symbol(f"v{self.count}" if not scope or self.choose((0, 1, 1)) else "v0", integer=True, positive=positive)
        return head(letter)

    def _sum(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return self._fold(Sum, depth, scope)

    def _product(self, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        return self._fold(Product, depth, scope)

    def _fold(self, node: type, depth: int, scope: tuple[tuple[Symbol, Basic], ...]) -> Expr:
        wanted, lower, upper = self._range(scope)
        bound = self._bound(scope, lower)
        inside = (*((s, last) for s, last in scope if s != bound), (bound, wanted))
        return node(self.expression(depth, inside), (bound, lower, upper))


def seeded(seed: int, depth: int = 3) -> Expr:
    """The expression of a seed."""
    return Source(random.Random(seed).choice).expression(depth)


# ---------------------------------------------------------------------- mutations


def mutants(expression: Basic, symbols: Sequence[Symbol] = (N, K, D)) -> Iterator[Basic]:
    """The expression with one place changed: a sign, a factor, a power, an index, a bound, a term or an indicator."""
    yield from _changed_here(expression, symbols)
    if isinstance(expression, Indexed):
        for position, place in enumerate(expression.indices):
            for other in mutants(place, symbols):
                changed = list(expression.indices)
                changed[position] = other
                yield expression.base[tuple(changed)]
        return
    if isinstance(expression, Symbol) or not expression.args:
        return
    if isinstance(expression, ExprWithLimits):
        for body in mutants(expression.function, symbols):
            yield expression.func(body, *expression.limits)
        for position, (variable, lower, upper) in enumerate(expression.limits):
            for bounds in ((lower + 1, upper), (lower, upper - 1), (lower, upper + 1), *((lower, s) for s in symbols)):
                if bounds != (lower, upper):
                    limits = list(expression.limits)
                    limits[position] = (variable, *bounds)
                    yield expression.func(expression.function, *limits)
        return
    for position, argument in enumerate(expression.args):
        for other in mutants(argument, symbols):
            changed = list(expression.args)
            changed[position] = other
            try:
                built = expression.func(*changed)
            except (TypeError, ValueError):  # a derivative taken minus one times
                continue
            yield built


def _changed_here(expression: Basic, symbols: Sequence[Symbol]) -> Iterator[Basic]:
    if isinstance(expression, Add):
        for term in expression.args:
            yield expression - 2 * term
            yield expression - term
    elif isinstance(expression, Mul):
        for factor in expression.args:
            yield expression / factor
        yield 2 * expression
        yield -expression
    elif isinstance(expression, Pow):
        yield expression.base
        yield Pow(expression.base, expression.exp + 1)
        yield Pow(expression.base, -expression.exp)
    elif isinstance(expression, (Sum, Product)):
        yield 2 * expression
        yield -expression
    elif isinstance(expression, Symbol) and expression in symbols:
        yield from (other for other in symbols if other != expression)
    elif isinstance(expression, KroneckerDelta):
        yield Integer(1)
        yield 1 - expression
    elif isinstance(expression, Indexed):
        yield 2 * expression
        if len(expression.indices) == 2 and expression.indices[0] != expression.indices[1]:
            yield expression.base[expression.indices[::-1]]
        yield expression.base[(*expression.indices[:-1], expression.indices[-1] + 1)]
    elif isinstance(expression, Rational):
        yield expression + 1
        yield -expression
    elif isinstance(expression, (log, exp)):
        yield expression.args[0]
        yield 2 * expression


def all_bound(expression: Basic) -> frozenset[Symbol]:
    """Free index symbols of the expression that have no declared range."""
    return frozenset(s for s in free_symbols(expression) if s not in NAMES and NAMES.range_of(s) is None)


def judged_form(expression: Expr) -> Expr | None:
    """The normal form, where there is one that rests on no condition."""
    found = normal(expression) if real_and_finite(expression) else None
    return None if found is None or found[1] or not real_and_finite(found[0]) else found[0]
