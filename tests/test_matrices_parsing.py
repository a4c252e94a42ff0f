"""Reading matrix expressions from text and LaTeX: what is understood, and where reading stops."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.subjects.matrices.expressions import ShapeMismatch
from derivations.subjects.matrices.parsing import parse
from derivations.subjects.matrices.tokens import MAX_LENGTH, MAX_NESTING, UnreadableText

SHAPES = dict(  # noqa: C408
    A=("m", "h"),
    B=("h", "n"),
    x=("n",),
    b=("h",),
    y=("m",),
    S=("n", "n"),
    X=("N", "n"),
    w=("n",),
    t=("N",),
    mu=("n",),
    lam=(),
    x2=("n",),
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\frac12\|A\sigma(Bx+b)-y\|^2", "1/2 ‖A sigma(B x + b) − y‖²"),
        (r"\frac{1}{2} \left\| A \sigma(B x + b) - y \right\|^{2}", "1/2 ‖A sigma(B x + b) − y‖²"),
        ("x'Sx", "xᵀ S x"),
        ("x^T S x", "xᵀ S x"),
        (r"\mathbf{x}^{\top} \mathbf{S}\,\mathbf{x}", "xᵀ S x"),
        ("xᵀ·S·x", "xᵀ S x"),
        ("x' @ S @ x2", "xᵀ S x2"),
        (r"\operatorname{tr}(S^{-1})", "tr(S⁻¹)"),
        ("tr(inv(S))", "tr(S⁻¹)"),
        (r"\log\det S", "log det(S)"),
        ("log(det(S))", "log det(S)"),
        (r"(x-\mu)^\top S^{-1}(x-\mu)", "(x − mu)ᵀ S⁻¹ (x − mu)"),
        ("(x-μ)ᵀ S⁻¹ (x-μ)", "(x − mu)ᵀ S⁻¹ (x − mu)"),
        ("‖Xw - t‖² + lam‖w‖²", "‖X w − t‖² + lam ‖w‖²"),
        ("||x|| ||w||", "‖x‖ ‖w‖"),
        (r"\lVert w \rVert_1", "‖w‖_1"),
        ("tr(S^2)", "tr(S S)"),
        ("S + I_n", "S + I"),
        ("x ⊙ w .* x", "(x ⊙ w) ⊙ x"),
        ("-x/2", "−1/2 x"),
        ("[S, x x'; S, S]", "[S, x xᵀ; S, S]"),
        ("sqrt(w'w)", "√(wᵀ w)"),
        ("1/2 x'x", "1/2 xᵀ x"),
        ("lam/2 tr S", "1/2 lam tr(S)"),
        ("x'S x/2 lam", "1/2 xᵀ S x lam"),
        (r"\log|S|", "log det(S)"),
        (r"\log |S|^2", "log(det(S)²)"),
        (r"\lvert x'w \rvert \left|lam\right|", "abs(xᵀ w) abs(lam)"),
        (r"|\|x\| - 1|", "abs(‖x‖ − 1)"),
        ("tr S^{-1} + 2", "tr(S⁻¹) + 2"),
        ("x' sin x", "xᵀ sin(x)"),
        ("log det S * 2", "2 log det(S)"),
        ("2 S S", "2 S S"),
        ("x.T S x", "xᵀ S x"),
        ("x^{T} S^{\\mathsf T} x", "xᵀ Sᵀ x"),
        ("lam**2 √lam", "lam² √(lam)"),
        (r"\ln(lam)", "log(lam)"),
        ("f(lam) + \\phi_1(lam)", "f(lam) + phi_1(lam)"),
    ],
)
def test_text_is_read(written, read):
    assert str(parse(written, SHAPES)) == read


@pytest.mark.parametrize(
    ("written", "column", "problem"),
    [
        ("x +", 4, "ends too early"),
        ("foo x", 1, "'foo' has no shape"),
        ("x @@ y", 4, "does not fit"),
        ("__import__('os')", 1, "not understood"),
        ("x^w", 1, "exponent"),
        ("(x", 3, "ends too early"),
        ("", 1, "nothing to read"),
        ("‖x", 3, "ends too early"),
        ("x_3", 1, "has no shape"),
        ("x $ w", 3, "is not understood"),
        (r"\unknown x", 1, "is not understood"),
        ("‖S‖_7", 4, "is not known"),
        ("norm(x, w)", 1, "takes one argument"),
        ("ones(x)", 1, "takes sizes"),
        ("(" * 60 + "x" + ")" * 60, MAX_NESTING + 1, "brackets deep"),
        ("x + " * MAX_LENGTH, MAX_LENGTH, "longer than"),
        ("x ^ - lam", 1, "exponent"),
        ("{'}", 1, "belongs behind"),
        ("2^99999999 x", 1, "a power that large"),
        ("((2^64)^64)^64 x", 1, "a power that large"),
        ("9" * 40 + " x", 1, "digits"),
        ("max(x)", 1, "'max' is no function known here; an arbitrary one is a letter"),
        ("softmx(x)", 1, "'softmx' is no function known here"),
        (r"\sum_{i=1}^N x_i", 5, "a sum over an index is given as a SymPy expression"),
        ("x'x = 1", 5, "give one side"),
        ("tr S S", 6, "how far does tr reach"),
        ("lam log x'w", 11, "how far does log reach"),
        ("exp - lam", 5, "how far does exp reach"),
        ("x + S)", 6, "'\\)' does not fit here\n"),
        ("|x'x", 5, "ends too early"),
        ("log |S|_F", 8, "a subscript belongs"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_column(written, column, problem):
    with pytest.raises(UnreadableText, match=problem) as caught:
        parse(written, SHAPES)
    assert caught.value.column == column


@pytest.mark.parametrize("written", ["A A", "A + x", "x x", "1/x", "x^2", "A^{-1}", "[A; X]", "|x|", "log x^2"])
def test_shapes_that_do_not_fit_are_named(written):
    with pytest.raises(ShapeMismatch, match="shapes are"):
        parse(written, SHAPES)


PIECES = [
    "x", "w", "A", "S", "lam", "n", "+", "-", "*", "/", "^", "^2", "^{-1}", "'", "(", ")", "{", "}", "[", "]", ",", ";",
    "‖", r"\|", r"\frac", r"\sqrt", r"\sigma", r"\log", r"\det", "tr", "softmax", "ones", "I_n", "_", "1",
    "2", "⊙", "⊗", r"\top", "exp", "sum", "$", "\\", "__",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " "]))
def test_any_text_is_read_or_refused_by_name(pieces, between):
    with contextlib.suppress(UnreadableText, ShapeMismatch):
        parse(between.join(pieces), SHAPES)
