"""Rules about indicators 1[a=b]: sifting a sum, and substitution under an indicator."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Expr, KroneckerDelta, Mul, Sum

from derivations.core.binding import free_symbols, substitute, unnest
from derivations.core.deltas import simplest_first
from derivations.core.derivation import Argument
from derivations.core.kernel import Situation
from derivations.core.rules.rewriting import everywhere, rewriting
from derivations.core.statements import Condition

Rewritten = tuple[Expr, tuple[Condition, ...]]


@rewriting
def sift_delta(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """A sum over an index that an indicator fixes has one term left.

    Inference: Σⱼ 1[j=k]·a_j ⟶ a_k, with k in the range of j.
    With the argument `plain` = 1 only where k is a letter or a number.
    Fails when: no sum has an indicator that fixes its index; when k may lie outside the range this becomes a condition.
    Example: Σ_k 1[yᵢ=k] ⟶ 1, because the label yᵢ is one of 1..K.
    """
    plain = arguments.get("plain") == 1

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, Sum):
            return None
        body, (variable, _, _) = unnest(node)
        for factor in Mul.make_args(body):
            if isinstance(factor, KroneckerDelta) and variable in factor.args[:2]:
                target = next(a for a in factor.args[:2] if a != variable) if len(set(factor.args[:2])) > 1 else None
                if target is not None and variable not in free_symbols(target) and (target.is_Atom or not plain):
                    return substitute(Mul(*(f for f in Mul.make_args(body) if f != factor)), {variable: target})
        return None

    return everywhere(expression, visit), ()


@rewriting
def substitute_delta(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Beside an indicator 1[a=b] the two sides may be exchanged in the other factors.

    Inference: 1[a=b]·f(a) ⟶ 1[a=b]·f(b).
    Fails when: no factor beside an indicator contains its more complicated side.
    Example: 1[yᵢ=k]·μ_{yᵢ} ⟶ 1[yᵢ=k]·μ_k.
    """

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, Mul):
            return None
        deltas = [factor for factor in node.args if isinstance(factor, KroneckerDelta)]
        others = Mul(*(factor for factor in node.args if not isinstance(factor, KroneckerDelta)))
        for delta in deltas:
            simple, other = simplest_first(delta.args[:2])
            others = substitute(others, {other: simple})
        changed = Mul(*deltas, others)
        return changed if changed != node else None

    return everywhere(expression, visit), ()
