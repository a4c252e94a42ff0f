"""Equations and inequalities: equal when they have the same solutions, in every letter they hold."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from sympy import Add, Derivative, Expr, Float, IndexedBase, Rational, Subs, Symbol, fraction, nan, oo, together, zoo
from sympy.core.function import AppliedUndef

from derivations.check.comparing.deciding import ENOUGH, Pair, decide
from derivations.check.comparing.instances import instances, shown
from derivations.check.comparing.slices import CLOSE, Slice, TooLargeToSlice, concrete, denominators, entries, nearly_vanishes
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.definitions import unfold
from derivations.core.equality import prove
from derivations.core.evidence import Evidence, Word
from derivations.core.signs import Signs
from derivations.core.symbols import Declarations, scalar
from numeric.failures import NumericFailure
from numeric.instances import Variable

Sides = tuple[Expr, Expr]
MAX_UNKNOWNS = 6
PRECISION = 40
"""Decimal digits of roots."""
MAX_SLICES = 20
NEEDED = 3
"""Slices with a root in both equations before the equations are said to agree."""


def same_solutions(
    first: Sides, second: Sides, declarations: Declarations, seed: int = 0, unknown: Expr | None = None
) -> Evidence:
    """Whether two equations restrict their letters in the same way; only `unknown`, where one is said.

    A nonzero multiple, a rearrangement and the solved form are equal; a root that one of them lost or added is named.
    """
    with mpmath.workdps(PRECISION):
        return _same_solutions(first, second, declarations, seed, unknown)


def _same_solutions(first: Sides, second: Sides, declarations: Declarations, seed: int, unknown: Expr | None) -> Evidence:
    if _unknown_functions(first) or _unknown_functions(second):
        return _by_sides(first, second, declarations, seed)
    residuals = Add(first[0], -first[1]), Add(second[0], -second[1])
    trivial = _without_unknowns(first, second, residuals, declarations, seed)
    if trivial is not None:
        return trivial
    proof = proportional(residuals, declarations, seed)
    if proof is not None:
        return proof
    found = _Slicer(_unfolded(residuals), declarations, seed, unknown).compared()
    return found or Evidence(Word.UNDECIDED, "no instance on which the solutions could be compared")


def _unfolded(residuals: Sides) -> Sides:
    try:
        return unfold(residuals[0], {}), unfold(residuals[1], {})
    except NotDifferentiable:
        return residuals


def _unknown_functions(sides: Sides) -> bool:
    return any(side.atoms(AppliedUndef) for side in sides)


def _by_sides(first: Sides, second: Sides, declarations: Declarations, seed: int) -> Evidence:
    """Equations about undefined functions: each such value is a letter of its own.

    With several of them, or not the same in both equations, a difference proves nothing, because the values may depend on each
    other.
    """
    atoms = [_unknown_values(side) for sides in (first, second) for side in sides]
    values = sorted(set().union(*atoms), key=str)
    letters = {value: scalar(f"value_{place}", "", str(value)) for place, value in enumerate(values)}
    heads = {value: letter.head for value, letter in letters.items()}
    replaced = [tuple(side.xreplace(heads) for side in sides) for sides in (first, second)]
    found = same_solutions(replaced[0], replaced[1], declarations.extended(*letters.values()), seed)
    shared = atoms[0] | atoms[1] == atoms[2] | atoms[3] and len(values) == 1
    if found.word is Word.REFUTED and not shared:
        return Evidence(Word.UNDECIDED, "equations about functions that are not given")
    return found


def _unknown_values(side: Expr) -> set[Expr]:
    """The values of undefined functions and their derivatives in an expression, outermost first."""
    if isinstance(side, AppliedUndef) or (isinstance(side, (Derivative, Subs)) and side.has(AppliedUndef)):
        return {side}
    return set().union(*(_unknown_values(argument) for argument in side.args)) if side.args else set()


def _without_unknowns(first: Sides, second: Sides, residuals: Sides, declarations: Declarations, seed: int) -> Evidence | None:
    """Equations that hold always, or never: both are compared as statements of fact."""
    constant = [not (_letters(a) | _letters(b)) for a, b in (first, second)]
    if all(constant):
        truths = [decide(Pair(*sides, declarations), seed) for sides in (first, second)]
        words = {truth.word for truth in truths}
        if words <= {Word.PROVED, Word.AGREES}:
            return max(truths, key=lambda truth: list(Word).index(truth.word))
        if words == {Word.REFUTED}:
            return Evidence(Word.UNDECIDED, "both statements are false")
        return next((t for t in truths if t.word is Word.REFUTED), truths[0])
    return None


def _letters(side: Expr) -> set[Any]:
    return set(side.free_symbols)


def proportional(residuals: Sides, declarations: Declarations, seed: int) -> Evidence | None:
    """`proved` when one residual is a nowhere vanishing multiple of the other: a nonzero number, or the ratio of the slopes in
    a letter that both hold to the first power."""
    f, g = residuals
    for ratio in (Rational(1), Rational(-1), _ratio(residuals, declarations, seed)):
        if ratio is not None and ratio != 0:
            proof = prove(g, ratio * f, declarations)
            if proof is not None:
                return Evidence(Word.PROVED, f"one equation is {ratio} times the other", proof.conditions)
    signs = Signs()
    for letter in sorted(_heads(f) & _heads(g), key=str)[:MAX_UNKNOWNS]:
        if not isinstance(letter, Symbol) or letter.is_integer:
            continue
        try:
            slopes = differentiate(f, letter), differentiate(g, letter)
        except NotDifferentiable:
            continue
        if any(slope == 0 or slope.has(letter) or not signs.nonzero(slope) for slope in slopes):
            continue
        proof = prove(g * slopes[0], f * slopes[1], declarations)
        if proof is not None:
            return Evidence(Word.PROVED, f"both are solved by the same {letter}", proof.conditions)
    return None


def _ratio(residuals: Sides, declarations: Declarations, seed: int) -> Rational | None:
    """The ratio of the residuals on the first instance where both are rational and not zero."""
    pair = Pair(*residuals, declarations)
    try:
        for instance in instances(pair.variables, seed, 3):
            for bindings in pair.bindings(instance):
                left, right = pair.values(instance, bindings)
                if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)) and left and right:
                    ratio = Fraction(right) / Fraction(left)
                    return Rational(ratio.numerator, ratio.denominator)
    except NumericFailure:
        return None
    return None


def _heads(expression: Expr) -> set[Any]:
    """The letters of an expression: plain symbols and arrays."""
    arrays = set(expression.atoms(IndexedBase))
    labels = {base.label for base in arrays}
    return arrays | {s for s in expression.free_symbols if isinstance(s, Symbol) and s not in labels}


@dataclass(frozen=True)
class _Slicer:
    """Two residuals, compared slice by slice."""

    residuals: Sides
    declarations: Declarations
    seed: int
    unknown: Expr | None = None

    def slices(self) -> Any:
        """(instance with bindings, unknown, slice of the first, slice of the second) for instance after instance."""
        pair = Pair(*self.residuals, self.declarations)
        variables = {variable.symbol: variable for variable in pair.variables}
        letter = Symbol("u", real=True)
        numbers = [v.symbol for v in pair.variables if not v.domain.is_integral or v.domain.kind == "natural"]
        for instance in instances(pair.variables, self.seed):
            if any(np.any(np.asarray(instance[number]) == 0) for number in numbers):
                continue  # zeros make terms vanish together with their poles
            for bindings in list(pair.bindings(instance))[:2]:
                values = {**instance, **bindings}
                for unknown, variable in self._unknowns(variables, instance, bindings):
                    try:
                        parts = [concrete(side, values, unknown, letter, [400]) for side in self.residuals]
                    except (TooLargeToSlice, NumericFailure, IndexError, KeyError, ZeroDivisionError):
                        continue
                    if not any(part.has(letter) for part in parts) or any(part.has(zoo, nan, oo) for part in parts):
                        continue
                    kind = variable.domain.kind
                    yield values, unknown, Slice(parts[0], letter, kind), Slice(parts[1], letter, kind)

    def _unknowns(
        self, variables: Mapping[Any, Variable], instance: Mapping[Any, Any], bindings: Mapping[Any, int]
    ) -> list[tuple[Any, Variable]]:
        found: list[tuple[Any, Variable]] = []
        for head in sorted(_heads(self.residuals[0]) | _heads(self.residuals[1]), key=str):
            variable = variables.get(head)
            if self.unknown is not None and head != getattr(self.unknown, "base", self.unknown):
                continue
            if variable is None or variable.domain.kind in ("label", "index", "function"):
                continue
            if isinstance(head, IndexedBase):
                places = entries(head, tuple(instance[head].shape))
                found += [(place, variable) for place in places[:2]]
            elif variable.domain.kind != "size":
                found.append((head, variable))
        return found[:MAX_UNKNOWNS]

    def compared(self) -> Evidence | None:
        """`refuted` with a lost or added root, `agrees` when enough slices have the same roots, else None."""
        with_roots = judged = 0
        for count, (values, unknown, f, g) in enumerate(self.slices()):
            if count >= MAX_SLICES:
                break
            difference = _roots_differ(f, g)
            if difference is not None and self._hides_a_pole(values, unknown, (g if difference[1] else f), *difference):
                continue
            if difference is not None:
                return _lost_root(values, unknown, f, g, *difference)
            judged += 1
            with_roots += bool(f.roots)
        if judged < ENOUGH // 2 or with_roots == 0:
            return None
        return Evidence(Word.AGREES, f"the same solutions on {judged} slices of instances", instances=judged, seed=self.seed)


    def _hides_a_pole(self, values: Mapping[Any, Any], unknown: Any, lacking: Slice, root: Any, is_first: bool) -> bool:
        """Whether the equation that lacks the root has no value there in general, a 0/0 left out with these data."""
        letter = lacking.letter
        shown_below = fraction(together(lacking.expression))[1]
        if abs(mpmath.mpf(shown_below.xreplace({letter: Float(str(root), 30)}).evalf(30))) < CLOSE:
            return False
        try:
            found = list(denominators(self.residuals[1 if is_first else 0], values, unknown, letter, [400]))
        except (TooLargeToSlice, NumericFailure, IndexError, KeyError, ZeroDivisionError, TypeError):
            return False
        return any(abs(mpmath.mpf(base.xreplace({letter: Float(str(root), 30)}).evalf(30))) < CLOSE for base in found)


def _roots_differ(f: Slice, g: Slice) -> tuple[Any, bool] | None:
    """(root, whether it is the first equation's) for a root that the other equation does not have."""
    if f.polynomial is not None and g.polynomial is not None:
        zero = f.polynomial.is_zero, g.polynomial.is_zero
        if zero[0] != zero[1]:
            other = g if zero[0] else f
            point = next((p for p in (mpmath.mpf(1), mpmath.mpf(2), mpmath.mpf(1) / 3) if other.inside(p) and other.at(p)), None)
            return None if point is None else (point, zero[0])
        if zero[0]:
            return None
    for one, other, is_first in ((f, g, True), (g, f, False)):
        for root in sorted(one.roots, key=abs):
            if root in one.touched and nearly_vanishes(other, root):
                continue
            if other.vanishes(root) is False or (other.vanishes(root) is None and not _near_pole(other, root)):
                return root, is_first
    return None


def _near_pole(other: Slice, root: Any) -> bool:
    """Whether the other equation has values on both sides of the point: then the point is a pole, and its root is lost
    there."""
    return False if other.polynomial is not None else other.at(root + mpmath.mpf(1) / 64) is not None


def _lost_root(values: Mapping[Any, Any], unknown: Any, f: Slice, g: Slice, root: Any, is_first: bool) -> Evidence:
    has, lacks = ("left", "right") if is_first else ("right", "left")
    shown_root = _plain(root)
    at = {k: v for k, v in shown(values).items() if k != str(unknown)}
    sizes = {k: v for k, v in at.items() if isinstance(v, int)}
    counterexample = {
        "sizes": sizes, "values": {k: v for k, v in at.items() if k not in sizes} | {str(unknown): shown_root}, "at": {},
        "left": _residual(f, root), "right": _residual(g, root),
    }  # fmt: skip
    return Evidence(
        Word.REFUTED, f"{unknown} = {shown_root} solves the {has} equation and not the {lacks} one", counterexample=counterexample
    )


def _residual(part: Slice, root: Any) -> Any:
    value = part.at(root)
    if value is None:
        return "undefined"
    return 0.0 if part.vanishes(root) else float(value)


def _plain(root: Any) -> Any:
    nearest = Fraction(str(mpmath.nstr(root, 25))).limit_denominator(1000)
    if abs(mpmath.mpf(nearest.numerator) / nearest.denominator - root) < mpmath.mpf(10) ** -20:
        return str(nearest) if nearest.denominator != 1 else int(nearest)
    return float(root)


Inequality = tuple[Expr, str, Expr]


def same_truth(first: Inequality, second: Inequality, declarations: Declarations, seed: int = 0) -> Evidence:
    """Whether two inequalities are true for the same values: compared at their boundaries, between and beyond them."""
    with mpmath.workdps(PRECISION):
        return _same_truth(first, second, declarations, seed)


def _same_truth(first: Inequality, second: Inequality, declarations: Declarations, seed: int) -> Evidence:
    f, strict_f = _oriented(first)
    g, strict_g = _oriented(second)
    if _unknown_functions((f, g)):
        found = prove(f, g, declarations) if strict_f == strict_g else None
        return found or Evidence(Word.UNDECIDED, "inequalities about functions that are not given")
    if strict_f == strict_g:
        for ratio in (Rational(1), _ratio((f, g), declarations, seed)):
            if ratio is not None and ratio > 0 and (proof := prove(g, ratio * f, declarations)) is not None:
                return Evidence(Word.PROVED, f"one side is {ratio} times the other", proof.conditions)
    judged = 0
    at_poles = False
    for count, (values, unknown, one, other) in enumerate(_Slicer(_unfolded((f, g)), declarations, seed).slices()):
        if count >= MAX_SLICES:
            break
        for point in _test_points(one, other):
            truths = _truth(one, point, strict_f), _truth(other, point, strict_g)
            if None in truths:
                at_poles |= True in truths
                continue
            judged += 1
            if truths[0] != truths[1]:
                at = shown(values) | {str(unknown): _plain(point)}
                sizes = {k: v for k, v in at.items() if isinstance(v, int) and k != str(unknown)}
                rest = {k: v for k, v in at.items() if k not in sizes}
                counterexample = {"sizes": sizes, "values": rest, "at": {}, "left": truths[0], "right": truths[1]}
                return Evidence(
                    Word.REFUTED, f"at {unknown} = {_plain(point)} one is true and the other false", counterexample=counterexample
                )
    if judged < ENOUGH:
        return Evidence(Word.UNDECIDED, f"only {judged} points could be judged")
    if at_poles:
        return Evidence(Word.UNDECIDED, "the same truth except where one inequality has no value and the other is true")
    return Evidence(Word.AGREES, f"the same truth at {judged} points", instances=judged, seed=seed)


def _oriented(inequality: Inequality) -> tuple[Expr, bool]:
    """(f, strict) with f > 0 or f ≥ 0 for the inequality."""
    left, relation, right = inequality
    difference = Add(left, -right) if relation.startswith(">") else Add(right, -left)
    return difference, not relation.endswith("=")


def _test_points(f: Slice, g: Slice) -> list[Any]:
    """The roots of both slices, and points between and beyond them, inside the domain."""
    roots = sorted({*f.roots, *g.roots})
    middles = [(a + b) / 2 for a, b in itertools.pairwise(roots)]
    ends = [roots[0] - 1, roots[-1] + 1, roots[0] - mpmath.mpf(1) / 50, roots[-1] + mpmath.mpf(1) / 50] if roots else []
    fixed = [mpmath.mpf(k) / 7 for k in (-900, -20, -3, 2, 5, 24, 900)]
    return [point for point in (*roots, *middles, *ends, *fixed, mpmath.mpf(0)) if f.inside(point)]


def _truth(part: Slice, point: Any, strict: bool) -> bool | None:
    value = part.at(point)
    if value is None:
        return None
    if part.vanishes(point):
        return not strict
    return bool(value > 0)
