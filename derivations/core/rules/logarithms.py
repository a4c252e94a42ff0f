"""Rules about logarithms of products and powers; both need positive factors."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Basic, Expr, Mul, Pow, Product, Sum, log

from derivations.core.derivation import Argument
from derivations.core.kernel import RuleError, Situation
from derivations.core.rules.rewriting import everywhere, rewriting
from derivations.core.statements import Condition

Rewritten = tuple[Expr, tuple[Condition, ...]]


def _require_positive(situation: Situation, rule: str, factor: Expr) -> None:
    if not situation.positive(factor):
        raise RuleError(rule, f"{factor} is not known to be positive", "declare its domain or assume it")


def _made_positive(situation: Situation, product: Mul) -> list[Expr]:
    """The factors, an even number of negative ones with their signs turned: (−1)·(1/a) = 1·(1/(−a))."""
    negative = [factor for factor in product.args if situation.positive(-factor)]
    if len(negative) % 2:
        return list(product.args)
    turned: list[Expr] = []
    for factor in product.args:
        if factor not in negative:
            turned.append(factor)
        elif isinstance(factor, Pow) and factor.exp.is_odd:
            turned.append(Pow(-factor.base, factor.exp))
        else:
            turned.append(-factor)
    return [factor for factor in turned if factor != 1]


@rewriting
def log_of_product(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """The logarithm of a product is the sum of the logarithms.

    Inference: log(a·b) ⟶ log a + log b;  log Πᵢ aᵢ ⟶ Σᵢ log aᵢ.
    Fails when: a factor is not known to be positive, or there is no logarithm of a product.
    Example: log(α·e^z) ⟶ log α + z.
    """

    def visit(node: Basic) -> Basic | None:
        if not isinstance(node, log):
            return None
        inside = node.args[0]
        if isinstance(inside, Product):
            _require_positive(situation, "log_of_product", inside.function)
            return Sum(log(inside.function), *inside.limits)
        if isinstance(inside, Mul):
            factors = _made_positive(situation, inside)
            for factor in factors:
                _require_positive(situation, "log_of_product", factor)
            return Add(*(log(factor) for factor in factors))
        return None

    return everywhere(expression, visit), ()


@rewriting
def log_of_power(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """The logarithm of a power is the exponent times the logarithm.

    Inference: log(a^r) ⟶ r·log a.
    Fails when: the base is not known to be positive (log x² is not 2·log x for negative x).
    Example: log(P^(-1/2)) ⟶ −½·log P.
    """

    def visit(node: Basic) -> Basic | None:
        if isinstance(node, log) and isinstance(node.args[0], Pow):
            base, exponent = node.args[0].as_base_exp()
            _require_positive(situation, "log_of_power", base)
            return exponent * log(base)
        return None

    return everywhere(expression, visit), ()

