"""What formulas of probability speak of: distributions, random variables, events; read off the terms.

p(x | y) names random variables and their values at once: the letter x is a value of the random variable X. P(X = k) names them
apart. p and P are one distribution, q another, p_θ and p( · ; θ) others again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from derivations.check.reader.notation import Notation
from derivations.check.reader.terms import Term

P_NAMES = frozenset(("P", "p", "bb_P", "Pr", "cal_P", "mathsf_P", "rm_P"))
"""Names of the one distribution that a text speaks of without naming it."""
OTHERS = frozenset(("q", "Q", "r", "pi"))
MOMENTS = {
    "E": "mean", "bb_E": "mean", "cal_E": "mean", "mathsf_E": "mean", "rm_E": "mean", "Var": "variance", "var": "variance",
    "V": "variance", "bb_V": "variance", "Cov": "covariance", "cov": "covariance", "std": "deviation",
}  # fmt: skip
_NUMBERS = frozenset(("N", "K", "M", "D", "T", "C"))
_RANDOM = frozenset(("x", "y", "z", "u", "v", "w", "t", "epsilon", "xi", "zeta"))
_SURELY = frozenset("XYZUVWST")
_COMPLEMENTS = ("_bar", "_overline", "_c", "_prime")


class NoModel(ValueError):
    """A part of a formula that the finite tables do not model: which, and why."""


@dataclass(frozen=True)
class Distribution:
    """A distribution by its name ("" for the one without) and its parameters."""

    name: str = ""
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """A random variable: its name in capitals, and the term of its index when it has one."""

    name: str
    index: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Is:
    """The event that a random variable has a value, given as a term."""

    variable: Variable
    value: Term


@dataclass(frozen=True)
class Holds:
    """The event that a relation between random variables and numbers holds."""

    relation: Term


@dataclass(frozen=True)
class Not:
    """The complement of an event."""

    event: Event


@dataclass(frozen=True)
class All:
    """The event that all of several happen."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class Any:
    """The event that one of several happens."""

    events: tuple[Event, ...]


Event: TypeAlias = "Is | Holds | Not | All | Any"


@dataclass(frozen=True)
class Probability:
    """P(events | given)."""

    distribution: Distribution
    events: tuple[Event, ...]
    given: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Moment:
    """E, Var, Cov or std of expressions, under conditions."""

    kind: str
    distribution: Distribution
    operands: tuple[Term, ...]
    given: tuple[Event, ...] = ()
    over: str = ""


def distribution_of(name: str) -> Distribution | None:
    """The distribution that the head of a call names; None for a function that is none."""
    base, _, subscript = name.partition("_")
    if name in P_NAMES:
        return Distribution()
    if base in P_NAMES or base in OTHERS:
        return Distribution(("" if base in P_NAMES else base) + (f"_{subscript}" if subscript else ""))
    return None


def probability_of(term: Term) -> Probability | None:
    """The probability that a term is; None when it is something else. Raises: NoModel."""
    if term.head not in ("call", "structure") or not term.args:
        return None
    distribution = distribution_of(str(term.data))
    if distribution is None:
        return None
    parameters = tuple(_spelled(p) for part in term.args if _is(part, "parameters") for p in part.args)
    given = tuple(event for part in term.args if _is(part, "given") for event in _events(part.args))
    plain = tuple(part for part in term.args if not (_is(part, "given") or _is(part, "parameters")))
    return Probability(Distribution(distribution.name, parameters), _events(plain), given)


def moment_of(term: Term, notation: Notation) -> Moment | None:
    """The mean, variance, covariance or deviation that a term is; None when it is something else. Raises: NoModel."""
    if term.head not in ("call", "structure") or not term.args:
        return None
    name = str(term.data)
    base = next((known for known in MOMENTS if name == known or name.startswith(known + "_")), None)
    if base is None or not (base in notation.expectations or base == "std"):
        return None
    over, distribution = _subscript(name[len(base) + 1 :], name)
    given = tuple(event for part in term.args if _is(part, "given") for event in _events(part.args))
    plain = tuple(part for part in term.args if not _is(part, "given"))
    wanted = 2 if MOMENTS[base] == "covariance" else 1
    if len(plain) != wanted or any(_is(part, "parameters") for part in term.args):
        raise NoModel(f"{name} of {len(plain)} arguments")
    return Moment(MOMENTS[base], distribution, plain, given, over)


def _subscript(under: str, name: str) -> tuple[str, Distribution]:
    """The variable and the distribution that an expectation names below: E_X, E_q, E_{x ~ p}. Raises: NoModel."""
    if not under:
        return "", Distribution()
    variable, _, below = under.rpartition("sim")
    if len(variable) > 1:
        raise NoModel(f"what {name} is taken over")
    if not variable and len(under) == 1 and (under.isupper() or under in _RANDOM) and under not in P_NAMES | OTHERS:
        return variable_name(under), Distribution()
    found = distribution_of(below)
    if found is None:
        raise NoModel(f"what {name} is taken over")
    return variable_name(variable) if variable else "", found


def _is(term: Term, kind: str) -> bool:
    return term.head == "structure" and term.data == kind


