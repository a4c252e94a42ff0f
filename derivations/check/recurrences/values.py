"""Terms of a recurrence as expressions in letters of an iteration: entries looked up, oracles recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sympy import Abs, Expr, Max, Mul, Rational, S, sign

from derivations.check.reader.terms import Term, is_letter
from derivations.check.recurrences.errors import NoOperation
from derivations.check.recurrences.sorting import Entry, entry_of
from derivations.subjects.optimisers.iteration import IterationError, oracle
from derivations.subjects.optimisers.reading import power

FUNCTIONS = {"f": "", "g": "_g", "h": "_h"}
"""Objective → the ending of its oracles."""

Lookup = Callable[[Entry, Term], Expr]
"""The value of an entry of a sequence, or of a letter."""


def plain(name: str) -> str:
    """The name of a letter in an iteration: λ is lam, ε is eps, β₁ is beta1, as in the library.

    >>> plain("beta_1"), plain("varepsilon"), plain("m_hat")
    ('beta1', 'eps', 'm_hat')
    """
    head, _, rest = name.partition("_")
    head = _NAMES.get(head, head)
    return head + (rest if rest.isdecimal() else f"_{rest}" if rest else "")


_NAMES = {"lambda": "lam", "epsilon": "eps", "varepsilon": "eps", "vartheta": "theta", "start": "beginning", "t": "time"}


@dataclass
class Values:
    """Turns terms into expressions.

    `sequences` are the letters that steps compute, `functions` the objectives met; without `superscripts` a superscript is
    always a power.
    """

    text: str
    step: str
    sequences: frozenset[str]
    lookup: Lookup
    superscripts: bool = True
    functions: dict[str, str] = field(default_factory=dict)

    def of(self, term: Term) -> Expr:
        """The expression of a term. Raises: NoOperation."""
        entry = self._entry(term)
        if entry is not None:
            return self.lookup(entry, term)
        build = _HEADS.get(term.head)
        if build is None:
            raise NoOperation(self.text, max(term.start, 0), _shown(term))
        return build(self, term)

    def _entry(self, term: Term) -> Entry | None:
        """The entry that a term names; a bare superscript on a letter that no step computes is a power."""
        entry = entry_of(term, self.step)
        if entry is None or term.head != "power":
            return entry
        named = entry.name in self.sequences or (entry.name == GRADIENT and entry.offset is not None)
        return entry if named and self.superscripts else None

    def power(self, term: Term) -> Expr:
        """A power; the exponent is a number or an expression in the number of the step."""
        base, exponent = map(self.of, term.args)
        try:
            return power(base, exponent, "the recurrence")
        except IterationError as error:
            raise NoOperation(self.text, max(term.start, 0), error.problem) from error

    def applied(self, term: Term) -> Expr:
        """max, min, sign and absolute values."""
        function = _APPLIED.get(str(term.data))
        if function is None:
            raise NoOperation(self.text, max(term.start, 0), _shown(term))
        return function(*map(self.of, term.args))

    def structure(self, term: Term) -> Expr:
        """A gradient or a proximal operator."""
        build = {"gradient": self._gradient, "prox": self._prox}.get(str(term.data))
        if build is None:
            raise NoOperation(self.text, max(term.start, 0), _shown(term))
        return build(term)

    def called(self, term: Term) -> Expr:
        """prox_f(x) written in roman letters; any other call is none that an iteration can make."""
        name = str(_name(term))
        kind, _, function = name.partition("_")
        if kind == "prox" and function in FUNCTIONS and len(term.args) == 1:
            return oracle(f"prox{self._ending(function, term)}")(S.One, self.of(term.args[0]))
        raise NoOperation(self.text, max(term.start, 0), name)

    def _gradient(self, term: Term) -> Expr:
        inner = term.args[0]
        arguments = [a for a in inner.args if not is_letter(a, self.step)] if inner.head == "call" else []
        if len(arguments) != 1:
            raise NoOperation(self.text, max(term.start, 0), _shown(term))
        return oracle(f"gradient{self._ending(str(_name(inner)), term)}")(self.of(arguments[0]))

    def _prox(self, term: Term) -> Expr:
        point, *scripts = term.args
        factors = _factors(scripts[0]) if scripts else []
        functions = [f for f in factors if is_letter(f) and str(f.data).removesuffix("_star") in FUNCTIONS]
        if len(functions) != 1:
            raise NoOperation(self.text, max(term.start, 0), _shown(term))
        name = str(functions[0].data)
        ending = self._ending(name.removesuffix("_star"), term) + ("_conjugate" if name.endswith("_star") else "")
        step = Mul(*(self.of(f) for f in factors if f is not functions[0]))
        return oracle(f"prox{ending}")(step, self.of(point))

    def _ending(self, function: str, term: Term) -> str:
        """The ending of the oracles of an objective; one of another name than f, g, h stands for f."""
        meant = function if function in FUNCTIONS else "f"
        if self.functions.setdefault(meant, function) != function:
            raise NoOperation(self.text, max(term.start, 0), f"two objectives, {self.functions[meant]} and {function}")
        return FUNCTIONS[meant]


GRADIENT = "g"
"""A letter that no step computes and that stands for the gradient at the iterate."""


def _name(call: Term) -> object:
    return call.data[0] if isinstance(call.data, tuple) else call.data


def _factors(term: Term) -> list[Term]:
    if term.head == "multiply":
        return [factor for part in term.args for factor in _factors(part)]
    return [term]


def _shown(term: Term) -> str:
    return f"{term.head} {term.data}" if term.data is not None else term.head


_APPLIED: Mapping[str, Callable[..., Expr]] = {"max": Max, "sign": sign, "sgn": sign, "abs": Abs}
_HEADS: Mapping[str, Callable[[Values, Term], Expr]] = {
    "number": lambda values, term: Rational(term.data.numerator, term.data.denominator),
    "add": lambda values, term: sum((values.of(part) for part in term.args), S.Zero),
    "multiply": lambda values, term: Mul(*(values.of(part) for part in term.args)),
    "power": Values.power,
    "apply": Values.applied,
    "bars": lambda values, term: Abs(values.of(term.args[0])),
    "structure": Values.structure,
    "call": Values.called,
}
