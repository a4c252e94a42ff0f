"""`derivations read TEXT`: what a formula in LaTeX is read as, or where and why it is not read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from derivations.check.reader.errors import ReadingError

from derivations.cli.output import Exit, fail, read, write


def _unread(error: ReadingError) -> dict[str, Any]:
    return {
        "schema": "derivations/reading/1",
        "error": error.name,
        "line": error.line,
        "column": error.column,
        "message": str(error),
    }


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("text")
@click.option("--notation", metavar="NAME|FILE", help="A notation table: the name of one of the project's, or a TOML file.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(text: str, notation: str | None, as_json: bool, output: str | None) -> None:
    """Read the LaTeX of TEXT (- for standard input) and show its statements and what was inferred about its letters."""
    from derivations.check.reader.errors import ReadingError
    from derivations.check.reader.notation import NotationError
    from derivations.check.reader.reading import read as read_latex

    source = read("-").rstrip("\n") if text == "-" else text
    try:
        found = read_latex(source, notation=notation)
    except ReadingError as error:
        if as_json:
            write(json.dumps(_unread(error), ensure_ascii=False, indent=2), output)
        else:
            click.echo(f"{error.name}: {error}", err=True)
        raise SystemExit(int(Exit.UNDECIDED)) from None
    except (NotationError, OSError) as error:
        fail(str(error))
    statements: list[dict[str, Any]] = [
        {"kind": claim.kind.value, "relations": list(claim.relations), "sides": [None if s is None else str(s) for s in sides],
         "start": claim.start, "end": claim.end}
        for claim, sides in zip(found.claims, found.sides, strict=True)
    ]  # fmt: skip
    if as_json:
        data = {"schema": "derivations/reading/1", "statements": statements, "inferred": dict(found.inferred),
                "ambiguous": [{"start": start, "question": question} for start, question, _ in found.ambiguous]}  # fmt: skip
        write(json.dumps(data, ensure_ascii=False, indent=2), output)
        return
    lines = [
        f"{one['kind']}: " + f" {' '.join(one['relations'])} ".join("" if s is None else s for s in one["sides"])
        for one in statements
    ]
    lines += [f"  taken for granted: {name}: {why}" for name, why in found.inferred.items()]
    lines += [f"  ambiguous at {start + 1}: {question}" for start, question, _ in found.ambiguous]
    write("\n".join(lines), output)
