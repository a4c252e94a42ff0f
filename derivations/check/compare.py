"""Comparing two pieces of mathematics: expressions by equality, equations by their solutions, inequalities by truth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from derivations.check.comparing.instances import shown
from derivations.check.comparing.statements import identical, judged
from derivations.check.reader.errors import ReadingError
from derivations.check.reader.notation import SymbolNotation, as_notation
from derivations.check.reader.reading import AnyNotation, Reading, deep_recursion, read_together
from derivations.core.evidence import Evidence, Word
from numeric.comparison import Separation, Undefined

WORDS = ("proved", "agrees", "refuted", "undecided", "unreadable", "timeout")
MAX_READINGS = 16
WHOLE = frozenset(("n", "m", "k", "l", "i", "j", "N", "M", "K"))
"""Letters that are whole numbers as often as not where a text says nothing about them."""


@dataclass(frozen=True)
class Comparison:
    """The verdict on two texts.

    `evidence`: proved, agrees, refuted, undecided, unreadable or timeout. `counterexample`: the smallest instance found, as
    {"sizes", "values", "at", "left", "right"}, or None. `reason`: what was tried or found,
    in a sentence. `inferred`: what was taken
    for granted about undeclared letters. `readings`: both texts as SymPy prints them.
    """

    evidence: str
    reason: str
    counterexample: Mapping[str, Any] | None = None
    left: str = ""
    right: str = ""
    readings: tuple[str, str] = ("", "")
    inferred: Mapping[str, str] = field(default_factory=dict)

    @property
    def equal(self) -> bool | None:
        """True for proved and agrees, False for refuted, None for everything else."""
        return {"proved": True, "agrees": True, "refuted": False}.get(self.evidence)

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain data, schema derivations/comparison/1."""
        return {
            "schema": "derivations/comparison/1",
            "evidence": self.evidence,
            "reason": self.reason,
            "counterexample": self.counterexample,
            "left": {"latex": self.left, "reading": self.readings[0]},
            "right": {"latex": self.right, "reading": self.readings[1]},
            "inferred": dict(self.inferred),
        }


def compare(
    left: str, right: str, *, notation: AnyNotation = None, timeout: float = 10.0, isolated: bool = True, seed: int = 0
) -> Comparison:
    r"""Whether two pieces of LaTeX say the same, in one word, with the smallest counterexample when they do not.

    Expressions are compared by equality, equations by their solutions (a nonzero multiple,
    a rearrangement or the solved form are
    equal; a lost or added root is named), inequalities by truth. Domains count: `\log x^2` is not `2 \log x` for real x.

    notation: as in `derivations.read`. timeout: seconds before the verdict is `timeout`. isolated: decide in a process of its
    own, which can be stopped and whose memory is limited; without it a hostile formula can hold up the caller.

    Raises: NotationError; ValueError for a timeout that is no positive number. Never raises for what the texts hold: that is the
    verdict `unreadable`.

    >>> compare("2(x + 1)", "2x + 2", isolated=False).evidence
    'proved'
    >>> compare(r"\sum_{i=1}^N x_i^2", r"(\sum_{i=1}^N x_i)^2", isolated=False).counterexample["values"]
    {'x': [1, 1]}
    """
    table = as_notation(notation)
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout is {timeout}; it has to be a positive number of seconds")
    if not isolated:
        return compare_here(left, right, notation=table, seed=seed)
    from derivations.check.comparing.worker import WorkerDied, WorkerTimeout, ask

    try:
        found = ask((left, right, table, seed), timeout)
    except WorkerTimeout as failure:
        return Comparison("timeout", str(failure), None, left, right)
    except WorkerDied as failure:
        return Comparison("timeout", f"out of memory: {failure}", None, left, right)
    if isinstance(found, Comparison):
        return found
    raise found


def answer(left: str, right: str, notation: AnyNotation, seed: int) -> Comparison | Exception:
    """What the worker sends back: the comparison, or the exception that is a bug."""
    try:
        return compare_here(left, right, notation=notation, seed=seed)
    except MemoryError:
        return Comparison("timeout", "out of memory", None, left, right)
    except Exception as failure:
        return RuntimeError(f"comparing {left!r} with {right!r}: {type(failure).__name__}: {failure}")


