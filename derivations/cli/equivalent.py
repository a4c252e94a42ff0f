"""`derivations equivalent A B`: whether two optimisers are the same method, with proof or counterexample."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derivations.cli.output import Exit, console, fail, write

if TYPE_CHECKING:
    from derivations.subjects.optimisers.answers import Equivalence

FORMATS = ("text", "latex", "markdown", "html", "json")
TABLE_FORMATS = ("html", "latex", "json")


@click.command()
@click.argument("methods", nargs=-1, metavar="[A B]")
@click.option("--schedules", default="constant", show_default=True, metavar="constant|any|NAME,…",
              help="Which coefficients may vary from step to step.")  # fmt: skip
@click.option("--map", "maps", multiple=True, metavar="NAME=EXPRESSION",
              help="A parameter of B (or a.NAME, b.NAME) in terms of the others; may be repeated.")  # fmt: skip
@click.option("--steps", default="1:1", show_default=True, metavar="M:N", help="Compare M steps of A with N steps of B.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--plot", "drawing", metavar="FILE", help="Draw runs of both to FILE (.svg, .png, .pdf); needs matplotlib.")
@click.option("--list", "listed", is_flag=True, help="Show the names of the library.")
@click.option("--table", is_flag=True, help="All pairs of the library, as html, latex or json.")
def command(
    methods: tuple[str, ...], schedules: str, maps: tuple[str, ...], steps: str, form: str, as_json: bool, output: str | None,
    drawing: str | None, listed: bool, table: bool,
) -> None:  # fmt: skip
    """Decide whether the iterations A and B are the same method for every objective.

    A and B are names of the library, files with an iteration in the text form or in LaTeX, or - for standard input. Exit
    code 0 when they are equivalent, 1 when they are not, 3 when that stays undecided.
    """
    form = "json" if as_json else form
    if listed:
        _list()
        return
    if table:
        _table(form, output)
        return
    if len(methods) != 2:
        fail("name two methods; `derivations equivalent --list` shows the library")
    from derivations.check.reader.errors import ReadingError
    from derivations.check.recurrences.comparing import equivalent
    from derivations.subjects.optimisers.answers import ScheduleError, Verdict
    from derivations.subjects.optimisers.iteration import IterationError
    from derivations.subjects.optimisers.library import UnknownIteration

    told = dict(_assignment(text) for text in maps) or None
    asked = schedules if schedules in ("constant", "any") else tuple(schedules.split(","))
    try:
        answer = equivalent(_method(methods[0]), _method(methods[1]), schedules=asked, map=told, steps=_counts(steps))
    except (UnknownIteration, IterationError, ScheduleError, ReadingError) as error:
        fail(str(error))
    write(_written(answer, form), output)
    if drawing is not None:
        _draw(answer, drawing)
    exits = {Verdict.EQUIVALENT: Exit.GOOD, Verdict.NOT_EQUIVALENT: Exit.WRONG, Verdict.UNDECIDED: Exit.UNDECIDED}
    sys.exit(exits[answer.verdict])


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        fail(f"--map {text!r} is no assignment; write --map eta='eta/(1-mu)'")
    return name.strip(), value.strip()


def _counts(text: str) -> tuple[int, int]:
    first, colon, second = text.partition(":")
    if not (colon and first.isdecimal() and second.isdecimal()):
        fail(f"--steps {text!r} is no pair of numbers; write --steps 2:1")
    return int(first), int(second)


def _method(text: str) -> str:
    """A library name as it is; the text of a file or of standard input."""
    if text == "-":
        return sys.stdin.read() + "\n"
    if "=" in text:
        return text
    path = Path(text)
    if path.suffix or path.is_file():
        try:
            return path.read_text(encoding="utf-8") + "\n"
        except (OSError, UnicodeDecodeError) as error:
            fail(f"cannot read {text}: {error}")
    return text


def _written(answer: Equivalence, form: str) -> str:
    if form == "json":
        return json.dumps(answer.as_dict(), indent=1, ensure_ascii=False) + "\n"
    if form != "text":
        return answer.proof.render(form) if answer.proof is not None else f"{answer}\n"
    parts = ["\n".join(_folded(line) for line in answer.summary().split("\n"))]
    if answer.proof is not None:
        parts.append(answer.proof.render("text"))
    return "\n".join(parts)


def _folded(line: str) -> str:
    """A line of the summary within the terminal, as the proof below it; what goes over stands further in."""
    columns = min(max(console().width, 40), 120)
    return textwrap.fill(line, columns, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _draw(answer: Equivalence, path: str) -> None:
    from derivations.subjects.optimisers.plots import PlotsMissingError, plot

    try:
        plot(answer, path)
    except PlotsMissingError as error:
        fail(str(error))
    except (OSError, ValueError) as error:
        fail(f"cannot draw to {path}: {error}")


def _list() -> None:
    from derivations.subjects.optimisers.library import library

    out = console()
    width = max(map(len, library()))
    for name, iteration in library().items():
        out.print(f"[bold]{name:<{width}}[/bold]  {iteration.title}")


def _table(form: str, output: str | None) -> None:
    from derivations.subjects.optimisers.table import table
    from derivations.subjects.optimisers.table_pages import TABLES

    if form not in TABLES:
        fail(f"the table is written as {', '.join(TABLES)}, not as {form}; say --format html")
    write(TABLES[form](table()), output)
