"""What can be wrong with a recurrence in LaTeX: one named error each, with line, column and caret."""

from __future__ import annotations

from derivations.check.reader.errors import ReadingError


class RecurrenceError(ReadingError):
    """A text whose formulas are read, but do not make an iteration."""

    problem = "this is no part of an iteration"
    remedy = r"write v^{k+1} = \ldots, v \leftarrow \ldots, v^0 = 0, \alpha > 0 or 0 < \beta < 1"


class NoUpdate(RecurrenceError):
    """No formula says what a step does."""

    problem = "no formula says what a step does"
    remedy = r"write \theta^{k+1} = \ldots or \theta \leftarrow \ldots"


class UpdatedTwice(RecurrenceError):
    """A sequence is given twice."""

    problem = "this is said twice"
    remedy = "keep one of the two"


class OtherStep(RecurrenceError):
    """Another letter counts the steps here."""

    problem = "another letter counts the steps here"
    remedy = "use one letter for the step throughout"


class CircularUpdate(RecurrenceError):
    """New values that need each other."""

    problem = "its new value needs itself"
    remedy = "use the value of the step before in one of the formulas"


class EntryTooLate(RecurrenceError):
    """An entry that no step has computed yet."""

    problem = "no step has computed this entry yet"
    remedy = "use entries up to the one that the formulas compute"


class NoInitialValue(RecurrenceError):
    """A sequence without a value before the first step."""

    problem = "it has no value before the first step"
    remedy = "add it, such as v^0 = 0"


class InitialValuesApart(RecurrenceError):
    """Initial values that belong to different first steps."""

    problem = "this initial value belongs to another first step than the others"
    remedy = "give every sequence its value before the first step"


class TwoStarts(RecurrenceError):
    """Two letters for starting points."""

    problem = "a second starting point"
    remedy = "start every sequence from one point"


class NoOperation(RecurrenceError):
    """An operation that an iteration cannot make."""

    problem = "an iteration cannot compute this"
    remedy = r"use + - \cdot \frac, powers, \sqrt, |x|, \max, \operatorname{sign}, \nabla f(x), \operatorname{prox}_{t f}(x)"
