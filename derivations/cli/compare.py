"""`derivations compare LEFT RIGHT`: whether two pieces of LaTeX say the same, with the smallest counterexample."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derivations.cli.output import Exit, fail, read, write

if TYPE_CHECKING:
    from derivations.check.compare import Comparison

_CODES = {"proved": Exit.GOOD, "agrees": Exit.GOOD, "refuted": Exit.WRONG}


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("left", required=False)
@click.argument("right", required=False)
@click.option("--notation", metavar="NAME|FILE", help="A notation table: the name of one of the project's, or a TOML file.")
@click.option("--file", "pairs", metavar="FILE", help="Many pairs: CSV or JSON lines with the columns left and right.")
@click.option("--timeout", type=float, default=10.0, show_default=True, help="Seconds for one pair.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON; with --file one object a line.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(
    left: str | None,
    right: str | None,
    notation: str | None,
    pairs: str | None,
    timeout: float,
    as_json: bool,
    output: str | None,
) -> None:
    """Compare the LaTeX of LEFT and RIGHT; either may be - for standard input.

    Expressions are compared by equality, equations by their solutions, inequalities by truth.
    """
    from derivations.check.compare import compare
    from derivations.check.reader.notation import NotationError, as_notation

    if pairs is None and (left is None or right is None):
        fail("compare needs LEFT and RIGHT, or --file with pairs")
    if pairs is not None and (left is not None or right is not None):
        fail("give LEFT and RIGHT or --file, not both")
    try:
        table = as_notation(notation)
    except (NotationError, OSError) as error:
        fail(str(error))
    texts = [(_text(str(left)), _text(str(right)))] if pairs is None else list(_pairs(pairs))
    found = [compare(a, b, notation=table, timeout=timeout) for a, b in texts]
    if as_json and pairs is None:
        write(json.dumps(found[0].as_json(), ensure_ascii=False, indent=2), output)
    elif as_json:
        write("\n".join(json.dumps(one.as_json(), ensure_ascii=False) for one in found), output)
    else:
        write("\n".join(shown(one, len(found) > 1) for one in found), output)
    codes = [_CODES.get(one.evidence, Exit.UNDECIDED) for one in found]
    order = (Exit.WRONG, Exit.UNDECIDED, Exit.GOOD)
    raise SystemExit(next((int(code) for code in order if code in codes), int(Exit.GOOD)))


def _text(argument: str) -> str:
    return read("-").rstrip("\n") if argument == "-" else argument


def _pairs(source: str) -> Iterator[tuple[str, str]]:
    text = read(source)
    if Path(source).suffix in (".jsonl", ".ndjson", ".json"):
        for line, row in enumerate(text.splitlines(), start=1):
            if row.strip():
                yield _pair(_json_row(row, source, line), source, line)
        return
    for line, record in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        yield _pair(record, source, line)


def _json_row(row: str, source: str, line: int) -> Any:
    try:
        return json.loads(row)
    except json.JSONDecodeError as error:
        fail(f"{source}, line {line}: {error.msg}; each line must be a JSON object with left and right")


def _pair(record: Any, source: str, line: int) -> tuple[str, str]:
    if not isinstance(record, dict) or not isinstance(record.get("left"), str) or not isinstance(record.get("right"), str):
        fail(f"{source}, line {line}: no left and right found; name the columns left and right")
    return record["left"], record["right"]


def shown(found: Comparison, several: bool = False) -> str:
    """A comparison for people."""
    from derivations.check.report.result import written

    lines = [f"{found.evidence}: {found.reason}"]
    if several:
        lines[0] = f"{found.left}  |  {found.right}\n  {lines[0]}"
    if found.counterexample:
        at = {**found.counterexample["sizes"], **found.counterexample["values"], **found.counterexample["at"]}
        lines.append("  at " + ", ".join(f"{name} = {written(value)}" for name, value in at.items()))
        lines.append(f"  left  {written(found.counterexample['left'])}\n  right {written(found.counterexample['right'])}")
    for name, why in found.inferred.items():
        lines.append(f"  taken for granted: {name}: {why}")
    return "\n".join(lines)
