"""`derivations.equivalent`: the question of the optimisers, for methods that may be written in LaTeX as well."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from derivations.check.recurrences.assembling import iteration_of, looks_like_latex
from derivations.subjects.optimisers import equivalence
from derivations.subjects.optimisers.answers import Equivalence, Schedules
from derivations.subjects.optimisers.iteration import Iteration


def equivalent(
    a: str | Iteration,
    b: str | Iteration,
    *,
    schedules: Schedules = "constant",
    map: Mapping[str, str | int | Expr] | None = None,
    steps: tuple[int, int] = (1, 1),
) -> Equivalence:
    r"""Whether two iterative methods make the same steps from the same start for every objective.

    a, b: a name in the library, the text form of an iteration, formulas in LaTeX, or an Iteration. Parameters of one name
        are the same number.
    schedules: "constant"; "any": every parameter that may be scheduled varies freely; or the names of those that vary.
    map: parameters of b (or of a, where b has none of that name) in terms of the others, such as {"eta": "eta/(1-mu)"}.
        "a.mu" and "b.mu" name a side. Without it a map is looked for; an empty one says that names are enough.
    steps: so many steps of a are compared with so many steps of b, for constant parameters.

    Raises: ReadingError with line and column for formulas; UnknownIteration, IterationError, ScheduleError.

    >>> mine = r"v^{k+1} = \beta v^k - \alpha \nabla f(\theta^k), \theta^{k+1} = \theta^k + v^{k+1}, v^0 = 0"
    >>> answer = equivalent(mine, "heavy-ball")
    >>> answer.verdict.value, answer.map.variables["b.theta"]
    ('equivalent', a.theta)
    """
    first, second = (_read(method, side) for side, method in (("first", a), ("second", b)))
    return equivalence.equivalent(first, second, schedules=schedules, map=map, steps=steps)


def _read(method: str | Iteration, side: str) -> str | Iteration:
    if isinstance(method, str) and looks_like_latex(method):
        return iteration_of(method, f"{side}-recurrence")
    return method
