"""Estimators: closed forms on arrays, any labels, every careless input named."""

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, Sum, Symbol, symbols

from numeric import failures
from numeric.domains import NATURAL, POSITIVE, REAL, SIMPLEX, label
from numeric.estimate import Estimator
from numeric.instances import Variable
from numeric.oracles import naive_bayes

i, k, d = symbols("i k d", integer=True, positive=True)
N, K, D = symbols("N K D", integer=True, positive=True)
x = IndexedBase("x", real=True)
mu = IndexedBase("mu", real=True)
s = IndexedBase("sigma2", positive=True)
alpha = IndexedBase("alpha", positive=True)
y = IndexedBase("y", integer=True, positive=True)
VARIABLES = (
    Variable(x, REAL, (N, D)), Variable(y, label(K), (N,)), Variable(mu, REAL, (K, D)), Variable(s, POSITIVE, (D,)),
    Variable(alpha, SIMPLEX, (K,)),
)  # fmt: skip
COUNT = Sum(KroneckerDelta(y[i], k), (i, 1, N))
SHARED = Estimator(
    (
        ("mu", mu[k, d], Sum(KroneckerDelta(y[i], k) * x[i, d], (i, 1, N)) / COUNT),
        ("sigma2", s[d], Sum((x[i, d] - mu[y[i], d]) ** 2, (i, 1, N)) / N),
        ("alpha", alpha[k], COUNT / N),
    ),
    VARIABLES,
)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)) * [1, 10, 0.1]
Y = np.concatenate([[1, 2, 3, 4], RNG.integers(1, 5, 36)])


def test_fit_equals_the_oracle_that_shares_no_code() -> None:
    found, expected = SHARED.fit(x=X, y=Y), naive_bayes.fit_shared_variance(X, Y, 4)
    for name in ("mu", "sigma2", "alpha"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12)
    np.testing.assert_array_equal(found["classes"], [1, 2, 3, 4])


def test_estimator_is_callable() -> None:
    np.testing.assert_array_equal(SHARED(x=X, y=Y)["mu"], SHARED.fit(x=X, y=Y)["mu"])


NAMES: list[Any] = [
    np.array(["d", "a", "c", "b"])[Y - 1],
    np.array(["d", "a", "c", "b"], dtype=object)[Y - 1].tolist(),
    [(0, "q"), (0, "p")] and [("t", int(v)) for v in Y],
    Y * 10**12 - 7,
    Y / 4,
    -Y.astype(np.int8),
    [bytes([96 + int(v)]) for v in Y],
]


@pytest.mark.parametrize("labels", NAMES[:2] + NAMES[3:])
def test_labels_of_any_sortable_kind_give_sorted_classes(labels: Any) -> None:
    found = SHARED.fit(x=X, y=labels)
    kinds = sorted(set(np.asarray(labels).tolist()))
    assert found["classes"].tolist() == kinds
    for position, kind in enumerate(kinds):
        members = X[[entry == kind for entry in np.asarray(labels).tolist()]]
        np.testing.assert_allclose(found["mu"][position], members.mean(axis=0), rtol=1e-12)


def test_boolean_labels_are_two_classes() -> None:
    assert SHARED.fit(x=X, y=Y > 2)["classes"].tolist() == [False, True]


def test_classes_given_set_the_order() -> None:
    found, turned = SHARED.fit(x=X, y=Y), SHARED.fit(x=X, y=Y, classes=[4, 3, 2, 1])
    np.testing.assert_allclose(turned["mu"], found["mu"][::-1], rtol=1e-14)
    np.testing.assert_array_equal(turned["classes"], [4, 3, 2, 1])


def test_lists_and_float32_and_integers_are_accepted() -> None:
    expected = SHARED.fit(x=X, y=Y)["mu"]
    np.testing.assert_allclose(SHARED.fit(x=X.tolist(), y=Y.tolist())["mu"], expected, rtol=1e-12)
    np.testing.assert_allclose(SHARED.fit(x=X.astype(np.float32), y=Y)["mu"], expected, rtol=1e-4, atol=1e-5)
    whole = np.rint(X).astype(np.int16)
    np.testing.assert_allclose(SHARED.fit(x=whole, y=Y)["mu"], SHARED.fit(x=whole.astype(float), y=Y)["mu"], rtol=1e-12)


