"""Gradients of matrix expressions: random ones against automatic differentiation, shapes, layouts, refusals."""

from dataclasses import replace

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sympy import IndexedBase, Rational, Sum, Symbol

from derivations.core.evidence import Word
from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.matrices.asking import gradient as asked_gradient
from derivations.subjects.matrices.expressions import (
    Matrix,
    ShapeMismatch,
    UnknownOperation,
    identity,
    node,
    number,
    ones,
    variable,
)
from derivations.subjects.matrices.gradients import gradient, hessian, hvp, jacobian
from derivations.subjects.matrices.layout import Layout, UnknownLayout
from derivations.subjects.matrices.programs import Program
from derivations.subjects.matrices.results import NoSuchVariable, NotShown
from numeric.oracles.gradients import automatic, automatic_hessian_product, automatic_jacobian, evaluate

SIZES = {"m": 3, "n": 4, "p": 2}
VARIABLES = {
    "A": ("m", "n"), "B": ("m", "n"), "C": ("n", "p"), "S": ("n", "n"), "R": ("n", "n"), "M": ("m", "m"),
    "x": ("n",), "w": ("n",), "b": ("m",), "c": ("p",), "lam": (), "eta": (),
}  # fmt: skip
ATOMS = [variable(name, *shape) for name, shape in VARIABLES.items()]
SHAPES = {(): 0, **{atom.shape: 1 for atom in ATOMS}}


def arrays(seed: int) -> dict:
    rng = np.random.default_rng(seed)
    drawn = {name: rng.normal(size=[SIZES[s] for s in shape]) for name, shape in VARIABLES.items()}
    for name in ("S", "R", "M"):
        drawn[name] = drawn[name] + 3 * np.eye(len(drawn[name]))
    return drawn


def of_shape(shape: tuple, draw, depth: int) -> Matrix:
    """A random expression of a shape."""
    if depth == 0:
        atoms = [a for a in ATOMS if a.shape == shape] + [a.T for a in ATOMS if len(shape) == 2 and a.shape == shape[::-1]]
        if not atoms:
            columns = {a.shape[0]: a for a in ATOMS if len(a.shape) == 1}
            atoms = [columns[shape[0]] @ columns[shape[1]].T]
        return draw(st.sampled_from(atoms))
    choice = draw(st.integers(0, 8 if len(shape) != 1 and shape[:1] == shape[1:] else 7))
    again = lambda s: of_shape(s, draw, max(depth - 1, 0))  # noqa: E731
    m, n, p = (ATOMS[0].shape[0], ATOMS[0].shape[1], ATOMS[2].shape[1])
    if shape == ():
        vector = draw(st.sampled_from([(m,), (n,)]))
        square = draw(st.sampled_from([(n, n), (m, m)]))
        return [
            lambda: again(vector).T @ again(vector),
            lambda: node("trace", again(square)),
            lambda: node("sum", again((m, n))),
            lambda: node("norm", again(vector)) ** 2,
            lambda: node("logsumexp", again(vector)),
            lambda: node("apply", again(()), data="tanh"),
            lambda: again(()) * again(()),
            lambda: node("norm", again((m, n))) ** 2,
            lambda: node("logdet", regular(n, draw)),
        ][choice]()
    if len(shape) == 1:
        other = draw(st.sampled_from([m, n, p]))
        return [
            lambda: again((shape[0], other)) @ again((other,)),
            lambda: again(shape) + again(shape),
            lambda: again(shape) - again(shape),
            lambda: node("hadamard", again(shape), again(shape)),
            lambda: node("apply", again(shape), data=draw(st.sampled_from(["tanh", "sigmoid", "sin", "softplus"]))),
            lambda: node("softmax", again(shape)),
            lambda: again(()) * again(shape),
            lambda: node("diagonal", again((shape[0], shape[0]))),
        ][choice]()
    rows, columns = shape
    other = draw(st.sampled_from([m, n, p]))
    return [
        lambda: again((rows, other)) @ again((other, columns)),
        lambda: again((columns, rows)).T,
        lambda: again(shape) + again(shape),
        lambda: node("hadamard", again(shape), again(shape)),
        lambda: again((rows,)) @ again((columns,)).T,
        lambda: node("apply", again(shape), data=draw(st.sampled_from(["tanh", "sigmoid", "sin"]))),
        lambda: node("softmax", again(shape)),
        lambda: node("diag", again((rows,))) @ again(shape),
        lambda: node("inverse", regular(rows, draw)),
    ][choice]()


