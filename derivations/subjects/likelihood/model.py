"""One sample from a density: its declared symbols and its equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Function, Indexed, Symbol, latex
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols
from derivations.core.rules.boundary import LARGEST, SMALLEST
from derivations.core.symbols import Declaration, Declarations, array, function, index, size
from numeric.domains import ANGLE, BINARY, INTEGER, NATURAL, NONNEGATIVE, POSITIVE, REAL, SIZE, UNIT_INTERVAL, Domain
from numeric.special import ORDER_STATISTICS

DOMAINS: dict[str, Domain] = {
    d.kind: d for d in (REAL, POSITIVE, NONNEGATIVE, UNIT_INTERVAL, ANGLE, INTEGER, NATURAL, BINARY, SIZE)
}
"""Domains by the name under which they are asked for."""


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


def letter_of(name: str) -> tuple[str, int]:
    r"""The LaTeX letter of a name, and 2 when the name ends in 2 and so stands for a square.

    >>> letter_of("sigma2"), letter_of("lambda_"), letter_of("mu0")
    (('\\sigma', 2), ('\\lambda', 1), ('\\mu_{0}', 1))
    """
    square = len(name) > 1 and name.endswith("2") and name[:-1].isalpha()
    return latex(Symbol((name[:-1] if square else name).strip("_"))), 2 if square else 1
