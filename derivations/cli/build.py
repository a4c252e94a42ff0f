"""`derivations build`: regenerate the catalogue, verify it, write the book."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from derivations.cli.output import Exit, console, fail, progress_bar

TABLE_SUFFIXES = {"html": "html", "latex": "tex", "json": "json"}
"""Format of the table of equivalent optimisers → suffix of its file."""


def workers(jobs: int | None) -> int:
    """How many worker processes to use: as asked, or one a core."""
    return jobs or os.cpu_count() or 1


@click.command()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("book"), show_default=True,
              help="Directory of the book.")  # fmt: skip
@click.option("--samples", type=click.IntRange(min=10), default=400, show_default=True, help="Length of the data sets.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of everything drawn.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: one a core]")
def command(output: Path, samples: int, seed: int, jobs: int | None) -> None:
    """Derive everything in the catalogue, verify it on sampled data, and write the book.

    The book has an index.html that opens offline, one book.tex for pdflatex, and a page, a Markdown file and a JSON file
    for every derivation; the table of equivalent optimisers is equivalences.html, .tex and .json. Exit code 1 when a
    comparison does not hold; the book is written all the same and shows it.
    """
    from derivations.render.book import build_book, write_atomically
    from derivations.subjects.catalogue import catalogue, derive
    from derivations.subjects.optimisers.table import table
    from derivations.subjects.optimisers.table_pages import TABLES
    from derivations.subjects.verifying import verify_all

    names = catalogue()
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot make the directory {output}: {error.strerror}; choose another with -o")
    with progress_bar() as bar:
        deriving = bar.add_task("derive", total=len(names))
        derivations = []
        for name in names:
            derivations.append(derive(name))
            bar.advance(deriving)
        verifying = bar.add_task("verify", total=len(names))
        reports = verify_all(names, samples=samples, seed=seed, jobs=jobs, done=lambda name: bar.advance(verifying))
        writing = bar.add_task("write", total=None)
        pairs = table(jobs=workers(jobs))
        tables = {f"equivalences.{TABLE_SUFFIXES[form]}": write(pairs) for form, write in TABLES.items()}
        try:
            files = build_book(
                derivations, {r.name: r for r in reports}, output, progress=lambda name: bar.advance(writing),
                further={"Which optimisers are the same": "equivalences.html"},
            )  # fmt: skip
            for name, text in tables.items():
                write_atomically(output / name, text.encode())
        except OSError as error:
            fail(f"cannot write the book to {output}: {error.strerror}")
        bar.update(writing, total=len(files))
    bad = [report for report in reports if not report.ok]
    held = sum(row.ok for report in reports for row in report.rows)
    out = console()
    out.print(f"{len(names)} derivations, {held} of {sum(len(r.rows) for r in reports)} comparisons hold")
    for report in bad:
        for row in report.rows:
            if not row.ok:
                out.print(f"[red]✗[/red] {report.name}: {row.what}: expected {row.expected}, found {row.found}")
    out.print(f"{output / 'index.html'}")
    sys.exit(Exit.WRONG if bad else Exit.GOOD)
