"""Whether two expressions are equal: instances refute, the engine's normal form proves, and domains belong to the claim.

One side undefined at a pole says nothing, the sides may still be equal around it. One side undefined on an open set, because a
logarithm or root has a negative argument there, while the other has a value is a difference: log x² is not 2 log x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Integral, Number, Pow, Rational, Symbol, exp
from sympy.core.function import AppliedUndef

from derivations.check.comparing.corners import at_corners, at_exponents
from derivations.check.comparing.enclosures import Unclear, are_apart, is_without_value
from derivations.check.comparing.instances import MODERATE, PATTERNS, instances
from derivations.check.comparing.integrals import DIFFERENT_DIGITS, TRUSTED_DIGITS
from derivations.check.comparing.quadratures import is_approximate, replaced
from derivations.core.equality import drawn, free_ranges, prove
from derivations.core.evidence import Evidence, Word
from derivations.core.symbols import Declarations
from numeric.comparison import Separation, Undefined
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
class Pair:
    """Two expressions with the declarations of their letters."""

    left: Expr
    right: Expr
    declarations: Declarations
    conditions: tuple[Expr, ...] = ()

    @cached_property
    def is_approximate(self) -> bool:
        """Whether a side holds integrals or infinite series."""
        return is_approximate(self.left) or is_approximate(self.right)

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

    def judged(
        self, instance: Mapping[Basic, Any], digits: int = DIGITS, domains: bool = True
    ) -> tuple[Separation | None, int]:
        """The first difference on an instance, and how many values were compared.

        domains: whether a value on one side only is a difference, where the other has none on an open set.
        """
        compared = 0
        for bindings in self.bindings(instance):
            try:
                left, right = self.values(instance, bindings, digits)
            except UNJUDGED:
                continue
            if isinstance(left, Undefined) or isinstance(right, Undefined):
                if domains and self._one_has_no_value(left, right, instance, bindings):
                    return Separation(dict(instance), dict(bindings), left, right), compared + 1
                continue
            differ = _differ(left, right, digits) and self._is_true(left, right, instance, bindings)
            if differ:
                return Separation(dict(instance), dict(bindings), left, right), compared + 1
            compared += differ is False
        return None, compared

    def _one_has_no_value(
        self, left: Any, right: Any, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]
    ) -> bool:
        """Whether one side only has no value, on an open set and not because of rounding."""
        if isinstance(left, Undefined) and isinstance(right, Undefined):
            return False
        side, missing = (self.left, left) if isinstance(left, Undefined) else (self.right, right)
        if not missing.on_open_set or isinstance(missing.argument, (int, Fraction)):
            return bool(missing.on_open_set)
        return is_without_value(side, instance, bindings)

    def _is_true(
        self, left: Any, right: Any, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]
    ) -> bool | None:
        """Whether a difference is not made of rounding; None where that is not known."""
        if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
            return True
        if self.is_approximate:
            number = arithmetic(DIGITS)
            sizes = [abs(number.lift(value)) for value in (left, right)]
            sizes += [number.lift(replaced(side, instance, bindings)[2]) for side in (self.left, self.right)]
            apart = abs(number.lift(left) - number.lift(right))
            if apart <= max(sizes) * number.context.mpf(10) ** -TRUSTED_DIGITS:
                return False
            rough = self.left.has(Integral) or self.right.has(Integral)
            return None if rough and apart <= max(sizes) * number.context.mpf(10) ** -DIFFERENT_DIGITS else True
        try:
            return are_apart(self.left, self.right, instance, bindings)
        except Unclear:
            return self._stays(instance, bindings)

    def _stays(self, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int]) -> bool:
        """Whether a difference is the same with many and with twice as many digits, as one made of rounding is not."""
        number = arithmetic(2 * MORE_DIGITS)
        found = []
        for digits in (MORE_DIGITS, 2 * MORE_DIGITS):
            left, right = self.values(instance, bindings, digits)
            if isinstance(left, Undefined) or isinstance(right, Undefined):
                return False
            found.append(number.lift(left) - number.lift(right))
        return bool(found[1] != 0 and abs(found[0] - found[1]) < abs(found[1]) * number.context.mpf(10) ** -20)

    def bindings(self, instance: Mapping[Basic, Any]) -> Iterator[dict[Symbol, int]]:
        """Values for the free indices."""
        found: list[dict[Symbol, int]] = [{}]
        for index, low, high in free_ranges(self.declarations, self.left, self.right):
            first, last = (int(evaluate_slowly(end, instance)) for end in (low, high))
            found = [{**one, index: value} for one in found for value in range(first, last + 1)][:MAX_BINDINGS]
        yield from found


def _value(side: Expr, instance: Mapping[Basic, Any], bindings: Mapping[Symbol, int], digits: int) -> Any:
    try:
        if is_approximate(side):
            side, more, _ = replaced(side, instance, bindings)
            instance = {**instance, **more}
        value = evaluate_slowly(side, instance, bindings=bindings, digits=digits, max_terms=MAX_TERMS)
    except UndefinedValue as failure:
        return Undefined.of(failure)
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
        patterns = MODERATE if pair.is_approximate else PATTERNS
        for place, instance in enumerate(instances(variables, seed, patterns=patterns)):
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
                and not pair.is_approximate
            ):
                found, _ = pair.judged(instance, MORE_DIGITS)
                precise += 1
            if found is not None:
                return refuted(pair, found, variables)
            compared += count
            judged += count > 0
            if (not variables and place >= 1) or (pair.is_approximate and judged >= ENOUGH):
                break
    except (UnboundSymbol, NumericFailure) as failure:
        return _proved_or(pair, f"an instance could not be evaluated: {failure}")
    if not variables:
        return _proved_or(pair, "constants that could not be compared") if not judged else _constant(pair)
    sides = (pair.left, pair.right)
    for instance in at_corners(sides, variables, seed):
        found, _ = pair.judged(instance)
        if found is not None:
            return refuted(pair, found, variables)
    for instance in at_exponents(sides, variables, seed):
        found, _ = pair.judged(instance, domains=False)
        if found is not None:
            return refuted(pair, found, variables)
    if judged < (ENOUGH // 2 if pair.is_approximate else ENOUGH):
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
    digits = TRUSTED_DIGITS if pair.is_approximate else MORE_DIGITS // 2
    return Evidence(Word.AGREES, f"equal to {digits} digits", instances=1, seed=0)


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
