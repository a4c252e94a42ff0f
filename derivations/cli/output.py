"""What the commands share: where results and messages go, and exit codes."""

from __future__ import annotations

import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Exit(IntEnum):
    """Exit codes of every command."""

    GOOD = 0
    WRONG = 1
    USAGE = 2
    UNDECIDED = 3


def fail(message: str) -> NoReturn:
    """Stop with a usage or input error: the message on standard error, exit code 2."""
    click.echo(f"derivations: {message}", err=True)
    sys.exit(Exit.USAGE)


def console(*, err: bool = False) -> Console:
    """A console on standard output or error; colour only on a terminal and never under NO_COLOR."""
    from rich.console import Console

    return Console(stderr=err, highlight=False, soft_wrap=True)


def progress_bar() -> Progress:
    """A progress bar on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console(err=True)
    )


def write(text: str, output: str | None) -> None:
    """Write a result to a file, or to standard output when `output` is None or "-"."""
    try:
        if output in (None, "-"):
            click.echo(text, nl=not text.endswith("\n"))
            sys.stdout.flush()
        else:
            write_whole(Path(str(output)), text)
    except BrokenPipeError:
        raise  # the reader has seen enough
    except OSError as error:
        where = "to standard output" if output in (None, "-") else output
        fail(f"cannot write {where}: {error.strerror}; choose another file with -o")


def write_whole(path: Path, text: str) -> None:
    """Write a file all at once or not at all: what stood there before stays until the new text is complete. Raises: OSError."""
    if path.exists() and not path.is_file():  # a device or a pipe
        path.write_text(text, encoding="utf-8", errors="replace")
        return
    path = path.resolve()
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, encoding="utf-8", errors="replace")
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def read(source: str) -> str:
    """The text of a file, or of standard input for "-"."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        fail(f"cannot read {source}: {error.strerror}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        fail(f"{source} is not UTF-8 text: byte {error.start} is {data[error.start]:#04x}")
