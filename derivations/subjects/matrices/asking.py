"""What is asked from outside: gradients of a text, a matrix expression, a SymPy matrix expression or an indexed sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sympy import (
    Basic,
    Determinant,
    Expr,
    HadamardProduct,
    IndexedBase,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    Sum,
    Symbol,
    Trace,
)  # fmt: skip
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.core.binding import free_symbols
from derivations.subjects.matrices import gradients
from derivations.subjects.matrices.expressions import Matrix, declared_shape, sizes_of, variable
from derivations.subjects.matrices.layout import Layout
from derivations.subjects.matrices.parsing import Shapes, parse
from derivations.subjects.matrices.results import MatrixDerivation

Question: TypeAlias = "str | Matrix | Basic"
KINDS: dict[str, Callable[..., MatrixDerivation]] = {
    "gradient": gradients.gradient,
    "jacobian": gradients.jacobian,
    "hessian": gradients.hessian,
    "hvp": gradients.hvp,
}


class MissingShapes(ValueError):
    """An expression was given without the shapes of its variables."""

    def __init__(self, expression: object, missing: tuple[str, ...]) -> None:
        self.expression, self.missing = expression, missing
        wanted = ", ".join(missing) or "every variable"
        super().__init__(f"the shape of {wanted} is not given; pass shapes={{'A': ('m', 'n'), 'x': ('n',), 'c': ()}}")


def as_expression(question: Question, shapes: Shapes | None = None) -> Matrix:
    """The matrix expression asked about. Raises: UnreadableText, ShapeMismatch, MissingShapes, UnreadableObject."""
    if isinstance(question, Matrix):
        return question
    if isinstance(question, str):
        if shapes is None:
            raise MissingShapes(question, ())
        return parse(question, shapes)
    from derivations.subjects.matrices.sympy_objects import UnreadableObject, entries_as_indexed, from_sympy

    if not isinstance(question, Basic):
        raise UnreadableObject(question)
    if question.has(Sum) and question.has(MatrixElement) and not question.has(*_WHOLE):
        return indexed(*entries_as_indexed(question))
    if isinstance(question, MatrixExpr) or question.has(MatrixExpr):
        return from_sympy(question)
    return indexed(question, shapes)


_WHOLE = (Trace, Determinant, MatMul, MatAdd, MatPow, HadamardProduct, KroneckerProduct)
"""Operations on whole matrices: beside them entries are not read one by one."""


def indexed(expression: Expr, shapes: Shapes | None = None) -> Matrix:
    """A SymPy expression in indexed sums as a scalar; its arrays get their shapes from `shapes`."""
    arrays = sorted(expression.atoms(IndexedBase), key=str)
    given = {name: declared_shape(shape) for name, shape in (shapes or {}).items()}
    sizes = {s for shape in given.values() for s in sizes_of(shape)}
    numbers = sorted((s for s in free_symbols(expression) - sizes if isinstance(s, Symbol) and not s.is_integer), key=str)
    missing = tuple(str(a) for a in arrays if str(a) not in given)
    if missing:
        raise MissingShapes(expression, missing)
    operands = [variable(str(a), *given[str(a)]) for a in arrays] + [variable(s.name) for s in numbers]
    return Matrix("indexed", tuple(operands), expression)


def _asked(kind: str, question: Question, of: str, shapes: Shapes | None, **choices: Any) -> MatrixDerivation:
    return KINDS[kind](as_expression(question, shapes), str(of.data if isinstance(of, Matrix) else of), **choices)


def _form(to: Question | None, shapes: Shapes | None) -> Matrix | None:
    return None if to is None else as_expression(to, shapes)


def gradient(
    question: Question, with_respect_to: str, *, shapes: Shapes | None = None, layout: str | Layout = Layout.DENOMINATOR,
    to: Question | None = None,
) -> MatrixDerivation:  # fmt: skip
    r"""The gradient of a scalar by a scalar, vector or matrix, derived entry by entry and folded back to matrices.

    `question` is LaTeX or plain text (then `shapes` gives every variable its shape: () a scalar, ("n",) a column vector,
    ("m", "n") a matrix), an expression of `matrices.expressions`, a SymPy matrix expression, or a SymPy expression in indexed
    sums. `layout`: "denominator" (or "column": the shape of the variable) or "numerator" ("row": its transpose). `to` is a
    form to write the result in; one that is not shown to be the derivative is refused.

    The derivation has `.result`, `.layout` and `.compile()`, a NumPy function of the arrays by name.

    Raises: UnreadableText, ShapeMismatch, MissingShapes, NoSuchVariable, UnknownLayout, NotDifferentiable, NotShown.

    >>> shapes = dict(A=("m", "h"), B=("h", "n"), x=("n",), b=("h",), y=("m",))
    >>> print(gradient(r"\frac12\|A\sigma(Bx+b)-y\|^2", "B", shapes=shapes))
    ∂f/∂B = (sigma′(B x + b) ⊙ (Aᵀ (A sigma(B x + b) − y))) xᵀ   (denominator layout)
    """
    return _asked("gradient", question, with_respect_to, shapes, layout=layout, to=_form(to, shapes))


def jacobian(
    question: Question, with_respect_to: str, *, shapes: Shapes | None = None, layout: str | Layout = Layout.NUMERATOR,
    to: Question | None = None,
) -> MatrixDerivation:  # fmt: skip
    """The Jacobian of a vector by a vector; in numerator layout row i holds the derivatives of entry i; `to` as for gradients.

    >>> print(jacobian("softmax(z)", "z", shapes={"z": ("n",)}))
    ∂f/∂z = diag(softmax(z)) − softmax(z) softmax(z)ᵀ   (numerator layout)
    """
    return _asked("jacobian", question, with_respect_to, shapes, layout=layout, to=_form(to, shapes))


def hessian(question: Question, with_respect_to: str, *, shapes: Shapes | None = None) -> MatrixDerivation:
    """The matrix of second derivatives of a scalar by a vector.

    >>> print(hessian("x'A x", "x", shapes={"A": ("n", "n"), "x": ("n",)}))
    ∂²f/∂x² = A + Aᵀ   (denominator layout)
    """
    return _asked("hessian", question, with_respect_to, shapes)


def hvp(question: Question, with_respect_to: str, *, shapes: Shapes | None = None, direction: str = "") -> MatrixDerivation:
    """The second derivative of a scalar applied to a direction of the shape of the variable, matrices included.

    >>> print(hvp("‖A x − b‖²", "A", shapes={"A": ("m", "n"), "x": ("n",), "b": ("m",)}))
    ∂²f/∂A² · V = 2 V x xᵀ   (denominator layout)
    """
    return _asked("hvp", question, with_respect_to, shapes, direction=direction)