def regular(size, draw) -> Matrix:
    """A random matrix that has an inverse: X Xᵀ + 4 I."""
    inside = of_shape((size, size), draw, 0)
    return inside @ inside.T + number(4) * identity(size)


@st.composite
def scalars(draw, deepest: int = 3) -> Matrix:
    return of_shape((), draw, draw(st.integers(1, deepest)))


@pytest.mark.long
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(scalars(), st.integers(0, 1000), st.randoms(use_true_random=False))
def test_random_expressions_agree_with_automatic_differentiation(expression, seed, random):
    known = expression.variables()
    of = random.choice(known)
    derivation = gradient(expression, of)
    assert derivation.evidence is Word.PROVED
    given_arrays = {v.data: arrays(seed)[v.data] for v in known}
    found = derivation.compile()(**given_arrays, **SIZES)

    def function(**values):
        return evaluate(expression, {**values, **SIZES}, anp)

    wanted = automatic(function, given_arrays, of.data)
    assert np.shape(found) == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-8 * max(1.0, float(np.max(np.abs(wanted)))))


@pytest.mark.long
@pytest.mark.parametrize("seed", [0])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(expression=scalars(deepest=1))
def test_random_second_derivatives_agree_with_automatic_differentiation(seed, expression):
    of = expression.variables()[0]
    derivation = hvp(expression, of)
    known = {v.data: arrays(seed)[v.data] for v in expression.variables()}
    along = np.random.default_rng(1).normal(size=np.shape(known[of.data]))
    name = derivation.symbol.rpartition(" ")[2]
    found = derivation.compile()(**known, **SIZES, **{name: along})

    def function(**values):
        return evaluate(expression, {**values, **SIZES}, anp)

    wanted = automatic_hessian_product(function, known, of.data, along)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6 * max(1.0, float(np.max(np.abs(wanted)))))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(expression=scalars(deepest=2))
def test_random_derivations_replay_from_their_stored_form(expression):
    derivation = gradient(expression, expression.variables()[0])
    checked = replay(load(derivation.to_json()), instances=0)
    assert checked.ok, checked.problems


A, S, x, b = (next(a for a in ATOMS if a.data == name) for name in ("A", "S", "x", "b"))


@pytest.mark.parametrize(
    ("expression", "of", "shown"),
    [
        (node("trace", (A - b @ x.T).T @ (A - b @ x.T)), x, None),
        (node("trace", (A - ones("m") @ x.T) @ S @ (A - ones("m") @ x.T).T), x, None),
        (node("apply", x.T @ ATOMS[7], data="softplus"), x, "sigmoid(wᵀ x) w"),
        (node("logdet", S), S, "S⁻ᵀ"),
        (node("sum", node("apply", x, data="softplus")), x, "sigmoid(x)"),
        (node("norm", A @ x - b) ** 2, A, "2 (A x − b) xᵀ"),
        (x.T @ S @ x, x, "(S + Sᵀ) x"),
        (node("norm", A @ ATOMS[3].T @ x - b) ** 2, x, None),
    ],
    ids=["trace", "sum-of-quadratics", "logistic", "log-det", "scalar-loss", "vector-loss", "quadratic", "batch"],
)
def test_what_sympy_gives_as_zero_or_cannot_shape_is_right(expression, of, shown):
    """Each row of the traps: SymPy's MatrixExpr derivative is 0 or ill-shaped."""
    derivation = gradient(expression, of)
    assert derivation.evidence is Word.PROVED
    known = {v.data: arrays(3)[v.data] for v in expression.variables()}
    found = derivation.compile()(**known, **SIZES)
    assert np.any(found)
    wanted = automatic(lambda **values: evaluate(expression, {**values, **SIZES}, anp), known, of.data)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    if shown is not None:
        assert str(derivation.result) == shown


