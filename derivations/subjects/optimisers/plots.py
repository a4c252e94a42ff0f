"""Trajectories of two iterations on one objective, drawn: they coincide, or one sees where they part (extra `plots`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations.subjects.optimisers.answers import Equivalence, Verdict
from derivations.subjects.optimisers.trajectories import coefficients, oracles_of, paths

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class PlotsMissingError(ImportError):
    """A drawing was asked for without matplotlib."""

    def __init__(self) -> None:
        super().__init__("drawing needs matplotlib; install it with `pip install 'derivations[plots]'`")


def trajectories(answer: Equivalence, seed: int = 0) -> dict[str, tuple[str, list[float], list[float]]]:
    """Objective → what is followed over 30 steps, for both methods, from one start and one set of coefficients drawn with `seed`.

    The iterates; or the points queried, where those are what is the same.
    """
    rng = np.random.default_rng(seed)
    values = coefficients(answer.compared, answer.schedules, rng)
    found = {}
    for name, ask in oracles_of(rng).items():
        what, one, other = paths(answer, values, ask)
        found[name] = what, [float(x) for x in one], [float(x) for x in other]
    return found


def plot(answer: Equivalence, path: str | Path | None = None, seed: int = 0) -> Figure:
    """The iterates of both methods on each objective, one panel an objective; written to `path` when it is given.

    Raises: PlotsMissingError without matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PlotsMissingError from error
    drawn = trajectories(answer, seed)
    figure: Any = Figure(figsize=(4 * len(drawn), 3.3), layout="constrained")
    for panel, (name, (what, left, right)) in zip(figure.subplots(1, len(drawn)), drawn.items(), strict=True):
        panel.plot(left, "-", color="tab:blue", label=answer.a.name)
        panel.plot(right, "--" if answer.verdict is Verdict.EQUIVALENT else "-.", color="tab:orange", label=answer.b.name)
        panel.set(title=name, xlabel="step" if what == "iterate" else "call", ylabel=what)
        panel.legend(fontsize="small")
    said = {Verdict.EQUIVALENT: "make the same steps", Verdict.NOT_EQUIVALENT: "part", Verdict.UNDECIDED: "are undecided"}
    figure.suptitle(f"{answer.a.name} and {answer.b.name} {said[answer.verdict]}")
    if path is not None:
        figure.savefig(path)
    result: Figure = figure
    return result
