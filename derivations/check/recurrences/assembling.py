"""From sorted clauses to an iteration: which sequences are state, in what order a step computes them, where they start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from sympy import Basic, Expr

from derivations.check.reader.terms import Term
from derivations.check.recurrences.errors import (
    CircularUpdate,
    EntryTooLate,
    InitialValuesApart,
    NoInitialValue,
    NoUpdate,
    RecurrenceError,
    TwoStarts,
)  # fmt: skip
from derivations.check.recurrences.sorting import Entry, Sorted, Update, entry_of, numbered, sorted_clauses
from derivations.check.recurrences.values import GRADIENT, Values, plain
from derivations.subjects.optimisers.iteration import (
    COUNTER,
    START,
    Assignment,
    Iteration,
    Parameter,
    before_of,
    letter,
    oracle,
)  # fmt: skip
from derivations.subjects.optimisers.reading import LATEX
from numeric.domains import Kind

ITERATES = ("theta", "x", "w")
"""Sequences that are the iterate where no line `output: …` names one, in this order; else the last one updated."""
CONVENTIONS: dict[str, Kind] = {
    **dict.fromkeys(("alpha", "eta", "eps", "tau", "sigma"), "positive"),
    **dict.fromkeys(("beta1", "beta2", "rho"), "unit-interval"),
}
"""Domains of coefficients of which nothing is said; all others are real."""


def looks_like_latex(text: str) -> bool:
    """Whether a text is a recurrence in LaTeX and not a name or the text form of an iteration.

    >>> looks_like_latex(r"x^{k+1} = x^k - \\alpha g^k"), looks_like_latex("pytorch-sgd")
    (True, False)
    """
    return ("=" in text or "\\" in text) and not re.search(r"^\s*iteration\s", text, re.MULTILINE)


def iteration_of(text: str, name: str = "recurrence") -> Iteration:
    """The iteration that a text in LaTeX describes.

    >>> found = iteration_of(r"v^{k+1} = \\beta v^k - \\alpha \\nabla f(\\theta^k), \\theta^{k+1} = \\theta^k + v^{k+1}, v^0 = 0")
    >>> found.state, [p.name for p in found.parameters], found.output
    (('theta', 'v'), ['beta', 'alpha'], 'theta')

    Raises: ReadingError, in particular RecurrenceError, with line and column; IterationError.
    """
    return _Assembly(sorted_clauses(text), name).iteration()


@dataclass
class _Assembly:
    clauses: Sorted
    name: str
    scheduled: dict[str, set[int]] = field(default_factory=dict)
    letters: dict[str, None] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)
    begin: str = ""

    def __post_init__(self) -> None:
        if not self.clauses.updates:
            raise NoUpdate(self.clauses.text, 0)
        self.updates = {u.entry.name: u for u in self.clauses.updates}
        self.output = self._output()
        self.values = Values(self.clauses.text, self.clauses.step, frozenset(self.updates), self._entry, bool(self.clauses.step))

    def _output(self) -> str:
        named = self.clauses.output
        if named and named not in self.updates:
            raise NoUpdate(self.clauses.text, self.clauses.text.index("output:"), named)
        return named or next((n for n in ITERATES if n in self.updates), self.clauses.updates[-1].entry.name)

    def iteration(self) -> Iteration:
        """The iteration."""
        program = tuple(self._in_order() if self.clauses.indexed else self._as_written())
        program = self._with_coefficients(program)
        start = tuple(self._starts())
        parameters = tuple(self._parameter(n) for n in (*self.letters, *self.scheduled))
        fixed = {plain(n): self.values.of(u.value) for n, u in self.clauses.fixed.items()}
        found = Iteration(self.name, self.name.replace("-", " "), parameters, start, program, plain(self.output))
        return found.specialised({n: v for n, v in fixed.items() if any(p.name == n for p in parameters)}, ())

    # ------------------------------------------------------------------ one step

    def _as_written(self) -> Iterator[Assignment]:
        """Assignments in the order in which they stand; a letter read before it is assigned is state."""
        assigned: set[str] = set()
        for update in self.clauses.updates:
            value = self.values.of(update.value)
            read = {s.name for s in value.free_symbols}
            self.back |= {n: 1 for n in self.updates if plain(n) in read and n not in assigned}
            assigned.add(update.entry.name)
            yield Assignment(plain(update.entry.name), value)

    def _in_order(self) -> Iterator[Assignment]:
        """New values in an order in which each one needs only what is known; then the older ones move on."""
        values = {name: self.values.of(update.value) for name, update in self.updates.items()}
        ordered = self._ordered(values)
        late = [n for place, n in enumerate(ordered) if self._read_later(n, [values[m] for m in ordered[place + 1 :]])]
        new = {_new(n): letter(_new(n) if n in late else plain(n)) for n in ordered}
        renaming = {letter(old): symbol for old, symbol in new.items()}
        for name in ordered:
            yield Assignment(new[_new(name)].name, values[name].xreplace(renaming))
        for name in ordered:
            for age in range(self.back.get(name, 1), 1, -1):
                yield Assignment(_aged(name, age), letter(_aged(name, age - 1)))
            if name in late:
                yield Assignment(plain(name), new[_new(name)])

    def _read_later(self, name: str, values: list[Expr]) -> bool:
        return self.back.get(name, 0) > 1 or any(letter(plain(name)) in v.free_symbols for v in values)

    def _ordered(self, values: dict[str, Expr]) -> list[str]:
        needs = {n: {m for m in values if letter(_new(m)) in v.free_symbols} for n, v in values.items()}
        ordered: list[str] = []
        while len(ordered) < len(values):
            ready = next((n for n in values if n not in ordered and needs[n] <= set(ordered)), None)
            if ready is None:
                stuck = next(n for n in values if n not in ordered)
                raise CircularUpdate(self.clauses.text, self.updates[stuck].place, stuck)
            ordered.append(ready)
        return ordered

    def _entry(self, entry: Entry, term: Term) -> Expr:
        """What an entry or a letter on a right side stands for during a step."""
        name = entry.name
        if name == self.clauses.step and entry.offset is None and entry.at is None:
            return COUNTER + self._first() - 1
        if name in self.updates:
            return self._of_sequence(entry, term)
        if name == GRADIENT and (entry.offset is not None) == bool(self.clauses.step):
            return oracle("gradient")(self._entry(Entry(self.output, entry.offset), term))
        if entry.at is not None:
            raise RecurrenceError(self.clauses.text, max(term.start, 0), f"{name} at {entry.at}")
        if entry.offset is not None:
            self.scheduled.setdefault(name, set()).add(entry.offset)
            return letter(f"{plain(name)}@{entry.offset}")
        self.letters[name] = None
        return letter(plain(name))

    def _of_sequence(self, entry: Entry, term: Term) -> Expr:
        own = self.updates[entry.name].entry.offset
        if own is None:
            return letter(plain(entry.name))
        age = own - (entry.offset or 0)
        if entry.at is not None or (entry.offset is None and self.clauses.step) or age < 0:
            raise EntryTooLate(self.clauses.text, max(term.start, 0), entry.name)
        if age == 0:
            return letter(_new(entry.name))
        self.back[entry.name] = max(self.back.get(entry.name, 0), age)
        return letter(_aged(entry.name, age))

    # ------------------------------------------------------------------ before the first step

    def _first(self) -> int:
        """The value of the step letter in the first step."""
        if self.clauses.first is not None:
            return self.clauses.first
        newest: dict[str, tuple[int, int]] = {}
        for name, at, place in self._mentioned():
            newest[name] = max(newest.get(name, (at, place)), (at, place))
        found: int | None = None
        for name, (at, place) in newest.items():
            first = at - (self.updates[name].entry.offset or 0) + 1
            if found is not None and first != found:
                raise InitialValuesApart(self.clauses.text, place, name)
            found = first
        return found if found is not None else 1 - (self.updates[self.output].entry.offset or 0)

    def _mentioned(self) -> Iterator[tuple[str, int, int]]:
        """Sequence, number and place of every entry in the initial values, on either side."""
        for (name, at), update in self.clauses.initial.items():
            yield name, at, update.place
            for term in update.value.walk():
                entry = entry_of(term, "")
                entry = entry and numbered(entry)
                if entry is not None and entry.at is not None and entry.name in self.updates:
                    yield entry.name, entry.at, max(term.start, 0)

    def _starts(self) -> Iterator[Assignment]:
        for name in (self.output, *(n for n in self.updates if n in self.back and n != self.output)):
            offset = self.updates[name].entry.offset or 0
            for age in range(1, max(self.back.get(name, 1), 1) + 1):
                yield Assignment(_aged(name, age), self._before(name, self._first() + offset - age))

    def _before(self, name: str, at: int, deep: int = 0) -> Expr:
        """The value of an entry before the first step."""
        known = self.clauses.initial.get((name, at)) if self.clauses.indexed else self._only(name)
        if known is None:
            if name == self._free():
                return START
            raise NoInitialValue(self.clauses.text, self.updates[name].place, f"{name} at {at}")
        if deep > len(self.clauses.initial):
            raise CircularUpdate(self.clauses.text, known.place, name)
        values = Values(self.clauses.text, "", frozenset(self.updates), partial(self._at_start, deep + 1))
        return values.of(known.value)

    def _free(self) -> str:
        """The sequence that starts at the starting point: the iterate, or the one that its initial value names."""
        given = {name for name, _ in self.clauses.initial}
        if self.output not in given:
            return self.output
        mentioned = [name for name, _, _ in self._mentioned() if name not in given]
        return mentioned[0] if mentioned else self.output

    def _only(self, name: str) -> Update | None:
        found = [update for (other, _), update in self.clauses.initial.items() if other == name]
        return found[0] if found else None

    def _at_start(self, deep: int, entry: Entry, term: Term) -> Expr:
        entry = numbered(entry)
        if entry.name in self.updates and entry.at is not None:
            own = entry.at == (self._first() + (self.updates[entry.name].entry.offset or 0) - 1)
            if (entry.name, entry.at) in self.clauses.initial and not self._is_itself(entry):
                return self._before(entry.name, entry.at, deep)
            if entry.name == self._free() and own:
                return START
            raise NoInitialValue(self.clauses.text, max(term.start, 0), f"{entry.name} at {entry.at}")
        if entry.name in self.letters or entry.name in self.clauses.domains:
            self.letters[entry.name] = None
            return letter(plain(entry.name))
        if self.begin not in ("", entry.name):
            raise TwoStarts(self.clauses.text, max(term.start, 0), f"{entry.name} beside {self.begin}")
        self.begin = entry.name
        return START

    def _is_itself(self, entry: Entry) -> bool:
        r"""Whether an initial value is only named, as in \\theta^0 = \\theta_0."""
        value = self.clauses.initial[entry.name, entry.at or 0].value
        inner = numbered(Entry(str(value.data))) if value.head == "letter" and not value.args else None
        return inner is not None and (inner.name, inner.at) == (entry.name, entry.at)

    # ------------------------------------------------------------------ coefficients

    def _with_coefficients(self, program: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
        """The newest coefficient that a step uses is its own, the one before that of the step before."""
        mapping: dict[Basic, Basic] = {}
        for name, offsets in self.scheduled.items():
            if max(offsets) - min(offsets) > 1:
                raise RecurrenceError(self.clauses.text, 0, f"{name} at steps more than one apart")
            for offset in offsets:
                own = plain(name) if offset == max(offsets) else before_of(plain(name))
                mapping[letter(f"{plain(name)}@{offset}")] = letter(own)
        return tuple(Assignment(a.name, a.value.xreplace(mapping)) for a in program)

    def _parameter(self, name: str) -> Parameter:
        known = plain(name)
        kind = self.clauses.domains.get(name) or CONVENTIONS.get(known, "real")
        return Parameter(known, kind, name in self.scheduled, LATEX.get(known, known))


def _new(name: str) -> str:
    return f"{plain(name)}_new"


def _aged(name: str, age: int) -> str:
    """The state variable that holds a value so many steps old."""
    return plain(name) if age == 1 else f"{plain(name)}_{age - 1}_back"