def test_a_batch_loss_by_its_weights_has_the_shape_of_the_weights():
    X, w, t = variable("X", "N", "d"), variable("w", "d"), variable("t", "N")
    derivation = gradient(node("norm", X @ w - t) ** 2, w)
    assert str(derivation.result) == "2 Xᵀ (X w − t)"
    assert derivation.result.shape == w.shape


def test_jacobian_has_a_row_for_each_output_in_numerator_layout():
    layer = node("apply", A @ x + b, data="tanh")
    rng = arrays(1)
    known = {n: rng[n] for n in ("A", "x", "b")}
    wanted = automatic_jacobian(lambda **v: anp.tanh(anp.dot(v["A"], v["x"]) + v["b"]), known, "x")
    np.testing.assert_allclose(jacobian(layer, x).compile()(**known), wanted, rtol=1e-12)
    turned = jacobian(layer, x, layout="denominator")
    np.testing.assert_allclose(turned.compile()(**known), wanted.T, rtol=1e-12)
    assert turned.layout is Layout.DENOMINATOR


def test_gradient_in_row_layout_is_the_transpose():
    expression = node("norm", A @ x - b) ** 2
    assert gradient(expression, A, layout="row").result.shape == A.shape[::-1]
    assert "numerator" in str(gradient(expression, A, layout="numerator"))
    assert "denominator" in gradient(expression, A).conclusion.sentence
    with pytest.raises(UnknownLayout, match="diagonal"):
        gradient(expression, A, layout="diagonal")


def test_hessian_of_the_logistic_loss():
    X, w = variable("X", "N", "d"), variable("w", "d")
    found = hessian(node("sum", node("apply", X @ w, data="softplus")), w)
    rng = np.random.default_rng(0)
    known = {"X": rng.normal(size=(5, 3)), "w": rng.normal(size=3)}
    p = 1 / (1 + np.exp(-known["X"] @ known["w"]))
    np.testing.assert_allclose(found.compile()(**known), known["X"].T @ np.diag(p * (1 - p)) @ known["X"], rtol=1e-12)


def test_a_derivative_that_is_no_matrix_stays_in_index_form_and_still_computes():
    from sympy import IndexedBase, Sum, symbols

    from derivations.subjects.matrices.asking import gradient as asked

    i, a, n, f = symbols("i a n f", integer=True, positive=True)
    k, z, g = (IndexedBase(name, real=True) for name in "kzg")
    score = Sum(Sum(g[i] * k[a] * z[i + a - 1], (a, 1, f)), (i, 1, n))
    derivation = asked(score, "k", shapes={"k": ("f",), "z": ("p",), "g": ("n",)})
    assert derivation.result is None
    assert "index form" in derivation.conclusion.sentence
    rng = np.random.default_rng(0)
    kernel, signal, weight = rng.normal(size=3), rng.normal(size=7), rng.normal(size=5)
    found = derivation.compile()(k=kernel, z=signal, g=weight)
    np.testing.assert_allclose(found, np.correlate(signal, weight, "valid"), rtol=1e-12)


def test_arbitrary_functions_are_passed_to_the_compiled_gradient():
    derivation = gradient(node("sum", node("apply", A @ x, data="sigma")), x)
    rng = arrays(0)
    found = derivation.compile()(A=rng["A"], x=rng["x"], sigma=np.sin, sigma_prime=np.cos)
    np.testing.assert_allclose(found, rng["A"].T @ np.cos(rng["A"] @ rng["x"]), rtol=1e-12)
    with pytest.raises(LookupError, match="sigma_prime"):
        derivation.compile()(A=rng["A"], x=rng["x"])


def test_compiled_gradients_check_shapes():
    compiled = gradient(node("norm", A @ x - b) ** 2, x).compile()
    with pytest.raises(ValueError, match="nothing under that name"):
        compiled(A=np.eye(3), x=np.ones(3))
    with pytest.raises(ValueError, match="x is declared n; found shape"):
        compiled(A=np.ones((2, 3)), x=np.ones(4), b=np.ones(2))


