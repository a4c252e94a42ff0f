"""Maps between parameters: solved for from the responses of two linear iterations, proposed for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

from sympy import (
    Expr,
    Integer,
    Matrix,
    Poly,
    PolynomialError,
    Rational,
    S,
    Symbol,
    cancel,
    factor_list,
    fraction,
    nan,
    solve,
    together,
    zoo,
)  # fmt: skip

from derivations.subjects.optimisers.elimination import TooMuchWork
from derivations.subjects.optimisers.iteration import COUNTER, START, Iteration, Parameter, letter
from derivations.subjects.optimisers.linear import CONSTANT, Form, combine, system

MAX_OPERATIONS = 6_000
"""Operations in the responses of one iteration, and in the equations solved for a map, beyond which the search is given up."""
MAX_LETTERS = 16
"""Letters in an equation that is factored."""
RESPONSES = 4
"""Steps whose responses are compared to find a map; the map found is then proved, or refuted, for all steps."""

Map = Mapping[str, Expr]


@lru_cache(maxsize=256)
def responses(iteration: Iteration) -> tuple[Expr, ...]:
    """How the points queried in the first steps depend on the start and on each oracle value so far.

    Raises: NotLinear, TooMuchWork.
    """
    one = system(iteration)
    state: dict[str, Form] = {name: dict(form) for name, form in one.start.items()}
    found: list[Form] = []
    for step in range(RESPONSES):
        program = (one.first if step == 0 else None) or one.step
        env = dict(state) | {call.input: {f"{call.input}@{step}": S.One} for call in program.calls}
        for call in program.calls:
            found += [_put(dict(argument), env) for argument in call.arguments]
        state = {name: _put(form, env) for name, form in program.new.items()}
        if sum(value.count_ops() for form in state.values() for value in form.values()) > MAX_OPERATIONS:
            raise TooMuchWork(MAX_OPERATIONS)
    found += [state[iteration.output]] if not one.step.calls else []
    keys = [str(START), CONSTANT, *(f"{c.input}@{s}" for s in range(RESPONSES) for c in one.step.calls)]
    return tuple(form.get(key, S.Zero).expand() for form in found for key in keys)


def _put(form: Form, env: Mapping[str, Form]) -> Form:
    return combine(*((c, env.get(name, {name: S.One})) for name, c in form.items()))


def solved(a: Iteration, b: Iteration) -> list[Map]:
    """Every map from parameters of b to expressions in those of a under which the first responses agree.

    A parameter of b that stays free keeps its name, unless a has one of that name. None are returned when the search has to
    be given up.
    """
    try:
        return _solved(a, b)
    except (TooMuchWork, PolynomialError):
        return []


def _solved(a: Iteration, b: Iteration) -> list[Map]:
    unknown = {p.symbol: letter(f"{p.name}__b") for p in b.parameters}
    left, right = responses(a), responses(b)
    if len(left) != len(right) or not unknown:
        return []
    budget = _Budget()
    known = {p.symbol for p in a.parameters}
    generic = {s: Rational(3 + 2 * n, 11 + n) for n, s in enumerate(sorted(known, key=str))}
    right = tuple(expression.xreplace(unknown) for expression in right)
    if not _solutions(_ordered(_equations([e.xreplace(generic) for e in left], right)), tuple(unknown.values()), budget):
        return []  # no solution for generic coefficients: none for letters, found faster
    equations = _equations(left, right)
    found: list[Map] = []
    for solution in _solutions(_ordered(equations), tuple(unknown.values()), budget):
        free = {new: name for name, new in unknown.items() if new not in solution and name not in known}
        full = {name.name: solution[new].xreplace(free) for name, new in unknown.items() if new in solution}
        if all(value.free_symbols <= known | set(free.values()) for value in full.values()):
            found.append({name: cancel(value) for name, value in full.items()})
    return found


@dataclass
class _Budget:
    """Operations that may still be spent."""

    left: int = 10 * MAX_OPERATIONS

    def spend(self, equations: Sequence[Expr]) -> None:
        """Take off the size of equations. Raises: TooMuchWork when nothing is left."""
        self.left -= sum(e.count_ops() for e in equations)
        if self.left < 0:
            raise TooMuchWork(10 * MAX_OPERATIONS)


def _solutions(equations: Sequence[Expr], unknown: tuple[Symbol, ...], budget: _Budget) -> list[dict[Symbol, Expr]]:
    """Solutions found by taking equations that are linear in an unknown one after another; factors one by one."""
    budget.spend(equations)
    if not equations:
        return [{}]
    for equation in equations:
        if not equation.free_symbols & set(unknown):
            return []
    first = equations[0]
    found: list[dict[Symbol, Expr]] = []
    for symbol in sorted(first.free_symbols & set(unknown), key=str):
        for value in _roots(first, symbol):
            rest = {_numerator(e.subs(symbol, value)) for e in equations[1:]} - {S.Zero}
            for more in _solutions(_ordered(rest), tuple(u for u in unknown if u != symbol), budget):
                found.append({symbol: cancel(value.subs(more)), **more})
        break
    return found


def _equations(left: Sequence[Expr], right: Sequence[Expr]) -> set[Expr]:
    return {_numerator(one - other) for one, other in zip(left, right, strict=True)} - {S.Zero}


def _ordered(equations: set[Expr]) -> list[Expr]:
    """Short equations first."""
    return sorted(equations, key=lambda e: (len(e.args), str(e)))


def _numerator(expression: Expr) -> Expr:
    if expression.is_polynomial():
        return expression.expand()
    return fraction(together(expression))[0].expand()


def _roots(equation: Expr, symbol: Symbol) -> list[Expr]:
    """The roots of the linear, quadratic and pure factors of an equation; others of higher degree are passed over."""
    found = Poly(equation, symbol)
    if found.degree() == 1:
        slope, rest = found.all_coeffs()
        return [-rest / slope]
    values: list[Expr] = []
    if len(equation.free_symbols) > MAX_LETTERS:
        raise TooMuchWork(MAX_LETTERS)
    for factor, _ in factor_list(equation)[1]:
        degree = Poly(factor, symbol).degree() if symbol in factor.free_symbols else 0
        if degree == 1:
            values += _roots(factor, symbol)
        elif degree == 2:
            values += solve(factor, symbol)
        elif degree > 2 and len(Poly(factor, symbol).terms()) == 2:
            values += _real_root(Poly(factor, symbol), degree)
    return sorted(values, key=lambda value: (value.could_extract_minus_sign(), value.count_ops(), str(value)))


def _real_root(binomial: Poly, degree: int) -> list[Expr]:
    """The real root of a·xⁿ + c, of either sign where n is even; none where a lower power than that is left."""
    lead, *_, rest = binomial.all_coeffs()
    if rest == 0:
        return []
    root = cancel(-rest / lead) ** Rational(1, degree)
    return [root, -root] if degree % 2 == 0 else [root]


def invertible(found: Map, parameters: Sequence[Parameter]) -> bool:
    """Whether the map is one-to-one near generic values: as many parameters on both sides, and a regular Jacobian."""
    symbols = [p.symbol for p in parameters]
    used = [s for s in symbols if any(s in e.free_symbols for e in found.values())]
    if len(used) != len(symbols) or len(found) != len(symbols):
        return False
    generic = {s: Rational(3 + 2 * n, 11 + n) for n, s in enumerate(symbols)}
    jacobian = Matrix([[value.diff(s) for s in symbols] for value in found.values()]).subs(generic)
    return bool(jacobian.rank() == len(symbols))


def inside(found: Map, b: Iteration, values: Sequence[Mapping[str, tuple[Fraction, ...]]]) -> bool:
    """Whether the map takes values of a's parameters to values in the domains of b's, on the instances where it is defined."""
    defined = 0
    for instance in values:
        numbers = {letter(name): Rational(v[0].numerator, v[0].denominator) for name, v in instance.items()}
        mapped = {name: value.xreplace({**numbers, COUNTER: Integer(2)}) for name, value in found.items()}
        if any(value.has(nan, zoo) for value in mapped.values()):
            continue
        defined += 1
        for name, value in mapped.items():
            if value.free_symbols or not value.is_real or not _IN[b.parameter(name).kind](value):
                return False
    return defined > 0


_IN: dict[str, Callable[[Any], bool]] = {
    "real": lambda value: True,
    "positive": lambda value: bool(value > 0),
    "nonnegative": lambda value: bool(value >= 0),
    "unit-interval": lambda value: bool(0 < value < 1),
}


def proposals(shared: Sequence[Parameter]) -> Iterator[Map]:
    """Scalings of the positive parameters by powers of the bias corrections 1 − βᵗ, simplest first."""
    decays = [p for p in shared if p.kind == "unit-interval"]
    scaled = [p for p in shared if p.kind == "positive"]
    powers = (S.Zero, Rational(1, 2), Rational(-1, 2), S.One, S.NegativeOne)
    factors: list[Expr] = []
    for exponents in product(powers, repeat=len(decays)):
        factor = Integer(1)
        for decay, exponent in zip(decays, exponents, strict=True):
            factor *= (1 - decay.symbol**COUNTER) ** exponent
        factors.append(factor)
    choices = sorted(product(factors, repeat=len(scaled)), key=lambda c: sum(f.count_ops() for f in c))
    for choice in choices:
        found = {p.name: p.symbol * f for p, f in zip(scaled, choice, strict=True) if f != 1}
        if found:
            yield found
