"""A density and its parameters as a user gives them, read into a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Float,
    Ge,
    Gt,
    Interval,
    KroneckerDelta,
    Le,
    Lt,
    Mul,
    Or,
    Piecewise,
    Range,
    Rational,
    S,
    Symbol,
    beta,
    cosh,
    coth,
    csch,
    erf,
    erfc,
    exp,
    gamma,
    oo,
    sech,
    sinh,
    tanh,
    true,
)  # fmt: skip

from derivations.core.binding import free_symbols
from derivations.core.symbols import Declaration, DeclarationError
from derivations.subjects.likelihood.model import DOMAINS, BadModel, Model, Support, letter_of
from numeric.domains import BINARY, INTEGER, NATURAL, NONNEGATIVE, POSITIVE, REAL, SIZE, UNIT_INTERVAL, Domain
from numeric.special import ORDER_STATISTICS

SIZE_NAMES, INDEX_NAMES, DENSITY_NAMES = ("N", "M", "T", "n_obs"), ("i", "j", "t", "i_obs"), ("p", "f", "g", "pdf")
_RESERVED = ("ell", "likelihood", "expectation", *ORDER_STATISTICS)
"""Names of functions that derivations declare."""
_REWRITTEN: tuple[tuple[list[type], type], ...] = (
    ([beta], gamma), ([erfc], erf), ([cosh, sinh, tanh, sech, csch, coth], exp),
)  # fmt: skip
"""Functions that are written with others, which the engine has rules for."""


def read(density: Any, variable: Any, parameters: Any, known: Any = (), name: str = "") -> Model:
    """The model of a density as `derivations.mle` takes it. Raises: BadModel."""
    symbol, domain, support = _variable(variable)
    if not isinstance(density, Expr):
        raise BadModel("density", density, "give a SymPy expression in the variable, or a sympy.stats random variable")
    density = _exact(density)
    support = Support(*(None if end is None else _exact(end) for end in (support.lower, support.upper)))
    for functions, target in _REWRITTEN:
        density = density.rewrite(functions, target) if density.has(*functions) else density
    expression, more = _cases(density, symbol)
    support = Support(*(new if new is not None else old for new, old in zip(
        (more.lower, more.upper), (support.lower, support.upper), strict=True)))  # fmt: skip
    unknown, given = _declared(parameters, "parameter"), _declared(known, "known")
    if not unknown:
        raise BadModel("parameters", parameters, "name at least one to estimate")
    renaming = {s: entry.head for s, entry in (*unknown, *given)}
    if symbol in renaming or symbol.name in [entry.name for _, entry in (*unknown, *given)]:
        raise BadModel("parameters", symbol, "it is the variable")
    names = [entry.name for _, entry in (*unknown, *given)]
    if len(set(names)) < len(names):
        raise BadModel("parameters", ", ".join(names), "give every parameter once, estimated or known")
    variable_symbol = Symbol(symbol.name, **domain.assumptions())
    renaming[symbol] = variable_symbol
    expression = expression.xreplace(renaming)
    support = Support(*(None if end is None else end.xreplace(renaming) for end in (support.lower, support.upper)))
    stray = frozenset().union(*map(free_symbols, (expression, *support.ends()))) - set(renaming.values())
    if stray:
        raise BadModel("density", ", ".join(sorted(map(str, stray))), "declare them as parameters or as known")
    taken = {*names, symbol.name, *_RESERVED}
    clash = set(names) & {*_RESERVED, *(f"ell_{n}" for n in range(1, 9))}
    if clash:
        raise BadModel("parameters", ", ".join(sorted(clash)), "these names are kept for the derivation; rename them")
    chosen = {
        "size": _free(SIZE_NAMES, taken), "index": _free(INDEX_NAMES, taken), "density": _free(DENSITY_NAMES, taken),
    }  # fmt: skip
    model = Model(
        name or "density", variable_symbol, domain, expression, tuple(e for _, e in unknown), tuple(e for _, e in given),
        support, chosen,
    )  # fmt: skip
    try:
        model.declarations(1)
    except DeclarationError as failure:
        raise BadModel("names", failure.name, f"{failure.problem}; {failure.remedy}") from failure
    return model


def _exact(expression: Expr) -> Expr:
    """The expression with decimals as the fractions they are written as: 0.1 is 1/10."""
    found: Expr = expression.xreplace({number: Rational(str(number)) for number in expression.atoms(Float)})
    return found


def _free(names: tuple[str, ...], taken: set[str]) -> str:
    return next(name for name in names if name not in taken)


def _variable(given: Any) -> tuple[Symbol, Domain, Support]:
    """The variable, its domain and its support from a symbol, (symbol, domain) or (symbol, Interval)."""
    symbol, where = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    if isinstance(symbol, Declaration):
        return symbol.head, symbol.domain, Support()
    if not isinstance(symbol, Symbol):
        raise BadModel("variable", symbol, "give a symbol, (symbol, domain) or (symbol, Interval)")
    if isinstance(where, (Interval, Range)):
        return symbol, *_of_set(symbol, where)
    return symbol, _domain(symbol, where, "variable"), Support()


def _of_set(symbol: Symbol, where: Any) -> tuple[Domain, Support]:
    """Domain and support from a SymPy set whose ends may hold parameters."""
    discrete = isinstance(where, Range)
    lower, upper = (where.inf, where.sup)
    if (lower, upper) == (0, 1) and not discrete:
        return UNIT_INTERVAL, Support()
    positive = bool(lower.is_nonnegative)
    whole = BINARY if (lower, upper) == (0, 1) else SIZE if lower.is_positive else NATURAL if positive else INTEGER
    domain = whole if discrete else POSITIVE if positive else REAL
    trivial = {-oo, S.Zero} if positive or lower == -oo else set()
    if discrete and lower == 1:
        trivial.add(S.One)
    return domain, Support(None if lower in trivial else lower, None if upper == oo else upper)


def _cases(density: Expr, symbol: Symbol) -> tuple[Expr, Support]:
    """The one branch of a Piecewise density that is not zero, with the support its condition gives."""
    if not isinstance(density, Piecewise):
        return density, Support()
    branches = [(value, condition) for value, condition in density.args if value != 0]
    if len(branches) > 1 and all(_points(condition, symbol) for _, condition in branches[:-1]):
        return _at_points(branches, symbol), Support()
    if len(branches) != 1:
        raise BadModel("density", density, "one formula on the support and zero elsewhere, or cases x = 0, x = 1, … of a count")
    value, condition = branches[0]
    lower: Expr | None = None
    upper: Expr | None = None
    for part in And.make_args(condition):
        if part is true:
            continue
        if not isinstance(part, (Ge, Gt, Le, Lt)) or symbol not in (part.lhs, part.rhs):
            raise BadModel("density", part, "conditions of the form a <= x and x <= b")
        other = part.rhs if part.lhs == symbol else part.lhs
        if (part.lhs == symbol) == isinstance(part, (Ge, Gt)):
            lower = other
        else:
            upper = other
    return value, Support(None if lower in (S.Zero, -oo) else lower, None if upper == oo else upper)


def _points(condition: Any, symbol: Symbol) -> tuple[Expr, ...]:
    """n, m, … of a condition x = n or x = m or …, all of them whole numbers; none of any other condition."""
    found: list[Expr] = []
    for part in Or.make_args(condition):
        if not isinstance(part, Eq) or symbol not in part.args:
            return ()
        found.append(part.rhs if part.lhs == symbol else part.lhs)
    return tuple(found) if all(point.is_Integer for point in found) else ()


def _at_points(branches: list[tuple[Expr, Any]], symbol: Symbol) -> Expr:
    """f₀^𝟙[x=0] · f₁^𝟙[x=1] · … · f^(1 − 𝟙[x=0] − …): a density by cases as one formula, the last case being the rest."""
    if not symbol.is_integer:
        raise BadModel("density", symbol, "cases x = n belong to whole numbers: declare the variable as natural or integer")
    cases = [(value, point) for value, condition in branches[:-1] for point in _points(condition, symbol)]
    at = [KroneckerDelta(symbol, point) for _, point in cases]
    powers = [value.subs(symbol, point) ** here for (value, point), here in zip(cases, at, strict=True)]
    return Mul(*powers, branches[-1][0] ** (1 - Add(*at)))


def _declared(given: Any, role: str) -> list[tuple[Symbol, Declaration]]:
    items: Iterable[Any] = given.items() if isinstance(given, Mapping) else (
        given if isinstance(given, (tuple, list, set, frozenset)) else (given,))  # fmt: skip
    found = []
    for item in items:
        symbol, where = item if isinstance(item, tuple) else (item, None)
        if isinstance(symbol, Declaration):
            found.append((symbol.head, symbol))
            continue
        if not isinstance(symbol, Symbol):
            raise BadModel(role, symbol, "give a symbol, or a mapping from symbols to domains")
        meaning = "to be estimated" if role == "parameter" else "known"
        domain = _domain(symbol, where, role)
        letter, power = letter_of(symbol.name)
        template = letter.replace("{", "{{").replace("}", "}}")
        try:
            found.append((symbol, Declaration(symbol.name, domain, (), template, meaning, power)))
        except DeclarationError as failure:
            raise BadModel(role, failure.name, f"{failure.problem}; {failure.remedy}") from failure
    return found


def _domain(symbol: Symbol, where: Any, role: str) -> Domain:
    if isinstance(where, Domain):
        return where
    if isinstance(where, str):
        if where not in DOMAINS:
            raise BadModel(f"domain of {symbol}", where, f"one of {', '.join(DOMAINS)}")
        return DOMAINS[where]
    if isinstance(where, Interval) and (where.inf, where.sup) == (0, 1):
        return UNIT_INTERVAL
    if where is not None:
        raise BadModel(f"domain of {symbol}", where, f"one of {', '.join(DOMAINS)}")
    if symbol.is_integer:
        return SIZE if symbol.is_positive else NATURAL if symbol.is_nonnegative else INTEGER
    return POSITIVE if symbol.is_positive else NONNEGATIVE if symbol.is_nonnegative else REAL
