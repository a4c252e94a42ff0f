"""Rules that put something in at the start: model equations, definitions, assumptions, lemmas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Add, Basic, Expr, Indexed, Integer, Mul, Pow, Product, Sum, Symbol, factor_terms
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, occurs
from derivations.core.definitions import head_and_parameters, unfold
from derivations.core.derivation import Argument, Derivation
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument
from derivations.core.sequences import recurrences_of
from derivations.core.statements import Bounded, Condition, Equation, InRange, Positive, Statement
from derivations.core.symbols import Head


def definition(rule: str, situation: Situation, left: Expr, right: Expr) -> Equation:
    """left = right as a defining equation: a new declared name, distinct indices, nothing stray on the right."""
    named = head_and_parameters(left)
    if named is None:
        raise RuleError(rule, f"{left} is not a name with distinct index symbols", "define f, f[k] or f(k)")
    head, parameters = named
    if situation.declarations.find(head) is None:
        raise RuleError(rule, f"{left} is not declared", "declare every symbol of the derivation")
    if head in situation.definitions:
        raise RuleError(rule, f"{left} is defined already", "use another name")
    if occurs(left, right) or right.has(head):
        raise RuleError(rule, f"{left} occurs in its own definition")
    sizes = {entry.head for entry in situation.declarations if not entry.axes and entry.domain.kind != "index"}
    stray = free_symbols(right) - set(parameters) - sizes
    if stray:
        shown = ", ".join(sorted(map(str, stray)))
        raise RuleError(rule, f"{shown} on the right side of {left} is no parameter of it", "sum over it or add it")
    if any(step_uses(step.statement, left) for step in situation.steps):
        raise RuleError(rule, f"{left} was used before it is defined", "define it first")
    return Equation(left, right)


def domain_conditions(rule: str, situation: Situation, left: Expr, right: Expr) -> tuple[Condition, ...]:
    """What the declared domain of a defined name claims about its body, as far as that is not known anyway.

    Signs are read off declarations, so a name declared positive must not be given a body that may be negative.
    """
    named = head_and_parameters(left)
    entry = None if named is None else situation.declarations.find(named[0])
    kind = "real" if entry is None else entry.domain.kind
    if entry is None or kind in ("real", "function"):
        return ()
    if kind in _NOT_BY_ENTRY:
        raise RuleError(rule, f"{left} is declared {entry.domain}, which an entry does not show", "declare it real")
    if entry.domain.is_integral and not _is_integral(right):
        raise RuleError(rule, f"{right} is not known to be an integer, as {left} is declared to be", "declare it real")
    if kind in ("label", "index"):
        return (InRange(right, Integer(entry.domain.lower), entry.domain.upper),)
    if kind in ("nonnegative", "natural"):
        plain = unfold(right, situation.definitions)
        factored = factor_terms(situation.normaliser.expression(plain))
        known = factored.is_nonnegative or any(map(situation.normaliser.signs.nonnegative, (right, plain, factored)))
        return () if known else (Positive(right),)
    margins = {"integer": (), "unit-interval": (right, 1 - right)}.get(kind, (right,))
    return tuple(Positive(margin) for margin in margins if not situation.positive(margin))


_NOT_BY_ENTRY = frozenset(("covariance", "angle"))
"""Domains that a name given by a formula cannot be shown to lie in: of a matrix as a whole, of a number up to whole turns."""


def _is_integral(expression: Basic) -> bool:
    if isinstance(expression, (Sum, Product, Add, Mul)):
        return all(map(_is_integral, expression.args[: 1 if isinstance(expression, (Sum, Product)) else None]))
    if isinstance(expression, Pow):
        return _is_integral(expression.base) and bool(expression.exp.is_integer and expression.exp.is_nonnegative)
    return bool(expression.is_integer)


def step_uses(statement: Statement, left: Expr) -> bool:
    """Whether a statement mentions the name that `left` would define, other than as an argument of a function."""
    from derivations.core.statements import expressions_of

    part = left.func if isinstance(left, AppliedUndef) else left
    for expression in expressions_of(statement):
        if isinstance(part, Symbol) and part in free_symbols(expression):
            return True
        if isinstance(part, Indexed) and any(e.base == part.base for e in expression.atoms(Indexed)):
            return True
        if isinstance(left, AppliedUndef) and any(e.func == left.func for e in expression.atoms(AppliedUndef)):
            return True
    return False


def given(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A model equation, taken as the starting point.

    Inference: ⊢ f(k) = body(k), as the model says.
    Fails when: the left side is not a new declared name with distinct indices, or the right side has stray indices or
    is no integer where the name is one; that the right side lies in the declared domain becomes a condition.
    Example: P(y=k) = α_k.
    """
    left, right = argument("given", arguments, "left"), argument("given", arguments, "right")
    return Outcome(definition("given", situation, left, right), domain_conditions("given", situation, left, right))


