"""The catalogue: every named derivation with the function that builds it; near names for a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from derivations.core.derivation import Derivation
from derivations.subjects import information, naive_bayes, networks, optimisers
from derivations.subjects.backprop import entries as backprop
from derivations.subjects.likelihood import structured
from derivations.subjects.matrices import cookbook

CATALOGUE: dict[str, Callable[[], Derivation]] = {
    **naive_bayes.ENTRIES,
    **structured.ENTRIES,
    **networks.ENTRIES,
    **optimisers.ENTRIES,
    **information.ENTRIES,
    **cookbook.ENTRIES, **backprop.ENTRIES,
}


class UnknownDerivation(LookupError):
    """A name that is not in the catalogue, with the nearest ones."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        self.name, self.nearest = name, nearest
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else "`derivations list` shows the names"
        super().__init__(f"no derivation is called {name!r}; {hint}")


def catalogue() -> tuple[str, ...]:
    """The names of all derivations, in reading order.

    >>> "gaussian-naive-bayes/mle" in catalogue()
    True
    """
    return tuple(CATALOGUE)


def derive(name: str) -> Derivation:
    """The derivation of that name, built by the engine now.

    Raises: UnknownDerivation, with the nearest names.

    >>> derive("gaussian-naive-bayes/prior").estimates
    {alpha[k]: n[k]/N}
    """
    return CATALOGUE[require(name)]()


def require(name: str) -> str:
    """The name itself when it is in the catalogue. Raises: UnknownDerivation, with the nearest names."""
    if name not in CATALOGUE:
        raise UnknownDerivation(name, nearest_names(name))
    return name


def nearest_names(name: str) -> tuple[str, ...]:
    """Up to three catalogue names like the one given, whole or in their last part."""
    names = catalogue()
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    tails = {tail: full for full in reversed(names) for tail in (full.rpartition("/")[2],)}
    close += [tails[tail] for tail in difflib.get_close_matches(name.rpartition("/")[2], tails, n=3, cutoff=0.6)]
    return tuple(dict.fromkeys(close))[:3]
