"""A rule for least squares: a quadratic with a Gram matrix has its one minimum where the normal equations hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Indexed, KroneckerDelta, S, Sum, Symbol

from derivations.core.binding import free_symbols, fresh, substitute
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.functions import COLUMN, DETERMINANT, INVERSE, ROW, matrix_of
from derivations.core.kernel import Outcome, RuleError, Situation, argument, every_entry
from derivations.core.rules.extrema import _score
from derivations.core.statements import Minimum, Positive, Statement


def gram_entry(rows: Expr, weight: Expr, index: Symbol, count: Expr, ridge: Expr, column: Symbol) -> Expr:
    """Σᵢ wᵢ·a(i, row)·a(i, col) + κ·1[row = col], for a(i, d) written with the index d = `column`."""
    left, right = (substitute(rows, {column: place}) for place in (ROW, COLUMN))
    return Sum(weight * left * right, (index, 1, count)) + ridge * KroneckerDelta(ROW, COLUMN)


def minimum_of_gram_quadratic(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A function whose gradient is G·β − b, G a Gram matrix, is convex; where G has an inverse its minimum is G⁻¹·b.

    Inference: ∂f/∂β_d = c·(Σ_e G_de·β_e − b_d);  G_de = Σᵢ wᵢ·a_id·a_ie + κ·1[d=e];  c, w > 0, κ ≥ 0;  det G > 0
    ⟶ f has its unique minimum over β at β_d = Σ_e (G⁻¹)_de·b_e.
    The argument `gram` may give G_(row, col) under a name.
    Fails when: the score is not that gradient, G or b depends on β, or a sign is not known. That det G > 0 (for κ = 0:
    the columns of a are independent) becomes a condition; for κ > 0 it follows.
    Example: ∂ℓ/∂β_d = (1/σ²)·(Σ_e (XᵀX)_de·β_e − (Xᵀy)_d), rank X = D.
    """
    rule = "minimum_of_gram_quadratic"
    objective, unknown, score = _score(rule, premises)
    factor, rows, weight, ridge, right = (
        argument(rule, arguments, name) for name in ("factor", "rows", "weight", "ridge", "right")
    )
    index = argument(rule, arguments, "index")
    if not isinstance(unknown, Indexed) or len(unknown.indices) != 1 or not isinstance(index, Symbol):
        raise RuleError(rule, f"{unknown} is not an entry of a vector")
    every_entry(rule, situation, unknown)
    declared = situation.declarations.find(unknown.base)
    bounds = situation.declarations.range_of(index)
    column = unknown.indices[0]
    if declared is None or declared.domain.kind != "real" or bounds is None or bounds[0] != 1:
        raise RuleError(rule, f"{unknown.base} is not declared real, or {index} has no range from 1")
    for part in (factor, weight):
        if not situation.positive(part):
            raise RuleError(rule, f"{part} is not known to be positive", "assume it")
    if ridge != 0 and not situation.positive(ridge):
        raise RuleError(rule, f"{ridge} is neither zero nor known to be positive")
    if any(situation.depends(part, unknown) for part in (factor, rows, weight, ridge, right)):
        raise RuleError(rule, f"{unknown} occurs beside its quadratic")
    if column in free_symbols(weight) | free_symbols(ridge) or index in free_symbols(ridge) | free_symbols(right):
        raise RuleError(rule, "the weight, the ridge or the right side depends on an index it must not")
    (size,) = declared.axes
    entry = gram_entry(rows, weight, index, bounds[1], ridge, column)
    other = fresh("e", free_symbols(entry) | free_symbols(right) | {column}, column)
    row = substitute(entry, {ROW: column, COLUMN: other})
    gradient = Sum(row * unknown.base[other], (other, 1, size)) - right
    _, ranges = situation.certified(rule, score, factor * gradient)
    if "gram" in arguments:
        named = argument(rule, arguments, "gram")
        situation.certified(rule, named, entry)
        entry = named
    matrix = matrix_of(entry)
    value = Sum(INVERSE(matrix, size, column, other) * substitute(right, {column: other}), (other, 1, size))
    conditions = () if ridge != S.Zero else (Positive(DETERMINANT(matrix, size)),)
    known = tuple(c for c in conditions if not situation.positive(c.expression))
    return Outcome(Minimum(objective, (unknown,), (value,)), (*known, *ranges), Evidence(Word.PROVED, "kernel rule"))
