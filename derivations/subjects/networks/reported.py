"""Tables that someone reports, read into claims: CSV, a Markdown table, JSON, or one `layer.quantity=number`."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from derivations.subjects.networks.explain import Claim
from derivations.subjects.networks.polynomials import BadSizeText, read_size
from derivations.subjects.networks.terms import QUANTITIES

NAMES: dict[str, str] = {
    **{name: name for name in QUANTITIES},
    **{name.replace("_", " "): name for name in QUANTITIES},
    **{name.replace("_", "-"): name for name in QUANTITIES},
    "params": "parameters",
    "weights": "parameters",
    "macs": "multiply_accumulates",
    "mult-adds": "multiply_accumulates",
    "neurons": "units",
}
"""What people call the quantities."""
_TOTAL = frozenset(("total", "totals", "sum", "all", ""))
_LAYER = frozenset(("layer", "name", ""))
MAX_CLAIMS = 10_000


class UnreadableTable(ValueError):
    """A reported table that cannot be read; `where` is the row or the key."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}")


def quantity(name: str) -> str:
    """The quantity that a word stands for. Raises: UnreadableTable.

    >>> quantity("weights"), quantity("MACs")
    ('parameters', 'multiply_accumulates')
    """
    found = NAMES.get(name.strip().lower())
    if found is None:
        raise UnreadableTable(repr(name), f"is no quantity; known are {', '.join(sorted(NAMES))}")
    return found


def read_claim(text: str) -> Claim:
    """One claim: `conv2.connections=111974400`, or `parameters=60954656` for a total. Raises: UnreadableTable."""
    place, equals, value = text.partition("=")
    if not equals:
        raise UnreadableTable(repr(text), "is neither a file nor layer.quantity=number")
    layer, _, name = place.strip().rpartition(".")
    return Claim(quantity(name), _value(value, place), layer)


def read_table(text: str) -> tuple[Claim, ...]:
    """All claims of a table. Raises: UnreadableTable."""
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith("{"):
        return _from_json(stripped)
    lines = [line for line in stripped.splitlines() if line.strip()]
    if any(line.lstrip().startswith("|") for line in lines):
        rows = [
            [cell.strip().strip("*`") for cell in line.strip().strip("|").split("|")]
            for line in lines
            if line.lstrip().startswith("|") and not re.fullmatch(r"[|\s:-]+", line)
        ]
    else:
        between = "\t" if lines and "\t" in lines[0] else ","
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=between)]
    return _from_rows(rows)


def _from_rows(rows: Sequence[Sequence[str]]) -> tuple[Claim, ...]:
    if len(rows) < 2 or rows[0][0].lower() not in _LAYER:
        raise UnreadableTable("row 1", "needs the heads: layer, then quantities such as units, weights, connections")
    if len(rows) * len(rows[0]) > MAX_CLAIMS:
        raise UnreadableTable("the table", f"has more than {MAX_CLAIMS} cells")
    columns = {n: NAMES[head.lower()] for n, head in enumerate(rows[0]) if n and head.lower() in NAMES}
    if not columns:
        raise UnreadableTable("row 1", f"has no quantity among {', '.join(rows[0][1:])}")
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > len(rows[0]):
            raise UnreadableTable(f"row {number}", f"{len(row)} cells under {len(rows[0])} heads (quote numbers with commas)")
        words = row[0].split()
        layer = "" if row[0].lower() in _TOTAL else words[0]
        for n, name in columns.items():
            if n < len(row) and row[n] not in ("", "-", "–", "—"):
                found.append(Claim(name, _value(row[n], f"row {number}"), layer))
    return tuple(found)


def _from_json(text: str) -> tuple[Claim, ...]:
    try:
        tree = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableTable("the file", f"is no JSON: {error}") from error
    layers, totals = tree.get("layers", []), tree.get("totals", {})
    if not isinstance(layers, list) or not isinstance(totals, dict):
        raise UnreadableTable("the file", 'needs "layers": [{"name": …, "parameters": …}] and "totals": {…}')
    found: list[Claim] = []
    for entry in layers:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise UnreadableTable("layers", "every layer needs a name")
        found += _from_mapping(entry.items(), entry["name"])
    return (*found, *_from_mapping(totals.items(), ""))


def _from_mapping(items: Iterable[tuple[str, Any]], layer: str) -> list[Claim]:
    found = []
    for key, value in items:
        if key in NAMES:
            text = value.get("sympy", "") if isinstance(value, dict) else str(value)
            found.append(Claim(NAMES[key], _value(text, f"{layer or 'totals'}.{key}"), layer))
    return found


def _value(text: str, where: str) -> Any:
    try:
        return read_size(text)
    except BadSizeText as error:
        raise UnreadableTable(where, str(error)) from error
