"""Rules that put something in at the start: model equations, definitions, assumptions, lemmas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Indexed, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, occurs
from derivations.core.definitions import head_and_parameters
from derivations.core.derivation import Argument
from derivations.core.evidence import Evidence, Word
from derivations.core.kernel import Outcome, RuleError, Situation, argument
from derivations.core.statements import Equation, Positive, Statement


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
    Fails when: the left side is not a new declared name with distinct indices, or the right side has stray indices.
    Example: P(y=k) = α_k.
    """
    return Outcome(
        definition("given", situation, argument("given", arguments, "left"), argument("given", arguments, "right"))
    )


def define(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A name for an expression.

    Inference: ⊢ f(k) = body(k), f new.
    Fails when: the name is not declared, is taken, was used before, or the body has stray indices.
    Example: N_k = Σᵢ 1[yᵢ=k].
    """
    return Outcome(
        definition("define", situation, argument("define", arguments, "left"), argument("define", arguments, "right"))
    )


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
    Fails when: the derivation is not among the lemmas, has no such conclusion, or declares a symbol differently.
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
    if isinstance(statement, Equation) and not statement.unknown:
        named = head_and_parameters(statement.left)
        if named is not None and named[0] not in situation.definitions:
            checked = definition("lemma", situation, statement.left, statement.right)
            return Outcome(checked, evidence=Evidence(Word.PROVED, f"lemma {name}"))
        raise RuleError("lemma", f"{statement.left} has a meaning here already")
    for defined, (parameters, body) in cited.definitions.items():
        if situation.definitions.get(defined) != (parameters, body) and _mentions(statement, defined):
            raise RuleError("lemma", f"{defined} is not defined as in {name}", "repeat the definition first")
    return Outcome(statement, evidence=Evidence(Word.PROVED, f"lemma {name}"))


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

