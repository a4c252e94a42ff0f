"""Properties of the decision on random linear methods: changes of variables are found, changes of the method are too."""

from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from derivations.core.replay import replay
from derivations.subjects.optimisers.answers import Verdict
from derivations.subjects.optimisers.arithmetic import differ
from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.questions import Question
from derivations.subjects.optimisers.reading import read_one
from derivations.subjects.optimisers.runs import Oracles, run

SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
NUMBER = st.fractions(min_value=-2, max_value=2, max_denominator=3)
NONZERO = NUMBER.filter(bool)
METHOD = st.fixed_dictionaries(dict.fromkeys("abdfh", NUMBER) | {"c": NONZERO, "e": NUMBER})


def text(m):
    """x ← ax + bv + c·u, v ← dx + ev + f·u with u the gradient at x + hv; the iterate is x."""
    return f"""
iteration plain
start: x = start, v = 0
step:
  u = gradient(x + ({m["h"]})*v)
  old = x
  x = ({m["a"]})*x + ({m["b"]})*v + ({m["c"]})*u
  v = ({m["d"]})*old + ({m["e"]})*v + ({m["f"]})*u
output: x
"""


def changed(m, p, q):
    """The same method with the state v written as p·w + q·x."""
    return f"""
iteration changed
start: x = start, w = ({-q / p})*start
step:
  v = ({p})*w + ({q})*x
  u = gradient(x + ({m["h"]})*v)
  new = ({m["a"]})*x + ({m["b"]})*v + ({m["c"]})*u
  other = ({m["d"]})*x + ({m["e"]})*v + ({m["f"]})*u
  x = new
  w = (other - ({q})*new)/({p})
output: x
"""


@SOME
@given(METHOD, NONZERO, NUMBER)
def test_a_change_of_variables_is_found_and_proved(m, p, q):
    answer = equivalent(text(m), changed(m, p, q))
    assert answer.verdict is Verdict.EQUIVALENT
    assert replay(answer.proof, instances=1).ok


@SOME
@given(METHOD, st.sampled_from("acd"), NONZERO)
def test_what_is_called_equal_is_equal_on_long_runs(m, name, change):
    """A changed coefficient may leave the method what it is, for instance where v is never used; then the runs agree."""
    one, other = read_one(text(m)), read_one(text(m | {name: m[name] + change}))
    answer = Question.of(one, other, "constant", {}).answer()
    shared = Oracles([Fraction(n) for n in (3, -2, 5, 1, 7, -4, 2, 9, 6, -8, 4, -1, 10, -3, 8, -6)])
    left, right = (run(method, {}, Fraction(1), shared, 8) for method in (one, other))
    same = not any(map(differ, left.iterates, right.iterates))
    assert (answer.verdict is Verdict.EQUIVALENT) == same or answer.map.variables


@SOME
@given(METHOD, NONZERO)
def test_a_scaled_gradient_is_another_method(m, factor):
    assume(factor != 1)
    answer = Question.of(text(m), text(m | {"c": m["c"] * factor}), "constant", {}).answer()
    assert answer.verdict is Verdict.NOT_EQUIVALENT
    assert answer.counterexample.left != answer.counterexample.right


@SOME
@given(METHOD, METHOD)
def test_the_question_is_symmetric(m, n):
    forwards = Question.of(text(m), text(n), "constant", {}).answer().verdict
    backwards = Question.of(text(n), text(m), "constant", {}).answer().verdict
    assert forwards is backwards
