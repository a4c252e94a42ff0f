"""Systems of linear equations with numbers for coefficients: a further equation, and what follows from all of them."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, FiniteSet, IndexedBase, Poly, PolynomialError, Symbol, linsolve

from derivations.check.judging.worlds.grounds import Grounds

MAX_LETTERS = 6


def is_linear(residual: Expr) -> bool:
    """Whether a residual is linear in letters, with numbers for coefficients."""
    letters = _letters(residual)
    if not letters or len(letters) > MAX_LETTERS or residual.atoms(IndexedBase):
        return False
    try:
        poly = Poly(residual, *letters)
    except PolynomialError:
        return False
    return bool(poly.total_degree() == 1 and all(c.is_Rational for c in poly.coeffs()))


def joins(known: Expr, residual: Expr) -> bool:
    """Whether an equation is a further one of a system: both are linear, in the same two letters or more."""
    return is_linear(known) and is_linear(residual) and len(set(_letters(known)) & set(_letters(residual))) > 1


def solved_together(grounds: Grounds, residual: Expr) -> bool | None:
    """Whether the one solution of all linear equations in force solves another one; None when there is no such solution."""
    letters = _letters(residual)
    system = [r for r in _in_force(grounds) if is_linear(r)]
    unknowns = sorted({s for r in system for s in _letters(r)}, key=str)
    if len(system) < 2 or not set(letters) <= set(unknowns) or len(unknowns) > MAX_LETTERS:
        return None
    found = linsolve(system, *unknowns)
    if not isinstance(found, FiniteSet) or len(found) != 1:
        return None
    (values,) = found
    if not all(value.is_Rational for value in values):
        return None
    return bool(residual.xreplace(dict(zip(unknowns, values, strict=True))).expand() == 0)


def _in_force(grounds: Grounds) -> Sequence[Expr]:
    return [grounds.world.expand(hypothesis.residual) for hypothesis in grounds.world.hypotheses]


def _letters(residual: Expr) -> list[Symbol]:
    return sorted((s for s in residual.free_symbols if isinstance(s, Symbol)), key=str)
