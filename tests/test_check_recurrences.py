"""Recurrences in LaTeX: what people write becomes the iteration they mean, or a named error with its place."""

import pytest
from click.testing import CliRunner
from sympy import Rational, Symbol

import derivations
from derivations.check.reader.errors import MissingBrace, ReadingError
from derivations.check.recurrences import errors, iteration_of
from derivations.cli import main
from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.optimisers.iteration import IterationError

FORM_ONE = r"""
\theta^{k+1} = \theta^k - \alpha g^k + \beta (\theta^k - \theta^{k-1})
\theta^{-1} = \theta^0
"""
FORM_TWO = r"\begin{align} v^{k+1} &= g^k + \beta v^k \\ \theta^{k+1} &= \theta^k - \alpha v^{k+1} \\ v^0 &= 0 \end{align}"
VELOCITY = r"v^{k+1} = \beta v^k - \alpha \nabla f(\theta^k), \theta^{k+1} = \theta^k + v^{k+1}, v^0 = 0"
ARROWS = "v \\leftarrow \\mu v - \\eta \\nabla f(\\theta)\n\\theta \\leftarrow \\theta + v\nv_0 = 0"
PLUS = r"x^+ = \operatorname{prox}_{\tau f}(x - \tau y), y^+ = \operatorname{prox}_{\sigma g^*}(y + \sigma(2x^+ - x)), y^0 = 0"
ADAM = r"""
Adam:
$$g_t = \nabla_\theta f_t(\theta_{t-1})$$
$$m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t$$
$$v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2$$
with $\hat m_t = m_t/(1-\beta_1^t)$ and $\hat v_t = v_t/(1-\beta_2^t)$,
\[ \theta_t = \theta_{t-1} - \eta_t \hat m_t/(\sqrt{\hat v_t} + \epsilon) \]
where $m_0 = 0$, $v_0 = 0$.
"""
COUNTED = r"""
x_{k+1} = y_k - \eta \nabla f(y_k)
y_{k+1} = x_{k+1} + \frac{k-1}{k+2}(x_{k+1} - x_k)
y_0 = x_0
k = 0, 1, 2, \dots
"""


@pytest.mark.parametrize(
    ("text", "other", "schedules", "told"),
    [
        (FORM_ONE, FORM_TWO, "constant", None), (FORM_ONE, "heavy-ball", "constant", None),
        (VELOCITY, "keras-sgd", "constant", None),
        (FORM_ONE.replace(r"\alpha", r"\alpha_k"), "heavy-ball", ("alpha", "eta"), None),
        (ARROWS, "keras-sgd", "constant", None),
        (ARROWS, "heavy-ball", "constant", None), (ADAM, "adam-pytorch", ("eta",), None),
        (PLUS, "chambolle-pock", "constant", None),
        (PLUS, "douglas-rachford", "constant", {"a.tau": "eta", "a.sigma": "1/eta"}),
        (COUNTED, "nesterov", "constant", {"mu": "(t-2)/(t+1)"}),
    ],
)  # fmt: skip
def test_what_is_written_is_the_method_that_is_meant(text, other, schedules, told):
    answer = derivations.equivalent(text, other, schedules=schedules, map=told)
    assert answer.verdict == "equivalent", str(answer)
    assert replay(load(answer.proof.to_json()), instances=1).ok


@pytest.mark.parametrize(
    ("text", "old", "new", "other"),
    [
        (VELOCITY, "+ v^{k+1}", "+ v^k", "keras-sgd"),
        (VELOCITY, "v^0 = 0", "v^0 = 1", "keras-sgd"),
        (VELOCITY, r"f(\theta^k)", r"f(\theta^k + v^k)", "keras-sgd"), (ARROWS, r"\theta + v", r"\theta - v", "keras-sgd"),
        (FORM_ONE, r"\theta^{-1} = \theta^0", r"\theta^{-1} = 0", "heavy-ball"), (ADAM, r"\hat m_t/", "m_t/", "adam-pytorch"),
        (COUNTED, "y_0 = x_0\nk = 0", "y_1 = x_1\nk = 1", COUNTED), (PLUS, "2x^+ - x", "2x^+ + x", "chambolle-pock"),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_another_method(text, old, new, other):
    assert old in text
    assert derivations.equivalent(text.replace(old, new), other).verdict == "not-equivalent"


def test_a_schedule_is_a_coefficient_with_an_index():
    step = r"\theta_{k+1} = \theta_k - \alpha_k g_k + \beta \frac{\alpha_k}{\alpha_{k-1}} (\theta_k - \theta_{k-1})"
    found = iteration_of(step + r", \theta_{-1} = \theta_0")
    assert {p.name: p.scheduled for p in found.parameters} == {"beta": False, "alpha": True}
    assert any("alpha__-1" in str(a.value) for a in found.step)


def test_domains_and_fixed_numbers_are_read():
    found = iteration_of("w_{t+1} = w_t - \\eta \\gamma \\nabla L(w_t)\n0 < \\gamma < 1\n\\eta = 1/10")
    assert [(p.name, p.kind) for p in found.parameters] == [("gamma", "unit-interval")]
    assert found.step[0].value.coeff(Symbol("gamma", real=True)).as_coeff_Mul()[0] == -Rational(1, 10)


def test_the_iterate_is_named_or_guessed():
    text = "x^{k+1} = x^k - \\eta g^k\ny^{k+1} = x^{k+1}/2 + y^k/2\ny^0 = x^0"
    assert iteration_of(text).output == "x"
    assert iteration_of(f"{text}\noutput: y").output == "y"
    assert iteration_of("p^{k+1} = p^k - \\eta \\nabla f(p^k)").output == "p"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (r"v \leftarrow v^2 - \nabla f(v)", "v**2 - gradient(v)"), (r"x^{k+1} = (x^k)^2", "x**2"),
        (r"x_{k+1} = x_k^2 - g_k^2", "x**2 - gradient(x)**2"), ("x^+ = x^2 - g", "x**2 - gradient(x)"),
        (r"x_{k+1} = x_k - \beta_1^2 |g_k|", "-beta1**2*Abs(gradient(x)) + x"),
    ],
)  # fmt: skip
def test_powers_are_told_from_entries(text, values):
    assert str(iteration_of(text).step[-1].value) == values


