"""`derivations replay FILE`: check a stored derivation."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click
from rich.markup import escape

from derivations.cli.output import Exit, console, fail, read


@click.command()
@click.argument("file")
@click.option("--instances", type=click.IntRange(0, 50), default=3, show_default=True, help="Random instances a step.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the instances.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def command(file: str, instances: int, seed: int, as_json: bool) -> None:
    """Check the stored derivation FILE ("-": standard input) step by step.

    Nothing in the file is believed: every step is made again by the kernel, decided again by the normal form, and tried
    on exact instances. Exit code 0 only when every step holds, 1 when one does not, 2 when the file is not a derivation.
    """
    from derivations.core.encoding import Malformed
    from derivations.core.replay import replay
    from derivations.core.store import load

    try:
        derivation = load(read(file))
    except Malformed as error:
        fail(f"{file} is not a stored derivation: {error}")
    found = replay(derivation, instances=instances, seed=seed)
    if as_json:
        shown = {"schema": "derivations/replay/1", "ok": found.ok, "problems": list(found.problems), **asdict(found)}
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        sys.exit(Exit.GOOD if found.ok else Exit.WRONG)
    out, name = console(), escape(found.name)
    if found.ok:
        lemmas = f", {len(found.lemmas)} lemmas" if found.lemmas else ""
        out.print(f"[green]✓[/green] [bold]{name}[/bold]: all {len(found.checks)} steps hold{lemmas}")
    else:
        out.print(f"[red]✗[/red] [bold]{name}[/bold] does not hold")
        for line in found.problems:
            out.print(f"  {line}", markup=False)
    sys.exit(Exit.GOOD if found.ok else Exit.WRONG)
