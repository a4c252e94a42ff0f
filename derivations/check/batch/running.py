"""The run: every file in a worker process that is replaced when it dies or takes too long; reports in the order of the files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from derivations.check.batch.files import read_bytes
from derivations.check.batch.journal import Journal
from derivations.check.batch.task import Task, check_file, failed
from derivations.check.comparing.worker import Worker, WorkerDied, WorkerTimeout
from derivations.check.report.result import Report

SECONDS_A_FILE = 600.0
MEMORY = 3_000_000_000
"""Bytes of address space of a worker beyond what the imports took."""
TRIES = 5
"""How often a file is tried whose worker died."""
STARTS = 20
"""How often in a row a worker may die before it is ready."""
_CHECKING = "derivations.check.batch.task:check_file"


@dataclass(frozen=True)
class _Waiting:
    """A file that has no report yet: its place in the order, and what its report depends on."""

    place: int
    task: Task
    key: str


def check_files(
    tasks: Sequence[Task], *, jobs: int = 1, journal: Journal | Path | None = None, done: Callable[[Report], None] | None = None
) -> list[Report]:
    """The reports on all files, in their order.

    jobs: worker processes. journal: where finished reports are kept, so that a killed run can go on. done: called with each
    report as soon as it is there.

    Raises: JournalError.
    """
    book = journal if isinstance(journal, Journal) else Journal(journal)
    found: dict[int, Report] = {}
    waiting: list[_Waiting] = []
    for place, task in enumerate(tasks):
        key = _key(task)
        if key in book.known:
            found[place] = book.known[key]
            if done is not None:
                done(found[place])
        else:
            waiting.append(_Waiting(place, task, key))
    for entry, report in _run(waiting, jobs):
        found[entry.place] = report
        if entry.key:
            book.add(entry.key, report)
        if done is not None:
            done(report)
    return [found[place] for place in range(len(tasks))]


def _key(task: Task) -> str:
    """What the report on a file depends on; nothing for a pipe, which can be read once only, and for what cannot be read."""
    try:
        return task.key(read_bytes(task.path)) if Path(task.path).is_file() else ""
    except (OSError, ValueError):
        return ""


def _run(waiting: Sequence[_Waiting], jobs: int) -> Iterator[tuple[_Waiting, Report]]:
    if jobs <= 1 and len(waiting) <= 1:
        for entry in waiting:
            yield entry, check_file(entry.task)
        return
    hall = _Hall(SimpleQueue(), SimpleQueue())
    for entry in waiting:
        hall.todo.put(entry)
    try:
        hall.open(min(max(jobs, 1), len(waiting)))
        for _ in waiting:
            yield hall.finished.get()
    finally:
        hall.close()


@dataclass
class _Hall:
    """Threads with a worker process each. No two share a pipe or a lock: whichever is killed, the others are not concerned."""

    todo: SimpleQueue[_Waiting | None]
    finished: SimpleQueue[tuple[_Waiting, Report]]
    workers: list[Worker] = field(default_factory=list)
    closed: bool = False

    def open(self, jobs: int) -> None:
        """Start working."""
        for _ in range(jobs):
            self.todo.put(None)
            threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """End all workers at once."""
        self.closed = True
        for worker in list(self.workers):
            worker.process.kill()

    def _work(self) -> None:
        """Take one file after the other, with the same worker as long as it lives."""
        worker: Worker | None = None
        while not self.closed and (entry := self.todo.get()) is not None:
            report: Report | None = None
            for _ in range(TRIES):
                worker = worker or self._hired()
                if worker is None:
                    report = failed(entry.task, f"no worker could be started in {STARTS} tries; the machine may be out of memory")
                    break
                report, worker = self._asked(worker, entry.task)
                if report is not None or self.closed:
                    break
            if report is None:
                report = failed(entry.task, f"the worker died {TRIES} times; the file may need too much memory")
            self.finished.put((entry, report))
        if worker is not None:
            worker.stop()

    def _hired(self) -> Worker | None:
        for _ in range(STARTS):
            if self.closed:
                return None
            try:
                worker = Worker.start(_CHECKING, MEMORY)
            except (WorkerDied, WorkerTimeout, OSError):
                continue
            self.workers.append(worker)
            return worker
        return None

    def _asked(self, worker: Worker, task: Task) -> tuple[Report | None, Worker | None]:
        """The report, and the worker where it lives on."""
        try:
            report: Report = worker.ask((task,), SECONDS_A_FILE)
        except WorkerTimeout:
            return self._without(worker, failed(task, f"no report within {SECONDS_A_FILE:g} s; split the file"))
        except (WorkerDied, OSError):
            return self._without(worker, None)
        return report, worker

    def _without(self, worker: Worker, report: Report | None) -> tuple[Report | None, None]:
        worker.stop()
        self.workers.remove(worker)
        return report, None
