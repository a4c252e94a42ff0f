"""The clauses of a text sorted: what a step does, what holds before the first, domains of coefficients, fixed numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from derivations.check.reader.claims import claims_of
from derivations.check.reader.facts import facts_of
from derivations.check.reader.meaning import Reader
from derivations.check.reader.notation import as_notation
from derivations.check.reader.parser import parse
from derivations.check.reader.reading import deep_recursion
from derivations.check.reader.statements import Claim, Kind
from derivations.check.reader.terms import Term, is_letter, is_number
from derivations.check.recurrences.errors import OtherStep, RecurrenceError, UpdatedTwice
from numeric.domains import Kind as DomainKind

MAX_CHARACTERS = 20_000
MAX_FORMULAS = 200
_MATH = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL)
_OUTPUT = re.compile(r"^\s*output:\s*(.+?)\s*$", re.MULTILINE)
_PLUS = "_plus"
_DIGITS = re.compile(r"(.+)_(\d+)$")


@dataclass(frozen=True)
class Entry:
    """X_{k+offset}, X_number (where `at` is set) or plain X (neither): a letter with what says which entry is meant."""

    name: str
    offset: int | None = None
    at: int | None = None


@dataclass(frozen=True)
class Update:
    """entry = value, where a step computes the entry; `place` is where the left side stands in the text."""

    entry: Entry
    value: Term
    place: int


@dataclass
class Sorted:
    """All clauses of a text, by what they say. `step` is the letter that counts the steps, empty where none does."""

    text: str
    step: str = ""
    updates: list[Update] = field(default_factory=list)
    initial: dict[tuple[str, int], Update] = field(default_factory=dict)
    domains: dict[str, DomainKind] = field(default_factory=dict)
    fixed: dict[str, Update] = field(default_factory=dict)
    first: int | None = None
    output: str = ""

    @property
    def indexed(self) -> bool:
        """Whether entries are told apart by a step letter or by x⁺, and not by the order of assignments."""
        return any(update.entry.offset is not None for update in self.updates)


def sorted_clauses(text: str) -> Sorted:
    """The clauses of a text. Raises: ReadingError, in particular RecurrenceError."""
    if len(text) > MAX_CHARACTERS:
        raise RecurrenceError(text[:MAX_CHARACTERS], 0, f"{len(text)} characters", (f"at most {MAX_CHARACTERS}",))
    output = _OUTPUT.search(text)
    formulas = text if output is None else text[: output.start()] + " " * len(output.group()) + text[output.end() :]
    found = Sorted(text)
    claims = list(_claims(formulas))
    found.step = _step_letter(claims)
    for claim in claims:
        _sort(found, claim)
    _settle(found)
    if output is not None:
        found.output = output.group(1).strip("$ \\")
    return found


def _settle(found: Sorted) -> None:
    """A numbered letter that no step computes, such as β₁, is a coefficient of its own."""
    computed = {update.entry.name for update in found.updates}
    for name, at in [key for key in found.initial if key[0] not in computed]:
        found.fixed[f"{name}_{at}"] = found.initial.pop((name, at))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The formulas of a text with where they begin: marked ones, else rows, else lines."""
    marked = [(m.start(m.lastindex), m.group(m.lastindex)) for m in _MATH.finditer(text) if m.lastindex]
    for start, formula in marked or [(0, text)]:
        if r"\begin" in formula or r"\\" in formula:
            yield start, formula
            continue
        for line in re.finditer(r"[^\n]+", formula):
            if line.group().strip():
                yield start + line.start(), line.group()


def _claims(text: str) -> Iterator[Claim]:
    """All clauses, their spans counted in the whole text."""
    table = replace(as_notation(None), meanings={}, probabilities=frozenset(), deltas=frozenset())
    formulas = list(_pieces(text))
    if len(formulas) > MAX_FORMULAS:
        raise RecurrenceError(text, formulas[MAX_FORMULAS][0], f"{len(formulas)} formulas", (f"at most {MAX_FORMULAS}",))
    pieces = [_blank(text, start) + formula for start, formula in formulas]
    trees = [parse(piece) for piece in pieces]
    facts = facts_of(trees, table)
    for piece, tree in zip(pieces, trees, strict=True):
        with deep_recursion(text):
            yield from claims_of(Reader(piece, table, facts, ()), tree)


def _blank(text: str, start: int) -> str:
    """White space as long as the text before `start`, with its line breaks, so that places stay what they are."""
    return "".join(character if character == "\n" else " " for character in text[:start])


def _step_letter(claims: list[Claim]) -> str:
    for claim in claims:
        left = claim.sides[0]
        if claim.relations[:1] and claim.relations[0] in _SAYS and left is not None:
            index = _index(left)
            letters = {t.data for t in index.walk() if t.head == "letter"} if index is not None else set()
            if len(letters) == 1:
                return str(letters.pop())
    return ""


