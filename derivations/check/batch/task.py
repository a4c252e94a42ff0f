"""One file to check: its bytes as text, its text judged, and what keeps it from being read told in its report."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from derivations.check.batch.files import TooManyBytes, read_bytes
from derivations.check.documents import format_of
from derivations.check.documents.decoding import NotText, decoded
from derivations.check.report.result import Report


@dataclass(frozen=True)
class Task:
    """A file and how it is checked: the problem, the format (told from its name when empty), the limit for one line."""

    path: str
    problem: str
    format: str = ""
    seconds: float = 10.0

    def key(self, data: bytes) -> str:
        """What the result depends on."""
        told = f"{_checker()}|{self.path}|{self.problem}|{self.format}|{self.seconds}|".encode("utf-8", "surrogateescape")
        for name in filter(lambda name: name.endswith(".toml"), self.problem.split(",")):
            told += Path(name).read_bytes() if Path(name).exists() else b""
        return hashlib.sha256(told + data).hexdigest()


@lru_cache(maxsize=1)
def _checker() -> str:
    """The version of the checker, and when its code was changed last: reports of another one are not taken over."""
    from derivations import __version__

    room = Path(__file__).parents[1]
    return f"{__version__}|{max(file.stat().st_mtime_ns for file in room.rglob('*.py'))}"


def check_file(task: Task, data: bytes | None = None) -> Report:
    """The report on one file; what keeps it from being read is its `failure`."""
    from derivations.check.checking import TooLarge, check
    from derivations.check.documents.notebook import NotebookError

    try:
        text = decoded(read_bytes(task.path) if data is None else data)
        form = task.format or format_of(task.path, text)
        return check(text, problem=task.problem or None, format=form, file=task.path, seconds=task.seconds)
    except (TooLarge, TooManyBytes, NotText, NotebookError) as error:
        return failed(task, str(error))
    except OSError as error:
        return failed(task, f"cannot be read: {error.strerror or error}")
    except Exception as error:  # a fault of the checker: said of this file, the others are checked all the same
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        return failed(task, f"the checker itself failed: {type(error).__name__}: {error} ({where}); please report this")


def failed(task: Task, why: str) -> Report:
    """A report that says why there is none."""
    return Report(task.path, task.problem, (), failure=why)
