"""Whether two iterations are the same method: decided, proved by induction, or refuted with a counterexample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr

from derivations.subjects.optimisers.answers import Equivalence, Schedules, Verdict
from derivations.subjects.optimisers.iteration import Iteration
from derivations.subjects.optimisers.questions import Question
from derivations.subjects.optimisers.repairs import repair


def equivalent(
    a: str | Iteration,
    b: str | Iteration,
    *,
    schedules: Schedules = "constant",
    map: Mapping[str, str | int | Expr] | None = None,
    steps: tuple[int, int] = (1, 1),
) -> Equivalence:
    """Whether two iterations make the same steps from the same start for every objective.

    a, b: a name in the library, the text of an iteration, or an Iteration. Parameters of one name are the same number.
    schedules: "constant"; "any": every parameter that may be scheduled varies freely; or the names of those that vary.
    map: parameters of b (or of a, where b has none of that name) in terms of the others, such as {"eta": "eta/(1-mu)"}.
        "a.mu" and "b.mu" name a side. Without it a map is looked for; an empty one says that names are enough.
    steps: so many steps of a are compared with so many steps of b, for constant parameters.

    The iterates agree, or each method's iterate is a fixed linear function of the other's state and both query their
    oracles at the same points. Oracles (gradients, proximal operators) are arbitrary functions. Linear iterations with
    constant parameters are decided; `undecided` occurs for others only.

    Raises: UnknownIteration, IterationError, ScheduleError.

    >>> equivalent("pytorch-sgd", "optax-sgd", schedules="any").verdict.value
    'equivalent'
    >>> different = equivalent("pytorch-sgd", "keras-sgd", schedules="any")
    >>> different.verdict.value, different.counterexample.step
    ('not-equivalent', 2)
    """
    question = Question.of(a, b, schedules, map, steps)
    answer = question.answer()
    if answer.verdict is Verdict.NOT_EQUIVALENT:
        answer = replace(answer, repair=repair(question), proof=question.parting(answer))
    return answer
