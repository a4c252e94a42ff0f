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
    from derivations.check.compare import Comparison, compare
    from derivations.check.reader.notation import NotationError, as_notation

    if pairs is None and (left is None or right is None):
        fail("compare needs LEFT and RIGHT, or --file with pairs")
    if pairs is not None and (left is not None or right is not None):
        fail("give LEFT and RIGHT or --file, not both")
    try:
        table = as_notation(notation)
    except (NotationError, OSError) as error:
        fail(str(error))
    if not 0 < timeout < float("inf"):
        fail(f"--timeout is {timeout:g}; it has to be a positive number of seconds")
    rows = [(_text(str(left)), _text(str(right)))] if pairs is None else list(_pairs(pairs))
    if not rows:
        fail(f"{pairs} holds no pairs; write one in each row, in the columns left and right")
    codes: list[Exit] = []
    lines: list[str] = []
    for row in rows:
        found = row if isinstance(row, Comparison) else compare(*row, notation=table, timeout=timeout)
        codes.append(_CODES.get(found.evidence, Exit.UNDECIDED))
        line = shown(found, len(rows) > 1)
        if as_json:
            line = json.dumps(found.as_json(), ensure_ascii=False, indent=2 if pairs is None else None)
        if output is None:
            write(line, None)  # each as soon as it is known
        lines.append(line)
    if output is not None:
        write("\n".join(lines), output)
    order = (Exit.WRONG, Exit.UNDECIDED, Exit.GOOD)
    raise SystemExit(next((int(code) for code in order if code in codes), int(Exit.GOOD)))


def _text(argument: str) -> str:
    return read("-").rstrip("\n") if argument == "-" else argument


def _pairs(source: str) -> Iterator[tuple[str, str] | Comparison]:
    """The pairs of a file; a row without a pair is `unreadable` and says which it is."""
    text = read(source)
    if Path(source).suffix in (".jsonl", ".ndjson", ".json"):
        for line, row in enumerate(text.splitlines(), start=1):
            if row.strip():
                yield _pair(_json_row(row), f"line {line}")
        return
    reader = csv.DictReader(io.StringIO(text))
    if not {"left", "right"} <= set(reader.fieldnames or ()):
        fail(f"{source}, line 1: no columns left and right found; name them in the first row")
    try:
        for record in reader:
            yield _pair(record, f"line {reader.line_num}")
    except csv.Error as error:
        fail(f"{source}, line {reader.line_num}: {error}")


def _json_row(row: str) -> Any:
    try:
        return json.loads(row)
    except (json.JSONDecodeError, RecursionError):
        return None


def _pair(record: Any, where: str) -> tuple[str, str] | Comparison:
    from derivations.check.compare import Comparison

    if isinstance(record, dict) and isinstance(record.get("left"), str) and isinstance(record.get("right"), str):
        return record["left"], record["right"]
    return Comparison("unreadable", f"{where}: no left and right found")


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
