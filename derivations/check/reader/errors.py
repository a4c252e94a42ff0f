"""What can be wrong with a text: one named error each, with line, column, a caret and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from numeric.failures import Failure


@dataclass(eq=False)
class ReadingError(Failure, ValueError):
    """A text that is not read; `start` is the position in the text, `found` what stands there.

    Subclasses say in `problem` what is wrong and in `remedy` what to try.
    """

    text: str
    start: int
    found: str = ""
    expected: tuple[str, ...] = ()

    problem: ClassVar[str] = "not understood"
    remedy: ClassVar[str] = "check the spelling here"

    @property
    def name(self) -> str:
        """The name of the error: its class."""
        return type(self).__name__

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column, from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    @property
    def excerpt(self) -> str:
        """The line of the text and, under it, a caret; long lines are cut around it."""
        row = self.text.split("\n")[self.line - 1] if self.text else ""
        first = max(0, self.column - 50)
        shown = "".join(c if c.isprintable() else " " for c in row[first : first + 90])
        return f"  {shown}\n  {' ' * (self.column - 1 - first)}^"

    def __str__(self) -> str:
        found = f", found {self.found}" if self.found else ""
        expected = f"; expected {', '.join(self.expected)}" if self.expected else ""
        return f"{self.problem}{found} (line {self.line}, column {self.column}){expected}; {self.remedy}\n{self.excerpt}"


class UnexpectedText(ReadingError):
    """Something stands where the grammar allows something else, such as two numbers side by side."""

    problem = "this cannot stand here"


class UnexpectedEnd(ReadingError):
    """The text stops where something must follow."""

    problem = "the text stops too early"
    remedy = "complete the formula"


class MissingBrace(ReadingError):
    """A brace is opened and never closed, or closed without being opened."""

    problem = "a brace without its partner"
    remedy = "add the missing { or }"


class MissingBracket(ReadingError):
    """A bracket is opened and never closed, or closed by another kind."""

    problem = "a bracket without its partner"
    remedy = "add the missing bracket"


class UnbalancedLeft(ReadingError):
    r"""\left without \right, or the other way round."""

    problem = r"\left and \right do not pair"
    remedy = r"write \right. where there is nothing to show"


class EmptyFraction(ReadingError):
    r"""A \frac, \sqrt or accent without its argument."""

    problem = "an argument is empty"
    remedy = "write what belongs there"


class BareScript(ReadingError):
    """A ^ or _ with nothing under or behind it."""

    problem = "a script without a letter or a letter without its script"
    remedy = "write x^{2} or x_{i}; braces around the script"


class DoubleScript(ReadingError):
    """Two superscripts or two subscripts on one thing."""

    problem = "two scripts of one kind"
    remedy = "braces say which is meant: x_{12}, {x_1}_2 or x_{1_2}"


class StrayDollar(ReadingError):
    """A $ inside a formula, without its partner."""

    problem = "a dollar sign inside a formula"
    remedy = r"write one formula, or words in \text{…}"


class UnknownCommand(ReadingError):
    """A LaTeX command that has no meaning here."""

    problem = "an unknown command"
    remedy = "spell the formula with ordinary commands, or declare the letter in the notation"


class UnmatchedEnvironment(ReadingError):
    r"""\begin without its \end, or with another one."""

    problem = r"\begin and \end do not pair"
    remedy = "close the environment that was opened last"


class ForbiddenCharacter(ReadingError):
    """A character that has no place in a formula: control characters, marks of direction, look-alike letters."""

    problem = "a character that cannot be part of a formula"
    remedy = "type the letter again"


class MissingOperand(ReadingError):
    r"""A \sum, \log or operator with nothing to act on."""

    problem = "nothing to act on"
    remedy = "write the operand behind it"


class UnreadableRange(ReadingError):
    r"""Limits of a \sum or \prod that name no index."""

    problem = "limits that name no index"
    remedy = r"write \sum_{i=1}^{N}, \sum_{i \ne j}, \sum_{i : y_i = k} or \sum_i"


class UnsupportedScript(ReadingError):
    """A script on something that takes none."""

    problem = "a script with no meaning here"
    remedy = "declare it in the notation, or put the expression in brackets"


class NothingToRead(ReadingError):
    """The text holds no mathematics."""

    problem = "no mathematics here"
    remedy = "write an expression or a relation"


class TooLong(ReadingError):
    """More characters than allowed."""

    problem = "the text is too long"
    remedy = "split it into lines"


class TooManyTokens(ReadingError):
    """More symbols than allowed."""

    problem = "the formula has too many symbols"
    remedy = "split it into lines"


class TooDeep(ReadingError):
    """Deeper nesting than allowed."""

    problem = "the formula is nested too deeply"
    remedy = "name a part of it"


class NumberTooLong(ReadingError):
    """A number with more digits than allowed."""

    problem = "the number has too many digits"
    remedy = "write it as a power"


ERRORS: tuple[type[ReadingError], ...] = (
    UnexpectedText, UnexpectedEnd, MissingBrace, MissingBracket, UnbalancedLeft, EmptyFraction, BareScript,
    DoubleScript, StrayDollar, UnknownCommand, UnmatchedEnvironment, ForbiddenCharacter, MissingOperand,
    UnreadableRange, UnsupportedScript, NothingToRead, TooLong, TooManyTokens, TooDeep, NumberTooLong,
)  # fmt: skip
"""Every error that reading can end with."""
