"""The table of all pairs as HTML that needs no other file and no script, and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from sympy import Expr, Symbol, latex

from derivations.subjects.optimisers.answers import Change
from derivations.subjects.optimisers.library import library
from derivations.subjects.optimisers.reading import LATEX
from derivations.subjects.optimisers.table import LEGEND, Cell, Table, counted, groups, to_json

_CLASSES = {"=": "same", "~": "steady", "≃": "shifted", "·": "different", "?": "open"}


def to_html(found: Table) -> str:
    """Groups of equal methods, a matrix whose cells lead to the pairs, and every pair with what it rests on."""
    count = counted(found)
    legend = "".join(
        f'<li><b class="{_CLASSES[sign]}">{sign}</b> {meaning}: {count[sign]}</li>' for sign, meaning in LEGEND.items()
    )
    joined = "".join(f"<li>{', '.join(map(_to_method, group))}</li>" for group in groups(found))
    shown = (("all", "all pairs"), ("equal", "only methods that are the same as another"))
    marks = {"all": " checked"}
    choice = "".join(
        f"<label><input type=radio name=shown id={key}{marks.get(key, '')}> {text}</label> " for key, text in shown
    )
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Equivalent optimisers</title>\n<style>{_STYLE}</style>\n<h1>Equivalent optimisers</h1>\n"
        f"<p>{len(found.names)} methods, {len(found.cells)} pairs; the sign of a pair leads to its answer. "
        "<a href='#same'>Methods that are the same</a> · <a href='#pairs'>every method by itself</a></p>\n"
        f"<ul class=legend>{legend}</ul>\n<h2 id=same>The same method</h2>\n<ul>{joined}</ul>\n"
        f"<h2 id=matrix>All pairs</h2>\n<p class=choice>Show {choice}</p>\n{_matrix(found)}\n"
        f"<h2 id=pairs>Every method by itself</h2>\n{''.join(_method(found, name) for name in found.names)}\n</html>\n"
    )


def _matrix(found: Table) -> str:
    equal = {name for group in groups(found) for name in group}
    cells = {(c.a, c.b): c for c in found.cells} | {(c.b, c.a): c for c in found.cells}

    def kept(*names: str) -> str:
        return "" if all(name in equal for name in names) else " class=alone"

    columns = "".join(f"<th scope=col{kept(n)}><span>{_to_method(n)}</span></th>" for n in found.names)
    rows = []
    for a in found.names:
        entries = "".join(f"<td{kept(b)}>{_sign(cells[a, b])}</td>" if a != b else f"<td{kept(b)}></td>" for b in found.names)
        rows.append(f"<tr{kept(a)}><th scope=row>{_to_method(a)}</th>{entries}</tr>")
    body = "\n".join(rows)
    return f"<div class=wide><table class=matrix><thead><tr><td></td>{columns}</tr></thead><tbody>{body}</tbody></table></div>"


def _sign(c: Cell) -> str:
    meaning = f"{c.a} and {c.b}: {LEGEND[c.sign]}"
    return f'<a class="{_CLASSES[c.sign]}" href="#{_anchor(c)}" title="{escape(meaning, quote=True)}">{c.sign}</a>'


def _anchor(c: Cell) -> str:
    return f"{c.a}--{c.b}"


def _to_method(name: str) -> str:
    return f'<a href="#{escape(name)}">{escape(name)}</a>'


def _method(found: Table, name: str) -> str:
    """One method with all its pairs, those that are the same first; every pair has its anchor at the first of the two."""
    own = sorted((c for c in found.cells if name in (c.a, c.b)), key=lambda c: "=~≃?·".index(c.sign))
    known = library().get(name)
    title = f"<p>{escape(known.title)}{'; ' + escape(known.source) if known.source else ''}</p>" if known else ""
    rows = "".join(_row(c, name) for c in own)
    return f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{title}<table class=pairs>{rows}</table></section>\n'


def _row(c: Cell, name: str) -> str:
    other = c.b if c.a == name else c.a
    anchor = f' id="{_anchor(c)}"' if c.a == name else ""
    said = [f"<code>{escape(part)}</code>" for part in str(c.change).split("; ") if part]
    said += [f"a: {escape(c.a)}, b: {escape(c.b)}"] if c.same else []
    said += [escape(part) for part in c.conditions] if c.same else []
    said += [escape(f"otherwise {c.counterexample}" if c.same else c.counterexample)] if c.counterexample else []
    return (
        f'<tr class="{_CLASSES[c.sign]}"{anchor}><td>{c.sign}</td><td>{_to_method(other)}</td>'
        f"<td>{'<br>'.join(said) if c.same else ''.join(said)}</td></tr>"
    )


_STYLE = """
:root{color-scheme:light dark;--line:#8884;--same:#bfe3c0;--steady:#e3efb9;--shifted:#cfe3f3;--open:#f4d9a6;
--ink:#111;--back:#fff}
@media (prefers-color-scheme:dark){:root{--same:#1f5a2c;--steady:#4d5a16;--shifted:#1d4a66;--open:#7a5416;
--ink:#eee;--back:#161616}}
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem;color:var(--ink);background:var(--back)}
a{color:inherit;text-decoration-color:var(--line)}h3{margin:1.6rem 0 .2rem}p{margin:.3rem 0;max-width:60rem}
.legend{list-style:none;padding:0}.legend b{display:inline-block;width:1.6em;text-align:center;border:1px solid var(--line)}
.wide{overflow:auto;max-height:85vh;border:1px solid var(--line)}table{border-collapse:collapse;font-size:12.5px}
.matrix td,.matrix thead th{border:1px solid var(--line);padding:0;text-align:center}
.matrix td a{display:block;width:1.7em;line-height:1.7em;text-decoration:none}
.matrix thead th{position:sticky;top:0;background:var(--back);vertical-align:bottom;font-weight:400}
.matrix thead td{position:sticky;top:0;left:0;z-index:2;background:var(--back)}
.matrix tbody th{position:sticky;left:0;background:var(--back);text-align:right;font-weight:400;padding:0 .5em;white-space:nowrap}
.matrix thead span{writing-mode:vertical-rl;transform:rotate(180deg);padding:.4em 0}
.matrix tr:hover th,.matrix td:hover{outline:2px solid #4a90d9}
.pairs td{vertical-align:top;padding:.15rem .6rem;border-top:1px solid var(--line)}.pairs td:nth-child(2){white-space:nowrap}
.same:not(tr),tr.same td:first-child{background:var(--same)}.steady:not(tr),tr.steady td:first-child{background:var(--steady)}
.shifted:not(tr),tr.shifted td:first-child{background:var(--shifted)}
.open:not(tr),tr.open td:first-child{background:var(--open)}.matrix a.different,.pairs .different{opacity:.65}
:target{outline:2px solid #4a90d9;scroll-margin:4rem}section:target{outline:0}
.matrix{width:max-content}body:has(#equal:checked) .matrix .alone{display:none}.choice label{margin-right:1em}
@media print{.wide{max-height:none}.choice{display:none}}
"""


def to_latex(found: Table) -> str:
    """The groups, and the pairs that are the same with their changes of variables, as a longtable (package longtable)."""
    count = counted(found)
    numbers = ", ".join(f"{count[sign]} {meaning}" for sign, meaning in LEGEND.items() if count[sign])
    listed = "\n".join(r"\item " + ", ".join(map(_typed, group)) for group in groups(found))
    items = f"\\begin{{itemize}}\n{listed}\n\\end{{itemize}}\n" if listed else ""
    rows = "\n\\hline\n".join(_latex_row(c) for c in found.cells if c.same)
    head = r"\raggedright $a$ & \raggedright $b$, its letters with a tilde & \raggedright the same for & change \\ \hline"
    columns = "".join(rf"p{{{width}\textwidth}}" for width in (0.2, 0.22, 0.12, 0.34))
    return (
        f"\\begingroup\\raggedright\n{len(found.names)} methods, {len(found.cells)} pairs: {numbers}.\n{items}"
        "\\footnotesize\\setlength\\tabcolsep{4pt}\n"
        f"\\begin{{longtable}}{{{columns}}}\n{head}\n\\endhead\n{rows}\n\\end{{longtable}}\n\\endgroup\n"
    )


def _latex_row(c: Cell) -> str:
    what = {"=": "any schedule", "~": "constant coefficients", "≃": "calls shifted, a start that fits"}[c.sign]
    said = r"\newline ".join(f"${part}$" for part in _equations(c.change))
    ragged = (rf"\raggedright {part}" for part in (_typed(c.a), _typed(c.b), what))
    return f"{' & '.join(ragged)} & {said} \\\\"


def _equations(change: Change) -> Iterator[str]:
    """Every parameter and variable of a change in LaTeX; variables of b have a tilde."""
    for name, value in change.parameters.items():
        yield rf"\tilde{{{LATEX.get(name, name)}}} = {_formula(value)}"
    for name, value in change.variables.items():
        yield f"{_letter(name)} = {_formula(value)}"


def _formula(value: Expr) -> str:
    return str(latex(value, symbol_names={s: _letter(s.name) for s in value.free_symbols if isinstance(s, Symbol)}))


def _letter(name: str) -> str:
    late = name.endswith("__-1")
    side, dot, plain = name.removesuffix("__-1").rpartition(".")
    shown = LATEX.get(plain, plain if len(plain) == 1 else rf"\mathit{{{plain.replace('_', chr(92) + '_')}}}")
    if late:
        return rf"{shown}_{{k-1}}"
    return rf"\tilde{{{shown}}}" if dot and side == "b" else shown


def _typed(name: str) -> str:
    """A name in typewriter letters that may break after a hyphen."""
    return r"\texttt{" + re.sub(r"-", r"-\\allowbreak{}", name).replace("_", r"\_") + "}"


TABLES: dict[str, Callable[[Table], str]] = {"html": to_html, "latex": to_latex, "json": to_json}
"""Format → the table in it."""
