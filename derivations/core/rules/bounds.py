"""Bounds: on an expression by signs, on norms of products, one bound put into another, bounds along a sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Indexed, Integer, KroneckerDelta, Lambda, Mul, Product, Sum, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, fresh, substitute
from derivations.core.definitions import unfold_once
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.functions import COLUMN, NORM, ROW, matrix_of
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation, every_entry
from derivations.core.statements import Bounded, Minimum, Statement

_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def bound_by_sign(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """An expression is bounded where the bound minus it and the bound plus it are written so that they cannot be negative.

    Inference: x = a, c − a = p, c + a = q, p ≥ 0, q ≥ 0 ⟶ |x| ≤ c, with p and q the arguments `above` and `below`.
    Fails when: a form is not equal to what it stands for, or its sign is not known.
    Example: σ'(u) = e^{−u}/(1+e^{−u})², 1/4 − σ' = (1−e^{−u})²/(4(1+e^{−u})²) ⟶ |σ'(u)| ≤ 1/4.
    """
    rule = "bound_by_sign"
    identity = equation(rule, premises)
    bound, above, below = (argument(rule, arguments, name) for name in ("bound", "above", "below"))
    if identity.unknown:
        raise RuleError(rule, "the premise holds only at its unknown", "give an identity")
    for form, meant in ((above, bound - identity.right), (below, bound + identity.right)):
        situation.certified(rule, form, meant)
        if not situation.normaliser.signs.nonnegative(situation.plain(form)):
            raise RuleError(rule, f"{form} may be negative", "write it as a sum of squares and positive terms")
    return Outcome(Bounded(identity.left, bound), evidence=_BY_RULE)


def bound_by_minimum(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """An expression is bounded where the bound minus it and the bound plus it are what a function rises above its minimum.

    Inference: x = a, f is lowest at v, c − a = p + m·(f − f(v)), c + a = q + n·(f − f(v)), p, q, m, n ≥ 0 ⟶ |x| ≤ c, with
    p, q, m and n the arguments `above`, `below`, `rise_above` and `rise_below`.
    Fails when: a form is not equal to what it stands for, or a sign is not known, or the minimum is one under a constraint.
    Example: −σ' is lowest at √2, σ'(u) + σ'(√2) ≥ 0 for u ≥ 0 ⟶ |σ'(u)| ≤ σ'(√2) for u ≥ 0.
    """
    rule = "bound_by_minimum"
    identity = equation(rule, premises)
    lowest = premises[1] if len(premises) > 1 else None
    if not isinstance(lowest, Minimum) or lowest.constraint is not None:
        raise RuleError(rule, "premise 2 is no minimum over a whole domain", "give a statement that f is lowest at v")
    if identity.unknown:
        raise RuleError(rule, "the premise holds only at its unknown", "give an identity")
    heads = (every_entry(rule, situation, unknown) for unknown in lowest.unknown)
    at = {head: (indices, value) for (head, indices), value in zip(heads, lowest.value, strict=True)}
    function = situation.plain(lowest.objective)
    rise = function - unfold_once(function, at)
    bound = argument(rule, arguments, "bound")
    for name, sign in (("above", -1), ("below", 1)):
        rest, times = argument(rule, arguments, name), argument(rule, arguments, f"rise_{name}")
        situation.certified(rule, rest + times * rise, bound + sign * identity.right)
        for part in (rest, times):
            if not situation.normaliser.signs.nonnegative(situation.plain(part)):
                raise RuleError(rule, f"{part} may be negative", "write it as a sum of squares and positive terms")
    return Outcome(Bounded(identity.left, bound), evidence=_BY_RULE)


def assume_bound(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A bound under which the rest is claimed.

    Inference: ⊢ |a| ≤ c, as a condition of the result.
    Fails when: c is not known to be non-negative.
    Example: |σ'(u)| ≤ S for all u.
    """
    expression, bound = (argument("assume_bound", arguments, name) for name in ("expression", "bound"))
    if not situation.normaliser.signs.nonnegative(bound):
        raise RuleError("assume_bound", f"{bound} may be negative", "declare it positive")
    return Outcome(Bounded(expression, bound))


