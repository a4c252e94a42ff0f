"""Relations between states read off runs, and names matched, for iterations that are not linear: proposals to be proved.

A state that is a fixed multiple of another, or differs from it or from the number of the step by a fixed number, on
every run: the multiple or the number is recognised as a product of powers of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from itertools import combinations, islice, permutations

from sympy import Expr, Integer, Rational, S

from derivations.subjects.optimisers.arithmetic import Number, compiled, differ, plus, power, times
from derivations.subjects.optimisers.iteration import COUNTER, Iteration, Parameter, letter
from derivations.subjects.optimisers.linear import CONSTANT
from derivations.subjects.optimisers.relations import Relation
from derivations.subjects.optimisers.runs import GRADIENTS, STARTS, Oracles, instances, run

RUNS = 5
STEPS = 4
MAX_UNKNOWN = 5
"""Parameters of one side alone, for whose names all matchings are tried."""
MINUS = Fraction(-1)
_FACTORS = tuple(Rational(n, d) for n, d in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2)))

Values = Mapping[str, tuple[Fraction, ...]]
_Run = tuple[Values, Sequence[Mapping[str, Number]], Sequence[Mapping[str, Number]]]
_Terms = tuple[tuple[str, Expr], ...]
_Menu = Callable[[], Sequence[Expr]]


def relations(
    a: Iteration, b: Iteration, parameters: Sequence[Parameter], scheduled: Sequence[str]
) -> tuple[list[Relation], list[Relation]]:
    """For every state of b the simplest relation to one state of a that holds on a number of runs, and the other way round."""
    seen = list(_side_by_side(a, b, parameters, scheduled))
    coefficients = partial(_coefficients, tuple(p for p in parameters if p.name not in scheduled))
    turned = [(values, right, left) for values, left, right in seen]
    if not seen:
        return [], []
    return list(_related("b", b, "a", a, seen, coefficients)), list(_related("a", a, "b", b, turned, coefficients))


def _related(
    side: str, one: Iteration, other_side: str, other: Iteration, seen: Sequence[_Run], coefficients: _Menu
) -> Iterator[Relation]:
    for name in one.state:
        found = (shape(name, state, seen, coefficients) for shape in _SHAPES for state in other.state)
        terms = next((t for t in found if t is not None), None)
        if terms is not None:
            yield Relation(f"{side}.{name}", tuple((n if n == CONSTANT else f"{other_side}.{n}", c) for n, c in terms))


def _side_by_side(a: Iteration, b: Iteration, parameters: Sequence[Parameter], scheduled: Sequence[str]) -> Iterator[_Run]:
    for values in islice(instances(parameters, scheduled), RUNS):
        oracles = Oracles([Fraction(g) for g in GRADIENTS[3]])
        try:
            left, right = (run(one, values, STARTS[1], oracles, STEPS) for one in (a, b))
        except (ZeroDivisionError, ValueError):
            continue
        yield values, left.states, right.states


def _equal(name: str, other: str, seen: Sequence[_Run], coefficients: _Menu) -> _Terms | None:
    same = not any(differ(x[other], y[name]) for _, left, right in seen for x, y in zip(left, right, strict=True))
    return ((other, Integer(1)),) if same else None


def _multiple(name: str, other: str, seen: Sequence[_Run], coefficients: _Menu) -> _Terms | None:
    def quotient(x: Number, y: Number) -> Number | None:
        return times(y, power(x, MINUS)) if x != 0 else None

    factor = _recognised(_beside(name, other, seen), coefficients, lambda x, y: (x == 0) == (y == 0), quotient)
    return None if factor is None else ((other, factor),)


def _shifted(name: str, other: str, seen: Sequence[_Run], coefficients: _Menu) -> _Terms | None:
    number = _recognised(_beside(name, other, seen), coefficients, lambda x, y: True, _gap)
    return None if number is None else ((other, Integer(1)), (CONSTANT, number))


def _counting(name: str, other: str, seen: Sequence[_Run], coefficients: _Menu) -> _Terms | None:
    pairs = [(values, [(Fraction(k), y[name]) for k, y in enumerate(right)]) for values, _, right in seen]
    number = _recognised(pairs, coefficients, lambda x, y: True, _gap)
    return None if number is None else ((CONSTANT, COUNTER - 1 + number),)


def _beside(name: str, other: str, seen: Sequence[_Run]) -> list[tuple[Values, list[tuple[Number, Number]]]]:
    """For every run the values of the two states, step by step."""
    return [(values, [(x[other], y[name]) for x, y in zip(left, right, strict=True)]) for values, left, right in seen]


def _gap(x: Number, y: Number) -> Number:
    return plus(y, times(MINUS, x))


_Shape = Callable[[str, str, Sequence[_Run], _Menu], _Terms | None]
_SHAPES: tuple[_Shape, ...] = (_equal, _multiple, _shifted, _counting)


def _recognised(
    pairs: Sequence[tuple[Values, Sequence[tuple[Number, Number]]]],
    coefficients: _Menu,
    possible: Callable[[Number, Number], bool],
    compare: Callable[[Number, Number], Number | None],
) -> Expr | None:
    """The coefficient that the comparison of two states gives at every step of every run, or None."""
    wanted: list[tuple[Values, Number]] = []
    for values, states in pairs:
        if not all(possible(x, y) for x, y in states):
            return None
        compared = [c for c in (compare(x, y) for x, y in states) if c is not None]
        if not compared or any(differ(c, compared[0]) for c in compared):
            return None
        wanted.append((values, compared[0]))
    for coefficient in coefficients():
        if not any(differ(_value(coefficient, values), number) for values, number in wanted):
            return coefficient
    return None


def _value(coefficient: Expr, values: Values) -> Number:
    return compiled(coefficient)({name: sequence[0] for name, sequence in values.items()}, _silent)


def _silent(name: str, point: tuple[Number, ...]) -> Number:
    raise ValueError(f"{name} called in a coefficient")


@lru_cache(maxsize=64)
def _coefficients(parameters: tuple[Parameter, ...]) -> tuple[Expr, ...]:
    """Small numbers, and products of a small number with at most two powers of parameters or of 1 − them."""
    units: list[Expr] = []
    for p in parameters:
        units += [p.symbol, 1 - p.symbol] if p.kind == "unit-interval" else [p.symbol] if p.kind == "positive" else []
    powers = [unit ** Rational(e, 2) for unit in units for e in (2, -2, 4, -4, 1, -1)]
    found: list[Expr] = [S.Zero, S.One, *powers, *(x * y for x, y in combinations(powers, 2))]
    return tuple(dict.fromkeys(factor * e for e in found for factor in _FACTORS))


def renamings(a: Iteration, b: Iteration) -> Iterator[Mapping[str, Expr]]:
    """Maps that give parameters of b that a lacks the names of parameters of a that b lacks, kinds and schedules alike."""
    names = {p.name for p in a.parameters}, {p.name for p in b.parameters}
    ours = [p for p in a.parameters if p.name not in names[1]]
    theirs = [p for p in b.parameters if p.name not in names[0]]
    if not theirs or len(ours) != len(theirs) or len(theirs) > MAX_UNKNOWN:
        return
    for order in permutations(ours):
        if all(p.kind == q.kind for p, q in zip(order, theirs, strict=True)):
            yield {q.name: letter(p.name) for p, q in zip(order, theirs, strict=True)}
