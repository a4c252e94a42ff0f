"""`derivations gradient EXPRESSION`: differentiate a matrix expression, with every step."""

from __future__ import annotations

import json
import re

import click

from derivations.cli.output import fail, write

FORMATS = ("line", "text", "latex", "markdown", "html", "json")
_BY_X = re.compile(r"(\w)\s*x\s*(\w)|(\w+) +x +(\w+)")
_SHAPE = re.compile(r"^\s*([^\W\d]\w*)\s*=\s*([\w×x*,() ]*)$")


def shapes_of(text: str) -> dict[str, tuple[str, ...]]:
    """The shapes of `A=m×h,B=h×n,x=n,c=1`: ×, * or, between two letters, x; 1 or nothing for a scalar.

    >>> shapes_of("A=m×h, B=hxn, x=h, c=")
    {'A': ('m', 'h'), 'B': ('h', 'n'), 'x': ('h',), 'c': ()}
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = _SHAPE.match(part)
        if match is None or match.group(1) in found:
            raise click.BadParameter(f"{part!r} is not NAME=ROWS×COLUMNS, NAME=LENGTH or NAME= (each name once)")
        separator = "x" if _BY_X.fullmatch(match.group(2).strip()) else "[×*]"
        sizes = tuple(s.strip() for s in re.split(separator, match.group(2)) if s.strip() not in ("", "1"))
        if len(sizes) > 2 or not all(s.isidentifier() for s in sizes):
            raise click.BadParameter(f"{part!r}: sizes are names such as m, at most two of them")
        found[match.group(1)] = sizes
    return found


class _MinusFirst(click.Command):
    r"""A command whose argument may begin with a minus, as in -\frac12 x: no option has anything but a letter behind it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such an argument behind all options."""
        bare = [a for a in args if re.match(r"-[^A-Za-z-]", a)]
        if bare and "--" not in args:
            args = [*(a for a in args if a not in bare), "--", *bare]
        return super().parse_args(ctx, args)


@click.command(cls=_MinusFirst)
@click.argument("expression")
@click.option("--with-respect-to", "-w", "variable", required=True, metavar="NAME", help="The variable to differentiate by.")
@click.option("--shapes", "-s", required=True, metavar="A=m×h,x=n,…", help="The shape of every variable.")
@click.option("--kind", type=click.Choice(("gradient", "jacobian", "hessian", "hvp")), default="gradient", show_default=True)
@click.option("--layout", type=click.Choice(("denominator", "numerator", "column", "row")), help="How the result is laid out.")
@click.option("--to", "form_asked", metavar="FORM", help="Write the result as FORM, if that is shown to be the derivative.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(
    expression: str, variable: str, shapes: str, kind: str, layout: str | None, form_asked: str | None, form: str, as_json: bool,
    output: str | None,
) -> None:  # fmt: skip
    r"""Differentiate EXPRESSION (LaTeX or text) by a scalar, vector or matrix, entry by entry, and fold back to matrices.

    For example: derivations gradient '\frac12\|A\sigma(Bx+b)-y\|^2' --with-respect-to B --shapes A=m×h,B=h×n,b=h,x=n,y=m
    """
    from derivations.core.calculus import NotDifferentiable
    from derivations.subjects.matrices.asking import KINDS, as_expression
    from derivations.subjects.matrices.notation import latex, text

    if kind not in ("gradient", "jacobian") and (layout or form_asked):
        raise click.UsageError(f"--layout and --to say nothing about --kind {kind}")
    declared = shapes_of(shapes)
    try:
        choices = {"layout": layout} if layout else {}
        wanted = {"to": as_expression(form_asked, declared)} if form_asked else {}
        derivation = KINDS[kind](as_expression(expression, declared), variable, **choices, **wanted)
    except (ValueError, LookupError, ArithmeticError, NotDifferentiable) as error:
        fail(str(error))
    if as_json or form == "json":
        result = derivation.result
        data = {
            "schema": "derivations/gradient/1", "expression": expression, "with_respect_to": variable, "kind": kind,
            "layout": str(derivation.layout), "result": None if result is None else text(result),
            "latex": None if result is None else latex(result), "entry": str(derivation.entry),
            "evidence": str(derivation.evidence), "derivation": json.loads(derivation.to_json()),
        }  # fmt: skip
        write(json.dumps(data, ensure_ascii=False, indent=1) + "\n", output)
        return
    write(str(derivation) + "\n" if form == "line" else derivation.render(form), output)