def norm_of_product(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The norm of a product of matrices is at most the product of their norms.

    Inference: M[a, c] = (X₁ X₂ ⋯ X_r)[a, c] ⟶ ‖M‖ ≤ ‖X₁‖·‖X₂‖⋯‖X_r‖, for every norm with ‖X Y‖ ≤ ‖X‖·‖Y‖ (lemma:
    submultiplicative norm, such as the spectral or the Frobenius norm).
    The arguments: `row` and `column` of the entry, `factors` as matrices Λ in turn, `sizes` n₀, n₁, …, n_r of their axes.
    Fails when: the right side is not the entry of the product, or an index of the entry does not run over its whole axis.
    Example: F[k+1] = diag(d) A F[k] ⟶ ‖F[k+1]‖ ≤ ‖diag(d)‖·‖A‖·‖F[k]‖.
    """
    rule = "norm_of_product"
    identity = equation(rule, premises)
    row, column = (argument(rule, arguments, name) for name in ("row", "column"))
    factors, sizes = _tuple(rule, arguments, "factors"), _tuple(rule, arguments, "sizes")
    if len(sizes) != len(factors) + 1 or not all(isinstance(f, Lambda) for f in factors) or identity.unknown:
        raise RuleError(rule, f"{len(factors)} factors have {len(factors) + 1} sizes, {len(sizes)} given")
    taken = free_symbols(identity.right) | frozenset().union(*map(free_symbols, (*factors, *sizes)))
    for place, size in ((row, sizes[0]), (column, sizes[-1])):
        bounds = situation.declarations.range_of(place)
        if bounds is not None and bounds != (1, size) and not bounds[1].atoms(Indexed):
            raise RuleError(rule, f"{place} runs over {bounds[0]}..{bounds[1]}, not over 1..{size}")
    reaching = {row: sizes[0], column: sizes[-1]}
    situation.certified(rule, identity.right, _entry_of_product(factors, sizes, row, column, taken), reaching=reaching)
    whole = matrix_of(substitute(identity.left, {row: ROW, column: COLUMN}))
    if row in free_symbols(whole) or column in free_symbols(whole):
        raise RuleError(rule, f"{row} and {column} are not plain indices of {identity.left}")
    bound = Mul(*(NORM(f, m, n) for f, m, n in zip(factors, sizes, sizes[1:], strict=False)))
    return Outcome(Bounded(NORM(whole, sizes[0], sizes[-1]), bound), evidence=_BY_RULE)


def _entry_of_product(factors: Sequence[Expr], sizes: Sequence[Expr], row: Expr, column: Expr, taken: frozenset[Symbol]) -> Expr:
    places: list[Expr] = [row]
    for _ in factors[1:]:
        inner = fresh("r", taken | {row, column}, ROW)
        taken |= {inner}
        places.append(inner)
    places.append(column)
    total = Mul(
        *(substitute(f.expr, dict(zip(f.variables, (places[n], places[n + 1]), strict=True))) for n, f in enumerate(factors))
    )
    for inner, size in zip(places[1:-1], sizes[1:-1], strict=True):
        total = Sum(total, (inner, 1, size))
    return total


def norm_of_diagonal(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The norm of a diagonal matrix is at most the bound of its entries.

    Inference: |d(u)| ≤ c for all u ⟶ ‖diag(d(v₁), d(v₂), …)‖ ≤ c (lemma: norm with ‖diag d‖ = max |d|, such as the spectral one).
    The arguments: `entry` = d(v) at the index `row`, `size` of the matrix.
    Fails when: the entry is not the bounded expression at other arguments, or the bound depends on them.
    Example: |σ'(u)| ≤ S ⟶ ‖diag(σ'(z))‖ ≤ S.
    """
    rule = "norm_of_diagonal"
    bounded = _bounded(rule, premises, 0)
    entry, row, size = (argument(rule, arguments, name) for name in ("entry", "row", "size"))
    if not _instance(bounded.expression, entry):
        raise RuleError(rule, f"{entry} is not {bounded.expression} at other arguments")
    if free_symbols(bounded.bound) & free_symbols(bounded.expression):
        raise RuleError(rule, f"the bound {bounded.bound} is not the same for all entries")
    matrix = matrix_of(substitute(entry, {row: ROW}) * KroneckerDelta(ROW, COLUMN))
    return Outcome(Bounded(NORM(matrix, size, size), bounded.bound), evidence=_BY_RULE)


def _instance(general: Expr, special: Expr) -> bool:
    """Whether a function of plain symbols, and the same function at other arguments."""
    if not isinstance(general, AppliedUndef) or not isinstance(special, AppliedUndef) or general.func != special.func:
        return False
    return len(set(general.args)) == len(general.args) and all(isinstance(a, Symbol) for a in general.args)


def bound_factor(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A factor of a bound is replaced by a bound of its own.

    Inference: |x| ≤ u·r, |u| ≤ v, r ≥ 0 ⟶ |x| ≤ v·r.
    Fails when: u is no factor of the first bound, or the sign of the rest is not known.
    Example: ‖F[k+1]‖ ≤ ‖diag(d)‖·‖A‖·‖F[k]‖, ‖diag(d)‖ ≤ S ⟶ ‖F[k+1]‖ ≤ S·‖A‖·‖F[k]‖.
    """
    rule = "bound_factor"
    first, second = _bounded(rule, premises, 0), _bounded(rule, premises, 1)
    factors = list(Mul.make_args(first.bound))
    if second.expression not in factors:
        raise RuleError(rule, f"{second.expression} is no factor of {first.bound}")
    factors.remove(second.expression)
    _nonnegative(rule, situation, factors)
    return Outcome(Bounded(first.expression, Mul(second.bound, *factors)), evidence=_BY_RULE)


def bound_along_sequence(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """What grows by at most a factor at every step is bounded by the product of the factors.

    Inference: |f(k+1)| ≤ c(k)·f(k) for k = 0, 1, …, c ≥ 0, f ≥ 0 ⟶ |f(k)| ≤ f(0)·c(0)⋯c(k−1), by induction.
    The argument `index` is k, declared from 0.
    Fails when: f(k) is no factor of the bound, or a sign is not known.
    Example: ‖F[k+1]‖ ≤ S·‖A[k+1]‖·‖F[k]‖ ⟶ ‖F[k]‖ ≤ ‖F[0]‖·Π_{m=1}^{k} S·‖A[m]‖.
    """
    rule = "bound_along_sequence"
    step = _bounded(rule, premises, 0)
    index = argument(rule, arguments, "index")
    bounds = situation.declarations.range_of(index) if isinstance(index, Symbol) else None
    if bounds is None or bounds[0] != 0 or not isinstance(index, Symbol):
        raise RuleError(rule, f"{index} is not a declared index from 0")
    now = substitute(step.expression, {index: index - 1})
    factors = list(Mul.make_args(step.bound))
    if now not in factors or substitute(now, {index: index + 1}) != step.expression:
        raise RuleError(rule, f"{now} is no factor of {step.bound}")
    factors.remove(now)
    _nonnegative(rule, situation, [*factors, now])
    passed = fresh("m", free_symbols(step.bound) | free_symbols(step.expression), ROW)
    growth = Product(substitute(Mul(*factors), {index: passed - 1}), (passed, 1, index))
    return Outcome(Bounded(now, Mul(substitute(now, {index: Integer(0)}), growth)), evidence=_BY_RULE)


def _nonnegative(rule: str, situation: Situation, factors: Sequence[Expr]) -> None:
    for factor in factors:
        is_norm = isinstance(factor, AppliedUndef) and factor.func == NORM
        if not is_norm and not situation.normaliser.signs.nonnegative(factor):
            raise RuleError(rule, f"{factor} may be negative", "assume it positive")


def _bounded(rule: str, premises: Sequence[Statement], position: int) -> Bounded:
    if position >= len(premises) or not isinstance(premises[position], Bounded):
        raise RuleError(rule, f"premise {position + 1} is no bound", "give a statement |a| ≤ c")
    found = premises[position]
    assert isinstance(found, Bounded)
    return found


def _tuple(rule: str, arguments: Mapping[str, Argument], name: str) -> tuple[Expr, ...]:
    found = arguments.get(name)
    if not isinstance(found, tuple) or not found or not all(isinstance(part, Expr) for part in found):
        raise RuleError(rule, f"argument {name!r} is {found!r}", "give a tuple of expressions")
    return tuple(part for part in found if isinstance(part, Expr))
