"""`derivations.check`: a student's document in, a verdict on every line of mathematics out."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from derivations.check.documents import Document, split
from derivations.check.judging.context.formulas import UNREAD, Chapter, Formula, chapters_of
from derivations.check.judging.feedback.counterexample import counterexample
from derivations.check.judging.feedback.counting import Counting
from derivations.check.judging.feedback.known_slips import known_slip
from derivations.check.judging.feedback.repair import Search, of_number
from derivations.check.judging.feedback.spelling import Spelling
from derivations.check.judging.judge import Judge
from derivations.check.judging.outcome import Outcome
from derivations.check.judging.verdicts import Diagnosis, Judged, Role, Verdict
from derivations.check.judging.worlds.names import key_of
from derivations.check.problems import Problem
from derivations.check.problems import problem as named_problem
from derivations.check.report.result import LineResult, Report
from numeric.failures import Failure, NumericFailure
from numeric.refute import Separation

SECONDS_A_LINE = 10.0
"""What one line may take; longer is the verdict `timeout`."""
MAX_CHARACTERS = 4_000_000
MAX_LINES = 20_000


@dataclass(eq=False)
class TooLarge(Failure, ValueError):
    """A document with more characters or formulas than are checked."""

    what: str
    found: int
    most: int

    def __str__(self) -> str:
        return f"the document has {self.found:,} {self.what}, more than {self.most:,}; split it into parts"


class LineTimeout(Exception):
    """A line took longer than it may."""


def check(
    text: str,
    *,
    problem: str | Problem | Mapping[str, Any] | None = None,
    format: str = "markdown",
    file: str = "",
    seconds: float = SECONDS_A_LINE,
) -> Report:
    r"""Judge every line of mathematics in a document.

    problem: the name of a problem, several joined by commas, a TOML file, a mapping as such a file holds, or nothing for inner
    consistency alone. format: markdown, latex, text or notebook. seconds: the limit for one line.

    >>> report = check(r"$$(a+b)^2 = a^2 + b^2$$")
    >>> report.first_wrong.line, report.first_wrong.verdict
    (1, 'wrong')
    >>> check(r"$(a+b)^2 = a^2 + 2ab + b^2$").first_wrong is None
    True

    Raises: UnknownProblem, ProblemError, UnknownFormat, NotebookError, TooLarge.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLarge("characters", len(text), MAX_CHARACTERS)
    known = as_problem(problem)
    document = split(text, format)
    if len(document.lines) > MAX_LINES:
        raise TooLarge("formulas", len(document.lines), MAX_LINES)
    started = time.perf_counter()
    lines = tuple(_results(document, known, seconds))
    notes = tuple(f"line {document.place(offset)[0]}: {note}" for offset, note in document.notes)
    return Report(file, known.name, lines, document.text, format, time.perf_counter() - started, notes=notes)


def as_problem(problem: str | Problem | Mapping[str, Any] | None) -> Problem:
    """A problem from whatever names one."""
    if isinstance(problem, Problem):
        return problem
    if isinstance(problem, Mapping):
        from derivations.check.problems.loading import problem_from

        return problem_from(problem, str(problem.get("title", "given")))
    return named_problem(problem or "")


def _results(document: Document, problem: Problem, seconds: float) -> Iterator[LineResult]:
    def number_of(offset: int) -> int:
        return document.place(offset)[0]

    judge = Judge(problem, number_of)
    chapters = list(chapters_of(document.lines, problem.notation, problem.texts))
    counting = Counting(problem, [formula for chapter in chapters for formula in chapter.formulas])
    for chapter in chapters:
        judge.open(chapter)
        for formula in chapter.formulas:
            judged = _judged(judge, counting, chapter, formula, number_of, seconds)
            yield _result(document, judged)


