"""Many files at once: found in folders, checked by worker processes, kept in a journal so that a killed run goes on."""

from __future__ import annotations

from derivations.check.batch.files import MAX_BYTES, files_in, read_bytes, read_stream
from derivations.check.batch.journal import Journal, JournalError, journal_beside
from derivations.check.batch.running import check_files
from derivations.check.batch.task import Task, check_file

__all__ = [
    "MAX_BYTES", "Journal", "JournalError", "Task", "check_file", "check_files", "files_in", "journal_beside",
    "read_bytes", "read_stream",
]  # fmt: skip
