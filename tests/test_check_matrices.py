"""Comparing matrix formulas: products that do not commute are proved equal by a normal form and refuted by small matrices."""

# ruff: noqa: E501  (a formula is one line of a table)

from __future__ import annotations

import pytest
from check_tables import rows

from derivations.check.compare import Comparison, compare

EQUAL = rows(r"""
(A+B)^\top ||| A^\top + B^\top
(ABC)^{-1} ||| C^{-1} B^{-1} A^{-1}
(A^\top)^{-1} ||| A^{-\top}
\mathrm{tr}(A^\top B) ||| \mathrm{tr}(B^\top A)
\mathrm{tr}(ABCD) ||| \mathrm{tr}(CDAB)
\mathrm{tr}(ABCD) ||| \mathrm{tr}(D^\top C^\top B^\top A^\top)
\mathrm{tr}(x x^\top) ||| x^\top x
\mathrm{tr}(c A) ||| c\,\mathrm{tr}(A)
\|A\|_F^2 ||| \mathrm{tr}(A^\top A)
\|x - y\|^2 ||| \|y - x\|^2
\|Ax - b\|^2 ||| x^\top A^\top A x - 2b^\top A x + b^\top b
x^\top A x ||| x^\top A^\top x
x^\top A x ||| \frac12 x^\top (A + A^\top) x
\det(A^{-1}) ||| \frac{1}{\det(A)}
\det(A^\top B) ||| \det(B^\top A)
\begin{vmatrix} a & b & 0 \\ c & d & 0 \\ 0 & 0 & e \end{vmatrix} ||| e(ad - bc)
(I + A)^{-1} A ||| A (I+A)^{-1}
(I + A)^{-1} ||| I - (I+A)^{-1} A
A^{-1} - B^{-1} ||| A^{-1}(B - A)B^{-1}
(A + u v^\top)^{-1} ||| A^{-1} - \frac{A^{-1} u v^\top A^{-1}}{1 + v^\top A^{-1} u}
(X^\top X + \lambda I)^{-1} X^\top ||| X^\top (X X^\top + \lambda I)^{-1}
(\mathbf{A} + \mathbf{B})^2 ||| \mathbf{A}^2 + \mathbf{A}\mathbf{B} + \mathbf{B}\mathbf{A} + \mathbf{B}^2
(x - \mu)^\top \Sigma^{-1} (x - \mu) ||| x^\top\Sigma^{-1}x - \mu^\top\Sigma^{-1}x - x^\top\Sigma^{-1}\mu + \mu^\top \Sigma^{-1}\mu
\sum_{i=1}^N (x_i - \mu)(x_i - \mu)^\top ||| \sum_{i=1}^N x_i x_i^\top - \mu \sum_{i=1}^N x_i^\top - \sum_{i=1}^N x_i \mu^\top + N \mu\mu^\top
\sum_{i=1}^N w^\top x_i ||| w^\top \sum_{i=1}^N x_i
\sum_i (y_i - w^\top x_i)^2 ||| \sum_i y_i^2 - 2\sum_i y_i w^\top x_i + \sum_i w^\top x_i x_i^\top w
\sum_{i=1}^N x_i^\top A x_i ||| \mathrm{tr}\left(A \sum_{i=1}^N x_i x_i^\top\right)
A \odot B ||| B \odot A
(A \odot B)^\top ||| A^\top \odot B^\top
\mathrm{diag}(x) y ||| \mathrm{diag}(y) x
\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^\top ||| \begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}
X^\top (y - Xw) = 0 ||| X^\top X w = X^\top y
X^\top X w = X^\top y ||| w = (X^\top X)^{-1} X^\top y
x^\top A = b^\top ||| A^\top x = b
\sum_{i=1}^N \Sigma^{-1}(x_i - \mu) = 0 ||| \sum_{i=1}^N (x_i-\mu) = 0
U U^\top = I ||| U^\top = U^{-1}
""")  # fmt: skip

