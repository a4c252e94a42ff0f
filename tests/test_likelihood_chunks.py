"""Models over rows gathered in chunks or merged from parts: the answers of one pass, far from zero too."""

from __future__ import annotations

import numpy as np
import pytest

import derivations
from derivations.subjects.likelihood.structured import ENTRIES
from numeric.failures import NotFinite, UndefinedValue
from numeric.sufficient import NotStreamable

OTHERS = {"gaussian-naive-bayes/mle"}


def sample(name, rng, count=300, far=0.0):
    """Rows, labels and whatever else a model takes."""
    labels = np.concatenate([[1, 2, 3], rng.integers(1, 4, count - 3)])
    real, counts = far + rng.normal(size=(count, 3)) + labels[:, None], rng.poisson(3.0, (count, 3))
    binary = (rng.random((count, 3)) < 0.4).astype(int)
    lines = {"X": far + rng.normal(size=(count, 3)), "y": far + rng.normal(size=count)}
    return {
        "categorical/mle": {"y": labels}, "categorical/map-dirichlet": {"y": labels, "a": np.array([2.0, 3.0, 1.5])},
        "multinomial/mle": {"x": counts}, "multinomial/map-dirichlet": {"x": counts, "a": np.array([2.0, 3.0, 1.5])},
        "bernoulli-naive-bayes/mle": {"x": binary, "y": labels}, "poisson-naive-bayes/mle": {"x": counts, "y": labels},
        "multinomial-naive-bayes/mle": {"x": counts, "y": labels}, "multivariate-normal/mle": {"x": real},
        "gaussian-discriminant-analysis/mle": {"x": real, "y": labels}, "gaussian-naive-bayes/mle": {"x": real, "y": labels},
        "linear-regression/mle": lines, "linear-regression/mle-weighted": {**lines, "w": rng.uniform(0.5, 2, count)},
        "linear-regression/map-ridge": {**lines, "sigma2": 1.5, "tau2": 0.5},
    }[name]  # fmt: skip


def pieces(data, cuts):
    """The sample cut along its rows; what is no row goes with every piece."""
    length = len(data.get("y", data.get("x")))
    rows = {name for name, value in data.items() if np.ndim(value) and len(value) == length}
    return [
        {name: value[low:high] if name in rows else value for name, value in data.items()}
        for low, high in zip((0, *cuts), (*cuts, length), strict=True)
    ]


def in_chunks(name, parts):
    made = derivations.derive(name).estimator()
    for part in parts:
        made.partial_fit(**part)
    return made


def same(found, expected, tolerance):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert np.asarray(found[name]) == pytest.approx(np.asarray(value), rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("name", [*ENTRIES, *OTHERS])
def test_chunks_and_parts_in_any_order_give_the_answer_of_one_pass(name):
    data = sample(name, np.random.default_rng(1))
    whole = derivations.derive(name).estimator().fit(**data)
    parts = pieces(data, (7, 20, 140, 141, 250))
    same(in_chunks(name, parts).estimates, whole, 1e-11)
    first, *others = [in_chunks(name, [part]) for part in parts]
    for other in reversed(others):
        first.merge(other)
    same(first.estimates, whole, 1e-11)
    last = in_chunks(name, [])
    for other in (*others[::2], in_chunks(name, parts[:1]), *others[1::2]):
        last.merge(other)
    same(last.estimates, whole, 1e-11)


@pytest.mark.parametrize("name", ["multivariate-normal/mle", "gaussian-discriminant-analysis/mle", "gaussian-naive-bayes/mle"])
def test_scatter_keeps_its_digits_far_from_zero(name):
    near, far = (sample(name, np.random.default_rng(2), 5000, far) for far in (0.0, 1e9))
    far["x"] = near["x"] + 1e9
    near["x"] = far["x"] - 1e9  # the digits that are left
    spread = "Sigma" if "naive" not in name else "sigma2"
    expected = derivations.derive(name).estimator().fit(**near)[spread]
    cuts = range(500, 5000, 500)
    found = in_chunks(name, pieces(far, cuts)).estimates[spread]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    first, *others = [in_chunks(name, [part]) for part in pieces(far, cuts)]
    for other in reversed(others):
        first.merge(other)
    assert first.estimates[spread] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("far", "tolerance"), [(1e6, 1e-9), (1e9, 1e-6)])
def test_least_squares_does_not_square_the_condition_of_the_regressors(far, tolerance):
    rng = np.random.default_rng(3)
    design = far + rng.normal(size=(2000, 3))
    response = design @ [1.0, -2.0, 0.5] + rng.normal(size=2000)
    parts = pieces({"X": design, "y": response}, range(200, 2000, 200))
    expected, residual, *_ = np.linalg.lstsq(design, response, rcond=None)
    found = in_chunks("linear-regression/mle", parts).estimates
    assert found["beta"] == pytest.approx(expected, rel=tolerance)
    assert found["sigma2"] == pytest.approx(residual[0] / 2000, rel=tolerance)
    same(derivations.derive("linear-regression/mle").estimator().fit(X=design, y=response), found, tolerance)


def test_regressors_that_depend_on_each_other_are_refused():
    column = np.arange(6.0)
    with pytest.raises(UndefinedValue):
        in_chunks("linear-regression/mle", [{"X": np.column_stack([column, 2 * column]), "y": column}]).estimates  # noqa: B018
    with pytest.raises(UndefinedValue):
        in_chunks("linear-regression/mle", [{"X": np.ones((1, 2)), "y": np.ones(1)}]).estimates  # noqa: B018
    ridge = in_chunks("linear-regression/map-ridge", [{"X": np.ones((1, 2)), "y": np.ones(1), "sigma2": 1.0, "tau2": 1.0}])
    assert ridge.estimates["beta"] == pytest.approx([1 / 3, 1 / 3])


def test_a_class_may_appear_in_a_later_chunk():
    made = derivations.derive("poisson-naive-bayes/mle").estimator()
    made.partial_fit(x=[[1], [3]], y=["b", "b"]).partial_fit(x=[[5]], y=["a"])
    assert made.estimates["classes"].tolist() == ["a", "b"]
    assert made.estimates["theta"].ravel().tolist() == [5.0, 2.0]
    assert made.estimates["alpha"].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_a_bad_chunk_leaves_nothing_behind():
    made = in_chunks("multivariate-normal/mle", [{"x": np.eye(3)}])
    before = made.estimates
    with pytest.raises(NotFinite):
        made.partial_fit(x=[[1.0, np.nan, 2.0]])
    same(made.estimates, before, 0)


def test_other_priors_in_a_later_chunk_are_refused():
    made = in_chunks("categorical/map-dirichlet", [{"y": [1, 2], "a": [2.0, 2.0]}])
    with pytest.raises(ValueError, match="other values"):
        made.partial_fit(y=[1, 2], a=[3.0, 2.0])


def test_parts_of_different_models_are_not_merged():
    with pytest.raises(ValueError, match="different models"):
        in_chunks("categorical/mle", [{"y": [1, 2]}]).merge(in_chunks("multinomial/mle", [{"x": [[1, 2]]}]))


def test_what_is_no_count_sum_or_scatter_is_not_gathered():
    from derivations.core.compilation import estimator
    from numeric.rowwise import RowEstimator

    made = RowEstimator(estimator(derivations.derive("linear-regression/mle")))
    with pytest.raises(NotStreamable):
        made.partial_fit(X=np.eye(3), y=np.ones(3))
