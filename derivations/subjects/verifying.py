"""Verification of many catalogue entries side by side, in worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from derivations.core.reports import Report
from derivations.subjects.catalogue import derive


def verify_all(
    names: Sequence[str], *, samples: int = 400, seed: int = 0, jobs: int | None = None,
    done: Callable[[str], None] = lambda name: None,
) -> tuple[Report, ...]:  # fmt: skip
    """The reports of the named derivations, in the order given; `done` is called as each one is finished.

    The result does not depend on `jobs` (default: one a core), because every derivation has its own seeded generators.
    """
    workers = min(jobs or os.cpu_count() or 1, len(names))
    if workers <= 1:
        reports = []
        for name in names:
            reports.append(_verify(name, samples, seed))
            done(name)
        return tuple(reports)
    found: dict[str, Report] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(_verify, name, samples, seed): name for name in names}
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            done(futures[future])
    return tuple(found[name] for name in names)


def _verify(name: str, samples: int, seed: int) -> Report:
    return derive(name).verify(samples=samples, seed=seed)