def test_data_are_not_changed() -> None:
    before, labels = X.copy(), Y.copy()
    SHARED.fit(x=X, y=Y)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(Y, labels)


def with_entry(value: float) -> Any:
    spoiled = X.copy()
    spoiled[7, 2] = value
    return spoiled


CARELESS = [
    ({"x": with_entry(np.nan), "y": Y}, failures.NotFinite, r"x\[7, 2\] is nan"),
    ({"x": with_entry(np.inf), "y": Y}, failures.NotFinite, r"x\[7, 2\] is inf"),
    ({"x": X[:, 0], "y": Y}, failures.WrongShape, r"X\[:, None\]"),
    ({"x": X[None], "y": Y}, failures.WrongShape, r"\(N, D\)"),
    ({"x": X, "y": Y[:-1]}, failures.LengthsDiffer, "x has 40, y has 39"),
    ({"x": X, "y": Y[:, None]}, failures.WrongShape, "ravel"),
    ({"x": X[:0], "y": Y[:0]}, failures.EmptyData, "no entries"),
    ({"x": X[:, :0], "y": Y}, failures.EmptyData, r"\(40, 0\)"),
    ({"x": X, "y": Y, "classes": [1, 2, 3, 4, 5]}, failures.EmptyClass, "class 5 has no sample"),
    ({"x": X, "y": Y, "classes": [1, 2, 3]}, failures.UnknownLabel, "label 4"),
    ({"x": X, "y": Y, "classes": [1, 2, 3, 4, 4]}, failures.RepeatedClass, "4 more than once"),
    ({"x": X, "y": ["a", 1] * 20}, failures.LabelsNotSortable, "int, str"),
    ({"x": X, "y": [None, "a"] * 20}, failures.LabelsNotSortable, "NoneType"),
    ({"x": X, "y": np.where(Y == 2, np.nan, Y)}, failures.NotFinite, "y"),
    ({"x": X.astype(str), "y": Y}, failures.NotNumeric, "x must hold real numbers"),
    ({"x": X + 1j, "y": Y}, failures.NotNumeric, "complex"),
    ({"x": [[None, 1.0, 2.0]] * 40, "y": Y}, failures.NotFinite, r"x\[0, 0\]"),
    ({"x": [["a", 1.0, 2.0]] * 40, "y": Y}, failures.NotNumeric, "x"),
    ({"x": X}, failures.MissingArray, "y is needed"),
    ({"y": Y}, failures.MissingArray, "x is needed"),
    ({"x": X, "y": Y, "Z": X}, failures.UnexpectedArray, "takes x, y"),
]


@pytest.mark.parametrize(("arrays", "failure", "text"), CARELESS)
def test_careless_input_is_named(arrays: dict[str, Any], failure: type[Exception], text: str) -> None:
    with pytest.raises(failure, match=text):
        SHARED.fit(**arrays)


def test_model_without_labels_fits() -> None:
    lam, c = Symbol("lam", positive=True), IndexedBase("c", integer=True)
    rate = Estimator(
        (("lam", lam, Sum(c[i], (i, 1, N)) / N),), (Variable(c, NATURAL, (N,)), Variable(lam, POSITIVE)), labels=None
    )
    assert rate.fit(c=[1, 2, 6]) == {"lam": 3.0}
    with pytest.raises(failures.OutsideDomain, match="natural"):
        rate.fit(c=[1, -2, 6])


def test_array_that_no_closed_form_reads_may_be_left_out() -> None:
    share = Estimator((("alpha", alpha[k], COUNT / N),), VARIABLES)
    found = share.fit(y=["b", "a", "b", "b"])
    np.testing.assert_allclose(found["alpha"], [0.25, 0.75])
    assert [variable.name for variable in share.data] == ["y"]


def test_unknown_without_declaration_is_named() -> None:
    with pytest.raises(failures.UndeclaredUnknown, match="nu"):
        Estimator((("nu", IndexedBase("nu")[k], COUNT),), VARIABLES).fit(y=[1, 2])


def test_sizes_are_inferred_for_one_sample_and_one_class() -> None:
    found = SHARED.fit(x=[[1.0, 2.0]], y=["only"])
    np.testing.assert_array_equal(found["mu"], [[1.0, 2.0]])
    np.testing.assert_array_equal(found["sigma2"], [0.0, 0.0])
