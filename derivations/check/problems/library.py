"""The library of problems: files beside this module, and one problem for every entry of the catalogue."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from derivations.check.problems.loading import problem_file, problem_from, problem_of
from derivations.check.problems.problem import Problem
from numeric.failures import Failure


@dataclass(eq=False)
class UnknownProblem(Failure, LookupError):
    """A problem that is in no file and not in the catalogue, with the nearest names."""

    name: str
    nearest: tuple[str, ...]

    def __str__(self) -> str:
        shown = "`derivations check --list-problems` shows the names"
        hint = f"did you mean {' or '.join(self.nearest)}?" if self.nearest else shown
        return f"no problem is called {self.name!r}; {hint}"


def _folder() -> Traversable:
    return files("derivations.check.problems").joinpath("files")


@lru_cache(maxsize=1)
def _files() -> dict[str, Traversable]:
    """Name → file, in the order of the names."""
    found: dict[str, Traversable] = {}
    stack = [("", _folder())]
    while stack:
        prefix, folder = stack.pop()
        for entry in folder.iterdir():
            if entry.is_dir():
                stack.append((f"{prefix}{entry.name}/", entry))
            elif entry.name.endswith(".toml"):
                found[prefix + entry.name.removesuffix(".toml")] = entry
    return dict(sorted(found.items()))


def problem_names() -> tuple[str, ...]:
    """The names of all problems.

    >>> "gaussian-naive-bayes/mle-variance" in problem_names()
    True
    """
    from derivations.subjects.catalogue import catalogue

    return tuple(sorted({*_files(), *catalogue()}))


@lru_cache(maxsize=64)
def problem(name: str) -> Problem:
    """A problem by its name, several joined by commas, or a TOML file of one's own.

    >>> problem("gaussian-naive-bayes/mle-variance").title
    'Variances of Gaussian naive Bayes'

    Raises: UnknownProblem, ProblemError, NotationError, OSError.
    """
    if not name:
        return Problem()
    if "," in name:
        first, *others = [problem(part.strip()) for part in name.split(",") if part.strip()]
        for other in others:
            first = first.joined(other)
        return first
    if name.endswith(".toml"):
        return problem_file(Path(name))
    entry = _files().get(name)
    if entry is not None:
        text = entry.read_text(encoding="utf-8")
        return problem_from(tomllib.loads(text), name, text)
    from derivations.subjects.catalogue import catalogue, derive

    if name in catalogue():
        return problem_of(derive(name))
    names = problem_names()
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    near += [full for full in names if full.rpartition("/")[2] == name.rpartition("/")[2]]
    raise UnknownProblem(name, tuple(dict.fromkeys(near))[:3])
