"""`derivations network NAME|FILE`: count a network, its sensitivities and receptive fields; explain reported numbers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from derivations.cli.output import Exit, fail, read, write

if TYPE_CHECKING:
    from derivations.core.tables import Table
    from derivations.subjects.networks.arithmetic import Arithmetic
    from derivations.subjects.networks.explain import Claim, Finding

FORMATS = ("text", "latex", "markdown", "html", "json", "csv")


@click.command()
@click.argument("source", metavar="NAME|FILE", required=False)
@click.option("--list", "listing", is_flag=True, help="Show the names of networks and conventions.")
@click.option("--table", "quantities", metavar="QUANTITIES", help="Columns: params, units, connections, macs, … or all.")
@click.option("--convention", default="standard", show_default=True, help="What is counted (see --list).")
@click.option("--input", "shape", metavar="3x224x224", help="Another input shape; letters stay symbols.")
@click.option("--set", "values", multiple=True, metavar="F=5", help="Value of a symbol, or of a size such as conv1.F=5.")
@click.option("--symbolic", multiple=True, metavar="conv1.F", help="Turn a size into a symbol.")
@click.option("--sensitivity", is_flag=True, help="Elasticities, ways to halve the count; charts of symbolic sizes.")
@click.option("--of", default="connections", show_default=True, help="The count that --sensitivity is about.")
@click.option("--goal", default="1/2", show_default=True, help="Part of the count that is left in the ways shown.")
@click.option("--receptive-field", "fields", is_flag=True, help="Receptive field of every layer.")
@click.option("--explain", "reported", metavar="TABLE", help="A CSV, Markdown or JSON table, or layer.quantity=number.")
@click.option(
    "--plot", metavar="FILE", help="Draw shares by layer, the chart of a --symbolic size, or with --receptive-field the fields."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(
    source: str | None, listing: bool, quantities: str | None, convention: str, shape: str | None, values: tuple[str, ...],
    symbolic: tuple[str, ...], sensitivity: bool, of: str, goal: str, fields: bool, reported: str | None,
    plot: str | None, form: str, as_json: bool, output: str | None,
) -> None:  # fmt: skip
    """Count the network NAME, or the one in FILE (.toml, .json or .onnx).

    Exit codes: 0 good; 1 a reported number is wrong; 2 usage or input error.
    """
    if listing or source is None:
        write(_names(as_json or form == "json"), output)
        return
    try:
        opened = _opened(source, convention, shape, values, symbolic)
        numeric = opened if not symbolic else _opened(source, convention, shape, _of_sizes(values), ())
        tables, extra, good = _asked(opened, numeric, quantities, sensitivity, of, goal, fields, reported, symbolic)
        if plot:
            numeric.plot(plot, "receptive-field" if fields else symbolic[0] if symbolic else "")
    except _known_errors() as error:
        _stop(error)
    if as_json or form == "json":
        write(json.dumps(opened.to_dict() | extra, indent=1, ensure_ascii=False) + "\n", output)
    else:
        from derivations.render.tables import TABLE_FORMATS

        write(TABLE_FORMATS[form](tables), output)
    raise SystemExit(Exit.GOOD if good else Exit.WRONG)


def _stop(error: BaseException) -> NoReturn:
    fail(f"cannot read {error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error))


def _known_errors() -> tuple[type[BaseException], ...]:
    return (ValueError, LookupError, OSError, ModuleNotFoundError)


def _opened(source: str, convention: str, shape: str | None, values: tuple[str, ...], symbolic: tuple[str, ...]) -> Arithmetic:
    from derivations.subjects.networks.arithmetic import network
    from derivations.subjects.networks.polynomials import read_size

    settings = {}
    for text in values:
        name, equals, value = text.partition("=")
        number = read_size(value) if equals else None
        if not isinstance(number, int):
            raise click.BadParameter(f"{text!r} is not name=number", param_hint="--set")
        settings[name.strip()] = number
    size = None if shape is None else tuple(read_size(part) for part in shape.lower().replace("×", "x").split("x"))
    return network(source, input=size, set=settings, symbolic=symbolic, convention=convention)


def _of_sizes(values: tuple[str, ...]) -> tuple[str, ...]:
    """The settings of sizes such as conv1.F=5, without those of letters."""
    return tuple(text for text in values if "." in text.partition("=")[0])


def _asked(
    opened: Arithmetic, numeric: Arithmetic, quantities: str | None, sensitivity: bool, of: str, goal: str, fields: bool,
    reported: str | None, symbolic: tuple[str, ...],
) -> tuple[list[Table], dict[str, Any], bool]:  # fmt: skip
    """The tables asked for, what they add to the JSON, and whether all reported numbers are right."""
    from derivations.subjects.networks import tables as made
    from derivations.subjects.networks.arithmetic import encoded
    from derivations.subjects.networks.reported import quantity
    from derivations.subjects.networks.terms import QUANTITIES

    tables: list[Table] = []
    extra: dict[str, Any] = {}
    good = True
    if quantities or not (sensitivity or fields or reported):
        default = ("units", "parameters", "connections", "multiply_accumulates")
        wanted = QUANTITIES if quantities == "all" else quantities.split(",") if quantities else default
        tables.append(opened.table(wanted))
    if sensitivity:
        added, extra["sensitivity"] = _sensitivities(numeric, quantity(of), _fraction(goal), symbolic)
        tables += added
    if fields:
        tables.append(made.field_table(opened))
        extra["receptive_fields"] = [
            {"layer": name, "fields": None if found.fields is None else [_field(field) for field in found.fields]}
            for name, found in opened.receptive_fields.items()
        ]
    if reported:
        findings = opened.explain(_claims(reported))
        good = all(finding.agrees for finding in findings)
        tables.append(made.finding_table(findings))
        extra["explanations"] = [_finding(finding, encoded) for finding in findings]
    return tables, extra, good


def _field(field: Any) -> dict[str, Any]:
    from derivations.subjects.networks.arithmetic import encoded

    return {name: encoded(getattr(field, name)) for name in ("size", "stride", "left", "right", "aligned", "holes")}


def _finding(finding: Finding, encoded: Any) -> dict[str, Any]:
    claim = finding.claim
    return {
        "layer": claim.layer or None, "quantity": claim.quantity, "reported": encoded(claim.value),
        "found": encoded(finding.found), "agrees": finding.agrees,
        "explanations": [list(way) for way in finding.explanations], "conventions": list(finding.conventions),
    }  # fmt: skip


def _sensitivities(opened: Arithmetic, of: str, goal: Fraction, symbolic: tuple[str, ...]) -> tuple[list[Table], dict[str, Any]]:
    from derivations.subjects.networks import tables as made
    from derivations.subjects.networks.arithmetic import encoded

    if symbolic or opened.symbolic:
        charts = [opened.chart(place, of) for place in symbolic]
        if not charts:
            raise click.UsageError("the network holds letters: give them values with --set, or name sizes with --symbolic")
        return [made.chart_table(found) for found in charts], {
            found.place: {
                "relaxed": encoded(found.relaxed), "derivative": encoded(found.slope),
                "critical": [str(c) for c in found.critical], "argmax": list(found.argmax), "maximum": found.maximum,
            }
            for found in charts
        }  # fmt: skip
    slopes, ways = opened.elasticities(of), opened.reductions(of, goal)
    shown = [made.elasticity_table(slopes, of), made.reduction_table(ways, of, goal)]
    return shown, {
        "of": of,
        "elasticities": [
            {"size": e.place, "value": e.value, "elasticity": encoded(e.elasticity), "reason": e.reason} for e in slopes
        ],
        "ways": [
            {"size": w.place, "from": w.before, "to": w.after, "ratios": {n: encoded(r) for n, r in w.ratios.items()}}
            for w in ways
        ],
    }


def _fraction(text: str) -> Fraction:
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise click.BadParameter(f"{text!r} is no fraction", param_hint="--goal") from error
    if not 0 < found < 1:
        raise click.BadParameter(f"{text} is not between 0 and 1", param_hint="--goal")
    return found


def _claims(reported: str) -> tuple[Claim, ...]:
    from derivations.subjects.networks.reported import read_claim, read_table

    if "=" in reported and not Path(reported).exists():
        return tuple(read_claim(part) for part in reported.split(";"))
    return read_table(read(reported))


def _names(as_json: bool) -> str:
    from derivations.subjects.networks.conventions import CONVENTIONS
    from derivations.subjects.networks.reading import architecture, architectures

    if as_json:
        listed = {
            "schema": "derivations/networks/1",
            "networks": [{"name": name, "title": architecture(name).title} for name in architectures()],
            "conventions": [{"name": c.name, "meaning": c.meaning} for c in CONVENTIONS.values()],
        }
        return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"
    lines = ["Networks", *(f"  {name:<24}{architecture(name).title}" for name in architectures())]
    return "\n".join([*lines, "", "Conventions", *(f"  {c.name:<24}{c.meaning}" for c in CONVENTIONS.values())]) + "\n"
