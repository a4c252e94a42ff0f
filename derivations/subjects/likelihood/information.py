"""Information and bias: expected second derivatives and expected estimates, from the score's own expectation of zero.

For a density whose support is free of the parameters, E[∂ℓ/∂θ_j] = 0. Where scores are linear in sums Σᵢ t(xᵢ) these
equations give E[t(x)] without an integral. What is found is compared with numeric integrals; its evidence is `agrees`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sympy import Add, Dummy, Expr, Integer, Matrix, Sum, Symbol, factor_terms, linsolve, simplify

from derivations.core import polynomial as p
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.derivation import Kind
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.subjects.likelihood.result import MaximumLikelihood


class NotClosed(ValueError):
    """An expectation that the score equations do not give in closed form."""

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what} has no closed form here: {why}")


@dataclass
class Expectations:
    """E[t(x)] for the functions t whose sums appear in the scores of a model."""

    derivation: MaximumLikelihood
    known: dict[Expr, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = self.derivation.estimator()
        self._index = next(e.head for e in self.derivation.declarations if e.domain.kind == "index")
        self._sample, self._size = made._sample, made._size
        self.unknown: tuple[Symbol, ...] = tuple(entry.head for entry in made._parameters)
        self.objective: Expr = made.objective
        positive = [c.expression for c in self.derivation.conditions if hasattr(c, "expression")]
        self._normaliser = Normaliser(self.derivation.declarations, positive)
        if self.derivation.kind not in (Kind.UNIQUE_MAXIMUM, Kind.NO_CLOSED_FORM):
            raise NotClosed("an expectation", "the likelihood is not smooth at its maximum, or was refused")
        if any(step.rule in ("support", "minimum_at_median") for step in self.derivation.steps):
            raise NotClosed("an expectation", "the support depends on a parameter, or the density has a kink")
        self._solve()

    def _solve(self) -> None:
        """The equations E[score] = 0, linear in the expected functions."""
        try:
            scores = [self.linear(differentiate(self.objective, u)) for u in self.unknown]
        except NotDifferentiable as failure:
            raise NotClosed("the score", str(failure)) from failure
        bodies = list(dict.fromkeys(body for terms, _ in scores for body in terms))
        names = {body: Dummy("E") for body in bodies}
        equations = [Add(*(c * names[b] for b, c in terms.items())) + rest for terms, rest in scores]
        for solution in linsolve(equations, *names.values()):
            for body, value in zip(bodies, solution, strict=True):
                if not value.has(*names.values()):
                    self.known[body] = factor_terms(simplify(value))

    def linear(self, expression: Expr) -> tuple[dict[Expr, Expr], Expr]:
        """(1/N)·expression as Σ coefficient·mean of t, and a rest free of the data. Raises: NotClosed."""
        terms: dict[Expr, list[Expr]] = {}
        rest: list[Expr] = []
        for monomial, number in self._form(expression / self._size).items():
            data = self._data(monomial)
            free = p.monomial_expression(tuple(f for f in monomial if f not in data), number)
            if not data:
                rest.append(free)
            elif len(data) == 1 and isinstance(data[0][0], Sum) and data[0][1] == 1:
                terms.setdefault(self.body(data[0][0]), []).append(free * self._size)
            else:
                raise NotClosed("an expectation", f"{p.monomial_expression(tuple(data))} is not a sum over the sample")
        return {body: Add(*parts) for body, parts in terms.items()}, Add(*rest)

    def _data(self, monomial: p.Monomial) -> list[tuple[Expr, p.Exponent]]:
        """The factors that depend on the sample, by their exponent too."""
        return [(a, e) for a, e in monomial if a.has(self._sample) or (not isinstance(e, Fraction) and e.has(self._sample))]

    def _form(self, expression: Expr) -> p.Poly:
        try:
            return self._normaliser.form(expression)
        except (TooLarge, UndefinedForm) as failure:
            raise NotClosed("an expectation", str(failure)) from failure

    def body(self, total: Sum) -> Expr:
        """t(x) of Σᵢ t(xᵢ), in the declared index."""
        nested = any(inner.has(self._sample) for inner in total.function.atoms(Sum))
        if len(total.limits) != 1 or total.limits[0][2] != self._size or nested:
            raise NotClosed("an expectation", f"{total} is not one sum over the sample")
        found: Expr = readable(total.function, self.derivation.declarations).xreplace({total.limits[0][0]: self._index})
        if set(self.unknown) & found.free_symbols:
            raise NotClosed("an expectation", f"{found} contains a parameter")
        return found

    def mean(self, body: Expr) -> Expr:
        """E[t(x)]. Raises: NotClosed."""
        if body not in self.known:
            raise NotClosed(f"E[{body}]", "the scores do not determine it")
        return self.known[body]

    def of_linear(self, expression: Expr) -> Expr:
        """E of an expression linear in sums over the sample. Raises: NotClosed."""
        terms, rest = self.linear(expression)
        return self._size * (Add(*(c * self.mean(b) for b, c in terms.items())) + rest)

    def of_quadratic(self, expression: Expr) -> Expr:
        """E of a polynomial of degree two in sums over the sample: E[Σt·Σu] = N·E[tu] + N(N−1)·E[t]·E[u]."""
        total: list[Expr] = []
        for monomial, number in self._form(expression).items():
            data = self._data(monomial)
            free = p.monomial_expression(tuple(f for f in monomial if f not in data), number)
            powers = [int(e) if isinstance(e, Fraction) and e.denominator == 1 else 0 for _, e in data]
            if any(power < 1 for power in powers) or sum(powers) > 2 or not all(isinstance(a, Sum) for a, _ in data):
                raise NotClosed("an expectation", f"{p.monomial_expression(tuple(data))} is not a product of two sums")
            bodies = [self.body(atom) for (atom, _), power in zip(data, powers, strict=True) for _ in range(power)]
            total.append(free * self._product(bodies))
        return Add(*total)

    def _product(self, bodies: Sequence[Expr]) -> Expr:
        if not bodies:
            return Integer(1)
        if len(bodies) == 1:
            return self._size * self.mean(bodies[0])
        first, second = bodies
        both = self.mean(self._joined(first * second))
        return self._size * both + self._size * (self._size - 1) * self.mean(first) * self.mean(second)

    def _joined(self, body: Expr) -> Expr:
        """The known function equal to a product."""
        wanted = self._form(body)
        return next((known for known in self.known if self._form(known) == wanted), body)


def fisher_information(derivation: MaximumLikelihood) -> Matrix:
    """E[∂²ℓ/∂θ_j∂θ_k], the Fisher information of the whole sample. Raises: NotClosed.

    >>> from derivations.subjects.likelihood.families import family
    >>> fisher_information(family("normal"))
    Matrix([
    [N/sigma2,                0],
    [       0, N/(2*sigma2**2)]])
    """
    expected = Expectations(derivation)
    try:
        first = [differentiate(expected.objective, a) for a in expected.unknown]
        second = [[differentiate(slope, b) for b in expected.unknown] for slope in first]
    except NotDifferentiable as failure:
        raise NotClosed("the information", str(failure)) from failure
    return Matrix([[simplify(expected.of_linear(entry)) for entry in row] for row in second])


def asymptotic_variance(derivation: MaximumLikelihood) -> Matrix:
    """The inverse of the Fisher information; standard errors are the roots of its diagonal. Raises: NotClosed."""
    return fisher_information(derivation).inv().applyfunc(simplify)


def bias(derivation: MaximumLikelihood) -> Mapping[Expr, Expr]:
    """E[θ̂] − θ for the estimates whose expectation closes.

    >>> from derivations.subjects.likelihood.families import family
    >>> bias(family("normal"))
    {mu: 0, sigma2: -sigma2/N}
    """
    expected = Expectations(derivation)
    found: dict[Expr, Expr] = {}
    for parameter, value in derivation.estimates.items():
        try:
            found[parameter] = simplify(expected.of_quadratic(value) - parameter)
        except NotClosed:
            continue
    return found