def _judged(judge: Judge, counting: Counting, chapter: Chapter, formula: Formula, number_of: Any, seconds: float) -> Judged:
    number = number_of(formula.line.start)
    judge.explained = None
    try:
        with time_limit(seconds):
            judged = _as_answer(judge, formula, judge.formula(formula))
            judged = counting.judge(formula, judged)
            counting.remember(judged, number)
    except (NumericFailure, *UNREAD) as failure:
        judged = Judged(formula.line, Role.EXPRESSION, Verdict.UNDECIDED, "undecided", f"not evaluated: {failure}")
    except LineTimeout:
        judged = Judged(formula.line, Role.EXPRESSION, Verdict.TIMEOUT, reason=f"no verdict within {seconds:g} s")
    if judged.verdict is Verdict.WRONG and judge.explained is not None and judged.diagnosis is None:
        return _explained(judge, chapter, formula, judged, judge.explained, seconds)
    return judged


def _as_answer(judge: Judge, formula: Formula, judged: Judged) -> Judged:
    r"""A line that gives an estimate its value, \hat m = …, answers what the problem asks."""
    left = formula.statements[0].sides[0] if formula.statements and formula.statements[0].relations else None
    if left is None or formula.line.role or judged.role not in (Role.IDENTITY, Role.SOLVED):
        return judged
    return replace(judged, role=Role.ANSWER) if key_of(left.expression) in judge.reference.aliases else judged


def _explained(judge: Judge, chapter: Chapter, formula: Formula, judged: Judged, outcome: Outcome, seconds: float) -> Judged:
    """The wrong line with what explains it; what takes too long is left out, and the verdict stays."""
    try:
        with time_limit(seconds):
            return _with_feedback(judge, chapter, formula, judged, outcome)
    except (LineTimeout, NumericFailure, *UNREAD):
        return judged


def _with_feedback(judge: Judge, chapter: Chapter, formula: Formula, judged: Judged, outcome: Outcome) -> Judged:
    """The verdict with a counterexample and the probable slip."""
    found = outcome.counter.counterexample if outcome.counter is not None else None
    shown = None
    if isinstance(found, Separation) and judge.laboratory is not None:
        shown = counterexample(found, outcome.target, judge.laboratory, Spelling.of(chapter, formula.reading))
    elif isinstance(found, Mapping):
        shown = dict(found)
    return replace(judged, counterexample=shown, diagnosis=_diagnosis(judge, chapter, outcome))


def _diagnosis(judge: Judge, chapter: Chapter, outcome: Outcome) -> Diagnosis | None:
    if outcome.target is None or judge.laboratory is None:
        return None
    target = outcome.target
    if target.left.is_Integer and target.right.is_Integer and outcome.role is Role.NUMBER:
        slip = of_number(int(target.left), int(target.right))
        if slip is not None:
            return slip
    own = outcome.role in (Role.IDENTITY, Role.EQUATION, Role.SOLVED, Role.ANSWER, Role.NUMBER)
    known = known_slip(judge.problem, chapter, target, judge.truth, judge.laboratory)
    return known or Search(target, judge.laboratory, judge.truth, own).diagnosis()


def _result(document: Document, judged: Judged) -> LineResult:
    line, column = document.place(judged.line.start)
    diagnosis = judged.diagnosis
    return LineResult(
        line, column, document.source(judged.line), str(judged.role), str(judged.verdict), judged.evidence, judged.counterexample,
        None if diagnosis is None else {"kind": diagnosis.kind, "sentence": diagnosis.sentence, "part": diagnosis.part},
        judged.reason, judged.remarks, judged.error, judged.line.label, judged.line.start, judged.line.end,
    )  # fmt: skip


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise LineTimeout after so many seconds; only in the main thread, and only where the system has timers."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread() and seconds > 0
    if not usable:
        yield
        return

    fired = False

    def expired(number: int, frame: object) -> None:
        nonlocal fired
        fired = True
        raise LineTimeout

    before = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except SystemError:  # what CPython makes of an exception that a signal raises while C code calls back into Python
        if fired:
            raise LineTimeout from None
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
