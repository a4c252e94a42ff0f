"""`derivations verify`: compare derivations with sampled data."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from derivations.cli.output import Exit, console, fail, progress_bar

if TYPE_CHECKING:
    from derivations.core.reports import Report


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--all", "everything", is_flag=True, help="Verify the whole catalogue.")
@click.option("--samples", type=click.IntRange(min=10), default=400, show_default=True, help="Length of the data set.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of everything drawn.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: one a core]")
@click.option("--json", "as_json", is_flag=True, help="The reports as JSON.")
def command(names: tuple[str, ...], everything: bool, samples: int, seed: int, jobs: int | None, as_json: bool) -> None:
    """Verify derivations step by step and on sampled data.

    Exit code 0 when all comparisons hold, 1 when one does not.
    """
    from derivations.subjects.catalogue import UnknownDerivation, catalogue, require
    from derivations.subjects.verifying import verify_all

    if everything == bool(names):
        fail("name the derivations to verify, or give --all; `derivations list` shows the names")
    try:
        wanted = catalogue() if everything else tuple(map(require, names))
    except UnknownDerivation as error:
        fail(str(error))
    with progress_bar() as bar:
        task = bar.add_task("verify", total=len(wanted))
        reports = verify_all(wanted, samples=samples, seed=seed, jobs=jobs, done=lambda name: bar.advance(task))
    ok = all(report.ok for report in reports)
    if as_json:
        found = {"schema": "derivations/verifications/1", "ok": ok, "reports": [r.as_dict() for r in reports]}
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        for report in reports:
            _show(report, detailed=len(reports) == 1)
    sys.exit(Exit.GOOD if ok else Exit.WRONG)


def _show(report: Report, detailed: bool) -> None:
    out = console()
    held = sum(row.ok for row in report.rows)
    mark = "[green]✓[/green]" if report.ok else "[red]✗[/red]"
    out.print(f"{mark} [bold]{report.name}[/bold]  {held} of {len(report.rows)} comparisons hold")
    for row in report.rows:
        if detailed or not row.ok:
            sign = "[green]✓[/green]" if row.ok else "[red]✗[/red]"
            out.print(f"  {sign} {row.what}")
            out.print(f"      expected {row.expected}", markup=False)
            out.print(f"      found    {row.found}", markup=False)
            out.print(f"      within   {row.tolerance}: {row.reason}", markup=False)
