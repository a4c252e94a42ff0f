"""The chain rule along a sequence: the Jacobian of its entries k steps on, as a sequence of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Basic, Expr, Indexed, IndexedBase, KroneckerDelta, Mul, S, Sum, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core.binding import free_symbols, unnest
from derivations.core.calculus import NotDifferentiable
from derivations.core.calculus import differentiate as derivative_of
from derivations.core.definitions import unfold
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument
from derivations.core.rules.premises import step_uses
from derivations.core.sequences import Unroller
from derivations.core.statements import Equation, Statement

_BY_RULE = Evidence(Word.PROVED, "kernel rule")


def start_of_jacobian(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The derivative of the entries of a sequence by themselves is an indicator.

    Inference: ⊢ D[l, 0, a, c] = 1[a=c], where D[l, k, a, c] stands for ∂s[l+k, a]/∂s[l, c].
    Fails when: D is not new and declared, the arguments `of` = s[l, a] and `by` = s[l, c] are not entries of one sequence with
    a recurrence, or the indices of D are not l, 0 and theirs.
    Example: ∂y[l, a]/∂y[l, c] = 1[a=c].
    """
    name = "start_of_jacobian"
    left, of, by = _entries(name, situation, arguments)
    row, column = _inner(name, of, by)
    if of.indices[0] != by.indices[0]:
        raise RuleError(name, f"{of} and {by} are not at one step")
    if left.indices != (by.indices[0], 0, *_shared(of, row), row, column):
        raise RuleError(name, f"the indices of {left} are not {by.indices[0]}, 0 and those of {of} and {by}")
    return Outcome(Equation(left, KroneckerDelta(row, column)), evidence=_BY_RULE)