def compare_here(left: str, right: str, *, notation: AnyNotation = None, seed: int = 0) -> Comparison:
    """`compare` in this process, without limits of time and memory."""
    try:
        first, second = read_together((left, right), notation=notation)
        with deep_recursion(left):
            verdict = _two_shapes(left, right) or _unanimous(first, second, left, right, notation, seed)
            if verdict.word is Word.REFUTED:
                verdict = _unless_whole(verdict, first, left, right, notation, seed)
            readings = (str(first.expression), str(second.expression))
            inferred = first.inferred
    except ReadingError as failure:
        side = "left" if failure.text == left else "right"
        return Comparison("unreadable", f"{side}: {failure.name}: {failure}", None, left, right)
    return Comparison(str(verdict.word), verdict.reason, _counterexample(verdict), left, right, readings, inferred)


def _unanimous(first: Reading, second: Reading, left: str, right: str, notation: AnyNotation, seed: int) -> Evidence:
    """The verdict on which all common readings of ambiguous places agree; undecided when they do not."""
    options = [range(count) for _, _, count in first.ambiguous], [range(count) for _, _, count in second.ambiguous]
    found = judged(first, second, seed)
    if not any(options) or identical(first, second):
        return found
    for count, choices in enumerate(product(product(*options[0]), product(*options[1]))):
        if not any(choices[0]) and not any(choices[1]):
            continue
        if count >= MAX_READINGS:
            return Evidence(Word.UNDECIDED, "too many ambiguous places; add brackets")
        third, fourth = read_together((left, right), notation=notation, choices=choices)
        other = judged(third, fourth, seed)
        if (other.word is Word.REFUTED) != (found.word is Word.REFUTED) or Word.UNDECIDED in (other.word, found.word):
            question = (first.ambiguous or second.ambiguous)[0][1]
            return Evidence(Word.UNDECIDED, f"it depends on {question}; add brackets")
        if other.word is Word.AGREES:
            found = other
    return found


_SHAPES = re.compile(r"\\(var)?(epsilon|theta|kappa|pi|rho|sigma|phi)(?![A-Za-z])")


def _two_shapes(left: str, right: str) -> Evidence | None:
    r"""`undecided` where a letter stands in both of its shapes, \phi and \varphi, which are read as one."""
    found = set(_SHAPES.findall(left) + _SHAPES.findall(right))
    both = sorted(name for shape, name in found if shape and ("", name) in found)
    if not both or left.strip() == right.strip():
        return None
    return Evidence(Word.UNDECIDED, f"it depends on whether \\{both[0]} and \\var{both[0]} are one letter")


def _unless_whole(
    verdict: Evidence, reading: Reading, left: str, right: str, notation: AnyNotation, seed: int
) -> Evidence:
    """A refutation by a broken or negative n or k stands only when whole numbers refute too."""
    counterexample = _counterexample(verdict) or {}
    values = {**counterexample.get("values", {}), **counterexample.get("sizes", {})}
    letters = [n for n in WHOLE if reading.inferred.get(n, "").startswith("real: ") and not _is_whole(values.get(n, 0))]
    if not letters:
        return verdict
    table = as_notation(notation)
    natural = {(name, 1): SymbolNotation(name, name, domain="natural") for name in letters}
    table = replace(table, symbols={**table.symbols, **natural})
    first, second = read_together((left, right), notation=table)
    if _unanimous(first, second, left, right, table, seed).word is Word.REFUTED:
        return verdict
    names = " and ".join(sorted(letters))
    whole = "are whole numbers" if len(letters) > 1 else "is a whole number"
    return Evidence(Word.UNDECIDED, f"it depends on whether {names} {whole}; declare the domain")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _counterexample(evidence: Evidence) -> dict[str, Any] | None:
    found = evidence.counterexample
    if found is None:
        return None
    if not isinstance(found, Separation):
        return dict(found)
    sizes = {
        str(symbol): value
        for symbol, value in found.instance.items()
        if getattr(symbol, "is_integer", False) and isinstance(value, int)
    }
    values = {name: value for name, value in shown(found.instance).items() if name not in sizes}
    return {
        "sizes": sizes,
        "values": values,
        "at": {str(symbol): value for symbol, value in found.bindings.items()},
        "left": shown_value(found.left),
        "right": shown_value(found.right),
    }


def shown_value(value: Any) -> Any:
    """A side's value as plain data: whole numbers, fractions as text, decimals to 12 digits."""
    from fractions import Fraction

    if isinstance(value, Undefined) or value is None:
        return None if value is None else str(value)
    if isinstance(value, Fraction):
        return str(value) if value.denominator != 1 else int(value)
    if isinstance(value, (int, str)):
        return value
    return float(f"{float(value):.12g}")
