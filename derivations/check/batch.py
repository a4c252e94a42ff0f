"""Many files at once: worker processes, a journal that survives a killed run, results in the order of the files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivations.check.documents import SUFFIXES, format_of
from derivations.check.report.result import LineResult, Report

MAX_BYTES = 8_000_000
SECONDS_A_FILE = 600.0
MEMORY = 4_000_000_000
TRIES = 3
"""How often a file is tried whose worker died."""


class JournalError(OSError):
    """The journal cannot be written: which file, why, what to do."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"cannot write the journal {path}: {why}; what is in it is kept, make room and run again")


@dataclass(frozen=True)
class Task:
    """One file to check."""

    path: str
    problem: str
    format: str = ""
    seconds: float = 10.0

    def key(self, data: bytes) -> str:
        """What the result depends on."""
        from derivations import __version__

        told = f"{__version__}|{self.path}|{self.problem}|{self.format}|{self.seconds}|".encode()
        if self.problem.endswith(".toml") and Path(self.problem).exists():
            told += Path(self.problem).read_bytes()
        return hashlib.sha256(told + data).hexdigest()


def files_in(paths: Sequence[str]) -> list[str]:
    """The files named, and in folders all that can be checked, in order."""
    found: list[str] = []
    for path in paths:
        place = Path(path)
        if place.is_dir():
            known = {suffix for suffix in SUFFIXES if suffix}
            found += sorted(str(p) for p in place.rglob("*") if p.suffix.lower() in known and p.is_file())
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def check_file(task: Task, data: bytes | None = None) -> Report:
    """The report on one file; what keeps it from being read is its `failure`."""
    from derivations.check.checking import TooLarge, check
    from derivations.check.documents.notebook import NotebookError

    try:
        raw = read_bytes(task.path) if data is None else data
        text = raw.decode("utf-8-sig")
        form = task.format or format_of(task.path, text)
        return check(text, problem=task.problem or None, format=form, file=task.path, seconds=task.seconds)
    except UnicodeDecodeError as error:
        return _failed(task, f"not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}; save it as UTF-8")
    except (TooLarge, NotebookError) as error:
        return _failed(task, str(error))
    except OSError as error:
        return _failed(task, f"cannot be read: {error.strerror or error}")


def read_bytes(path: str) -> bytes:
    """The bytes of a file. Raises: OSError, TooLarge."""
    from derivations.check.checking import TooLarge

    size = os.path.getsize(path)
    if size > MAX_BYTES:
        raise TooLarge("bytes", size, MAX_BYTES)
    return Path(path).read_bytes()


def _failed(task: Task, why: str) -> Report:
    return Report(task.path, task.problem, (), failure=why)


@dataclass
class Journal:
    """Finished reports, one a line: a run that was killed goes on behind the last whole one."""

    path: Path | None
    known: dict[str, Report] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.is_file():
            for row in self.path.read_bytes().split(b"\n"):
                try:
                    entry = json.loads(row)
                    self.known[entry["key"]] = _restored(entry["report"])
                except (ValueError, KeyError, TypeError):
                    continue  # cut off by the end of the run before

    def add(self, key: str, report: Report) -> None:
        """Write a report down before it counts as done. Raises: JournalError."""
        if self.path is None or report.failure.startswith("the worker"):
            return
        row = json.dumps({"key": key, "report": _stored(report)}, ensure_ascii=False)
        try:
            with self.path.open("ab") as stream:
                stream.write(b"\n" + row.encode("utf-8", "surrogatepass") + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise JournalError(self.path, error.strerror or str(error)) from None
        self.known[key] = report

    def close(self) -> None:
        """All is done: the journal is no longer needed."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def _stored(report: Report) -> dict[str, Any]:
    rows = [{**line.as_dict(), "label": line.label, "start": line.start, "end": line.end} for line in report.lines]
    return {**report.as_dict(), "lines": rows, "text": report.text, "format": report.format, "seconds": report.seconds}


def _restored(row: dict[str, Any]) -> Report:
    lines = tuple(LineResult.from_dict(line) for line in row["lines"])
    return Report(
        row["file"],
        row["problem"] or "",
        lines,
        row.get("text", ""),
        row.get("format", "markdown"),
        row.get("seconds", 0.0),
        row.get("failure", ""),
    )


def check_files(
    tasks: Sequence[Task], *, jobs: int = 1, journal: Path | None = None, done: Callable[[Report], None] | None = None
) -> list[Report]:
    """The reports on all files, in their order.

    jobs: worker processes. journal: a file in which finished reports are kept, so that a killed run can go on. done: called with
    each report as it is finished.

    Raises: JournalError.
    """
    book = Journal(journal)
    found: dict[int, Report] = {}
    waiting: list[tuple[int, Task, str]] = []
    for place, task in enumerate(tasks):
        try:
            key = task.key(read_bytes(task.path))
        except (OSError, ValueError):
            key = ""
        if key and key in book.known:
            found[place] = book.known[key]
            if done is not None:
                done(found[place])
        else:
            waiting.append((place, task, key))
    for place, key, report in _run(waiting, jobs):
        found[place] = report
        if key:
            book.add(key, report)
        if done is not None:
            done(report)
    return [found[place] for place in range(len(tasks))]


def _run(waiting: Sequence[tuple[int, Task, str]], jobs: int) -> Iterator[tuple[int, str, Report]]:
    if jobs <= 1 and len(waiting) <= 1:
        for place, task, key in waiting:
            yield place, key, check_file(task)
        return
    yield from _in_workers(waiting, max(jobs, 1))


def _in_workers(waiting: Sequence[tuple[int, Task, str]], jobs: int) -> Iterator[tuple[int, str, Report]]:
    """Each file in a worker process that is replaced when it dies or takes too long."""
    from multiprocessing import get_context

    from pebble import ProcessExpired, ProcessPool

    left = list(waiting)
    tries = dict.fromkeys((place for place, _, _ in waiting), 0)
    with ProcessPool(max_workers=jobs, context=get_context("forkserver"), initializer=_prepare) as pool:
        while left:
            scheduled = [(entry, pool.schedule(check_file, args=(entry[1],), timeout=SECONDS_A_FILE)) for entry in left]
            left = []
            for (place, task, key), future in scheduled:
                tries[place] += 1
                try:
                    yield place, key, future.result()
                except FutureTimeout:
                    yield place, key, _failed(task, f"no report within {SECONDS_A_FILE:g} s; split the file")
                except (ProcessExpired, MemoryError) as error:
                    if tries[place] < TRIES:
                        left.append((place, task, key))
                    else:
                        yield (
                            place,
                            key,
                            _failed(
                                task,
                                f"the worker ended {TRIES} times ({type(error).__name__}); the file may need too much memory",
                            ),
                        )


def _prepare() -> None:
    """Import everything, then take on a limit of memory."""
    import derivations.check.checking  # noqa: F401

    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
