"""The public door: gradients of text, of SymPy's matrices, of indexed sums; the command line."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sympy import BlockMatrix, Determinant, DiagMatrix, Identity, Matrix, MatrixSymbol, Sum, Trace, exp, log, sin, symbols

import derivations
from derivations.cli import main
from derivations.cli.gradient import shapes_of
from derivations.subjects.matrices.asking import MissingShapes
from derivations.subjects.matrices.expressions import UnusableSize
from derivations.subjects.matrices.results import NotReal
from derivations.subjects.matrices.sympy_objects import UnreadableObject

SHAPES = {"A": ("m", "h"), "B": ("h", "n"), "x": ("n",), "b": ("h",), "y": ("m",)}
LOSS = r"\frac12\|A\sigma(Bx+b)-y\|^2"


def test_gradient_of_latex_has_result_layout_and_a_compiled_form():
    found = derivations.gradient(LOSS, "B", shapes=SHAPES)
    assert str(found.result) == "(sigma′(B x + b) ⊙ (Aᵀ (A sigma(B x + b) − y))) xᵀ"
    assert found.layout == "denominator"
    rng = np.random.default_rng(0)
    arrays = {
        "A": rng.normal(size=(2, 3)),
        "B": rng.normal(size=(3, 4)),
        "x": rng.normal(size=4),
        "b": np.ones(3),
        "y": np.ones(2),
    }
    z = arrays["B"] @ arrays["x"] + arrays["b"]
    back = arrays["A"].T @ (arrays["A"] @ np.tanh(z) - arrays["y"]) * (1 - np.tanh(z) ** 2)
    value = found.compile()(**arrays, sigma=np.tanh, sigma_prime=lambda u: 1 - np.tanh(u) ** 2)
    np.testing.assert_allclose(value, np.outer(back, arrays["x"]), rtol=1e-12)


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "html"])
def test_a_gradient_is_rendered_with_its_matrix_form(form):
    shown = derivations.gradient("x'S x", "x", shapes={"S": ("n", "n"), "x": ("n",)}).render(form)
    assert "denominator layout" in shown


def test_gradient_of_sympy_matrices():
    n = symbols("n", integer=True, positive=True)
    S, x = MatrixSymbol("S", n, n), MatrixSymbol("x", n, 1)
    assert str(derivations.gradient(x.T * S * x, "x").result) == "(S + Sᵀ) x"
    assert str(derivations.gradient(log(Determinant(S)), "S").result) == "S⁻ᵀ"
    assert str(derivations.gradient(Trace(S * S + 2 * Identity(n)), "S").result) == "2 Sᵀ"
    with pytest.raises(UnreadableObject):
        derivations.gradient(S[0, 1], "S")


_n, _m, _N = symbols("n m N", integer=True, positive=True)
_S, _A = MatrixSymbol("S", _n, _n), MatrixSymbol("A", _m, _n)
_w, _x, _mu, _b = MatrixSymbol("w", _n, 1), MatrixSymbol("x", _n, 1), MatrixSymbol("mu", _n, 1), MatrixSymbol("b", _m, 1)
_X, _t, _y = MatrixSymbol("X", _N, _n), MatrixSymbol("t", _N, 1), symbols("y", real=True)


@pytest.mark.parametrize(
    ("expression", "of", "shown"),
    [
        (log(Determinant(_S)), "S", "S⁻ᵀ"),
        (log(1 + exp(-_y * (_w.T * _x)[0, 0])), "w", "−exp(−(wᵀ x) y) y x/(exp(−(wᵀ x) y) + 1)"),
        (Sum((_x - _mu).T * _S * (_x - _mu), (symbols("i"), 1, _N)), "mu", "−N (S + Sᵀ) (x − mu)"),
        ((_A * _x - _b).T * (_A * _x - _b), "A", "2 (A x − b) xᵀ"),
        (Trace((_A * _x - _b).T * (_A * _x - _b)), "A", "2 (A x − b) xᵀ"),
        (Trace((_X * _w - _t) * (_X * _w - _t).T), "w", "2 Xᵀ (X w − t)"),
        (Trace(DiagMatrix(_w) * _S), "S", "diag(w)"),
        (Trace(BlockMatrix([[_S, _S], [_S, _S]])), "S", "2 I"),
        (Trace(_A.applyfunc(sin) * _A.T), "A", "sin(A) + A ⊙ cos(A)"),
    ],
)
def test_what_sympy_differentiates_to_zero_or_to_nonsense(expression, of, shown):
    """The rows of SymPy's traps, from SymPy's own objects: it gives 0 for the first three."""
    found = derivations.gradient(expression, of)
    assert str(found.result) == shown
    assert found.evidence.value == "proved"


def test_entries_of_matrices_count_from_zero_in_sympy():
    found = derivations.gradient((_w.T * _S)[0, 1] ** 2, "w")
    value = found.compile()(w=np.array([1.0, 2.0]), S=np.array([[3.0, 4.0], [5.0, 6.0]]), n=2)
    np.testing.assert_allclose(value, 2 * (4 + 12) * np.array([4.0, 6.0]))


@pytest.mark.parametrize(
    "expression",
    [_S.adjoint() * _S, Matrix([[1, 2], [3, 4]]), Trace(_S**2.5), Sum(_S, (symbols("i"), 1, _N), (symbols("j"), 1, _N))],
)
def test_objects_that_are_not_understood_are_named(expression):
    with pytest.raises(UnreadableObject, match="is not understood; known: "):
        derivations.gradient(expression, "S")


@pytest.mark.parametrize("shape", [(2, 3), ("2",), ("m-1",), (None,), ("", "n"), (1.5,), (1, "n"), None, 5])
def test_sizes_are_names(shape):
    with pytest.raises(UnusableSize, match="sizes are names such as 'n'"):
        derivations.gradient("sum(A)", "A", shapes={"A": shape})


def test_a_column_or_a_name_alone_is_a_vector():
    for shape in (("n", 1), "n", ["n"]):
        assert derivations.gradient("x'x", "x", shapes={"x": shape}).result.shape == (symbols("n", integer=True, positive=True),)


@pytest.mark.parametrize("written", ["x'x/0", "log(0) x'x", "log(-1) x'x", "sqrt(-x'x)", "0^{-1} x'x", "x'x/(1 - 1)"])
def test_what_is_no_real_number_is_refused(written):
    with pytest.raises(NotReal, match="divides by zero, or takes a logarithm or root of one below zero"):
        derivations.gradient(written, "x", shapes={"x": ("n",)})


def test_a_normal_log_likelihood_is_read_as_people_write_it():
    written = r"-\frac{n}{2}\log(2\pi) - \frac12\log|S| - \frac12 (x-m)^T S^{-1}(x-m)"
    run = CliRunner().invoke(main, ["gradient", written, "-w", "m", "-s", "S=n×n,x=n,m=n", "--format", "line"])
    assert run.output == "∂f/∂m = 1/2 (S⁻¹ + S⁻ᵀ) (x − m)   (denominator layout)\n"


@pytest.mark.parametrize("written", ["tr(x'x)", "det(x'x)", "sum(x'x)", "tr(tr(x'x))"])
def test_matrix_operations_on_a_number_are_the_number(written):
    assert str(derivations.gradient(written, "x", shapes={"x": ("n",)}).result) == "2 x"


def test_missing_shapes_are_named():
    with pytest.raises(MissingShapes, match="shapes="):
        derivations.gradient("x'x", "x")


def test_command_line_writes_the_derivation():
    shapes = "A=m×h,B=h×n,b=h,x=n,y=m"
    run = CliRunner().invoke(main, ["gradient", LOSS, "--with-respect-to", "B", "--shapes", shapes])
    assert run.exit_code == 0
    assert "Evidence: proved" in run.output
    line = CliRunner().invoke(main, ["gradient", LOSS, "-w", "b", "-s", shapes, "--format", "line"])
    assert line.output == "∂f/∂b = sigma′(B x + b) ⊙ (Aᵀ (A sigma(B x + b) − y))   (denominator layout)\n"


def test_command_line_json_names_its_schema():
    run = CliRunner().invoke(main, ["gradient", "x'S x", "-w", "x", "-s", "S=n×n,x=n", "--json"])
    data = json.loads(run.output)
    assert data["schema"] == "derivations/gradient/1"
    assert data["result"] == "(S + Sᵀ) x"
    assert data["evidence"] == "proved"


@pytest.mark.parametrize(
    "arguments",
    [
        ["x'x", "-w", "q", "-s", "x=n"],
        ["x'", "-w", "x", "-s", "x=n"],
        ["x +", "-w", "x", "-s", "x=n"],
        ["x'x", "-w", "x", "-s", "x=2×3"],
    ],
)
def test_command_line_refuses_with_exit_code_two(arguments):
    assert CliRunner().invoke(main, ["gradient", *arguments]).exit_code == 2


def test_shapes_on_the_command_line():
    assert shapes_of("A=m×h, x=h,c=1") == {"A": ("m", "h"), "x": ("h",), "c": ()}
    assert shapes_of("A=m*h,B=hxn,C=rows x columns,max=max") == {
        "A": ("m", "h"), "B": ("h", "n"), "C": ("rows", "columns"), "max": ("max",),
    }  # fmt: skip


def test_command_line_writes_a_form_of_ones_own():
    arguments = ["gradient", "‖X w - t‖^2", "-w", "w", "-s", "X=N*d,w=d,t=N", "--format", "line"]
    run = CliRunner().invoke(main, [*arguments, "--to", "2 X'X w - 2X't"])
    assert run.output == "∂f/∂w = 2 Xᵀ X w − 2 Xᵀ t   (denominator layout)\n"
    refused = CliRunner().invoke(main, [*arguments, "--to", "2 X'X w + 2X't"])
    assert refused.exit_code == 2
    assert "is not shown to be the derivative" in refused.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["x'" + "tanh(" * 12 + "S x" + ")" * 12, "-w", "S", "-s", "S=n*n,x=n"], "more than 4000"),
        (["x'x", "-w", "x", "-s", "x=n", "--kind", "hessian", "--layout", "row"], "say nothing about --kind hessian"),
    ],
)
def test_command_line_refuses_what_is_too_large_or_says_nothing(arguments, problem):
    run = CliRunner().invoke(main, ["gradient", *arguments])
    assert run.exit_code == 2
    assert problem in run.output


def test_a_product_is_one_chain_however_it_is_bracketed():
    for written in ("tr((S^2)^2)", "tr(S (S S) S)", "tr(S (S (S S)))"):
        assert str(derivations.gradient(written, "S", shapes={"S": ("n", "n")}).result) == "4 Sᵀ Sᵀ Sᵀ"