DIFFERENT = rows(r"""
(A + B)^\top ||| A^\top + B
A A^\top ||| A^\top A
\mathrm{tr}(A^\top B) ||| \mathrm{tr}(A B)
\mathrm{tr}(ABC) ||| \mathrm{tr}(CBA)
\mathrm{tr}(A B) ||| \mathrm{tr}(A) \mathrm{tr}(B)
\det(A + B) ||| \det(A) + \det(B)
\det(2A) ||| 2\det(A)
(A + B)^{-1} ||| A^{-1} + B^{-1}
A^{-1} B ||| B A^{-1}
(\mathbf{A} + \mathbf{B})^2 ||| \mathbf{A}^2 + 2\mathbf{A}\mathbf{B} + \mathbf{B}^2
x^\top y ||| x y^\top
x x^\top ||| x^\top x
x^\top A x ||| x^\top x A
x^\top (A + A^\top) x ||| x^\top A x
\|x\|_2 ||| x^\top x
\|x - y\| ||| \|x\| - \|y\|
\|2x\|^2 ||| 2\|x\|^2
\|A\|_F^2 ||| \det(A^\top A)
\|A\|_F^2 ||| \mathrm{tr}(A A)
(X^\top X)^{-1} X^\top y ||| (X X^\top)^{-1} X y
X (X^\top X)^{-1} X^\top ||| I
(I + A)^{-1} ||| I - A
(I + \mathbf{u}\mathbf{v}^\top)^{-1} ||| I - \mathbf{u}\mathbf{v}^\top
(x - \mu)^\top \Sigma^{-1} (x - \mu) ||| x^\top\Sigma^{-1}x - \mu^\top \Sigma^{-1}\mu
\log\det(A) ||| \mathrm{tr}(A)
A \odot B ||| A B
\mathrm{diag}(x) y ||| x y^\top
\sum_{i=1}^N x_i x_i^\top ||| \left(\sum_{i=1}^N x_i\right)\left(\sum_{i=1}^N x_i\right)^\top
\sum_i (y_i - w^\top x_i)^2 ||| \sum_i y_i^2 + \sum_i w^\top x_i x_i^\top w
\mathbf{1}^\top x ||| x
\mathbf{A}\mathbf{x} = \mathbf{b} ||| \mathbf{x} = \mathbf{A}\mathbf{b}
X^\top X w = X^\top y ||| w = (X^\top X)^{-1} y
""")  # fmt: skip


def verdict(left: str, right: str) -> Comparison:
    return compare(left, right, isolated=False)


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[f"{left} | {right}" for left, right in EQUAL])
def test_equal_matrix_formulas_are_proved_equal(left: str, right: str) -> None:
    assert verdict(left, right).evidence == verdict(right, left).evidence == "proved"


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=[f"{left} | {right}" for left, right in DIFFERENT])
def test_different_matrix_formulas_are_refuted_with_an_instance(left: str, right: str) -> None:
    for found in (verdict(left, right), verdict(right, left)):
        assert found.evidence == "refuted"
        assert found.counterexample is not None


def test_what_holds_for_square_matrices_only_is_undecided() -> None:
    assert "square" in verdict(r"\det(AB)", r"\det(BA)").reason
    assert "square" in verdict(r"(X^\top X)^{-1} X^\top y", "X^{-1} y").reason


def test_capitals_side_by_side_ask_for_a_declaration() -> None:
    found = verdict("AB", "BA")
    assert found.evidence == "undecided"
    assert "declare" in found.reason


def test_declared_axes_make_a_letter_a_matrix() -> None:
    table = {"name": "mine", "symbols": {"A": {"axes": ["i", "j"]}, "B": {"axes": ["j", "i"]}}}
    assert compare("AB", "BA", notation=table, isolated=False).evidence == "refuted"


def test_shapes_that_do_not_fit_are_named() -> None:
    assert verdict(r"x^\top y", r"x y^\top").reason == "the left side is a number, the right side 2 × 2"
