"""The library of iterations: text files of rules, read once, and near names for a misspelt one."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import resources

from derivations.subjects.optimisers.iteration import Iteration, IterationError
from derivations.subjects.optimisers.reading import read

FILES = ("momentum.rules", "adaptive.rules", "splitting.rules")


class UnknownIteration(LookupError):
    """A name that is not in the library, with the nearest ones."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        self.name, self.nearest = name, nearest
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else "`derivations equivalent --list` shows the names"
        super().__init__(f"no iteration is called {name!r}; {hint}")


@cache
def library() -> dict[str, Iteration]:
    """Name → iteration, in the order of the files.

    >>> library()["pytorch-sgd"].title
    'PyTorch SGD with momentum'
    """
    found: dict[str, Iteration] = {}
    for file in FILES:
        for iteration in read(resources.files(__package__).joinpath(file).read_text(encoding="utf-8")):
            if iteration.name in found:
                raise IterationError(iteration.name, "is in the library twice", "rename one of the two")
            found[iteration.name] = iteration
    return found


def named(name: str) -> Iteration:
    """The iteration of that name. Raises: UnknownIteration, with the nearest names."""
    known = library()
    if name not in known:
        raise UnknownIteration(name, tuple(difflib.get_close_matches(name, known, n=3, cutoff=0.5)))
    return known[name]
