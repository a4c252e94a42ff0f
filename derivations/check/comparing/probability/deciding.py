"""Whether two formulas of probability are equal for every joint distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any as Anything

from sympy import Basic

from derivations.check.comparing.instances import instances
from derivations.check.comparing.instances import shown as shown_plain
from derivations.check.comparing.probability.events import (
    Distribution,
    Holds,
    Is,
    Moment,
    NoModel,
    Probability,
    atomic,
    constants_of,
    is_random_letter,
    moment_of,
    parts_of,
    probability_of,
    random_letters,
    variable_name,
)
from derivations.check.comparing.probability.forms import Forms, is_range
from derivations.check.comparing.probability.tables import MAX_VARIABLES, Evaluation, Instance, NewVariable, Tables
from derivations.check.reader.declared import Symbols
from derivations.check.reader.notation import Notation
from derivations.check.reader.terms import Term
from derivations.core.equality import is_zero
from derivations.core.evidence import Evidence, Word
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from numeric.duals import arithmetic
from numeric.failures import NumericFailure

INSTANCES, ENOUGH = 10, 5
_INVENTED = "N_"
"""How sizes begin that only the reading has named."""
CLOSE = 25
"""Decimal digits to which values that are not rational have to agree."""


def speaks_of_chance(sides: tuple[Term, ...], notation: Notation) -> bool:
    """Whether probabilities or expectations occur in the sides."""
    try:
        return any(probability_of(part) or moment_of(part, notation) for side in sides for part in side.walk())
    except NoModel:
        return True


def decide_probabilities(left: Term, right: Term, symbols: Symbols, seed: int = 0) -> Evidence:
    """`proved` when both sides are the same in joint probabilities and means, `refuted` by a finite joint table, else `undecided`
    or `agrees`."""
    try:
        question = Question.of(left, right, symbols)
        if question.is_zero():
            return Evidence(Word.PROVED, "normal form in joint probabilities and means")
        found = question.on_tables(seed)
    except NoModel as failure:
        return Evidence(Word.UNDECIDED, f"no finite table models {failure}")
    if found.word is not Word.REFUTED:
        return found
    heads = [_heads(side, symbols.notation) for side in (left, right)]
    if all(heads) and (different := heads[0] ^ heads[1]):
        return Evidence(Word.UNDECIDED, f"it depends on what {', '.join(sorted(different))} is")
    if question.has_samples():
        return Evidence(Word.UNDECIDED, "it depends on whether the samples are independent and have one distribution")
    return found


def both_hold(first: tuple[Term, Term], second: tuple[Term, Term], symbols: Symbols, seed: int = 0) -> Evidence | None:
    """Two equations between probabilities as laws: equal when both hold for every joint distribution, refuted when one does and
    the other does not; None where neither is a law."""
    found = [decide_probabilities(*sides, symbols, seed) for sides in (first, second)]
    laws = [verdict.word in (Word.PROVED, Word.AGREES) for verdict in found]
    if all(laws):
        weaker = max(found, key=lambda verdict: verdict.word is Word.AGREES)
        return Evidence(weaker.word, "both hold for every joint distribution", instances=weaker.instances, seed=weaker.seed)
    for place, verdict in enumerate(found):
        if verdict.word is Word.REFUTED and laws[1 - place]:
            which = ("left", "right")[place]
            return Evidence(Word.REFUTED, f"the {which} equation does not hold always", counterexample=verdict.counterexample)
    return None


def _heads(side: Term, notation: Notation) -> set[str]:
    """The distributions and arbitrary functions of a side, by name."""
    found = {_name(part.distribution) for part in parts_of(side, notation)}
    for part in side.walk():
        if part.head == "call" and probability_of(part) is None and moment_of(part, notation) is None:
            found.add(str(part.data))
    return found


def _name(distribution: Distribution) -> str:
    name = distribution.name if distribution.name and not distribution.name.startswith("_") else f"p{distribution.name}"
    return f"{name}( · ; …)" if distribution.parameters else name


def _letters(sides: tuple[Term, ...], notation: Notation) -> dict[str, str]:
    """Letter → the random variable whose value it is. Raises: NoModel when a letter is a value of two."""
    found: dict[str, str] = {}
    for side in sides:
        for part in parts_of(side, notation):
            events = (*part.events, *part.given) if isinstance(part, Probability) else part.given
            for event in atomic(events):
                if isinstance(event, Holds):
                    for letter, name in _compared(event).items():
                        found.setdefault(letter, name)
                elif event.value.head == "letter":
                    letter, name = str(event.value.data), event.variable.name
                    if found.setdefault(letter, name) != name:
                        raise NoModel(f"{letter}, a value of {found[letter]} and of {name}")
    if twins := sorted(letter for letter in found if letter.swapcase() in found and letter.isupper()):
        raise NoModel(f"{twins[0].lower()} beside {twins[0]}")
    return found


def _compared(event: Holds) -> dict[str, str]:
    """The small letters that a relation compares one random variable with: values of it."""
    sides = [side for side in event.relation.args if side.head == "letter" and not side.args]
    capitals = [str(side.data) for side in sides if is_random_letter(side)]
    if len(capitals) != 1:
        return {}
    return {str(side.data): variable_name(capitals[0]) for side in sides if not is_random_letter(side)}


@dataclass(frozen=True)
class Question:
    """Two sides, what their letters are, and the random variables in them with the numbers they are compared with.

    `named`: values of a random variable that the text names, as in P(Y = 1); `points`: numbers on either side of which something
    changes, as in P(X > 0).
    """

    left: Term
    right: Term
    symbols: Symbols
    letters: Mapping[str, str]
    constants: frozenset[str]
    names: tuple[str, ...]
    named: Mapping[str, frozenset[Fraction]]
    points: Mapping[str, frozenset[Fraction]]

    @classmethod
    def of(cls, left: Term, right: Term, symbols: Symbols) -> Question:
        """What two sides ask. Raises: NoModel."""
        sides, notation = (left, right), symbols.notation
        constants, letters = constants_of(sides, notation), _letters(sides, notation)
        declared = independence(notation)
        names: dict[str, None] = dict.fromkeys(declared[1] if declared else ())
        named: dict[str, frozenset[Fraction]] = {}
        points: dict[str, frozenset[Fraction]] = {}
        for side in sides:
            for part in parts_of(side, notation):
                if isinstance(part, Moment):
                    names |= dict.fromkeys(variable_name(n) for n in sorted(random_letters(part, letters, constants)))
                events = (*part.events, *part.given) if isinstance(part, Probability) else part.given
                for event in atomic(events):
                    if isinstance(event, Is):
                        names.setdefault(event.variable.name)
                        if event.value.head == "number":
                            known = named.get(event.variable.name, frozenset())
                            named[event.variable.name] = known | {Fraction(event.value.data)}
                    else:
                        variables = {variable_name(str(p.data)) for p in event.relation.walk() if p.head == "letter"}
                        numbers = {Fraction(p.data) for p in event.relation.args if p.head == "number"}
                        names |= dict.fromkeys(sorted(variables))
                        points |= {name: points.get(name, frozenset()) | numbers for name in variables}
        return cls(left, right, symbols, letters, constants, tuple(names), named, points)

    def has_samples(self) -> bool:
        """Whether values of random variables carry an index, or numbers tell them apart: x_i, x_1 and x_2."""
        parts = (part for side in (self.left, self.right) for part in side.walk())
        if any(part.head == "letter" and str(part.data) in self.letters and part.args for part in parts):
            return True
        roots = [name.rpartition("_")[0] for name in self.names if name.rpartition("_")[2].isdigit()]
        return len(roots) > len(set(roots))

    def is_zero(self) -> bool:
        """Whether the difference is zero in joint probabilities and means. True is a proof."""
        forms = Forms(self.symbols, self.letters, independent=independence(self.symbols.notation), constants=self.constants)
        try:
            return is_zero(Normaliser(self.symbols.declarations), forms.of(self.left) - forms.of(self.right))
        except (NoModel, TooLarge, UndefinedForm, ArithmeticError, ValueError, TypeError, AttributeError, LookupError):
            return False

    # ------------------------------------------------------------------ tables

    def on_tables(self, seed: int) -> Evidence:
        """Both sides on finite joint tables. Raises: NoModel."""
        judged = 0
        refuted: Evidence | None = None
        for instance, is_certain in self.instances(seed):
            values = self.values(instance)
            if values is None:
                continue
            judged += 1
            if _differ(values[0], values[1]):
                if is_certain:
                    return Evidence(Word.REFUTED, self._reason(instance), counterexample=values[2])
                refuted = Evidence(Word.UNDECIDED, "it depends on whether the values that are named are all there are")
        if refuted:
            return refuted
        if judged < ENOUGH:
            return Evidence(Word.UNDECIDED, f"only {judged} joint tables could be evaluated")
        return Evidence(Word.AGREES, f"equal on {judged} finite joint tables", instances=judged, seed=seed)

    def _reason(self, instance: Instance) -> str:
        """The difference, and whether it is one of dependence only."""
        for more in range(3):
            loose = Instance(instance.supports, instance.plain, instance.seed + more, (tuple(instance.supports), ()))
            values = self.values(loose)
            if values is None or _differ(values[0], values[1]):
                return "the sides differ on an instance"
        return "the sides differ on an instance; they agree where all random variables are independent"

    def values(self, instance: Instance) -> tuple[Anything, Anything, dict[str, Anything]] | None:
        """Both sides on an instance, and the instance as plain data; None where it cannot be evaluated."""
        hidden = instance.independent[1] if instance.independent else ()
        tables = Tables(instance, tuple((name, ()) for name in hidden))
        while True:
            run = Evaluation(tables, self.symbols, {}, self.letters, self.constants)
            try:
                values = [run.value(side) for side in (self.left, self.right)]
            except NewVariable as new:
                if new.name[0] not in instance.supports:
                    raise NoModel(f"the random variable {new.name[0]}") from None
                if len(tables.names) >= MAX_VARIABLES:
                    return None
                tables = Tables(instance, (*tables.names, new.name))
                continue
            except (NumericFailure, ZeroDivisionError):
                return None
            return values[0], values[1], _shown(run, values)

    def instances(self, seed: int) -> Iterator[tuple[Instance, bool]]:
        """Instances, and whether a difference there is certain: not where the named values may be all or not all there are.

        Two sides that differ with the named values alone and with others too differ for certain.
        """
        independent = independence(self.symbols.notation)
        for place, plain in enumerate(instances(self._ordinary(), seed, INSTANCES)):
            sizes = {str(symbol): value for symbol, value in plain.items() if isinstance(value, int)}
            found = []
            for extra in (True, False) if any(self.named.values()) else (True,):
                supports = {name: self._support(name, place, extra, sizes) for name in self.names}
                found.append(Instance(supports, plain, seed + place, independent))
            differ = [(v := self.values(instance)) is not None and _differ(v[0], v[1]) for instance in found]
            for instance in found:
                yield instance, all(differ)

    def _support(self, name: str, place: int, extra: bool, sizes: Mapping[str, int]) -> tuple[Fraction, ...]:
        """The values of a random variable: its range, or those named and, if `extra`, others."""
        extent = _range_of(name, (self.left, self.right), self.letters, sizes)
        if extent is not None:
            return tuple(Fraction(value) for value in range(extent[0], extent[1] + 1))
        fresh = [Fraction(value) for value in (1, 2, 5, -3)] if place % 2 == 0 else [Fraction(-1, 2), Fraction(4), Fraction(3, 7)]
        found = sorted(self.named.get(name, frozenset()))
        if points := self.points.get(name):
            found = sorted({*found, *points, *(point + step for point in points for step in (-1, 1))})
        wanted = max(2, len(found) + (extra and bool(found))) if found else 2 + (place // 2 + len(name) * (place > 2)) % 2
        return tuple(found + [value for value in fresh if value not in found][: max(0, wanted - len(found))])

    def _ordinary(self) -> list[Anything]:
        """The letters that are no values of random variables, and all sizes."""
        letters = [part for side in (self.left, self.right) for part in side.walk() if part.head == "letter"]
        keys = {(str(part.data), len(part.args)) for part in letters if str(part.data) not in self.letters}
        used = {self.symbols.heads[key].name for key in keys if key in self.symbols.heads}
        return [
            entry.variable
            for entry in self.symbols.declarations
            if entry.domain.kind not in ("function", "index") and (entry.name in used or entry.domain.kind == "size")
        ]


def _range_of(
    name: str, sides: tuple[Term, ...], letters: Mapping[str, str], sizes: Mapping[str, int]
) -> tuple[int, int] | None:
    """The first and last value of a random variable that a sum runs over. Raises: NoModel for two different ranges."""
    found: set[tuple[int, int]] = set()
    for side in sides:
        for part in side.walk():
            if part.head in ("sum", "product") and letters.get(str(part.data)) == name and part.args[1].head != "bare":
                if not is_range(part.args[1:3]):
                    raise NoModel("a sum over a part of the values")
                low, upper = int(part.args[1].data), part.args[2]
                last = upper.args[0] if upper.head == "add" else upper
                high = int(last.data) if last.head == "number" else sizes.get(str(last.data))
                if high is None:
                    raise NoModel("a sum over a part of the values")
                found.add((low, high - (upper.head == "add")))
    if len(found) > 1:
        raise NoModel("sums over different ranges of one random variable")
    return found.pop() if found else None


def independence(notation: Notation) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The random variables that a table declares independent of each other, and what they are given. Raises: NoModel."""
    if len(notation.independent) > 1:
        raise NoModel("several statements of independence")
    for statement in notation.independent:
        members, _, given = statement.partition("|")
        apart, below = (tuple(variable_name(n.strip()) for n in part.split(",") if n.strip()) for part in (members, given))
        return apart, below
    return None


