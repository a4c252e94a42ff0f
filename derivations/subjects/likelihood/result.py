"""What a maximum-likelihood derivation hands back: a derivation whose conclusion says which of four things it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sympy import Expr

from derivations.core.derivation import Derivation, Kind
from derivations.core.statements import Unsolved


@dataclass(frozen=True)
class MaximumLikelihood(Derivation):
    """The derivation of the estimates of one model.

    `kind` is one of unique-maximum, boundary-maximum, no-closed-form, refused; `reason` says why when there is no closed
    form; `remaining` are the equations left to solve (each expression is zero), `eliminated` what the solved parameters
    are in terms of the others.
    """

    reason: str = ""
    support: tuple[Expr | None, Expr | None] = field(default=(None, None), compare=False)
    """Where the observations lie, beyond the domain of the variable; an end is None where there is none."""

    @property
    def kind(self) -> Kind:
        """The type of the conclusion."""
        return self.conclusion.kind

    @property
    def _unsolved(self) -> Unsolved | None:
        return next((s for s in self.conclusions if isinstance(s, Unsolved)), None)

    @property
    def remaining(self) -> tuple[Expr, ...]:
        """The expressions that are zero at a stationary point, when there is no closed form."""
        return self._unsolved.left if self._unsolved else ()

    @property
    def remaining_unknowns(self) -> tuple[Expr, ...]:
        """The parameters that those expressions are equations in."""
        return self._unsolved.unknown if self._unsolved else ()

    @property
    def eliminated(self) -> dict[Expr, Expr]:
        """The parameters expressed by the remaining ones, when there is no closed form."""
        return dict(zip(self._unsolved.eliminated, self._unsolved.values, strict=True)) if self._unsolved else {}

    def fisher_information(self) -> Any:
        """E[∂²ℓ/∂θ_j∂θ_k] as a SymPy matrix, where it closes. Raises: NotClosed."""
        from derivations.subjects.likelihood.information import fisher_information

        return fisher_information(self)

    def asymptotic_variance(self) -> Any:
        """The inverse of the Fisher information, where it closes. Raises: NotClosed."""
        from derivations.subjects.likelihood.information import asymptotic_variance

        return asymptotic_variance(self)

    def bias(self) -> Any:
        """E[θ̂] − θ for each parameter whose estimate has an expectation in closed form. Raises: NotClosed."""
        from derivations.subjects.likelihood.information import bias

        return bias(self)

    def derive_information(self) -> Derivation:
        """The derivation of the entries of the Fisher information. Raises: NotClosed."""
        from derivations.subjects.likelihood.moments import information

        return information(self)[0]

    def derive_expectations(self) -> Derivation:
        """The derivation of E[θ̂] for the estimates whose expectation closes. Raises: NotClosed."""
        from derivations.subjects.likelihood.linear import NotClosed
        from derivations.subjects.likelihood.moments import expected_estimates

        found, _ = expected_estimates(self)
        if found is None:
            raise NotClosed("the expectation of the estimates", "no rule gives it")
        return found

    def estimator(self) -> Any:
        """The estimates as a function of arrays."""
        from derivations.subjects.likelihood.estimating import estimator

        return estimator(self)
