"""`derivations check`: judge students' derivations line by line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derivations.cli.output import Exit, fail, progress_bar, read, write

if TYPE_CHECKING:
    from derivations.check.report.result import Report, Rubric

FORMATS = ("text", "json", "html", "junit", "sarif", "csv", "gradescope")
INPUTS = ("markdown", "latex", "text", "notebook")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@click.option(
    "-p", "--problem", multiple=True, metavar="NAME", help="What the document solves: a name or a TOML file; may be repeated."
)
@click.option("--list-problems", is_flag=True, help="Show the names of all problems.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Form of the report.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("-o", "--output", help="File for the report.  [default: standard output]")
@click.option("--input", "input_format", type=click.Choice(INPUTS), help="Form of the documents.  [default: by suffix]")
@click.option("--rubric", "rubric_file", metavar="FILE", help="Points for each part, as TOML.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Worker processes for several files.  [default: one a core]")
@click.option("--journal", metavar="FILE", help="Keep finished reports here; a killed run goes on with it.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Limit for one line.")
@click.option("--quiet", is_flag=True, help="In text, leave out lines without a claim.")
@click.option("--reveal", is_flag=True, help="Show the reference derivation of the problem after the report.")
def command(
    files: tuple[str, ...], problem: tuple[str, ...], list_problems: bool, form: str, as_json: bool, output: str | None,
    input_format: str | None, rubric_file: str | None, jobs: int | None, journal: str | None, seconds: float, quiet: bool, reveal: bool,  # noqa: E501
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
    name = ",".join(problem)
    _check_problem(name)
    rubric = _rubric(rubric_file)
    reports = _reports(files, name, input_format or "", jobs, journal, seconds)
    text = _rendered(reports, "json" if as_json else form, rubric, colour=output is None and sys.stdout.isatty(), quiet=quiet)
    write(text + (_revealed(name) if reveal else ""), output)
    if journal is not None:
        Path(journal).unlink(missing_ok=True)
    codes = {report.exit_code for report in reports}
    sys.exit(next((code for code in (Exit.USAGE, Exit.WRONG, Exit.UNDECIDED) if code in codes), Exit.GOOD))


def _check_problem(name: str) -> None:
    from derivations.check.problems import ProblemError, UnknownProblem
    from derivations.check.problems import problem as load
    from derivations.check.reader.notation import NotationError

    try:
        load(name)
    except (UnknownProblem, ProblemError, NotationError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot read the problem {name}: {error.strerror}")


def _rubric(path: str | None) -> Rubric | None:
    from derivations.check.report.result import Rubric

    if path is None:
        return None
    try:
        return Rubric.from_file(Path(path))
    except OSError as error:
        fail(f"cannot read the rubric {path}: {error.strerror}")
    except (ValueError, KeyError, TypeError) as error:
        fail(f"the rubric {path} is not understood: {error}; write part = points, or [part] with points, match, role, label")


def _reports(
    files: tuple[str, ...], problem: str, form: str, jobs: int | None, journal: str | None, seconds: float
) -> list[Report]:
    import os

    from derivations.check.batch import JournalError, Task, check_file, check_files, files_in

    if files == ("-",):
        return [_named(check_file(Task("-", problem, form, seconds), read("-").encode()), "standard input")]
    tasks = [Task(path, problem, form, seconds) for path in files_in(files)]
    if not tasks:
        fail(f"no documents in {', '.join(files)}; checked are .md, .tex, .txt and .ipynb files")
    try:
        if len(tasks) == 1:
            return check_files(tasks, journal=Path(journal) if journal else None)
        with progress_bar() as bar:
            bar_task = bar.add_task("check", total=len(tasks))
            return check_files(
                tasks,
                jobs=jobs or os.cpu_count() or 1,
                journal=Path(journal) if journal else None,
                done=lambda report: bar.advance(bar_task),
            )
    except JournalError as error:
        fail(str(error))


def _named(report: Report, name: str) -> Report:
    from dataclasses import replace

    return replace(report, file=name)


def _rendered(reports: list[Report], form: str, rubric: Rubric | None, *, colour: bool, quiet: bool) -> str:
    import os

    from derivations.check.report import FORMATS as WRITERS
    from derivations.check.report.terminal import to_text

    if form == "text":
        return to_text(reports, rubric, colour=colour and not os.environ.get("NO_COLOR"), everything=not quiet)
    return WRITERS[form](reports, rubric)


def _revealed(name: str) -> str:
    """The reference derivations, for those who ask for the solution."""
    from derivations.check.problems import problem as load
    from derivations.subjects.catalogue import derive

    return "".join(f"\n{derive(entry).to_text()}" for entry in load(name).reference)
