"""Tables of numbers and formulas in text, LaTeX, Markdown, HTML and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from html import escape
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import fill, wrap

from sympy import Expr, latex
from sympy.printing.mathml import mathml

from derivations.core.tables import Cell, Table

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{padding:.2rem .8rem;border-bottom:1px solid #8884}"
    "th{text-align:left}td.number{text-align:right;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600}"
)


_GAP = "  "
_NARROWEST = 16
_NO_TERMINAL = 120
"""The width of text that goes to no terminal."""


def plain(cell: Cell) -> str:
    """A cell as people read it in a terminal: thousands separated, formulas on one line."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, (Fraction, float)):
        return f"{float(cell):,.4g}"
    if isinstance(cell, Expr):
        return str(cell).replace("**", "^").replace("*", "·")
    return str(cell)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float, Fraction)) and not isinstance(cell, bool)


def to_text(table: Table, width: int | None = None) -> str:
    """Columns aligned, numbers to the right; with a `width` prose and formulas in wide columns are folded to fit into it.

    >>> print(to_text(Table("Sizes", ("layer", "weights"), (("conv1", 34848), ("conv2", 307200)))))
    Sizes
    layer  weights
    ─────  ───────
    conv1   34,848
    conv2  307,200
    """
    shown = [[plain(cell) for cell in row] for row in table.rows]
    columns = list(zip(table.columns, *shown, strict=True))
    natural = [max(map(len, column)) for column in columns]
    right = [_right(table, position) for position in range(len(natural))]
    widths = natural if width is None else _fitting(natural, [_longest_word(column) for column in columns], width)

    def lines(cells: Sequence[str]) -> list[str]:
        folded = [wrap(c, w, break_long_words=False, break_on_hyphens=False) or [""] for c, w in zip(cells, widths, strict=True)]
        return [
            _GAP.join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(parts, widths, right, strict=True)).rstrip()
            for parts in zip_longest(*folded, fillvalue="")
        ]

    rule = _GAP.join("─" * width for width in widths)
    rows = [line for row in shown for line in lines(row)]
    if table.last_is_total and shown:
        rows.insert(-len(lines(shown[-1])), rule)
    notes = table.notes if width is None else [fill(note, width) for note in table.notes]
    return "\n".join([table.title, *lines(table.columns), rule, *rows, *notes])


def _longest_word(column: Sequence[str]) -> int:
    return max((len(word) for cell in column for word in cell.split()), default=0)


def _fitting(natural: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Widths that fit, the widest columns being narrowed first, but not below their longest word or `_NARROWEST`."""
    found = list(natural)
    floors = [min(w, max(word, _NARROWEST)) for w, word in zip(natural, least, strict=True)]
    while sum(found) + len(_GAP) * (len(found) - 1) > width:
        open_ = [n for n in range(len(found)) if found[n] > floors[n]]
        if not open_:
            break
        found[max(open_, key=found.__getitem__)] -= 1
    return found


def _right(table: Table, position: int) -> bool:
    return any(_is_number(row[position]) for row in table.rows)


_SPECIAL = {c: rf"\{c}" for c in "&%$#_{}"} | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
_SIGNS = {"×": r"$\times$", "−": "$-$", "ε": r"$\varepsilon$", "≤": r"$\le$", "…": r"\dots{}", "·": r"$\cdot$"}


def _latex_cell(cell: Cell) -> str:
    if isinstance(cell, Expr):
        return f"${latex(cell)}$"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}".replace(",", r"\,")
    return "".join((_SPECIAL | _SIGNS).get(c, c) for c in plain(cell))


def to_latex(table: Table) -> str:
    """A tabular with a caption; needs no package."""
    columns = "".join("r" if _right(table, n) else "l" for n in range(len(table.columns)))
    rows = [" & ".join(map(_latex_cell, row)) + r" \\" for row in table.rows]
    if table.last_is_total and rows:
        rows.insert(-1, r"\hline")
    head = " & ".join(map(_latex_cell, table.columns)) + r" \\ \hline"
    notes = [_latex_cell(note) + r"\\" for note in table.notes]
    parts = [
        r"\begin{table}[ht]", r"\centering", rf"\caption{{{_latex_cell(table.title)}}}", rf"\begin{{tabular}}{{{columns}}}",
        head, *rows, r"\end{tabular}", *([r"\par\smallskip", *notes] if notes else []), r"\end{table}",
    ]  # fmt: skip
    return "\n".join(parts)


def _markdown_cell(cell: Cell) -> str:
    text = f"${latex(cell)}$" if isinstance(cell, Expr) else plain(cell)
    return text.replace("|", r"\|").replace("\n", " ")


def to_markdown(table: Table) -> str:
    """A pipe table."""
    heads = "| " + " | ".join(map(_markdown_cell, table.columns)) + " |"
    marks = "| " + " | ".join("---:" if _right(table, n) else "---" for n in range(len(table.columns))) + " |"
    rows = ["| " + " | ".join(map(_markdown_cell, row)) + " |" for row in table.rows]
    return "\n".join([f"**{table.title}**", "", heads, marks, *rows, *(["", *table.notes] if table.notes else [])])


def _html_cell(cell: Cell, tag: str = "td") -> str:
    if isinstance(cell, Expr):
        return f'<{tag}><math xmlns="http://www.w3.org/1998/Math/MathML">{mathml(cell, printer="presentation")}</math></{tag}>'
    mark = ' class="number"' if _is_number(cell) else ""
    return f"<{tag}{mark}>{escape(plain(cell))}</{tag}>"


def html_fragment(table: Table) -> str:
    """A table element; formulas in MathML, which browsers show by themselves."""
    head = "".join(_html_cell(column, "th") for column in table.columns)
    rows = "\n".join("<tr>" + "".join(map(_html_cell, row)) + "</tr>" for row in table.rows)
    notes = "".join(f"<p>{escape(note)}</p>" for note in table.notes)
    return f"<table><caption>{escape(table.title)}</caption>\n<tr>{head}</tr>\n{rows}\n</table>\n{notes}"


def to_csv(table: Table) -> str:
    """Comma-separated values: plain numbers, formulas as SymPy writes them; the title is left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(["" if c is None else float(c) if isinstance(c, Fraction) else str(c) for c in row])
    return out.getvalue().rstrip("\n")


def _page(tables: Sequence[Table]) -> str:
    title = escape(tables[0].title) if tables else ""
    body = "\n".join(map(html_fragment, tables))
    head = f'<head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
    return f'<!doctype html>\n<html lang="en">{head}\n<body>\n{body}\n</body></html>'


TABLE_FORMATS: dict[str, Callable[[Sequence[Table]], str]] = {
    "text": lambda tables: "\n\n".join(to_text(table, get_terminal_size((_NO_TERMINAL, 24)).columns) for table in tables) + "\n",
    "latex": lambda tables: "\n\n".join(map(to_latex, tables)) + "\n",
    "markdown": lambda tables: "\n\n".join(map(to_markdown, tables)) + "\n",
    "html": lambda tables: _page(tables) + "\n",
    "csv": lambda tables: "\n\n".join(map(to_csv, tables)) + "\n",
}
"""Several tables in one document, by format."""
