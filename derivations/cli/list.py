"""`derivations list`: the names of the catalogue."""

from __future__ import annotations

import json

import click

from derivations.cli.output import console


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Names and titles as JSON.")
def command(as_json: bool) -> None:
    """Show the names and titles of the catalogue."""
    from derivations.subjects.titles import titles

    entries = list(titles().items())
    if as_json:
        listed = {"schema": "derivations/list/1", "derivations": [{"name": n, "title": t} for n, t in entries]}
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    out = console()
    width = max(len(name) for name, _ in entries)
    for name, title in entries:
        out.print(f"[bold]{name:<{width}}[/bold]  {title}")
