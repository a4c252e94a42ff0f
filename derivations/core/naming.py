"""Readable bound indices: the normal form's reserved names are put back into declared letters for people."""

from __future__ import annotations

from collections.abc import Collection

from sympy import Basic, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

from derivations.core.binding import free_symbols, substitute
from derivations.core.symbols import Declarations

_SPARE_LETTERS = "ijklmnpqrst"


def readable(expression: Basic, declarations: Declarations, besides: Collection[Symbol] = ()) -> Basic:
    """The same expression with every reserved or primed bound index renamed to a declared index of that range, or a spare letter.

    A letter that occurs free in the scope of the sum is not used, nor one of `besides`, which mean something around it.
    """
    if not expression.args:
        return expression
    rebuilt = expression
    arguments = [a if isinstance(a, Symbol) else readable(a, declarations, besides) for a in expression.args]
    if tuple(arguments) != expression.args:
        rebuilt = expression.func(*arguments)
    if not isinstance(rebuilt, ExprWithLimits):
        return rebuilt
    limits = list(rebuilt.limits)
    body = rebuilt.function
    for position, (variable, *bounds) in enumerate(limits):
        if variable.name[0] not in "_~" and not variable.name.endswith("_"):
            continue
        taken = {s.name for s in (*besides, *free_symbols(body))} | {v.name for v, *_ in limits} | {
            s.name for bound in body.atoms(ExprWithLimits) for v, *_ in bound.limits for s in (v,)
        }  # fmt: skip
        letter = _letter(declarations, bounds[-1], taken, variable)
        body = substitute(body, {variable: letter})
        limits[position] = (letter, *bounds)
        for earlier in range(position):
            old, *rest = limits[earlier]
            limits[earlier] = (old, *(substitute(bound, {variable: letter}) for bound in rest))
    return rebuilt.func(body, *limits)


def _letter(declarations: Declarations, upper: Basic, taken: set[str], variable: Symbol) -> Symbol:
    for entry in declarations:
        if entry.domain.kind == "index" and entry.domain.upper == upper and entry.name not in taken:
            return entry.head
    names = [letter for letter in _SPARE_LETTERS if letter not in taken and letter not in declarations]
    return Symbol(names[0] if names else f"i{len(taken)}", integer=True, positive=variable.is_positive)
