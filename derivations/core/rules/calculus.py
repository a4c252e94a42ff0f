"""Rules of calculus: differentiate both sides, reparametrise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Derivative, Expr, Indexed, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import occurs
from derivations.core.calculus import NotDifferentiable
from derivations.core.calculus import differentiate as derivative_of
from derivations.core.definitions import unfold_once
from derivations.core.derivation import Argument
from derivations.core.functions import inverted_matrices
from derivations.core.kernel import Outcome, RuleError, Situation, argument, equation, every_entry
from derivations.core.naming import readable
from derivations.core.rules.premises import definition
from derivations.core.statements import Condition, Equation, Positive, Statement


def differentiate(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """Both sides of an identity are differentiated with respect to one parameter entry.

    Inference: f = a ⟶ ∂f/∂θ_k = ∂a/∂θ_k, where ∂θ_j/∂θ_k = 1[j=k], ∂σ(u) = σ'(u)·∂u, and by Jacobi's formula
    ∂ log |det Λ| = Σ (Λ⁻¹)ᵦₐ ∂Λₐᵦ, ∂(Λ⁻¹)ᵢⱼ = −Σ (Λ⁻¹)ᵢₐ ∂Λₐᵦ (Λ⁻¹)ᵦⱼ, with det Λ ≠ 0.
    Fails when: the premise is an equation in an unknown, the left side is not a function of the parameter, or a part
    has no derivative.
    Example: ∂/∂μ_k Σᵢ (xᵢ−μ_{yᵢ})² = −2 Σᵢ 1[yᵢ=k]·(xᵢ−μ_{yᵢ}).
    """
    identity = equation("differentiate", premises)
    variable = argument("differentiate", arguments, "variable")
    if identity.unknown:
        raise RuleError("differentiate", "the premise holds only at its unknown", "differentiate an identity")
    if not isinstance(variable, (Symbol, Indexed)):
        raise RuleError("differentiate", f"{variable} is not a parameter or an entry of one")
    function = identity.left.expr if isinstance(identity.left, Derivative) else identity.left
    parts = [variable.base, variable.base.label] if isinstance(variable, Indexed) else [variable]
    if not isinstance(function, AppliedUndef) or not any(part in function.args for part in parts):
        raise RuleError("differentiate", f"{function} is not a function of {variable}")
    situation.opened(function, variable)
    try:
        slope = readable(derivative_of(identity.right, variable), situation.declarations)
    except NotDifferentiable as error:
        raise RuleError("differentiate", str(error)) from error
    left = Derivative(identity.left, variable)
    evidence, ranges = situation.certified("differentiate", left, slope)
    invertible = [c for determinant in inverted_matrices(identity.right) for c in situation.nonzero(determinant)]
    return Outcome(Equation(left, slope), (*invertible, *ranges), evidence)


def reparametrise(situation: Situation, premises: Sequence[Statement], arguments: Mapping[str, Argument]) -> Outcome:
    """A function is written in another parameter.

    Inference: f(θ) = a(θ) ⟶ g(φ) = a(t(φ)), g new.
    Fails when: the old parameter does not occur, is still there afterwards, or the name of the new function is taken.
    Example: ℓ(σ²) ⟶ ℓ(σ) by σ_d² = (σ_d)².
    """
    identity = equation("reparametrise", premises)
    left, old, new = (argument("reparametrise", arguments, name) for name in ("left", "old", "new"))
    every_entry("reparametrise", situation, old)
    if not isinstance(old, Indexed) or not occurs(old, identity.right):
        raise RuleError("reparametrise", f"{old} does not occur in {identity.right}")
    right = unfold_once(identity.right, {old.base: (old.indices, new)})
    if occurs(old, right):
        raise RuleError("reparametrise", f"{old} is still there in {right}", "use a new parameter")
    return Outcome(definition("reparametrise", situation, left, right), _substituted(situation, old, new))


def _substituted(situation: Situation, old: Indexed, new: Expr) -> tuple[Condition, ...]:
    """That the new expression lies where the old parameter may lie."""
    return () if not situation.positive(old) or situation.positive(new) else (Positive(new),)
