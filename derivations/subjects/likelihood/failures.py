"""What keeps an estimator from an estimate: a condition that fails, a search that runs off, no information."""

from __future__ import annotations

from dataclasses import dataclass

from numeric.failures import NumericFailure, OutsideDomain


@dataclass(eq=False)
class ConditionNotMet(NumericFailure):
    """A sample on which a condition of the derivation fails, so that the estimate does not exist."""

    condition: str
    value: float
    count: int
    strict: bool = True

    def __str__(self) -> str:
        if not self.strict:
            return (
                f"no values of the parameters allow this sample of {self.count}: {self.condition} >= 0 is needed, and is "
                f"{self.value:g}; check the data and the support"
            )
        return (
            f"the estimate needs {self.condition} > 0, which is {self.value:g} on this sample of {self.count}; "
            "give observations that meet it (for example: at least two distinct values)"
        )


@dataclass(eq=False)
class OutsideSupport(OutsideDomain):
    """An observation where the density is zero; `position` counts from 0."""

    position: int
    count: int

    def __str__(self) -> str:
        return f"{self.array} must be {self.domain}, found {self.found} (observation {self.position + 1} of {self.count})"


@dataclass(eq=False)
class NoStandardErrors(NumericFailure):
    """A model without an information that standard errors could be taken from."""

    model: str
    why: str

    def __str__(self) -> str:
        return f"{self.model} has no asymptotic standard errors: {self.why}"


@dataclass(eq=False)
class NoInteriorMaximum(NumericFailure):
    """A likelihood that rises towards the edge of the domain of a parameter, or is flat, on this sample."""

    parameter: str
    value: float
    beside: float

    def __str__(self) -> str:
        return (
            f"the likelihood has no maximum inside the domain of {self.parameter}: it is not lower at {self.beside:g} than at "
            f"{self.value:g}, where the search ended; the sample does not determine the parameter"
        )


@dataclass(eq=False)
class NotSettled(NumericFailure):
    """A numeric search that ran off instead of settling on a maximum."""

    parameters: str
    count: int

    def __str__(self) -> str:
        return (
            f"the numeric search for {self.parameters} did not settle on a maximum: this sample of {self.count} may not "
            "determine it; give more observations, not all equal"
        )