def _events(terms: tuple[Term, ...]) -> tuple[Event, ...]:
    """Listed events; signs between them, as in P(A or B), take them together."""
    found: list[Event] = []
    joined: str | None = None
    negated = False
    for term in terms:
        if term.head == "structure" and not term.args:
            word = str(term.data)
            if word in ("neg", "lnot", "not"):
                negated = True
            elif word in ("lor", "or", "vee", "cup"):
                joined = "or"
            elif word not in ("land", "and", "wedge", "cap", "comma"):
                raise NoModel(f"{word} inside a probability")
            continue
        event = event_of(term)
        event = Not(event) if negated else event
        negated = False
        if joined == "or":
            event = Any((found.pop(), event))
            joined = None
        found.append(event)
    return tuple(found)


def event_of(term: Term) -> Event:
    """An event inside a probability. Raises: NoModel."""
    if term.head == "letter":
        name = str(term.data)
        for mark in _COMPLEMENTS:
            root = name.removesuffix(mark)
            if root != name and root[:1].isupper() and not term.args:
                return Not(event_of(term._replace(data=root)))
        return Is(Variable(variable_name(name), term.args), term)
    if term.head == "power" and _is_complement(term):
        return Not(event_of(term.args[0]))
    if term.head == "relation":
        if term.data in (("=",), ("==",)) and term.args[0].head == "letter":
            letter, value = term.args
            if not any(is_random_letter(part) for part in value.walk()):
                return Is(Variable(variable_name(str(letter.data)), letter.args), value)
        return Holds(term)
    if term.head == "structure" and str(term.data).startswith("operators "):
        signs = set(str(term.data).split()[1:])
        parts = tuple(event_of(part) for part in term.args)
        if signs <= {"cap", "land", "wedge"}:
            return All(parts)
        if signs <= {"cup", "lor", "vee"}:
            return Any(parts)
        if signs <= {"setminus", "backslash"} and len(parts) == 2:
            return All((parts[0], Not(parts[1])))
    raise NoModel(f"{term.data or term.head} inside a probability")


def atomic(events: tuple[Event, ...]) -> Iterator[Is | Holds]:
    """The events without parts in several events."""
    for event in events:
        if isinstance(event, Not):
            yield from atomic((event.event,))
        elif isinstance(event, (All, Any)):
            yield from atomic(event.events)
        else:
            yield event


def _is_complement(term: Term) -> bool:
    exponent = term.args[1]
    return exponent.head == "letter" and exponent.data in ("c", "C") and term.args[0].head == "letter"


def variable_name(letter: str) -> str:
    """The random variable that a letter is a value of: capitals, primes and stars aside."""
    root = letter
    while root.endswith(("_prime", "prime", "_star", "_tilde")):
        for mark in ("_prime", "prime", "_star", "_tilde"):
            root = root.removesuffix(mark).rstrip("_")
    head, _, rest = root.partition("_")
    return (head.upper() if len(head) == 1 else head) + (f"_{rest}" if rest else "")


def is_random_letter(term: Term) -> bool:
    """Whether a letter is written as a random variable: a capital that is no usual size."""
    return term.head == "letter" and str(term.data)[:1].isupper() and str(term.data).split("_")[0] not in _NUMBERS


def random_letters(moment: Moment, known: Mapping[str, str], constants: frozenset[str] = frozenset()) -> frozenset[str]:
    """The letters of an expectation that are random: capitals, else letters known from probabilities, x, y, z and the like, and
    estimates with a hat; none when all are `constants`, which stand outside too.

    Raises: NoModel when it is not clear which, or others than the expectation says.
    """
    letters = {str(p.data): p for operand in moment.operands for p in operand.walk() if p.head == "letter"}
    found = {name for name, part in letters.items() if is_random_letter(part)}
    if moment.over:
        others = {name for name in found if variable_name(name) != moment.over}
        if others:
            raise NoModel("an expectation over a part of the variables")
        return frozenset(name for name in letters if variable_name(name) == moment.over)
    if not found:
        found = {name for name in letters if name in known or name.split("_")[0] in _RANDOM or name.endswith("_hat")}
    if not found and len(letters) == 1:
        found = set(letters) - constants
    if not found and not set(letters) <= constants:
        raise NoModel("an expectation of nothing random")
    return frozenset(found)


def constants_of(sides: tuple[Term, ...], notation: Notation) -> frozenset[str]:
    """The letters that stand outside all expectations. Raises: NoModel for a capital such as A that also stands inside."""
    inside: set[str] = set()
    outside: set[str] = set()
    stack: list[tuple[Term, bool]] = [(side, False) for side in sides]
    while stack:
        term, is_inside = stack.pop()
        if term.head == "letter":
            (inside if is_inside else outside).add(str(term.data))
        if probability_of(term) is not None:
            continue
        inner = is_inside or moment_of(term, notation) is not None
        stack.extend((argument, inner) for argument in term.args)
    roots = {name: name.split("_")[0] for name in inside & outside if name[:1].isupper()}
    both = sorted(name for name, root in roots.items() if root not in _SURELY and root not in _NUMBERS)
    if both:
        raise NoModel(f"{', '.join(both)}, random or not")
    return frozenset(outside)


def parts_of(side: Term, notation: Notation) -> Iterator[Probability | Moment]:
    """All probabilities and moments in a term. Raises: NoModel."""
    for part in side.walk():
        found = probability_of(part) or moment_of(part, notation)
        if found is not None:
            yield found


def _spelled(term: Term) -> str:
    return str((term.head, str(term.data), tuple(_spelled(argument) for argument in term.args)))
