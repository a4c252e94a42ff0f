"""Named failures: the form they all have, and those of numeric evaluation, one class for each way to fail."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any


@dataclass(eq=False)
class Failure(Exception):
    """An error that is its fields: a subclass says what they are, and makes its text from them in `__str__`."""

    def __post_init__(self) -> None:
        # The fields are the arguments, so that a failure survives pickling between processes.
        self.args = tuple(getattr(self, field.name) for field in fields(self))


@dataclass(eq=False)
class NumericFailure(Failure):
    """Common ancestor of every failure raised in this package."""


@dataclass(eq=False)
class UnboundSymbol(NumericFailure):
    """A symbol or array without a value."""

    symbol: Any
    known: tuple[str, ...]

    def __str__(self) -> str:
        twin = str(self.symbol) in self.known
        why = "a symbol of that name but with other assumptions has one" if twin else f"known: {', '.join(self.known)}"
        return f"{self.symbol} has no value ({why}); add it to the instance, the bindings or the definitions"


@dataclass(eq=False)
class UnknownNode(NumericFailure):
    """An expression node that has no numeric meaning here."""

    node: Any
    kind: str

    def __str__(self) -> str:
        return f"no numeric meaning for a node of kind {self.kind}: {self.node}; rewrite it with Sum, Product, log, exp"


@dataclass(eq=False)
class IndexOutOfRange(NumericFailure):
    """An index outside the axis that it addresses (indices count from 1)."""

    array: str
    indices: tuple[int, ...]
    shape: tuple[int, ...]

    def __str__(self) -> str:
        asked = ", ".join(map(str, self.indices))
        return (
            f"{self.array}[{asked}] asked of an array of shape {self.shape}; indices run from 1 to the size of the axis"
        )


@dataclass(eq=False)
class WrongIndexCount(NumericFailure):
    """A head used with another number of indices than it was declared with."""

    head: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.head} takes {self.expected} indices, found {self.found}; compare its declaration with its use"


@dataclass(eq=False)
class NotAnInteger(NumericFailure):
    """An index or a bound whose value is not an integer."""

    expression: Any
    value: Any

    def __str__(self) -> str:
        return f"an index or a bound must be an integer, found {self.value} for {self.expression}"


@dataclass(eq=False)
class UndefinedValue(NumericFailure):
    """An operation outside its real domain: log of 0, division by 0, a fractional power of a negative number."""

    operation: str
    argument: Any
    expression: Any

    @property
    def is_on_open_set(self) -> bool:
        """Whether it has no value on a whole neighbourhood: a logarithm or a root of a negative number, not a pole."""
        number = isinstance(self.argument, (int, Fraction)) or hasattr(self.argument, "_mpf_")
        return number and self.operation in ("log", "fractional power") and bool(self.argument < 0)

    def __str__(self) -> str:
        return f"{self.operation} is undefined at {self.argument} in {self.expression}; choose values inside the domain"


@dataclass(eq=False)
class TooManyTerms(NumericFailure):
    """More summed or multiplied terms than allowed."""

    limit: int
    expression: Any

    def __str__(self) -> str:
        return (
            f"more than {self.limit} terms while evaluating {self.expression}; use smaller sizes or the fast evaluator"
        )


@dataclass(eq=False)
class NumberTooLarge(NumericFailure):
    """A number with more bits than allowed."""

    operation: str
    bits: int
    limit: int

    def __str__(self) -> str:
        return f"{self.operation} would need about {self.bits} bits, the limit is {self.limit}; use smaller numbers"


@dataclass(eq=False)
class LostDigits(NumericFailure):
    """A value of which no digit is certain, such as the cosine of a very large number."""

    expression: Any
    digits: int

    def __str__(self) -> str:
        return f"{self.digits} digits are too few to evaluate {self.expression}; use smaller numbers"


@dataclass(eq=False)
class CircularDefinition(NumericFailure):
    """A definition whose value asks for itself."""

    head: str
    indices: tuple[Any, ...]

    def __str__(self) -> str:
        return (
            f"the definition of {self.head} at {self.indices} asks for its own value; give one of its symbols a value"
        )


@dataclass(eq=False)
class SizeMismatch(NumericFailure):
    """An array whose shape contradicts its declaration or another array."""

    array: str
    declared: str
    found: tuple[int, ...]
    sizes: dict[str, int]

    def __str__(self) -> str:
        known = ", ".join(f"{name}={value}" for name, value in self.sizes.items()) or "none yet"
        return f"{self.array} is declared with shape {self.declared}, found {self.found}; sizes so far: {known}"


@dataclass(eq=False)
class UnknownSize(NumericFailure):
    """A size that neither an array nor the caller has fixed."""

    size: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        have = ", ".join(self.known) or "none"
        return f"the size {self.size} is not determined by the arrays given ({have}); pass it by name"


@dataclass(eq=False)
class OutsideDomain(NumericFailure):
    """An array with entries outside its declared domain."""

    array: str
    domain: str
    found: str

    def __str__(self) -> str:
        return f"{self.array} must lie in {self.domain}, found {self.found}"


@dataclass(eq=False)
class NoInstance(NumericFailure):
    """No instance meets the demands: labels that must all occur, conditions that must hold."""

    demand: str
    tries: int

    def __str__(self) -> str:
        return f"no instance with {self.demand} in {self.tries} tries; enlarge the sizes or relax the demand"


@dataclass(eq=False)
class UnknownDistribution(NumericFailure):
    """A generative story that names a distribution without a sampler."""

    name: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"no sampler for the distribution {self.name!r}; known: {', '.join(self.known)}"


@dataclass(eq=False)
class UnknownTransform(NumericFailure):
    """An unknown whose domain cannot be searched by a smooth method."""

    unknown: str
    domain: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.unknown} lies in {self.domain!r}, which has no smooth coordinates; known: {', '.join(self.known)}"
        )


@dataclass(eq=False)
class NoMinimum(NumericFailure):
    """An objective that is finite at none of the starting points."""

    objective: str
    starts: int

    def __str__(self) -> str:
        return f"no finite value at {self.starts} starting points of {self.objective}; check data and domains"


@dataclass(eq=False)
class MissingArray(NumericFailure):
    """An array that an estimate needs and the caller did not pass."""

    array: str
    given: tuple[str, ...]

    def __str__(self) -> str:
        return f"the array {self.array} is needed, found {', '.join(self.given) or 'none'}; pass it as {self.array}=..."


@dataclass(eq=False)
class UnexpectedArray(NumericFailure):
    """An array under a name that the model does not declare as data."""

    array: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"the model has no data called {self.array}; it takes {', '.join(self.known)}"


@dataclass(eq=False)
class WrongShape(NumericFailure):
    """An array with another number of axes than declared."""

    array: str
    expected: str
    found: tuple[int, ...]
    remedy: str

    def __str__(self) -> str:
        return f"{self.array} must be {self.expected}, found the shape {self.found}; {self.remedy}"


@dataclass(eq=False)
class LengthsDiffer(NumericFailure):
    """Arrays that disagree on a size, such as the number of samples."""

    size: str
    lengths: dict[str, int]

    def __str__(self) -> str:
        found = ", ".join(f"{name} has {length}" for name, length in self.lengths.items())
        return f"all arrays must agree on {self.size}: {found}; check that rows and labels belong together"


@dataclass(eq=False)
class EmptyData(NumericFailure):
    """An array without entries."""

    array: str
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.array} has no entries, its shape is {self.shape}; pass at least one sample and one feature"


@dataclass(eq=False)
class NotNumeric(NumericFailure):
    """Data that are not numbers."""

    array: str
    dtype: str

    def __str__(self) -> str:
        return f"{self.array} must hold real numbers, found the type {self.dtype}; encode or drop the columns of text"


@dataclass(eq=False)
class NotFinite(NumericFailure):
    """A missing or infinite entry."""

    array: str
    position: tuple[int, ...]
    value: str

    def __str__(self) -> str:
        where = ", ".join(map(str, self.position))
        return f"{self.array}[{where}] is {self.value} (counting from 0); remove or impute such entries first"


@dataclass(eq=False)
class EmptyClass(NumericFailure):
    """A class without a sample: its mean is 0/0."""

    label: str
    found: tuple[str, ...]

    def __str__(self) -> str:
        have = ", ".join(self.found)
        return f"the class {self.label} has no sample (found: {have}); leave it out of classes= or add samples"


@dataclass(eq=False)
class UnknownLabel(NumericFailure):
    """A label that is not among the classes given."""

    array: str
    label: str
    classes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.array} holds the label {self.label}, not one of classes=({', '.join(self.classes)}); add it"


@dataclass(eq=False)
class RepeatedClass(NumericFailure):
    """A class given twice."""

    label: Any

    def __str__(self) -> str:
        return f"classes= holds {self.label!r} more than once; give each class once"


@dataclass(eq=False)
class LabelsNotSortable(NumericFailure):
    """Labels of kinds that have no common order."""

    array: str
    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return f"the labels {self.array} mix {', '.join(self.kinds)}, which have no common order; use one kind"


@dataclass(eq=False)
class UndeclaredUnknown(NumericFailure):
    """An estimate of something without a declared shape."""

    unknown: str
    declared: tuple[str, ...]

    def __str__(self) -> str:
        return f"the unknown {self.unknown} is not among the declared {', '.join(self.declared)}; add a Variable for it"
