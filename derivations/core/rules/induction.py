"""Proof by induction over the steps of an iteration: sequences as premises, base, step, conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Pow, Symbol

from derivations.core.binding import free_symbols, substitute
from derivations.core.definitions import unfold
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation
from derivations.core.rules.premises import domain_conditions, step_uses
from derivations.core.rules.reach import Limits, check_reach, reach
from derivations.core.rules.rewriting import rewriting
from derivations.core.sequences import (
    SEQUENCE_RULES,
    Clause,
    Recurrence,
    Unroller,
    clause,
    entries_of,
    shifted,
)  # fmt: skip
from derivations.core.statements import Condition, Equation, Implication, Statement
from derivations.core.symbols import Declarations

_BY_RULE = Evidence(Word.PROVED, "kernel rule")
Claims = tuple[tuple[Indexed, Expr], ...]


# ---------------------------------------------------------------------- premises


def initial(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The first entry, or one of the first entries, of a sequence.

    Inference: ⊢ s[n, …] = a, with n an integer.
    Fails when: the sequence is not declared, has that entry already or gets it from its recurrence, the other indices
    are not distinct plain symbols, or a has stray indices or mentions a step that is not given before.
    Example: θ⁰ = θ_start;  v⁰ = 0;  θ⁻¹ = θ⁰.
    """
    left, right = _sides("initial", situation, arguments)
    numbers = [e for e in left.indices if e.is_Integer]
    if len(numbers) != 1:
        raise RuleError("initial", f"{left} has {len(numbers)} integer indices", "write s[0] or s[0, i]")
    new = _clause("initial", situation, left, right, None)
    known = situation.recurrences.get(left.base, Recurrence())
    if known.covering(new.at, int(new.at)) is not None:
        raise RuleError("initial", f"{left} is given already", "drop one of the two premises")
    plain = unfold(right, situation.definitions)
    for entry in (e for e in plain.atoms(Indexed) if _is_sequence(situation, e.base, left.base)):
        if situation.unroll(entry) == entry:
            raise RuleError("initial", f"{entry} on the right side of {left} is not given before", "give it first")
    return Outcome(Equation(left, right), _in_domain("initial", situation, left, right))