_SAYS = frozenset(("=", ":=", "becomes"))


def _index(term: Term) -> Term | None:
    """The script that says which entry of a sequence is meant."""
    if term.head == "letter" and len(term.args) == 1:
        return term.args[0]
    if term.head == "power" and is_letter(term.args[0]):
        return term.args[1]
    return None


def entry_of(term: Term, step: str) -> Entry | None:
    """The entry that a term names, if it is one letter with at most one index."""
    if is_letter(term):
        name = str(term.data)
        if name.endswith(_PLUS):
            return Entry(name.removesuffix(_PLUS), 1)
        return Entry(name)
    index = _index(term)
    if index is None:
        return None
    name = str(term.data if term.head == "letter" else term.args[0].data)
    offset = _offset(index, step)
    if offset is not None:
        return Entry(name, offset)
    number = _whole(index)
    return None if number is None else Entry(name, None, number)


def numbered(entry: Entry) -> Entry:
    """A letter whose name ends in a number, such as θ₀, as an entry of a sequence."""
    found = _DIGITS.match(entry.name) if entry.offset is None and entry.at is None else None
    return Entry(found[1], None, int(found[2])) if found else entry


def _offset(index: Term, step: str) -> int | None:
    """The number added to the step letter."""
    if step and is_letter(index, step):
        return 0
    if step and index.head == "add" and len(index.args) == 2:
        for one, other in (index.args, index.args[::-1]):
            number = _whole(other)
            if is_letter(one, step) and number is not None:
                return number
    return None


def _whole(term: Term) -> int | None:
    """The value of a whole number, with or without a minus."""
    if term.head == "number" and term.data.denominator == 1:
        return int(term.data)
    if term.head == "multiply" and len(term.args) == 2 and is_number(term.args[0], -1):
        inner = _whole(term.args[1])
        return None if inner is None else -inner
    return None


def _sort(found: Sorted, claim: Claim) -> None:
    sides = [side for side in claim.sides if side is not None]
    if claim.kind is Kind.WORDS or (not claim.relations and _is_filling(sides)):
        return
    if len(sides) == len(claim.sides) and claim.relations and set(claim.relations) <= {"<", ">", "<=", ">="}:
        name, kind = _domain(found.text, claim, sides)
        found.domains[name] = kind
        return
    if len(sides) != 2 or claim.relations[0] not in _SAYS:
        raise RecurrenceError(found.text, claim.start)
    left, right = sides
    entry = entry_of(left, found.step)
    if entry is None:
        other = _index(left)
        raise (OtherStep if other is not None and found.step else RecurrenceError)(found.text, left.start)
    if entry.name == found.step and entry.at is None:
        number = _whole(right)
        if number is None:
            raise RecurrenceError(found.text, claim.start)
        found.first = number
    elif entry.offset is not None:
        _add(found, Update(entry, right, left.start))
    elif (place := numbered(entry)).at is not None:
        if (place.name, place.at) in found.initial:
            raise UpdatedTwice(found.text, left.start)
        found.initial[place.name, place.at] = Update(place, right, left.start)
    elif claim.relations[0] == "=" and found.step:
        found.fixed[entry.name] = Update(entry, right, left.start)
    else:
        _add(found, Update(entry, right, left.start))


def _add(found: Sorted, update: Update) -> None:
    again = [u for u in found.updates if u.entry.name == update.entry.name]
    if again and update.entry.offset is not None:
        raise UpdatedTwice(found.text, update.place)
    found.updates.append(update)


def _is_filling(sides: list[Term]) -> bool:
    r"""What stands in k = 0, 1, 2, \dots after the first number."""
    return all(side.head == "number" or (side.head == "structure" and side.data == "dots") for side in sides)


_DOMAINS: dict[tuple[str, ...], DomainKind] = {
    ("letter", ">", "0"): "positive", ("0", "<", "letter"): "positive", ("letter", ">=", "0"): "nonnegative",
    ("0", "<=", "letter"): "nonnegative", ("0", "<", "letter", "<", "1"): "unit-interval",
    ("1", ">", "letter", ">", "0"): "unit-interval",
}  # fmt: skip


def _domain(text: str, claim: Claim, sides: list[Term]) -> tuple[str, DomainKind]:
    names = [str(side.data) for side in sides if side.head == "letter"]
    shape: list[str] = []
    for place, side in enumerate(sides):
        shape.append("letter" if side.head == "letter" else str(side.data) if side.head == "number" else "?")
        shape += claim.relations[place : place + 1]
    kind = _DOMAINS.get(tuple(shape))
    if kind is None or len(names) != 1:
        raise RecurrenceError(text, claim.start)
    return names[0], kind
