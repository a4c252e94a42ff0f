"""`derivations check`: judge students' derivations line by line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derivations.cli.output import Exit, fail, progress_bar, write

if TYPE_CHECKING:
    from derivations.check.batch import Journal, Task
    from derivations.check.problems import Problem
    from derivations.check.report import Report, Rubric

FORMATS = ("text", "json", "html", "junit", "sarif", "csv", "grades", "gradescope")
INPUTS = ("markdown", "latex", "text", "notebook")
REVEALING = ("text", "json", "html")
"""Formats with room for the solution."""


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@click.option(
    "-p", "--problem", multiple=True, metavar="NAME", help="What the document solves: a name or a TOML file; may be repeated."
)
@click.option("--list-problems", is_flag=True, help="Show the names of all problems.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Form of the report.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("-o", "--output", help="File for the report, or folder for one report a document.  [default: standard output]")
@click.option("--input", "input_format", type=click.Choice(INPUTS), help="Form of the documents.  [default: by suffix]")
@click.option("--rubric", "rubric_file", metavar="FILE", help="Points for each part, as TOML.  [default: those of the problem]")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Worker processes for several files.  [default: one a core]")
@click.option("--journal", metavar="FILE", help="Keep finished reports here until all are written.  [default: beside the output]")
@click.option("--fresh", is_flag=True, help="Start anew; else a run that was killed goes on where it stopped.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Limit for one line.")
@click.option("--quiet", is_flag=True, help="In text, leave out lines without a claim.")
@click.option("--reveal", is_flag=True, help="Show the solution of the problem after the report.")
def command(
    files: tuple[str, ...], problem: tuple[str, ...], list_problems: bool, form: str, as_json: bool, output: str | None,
    input_format: str | None, rubric_file: str | None, jobs: int | None, journal: str | None, fresh: bool, seconds: float,
    quiet: bool, reveal: bool,
) -> None:  # fmt: skip
    """Judge derivations line by line: FILE is Markdown, LaTeX, plain text, a notebook, a folder of them, or - for standard input.

    Exit code 0 when every claim is right, 1 when one is wrong, 2 when a file cannot be read, 3 when nothing is wrong but
    something is undecided or unreadable.
    """
    if list_problems:
        from derivations.check.problems import problem_names

        click.echo("\n".join(problem_names()))
        return
    if not files:
        fail("name the files to check, or - for standard input; `derivations check --help` shows how")
    form = "json" if as_json else form
    known = _problem(",".join(problem))
    solution = _solution(known, form) if reveal else ""
    rubric = _rubric(rubric_file, known)
    tasks = _tasks(files, ",".join(problem), input_format or "", seconds)
    book = _journal(tasks, journal, output, fresh)
    reports = _reports(tasks, book, jobs or os.cpu_count() or 1, journal is not None)
    _write(reports, form, rubric, output, quiet, solution)
    book.close()
    codes = {report.exit_code for report in reports}
    sys.exit(next((code for code in (Exit.USAGE, Exit.WRONG, Exit.UNDECIDED) if code in codes), Exit.GOOD))


def _problem(name: str) -> Problem:
    from derivations.check.problems import ProblemError, UnknownProblem
    from derivations.check.problems import problem as load
    from derivations.check.reader.notation import NotationError

    try:
        return load(name)
    except (UnknownProblem, ProblemError, NotationError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot read the problem {error.filename}: {error.strerror}")


def _solution(problem: Problem, form: str) -> str:
    """What --reveal shows."""
    from derivations.check.problems.revealing import revealed

    if form not in REVEALING:
        fail(f"--reveal goes with --format {', '.join(REVEALING)}, not with {form}")
    if problem.is_empty:
        fail("--reveal shows the solution of a problem; name it with --problem")
    return revealed(problem)


def _rubric(path: str | None, problem: Problem) -> Rubric | None:
    from derivations.check.report import Rubric, RubricError

    try:
        if path is None:
            return Rubric.of(problem.points) if problem.points else None
        return Rubric.from_file(Path(path))
    except OSError as error:
        fail(f"cannot read the rubric {path}: {error.strerror}")
    except RubricError as error:
        fail(f"{path or problem.name}: {error}")


def _tasks(files: tuple[str, ...], problem: str, form: str, seconds: float) -> list[Task]:
    from derivations.check.batch import Task, files_in

    if "-" in files:
        if len(files) > 1:
            fail("standard input is checked on its own: name either - or files")
        return [Task("-", problem, form, seconds)]
    found = files_in(files)
    if not found:
        fail(f"no documents in {', '.join(files)}; checked are .md, .qmd, .tex, .txt and .ipynb files")
    return [Task(path, problem, form, seconds) for path in found]


def _journal(tasks: list[Task], asked: str | None, output: str | None, fresh: bool) -> Journal:
    """The journal of the run: the one asked for, or for several files one where it is looked for again."""
    from derivations.check.batch import Journal, journal_beside

    if asked is None and (len(tasks) == 1 or not all(Path(task.path).is_file() for task in tasks[:1])):
        return Journal(None)
    path = Path(asked) if asked is not None else journal_beside(output, tasks)
    try:
        if fresh and path.is_file():
            path.unlink()
        book = Journal(path)
    except OSError as error:
        if asked is None:
            return Journal(None)
        fail(f"cannot read the journal {path}: {error.strerror}")
    if book.known:
        click.echo(f"going on with a run before: {len(book.known)} reports in {path} (--fresh starts anew)", err=True)
    return book


def _reports(tasks: list[Task], book: Journal, jobs: int, strict: bool) -> list[Report]:
    """The reports on all files; a journal that nobody asked for may be missing, with a word about it."""
    from derivations.check.batch import JournalError, check_files

    if tasks[0].path == "-":
        return [_standard_input(tasks[0])]
    book.unwritable = None if strict else lambda error: click.echo(f"derivations: {error}; going on without it", err=True)
    try:
        if len(tasks) == 1:
            return check_files(tasks, journal=book)
        with progress_bar() as bar:
            progress = bar.add_task("check", total=len(tasks))
            return check_files(tasks, jobs=jobs, journal=book, done=lambda report: bar.advance(progress))
    except JournalError as error:
        fail(str(error))
    except KeyboardInterrupt:
        kept = f"; {len(book.known)} finished reports are in {book.path}, the same command goes on" if book.path else ""
        fail(f"interrupted{kept}")


def _standard_input(task: Task) -> Report:
    from dataclasses import replace

    from derivations.check.batch import check_file, read_stream

    try:
        data = read_stream(sys.stdin.buffer)
    except (OSError, ValueError) as error:
        fail(f"standard input: {error}")
    return replace(check_file(task, data), file="standard input")


def _write(reports: list[Report], form: str, rubric: Rubric | None, output: str | None, quiet: bool, solution: str) -> None:
    from derivations.check.report.writing import is_folder, text_of, write_folder

    if output is not None and is_folder(output, len(reports)):
        try:
            write_folder(Path(output), reports, form, rubric, quiet=quiet, solution=solution)
        except OSError as error:
            where = error.filename or output
            fail(f"cannot write {where}: {error.strerror}; make room or choose another folder with -o, and run again")
        return
    terminal = output in (None, "-") and sys.stdout.isatty() and form == "text"
    columns = int(os.environ.get("COLUMNS", "0") or 0) if os.environ.get("COLUMNS", "0").isdigit() else 0
    if terminal and not columns:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    colour = terminal and not os.environ.get("NO_COLOR")
    write(text_of(reports, form, rubric, colour=colour, quiet=quiet, columns=columns, solution=solution), output)