def test_shapes_that_do_not_fit_are_refused_by_name():
    with pytest.raises(ShapeMismatch, match="product: the shapes are m×n and m×n"):
        A @ A
    with pytest.raises(ShapeMismatch, match="add: the shapes are m×n and n"):
        A + x
    with pytest.raises(ShapeMismatch, match="gradient: the shapes are m;"):
        gradient(A @ x, x)
    with pytest.raises(ShapeMismatch, match="jacobian"):
        jacobian(A @ x, A)
    with pytest.raises(ShapeMismatch, match="hessian"):
        hessian(node("norm", A) ** 2, A)
    with pytest.raises(ShapeMismatch, match="inverse: the shapes are m×n"):
        node("inverse", A)
    with pytest.raises(NoSuchVariable, match="'q' does not occur"):
        gradient(node("norm", x), "q")
    with pytest.raises(UnknownOperation, match="convolve"):
        node("convolve", A)


def test_a_wrong_fold_is_refused_by_the_kernel(monkeypatch):
    from derivations.core.kernel import RuleError
    from derivations.subjects.matrices import working as module

    monkeypatch.setattr(module, "fold", lambda *arguments: S)
    with pytest.raises(RuleError, match="different normal forms"):
        gradient(node("logdet", S), S)


def test_a_variable_may_have_the_name_of_the_number_in_the_slopes():
    u = variable("u", "n")
    assert str(gradient(node("sum", node("apply", u, data="tanh")), u).result) == "1[n] − tanh(u)^(⊙2)"


def test_sizes_and_identities_are_numbers_and_matrices():
    n = x.shape[0]
    expression = number(Rational(1, 2)) * (x.T @ (S + identity(n)) @ x) + number(1 / n) * node("sum", x) + ones(n).T @ x
    rng = arrays(2)
    found = gradient(expression, x).compile()(S=rng["S"], x=rng["x"])
    wanted = (rng["S"] + rng["S"].T) @ rng["x"] / 2 + rng["x"] + 1 / 4 + 1
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_verification_compares_the_compiled_gradient_with_differences():
    derivation = gradient(node("norm", A @ x - b) ** 2, x)
    assert derivation.verify().ok
    assert any("central differences" in row.what for row in derivation.verify().rows)


def test_verification_notices_a_result_that_is_not_the_gradient():
    derivation = gradient(node("norm", A @ x - b) ** 2, x)
    wrong = replace(derivation, result=node("scale", number(2), derivation.result))
    report = wrong.verify()
    assert not report.ok
    assert all("central differences" in row.what for row in report.rows if not row.ok)


def test_a_result_in_index_form_has_the_axes_of_the_variable():
    """Compiled, an entry such as ΣₖT[i, j, k] is an array with axes in the order of the variable's, whatever the letters."""
    i, j, k, n, m = (Symbol(name, integer=True, positive=True) for name in "ijknm")
    T, z = IndexedBase("T", real=True), IndexedBase("z", real=True)
    total = Sum(T[i, j, k] * z[i, j] ** 2 / 2, (i, 1, m), (j, 1, n), (k, 1, n))
    shapes = {"T": ("m", "n", "n"), "z": ("m", "n")}
    rng = np.random.default_rng(0)
    arrays = {"T": rng.normal(size=(2, 3, 3)), "z": rng.normal(size=(2, 3))}
    wanted = arrays["T"].sum(axis=2) * arrays["z"]
    for layout, expected in (("denominator", wanted), ("numerator", wanted.T)):
        found = asked_gradient(total, "z", shapes=shapes, layout=layout)
        assert found.result is None
        np.testing.assert_allclose(found.compile()(**arrays, m=2, n=3), expected)
    by_three = asked_gradient(total, "T", shapes=shapes)
    np.testing.assert_allclose(
        by_three.compile()(z=arrays["z"], m=2, n=3), np.repeat(arrays["z"][:, :, None] ** 2 / 2, 3, axis=2)
    )


