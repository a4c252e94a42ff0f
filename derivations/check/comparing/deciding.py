"""Whether two expressions are equal: instances refute, the engine's normal form proves, and domains belong to the claim.

One side undefined at a pole says nothing, the sides may still be equal around it. One side undefined on an open set, because a
logarithm or root has a negative argument there, while the other has a value is a difference: log x² is not 2 log x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Abs, Basic, Expr, Integral, Max, Min, Number, Pow, Rational, Symbol, ceiling, exp, floor, sign
from sympy.core.function import AppliedUndef

from derivations.check.comparing.instances import PATTERNS, breakpoints, constant_instances, instances
from derivations.check.comparing.integrals import TRUSTED_DIGITS, without_integrals
from derivations.core.equality import drawn, free_ranges, prove
from derivations.core.evidence import Evidence, Word
from derivations.core.symbols import Declarations
from numeric.duals import arithmetic
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import (
    IndexOutOfRange,
    NotAnInteger,
    NumberTooLarge,
    NumericFailure,
    TooManyTerms,
    UnboundSymbol,
    UndefinedValue,
)  # fmt: skip
from numeric.instances import Variable
from numeric.refute import Separation
from numeric.shrink import shrink

FIRST = 3
"""Instances tried before the normal form is."""
ENOUGH = 6
"""Instances that must agree before two expressions are said to agree."""
DIGITS, MORE_DIGITS = 40, 400
MAX_TERMS = 20_000
MAX_BINDINGS = 40
HIDDEN = 150
"""A constant beyond 10^±150 could hide below MORE_DIGITS / 2 digits: then instances do not decide."""

UNJUDGED = (NumberTooLarge, TooManyTerms, IndexOutOfRange, NotAnInteger)


@dataclass(frozen=True)
class Undefined:
    """A side without a value at an instance; on an open set when `open`, else at a pole."""

    operation: str
    argument: Any
    open: bool

    def __str__(self) -> str:
        return f"undefined ({self.operation} of {_short(self.argument)})"


def _short(value: Any) -> str:
    return str(value) if isinstance(value, (int, Fraction)) else f"{float(value):.6g}"


@dataclass(frozen=True)
class Pair:
    """Two expressions with the declarations of their letters."""

    left: Expr
    right: Expr
    declarations: Declarations
    conditions: tuple[Expr, ...] = ()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What an instance gives values to: the letters that occur, and sizes."""
        used = self.left.free_symbols | self.right.free_symbols
        names = {str(symbol) for symbol in used}
        kept = [v for v in drawn(self.declarations, {}) if v.domain.kind == "size" or v.name in names]
        return tuple(kept)

    def values(self, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], digits: int = DIGITS) -> tuple[Any, Any]:
        """Both sides on an instance."""
        return tuple(_value(side, instance, bindings, digits) for side in (self.left, self.right))

    def judged(self, instance: Mapping[Basic, Any], digits: int = DIGITS) -> tuple[Separation | None, int]:
        """The first difference on an instance, and how many values were compared."""
        compared = 0
        for bindings in self.bindings(instance):
            try:
                left, right = self.values(instance, bindings, digits)
            except UNJUDGED:
                continue
            if isinstance(left, Undefined) or isinstance(right, Undefined):
                missing = left if isinstance(left, Undefined) else right
                if missing.open and not (isinstance(left, Undefined) and isinstance(right, Undefined)):
                    return Separation(dict(instance), dict(bindings), left, right), compared + 1
                continue
            compared += 1
            if _differ(left, right, digits) and not self._is_rounding(left, right, instance, bindings, digits):
                return Separation(dict(instance), dict(bindings), left, right), compared
        return None, compared

    def _is_rounding(
        self, left: Any, right: Any, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], digits: int
    ) -> bool:
        if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
            return False
        if self.left.has(Integral) or self.right.has(Integral):
            number = arithmetic(DIGITS)
            first, second = number.lift(left), number.lift(right)
            return bool(abs(first - second) <= max(abs(first), abs(second)) * number.context.mpf(10) ** -TRUSTED_DIGITS)
        if digits != DIGITS:  # seen with more digits first: compare with what fewer digits show
            left, right = self.values(instance, bindings, DIGITS)
            if isinstance(left, Undefined) or isinstance(right, Undefined) or not _differ(left, right, DIGITS):
                number = arithmetic(MORE_DIGITS)
                a, b = (number.lift(v) for v in self.values(instance, bindings, MORE_DIGITS))
                c, d = (number.lift(v) for v in self.values(instance, bindings, 2 * MORE_DIGITS))
                return bool(abs(c - d) < abs(a - b) * number.context.mpf(10) ** -20)
        number = arithmetic(MORE_DIGITS)
        return self._rounding(instance, bindings, number.lift(left) - number.lift(right))

    def _rounding(self, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], first: Any) -> bool:
        """Whether a difference is made of rounding: it falls with more digits, where a true one stays."""
        left, right = self.values(instance, bindings, MORE_DIGITS)
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return True
        number = arithmetic(MORE_DIGITS)
        return bool(abs(number.lift(left) - number.lift(right)) < abs(number.lift(first)) * number.context.mpf(10) ** -20)

    def bindings(self, instance: Mapping[Basic, Any]) -> Iterator[dict[Symbol, int]]:
        """Values for the free indices."""
        found: list[dict[Symbol, int]] = [{}]
        for index, low, high in free_ranges(self.declarations, self.left, self.right):
            first, last = (int(evaluate_slowly(end, instance)) for end in (low, high))
            found = [{**one, index: value} for one in found for value in range(first, last + 1)][:MAX_BINDINGS]
        yield from found


