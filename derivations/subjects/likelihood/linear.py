"""Expressions as combinations of sums over the sample: which statistics they hold, with which coefficients."""

from __future__ import annotations

from fractions import Fraction

from sympy import Add, Expr, Sum

from derivations.core import polynomial as p
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.proof import Proof
from derivations.subjects.likelihood.result import MaximumLikelihood


class NotClosed(ValueError):
    """An expectation that no rule gives in closed form."""

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what} has no closed form here: {why}")


class Linear:
    """Reading expressions in the sums of one sample."""

    def __init__(self, derived: MaximumLikelihood, proof: Proof) -> None:
        self._declarations = derived.declarations
        self._proof = proof
        self.index = next(e.head for e in derived.declarations if e.domain.kind == "index")
        entry = next(e for e in derived.declarations if e.axes)
        self.sample, self.size = entry.head, entry.axes[0]
        self._unknown = {e.head for e in derived.declarations if e.meaning == "to be estimated"}

    def parts(self, expression: Expr) -> tuple[dict[Expr, Expr], Expr]:
        """(t → coefficient of Σᵢ t(xᵢ), the rest free of the data). Raises: NotClosed."""
        terms: dict[Expr, Expr] = {}
        rest: list[Expr] = []
        for group, coefficient in self.factors(expression).items():
            if not group:
                rest.append(coefficient)
            elif len(group) == 1:
                terms[group[0]] = coefficient
            else:
                raise NotClosed(f"E[{expression}]", "it is not linear in sums over the sample")
        return terms, Add(*rest)

    def factors(self, expression: Expr) -> dict[tuple[Expr, ...], Expr]:
        """(t, u, …) → coefficient of Σᵢ t(xᵢ)·Σᵢ u(xᵢ)·…, up to two factors. Raises: NotClosed."""
        found: dict[tuple[Expr, ...], list[Expr]] = {}
        for monomial, number in self._form(expression).items():
            data = [(a, e) for a, e in monomial if a.has(self.sample) or (not isinstance(e, Fraction) and e.has(self.sample))]
            free = p.monomial_expression(tuple(f for f in monomial if f not in data), number)
            group: list[Expr] = []
            for atom, power in data:
                if not isinstance(atom, Sum) or power not in (1, 2):
                    raise NotClosed(f"E[{expression}]", f"{p.monomial_expression(tuple(data))} is no product of sums")
                group += [self._body(atom)] * int(power)
            if len(group) > 2:
                raise NotClosed(f"E[{expression}]", "it is of degree above two in sums over the sample")
            found.setdefault(tuple(group), []).append(free)
        return {group: Add(*parts) for group, parts in found.items()}

    def shown(self, body: Expr) -> Expr:
        """A product of statistics in normal form, in the declared index."""
        form: Expr = readable(self._normaliser.expression(body), self._declarations)
        return form

    @property
    def _normaliser(self) -> Normaliser:
        return self._proof._situation.normaliser

    def _form(self, expression: Expr) -> p.Poly:
        try:
            return self._normaliser.form(expression)
        except (TooLarge, UndefinedForm) as failure:
            raise NotClosed("an expectation", str(failure)) from failure

    def _body(self, total: Sum) -> Expr:
        """t(x) of Σᵢ t(xᵢ), in the declared index."""
        nested = any(inner.has(self.sample) for inner in total.function.atoms(Sum))
        if len(total.limits) != 1 or total.limits[0][2] != self.size or nested:
            raise NotClosed("an expectation", f"{total} is not one sum over the sample")
        found: Expr = readable(total.function, self._declarations).xreplace({total.limits[0][0]: self.index})
        if self._unknown & found.free_symbols:
            raise NotClosed("an expectation", f"{found} contains a parameter")
        return found