def chain_rule(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The Jacobian one step further on is that of the step times the Jacobian so far.

    Inference: s[m+1, a] = f(s[m, ·]) ⟶ D[l, k+1, a, c] = Σ_b (∂f_a/∂s[l+k, b])·D[l, k, b, c], where D[l, k, a, c] stands for
    ∂s[l+k, a]/∂s[l, c]; written as the argument `to`, which must have the same normal form.
    Fails when: `of` = s[l+k+1, a] and `by` = s[l, c] are not entries of one sequence whose recurrence mentions the step before
    and no other, at entries b = 1, …, `upper`; D has no start; f has no derivative; or `to` is something else.
    Example: y[m+1, a] = σ(Σ_b A[a, b] y[m, b]) ⟶ D[l, k+1, a, c] = Σ_b σ'(z[l+k+1, a]) A[a, b] D[l, k, b, c].
    """
    name = "chain_rule"
    left, of, by = _entries(name, situation, arguments)
    index, upper, to = (argument(name, arguments, part) for part in ("index", "upper", "to"))
    row, column = _inner(name, of, by)
    start = by.indices[0]
    if not isinstance(index, Symbol) or situation.declarations.range_of(index) is None:
        raise RuleError(name, f"{index} is not a declared index")
    if of.indices[0] != start + index + 1 or left.indices != (start, index + 1, *_shared(of, row), row, column):
        raise RuleError(name, f"{left} is not the derivative of {of} by {by}")
    known = situation.recurrences.get(left.base)
    if known is None or known.step is not None:
        raise RuleError(name, f"{left.base} has no start, or its recurrence already", "give start_of_jacobian before")
    value = _one_step(name, situation, of)
    at = of.indices[0] - 1
    inner = Symbol(f"{row.name}_", **row.assumptions0)
    _check_entries(name, value, of.base, (at, *_shared(of, row)), upper, frozenset())
    entry = of.base[(at, *_shared(of, row), inner)]
    try:
        slope = derivative_of(value, entry)
    except NotDifferentiable as error:
        raise RuleError(name, str(error)) from error
    before = left.base[(start, index, *_shared(of, row), inner, column)]
    made = Sum(Mul(slope, before), (inner, 1, upper))
    situation.certified(name, made, to)
    return Outcome(Equation(left, to), evidence=_BY_RULE)


def start_of_sensitivity(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The entries of a sequence that are held fixed do not move with a parameter.

    Inference: ⊢ T[l, 0, a, …] = 0, where T[l, k, a, …] stands for ∂s[l+k, a]/∂θ[…], s[l, ·] being held fixed.
    Fails when: T is not new and declared, or its indices are not l, 0, that of the entry and those of the parameter.
    Example: ∂y[l, a]/∂A[i, j] = 0, y[l] held fixed.
    """
    rule = "start_of_sensitivity"
    left, of, parameter = _sensitivity(rule, situation, arguments)
    if left.indices != (of.indices[0], 0, *of.indices[1:], *parameter.indices):
        raise RuleError(rule, f"the indices of {left} are not those of {of} and {parameter}")
    return Outcome(Equation(left, S.Zero), evidence=_BY_RULE)


def chain_rule_in_parameter(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """What moves with a parameter after a step moved before it, or is moved by the step itself.

    Inference: s[m+1, a] = f(s[m, ·], θ) ⟶ T[l, k+1, a, …] = Σ_b (∂f_a/∂s[l+k, b])·T[l, k, b, …] + ∂f_a/∂θ[…], where T[l, k, a, …]
    stands for ∂s[l+k, a]/∂θ[…], s[l, ·] being held fixed; written as the argument `to`, which must have the same normal form.
    Fails when: as for `chain_rule`; or θ is a sequence or defined.
    Example: h[m+1] = tanh(W h[m] + x[m+1]) ⟶ T[l, k+1, a, i, j] = Σ_b J[a, b] T[l, k, b, i, j] + tanh'(·)·1[a=i]·h[l+k, j].
    """
    rule = "chain_rule_in_parameter"
    left, of, parameter = _sensitivity(rule, situation, arguments)
    index, upper, to, start = (argument(rule, arguments, part) for part in ("index", "upper", "to", "start"))
    row = of.indices[-1]
    if not isinstance(index, Symbol) or situation.declarations.range_of(index) is None or not isinstance(row, Symbol):
        raise RuleError(rule, f"{index} is not a declared index, or {row} no plain index")
    shared = tuple(of.indices[1:-1])
    if of.indices[0] != start + index + 1 or left.indices != (start, index + 1, *of.indices[1:], *parameter.indices):
        raise RuleError(rule, f"{left} is not the derivative of {of} by {parameter}")
    known = situation.recurrences.get(left.base)
    if known is None or known.step is not None:
        raise RuleError(rule, f"{left.base} has no start, or its recurrence already", "give start_of_sensitivity before")
    value = _one_step(rule, situation, of)
    _check_entries(rule, value, of.base, (of.indices[0] - 1, *shared), upper, frozenset())
    inner = Symbol(f"{row.name}_", **row.assumptions0)
    try:
        slope = derivative_of(value, of.base[(of.indices[0] - 1, *shared, inner)])
        own = derivative_of(value, parameter)
    except NotDifferentiable as error:
        raise RuleError(rule, str(error)) from error
    before = left.base[(start, index, *shared, inner, *parameter.indices)]
    situation.certified(rule, Sum(Mul(slope, before), (inner, 1, upper)) + own, to)
    return Outcome(Equation(left, to), evidence=_BY_RULE)


def _sensitivity(rule: str, situation: Situation, arguments: Mapping[str, Argument]) -> tuple[Indexed, Indexed, Indexed]:
    left, of, parameter = (argument(rule, arguments, part) for part in ("left", "of", "parameter"))
    if not all(isinstance(part, Indexed) for part in (left, of, parameter)):
        raise RuleError(rule, f"{left}, {of} and {parameter} are not all entries")
    if of.base not in situation.recurrences or situation.recurrences[of.base].axis != 0:
        raise RuleError(rule, f"{of} is no entry of a sequence that steps along its first axis")
    if parameter.base in situation.recurrences or parameter.base in situation.definitions:
        raise RuleError(rule, f"{parameter.base} is no free parameter")
    if situation.declarations.find(left.base) is None or left.base in situation.definitions or left.base == of.base:
        raise RuleError(rule, f"{left.base} is not declared, or has a meaning already")
    for step in situation.steps:
        if step.rule not in ("start_of_sensitivity", "chain_rule_in_parameter") and step_uses(step.statement, left):
            raise RuleError(rule, f"{left.base} was used before it is given", "put its premises first")
    return left, of, parameter


def _entries(rule: str, situation: Situation, arguments: Mapping[str, Argument]) -> tuple[Indexed, Indexed, Indexed]:
    left, of, by = (argument(rule, arguments, part) for part in ("left", "of", "by"))
    if not all(isinstance(part, Indexed) for part in (left, of, by)):
        raise RuleError(rule, f"{left}, {of} and {by} are not all entries", "write D[l, k, a, c], s[l+k, a], s[l, c]")
    if of.base != by.base or of.base not in situation.recurrences or situation.recurrences[of.base].axis != 0:
        raise RuleError(rule, f"{of} and {by} are not entries of one sequence that steps along its first axis")
    if situation.declarations.find(left.base) is None or left.base in situation.definitions or left.base == of.base:
        raise RuleError(rule, f"{left.base} is not declared, or has a meaning already")
    for step in situation.steps:
        if step.rule not in ("start_of_jacobian", "chain_rule") and step_uses(step.statement, left):
            raise RuleError(rule, f"{left.base} was used before it is given", "put its premises first")
    return left, of, by


def _inner(rule: str, of: Indexed, by: Indexed) -> tuple[Symbol, Symbol]:
    row, column = of.indices[-1], by.indices[-1]
    if not isinstance(row, Symbol) or not isinstance(column, Symbol) or row == column:
        raise RuleError(rule, f"the last indices of {of} and {by} are not two plain symbols")
    if len(of.indices) < 2 or of.indices[1:-1] != by.indices[1:-1]:
        raise RuleError(rule, f"{of} and {by} differ in more than the step and the last index")
    return row, column


def _shared(of: Indexed, row: Symbol) -> tuple[Expr, ...]:
    """The indices between the step and the last, such as that of a sample."""
    return tuple(of.indices[1:-1])


def _one_step(rule: str, situation: Situation, of: Indexed) -> Expr:
    """s[m+1, a] in terms of s[m, ·]: its own recurrence once, every other sequence and definition to the end."""
    known = situation.recurrences[of.base]
    if known.step is None:
        raise RuleError(rule, f"{of.base} has no recurrence", "give it first")
    others = {head: r for head, r in situation.recurrences.items() if head != of.base}
    value = unfold(known.step.entry(tuple(of.indices)), situation.definitions)
    return unfold(Unroller(others, situation.declarations)(value), situation.definitions)


def _check_entries(
    rule: str, value: Basic, base: IndexedBase, before: tuple[Expr, ...], upper: Expr, bound: frozenset[tuple[Symbol, Expr, Expr]]
) -> None:
    """Every entry of the sequence is at the step before, its last index summed over 1..upper or the row's own."""
    if isinstance(value, Indexed) and value.base == base:
        *place, last = value.indices
        ranged = {variable: (low, high) for variable, low, high in bound}
        if tuple(place) != before:
            raise RuleError(rule, f"{value} is not at the step before, {before[0]}")
        if not isinstance(last, Symbol) or ranged.get(last, (1, upper)) != (1, upper):
            raise RuleError(rule, f"the last index of {value} does not run over 1..{upper}")
    if isinstance(value, ExprWithLimits):
        body, limit = unnest(value)
        if any(free_symbols(part) and part.has(base) for part in limit[1:]):
            raise RuleError(rule, f"a range of summation depends on {base}")
        _check_entries(rule, body, base, before, upper, frozenset(b for b in bound if b[0] != limit[0]) | {limit})
        return
    for part in value.args:
        _check_entries(rule, part, base, before, upper, bound)
