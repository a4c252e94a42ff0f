"""The journal of a run: finished reports, one a line, so that a killed run goes on behind the last whole one."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivations.check.batch.task import Task
from derivations.check.report.result import LineResult, Report
from numeric.failures import Failure

DAYS_KEPT = 30
"""A journal that nobody goes on with is thrown away after so many days."""


@dataclass(eq=False)
class JournalError(Failure, OSError):
    """A journal that cannot be written: which file, why, what to do."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"cannot write the journal {self.path}: {self.why}; what is in it is kept, make room and run again"


@dataclass
class Journal:
    """Finished reports by what they depend on. path: nothing keeps none."""

    path: Path | None
    known: dict[str, Report] = field(default_factory=dict)
    unwritable: Callable[[JournalError], None] | None = None
    """What is told once when the journal cannot be written, and the run goes on; without it the run ends."""

    def __post_init__(self) -> None:
        if self.path is None or not self.path.is_file():
            return
        for row in self.path.read_bytes().split(b"\n"):
            try:
                entry = json.loads(row)
                self.known[entry["key"]] = _restored(entry["report"])
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # cut off by the end of the run before

    def add(self, key: str, report: Report) -> None:
        """Write a report down before it counts as done. Raises: JournalError."""
        if self.path is None or report.failure:
            return
        row = json.dumps({"key": key, "report": _stored(report)}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as stream:
                stream.write(b"\n" + row.encode("utf-8", "surrogatepass") + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            failure = JournalError(self.path, error.strerror or str(error))
            if self.unwritable is None:
                raise failure from None
            self.unwritable(failure)
            self.path = None
            return
        self.known[key] = report

    def close(self) -> None:
        """All is done and written: the journal is no longer needed."""
        if self.path is not None and self.path.is_file():
            self.path.unlink(missing_ok=True)


def _stored(report: Report) -> dict[str, Any]:
    rows = [{**line.as_dict(), "label": line.label, "start": line.start, "end": line.end} for line in report.lines]
    return {**report.as_dict(), "lines": rows, "text": report.text, "format": report.format, "seconds": report.seconds}


def _restored(row: dict[str, Any]) -> Report:
    return Report(
        row["file"], row["problem"] or "", tuple(LineResult.from_dict(line) for line in row["lines"]), row.get("text", ""),
        row.get("format", "markdown"), row.get("seconds", 0.0), row.get("failure", ""),
        tuple(row.get("notes", ())),
    )  # fmt: skip


def journal_beside(output: str | None, tasks: Sequence[Task]) -> Path:
    """Where the journal of a run is kept when nothing else is said: beside the output, else where programs keep their state."""
    if output not in (None, "-"):
        place = Path(str(output))
        if place.parent.is_dir() and (place.is_file() or not place.exists()):
            return place.with_name(f".{place.name}.journal")
    told = "\n".join(f"{os.path.abspath(task.path)}|{task.problem}|{task.format}|{task.seconds}" for task in tasks)
    name = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return _state() / f"check-{name}.journal"


def _state() -> Path:
    """The folder for what programs remember between runs, without journals that were forgotten."""
    above = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    folder = (Path(above) if above else Path(os.path.expanduser("~")) / ".local" / "state") / "derivations"
    oldest = time.time() - DAYS_KEPT * 86_400
    with suppress(OSError):  # another run was faster, or the folder is not ours
        for file in list(folder.glob("check-*.journal")):
            if file.stat().st_mtime < oldest:
                file.unlink()
    return folder
