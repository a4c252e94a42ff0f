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
            for factor in inside.args:
                _require_positive(situation, "log_of_product", factor)
            return Add(*(log(factor) for factor in inside.args))
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

