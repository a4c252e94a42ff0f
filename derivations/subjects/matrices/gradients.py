"""Gradients, Jacobians, Hessians and Hessian-vector products of matrix expressions, entry by entry and folded back."""

from __future__ import annotations

from derivations.subjects.matrices.expressions import Matrix, ShapeMismatch, variable
from derivations.subjects.matrices.layout import Layout, layout_named
from derivations.subjects.matrices.results import MatrixDerivation
from derivations.subjects.matrices.working import Work, found_in


def gradient(
    expression: Matrix, of: Matrix | str, *, layout: str | Layout = Layout.DENOMINATOR, to: Matrix | None = None
) -> MatrixDerivation:
    """∂f/∂X of a scalar f, X a scalar, vector or matrix; written as `to` where that is given.

    Raises: ShapeMismatch when f is not a scalar, NoSuchVariable, UnknownLayout, NotDifferentiable, NotShown.

    >>> A, x = variable("A", "n", "n"), variable("x", "n")
    >>> print(gradient(x.T @ A @ x, x))
    ∂f/∂x = (A + Aᵀ) x   (denominator layout)
    """
    if expression.shape:
        raise ShapeMismatch("gradient", (expression.shape,), "a scalar is wanted: take its sum, or ask for the jacobian")
    return Work(expression, found_in(expression, of), layout_named(layout), to).first()


def jacobian(
    expression: Matrix, of: Matrix | str, *, layout: str | Layout = Layout.NUMERATOR, to: Matrix | None = None
) -> MatrixDerivation:
    """∂y/∂x of a vector y by a vector x: row i and column k hold ∂yᵢ/∂xₖ in numerator layout; written as `to` if given.

    Raises: as `gradient`; ShapeMismatch when there are more than two axes in all.
    """
    of = found_in(expression, of)
    if len(expression.shape) + len(of.shape) > 2:
        raise ShapeMismatch(
            "jacobian", (expression.shape, of.shape), "two axes in all fit into a matrix: use vec, or a gradient of a scalar"
        )
    return Work(expression, of, layout_named(layout), to).first()


def hessian(expression: Matrix, of: Matrix | str) -> MatrixDerivation:
    """∂²f/∂x∂xᵀ of a scalar f by a vector x. Raises: as `gradient`."""
    of = found_in(expression, of)
    if expression.shape or len(of.shape) > 1:
        raise ShapeMismatch("hessian", (expression.shape, of.shape), "a scalar by a vector; by a matrix use hvp")
    return Work(expression, of, Layout.DENOMINATOR).second()


def hvp(expression: Matrix, of: Matrix | str, direction: str = "") -> MatrixDerivation:
    """The Hessian of a scalar f applied to a direction of the shape of X, which gets the given name.

    Raises: as `gradient`.
    """
    of = found_in(expression, of)
    if expression.shape:
        raise ShapeMismatch("hvp", (expression.shape,), "a scalar is wanted")
    taken = {v.data for v in expression.variables()}
    name = direction or next(n for n in ("V" if len(of.shape) == 2 else "v", f"{of.data}_dot") if n not in taken)
    return Work(expression, of, Layout.DENOMINATOR).along(variable(name, *of.shape))