_NUMBERS = arithmetic(40)


def _differ(left: Anything, right: Anything) -> bool:
    if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return left != right
    a, b = _NUMBERS.lift(left), _NUMBERS.lift(right)
    return bool(abs(a - b) > max(abs(a), abs(b), _NUMBERS.context.mpf(10) ** -CLOSE) * _NUMBERS.context.mpf(10) ** -CLOSE)


def _shown(run: Evaluation, values: list[Anything]) -> dict[str, Anything]:
    """A counterexample as plain data: every joint table as rows of values and their probability."""
    tables = run.tables
    names = [name + "".join(f"_{index}" for index in indices) for name, indices in tables.names]
    rows = {
        f"P{distribution.name}({', '.join(f'{n} = {_text(v)}' for n, v in zip(names, outcome, strict=False))})": _text(weight)
        for distribution, table in tables.known.items()
        for outcome, weight in table.items()
    }
    indexed = {name for name, indices in tables.names if indices}
    at = {n: _text(run.letter(Term("letter", (), n))) for n, variable in run.letters.items() if variable not in indexed}
    named = {s: v for s, v in tables.instance.plain.items() if isinstance(s, Basic) and not str(s).startswith(_INVENTED)}
    plain = shown_plain(named)
    return {"sizes": {}, "values": {**rows, **at, **plain}, "at": {}, "left": _text(values[0]), "right": _text(values[1])}


def _text(value: Anything) -> Anything:
    if isinstance(value, Fraction):
        return str(value) if value.denominator != 1 else int(value)
    return value if isinstance(value, int) else float(value)
