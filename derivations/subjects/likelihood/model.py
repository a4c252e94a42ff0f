"""A density and its parameters, as a user gives them, made into declared symbols and the sample's model equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Function, Indexed, Interval, Piecewise, Range, S, Symbol, beta, gamma, latex, oo
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols
from derivations.core.rules.boundary import LARGEST, SMALLEST
from derivations.core.symbols import Declaration, Declarations, array, function, index, size
from numeric.domains import ANGLE, INTEGER, NATURAL, NONNEGATIVE, POSITIVE, REAL, SIZE, UNIT_INTERVAL, Domain
from numeric.special import ORDER_STATISTICS

DOMAINS: dict[str, Domain] = {
    d.kind: d for d in (REAL, POSITIVE, NONNEGATIVE, UNIT_INTERVAL, ANGLE, INTEGER, NATURAL, SIZE)
}
"""Domains by the name under which they are asked for."""

SIZE_NAMES, INDEX_NAMES, DENSITY_NAMES = ("N", "M", "T", "n_obs"), ("i", "j", "t", "i_obs"), ("p", "f", "g", "pdf")


class BadModel(ValueError):
    """A density, a variable or a parameter that cannot be read as a model of one sample."""

    def __init__(self, what: str, found: object, remedy: str) -> None:
        self.what, self.found, self.remedy = what, found, remedy
        super().__init__(f"{what}: found {found}; {remedy}")


@dataclass(frozen=True)
class Support:
    """lower ≤ x ≤ upper; an end is None where the domain of the variable says all there is to say."""

    lower: Expr | None = None
    upper: Expr | None = None

    def ends(self) -> tuple[Expr, ...]:
        """The ends that are given."""
        return tuple(end for end in (self.lower, self.upper) if end is not None)


@dataclass(frozen=True)
class Model:
    """One sample from a density: its declared symbols and equations.

    `density` is the density at the i-th observation. `parameters` are estimated, in that order; `known` are not.
    """

    name: str
    variable: Symbol
    domain: Domain
    density: Expr
    parameters: tuple[Declaration, ...]
    known: tuple[Declaration, ...]
    support: Support = Support()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> Symbol:
        """N."""
        return size(self.names["size"], "").head

    @property
    def index(self) -> Symbol:
        """i."""
        return index(self.names["index"], self.size).head

    @property
    def sample(self) -> Declaration:
        """x with its axis."""
        return array(self.variable.name, (self.size,), rf"{latex(self.variable)}_{{{{{{0}}}}}}", "observation i", self.domain)

    @property
    def entry(self) -> Indexed:
        """x[i]."""
        return self.sample.head[self.index]

    @property
    def unknown(self) -> tuple[Symbol, ...]:
        """The symbols to estimate."""
        return tuple(entry.head for entry in self.parameters)

    def shown(self, parameter: Symbol) -> str:
        """A parameter as an inline formula."""
        letter, power = letter_of(parameter.name)
        return f"${letter}^{{2}}$" if power == 2 else f"${letter}$"

    @property
    def shape(self) -> AppliedUndef:
        """p(i, θ), the density at the i-th observation."""
        return Function(self.names["density"], real=True)(self.index, *self.unknown)

    def at_sample(self, expression: Expr) -> Expr:
        """An expression in the variable, at the i-th observation."""
        found: Expr = expression.xreplace({self.variable: self.entry})
        return found

    @property
    def depends_on_parameters(self) -> bool:
        """Whether the support does."""
        return any(set(self.unknown) & free_symbols(end) for end in self.support.ends())

    def declarations(self, stages: int) -> Declarations:
        """Every symbol of the derivation; `stages` counts the functions that are minimised in turn."""
        slots = ", ".join(f"{{{n + 1}}}" for n in range(len(self.parameters)))
        density = rf"p({latex(self.variable)}_{{{{{{0}}}}}} \mid {slots})"
        functions = [
            function(self.names["density"], density, "density of observation i"),
            function("likelihood", r"\mathcal{{L}}", "likelihood of the parameters"),
            function("ell", r"\ell", "negative log-likelihood"),
            *(function(f"ell_{n}", rf"\ell_{{{{{n}}}}}", _profile_meaning(n)) for n in range(1, stages)),
            *(function(name, _ORDER_LATEX[name], f"{name} entry of a sample") for name in ORDER_STATISTICS),
        ]
        return Declarations((
            size(self.names["size"], "number of observations"), index(self.names["index"], self.size, "observation"),
            self.sample, *self.parameters, *self.known, *functions,
        ))  # fmt: skip

    @property
    def bounds(self) -> tuple[Expr, Expr]:
        """The ends of the support, an open one replaced by what always holds."""
        base = self.sample.head
        lower = SMALLEST(base) if self.support.lower is None else self.support.lower
        upper = LARGEST(base) if self.support.upper is None else self.support.upper
        return lower, upper


_ORDER_LATEX = {
    "largest": r"\max {0}", "smallest": r"\min {0}", "median": r"\operatorname{{median}} {0}",
}  # fmt: skip


def _profile_meaning(n: int) -> str:
    return f"negative log-likelihood with the best value of {n} parameter{'s' if n > 1 else ''} put in"


# ---------------------------------------------------------------------- reading


def read(density: Any, variable: Any, parameters: Any, known: Any = (), name: str = "") -> Model:
    """The model of a density as `derivations.mle` takes it. Raises: BadModel."""
    symbol, domain, support = _variable(variable)
    if not isinstance(density, Expr):
        raise BadModel("density", density, "give a SymPy expression in the variable, or a sympy.stats random variable")
    expression, more = _cases(density.rewrite(gamma) if density.has(beta) else density, symbol)
    support = Support(*(new if new is not None else old for new, old in zip(
        (more.lower, more.upper), (support.lower, support.upper), strict=True)))  # fmt: skip
    unknown, given = _declared(parameters, "parameter"), _declared(known, "known")
    if not unknown:
        raise BadModel("parameters", parameters, "name at least one to estimate")
    renaming = {s: entry.head for s, entry in (*unknown, *given)}
    if symbol in renaming:
        raise BadModel("parameters", symbol, "it is the variable")
    names = [entry.name for _, entry in (*unknown, *given)]
    if len(set(names)) < len(names):
        raise BadModel("parameters", ", ".join(names), "give every parameter once, estimated or known")
    variable_symbol = Symbol(symbol.name, **domain.assumptions())
    renaming[symbol] = variable_symbol
    expression = expression.xreplace(renaming)
    support = Support(*(None if end is None else end.xreplace(renaming) for end in (support.lower, support.upper)))
    stray = free_symbols(expression) - set(renaming.values())
    if stray:
        raise BadModel("density", ", ".join(sorted(map(str, stray))), "declare them as parameters or as known")
    taken = {*names, symbol.name, "ell", "likelihood", *ORDER_STATISTICS}
    clash = set(names) & {"ell", "likelihood", *ORDER_STATISTICS, *(f"ell_{n}" for n in range(1, 9))}
    if clash:
        raise BadModel("parameters", ", ".join(sorted(clash)), "these names are kept for the derivation; rename them")
    chosen = {
        "size": _free(SIZE_NAMES, taken), "index": _free(INDEX_NAMES, taken), "density": _free(DENSITY_NAMES, taken),
    }  # fmt: skip
    return Model(
        name or "density", variable_symbol, domain, expression, tuple(e for _, e in unknown), tuple(e for _, e in given),
        support, chosen,
    )  # fmt: skip


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
    whole = SIZE if lower.is_positive else NATURAL if positive else INTEGER
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
    if len(branches) != 1:
        raise BadModel("density", density, "one formula on the support, and zero elsewhere")
    value, condition = branches[0]
    lower: Expr | None = None
    upper: Expr | None = None
    from sympy import And, Ge, Gt, Le, Lt, true

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
        found.append((symbol, Declaration(symbol.name, domain, (), template, meaning, power)))
    return found


def letter_of(name: str) -> tuple[str, int]:
    r"""The LaTeX letter of a name, and 2 when the name ends in 2 and so stands for a square.

    >>> letter_of("sigma2"), letter_of("lambda_"), letter_of("mu0")
    (('\\sigma', 2), ('\\lambda', 1), ('\\mu_{0}', 1))
    """
    square = len(name) > 1 and name.endswith("2") and name[:-1].isalpha()
    return latex(Symbol((name[:-1] if square else name).strip("_"))), 2 if square else 1


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
