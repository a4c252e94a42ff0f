"""Rules about sums over an index: linearity, constants, exchange."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Basic, Expr, Mul, Sum, expand, expand_mul

from derivations.core.binding import free_symbols, unnest
from derivations.core.derivation import Argument
from derivations.core.kernel import RuleError, Situation
from derivations.core.rules.rewriting import everywhere, rewriting
from derivations.core.statements import Condition

Rewritten = tuple[Expr, tuple[Condition, ...]]


@rewriting
def linearity_of_sum(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """A sum of terms is the sum of the sums, and constant factors come out of each.

    Inference: Σᵢ (c·aᵢ + bᵢ) ⟶ c·Σᵢ aᵢ + Σᵢ bᵢ, with c free of i.
    Fails when: no summand is a sum of terms.
    Example: Σᵢ (xᵢ − m) ⟶ Σᵢ xᵢ − Σᵢ m.
    """

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, Sum):
            return None
        body, limit = unnest(node)
        if not isinstance(body, Add):
            body = expand_mul(body, deep=False)
        if not isinstance(body, Add):
            return None
        return Add(*(_pulled(term, limit) for term in body.args))

    return everywhere(expression, visit), ()


def _pulled(term: Expr, limit: tuple[Basic, ...]) -> Expr:
    outside: list[Expr] = []
    inside: list[Expr] = []
    for factor in Mul.make_args(term):
        (inside if limit[0] in free_symbols(factor) else outside).append(factor)
    if not inside:  # a constant summand stays under its sum for `sum_of_constant`; only its number comes out
        number, rest = term.as_coeff_Mul()
        return number * Sum(rest, limit)
    return Mul(*outside) * Sum(Mul(*inside), limit)


@rewriting
def pull_out_constant(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Factors that do not contain the index of summation come out of the sum; the same factor above and below cancels.

    Inference: Σᵢ c·aᵢ ⟶ c·Σᵢ aᵢ, with c free of i.
    Fails when: no summand has a factor free of its index.
    Example: Σⱼ c·eⱼ ⟶ c·Σⱼ eⱼ.
    """

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, Sum):
            return None
        body, limit = unnest(node)
        if limit[0] not in free_symbols(body):
            return None
        pulled = _pulled(body, limit)
        return pulled if pulled != node else None

    return everywhere(expression, visit), ()


@rewriting
def sum_of_constant(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """A sum of equal terms is their number times the term.

    Inference: Σᵢ₌ₐᵇ c ⟶ (b−a+1)·c, with c free of i and b ≥ a−1.
    Fails when: every summand depends on its index.
    Example: Σᵢ₌₁ᴺ c ⟶ N·c.
    """

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, Sum):
            return None
        body, (variable, lower, upper) = unnest(node)
        count = upper - lower + 1
        if variable in free_symbols(body):
            return None
        if not count.is_nonnegative:
            raise RuleError("sum_of_constant", f"the range {lower}..{upper} may be empty by more than one")
        return count * body

    return everywhere(expression, visit), ()


@rewriting
def swap_sums(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Two finite sums may be exchanged.

    Inference: Σᵢ Σⱼ aᵢⱼ ⟶ Σⱼ Σᵢ aᵢⱼ.
    Fails when: the bounds of the inner sum depend on the outer index, or no sum stands directly under a sum.
    Example: Σ_k Σᵢ 1[yᵢ=k] ⟶ Σᵢ Σ_k 1[yᵢ=k].
    """

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, Sum):
            return None
        body, outer = unnest(node)
        if not isinstance(body, Sum):
            return None
        innermost, inner = unnest(body)
        if outer[0] in free_symbols(inner[1]) | free_symbols(inner[2]):
            raise RuleError("swap_sums", f"the range of {inner[0]} depends on {outer[0]}", "keep the order")
        return Sum(Sum(innermost, outer), inner)

    return everywhere(expression, visit), ()


@rewriting
def expand_products(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Products of sums of terms and whole powers are multiplied out, inside sums as well.

    Inference: a·(b+c) ⟶ a·b + a·c;  (a+b)² ⟶ a² + 2ab + b².
    Fails when: there is nothing to multiply out.
    Example: (x−μ)² ⟶ x² − 2xμ + μ².
    """
    return expand(expression, log=False, power_base=False, power_exp=False), ()