def _value(side: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], digits: int) -> Any:
    try:
        if side.has(Integral):
            side, more = without_integrals(side, instance, bindings)
            instance = {**instance, **more}
        value = evaluate_slowly(side, instance, bindings=bindings, digits=digits, max_terms=MAX_TERMS)
    except UndefinedValue as failure:
        argument = failure.argument
        negative = isinstance(argument, (int, Fraction)) or hasattr(argument, "_mpf_")
        is_open = failure.operation in ("log", "fractional power") and negative and argument < 0
        return Undefined(failure.operation, argument, bool(is_open))
    return value


def _differ(left: Any, right: Any, digits: int) -> bool:
    if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return left != right
    number = arithmetic(digits)
    a, b = number.lift(left), number.lift(right)
    scale = max(abs(a), abs(b))
    return bool(abs(a - b) > scale * number.context.mpf(10) ** (-digits // 2))


def decide(pair: Pair, seed: int = 0) -> Evidence:
    """`proved`, `agrees`, `refuted` with the smallest instance, or `undecided`, for left = right.

    >>> from derivations.check.reader.reading import read_together
    >>> a, b = read_together((r"\\log x^2", r"2 \\log x"))
    >>> found = decide(Pair(a.expression, b.expression, a.declarations))
    >>> found.word.value, found.reason
    ('refuted', 'the domains differ: where the left side has a value the right side has none')
    """
    unknown = _without_value(pair)
    if unknown:
        proof = prove(pair.left, pair.right, pair.declarations, conditions=pair.conditions)
        return proof or Evidence(Word.UNDECIDED, f"no value for {unknown}; the normal forms differ")
    compared = judged = 0
    variables = pair.variables
    precise = 0
    try:
        for place, instance in enumerate(instances(variables, seed)):
            if place == FIRST:
                proof = prove(pair.left, pair.right, pair.declarations, conditions=pair.conditions)
                if proof is not None:
                    return proof
            found, count = pair.judged(instance)
            if (
                found is None
                and count
                and precise < 2
                and not variables_exact(pair)
                and not pair.left.has(Integral) | pair.right.has(Integral)
            ):
                found, _ = pair.judged(instance, MORE_DIGITS)
                precise += 1
            if found is not None:
                return refuted(pair, found, variables)
            compared += count
            judged += count > 0
            if not variables and place >= 1:
                break
    except (UnboundSymbol, NumericFailure) as failure:
        return _proved_or(pair, f"an instance could not be evaluated: {failure}")
    if not variables:
        return _proved_or(pair, "constants that could not be compared") if not judged else _constant(pair)
    if has_corners(pair):
        values = breakpoints([Fraction(int(n.p), int(n.q)) for s in (pair.left, pair.right) for n in s.atoms(Rational)])
        for instance in constant_instances(variables, values, seed):
            found, _ = pair.judged(instance)
            if found is not None:
                return refuted(pair, found, variables)
    if judged < ENOUGH:
        return _proved_or(pair, f"only {judged} of {len(PATTERNS)} instances could be evaluated")
    if hides_small_terms(pair.left) or hides_small_terms(pair.right):
        return Evidence(Word.UNDECIDED, "constants of extreme size: instances do not decide")
    return Evidence(Word.AGREES, f"equal on {judged} instances", instances=judged, seed=seed)


def _proved_or(pair: Pair, reason: str) -> Evidence:
    proof = prove(pair.left, pair.right, pair.declarations, conditions=pair.conditions)
    return proof or Evidence(Word.UNDECIDED, reason)


def _constant(pair: Pair) -> Evidence:
    """Two numbers that agree to all digits looked at: proved when the normal form says so."""
    proof = prove(pair.left, pair.right, pair.declarations)
    if proof is not None:
        return proof
    if hides_small_terms(pair.left) or hides_small_terms(pair.right):
        return Evidence(Word.UNDECIDED, "constants of extreme size: their digits do not decide")
    return Evidence(Word.AGREES, f"equal to {MORE_DIGITS // 2} digits", instances=1, seed=0)


def has_corners(pair: Pair) -> bool:
    """Whether a side is made of pieces: then random instances may all fall on one of them."""
    return bool(pair.left.has(*_CORNERS) or pair.right.has(*_CORNERS))


_CORNERS = (Abs, Max, Min, ceiling, floor, sign)


def variables_exact(pair: Pair) -> bool:
    """Whether both sides are rational in their letters, so that every comparison is exact."""
    from sympy import Function, NumberSymbol

    for side in (pair.left, pair.right):
        if side.has(NumberSymbol, Integral) or any(type(f).__name__ != "KroneckerDelta" for f in side.atoms(Function)):
            return False
        if any(not power.exp.is_integer for power in side.atoms(Pow)):
            return False
    return True


def hides_small_terms(side: Expr) -> bool:
    """Whether a constant is so large or small that a term with it could be lost in rounding."""
    for part in side.atoms(Number):
        if isinstance(part, Rational) and part != 0 and abs(_magnitude(part)) > HIDDEN * 3:
            return True
    for part in side.atoms(exp, Pow):
        exponent = part.exp if isinstance(part, Pow) else part.args[0]
        if any(isinstance(n, Rational) and _magnitude(n) > 8 for n in exponent.atoms(Rational)):
            return True
    return False


def _magnitude(number: Rational) -> int:
    return int(abs(int(number.p)).bit_length() - int(number.q).bit_length())


def _without_value(pair: Pair) -> str:
    """The undefined functions in a pair, by name."""
    names = sorted({type(part).__name__ for side in (pair.left, pair.right) for part in side.atoms(AppliedUndef)})
    return ", ".join(names)


def refuted(pair: Pair, found: Separation, variables: Sequence[Variable]) -> Evidence:
    """`refuted` with the smallest instance on which the sides still differ in the same way."""
    domain = isinstance(found.left, Undefined) or isinstance(found.right, Undefined)

    def separates(smaller: Mapping[Basic, Any]) -> bool:
        again, _ = pair.judged(smaller)
        return again is not None and (isinstance(again.left, Undefined) or isinstance(again.right, Undefined)) == domain

    smallest = shrink(found.instance, variables, separates) if variables else found.instance
    final, _ = pair.judged(smallest)
    reason = "the sides differ on an instance"
    if domain:
        has, lacks = ("right", "left") if isinstance(found.left, Undefined) else ("left", "right")
        reason = f"the domains differ: where the {has} side has a value the {lacks} side has none"
    return Evidence(Word.REFUTED, reason, counterexample=final or found)