@pytest.mark.parametrize(
    ("text", "error", "line", "column"),
    [
        ("", ReadingError, 1, 1), ("hello", errors.RecurrenceError, 1, 1), (r"\alpha > 0", errors.NoUpdate, 1, 1),
        ("v^0 = 0\nv^{k+1} = v^{k+3}", errors.EntryTooLate, 2, 11), ("x^{k+1} = x^2", errors.EntryTooLate, 1, 11),
        ("v^{k+1} = w^{k+1}\nw^{k+1} = v^{k+1}", errors.CircularUpdate, 1, 1),
        ("\\theta^{k+1} = \\theta^k - v^{k+1}\nv^{k+1} = \\beta v^k", errors.NoInitialValue, 2, 1),
        ("x^{k+1} = x^k\nx^{k+1} = 2", errors.UpdatedTwice, 2, 1), ("x^{k+1} = x^k\nx^0 = 0\nx^0 = 1", errors.UpdatedTwice, 3, 1),
        (r"x^{k+1} = \int x^k dx", errors.NoOperation, 1, 11), (r"x^{k+1} = \sin x^k", errors.NoOperation, 1, 11),
        (r"x^{k+1} = x^k - \nabla f(x^k) - \nabla q(x^k)", errors.NoOperation, 1, 33),
        (r"x^{k+1} = x^k - h(x^k)", errors.NoOperation, 1, 17), (r"x^{k+1} = x^k/0", errors.NoOperation, 1, 15),
        (r"x^{k+1} = (x^k)^{100000}", errors.NoOperation, 1, 11), (r"x^{k+1}= \frac{x^k", MissingBrace, 1, 15),
        (r"x^{k+1} \le x^k", errors.RecurrenceError, 1, 1), (r"x^{k+1} = x^k, \alpha > 1", errors.RecurrenceError, 1, 16),
        ("x^{k+1} = x^k + y^k\ny^{k+1} = y^k\ny^0 = a\nx^0 = c", errors.TwoStarts, 3, 7),
        ("x^{k+1} = x^k + y^k\ny^{k+1} = y^k\ny^0 = 1\nx^1 = 0", errors.InitialValuesApart, 4, 1),
        (r"x_{i,k+1} = x_{i,k}", errors.RecurrenceError, 1, 1), ("x^{k+1} = x^k\ny^{n+1} = y^n", errors.OtherStep, 2, 1),
        ("x^{k+1} = x^k\noutput: z", errors.NoUpdate, 2, 1),
        (r"x^{k+1} = x^k - \alpha_k\alpha_{k-3}g^k", errors.RecurrenceError, 1, 1),
    ],
)  # fmt: skip
def test_what_makes_no_iteration_is_named_with_its_place(text, error, line, column):
    with pytest.raises(error) as found:
        iteration_of(text)
    assert (found.value.line, found.value.column) == (line, column)


LONG = ("x^{k+1} = x^k" * 3000, "x^{k+1} = " + "(" * 3000 + "x^k", "\n".join(f"y_{{{n}}} = 1" for n in range(900)))


@pytest.mark.parametrize("text", LONG, ids=["many", "deep", "lines"])
def test_hostile_texts_are_refused(text):
    with pytest.raises((ReadingError, IterationError)):
        iteration_of(text)


def test_the_command_reads_latex_from_a_file_and_an_argument(tmp_path):
    file = tmp_path / "mine.tex"
    file.write_text(FORM_TWO, encoding="utf-8")
    run = CliRunner().invoke
    assert run(main, ["equivalent", str(file), "heavy-ball"]).exit_code == 0
    assert run(main, ["equivalent", "heavy-ball", VELOCITY]).exit_code == 0
    found = run(main, ["equivalent", "heavy-ball", r"x^{k+1} = \int x^k dx"])
    assert found.exit_code == 2
    assert "line 1, column 11" in found.stderr
