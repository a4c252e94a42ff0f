"""`derivations mle`: maximum likelihood of a named or given density, and its fit to a file."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from derivations.cli.output import Exit, fail, write

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation
    from derivations.subjects.likelihood.result import MaximumLikelihood

FORMATS = ("text", "latex", "markdown", "html", "json")


@click.command()
@click.argument("name", required=False)
@click.option("--density", metavar="TEXT", help="The density as an expression, such as 'a*x**(a-1)'.")
@click.option("--data", metavar="NAME:DOMAIN", help="The observation, such as x:positive, x:0..theta, x:integers 1..n.")
@click.option("--parameter", "parameters", multiple=True, metavar="NAME:DOMAIN", help="A parameter to estimate; repeat.")
@click.option("--known", multiple=True, metavar="NAME", help="A parameter held fixed; repeat. NAME=VALUE for --data-file.")
@click.option("--data-file", metavar="FILE", help="Fit a file of numbers: .csv, .npy, .npz, or - for standard input.")
@click.option("--column", metavar="NAME", help="Column of the file, by its heading or its number from 1.")
@click.option("--information", is_flag=True, help="Derive the Fisher information instead of the estimates.")
@click.option("--bias", is_flag=True, help="Derive what the estimates are on average instead of the estimates.")
@click.option("--list", "listing", is_flag=True, help="Show the named densities.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(
    name: str | None, density: str | None, data: str | None, parameters: tuple[str, ...], known: tuple[str, ...],
    data_file: str | None, column: str | None, information: bool, bias: bool, listing: bool, form: str, as_json: bool,
    output: str | None,
) -> None:  # fmt: skip
    """Derive the maximum-likelihood estimates of a density: NAME, or --density with --data and --parameter.

    With --data-file, fit the file and print the estimates with their standard errors.

    Exit code 0 with a closed form, 3 when there is none or the density is refused.
    """
    from derivations.core.derivation import Kind

    if listing:
        write(_listing(), output)
        return
    fixed = dict(_fixed(entry) for entry in known)
    found = _derivation(name, density, data, parameters, tuple(fixed))
    if information or bias:
        if data_file is not None or (information and bias):
            fail("--information, --bias and --data-file go one at a time")
        write(_expected(found, information).render("json" if as_json else form), output)
        return
    if data_file is not None:
        if form not in ("text", "json"):
            fail(f"--format {form} writes a derivation; a fit to --data-file is written as text or json")
        write(_fitted(found, data_file, column, fixed, as_json or form == "json"), output)
    else:
        write(found.render("json" if as_json else form), output)
    sys.exit(Exit.UNDECIDED if found.kind in (Kind.REFUSED, Kind.NO_CLOSED_FORM) and data_file is None else Exit.GOOD)


def _expected(found: MaximumLikelihood, information: bool) -> Derivation:
    """The derivation of expectations, or exit code 3 with the reason why there is none."""
    from derivations.subjects.likelihood.linear import NotClosed

    try:
        return found.derive_information() if information else found.derive_expectations()
    except NotClosed as error:
        click.echo(f"derivations: {error}", err=True)
        sys.exit(Exit.UNDECIDED)


def _listing() -> str:
    from derivations.subjects.likelihood.families import FAMILIES

    return "\n".join(f"{name:20} {', '.join(f.parameters):36} {f.density}" for name, f in FAMILIES.items())


def _fixed(entry: str) -> tuple[str, str | None]:
    name, sign, value = entry.partition("=")
    return name.strip(), value if sign else None


def _derivation(
    name: str | None, density: str | None, data: str | None, parameters: tuple[str, ...], known: tuple[str, ...]
) -> MaximumLikelihood:
    from derivations.subjects.likelihood.families import UnknownFamily, family, from_text
    from derivations.subjects.likelihood.model import BadModel
    from derivations.subjects.likelihood.text import BadText

    if (name is None) == (density is None):
        fail("name a density or give one with --density; `derivations mle --list` shows the names")
    try:
        if name is not None:
            if data or parameters:
                fail("--data and --parameter belong to --density; a named density has its own")
            return family(name, known or None)
        if data is None or not parameters:
            fail("--density needs --data NAME:DOMAIN and at least one --parameter NAME:DOMAIN")
        return from_text(str(density), data, parameters, known)
    except (UnknownFamily, BadText, BadModel) as error:
        fail(str(error))


def _fitted(found: MaximumLikelihood, source: str, column: str | None, fixed: dict[str, str | None], as_json: bool) -> str:
    """The estimates on a file, with standard errors where there are."""
    from derivations.core.compilation import NothingToCompile
    from derivations.subjects.likelihood.failures import NoStandardErrors, OutsideSupport
    from derivations.subjects.likelihood.files import BadFile, read
    from numeric.failures import NotFinite, NumericFailure

    try:
        made = found.estimator()
        sample = read(source, column)
        given = {key: _value(key, text) for key, text in fixed.items()}
        arrays: dict[str, Any] = {made.sample_name: sample.values, **{k: v for k, v in given.items() if k in made.known_names}}
        estimates = made.fit(**arrays)
    except OutsideSupport as error:
        fail(f"{sample.place(error.position)}: {error.found} is not {error.domain}; fix or remove it, or change the density")
    except NotFinite as error:
        fail(f"{sample.place(error.position[0])}: {error}")
    except (NothingToCompile, BadFile, NumericFailure) as error:
        fail(str(error))
    try:
        errors, why = made.standard_errors(**arrays), ""
    except (NoStandardErrors, NumericFailure) as error:
        errors, why = {}, str(error)
    if as_json:
        report = {
            "schema": "derivations/fit/1", "model": found.name, "kind": str(found.kind), "count": len(sample.values),
            "estimates": estimates, "standard_errors": errors, "note": made.note, "why_no_errors": why,
        }  # fmt: skip
        return json.dumps(report, indent=1, ensure_ascii=False)
    return _shown(found, len(sample.values), estimates, errors, made.note, why)


def _shown(
    found: MaximumLikelihood, count: int, estimates: dict[str, float], errors: dict[str, float], note: str, why: str
) -> str:
    """The estimates as a table: name, value, standard error."""
    from derivations.render.prose import text_prose

    values = {key: f"{value:.10g}" for key, value in estimates.items()}
    name, width = (max(map(len, column)) for column in (values.keys(), values.values()))
    lines = [f"{text_prose(found.title)}, {count} observations", ""]
    for key, value in values.items():
        lines.append(f"  {key:{name}} = {value:{width}}{f'  ± {errors[key]:.4g}' if key in errors else ''}".rstrip())
    lines += ["", *(["± one asymptotic standard error"] if errors else []), note]
    return "\n".join(lines + ([why] if why else []))


def _value(key: str, text: str | None) -> float:
    if text is None:
        fail(f"--known {key} needs its value to fit a file: --known {key}=VALUE")
    try:
        return float(text)
    except ValueError:
        fail(f"--known {key}={text}: {text!r} is not a number")