def test_a_result_is_written_as_asked_or_not_shown():
    X, w, t = variable("X", "N", "d"), variable("w", "d"), variable("t", "N")
    loss = node("norm", X @ w - t) ** 2
    asked = number(2) * (X.T @ (X @ w)) - number(2) * (X.T @ t)
    found = gradient(loss, w, to=asked)
    assert found.result == asked
    assert found.evidence is Word.PROVED
    assert gradient(loss, w, to=asked.T, layout="row").result == asked.T
    for wrong in (asked + asked, X.T @ (X @ w - t), number(2) * (X.T @ t) - number(2) * (X.T @ (X @ w))):
        with pytest.raises(NotShown, match="was found as 2 Xᵀ \\(X w − t\\)"):
            gradient(loss, w, to=wrong)
    with pytest.raises(ShapeMismatch, match="to: the shapes are"):
        gradient(loss, w, to=asked.T)
    with pytest.raises(NoSuchVariable, match="'q' does not occur"):
        gradient(loss, w, to=variable("q", "d"))


@pytest.mark.parametrize("name", ["f", "loss", "slope"])
def test_a_function_may_have_the_name_that_the_derivation_would_use(name):
    w = ATOMS[7]
    inside = node("apply", w.T @ x, data=name)
    assert str(gradient(inside, w).result) == f"{name}′(wᵀ x) x"
    assert hvp(inside, w).evidence is Word.PROVED


def test_sums_inside_products_are_multiplied_out_where_the_fold_needs_it():
    """The derivative of an inverse square has two terms inside one sum: neither stays in index form."""
    found = gradient(x.T @ node("inverse", S) @ node("inverse", S) @ x, S)
    assert str(found.result) == "−S⁻ᵀ (S⁻ᵀ x xᵀ + x xᵀ S⁻ᵀ) S⁻ᵀ"
    known = {"S": arrays(4)["S"], "x": arrays(4)["x"]}
    wanted = automatic(lambda S, x: x @ anp.linalg.inv(S) @ anp.linalg.inv(S) @ x, known, "S")
    np.testing.assert_allclose(found.compile()(**known), wanted, rtol=1e-9)


def test_a_compiled_expression_leaves_the_arrays_it_is_given_alone():
    """Results are written over what is not needed any more: never over an argument, nor under a view of it."""
    X, Y = variable("X", "n", "n"), variable("Y", "n", "n")
    product = X @ Y
    total = product + Y
    same = node("apply", X + Y, data="h")
    cases = {
        product + product.T: lambda x, y: x @ y + (x @ y).T,
        product.T @ total: lambda x, y: (x @ y).T @ (x @ y + y),
        node("hadamard", total, product.T) + total: lambda x, y: (x @ y + y) * (x @ y).T + x @ y + y,
        same + X: lambda x, y: x + y + x,
        node("hadamard", same, X + Y) + same: lambda x, y: (x + y) ** 2 + x + y,
        node("add", X, X, X): lambda x, y: 3 * x,
        number(2) * product + product: lambda x, y: 3 * (x @ y),
        node("vec", product) + node("vec", product + Y): lambda x, y: (2 * (x @ y) + y).T.ravel(),
        node("diag", node("diagonal", product)) + (product + X): lambda x, y: np.diag(np.diag(x @ y)) + x @ y + x,
    }
    rng = np.random.default_rng(0)
    for expression, wanted in cases.items():
        for kind in (float, complex, np.float32):
            x, y = (rng.normal(size=(3, 3)).astype(kind) for _ in range(2))
            before = x.copy(), y.copy()
            found = Program.of(expression)(X=x, Y=y, **({"h": lambda u: u} if "h(" in str(expression) else {}))
            np.testing.assert_allclose(found, wanted(x, y), rtol=1e-5)
            np.testing.assert_array_equal(x, before[0])
            np.testing.assert_array_equal(y, before[1])
            assert found.dtype == kind


def test_a_row_times_an_outer_product_is_no_chain():
    w = ATOMS[7]
    row = x.T @ (w @ b.T)
    assert row.shape == (1, b.shape[0])
    assert str(gradient(row @ b, w).result) == "‖b‖² x"
