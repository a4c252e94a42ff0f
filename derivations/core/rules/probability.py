"""Laws of probability, between probability functions whose LaTeX and arguments are declared.

A probability function is declared with `outcome` and `given` events; the laws check the events, so that P(x|y) cannot
stand where P(y|x) belongs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Mul, Sum, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.derivation import Argument
from derivations.core.kernel import Outcome, RuleError, Situation, argument
from derivations.core.rules.premises import definition, domain_conditions
from derivations.core.statements import Statement
from derivations.core.symbols import Declaration


def _events(rule: str, situation: Situation, term: Expr) -> Declaration:
    declared = situation.declarations.find(term.func if isinstance(term, AppliedUndef) else term)
    if declared is None or not declared.outcome:
        raise RuleError(rule, f"{term} is not declared as a probability", "declare its outcome and given events")
    return declared


def _same(rule: str, left: Sequence[str], right: Sequence[str], what: str) -> None:
    if sorted(left) != sorted(right):
        raise RuleError(rule, f"{what}: {', '.join(left) or 'nothing'} against {', '.join(right) or 'nothing'}")


def product_rule(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A joint probability is a conditional one times the probability of its condition.

    Inference: ⊢ p(A, B) = p(A | B)·p(B).
    Fails when: the events of the three terms are not A∪B, A given B, and B.
    Example: p(x, y=k) = p(x | y=k)·P(y=k).
    """
    joint, conditional, marginal = (
        argument("product_rule", arguments, name) for name in ("joint", "conditional", "marginal")
    )
    a, b, c = (_events("product_rule", situation, term) for term in (joint, conditional, marginal))
    _same("product_rule", a.outcome, b.outcome + b.given, "the joint is not of the conditional's events")
    _same("product_rule", b.given, c.outcome, "the marginal is not of the condition")
    if a.given or c.given:
        raise RuleError("product_rule", "the joint and the marginal must be unconditional")
    right = Mul(conditional, marginal)
    conditions = domain_conditions("product_rule", situation, joint, right)
    return Outcome(definition("product_rule", situation, joint, right), conditions)


def total_probability(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """The probability of an event is the sum of its joint probabilities with the values of a label.

    Inference: ⊢ p(A) = Σ_k p(A, y=k), over all values k of y.
    Fails when: the joint is not of A and the label, or the index does not run over all values of the label.
    Example: p(x) = Σ_j p(x, y=j).
    """
    marginal, joint, index = (
        argument("total_probability", arguments, name) for name in ("marginal", "joint", "index")
    )
    a, b = (_events("total_probability", situation, term) for term in (marginal, joint))
    extra = [event for event in b.outcome if event not in a.outcome]
    _same("total_probability", b.outcome, a.outcome + tuple(extra), "the joint is not of the marginal's events")
    if len(extra) != 1 or a.given or b.given or not isinstance(index, Symbol) or index not in joint.args:
        raise RuleError("total_probability", "one label has to be summed out", "give its index in the joint")
    bounds = situation.declarations.range_of(index)
    label = next((e for e in situation.declarations if e.name == extra[0] and e.domain.kind == "label"), None)
    if bounds is None or label is None or label.domain.upper != bounds[1]:
        raise RuleError("total_probability", f"{index} does not run over the values of {extra[0]}")
    right = Sum(joint, (index, *bounds))
    conditions = domain_conditions("total_probability", situation, marginal, right)
    return Outcome(definition("total_probability", situation, marginal, right), conditions)


def conditional_probability(
    situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]
) -> Outcome:
    """A conditional probability is the joint divided by the probability of the condition; with the product rule: Bayes.

    Inference: ⊢ p(A | B) = p(A, B) / p(B).
    Fails when: the events of the three terms are not A given B, A∪B, and B.
    Example: P(y=k | x) = p(x, y=k) / p(x).
    """
    conditional, joint, marginal = (
        argument("conditional_probability", arguments, name) for name in ("conditional", "joint", "marginal")
    )
    a, b, c = (_events("conditional_probability", situation, term) for term in (conditional, joint, marginal))
    _same("conditional_probability", b.outcome, a.outcome + a.given, "the joint is not of the conditional's events")
    _same("conditional_probability", a.given, c.outcome, "the divisor is not of the condition")
    if b.given or c.given:
        raise RuleError("conditional_probability", "the joint and the divisor must be unconditional")
    right = joint / marginal
    conditions = domain_conditions("conditional_probability", situation, conditional, right)
    return Outcome(definition("conditional_probability", situation, conditional, right), conditions)
