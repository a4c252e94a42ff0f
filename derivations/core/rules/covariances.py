"""Rules for Gaussian samples: the mean and the covariance matrix that minimise log det Σ + tr Σ⁻¹S."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Indexed, IndexedBase, Rational, Sum, Symbol, log

from derivations.core.binding import free_symbols, fresh, substitute
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.functions import COLUMN, DETERMINANT, INVERSE, ROW, matrix_of
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation, every_entry
from derivations.core.rules.extrema import _score
from derivations.core.statements import Minimum, Positive, Statement

_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def _covariance(rule: str, situation: Situation, arguments: Mapping[str, Argument]) -> tuple[IndexedBase, Expr]:
    """The covariance matrix named by the argument `covariance`, and its size."""
    entry = argument(rule, arguments, "covariance")
    declared = situation.declarations.find(entry.base) if isinstance(entry, Indexed) else None
    if declared is None or declared.domain.kind != "covariance" or len(declared.axes) != 2:
        raise RuleError(rule, f"{entry} is not an entry of a declared covariance matrix")
    return entry.base, declared.axes[0]


def minimum_over_mean(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A gradient that is a positive definite matrix times (a·μ − s) vanishes at μ = s/a alone.

    Inference: ∂f/∂μ_d = Σ_e ½·(P_de + P_ed)·(a·μ_e − s_e), P = Σ⁻¹, Σ a covariance matrix, a > 0, all free of μ
    ⟶ f has its unique minimum over μ at s_d/a.
    Fails when: the score is not that gradient, the matrix is not declared a covariance, or a is not known positive.
    Example: the mean of a Gaussian sample, a = N and s = Σᵢ xᵢ.
    """
    rule = "minimum_over_mean"
    objective, unknown, score = _score(rule, premises)
    matrix, size = _covariance(rule, situation, arguments)
    weight, total = argument(rule, arguments, "weight"), argument(rule, arguments, "total")
    if not isinstance(unknown, Indexed) or not isinstance(unknown.indices[-1], Symbol):
        raise RuleError(rule, f"{unknown} is not an entry of a vector of means")
    every_entry(rule, situation, unknown)
    declared = situation.declarations.find(unknown.base)
    if declared is None or declared.domain.kind != "real" or declared.axes[-1] != size:
        raise RuleError(rule, f"{unknown.base} is not declared real with one entry a row of {matrix}")
    column = unknown.indices[-1]
    if column in free_symbols(weight) or not situation.positive(weight):
        raise RuleError(rule, f"{weight} is not known to be positive, or differs by entry")
    if any(situation.depends(part, unknown) for part in (weight, total)):
        raise RuleError(rule, f"{unknown} occurs beside its gradient")
    other = fresh("e", free_symbols(total) | free_symbols(weight) | free_symbols(unknown), column)
    inverse = matrix_of(matrix[ROW, COLUMN])
    both = INVERSE(inverse, size, column, other) + INVERSE(inverse, size, other, column)
    entry = substitute(unknown, {column: other})
    gap = weight * entry - substitute(total, {column: other})
    _, ranges = situation.certified(rule, score, Sum(Rational(1, 2) * both * gap, (other, 1, size)))
    return Outcome(Minimum(objective, (unknown,), (total / weight,)), ranges, _BY_RULE)


def minimum_over_covariance(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """a·log det Σ + tr Σ⁻¹S has its one minimum over covariance matrices at Σ = S/a.

    With the eigenvalues l of (S/a)·Σ⁻¹ it is a·Σ(l − log l) and a constant, and l − log l is least at l = 1 alone.
    Inference: f = r + ½·a·log det Σ + ½·Σ_de (Σ⁻¹)_de·S_de;  S_de = Σᵢ u_id·u_ie;  a > 0, det S > 0, r, a, S free of Σ
    ⟶ f has its unique minimum over Σ at S_de/a.
    Fails when: f is not of that form, S is not that Gram matrix, or a sign is not known; that det S > 0 becomes a condition.
    Example: the covariance of a Gaussian sample, u the deviations from the mean and a = N.
    """
    rule = "minimum_over_covariance"
    identity = equation(rule, premises)
    matrix, size = _covariance(rule, situation, arguments)
    weight, rest, rows, scatter = (argument(rule, arguments, name) for name in ("weight", "rest", "rows", "scatter"))
    index = argument(rule, arguments, "index")
    bounds = situation.declarations.range_of(index)
    if identity.unknown or not isinstance(scatter, Indexed) or len(scatter.indices) != 2 or bounds is None:
        raise RuleError(rule, f"an identity, the entry of a scatter matrix and an index are needed, not {scatter}, {index}")
    d, e = scatter.indices
    unknown = matrix[d, e]
    if not isinstance(d, Symbol) or not isinstance(e, Symbol) or d == e or not isinstance(index, Symbol):
        raise RuleError(rule, f"{scatter} is not at two different indices")
    every_entry(rule, situation, unknown)
    if not situation.positive(weight):
        raise RuleError(rule, f"{weight} is not known to be positive")
    if any(situation.depends(part, unknown) for part in (weight, rest, rows, scatter)):
        raise RuleError(rule, f"{matrix} occurs beside its determinant and inverse")
    gram = Sum(rows * substitute(rows, {d: e}), (index, bounds[0], bounds[1]))
    if e in free_symbols(rows):
        raise RuleError(rule, f"{rows} depends on {e}")
    situation.certified(rule, scatter, gram)
    whole = matrix_of(matrix[ROW, COLUMN])
    trace = Sum(Sum(INVERSE(whole, size, d, e) * scatter, (e, 1, size)), (d, 1, size))
    form = rest + Rational(1, 2) * (weight * log(DETERMINANT(whole, size)) + trace)
    _, ranges = situation.certified(rule, identity.right, form)
    determinant = DETERMINANT(matrix_of(substitute(scatter, {d: ROW, e: COLUMN})), size)
    known = () if situation.positive(determinant) else (Positive(determinant),)
    return Outcome(Minimum(identity.left, (unknown,), (scatter / weight,)), (*known, *ranges), _BY_RULE)
