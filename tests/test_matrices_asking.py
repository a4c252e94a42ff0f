"""The public door: gradients of text, of SymPy's matrices, of indexed sums; the command line."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sympy import Determinant, Identity, MatrixSymbol, Trace, log, symbols

import derivations
from derivations.cli import main
from derivations.cli.gradient import shapes_of
from derivations.subjects.matrices.asking import MissingShapes
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