def recurrence(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """The next entry of a sequence from earlier ones, for every step k of the declared range.

    Inference: ⊢ s[k+c, …] = f(k, earlier entries), for k = k₀, k₀+1, …, the range declared for k.
    Fails when: the sequence or the index k is not declared, s has a recurrence or one of these entries already, f
    mentions its own step k+c or a later one — or the step k+c of a sequence whose own recurrence is not given before —,
    or f has stray indices.
    Example: θ[k+1] = θ[k] − α·v[k+1], after v[k+1] = β·v[k] + g(θ[k]).
    """
    name = "recurrence"
    left, right = _sides(name, situation, arguments)
    index = _step_index(name, situation, arguments)
    if sum(index in free_symbols(e) for e in left.indices) != 1:
        raise RuleError(name, f"{left} is not an entry at one step {index} + c")
    new = _clause(name, situation, left, right, index)
    known = situation.recurrences.get(left.base, Recurrence())
    if known.step is not None:
        raise RuleError(name, f"{left.base} has a recurrence already", "drop one of the two premises")
    if known.initial and known.axis != new.axis:
        raise RuleError(name, f"the initial entries of {left.base} count steps on another axis")
    for first in known.initial:
        if int(first.at) >= new.first:
            raise RuleError(name, f"{left.base}[{first.at}] is given already", "start the recurrence after it")
    _check_order(situation, left.base, new)
    return Outcome(Equation(left, right), _in_domain(name, situation, left, right))


def _sides(rule: str, situation: Situation, arguments: Mapping[str, Argument]) -> tuple[Indexed, Expr]:
    left, right = argument(rule, arguments, "left"), argument(rule, arguments, "right")
    if not isinstance(left, Indexed):
        raise RuleError(rule, f"{left} is no entry of a sequence", "write s[0] = … or s[k+1] = …")
    if situation.declarations.find(left.base) is None:
        raise RuleError(rule, f"{left.base} is not declared", "declare every symbol of the derivation")
    if left.base in situation.definitions:
        raise RuleError(rule, f"{left.base} is defined already", "use another name")
    return left, right


def _in_domain(rule: str, situation: Situation, left: Indexed, right: Expr) -> tuple[Condition, ...]:
    """What the declared domain of the sequence claims about the entry, as far as that is not known anyway."""
    places = tuple(Symbol(f"at_{n}", integer=True) for n in range(len(left.indices)))
    return domain_conditions(rule, situation, left.base[places], right)


def _step_index(rule: str, situation: Situation, arguments: Mapping[str, Argument]) -> Symbol:
    index = argument(rule, arguments, "index")
    entry = situation.declarations.find(index) if isinstance(index, Symbol) else None
    if entry is None or entry.domain.kind != "index":
        raise RuleError(rule, f"{index} is not a declared index", "declare the step index with its first value")
    return index


def _clause(rule: str, situation: Situation, left: Indexed, right: Expr, index: Symbol | None) -> Clause:
    """The new clause, its shape checked: s[k+c, i, j, …] with distinct parameters, nothing stray on the right."""
    stepping = [e for e in left.indices if (index in free_symbols(e) if index is not None else e.is_Integer)]
    parameters = [e for e in left.indices if e not in stepping]
    if index is not None and shifted(stepping[0], index) is None:
        raise RuleError(rule, f"{stepping[0]} is not {index} plus an integer")
    if len(set(parameters)) < len(left.indices) - 1 or not all(isinstance(e, Symbol) for e in parameters):
        raise RuleError(rule, f"the other indices of {left} are not distinct plain symbols")
    sizes = {entry.head for entry in situation.declarations if not entry.axes and entry.domain.kind != "index"}
    stray = free_symbols(right) - set(parameters) - sizes - {index}
    if stray:
        shown = ", ".join(sorted(map(str, stray)))
        raise RuleError(rule, f"{shown} on the right side of {left} is no parameter of it", "sum over it or add it")
    for step in situation.steps:
        if step.rule not in SEQUENCE_RULES and step_uses(step.statement, left):
            raise RuleError(rule, f"{left.base} was used before it is given", "put its premises first")
    if left.base not in situation.recurrences:
        starts = [c for known in situation.recurrences.values() for c in known.initial]
        if any(entries_of(unfold(c.value, situation.definitions), left.base) for c in starts):
            raise RuleError(rule, f"{left.base} was used before it is given", "put its premises first")
    return clause(left, right, index, situation.declarations)


def _is_sequence(situation: Situation, head: IndexedBase, new: IndexedBase) -> bool:
    return head == new or head in situation.recurrences


def _check_order(situation: Situation, head: IndexedBase, new: Clause) -> None:
    """Every entry mentioned lies at an earlier step, or at this step of a sequence whose recurrence came before."""
    for other, known in ((head, new), *((h, r.step) for h, r in situation.recurrences.items())):
        if known is None or known.index is None:
            continue
        value = unfold(known.value, situation.definitions)
        mentioned = (head,) if other != head else (head, *situation.recurrences)
        for part in mentioned:
            axis = new.axis if part == head else situation.recurrences[part].axis
            before = part != head and situation.recurrences[part].step is not None
            for entry in entries_of(value, part):
                offset = shifted(entry.indices[axis], known.index)
                fixed = entry.indices[axis].is_Integer and int(entry.indices[axis]) < known.first
                allowed = known.offset if before else known.offset - 1
                if not fixed and (offset is None or offset > allowed):
                    problem = f"{entry} in the recurrence of {other} does not lie before step {known.at}"
                    remedy = "use an earlier step" if part == other else f"give the recurrence of {part} first"
                    raise RuleError("recurrence", problem, remedy)


# ---------------------------------------------------------------------- use


@rewriting
def unfold_recurrence(
    situation: Situation, expression: Expr, arguments: Mapping[str, Argument]
) -> tuple[Expr, tuple[Condition, ...]]:
    """Entries of the named sequences are replaced by what their recurrence or initial value says, once.

    Inference: s[e] ⟶ f(e−c), given s[k+c] = f(k) for k ≥ k₀ and e ≥ k₀ + c;  s[n] ⟶ a, given s[n] = a.
    Fails when: no entry of the sequence lies in the range of its premises.
    Example: θ[k+1] ⟶ θ[k] − α·v[k+1].
    """
    names = arguments.get("name")
    wanted: set[str] = {names} if isinstance(names, str) else set(map(str, names if isinstance(names, tuple) else ()))
    chosen = {head: known for head, known in situation.recurrences.items() if str(head) in wanted}
    if not chosen:
        raise RuleError("unfold_recurrence", f"{names!r} has no recurrence", "give it in an earlier step")
    return Unroller(chosen, situation.declarations, deep=False)(expression), ()


def use_identity(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """Entries of a sequence are replaced by what an identity proved before says of them.

    Inference: a = b(s[e]), s[k] = t(k) for all k ≥ k₀, e ≥ k₀ ⟶ a = b(t(e)).
    Fails when: the second premise is not an identity with an entry on its left side, or no entry lies in its range.
    Example: θ[k+1] = θ[k] − α·v[k+1], v[k] = Σ_{j<k} β^{k−1−j} g[j] ⟶ θ[k+1] = θ[k] − α·Σ_{j<k+1} β^{k−j} g[j].
    """
    target, identity = equation("use_identity", premises), equation("use_identity", premises, 1)
    if identity.unknown or not isinstance(identity.left, Indexed):
        raise RuleError("use_identity", f"{identity.left} = {identity.right} is no identity for an entry of a sequence")
    right = _rewritten(situation, target.right, (_general("use_identity", situation, identity.left, identity.right),))
    if right == target.right:
        raise RuleError("use_identity", f"no entry of {identity.left.base} in range in {target.right}")
    return Outcome(Equation(target.left, right, target.unknown), evidence=_BY_RULE)


def _general(rule: str, situation: Situation, left: Indexed, right: Expr) -> tuple[IndexedBase, Recurrence]:
    """An identity for s[k+d, …], k ≥ k₀, as a clause that covers every step from k₀ + d."""
    ranged = [s for e in left.indices for s in free_symbols(e) if situation.declarations.range_of(s) is not None]
    stepping = [e for e in left.indices if not isinstance(e, Symbol)] or list(left.indices[:1])
    index = next((s for s in ranged if len(stepping) == 1 and shifted(stepping[0], s) is not None), None)
    if index is None:
        raise RuleError(rule, f"{left} is not an entry at a step")
    if not _plain_but_step(left, index):
        raise RuleError(rule, f"the other indices of {left} are not distinct plain symbols")
    return left.base, Recurrence(step=clause(left, right, index, situation.declarations))


def _plain_but_step(left: Indexed, index: Symbol) -> bool:
    """Whether the entry is at one step of the index, and its other indices are distinct plain symbols."""
    others = [e for e in left.indices if index not in free_symbols(e)]
    plain = all(isinstance(e, Symbol) for e in others) and len(set(others)) == len(others)
    return plain and len(others) == len(left.indices) - 1


def _rewritten(
    situation: Situation, expression: Expr, known: Sequence[tuple[IndexedBase, Recurrence]], limits: Limits | None = None
) -> Expr:
    for head, identity in known:
        if identity.step is not None and identity.step.index is not None:
            check_reach("use_identity", situation, expression, head, identity.step, identity.step.index, limits or {})
        expression = Unroller({head: identity}, situation.declarations, deep=False)(expression)
    return expression


# ---------------------------------------------------------------------- induction


def base_case(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A claim at the first step, from the initial conditions.

    Inference: A(k₀) = B(k₀), when the initial entries reduce both sides to one normal form.
    Fails when: an initial condition that is needed is missing, or the two sides differ there.
    Example: v⁰ = (θ⁻¹ − θ⁰)/α, from v⁰ = 0 and θ⁻¹ = θ⁰.
    """
    index = _step_index("base_case", situation, arguments)
    left, right = argument("base_case", arguments, "left"), argument("base_case", arguments, "right")
    first = _first(situation, index)
    at_start = Equation(substitute(left, {index: first}), substitute(right, {index: first}))
    reaching = reach(situation, index, first)
    evidence, ranges = situation.certified("base_case", at_start.left, at_start.right, reaching=reaching)
    return Outcome(at_start, (*_defined(situation, right), *ranges), evidence)


def inductive_step(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """If the claims hold at step k, one of them holds at step k + 1.

    Inference: A₁(k) = B₁(k), …, A_m(k) = B_m(k) ⟶ A_n(k+1) = B_n(k+1), when recurrences and hypotheses reduce both
    sides to one normal form, the right side with the hypotheses or by the recurrences alone. Premises, if any, are
    identities proved before, to be used at every step of their range.
    Fails when: the sides differ with the recurrences unrolled and the hypotheses put in at step k and nowhere else.
    Example: θ[k] = w[k], v[k] = u[k] ⟶ θ[k+1] = w[k+1].
    """
    name = "inductive_step"
    index, claims, number = _claims(name, situation, arguments)
    known = []
    for position in range(len(premises)):
        identity = equation(name, premises, position)
        if identity.unknown or not isinstance(identity.left, Indexed):
            raise RuleError(name, f"premise {position + 1} is no identity for an entry of a sequence")
        known.append(_general(name, situation, identity.left, identity.right))
    left, right = (substitute(side, {index: index + 1}) for side in claims[number])
    difference = _reduced(situation, left - right, index, claims, known)
    reaching = reach(situation, index, index + 1)
    ranges = situation.vanishing(difference, reaching)
    if ranges is None:
        other = _reduced(situation, left, index, claims, known) - situation.plain(right)
        ranges = situation.vanishing(other, reaching)
    if ranges is None:
        raise RuleError(
            name, f"{left} = {right} does not follow from the claims at {index}: {difference} is left",
            "strengthen the claims, or check the recurrences",
        )  # fmt: skip
    hypotheses = tuple(Equation(a, b) for a, b in claims)
    conditions = tuple(dict.fromkeys((*(c for _, b in claims for c in _defined(situation, b)), *ranges)))
    return Outcome(Implication(hypotheses, Equation(left, right)), conditions, Evidence(Word.PROVED, "normal form"))


def induction(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """Claims that hold at the first step and pass from every step to the next hold at every step.

    Inference: A₁(k₀) = B₁(k₀), …, A_m(k₀) = B_m(k₀);  (A₁(k) = B₁(k), …) ⟶ A₁(k+1) = B₁(k+1), …, the same for A_m
    ⟶ A_n(k) = B_n(k) for all k ≥ k₀.
    Fails when: a base case or a step is missing, belongs to another claim, starts elsewhere, or rests on other
    hypotheses.
    Example: θ⁰ = w⁰; θ[k] = w[k] ⟶ θ[k+1] = w[k+1]; hence θ[k] = w[k] for all k ≥ 0.
    """
    name = "induction"
    index, claims, number = _claims(name, situation, arguments)
    if len(premises) != 2 * len(claims):
        raise RuleError(name, f"{len(premises)} premises for {len(claims)} claims", "give every base, then every step")
    first = _first(situation, index)
    hypotheses = tuple(Equation(a, b) for a, b in claims)
    for n, (left, right) in enumerate(claims):
        base = equation(name, premises, n)
        if base != Equation(substitute(left, {index: first}), substitute(right, {index: first})):
            raise RuleError(name, f"premise {n + 1} is not {left} = {right} at {index} = {first}")
        step = premises[len(claims) + n]
        if not isinstance(step, Implication) or step.hypotheses != hypotheses:
            raise RuleError(name, f"premise {len(claims) + n + 1} does not rest on the claims at {index}")
        if step.conclusion != Equation(substitute(left, {index: index + 1}), substitute(right, {index: index + 1})):
            raise RuleError(name, f"premise {len(claims) + n + 1} is not {left} = {right} at {index} + 1")
    conditions = tuple(dict.fromkeys(c for _, b in claims for c in _defined(situation, b)))
    return Outcome(Equation(*claims[number]), conditions, _BY_RULE)


def _claims(rule: str, situation: Situation, arguments: Mapping[str, Argument]) -> tuple[Symbol, Claims, int]:
    """The step index, the pairs of sides, and which of them is concluded (argument `number`, from 1)."""
    index = _step_index(rule, situation, arguments)
    flat = arguments.get("claims")
    if not isinstance(flat, tuple) or not flat or len(flat) % 2 or not all(isinstance(e, Expr) for e in flat):
        raise RuleError(rule, "argument 'claims' has to hold left and right side of each claim in turn")
    pairs = tuple(zip(flat[::2], flat[1::2], strict=True))
    for left, _ in pairs:
        steps = [shifted(e, index) for e in left.indices] if isinstance(left, Indexed) else []
        if not isinstance(left, Indexed) or not any(d is not None for d in steps) or not _plain_but_step(left, index):
            raise RuleError(rule, f"the left side {left} is no entry of a sequence at a step {index} + c")
    number = arguments.get("number", 1)
    if not isinstance(number, int) or not 1 <= number <= len(pairs):
        raise RuleError(rule, f"there is no claim {number!r}", f"number the claims from 1 to {len(pairs)}")
    return index, pairs, number - 1


def _first(situation: Situation, index: Symbol) -> Integer:
    return situation.declarations.range_of(index)[0]  # type: ignore[index]


def _reduced(
    situation: Situation,
    expression: Expr,
    index: Symbol,
    claims: Claims,
    known: Sequence[tuple[IndexedBase, Recurrence]],
) -> Expr:
    """Recurrences unrolled down to step k, the hypotheses put in there, identities used, until nothing changes."""
    ends = reach(situation, index, index + 1)
    limits = {symbol: (situation.declarations.range_of(symbol)[0], end) for symbol, end in ends.items()}  # type: ignore[index]
    for _ in range(len(claims) + len(known) + 2):
        before = expression
        expression = Unroller(situation.recurrences, situation.declarations, beyond=index)(
            unfold(expression, situation.definitions)
        )
        for left, right in claims:
            expression = _at_step(situation, expression, left, right, index, limits)
        expression = _rewritten(situation, expression, known, limits)
        if expression == before:
            break
    return situation.plain(expression)


def _at_step(situation: Situation, expression: Expr, left: Indexed, right: Expr, index: Symbol, limits: Limits) -> Expr:
    """The hypothesis left = right used at step k exactly, for all values of its other indices."""
    position = next(n for n, e in enumerate(left.indices) if shifted(e, index) is not None)
    parameters = tuple(e for n, e in enumerate(left.indices) if n != position)
    at = left.indices[position]
    hypothesis = Clause(position, at, parameters, right)
    check_reach("inductive_step", situation, expression, left.base, hypothesis, index, limits)
    return Unroller({left.base: Recurrence(initial=(hypothesis,))}, Declarations(), deep=False)(expression)


def _defined(situation: Situation, expression: Basic) -> tuple[Condition, ...]:
    """What must not be zero for the expression to have a value."""
    divisors = [power.base for power in expression.atoms(Pow) if power.exp.is_negative]
    return tuple(c for divisor in sorted(divisors, key=str) for c in situation.nonzero(divisor))
