"""The files to check: named ones as they are, and in folders all that can be checked, in order; how their bytes are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from derivations.check.documents import SUFFIXES
from numeric.failures import Failure

MAX_BYTES = 8_000_000
_LEFT_OUT = frozenset(("__MACOSX", "node_modules"))
"""Folders that hold no student's work; those whose name starts with a dot are left out too."""


def files_in(paths: Sequence[str]) -> list[str]:
    """The files named, and in folders all that can be checked, in order, each once.

    Links to folders are followed, but no folder is entered twice. A folder that cannot be listed stands for itself: its report
    says why.
    """
    found: list[str] = []
    for path in paths:
        found += sorted(_inside(path)) if os.path.isdir(path) else [path]
    return list(dict.fromkeys(found))


def _inside(folder: str) -> Iterator[str]:
    """The files of a folder and of those in it."""
    entered: set[tuple[int, int]] = set()
    closed: list[str] = []
    for above, folders, names in os.walk(folder, onerror=lambda error: closed.append(str(error.filename)), followlinks=True):
        place = os.stat(above)
        if (place.st_dev, place.st_ino) in entered:
            folders.clear()
            continue
        entered.add((place.st_dev, place.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _LEFT_OUT)
        for name in names:
            file = Path(above, name)
            if SUFFIXES.get(file.suffix.lower()) is not None and file.suffix and not name.startswith(".") and file.is_file():
                yield str(file)
    yield from closed


@dataclass(eq=False)
class TooManyBytes(Failure, ValueError):
    """A file with more bytes than are read."""

    most: int

    def __str__(self) -> str:
        return f"the file has more than {self.most:,} bytes; split it into parts"


def read_bytes(path: str) -> bytes:
    """The bytes of a file or a pipe. Raises: OSError, TooManyBytes."""
    if os.path.isdir(path):
        os.listdir(path)
    with open(path, "rb") as stream:
        return read_stream(stream)


def read_stream(stream: IO[bytes]) -> bytes:
    """The bytes of an open file, not more than are read of one. Raises: OSError, TooManyBytes."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooManyBytes(MAX_BYTES)
    return data
