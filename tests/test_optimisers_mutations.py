"""Every coefficient of every rule of the library, changed: what was equivalent gets a counterexample."""

from dataclasses import replace
from functools import cache

import pytest
from sympy import Mul, Pow, Rational

from derivations.subjects.optimisers.answers import Verdict
from derivations.subjects.optimisers.iteration import Assignment
from derivations.subjects.optimisers.library import library, named
from derivations.subjects.optimisers.questions import Question

CHANGE = Rational(4, 3)
SAME_METHOD = {("lion", "4*gradient(theta)/3"), ("lion", "4*beta1*m/3 + 4*g*(1 - beta1)/3")}
"""What the sign of a number does not tell: all gradients or all of the average scaled."""
PARTNERS = {
    "heavy-ball": ("keras-sgd", "pytorch-sgd"), "heavy-ball-velocity": ("optax-sgd",), "nesterov": ("sutskever-nesterov",),
    "nesterov-look-ahead": ("nesterov",), "sutskever-nesterov": ("keras-sgd-nesterov",),
    "pytorch-sgd": ("keras-sgd", "optax-sgd"),
    "pytorch-sgd-nesterov": ("optax-sgd-nesterov",), "optax-sgd": ("pytorch-sgd", "heavy-ball"),
    "optax-sgd-nesterov": ("pytorch-sgd-nesterov",), "tensorflow-momentum": ("pytorch-sgd",),
    "tensorflow-momentum-nesterov": ("optax-sgd-nesterov",), "keras-sgd": ("pytorch-sgd", "heavy-ball"),
    "keras-sgd-nesterov": ("pytorch-sgd-nesterov",), "sgd-decoupled-decay": ("keras-sgd-weight-decay",),
    "keras-sgd-weight-decay": ("sgd-decoupled-decay",), "ema-momentum": ("primal-averaging",),
    "primal-averaging": ("ema-momentum",), "adam-pytorch": ("adam-optax",), "adam-optax": ("adam-pytorch",),
    "rmsprop-keras": ("rmsprop-optax",), "rmsprop-optax": ("rmsprop-keras",),
}  # fmt: skip
"""Methods that a rule is equivalent to with parameters of one name the same, besides itself."""


def variants(expression):
    """The expression with one part of it, at any depth, four thirds of what it was; exponents stay."""
    if expression != 0:
        yield expression * CHANGE
    for place, part in enumerate(expression.args):
        if isinstance(expression, Pow) and place == 1:
            continue
        for changed in variants(part):
            if not (isinstance(expression, Mul) and changed == part * CHANGE):
                yield expression.func(*expression.args[:place], changed, *expression.args[place + 1 :])


@cache
def mutants(name):
    """Every mutant of a rule once, with what was changed."""
    iteration, found = named(name), {}
    for part in ("start", "first", "step"):
        program = getattr(iteration, part)
        for place, assignment in enumerate(program):
            for value in variants(assignment.value):
                changed = (*program[:place], Assignment(assignment.name, value), *program[place + 1 :])
                if value != assignment.value:  # SymPy drops positive numbers from the argument of a sign
                    found.setdefault((part, place, value), replace(iteration, **{part: changed}))
    return found


@pytest.mark.parametrize("name", list(library()))
def test_every_changed_coefficient_is_seen(name):
    for partner in (name, *PARTNERS.get(name, ())):
        assert Question.of(partner, name, "constant", {}).answer(False).verdict is Verdict.EQUIVALENT
        for (_, _, value), mutant in mutants(name).items():
            answer = Question.of(partner, mutant, "constant", {}).answer(False)
            same = (name, str(value)) in SAME_METHOD
            assert answer.verdict is (Verdict.UNDECIDED if same else Verdict.NOT_EQUIVALENT), (partner, value)
            assert (answer.counterexample is None) == same


def test_there_are_many_mutants_of_every_rule():
    assert min(len(mutants(name)) for name in library()) >= 3
    assert sum(len(mutants(name)) for name in library()) > 500
