"""Rules of plain algebra: rearrange to a stated form, fold and unfold definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from sympy import Basic, Expr, Indexed, Symbol

from derivations.core.binding import substitute
from derivations.core.definitions import unfold, unfold_once
from derivations.core.derivation import Argument
from derivations.core.equality import is_zero
from derivations.core.kernel import RuleError, Situation, argument
from derivations.core.rules.rewriting import everywhere, rewriting
from derivations.core.statements import Condition

Rewritten = tuple[Expr, tuple[Condition, ...]]


@rewriting
def rearrange(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Write the expression in another form that has the same normal form.

    Inference: a ⟶ b, when the normal forms of a and b are the same polynomial over the same sums.
    Fails when: the normal form of the difference is not zero.
    Example: Σᵢ (xᵢ−m)² ⟶ Σᵢ xᵢ² − 2m·Σᵢ xᵢ + N·m².
    """
    return argument("rearrange", arguments, "to"), ()


@rewriting
def unfold_definition(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Replace a defined name by what it stands for.

    Inference: f(k) ⟶ body(k), given f(k) := body(k).
    Fails when: the name is not defined by an earlier step or does not occur.
    Example: N_k ⟶ Σᵢ 1[yᵢ=k].
    """
    names = _names("unfold_definition", arguments)
    heads = {h: d for h, d in situation.definitions.items() if _name(h) in names}
    missing = names - {_name(head) for head in heads}
    if missing:
        raise RuleError("unfold_definition", f"{', '.join(sorted(missing))} not defined", "define it in an earlier step")
    return unfold_once(expression, heads), ()


@rewriting
def fold_definition(situation: Situation, expression: Expr, arguments: Mapping[str, Argument]) -> Rewritten:
    """Write the defined name for every part that equals its body.

    Inference: body(k) ⟶ f(k), given f(k) := body(k), up to the names of bound indices.
    Fails when: the name is not defined by an earlier step, or nothing equals its body.
    Example: Σᵢ 1[yᵢ=k] ⟶ N_k.
    """
    (name,) = _names("fold_definition", arguments)
    found = next((d for head, d in situation.definitions.items() if _name(head) == name), None)
    if found is None:
        raise RuleError("fold_definition", f"{name} not defined", "define it in an earlier step")
    parameters, body = found

    def visit(node: Basic) -> Basic | None:
        if type(node) is not type(body):
            return None
        for values in _candidates(node, parameters):
            candidate = substitute(body, dict(zip(parameters, values, strict=True)))
            plain = (unfold(part, situation.definitions) for part in (node, candidate))
            if is_zero(situation.normaliser, next(plain) - next(plain)):
                return _applied(situation, name, values)
        return None

    return everywhere(expression, visit), ()


def _candidates(node: Basic, parameters: tuple[Symbol, ...]) -> Iterator[tuple[Expr, ...]]:
    indices: list[Expr] = [symbol for symbol in parameters if node.has(symbol)]
    indices += sorted((s for s in node.free_symbols if isinstance(s, Symbol) and s.is_integer), key=str)
    indices += sorted((s for s in node.atoms(Indexed) if s.base.label.is_integer), key=str)
    return product(dict.fromkeys(indices), repeat=len(parameters))


def _applied(situation: Situation, name: str, values: tuple[Expr, ...]) -> Expr:
    for step in situation.steps:
        left = getattr(step.statement, "left", None)
        if left is not None and _name_of_use(left) == name:
            parameters = situation.definitions[_head_of_use(left)][0]
            return substitute(left, dict(zip(parameters, values, strict=True)))
    raise RuleError("fold_definition", f"{name} has no defining step")


def _head_of_use(left: Expr) -> Basic:
    return left.base if isinstance(left, Indexed) else left if isinstance(left, Symbol) else left.func


def _name_of_use(left: Expr) -> str:
    return _name(_head_of_use(left))


def _name(head: Basic) -> str:
    return str(getattr(head, "label", None) or getattr(head, "name", None) or head.__name__)


def _names(rule: str, arguments: Mapping[str, Argument]) -> set[str]:
    names = arguments.get("name")
    if isinstance(names, str):
        return {names}
    if isinstance(names, tuple) and names and all(isinstance(n, str) for n in names):
        return set(map(str, names))
    raise RuleError(rule, f"argument 'name' is {names!r}", "give the name, or a tuple of names, that is defined")