def define(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A name for an expression.

    Inference: ⊢ f(k) = body(k), f new.
    Fails when: the name is not declared, is taken, was used before, or the body has stray indices or is no integer
    where the name is one; that the body lies in the declared domain of the name becomes a condition.
    Example: N_k = Σᵢ 1[yᵢ=k].
    """
    left, right = argument("define", arguments, "left"), argument("define", arguments, "right")
    return Outcome(definition("define", situation, left, right), domain_conditions("define", situation, left, right))


def assume(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A condition under which the rest is claimed; it is listed with the result.

    Inference: ⊢ a > 0, as a condition of the result.
    Fails when: the expression is known not to be positive.
    Example: N_k > 0, every class occurs.
    """
    expression = argument("assume", arguments, "positive")
    if situation.normaliser.signs.nonnegative(-expression):
        raise RuleError("assume", f"{expression} > 0 is false", "drop the assumption")
    return Outcome(Positive(expression))


def lemma(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A conclusion of another derivation, which is carried along and replayed with this one.

    Inference: ⊢ S, when S is a conclusion of the derivation cited.
    Fails when: the derivation is not among the lemmas, has no such conclusion, declares or defines a symbol of S
    differently, or rests on a condition or a bound that is not assumed here.
    Example: ℓ(θ) = …, from gaussian-naive-bayes/negative-log-likelihood.
    """
    name = arguments.get("name")
    number = arguments.get("conclusion", 0)
    for cited in situation.lemmas:
        if cited.name == name:
            break
    else:
        known = ", ".join(cited.name for cited in situation.lemmas) or "none"
        raise RuleError("lemma", f"{name!r} is not carried along", f"lemmas here: {known}")
    if not isinstance(number, int) or not 0 <= number < len(cited.conclusions):
        raise RuleError("lemma", f"{name} has {len(cited.conclusions)} conclusions, not number {number!r}")
    statement = cited.conclusions[number]
    _same_declarations(situation, cited.declarations, name)
    for condition in cited.conditions:
        if not isinstance(condition, Positive) or condition.expression not in situation.assumptions:
            raise RuleError("lemma", f"{name} needs {condition}", "assume it first")
    for bound in _assumed_bounds(cited):
        if all(step.statement != bound for step in situation.steps):
            raise RuleError("lemma", f"{name} needs |{bound.expression}| ≤ {bound.bound}", "assume it first")
    _same_meanings(situation, cited, (statement, *cited.conditions))
    if isinstance(statement, Equation) and not statement.unknown:
        named = head_and_parameters(statement.left)
        if named is not None and named[0] not in situation.definitions:
            checked = definition("lemma", situation, statement.left, statement.right)
            return Outcome(checked, evidence=Evidence(Word.PROVED, f"lemma {name}"))
        raise RuleError("lemma", f"{statement.left} has a meaning here already")
    return Outcome(statement, evidence=Evidence(Word.PROVED, f"lemma {name}"))


def _assumed_bounds(cited: Derivation) -> list[Bounded]:
    """The bounds that a derivation takes for granted, itself and through the lemmas it cites."""
    own = [s.statement for s in cited.steps if s.rule == "assume_bound" and isinstance(s.statement, Bounded)]
    used = {dict(step.arguments).get("name") for step in cited.steps if step.rule == "lemma"}
    return own + [bound for one in cited.lemmas if one.name in used for bound in _assumed_bounds(one)]


def _same_meanings(situation: Situation, cited: Derivation, statements: Sequence[Statement]) -> None:
    """Every name of the statements means here what it means there; the name that the first one defines is new here."""
    first = statements[0]
    own = head_and_parameters(first.left) if isinstance(first, Equation) and not first.unknown else None
    there: dict[Head, object] = {**cited.definitions, **recurrences_of(cited.steps, cited.declarations)}
    here: dict[Head, object] = {**situation.definitions, **situation.recurrences}
    for head, meaning in there.items():
        if own is not None and head == own[0] and head not in situation.recurrences:
            continue
        if here.get(head) != meaning and any(_mentions(statement, head) for statement in statements):
            raise RuleError("lemma", f"{head} is not given here as in {cited.name}", "repeat its premises first")


def _mentions(statement: Statement, head: object) -> bool:
    from derivations.core.statements import expressions_of

    for expression in expressions_of(statement):
        heads = {e.base for e in expression.atoms(Indexed)} | {e.func for e in expression.atoms(AppliedUndef)}
        if head in heads or (isinstance(head, Symbol) and head in free_symbols(expression)):
            return True
    return False


def _same_declarations(situation: Situation, cited: object, name: object) -> None:
    for entry in cited:  # type: ignore[attr-defined]
        if entry.name in situation.declarations and situation.declarations[entry.name] != entry:
            raise RuleError("lemma", f"{name} declares {entry.name} differently", "use the same declarations")

