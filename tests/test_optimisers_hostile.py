"""Methods that are large, dense or grow fast: limits give named errors, or an answer that says less, never a wait."""

import random
from fractions import Fraction

import pytest
from sympy import QQ, ring
from test_optimisers_pairs import gd, it

from derivations.subjects.optimisers.arithmetic import MAX_BITS, NumberTooLarge, plus, power, times
from derivations.subjects.optimisers.elimination import Space, TooMuchWork
from derivations.subjects.optimisers.equivalence import equivalent
from derivations.subjects.optimisers.iteration import IterationError
from derivations.subjects.optimisers.questions import Question


def delayed(by, count=31):
    shift = "; ".join(f"d{n} = d{n - 1}" for n in range(count - 1, 0, -1))
    states = ", ".join(f"d{n} = 0" for n in range(count))
    return it("delay", "eta > 0", f"theta = start, {states}", f"{shift}; d0 = gradient(theta); theta = theta - eta*d{by}")


def dense(size, letters, seed, state="s"):
    """A linear method whose every new state uses all states with coefficients drawn from a few letters."""
    drawn = random.Random(seed)
    sums = [" + ".join(f"{drawn.choice(letters)}*{state}{j}" for j in range(size)) for _ in range(size)]
    new = [f"n{i} = {total} - {drawn.choice(letters)}*g" for i, total in enumerate(sums)]
    program = "; ".join([f"g = gradient({state}0)", *new, *(f"{state}{i} = n{i}" for i in range(size))])
    start = ", ".join(f"{state}{i} = {'start' if i == 0 else 0}" for i in range(size))
    return it("dense", ", ".join(f"{p} > 0" for p in letters), start, program, f"{state}0")


def test_methods_of_thirty_two_states_are_decided():
    assert equivalent(delayed(30), delayed(30)).verdict == "equivalent"
    answer = Question.of(delayed(30), delayed(29), "constant", {}).answer()
    assert answer.verdict == "not-equivalent"
    assert answer.counterexample.step == 30


def test_methods_with_too_many_states_are_refused():
    with pytest.raises(IterationError, match="at most 32 state variables"):
        equivalent(delayed(30, 200), "gradient-descent")


@pytest.mark.parametrize(("size", "letters"), [(3, "abc"), (6, "abcde")])
def test_dense_methods_with_many_letters_are_decided(size, letters):
    """Where coefficients grow too large, relations free of them are found on samples and proved with letters."""
    one = dense(size, letters, 0)
    assert equivalent(one, dense(size, letters, 0, "z")).verdict == "equivalent"
    assert Question.of(one, dense(size, letters, 1), "constant", {}).answer().verdict == "not-equivalent"


def test_a_map_that_takes_too_much_work_is_not_found_but_the_names_differ():
    answer = equivalent(dense(5, "abcd", 0), dense(5, "abcd", 1))
    assert answer.verdict == "not-equivalent"
    assert answer.counterexample is not None


def test_many_parameters_are_compared():
    names = [f"p{n}" for n in range(30)]
    one, other = (" + ".join(order) for order in (names, names[::-1]))
    method = "theta = theta - ({})*gradient(theta)"
    listed = ", ".join(names)
    assert equivalent(gd(method.format(one), listed), gd(method.format(other), listed)).verdict == "equivalent"


def test_numbers_that_grow_without_end_are_given_up():
    fast = gd("; ".join(["theta = theta**8"] * 12 + ["theta = theta - gradient(theta)"]))
    answer = equivalent(fast, "gradient-descent")
    assert answer.verdict == "not-equivalent"
    for base, exponent in ((Fraction(4), Fraction(10**9)), (Fraction(2), Fraction(-MAX_BITS))):
        with pytest.raises(NumberTooLarge):
            power(base, exponent)


def test_a_space_takes_rows_in_and_tells_what_is_new():
    space = Space([[QQ(1), QQ(2), QQ(3)], [QQ(2), QQ(4), QQ(6)], [QQ(0), QQ(1), QQ(1)]])
    assert (space.rows, space.pivots) == ([[1, 0, 1], [0, 1, 1]], [0, 1])
    assert not any(space.remainder([QQ(3), QQ(5), QQ(8)]))
    assert any(space.remainder([QQ(0), QQ(0), QQ(1)]))
    assert Space.annihilator(space, 3, QQ).rows == [[1, 1, -1]]


def test_a_reduction_that_grows_is_given_up():
    letters = ring([f"x{n}" for n in range(6)], QQ)
    field = letters[0].to_field()
    entries = [field(x) for x in letters[1:]]
    drawn = random.Random(0)
    rows = [[sum((drawn.choice(entries) for _ in range(3)), field.zero) for _ in range(8)] for _ in range(8)]
    with pytest.raises(TooMuchWork, match="numbers with a map"):
        Space(rows)


def test_products_and_sums_are_exact_up_to_the_limit():
    large = power(Fraction(2), Fraction(MAX_BITS - 10, 2))
    assert times(large, large) == 2 ** (MAX_BITS - 10)
    with pytest.raises(NumberTooLarge):
        times(times(large, large), Fraction(2**11))
    with pytest.raises(NumberTooLarge):
        plus(times(large, large) * 2**9, times(large, large) * 2**9)


def test_a_method_that_forgets_its_state_is_compared_like_any_other():
    forgetful = it("forgetful", "eta > 0", "theta = start", "theta = 1")
    assert equivalent(forgetful, "keras-sgd").verdict.value == "not-equivalent"
    assert equivalent(forgetful, forgetful).verdict.value == "equivalent"
