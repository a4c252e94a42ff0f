"""`derivations derive NAME`: write out one derivation."""

from __future__ import annotations

import click

from derivations.cli.output import fail, write

FORMATS = ("text", "latex", "markdown", "html", "json")


@click.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(name: str, form: str, as_json: bool, output: str | None) -> None:
    """Write out the derivation NAME, every step with its rule."""
    from derivations.subjects.catalogue import UnknownDerivation, derive

    try:
        derivation = derive(name)
    except UnknownDerivation as error:
        fail(str(error))
    write(derivation.render("json" if as_json else form), output)
