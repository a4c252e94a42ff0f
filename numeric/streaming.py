"""Sufficient statistics gathered in one pass, in chunks, or merged from parts in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr

from numeric.evaluate_slowly import evaluate_slowly
from numeric.pointwise import Pointwise, is_quiet, pointwise
from numeric.sufficient import Plan
from numeric.tracks import Extreme, Powers, Spread, Total, Track, largest, smallest

Array = NDArray[Any]
BLOCK = 20_000
"""Entries taken at once: few enough that a block stays in the cache, many enough that the calls do not count."""


@dataclass
class Gathering:
    """A plan with numbers for what is known: the functions whose sums are taken, made once for many states."""

    plan: Plan
    known: Mapping[Basic, Any]
    inside: Callable[[Array], bool] | None = None
    """Whether a block lies in the domain of the sample; None where that says nothing."""

    @cached_property
    def functions(self) -> dict[Expr, Pointwise]:
        """t(x) on arrays, for each t that a track follows."""
        bases = {self.plan.power(body)[0] for body in self.plan.moments}
        return {base: pointwise(base, self.plan.entry, self.plan.size, self.known) for base in bases}

    @cached_property
    def quiet(self) -> bool:
        """Whether NumPy warns only where a statistic is not finite."""
        return all(is_quiet(base, self.plan.entry) for base in self.functions)

    @cached_property
    def notices_infinity(self) -> bool:
        """Whether an infinite observation shows in the domain, an extreme or a sum."""
        ends = np.array([-np.inf, np.inf])
        with np.errstate(all="ignore"):
            seen = {end for end in (0, 1) if self.inside is not None and not self.inside(ends[end : end + 1])}
            seen |= {int(name == "largest") for name in self.plan.extremes}
            for function in self.functions.values():
                seen |= set(np.flatnonzero(~np.isfinite(function(ends) + np.zeros(2))).tolist())
        return len(seen) == 2

    @cached_property
    def places(self) -> dict[tuple[Expr, str], tuple[int, int]]:
        """(moment, "total" or "spread") → the position of its track, and the power of the track's function."""
        return self._laid_out[1]

    def tracks(self) -> list[Track]:
        """Empty tracks, those of the extremes last."""
        found = [make() for make in self._laid_out[0]]
        for name in self.plan.extremes:
            reduction, choose = _EXTREMES[name]
            found.append(Extreme(reduction, choose))
        return found

    @cached_property
    def _laid_out(self) -> tuple[list[Callable[[], Track]], dict[tuple[Expr, str], tuple[int, int]]]:
        plan = self.plan
        makers: list[Callable[[], Track]] = []
        places: dict[tuple[Expr, str], tuple[int, int]] = {}
        degrees: dict[Expr, int] = {}
        for body in plan.moments:
            base, power = plan.power(body)
            degrees[base] = max(power, degrees.get(base, 0))
        for base, degree in degrees.items():
            function = self.functions[base]
            if base in plan.spreads:
                places[base, "spread"] = places[base, "total"] = len(makers), 1
                makers.append(partial(Spread, function))
            if degree > 1 or base not in plan.spreads:
                for body in plan.moments:
                    if plan.power(body)[0] == base:
                        places[body, "total"] = len(makers), plan.power(body)[1]
                pivoted = degree > 1 or base in plan.delicate
                makers.append(partial(Powers, function, degree) if pivoted else partial(Total, function))
        return makers, places


@dataclass
class State:
    """What has been gathered so far: a count and, for each statistic, a track."""

    gathering: Gathering
    count: int = 0
    tracks: list[Track] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hold(self.tracks or self.gathering.tracks())
        self._inside = self.gathering.inside
        self._notices = self.gathering.notices_infinity
        self._quiet = self.gathering.quiet and self._notices

    def _hold(self, tracks: list[Track]) -> None:
        self.tracks = tracks
        self._parts: list[Callable[[Array], Any]] = [track.part for track in tracks]
        self._joins: list[Callable[..., None]] = [track.join for track in tracks]

    @property
    def known(self) -> Mapping[Basic, Any]:
        """The numbers for what is known."""
        return self.gathering.known

    def add(self, data: Array) -> bool:
        """Gather more observations; False, and nothing gathered, when one of them, or a statistic, is not a finite number."""
        count = len(data)
        if count <= BLOCK and self.count:
            if self._quiet:
                try:
                    return self._add_block(data, count)
                except (RuntimeWarning, FloatingPointError):  # where warnings are errors
                    return False
            with np.errstate(all="ignore"):
                return self._add_block(data, count)
        before, tracks = self.count, deepcopy(self.tracks) if self.count else self.gathering.tracks()
        with np.errstate(all="ignore"):
            if all(self._add_block(data[at : at + BLOCK], min(BLOCK, count - at)) for at in range(0, count, BLOCK)):
                return True
        self.count = before
        self._hold(tracks)
        return False

    def _add_block(self, block: Array, count: int) -> bool:
        inside = self._inside
        if not count or (inside is not None and not inside(block)):
            return False
        if not (self._notices or np.isfinite(block).all()):
            return False
        before = self.count
        if len(self._parts) == 1:
            part = self._parts[0](block)
            if not (isfinite(part) if type(part) is float else all(map(isfinite, part))):
                return False
            self._joins[0](part, count, before)
        else:
            parts = [seen(block) for seen in self._parts]
            for part in parts:
                if not (isfinite(part) if type(part) is float else all(map(isfinite, part))):
                    return False
            for join, part in zip(self._joins, parts, strict=True):
                join(part, count, before)
        self.count = before + count
        return True

    def merge(self, other: State) -> None:
        """Take in what another state of the same plan has gathered."""
        if other.count:
            for track, more in zip(self.tracks, other.tracks, strict=True):
                track.merge(more, other.count, self.count)  # type: ignore[arg-type]
            self.count += other.count

    def values(self) -> list[float]:
        """The closed forms on what has been gathered. Raises: numeric failures where a form is not defined."""
        return [float(evaluate_slowly(form, self.instance())) for form in self.gathering.plan.forms]

    def instance(self) -> dict[Basic, Any]:
        """The statistics by their stand-ins, sums as exact rationals."""
        plan, places = self.gathering.plan, self.gathering.places
        found: dict[Basic, Any] = {plan.size: self.count, **self.known}
        for body, moment in plan.moments.items():
            place, power = places[body, "total"]
            found[moment.total] = self.tracks[place].exact(power, self.count)  # type: ignore[union-attr]
            if body in plan.spreads:
                found[moment.spread] = Fraction(self.tracks[places[body, "spread"][0]].spread)  # type: ignore[union-attr]
        first = len(self.tracks) - len(plan.extremes)
        for track, stand_in in zip(self.tracks[first:], plan.extremes.values(), strict=True):
            found[stand_in] = Fraction(track.value)  # type: ignore[union-attr, arg-type]
        return found


_EXTREMES: dict[str, tuple[Callable[[Array], Any], Callable[[float, float], float]]] = {
    "largest": (largest, max), "smallest": (smallest, min),
}  # fmt: skip

